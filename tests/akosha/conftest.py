"""What makes the tests of the hub cheap."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.forked import forked_command


@pytest.fixture(scope="session", autouse=True)
def _cheap() -> Iterator[None]:
    """Children that open databases are forked, and passphrases are stretched little."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.database.process.own_command", lambda *arguments: forked_command("cogzy", *arguments))
        patch.setattr("core.sync.keys.SCRYPT_LOG_N", 10)
        yield

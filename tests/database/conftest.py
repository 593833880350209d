"""Children that come cheap, for tests that are not about how they start."""

from __future__ import annotations

import pytest

from tests.forked import forked_command


@pytest.fixture
def forked_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases are read by forked processes: see tests.forked."""
    monkeypatch.setattr("core.database.process.own_command", lambda *arguments: forked_command("cogzy", *arguments))

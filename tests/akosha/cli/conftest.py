"""Two hubs for all tests here: one open to this computer, one that wants tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.akosha.cli.running import Running, serving


@pytest.fixture(scope="session")
def open_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A hub that anybody on this computer may use."""
    with serving(tmp_path_factory.mktemp("open") / "hub") as running:
        yield running


@pytest.fixture(scope="session")
def guarded_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A hub where nothing but health answers without a token."""
    with serving(tmp_path_factory.mktemp("guarded") / "hub", AKOSHA_REQUIRE_TOKEN="true") as running:
        yield running

"""Fixtures for the tests of sync."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.forked import forked_command
from tests.hub_stand_in import HubStandIn
from tests.sync.world import Computer, Traffic, counted


@pytest.fixture(autouse=True)
def _forked_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases are read by forked processes: see tests.forked."""
    monkeypatch.setattr("core.database.process.own_command", lambda *arguments: forked_command("cogzy", *arguments))


@pytest_asyncio.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Computer]:
    """A computer with nothing on it yet, and an empty folder as its cloud."""
    computer = Computer(tmp_path / "laptop", tmp_path / "cloud")
    yield computer
    await computer.close()


@pytest_asyncio.fixture
async def computer(empty: Computer, filled: Path) -> Computer:
    """A computer with a little memory of every kind."""
    shutil.copytree(filled, empty.folder, dirs_exist_ok=True)
    return empty


@pytest.fixture
def traffic() -> Iterator[Traffic]:
    """Counts the requests to stores."""
    with counted() as traffic:
        yield traffic


@pytest.fixture
def hub() -> Iterator[HubStandIn]:
    """A hub that takes everything."""
    with HubStandIn().running() as hub:
        yield hub


@pytest_asyncio.fixture
async def light(empty: Computer, hub: HubStandIn) -> Computer:
    """A computer with twenty nodes in its vault, and the hub."""
    empty.environ["COGZY_HUB_URL"] = hub.url
    empty.remember(0, 20)
    return empty

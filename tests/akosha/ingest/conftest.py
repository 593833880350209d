"""Hubs and computers for the tests of ingestion."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.akosha.ingest.hub import Hub, folder_source
from tests.sync.world import Computer


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    cloud = tmp_path / "cloud"
    cloud.mkdir()
    return cloud


@pytest_asyncio.fixture
async def hub(tmp_path: Path, cloud: Path) -> AsyncIterator[Hub]:
    """A hub that looks into the folder `cloud`."""
    hub = await Hub(tmp_path, folder_source(cloud)).open()
    yield hub
    await hub.close()


@pytest_asyncio.fixture
async def computer(tmp_path: Path, cloud: Path) -> AsyncIterator[Computer]:
    """A computer with a little memory of every kind, that syncs to `cloud`."""
    computer = Computer(tmp_path / "laptop", cloud)
    computer.fill()
    yield computer
    await computer.close()

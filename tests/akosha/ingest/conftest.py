"""Hubs and computers for the tests of ingestion."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.akosha.ingest.hub import Hub, folder_source
from tests.sync.world import Clock, Computer

AN_HOUR = 3600


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    cloud = tmp_path / "cloud"
    cloud.mkdir()
    return cloud


@pytest_asyncio.fixture
async def hub(tmp_path: Path, cloud: Path) -> AsyncIterator[Hub]:
    """A hub that looks into the folder `cloud`."""
    async with _open(Hub(tmp_path, folder_source(cloud))) as hub:
        yield hub


# ---------------------------------------------------------------------- a computer whose first sync is done


@pytest.fixture(scope="session")
def _first_sync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A computer that synced an hour ago, and a hub that took it in. Where they stand is part of what they know."""
    place = tmp_path_factory.mktemp("first-sync") / "place"
    computer = Computer(place / "laptop", place / "cloud", Clock(time.time() - AN_HOUR))
    computer.fill()

    async def make() -> None:
        await computer.sync()
        await computer.close()
        async with _open(Hub(place, folder_source(computer.cloud))) as hub:
            assert (await hub.ingest()).rows == 270

    asyncio.run(make())
    place.rename(place.with_name("kept"))
    return place


@pytest_asyncio.fixture
async def computer(_first_sync: Path) -> AsyncIterator[Computer]:
    """A computer with a little memory of every kind, whose first sync is done."""
    shutil.rmtree(_first_sync, ignore_errors=True)
    shutil.copytree(_first_sync.with_name("kept"), _first_sync)
    computer = Computer(_first_sync / "laptop", _first_sync / "cloud", Clock(time.time() - AN_HOUR / 2))
    yield computer
    await computer.close()


@pytest_asyncio.fixture
async def its_hub(computer: Computer) -> AsyncIterator[Hub]:
    """A hub that took in the computer's first upload."""
    async with _open(Hub(computer.cloud.parent, folder_source(computer.cloud))) as hub:
        yield hub


@pytest_asyncio.fixture
async def new_hub(computer: Computer, tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub that looks into the computer's bucket for the first time."""
    async with _open(Hub(tmp_path, folder_source(computer.cloud))) as hub:
        yield hub


@asynccontextmanager
async def _open(hub: Hub) -> AsyncIterator[Hub]:
    await hub.open()
    try:
        yield hub
    finally:
        await hub.close()

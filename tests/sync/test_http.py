"""The HTTP method: rows get to the hub, only those that changed, and deletions; a cut run goes on where it stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.hub_stand_in import HubStandIn
from tests.sync.world import Computer

pytestmark = pytest.mark.asyncio


@pytest.fixture
def hub() -> Iterator[HubStandIn]:
    with HubStandIn().running() as hub:
        yield hub


@pytest_asyncio.fixture
async def here(tmp_path: Path, hub: HubStandIn) -> AsyncIterator[Computer]:
    """A computer with a little memory of every kind, and a hub."""
    computer = Computer(tmp_path / "laptop", tmp_path / "cloud", environ={"COGZY_HUB_URL": hub.url})
    computer.fill()
    yield computer
    await computer.close()


async def test_every_row_gets_there(here: Computer, hub: HubStandIn) -> None:
    result = await here.sync(method="http")
    assert result["method"] == "http"
    assert hub.ids("conversation") == {f"c{number}" for number in range(200)}
    assert hub.ids("node") == {f"n{number}" for number in range(20)}
    assert hub.ids("entity") == {str(number) for number in range(50)}
    assert result["rows_changed"] == 270

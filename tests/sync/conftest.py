"""Computers for the tests of sync."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.sync.world import Computer, Traffic, counted


@pytest_asyncio.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Computer]:
    """A computer with nothing on it yet, and an empty folder as its cloud."""
    computer = Computer(tmp_path / "laptop", tmp_path / "cloud")
    yield computer
    await computer.close()


@pytest_asyncio.fixture
async def computer(empty: Computer) -> Computer:
    """A computer with a little memory of every kind."""
    empty.fill()
    return empty


@pytest.fixture
def traffic() -> Iterator[Traffic]:
    """Counts the requests to stores."""
    with counted() as traffic:
        yield traffic

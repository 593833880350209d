"""A few database children, kept warm: starting one takes longer than reading a small delta."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from core.database import Child

AT_ONCE = 2
"""A child that reads an image takes up to 250 MB."""


class Children:
    """Lends children, at most `AT_ONCE`. Of one event loop."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._idle: list[Child] = []

    @contextlib.asynccontextmanager
    async def lend(self) -> AsyncIterator[Child]:
        """A child of one's own for a while."""
        async with self._slots:
            child = self._idle.pop() if self._idle else Child()
            try:
                yield child
            except BaseException:
                await child.close()  # it may be in the middle of something
                raise
            self._idle.append(child)

    async def close(self) -> None:
        """End those that nobody has."""
        while self._idle:
            await self._idle.pop().close()

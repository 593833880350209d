"""Finding memories for who is not the vault's owner: the owner answers, else the vault itself is read, which needs
neither its lock nor room on its disk."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.client import finish
from core.control.client import SocketEngine
from core.errors import CogzyError
from core.sync.events import GetMemory, Search
from core.sync.finding import find

if TYPE_CHECKING:
    from core.memory.recall import Recall

_GONE = ("control.nobody_listens", "control.owner_gone")
"""The owner that just answered has gone."""


class Finder:
    """Asks on one vault until `close`; what it opened for that stays at hand meanwhile."""

    def __init__(self, vault: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._root = vault
        self._environ = environ
        self._recall: Recall | None = None
        self._opening = asyncio.Lock()

    async def ask(self, command: Search | GetMemory) -> Mapping[str, Any]:
        """What the owner answers, whose model and index are at hand already; else what we find in the vault."""
        there = SocketEngine(self._root)
        if await there.answers():
            try:
                answer: Mapping[str, Any] = await finish(there, command)
            except CogzyError as error:
                if error.code not in _GONE:
                    raise
            else:
                await self.close()
                return answer
        return await find(await self._opened(), command)

    async def close(self) -> None:
        """Let go of the vault's files."""
        recall, self._recall = self._recall, None
        if recall is not None:
            await recall.close()

    async def _opened(self) -> Recall:
        async with self._opening:
            if self._recall is None:
                from core.memory.recall import Recall
                from core.vault import LocalVaultService

                await asyncio.to_thread(LocalVaultService.open, self._root)
                self._recall = Recall(self._root, self._environ)
            return self._recall

"""Room on the disk for what is being read in: bounded in all, private, and empty again after every upload.

What a process that was killed left behind is removed when the next one starts: nobody else works in this folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import RefusedError
from core.files import remove_tree, translated

MOST_BYTES = 16 << 30
LEAST_FREE = 256 << 20
"""Left to everybody else on the disk."""
MOST_AHEAD = 1 << 30
"""Asked of the disk before anything is written: what is wanted is what might come, not what will."""

MOST_NAME = 200


@dataclass
class Room:
    """A folder of one's own, and how many bytes may still be put there."""

    folder: Path
    left: int
    _places: int = 0

    def place(self, name: str) -> Path:
        """A new name in the folder, ending in `name`."""
        self._places += 1
        return self.folder / f"{self._places}-{name}"

    def named(self, name: str) -> Path:
        """A file of this name, in a folder of its own; a name too long for a disk loses its beginning."""
        place = self.place("of") / os.fsdecode(os.fsencode(name)[-MOST_NAME:])
        with translated(place):
            place.parent.mkdir()
        return place

    def spend(self, *paths: Path) -> None:
        """These files were put there."""
        self.left -= sum(path.stat().st_size for path in paths)


class Scratch:
    """Hands out folders below `root` that together hold at most `most` bytes. Of one event loop."""

    def __init__(self, root: Path, most: int = MOST_BYTES) -> None:
        self._root = root
        self._most = self._left = most
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def clear(self) -> None:
        """Take away what an earlier process left."""
        await asyncio.to_thread(remove_tree, self._root)

    @property
    def most(self) -> int:
        """How much there is in all."""
        return self._most

    @contextlib.asynccontextmanager
    async def room(self, wanted: int, name: str) -> AsyncIterator[Room]:
        """A folder with room for `wanted` bytes, in turn. `name` says for whom.

        Raises RefusedError `akosha.ingest_too_large` when that is more than there ever is, FileError when the disk
        is too full now.
        """
        if wanted > self._most:
            raise RefusedError("akosha.ingest_too_large", name=name, bytes=wanted, limit=self._most)
        await self._take(wanted)
        folder = self._root / secrets.token_hex(8)
        try:
            await asyncio.to_thread(self._make, folder, wanted)
            yield Room(folder, wanted)
        finally:
            try:
                await asyncio.shield(asyncio.to_thread(remove_tree, folder))
            finally:
                self._give_back(wanted)

    def _make(self, folder: Path, wanted: int) -> None:
        from core.files import FileError

        with translated(folder):
            folder.mkdir(mode=0o700, parents=True)
            if shutil.disk_usage(folder).free < min(wanted, MOST_AHEAD) + LEAST_FREE:
                raise FileError("files.disk_full", path=str(self._root))

    async def _take(self, count: int) -> None:
        if not self._waiting and self._left >= count:
            self._left -= count
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((count, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back(count)
            raise

    def _give_back(self, count: int) -> None:
        self._left += count
        while self._waiting and (self._waiting[0][1].cancelled() or self._left >= self._waiting[0][0]):
            wanted, turn = self._waiting.popleft()
            if not turn.cancelled():
                self._left -= wanted
                turn.set_result(None)

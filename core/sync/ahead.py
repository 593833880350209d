"""An image that is compressed before it is known whether it may go: so the search for secrets costs no time of its own.

Nothing leaves the disk of this computer: what was compressed lies beside the private copy, `MOST` bytes of it, and is
handed on, or thrown away, once it was decided. One image at a time: a compressor takes some 90 MB. Where that is too
much beside a scan, the image is compressed after the last one, to its end before it is packed.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

from core.files import translated
from core.sync.entries import Member
from core.sync.image import image_stream
from core.sync.sending import PackingStoppedError

MOST = 256 << 20


class AheadImage:
    """The slices of an image: those that were compressed ahead, then the others as they are asked for."""

    def __init__(self, parts: Sequence[Path], spool: Path, advanced: Callable[[int], None]) -> None:
        self.advanced = 0
        self._stream = image_stream(parts, advanced=self._advanced)
        self._slices = iter(self._stream)
        self._tell = advanced
        self._spool = spool
        self._sizes: list[int] = []
        self._enough = threading.Event()
        self._stopped = threading.Event()
        self._started = False

    def __iter__(self) -> Iterator[bytes]:
        if self._sizes:
            with translated(self._spool), self._spool.open("rb") as file:
                for size in self._sizes:
                    yield file.read(size)
        yield from self._slices

    @property
    def members(self) -> tuple[Member, ...]:
        """The files in the image, once all slices were taken."""
        return self._stream.members

    @contextlib.asynccontextmanager
    async def compressing(self, slot: asyncio.Lock) -> AsyncIterator[None]:
        """Compress while the block lasts, from when the slot is free."""
        work = asyncio.create_task(self._when_free(slot))
        try:
            yield
        finally:
            self._enough.set()
            if not self._started:
                work.cancel()
            await asyncio.wait([work])
            failed = None if work.cancelled() else work.exception()
        if failed is not None:
            raise failed

    async def _when_free(self, slot: asyncio.Lock) -> None:
        async with slot:
            self._started = True
            await asyncio.to_thread(self.compress)

    def compress(self) -> None:
        """Compress in this thread: all that has room, or until the block of `compressing` ends."""
        if shutil.disk_usage(self._spool.parent).free < 2 * MOST:
            return
        with translated(self._spool), self._spool.open("wb") as file:
            while not self._enough.is_set() and file.tell() < MOST:
                data = next(self._slices, None)
                if data is None:
                    return
                file.write(data)
                self._sizes.append(len(data))

    def stop(self) -> None:
        """Nobody wants the rest: whatever takes slices meets PackingStoppedError."""
        self._stopped.set()

    def _advanced(self, count: int) -> None:
        if self._stopped.is_set():
            raise PackingStoppedError
        self.advanced += count
        self._tell(count)

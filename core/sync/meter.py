"""How far a run is, told at most ten times a second and always from the event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from core.sync.events import Progress, Stage

OnProgress = Callable[[Progress], None]
PAUSE_SECONDS = 0.1
TRUSTED_AFTER_SECONDS = 2.0


def unheard(_: Progress) -> None:
    """For callers that nobody watches."""


class Meter:
    """Counts bytes and files, from any thread. Made in the event loop that hears of it."""

    def __init__(self, tell: OnProgress, stage: Stage, files_total: int, bytes_total: int) -> None:
        self._tell = tell
        self._stage: Stage = stage
        self._files_total = files_total
        self._bytes_total = bytes_total
        self._files = self._bytes = 0
        self._started = time.monotonic()
        self._told = 0.0
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()

    def add(self, count: int, item: str = "", *, files: int = 0, always: bool = False) -> None:
        """`count` more bytes and `files` more files are done; `item` is the one at work."""
        now = time.monotonic()
        with self._lock:
            self._bytes += count
            self._files += files
            if not always and now - self._told < PAUSE_SECONDS:
                return
            self._told = now
            seen = self._progress(now, item)
        self._loop.call_soon_threadsafe(self._tell, seen)

    def stage(self, stage: Stage, item: str = "") -> None:
        """Go over to another stage."""
        self._stage = stage
        self.add(0, item, always=True)

    def end(self) -> None:
        """Tell the final figures."""
        self.add(0, always=True)

    def _progress(self, now: float, item: str) -> Progress:
        seconds = max(now - self._started, 1e-3)
        speed = self._bytes / seconds
        trusted = speed > 0 and seconds >= TRUSTED_AFTER_SECONDS
        left = max(self._bytes_total - self._bytes, 0)
        return Progress(
            self._stage,
            files_done=self._files,
            files_total=self._files_total,
            bytes_done=min(self._bytes, self._bytes_total),
            bytes_total=self._bytes_total,
            bytes_per_second=speed,
            eta_seconds=left / speed if trusted else None,
            item=item,
        )

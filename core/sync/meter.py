"""How far a run is, told at most ten times a second and always from the event loop.

Two things are counted: plain bytes that were read and packed (or restored), and bytes that went over the wire. What
was packed is done as far as what became of it is sent; that share never falls back. The speed is that of the last
seconds. How long it still takes is told only when everything that is to be done is known, and when the reckonings of
the last seconds agree.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

from core.sync.events import Progress, Stage

OnProgress = Callable[[Progress], None]
PAUSE_SECONDS = 0.1
TICK_SECONDS = 0.5
WINDOW_SECONDS = 5.0
SPEED_AFTER_SECONDS = 0.25
"""In less, one piece that the network took at once would count as a speed."""
TRUSTED_AFTER_SECONDS = 2.0
TRUSTED_FACTOR = 2.0
"""How far the ends that were reckoned within the window may lie apart, for one to be told."""
SURE_SECONDS = 2.0
"""Reckonings that differ by no more than this agree, whatever their ratio."""


def unheard(_: Progress) -> None:
    """For callers that nobody watches."""


class Meter:
    """Counts bytes and files, from any thread. Made in the event loop that hears of it.

    `wire` tells the bytes that went over the wire so far; None: those that are counted are those that move. `unsized`:
    parts of the work whose size is not known yet (see `expect`).
    """

    def __init__(
        self,
        tell: OnProgress,
        stage: Stage,
        files_total: int,
        bytes_total: int,
        *,
        wire: Callable[[], int] | None = None,
        unsized: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._stage: Stage = stage
        self._item = ""
        self._files_total = files_total
        self._bytes_total = bytes_total
        self._unsized = unsized
        self._files = self._bytes = self._packed = self._done = 0
        self._wire = wire
        self._clock = clock
        self._seen: deque[tuple[float, int, int]] = deque()
        self._ends: deque[tuple[float, float]] = deque()
        self._told = float("-inf")
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()

    def add(self, count: int, item: str = "", *, files: int = 0, always: bool = False) -> None:
        """`count` more bytes and `files` more files are done; `item` is the one at work."""
        now = self._clock()
        with self._lock:
            self._bytes += count
            self._files += files
            if not always and now - self._told < PAUSE_SECONDS:
                return
            self._told = now
            seen = self._progress(now, item)
        self._loop.call_soon_threadsafe(self._tell, seen)

    def packed(self, count: int) -> None:
        """So many more bytes will go over the wire."""
        with self._lock:
            self._packed += count

    def expect(self, count: int) -> None:
        """A part whose size was not known holds so many bytes that are to be done."""
        with self._lock:
            self._bytes_total += count
            self._unsized = max(0, self._unsized - 1)

    def stage(self, stage: Stage, item: str = "") -> None:
        """Go over to another stage."""
        self._stage = stage
        self._item = item
        self.add(0, item, always=True)

    def end(self) -> None:
        """Tell the final figures."""
        self.add(0, always=True)

    @contextlib.asynccontextmanager
    async def ticking(self) -> AsyncIterator[None]:
        """Tell the figures also while nothing is counted, since bytes move on, or come to a halt, all the same."""
        task = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            task.cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.add(0, self._item)

    def _progress(self, now: float, item: str) -> Progress:
        moved = self._bytes if self._wire is None else self._wire()
        self._seen.append((now, moved, self._bytes))
        while len(self._seen) > 2 and now - self._seen[1][0] >= WINDOW_SECONDS:
            self._seen.popleft()
        sent = 1.0 if self._wire is None or not self._packed else min(1.0, moved / self._packed)
        self._done = max(self._done, min(int(self._bytes * sent), self._bytes_total))
        since, moved_then, done_then = self._seen[0]
        seconds = now - since
        speed = (moved - moved_then) / seconds if seconds >= SPEED_AFTER_SECONDS else 0.0
        return Progress(
            self._stage,
            files_done=self._files,
            files_total=self._files_total,
            bytes_done=self._done,
            bytes_total=self._bytes_total,
            bytes_per_second=speed,
            eta_seconds=self._eta(now, seconds, speed, (self._bytes - done_then) / seconds if seconds > 0 else 0.0),
            item=item,
        )

    def _eta(self, now: float, seconds: float, speed: float, reading: float) -> float | None:
        """Seconds to the end: what takes longer, reading what is left, or sending what it will come to."""
        left = max(0, self._bytes_total - self._bytes)
        known = not self._unsized and (not left or (self._bytes > 0 and (self._wire is None or self._packed > 0)))
        if not known or seconds < TRUSTED_AFTER_SECONDS or speed <= 0:
            self._ends.clear()
            return None
        eta = left / reading if left and reading > 0 else 0.0
        if self._wire is not None:  # reading stands still while it waits for the network
            to_come = left * self._packed / self._bytes if left else 0.0
            eta = max(eta, (max(0, self._packed - self._wire()) + to_come) / speed)
        self._ends.append((now, now + eta))
        while now - self._ends[0][0] > WINDOW_SECONDS:
            self._ends.popleft()
        soonest, latest = min(end for _, end in self._ends) - now, max(end for _, end in self._ends) - now
        agreed = latest - soonest <= SURE_SECONDS or latest <= soonest * TRUSTED_FACTOR
        return eta if agreed and now - self._ends[0][0] >= TRUSTED_AFTER_SECONDS else None

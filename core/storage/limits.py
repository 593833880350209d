"""Speed limits: a token bucket, shared by every transfer of one store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

BURST_SECONDS = 0.25
"""How much unused speed may be saved up: enough to keep a link busy, too little to be felt as a surge."""


class Limiter:
    """Lets `bytes_per_second` through on average; None lets everything through at once.

    Waiters are served in order of arrival, so that no transfer starves.
    """

    def __init__(self, bytes_per_second: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        if bytes_per_second is not None and bytes_per_second <= 0:
            raise ValueError("a speed limit must be above zero")
        self.bytes_per_second = bytes_per_second
        self._clock = clock
        self._free_at = 0.0

    def reserve(self, size: int) -> float:
        """Take room for `size` bytes; returns the seconds to wait before they may go."""
        if self.bytes_per_second is None:
            return 0.0
        now = self._clock()
        self._free_at = max(self._free_at, now - BURST_SECONDS) + size / self.bytes_per_second
        return max(0.0, self._free_at - now)

    async def take(self, size: int) -> None:
        """Wait until `size` bytes may go."""
        wait = self.reserve(size)
        if wait > 0:
            await asyncio.sleep(wait)

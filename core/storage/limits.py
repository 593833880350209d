"""Speed limits: a token bucket, shared by every transfer of one direction, whose rate may change while they wait.

Every transfer takes a place in a line of bytes; what has passed of the line grows with the rate of the moment. So a new
rate counts for those that wait already, within `LOOK_SECONDS`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BURST_SECONDS = 0.25
"""How much unused speed may be saved up: enough to keep a link busy, too little to be felt as a surge."""
LOOK_SECONDS = 0.5
"""How long a transfer waits at most before it looks at the rate again."""


class Limiter:
    """Lets `bytes_per_second` through on average; None lets everything through at once.

    Waiters are served in order of arrival, so that no transfer starves.
    """

    def __init__(self, bytes_per_second: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken = 0.0
        self._passed = 0.0
        self._at = clock()
        self._rate: int | None = None
        self.set(bytes_per_second)

    @property
    def bytes_per_second(self) -> int | None:
        """The rate of now."""
        return self._rate

    def set(self, bytes_per_second: int | None) -> None:
        """Change the rate, for those that wait too."""
        if bytes_per_second is not None and bytes_per_second <= 0:
            raise ValueError("a speed limit must be above zero")
        self._settle()
        self._rate = bytes_per_second

    def reserve(self, size: int) -> float:
        """Take room for `size` bytes; returns the seconds to wait before they may go, at the rate of now."""
        self._settle()
        self._taken += size
        return self._left(self._taken)

    async def take(self, size: int, waiting: Callable[[float], None] = lambda _: None) -> None:
        """Wait until `size` bytes may go. `waiting` hears, each time anew, how long that still is."""
        wait = self.reserve(size)
        place = self._taken
        while wait > 0:
            waiting(wait)
            await asyncio.sleep(min(wait, LOOK_SECONDS))
            self._settle()
            wait = self._left(place)

    def _settle(self) -> None:
        """Let through what the rate allowed since the last time."""
        now = self._clock()
        if self._rate is None:
            self._passed = self._taken
        else:
            spare = self._rate * BURST_SECONDS
            self._passed = min(self._passed + self._rate * (now - self._at), self._taken + spare)
        self._at = now

    def _left(self, place: float) -> float:
        return 0.0 if self._rate is None else max(0.0, (place - self._passed) / self._rate)


@dataclass(frozen=True)
class SpeedLimits:
    """The limits of both directions, shared by every store and hub that one engine opens."""

    up: Limiter = field(default_factory=lambda: Limiter(None))
    down: Limiter = field(default_factory=lambda: Limiter(None))

    def set(self, up: int | None, down: int | None) -> None:
        """Change both rates (bytes a second; None: no limit), for what runs too."""
        self.up.set(up)
        self.down.set(down)

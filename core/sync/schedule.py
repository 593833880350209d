"""When the app syncs by itself: at launch, after changes, after failures with growing pauses. Only the app schedules.

The schedule asks the engine what changed (stats only) and tells it to sync; it holds no state that a restart would
miss. Time is asked for by two clocks: a gap between them means that the computer slept, and a run waits until the
network has had time to come back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.sync import rules
from core.sync.events import CheckForChanges, Command, Event, ListUploads, Notice, Sync, Trigger

if TYPE_CHECKING:
    from core.settings_model import ScheduleSettings

LOOK_SECONDS = 15.0
SETTLE_SECONDS = 30.0
SLEPT_SECONDS = 60.0
AGAIN_SECONDS = 15 * 60.0
"""What a sync left as it was (a busy database, a table that may go once an hour) is not tried again before, unless
something moves."""

Run = Callable[[Command], Awaitable[Any]]


@dataclass(frozen=True)
class Clocks:
    """The wall clock, the monotonic clock and the wait, so that a test can own time."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Schedule:
    """Runs until it is cancelled. `held()` names what holds syncs back (paused, metered, battery) or is None."""

    def __init__(
        self,
        run: Run,
        settings: Callable[[], ScheduleSettings],
        emit: Callable[[Event], None],
        held: Callable[[], str | None] = lambda: None,
        clocks: Clocks | None = None,
    ) -> None:
        self._run = run
        self._settings = settings
        self._emit = emit
        self._held = held
        self._clocks = clocks or Clocks()
        self._failures = 0
        self._not_before = float("-inf")
        self._last_look: tuple[float, float] | None = None
        self._changed_at: float | None = None
        self._fingerprint: object = None
        self._synced: tuple[object, float, float] | None = None
        self._fallbacks = 0
        self._told_heads: frozenset[str] = frozenset()

    async def forever(self) -> None:
        """The launch check, then a look every few seconds."""
        if self._settings().launch_check:
            await self.launch_check()
        while True:
            await self._clocks.sleep(LOOK_SECONDS)
            await self.look("schedule")

    async def launch_check(self) -> None:
        """Wait for quiet, see what other systems committed, and sync if the rules say so."""
        await self._clocks.sleep(self._settings().quiet_seconds)
        await self._tell_newer_heads()
        await self.look("launch", quiet=True)

    def settle(self) -> None:
        """The computer woke up: nothing is sent before the network has had time to come back."""
        self._not_before = max(self._not_before, self._clocks.monotonic() + SETTLE_SECONDS)

    async def look(self, trigger: Trigger, *, quiet: bool = False) -> bool:
        """Look for changes once and sync when it is time; says whether it synced.

        Changes that are still going on (`quiet` False) are let settle for the quiet time of the settings first.
        """
        now = self._clocks.monotonic()
        if self._slept(now):
            self.settle()
        if not self._settings().enabled or self._held() is not None or now < self._not_before:
            return False
        try:
            found = await self._run(CheckForChanges())
        except CogzyError as error:
            self._failed(error)
            return False
        if not found["changed"] or not found["should_sync"] or self._just_synced(found, now):
            self._changed_at = None
            return False
        if not quiet and not self._is_quiet(found, now):
            return False
        if not await self._sync(trigger):
            return False
        again = rules.retry_delay(self._fallbacks) if self._fallbacks else AGAIN_SECONDS
        self._synced = (found["fingerprint"], self._clocks.monotonic(), again)
        return True

    def _just_synced(self, found: dict[str, Any], now: float) -> bool:
        """Whether the last sync saw exactly this, a short while ago."""
        fingerprint, at, again = self._synced or (None, 0.0, 0.0)
        return fingerprint == found["fingerprint"] and now - at < again

    async def _sync(self, trigger: Trigger) -> bool:
        self._changed_at = None
        try:
            result = await self._run(Sync(trigger=trigger))
        except CogzyError as error:
            self._failed(error)
            return False
        self._failures = 0
        self._told_fallback(rules.missed_cloud(result["attempts"]))
        self._not_before = float("-inf")
        self._last_look = (self._clocks.wall(), self._clocks.monotonic())  # a long run is no sleep
        return True

    def _told_fallback(self, missed: str | None) -> None:
        """After a sync that the hub alone took, the cloud is tried again by itself, with growing pauses."""
        self._fallbacks = 0 if missed is None else self._fallbacks + 1
        if missed is not None:
            seconds = rules.retry_delay(self._fallbacks)
            self._emit(Notice("schedule.cloud_later", {"code": missed, "seconds": seconds}))

    def _failed(self, error: CogzyError) -> None:
        if error.code == "cloud.not_set_up" or (error.code == "sync.cancelled" and self._held() is not None):
            return  # nothing failed: there is nothing to do yet, or something holds syncs back now
        self._failures += 1
        self._not_before = self._clocks.monotonic() + rules.retry_delay(self._failures)
        self._emit(Notice("schedule.retry_later", {"code": error.code, "seconds": rules.retry_delay(self._failures)}))

    def _is_quiet(self, found: dict[str, Any], now: float) -> bool:
        """Whether what changed has stood still for the quiet time."""
        fingerprint = found["fingerprint"]
        if self._changed_at is None or fingerprint != self._fingerprint:
            self._changed_at, self._fingerprint = now, fingerprint
        return now - self._changed_at >= self._settings().quiet_seconds

    def _slept(self, now: float) -> bool:
        """Whether the wall clock ran far ahead of the monotonic one, or much time passed, since the last look."""
        wall, last = self._clocks.wall(), self._last_look
        self._last_look = (wall, now)
        if last is None:
            return False
        return wall - last[0] - (now - last[1]) > SLEPT_SECONDS or now - last[1] > LOOK_SECONDS + SLEPT_SECONDS

    async def _tell_newer_heads(self) -> None:
        """Say which other systems committed to this vault; merging them is the person's choice, not ours."""
        if self._held() is not None:
            return
        try:
            found = await self._run(ListUploads())
        except CogzyError as error:
            self._failed(error)
            return
        heads = {item["upload_id"]: item["system_id"] for item in found if item["is_head"] and item.get("elsewhere")}
        for upload_id in heads.keys() - self._told_heads:
            self._emit(Notice("cloud.newer_elsewhere", {"system": heads[upload_id], "upload_id": upload_id}))
        self._told_heads = frozenset(heads)

"""When the app syncs by itself, with a clock that the test owns."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.errors import CogzyError, UsageError
from core.settings_model import ScheduleSettings
from core.sync.events import CheckForChanges, Command, Event, ListUploads, Notice, Sync
from core.sync.schedule import AGAIN_SECONDS, LOOK_SECONDS, SETTLE_SECONDS, Clocks, Schedule

pytestmark = pytest.mark.asyncio

DOWN = CogzyError("storage.unreachable", host="x", reason="refused")


@dataclass
class World:
    """An engine whose answers the test sets, and its clock."""

    settings: ScheduleSettings = field(default_factory=ScheduleSettings)
    wall: float = 1_790_000_000.0
    monotonic: float = 50.0
    changed: bool = False
    due: bool = True
    seen: int = 0
    hold: str | None = None
    uploads: list[dict[str, Any]] = field(default_factory=list)
    fails: CogzyError | None = None
    sync_takes: float = 0.0
    settles: bool = True
    bucket: str | None = None
    ran: list[tuple[float, Command]] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        clocks = Clocks(lambda: self.wall, lambda: self.monotonic, self.sleep)
        self.schedule = Schedule(self.run, lambda: self.settings, self.told.append, lambda: self.hold, clocks)
        self.began = self.monotonic

    async def sleep(self, seconds: float) -> None:
        self.pass_by(seconds)
        await asyncio.sleep(0)

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds

    def change(self) -> None:
        self.changed, self.seen = True, self.seen + 1

    async def run(self, command: Command) -> Any:
        self.ran.append((self.monotonic - self.began, command))
        match command:
            case CheckForChanges():
                return {"changed": self.changed, "should_sync": self.due, "fingerprint": str(self.seen)}
            case ListUploads():
                if self.fails is not None:
                    raise self.fails
                return self.uploads
            case Sync():
                self.pass_by(self.sync_takes)
                if self.fails is not None:
                    raise self.fails
                self.changed = self.changed and (not self.settles or self.bucket is not None)
                cloud = {"method": "cloud", "outcome": "unavailable" if self.bucket else "succeeded"}
                return {"attempts": [{**cloud, "reason": self.bucket}]}
        return {}

    async def look_for(self, seconds: float) -> int:
        """Let the schedule look for so long; returns how many syncs that made."""
        before, end = self.syncs, self.monotonic + seconds
        while self.monotonic < end:
            await self.sleep(LOOK_SECONDS)
            await self.schedule.look("schedule")
        return self.syncs - before

    @property
    def syncs(self) -> int:
        return len(self.sync_times)

    @property
    def sync_times(self) -> list[float]:
        return [at for at, command in self.ran if isinstance(command, Sync)]


async def test_with_nothing_changed_nothing_is_done() -> None:
    world = World()
    assert await world.look_for(3600) == 0
    assert {type(command) for _, command in world.ran} == {CheckForChanges}


async def test_the_launch_check_waits_for_quiet_tells_newer_heads_and_syncs() -> None:
    world = World()
    world.change()
    world.uploads = [
        {"upload_id": "u1", "system_id": "desktop-1", "is_head": True, "elsewhere": True},
        {"upload_id": "u2", "system_id": "laptop-1", "is_head": True, "elsewhere": False},
        {"upload_id": "u3", "system_id": "desktop-1", "is_head": False, "elsewhere": True},
    ]
    await world.schedule.launch_check()
    assert [type(command) for _, command in world.ran] == [ListUploads, CheckForChanges, Sync]
    assert world.ran[0][0] == 20
    assert world.ran[-1][1] == Sync(trigger="launch")
    assert world.told == [Notice("cloud.newer_elsewhere", {"system": "desktop-1", "upload_id": "u1"})]


@pytest.mark.parametrize("enabled", [True, False])
async def test_the_launch_check_can_be_switched_off(enabled: bool) -> None:
    world = World(ScheduleSettings(launch_check=enabled))
    running = asyncio.create_task(world.schedule.forever())
    for _ in range(100):
        await asyncio.sleep(0)
    running.cancel()
    assert any(isinstance(command, ListUploads) for _, command in world.ran) is enabled


async def test_changes_are_let_settle() -> None:
    world = World()
    for _ in range(10):
        world.change()
        assert await world.look_for(LOOK_SECONDS) == 0
    assert await world.look_for(2 * LOOK_SECONDS) == 1
    assert await world.look_for(600) == 0


async def test_a_change_that_is_not_due_yet_waits() -> None:
    world = World(due=False)
    world.change()
    assert await world.look_for(120) == 0
    world.due = True
    assert await world.look_for(60) == 1


@pytest.mark.parametrize("why", ["paused", "metered", "battery"])
async def test_while_it_is_held_nothing_is_asked_or_sent(why: str) -> None:
    world = World(hold=why)
    world.change()
    await world.schedule.launch_check()
    assert await world.look_for(3600) == 0
    assert world.ran == []
    world.hold = None
    assert await world.look_for(60 + SETTLE_SECONDS) == 1


async def test_switched_off_it_does_nothing() -> None:
    world = World(ScheduleSettings(enabled=False))
    world.change()
    assert await world.look_for(3600) == 0


async def test_pauses_grow_with_failures_and_end_with_a_success() -> None:
    world = World(ScheduleSettings(quiet_seconds=0), fails=DOWN)
    world.change()
    await world.look_for(6 * 3600)
    gaps = [after - before for before, after in zip(world.sync_times, world.sync_times[1:], strict=False)]
    assert gaps[:6] == [60, 120, 240, 480, 960, 1920]
    assert set(gaps[6:]) == {3600}
    pauses = [event for event in world.told if isinstance(event, Notice) and event.code == "schedule.retry_later"]
    assert len(pauses) == world.syncs
    world.fails = None
    assert await world.look_for(3600) == 1
    world.fails = DOWN
    world.change()
    tried = world.syncs
    await world.look_for(200)
    assert world.sync_times[tried + 1] - world.sync_times[tried] == 60, "it begins anew"


async def test_being_without_the_network_for_months_ends_nothing() -> None:
    world = World(ScheduleSettings(quiet_seconds=0), fails=DOWN)
    world.change()
    for _ in range(2000):
        world.pass_by(3600)
        await world.schedule.look("schedule")
        world.pass_by(SETTLE_SECONDS)
        await world.schedule.look("schedule")
    assert world.syncs >= 2000


async def test_after_sleep_the_network_gets_time_to_come_back() -> None:
    world = World(ScheduleSettings(quiet_seconds=0))
    await world.look_for(60)
    world.change()
    world.wall += 8 * 3600
    woke = world.monotonic - world.began
    assert await world.look_for(120) == 1
    assert world.sync_times[0] - woke >= SETTLE_SECONDS


async def test_a_process_that_was_stopped_counts_as_sleep() -> None:
    world = World(ScheduleSettings(quiet_seconds=0))
    await world.look_for(60)
    world.change()
    world.pass_by(8 * 3600)
    assert await world.look_for(LOOK_SECONDS) == 0
    assert await world.look_for(SETTLE_SECONDS + LOOK_SECONDS) == 1


async def test_a_long_sync_is_not_taken_for_sleep() -> None:
    world = World(ScheduleSettings(quiet_seconds=0), sync_takes=600)
    world.change()
    assert await world.look_for(LOOK_SECONDS) == 1
    world.change()
    assert await world.look_for(LOOK_SECONDS) == 1


@pytest.mark.parametrize("back", [60, 86_400, 400 * 86_400])
async def test_a_wall_clock_that_goes_back_stops_nothing(back: float) -> None:
    world = World()
    await world.look_for(60)
    world.wall -= back
    world.change()
    assert await world.look_for(60) == 1


async def test_what_a_sync_could_not_settle_is_not_tried_all_the_time() -> None:
    world = World(settles=False)
    world.change()
    assert await world.look_for(AGAIN_SECONDS) == 1
    assert await world.look_for(AGAIN_SECONDS) == 1
    world.change()
    assert await world.look_for(90) == 1, "something moved"


async def test_without_a_cloud_nothing_fails() -> None:
    world = World(fails=UsageError("cloud.not_set_up"))
    world.change()
    await world.schedule.launch_check()
    await world.look_for(600)
    assert world.told == []


async def test_a_failed_look_is_a_failure() -> None:
    world = World(ScheduleSettings(quiet_seconds=0))

    async def broken(command: Command) -> Any:
        raise DOWN

    world.schedule._run = broken
    assert not await world.schedule.look("schedule")
    assert [event.code for event in world.told if isinstance(event, Notice)] == ["schedule.retry_later"]


async def test_after_a_fallback_the_bucket_is_tried_again_by_itself_with_growing_pauses() -> None:
    world = World(bucket="storage.unreachable")
    world.change()
    assert await world.look_for(3600) >= 5
    pauses = [b - a for a, b in itertools.pairwise(world.sync_times)]
    assert pauses[0] <= 60 + 2 * LOOK_SECONDS + world.settings.quiet_seconds
    assert pauses == sorted(pauses)
    assert [e.code for e in world.told if isinstance(e, Notice)] == ["schedule.cloud_later"] * world.syncs
    world.bucket = None
    assert await world.look_for(3600) == 1
    assert not world.changed


async def test_while_the_bucket_is_away_a_new_change_still_goes_to_the_hub_at_once() -> None:
    world = World(bucket="storage.unreachable")
    world.change()
    await world.look_for(7200)
    before = world.syncs
    world.change()
    assert await world.look_for(world.settings.quiet_seconds + 2 * LOOK_SECONDS) == 1
    assert world.syncs == before + 1


async def test_a_cloud_that_was_never_set_up_is_not_tried_all_the_time() -> None:
    world = World(bucket="cloud.not_set_up", settles=False)
    world.change()
    assert await world.look_for(AGAIN_SECONDS - LOOK_SECONDS) == 1

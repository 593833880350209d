"""What a person changes while a sync runs: speed limits and a pause take hold in that sync."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import settings
from core.client import finish
from core.errors import CogzyError
from core.sync.events import Pause, Progress, Status, Sync, SyncFinished
from core.worker import WorkerEngine
from tests.sync.world import Computer, objects

SLOW = 20
"""kB/s: what there is takes a quarter of a minute at that rate."""


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    made = Computer(tmp_path / "laptop", tmp_path / "cloud")
    folder = made.transcripts / "one"
    folder.mkdir(parents=True)
    (folder / "session.bin").write_bytes(b"\0" + os.urandom(300_000))
    settings.ensure_identity(made.vault, made.environ)
    settings.save(made.vault, {"limits.upload_kb_per_second": SLOW}, made.environ)
    yield made
    asyncio.run(made.close())


async def sending(computer: Computer) -> None:
    """Wait until the sync has something on its way."""
    async with asyncio.timeout(20):
        while not any(isinstance(event, Progress) and event.stage == "sending" for event in computer.events):  # noqa: ASYNC110  # events come by a callback
            await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_a_cap_that_is_lifted_in_the_settings_counts_for_the_sync_that_runs(computer: Computer) -> None:
    running = asyncio.create_task(computer.run(Sync()))
    await sending(computer)
    settings.save(computer.vault, {"limits.upload_kb_per_second": 0}, computer.environ)
    begin = time.monotonic()
    assert (await running)["success"]
    assert time.monotonic() - begin < 5


@pytest.mark.asyncio
async def test_a_cap_that_is_lifted_reaches_a_worker(computer: Computer) -> None:
    async def environ() -> dict[str, str]:
        return computer.environ

    worker = WorkerEngine(computer.vault, secrets=environ)
    with worker.listen() as listener:
        running = asyncio.create_task(finish(worker, Sync()))
        async with asyncio.timeout(30):
            while not isinstance(event := await listener.get(), Progress) or event.stage != "sending":
                pass
            settings.save(computer.vault, {"limits.upload_kb_per_second": 0}, computer.environ)
            begin = time.monotonic()
            assert (await running)["success"]
    assert time.monotonic() - begin < 5
    await worker.close()


@pytest.mark.asyncio
async def test_a_pause_ends_a_sync_that_nobody_asked_for_and_leaves_one_that_a_person_asked_for(
    computer: Computer,
) -> None:
    running = asyncio.create_task(computer.run(Sync(trigger="schedule")))
    await sending(computer)
    await computer.run(Pause())
    with pytest.raises(CogzyError) as ended:
        await running
    assert ended.value.code == "sync.cancelled"
    assert (await computer.run(Status()))["state"] == "paused"
    assert "manifest.json" not in "".join(objects(computer.cloud))

    computer.events.clear()
    settings.save(computer.vault, {"limits.upload_kb_per_second": 0}, computer.environ)
    asked = asyncio.create_task(computer.run(Sync()))
    await computer.run(Pause())
    assert (await asked)["success"]
    assert [event.result["success"] for event in computer.events if isinstance(event, SyncFinished)] == [True]


@pytest.mark.asyncio
async def test_a_settings_file_that_is_broken_meanwhile_leaves_the_caps_as_they_were(computer: Computer) -> None:
    from core.storage import SpeedLimits
    from core.sync import following

    limits = SpeedLimits()
    following.apply(limits, settings.load(computer.vault, computer.environ).settings)
    async with following.following(computer.vault, computer.environ, limits):
        settings.config_path(computer.vault).write_text("{")
        await asyncio.sleep(following.FOLLOW_SECONDS + 0.3)
        assert limits.up.bytes_per_second == SLOW * 1000

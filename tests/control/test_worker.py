"""The worker: a process of its own whose death is an event, and which never outlives its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.client import EngineError, finish
from core.sync.events import Cancel, CheckVault, Failed, ListUploads, Notice, Progress, Status, Sync, Verify
from core.worker import WorkerEngine
from tests.control import fake_cogzy


@asynccontextmanager
async def worker(vault: Path, **options: Any) -> AsyncIterator[WorkerEngine]:
    engine = WorkerEngine(vault, command=fake_cogzy.command("--worker"), **options)
    try:
        yield engine
    finally:
        await engine.close()


async def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    for _ in range(int(seconds / 0.02)):
        if condition():
            return True
        await asyncio.sleep(0.02)
    return condition()


def touch(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


@pytest.mark.asyncio
async def test_a_command_runs_in_another_process_and_its_events_arrive(vault_dir: Path) -> None:
    async with worker(touch(vault_dir)) as engine:
        seen: list[object] = []
        assert (await finish(engine, Sync(), seen.append))["success"]
        assert engine.pid not in (None, os.getpid())
    assert any(isinstance(event, Progress) for event in seen)


@pytest.mark.asyncio
async def test_it_stays_warm_for_the_next_command_and_goes_when_idle(vault_dir: Path) -> None:
    async with worker(touch(vault_dir), idle_seconds=0.6) as engine:
        await finish(engine, Status())
        first = engine.pid
        await finish(engine, Status())
        assert engine.pid == first
        assert first is not None
        assert await until(lambda: not psutil.pid_exists(first) or psutil.Process(first).status() == "zombie")
        assert engine.pid is None
        assert (await finish(engine, Status()))["state"] == "idle"
        assert engine.pid != first


@pytest.mark.asyncio
async def test_secrets_reach_the_engine_and_stand_in_no_process_list(vault_dir: Path) -> None:
    async def secrets() -> Mapping[str, str]:
        return {"COGZY_CLOUD_SECRET": "from the pipe"}

    async with worker(touch(vault_dir), secrets=secrets) as engine:
        assert (await finish(engine, Status()))["secret_seen"]
        process = psutil.Process(engine.pid)
        assert "from the pipe" not in " ".join(process.cmdline())
        assert "from the pipe" not in process.environ().values()


@pytest.mark.asyncio
async def test_kill_9_in_the_middle_is_an_event_and_the_next_command_works(vault_dir: Path) -> None:
    async with worker(touch(vault_dir)) as engine:
        await finish(engine, Status())
        first = engine.pid
        assert first is not None
        seen: list[object] = []
        running = asyncio.ensure_future(finish(engine, Verify(), seen.append))
        await asyncio.sleep(0.1)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(EngineError) as caught:
            await asyncio.wait_for(running, 30)
        assert caught.value.code == "worker.died"
        assert caught.value.params["status"] == -signal.SIGKILL
        assert any(isinstance(event, Notice) and event.code == "worker.died" for event in seen)
        assert (await finish(engine, Sync()))["success"]
        assert engine.pid != first


@pytest.mark.asyncio
async def test_a_worker_that_kills_itself_fails_every_command_it_had(vault_dir: Path) -> None:
    async with worker(touch(vault_dir)) as engine:
        await finish(engine, Status())
        other = asyncio.ensure_future(finish(engine, Verify()))
        await asyncio.sleep(0.1)
        ends = await asyncio.gather(other, finish(engine, CheckVault()), return_exceptions=True)
        assert [getattr(end, "code", end) for end in ends] == ["worker.died"] * 2


@pytest.mark.asyncio
async def test_cancel_passes_the_command_it_stops(vault_dir: Path) -> None:
    async with worker(touch(vault_dir)) as engine:
        await finish(engine, Status())
        running = asyncio.ensure_future(finish(engine, Verify()))
        await asyncio.sleep(0.1)
        await finish(engine, Cancel())
        with pytest.raises(EngineError) as caught:
            await asyncio.wait_for(running, 3)
        assert caught.value.code == "sync.cancelled"


@pytest.mark.asyncio
async def test_cancel_without_a_worker_starts_none(vault_dir: Path) -> None:
    async with worker(touch(vault_dir)) as engine:
        await finish(engine, Cancel())
        assert engine.pid is None


@pytest.mark.asyncio
async def test_a_value_larger_than_a_pipe_arrives(vault_dir: Path) -> None:
    async with worker(touch(vault_dir)) as engine:
        assert len(await finish(engine, ListUploads())) == 2000


@pytest.mark.asyncio
async def test_the_end_of_its_input_ends_it_in_the_middle_of_a_run(vault_dir: Path) -> None:
    async with worker(touch(vault_dir)) as engine:
        await finish(engine, Status())
        pid = engine.pid
        assert pid is not None
        running = asyncio.ensure_future(finish(engine, Verify()))
        await asyncio.sleep(0.1)
        before = time.monotonic()
        await engine.close()
        assert time.monotonic() - before < 20
        assert not psutil.pid_exists(pid)
        with pytest.raises(EngineError) as caught:
            await running
        assert caught.value.code == "sync.cancelled"


@pytest.mark.asyncio
async def test_a_worker_that_cannot_start_is_an_error(vault_dir: Path) -> None:
    engine = WorkerEngine(vault_dir, command=["/nonexistent/cogzy", "--worker"])
    events = [event async for event in engine.run(Sync())]
    assert isinstance(events[-1], Failed)
    assert events[-1].error["code"] == "worker.died"


@pytest.mark.asyncio
async def test_a_worker_that_says_something_else_is_ended(vault_dir: Path) -> None:
    engine = WorkerEngine(vault_dir, command=["/bin/sh", "-c", "echo hello; exec sleep 60"])
    with pytest.raises(EngineError) as caught:
        await asyncio.wait_for(finish(engine, Sync()), 30)
    assert caught.value.code == "worker.died"
    assert engine.pid is None


@pytest.mark.asyncio
async def test_what_a_library_prints_does_not_stand_between_the_events(vault_dir: Path) -> None:
    command = fake_cogzy.command("--worker")
    noisy = ["-c", "import os,sys; os.write(2,b'noise'); os.execv(sys.argv[1], sys.argv[1:])", *command]
    engine = WorkerEngine(touch(vault_dir), command=[command[0], *noisy])
    assert (await finish(engine, Status()))["state"] == "idle"
    await engine.close()

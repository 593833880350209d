"""The model on a real vault: its own engine, its own worker, a folder as the cloud; and errors nobody expected."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Mapping

import pytest
from PySide6.QtCore import QObject, QTimer

from core.client import finish
from core.control import queue
from core.errors import CogzyError
from core.sync.events import CheckForChanges, Pause, Resume, Status, Sync
from desktop.engine import AppEngine
from desktop.model import AppModel
from desktop.unexpected import caught, lasting
from tests.desktop.rig.engine import no_worker_yet
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import until
from tests.desktop.rig.watchdog import Watchdog


@pytest.mark.real_worker
async def test_a_sync_goes_through_the_worker_and_is_shown(model: AppModel, home: Home, qloop: object) -> None:
    assert model.view.sentence.code == "idle.first"
    result = await model.run(Sync())
    assert result["success"]
    await until(lambda: model.view.sentence.code == "idle")
    assert any(home.cloud.rglob("manifest.json*"))
    assert model.ownership.own is not None
    assert model.ownership.own.worker_pid is not None


async def test_sync_now_is_answered_before_a_worker_can_be_there(model: AppModel, qloop: object) -> None:
    with no_worker_yet(model):
        model.act("sync")
        await until(lambda: model.view.state == "syncing")
    await until(lambda: model.view.sentence.code == "idle")


async def test_changes_that_the_schedule_finds_are_shown(model: AppModel, home: Home, qloop: object) -> None:
    await model.run(Sync())
    await until(lambda: model.view.sentence.code == "idle")
    home.computer.add_rows(900, 910)
    await model.look(CheckForChanges())
    await until(lambda: model.view.sentence.code == "idle.waiting")


async def test_a_pause_ends_by_itself(model: AppModel, qloop: object) -> None:
    await model.run(Pause(time.time() + 3600))
    await until(lambda: model.view.sentence.code == "paused.until")
    assert model.held() == "paused"
    await model.run(Pause(time.time() + 0.2))
    await until(lambda: model.view.state == "idle")
    assert model.held() is None


async def test_a_queued_sync_waits_while_paused_even_before_the_window_knows_of_the_pause(
    model: AppModel, qloop: object
) -> None:
    known = model.status
    await model.run(Pause())
    await until(lambda: model.held() == "paused")
    model.status = known
    assert model.held() is None
    request = queue.leave(model.vault, {"trigger": "session_end"})
    model.ownership.look_at_queue()
    await until(lambda: not model.ownership._queue_changed.is_set())
    assert await model.run(CheckForChanges())  # answered after the look at the queue
    assert request.exists()
    assert await model.history() == []
    await model.run(Resume())
    await until(lambda: not request.exists())
    assert [run["trigger"] for run in await model.history()] == ["session_end"]


@pytest.mark.real_worker
async def test_a_worker_without_work_leaves_and_the_next_command_gets_another(home: Home, qloop: object) -> None:
    async def no_secrets() -> Mapping[str, str]:
        return {}

    engine = AppEngine(home.vault, secrets=no_secrets, worker_idle_seconds=0.2)
    await finish(engine, Sync())
    first = engine.worker_pid
    assert first is not None
    await until(lambda: engine.worker_pid is None)
    assert (await finish(engine, Status()))["state"] == "idle"
    assert engine.worker_pid is None  # looking needs none
    home.computer.add_rows(900, 910)
    await finish(engine, Sync())
    assert engine.worker_pid not in (None, first)
    await engine.close()
    assert engine.worker_pid is None


@pytest.mark.real_worker
async def test_a_first_sync_of_many_megabytes_never_holds_up_the_window(
    model: AppModel, home: Home, qloop: object
) -> None:
    from PySide6.QtWidgets import QApplication

    from desktop.face import Face
    from desktop.palette import Appearance

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    home.add_transcripts(25, files=40)
    model.reload_settings()
    face = Face(model, Appearance(app, "light"))
    face.start("status", hidden=False)
    await asyncio.sleep(0.5)  # building the window is another matter
    with Watchdog() as watchdog:
        result = await model.run(Sync())
        await until(lambda: model.view.sentence.code == "idle")
    assert result["bytes_total"] > 22e6
    assert watchdog.busiest < 0.05, watchdog.worst
    assert watchdog.longest < 0.25, watchdog.worst  # waiting, too: for a disk that all wait for, or a lock
    face.close()


@pytest.mark.expects_warning("unexpected in")
@pytest.mark.qt_no_exception_capture
async def test_errors_of_slots_threads_and_the_loop_are_told_and_end_nothing(qloop: object) -> None:
    told: list[str] = []
    timer = QTimer(singleShot=True)

    def in_a_slot() -> None:
        raise ValueError("slot")

    def in_a_thread() -> None:
        raise ValueError("thread")

    def in_the_loop() -> None:
        raise ValueError("loop")

    timer.timeout.connect(in_a_slot)
    with caught(asyncio.get_running_loop(), told.append):
        timer.start(0)
        thread = threading.Thread(target=in_a_thread)
        thread.start()
        asyncio.get_running_loop().call_soon(in_the_loop)
        await until(lambda: len(told) == 3)
        thread.join()
    assert {text.strip().splitlines()[-1] for text in told} == {f"ValueError: {x}" for x in ("slot", "thread", "loop")}
    assert sys.excepthook is not None


@pytest.mark.expects_warning("unexpected in the event loop")
async def test_work_that_must_last_is_begun_again_and_its_error_told(qloop: object) -> None:
    told: list[str] = []
    tries: list[int] = []

    async def work() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise CogzyError("worker.died", status=1)

    with caught(asyncio.get_running_loop(), told.append):
        await lasting(work, again_seconds=0.01)
    assert (len(tries), len(told)) == (3, 2)


def test_void_calls_keep_none() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.setObjectName("x")
    assert sys.getrefcount(None) - before > -50, "this PySide6 takes None apart: the app would die of it"

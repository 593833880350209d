"""Notifications: what deserves one, and how one is shown, brought up to date, answered and withdrawn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import qasync

from core import settings
from core.errors import CogzyError
from core.sync.events import Event, Notice, SyncFinished
from desktop.model import AppModel
from desktop.notifications import Notifier, Telling, overdue, worth_telling
from desktop.palette import Appearance
from desktop.tray import Tray
from tests.desktop.rig.engine import no_worker_yet
from tests.desktop.rig.home import Home
from tests.desktop.rig.services import Buses
from tests.desktop.rig.waiting import tell, until

REFUSED = CogzyError("storage.key_refused", host="s3.example", bucket="b", reason="InvalidAccessKeyId").as_json()
UNREACHABLE = CogzyError("storage.unreachable", host="s3.example", reason="no answer").as_json()
CANCELLED = CogzyError("sync.cancelled").as_json()
FAILED = SyncFinished({"success": False, "outcome": "failed", "error": REFUSED}, "schedule")
OTHER_FAILURE = SyncFinished(
    {"success": False, "outcome": "failed", "error": CogzyError("storage.bucket_missing", bucket="b").as_json()}
)
WELL = SyncFinished({"success": True, "method": "cloud", "attempts": [], "bytes_transferred": 0}, "schedule")
SENT = {
    "success": True,
    "method": "cloud",
    "attempts": [],
    "bytes_transferred": 9,
    "bytes_total": 900,
    "rows_changed": 2,
}
FELL_BACK = SyncFinished(
    {
        "success": True,
        "method": "http",
        "bytes_transferred": 10,
        "attempts": [
            {"method": "cloud", "outcome": "unavailable", "reason": "storage.unreachable", "error": UNREACHABLE}
        ],
    },
    "schedule",
)
OVERDUE = {"state": "attention", "reason": "cloud.overdue"}


@pytest.mark.parametrize(
    ("event", "about", "severity"),
    [
        (FAILED, "sync", "error"),
        (SyncFinished({"success": False, "error": UNREACHABLE}), None, None),
        (SyncFinished({"success": False, "error": CANCELLED}), None, None),
        (SyncFinished({"success": False, "outcome": "cancelled"}), None, None),
        (WELL, None, None),
        (SyncFinished(SENT, "schedule"), None, None),
        (SyncFinished(SENT, "user"), "done", "info"),
        (FELL_BACK, "fallback", "warning"),
        (Notice("worker.died", {"status": -9}), "worker.died", "warning"),
        (Notice("cloud.newer_elsewhere", {"system": "desk", "upload_id": "u"}), "cloud.newer_elsewhere", "warning"),
        (Notice("sources.busy", {"name": "x"}), None, None),
    ],
)
def test_what_is_worth_telling(event: Event, about: str | None, severity: str | None) -> None:
    telling = worth_telling(event)
    assert (telling and telling.about, telling and telling.severity) == (about, severity)
    if telling is not None:
        assert telling.title
        assert "Traceback" not in telling.text


def test_an_overdue_copy_is_an_alarm_and_other_states_are_none() -> None:
    telling = overdue(OVERDUE)
    assert telling is not None
    assert telling.severity == "error"
    assert overdue({"state": "attention", "reason": "cloud.hub_only"}) is None
    assert overdue({"state": "idle"}) is None


@pytest.fixture
def in_window() -> list[Telling]:
    return []


@pytest.fixture
def notifier(
    buses: Buses, model: AppModel, appearance: Appearance, in_window: list[Telling], qloop: qasync.QEventLoop
) -> Iterator[Notifier]:
    """A notifier on a session bus of its own, without a tray."""
    tray = Tray(model, appearance)
    made = Notifier(model, tray, in_window.append)
    running = qloop.create_task(made.run())
    yield made
    running.cancel()
    tray.close()


async def connected(notifier: Notifier) -> None:
    await until(lambda: notifier._desktop._router is not None)


async def test_a_problem_is_one_notification_that_is_updated_and_withdrawn(
    notifier: Notifier, buses: Buses, model: AppModel, qloop: object
) -> None:
    buses.notifications.appear()
    await connected(notifier)
    model.happened.emit(FAILED)
    await until(lambda: len(buses.notifications.calls) == 1)
    first = buses.notifications.calls[0]
    assert (first.urgency, first.replaces) == (2, 0)
    assert set(first.actions) == {"default", "open", "retry", "pause"}
    model.happened.emit(FAILED)  # the same again says nothing new
    model.happened.emit(OTHER_FAILURE)
    await until(lambda: len(buses.notifications.calls) == 2)
    assert buses.notifications.calls[1].replaces == first.id
    model.happened.emit(WELL)
    await until(lambda: buses.notifications.closed == [first.id])
    assert not buses.notifications.shown


async def test_the_buttons_work(notifier: Notifier, buses: Buses, model: AppModel, qloop: object) -> None:
    buses.notifications.appear()
    await connected(notifier)
    opened: list[tuple[str, dict[str, Any]]] = []
    model.opened.connect(lambda page, focus: opened.append((page, dict(focus))))
    model.happened.emit(FAILED)
    await until(lambda: 1 in buses.notifications.shown)
    buses.notifications.press(1)
    await until(lambda: opened == [("status", {"about": "sync"})])
    model.happened.emit(OTHER_FAILURE)
    await until(lambda: 2 in buses.notifications.shown)
    assert buses.notifications.calls[-1].replaces == 0  # the pressed one is gone
    buses.notifications.press(2, "pause")
    await until(lambda: ("status", {"pause": True}) in opened)
    model.happened.emit(FAILED)
    await until(lambda: 3 in buses.notifications.shown)
    with no_worker_yet(model):
        buses.notifications.press(3, "retry")
        await until(lambda: model.view.state == "syncing")
        assert buses.notifications.closed == [1, 2, 3]  # not every service closes what was pressed
        model.happened.emit(FAILED)  # the answer to the try, though nothing new
        await until(lambda: 4 in buses.notifications.shown)


@pytest.mark.parametrize(
    ("level", "shown"),
    [("off", set()), ("errors", {"sync"}), ("warnings", {"sync", "fallback"}), ("all", {"sync", "fallback", "done"})],
)
async def test_the_level_decides(
    notifier: Notifier,
    home: Home,
    model: AppModel,
    in_window: list[Telling],
    level: str,
    shown: set[str],
    qloop: object,
) -> None:
    settings.save(home.vault, {"notifications.level": level})
    model.reload_settings()
    for event in (FAILED, FELL_BACK, SyncFinished(SENT, "user")):
        model.happened.emit(event)
    await until(lambda: len(in_window) >= len(shown))
    await asyncio.sleep(0.05)
    assert {telling.about for telling in in_window} == shown


async def test_without_a_daemon_and_without_a_tray_it_is_told_in_the_window(
    notifier: Notifier, model: AppModel, in_window: list[Telling], qloop: object
) -> None:
    await connected(notifier)
    model.happened.emit(FAILED)
    await until(lambda: [telling.about for telling in in_window] == ["sync"])


async def test_a_daemon_that_comes_later_is_used(
    notifier: Notifier, buses: Buses, model: AppModel, in_window: list[Telling], qloop: object
) -> None:
    await connected(notifier)
    model.happened.emit(FAILED)
    await until(lambda: len(in_window) == 1)
    buses.notifications.appear()
    model.happened.emit(FELL_BACK)
    await until(lambda: len(buses.notifications.calls) == 1)
    assert len(in_window) == 1


async def test_an_overdue_copy_is_told_once_and_withdrawn_when_it_is_made(
    notifier: Notifier, buses: Buses, still_model: AppModel, appearance: Appearance, qloop: object
) -> None:
    buses.notifications.appear()
    tray = Tray(still_model, appearance)
    own = Notifier(still_model, tray, lambda telling: None)
    running = asyncio.create_task(own.run())
    await connected(own)
    for _ in range(3):
        tell(still_model, OVERDUE)
    await until(lambda: len(buses.notifications.calls) == 1)
    tell(still_model, {"state": "idle"})
    await until(lambda: buses.notifications.closed == [1])
    running.cancel()
    tray.close()


async def test_the_clocks_alarm_needs_no_event(model: AppModel, home: Home, qloop: object) -> None:
    import time

    from core.sync.state_file import StateFile

    state = StateFile(home.vault / "sync" / "state.db")
    state.set_fact("in_use_since", time.time() - 2 * 86_400)
    state.close()
    model.refresh()
    await asyncio.sleep(0.3)
    assert model.view.state == "idle"
    settings.save(home.vault, {"notifications.overdue_days": 1})
    model.reload_settings()
    await until(lambda: model.view.sentence.code == "attention.overdue.never")

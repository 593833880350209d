"""The one object that every view knows: what is shown, what can be asked, what happened.

Views read the properties when `changed` is sent, ask the engine with `run` inside a task that `start` keeps, and never
talk to the engine, the settings file or each other directly.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core import presenting
from core.client import EngineError
from core.credentials import Credentials
from core.errors import CogzyError
from core.settings import Loaded, load
from core.sync.events import (
    Cancel,
    CheckForChanges,
    Command,
    Done,
    Event,
    Failed,
    Progress,
    Resume,
    StateChanged,
    Status,
    Sync,
    SyncFinished,
)
from core.sync.rules import Outside
from desktop.mending import place_of
from desktop.ownership import Ownership
from desktop.surroundings import Surroundings

log = logging.getLogger("desktop.model")

TELL_EVERY_MS = 100
AGES_EVERY_MS = 30_000
"""How often "2 minutes ago" is looked at again while nothing happens."""
STATUS_EVERY_MS = 600_000
"""How often the engine is asked for its status while nothing happens: a copy becomes overdue without an event."""

FAILURES_SHOWN = 3
"""An engine that has no status so many times, a second apart, has a problem to be shown; one time may be its start."""


class AppModel(QObject):
    """The state of the app."""

    changed = Signal()
    """The view, the status or the progress changed; at most ten times a second."""
    happened = Signal(object)
    """An event of the engine (core.sync.events)."""
    settings_changed = Signal()
    problem = Signal(object)
    """A CogzyError of a task that nobody else shows."""
    opened = Signal(str, object)
    """A page was asked for: its name and what to look at there (a dict)."""
    crashed = Signal(str)
    """The trace of an error that nobody expected; the app lives on."""
    quit_asked = Signal()
    """The person wants to quit; whoever hears it may ask what becomes of a run, and then calls `end`."""
    quitting = Signal()
    """The app ends now."""

    def __init__(self, vault: Path, environ: Mapping[str, str] = os.environ) -> None:
        super().__init__()
        self.vault = vault
        self.environ = environ
        self.settings: Loaded = load(vault, environ)
        self.status: dict[str, Any] = {}
        self.progress: Progress | None = None
        self.view = presenting.view({"state": "checking"})
        self.surroundings = Surroundings(self)
        self.surroundings.changed.connect(self.refresh)
        self.surroundings.changed.connect(self._hold_back)
        self.credentials = Credentials(vault, environ, allow_aws_environment=True)
        self.ownership = Ownership(
            vault,
            environ,
            secrets=self.credentials.for_child,
            surroundings=self._outside,
            changed=self.refresh,
            held=self.held,
            show=self._show,
            shut_down=self.end,
        )
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stale = asyncio.Event()
        self._telling = QTimer(self, interval=TELL_EVERY_MS, singleShot=True)
        self._telling.timeout.connect(self._tell)
        self._ages = QTimer(self, interval=AGES_EVERY_MS)
        self._ages.timeout.connect(self._tell)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.refresh)

    # ------------------------------------------------------------------ asking

    async def run(self, command: Command, on_event: Callable[[Event], None] | None = None) -> Any:
        """Run a command to its end and return its value. Raises CogzyError."""
        async for event in self.ownership.engine.run(command):
            if isinstance(event, Done):
                return event.value
            if isinstance(event, Failed):
                raise EngineError(event)
            if on_event is not None:
                on_event(event)
        raise CogzyError("control.owner_gone")

    def start(
        self, work: Coroutine[Any, Any, Any], *, problem: Callable[[CogzyError], None] | None = None
    ) -> asyncio.Task[Any]:
        """Run `work` as a task that is kept until it ends. Its CogzyError goes to `problem`, else to the window."""
        task = asyncio.create_task(self._kept(work, problem or self.problem.emit))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _kept(self, work: Coroutine[Any, Any, Any], problem: Callable[[CogzyError], None]) -> Any:
        try:
            return await work
        except CogzyError as error:
            if error.code not in ("sync.cancelled", "client.cancelled"):
                problem(error)

    def act(self, action: presenting.Action) -> None:
        """Do what a button, a menu line or a notification offers."""
        match action:
            case "sync" | "try_now" | "sync_anyway" | "unlock":
                self.start(self.run(Sync()), problem=_shown_by_the_state)
            case "cancel":
                self.start(self.run(Cancel()))
            case "resume":
                self.start(self.run(Resume()))
            case "set_up":
                self.open("first_run")
            case "show" if self.status.get("reason") == presenting.SECRETS_HELD:
                self.open("preview", tab="secrets")
            case "show":
                self.open("status", reason=self.status.get("reason"))
            case "fix":
                page, focus = place_of(self.status.get("error"))
                self.open(page, **focus)

    def open(self, page: str, **focus: object) -> None:
        """Show a page of the window, or a dialog."""
        self.opened.emit(page, focus)

    def quit(self) -> None:
        """Quit, as the person wishes it."""
        self.quit_asked.emit()

    def end(self) -> None:
        """End the app now, without a question."""
        self.quitting.emit()

    async def history(self, days: float = 90) -> list[dict[str, Any]]:
        """The runs of the last days, newest first."""
        return await asyncio.to_thread(self._history, time.time() - days * 86_400)

    def _history(self, since: float) -> list[dict[str, Any]]:
        from core.sync.history import latest_runs
        from core.sync.state_file import StateFile

        path = self.vault / "sync" / "state.db"
        if not path.exists():
            return []
        state = StateFile(path)
        try:
            return [run for run in latest_runs(state, 100_000) if run["started_at"] >= since]
        finally:
            state.close()

    # ------------------------------------------------------------------ hearing

    async def follow(self) -> None:
        """Keep status, progress and view current until cancelled."""
        self._ages.start()
        with self.ownership.listen() as listener:
            asking = asyncio.create_task(self._keep_status())
            try:
                self.refresh()
                while True:
                    self._heard(await listener.get())
            finally:
                asking.cancel()

    async def look(self, command: Command) -> Any:
        """Run a command of the schedule; changes that its look finds are shown."""
        found = await self.run(command)
        if isinstance(command, CheckForChanges) and found["changed"] != bool(self.status.get("waiting")):
            self.refresh()
        return found

    def held(self) -> str | None:
        """What holds background syncs back now: `paused`, `metered`, `battery`, `offline` or nothing."""
        if self.status.get("state") == "paused" and time.time() < (self.status.get("until") or float("inf")):
            return "paused"
        return self._outside().held or ("offline" if self._outside().offline else None)

    def _outside(self) -> Outside:
        settings, around = self.settings.settings, self.surroundings
        if settings.sync.is_folder:
            return Outside(held="battery" if settings.limits.hold_on_battery and around.on_battery else None)
        held = "metered" if settings.limits.hold_on_metered and around.metered else None
        held = held or ("battery" if settings.limits.hold_on_battery and around.on_battery else None)
        return Outside(held=held, offline=around.online is False)

    def _hold_back(self) -> None:
        """A sync that nobody asked for ends when the network or the power says that syncs wait."""
        own = self.ownership.own
        if own is not None and own.busy_with == "syncing" and self._outside().held is not None:
            self.start(own.hold_back())

    def refresh(self) -> None:
        """Ask for the status again soon."""
        self._stale.set()

    def reload_settings(self) -> None:
        """Read the settings again; whoever saved them calls this."""
        self.settings = load(self.vault, self.environ)
        self.settings_changed.emit()
        self.refresh()
        self._hold_back()
        self.ownership.look_at_queue()

    def _heard(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.progress = event
            self._tell_soon()
        elif isinstance(event, StateChanged | SyncFinished):
            if not isinstance(event, StateChanged) or event.state not in ("syncing", "resetting", "checking"):
                self.progress = None
            self.refresh()
        self.happened.emit(event)

    async def _keep_status(self) -> None:
        failures = 0
        while True:
            await self._stale.wait()
            self._stale.clear()
            try:
                await self._ask_for_status()
                if failures and any(problem.field == "config.json" for problem in self.settings.problems):
                    self.reload_settings()  # somebody has mended the file
                failures = 0
            except CogzyError as error:
                failures += 1
                if failures <= FAILURES_SHOWN:
                    log.info("no status: %s", error.code)
                if failures == FAILURES_SHOWN:
                    self.status = {"state": "error", "reason": error.code, "error": error.as_json()}
                    self._tell()
                await asyncio.sleep(1.0)
                self._stale.set()
                continue
            self._tell()
            await asyncio.sleep(TELL_EVERY_MS / 1000)

    async def _ask_for_status(self) -> None:
        """Take the engine's status, with who owns the vault; or why nobody does."""
        problem = self.ownership.problem
        if problem is not None:
            self.status = {"state": "error", "reason": problem.code, "error": problem.as_json()}
        else:
            found = await self.run(Status())
            who = self.ownership.owner
            self.status = {**found, "owner": {"kind": who.kind, "pid": who.pid} if who else None}
        if self.held() is None:
            self.ownership.look_at_queue()
        until = self.status.get("until")
        wait = STATUS_EVERY_MS if until is None else min(STATUS_EVERY_MS, max(100, (until - time.time()) * 1000 + 50))
        self._later.start(int(wait))

    def _tell_soon(self) -> None:
        if not self._telling.isActive():
            self._telling.start()

    def _tell(self) -> None:
        view = presenting.view(self.status, self.progress)
        self.view = replace(view, moving=view.moving and not self.settings.settings.window.reduce_motion)
        self.changed.emit()

    def _show(self, page: str) -> bool:
        self.open(page or "status")
        return True


def _shown_by_the_state(error: CogzyError) -> None:
    log.info("a sync ended with %s", error.code)

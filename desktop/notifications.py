"""Notifications: one for each problem, brought up to date and not repeated, quiet when all is well.

What is worth one is a pure function of what the engine said (`worth_telling`); how it is shown is the desktop's matter:
on Linux straight to `org.freedesktop.Notifications`, with buttons; else the tray's balloon and the window's bar.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon

from core.sync.events import Event, Notice, SyncFinished
from desktop import bus
from desktop.model import AppModel
from desktop.text import error_text, sent_words, size, tr
from desktop.tray import Tray

if TYPE_CHECKING:
    from jeepney.io.asyncio import DBusRouter

log = logging.getLogger("desktop.notifications")

Severity = Literal["info", "warning", "error"]
LEVELS: Mapping[str, tuple[Severity, ...]] = {
    "off": (),
    "errors": ("error",),
    "warnings": ("error", "warning"),
    "all": ("error", "warning", "info"),
}
_WARNINGS = ("cloud.newer_elsewhere", "worker.died", "sync.state_damaged")
_URGENCY: Mapping[Severity, int] = {"info": 0, "warning": 1, "error": 2}
_AGAIN_SECONDS = 30.0


@dataclass(frozen=True)
class Telling:
    """One notification. `about` names its problem: a new one about the same takes the place of the old."""

    about: str
    severity: Severity
    title: str
    text: str
    actions: tuple[str, ...] = ("open",)


def worth_telling(event: Event) -> Telling | None:
    """The notification that an event deserves, if any."""
    if isinstance(event, SyncFinished):
        return _about_sync(event)
    if isinstance(event, Notice) and event.code in _WARNINGS:
        title, cause, next_step = error_text({"code": event.code, "params": event.params})
        return Telling(event.code, "warning", title, " ".join(filter(None, (cause, next_step))))
    return None


def overdue(status: Mapping[str, Any]) -> Telling | None:
    """The alarm that a status deserves."""
    if status.get("state") != "attention" or status.get("reason") != "cloud.overdue":
        return None
    title = tr("Nothing reached your bucket for days")
    return Telling("cloud.overdue", "error", title, tr("Your newest memories are on this computer only."), _RETRY)


def is_over(event: Event) -> tuple[str, ...]:
    """The problems that an event ends."""
    if isinstance(event, SyncFinished) and event.result.get("success"):
        return ("sync", "cloud.overdue") if event.result.get("method") == "cloud" else ("sync",)
    return ()


def _about_sync(event: SyncFinished) -> Telling | None:
    result = event.result
    if not result.get("success"):
        error = result.get("error")
        if error is None or error.get("code") in ("sync.cancelled", "cloud.not_set_up"):
            return None
        if error.get("code") in _WAITS:
            return None  # being offline is no alarm
        title, cause, next_step = error_text(error)
        return Telling("sync", "error", title, " ".join(filter(None, (cause, next_step))), _RETRY)
    failed = next((a for a in result.get("attempts") or () if a["outcome"] in ("failed", "unavailable")), None)
    if failed is not None and result.get("method") == "http":
        why = error_text(failed["error"])[0] if failed.get("error") else ""
        return Telling("fallback", "warning", tr("Sent to your hub"), tr("{why}. The bucket catches up.", why=why))
    if result.get("bytes_transferred") and event.trigger == "user":
        text = tr("{what}, {size}", what=sent_words(result), size=size(result["bytes_total"]))
        return Telling("done", "info", tr("Synced"), text)
    return None


_WAITS = ("storage.unreachable", "storage.timeout")
_RETRY = ("open", "retry", "pause")


class Notifier(QObject):
    """Shows what is worth telling, as the settings want it. `in_window` shows it where nothing else can."""

    def __init__(self, model: AppModel, tray: Tray, in_window: Callable[[Telling], None]) -> None:
        super().__init__(model)
        self._model = model
        self._tray = tray
        self._in_window = in_window
        self._told: dict[str, Telling] = {}
        self._desktop = DesktopNotifications(self._act)
        model.happened.connect(self._heard)
        model.changed.connect(self._looked)
        tray.balloon_clicked.connect(lambda: model.open("status"))

    async def run(self) -> None:
        """Keep the connection to the desktop's notifications until cancelled."""
        if sys.platform in ("win32", "darwin"):
            return
        while True:
            try:
                await self._desktop.run()
            except OSError as error:
                log.info("no notification service: %s", error)
            await asyncio.sleep(_AGAIN_SECONDS)

    def _heard(self, event: Event) -> None:
        for about in is_over(event):
            self._withdraw(about)
        telling = worth_telling(event)
        if telling is not None:
            self._consider(telling)

    def _looked(self) -> None:
        telling = overdue(self._model.status)
        if telling is not None:
            self._consider(telling)
        elif self._model.status.get("state") == "idle":
            self._withdraw("cloud.overdue")

    def _consider(self, telling: Telling) -> None:
        level = self._model.settings.settings.notifications.level
        if telling.severity not in LEVELS[level] or self._told.get(telling.about) == telling:
            return
        if telling.severity != "info":
            self._told[telling.about] = telling
        self._model.start(self._tell(telling))

    def _withdraw(self, about: str) -> None:
        if self._told.pop(about, None) is not None:
            self._model.start(self._desktop.withdraw(about))

    async def _tell(self, telling: Telling) -> None:
        if await self._desktop.show(telling, _words()):
            return
        balloon = self._tray.balloon
        if balloon is None or sys.platform == "linux":  # a tray of today asks the very service that is not there
            self._in_window(telling)
        if balloon is None:
            return
        icons = QSystemTrayIcon.MessageIcon
        icon = {"info": icons.Information, "warning": icons.Warning, "error": icons.Critical}[telling.severity]
        balloon.showMessage(telling.title, telling.text, icon)

    def _act(self, about: str, action: str) -> None:
        if action == "retry":
            self._told.pop(about, None)  # what comes of it is told, be it the same again
            self._model.act("try_now")
        elif action == "pause":
            self._model.open("status", pause=True)
        else:
            self._model.open("status", about=about)


class DesktopNotifications:
    """The desktop's notification service, over D-Bus. `act` gets a problem's name and the button's."""

    def __init__(self, act: Callable[[str, str], None]) -> None:
        self._act = act
        self._router: DBusRouter | None = None
        self._ids: dict[str, int] = {}
        self._asking = asyncio.Lock()  # what comes next must know the number that the service is about to answer

    async def run(self) -> None:
        """Be connected and hear buttons, until cancelled. Raises OSError when there is no session bus."""
        from jeepney import HeaderFields, MatchRule

        rule = MatchRule(type="signal", interface=_NAME, path=_PATH)
        try:
            async with bus.connected(bus.session_address()) as router, bus.listening(router, [rule]) as messages:
                self._router = router
                async for message in messages:
                    member = message.header.fields.get(HeaderFields.member)
                    async with self._asking:
                        about = next((name for name, found in self._ids.items() if found == message.body[0]), None)
                        if about is None or member not in ("ActionInvoked", "NotificationClosed"):
                            continue
                        self._ids.pop(about)  # a new one must not take the place of one that is about to be closed
                        if member == "ActionInvoked":  # not every service closes what was pressed
                            await self._call("CloseNotification", "u", (message.body[0],))
                    if member == "ActionInvoked":
                        self._act(about, "open" if message.body[1] == "default" else message.body[1])
        finally:
            self._router = None

    async def show(self, telling: Telling, words: Mapping[str, str]) -> bool:
        """Show one, in place of an earlier one about the same. False: nobody shows notifications here."""
        actions = ["default", words["open"]]
        for name in telling.actions:
            actions += [name, words[name]]
        hints = {
            "urgency": ("y", _URGENCY[telling.severity]),
            "desktop-entry": ("s", "cogzy"),
            "transient": ("b", telling.severity == "info"),
        }
        async with self._asking:
            old = self._ids.get(telling.about, 0)
            body = ("Cogzy", old, "cogzy", telling.title, telling.text, actions, hints, -1)
            answer = await self._call("Notify", "susssasa{sv}i", body)
            if answer is None:
                return False
            self._ids[telling.about] = answer[0]
            return True

    async def withdraw(self, about: str) -> None:
        """Take one back whose problem is over."""
        async with self._asking:
            shown = self._ids.pop(about, None)
            if shown is not None:
                await self._call("CloseNotification", "u", (shown,))

    async def _call(self, name: str, signature: str, body: tuple[object, ...]) -> Any:
        from jeepney import DBusAddress, new_method_call
        from jeepney.io.common import RouterClosed

        if self._router is None:
            return None
        address = DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)
        try:
            return await bus.ask(self._router, new_method_call(address, name, signature, body))
        except (OSError, RouterClosed):
            return None


def _words() -> dict[str, str]:
    return {"open": tr("Open"), "retry": tr("Try again"), "pause": tr("Pause…")}


_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"

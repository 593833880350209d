"""The running app: puts the parts together, and takes them down in order.

Stages of the end: no new work is taken, what runs is cancelled (what was sent stays sent), the worker ends, the socket
and the lock go, the loop ends. Every stage has a limit; nothing is left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import qasync
from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QApplication, QDialog

from core import logs
from core.sync.schedule import Schedule
from desktop import icons, text
from desktop.model import AppModel
from desktop.notifications import Notifier
from desktop.palette import Appearance
from desktop.start import Words
from desktop.tray import Tray

if TYPE_CHECKING:
    from desktop.window import StatusWindow

log = logging.getLogger("desktop.app")


def run(words: Words, environ: Mapping[str, str]) -> int:
    """Run the app until it is quit. Returns the exit code."""
    logs.configure(words.vault, environ)
    app = application()
    text.use_language(app, _language(words, environ))
    loop = qasync.QEventLoop(app)  # kept: Qt complains when the loop goes before its application
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(_live(app, words, environ))


def _language(words: Words, environ: Mapping[str, str]) -> str:
    from core import settings

    return settings.load(words.vault, environ).settings.window.language or QLocale.system().name()[:2]


def application() -> QApplication:
    """Qt's application object, with this app's names."""
    os.environ.setdefault("QT_QPA_PLATFORMTHEME", "generic")  # a desktop's own theme loads up to 70 MB and no dark mode
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Cogzy")
    app.setDesktopFileName("cogzy")
    app.setQuitOnLastWindowClosed(False)
    app.setWindowIcon(icons.app_icon())
    return app


class Face(QObject):
    """All that can be seen: the tray, the window once it was opened, and the dialogs, one of a kind at a time."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__(model)
        self._model = model
        self._appearance = appearance
        self._dialogs: dict[str, QDialog] = {}
        self.window: StatusWindow | None = None
        self.tray = Tray(model, appearance)
        self.notifier = Notifier(model, self.tray)
        model.opened.connect(self._open)
        model.settings_changed.connect(lambda: appearance.use(model.settings.settings.window.appearance))

    def close(self) -> None:
        """Take everything off the screen."""
        for dialog in list(self._dialogs.values()):
            dialog.close()
        if self.window is not None:
            self.window.hide()
        self.tray.close()

    def _open(self, page: str, focus: Mapping[str, Any]) -> None:
        if page == "settings":
            self._open_settings(focus)
            return
        self._shown_window().open(page, **focus)
        self._shown_window().raise_up()

    def _open_settings(self, focus: Mapping[str, Any]) -> None:
        from desktop.settings import SettingsDialog

        dialog = self._dialogs.get("settings")
        if not isinstance(dialog, SettingsDialog):
            dialog = SettingsDialog(self._model, self._appearance, self.window)
            self._dialogs["settings"] = dialog
            dialog.finished.connect(lambda _: self._dialogs.pop("settings", None))
            dialog.open()
        dialog.focus(**focus)
        dialog.raise_()
        dialog.activateWindow()

    def _shown_window(self) -> StatusWindow:
        if self.window is None:
            from desktop.window import StatusWindow

            self.window = StatusWindow(self._model, self._appearance)
            self.window.closing.connect(self._closing)
        return self.window

    def _closing(self) -> None:
        if self.window is not None:
            self.window.hide()


async def _live(app: QApplication, words: Words, environ: Mapping[str, str]) -> int:
    model = AppModel(words.vault, environ)
    quitting = asyncio.Event()
    model.quitting.connect(quitting.set)
    app.aboutToQuit.connect(quitting.set)  # the session ends
    model.surroundings.ending.connect(quitting.set)
    face = Face(model, Appearance(app, model.settings.settings.window.appearance))
    if not words.hidden:
        model.open(words.page or "status")
    async with model.ownership.hold():
        schedule = Schedule(model.run, lambda: model.settings.settings.schedule, model.happened.emit, model.held)
        works = (model.follow(), schedule.forever(), model.surroundings.run(), face.notifier.run())
        tasks = [asyncio.create_task(work) for work in works]
        await quitting.wait()
        face.close()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
    return 0

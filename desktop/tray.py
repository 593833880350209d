"""The tray icon and its menu: the same sentence, icon and action as everywhere else.

- An icon object made while no tray exists never appears in one that comes later (Qt binds it to the other kind), so a
  tray that appears gets a new icon; one that only restarts is found again by Qt itself.
- The arrows turn at most four times a second, and only while bytes move.
"""

from __future__ import annotations

import asyncio
import sys
import time

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QCursor, QDesktopServices
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from core.presenting import View
from core.sync.events import Pause
from core.sync.pauses import pause_end
from desktop import autostart, icons
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import sentence, tr

LOOK_MS = 3000
FRAME_MS = 250
ON_ANY_PANEL = "#808890"
"""Panels are often dark where windows are light, and none says so: this is seen on black and on white (3.5 to 1)."""
PAUSES = ("30m", "2h", "tomorrow", "")


class Tray(QObject):
    """The app's icon in whatever tray this desktop has, now or later."""

    available = Signal(bool)
    """Whether there is a tray to be seen in."""
    balloon_clicked = Signal()

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__(model)
        self._model = model
        self._appearance = appearance
        self._icon: QSystemTrayIcon | None = None
        self._there = False
        self._frame = 0
        self._drawn: tuple[str, str, int] | None = None
        self.menu = TrayMenu(model)
        self._turning = QTimer(self, interval=FRAME_MS)
        self._turning.timeout.connect(self._turn)
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self._look)
        model.changed.connect(self._show)
        appearance.changed.connect(self._show)
        self._look()
        self._looking.start()

    @property
    def is_there(self) -> bool:
        """Whether a person can see the icon."""
        return self._icon is not None and QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def balloon(self) -> QSystemTrayIcon | None:
        """The icon, for messages where there is no better place."""
        return self._icon if self.is_there else None

    def close(self) -> None:
        """Leave the tray."""
        self._looking.stop()
        self._turning.stop()
        if self._icon is not None:
            self._icon.hide()
            self._icon = None

    def _look(self) -> None:
        there = QSystemTrayIcon.isSystemTrayAvailable()
        if there and self._icon is None:
            self._make()
        if there != self._there:
            self._there = there
            self.available.emit(there)

    def _make(self) -> None:
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.balloon_clicked)
        self._drawn = None
        self._show()
        self._icon.show()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            if sys.platform == "darwin":
                self.menu.popup(QCursor.pos())
            else:
                self._model.open("status")

    def _show(self) -> None:
        if self._icon is None:
            return
        view = self._model.view
        if view.moving and not self._turning.isActive():
            self._turning.start()
        elif not view.moving and self._turning.isActive():
            self._turning.stop()
            self._frame = 0
        self._draw(view)
        self._icon.setToolTip(f"Cogzy · {sentence(view.sentence)}")

    def _draw(self, view: View) -> None:
        colours = self._appearance.colours
        colour = colours.muted if view.icon == "setup" else colours.text
        if sys.platform == "linux" and not self._appearance.dark:
            colour = ON_ANY_PANEL
        wanted = (view.icon, colour, self._frame)
        if self._icon is None or wanted == self._drawn:
            return
        self._drawn = wanted
        drawn = icons.turned(f"state-{view.icon}", colour, self._frame)
        drawn.setIsMask(sys.platform == "darwin")
        self._icon.setIcon(drawn)

    def _turn(self) -> None:
        self._frame = (self._frame + 1) % icons.FRAMES
        self._draw(self._model.view)


class TrayMenu(QMenu):
    """The menu of the tray; the window has all of it too."""

    def __init__(self, model: AppModel) -> None:
        super().__init__()
        self._model = model
        self._sentence = self._add("", lambda: model.open("status"), "sentence")
        self.addSeparator()
        self._sync = self._add(tr("Sync now"), lambda: model.act("sync"), "sync")
        self._cancel = self._add(tr("Cancel"), lambda: model.act("cancel"), "cancel")
        self._pause = self.addMenu(tr("Pause"))
        labels = (tr("30 minutes"), tr("2 hours"), tr("Until tomorrow"), tr("Until I resume"))
        for label, span in zip(labels, PAUSES, strict=True):
            action = self._pause.addAction(label)
            action.triggered.connect(lambda _=False, span=span: self._pause_for(span))
        self._resume = self._add(tr("Resume"), lambda: model.act("resume"), "resume")
        self._add(tr("Search memories…"), lambda: model.open("search"), "search")
        self._add(tr("Status"), lambda: model.open("status"), "status")
        self._add(tr("Settings…"), lambda: model.open("settings"), "settings")
        self.addSeparator()
        self._add(tr("Open vault folder"), self._open_vault, "open_vault")
        self._at_login = self._add(tr("Start at login"), self._start_at_login, "start_at_login")
        self._at_login.setCheckable(True)
        help_menu = self.addMenu(tr("Help"))
        for label, page in (
            (tr("User guide"), "guide"),
            (tr("Export diagnostics…"), "diagnostics"),
            (tr("About"), "about"),
        ):
            help_menu.addAction(label).triggered.connect(lambda _=False, page=page: model.open(page))
        self.addSeparator()
        self._add(tr("Quit"), model.quit, "quit")
        self.aboutToShow.connect(self._opened)
        model.changed.connect(self._show)
        self._show()

    def _add(self, text: str, does: object, name: str) -> QAction:
        action = self.addAction(text)
        action.setObjectName(name)
        action.triggered.connect(does)
        return action

    def _show(self) -> None:
        view = self._model.view
        self._sentence.setText(sentence(view.sentence))
        running = view.state in ("syncing", "resetting", "checking")
        self._sync.setVisible(not running)
        self._sync.setEnabled(view.state != "setup_needed")
        self._cancel.setVisible(running and view.action == "cancel")
        paused = view.state == "paused"
        self._pause.menuAction().setVisible(not paused and view.state != "setup_needed")
        self._resume.setVisible(paused)

    def _opened(self) -> None:
        self._show()
        self._at_login.setChecked(autostart.is_on(self._model.environ))

    def _pause_for(self, span: str) -> None:
        self._model.start(self._model.run(Pause(pause_end(span, time.time()))))

    def _open_vault(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._model.vault)))

    def _start_at_login(self, on: bool) -> None:
        self._model.start(asyncio.to_thread(autostart.switch, on, self._model.environ))

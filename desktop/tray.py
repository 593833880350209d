"""The tray icon: the same sentence, icon and action as everywhere else.

- An icon object made while no tray exists never appears in one that comes later (Qt binds it to the other kind), so a
  tray that appears gets a new icon; one that only restarts is found again by Qt itself.
- The arrows turn at most four times a second, and only while bytes move.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QSystemTrayIcon

from core.presenting import View
from desktop import icons
from desktop.menu import TrayMenu
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import sentence

LOOK_MS = 3000
FRAME_MS = 250
ON_ANY_PANEL = "#808890"
"""Panels are often dark where windows are light, and none says so: this is seen on black and on white (3.5 to 1)."""


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

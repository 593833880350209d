"""The window itself: the header, the message bar, the pages' names and a menu at the left, and the page.

A page is built when it is first looked at, and hears nothing while it is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any, Protocol, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QHideEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.settings import field_names
from desktop import icons
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.window.dropping import DropHint, dropped
from desktop.window.header import Header
from desktop.window.message_bar import MessageBar
from desktop.window.side import Side


class Page(Protocol):
    """What a page of the window offers, besides being a QWidget made of (model, appearance)."""

    def shown(self) -> None:
        """It is looked at now."""

    def hidden(self) -> None:
        """It is not looked at any more."""

    def focus(self, **what: Any) -> None:
        """Look at something particular."""


PAGES: Mapping[str, tuple[str, str]] = {
    "status": ("desktop.window.overview", "OverviewPage"),
    "search": ("desktop.window.search", "SearchPage"),
    "activity": ("desktop.window.activity", "ActivityPage"),
    "snapshots": ("desktop.window.snapshots", "SnapshotsPage"),
    "log": ("desktop.window.log", "LogPage"),
}


class StatusWindow(QWidget):
    """The one window. `closing` asks whoever owns it whether closing hides it or ends the app."""

    closing = Signal()

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._appearance = appearance
        self._pages: dict[str, QWidget] = {}
        self._current: str | None = None
        self._looked_at = True
        self._told_problems = False
        self.setWindowTitle("Cogzy")
        self.setWindowIcon(icons.app_icon())
        self.resize(1100, 720)
        self.setMinimumSize(640, 420)
        self.setAcceptDrops(True)
        self._drop_hint = DropHint(self)
        self.message_bar = MessageBar(appearance)
        self._stack = QStackedWidget()
        self._side = Side(model, appearance, tuple(PAGES))
        self._side.chosen.connect(self._show)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(Header(model, appearance))
        right.addWidget(self.message_bar)
        right.addWidget(self._stack, 1)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._side)
        inside.addLayout(right, 1)
        model.problem.connect(self.message_bar.show_error)
        for key, does in self._shortcuts().items():
            QShortcut(QKeySequence(key), self, does)
        self.open("status")

    def open(self, page: str, **focus: Any) -> None:
        """Show a page, and what is asked for on it; `pause`: the choice of pauses, too."""
        if page not in PAGES:
            page = "status"
        self._side.show_page(page)
        self._show(page)
        if focus.pop("pause", False):
            QTimer.singleShot(0, self, self._side.open_pauses)  # once it can be seen
        if focus:
            cast(Page, self._pages[page]).focus(**focus)

    def raise_up(self) -> None:
        """Bring the window to the front."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # Qt's name
        """Files that are dragged over the window can be dropped on it."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()
            self._drop_hint.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # Qt's name
        """See QWidget."""
        self._drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # Qt's name
        """What is dropped is imported."""
        self._drop_hint.hide()
        event.acceptProposedAction()
        self._model.open("import", paths=dropped(event.mimeData()))

    def showEvent(self, event: QShowEvent) -> None:  # Qt's name
        """The page goes on; a setting that cannot be right is shown once, where it can be mended."""
        super().showEvent(event)
        self._look_at(True)
        problems = [] if self._told_problems else self._model.settings.problems
        self._told_problems = True
        if any(problem.field in field_names() for problem in problems):
            field = next(problem.field for problem in problems if problem.field in field_names())
            QTimer.singleShot(0, self, lambda: self._model.open("settings", field=field))
        elif problems:
            self.message_bar.show_error(problems[0].as_json())

    def hideEvent(self, event: QHideEvent) -> None:  # Qt's name
        """A page that nobody sees looks at nothing."""
        super().hideEvent(event)
        self._look_at(False)

    def closeEvent(self, event: QCloseEvent) -> None:  # Qt's name
        """Closing hides; whoever owns the window may end the app instead."""
        event.ignore()
        self.closing.emit()

    def _look_at(self, on: bool) -> None:
        if on != self._looked_at and self._current is not None:
            self._looked_at = on
            page = cast(Page, self._pages[self._current])
            page.shown() if on else page.hidden()

    def _show(self, page: str) -> None:
        if page == self._current:
            return
        self._look_at(False)
        if page not in self._pages:
            module, name = PAGES[page]
            built: QWidget = getattr(import_module(module), name)(self._model, self._appearance)
            self._pages[page] = built
            self._stack.addWidget(built)
        self._current = page
        self._stack.setCurrentWidget(self._pages[page])
        self._looked_at = True
        cast(Page, self._pages[page]).shown()

    def _shortcuts(self) -> dict[str, Callable[[], object]]:
        made: dict[str, Callable[[], object]] = {
            f"Ctrl+{at + 1}": partial(self.open, page) for at, page in enumerate(PAGES)
        }
        made["Ctrl+F"] = lambda: self.open("search", words=None)
        made["Ctrl+I"] = lambda: self._model.open("import")
        made["Ctrl+,"] = lambda: self._model.open("settings")
        made["F5"] = lambda: self._model.act("sync")
        made["Ctrl+W"] = self.close
        made["Ctrl+Q"] = self._model.quit
        made["F10"] = self._side.open_menu
        made["F1"] = lambda: self._model.open("guide")
        return made

"""The left side of the window: its pages, and below them the settings and the menu of all the rest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout

from desktop import icons
from desktop.menu import WindowMenu
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import tr

ICON = QSize(20, 20)
LEAST_WIDTH = 150
BESIDE_WORDS = 64
"""What an entry has to the left and right of its words."""


class Side(QFrame):
    """`chosen` names the page that is asked for."""

    chosen = Signal(str)

    def __init__(self, model: AppModel, appearance: Appearance, pages: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName("side")
        self._appearance = appearance
        self._names = tuple(pages)
        self._pages = self._page_list()
        self._settings = self._button(tr("Settings…"), "side_settings")
        self._settings.clicked.connect(lambda: model.open("settings"))
        self._more = self._button(tr("Menu"), "side_menu")
        self._more.setToolTip(tr("Pause, import, start at login, help, quit (F10)"))
        self._more.clicked.connect(self.open_menu)
        self.menu = WindowMenu(model)
        self.destroyed.connect(self.menu.deleteLater)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 1, 8)  # the line at the right is the frame's own
        inside.setSpacing(2)
        inside.addWidget(self._pages, 1)
        for one in (self._settings, self._more):
            inside.addWidget(one)
        self._draw_icons()
        for one in (self._settings, self._more):
            one.ensurePolished()  # else its size is that of a button without a style
        buttons = [one.sizeHint().width() + 2 for one in (self._settings, self._more)]
        self.setFixedWidth(max(LEAST_WIDTH, self._pages.sizeHintForColumn(0) + BESIDE_WORDS, *buttons))
        appearance.changed.connect(self._draw_icons)

    def show_page(self, page: str) -> None:
        """Mark the page that is shown."""
        self._pages.setCurrentRow(self._names.index(page))

    def open_menu(self) -> None:
        """Open the menu over its button."""
        self.menu.popup(self._corner())

    def open_pauses(self) -> None:
        """Open the choice of pauses, where a pause can be begun."""
        self.menu.show_state()
        if self.menu.pause.menuAction().isVisible():
            self.menu.pause.popup(self._corner())

    def _corner(self) -> QPoint:
        above = self._more.mapToGlobal(QPoint(0, 0))
        return above - QPoint(0, self.menu.sizeHint().height())

    def _page_list(self) -> QListWidget:
        pages = QListWidget()
        pages.setObjectName("page_list")
        pages.setAccessibleName(tr("Pages"))
        pages.setFrameShape(QFrame.Shape.NoFrame)
        pages.setIconSize(ICON)
        pages.setSpacing(2)
        labels = {
            "status": tr("Status"),
            "search": tr("Search"),
            "activity": tr("Activity"),
            "snapshots": tr("Snapshots"),
            "log": tr("Log"),
        }
        for page in self._names:
            item = QListWidgetItem(labels[page])
            item.setData(Qt.ItemDataRole.UserRole, page)
            item.setSizeHint(QSize(0, 36))
            pages.addItem(item)
        pages.currentItemChanged.connect(lambda item, _: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        return pages

    def _button(self, words: str, name: str) -> QPushButton:
        made = QPushButton(words)
        made.setObjectName(name)
        made.setProperty("side", True)
        made.setIconSize(ICON)
        made.setAutoDefault(True)  # Enter presses it
        return made

    def _draw_icons(self) -> None:
        colour = self._appearance.colours.text
        for at, page in enumerate(self._names):
            self._pages.item(at).setIcon(icons.icon(page, colour))
        self._settings.setIcon(icons.icon("settings", colour))
        self._more.setIcon(icons.icon("more", colour))

"""The few pieces that every page is made of: cards, titles, quiet text, icon buttons, empty states."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from core.errors import CogzyError
from desktop import icons
from desktop.palette import Appearance

if TYPE_CHECKING:
    from desktop.model import AppModel

MARGIN = 16
GAP = 10


class Card(QFrame):
    """A quiet box with a title. Put things into `body`."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(MARGIN, 12, MARGIN, 12)
        self.body.setSpacing(GAP)
        if title:
            self.body.addWidget(heading(title))


class Picture(QLabel):
    """An icon that follows the colours. `role` names a colour of desktop.palette.Colours."""

    def __init__(self, appearance: Appearance, name: str, size: int = 20, role: str = "text") -> None:
        super().__init__()
        self._appearance, self._name, self._size, self._role = appearance, name, size, role
        self._turn = 0.0
        self.setFixedSize(QSize(size, size))
        appearance.changed.connect(self._draw)
        self._draw()

    def show_icon(self, name: str, role: str = "text", turn: float = 0.0) -> None:
        """Another icon, another colour, or the same one turned."""
        if (name, role, turn) != (self._name, self._role, self._turn):
            self._name, self._role, self._turn = name, role, turn
            self._draw()

    def _draw(self) -> None:
        colour = getattr(self._appearance.colours, self._role)
        scale = self.devicePixelRatioF()
        self.setPixmap(icons.picture(self._name, colour, self._size, scale=scale, turn=self._turn))


def heading(text: str, points: float = 1.0, *, wrap: bool = False) -> QLabel:
    """A title within a page; `points` are added to the font's size."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    font = QFont(label.font())
    font.setPointSizeF(font.pointSizeF() + points)
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    return label


def quiet(text: str = "", *, wrap: bool = False) -> QLabel:
    """Text that steps back; it can be selected."""
    label = QLabel(text)
    label.setProperty("muted", True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def plain(text: str = "", *, wrap: bool = True) -> QLabel:
    """Text that can be selected."""
    label = QLabel(text)
    label.setWordWrap(wrap)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def tone(widget: QWidget, name: str) -> None:
    """Colour a label by meaning: `good`, `attention`, `error` or nothing."""
    if widget.property("tone") != name:
        widget.setProperty("tone", name)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def button(text: str, does: Callable[[], object], name: str, *, primary: bool = False) -> QPushButton:
    """A button; `name` is its object name."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setProperty("primary", primary)
    made.clicked.connect(lambda: does())
    made.setAutoDefault(True)  # Enter presses it outside dialogs, too
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


class IconButton(QToolButton):
    """A small button with an icon that follows the colours; `label` is its tooltip and accessible name."""

    def __init__(
        self, appearance: Appearance, icon: str, label: str, does: Callable[[], object] | None, name: str
    ) -> None:
        super().__init__()
        self._appearance, self._icon = appearance, icon
        self.setObjectName(name)
        self.setAutoRaise(True)
        self.setToolTip(label)
        self.setAccessibleName(label)
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if does is not None:
            self.clicked.connect(lambda: does())
        appearance.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self.setIcon(icons.icon(self._icon, self._appearance.colours.text))


class Elided(QLabel):
    """One line that gives way, in its middle, when there is no room; the tooltip has all of it."""

    def __init__(
        self, text: str = "", *, muted: bool = False, where: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle
    ) -> None:
        super().__init__()
        self._where = where
        self.whole = ""
        self.setProperty("muted", muted)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("m" * 4))
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # Qt's name
        """Room for all of it, for those that are as wide as they need."""
        return QSize(self.fontMetrics().horizontalAdvance(self.whole) + 1, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # Qt's name
        """A few letters, whatever the text."""
        return QSize(self.minimumWidth(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt's name
        """See QWidget."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self.whole, self._where, self.width())
        if shown != self.text():
            self.setText(shown)


def begin(
    model: AppModel,
    widget: QWidget,
    work: Coroutine[Any, Any, Any],
    problem: Callable[[CogzyError], None] | None = None,
) -> asyncio.Task[Any]:
    """Run work that shows its result in a widget, which may be gone by then: its problem goes to the window instead."""

    async def guarded() -> None:
        try:
            await work
        except RuntimeError:  # what PySide raises for a widget that was deleted
            if isValid(widget):
                raise

    def told(error: CogzyError) -> None:
        if problem is not None and isValid(widget):
            problem(error)
        else:
            model.problem.emit(error)

    return model.start(guarded(), problem=told)


def copies(text: Callable[[], str]) -> Callable[[], None]:
    """A slot that puts a text on the clipboard."""
    return lambda: QGuiApplication.clipboard().setText(text())


def row(*widgets: QWidget | None, spacing: int = GAP) -> QHBoxLayout:
    """Widgets side by side; None stretches."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    for widget in widgets:
        if widget is None:
            made.addStretch(1)
        else:
            made.addWidget(widget)
    return made


class Empty(QWidget):
    """What a page says when there is nothing to show, and what to do next."""

    def __init__(
        self, appearance: Appearance, icon: str, title: str, text: str, action: QPushButton | None = None
    ) -> None:
        super().__init__()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN * 2, MARGIN, MARGIN * 2, MARGIN)
        inside.setSpacing(GAP)
        inside.addStretch(1)
        inside.addWidget(Picture(appearance, icon, 48, "muted"), 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addSpacing(4)
        for label in (heading(title, 2, wrap=True), quiet(text, wrap=True)):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(label)
        inside.addSpacing(4)
        if action is not None:
            inside.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(2)

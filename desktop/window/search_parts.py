"""What the search page is made of: the words, the list, the legend, and what is said beside or instead of hits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListView, QSplitter, QToolButton, QVBoxLayout, QWidget

from desktop.palette import Appearance
from desktop.text import error_text, tr
from desktop.window.memory_view import MemoryView
from desktop.window.parts import GAP, MARGIN, Elided, Picture, button, heading, quiet, row
from desktop.window.results import HIT, Hit, HitDelegate, Results, part_colour

WIDE, HIGH = 680, 300
"""From this width on a memory stands beside the list, from this height on below it."""
LEFT_OUT = 200
"""The height of what is not shown while a memory stands alone, at the most."""


class Words(QLineEdit):
    """What is looked for. Down goes to the list, Enter opens the best hit."""

    down = Signal()
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("search_words")
        self.setPlaceholderText(tr("Search your memories"))
        self.setAccessibleName(tr("What to look for"))
        self.setClearButtonEnabled(True)
        self.setMaxLength(2000)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() + 2)
        self.setFont(font)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        """See QWidget."""
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class HitList(QListView):
    """The hits. Up from the first one and Escape go back to the words, Ctrl+C copies."""

    up = Signal()
    copied = Signal()

    def __init__(self, results: Results, delegate: HitDelegate) -> None:
        super().__init__()
        self._delegate = delegate
        self.setObjectName("search_results")
        self.setAccessibleName(tr("What was found"))
        self.setModel(results)
        self.setItemDelegate(delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(220, 70)

    def selected(self) -> Hit | None:
        """The hit that is chosen."""
        indexes = self.selectionModel().selectedIndexes()
        hit: Hit | None = indexes[0].data(HIT) if indexes else None
        return hit

    def enter(self) -> None:
        """Come here; the first hit is chosen if none is."""
        if self.model().rowCount() == 0:
            return
        if not self.selectionModel().hasSelection():
            self.setCurrentIndex(self.model().index(0, 0))
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        """See QWidget."""
        first = self.currentIndex().row() <= 0
        if event.key() == Qt.Key.Key_Escape or (event.key() == Qt.Key.Key_Up and first):
            self.up.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        else:
            super().keyPressEvent(event)


class Split(QSplitter):
    """The list, and the memory beside it, below it, or, where there is no room for both, in its place.

    `alone` is sent when the memory stands alone, and when it no longer does.
    """

    alone = Signal(bool)

    def __init__(self, hits: HitList, memory: MemoryView) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._hits, self._memory = hits, memory
        self._reading = self._alone = False
        self.setChildrenCollapsible(False)
        self.setHandleWidth(MARGIN)
        for widget in (hits, memory):
            self.addWidget(widget)
            self.setStretchFactor(self.indexOf(widget), 1)
        self.setSizes([1000, 1000])

    def read(self, reading: bool) -> None:
        """The memory is read now, or was left."""
        self._reading = reading
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt's name
        """See QWidget."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= WIDE
        both = wide or self.height() >= (HIGH + LEFT_OUT if self._alone else HIGH)
        self.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._memory.setVisible(both or self._reading)
        self._memory.back.setVisible(not both)
        self._hits.setVisible(both or not self._reading)
        if (not both and self._reading) != self._alone:
            self._alone = not self._alone
            self.alone.emit(self._alone)


class Legend(QWidget):
    """What the two parts of a score's bar mean."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        line = row(Swatch(appearance, meaning=False), quiet(tr("by words")), spacing=6)
        line.addSpacing(8)
        line.addWidget(Swatch(appearance, meaning=True))
        line.addWidget(quiet(tr("by meaning")))
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)


class Swatch(QWidget):
    """One colour of the bar."""

    def __init__(self, appearance: Appearance, *, meaning: bool) -> None:
        super().__init__()
        self._appearance, self._meaning = appearance, meaning
        self.setFixedSize(12, 6)
        appearance.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        """See QWidget."""
        colours = self._appearance.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(part_colour(colours, meaning=self._meaning))
        painter.drawRoundedRect(self.rect(), 3, 3)


class Note(QFrame):
    """What is missing from the answers (no model, damaged parts) in one line; a button shows why, and what to do."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("search_note")
        self.setProperty("card", True)
        self._title = Elided(muted=True)
        self._title.setObjectName("search_note_title")
        self._text = quiet(wrap=True)
        self._text.setObjectName("search_note_text")
        self._text.hide()
        self._why = QToolButton()
        self._why.setObjectName("search_note_why")
        self._why.setText(tr("What to do"))
        self._why.setCheckable(True)
        self._why.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._why.toggled.connect(self._text.setVisible)
        line = row(Picture(appearance, "info", 18, "muted"))
        line.addWidget(self._title, 1)
        line.addWidget(self._why)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(12, 4, 8, 4)
        inside.setSpacing(4)
        inside.addLayout(line)
        inside.addWidget(self._text)
        self.hide()

    def show_errors(self, errors: list[Mapping[str, Any] | None], memories: int | None) -> None:
        """Say these; nothing while there are no memories to be found."""
        said = [error_text(error) for error in errors if error is not None]
        self._title.show_text(" · ".join(title for title, _, _ in said))
        self._text.setText("\n".join(f"{cause} {next_step}" for _, cause, next_step in said))
        self.setVisible(bool(said) and memories != 0)


class Told(QWidget):
    """What stands where hits would be: a picture, a title, a sentence, perhaps a button."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._picture = Picture(appearance, "search", 48, "muted")
        self._title: QLabel = heading("", 2, wrap=True)
        self._title.setObjectName("search_told")
        self._text = quiet(wrap=True)
        self._does: Callable[[], object] = self.hide
        self._button = button(tr("Try again"), lambda: self._does(), "search_told_action")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN * 2, MARGIN, MARGIN * 2, MARGIN)
        inside.setSpacing(GAP)
        inside.addStretch(1)
        inside.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(label)
        inside.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(2)

    def say(self, icon: str, title: str, text: str, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """Say something else; `action` is a button's words and what it does."""
        self._picture.show_icon(icon, "muted")
        self._title.setText(title)
        self._text.setText(text)
        self._button.setVisible(action is not None)
        if action is not None:
            self._button.setText(action[0])
            self._does = action[1]

"""The filters of the search page: source, project, when, what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QDate, QDateTime, QPoint, QRect, QSize, QTime, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLayout, QLayoutItem, QWidget

from core.sync.events import Search
from desktop.text import tr
from desktop.window.parts import button, quiet

BETWEEN = "between"
_DAYS = {"week": 7, "month": 30, "year": 365}


class SearchFilters(QWidget):
    """`changed` is sent when another choice was made."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.source = _choice("search_source", tr("Source"), [(tr("All sources"), "")])
        self.project = _choice("search_project", tr("Project"), [(tr("All projects"), "")])
        self.when = _choice(
            "search_when",
            tr("When"),
            [
                (tr("Any time"), ""),
                (tr("Last 7 days"), "week"),
                (tr("Last 30 days"), "month"),
                (tr("Last year"), "year"),
                (tr("Between two days"), BETWEEN),
            ],
        )
        self.kind = _choice(
            "search_kind",
            tr("What"),
            [
                (tr("Everything"), ""),
                (tr("Single turns"), "node"),
                (tr("Whole conversations"), "episode"),
                (tr("Session-Buddy: conversations"), "conversation"),
                (tr("Session-Buddy: reflections"), "reflection"),
                (tr("Session-Buddy: entities"), "entity"),
            ],
        )
        self.kind.setMaximumWidth(280)
        today = QDate.currentDate()
        self.first = _day("search_first_day", tr("From this day"), today.addMonths(-1))
        self.last = _day("search_last_day", tr("To this day"), today)
        self._between = QWidget()
        days = QHBoxLayout(self._between)
        days.setContentsMargins(0, 0, 0, 0)
        days.setSpacing(4)
        days.addWidget(self.first)
        days.addWidget(quiet("\u2013"))
        days.addWidget(self.last)
        self._between.hide()
        self._clear = button(tr("Clear"), self.clear, "search_clear_filters")
        self._clear.setAccessibleName(tr("Clear the filters"))
        self._clear.hide()
        inside = Flow(self)
        for widget in (self.source, self.project, self.when, self._between, self.kind, self._clear):
            inside.addWidget(widget)
        for box in self._boxes:
            box.currentIndexChanged.connect(self._chosen)
        for edit in (self.first, self.last):
            edit.dateChanged.connect(self._chosen)

    @property
    def _boxes(self) -> tuple[QComboBox, ...]:
        return self.source, self.project, self.when, self.kind

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return any(box.currentIndex() > 0 for box in self._boxes)

    def applied(self, command: Search) -> Search:
        """The search with these filters."""
        when, after, before = self.when.currentData(), None, None
        if when == BETWEEN:
            after, before = _start(self.first.date()), _start(self.last.date().addDays(1))
        elif when:
            after = _start(QDate.currentDate().addDays(-_DAYS[when]))
        return replace(
            command,
            source=self.source.currentData() or None,
            project=self.project.currentData() or None,
            kind=self.kind.currentData() or None,
            after=after,
            before=before,
        )

    def offer(self, sources: Sequence[str], projects: Sequence[str]) -> None:
        """Offer these sources and projects; what was chosen stays chosen, and a choice of one is none."""
        for box, names in ((self.source, sources), (self.project, projects)):
            chosen = box.currentData()
            box.blockSignals(True)
            while box.count() > 1:
                box.removeItem(1)
            for name in dict.fromkeys((*names, *([chosen] if chosen else []))):
                box.addItem(name, name)
            box.setCurrentIndex(max(0, box.findData(chosen)))
            box.blockSignals(False)
            box.setVisible(box.count() > 2 or bool(chosen))

    def clear(self) -> None:
        """Let everything pass."""
        for box in self._boxes:
            box.blockSignals(True)
            box.setCurrentIndex(0)
            box.blockSignals(False)
        self._chosen()

    def _chosen(self) -> None:
        self._between.setVisible(self.when.currentData() == BETWEEN)
        self._clear.setVisible(self.active)
        self.changed.emit()


class Flow(QLayout):
    """Widgets side by side in as many lines as they need."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(6)

    def addItem(self, item: QLayoutItem) -> None:  # Qt's name
        """See QLayout."""
        self._items.append(item)

    def count(self) -> int:
        """See QLayout."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # Qt's name; None ends
        """See QLayout."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # Qt's name; None ends
        """See QLayout."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:  # Qt's name
        """See QLayout."""
        return True

    def heightForWidth(self, width: int) -> int:  # Qt's name
        """See QLayout."""
        return self._arranged(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, box: QRect) -> None:  # Qt's name
        """See QLayout."""
        super().setGeometry(box)
        self._arranged(box, move=True)

    def sizeHint(self) -> QSize:  # Qt's name
        """See QLayout."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # Qt's name
        """See QLayout."""
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        return QSize(max((one.width() for one in sizes), default=0), max((one.height() for one in sizes), default=0))

    def _arranged(self, box: QRect, *, move: bool) -> int:
        """The height that all lines take; `move`: put the widgets there."""
        left, top, height, tallest = box.left(), box.top(), 0, self.minimumSize().height()
        for item in self._items:
            if item.isEmpty():
                continue
            size = QSize(item.sizeHint().width(), tallest)
            if left > box.left() and left + size.width() > box.left() + box.width():
                left, top, height = box.left(), top + height + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(left, top), size))
            left, height = left + size.width() + self.spacing(), max(height, size.height())
        return top + height - box.top()


def _choice(name: str, label: str, items: Sequence[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(label)
    box.setMaximumWidth(200)
    for words, value in items:
        box.addItem(words, value)
    return box


def _day(name: str, label: str, date: QDate) -> QDateEdit:
    edit = QDateEdit(date)
    edit.setObjectName(name)
    edit.setAccessibleName(label)
    edit.setCalendarPopup(True)
    edit.setStyleSheet("QDateEdit::drop-down { border: none; width: 22px; }")
    edit.setMinimumWidth(edit.fontMetrics().horizontalAdvance("00.00.0000") + 56)
    return edit


def _start(day: QDate) -> float:
    return float(QDateTime(day, QTime(0, 0)).toSecsSinceEpoch())

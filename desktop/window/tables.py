"""Tables of any length: a model over a list of plain rows, and a view that sorts, filters and copies.

Only what is seen is asked for. Sorting and filtering are Python's own, over texts that are made once a row (`rendered`,
in a thread when there are many): a proxy model of Qt's would call back for every comparison.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.text import date_time

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
Cells = tuple[str, ...]
LEAST_WIDTH = 200
PADDING = 26
"""What a cell has to the left and right of its text, and a little room."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its title, the text of a row, what it sorts by (its text, if not given), its colour."""

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    colour: Callable[[Row], str | None] | None = None
    right: bool = False
    stretch: bool = False


@dataclass(eq=False, slots=True)
class _Line(Generic[Row]):
    """A row, its texts, and the same in small letters for the filter."""

    row: Row
    cells: Cells
    words: str


def rendered(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> list[_Line[Row]]:
    """Rows with their texts, for `Rows.replace`. Touches no widget: thousands of them are made in a thread."""
    lines = []
    for row in rows:
        cells = tuple(column.text(row) for column in columns)
        lines.append(_Line(row, cells, " ".join(cells).casefold()))
    return lines


class Rows(QAbstractTableModel, Generic[Row]):
    """A list of rows as a Qt model: those that the filter accepts, in the order of the sorted column."""

    shown_changed = Signal()
    """Other rows are shown than before."""

    def __init__(self, columns: Sequence[Column[Row]]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._all: list[_Line[Row]] = []
        self._shown: list[_Line[Row]] = []
        self._accepts: Callable[[Row], bool] | None = None
        self._words: tuple[str, ...] = ()
        self._sorted_by: tuple[int, bool] | None = None

    @property
    def rows(self) -> list[Row]:
        """All rows, also those that are filtered out."""
        return [line.row for line in self._all]

    @property
    def shown(self) -> list[Row]:
        """The rows that are shown, from top to bottom."""
        return [line.row for line in self._shown]

    def replace(self, lines: Sequence[_Line[Row]]) -> None:
        """Show other rows (of `rendered`)."""
        self._all = list(lines)
        self._renew()

    def append(self, rows: Sequence[Row], most: int | None = None) -> None:
        """Show more rows at the end, and forget the first ones beyond `most`."""
        if not rows:
            return
        lines = rendered(self.columns, rows)
        self._all += lines
        gone = set(map(id, self._all[:-most])) if most is not None and len(self._all) > most else set()
        if gone:
            self._all = self._all[-(most or 0) :]
        if self._sorted_by is not None:
            self._renew()
            return
        fresh = self._taken(lines)
        if fresh:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._shown += fresh
            self.endInsertRows()
        left = next((at for at, line in enumerate(self._shown) if id(line) not in gone), len(self._shown))
        if left:
            self.beginRemoveRows(QModelIndex(), 0, left - 1)
            del self._shown[:left]
            self.endRemoveRows()
        self.shown_changed.emit()

    def show_only(self, words: str = "", accepts: Callable[[Row], bool] | None = None) -> None:
        """Show the rows that have every word, and that `accepts` takes."""
        self._words, self._accepts = tuple(words.casefold().split()), accepts
        self._renew()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """See QAbstractItemModel; a column below 0 is the order in which rows came."""
        self._sorted_by = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._renew()

    def cells(self, at: int) -> Cells:
        """The texts of a shown row."""
        return self._shown[at].cells

    def _renew(self) -> None:
        self.beginResetModel()
        self._shown = self._taken(self._all)
        if self._sorted_by is not None:
            column, descending = self._sorted_by
            key = self.columns[column].key
            if key is None:
                self._shown.sort(key=lambda line: line.cells[column].casefold(), reverse=descending)
            else:
                self._shown.sort(key=lambda line: _sortable(key(line.row)), reverse=descending)
        self.endResetModel()
        self.shown_changed.emit()

    def _taken(self, lines: list[_Line[Row]]) -> list[_Line[Row]]:
        """Those that the filter takes: a pass a word, the cheapest that Python has."""
        if self._accepts is not None:
            accepts = self._accepts
            lines = [line for line in lines if accepts(line.row)]
        for word in self._words:
            lines = [line for line in lines if word in line.words]
        return list(lines)

    # ------------------------------------------------------------------ what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's name and its default
        """See QAbstractTableModel."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See QAbstractTableModel."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractTableModel."""
        line, column = self._shown[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.cells[index.column()].replace("\n", "  ")
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.cells[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and column.colour is not None:
            colour = column.colour(line.row)
            return QColor(colour) if colour else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractTableModel."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.columns[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].right:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class Table(QTableView, Generic[Row]):
    """A table of rows: whole rows are selected, a click on a title sorts, copying gives text with tabs."""

    picked = Signal()
    """Other rows are selected than before."""

    def __init__(self, columns: Sequence[Column[Row]], name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Rows[Row] = Rows(columns)
        self.setModel(self.rows)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for at, column in enumerate(columns):
            header.setSectionResizeMode(at, _STRETCH if column.stretch else _INTERACTIVE)
        self._selected: list[Row] = []
        self.selectionModel().selectionChanged.connect(lambda *_: self._note())
        self.rows.modelReset.connect(self._select_again)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, self.copy, context=_WITHIN)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt's name
        """The stretched column takes what is left, and at least `LEAST_WIDTH`: then the table scrolls."""
        super().resizeEvent(event)
        header = self.horizontalHeader()
        for at, column in enumerate(self.rows.columns):
            if column.stretch:
                left = self.viewport().width() - header.length() + header.sectionSize(at)
                header.setSectionResizeMode(at, _STRETCH if left >= LEAST_WIDTH else _INTERACTIVE)
                if left < LEAST_WIDTH:
                    header.resizeSection(at, LEAST_WIDTH)

    def widths(self, *samples: str) -> None:
        """Make each column as wide as its title or its sample text."""
        metrics, titles = self.fontMetrics(), self.horizontalHeader().fontMetrics()
        for at, sample in enumerate(samples):
            title = self.rows.columns[at].title
            needed = max(metrics.horizontalAdvance(sample), titles.horizontalAdvance(title) + 14)
            self.setColumnWidth(at, needed + PADDING)

    def selected(self) -> list[Row]:
        """The rows that are selected, from top to bottom."""
        return [self.rows.shown[index.row()] for index in self._indexes()]

    def copy(self) -> None:
        """Put the selected rows on the clipboard."""
        lines = [self.rows.cells(index.row()) for index in self._indexes()]
        QGuiApplication.clipboard().setText(_separated(lines, "\t"))

    def as_csv(self) -> str:
        """All rows that are shown, with the titles, as CSV."""
        titles = [column.title for column in self.rows.columns]
        return _separated([titles, *(self.rows.cells(at) for at in range(self.rows.rowCount()))], ",")

    def _indexes(self) -> list[QModelIndex]:
        return sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())

    def _note(self) -> None:
        self._selected = self.selected()
        self.picked.emit()

    def _select_again(self) -> None:
        """A reset forgets the selection: what is still shown of it is selected anew."""
        before, self._selected = self._selected, []
        if before:
            chosen = set(map(id, before))
            for at, row in enumerate(self.rows.shown):
                if id(row) in chosen:
                    self.selectionModel().select(self.rows.index(at, 0), _ROWS)
        self.picked.emit()


def widest_date() -> str:
    """The longest text that `date_time` makes, of any month: the C locale writes names of months and seconds."""
    days = (datetime(2028, month, 28, 20, 58, 48).astimezone() for month in range(1, 13))  # local time
    return max((date_time(day.timestamp()) for day in days), key=len)


def _sortable(value: Any) -> tuple[bool, Any]:
    """None sorts before everything."""
    return (value is not None, value)


def _separated(lines: Sequence[Sequence[str]], by: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=by, lineterminator="\n").writerows(lines)
    return out.getvalue()


_STRETCH, _INTERACTIVE = QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.Interactive
_WITHIN = Qt.ShortcutContext.WidgetShortcut
_ROWS = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows

"""Tables of any length: a model over a list of plain rows, and a view that sorts, filters and copies.

Only what is seen is asked for, so ten thousand rows scroll.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
SORTS_BY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its title, the text of a row, what it sorts by (its text, if not given), its colour."""

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    colour: Callable[[Row], str | None] | None = None
    right: bool = False
    stretch: bool = False


class Rows(QAbstractTableModel, Generic[Row]):
    """A list of rows as a Qt model."""

    def __init__(self, columns: Sequence[Column[Row]]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: list[Row] = []

    def replace(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def append(self, rows: Sequence[Row], most: int | None = None) -> None:
        """Show more rows at the end, and forget the first ones beyond `most`."""
        if not rows:
            return
        first = len(self.rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self.rows += rows
        self.endInsertRows()
        if most is not None and len(self.rows) > most:
            gone = len(self.rows) - most
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self.rows[:gone]
            self.endRemoveRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's name and its default
        """See QAbstractTableModel."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See QAbstractTableModel."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractTableModel."""
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(row)
        if role == SORTS_BY:
            return column.text(row) if column.key is None else column.key(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and column.colour is not None:
            colour = column.colour(row)
            return QColor(colour) if colour else None
        return None

    def headerData(  # Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See QAbstractTableModel."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None


class Filter(QSortFilterProxyModel, Generic[Row]):
    """Shows the rows that `accepts` takes."""

    def __init__(self, rows: Rows[Row]) -> None:
        super().__init__()
        self._rows = rows
        self._accepts: Callable[[Row], bool] = lambda _: True
        self.setSourceModel(rows)
        self.setSortRole(SORTS_BY)

    def show_only(self, accepts: Callable[[Row], bool]) -> None:
        """Filter anew."""
        self._accepts = accepts
        self.invalidate()

    def filterAcceptsRow(self, at: int, parent: Index) -> bool:  # Qt's name
        """See QSortFilterProxyModel."""
        return self._accepts(self._rows.rows[at])

    def row_at(self, index: Index) -> Row | None:
        """The row behind an index of the view."""
        return self._rows.rows[self.mapToSource(index).row()] if index.isValid() else None


class Table(QTableView, Generic[Row]):
    """A table of rows: whole rows are selected, a click on a title sorts, copying gives text with tabs."""

    def __init__(self, columns: Sequence[Column[Row]], name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Rows[Row] = Rows(columns)
        self.filter: Filter[Row] = Filter(self.rows)
        self.setModel(self.filter)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for at, column in enumerate(columns):
            stretch = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(at, stretch)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, self.copy, context=_WITHIN)

    def widths(self, *samples: str) -> None:
        """Make each column as wide as its sample text."""
        for at, sample in enumerate(samples):
            self.setColumnWidth(at, self.fontMetrics().horizontalAdvance(sample) + 28)

    def selected(self) -> list[Row]:
        """The rows that are selected, from top to bottom."""
        indexes = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [row for row in map(self.filter.row_at, indexes) if row is not None]

    def copy(self) -> None:
        """Put the selected rows on the clipboard."""
        QGuiApplication.clipboard().setText(_separated(self._lines(self.selected()), "\t"))

    def as_csv(self) -> str:
        """All rows that are shown, with the titles, as CSV."""
        shown = [self.filter.row_at(self.filter.index(at, 0)) for at in range(self.filter.rowCount())]
        titles = [column.title for column in self.rows.columns]
        return _separated([titles, *self._lines([row for row in shown if row is not None])], ",")

    def _lines(self, rows: Sequence[Row]) -> list[list[str]]:
        return [[column.text(row) for column in self.rows.columns] for row in rows]


def _separated(lines: Sequence[Sequence[str]], by: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=by, lineterminator="\n").writerows(lines)
    return out.getvalue()


_WITHIN = Qt.ShortcutContext.WidgetShortcut

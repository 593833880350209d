"""Uploads as a tree: computers, their days, the uploads of a day; the newest first everywhere.

What is open and what is chosen stays so when other uploads come. A list that is short is open throughout; of a long one
the newest day of each computer is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QDate, QLocale, QModelIndex, QPersistentModelIndex, Qt, QTime, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView

from desktop.palette import Appearance
from desktop.text import UNKNOWN, date_time, error_text, number, plural, size, tr

Upload = Mapping[str, Any]
Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, ...]
OPEN_THROUGHOUT = 60
"""Up to as many uploads every day is open."""
WHEN, SIZE, MEMORIES, NOTES = range(4)


@dataclass(eq=False)
class Node:
    """A computer, a day of one, or an upload. `key` names it for as long as it is listed."""

    key: Key
    cells: tuple[str, str, str, str]
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    upload: Upload | None = None
    row: int = 0


class Uploads(QAbstractItemModel):
    """The tree as a Qt model."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._bold = QFont()
        self._bold.setWeight(QFont.Weight.DemiBold)
        self.root = tree_of([])

    def replace(self, uploads: Sequence[Upload]) -> None:
        """Show these."""
        self.beginResetModel()
        self.root = tree_of(uploads)
        self.endResetModel()

    def node(self, index: Index) -> Node:
        """The node behind an index; the root behind none."""
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, Node) else self.root

    def index_of(self, node: Node) -> QModelIndex:
        """Where a node stands."""
        return QModelIndex() if node.parent is None else self.createIndex(node.row, 0, node)

    def index(self, at: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008  # Qt's default
        """See QAbstractItemModel."""
        children = self.node(parent).children
        return self.createIndex(at, column, children[at]) if 0 <= at < len(children) else QModelIndex()

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override]  # Qt has another one without arguments
        """See QAbstractItemModel."""
        above = self.node(child).parent
        return QModelIndex() if above is None else self.index_of(above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See QAbstractItemModel."""
        return len(self.node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See QAbstractItemModel."""
        return NOTES + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractItemModel."""
        node, column = self.node(index), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return node.cells[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (SIZE, MEMORIES):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and len(node.key) == 1 and column == WHEN:
            return self._bold
        if role == Qt.ItemDataRole.ForegroundRole and node.upload is not None and column == NOTES:
            return QColor(self._appearance.colours.attention) if node.upload.get("error") else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractItemModel."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (tr("Computer, day and time"), tr("Size"), tr("Conversations"), tr("Notes"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (SIZE, MEMORIES):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class UploadTree(QTreeView):
    """The tree as it is seen. `picked`: another upload is chosen, or none; `wanted`: one is to be looked into."""

    picked = Signal()
    wanted = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.uploads = Uploads(appearance)
        self._closed: set[Key] = set()
        self._opened: set[Key] = set()
        self._renewing = False
        self.setObjectName("uploads_tree")
        self.setAccessibleName(tr("Uploads in the cloud"))
        self.setModel(self.uploads)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setExpandsOnDoubleClick(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(True)
        for column in (WHEN, SIZE, MEMORIES):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        metrics, titles = self.fontMetrics(), header.fontMetrics()
        days = max((_day(date(2028, 1, 1) + timedelta(days=after)) for after in range(366)), key=len)
        for column, sample in ((WHEN, days), (SIZE, "000.0 MB"), (MEMORIES, "000,000")):
            title = str(self.uploads.headerData(column, Qt.Orientation.Horizontal))
            indent = 2 * self.indentation() if column == WHEN else 0
            width = max(metrics.horizontalAdvance(sample) + indent, titles.horizontalAdvance(title))
            self.setColumnWidth(column, width + 36)
        self.expanded.connect(lambda index: self._note(index, self._opened, self._closed))
        self.collapsed.connect(lambda index: self._note(index, self._closed, self._opened))
        self.doubleClicked.connect(lambda _: self.wanted.emit())
        self.selectionModel().selectionChanged.connect(lambda *_: self._picked())
        copy = QKeySequence(QKeySequence.StandardKey.Copy)
        QShortcut(copy, self, self.copy, context=Qt.ShortcutContext.WidgetShortcut)

    @property
    def shown(self) -> list[Upload]:
        """The uploads that are listed, from top to bottom."""
        return [node.upload for node in _leaves(self.uploads.root) if node.upload is not None]

    def show_uploads(self, uploads: Sequence[Upload]) -> None:
        """List these; what is open and chosen stays so."""
        chosen, scrolled = self._chosen_key(), self.verticalScrollBar().value()
        self._renewing = True
        self.uploads.replace(uploads)
        whole = len(uploads) <= OPEN_THROUGHOUT
        for system in self.uploads.root.children:
            self._open(system, open_unless_closed=True)
            for day in system.children:
                self._open(day, open_unless_closed=whole or day.row == 0)
        self._renewing = False
        self._choose(lambda node: node.key == chosen)
        self.verticalScrollBar().setValue(scrolled)
        self.picked.emit()

    def selected(self) -> Upload | None:
        """The upload that is chosen."""
        indexes = self.selectionModel().selectedRows()
        return self.uploads.node(indexes[0]).upload if indexes else None

    def select(self, upload_id: str) -> None:
        """Choose an upload."""
        self._choose(lambda node: node.upload is not None and node.upload["upload_id"] == upload_id)

    def copy(self) -> None:
        """Put the chosen line on the clipboard."""
        indexes = self.selectionModel().selectedRows()
        if indexes:
            QGuiApplication.clipboard().setText("\t".join(filter(None, self.uploads.node(indexes[0]).cells)))

    def _picked(self) -> None:
        if not self._renewing:
            self.picked.emit()

    def _chosen_key(self) -> Key:
        indexes = self.selectionModel().selectedRows()
        return self.uploads.node(indexes[0]).key if indexes else ()

    def _choose(self, fits: Callable[[Node], bool]) -> None:
        for node in _all(self.uploads.root):
            if fits(node):
                self.setCurrentIndex(self.uploads.index_of(node))
                return

    def _open(self, node: Node, *, open_unless_closed: bool) -> None:
        is_open = node.key in self._opened or (open_unless_closed and node.key not in self._closed)
        self.setExpanded(self.uploads.index_of(node), is_open)

    def _note(self, index: Index, into: set[Key], out_of: set[Key]) -> None:
        if not self._renewing:
            key = self.uploads.node(index).key
            into.add(key)
            out_of.discard(key)


def tree_of(uploads: Sequence[Upload]) -> Node:
    """Computers by their newest upload, their days, the uploads of each; all of them the newest first."""
    root = Node((), ("", "", "", ""))
    systems: dict[str, Node] = {}
    days: dict[Key, Node] = {}
    for up in sorted(uploads, key=lambda one: at(one) or 0.0, reverse=True):
        name, moment = str(up["system_id"]), at(up)
        if name not in systems:
            systems[name] = _added(root, Node((name,), (name, "", "", "")))
        day = datetime.fromtimestamp(moment).astimezone().date() if moment else None
        key = (name, str(day))
        if key not in days:
            days[key] = _added(systems[name], Node(key, (_day(day), "", "", "")))
        cells = (_time(moment), size(up.get("total_size_bytes")), _memories(up), notes(up))
        _added(days[key], Node((*key, str(up["upload_id"])), cells, upload=up))
    for node in (*systems.values(), *days.values()):
        count = sum(1 for _ in _leaves(node))
        node.cells = (node.cells[WHEN], "", "", plural(count, "{count} upload", "{count} uploads"))
    return root


def at(up: Upload) -> float | None:
    """When it was committed, in UNIX seconds."""
    text = up.get("uploaded_at")
    return datetime.fromisoformat(str(text)).timestamp() if text else None


def words(up: Upload) -> str:
    """What a filter looks in: everything that is shown of an upload, in small letters."""
    parts = (str(up["system_id"]), date_time(at(up)), size(up.get("total_size_bytes")), _memories(up), notes(up))
    return " ".join(parts).casefold()


def notes(up: Upload) -> str:
    """What is particular about an upload."""
    parts = []
    if up.get("error"):
        parts.append(error_text(up["error"])[0])
    if up.get("is_head"):
        parts.append(tr("newest of its computer"))
    if up.get("elsewhere"):
        parts.append(tr("from another computer"))
    if up.get("encrypted"):
        parts.append(tr("encrypted"))
    return " · ".join(parts)


def _added(parent: Node, node: Node) -> Node:
    node.parent, node.row = parent, len(parent.children)
    parent.children.append(node)
    return node


def _all(node: Node) -> list[Node]:
    return [found for child in node.children for found in (child, *_all(child))]


def _leaves(node: Node) -> list[Node]:
    return [found for found in _all(node) if found.upload is not None]


def _memories(up: Upload) -> str:
    return tr("hidden") if up.get("encrypted") else number(up.get("conversation_count") or 0)


def _day(day: date | None) -> str:
    if day is None:
        return UNKNOWN
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.LongFormat)


def _time(moment: float | None) -> str:
    if moment is None:
        return UNKNOWN
    then = datetime.fromtimestamp(moment).astimezone()
    return QLocale().toString(QTime(then.hour, then.minute), QLocale.FormatType.ShortFormat)

"""What is in one upload: folders and files as a tree, of any number, and the ways to bring some of it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QFileDialog, QHeaderView, QLineEdit, QMessageBox, QTreeView, QVBoxLayout, QWidget

from core.sync.events import ListFiles, Restore
from desktop import icons
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import date_time, plural, size, tr
from desktop.window.message_bar import MessageBar
from desktop.window.parts import GAP, MARGIN, begin, button, quiet, row

Index = QModelIndex | QPersistentModelIndex
SOURCES = "sources/"
"""Below this folder an upload holds the sources, each under its name."""


@dataclass(eq=False)
class Node:
    """A file, or a folder with its contents. `size` of a folder is that of everything below it."""

    name: str
    path: str
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    size: int = 0
    changed_at: float | None = None
    is_folder: bool = False
    row: int = 0


class Files(QAbstractItemModel):
    """The tree as a Qt model: name, size, last change."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.root = Node("", "", is_folder=True)
        self._icons: dict[bool, QIcon] = {
            True: icons.icon("folder", appearance.colours.text),
            False: icons.icon("file", appearance.colours.muted),
        }

    def replace(self, files: Sequence[Mapping[str, Any]]) -> None:
        """Show other files: objects with path, size and mtime_ns."""
        self.beginResetModel()
        self.root = tree_of(files)
        self.endResetModel()

    def node(self, index: Index) -> Node:
        """The node behind an index; the root behind none."""
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, Node) else self.root

    def index(self, at: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008  # Qt's default
        """See QAbstractItemModel."""
        children = self.node(parent).children
        return self.createIndex(at, column, children[at]) if 0 <= at < len(children) else QModelIndex()

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override]  # Qt has another one without arguments
        """See QAbstractItemModel."""
        above = self.node(child).parent
        return QModelIndex() if above is None or above.parent is None else self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See QAbstractItemModel."""
        return len(self.node(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See QAbstractItemModel."""
        return 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractItemModel."""
        node, column = self.node(index), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (node.name, size(node.size), "" if node.is_folder else date_time(node.changed_at))[column]
        if role == Qt.ItemDataRole.UserRole:
            return (node.name.casefold(), node.size, node.changed_at or 0.0)[column]
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self._icons[node.is_folder]
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See QAbstractItemModel."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("Size"), tr("Last change"))[section]
        return None


class FilesDialog(QDialog):
    """Browse one upload, and restore one file, a folder, or put a source back in its place."""

    def __init__(self, model: AppModel, appearance: Appearance, upload_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Files of upload {id}", id=upload_id))
        self.resize(720, 520)
        self._model = model
        self._upload_id = upload_id
        self.message_bar = MessageBar(appearance)
        self.files = Files(appearance)
        self._filter = QSortFilterProxyModel(self)
        self._filter.setSourceModel(self.files)
        self._filter.setSortRole(Qt.ItemDataRole.UserRole)
        self._filter.setRecursiveFilteringEnabled(True)
        self._filter.setAutoAcceptChildRows(True)
        self._filter.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.tree = QTreeView()
        self.tree.setObjectName("files_tree")
        self.tree.setAccessibleName(tr("Files of this upload"))
        self.tree.setModel(self._filter)
        self.tree.setUniformRowHeights(True)
        self.tree.setSortingEnabled(True)
        self.tree.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setStretchLastSection(False)
        self.tree.setColumnWidth(1, 110)
        self.tree.setColumnWidth(2, 160)
        self.tree.selectionModel().selectionChanged.connect(self._selected)
        words = QLineEdit()
        words.setObjectName("files_filter")
        words.setPlaceholderText(tr("Filter"))
        words.setAccessibleName(tr("Filter the files by name"))
        words.setClearButtonEnabled(True)
        words.textChanged.connect(self._filter.setFilterFixedString)
        self._count = quiet(tr("Looking…"))
        self._restore = button(tr("Restore…"), self._ask_restore, "restore_file")
        self._in_place = button(tr("Put back in its place…"), self._ask_in_place, "restore_in_place")
        close = button(tr("Close"), self.close, "files_close")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(GAP)
        inside.addWidget(self.message_bar)
        inside.addLayout(row(words, self._count))
        inside.addWidget(self.tree, 1)
        inside.addLayout(row(self._restore, self._in_place, None, close))
        self._selected()
        begin(model, self, self._read(), self.message_bar.show_error)

    async def _read(self) -> None:
        found = await self._model.run(ListFiles(self._upload_id))
        self.files.replace(found["files"])
        self._count.setText(plural(len(found["files"]), "{count} file", "{count} files"))
        self.tree.expandToDepth(0)
        self._selected()

    def _node(self) -> Node | None:
        indexes = self.tree.selectionModel().selectedRows()
        return self.files.node(self._filter.mapToSource(indexes[0])) if indexes else None

    def _selected(self) -> None:
        node = self._node()
        self._restore.setEnabled(node is not None)
        self._in_place.setVisible(source_of(node) is not None)

    def _ask_restore(self) -> None:
        node = self._node()
        if node is None:
            return
        dialog = QFileDialog(self, tr("Restore {name} into which folder?", name=node.name))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda folder: self.restore(node.path, Path(folder)))
        dialog.open()

    def restore(self, path: str, to: Path) -> None:
        """Bring one file or folder back into a folder."""
        command = Restore(self._upload_id, to=str(to), file=path)
        begin(self._model, self, self._bring(command), self.message_bar.show_error)

    def _ask_in_place(self) -> None:
        name = source_of(self._node())
        if name is None:
            return
        ask = QMessageBox(self)
        ask.setObjectName("ask_in_place")
        ask.setIcon(QMessageBox.Icon.Warning)
        ask.setText(tr("Put {name} back in its place?", name=name))
        ask.setInformativeText(
            tr("Close the program that uses it first. What is there now is kept beside it, under another name.")
        )
        ask.setStandardButtons(QMessageBox.StandardButton.Cancel)
        go = ask.addButton(tr("Put it back"), QMessageBox.ButtonRole.AcceptRole)
        ask.setDefaultButton(QMessageBox.StandardButton.Cancel)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go.clicked.connect(
            lambda: begin(
                self._model,
                self,
                self._bring(Restore(self._upload_id, in_place=name)),
                self.message_bar.show_error,
            )
        )
        ask.open()

    async def _bring(self, command: Restore) -> None:
        self.message_bar.say(tr("Restoring…"))
        value = await self._model.run(command)
        to = Path(value["to"])
        self.message_bar.say(*restored(value, str(to.parent if command.in_place else to)))


def restored(value: Mapping[str, Any], to: str) -> tuple[str, str]:
    """What a restore did, in words: a title, and a sentence."""
    files, there = int(value["files"]), int(value["already_there"])
    already = plural(there, "{count} file was there already.", "{count} files were there already.") if there else ""
    if there and not files:
        return tr("Nothing to restore"), already
    made = tr(
        "{files}, {size}, in {folder}",
        files=plural(files, "{count} file", "{count} files"),
        size=size(value["bytes"]),
        folder=to,
    )
    return tr("Restored"), "\n".join(filter(None, (made, already)))


def tree_of(files: Sequence[Mapping[str, Any]]) -> Node:
    """The tree of a flat list of paths."""
    root = Node("", "", is_folder=True)
    folders: dict[str, Node] = {"": root}

    def folder(path: str) -> Node:
        if path not in folders:
            above, _, name = path.rpartition("/")
            parent = folder(above)
            folders[path] = Node(name, path, parent, is_folder=True, row=len(parent.children))
            parent.children.append(folders[path])
        return folders[path]

    for file in files:
        above, _, name = str(file["path"]).rpartition("/")
        parent = folder(above)
        changed = file["mtime_ns"] / 1e9 if file.get("mtime_ns") else None
        at = len(parent.children)
        parent.children.append(Node(name, str(file["path"]), parent, [], int(file["size"]), changed, row=at))
        node: Node | None = parent
        while node is not None:
            node.size += int(file["size"])
            node = node.parent
    return root


def source_of(node: Node | None) -> str | None:
    """The name of the source that a node belongs to, when it can be put back as a whole."""
    if node is None or not node.path.startswith(SOURCES):
        return None
    return node.path[len(SOURCES) :].split("/")[0]

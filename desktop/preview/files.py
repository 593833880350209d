"""The files that would go up, part by part, with their first lines, and ways to leave some of them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.errors import CogzyError
from core.sync.events import PreviewUpload
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.preview.choices import EXCLUDE, VAULT, is_on, leave_out, part_words, pattern_of, switch, take_back
from desktop.settings.draft import Draft
from desktop.text import date_time, error_text, plural, size, tr
from desktop.trial import Trial
from desktop.window.parts import GAP, begin, button, heading, quiet, row
from desktop.window.tables import Column, Table, rendered

File = Mapping[str, Any]
NAME = Qt.ItemDataRole.UserRole


class FilesTab(QWidget):
    """Parts at the left, the files of the chosen one at the right, a look into the chosen file below."""

    def __init__(self, model: AppModel, appearance: Appearance, draft: Draft, trial: Trial) -> None:
        super().__init__()
        self._model = model
        self._draft = draft
        self._trial = trial
        self._parts: dict[str, Mapping[str, Any]] = {}
        self.parts = QListWidget()
        self.parts.setObjectName("preview_parts")
        self.parts.setAccessibleName(tr("What goes up"))
        self.parts.setWordWrap(True)
        self.parts.itemChanged.connect(self._switched)
        self.parts.currentItemChanged.connect(lambda *_: self._show_part())
        self.files: Table[File] = Table(
            [
                Column(tr("File"), lambda file: str(file["path"]), stretch=True),
                Column(tr("Size"), lambda file: size(file["size"]), lambda file: file["size"], right=True),
                Column(tr("Last change"), _changed_at, lambda file: file["mtime_ns"]),
                Column(tr("Goes up"), lambda file: tr("now") if file["new"] else tr("is there"), _new),
            ],
            "preview_files",
            tr("Files"),
        )
        self.files.widths("", size(118_000_000), f"{date_time(1_790_000_000.0)}  ", f"{tr('is there')}  ")
        self.files.picked.connect(self._show_file)
        self._about = quiet(wrap=True)
        self._about.setObjectName("preview_about")
        self.text = QPlainTextEdit()
        self.text.setObjectName("preview_text")
        self.text.setAccessibleName(tr("First lines"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText(tr("Choose a file to see its first lines."))
        self._leave_file = button(tr("Leave out this file"), self._leave_files_out, "leave_file")
        self._leave_folder = button(tr("Leave out its project"), self._leave_folders_out, "leave_folder")
        self.excluded = QListWidget()
        self.excluded.setObjectName("preview_excluded")
        self.excluded.setAccessibleName(tr("Left out"))
        self.excluded.setMaximumHeight(90)
        self._pattern = QLineEdit()
        self._pattern.setObjectName("preview_pattern")
        self._pattern.setAccessibleName(tr("Folder or pattern to leave out"))
        self._pattern.setPlaceholderText("*/secret-project/*")
        self._pattern.returnPressed.connect(self._leave_pattern_out)
        self._lay_out()
        draft.changed.connect(self._show_choices)
        self._show_choices()
        self._picked()

    def show_parts(self, parts: Sequence[Mapping[str, Any]]) -> None:
        """Show what was found."""
        shown = self._current()
        self._parts = {str(part["name"]): part for part in parts if part["found"] or part["enabled"]}
        self.parts.blockSignals(True)
        self.parts.clear()
        for name, part in self._parts.items():
            item = QListWidgetItem(f"{part_words(name)}\n{_summary(part)}")
            item.setData(NAME, name)
            item.setToolTip(str(part["path"]))
            if name == VAULT:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            else:
                item.setCheckState(Qt.CheckState.Checked if is_on(self._draft, name) else Qt.CheckState.Unchecked)
            self.parts.addItem(item)
            if name == shown:
                self.parts.setCurrentItem(item)
        if self.parts.currentItem() is None:
            self.parts.setCurrentRow(0)
        self.parts.blockSignals(False)
        self._show_part()

    # ------------------------------------------------------------------ how it stands

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.parts, 1)
        column.addWidget(heading(tr("Left out")))
        column.addWidget(self.excluded)
        add = QHBoxLayout()
        add.addWidget(self._pattern, 1)
        add.addWidget(button(tr("Add"), self._leave_pattern_out, "add_pattern"))
        column.addLayout(add)
        self._take_back: QPushButton = button(tr("Let it go up again"), self._take_pattern_back, "take_back")
        column.addLayout(row(self._take_back, None))
        self.excluded.currentItemChanged.connect(lambda *_: self._picked())
        upper = QWidget()
        right = QVBoxLayout(upper)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self._about)
        right.addWidget(self.files, 1)
        right.addLayout(row(self._leave_file, self._leave_folder, None))
        down = QSplitter(Qt.Orientation.Vertical)
        down.addWidget(upper)
        down.addWidget(self.text)
        down.setSizes([260, 160])
        across = QSplitter()
        for splitter in (down, across):
            splitter.setHandleWidth(12)
            splitter.setChildrenCollapsible(False)
        across.addWidget(left)
        across.addWidget(down)
        across.setSizes([270, 580])
        across.setStretchFactor(1, 1)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, GAP, 0, 0)
        inside.addWidget(across)

    def _show_choices(self) -> None:
        self.excluded.clear()
        self.excluded.addItems([str(pattern) for pattern in self._draft.value(EXCLUDE)])
        self._picked()

    def _picked(self) -> None:
        part, chosen = self._parts.get(self._current()), self.files.selected()
        may = part is not None and part["kind"] == "files" and bool(chosen)
        self._leave_file.setEnabled(may)
        self._leave_folder.setEnabled(may and any("/" in file["path"] for file in chosen))
        self._take_back.setEnabled(self.excluded.currentItem() is not None)

    # ------------------------------------------------------------------ what is shown

    def _current(self) -> str:
        item = self.parts.currentItem()
        return str(item.data(NAME)) if item is not None else ""

    def _show_part(self) -> None:
        part = self._parts.get(self._current())
        self.text.clear()
        self.files.rows.replace([])
        self._picked()
        if part is None:
            return
        lines = [str(part["path"])]
        if part["error"]:
            lines.append(" ".join(filter(None, error_text(part["error"]))))
        if part["left_out"]:
            lines.append(
                plural(
                    part["left_out"],
                    "{count} file is left out: it holds credentials, or cannot be read.",
                    "{count} files are left out: they hold credentials, or cannot be read.",
                )
            )
        self._about.setText("\n".join(lines))
        if part["found"]:
            begin(self._model, self, self._list(str(part["name"])), self._cannot)

    async def _list(self, name: str) -> None:
        seen = await self._trial.run(PreviewUpload(name))
        if name == self._current():
            self.files.rows.replace(rendered(self.files.rows.columns, seen["files"]))

    def _show_file(self) -> None:
        self._picked()
        chosen = self.files.selected()
        if len(chosen) == 1:
            self.text.setPlainText(tr("Looking…"))
            begin(self._model, self, self._read(self._current(), str(chosen[0]["path"])), self._cannot_read)

    async def _read(self, part: str, path: str) -> None:
        seen = await self._trial.run(PreviewUpload(part, path))
        chosen = self.files.selected()
        if part != self._current() or not chosen or chosen[0]["path"] != path:
            return
        self.text.setPlainText(tr("This file holds no text.") if seen["kind"] == "binary" else seen["text"])

    def _cannot_read(self, error: CogzyError) -> None:
        self.text.setPlainText(" ".join(filter(None, error_text(error))))

    def _cannot(self, error: CogzyError) -> None:
        if error.code != "worker.died":
            self._about.setText(" ".join(filter(None, error_text(error))))

    # ------------------------------------------------------------------ choosing

    def _switched(self, item: QListWidgetItem) -> None:
        switch(self._draft, str(item.data(NAME)), item.checkState() == Qt.CheckState.Checked)

    def _leave_files_out(self) -> None:
        leave_out(self._draft, *(pattern_of(str(file["path"])) for file in self.files.selected()))

    def _leave_folders_out(self) -> None:
        paths = [str(file["path"]) for file in self.files.selected()]
        leave_out(self._draft, *(pattern_of(path, folder=True) for path in paths if "/" in path))

    def _leave_pattern_out(self) -> None:
        text = self._pattern.text().strip()
        if text:
            leave_out(self._draft, text)
            self._pattern.clear()

    def _take_pattern_back(self) -> None:
        item = self.excluded.currentItem()
        if item is not None:
            take_back(self._draft, item.text())


def _summary(part: Mapping[str, Any]) -> str:
    if not part["found"]:
        return tr("not found on this computer")
    if part["kind"] in ("duckdb", "sqlite"):
        return size(part["size"])
    files = plural(part["files"], "{count} file", "{count} files")
    return f"{size(part['size'])} · {files}"


def _changed_at(file: File) -> str:
    return date_time(file["mtime_ns"] / 1e9)


def _new(file: File) -> Any:
    return not file["new"]

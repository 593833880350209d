"""The snapshots page: every upload in the cloud, what is in it, and the ways back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QStackedLayout, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.sync.events import ListUploads, Restore, SyncFinished, UndoReset
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import date_time, error_text, number, plural, size, tr
from desktop.window.message_bar import MessageBar
from desktop.window.parts import MARGIN, Empty, button, plain, quiet, row, tone
from desktop.window.tables import Column, Table

Upload = Mapping[str, Any]
NOTHING, LIST = 0, 1


class SnapshotsPage(QWidget):
    """A table of uploads, newest first."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._appearance = appearance
        self._all: list[Upload] = []
        self.message_bar = MessageBar(appearance)
        columns: list[Column[Upload]] = [
            Column(tr("When"), lambda up: date_time(_at(up)), _at),
            Column(tr("Computer"), lambda up: str(up["system_id"])),
            Column(tr("Size"), _size, lambda up: up.get("total_size_bytes") or 0, right=True),
            Column(tr("Memories"), _memories, lambda up: up.get("conversation_count") or 0, right=True),
            Column(tr("Notes"), notes, stretch=True),
        ]
        self.table: Table[Upload] = Table(columns, "uploads_table", tr("Uploads in the cloud"))
        self.table.widths("00.00.0000 00:00", "laptop-of-somebody-abcd", "000.0 MB", "000,000")
        self.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.table.doubleClicked.connect(lambda _: self._browse())
        self._mine = QCheckBox(tr("Only this vault"))
        self._mine.setObjectName("only_this_vault")
        self._mine.setChecked(True)
        self._mine.toggled.connect(lambda _: self._filter())
        self._count = quiet()
        self._refresh = button(tr("Look again"), self._load, "uploads_refresh")
        self._browse_button = button(tr("Browse files…"), self._browse, "browse_upload")
        self._restore = button(tr("Restore everything…"), self._ask_restore, "restore_upload")
        self._reset = button(tr("Reset from cloud…"), self._ask_reset, "reset_from_cloud")
        self._undo = button(tr("Undo the last reset"), self._undo_reset, "undo_reset")
        self._chosen = plain()
        self._chosen.setObjectName("upload_chosen")
        filled = QWidget()
        inside = QVBoxLayout(filled)
        inside.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        inside.addWidget(self.message_bar)
        inside.addLayout(row(self._mine, self._count, None, self._refresh))
        inside.addWidget(self.table, 1)
        inside.addWidget(self._chosen)
        inside.addLayout(row(self._browse_button, self._restore, None, self._undo, self._reset))
        self._empty = Empty(
            appearance,
            "snapshots",
            tr("No upload to be seen"),
            tr("After the first sync every state of your memory is listed here, and can be brought back."),
            button(tr("Look in the cloud"), self._load, "uploads_first_look"),
        )
        self._which = QStackedLayout(self)
        self._which.addWidget(self._empty)
        self._which.addWidget(filled)
        self._selected()

    def shown(self) -> None:
        """See Page."""
        self._model.happened.connect(self._heard)
        self._undo.setVisible(any(self._model.vault.glob(".before-*")))
        if self._model.settings.settings.sync.cloud_configured:
            self._load()

    def hidden(self) -> None:
        """See Page."""
        self._model.happened.disconnect(self._heard)

    def focus(self, **what: Any) -> None:
        """See Page. `reset`: begin a reset from the newest upload."""
        if what.get("reset"):
            self._ask_reset()

    # ------------------------------------------------------------------ the list

    def _heard(self, event: object) -> None:
        if isinstance(event, SyncFinished):
            self._load()

    def _load(self) -> None:
        self._refresh.setEnabled(False)
        self._count.setText(tr("Looking…"))
        self._model.start(self._read(), problem=self._problem)

    async def _read(self) -> None:
        try:
            self._all = list(await self._model.run(ListUploads()))
        finally:
            self._refresh.setEnabled(True)
            self._count.setText("")
        self.message_bar.hide()
        self._filter()
        self._which.setCurrentIndex(LIST if self._all else NOTHING)

    def _problem(self, error: CogzyError) -> None:
        self._which.setCurrentIndex(LIST)
        self.message_bar.show_error(error)

    def _filter(self) -> None:
        own = self._model.settings.settings.vault_id
        shown = [up for up in self._all if not self._mine.isChecked() or up["vault_id"] in (own, None)]
        self.table.rows.replace(shown)
        self._count.setText(plural(len(shown), "{count} upload", "{count} uploads"))
        self._selected()

    def _one(self) -> Upload | None:
        rows = self.table.selected()
        return rows[0] if len(rows) == 1 else None

    def _selected(self) -> None:
        one = self._one()
        readable = one is not None and bool(one["readable"])
        self._browse_button.setEnabled(readable)
        self._restore.setEnabled(readable)
        text = ""
        if one is not None and one.get("error"):
            text = " ".join(filter(None, error_text(one["error"])))
        elif one is not None:
            text = tr("Upload {id}", id=one["upload_id"])
        self._chosen.setText(text)
        tone(self._chosen, "error" if one is not None and one.get("error") else "")

    # ------------------------------------------------------------------ the ways back

    def _browse(self) -> None:
        one = self._one()
        if one is None or not one["readable"]:
            return
        from desktop.window.files import FilesDialog

        FilesDialog(self._model, self._appearance, str(one["upload_id"]), self).open()

    def _ask_restore(self) -> None:
        one = self._one()
        if one is None:
            return
        dialog = QFileDialog(self, tr("Restore into which folder?"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self.restore(str(one["upload_id"]), Path(path)))
        dialog.open()

    def restore(self, upload_id: str, to: Path) -> None:
        """Bring a whole upload back into a folder."""
        self._model.start(self._restore_to(upload_id, to), problem=self.message_bar.show_error)

    async def _restore_to(self, upload_id: str, to: Path) -> None:
        self.message_bar.say(tr("Restoring into {folder}…", folder=to))
        value = await self._model.run(Restore(upload_id, to=str(to)))
        files = plural(value["files"], "{count} file", "{count} files")
        self.message_bar.say(
            tr("Restored"), tr("{files}, {size}, in {folder}", files=files, size=size(value["bytes"]), folder=to)
        )

    def _ask_reset(self) -> None:
        from desktop.window.reset import ResetDialog

        one = self._one()
        upload = str(one["upload_id"]) if one is not None and one["readable"] else None
        dialog = ResetDialog(self._model, self._appearance, upload, self)
        dialog.done_with.connect(self._was_reset)
        dialog.open()

    def _was_reset(self) -> None:
        self._undo.setVisible(True)
        self.message_bar.say(
            tr("This vault is now the cloud's copy"),
            tr("The old one is kept for 30 days."),
            action=(tr("Undo"), self._undo_reset),
        )
        self._load()

    def _undo_reset(self) -> None:
        self._model.start(self._undo_now(), problem=self.message_bar.show_error)

    async def _undo_now(self) -> None:
        await self._model.run(UndoReset())
        self.message_bar.say(tr("The vault of before is back"), tr("Undoing again swaps the two once more."))


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


def _at(up: Upload) -> float | None:
    text = up.get("uploaded_at")
    return datetime.fromisoformat(str(text)).timestamp() if text else None


def _size(up: Upload) -> str:
    return size(up.get("total_size_bytes"))


def _memories(up: Upload) -> str:
    return tr("hidden") if up.get("encrypted") else number(up.get("conversation_count") or 0)

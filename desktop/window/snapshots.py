"""The snapshots page: every upload in the cloud, by computer and day, what is in it, and the ways back."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from core.sync.events import ListUploads, Restore, SyncFinished, UndoReset, Verify
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import date_time, error_text, number, plural, size, tr
from desktop.window.message_bar import MessageBar
from desktop.window.parts import GAP, MARGIN, Empty, begin, button, plain, quiet, row, tone
from desktop.window.upload_tree import Upload, UploadTree, at, words

NOTHING, LIST, LOOKING = range(3)
KEEP_SECONDS = 30 * 86_400.0


class SnapshotsPage(QWidget):
    """The uploads, by computer and day, newest first."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._appearance = appearance
        self._all: list[Upload] = []
        self._loading = False
        self.message_bar = MessageBar(appearance)
        self.tree = UploadTree(appearance)
        self.tree.picked.connect(self._selected)
        self.tree.wanted.connect(self._browse)
        self._mine = QCheckBox(tr("Only this vault"))
        self._mine.setObjectName("only_this_vault")
        self._mine.setChecked(True)
        self._mine.toggled.connect(lambda _: self._filter())
        self._system = _choice("uploads_system", tr("Of which computer"), [(tr("All computers"), None)])
        self._system.currentIndexChanged.connect(lambda _: self._filter())
        self._days = _choice(
            "uploads_days",
            tr("Of which days"),
            [(tr("All days"), None), (tr("Today"), 1), (tr("Last 7 days"), 7), (tr("Last 30 days"), 30)],
        )
        self._days.currentIndexChanged.connect(lambda _: self._filter())
        self._words = QLineEdit()
        self._words.setObjectName("uploads_filter")
        self._words.setPlaceholderText(tr("Filter"))
        self._words.setAccessibleName(tr("Filter the uploads by any word"))
        self._words.setClearButtonEnabled(True)
        self._words.textChanged.connect(lambda _: self._filter())
        self._count = quiet()
        self._count.setObjectName("uploads_count")
        self._refresh = button(tr("Look again"), self._load, "uploads_refresh")
        self._browse_button = button(tr("Browse files…"), self._browse, "browse_upload")
        self._restore = button(tr("Restore everything…"), self._ask_restore, "restore_upload")
        self._verify = button(tr("Verify"), self._start_verify, "verify_cloud")
        self._verify.setToolTip(tr("Read the structure of every upload, and a sample of what is stored"))
        self._reset = button(tr("Reset from cloud…"), self._ask_reset, "reset_from_cloud")
        self._reset.setProperty("danger", True)
        self._reset.setAutoDefault(False)
        self._undo = button(tr("Undo the last reset"), self._undo_reset, "undo_reset")
        self._undo.hide()
        self._chosen = plain()
        self._chosen.setObjectName("upload_chosen")
        self._empty = Empty(
            appearance,
            "snapshots",
            tr("No upload to be seen"),
            tr("After the first sync every state of your memory is listed here, and can be brought back."),
            button(tr("Look in the cloud"), self._load, "uploads_first_look"),
        )
        body = QWidget()
        self._which = QStackedLayout(body)
        self._which.addWidget(self._empty)
        self._which.addWidget(self._filled())
        self._which.addWidget(Empty(appearance, "snapshots", tr("Looking…"), ""))
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, 4, MARGIN, MARGIN)
        inside.setSpacing(GAP)
        inside.addWidget(self.message_bar)
        inside.addWidget(body, 1)
        self._selected()

    def _filled(self) -> QWidget:
        filled = QWidget()
        inside = QVBoxLayout(filled)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GAP)
        self._words.setMinimumWidth(90)
        upper = row(self._system, self._days, self._words)
        upper.setStretch(2, 1)
        inside.addLayout(upper)
        inside.addLayout(row(self._mine, None, self._count, self._refresh))
        inside.addWidget(self.tree, 1)
        inside.addWidget(self._chosen)
        inside.addLayout(row(self._browse_button, self._restore, None, self._verify))
        inside.addLayout(row(None, self._undo, self._reset))
        return filled

    def shown(self) -> None:
        """See Page."""
        self._model.happened.connect(self._heard)
        begin(self._model, self, self._look_for_kept())
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
        if self._loading:
            return
        self._loading = True
        self._refresh.setEnabled(False)
        self._count.setText(tr("Looking…"))
        if not self._all:
            self._which.setCurrentIndex(LOOKING)
        begin(self._model, self, self._read(), self.message_bar.show_error)

    async def _read(self) -> None:
        try:
            self._all = list(await self._model.run(ListUploads()))
        finally:
            self._loading = False
            self._refresh.setEnabled(True)
            self._count.setText("")
            self._which.setCurrentIndex(LIST if self._all else NOTHING)
        if self.message_bar.shows_error:
            self.message_bar.hide()
        self._name_systems()
        self._filter()

    def _name_systems(self) -> None:
        before = self._system.currentData()
        self._system.blockSignals(True)
        while self._system.count() > 1:
            self._system.removeItem(1)
        for system in sorted({str(up["system_id"]) for up in self._all}):
            self._system.addItem(system, system)
        self._system.setCurrentIndex(max(0, self._system.findData(before)))
        self._system.blockSignals(False)

    def _filter(self) -> None:
        own = self._model.status.get("vault_id") or self._model.settings.settings.vault_id
        system = self._system.currentData()
        days, mine = self._days.currentData(), self._mine.isChecked()
        wanted = self._words.text().casefold().split()
        since = _midnight() - (days - 1) * 86_400.0 if days else 0.0

        def accepts(up: Upload) -> bool:
            if mine and up["vault_id"] not in (own, None):
                return False
            if system not in (None, up["system_id"]) or (days and (at(up) or 0.0) < since):
                return False
            return all(word in words(up) for word in wanted)

        shown = [up for up in self._all if accepts(up)]
        self.tree.show_uploads(shown)
        count = len(shown)
        self._count.setText(
            plural(count, "{count} upload", "{count} uploads")
            if count == len(self._all)
            else tr("{count} of {total} uploads", count=number(count), total=number(len(self._all)))
        )
        self._selected()

    def _selected(self) -> None:
        one = self.tree.selected()
        readable = one is not None and bool(one["readable"])
        self._browse_button.setEnabled(readable)
        self._restore.setEnabled(readable)
        text = tr("Select an upload to look into it or to bring it back.")
        if one is not None and one.get("error"):
            text = " ".join(filter(None, error_text(one["error"])))
        elif one is not None:
            text = tr("Upload {id}", id=one["upload_id"])
        self._chosen.setText(text)
        tone(self._chosen, "error" if one is not None and one.get("error") else "")

    # ------------------------------------------------------------------ the ways back

    def _browse(self) -> None:
        one = self.tree.selected()
        if one is None or not one["readable"]:
            return
        from desktop.window.files import FilesDialog

        FilesDialog(self._model, self._appearance, str(one["upload_id"]), self).open()

    def _ask_restore(self) -> None:
        one = self.tree.selected()
        if one is None:
            return
        dialog = QFileDialog(self, tr("Restore into which folder?"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.restore(str(one["upload_id"]), Path(path)))
        dialog.open()

    def restore(self, upload_id: str, to: Path) -> None:
        """Bring a whole upload back into a folder."""
        begin(self._model, self, self._restore_to(upload_id, to), self.message_bar.show_error)

    async def _restore_to(self, upload_id: str, to: Path) -> None:
        self.message_bar.say(tr("Restoring into {folder}…", folder=to))
        value = await self._model.run(Restore(upload_id, to=str(to)))
        from desktop.window.files import restored

        self.message_bar.say(*restored(value, str(to)))

    def _start_verify(self) -> None:
        self._verify.setEnabled(False)
        begin(self._model, self, self._verify_now(), self.message_bar.show_error)

    async def _verify_now(self) -> None:
        self.message_bar.say(tr("Verifying the cloud copy…"))
        try:
            report = await self._model.run(Verify())
        finally:
            self._verify.setEnabled(True)
        damage = report.get("damage") or ()
        read = tr(
            "{uploads} looked through, {size} read back.",
            uploads=plural(report.get("uploads", 0), "{count} upload", "{count} uploads"),
            size=size(report.get("bytes_read") or 0),
        )
        if not damage:
            self.message_bar.say(tr("The cloud copy is whole"), read)
            return
        worst = "; ".join(f"{hurt['what']}: {error_text(hurt['error'])[0]}" for hurt in damage[:3])
        after = tr("The next sync sends the damaged parts again, as far as they are still on this computer.")
        self.message_bar.say(
            plural(len(damage), "{count} part of the cloud copy is damaged", "{count} parts are damaged"),
            f"{worst}. {read} {after}",
            "error",
        )

    def _ask_reset(self) -> None:
        from desktop.window.reset import ResetDialog

        one = self.tree.selected()
        upload = str(one["upload_id"]) if one is not None and one["readable"] else None
        dialog = ResetDialog(self._model, self._appearance, upload, self)
        dialog.done_with.connect(self._was_reset)
        dialog.open()

    def _was_reset(self) -> None:
        begin(self._model, self, self._look_for_kept())
        self.message_bar.say(
            tr("This vault is now the cloud's copy"),
            tr("The old one is kept for 30 days."),
            action=(tr("Undo"), self._undo_reset),
        )
        self._model.reload_settings()
        self._load()

    async def _look_for_kept(self) -> None:
        from core.sync.reset import kept_vaults

        kept = await asyncio.to_thread(kept_vaults, self._model.vault)
        self._undo.setVisible(bool(kept))
        if kept:
            self._which.setCurrentIndex(LIST)
            until = date_time(kept[0].made_at + KEEP_SECONDS)
            self._undo.setToolTip(tr("The vault of before is kept until {time}", time=until))

    def _undo_reset(self) -> None:
        self._undo.setEnabled(False)
        begin(self._model, self, self._undo_now(), self.message_bar.show_error)

    async def _undo_now(self) -> None:
        try:
            await self._model.run(UndoReset())
        finally:
            self._undo.setEnabled(True)
        self.message_bar.say(tr("The vault of before is back"), tr("Undoing again swaps the two once more."))
        self._model.refresh()


def _choice(name: str, label: str, choices: list[tuple[str, Any]]) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(label)
    for text, value in choices:
        made.addItem(text, value)
    return made


def _midnight() -> float:
    return datetime.fromtimestamp(time.time()).astimezone().replace(hour=0, minute=0, second=0).timestamp()

"""Reset from cloud: the most dangerous button of the app, made hard to press by mistake.

Both sides are shown, and what exists only here; it can be uploaded first. Cancel is the default, the word must be
typed, and what the engine refuses must be allowed once more by hand. Until the swap it can be cancelled; afterwards it
can be undone for thirty days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import CogzyError
from core.presenting import SWAPPING
from core.sync.events import Cancel, Event, PreviewReset, Progress, Reset, Sync
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import UNKNOWN, date_time, error_text, number, plural, size, tr
from desktop.window.message_bar import MessageBar
from desktop.window.parts import MARGIN, Card, begin, button, heading, plain, quiet, row, tone

THE_WORD = "RESET"


class ResetDialog(QDialog):
    """Asks, shows, and does it. `done_with` is sent after the vault was exchanged."""

    done_with = Signal()

    def __init__(
        self, model: AppModel, appearance: Appearance, upload_id: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Reset from cloud"))
        self.resize(620, 640)
        self.setMinimumSize(480, 360)
        self._model = model
        self._upload_id = upload_id
        self._preview: Mapping[str, Any] = {}
        self._working = False
        self.message_bar = MessageBar(appearance)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._looking_page())
        self._pages.addWidget(_scrolled(self._asking_page()))
        self._pages.addWidget(self._working_page())
        self._cancel = button(tr("Cancel"), self.reject, "reset_cancel")
        self._cancel.setDefault(True)
        self._cancel.setAutoDefault(True)
        self._go = QPushButton(tr("Replace this vault"))
        self._go.setObjectName("reset_go")
        self._go.setProperty("danger", True)
        self._go.setAutoDefault(False)
        self._go.clicked.connect(self._start)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(12)
        inside.addWidget(heading(tr("Replace this vault by the cloud's copy"), 3, wrap=True))
        inside.addWidget(self.message_bar)
        inside.addWidget(self._pages, 1)
        inside.addLayout(row(None, self._go, self._cancel))
        self._update()
        self._look()

    def reject(self) -> None:
        """Cancel: close, or stop the run that is going on."""
        if self._working:
            self._cancel.setEnabled(False)
            self._model.start(self._model.run(Cancel()))
            return
        super().reject()

    # ------------------------------------------------------------------ the pages

    def _looking_page(self) -> QWidget:
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.addWidget(quiet(tr("Comparing both sides…")))
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedHeight(8)
        bar.setAccessibleName(tr("Comparing both sides…"))
        inside.addWidget(bar)
        inside.addStretch(1)
        return page

    def _asking_page(self) -> QWidget:
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(12)
        self._upload = quiet(wrap=True)
        self._upload.setObjectName("reset_upload")
        inside.addWidget(self._upload)
        sides = Card()
        grid = QGridLayout()
        sides.body.addLayout(grid)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        for column in (1, 2):
            grid.setColumnStretch(column, 1)
        grid.addWidget(heading(tr("On this computer"), wrap=True), 0, 1)
        grid.addWidget(heading(tr("In the cloud"), wrap=True), 0, 2)
        self._cells = {}
        for at, (key, words) in enumerate(_rows(), start=1):
            grid.addWidget(quiet(words), at, 0)
            for column, side in ((1, "here"), (2, "there")):
                cell = plain(wrap=False)
                cell.setObjectName(f"reset_{side}_{key}")
                self._cells[side, key] = cell
                grid.addWidget(cell, at, column)
        inside.addWidget(sides)
        self._only_here = plain()
        self._only_here.setObjectName("reset_only_here")
        inside.addWidget(self._only_here)
        self._upload_first = button(tr("Upload what is only here first"), self._send_first, "reset_upload_first")
        self._upload_first.setAutoDefault(False)
        inside.addWidget(self._upload_first)
        self._only_there = quiet(wrap=True)
        inside.addWidget(self._only_there)
        self._refusal = plain()
        self._refusal.setObjectName("reset_refusal")
        tone(self._refusal, "error")
        inside.addWidget(self._refusal)
        self._override = QCheckBox(tr("Replace it all the same"))
        self._override.setObjectName("reset_override")
        self._override.toggled.connect(lambda _: self._update())
        inside.addWidget(self._override)
        inside.addWidget(
            quiet(tr("The vault of now is kept for 30 days. Files of other programs stay as they are."), wrap=True)
        )
        self._word = QLineEdit()
        self._word.setObjectName("reset_word")
        self._word.setAccessibleName(tr("Type {word} to allow it", word=THE_WORD))
        self._word.setPlaceholderText(THE_WORD)
        self._word.setMaximumWidth(140)
        self._word.textChanged.connect(lambda _: self._update())
        inside.addLayout(row(plain(tr("Type {word} to allow it:", word=THE_WORD), wrap=False), self._word, None))
        inside.addStretch(1)
        return page

    def _working_page(self) -> QWidget:
        page = QWidget()
        inside = QVBoxLayout(page)
        self._stage = plain()
        self._stage.setObjectName("reset_stage")
        self._bar = QProgressBar()
        self._bar.setObjectName("reset_bar")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setAccessibleName(tr("Progress of the reset"))
        inside.addWidget(self._stage)
        inside.addWidget(self._bar)
        inside.addStretch(1)
        return page

    # ------------------------------------------------------------------ looking

    def _look(self) -> None:
        self._pages.setCurrentIndex(0)
        begin(self._model, self, self._compare(), self._cannot)

    async def _compare(self) -> None:
        self._preview = await self._model.run(PreviewReset(self._upload_id))
        self._show_preview()
        self._pages.setCurrentIndex(1)
        self._update()
        self._cancel.setFocus()

    def _cannot(self, error: CogzyError) -> None:
        self.message_bar.show_error(error)
        self._pages.hide()

    def _show_preview(self) -> None:
        preview = self._preview
        made = datetime.fromisoformat(str(preview["uploaded_at"])).timestamp()
        self._upload.setText(
            tr("Upload of {system}, {time}", system=preview["system_id"], time=date_time(made))
            + f"\n{preview['upload_id']}"
        )
        for side in ("here", "there"):
            values = preview[side]
            for key, _ in _rows():
                self._cells[side, key].setText(_cell(key, values.get(key)))
        only_here = _difference(preview["only_here"])
        self._only_here.setText(tr("Only on this computer: {what}", what=only_here) if only_here else "")
        self._only_here.setVisible(bool(only_here))
        tone(self._only_here, "attention")
        self._upload_first.setVisible(bool(only_here))
        only_there = _difference(preview["only_there"])
        changed = preview.get("changed") or 0
        lines = [tr("Only in the cloud: {what}", what=only_there)] if only_there else []
        lines += [tr("Different on both sides: {count}", count=number(changed))] if changed else []
        self._only_there.setText("\n".join(lines))
        self._only_there.setVisible(bool(lines))
        refusal = preview.get("refusal")
        self._refusal.setText(" ".join(filter(None, error_text(refusal))) if refusal else "")
        self._refusal.setVisible(refusal is not None)
        self._override.setVisible(refusal is not None)

    def _update(self) -> None:
        asking = bool(self._preview) and not self._working
        refused = self._preview.get("refusal") is not None and not self._override.isChecked()
        self._go.setVisible(asking)
        self._go.setEnabled(asking and not refused and self._word.text().strip() == THE_WORD)

    # ------------------------------------------------------------------ doing

    def _send_first(self) -> None:
        begin(self._model, self, self._send(), self._not_done)

    async def _send(self) -> None:
        self._begin(tr("Uploading what is only here…"))
        await self._model.run(Sync(), self._progress)
        self._end()
        self._look()

    def _start(self) -> None:
        begin(self._model, self, self._reset(), self._not_done)

    async def _reset(self) -> None:
        self._begin(tr("Bringing back…"))
        try:
            await self._model.run(
                Reset(str(self._preview["upload_id"]), override=self._override.isChecked()), self._progress
            )
        except CogzyError as error:
            self._end()
            if error.code == "sync.cancelled":
                self._word.clear()
                self.message_bar.say(tr("Cancelled"), tr("This vault is as it was."))
                return
            raise
        self._end()
        self.done_with.emit()
        self.accept()

    def _begin(self, words: str) -> None:
        self._working = True
        self.message_bar.hide()
        self._stage.setText(words)
        self._bar.setRange(0, 0)
        self._pages.setCurrentIndex(2)
        self._update()

    def _end(self) -> None:
        self._working = False
        self._cancel.setEnabled(True)
        self._pages.setCurrentIndex(1)
        self._update()

    def _not_done(self, error: CogzyError) -> None:
        self._end()
        self.message_bar.show_error(error)

    def _progress(self, event: Event) -> None:
        if not isinstance(event, Progress):
            return
        if event.stage in SWAPPING:
            self._cancel.setEnabled(False)
        if event.bytes_total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * min(1.0, event.bytes_done / event.bytes_total)))
            self._stage.setText(tr("{done} of {total}", done=size(event.bytes_done), total=size(event.bytes_total)))


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def _rows() -> tuple[tuple[str, str], ...]:
    return (
        ("nodes", tr("Memories")),
        ("episodes", tr("Conversations")),
        ("traces", tr("Reasoning traces")),
        ("bytes", tr("Size")),
        ("newest_change", tr("Newest change")),
    )


def _cell(key: str, value: Any) -> str:
    if key == "newest_change":
        return date_time(datetime.fromisoformat(value).timestamp()) if value else UNKNOWN
    if value is None:
        return tr("damaged")
    return size(value) if key == "bytes" else number(value)


def _difference(values: Mapping[str, Any]) -> str:
    counts = []
    if values.get("nodes"):
        counts.append(plural(values["nodes"], "{count} memory", "{count} memories"))
    if values.get("episodes"):
        counts.append(plural(values["episodes"], "{count} conversation", "{count} conversations"))
    if values.get("traces"):
        counts.append(plural(values["traces"], "{count} reasoning trace", "{count} reasoning traces"))
    examples = "".join(f"\n  · {example}" for example in values.get("examples") or ())
    return ", ".join(counts) + examples if counts else ""

"""The log page: the end of `logs/cogzy.log` as it grows, by level and word."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.files import file_error
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import tr
from desktop.window.parts import GAP, MARGIN, Card, begin, button, plain, quiet, row
from desktop.window.tables import Column, Table

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FIRST_BYTES = 512 * 1024
MOST_ROWS = 20_000
LOOK_MS = 1000
AT_ONCE = 1000
"""Records that are shown in one step: some ten milliseconds."""
_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ (\w+) (\d+) ([\w.]+): (.*)")


@dataclass(frozen=True)
class Record:
    """One record of the log; `text` may have several lines."""

    at: str
    level: str
    process: str
    room: str
    text: str


class LogPage(QWidget):
    """Follows the log while it is looked at."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._path = model.vault / "logs" / "cogzy.log"
        self._reading = False
        self._read_to = 0
        self._file_id: tuple[int, int] | None = None
        self._level = QComboBox()
        self._level.setObjectName("log_level")
        self._level.setAccessibleName(tr("Least level"))
        for words, level in (
            (tr("Everything"), "DEBUG"),
            (tr("From information"), "INFO"),
            (tr("From warnings"), "WARNING"),
            (tr("Errors"), "ERROR"),
        ):
            self._level.addItem(words, level)
        self._level.setCurrentIndex(1)
        self._words = QLineEdit()
        self._words.setObjectName("log_filter")
        self._words.setPlaceholderText(tr("Filter"))
        self._words.setAccessibleName(tr("Filter the log by any word"))
        self._words.setClearButtonEnabled(True)
        self._follow = QCheckBox(tr("Follow"))
        self._follow.setObjectName("log_follow")
        self._follow.setChecked(True)
        colours = appearance
        columns: list[Column[Record]] = [
            Column(tr("When"), lambda record: record.at),
            Column(tr("Level"), lambda record: record.level, colour=lambda record: _colour(record, colours)),
            Column(tr("Where"), lambda record: record.room),
            Column(tr("What"), lambda record: record.text, stretch=True),
        ]
        self.table: Table[Record] = Table(columns, "log_table", tr("The log"))
        self.table.setSortingEnabled(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.widths("0000-00-00 00:00:00", "WARNING", "desktop.surroundings")
        self.table.picked.connect(self._picked)
        self._whole = plain()
        self._whole.setObjectName("log_record")
        self._shown = Card()
        self._shown.body.addWidget(self._whole)
        self._shown.hide()
        self._copy = button(tr("Copy"), self.table.copy, "log_copy")
        self._copy.setToolTip(tr("Copy the selected records"))
        open_folder = button(tr("Open the folder"), self._open_folder, "log_folder")
        self._none = quiet(tr("Nothing was logged that matches."), wrap=True)
        self._none.setObjectName("log_none")
        self.table.rows.shown_changed.connect(self._count_shown)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, 4, MARGIN, MARGIN)
        inside.setSpacing(GAP)
        bar = row(self._level, self._words, self._follow, self._copy, open_folder)
        bar.setStretch(1, 1)
        inside.addLayout(bar)
        inside.addWidget(self._none)
        inside.addWidget(self.table, 1)
        inside.addWidget(self._shown)
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._level.currentIndexChanged.connect(self._filter)
        self._words.textChanged.connect(self._filter)
        self._filter()
        self._picked()

    def shown(self) -> None:
        """See Page."""
        self._look()
        self._looking.start()

    def hidden(self) -> None:
        """See Page."""
        self._looking.stop()

    def focus(self, **what: Any) -> None:
        """See Page. `words`: show records that have them."""
        self._words.setText(str(what.get("words", "")))

    def _look(self) -> None:
        if not self._reading:
            begin(self._model, self, self._read(), self._cannot)

    async def _read(self) -> None:
        self._reading = True
        try:
            records = await asyncio.to_thread(self._new_records)
        except OSError as error:
            raise file_error(error, self._path) from error
        finally:
            self._reading = False
        for at in range(0, len(records), AT_ONCE):
            self.table.rows.append(records[at : at + AT_ONCE], most=MOST_ROWS)
            await asyncio.sleep(0)
        if records and self._follow.isChecked():
            self.table.scrollToBottom()

    def _cannot(self, error: CogzyError) -> None:
        self._looking.stop()
        self._model.problem.emit(error)

    def _new_records(self) -> list[Record]:
        """What was written since the last look. A file that was rotated is read to its end, and then the new one."""
        data = b""
        try:
            with self._path.open("rb") as file:
                found = os.fstat(file.fileno())
                known = (found.st_dev, found.st_ino)
                if known != self._file_id or found.st_size < self._read_to:
                    data = self._rest_of_rotated() if self._file_id else b""
                    self._read_to = 0 if self._file_id else max(0, found.st_size - FIRST_BYTES)
                    self._file_id = known
                file.seek(self._read_to)
                more = file.read(FIRST_BYTES)
        except FileNotFoundError:
            return []
        whole = more.rfind(b"\n") + 1
        self._read_to += whole
        return parsed((data + more[:whole]).decode(errors="replace"))

    def _rest_of_rotated(self) -> bytes:
        """What was written to the file that was followed before it was renamed."""
        rotated = self._path.with_name(f"{self._path.name}.1")
        try:
            with rotated.open("rb") as file:
                found = os.fstat(file.fileno())
                if (found.st_dev, found.st_ino) != self._file_id:
                    return b""
                file.seek(self._read_to)
                return file.read(FIRST_BYTES)
        except FileNotFoundError:
            return b""

    def _filter(self) -> None:
        least = LEVELS.index(self._level.currentData())

        def accepts(record: Record) -> bool:
            return record.level not in LEVELS or LEVELS.index(record.level) >= least

        self.table.rows.show_only(self._words.text(), accepts)
        if self._follow.isChecked():
            self.table.scrollToBottom()

    def _count_shown(self) -> None:
        self._none.setVisible(self.table.rows.rowCount() == 0)

    def _picked(self) -> None:
        chosen = self.table.selected()
        self._copy.setEnabled(bool(chosen))
        self._shown.setVisible(len(chosen) == 1)
        if len(chosen) == 1:
            record = chosen[0]
            self._whole.setText(f"{record.at} · {record.level} · {record.room} ({record.process})\n{record.text}")

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._path).parent)))


def parsed(text: str) -> list[Record]:
    """The records of a piece of the log. Lines that begin no record belong to the one before."""
    records: list[Record] = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            records.append(Record(*match.groups()))
        elif records:
            last = records[-1]
            records[-1] = Record(last.at, last.level, last.process, last.room, f"{last.text}\n{line}")
    return records


def _colour(record: Record, appearance: Appearance) -> str | None:
    colours = appearance.colours
    return {"WARNING": colours.attention, "ERROR": colours.error, "DEBUG": colours.muted}.get(record.level)

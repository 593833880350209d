"""The activity page: every run of at least ninety days, also those that were skipped, interrupted or cancelled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from core import messages
from core.files import write_atomically
from core.sync.events import SyncFinished
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import UNKNOWN, date_time, duration, error_text, number, plural, size, tr
from desktop.window.parts import GAP, MARGIN, Card, Empty, begin, button, plain, quiet, row
from desktop.window.tables import Column, Table, rendered, widest_date

DAYS = 90
Run = Mapping[str, Any]


class ActivityPage(QWidget):
    """A table of runs, a filter, and the details of the selected one."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._outcome = QComboBox()
        self._outcome.setObjectName("activity_outcome")
        self._outcome.setAccessibleName(tr("Which runs"))
        for words, key in (
            (tr("All runs"), ""),
            (tr("That sent something"), "succeeded"),
            (tr("Nothing new"), "unchanged"),
            (tr("Failed"), "failed"),
            (tr("Cancelled"), "cancelled"),
            (tr("Interrupted"), "interrupted"),
        ):
            self._outcome.addItem(words, key)
        self._text = QLineEdit()
        self._text.setObjectName("activity_filter")
        self._text.setPlaceholderText(tr("Filter"))
        self._text.setAccessibleName(tr("Filter by any word"))
        self._text.setClearButtonEnabled(True)
        self._count = quiet()
        self._count.setObjectName("activity_count")
        columns: list[Column[Run]] = [
            Column(tr("When"), lambda run: date_time(run["started_at"]), lambda run: run["started_at"]),
            Column(tr("Why"), lambda run: trigger(run["trigger"])),
            Column(tr("What happened"), summary, colour=lambda run: _colour(run, appearance), stretch=True),
            Column(tr("By"), by),
            Column(tr("Rows"), lambda run: _number(run, "rows_changed"), _key("rows_changed"), right=True),
            Column(
                tr("On the wire"), lambda run: _size(run, "bytes_transferred"), _key("bytes_transferred"), right=True
            ),
            Column(tr("Took"), _took, lambda run: (run["ended_at"] or 0) - run["started_at"], right=True),
        ]
        self.table: Table[Run] = Table(columns, "activity_table", tr("Runs of the last 90 days"))
        why = tr("Something changed")
        self.table.widths(widest_date(), why, "", tr("Cloud"), "0,000", "000 kB", "00.0 s")
        self.table.sortByColumn(0, _NEWEST_FIRST)
        self.table.picked.connect(self._show_details)
        self.table.rows.shown_changed.connect(self._count_shown)
        self._details = plain()
        self._details.setObjectName("activity_details")
        self._copy = button(tr("Copy"), self._copy_selected, "activity_copy")
        self._copy.setToolTip(tr("Copy the selected runs, with their details"))
        self._copy.setEnabled(False)
        export = button(tr("Export…"), self._ask_export, "activity_export")
        empty = Empty(
            appearance,
            "activity",
            tr("Nothing has run yet"),
            tr("Each sync is listed here for 90 days: when, why, how, and what it sent."),
        )
        shown = Card()
        shown.body.addWidget(self._details)
        self._shown = shown
        shown.hide()
        filled = QWidget()
        inside = QVBoxLayout(filled)
        inside.setContentsMargins(MARGIN, 4, MARGIN, MARGIN)
        inside.setSpacing(GAP)
        bar = row(self._outcome, self._text, self._count, self._copy, export)
        bar.setStretch(1, 1)
        inside.addLayout(bar)
        inside.addWidget(self.table, 1)
        inside.addWidget(shown)
        self._which = QStackedLayout(self)
        self._which.addWidget(empty)
        self._which.addWidget(filled)
        self._outcome.currentIndexChanged.connect(self._filter)
        self._text.textChanged.connect(self._filter)

    def shown(self) -> None:
        """See Page."""
        self._model.happened.connect(self._heard)
        self._load()

    def hidden(self) -> None:
        """See Page."""
        self._model.happened.disconnect(self._heard)

    def focus(self, **what: Any) -> None:
        """See Page. `outcome`: show only those."""
        self._outcome.setCurrentIndex(max(0, self._outcome.findData(what.get("outcome", ""))))

    async def export(self, path: Path) -> None:
        """Write what is shown, as JSON (`.json`) or CSV. Raises FileError."""
        if path.suffix.lower() == ".json":
            runs = self.table.rows.shown
            await asyncio.to_thread(lambda: write_atomically(path, json.dumps(runs, indent=1).encode()))
        else:
            text = self.table.as_csv()
            await asyncio.to_thread(lambda: write_atomically(path, text.encode()))

    def _heard(self, event: object) -> None:
        if isinstance(event, SyncFinished):
            self._load()

    def _load(self) -> None:
        begin(self._model, self, self._read())

    async def _read(self) -> None:
        runs = await self._model.history(DAYS)
        lines = await asyncio.to_thread(rendered, self.table.rows.columns, runs)
        self.table.rows.replace(lines)
        self._which.setCurrentIndex(1 if runs else 0)

    def _filter(self) -> None:
        outcome = self._outcome.currentData()
        self.table.rows.show_only(self._text.text(), (lambda run: run["outcome"] == outcome) if outcome else None)

    def _count_shown(self) -> None:
        self._count.setText(plural(self.table.rows.rowCount(), "{count} run", "{count} runs"))

    def _show_details(self) -> None:
        chosen = self.table.selected()
        self._copy.setEnabled(bool(chosen))
        self._shown.setVisible(len(chosen) == 1)
        if len(chosen) == 1:
            self._details.setText(details(chosen[0]))

    def _copy_selected(self) -> None:
        texts = [
            "\n".join((" · ".join((date_time(run["started_at"]), trigger(run["trigger"]), ending(run))), details(run)))
            for run in self.table.selected()
        ]
        QGuiApplication.clipboard().setText("\n\n".join(texts))

    def _ask_export(self) -> None:
        dialog = QFileDialog(self, tr("Export the activity"), "cogzy-activity.csv")
        dialog.setNameFilters([tr("CSV files (*.csv)"), tr("JSON files (*.json)")])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("json" if "json" in name else "csv"))
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda path: begin(self._model, self, self.export(Path(path))))
        dialog.open()


def trigger(name: str) -> str:
    """Why a run started."""
    match name:
        case "launch":
            return tr("Start of the app")
        case "schedule":
            return tr("By itself")
        case "source_changed":
            return tr("Something changed")
        case "session_end":
            return tr("End of a session")
        case "user":
            return tr("You asked")
        case "retry":
            return tr("Another try")
        case "shutdown":
            return tr("End of the app")
        case _:
            return name


def ending(run: Run) -> str:
    """How a run ended."""
    match run["outcome"]:
        case "succeeded":
            return tr("Sent")
        case "unchanged":
            return tr("Nothing new")
        case "failed":
            return tr("Failed")
        case "cancelled":
            return tr("Cancelled")
        case "interrupted":
            return tr("Interrupted")
        case "running":
            return tr("Running")
        case other:
            return str(other)


def by(run: Run) -> str:
    """The method that a run went by."""
    method = str((run["result"] or {}).get("method") or "")
    return {"cloud": tr("Cloud"), "http": tr("Hub")}.get(method, UNKNOWN)


def summary(run: Run) -> str:
    """One line about a run: how it ended, and why, or what it sent."""
    return " · ".join(filter(None, (ending(run), _reason(run))))


def _reason(run: Run) -> str:
    result = run["result"] or {}
    if result.get("error"):
        return str(error_text(result["error"])[0]) if run["outcome"] == "failed" else ""
    missed = [attempt for attempt in result.get("attempts") or () if attempt["outcome"] in ("failed", "unavailable")]
    if missed and missed[0].get("error"):
        name = tr("Cloud") if missed[0]["method"] == "cloud" else tr("Hub")
        return f"{name}: {error_text(missed[0]['error'])[0]}"
    files = int(result.get("files_uploaded") or 0)
    return plural(files, "{count} file", "{count} files") if files and run["outcome"] == "succeeded" else ""


def details(run: Run) -> str:
    """Everything about a run: each method's outcome, and the next step of an error."""
    result, lines = run["result"] or {}, []
    for attempt in result.get("attempts") or ():
        name = tr("Cloud") if attempt["method"] == "cloud" else tr("Hub")
        error = attempt.get("error")
        if error:
            lines.append(f"{name}: {' '.join(filter(None, error_text(error)))}")
        elif attempt["outcome"] == "skipped":
            lines.append(tr("{method}: skipped. {why}", method=name, why=messages.render(attempt["reason"], {}, tr)[0]))
        else:
            lines.append(tr("{method}: done in {time}", method=name, time=duration(attempt["duration_seconds"])))
    if result.get("upload_id"):
        lines.append(tr("Upload {id}", id=result["upload_id"]))
    if result.get("bytes_total"):
        sent, total = size(result.get("bytes_transferred") or 0), size(result["bytes_total"])
        lines.append(tr("{sent} on the wire for {total}", sent=sent, total=total))
    lines += [". ".join(messages.render(n["code"], n["params"], tr)[:2]) for n in result.get("notices") or ()]
    return "\n".join(lines) or ending(run)


def _colour(run: Run, appearance: Appearance) -> str | None:
    colours = appearance.colours
    return {"succeeded": colours.good, "failed": colours.error, "interrupted": colours.attention}.get(run["outcome"])


def _key(name: str) -> Any:
    return lambda run: (run["result"] or {}).get(name) or 0


def _number(run: Run, name: str) -> str:
    value = (run["result"] or {}).get(name)
    return number(value) if value else UNKNOWN


def _size(run: Run, name: str) -> str:
    value = (run["result"] or {}).get(name)
    return size(value) if value else UNKNOWN


def _took(run: Run) -> str:
    return UNKNOWN if run["ended_at"] is None else duration(run["ended_at"] - run["started_at"])


_NEWEST_FIRST = Qt.SortOrder.DescendingOrder

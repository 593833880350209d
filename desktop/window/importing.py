"""The import dialog: where exports are dropped or chosen, how far one is, and what became of it.

Closing it stops nothing: it shows the imports of the app (desktop.importing), and opens again where they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QProgressBar, QVBoxLayout, QWidget

from core import messages
from desktop.importing import Importing, Outcome
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import error_text, number, plural, size, tr
from desktop.window.dropping import dropped
from desktop.window.message_bar import MessageBar
from desktop.window.parts import GAP, MARGIN, Card, Picture, button, heading, plain, quiet, row
from desktop.window.tables import Column, Table, rendered

STEPS = 1000
Finding = Mapping[str, Any]


class ImportDialog(QDialog):
    """Import what assistants exported. `open` it; it deletes itself."""

    def __init__(self, model: AppModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Import"))
        self.setAcceptDrops(True)
        self.resize(720, 560)
        self.setMinimumSize(560, 480)
        self._importing = Importing.of(model)
        self._told: Outcome | None = None
        self.message_bar = MessageBar(appearance)
        self._now = plain()
        self._now.setObjectName("import_now")
        self._bar = QProgressBar()
        self._bar.setObjectName("import_bar")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("How far the import is"))
        self._cancel = button(tr("Cancel"), self._importing.cancel, "import_cancel")
        columns: list[Column[Finding]] = [
            Column(tr("Noticed"), lambda one: _said(one)[0]),
            Column(tr("How often"), lambda one: number(one["count"]), lambda one: one["count"], right=True),
            Column(tr("More"), _more, stretch=True),
        ]
        self.findings: Table[Finding] = Table(columns, "import_findings", tr("What was noticed besides"))
        self.findings.widths("A file of another assistant was left out", "10,000")
        self._running = QWidget()
        line = QVBoxLayout(self._running)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._now)
        bar = row(self._bar, self._cancel)
        bar.setStretch(0, 1)
        line.addLayout(bar)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(GAP)
        inside.addWidget(self.message_bar)
        inside.addWidget(self._place(appearance))
        inside.addWidget(self._running)
        inside.addWidget(self.findings, 1)
        inside.addStretch(0)
        inside.addLayout(row(None, button(tr("Close"), self.close, "import_close")))
        self._importing.changed.connect(self._show)
        self._show()

    def focus(self, paths: Sequence[Path] = (), **_: Any) -> None:
        """Import these."""
        self._importing.add(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # Qt's name
        """See QWidget."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # Qt's name
        """See QWidget."""
        event.acceptProposedAction()
        self.focus(paths=dropped(event.mimeData()))

    def _place(self, appearance: Appearance) -> QWidget:
        place = Card()
        upper = row(Picture(appearance, "export", 24), heading(tr("Drop exports here"), 1, wrap=True))
        upper.setStretch(1, 1)
        place.body.addLayout(upper)
        known = tr(
            "Exports of ChatGPT, Claude, Gemini and Grok, and transcripts of Claude Code: the zip as it was "
            "downloaded, its JSON, or a folder. What is in the vault already is not taken twice."
        )
        place.body.addWidget(quiet(known, wrap=True))
        files = button(tr("Choose files…"), self._choose_files, "import_files", primary=True)
        folder = button(tr("Choose a folder…"), self._choose_folder, "import_folder")
        place.body.addLayout(row(files, folder, None))
        return place

    def _choose_files(self) -> None:
        self._choose(QFileDialog(self, tr("Import which files?")), QFileDialog.FileMode.ExistingFiles)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, tr("Import which folder?"))
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._choose(dialog, QFileDialog.FileMode.Directory)

    def _choose(self, dialog: QFileDialog, mode: QFileDialog.FileMode) -> None:
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda chosen: self.focus(paths=[Path(one) for one in chosen]))
        dialog.open()

    # ------------------------------------------------------------------ what is shown

    def _show(self) -> None:
        work = self._importing
        runs = bool(work.running or work.waiting)
        self._running.setVisible(runs)
        if runs:
            self._show_progress()
        self.findings.setVisible(not runs and self.findings.rows.rowCount() > 0)
        if work.last is not None and work.last is not self._told:
            self._told = work.last
            self._tell(work.last)

    def _show_progress(self) -> None:
        work, progress = self._importing, self._importing.progress
        names = ", ".join(path.name or str(path) for path in (work.running or work.waiting[0])[:3])
        words, share = tr("Reading {names}…", names=names), 0.0
        if not work.begun:
            words = tr("{names} waits until what runs now is done.", names=names)
        elif progress is not None and progress.stage == "committing":
            words = tr("Keeping what is new…")
        elif progress is not None and progress.files_total:
            words = tr("Making the new memories findable by meaning…")
            share = progress.files_done / progress.files_total
        elif progress is not None and progress.bytes_total:
            done, total = size(progress.bytes_done), size(progress.bytes_total)
            words = tr("Reading {names}: {done} of {total}", names=names, done=done, total=total)
            share = progress.bytes_done / progress.bytes_total
        if work.waiting and work.running:
            more = plural(len(work.waiting), "{count} more import waits.", "{count} more imports wait.")
            words = f"{words}\n{more}"
        self._now.setText(words)
        self._bar.setRange(0, STEPS if share else 0)
        self._bar.setValue(round(share * STEPS))

    def _tell(self, outcome: Outcome) -> None:
        report = outcome.report or {}
        self.findings.rows.replace(rendered(self.findings.rows.columns, list(report.get("findings") or ())))
        self.findings.setVisible(not self._importing.running and self.findings.rows.rowCount() > 0)
        if outcome.cancelled:
            self.message_bar.say(tr("The import was cancelled"), tr("Nothing of it was taken over."), "attention")
        elif outcome.error is not None:
            self.message_bar.show_error(outcome.error)
        else:
            title, text = told(report)
            self.message_bar.say(title, text)


def told(report: Mapping[str, Any]) -> tuple[str, str]:
    """What an import did: a title, and the numbers behind it."""
    talks, grown = report["new_conversations"], report["grown_conversations"]
    turns, changed = report["new_turns"], report["changed_turns"]
    counts = (
        plural(talks, "{count} new conversation", "{count} new conversations") if talks else "",
        plural(grown, "{count} conversation that went on", "{count} conversations that went on") if grown else "",
        plural(turns, "{count} new turn", "{count} new turns") if turns else "",
        plural(changed, "{count} changed turn", "{count} changed turns") if changed else "",
    )
    new = ", ".join(filter(None, counts))
    found = tr(
        "Found: {conversations} with {turns}.",
        conversations=plural(report["conversations"], "{count} conversation", "{count} conversations"),
        turns=plural(report["turns"], "{count} turn", "{count} turns"),
    )
    parts = [tr("Taken over: {what}.", what=new), found] if new else [found]
    if report.get("private_parts"):
        parts.append(tr("Private parts left out: {count}.", count=number(report["private_parts"])))
    if report.get("without_vectors"):
        title, _, next_step = error_text(report["without_vectors"])
        parts.append(f"{title}. {next_step}")
    return (tr("Imported") if new else tr("All of it is in the vault already")), " ".join(parts)


def _said(finding: Finding) -> messages.Message:
    return messages.render(str(finding["code"]), dict(finding), tr)


def _more(finding: Finding) -> str:
    _, cause, next_step = _said(finding)
    file = Path(str(finding["file"])).name if finding["file"] else ""
    where = ", ".join(filter(None, (file, str(finding["place"]))))
    return " ".join(filter(None, (cause, f"[{where}]" if where else "", next_step)))

"""Errors that nobody expected, told once: those of this run, and a native crash of the last one. Nothing is sent.

A native crash leaves the trace of every thread in `<vault>/logs/native-crash.log` (Python's faulthandler); the next
start finds it, tells it, and keeps it beside the log for a report.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
from pathlib import Path
from typing import IO

from PySide6.QtCore import QObject
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from core.logs import redact
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import tr
from desktop.window.parts import MARGIN, button, heading, plain, quiet, row

log = logging.getLogger("desktop.crash")

NATIVE, NATIVE_BEFORE = "native-crash.log", "native-crash-before.log"
MOST_TOLD = 3
"""Different errors that are told in one run; further ones stand in the log."""
LONGEST = 20_000
_native: list[IO[bytes]] = []


def watch_for_crashes(model: AppModel) -> None:
    """From now on tell unexpected errors, and write down native crashes; tell the last run's, if it ended in one."""
    watch = CrashWatch(model)
    model.start(watch.look_back())


class CrashWatch(QObject):
    """Hears `model.crashed`, in the window's thread whichever thread it was sent from."""

    def __init__(self, model: AppModel) -> None:
        super().__init__(model)
        self._model = model
        self._told: set[str] = set()
        model.crashed.connect(self.crashed)

    def crashed(self, trace: str) -> None:
        """Tell it, unless the same was told."""
        lines = trace.strip().splitlines()
        same = "\n".join(lines[-3:])
        if same not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(same)
            self._model.open("crash", trace=trace)

    async def look_back(self) -> None:
        """Tell a native crash of the last run, and be ready for one of this run."""
        trace = await asyncio.to_thread(take_native, self._model.vault)
        if trace:
            log.error("the last run ended in a native crash; its trace is in logs/%s", NATIVE_BEFORE)
            self._model.open("crash", trace=trace, native=True)


def take_native(vault: Path) -> str:
    """The trace that the last run left, if it crashed; it is moved aside, and a new file waits for this run."""
    path, trace = vault / "logs" / NATIVE, ""
    with contextlib.suppress(OSError):  # without a place for it a crash leaves no trace, and the app runs all the same
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and path.stat().st_size:
            with path.open("rb") as left:
                trace = left.read(LONGEST).decode("utf-8", "replace")
            path.replace(path.with_name(NATIVE_BEFORE))
        file = path.open("wb", buffering=0)
        path.chmod(0o600)
        faulthandler.enable(file)
        while _native:
            _native.pop().close()
        _native.append(file)  # kept open: faulthandler knows its number alone
    return trace


class CrashDialog(QDialog):
    """What happened, in words; the trace under Details."""

    def __init__(self, model: AppModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Cogzy")
        self.setMinimumSize(520, 250)
        self._title = heading("", 3, wrap=True)
        self._text = plain()
        self._text.setObjectName("crash_text")
        self.details = QPlainTextEdit()
        self.details.setObjectName("crash_details")
        self.details.setAccessibleName(tr("Details"))
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setMinimumHeight(220)
        self.details.hide()
        self._more = QPushButton(tr("Details"))
        self._more.setObjectName("crash_more")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._show_details)
        copy = button(tr("Copy"), lambda: QGuiApplication.clipboard().setText(self.details.toPlainText()), "crash_copy")
        export = button(tr("Export diagnostics…"), lambda: model.open("diagnostics"), "crash_export")
        close = button(tr("Close"), self.accept, "crash_close", primary=True)
        close.setDefault(True)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(12)
        inside.addWidget(self._title)
        inside.addWidget(self._text)
        inside.addWidget(quiet(tr("Nothing is sent anywhere. A report is made only if you export one."), wrap=True))
        inside.addWidget(self.details, 1)
        inside.addLayout(row(self._more, copy, export, None, close))
        self.focus()

    def focus(self, trace: str = "", *, native: bool = False) -> None:
        """Tell this error; further ones are added under Details."""
        if native:
            self._title.setText(tr("Cogzy ended unexpectedly last time"))
            self._text.setText(
                tr("Your memory was not touched by it. What was being sent goes on from where it stopped.")
            )
        elif trace or not self._title.text():
            self._title.setText(tr("Something unexpected happened"))
            self._text.setText(
                tr("Cogzy goes on, and your memory is not touched by it.")
                + " "
                + tr("If something looks wrong, quit Cogzy and start it again.")
            )
        if trace:
            before = self.details.toPlainText()
            self.details.setPlainText("\n\n".join(filter(None, (before, redact(trace).strip()[:LONGEST]))))

    def _show_details(self, on: bool) -> None:
        self.details.setVisible(on)
        self.adjustSize()

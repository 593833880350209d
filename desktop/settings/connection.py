"""Test connection: what a sync would send, step by step, with what stands in the dialog, saved or not.

The test runs in a worker of its own that gets the dialog's values as its environment; nothing is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from core.client import finish
from core.errors import CogzyError
from core.sync.events import TestConnection
from core.worker import WorkerEngine
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import duration, error_text, tr
from desktop.window.parts import Picture, plain, quiet, row, tone

Environment = Callable[[], Mapping[str, str]]


class ConnectionTest(QWidget):
    """A button and the steps. `environment` gives the dialog's values as COGZY_* variables when it is pressed."""

    def __init__(self, model: AppModel, appearance: Appearance, environment: Environment, name: str) -> None:
        super().__init__()
        self._model = model
        self._appearance = appearance
        self._environment = environment
        self._button = QPushButton(tr("Test connection"))
        self._button.setObjectName(f"{name}_test")
        self._button.clicked.connect(lambda: model.start(self.run(), problem=self._cannot))
        self._verdict = plain()
        self._verdict.setObjectName(f"{name}_verdict")
        self._steps = QGridLayout()
        self._steps.setColumnStretch(1, 1)
        self._widgets: list[QWidget] = []
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(row(self._button, None))
        inside.addWidget(self._verdict)
        inside.addLayout(self._steps)

    async def run(self) -> None:
        """Test, and show the steps. Raises CogzyError when there is nothing to test."""
        self._button.setEnabled(False)
        self._clear()
        self._say(tr("Testing…"), "")

        async def given() -> Mapping[str, str]:
            return self._environment()

        engine = WorkerEngine(self._model.vault, secrets=given, idle_seconds=1)
        try:
            report = await finish(engine, TestConnection())
        finally:
            await engine.close()
            self._button.setEnabled(True)
        self._show(report["steps"])

    def _show(self, steps: Sequence[Mapping[str, Any]]) -> None:
        failed = next((step for step in steps if step["ok"] is False), None)
        for at, step in enumerate(steps):
            icon, role = {True: ("check", "good"), False: ("close", "error")}.get(step["ok"], ("more", "muted"))
            words = plain(step_words(str(step["name"])), wrap=False)
            took = quiet(duration(step["seconds"]) if step["ok"] is not None else "")
            for column, widget in enumerate((Picture(self._appearance, icon, 16, role), words, took)):
                self._steps.addWidget(widget, at, column)
                self._widgets.append(widget)
        if failed is None:
            self._say(tr("Everything that a sync needs works."), "good")
        else:
            title, cause, next_step = error_text(failed["error"] or {})
            where = step_words(str(failed["name"]))
            self._say(" ".join(filter(None, (f"{where}: {title}.", cause, next_step))), "error")

    def _cannot(self, error: CogzyError) -> None:
        self._say(" ".join(filter(None, error_text(error))), "error")

    def _say(self, text: str, how: str) -> None:
        self._verdict.setText(text)
        tone(self._verdict, how)

    def _clear(self) -> None:
        for widget in self._widgets:
            widget.deleteLater()
        self._widgets.clear()


def step_words(name: str) -> str:
    """What a step of the test does."""
    return {
        "name": tr("Find the host"),
        "tls": tr("Make a secure connection"),
        "clock": tr("Compare the clocks"),
        "sign-in": tr("Sign in"),
        "list": tr("List"),
        "put": tr("Write"),
        "get": tr("Read back"),
        "delete": tr("Delete"),
        "conditional-put": tr("Write only what is not there"),
        "hub-name": tr("Find the hub"),
        "hub-tls": tr("Make a secure connection to the hub"),
        "hub-sign-in": tr("Sign in at the hub"),
        "hub-tools": tr("Find the hub's tools"),
        "hub-write": tr("Write to the hub"),
    }.get(name, name)

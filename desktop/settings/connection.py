"""Test connection: what a sync would send, step by step, with what stands in the dialog, saved or not.

The test runs in a worker of its own, on an empty folder that holds the dialog's settings and nothing else, and is gone
afterwards: nothing is saved, and no hub is confirmed by it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from core import settings as saved
from core.client import finish
from core.credentials import ENVIRONMENT, SecretName
from core.errors import CogzyError
from core.sync.events import TestConnection
from core.worker import WorkerEngine
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import duration, error_text, tr
from desktop.window.parts import Picture, begin, plain, quiet, row, tone

Given = Callable[[], tuple[Mapping[str, object], Mapping[str, str]]]
"""The settings by dotted name, and the typed secrets by their COGZY_* names."""


class ConnectionTest(QWidget):
    """A button and the steps. `given` is asked for the dialog's values when it is pressed; `name`: cloud or hub."""

    def __init__(self, model: AppModel, appearance: Appearance, given: Given, name: str) -> None:
        super().__init__()
        self._model = model
        self._appearance = appearance
        self._given = given
        self._name = name
        self._button = QPushButton(tr("Test connection"))
        self._button.setObjectName(f"{name}_test")
        self._button.clicked.connect(lambda: begin(model, self, self.run(), self._cannot))
        self._verdict = plain()
        self._verdict.setObjectName(f"{name}_verdict")
        self._steps = QGridLayout()
        self._steps.setColumnStretch(1, 1)
        self._widgets: list[QWidget] = []
        self._testing = False
        self._tested_values: Mapping[str, object] = {}
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(row(self._button, None))
        inside.addWidget(self._verdict)
        inside.addLayout(self._steps)

    async def run(self) -> None:
        """Test, and show the steps. Raises CogzyError when there is nothing to test."""
        if self._testing:
            return  # the button stays as it is: one that goes grey would lose the focus
        self._testing = True
        self._clear()
        self._say(tr("Testing…"), "")

        values, typed = self._given()
        self._tested_values = values

        async def secrets() -> Mapping[str, str]:
            return {**await self._kept(values, typed), **typed}

        try:
            report = await self._tested(values, secrets)
        finally:
            self._testing = False
        part = report.get("hub") if self._name == "hub" else report
        self._show((part or {}).get("steps") or ())

    async def _kept(self, values: Mapping[str, object], typed: Mapping[str, str]) -> Mapping[str, str]:
        """The secrets that are kept and not typed anew: the worker's folder has none of its own to look up."""
        on_a_server = not str(values.get("cloud_endpoint", "")).startswith("file:")
        names: tuple[SecretName, ...] = ("hub_token",)
        if self._name == "cloud":
            names = ("cloud_key_id", "cloud_secret") if on_a_server else ()
        found = {name: await self._model.credentials.get(name) for name in names if ENVIRONMENT[name] not in typed}
        return {ENVIRONMENT[name]: secret.value for name, secret in found.items() if secret is not None}

    async def _tested(
        self, values: Mapping[str, object], secrets: Callable[[], Awaitable[Mapping[str, str]]]
    ) -> Mapping[str, Any]:
        scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="cogzy-test-"))
        try:
            await asyncio.to_thread(saved.save, scratch, values, {})
            engine = WorkerEngine(scratch, secrets=secrets, idle_seconds=1)
            try:
                report: Mapping[str, Any] = await finish(engine, TestConnection())
            finally:
                await engine.close()
            return report
        finally:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)

    def _show(self, steps: Sequence[Mapping[str, Any]]) -> None:
        failed = next((step for step in steps if step["ok"] is False), None)
        for at, step in enumerate(steps):
            icon, role = {True: ("check", "good"), False: ("close", "error")}.get(step["ok"], ("more", "muted"))
            words = plain(self._words(str(step["name"])), wrap=False)
            took = quiet(duration(step["seconds"]) if step["ok"] is not None else "")
            for column, widget in enumerate((Picture(self._appearance, icon, 16, role), words, took)):
                self._steps.addWidget(widget, at, column)
                self._widgets.append(widget)
        if failed is None:
            self._say(tr("Everything that a sync needs works."), "good")
        else:
            title, cause, next_step = error_text(failed["error"] or {})
            where = self._words(str(failed["name"]))
            self._say(" ".join(filter(None, (f"{where}: {title}.", cause, next_step))), "error")

    def _words(self, step: str) -> str:
        """What a step does, with what was given."""
        in_clear = str(self._tested_values.get(_ADDRESS[self._name], "")).startswith("http:")
        if in_clear and step in ("tls", "hub-tls"):
            return tr("Connect, without encryption on the way")
        return step_words(step)

    def _cannot(self, error: CogzyError) -> None:
        self._say(" ".join(filter(None, error_text(error))), "error")

    def _say(self, text: str, how: str) -> None:
        self._verdict.setText(text)
        tone(self._verdict, how)

    def _clear(self) -> None:
        for widget in self._widgets:
            widget.deleteLater()
        self._widgets.clear()


_ADDRESS = {"cloud": "cloud_endpoint", "hub": "hub_url"}


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

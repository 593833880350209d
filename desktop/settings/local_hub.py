"""The hub of this computer in the settings: whether it runs, what it takes in, and the key of an encrypted copy.

The key is given only after a question that says what it opens. It is for this vault alone: one that is encrypted anew
has another id, and is asked for again.
"""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from core import settings as saved
from desktop.local_hub import LocalHub
from desktop.model import AppModel
from desktop.text import tr
from desktop.window.parts import begin, button, plain, row, tone


class LocalHubRow(QWidget):
    """What is to be seen of the hub, and what it may read."""

    def __init__(self, model: AppModel) -> None:
        super().__init__()
        self._model = model
        self._hub = LocalHub.of(model)
        self._state, self._takes_in, self._cannot, self._key = plain(), plain(), plain(), plain()
        self._state.setObjectName("local_hub_state")
        self._takes_in.setObjectName("local_hub_takes_in")
        self._cannot.setObjectName("local_hub_cannot")
        self._key.setObjectName("local_hub_key")
        self._key.setText(tr("It has the key of your encrypted copy while Cogzy runs, and can read all of it."))
        tone(self._cannot, "attention")
        self._give = button(tr("Give it the key…"), self._ask, "local_hub_give_key")
        self._take = button(tr("Take the key away"), lambda: self._agree(""), "local_hub_take_key")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        for label in (self._state, self._takes_in, self._cannot, self._key):
            inside.addWidget(label)
        inside.addLayout(row(self._give, self._take, None))
        self._hub.changed.connect(self._show)
        model.settings_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        hub, settings = self._hub, self._model.settings.settings
        words, how = {
            "off": (tr("It holds its data in {folder}.", folder=hub.data), ""),
            "starting": (tr("Starting…"), ""),
            "running": (
                tr("Running at {url} (pid {pid}), data in {folder}", url=hub.url, pid=hub.pid, folder=hub.data),
                "good",
            ),
            "failed": (tr("It does not run. {reason}", reason=hub.reason), "error"),
        }[hub.state]
        self._state.setText(words)
        tone(self._state, how)
        runs = hub.state in ("starting", "running")
        for label, text in ((self._takes_in, hub.takes_in), (self._cannot, hub.cannot)):
            label.setText(text)
            label.setVisible(runs and bool(text))
        self._key.setVisible(hub.has_key)
        self._take.setVisible(hub.has_key)
        self._give.setVisible(
            settings.window.run_hub and settings.encrypted and settings.sync.cloud_configured and not hub.has_key
        )

    def _ask(self) -> None:
        ask = QMessageBox(self.window())
        ask.setObjectName("ask_local_hub_key")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setIcon(QMessageBox.Icon.Question)
        ask.setWindowTitle(tr("Hub"))
        ask.setText(tr("Give the hub of this computer the key of your encrypted copy?"))
        told = tr(
            "With it the hub reads everything in the bucket that this vault's computers sent, and keeps what it read "
            "in clear in {folder}. Encryption still keeps everybody else from reading the bucket.",
            folder=self._hub.data,
        )
        after = tr(
            "It gets the key while Cogzy runs and keeps it nowhere. "
            "Taking the key away later does not delete what it has read."
        )
        ask.setInformativeText(f"{told}\n\n{after}")
        later = ask.addButton(tr("Not now"), QMessageBox.ButtonRole.RejectRole)
        later.setObjectName("local_hub_not_now")
        give = ask.addButton(tr("Give it the key"), QMessageBox.ButtonRole.AcceptRole)
        give.setObjectName("local_hub_agree")
        ask.setDefaultButton(later)
        ask.setEscapeButton(later)
        give.clicked.connect(lambda: self._agree(self._model.settings.settings.vault_id))
        ask.open()

    def _agree(self, vault_id: str) -> None:
        begin(self._model, self, self._save(vault_id))

    async def _save(self, vault_id: str) -> None:
        changes = {"window.hub_key_of": vault_id or None}
        await asyncio.to_thread(saved.save, self._model.vault, changes, self._model.environ)
        self._model.reload_settings()

"""Preview of what goes up: nothing is sent by looking, and nothing is changed before it is kept.

On a draft of another dialog (settings, first run) the choices go there; alone the dialog has its own and saves them.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QPushButton, QTabWidget, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.sync.events import PreviewUpload
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.preview.files import FilesTab
from desktop.preview.secrets import SecretsTab
from desktop.settings.draft import Draft
from desktop.text import number, plural, size, tr
from desktop.trial import Trial
from desktop.window.message_bar import MessageBar
from desktop.window.parts import MARGIN, begin, button, heading, quiet, row

AGAIN_MS = 400
"""After a choice, how long to wait for the next one before everything is looked at again."""


class PreviewDialog(QDialog):
    """Shows what would go up with the settings of `draft`."""

    def __init__(
        self, model: AppModel, appearance: Appearance, parent: QWidget | None = None, draft: Draft | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What goes up"))
        self.resize(880, 620)
        self._model = model
        self._own = draft is None
        self.draft = draft or Draft(model)
        self.trial = Trial(model)
        self.message_bar = MessageBar(appearance)
        self._total = quiet(tr("Looking…"), wrap=True)
        self._total.setObjectName("preview_total")
        self.files = FilesTab(model, appearance, self.draft, self.trial)
        self.secrets = SecretsTab(model, appearance, self.draft, self.trial)
        self._tabs = QTabWidget()
        self._tabs.setObjectName("preview_tabs")
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self.files, tr("Files"))
        self._tabs.addTab(self.secrets, tr("Likely secrets"))
        self._save = QPushButton(tr("Save") if self._own else tr("Done"))
        self._save.setObjectName("preview_save")
        self._save.setDefault(True)
        self._save.setProperty("primary", True)
        self._save.clicked.connect(lambda: begin(model, self, self._keep(), self.message_bar.show_error))
        close = button(tr("Close"), self.reject, "preview_close")
        close.setVisible(self._own)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(12)
        inside.addWidget(heading(tr("What goes up"), 3))
        inside.addWidget(self._total)
        inside.addWidget(self.message_bar)
        inside.addWidget(self._tabs, 1)
        inside.addLayout(row(None, self._save, close))
        self._again = QTimer(self, interval=AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self.look)
        self.draft.changed.connect(self._changed)
        self.secrets.told.connect(self._name_tab)
        self.finished.connect(self._end)
        self._changed_since_saved()
        self.look()

    def focus(self, tab: str = "files", **_: Any) -> None:
        """Show a tab: `files` or `secrets`."""
        self._tabs.setCurrentWidget(self.secrets if tab == "secrets" else self.files)

    def look(self) -> None:
        """Look at everything again."""
        self._again.stop()
        self.trial.use(self.draft.settings())
        begin(self._model, self, self._look(), self._cannot)

    async def _look(self) -> None:
        seen = await self.trial.run(PreviewUpload())
        self.files.show_parts(seen["parts"])
        count = sum(part["files"] for part in seen["parts"] if part["enabled"])
        files = plural(count, "{count} file", "{count} files")
        text = tr("{size} in {files}.", size=size(seen["size"]), files=files)
        if seen["new_size"] != seen["size"]:
            text += " " + tr("{size} of it is new or changed since the last upload.", size=size(seen["new_size"]))
        self._total.setText(
            text + " " + tr("Credential files (keys, .env, tokens) are never copied. Nothing is sent by looking.")
        )
        await self.secrets.search()

    def _cannot(self, error: CogzyError) -> None:
        if error.code != "worker.died":  # another choice was made meanwhile, and everything is looked at again
            self.message_bar.show_error(error)

    def _changed(self) -> None:
        self._changed_since_saved()
        self._again.start()

    def _changed_since_saved(self) -> None:
        if self._own:
            self._save.setEnabled(bool(self.draft.changes))

    async def _keep(self) -> None:
        if self._own:
            await self.draft.save()
        self.accept()

    def _name_tab(self, undecided: int) -> None:
        words = tr("Likely secrets ({count})", count=number(undecided)) if undecided else tr("Likely secrets")
        self._tabs.setTabText(1, words)

    def _end(self) -> None:
        self._again.stop()
        self.trial.end()

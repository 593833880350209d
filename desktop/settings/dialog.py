"""The settings dialog: pages at the left, one draft, one OK that applies without a restart."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core import settings as saved
from core.errors import CogzyError
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.serving import all_of
from desktop.settings.cloud import CloudPage
from desktop.settings.draft import Draft
from desktop.settings.form import Form
from desktop.settings.hub import HubPage
from desktop.settings.pages import GeneralPage, LimitsPage
from desktop.settings.security import SecurityPage
from desktop.settings.sources import SourcesPage
from desktop.text import tr
from desktop.window.message_bar import MessageBar
from desktop.window.parts import begin, button, row


class SettingsDialog(QDialog):
    """Shows and changes every setting. `open` it; it deletes itself."""

    def __init__(self, model: AppModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Settings"))
        self.resize(800, 660)
        self.setMinimumSize(620, 420)
        self._model = model
        self.draft = Draft(model)
        self.message_bar = MessageBar(appearance)
        self.general = GeneralPage(model, appearance, self.draft)
        self.cloud = CloudPage(model, appearance, self.draft)
        self.hub = HubPage(model, appearance, self.draft)
        self.sources = SourcesPage(model, appearance, self.draft)
        self.limits = LimitsPage(self.draft)
        self.security = SecurityPage(model, appearance, self.draft)
        self._pages: dict[str, Form] = {
            "general": self.general,
            "cloud": self.cloud,
            "hub": self.hub,
            "sources": self.sources,
            "limits": self.limits,
            "security": self.security,
        }
        self._list = QListWidget()
        self._list.setObjectName("settings_pages")
        self._list.setAccessibleName(tr("Pages of the settings"))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._stack = QStackedWidget()
        words = (tr("General"), tr("Cloud"), tr("Hub"), tr("Sources"), tr("Limits"), tr("Security"))
        for label, page in zip(words, self._pages.values(), strict=True):
            self._list.addItem(label)
            self._list.item(self._list.count() - 1).setSizeHint(QSize(0, 34))
            scroll = QScrollArea()
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            scroll.setWidgetResizable(True)
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setWidget(page)
            self._stack.addWidget(scroll)
        self._list.setFixedWidth(max(140, self._list.sizeHintForColumn(0) + 44))
        self._list.currentRowChanged.connect(self._stack.setCurrentIndex)
        self._list.setCurrentRow(0)
        self._ok = QPushButton(tr("OK"))
        self._ok.setObjectName("settings_ok")
        self._ok.setDefault(True)
        self._ok.clicked.connect(lambda: begin(model, self, self.apply(close=True), self._cannot))
        self._apply = QPushButton(tr("Apply"))
        self._apply.setObjectName("settings_apply")
        self._apply.clicked.connect(lambda: begin(model, self, self.apply(), self._cannot))
        cancel = button(tr("Cancel"), self.reject, "settings_cancel")
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self._list)
        upper.addWidget(self._stack, 1)
        lower = row(None, self._ok, cancel, self._apply)
        lower.setContentsMargins(12, 8, 12, 12)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.message_bar)
        inside.addLayout(upper, 1)
        inside.addLayout(lower)
        self.draft.changed.connect(self._update)
        self.hub.confirmed.connect(lambda: begin(model, self, self._confirm_hub(), self._cannot))
        for secret in (*self.cloud.secrets, *self.hub.secrets):
            secret.edited.connect(self._update)
        self._update()

    def focus(self, section: str = "general", field: str = "", **_: Any) -> None:
        """Show a page, and put the cursor into a field (a dotted name, or a secret's)."""
        section = next((name for name, page in self._pages.items() if page.place_of(field) is not None), section)
        if section in self._pages:
            self._list.setCurrentRow(list(self._pages).index(section))
            place = self._pages[section].place_of(field)
            if place is not None:
                place.setFocus()

    async def apply(self, *, close: bool = False) -> None:
        """Let everything that stands here take effect. Raises CogzyError; what was typed stays."""
        if self.draft.wrong is not None:
            self.focus(field=self.draft.wrong)
            return
        hub_before = self._model.settings.settings.hub_consent
        await self.draft.save()
        await self.general.apply()
        await self._keep_secrets()
        self.message_bar.hide()
        self._update()
        if self.hub.needs_consent() and self._model.settings.settings.hub_consent != hub_before:
            self.focus(section="hub")
            self.hub.ask()
        elif close:
            self.accept()

    async def _keep_secrets(self) -> None:
        """Keep what was typed, and let everybody work with it."""
        typed = [secret for secret in (*self.cloud.secrets, *self.hub.secrets) if secret.typed]
        for secret in typed:
            await secret.keep()
        if typed and self._model.ownership.own is not None:
            await self._model.ownership.own.renew()
        for server in all_of(self._model) if typed else ():
            server.follow()

    async def _confirm_hub(self) -> None:
        consent = self._model.settings.settings.hub_consent
        await asyncio.to_thread(saved.save, self._model.vault, {"hub_confirmed": consent}, self._model.environ)
        self._model.reload_settings()

    def _cannot(self, error: CogzyError) -> None:
        self.message_bar.show_error(error)

    def _update(self) -> None:
        typed = any(secret.typed for secret in (*self.cloud.secrets, *self.hub.secrets))
        wrong = self.draft.wrong is not None
        self._ok.setEnabled(not wrong)
        self._apply.setEnabled((bool(self.draft.changes) or typed) and not wrong)

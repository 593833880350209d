"""The hub: where it is, what it may get, that it was confirmed, and one on this very computer."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox

from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.connection import ConnectionTest
from desktop.settings.draft import Draft
from desktop.settings.form import Form
from desktop.settings.local_hub import LocalHubRow
from desktop.settings.secrets import SecretField
from desktop.text import tr
from desktop.window.parts import button, plain, row, tone

LOCAL = "http://localhost:8682/mcp"
NOT_OF_THE_HUB = ("cloud_endpoint", "cloud_bucket", "cloud_prefix", "cloud_region")


class HubPage(Form):
    """A hub of your own, for search over all computers and for when the bucket is away."""

    confirmed = Signal()
    """A person agreed to what the saved hub gets."""

    def __init__(self, model: AppModel, appearance: Appearance, draft: Draft) -> None:
        super().__init__(tr("Hub"), draft)
        self._model = model
        self.note(
            tr(
                "A hub gathers the memory of all your computers and searches it. "
                "It can read what it gets, also when your bucket is encrypted."
            )
        )
        self.run_here = self.switch("window.run_hub", tr("Run a hub on this computer"))
        self.run_here.toggled.connect(self._here)
        self.local = LocalHubRow(model)
        self.rows.addRow(self.local)
        self.text("hub_url", tr("Address"), LOCAL)
        self.token = SecretField(model, appearance, "hub_token", tr("Token"))
        self.widget(tr("Token"), self.token)
        self._consent = plain()
        self._consent.setObjectName("hub_consent")
        self._confirm = button(tr("Confirm…"), self.ask, "hub_confirm")
        consent = row(self._consent, self._confirm)
        consent.setStretch(0, 1)
        self.rows.addRow(consent)
        self.switch("enable_fallback", tr("Send to the hub when the bucket cannot be reached"))
        self.choice(
            "force_method",
            tr("Send by"),
            [("auto", tr("The bucket first")), ("cloud", tr("The bucket only")), ("http", tr("The hub only"))],
        )
        self.test = ConnectionTest(model, appearance, self.given, "hub")
        self.rows.addRow(self.test)
        model.settings_changed.connect(self._show_consent)
        draft.changed.connect(self._show_consent)
        self._show_consent()
        self.finish()

    @property
    def secrets(self) -> tuple[SecretField, ...]:
        """The secrets of this page."""
        return (self.token,)

    def given(self) -> tuple[Mapping[str, object], Mapping[str, str]]:
        """What stands here, for a test: of the settings those of the hub alone, and the typed token."""
        values = {name: value for name, value in self.draft.settings().items() if name not in NOT_OF_THE_HUB}
        return values, {"COGZY_HUB_TOKEN": self.token.typed} if self.token.typed else {}

    def needs_consent(self) -> bool:
        """Whether the saved hub waits for a person's word."""
        loaded = self._model.settings
        return bool(loaded.settings.sync.hub_identity) and not loaded.hub_allowed

    def ask(self) -> None:
        """Ask once, without blocking, whether the saved hub may get what it would get."""
        settings = self._model.settings.settings
        ask = QMessageBox(self.window())
        ask.setObjectName("ask_hub")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setIcon(QMessageBox.Icon.Question)
        ask.setWindowTitle(tr("Hub"))
        ask.setText(tr("Send your memory to {url}?", url=settings.sync.hub_endpoint))
        told = tr("Whoever runs this hub can read everything that it gets: your memories, with who said what and when.")
        if settings.encrypted:
            told += " " + tr("Your bucket is encrypted; what goes to the hub is not.")
        ask.setInformativeText(told)
        later = ask.addButton(tr("Not now"), QMessageBox.ButtonRole.RejectRole)
        later.setObjectName("hub_not_now")
        go = ask.addButton(tr("Send it there"), QMessageBox.ButtonRole.AcceptRole)
        go.setObjectName("hub_send")
        ask.setDefaultButton(later)
        ask.setEscapeButton(later)
        go.clicked.connect(self.confirmed.emit)
        ask.open()

    def _here(self, on: bool) -> None:
        if on and not self.draft.value("hub_url"):
            self.draft.set("hub_url", LOCAL)
        elif not on and self.draft.value("hub_url") == LOCAL:
            self.draft.set("hub_url", "")
        self.show_values()

    def _show_consent(self) -> None:
        waits, url = self.needs_consent(), self._model.settings.settings.sync.hub_identity
        saved = self.draft.value("hub_url") == self._model.settings.settings.sync.hub_url
        self._consent.setVisible(bool(url) and saved)
        self._confirm.setVisible(waits and saved)
        self._consent.setText(
            tr("Nothing goes to this hub before you confirm it.")
            if waits
            else tr("You agreed that this hub gets your memory.")
        )
        tone(self._consent, "attention" if waits else "good")

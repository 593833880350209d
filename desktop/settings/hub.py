"""The hub: where it is, what it may get, and that it was confirmed."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.connection import ConnectionTest
from desktop.settings.draft import Draft
from desktop.settings.form import Form
from desktop.settings.secrets import SecretField
from desktop.text import tr


class HubPage(Form):
    """A hub of your own, for search over all computers and for when the bucket is away."""

    def __init__(self, model: AppModel, appearance: Appearance, draft: Draft) -> None:
        super().__init__(tr("Hub"), draft)
        self.note(
            tr(
                "A hub gathers the memory of all your computers and searches it. "
                "It can read what it gets, also when your bucket is encrypted."
            )
        )
        self.text("hub_url", tr("Address"), "http://localhost:8682/mcp")
        self.token = SecretField(model, appearance, "hub_token", tr("Token"))
        self.widget(tr("Token"), self.token)
        self.switch("enable_fallback", tr("Send to the hub when the bucket cannot be reached"))
        self.choice(
            "force_method",
            tr("Send by"),
            [("auto", tr("The bucket first")), ("cloud", tr("The bucket only")), ("http", tr("The hub only"))],
        )
        self.test = ConnectionTest(model, appearance, self.environment, "hub")
        self.rows.addRow(self.test)
        self.finish()

    @property
    def secrets(self) -> tuple[SecretField, ...]:
        """The secrets of this page."""
        return (self.token,)

    def environment(self) -> Mapping[str, str]:
        """What stands here, as COGZY_* variables for a test."""
        values = {"COGZY_HUB_URL": str(self.draft.value("hub_url"))}
        if self.token.typed:
            values["COGZY_HUB_TOKEN"] = self.token.typed
        return values

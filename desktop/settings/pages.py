"""The pages without machinery of their own: general, sources, limits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from desktop import autostart
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.draft import Draft
from desktop.settings.form import Form
from desktop.settings.rest import RestRow
from desktop.text import tr
from desktop.window.parts import Elided, button


class GeneralPage(Form):
    """When it starts, when it syncs, when it speaks."""

    def __init__(self, model: AppModel, appearance: Appearance, draft: Draft) -> None:
        super().__init__(tr("General"), draft)
        self._model = model
        self.at_login = QCheckBox(tr("Start at login"))
        self.at_login.setObjectName("start_at_login")
        self.at_login.setChecked(autostart.is_on(model.environ))
        self.rows.addRow(self.at_login)
        place = QWidget()
        line = QHBoxLayout(place)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(Elided(str(model.vault)), 1)
        line.addWidget(button(tr("Open"), self._open_vault, "open_vault"))
        self.widget(tr("Vault"), place)
        self.section(tr("Background sync"))
        self.switch("schedule.enabled", tr("Sync by itself after changes"))
        self.number("schedule.interval_minutes", tr("At the most every"), 1, 1440, tr("minutes"))
        self.number("schedule.new_memories", tr("Or after new memories"), 1, 100_000)
        self.switch("schedule.launch_check", tr("Look for changes when Cogzy starts"))
        self.switch("upload_on_session_end", tr("Sync when a session of an assistant ends"))
        self.section(tr("Notifications"))
        self.choice(
            "notifications.level",
            tr("Tell me about"),
            [
                ("off", tr("Nothing")),
                ("errors", tr("Errors")),
                ("warnings", tr("Errors and warnings")),
                ("all", tr("Everything")),
            ],
        )
        self.number("notifications.overdue_days", tr("Warn without a copy for"), 1, 365, tr("days"))
        self.section(tr("Appearance"))
        self.choice(
            "window.appearance",
            tr("Colours"),
            [
                ("auto", tr("As the system")),
                ("light", tr("Light")),
                ("dark", tr("Dark")),
                ("contrast", tr("High contrast")),
            ],
        )
        self.switch("window.reduce_motion", tr("Do not move icons"))
        self.section(tr("Other programs"))
        self.switch("window.serve_rest", tr("Let other programs on this computer ask Cogzy"))
        self.note(tr("Who has the token can search your memory, sync, and reset the vault to the cloud's copy."))
        self.number("window.rest_port", tr("Port"), 1, 65_535)
        self.rows.addRow(RestRow(model, appearance))
        self.finish()

    async def apply(self) -> None:
        """Start at login, or not. Raises FileError."""
        await asyncio.to_thread(_start_at_login, self.at_login.isChecked(), self._model.environ)

    def _open_vault(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._model.vault)))


def _start_at_login(on: bool, environ: Mapping[str, str]) -> None:
    if on != autostart.is_on(environ):
        autostart.switch(on, environ)


class LimitsPage(Form):
    """How much of the network may be used, and when to wait."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(tr("Limits"), draft)
        self.number("limits.upload_kb_per_second", tr("Upload at most"), 0, 10_000_000, tr("kB/s"), tr("no limit"))
        self.number("limits.download_kb_per_second", tr("Download at most"), 0, 10_000_000, tr("kB/s"), tr("no limit"))
        self.number("limits.concurrency", tr("Transfers at once"), 1, 32)
        self.note(tr("Speed limits hold at once, also for a sync that runs. Transfers at once: from the next sync on."))
        self.section(tr("Wait"))
        self.switch("limits.hold_on_metered", tr("On a metered network"))
        self.switch("limits.hold_on_battery", tr("While running on battery"))
        self.section(tr("Network"))
        self.text("network.proxy", tr("Proxy"), "http://proxy.example:3128")
        self.number("upload_timeout_seconds", tr("Give up without progress after"), 5, 86_400, tr("seconds"))
        self.number("max_retries", tr("Tries after a failure"), 0, 20)
        self.finish()

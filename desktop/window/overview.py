"""The status page: one card a method, one a source, and the vault."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core import messages
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import UNKNOWN, moment, number, size, tr
from desktop.window.methods import MethodCard
from desktop.window.parts import MARGIN, Card, Elided, IconButton, Picture, button, heading, plain, quiet, row, tone
from desktop.window.sources import SourcesCard

BESIDE_WIDTH = 640
COUNTS = ("nodes", "episodes", "embeddings", "traces")
_MADE_AGAIN = "vault.derived_damaged"
"""Damage with which nothing is lost, so that nothing has to be brought back."""


class OverviewPage(QScrollArea):
    """Everything that can be seen at a glance."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("status_page")
        self.setAccessibleName(tr("Status"))
        self.setWidgetResizable(True)
        self._cloud = MethodCard("cloud", model, appearance)
        self._hub = MethodCard("http", model, appearance)
        self._vault = VaultCard(model, appearance)
        self._sources = SourcesCard(model, appearance)
        self._methods = QHBoxLayout()
        self._methods.setSpacing(MARGIN)
        self._methods.addWidget(self._cloud, 1)
        self._methods.addWidget(self._hub, 1)
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        inside.setSpacing(MARGIN)
        inside.addLayout(self._methods)
        inside.addWidget(self._vault)
        inside.addWidget(self._sources)
        inside.addStretch(1)
        self.setWidget(page)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt's name
        """The cards of the methods stand below each other where there is no room beside each other."""
        super().resizeEvent(event)
        beside = self.viewport().width() >= BESIDE_WIDTH
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._methods.direction() != direction:
            self._methods.setDirection(direction)

    def shown(self) -> None:
        """See Page."""
        self._model.changed.connect(self._show)
        self._show()
        self._sources.shown()

    def hidden(self) -> None:
        """See Page."""
        self._model.changed.disconnect(self._show)
        self._sources.hidden()

    def focus(self, **what: Any) -> None:
        """See Page. `error` or `reason`: bring the card that it is about into sight, with all that it knows."""
        reason = str(what.get("reason") or "")
        if reason == "vault.damaged":
            self._vault.show_damage()
            self.ensureWidgetVisible(self._vault)
        elif reason.startswith("sources."):
            self.ensureWidgetVisible(self._sources)
        else:
            self.ensureWidgetVisible(self._cloud)
            if reason or what.get("error"):
                self._cloud.show_details()

    def _show(self) -> None:
        status = self._model.status
        methods = status.get("methods") or {}
        self._cloud.show_method(methods.get("cloud") or {}, status)
        self._hub.show_method(methods.get("http") or {}, status)
        self._vault.show_vault(status.get("vault") or {})
        self._sources.show_sources(status.get("sources"))


class VaultCard(Card):
    """What the vault holds: nodes, episodes, embeddings and traces, and what of it is damaged."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("vault")
        self.setAccessibleName(tr("Vault"))
        self._vault = model.vault
        place = Elided(str(model.vault), muted=True)
        place.setObjectName("vault_place")
        open_it = IconButton(appearance, "folder", tr("Open vault folder"), self._open, "vault_open")
        bring = button(tr("Import…"), lambda: model.open("import"), "vault_import")
        upper = row(Picture(appearance, "vault", 20), heading(tr("Vault")), place, open_it, bring)
        upper.setStretch(2, 1)
        place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(upper)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        self._numbers = {}
        names = {
            "nodes": tr("Memories"),
            "episodes": tr("Conversations"),
            "embeddings": tr("Embeddings"),
            "traces": tr("Reasoning traces"),
        }
        for at, name in enumerate(COUNTS):
            self._numbers[name] = heading("", 4)
            self._numbers[name].setObjectName(f"vault_{name}")
            label = quiet(names[name], wrap=True)
            grid.addWidget(self._numbers[name], 0, at)
            grid.addWidget(label, 1, at, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(at, 1)
        self.body.addLayout(grid)
        self._holds = quiet(wrap=True)
        self._holds.setObjectName("vault_holds")
        self.body.addWidget(self._holds)
        self._damage = plain()
        self._damage.setObjectName("vault_damage")
        tone(self._damage, "error")
        self._advice = quiet(
            tr(
                "Nothing was deleted: what is damaged was put aside. The cloud has the last good copy, "
                "and a snapshot can be looked through before anything is replaced."
            ),
            wrap=True,
        )
        self._bring_back = button(
            tr("Bring it back from the cloud…"), lambda: model.open("snapshots"), "vault_bring_back"
        )
        for widget in (self._damage, self._advice, self._bring_back):
            self.body.addWidget(widget)

    def show_vault(self, vault: Mapping[str, Any]) -> None:
        """Show the counts of core.sync.status; nothing is known before the first one."""
        for name in COUNTS:
            count = vault.get(name)
            damaged = bool(vault) and count is None
            self._numbers[name].setText(tr("damaged") if damaged else UNKNOWN if count is None else number(count))
            tone(self._numbers[name], "error" if damaged else "")
        changed, held = vault.get("newest_change"), vault.get("total_bytes")
        parts = [size(held)] if held else []
        if changed:
            parts.append(tr("last change {time}", time=moment(changed, time.time())))
        self._holds.setText(" · ".join(parts))
        self._holds.setVisible(bool(parts))
        damage = vault.get("damage") or ()
        self._damage.setText("\n".join(_damaged(item) for item in damage))
        self._damage.setVisible(bool(damage))
        lost = any(item["problem"] != _MADE_AGAIN for item in damage)
        for widget in (self._advice, self._bring_back):
            widget.setVisible(lost)

    def show_damage(self) -> None:
        """Lead to what can be done about damage."""
        self._bring_back.setFocus()

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._vault)))


def _damaged(item: Mapping[str, Any]) -> str:
    params = {**item, "kept": item.get("quarantined") or "-"}
    title, cause, next_step = messages.render(str(item["problem"]), params, tr)
    return f"{item['path']}: {title}. {cause}" + (f" {next_step}" if item["problem"] == _MADE_AGAIN else "")

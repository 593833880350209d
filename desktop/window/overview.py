"""The status page: one card a method, one a source, and the vault."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import ago, date_time, number, tr
from desktop.window.methods import MethodCard
from desktop.window.parts import MARGIN, Card, Picture, button, heading, quiet, row
from desktop.window.sources import SourcesCard

COUNTS = ("nodes", "episodes", "embeddings", "traces")


class OverviewPage(QScrollArea):
    """Everything that can be seen at a glance."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._cloud = MethodCard("cloud", model, appearance)
        self._hub = MethodCard("http", model, appearance)
        self._vault = VaultCard(model, appearance)
        self._sources = SourcesCard(model, appearance)
        methods = QHBoxLayout()
        methods.setSpacing(MARGIN)
        methods.addWidget(self._cloud, 1)
        methods.addWidget(self._hub, 1)
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        inside.setSpacing(MARGIN)
        inside.addLayout(methods)
        inside.addWidget(self._vault)
        inside.addWidget(self._sources)
        inside.addStretch(1)
        self.setWidget(page)

    def shown(self) -> None:
        """See Page."""
        self._model.changed.connect(self._show)
        self._show()

    def hidden(self) -> None:
        """See Page."""
        self._model.changed.disconnect(self._show)

    def focus(self, **what: Any) -> None:
        """See Page. `error`: bring the card of the method that failed into sight."""
        self.ensureWidgetVisible(self._cloud)
        self._cloud.show_details()

    def _show(self) -> None:
        status = self._model.status
        methods = status.get("methods") or {}
        self._cloud.show_method(methods.get("cloud") or {}, status)
        self._hub.show_method(methods.get("http") or {}, status)
        self._vault.show_vault(status.get("vault") or {})
        self._sources.show_sources(status.get("sources") or ())


class VaultCard(Card):
    """What the vault holds: nodes, episodes, embeddings and traces, and what of it is damaged."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._picture = Picture(appearance, "vault", 20)
        self._place = quiet(str(model.vault))
        self._place.setObjectName("vault_place")
        self.body.addLayout(row(self._picture, heading(tr("Vault")), None, self._place))
        grid = QGridLayout()
        grid.setHorizontalSpacing(32)
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
            grid.addWidget(self._numbers[name], 0, at)
            grid.addWidget(quiet(names[name]), 1, at)
        grid.setColumnStretch(len(COUNTS), 1)
        self.body.addLayout(grid)
        self._damage = quiet(wrap=True)
        self._damage.setObjectName("vault_damage")
        self._damage.setProperty("tone", "error")
        self._bring_back = button(
            tr("Bring it back from the cloud…"), lambda: model.open("snapshots"), "vault_bring_back"
        )
        self.body.addWidget(self._damage)
        self.body.addWidget(self._bring_back)

    def show_vault(self, vault: Mapping[str, Any]) -> None:
        """Show the counts of core.sync.status."""
        for name in COUNTS:
            count = vault.get(name, 0)
            self._numbers[name].setText(tr("damaged") if count is None else number(count))
        damage = vault.get("damage") or ()
        self._damage.setText("\n".join(_damaged(item) for item in damage))
        self._damage.setVisible(bool(damage))
        self._bring_back.setVisible(bool(damage))


def _damaged(item: Mapping[str, Any]) -> str:
    from core import messages

    params = {**item, "kept": item.get("quarantined") or "-"}
    title, cause, _ = messages.render(str(item["problem"]), params, tr)
    return f"{item['path']}: {title}. {cause}"


def last_seen(at: float | None) -> str:
    """When something was: a span for today, else the date."""
    if at is None:
        return tr("never")
    passed = time.time() - at
    return ago(max(0.0, passed)) if passed < 86_400 else date_time(at)

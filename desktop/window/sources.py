"""What other programs keep on this computer: each database and folder, its last safe copy, and whether it goes up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import UNKNOWN, ago, error_text, number, size, tr
from desktop.window.parts import Card, Picture, button, heading, plain, quiet, row, tone

_ICONS = {"duckdb": "database", "sqlite": "database", "files": "folder"}


class SourcesCard(Card):
    """A row a source."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("sources")
        self._model = model
        self._appearance = appearance
        self._rows: dict[str, SourceRow] = {}
        choose = button(tr("Choose sources…"), lambda: model.open("settings", section="sources"), "choose_sources")
        self.body.addLayout(
            row(Picture(appearance, "database", 20), heading(tr("Memory of other programs")), None, choose)
        )
        self._empty = quiet(
            tr("Nothing was found. Session-Buddy and Claude Code are looked for by themselves."),
            wrap=True,
        )
        self.body.addWidget(self._empty)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)

    def show_sources(self, sources: Sequence[Mapping[str, Any]]) -> None:
        """Show the sources of core.sync.status."""
        names = [str(source["name"]) for source in sources]
        if names != list(self._rows):
            for old in self._rows.values():
                old.remove()
            self._rows = {
                str(source["name"]): SourceRow(self._grid, at, source, self._appearance)
                for at, source in enumerate(sources)
            }
        for source in sources:
            self._rows[str(source["name"])].show_source(source)
        self._empty.setVisible(not sources)


class SourceRow:
    """One source's widgets in the grid."""

    def __init__(self, grid: QGridLayout, at: int, source: Mapping[str, Any], appearance: Appearance) -> None:
        name = str(source["name"])
        self._picture = Picture(appearance, _ICONS.get(str(source.get("kind")), "file"), 18, "muted")
        self._name = plain(name, wrap=False)
        self._name.setToolTip(str(source.get("path", "")))
        self._holds = quiet()
        self._state = plain()
        self._state.setObjectName(f"source_{name}")
        self._widgets: tuple[QWidget, ...] = (self._picture, self._name, self._holds, self._state)
        for column, widget in enumerate(self._widgets):
            grid.addWidget(widget, at, column)

    def show_source(self, source: Mapping[str, Any]) -> None:
        """Show what is known of it."""
        if source.get("rows"):
            self._holds.setText(tr("{size} · {rows} rows", size=size(source.get("size")), rows=number(source["rows"])))
        else:
            self._holds.setText(size(source.get("size")) if source.get("size") else UNKNOWN)
        words, how = _state(source)
        self._state.setText(words)
        tone(self._state, how)

    def remove(self) -> None:
        """Take the row away."""
        for widget in self._widgets:
            widget.deleteLater()


def _state(source: Mapping[str, Any]) -> tuple[str, str]:
    import time

    if not source.get("enabled"):
        return tr("Switched off"), ""
    if not source.get("found"):
        return tr("Not found on this computer"), ""
    if source.get("error"):
        return error_text(source["error"])[0], "attention"
    copied = source.get("last_copy")
    if copied is None:
        return tr("Not copied yet"), ""
    return tr("Copied safely {ago}", ago=ago(max(0.0, time.time() - copied))), "good"

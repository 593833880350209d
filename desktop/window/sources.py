"""What other programs keep on this computer: each database and folder, its last safe copy, and whether it goes up.

Who has a database open is looked up in a thread, every few seconds while the card is looked at.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core import settings as saved
from core.errors import CogzyError, UsageError
from core.sources import Holder, find_sources, holder, signature
from desktop.model import AppModel
from desktop.naming import part_words
from desktop.palette import Appearance
from desktop.switches import in_force, is_given, switched
from desktop.text import ago, date_time, error_text, moment, number, plural, size, tr
from desktop.window.parts import Card, Elided, Picture, begin, button, heading, plain, quiet, row, tone

_ICONS = {"duckdb": "database", "sqlite": "database", "files": "folder"}
LOOK_MS = 10_000


class SourcesCard(Card):
    """A row a source."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("sources")
        self.setAccessibleName(tr("Memory of other programs"))
        self._model = model
        self._appearance = appearance
        self._rows: dict[str, SourceRow] = {}
        self._holders: dict[str, Holder | None] = {}
        self._sources: Sequence[Mapping[str, Any]] = ()
        choose = button(tr("Choose sources…"), lambda: model.open("settings", section="sources"), "choose_sources")
        upper = row(Picture(appearance, "database", 20), heading(tr("Memory of other programs"), wrap=True), choose)
        upper.setStretch(1, 1)
        self.body.addLayout(upper)
        self._empty = quiet(
            tr("Nothing was found. Session-Buddy and Claude Code are looked for by themselves."),
            wrap=True,
        )
        self.body.addWidget(self._empty)
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self._look)

    def shown(self) -> None:
        """It is looked at now."""
        self._looking.start()
        self._look()

    def hidden(self) -> None:
        """It is not looked at any more."""
        self._looking.stop()

    def show_sources(self, known: Sequence[Mapping[str, Any]] | None) -> None:
        """Show the sources of core.sync.status; None before it is known what there is."""
        sources = known or ()
        names = [str(source["name"]) for source in sources]
        if names != list(self._rows):
            for old in self._rows.values():
                old.hide()
                old.deleteLater()
            self._rows = {str(source["name"]): SourceRow(self._model, self._appearance, source) for source in sources}
            for source_row in self._rows.values():
                self.body.addWidget(source_row)
        self._sources = sources
        for source in sources:
            self._rows[str(source["name"])].show_source(source, self._holders.get(str(source["name"])))
        self._empty.setVisible(known is not None and not sources)

    def _look(self) -> None:
        if self._sources:
            begin(self._model, self, self._see_holders())

    async def _see_holders(self) -> None:
        databases = {
            str(source["name"]): Path(str(source["path"]))
            for source in self._sources
            if source.get("enabled") and source.get("found") and source.get("kind") != "files"
        }
        self._holders = await asyncio.to_thread(lambda: {name: holder(path) for name, path in databases.items()})
        self.show_sources(self._sources)


class SourceRow(QWidget):
    """One source: what it holds, how it is, its switch and a test."""

    def __init__(self, model: AppModel, appearance: Appearance, source: Mapping[str, Any]) -> None:
        super().__init__()
        self._model = model
        self.name = name = str(source["name"])
        words = part_words(name)
        self._said = ""
        self._holds = Elided(muted=True, where=Qt.TextElideMode.ElideRight)
        self._holds.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._state = plain()
        self._state.setObjectName(f"source_{name}")
        self._kept = quiet(wrap=True)
        self._kept.setObjectName(f"source_{name}_kept")
        self._on = QCheckBox(tr("Goes up"))
        self._on.setObjectName(f"source_{name}_on")
        self._on.setAccessibleName(tr("{name} goes up", name=words))
        self._on.clicked.connect(lambda on: begin(model, self, self._switch(on)))
        self._test = button(tr("Test"), lambda: begin(model, self, self._try(), self._cannot), f"source_{name}_test")
        self._test.setAccessibleName(tr("Test whether {name} can be read", name=words))
        title = Elided(words)
        title.setToolTip(str(source.get("path", "")))
        title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)  # the last to give way
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 4, 0, 4)
        inside.setSpacing(8)
        picture = Picture(appearance, _ICONS.get(str(source.get("kind")), "file"), 18, "muted")
        left = QVBoxLayout()
        left.addWidget(picture)
        left.addStretch(1)
        inside.addLayout(left)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        first = row(title, self._holds)
        first.setStretch(1, 1)
        lines.addLayout(first)
        lines.addWidget(self._state)
        lines.addWidget(self._kept)
        inside.addLayout(lines, 1)
        inside.addWidget(self._test)
        inside.addWidget(self._on)  # last: the switches of all sources stand below each other

    def show_source(self, source: Mapping[str, Any], used_by: Holder | None = None) -> None:
        """Show what is known of it."""
        if source.get("rows"):
            self._holds.show_text(
                tr("{size} · {rows} rows", size=size(source.get("size")), rows=number(source["rows"]))
            )
        else:
            self._holds.show_text(size(source.get("size")) if source.get("size") else "")
        words, how = _state(source, used_by)
        self._state.setText(self._said or words)
        self._state.setToolTip(date_time(source["last_copy"]) if source.get("last_copy") else "")
        if not self._said:
            tone(self._state, how)
        kept = int(source.get("kept") or 0)
        self._kept.setText(_kept(self.name, kept))
        self._kept.setVisible(kept > 0)
        known = self._model.settings
        given = is_given(known.from_environment.__contains__, in_force(known.settings), self.name)
        self._on.setChecked(bool(source.get("enabled")))
        self._on.setEnabled(not given)
        self._on.setToolTip(tr("Set by the environment") if given else "")
        self._test.setVisible(bool(source.get("enabled") and source.get("found")))

    async def _switch(self, on: bool) -> None:
        changes = switched(in_force(self._model.settings.settings), self.name, on)
        try:
            await asyncio.to_thread(saved.save, self._model.vault, changes, self._model.environ)
        except CogzyError:
            self._on.setChecked(not on)
            raise
        self._model.reload_settings()

    async def _try(self) -> None:
        """Look at the source as a sync does, without copying."""
        self._test.setEnabled(False)
        try:
            used_by = await asyncio.to_thread(self._read)
        finally:
            self._test.setEnabled(True)
        said = tr("It can be read.")
        if used_by is not None:
            said = tr("It can be read while {program} (pid {pid}) uses it.", program=used_by.program, pid=used_by.pid)
        self._say(said, "good")

    def _read(self) -> Holder | None:
        sources = find_sources(self._model.settings.settings, environ=self._model.environ)
        source = next((source for source in sources if source.name == self.name), None)
        if source is None or signature(source) is None:
            raise UsageError("sources.unknown", name=self.name, known=", ".join(one.name for one in sources))
        return None if source.kind == "files" else holder(source.path)

    def _cannot(self, error: CogzyError) -> None:
        self._say(" ".join(filter(None, error_text(error))), "error")

    def _say(self, text: str, how: str) -> None:
        self._said = text
        self._state.setText(text)
        tone(self._state, how)
        QTimer.singleShot(LOOK_MS, self, self._forget)

    def _forget(self) -> None:
        self._said = ""
        self._model.refresh()


def _kept(name: str, count: int) -> str:
    if name == "claude-code":
        return plural(
            count,
            "{count} transcript kept that Claude Code has deleted here",
            "{count} transcripts kept that Claude Code has deleted here",
        )
    return plural(count, "{count} file kept that was deleted here", "{count} files kept that were deleted here")


def _state(source: Mapping[str, Any], used_by: Holder | None) -> tuple[str, str]:
    if not source.get("enabled"):
        return tr("Switched off"), ""
    if not source.get("found"):
        return tr("Not found on this computer"), ""
    if source.get("error"):
        return " ".join(filter(None, error_text(source["error"])[::2])), "attention"
    copied, now = source.get("last_copy"), time.time()
    if used_by is not None and copied is not None:
        return (
            tr(
                "In use by {program} (pid {pid}), copied safely {time}",
                program=used_by.program,
                pid=used_by.pid,
                time=moment(copied, now),
            ),
            "good",
        )
    if used_by is not None:
        return tr("In use by {program} (pid {pid}), not copied yet", program=used_by.program, pid=used_by.pid), ""
    if copied is None:
        return tr("Not copied yet"), ""
    return tr("Copied safely {ago}", ago=ago(max(0.0, now - copied))), "good"

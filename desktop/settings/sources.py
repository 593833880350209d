"""Which programs' memory is kept safe, and what of it is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.settings_model import SESSION_BUDDY_SWITCHES
from desktop.model import AppModel
from desktop.naming import part_words
from desktop.palette import Appearance
from desktop.settings.draft import Draft
from desktop.settings.form import Form
from desktop.switches import is_given, is_on, switched
from desktop.text import size, tr
from desktop.window.parts import button, row

_KINDS = {".duckdb": "duckdb", ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite"}
NAME = Qt.ItemDataRole.UserRole


class SourcesPage(Form):
    """The sources found on this computer, and further ones."""

    def __init__(self, model: AppModel, appearance: Appearance, draft: Draft) -> None:
        super().__init__(tr("Sources"), draft)
        self._model = model
        self._appearance = appearance
        self.note(tr("A running database is copied safely, without disturbing its program."))
        for name, setting in SESSION_BUDDY_SWITCHES.items():
            self._add_database(name, setting)
        self.text("session_buddy_dir", tr("Session-Buddy's folder"), "~/.claude/data")
        self.switch("sources.claude_code", _described(model, tr("Claude Code's transcripts"), "claude-code"))
        self.switch("sources.hold_secrets", tr("Ask before likely secrets go up"))
        self._preview = button(tr("Preview what goes up…"), self._show_preview, "sources_preview")
        self.rows.addRow(self._preview)
        self.section(tr("Further databases and folders"))
        self.extra = QListWidget()
        self.extra.setObjectName("extra_sources")
        self.extra.setAccessibleName(tr("Further databases and folders"))
        self.extra.setMaximumHeight(120)
        self.extra.itemChanged.connect(self._switched)
        self._remove_button = button(tr("Remove"), self._remove, "remove_source")
        self.extra.currentItemChanged.connect(lambda item, _: self._remove_button.setEnabled(item is not None))
        box = QWidget()
        inside = QVBoxLayout(box)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.extra)
        inside.addLayout(
            row(
                button(tr("Add a database…"), self._choose_database, "add_database"),
                button(tr("Add a folder…"), self._choose_folder, "add_folder"),
                self._remove_button,
                None,
            )
        )
        self.rows.addRow(box)
        self.section(tr("Left out"))
        self.lines("sources.exclude", tr("Folders and patterns"), "*/secret-project/*")
        self.note(tr("Credential files are never copied."))
        self._show_extra()
        self.finish()

    def _add_database(self, name: str, setting: str) -> None:
        """A switch for one of Session-Buddy's databases."""
        draft = self.draft

        def put(on: bool) -> None:
            if on != is_on(draft.value, name):
                for changed, value in switched(draft.value, name, on).items():
                    draft.set(changed, value)
                self.show_values()

        field = self.switch(
            setting, _described(self._model, part_words(name), name), lambda: is_on(draft.value, name), put
        )
        if is_given(draft.is_given, draft.value, name):
            field.setEnabled(False)
            field.setToolTip(tr("Set by the environment"))

    def _show_preview(self) -> None:
        from desktop.preview import PreviewDialog

        dialog = PreviewDialog(self._model, self._appearance, self.window(), self.draft)
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self.show_values)
        dialog.open()

    def add(self, path: Path, kind: str) -> None:
        """Add a source: `duckdb`, `sqlite` or `files`."""
        known = [str(item["name"]) for item in self.draft.value("sources.extra")]
        self._set(
            [*self.draft.value("sources.extra"), {"name": name_for(path, known), "kind": kind, "path": str(path)}]
        )

    def _set(self, extra: list[Mapping[str, Any]]) -> None:
        self.draft.set("sources.extra", extra)
        self._show_extra()

    def _show_extra(self) -> None:
        self.extra.blockSignals(True)
        self.extra.clear()
        for source in self.draft.value("sources.extra"):
            item = QListWidgetItem(f"{source['name']} · {source['path']}")
            item.setData(NAME, source["name"])
            item.setCheckState(Qt.CheckState.Checked if source.get("enabled", True) else Qt.CheckState.Unchecked)
            self.extra.addItem(item)
        self.extra.blockSignals(False)
        self._remove_button.setEnabled(self.extra.currentItem() is not None)

    def _switched(self, item: QListWidgetItem) -> None:
        on = item.checkState() == Qt.CheckState.Checked
        changed = [
            {**source, "enabled": on} if source["name"] == item.data(NAME) else source
            for source in self.draft.value("sources.extra")
        ]
        self.draft.set("sources.extra", changed)

    def _remove(self) -> None:
        item = self.extra.currentItem()
        if item is not None:
            self._set([source for source in self.draft.value("sources.extra") if source["name"] != item.data(NAME)])

    def _choose_database(self) -> None:
        dialog = QFileDialog(self, tr("Which database?"))
        dialog.setNameFilter(tr("Databases (*.duckdb *.db *.sqlite *.sqlite3)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.add(Path(path), _KINDS.get(Path(path).suffix.lower(), "duckdb")))
        dialog.open()

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, tr("Which folder?"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.add(Path(path), "files"))
        dialog.open()


def name_for(path: Path, known: list[str]) -> str:
    """A name for a source, of letters and digits, that no other has."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in path.stem.lower()).strip("-")
    name, number = plain[:40] or "source", 2
    while name in known:
        name, number = f"{plain[:40] or 'source'}-{number}", number + 1
    return name


def _described(model: AppModel, words: str, prefix: str) -> str:
    """A source's words with what was found of it."""
    found = [one for one in model.status.get("sources") or () if str(one["name"]).startswith(prefix) and one["found"]]
    if not found:
        return tr("{source} (not found on this computer)", source=words)
    known = [one["size"] for one in found if one.get("size")]
    return tr("{source} ({size})", source=words, size=size(sum(known))) if known else words

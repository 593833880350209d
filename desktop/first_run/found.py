"""First screen: what memory there is on this computer, and which of it goes up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.sync.events import PreviewUpload
from desktop.first_run.choices import Choices
from desktop.first_run.page import Page
from desktop.model import AppModel
from desktop.naming import VAULT, part_words
from desktop.palette import Appearance
from desktop.preview.choices import EXCLUDE, is_on, switch
from desktop.switches import SWITCHES, is_given
from desktop.text import error_text, plural, size, tr
from desktop.trial import Trial
from desktop.window.parts import Card, Elided, begin, button, plain, quiet, row


class FoundPage(Page):
    """Each source with its size and a checkbox."""

    def __init__(self, model: AppModel, appearance: Appearance, choices: Choices, trial: Trial) -> None:
        super().__init__(model, appearance, choices, trial)
        self.say(
            tr("What Cogzy found on this computer"),
            tr("Choose what is kept safe. Nothing leaves this computer before you press Finish on the last screen."),
        )
        self._card = Card()
        self._card.body.setSpacing(14)
        self._waiting = quiet(tr("Looking…"))
        self._waiting.setObjectName("found_state")
        self._card.body.addWidget(self._waiting)
        self.body.addWidget(self._card)
        self._total = quiet(wrap=True)
        self._total.setObjectName("found_total")
        self.body.addWidget(self._total)
        self.body.addLayout(row(button(tr("Preview what goes up…"), self._preview, "found_preview"), None))
        self.body.addStretch(1)
        self._parts: list[Mapping[str, Any]] = []
        self._boxes: dict[str, QCheckBox] = {}
        self._looked = False
        choices.changed.connect(self._show_choices)

    def shown(self) -> None:
        """Look, the first time."""
        if not self._looked:
            self._look()

    def skipped(self) -> None:
        """What goes up stays as it was set before."""
        draft = self.choices.draft
        for name in (*SWITCHES, EXCLUDE):
            draft.reset(name)

    def _look(self) -> None:
        self._looked = True
        self.trial.use(self.choices.settings())
        begin(self.model, self, self._found(), self._cannot)

    async def _found(self) -> None:
        seen = await self.trial.run(PreviewUpload())
        self._parts = [part for part in seen["parts"] if part["found"] or part["name"] == VAULT]
        missing = [part for part in seen["parts"] if part not in self._parts]
        self._waiting.hide()
        for part in self._parts:
            self._card.body.addWidget(self._line(part))
        if missing:
            names = ", ".join(part_words(str(part["name"])) for part in missing)
            self._card.body.addWidget(quiet(tr("Not found on this computer: {names}.", names=names), wrap=True))
        self._show_choices()

    def _line(self, part: Mapping[str, Any]) -> QWidget:
        name = str(part["name"])
        line = QWidget()
        words = QVBoxLayout()
        words.setSpacing(1)
        if name == VAULT:
            words.addWidget(plain(part_words(name)))
        else:
            box = QCheckBox(part_words(name))
            box.setObjectName(f"found_{name}")
            box.setChecked(is_on(self.choices.draft, name))
            draft = self.choices.draft
            box.setEnabled(not is_given(draft.is_given, draft.value, name))
            box.toggled.connect(lambda on: switch(self.choices.draft, name, on))
            self._boxes[name] = box
            words.addWidget(box)
        place = Elided(str(part["path"]))
        place.setProperty("muted", True)
        place.setContentsMargins(0 if name == VAULT else 28, 0, 0, 0)
        words.addWidget(place)
        across = QHBoxLayout(line)
        across.setContentsMargins(0, 0, 0, 0)
        across.addLayout(words, 1)
        how_much: QLabel = plain(_size(part), wrap=False)
        how_much.setObjectName(f"found_{name}_size")
        across.addWidget(how_much)
        return line

    def _show_choices(self) -> None:
        for name, box in self._boxes.items():
            box.blockSignals(True)
            box.setChecked(is_on(self.choices.draft, name))
            box.blockSignals(False)
        going = [part for part in self._parts if is_on(self.choices.draft, str(part["name"]))]
        if self._parts:
            text = tr("{size} would go up.", size=size(sum(part["size"] for part in going)))
            left_out = len(self.choices.draft.value(EXCLUDE))
            if left_out:
                text += " " + plural(
                    left_out, "{count} folder or pattern is left out.", "{count} folders or patterns are left out."
                )
            self._total.setText(text + " " + tr("A running database is copied without disturbing its program."))

    def _preview(self) -> None:
        from desktop.preview import PreviewDialog

        dialog = PreviewDialog(self.model, self.appearance, self.window(), self.choices.draft)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _cannot(self, error: CogzyError) -> None:
        self._looked = False
        self._waiting.setText(" ".join(filter(None, error_text(error))))
        self._waiting.setWordWrap(True)


def _size(part: Mapping[str, Any]) -> str:
    if part["error"]:
        return error_text(part["error"])[0]
    return size(part["size"])

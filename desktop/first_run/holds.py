"""Third screen: what the chosen place holds already. Read only, before anything is sent there."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QButtonGroup, QLineEdit, QProgressBar, QRadioButton, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.sync.events import ListVaults
from desktop.first_run.choices import Choices
from desktop.first_run.page import Page
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import ago, error_text, plural, size, tr
from desktop.trial import Trial
from desktop.window.parts import Card, begin, button, plain, quiet, row, tone

RECOVERY_KEY = re.compile(r"(?:[0-9A-Z]{4}-){8}[0-9A-Z]{4}")


class HoldsPage(Page):
    """Each vault there: bring it here, or start new beside it."""

    def __init__(self, model: AppModel, appearance: Appearance, choices: Choices, trial: Trial) -> None:
        super().__init__(model, appearance, choices, trial)
        self.say(tr("What is there already"), tr("Looked at, and nothing else: nothing has been sent."))
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(tr("Looking at what is there…"))
        self.body.addWidget(self._bar)
        self._state = plain()
        self._state.setObjectName("holds_state")
        self.body.addWidget(self._state)
        self._again = button(tr("Try again"), self._look, "holds_again")
        self.body.addLayout(row(self._again, None))
        self._card = Card()
        self.body.addWidget(self._card)
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(lambda *_: self._show_chosen())
        self._vaults: list[Mapping[str, Any] | None] = []
        self._lines: list[QWidget] = []
        self.key = QLineEdit()
        self.key.setObjectName("holds_key")
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setAccessibleName(tr("Passphrase or recovery key of that copy"))
        self.key.setPlaceholderText(tr("Passphrase or recovery key of that copy"))
        self.key.textChanged.connect(lambda _: self.ready.emit())
        self.body.addWidget(self.key)
        self._note = quiet(wrap=True)
        self._note.setObjectName("holds_note")
        self.body.addWidget(self._note)
        self.body.addStretch(1)
        self._seen_at: dict[str, object] = {}
        self._known = False

    @property
    def is_needed(self) -> bool:
        """Only when there is a place."""
        return self.choices.has_place

    @property
    def can_go_on(self) -> bool:
        """When it is known what is there, and an encrypted copy that is wanted has its key."""
        chosen = self._chosen()
        return self._known and not (chosen and self._wants_key(chosen) and not self.key.text().strip())

    def shown(self) -> None:
        """Look, whenever another place was chosen."""
        place = {**self.choices.settings(), **self._keys()}
        if place != self._seen_at or not self._known:
            self._seen_at = place
            self._look()
        elif not self.key.isHidden():
            self.key.setFocus()  # what was typed did not open it
            self.key.selectAll()

    def left(self) -> None:
        """What is chosen here counts."""
        chosen = self._chosen()
        self.choices.bring = chosen
        text = self.key.text().strip() if chosen and self._wants_key(chosen) else ""
        is_recovery = RECOVERY_KEY.fullmatch(text.upper()) is not None
        self.choices.secrets = replace(
            self.choices.secrets, passphrase="" if is_recovery else text, recovery_key=text if is_recovery else ""
        )
        self.choices.changed.emit()

    def skipped(self) -> None:
        """A new copy is begun, whatever is there."""
        self.choices.bring = None
        self.choices.changed.emit()

    # ------------------------------------------------------------------ looking

    def _look(self) -> None:
        self._known = False
        self._show_vaults([])
        self._bar.show()
        self._say(tr("Looking at what is there…"), "")
        self._again.hide()
        self.ready.emit()
        self.trial.use(self.choices.settings(), self._keys())
        begin(self.model, self, self._looked(), self._cannot)

    async def _looked(self) -> None:
        seen = await self.trial.run(ListVaults())
        self._bar.hide()
        self._known = True
        vaults: list[Mapping[str, Any]] = seen["vaults"]
        if vaults:
            self._say(
                plural(len(vaults), "There is one copy here already.", "There are {count} copies here already."), ""
            )
        else:
            self._say(tr("This place is empty: your copy will be the first."), "good")
        if seen["unreadable"]:
            self._note.setText(
                plural(
                    seen["unreadable"],
                    "{count} upload there cannot be read; it stays as it is.",
                    "{count} uploads there cannot be read; they stay as they are.",
                )
            )
        self._show_vaults(vaults)
        self.ready.emit()
        chosen = self._group.checkedButton()
        if vaults and chosen is not None:
            chosen.setFocus()

    def _keys(self) -> dict[str, str]:
        return replace(self.choices.secrets, passphrase="", recovery_key="").environment()

    def _cannot(self, error: CogzyError) -> None:
        self._bar.hide()
        self._again.show()
        self._say(" ".join(filter(None, error_text(error))), "error")

    def _say(self, text: str, how: str) -> None:
        self._state.setText(text)
        tone(self._state, how)

    # ------------------------------------------------------------------ choosing

    def _show_vaults(self, vaults: list[Mapping[str, Any]]) -> None:
        for line in self._lines:
            line.deleteLater()
        self._lines.clear()
        for one in self._group.buttons():
            self._group.removeButton(one)
        self._vaults = [*vaults, None] if vaults else []
        own = next((at for at, vault in enumerate(vaults) if vault["own"]), None)
        for at, vault in enumerate(self._vaults):
            if vault is None and own is not None:
                self._vaults.pop()
                break  # this vault has its copy there: a new one would only stand beside it
            self._add(at, vault)
        start = own if own is not None else len(self._vaults) - 1
        if self._vaults:
            self._group.button(start).setChecked(True)
        self._card.setVisible(bool(self._vaults))
        self._show_chosen()

    def _add(self, at: int, vault: Mapping[str, Any] | None) -> None:
        line = QWidget()
        words = QVBoxLayout(line)
        words.setContentsMargins(0, 2, 0, 2)
        words.setSpacing(1)
        radio = QRadioButton(_title(vault))
        radio.setObjectName(f"holds_{at}" if vault else "holds_new")
        self._group.addButton(radio, at)
        words.addWidget(radio)
        about = quiet(_about(vault), wrap=True)
        about.setContentsMargins(30, 0, 0, 0)
        words.addWidget(about)
        self._card.body.addWidget(line)
        self._lines.append(line)

    def _chosen(self) -> Mapping[str, Any] | None:
        at = self._group.checkedId()
        return self._vaults[at] if 0 <= at < len(self._vaults) else None

    def _wants_key(self, vault: Mapping[str, Any]) -> bool:
        return bool(vault["encrypted"]) and not vault["own"]

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        self.key.setVisible(bool(chosen) and self._wants_key(chosen or {}))
        brings = chosen is not None and not chosen["own"]
        if brings or self._vaults:
            self._note.setText(
                tr(
                    "Its memories take the place of those in this computer's vault; what is only here is shown first, "
                    "and kept for 30 days. Files of other programs stay as they are."
                )
                if brings
                else ""
            )
        self.ready.emit()


def _title(vault: Mapping[str, Any] | None) -> str:
    if vault is None:
        return tr("Start new: keep it, and begin a copy of this computer beside it")
    systems = ", ".join(vault["systems"][:3])
    if vault["own"]:
        return tr("This computer's own copy: go on with it")
    return tr("Bring here the vault of {systems}", systems=systems)


def _about(vault: Mapping[str, Any] | None) -> str:
    if vault is None:
        return tr("Nothing there is changed.")
    parts = []
    if vault["conversations"] is not None:
        parts.append(plural(vault["conversations"], "{count} conversation", "{count} conversations"))
    parts.append(size(vault["size"]))
    parts.append(ago(max(0.0, time.time() - datetime.fromisoformat(vault["uploaded_at"]).timestamp())))
    if vault["encrypted"]:
        parts.append(tr("encrypted"))
    return " · ".join(parts)

"""Fourth screen: encryption. Chosen beforehand for every bucket that others run."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox

from desktop.first_run.choices import Choices
from desktop.first_run.page import Page
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.passphrase import TypedTwice
from desktop.text import tr
from desktop.trial import Trial
from desktop.window.parts import Card, plain, tone


class SealingPage(Page):
    """A passphrase, twice, and what follows from it."""

    def __init__(self, model: AppModel, appearance: Appearance, choices: Choices, trial: Trial) -> None:
        super().__init__(model, appearance, choices, trial)
        self.say(
            tr("Encrypt the cloud copy"),
            tr("Then whoever runs the place, or breaks into it, cannot read your memory."),
        )
        card = Card()
        self.encrypt = QCheckBox(tr("Encrypt everything before it leaves this computer"))
        self.encrypt.setObjectName("sealing_encrypt")
        self.encrypt.toggled.connect(lambda _: self._update())
        card.body.addWidget(self.encrypt)
        self.typed = TypedTwice("sealing")
        self.typed.changed.connect(self._update)
        card.body.addWidget(self.typed)
        self.body.addWidget(card)
        self._follows = plain()
        self._follows.setObjectName("sealing_follows")
        self.body.addWidget(self._follows)
        self._hub = plain()
        self._hub.setObjectName("sealing_hub")
        self.body.addWidget(self._hub)
        self.body.addStretch(1)
        self._asked_for: str | None = None

    @property
    def is_needed(self) -> bool:
        """Not for a copy that is encrypted, or not, already."""
        encrypted = self.model.settings.settings.encrypted
        return self.choices.has_place and not self.choices.brings and not encrypted

    @property
    def can_go_on(self) -> bool:
        """Without encryption, or with a passphrase that was typed twice."""
        return not self.encrypt.isChecked() or self.typed.is_good

    def shown(self) -> None:
        """Another kind of place has another default."""
        place = str(self.choices.is_remote)
        if place != self._asked_for:
            self._asked_for = place
            self.encrypt.setChecked(self.choices.is_remote)
        self._update()
        (self.typed if self.encrypt.isChecked() else self.encrypt).setFocus()

    def left(self) -> None:
        """What stands here counts."""
        self.choices.encrypt = self.encrypt.isChecked()
        passphrase = self.typed.text if self.encrypt.isChecked() else ""
        self.choices.secrets = replace(self.choices.secrets, passphrase=passphrase, recovery_key="")
        self.choices.changed.emit()

    def skipped(self) -> None:
        """The copy goes up in clear."""
        self.choices.encrypt = False
        self.choices.secrets = replace(self.choices.secrets, passphrase="", recovery_key="")
        self.choices.changed.emit()

    def _update(self) -> None:
        on = self.encrypt.isChecked()
        self.typed.setVisible(on)
        self._follows.setText(
            tr("Without the passphrase nobody can help you. At the end you get a recovery key to print or keep.")
            if on
            else tr("Whoever can read this place can read your memory.")
        )
        tone(self._follows, "" if on or not self.choices.is_remote else "attention")
        self._hub.setText(
            tr("A hub cannot read an encrypted bucket: it finds only what this computer sends to it directly.")
        )
        self._hub.setVisible(on)
        self.ready.emit()

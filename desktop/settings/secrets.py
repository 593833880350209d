"""A secret in a form: whether it is there, where it is kept, and a way to replace it. Its value is never shown again.

A typed secret is kept when the dialog is applied, off the event loop, in the keychain. Without a keychain the person
chooses: this session only, or a file encrypted with a passphrase; never in clear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.credentials import CredentialError
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import error_text, tr
from desktop.window.parts import IconButton, begin, quiet, tone

if TYPE_CHECKING:
    from core.credentials import SecretName


WITHOUT_KEYCHAIN = ("credentials.no_keychain", "credentials.plain_keychain", "credentials.not_kept")


class SecretField(QWidget):
    """One secret. `edited` is sent with every letter."""

    edited = Signal()

    def __init__(self, model: AppModel, appearance: Appearance, name: SecretName, label: str) -> None:
        super().__init__()
        self.name: SecretName = name
        self._model = model
        self.known = False
        """Whether the secret is kept, or given by the environment."""
        self.field = QLineEdit()
        self.field.setObjectName(name)
        self.field.setAccessibleName(label)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.textChanged.connect(lambda _: self.edited.emit())
        self._show = IconButton(appearance, "eye", tr("Show what is typed"), self._toggle, f"{name}_show")
        self._state = quiet(tr("Looking…"), wrap=True)
        self._state.setObjectName(f"{name}_state")
        line = QHBoxLayout()
        line.addWidget(self.field, 1)
        line.addWidget(self._show)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(2)
        inside.addLayout(line)
        inside.addWidget(self._state)
        self.setFocusProxy(self.field)
        begin(model, self, self.look())

    @property
    def typed(self) -> str:
        """What was typed and is not kept yet."""
        return self.field.text().strip()

    def tell_where(self, on: bool) -> None:
        """Say where the secret is kept, or leave that to the page."""
        self._state.setVisible(on)

    async def look(self) -> None:
        """Ask where the secret is, and say it."""
        try:
            found = await self._model.credentials.get(self.name)
        except CredentialError as error:
            title, cause, next_step = error_text(error)
            if error.code in WITHOUT_KEYCHAIN:
                next_step = tr("Choose under Security where secrets are kept instead.")
            self._say(" ".join(filter(None, (f"{title}.", cause, next_step))), "attention")
            return
        self.known = found is not None
        self.edited.emit()
        if found is None:
            self.field.setPlaceholderText("")
            self._say(tr("Not set"), "")
            return
        self.field.setPlaceholderText(tr("Kept; type to replace it"))
        self.field.setEnabled(found.origin != "environment")
        self._say(_where(found.origin), "good")

    async def keep(self) -> None:
        """Keep what was typed, if anything was. Raises CogzyError."""
        if not self.typed:
            return
        await self._model.credentials.set(self.name, self.typed)
        self.field.clear()
        await self.look()

    def _toggle(self) -> None:
        hidden = self.field.echoMode() == QLineEdit.EchoMode.Password
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)

    def _say(self, text: str, how: str) -> None:
        self._state.setText(text)
        tone(self._state, how)


def _where(origin: str) -> str:
    return {
        "keychain": tr("Kept in the keychain"),
        "environment": tr("Set by the environment"),
        "file": tr("Kept in the encrypted file"),
        "aws-environment": tr("From the AWS variables of the environment"),
        "session": tr("Kept until Cogzy is quit"),
    }[origin]

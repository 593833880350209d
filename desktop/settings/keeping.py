"""Where secrets are kept when it is not the keychain: until Cogzy is quit, or in a file that a passphrase opens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.model import AppModel
from desktop.settings.passphrase import PassphraseDialog
from desktop.text import tr
from desktop.window.parts import begin, button, quiet, row


class KeepingWays(QWidget):
    """Both ways, as buttons that are called `<name>_session` and `<name>_file`, after `words`.

    `kept` says what was done, and what follows from it; `failed` carries a CogzyError.
    """

    kept = Signal(str, str)
    failed = Signal(object)

    def __init__(self, model: AppModel, name: str, words: str = "") -> None:
        super().__init__()
        self._model = model
        ways = row(
            *([quiet(words)] if words else ()),
            button(tr("Only until Cogzy is quit"), self._session_only, f"{name}_session"),
            button(tr("In an encrypted file…"), self._ask_file, f"{name}_file"),
            None,
        )
        ways.setContentsMargins(0, 0, 0, 0)
        self.setLayout(ways)

    def _session_only(self) -> None:
        self._model.credentials.use_session_only()
        self.kept.emit(tr("Secrets are kept until Cogzy is quit"), tr("They are asked for again after that."))

    def _ask_file(self) -> None:
        dialog = PassphraseDialog(
            tr("Keep secrets in an encrypted file"),
            tr(
                "The passphrase is asked for at each start. Without it the secrets are lost, and must be entered again."
            ),
            self,
        )
        dialog.entered.connect(lambda text: begin(self._model, self, self._use_file(text), self.failed.emit))
        dialog.open()

    async def _use_file(self, passphrase: str) -> None:
        await self._model.credentials.use_file(passphrase)
        self.kept.emit(tr("Secrets are kept in the encrypted file"), tr("Your passphrase opens it."))

"""Encryption, the recovery key, and where secrets are kept."""

from __future__ import annotations

from core.errors import CogzyError
from core.sync.events import Encrypt
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.draft import Draft
from desktop.settings.form import Form
from desktop.settings.keeping import KeepingWays
from desktop.settings.passphrase import PassphraseDialog, RecoveryKeyDialog
from desktop.text import tr
from desktop.window.message_bar import MessageBar
from desktop.window.parts import begin, button, plain, row, tone


class SecurityPage(Form):
    """What the provider of the bucket can read, and where the keys to it lie."""

    def __init__(self, model: AppModel, appearance: Appearance, draft: Draft) -> None:
        super().__init__(tr("Security"), draft)
        self._model = model
        self._appearance = appearance
        self._state = plain()
        self._state.setObjectName("encryption_state")
        self.rows.addRow(self._state)
        self._encrypt = button(tr("Encrypt from now on…"), lambda: self._ask("new"), "encrypt_new")
        self._change = button(tr("Change the passphrase…"), lambda: self._ask("change"), "encrypt_change")
        self._recovery = button(tr("New recovery key…"), self._new_recovery_key, "new_recovery_key")
        self.body.addLayout(row(self._encrypt, self._change, self._recovery, None))
        self.message_bar = MessageBar(appearance)
        self.body.addWidget(self.message_bar)
        self.section(tr("Where secrets are kept"))
        self.note(
            tr("In the keychain of this computer. Never in the settings, the log or the cloud.")
            + " "
            + tr("Without a keychain they can be kept until Cogzy is quit, or in a file encrypted with a passphrase.")
        )
        ways = KeepingWays(model, "secrets")
        ways.kept.connect(self.message_bar.say)
        ways.failed.connect(self._problem)
        self.body.addWidget(ways)
        model.settings_changed.connect(self._show)
        self._show()
        self.finish()

    def _show(self) -> None:
        encrypted = self._model.settings.settings.encrypted
        self._state.setText(
            tr("Your cloud copy is encrypted: its provider cannot read it.")
            if encrypted
            else tr("Your cloud copy is not encrypted: whoever can read the bucket can read your memory.")
        )
        tone(self._state, "good" if encrypted else "attention")
        self._encrypt.setVisible(not encrypted)
        self._change.setVisible(encrypted)
        self._recovery.setVisible(encrypted)

    def _ask(self, action: str) -> None:
        dialog = PassphraseDialog(
            tr("Encrypt the cloud copy") if action == "new" else tr("Change the passphrase"),
            tr("A new copy is begun; the one in clear stays in the bucket until you delete it.")
            if action == "new"
            else tr("The old passphrase opens nothing any more."),
            self,
        )
        dialog.entered.connect(lambda text: begin(self._model, self, self._encrypt_with(action, text), self._problem))
        dialog.open()

    async def _encrypt_with(self, action: str, passphrase: str) -> None:
        credentials = self._model.credentials
        before = await credentials.get("passphrase")
        await credentials.set("passphrase", passphrase)
        try:
            done = await self._model.run(Encrypt("new" if action == "new" else "change"))
        except CogzyError:
            if before is None:
                await credentials.delete("passphrase")
            else:
                await credentials.set("passphrase", before.value)
            raise
        self._model.reload_settings()
        self._show_recovery_key(done)

    def _new_recovery_key(self) -> None:
        begin(self._model, self, self._make_recovery_key(), self._problem)

    async def _make_recovery_key(self) -> None:
        self._show_recovery_key(await self._model.run(Encrypt("recovery-key")))

    def _show_recovery_key(self, done: object) -> None:
        key = str(done.get("recovery_key") or "") if isinstance(done, dict) else ""
        if key:
            RecoveryKeyDialog(key, self).open()

    def _problem(self, error: CogzyError) -> None:
        self.message_bar.show_error(error)

"""Encryption, the recovery key, and where secrets are kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.sync.events import Encrypt
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings.draft import Draft
from desktop.settings.form import Form
from desktop.text import tr
from desktop.window.message_bar import MessageBar
from desktop.window.parts import MARGIN, begin, button, heading, plain, quiet, row, tone

SHORTEST = 8
WIDTH = 420


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
        session = button(tr("Only until Cogzy is quit"), self._session_only, "secrets_session")
        in_file = button(tr("In an encrypted file…"), self._ask_file, "secrets_file")
        self.body.addLayout(row(session, in_file, None))
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

    def _session_only(self) -> None:
        self._model.credentials.use_session_only()
        self.message_bar.say(tr("Secrets are kept until Cogzy is quit"), tr("They are asked for again after that."))

    def _ask_file(self) -> None:
        dialog = PassphraseDialog(
            tr("Keep secrets in an encrypted file"),
            tr(
                "The passphrase is asked for at each start. Without it the secrets are lost, and must be entered again."
            ),
            self,
        )
        dialog.entered.connect(lambda text: begin(self._model, self, self._use_file(text), self._problem))
        dialog.open()

    async def _use_file(self, passphrase: str) -> None:
        await self._model.credentials.use_file(passphrase)
        self.message_bar.say(tr("Secrets are kept in the encrypted file"))

    def _problem(self, error: CogzyError) -> None:
        self.message_bar.show_error(error)


class PassphraseDialog(QDialog):
    """Asks for a new passphrase, twice. `entered` carries it."""

    entered = Signal(str)

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._first, self._again = QLineEdit(), QLineEdit()
        self._problem = quiet(wrap=True)
        tone(self._problem, "error")
        self._ok = QPushButton(tr("OK"))
        self._ok.setObjectName("passphrase_ok")
        self._ok.clicked.connect(self._enter)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(12)
        inside.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        inside.addWidget(_wide(heading(title, 2, wrap=True)))
        inside.addWidget(quiet(text, wrap=True))
        for field, label, name in (
            (self._first, tr("Passphrase"), "passphrase_first"),
            (self._again, tr("The same again"), "passphrase_again"),
        ):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setObjectName(name)
            field.setAccessibleName(label)
            field.setPlaceholderText(label)
            field.textChanged.connect(lambda _: self._check())
            inside.addWidget(field)
        inside.addWidget(self._problem)
        inside.addLayout(row(None, self._ok, button(tr("Cancel"), self.reject, "passphrase_cancel")))
        self._check()

    def _check(self) -> None:
        first, again = self._first.text(), self._again.text()
        problem = ""
        if first and len(first) < SHORTEST:
            problem = tr("Use at least {count} characters.", count=SHORTEST)
        elif again and first != again:
            problem = tr("The two are not the same.")
        self._problem.setText(problem)
        self._ok.setEnabled(len(first) >= SHORTEST and first == again)

    def _enter(self) -> None:
        self.entered.emit(self._first.text())
        self.accept()


class RecoveryKeyDialog(QDialog):
    """Shows a recovery key, once."""

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Recovery key"))
        shown = plain(key)
        shown.setObjectName("recovery_key")
        font = shown.font()
        font.setFamily("monospace")
        shown.setFont(font)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(12)
        inside.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        inside.addWidget(_wide(heading(tr("Your recovery key"), 2, wrap=True)))
        inside.addWidget(
            quiet(
                tr("Print it or write it down. It opens your memory when the passphrase is lost, and is shown once."),
                wrap=True,
            )
        )
        inside.addWidget(shown)
        copy = button(tr("Copy"), lambda: QGuiApplication.clipboard().setText(key), "recovery_copy")
        inside.addLayout(row(copy, None, button(tr("I have it"), self.accept, "recovery_done", primary=True)))


def _wide(label: QLabel) -> QLabel:
    """A title as wide as its dialog, which is as high as its texts need."""
    label.setMinimumWidth(WIDTH)
    return label

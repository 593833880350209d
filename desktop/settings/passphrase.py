"""The dialogs of secrets that a person has to know: a new passphrase, and the recovery key, once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.text import tr
from desktop.window.parts import MARGIN, button, heading, plain, quiet, row, tone

SHORTEST = 8
WIDTH = 420


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

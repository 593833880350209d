"""The dialogs of secrets that a person has to know: a new passphrase, and the recovery key, once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.text import tr
from desktop.window.parts import MARGIN, button, heading, plain, quiet, row, tone

SHORTEST = 8
WIDTH = 420


class TypedTwice(QWidget):
    """A new passphrase, typed twice, and what is wrong with it. `changed` when something was typed."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        """`name` begins the names of the parts."""
        super().__init__()
        self.first, self.again = QLineEdit(), QLineEdit()
        self._problem = quiet(wrap=True)
        self._problem.setObjectName(f"{name}_problem")
        tone(self._problem, "error")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        for field, label, part in (
            (self.first, tr("Passphrase"), "first"),
            (self.again, tr("The same again"), "again"),
        ):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setObjectName(f"{name}_{part}")
            field.setAccessibleName(label)
            field.setPlaceholderText(label)
            field.textChanged.connect(lambda _: self._typed())
            inside.addWidget(field)
        inside.addWidget(self._problem)
        self.setFocusProxy(self.first)
        self._typed()

    @property
    def text(self) -> str:
        """What was typed first."""
        return self.first.text()

    @property
    def is_good(self) -> bool:
        """Whether it is long enough, and the same twice."""
        return len(self.text) >= SHORTEST and self.text == self.again.text()

    def _typed(self) -> None:
        problem = ""
        if self.text and len(self.text) < SHORTEST:
            problem = tr("Use at least {count} characters.", count=SHORTEST)
        elif self.again.text() and not self.is_good:
            problem = tr("The two are not the same.")
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.changed.emit()


class PassphraseDialog(QDialog):
    """Asks for a new passphrase. `entered` carries it."""

    entered = Signal(str)

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._typed = TypedTwice("passphrase")
        self._ok = QPushButton(tr("OK"))
        self._ok.setObjectName("passphrase_ok")
        self._ok.clicked.connect(self._enter)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(12)
        inside.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        inside.addWidget(_wide(heading(title, 2, wrap=True)))
        inside.addWidget(quiet(text, wrap=True))
        inside.addWidget(self._typed)
        inside.addLayout(row(None, self._ok, button(tr("Cancel"), self.reject, "passphrase_cancel")))
        self._typed.changed.connect(self._check)
        self._check()

    def _check(self) -> None:
        self._ok.setEnabled(self._typed.is_good)

    def _enter(self) -> None:
        self.entered.emit(self._typed.text)
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

"""The recovery key, shown once: to copy, or to keep as a page to print."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QFileDialog

from core.files import write_atomically
from desktop.text import date_time, tr
from desktop.window.parts import Card, button, plain, quiet, row


class RecoveryCard(Card):
    """`had` is sent when the person says that the key is kept, or takes it back."""

    had = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Your recovery key"))
        self.body.addWidget(
            quiet(
                tr("Print it or write it down. It opens your memory when the passphrase is lost, and is shown once."),
                wrap=True,
            )
        )
        self._key = plain(wrap=False)
        self._key.setObjectName("recovery_key")
        self._key.setAccessibleName(tr("Your recovery key"))
        self._key.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.body.addWidget(self._key)
        self._have = QCheckBox(tr("I have it"))
        self._have.setObjectName("recovery_have")
        self._have.toggled.connect(lambda _: self.had.emit())
        copy = button(tr("Copy"), self._copy, "recovery_copy")
        page = button(tr("Keep as a page to print…"), self._choose, "recovery_print")
        self.body.addLayout(row(copy, page, None, self._have))

    @property
    def is_waiting(self) -> bool:
        """Whether a key is shown that the person has not confirmed to have."""
        return bool(self._key.text()) and not self._have.isChecked()

    def show_key(self, key: str) -> None:
        """Show it."""
        self._key.setText(key)
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._key.text())

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Keep the recovery key"), str(Path.home() / "cogzy-recovery-key.txt"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(self._write)
        dialog.open()

    def _write(self, path: str) -> None:
        text = (
            f"{tr('Recovery key of your Cogzy vault')}\n\n    {self._key.text()}\n\n"
            f"{tr('It opens the encrypted cloud copy when the passphrase is lost. Keep it where only you find it.')}\n"
            f"{date_time(time.time())}\n"
        )
        self._writing = asyncio.create_task(asyncio.to_thread(write_atomically, Path(path), text.encode()))

"""The file for a bug report: every part of it can be read before it is saved, and nobody sends it but the person."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import PySide6
from PySide6.QtCore import QLibraryInfo, QLocale, QSysInfo, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QListWidget,
    QPlainTextEdit,
    QSplitter,
    QSystemTrayIcon,
    QVBoxLayout,
    QWidget,
)

from core.diagnose import report_name, report_parts, save_report
from core.errors import CogzyError
from core.files import translated
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import tr
from desktop.window.message_bar import MessageBar
from desktop.window.parts import MARGIN, begin, button, heading, quiet, row

DESKTOP_VARIABLES = (
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_TYPE",
    "QT_QPA_PLATFORM",
    "QT_SCALE_FACTOR",
    "GDK_SCALE",
    "LANG",
)


class DiagnosticsDialog(QDialog):
    """The files at the left, the chosen one at the right, Save below."""

    def __init__(self, model: AppModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export diagnostics"))
        self.resize(820, 580)
        self.setMinimumSize(520, 400)
        self._model = model
        self._parts: dict[str, str] = {}
        self.message_bar = MessageBar(appearance)
        self.list = QListWidget()
        self.list.setObjectName("diagnostics_files")
        self.list.setAccessibleName(tr("Files of the report"))
        self.list.currentTextChanged.connect(self._show)
        self.text = QPlainTextEdit()
        self.text.setObjectName("diagnostics_text")
        self.text.setAccessibleName(tr("What stands in the file"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText(tr("Gathering…"))
        across = QSplitter()
        across.setHandleWidth(12)
        across.addWidget(self.list)
        across.addWidget(self.text)
        across.setSizes([190, 600])
        across.setStretchFactor(1, 1)
        self._save = button(tr("Save…"), self._choose, "diagnostics_save", primary=True)
        self._save.setEnabled(False)
        close = button(tr("Close"), self.reject, "diagnostics_close")
        self._save.setDefault(True)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(12)
        inside.addWidget(heading(tr("What is in the report"), 3))
        inside.addWidget(
            quiet(
                tr("Versions, settings, states and the log, without secrets and without memories.")
                + " "
                + tr("Read it, save it, and send it to whom you like: Cogzy sends it to nobody."),
                wrap=True,
            )
        )
        inside.addWidget(self.message_bar)
        inside.addWidget(across, 1)
        inside.addLayout(row(None, self._save, close))
        begin(model, self, self._gather(), self.message_bar.show_error)

    async def save(self, path: Path) -> None:
        """Write the report. Raises FileError."""
        await asyncio.to_thread(_save, self._parts, path)
        self.message_bar.say(
            tr("Saved"), str(path), "good", (tr("Show in its folder"), lambda: _open_folder(path.parent))
        )

    async def _gather(self) -> None:
        about = window_about(self._model)
        self._parts = await asyncio.to_thread(
            report_parts, self._model.vault, self._model.environ, {"window.json": about}
        )
        self.list.addItems(sorted(self._parts))
        self.list.setCurrentRow(0)
        self._save.setEnabled(True)

    def _show(self, name: str) -> None:
        self.text.setPlainText(self._parts.get(name, ""))

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Save the report"), str(Path.home() / report_name()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.fileSelected.connect(lambda path: begin(self._model, self, self.save(Path(path)), self._cannot))
        dialog.open()

    def _cannot(self, error: CogzyError) -> None:
        self.message_bar.show_error(error)


def window_about(model: AppModel) -> dict[str, Any]:
    """What a bug of the window may hang on: Qt, the screens, the tray, the desktop."""
    app = QGuiApplication.instance()
    style = app.style().name() if isinstance(app, QApplication) else ""
    screens = [
        {
            "size": f"{screen.size().width()}x{screen.size().height()}",
            "scale": screen.devicePixelRatio(),
            "dpi": round(screen.logicalDotsPerInch()),
        }
        for screen in QGuiApplication.screens()
    ]
    return {
        "qt": qVersion(),
        "pyside": PySide6.__version__,
        "qt_build": QLibraryInfo.build(),
        "platform": QGuiApplication.platformName(),
        "system": QSysInfo.prettyProductName(),
        "machine": platform.machine(),
        "style": style,
        "screens": screens,
        "colour_scheme": QGuiApplication.styleHints().colorScheme().name,
        "language": QLocale.system().name(),
        "tray": {"available": QSystemTrayIcon.isSystemTrayAvailable(), "kind": _tray_kind(model.environ)},
        "environment": {name: model.environ[name] for name in DESKTOP_VARIABLES if name in model.environ},
        "surroundings": {
            "online": model.surroundings.online,
            "metered": model.surroundings.metered,
            "on_battery": model.surroundings.on_battery,
        },
        "state": model.view.state,
    }


def _tray_kind(environ: Mapping[str, str]) -> str:
    """How the tray is spoken to, as far as that can be told from here."""
    name = QGuiApplication.platformName()
    if name in ("windows", "cocoa"):
        return name
    return "StatusNotifier or XEmbed" if environ.get("DBUS_SESSION_BUS_ADDRESS") else "XEmbed"


def _save(parts: Mapping[str, str], path: Path) -> None:
    with translated(path):
        path.unlink(missing_ok=True)  # the file dialog asked whether it may be replaced
    save_report(parts, path)


def _open_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(folder)))

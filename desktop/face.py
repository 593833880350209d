"""All that can be seen: the tray, the window once it was opened, and the dialogs, one of a kind at a time.

Without a tray the window is the only way to the app: it opens by itself and says so, and closing it asks once whether
the app goes on without being seen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDialog, QMessageBox

from desktop.crash import watch_for_crashes
from desktop.first_run import offer
from desktop.local_hub import LocalHub
from desktop.local_rest import LocalRest
from desktop.model import AppModel
from desktop.notifications import Notifier, Telling
from desktop.palette import Appearance
from desktop.text import tr
from desktop.tray import Tray

if TYPE_CHECKING:
    from desktop.window import StatusWindow

log = logging.getLogger("desktop.face")

DIALOGS: Mapping[str, tuple[str, str]] = {
    "settings": ("desktop.settings", "SettingsDialog"),
    "first_run": ("desktop.first_run.dialog", "FirstRunDialog"),
    "import": ("desktop.window.importing", "ImportDialog"),
    "preview": ("desktop.preview", "PreviewDialog"),
    "about": ("desktop.about", "AboutDialog"),
    "guide": ("desktop.guide", "GuideDialog"),
    "diagnostics": ("desktop.diagnostics", "DiagnosticsDialog"),
    "crash": ("desktop.crash", "CrashDialog"),
}
"""Pages that are dialogs of their own: a module, and in it a QDialog made of (model, appearance, parent).

One with a method `focus` gets what was asked for.
"""
TRAY_COMES_MS = 3000
"""How long a tray may take to be found before the window says that there is none."""
TRAY_COMES_AT_LOGIN_MS = 10_000
"""The same at a start without a window: at login the panel may come after the app."""

NO_TRAY = "no_tray"


class Face(QObject):
    """What a person sees of the model."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__(model)
        self._model = model
        self._appearance = appearance
        self._dialogs: dict[str, QDialog] = {}
        self._alive: set[QDialog] = set()
        """Dialogs that Qt has not deleted yet: Python would delete one inside the signal by which it says its end."""
        self._unseen: Telling | None = None
        self._may_hide = False
        self.window: StatusWindow | None = None
        self.tray = Tray(model, appearance)
        self.notifier = Notifier(model, self.tray, self._say)
        self._waiting_for_tray = QTimer(self, singleShot=True)
        self._waiting_for_tray.timeout.connect(self._no_tray_came)
        model.opened.connect(self._open)
        model.quit_asked.connect(self._quit_asked)
        model.settings_changed.connect(lambda: appearance.use(model.settings.settings.window.appearance))
        self.tray.available.connect(self._tray_changed)

    def start(self, page: str, *, hidden: bool) -> None:
        """Open the window at `page`, or stay in the tray; where there is none the window opens after a while."""
        if not hidden:
            self._model.open(page or "status")
            if not page:
                self._model.start(offer(self._model))
        watch_for_crashes(self._model)
        for server in (LocalHub, LocalRest):
            server.of(self._model).follow()
        if not self.tray.is_there:
            self._waiting_for_tray.start(TRAY_COMES_AT_LOGIN_MS if hidden else TRAY_COMES_MS)

    def close(self) -> None:
        """Take everything off the screen."""
        for dialog in list(self._dialogs.values()):
            dialog.close()
        self._waiting_for_tray.stop()
        if self.window is not None:
            self.window.hide()
            self.window.deleteLater()
            self.window = None
        self.tray.close()

    # ------------------------------------------------------------------ opening

    def _open(self, page: str, focus: Mapping[str, Any]) -> None:
        if page in DIALOGS:
            self._open_dialog(page, focus)
            return
        window = self._made_window()
        window.open(page, **focus)
        window.raise_up()
        if self._unseen is not None:
            self._say(self._unseen)

    def _open_dialog(self, name: str, focus: Mapping[str, Any]) -> None:
        dialog = self._dialogs.get(name)
        if dialog is None:
            module, kind = DIALOGS[name]
            parent = self.window if self.window is not None and self.window.isVisible() else None
            dialog = getattr(import_module(module), kind)(self._model, self._appearance, parent)
            self._show_dialog(name, dialog)
        if focus or hasattr(dialog, "focus"):
            cast(Any, dialog).focus(**focus)
        dialog.raise_()
        dialog.activateWindow()

    def _show_dialog(self, name: str, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialogs[name] = dialog
        self._alive.add(dialog)
        dialog.finished.connect(lambda _: self._dialogs.pop(name, None))
        dialog.destroyed.connect(lambda: self._alive.discard(dialog))
        dialog.open()

    def _made_window(self) -> StatusWindow:
        if self.window is None:
            from desktop.window import StatusWindow

            self.window = StatusWindow(self._model, self._appearance)
            self.window.closing.connect(self._closing)
        return self.window

    def _say(self, telling: Telling) -> None:
        """Tell it in the window: at once when it is open, else as soon as it is."""
        if self.window is None or not self.window.isVisible():
            self._unseen = telling
            return
        self._unseen = None
        tone = "error" if telling.severity == "error" else "attention"
        self.window.message_bar.say(telling.title, telling.text, "good" if telling.severity == "info" else tone)  # type: ignore[arg-type]  # a tone it is

    # ------------------------------------------------------------------ without a tray

    def _tray_changed(self, there: bool) -> None:
        if not there:
            return
        self._waiting_for_tray.stop()
        if self._unseen is not None and self._unseen.about == NO_TRAY:
            self._unseen = None
        if self.window is not None:
            self.window.message_bar.take_back(_no_tray().title)

    def _no_tray_came(self) -> None:
        if self.tray.is_there:
            return
        if self.window is None or not self.window.isVisible():
            self._model.open("status")
        self._say(_no_tray())

    def _closing(self) -> None:
        if self.tray.is_there or self._may_hide:
            self._hide()
            return
        self._ask(
            "hide",
            tr("Keep Cogzy running?"),
            tr("This desktop has no tray, so nothing will be seen of it. Start Cogzy again to open its window."),
            [
                (tr("Keep running"), QMessageBox.ButtonRole.AcceptRole, self._keep_running),
                (tr("Quit"), QMessageBox.ButtonRole.DestructiveRole, self._model.end),
                (tr("Cancel"), QMessageBox.ButtonRole.RejectRole, None),
            ],
        )

    def _keep_running(self) -> None:
        self._may_hide = True
        self._hide()

    def _hide(self) -> None:
        if self.window is not None:
            self.window.hide()

    # ------------------------------------------------------------------ quitting

    def _quit_asked(self) -> None:
        own = self._model.ownership.own
        if own is None or own.busy_with not in ("syncing", "resetting"):
            self._model.end()
            return
        self._ask(
            "quit",
            tr("A sync is running"),
            tr("What was sent stays sent, and the next sync goes on from there."),
            [
                (tr("Finish, then quit"), QMessageBox.ButtonRole.AcceptRole, self._quit_when_done),
                (tr("Stop now and quit"), QMessageBox.ButtonRole.DestructiveRole, self._model.end),
                (tr("Cancel"), QMessageBox.ButtonRole.RejectRole, None),
            ],
        )

    def _quit_when_done(self) -> None:
        log.info("the app ends when the run is done")

        def look() -> None:
            own = self._model.ownership.own
            if own is None or own.busy_with is None:
                self._model.end()

        self._model.changed.connect(look)
        look()

    def _ask(
        self,
        name: str,
        title: str,
        text: str,
        answers: list[tuple[str, QMessageBox.ButtonRole, Callable[[], object] | None]],
    ) -> None:
        """A question that blocks nothing. The first answer is the default; one without an action does nothing."""
        if name in self._dialogs:
            self._dialogs[name].raise_()
            return
        visible = self.window is not None and self.window.isVisible()
        box = QMessageBox(self.window if visible else None)
        box.setObjectName(f"ask_{name}")
        box.setWindowTitle("Cogzy")
        box.setText(title)
        box.setInformativeText(text)
        for at, (label, role, does) in enumerate(answers):
            button = box.addButton(label, role)
            button.setObjectName(f"ask_{name}_{at}")
            if does is not None:
                button.clicked.connect(partial(QTimer.singleShot, 0, does))  # after the question is gone
            if at == 0:
                box.setDefaultButton(button)
            if role == QMessageBox.ButtonRole.RejectRole:
                box.setEscapeButton(button)
        self._show_dialog(name, box)


def _no_tray() -> Telling:
    text = tr("Cogzy keeps working while this window is closed. Start Cogzy again to see it.")
    return Telling(NO_TRAY, "warning", tr("This desktop has no tray for Cogzy's icon"), text)

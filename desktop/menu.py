"""What can always be asked of the app, as the menu of its tray icon and as that of its window.

The window shows sentence, action and pages by itself; all the rest stands in its menu, so that it is enough where there
is no tray.
"""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QMenu

from core.sync.events import Pause
from core.sync.pauses import pause_end
from desktop import autostart
from desktop.model import AppModel
from desktop.text import sentence, tr

PAUSES = ("30m", "2h", "tomorrow", "")


class AppMenu(QMenu):
    """What both menus are made of: parts that are added in order, and then `ready`."""

    def __init__(self, model: AppModel) -> None:
        super().__init__()
        self.model = model

    def add(self, text: str, does: object, name: str) -> QAction:
        """One line."""
        action = self.addAction(text)
        action.setObjectName(name)
        action.triggered.connect(does)
        return action

    def add_pausing(self) -> None:
        """Pause for a time, or resume."""
        self.pause = self.addMenu(tr("Pause"))
        labels = (tr("30 minutes"), tr("2 hours"), tr("Until tomorrow"), tr("Until I resume"))
        for label, span in zip(labels, PAUSES, strict=True):
            action = self.pause.addAction(label)
            action.triggered.connect(lambda _=False, span=span: self._pause_for(span))
        self._resume = self.add(tr("Resume"), lambda: self.model.act("resume"), "resume")

    def add_settings(self) -> None:
        """The settings."""
        self.add(tr("Settings…"), lambda: self.model.open("settings"), "settings")

    def add_rest(self) -> None:
        """Folder, start at login, help, end."""
        self.addSeparator()
        self.add(tr("Open vault folder"), self._open_vault, "open_vault")
        self._at_login = self.add(tr("Start at login"), self._start_at_login, "start_at_login")
        self._at_login.setCheckable(True)
        help_menu = self.addMenu(tr("Help"))
        for label, page in (
            (tr("User guide"), "guide"),
            (tr("Export diagnostics…"), "diagnostics"),
            (tr("About"), "about"),
        ):
            help_menu.addAction(label).triggered.connect(lambda _=False, page=page: self.model.open(page))
        self.addSeparator()
        self.add(tr("Quit"), self.model.quit, "quit")

    def ready(self) -> None:
        """All is added: follow the model."""
        self.aboutToShow.connect(self._opened)
        self.model.changed.connect(self.show_state)
        self.show_state()

    def show_state(self) -> None:
        """Offer what fits the state."""
        state = self.model.view.state
        self.pause.menuAction().setVisible(state not in ("paused", "setup_needed"))
        self._resume.setVisible(state == "paused")

    def _opened(self) -> None:
        self.show_state()
        self._at_login.setChecked(autostart.is_on(self.model.environ))

    def _pause_for(self, span: str) -> None:
        self.model.start(self.model.run(Pause(pause_end(span, time.time()))))

    def _open_vault(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.model.vault)))

    def _start_at_login(self, on: bool) -> None:
        self.model.start(asyncio.to_thread(autostart.switch, on, self.model.environ))


class WindowMenu(AppMenu):
    """The menu of the window."""

    def __init__(self, model: AppModel) -> None:
        super().__init__(model)
        self.add_pausing()
        self.add_settings()
        self.add(tr("Import…"), lambda: model.open("import"), "import")
        self.add_rest()
        self.ready()


class TrayMenu(AppMenu):
    """The menu of the tray: the sentence, the sync and the pages, too."""

    def __init__(self, model: AppModel) -> None:
        super().__init__(model)
        self._sentence = self.add("", lambda: model.open("status"), "sentence")
        self.addSeparator()
        self._sync = self.add(tr("Sync now"), lambda: model.act("sync"), "sync")
        self._cancel = self.add(tr("Cancel"), lambda: model.act("cancel"), "cancel")
        self.add_pausing()
        self.add(tr("Search memories…"), lambda: model.open("search"), "search")
        self.add(tr("Status"), lambda: model.open("status"), "status")
        self.add_settings()
        self.add_rest()
        self.ready()

    def show_state(self) -> None:
        """See AppMenu."""
        super().show_state()
        view = self.model.view
        self._sentence.setText(sentence(view.sentence))
        running = view.state in ("syncing", "resetting", "checking")
        self._sync.setVisible(not running)
        self._sync.setEnabled(view.state != "setup_needed")
        self._cancel.setVisible(running and view.action == "cancel")

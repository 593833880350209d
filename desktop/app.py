"""The running app: puts the parts together, and takes them down in order.

Stages of the end: no new work is taken, what runs is cancelled (what was sent stays sent), the worker ends, the socket
and the lock go, the app's servers are gone, the loop ends. Every stage has a limit; nothing is left behind.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping

import qasync
from PySide6.QtCore import QEvent, QLocale, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from core import logs
from core.sync.schedule import Schedule
from core.vault.locks import Owner
from desktop import icons, text
from desktop.collecting import collecting_here
from desktop.face import Face
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.serving import all_of
from desktop.start import Words, raised
from desktop.text import tr
from desktop.unexpected import caught, lasting

log = logging.getLogger("desktop.app")

SESSION_END_SECONDS = 1.5
"""What the worker gets when the session ends: the whole app must be gone in three seconds."""
RAISE_TRIES = 2


class Application(QApplication):
    """Qt's application object, with this app's names."""

    quit_asked = Signal()
    """The system asks the app to quit (macOS: the dock's menu). Qt alone would close the windows, and be refused."""

    def event(self, event: QEvent) -> bool:  # Qt's name
        """See QObject."""
        if event.type() == QEvent.Type.Quit:
            self.quit_asked.emit()
            return True
        return super().event(event)


def application() -> Application:
    """The one application object."""
    os.environ.setdefault("QT_QPA_PLATFORMTHEME", "generic")  # a desktop's own theme loads up to 70 MB and no dark mode
    app = Application(sys.argv[:1])
    app.setApplicationName("Cogzy")
    app.setDesktopFileName("cogzy")
    app.setQuitOnLastWindowClosed(False)
    app.setWindowIcon(icons.app_icon())
    return app


def run(words: Words, environ: Mapping[str, str]) -> int:
    """Run the app until it is quit. Returns the exit code."""
    logs.configure(words.vault, environ)
    app = application()
    loop = qasync.QEventLoop(app)  # kept: Qt complains when the loop goes before its application
    life = App(app, words, environ)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        try:
            return runner.run(life.live())
        except RuntimeError:
            if not life.ending:
                raise
            return 0  # Qt stopped the loop by itself: the runner ends what is left


class App:
    """One life of the app."""

    def __init__(self, app: Application, words: Words, environ: Mapping[str, str]) -> None:
        self._app = app
        self._words = words
        self._environ = environ
        self._quitting = asyncio.Event()
        self.model = AppModel(words.vault, environ)
        text.use_language(app, self.model.settings.settings.window.language or QLocale.system().name()[:2])

    @property
    def ending(self) -> bool:
        """Whether the end has begun."""
        return self._quitting.is_set()

    async def live(self) -> int:
        """From the vault's lock to the last stage of the end. Returns the exit code."""
        model = self.model
        with caught(asyncio.get_running_loop(), model.crashed.emit), collecting_here():
            self._listen_for_the_end()
            async with model.ownership.hold():
                other = model.ownership.other
                if other is not None and other.kind == "app":
                    return await self._leave_to(other)
                await self._show()
            await asyncio.gather(*(server.ended() for server in all_of(model)))
        log.info("ended")
        return 0

    async def _show(self) -> None:
        model = self.model
        face = Face(model, Appearance(self._app, model.settings.settings.window.appearance))
        face.start(self._words.page, hidden=self._words.hidden)
        log.info("started")
        schedule = Schedule(model.look, lambda: model.settings.settings.schedule, model.happened.emit, model.held)
        model.surroundings.sleeping.connect(schedule.settle)  # timers may wake up before the word that it is over
        model.surroundings.woke.connect(schedule.settle)
        works = (model.follow, schedule.forever, model.surroundings.run, face.notifier.run)
        tasks = [asyncio.create_task(lasting(work)) for work in works]
        try:
            await self._quitting.wait()
        finally:
            face.close()
            for server in all_of(model):
                server.leave()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _listen_for_the_end(self) -> None:
        self.model.quitting.connect(self._quitting.set)
        self.model.surroundings.ending.connect(self._end_with_the_session)
        self._app.commitDataRequest.connect(self._end_with_the_session)
        self._app.aboutToQuit.connect(self._end_with_the_session)
        self._app.quit_asked.connect(self.model.quit)
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self._end_with_the_session)

    def _end_with_the_session(self) -> None:
        self.model.ownership.seconds_to_end = SESSION_END_SECONDS
        self._quitting.set()

    async def _leave_to(self, other: Owner) -> int:
        """Another app owns this vault: it was starting at the same moment, or it does not answer."""
        for _ in range(RAISE_TRIES):
            if self._words.hidden or await raised(self._words.vault, self._words.page):
                return 0
            await asyncio.sleep(0.3)
        log.error("the app with pid %d owns the vault and does not answer", other.pid)
        Appearance(self._app, self.model.settings.settings.window.appearance)
        box = QMessageBox()
        box.setWindowTitle("Cogzy")
        box.setText(tr("Cogzy is running already, but does not answer"))
        box.setInformativeText(tr("End the process with number {pid}, then start Cogzy again.", pid=str(other.pid)))
        box.finished.connect(lambda _: self._quitting.set())
        box.open()
        await self._quitting.wait()
        return 5

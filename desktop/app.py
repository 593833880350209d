"""The running app: puts the parts together, and takes them down in order.

Stages of the end: no new work is taken, what runs is cancelled (the engine keeps what was sent), the worker ends, the
socket and the lock go, the loop ends. Every stage has a limit; nothing is left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping

import qasync
from PySide6.QtWidgets import QApplication

from core import logs
from core.sync.schedule import Schedule
from desktop.model import AppModel
from desktop.start import Words

log = logging.getLogger("desktop.app")


def run(words: Words, environ: Mapping[str, str]) -> int:
    """Run the app until it is quit. Returns the exit code."""
    logs.configure(words.vault, environ)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Cogzy")
    app.setDesktopFileName("cogzy")
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)  # kept: Qt complains when the loop goes before its application
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(_live(app, words, environ))


async def _live(app: QApplication, words: Words, environ: Mapping[str, str]) -> int:
    model = AppModel(words.vault, environ)
    quitting = asyncio.Event()
    model.quitting.connect(quitting.set)
    app.aboutToQuit.connect(quitting.set)  # the session ends
    async with model.ownership.hold():
        schedule = Schedule(model.run, lambda: model.settings.settings.schedule, model.happened.emit)
        tasks = [asyncio.create_task(work) for work in (model.follow(), schedule.forever())]
        await quitting.wait()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
    return 0

"""What every test of the window stands on: Qt without a screen, asyncio inside Qt, and nobody's real folders.

A Qt message or a log record at WARNING fails its test, unless the test is marked `expects_warning("regex", ...)`.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import inspect
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_QPA_PLATFORMTHEME"] = "generic"
os.environ["PYTEST_QT_API"] = "pyside6"

import PySide6.QtWidgets  # noqa: F401  # before qasync, which takes whichever Qt it finds first
import qasync

from tests.desktop.rig.home import Home

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from desktop.model import AppModel
    from desktop.palette import Appearance
    from tests.desktop.rig.desktop import Desktop
    from tests.desktop.rig.program import App
    from tests.desktop.rig.services import Buses
    from tests.desktop.stage import StageModel

TEST_SECONDS = 90.0
NOISE = (
    r"This plugin does not support (raise|propagateSizeHints|setting window masks|window activation)",
    r"No such signal QPlatformNativeInterface::systemTrayWindowChanged",
    r"^QWindowsWindow::|^Populating font family aliases took",
)
"""What Qt says offscreen of things that only a screen has."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expects_warning(*patterns): Qt messages or log records that belong to the test")
    config.addinivalue_line("markers", "real_worker: workers are processes, as in the app")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Coroutines that ask for `qloop` run on it: asyncio inside Qt, as in the app."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj) or "qloop" not in pyfuncitem.fixturenames:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    loop: qasync.QEventLoop = pyfuncitem.funcargs["qloop"]
    loop.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**arguments), TEST_SECONDS))
    return True


@pytest.fixture(autouse=True)
def _nothing_unexpected(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, qtlog: Any) -> Iterator[None]:
    """Fail a test in which Qt or a log complained of something that the test does not expect."""
    yield
    expected = [*NOISE]
    for marker in request.node.iter_markers("expects_warning"):
        expected += marker.args
    complaints = [
        f"Qt: {record.message}" for record in qtlog.records if record.log_type_name in ("WARNING", "CRITICAL", "FATAL")
    ]
    for phase in ("setup", "call"):
        complaints += [
            f"{record.name}: {record.getMessage()}"
            for record in caplog.get_records(phase)
            if record.levelno >= logging.WARNING
        ]
    unexpected = [said for said in complaints if not any(re.search(p, said.removeprefix("Qt: ")) for p in expected)]
    assert not unexpected


@pytest.fixture(autouse=True)
def _garbage_is_collected_here() -> Iterator[None]:
    """As in the app: a collection in another thread would delete objects of Qt there.

    What is collected is of this test and the one before, whose fixtures were still held: to look through everything
    that was ever imported takes longer than most tests.
    """
    from PySide6.QtCore import QCoreApplication, QEvent

    gc.disable()
    yield
    if QCoreApplication.instance() is not None:  # what a test left to be deleted must not work on in the next one
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(1)
    gc.enable()


@pytest.fixture(autouse=True)
def _own_faulthandler() -> Iterator[None]:
    """The trace of a native crash goes where pytest wants it again, not into a test's vault."""
    yield
    crash = sys.modules.get("desktop.crash")
    if crash is not None and crash._native:
        faulthandler.disable()
        while crash._native:
            crash._native.pop().close()
        faulthandler.enable(sys.__stderr__)


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The app's own application object: its names, its style."""
    from PySide6.QtWidgets import QApplication

    from desktop.app import application

    made = QApplication.instance() or application()
    assert isinstance(made, QApplication)
    return made


class TestLoop(qasync.QEventLoop):
    """asyncio inside Qt, which counts as running for as long as it is there.

    pytest-qt lets Qt work between the stages of a test; tasks that go on then must find their loop.
    """

    __test__ = False

    def run_forever(self) -> Any:
        try:
            return super().run_forever()
        finally:
            asyncio._set_running_loop(self)


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    """An event loop of asyncio inside Qt, for this test alone. Nothing that ran on it is left."""
    from PySide6.QtCore import QTimer

    loop = TestLoop(qapp)
    asyncio.set_event_loop(loop)
    asyncio._set_running_loop(loop)
    yield loop
    for window in qapp.topLevelWidgets():  # one that is not collected yet would start work in the next test
        for timer in window.findChildren(QTimer):
            timer.stop()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    asyncio._set_running_loop(None)
    asyncio.set_event_loop(None)


@pytest.fixture
def home(tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A person's home: some memory, a vault that was set up with a folder as its cloud, and this process in it."""
    made = Home(tmp_path / "laptop")
    for name, value in made.environ.items():
        if name not in ("PATH", "LANG"):
            monkeypatch.setenv(name, value)
    shutil.copytree(filled, made.folder, dirs_exist_ok=True)
    return made.set_up()


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home where Cogzy was never set up and no memory lies."""
    made = Home(tmp_path / "laptop")
    for name, value in made.environ.items():
        if name not in ("PATH", "LANG"):
            monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Appearance]:
    """The light colours; `appearance.use("dark")` for the others."""
    from desktop.palette import LIGHT, Appearance

    made = Appearance(qapp, "light")
    yield made
    if made.colours is not LIGHT:  # a style sheet is worked out anew for every widget that is left
        made.use("light")


@pytest.fixture
def still_model(home: Home, qapp: QApplication) -> Iterator[AppModel]:
    """A model of `home` whose engine does not run: `tell(still_model, status, progress)` says what it shows."""
    from desktop.model import AppModel

    made = AppModel(home.vault)
    yield made
    made.deleteLater()


@pytest.fixture
def workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers work in this process, unless the test is marked `real_worker`."""
    if request.node.get_closest_marker("real_worker") is None:
        from tests.desktop.rig.engine import EngineHere

        monkeypatch.setattr("desktop.engine.WorkerEngine", EngineHere)
        monkeypatch.setattr("desktop.trial.WorkerEngine", EngineHere)


@pytest.fixture
def model(home: Home, workers: None, qloop: qasync.QEventLoop) -> Iterator[AppModel]:
    """The running model of `home`: it owns the vault, its engine works, its first status is there."""
    from desktop.model import AppModel

    made = AppModel(home.vault)
    yield from running(made, qloop)


@pytest.fixture
def empty_model(empty_home: Home, workers: None, qloop: qasync.QEventLoop) -> Iterator[AppModel]:
    """The running model of a computer where nothing was set up."""
    from desktop.model import AppModel

    made = AppModel(empty_home.vault)
    yield from running(made, qloop)


def running(model: AppModel, loop: qasync.QEventLoop) -> Iterator[AppModel]:
    """`model`, owning its vault and hearing its engine, until the iterator is closed."""
    ready, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with model.ownership.hold():
            following = asyncio.create_task(model.follow())
            while not model.status:  # noqa: ASYNC110  # the model says "changed" to Qt alone
                await asyncio.sleep(0.005)
            ready.set()
            await over.wait()
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    life = loop.create_task(live())
    loop.run_until_complete(asyncio.wait_for(ready.wait(), 30))
    yield model
    over.set()
    loop.run_until_complete(asyncio.wait_for(life, 30))
    model.deleteLater()


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[StageModel]:
    """A model that shows what it is told and answers commands from a script (tests.desktop.stage)."""
    from PySide6.QtCore import QEvent

    from tests.desktop.stage import staged

    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    made = staged(tmp_path)
    yield made
    for window in qapp.topLevelWidgets():  # a style sheet is worked out anew for every widget that is left
        window.deleteLater()
    made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    """A desktop of its own with a tray, notifications and a machine; take away what a test wants missing."""
    from tests.desktop.rig.desktop import desktop

    folder = tmp_path / "screen"
    folder.mkdir()
    with desktop(folder) as made:
        made.notifications.appear()
        made.machine.appear()
        made.tray.appear()
        yield made


@pytest.fixture
def other_home(tmp_path: Path, filled: Path) -> Home:
    """A home for programs of their own: this process does not live in it."""
    made = Home(tmp_path / "laptop")
    shutil.copytree(filled, made.folder, dirs_exist_ok=True)
    return made.set_up()


@pytest.fixture
def start_app(other_home: Home, screen: Desktop) -> Iterator[Callable[..., App]]:
    """Start the app as a process in `other_home` on `screen`: words of its command line, environment as names."""
    from tests.desktop.rig.program import App

    started: list[App] = []

    def start(*words: str, **environ: str) -> App:
        started.append(App(other_home, screen.environ, *words, **environ))
        return started[-1]

    yield start
    for app in started:
        app.close()


@pytest.fixture
def buses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Buses]:
    """A session and a system bus for this process, without a screen; nobody is on them until a test says so."""
    from tests.desktop.rig.bus import message_bus
    from tests.desktop.rig.services import Buses

    with message_bus(tmp_path, "session") as session, message_bus(tmp_path, "system") as system:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system.address)
        made = Buses(session, system)
        yield made
        made.close()

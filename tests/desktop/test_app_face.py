"""The face in this process: what it asks, and what the answers do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from core.sync.events import Sync
from desktop.face import Face
from desktop.model import AppModel
from desktop.palette import Appearance
from tests.desktop.rig.engine import no_worker_yet
from tests.desktop.rig.waiting import until


@pytest.fixture
def face(model: AppModel, appearance: Appearance) -> Iterator[Face]:
    made = Face(model, appearance)
    yield made
    made.close()


def answer(face: Face, question: str, number: int) -> None:
    box = face._dialogs[question]
    assert isinstance(box, QMessageBox)
    button = box.findChild(QPushButton, f"ask_{question}_{number}")
    assert button is not None
    del box  # as in the app, the face alone keeps it
    button.click()


async def test_quitting_while_nothing_runs_asks_nothing(model: AppModel, face: Face, qloop: object) -> None:
    ended: list[bool] = []
    model.quitting.connect(lambda: ended.append(True))
    model.quit()
    assert ended == [True]
    assert not face._dialogs


@pytest.mark.parametrize(("number", "at_once", "at_last"), [(0, False, True), (1, True, True), (2, False, False)])
async def test_quitting_while_a_sync_runs_asks_what_becomes_of_it(
    model: AppModel, face: Face, qloop: object, number: int, at_once: bool, at_last: bool
) -> None:
    ended: list[bool] = []
    model.quitting.connect(lambda: ended.append(True))
    with no_worker_yet(model):
        syncing = model.start(model.run(Sync()))
        await until(lambda: model.ownership.own is not None and model.ownership.own.busy_with == "syncing")
        model.quit()
        model.quit()
        assert list(face._dialogs) == ["quit"]
        answer(face, "quit", number)
        await until(lambda: not face._dialogs)
        if at_once:
            await until(lambda: ended)
        else:
            assert not ended
        assert not syncing.done()
    await syncing
    if at_last:
        await until(lambda: ended)
    else:
        await until(lambda: model.view.sentence.code == "idle")
        assert not ended


async def test_without_a_tray_closing_asks_once(model: AppModel, face: Face, qloop: object) -> None:
    face.start("status", hidden=False)
    assert face.window is not None
    face.window.close()
    assert face.window.isVisible()
    answer(face, "hide", 2)
    await until(lambda: not face._dialogs)
    assert face.window.isVisible()
    face.window.close()
    answer(face, "hide", 0)
    await until(lambda: not face.window.isVisible())
    model.open("status")
    assert face.window.isVisible()
    face.window.close()
    assert not face.window.isVisible()

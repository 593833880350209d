"""Reset from cloud: hard to press by mistake, whole at every moment, to be undone. With the real engine throughout."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from core.sync.events import Cancel, Command, Event, PreviewReset, Progress, Reset, Sync, UndoReset
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.window.reset import ResetDialog
from desktop.window.snapshots import SnapshotsPage
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import until
from tests.desktop.stage import StageModel, preview

pytestmark = pytest.mark.usefixtures("qloop")


CLOSED: list[int] = []
"""The result of the dialog, once it was closed: it is gone then."""


def find(page: QWidget, name: str) -> Any:
    found = page.findChild(QWidget, name)
    assert found is not None, name
    return found


async def asking(model: AppModel, appearance: Appearance, upload: str | None = None) -> ResetDialog:
    CLOSED.clear()
    dialog = ResetDialog(model, appearance, upload)
    dialog.finished.connect(CLOSED.append)
    dialog.open()
    await until(lambda: find(dialog, "reset_word").isVisible())
    return dialog


def nodes_of(home: Home) -> list[str]:
    return [str(node["id"]) for node in home.computer.service().read_nodes()]


def add_node(home: Home, name: str) -> None:
    service = home.computer.service()
    service.write_nodes([*service.read_nodes(), {"id": name, "human_content": f"said {name}"}])


# ---------------------------------------------------------------------- on a stage


async def test_both_sides_are_shown_and_what_is_only_here(stage: StageModel, appearance: Appearance) -> None:
    dialog = await asking(stage, appearance)
    assert find(dialog, "reset_here_nodes").text() == "1216"
    assert find(dialog, "reset_there_nodes").text() == "1204"
    assert "12 memories, 1 conversation" in find(dialog, "reset_only_here").text()
    assert "deploy keys" in find(dialog, "reset_only_here").text()
    dialog.close()


async def test_cancel_is_the_default_and_the_word_must_be_typed(stage: StageModel, appearance: Appearance) -> None:
    dialog = await asking(stage, appearance)
    go, word, cancel = (find(dialog, name) for name in ("reset_go", "reset_word", "reset_cancel"))
    assert cancel.isDefault()
    assert cancel.hasFocus() or dialog.focusWidget() is cancel
    assert not go.isEnabled()
    for wrong in ("reset", "RESE", "RESETT", "yes"):
        word.setText(wrong)
        assert not go.isEnabled()
    word.setText("RESET")
    assert go.isEnabled()
    QTest.keyClick(word, Qt.Key.Key_Return)
    assert CLOSED == [0]  # Return is Cancel
    assert not [one for one in stage.asked if isinstance(one, Reset)]


async def test_what_is_refused_needs_a_second_yes(stage: StageModel, appearance: Appearance) -> None:
    stage.answers[PreviewReset] = preview(refused=True)
    stage.answers[Reset] = {"kept": ".before-1"}
    dialog = await asking(stage, appearance)
    find(dialog, "reset_word").setText("RESET")
    assert not find(dialog, "reset_go").isEnabled()
    assert "older than what this computer had already sent" in find(dialog, "reset_refusal").text()
    find(dialog, "reset_override").setChecked(True)
    find(dialog, "reset_go").click()
    await until(lambda: any(isinstance(one, Reset) and one.override for one in stage.asked))
    await until(lambda: CLOSED)


async def test_it_is_cancelled_until_the_swap_and_not_during_it(stage: StageModel, appearance: Appearance) -> None:
    tell: list[Callable[[Event], None]] = []
    over = asyncio.Event()

    async def resetting(_: Command, on_event: Callable[[Event], None]) -> Any:
        tell.append(on_event)
        await over.wait()
        return {"kept": ".before-1"}

    stage.answers[Reset] = resetting
    dialog = await asking(stage, appearance)
    find(dialog, "reset_word").setText("RESET")
    find(dialog, "reset_go").click()
    await until(lambda: tell)
    cancel = find(dialog, "reset_cancel")
    tell[0](Progress("reading", 3, 8, 50, 100))
    assert find(dialog, "reset_bar").value() == 500
    assert cancel.isEnabled()
    dialog.reject()  # Escape, while it works, is Cancel
    await until(lambda: Cancel() in stage.asked)
    assert not CLOSED
    tell[0](Progress("committing"))
    assert not cancel.isEnabled()
    over.set()
    await until(lambda: CLOSED)


# ---------------------------------------------------------------------- with a real engine


async def test_the_whole_way_there_and_back(home: Home, model: AppModel, appearance: Appearance) -> None:
    await model.run(Sync())
    before = nodes_of(home)
    add_node(home, "only-here")
    page = SnapshotsPage(model, appearance)
    page.show()
    page.shown()
    dialog = await asking(model, appearance)
    dialog.done_with.connect(page._was_reset)
    assert "1 memory" in find(dialog, "reset_only_here").text()
    find(dialog, "reset_word").setText("RESET")
    find(dialog, "reset_go").click()
    await until(lambda: CLOSED)
    assert nodes_of(home) == before
    undo = find(page, "undo_reset")
    await until(undo.isVisible)
    assert "30 days" in find(page, "message_text").text()
    undo.click()
    await until(lambda: "only-here" in nodes_of(home))
    page.hidden()


async def test_what_is_only_here_can_be_uploaded_first(home: Home, model: AppModel, appearance: Appearance) -> None:
    await model.run(Sync())
    add_node(home, "only-here")
    dialog = await asking(model, appearance)
    find(dialog, "reset_upload_first").click()
    await until(lambda: find(dialog, "reset_only_here").isHidden() and find(dialog, "reset_word").isVisible())
    assert find(dialog, "reset_there_nodes").text() == find(dialog, "reset_here_nodes").text()
    dialog.close()


async def test_an_older_upload_is_refused_unless_told_twice(
    home: Home, model: AppModel, appearance: Appearance
) -> None:
    first = await model.run(Sync())
    before = nodes_of(home)
    add_node(home, "newer")
    await model.run(Sync())
    dialog = await asking(model, appearance, first["upload_id"])
    find(dialog, "reset_word").setText("RESET")
    assert find(dialog, "reset_refusal").isVisible()
    assert not find(dialog, "reset_go").isEnabled()
    find(dialog, "reset_override").setChecked(True)
    find(dialog, "reset_go").click()
    await until(lambda: CLOSED)
    assert nodes_of(home) == before


async def test_an_empty_cloud_is_refused_in_words(model: AppModel, appearance: Appearance) -> None:
    dialog = ResetDialog(model, appearance)
    dialog.open()
    await until(lambda: dialog.message_bar.isVisible())
    assert not find(dialog, "reset_go").isVisible()
    assert find(dialog, "reset_cancel").isEnabled()
    dialog.close()


@pytest.mark.real_worker
@pytest.mark.expects_warning("the worker .* ended with code")
async def test_a_worker_that_is_killed_in_the_middle_leaves_a_whole_vault(
    home: Home, model: AppModel, appearance: Appearance
) -> None:
    await model.run(Sync())
    cloud = nodes_of(home)
    add_node(home, "only-here")
    here = nodes_of(home)
    dialog = await asking(model, appearance)
    find(dialog, "reset_word").setText("RESET")
    pid = model.ownership.engine.worker_pid
    assert pid is not None
    find(dialog, "reset_go").click()
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    await until(lambda: CLOSED or dialog.message_bar.isVisible())
    assert nodes_of(home) in (here, cloud)
    if not CLOSED:
        assert find(dialog, "message_title").text()
        dialog.close()
    kept = list(home.vault.glob(".before-*"))
    await model.run(UndoReset() if kept else Sync())  # the next worker works

"""Imports in the window: dropped or chosen, one after the other, and what became of them in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from core.errors import CogzyError
from core.sync.events import Cancel, Event, Import, Progress, Sync
from desktop.importing import Importing
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.window.importing import ImportDialog
from desktop.window.shell import StatusWindow
from tests.desktop.rig.waiting import until
from tests.desktop.stage import StageModel, imported
from tests.importing.samples import gpt_plain, write_zip

pytestmark = pytest.mark.usefixtures("qloop")


def find(page: QWidget, name: str) -> Any:
    found = page.findChild(QWidget, name)
    assert found is not None, name
    return found


def drag(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


class Scripted:
    """An engine whose imports end when the test says so."""

    def __init__(self, stage: StageModel) -> None:
        self.over = asyncio.Event()
        self.tell: Callable[[Event], None] = lambda _: None
        self.end: Any = imported()
        stage.answers |= {Import: self._import, Cancel: self._cancel, Sync: {}}

    async def _import(self, command: Import, on_event: Callable[[Event], None]) -> Any:
        self.tell = on_event
        await self.over.wait()
        self.over.clear()
        return self.end

    async def _cancel(self, command: Cancel, on_event: object) -> bool:
        self.end = CogzyError("sync.cancelled")
        self.over.set()
        return True


async def test_what_is_dropped_on_the_window_is_imported(
    stage: StageModel, appearance: Appearance, tmp_path: Path
) -> None:
    window = StatusWindow(stage, appearance)
    window.show()
    asked: list[tuple[str, Any]] = []
    stage.opened.connect(lambda page, focus: asked.append((page, focus)))
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    paths = [tmp_path / "one.zip", tmp_path / "folder"]
    data = drag(*paths)
    enter = QDragEnterEvent(QPointF(9, 9).toPoint(), Qt.DropAction.CopyAction, data, buttons, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert find(window, "drop_hint").isVisible()
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys))
    assert find(window, "drop_hint").isHidden()
    assert asked == [("import", {"paths": paths})]
    link = QMimeData()
    link.setUrls([QUrl("https://example.com/export.zip")])
    other = QDragEnterEvent(QPointF(9, 9).toPoint(), Qt.DropAction.CopyAction, link, buttons, keys)
    other.ignore()
    window.dragEnterEvent(other)
    assert not other.isAccepted()


async def test_progress_and_report_are_shown_and_the_next_waits_its_turn(
    stage: StageModel, appearance: Appearance
) -> None:
    script = Scripted(stage)
    dialog = ImportDialog(stage, appearance)
    dialog.open()
    assert not find(dialog, "import_bar").isVisible()
    dialog.focus(paths=[Path("/home/ada/export.zip")])
    dialog.focus(paths=[Path("/home/ada/more.zip")])
    await until(lambda: any(isinstance(one, Import) for one in stage.asked))
    script.tell(Progress("reading", bytes_done=20_000_000, bytes_total=80_000_000))
    words = find(dialog, "import_now").text()
    assert "Reading export.zip: 20" in words
    assert "1 more import waits." in words
    assert find(dialog, "import_bar").value() == 250
    script.over.set()
    await until(lambda: "more.zip" in find(dialog, "import_now").text())
    script.over.set()
    await until(lambda: not Importing.of(stage).running)
    assert [one.paths for one in stage.asked if isinstance(one, Import)] == [
        ("/home/ada/export.zip",),
        ("/home/ada/more.zip",),
    ]
    assert find(dialog, "message_title").text() == "Imported"
    told = find(dialog, "message_text").text()
    assert "198 new conversations, 16 conversations that went on, 8804 new turns" in told
    assert "Private parts left out: 1." in told
    rows = [dialog.findings.rows.cells(at) for at in range(dialog.findings.rows.rowCount())]
    assert any("odd.json" in more for _, _, more in rows)
    assert any("hologram" in more and count == "7" for _, count, more in rows)
    assert any(isinstance(one, Sync) for one in stage.asked)
    dialog.close()


async def test_a_cancel_stops_it_and_what_waits_and_a_closed_dialog_stops_nothing(
    stage: StageModel, appearance: Appearance
) -> None:
    Scripted(stage)
    dialog = ImportDialog(stage, appearance)
    dialog.open()
    dialog.focus(paths=[Path("/home/ada/export.zip")])
    dialog.focus(paths=[Path("/home/ada/more.zip")])
    await until(lambda: any(isinstance(one, Import) for one in stage.asked))
    dialog.close()
    again = ImportDialog(stage, appearance)
    again.open()
    assert "export.zip" in find(again, "import_now").text()
    find(again, "import_cancel").click()
    await until(lambda: find(again, "message_title").text() == "The import was cancelled")
    assert len([one for one in stage.asked if isinstance(one, Import)]) == 1
    assert not find(again, "import_bar").isVisible()
    again.close()


async def test_an_import_waits_for_a_sync_to_end_and_can_be_cancelled_meanwhile(
    stage: StageModel, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy:
        busy_with: str | None = "syncing"

    Scripted(stage)
    monkeypatch.setattr(stage.ownership, "own", Busy())
    dialog = ImportDialog(stage, appearance)
    dialog.open()
    dialog.focus(paths=[Path("/home/ada/export.zip")])
    await until(lambda: "waits until" in find(dialog, "import_now").text())
    find(dialog, "import_cancel").click()
    stage.changed.emit()
    await until(lambda: not Importing.of(stage).running)
    assert not [one for one in stage.asked if isinstance(one, Import | Cancel)]
    dialog.close()


async def test_files_and_folders_are_chosen_without_blocking(stage: StageModel, appearance: Appearance) -> None:
    script = Scripted(stage)
    dialog = ImportDialog(stage, appearance)
    dialog.open()
    find(dialog, "import_files").click()
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None
    assert chooser.fileMode() == QFileDialog.FileMode.ExistingFiles
    chooser.filesSelected.emit(["/home/ada/export.zip"])
    await until(lambda: Importing.of(stage).begun)
    chooser.reject()
    script.over.set()
    await until(lambda: not Importing.of(stage).running)
    dialog.close()


@pytest.mark.expects_warning("no embedder")
async def test_a_real_export_goes_through_the_worker_and_a_broken_one_is_told_in_words(
    model: AppModel, appearance: Appearance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tmp_path / "no-model"))
    whole = write_zip(tmp_path / "export.zip", {"conversations.json": [gpt_plain("one")], "odd.json": {"a": 1}})
    broken = tmp_path / "broken.zip"
    broken.write_bytes(whole.read_bytes()[:200])
    dialog = ImportDialog(model, appearance)
    dialog.open()
    dialog.focus(paths=[whole])
    await until(lambda: find(dialog, "message_title").text() == "Imported", 30)
    assert "1 new conversation, 2 new turns" in find(dialog, "message_text").text()
    assert "odd.json" in dialog.findings.as_csv()
    dialog.focus(paths=[broken])
    await until(lambda: dialog.message_bar.shows_error, 30)
    assert find(dialog, "message_title").text() == "A zip is not whole"
    dialog.close()

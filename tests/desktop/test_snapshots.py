"""Snapshots and the files in one: listed, filtered, looked into, brought back, verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QMessageBox, QWidget

from core.sync.events import ListFiles, ListUploads, Restore, Sync, SyncFinished, Verify
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.window.files import FilesDialog, tree_of
from desktop.window.snapshots import SnapshotsPage
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import until
from tests.desktop.stage import UNREACHABLE, StageModel, files, uploads

pytestmark = pytest.mark.usefixtures("qloop")


def find(page: QWidget, name: str) -> Any:
    found = page.findChild(QWidget, name)
    assert found is not None, name
    return found


async def listed(model: AppModel, appearance: Appearance, count: int = 1) -> SnapshotsPage:
    page = SnapshotsPage(model, appearance)
    page.resize(900, 600)
    page.show()
    page.shown()
    await until(lambda: len(page.tree.shown) >= count)
    return page


async def test_uploads_are_narrowed_by_computer_day_vault_and_words(stage: StageModel, appearance: Appearance) -> None:
    page = await listed(stage, appearance)
    assert len(page.tree.shown) == 12
    find(page, "only_this_vault").setChecked(False)
    assert len(page.tree.shown) == 13
    system = find(page, "uploads_system")
    system.setCurrentIndex(system.findData("laptop-a-7f3c"))
    assert {up["system_id"] for up in page.tree.shown} == {"laptop-a-7f3c"}
    system.setCurrentIndex(0)
    days = find(page, "uploads_days")
    days.setCurrentIndex(days.findData(1))
    assert 1 <= len(page.tree.shown) <= 3
    days.setCurrentIndex(0)
    find(page, "uploads_filter").setText("old-pc encrypted")
    assert [up["system_id"] for up in page.tree.shown] == ["old-pc-11aa"]
    assert find(page, "uploads_count").text() == "1 of 13 uploads"
    page.hidden()


async def test_an_upload_that_cannot_be_read_says_why(stage: StageModel, appearance: Appearance) -> None:
    page = await listed(stage, appearance)
    find(page, "only_this_vault").setChecked(False)
    unreadable = next(up for up in page.tree.shown if not up["readable"])
    page.tree.select(str(unreadable["upload_id"]))
    assert "belongs to another vault" in find(page, "upload_chosen").text()
    assert not find(page, "browse_upload").isEnabled()
    assert not find(page, "restore_upload").isEnabled()
    page.hidden()


async def test_a_list_that_cannot_be_read_is_said_and_forgotten_when_it_can(
    stage: StageModel, appearance: Appearance
) -> None:
    stage.answers[ListUploads] = UNREACHABLE
    page = SnapshotsPage(stage, appearance)
    page.show()
    page.shown()
    await until(lambda: page.message_bar.isVisible())
    assert page.message_bar.shows_error
    stage.answers[ListUploads] = uploads()
    stage.happened.emit(SyncFinished({}))
    await until(lambda: len(page.tree.shown) == 12)
    assert not page.message_bar.isVisible()
    page.hidden()


async def test_verifying_tells_what_was_found(stage: StageModel, appearance: Appearance) -> None:
    page = await listed(stage, appearance)
    stage.answers[Verify] = {"uploads": 12, "bytes_read": 1_000_000, "damage": []}
    find(page, "verify_cloud").click()
    await until(lambda: find(page, "message_title").text() == "The cloud copy is whole")
    hurt = {"what": "packs/3f.pack", "error": UNREACHABLE.as_json()}
    stage.answers[Verify] = {"uploads": 12, "bytes_read": 1_000_000, "damage": [hurt]}
    find(page, "verify_cloud").click()
    await until(lambda: find(page, "message_title").text().startswith("1 part"))
    assert "packs/3f.pack" in find(page, "message_text").text()
    page.hidden()


# ---------------------------------------------------------------------- the files of one


async def browsing(model: AppModel, appearance: Appearance, upload: str = "u") -> FilesDialog:
    dialog = FilesDialog(model, appearance, upload)
    dialog.open()
    await until(lambda: dialog.tree.model().rowCount(QModelIndex()) > 0)
    return dialog


def select(dialog: FilesDialog, path: str) -> None:
    """Choose a file or folder, however deep."""
    model, index = dialog.tree.model(), QModelIndex()
    for name in path.split("/"):
        names = [model.index(at, 0, index).data() for at in range(model.rowCount(index))]
        index = model.index(names.index(name), 0, index)
    dialog.tree.setCurrentIndex(index)


async def test_files_are_a_tree_whose_folders_know_their_size(stage: StageModel) -> None:
    root = tree_of(files())
    assert [child.name for child in root.children] == ["vault", "sources"]
    assert root.size == sum(file["size"] for file in files())


async def test_ten_thousand_files_open_and_filter(stage: StageModel, appearance: Appearance) -> None:
    stage.answers[ListFiles] = {"files": files(10_000)}
    dialog = await browsing(stage, appearance)
    find(dialog, "files_filter").setText("0042.jsonl")
    model = dialog.tree.model()
    assert model.rowCount(QModelIndex()) == 1
    dialog.close()


async def test_escape_closes_the_files(stage: StageModel, appearance: Appearance) -> None:
    dialog = await browsing(stage, appearance)
    dialog.reject()
    assert not dialog.isVisible()


async def test_a_source_is_put_back_only_after_a_question(stage: StageModel, appearance: Appearance) -> None:
    to = "/home/anna/.claude/data/reflection.duckdb"
    stage.answers[Restore] = {"to": to, "files": 1, "bytes": 84_000_000, "already_there": 0, "kept": []}
    dialog = await browsing(stage, appearance)
    select(dialog, "sources/session-buddy-reflection")
    find(dialog, "restore_in_place").click()
    ask = find(dialog, "ask_in_place")
    assert isinstance(ask, QMessageBox)
    assert ask.defaultButton() is ask.button(QMessageBox.StandardButton.Cancel)
    assert not [one for one in stage.asked if isinstance(one, Restore)]
    next(b for b in ask.buttons() if ask.buttonRole(b) == QMessageBox.ButtonRole.AcceptRole).click()
    await until(lambda: Restore("u", in_place="session-buddy-reflection") in stage.asked)
    await until(lambda: find(dialog, "message_text").text() == "1 file, 84.0 MB, in /home/anna/.claude/data")
    dialog.close()


async def test_a_file_a_folder_and_everything_come_back_from_a_real_cloud(
    home: Home, model: AppModel, appearance: Appearance, tmp_path: Path
) -> None:
    await model.run(Sync())
    page = await listed(model, appearance)
    upload = str(page.tree.shown[0]["upload_id"])
    page.tree.select(upload)
    dialog = await browsing(model, appearance, upload)
    one, folder, everything = tmp_path / "one", tmp_path / "folder", tmp_path / "everything"
    dialog.restore("vault/corpus/nodes.json", one)
    await until(lambda: find(dialog, "message_title").text() == "Restored")
    nodes = (home.vault / "corpus" / "nodes.json").read_bytes()
    assert [path.read_bytes() for path in one.rglob("nodes.json")] == [nodes]
    dialog.restore("vault/corpus/nodes.json", one)
    await until(lambda: find(dialog, "message_title").text() == "Nothing to restore")
    assert find(dialog, "message_text").text() == "1 file was there already."
    dialog.restore("vault/corpus", folder)
    await until(lambda: list(folder.rglob("nodes.json")))
    await until(lambda: find(dialog, "message_title").text() == "Restored")
    dialog.close()
    page.restore(upload, everything)
    await until(lambda: find(page, "message_title").text() == "Restored")
    assert list(everything.rglob("reflection.duckdb"))
    page.hidden()

"""The preview of what goes up on a real engine: what is shown, what can be chosen, and that looking sends nothing."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget

from core.settings import load
from core.sync.events import Sync
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.preview import PreviewDialog
from desktop.preview.choices import pattern_of
from desktop.preview.files import NAME
from desktop.preview.secrets import kind_words
from desktop.settings import SettingsDialog
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import ended, until
from tests.sync.world import objects

AWS = "AKIAQWERTYUIOPASDF12"
GITHUB = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def planted(home: Home) -> Home:
    """A home with a secret in the vault and one in a transcript, which go up."""
    service = home.computer.service()
    nodes = service.read_nodes()
    service.write_nodes([{**nodes[0], "human_content": f"my key is {AWS}"}, *nodes[1:]])
    with (home.computer.transcripts / "one" / "session.jsonl").open("a") as file:
        file.write(json.dumps({"text": f"export GITHUB_TOKEN={GITHUB}"}) + "\n")
    return home.set_up({"sources.claude_code": True, "sources.session_buddy": False})


@pytest.fixture
def preview(planted: Home, model: AppModel, appearance: Appearance, qloop: Any) -> Iterator[PreviewDialog]:
    model.reload_settings()
    dialog = PreviewDialog(model, appearance)
    dialog.open()
    yield dialog
    with contextlib.suppress(RuntimeError):
        qloop.run_until_complete(ended(dialog.trial, model))
        dialog.deleteLater()


async def searched(preview: PreviewDialog) -> None:
    await until(lambda: preview.secrets._bar.isHidden() and preview.secrets.table.rows.rows)


def choose(preview: PreviewDialog, name: str) -> None:
    parts = preview.files.parts
    parts.setCurrentRow(next(at for at in range(parts.count()) if parts.item(at).data(NAME) == name))


def texts(widget: QWidget) -> str:
    """Everything that the widgets below one say."""
    said = []
    for one in widget.findChildren(QWidget):
        said += [str(getattr(one, name)()) for name in ("text", "toPlainText") if hasattr(one, name)]
    return "\n".join(said)


@pytest.mark.usefixtures("qloop")
async def test_files_and_their_first_lines_are_shown_and_nothing_is_sent(preview: PreviewDialog, planted: Home) -> None:
    await searched(preview)
    choose(preview, "claude-code")
    files = preview.files.files
    await until(lambda: len(files.rows.shown) == 2)
    files.selectRow(next(at for at, file in enumerate(files.rows.shown) if file["path"] == "two/session.jsonl"))
    await until(lambda: '"session": "two/session.jsonl"' in preview.files.text.toPlainText())
    assert objects(planted.cloud) == {}


@pytest.mark.usefixtures("qloop")
async def test_secrets_are_shown_masked_with_their_place(preview: PreviewDialog) -> None:
    await searched(preview)
    table = preview.secrets.table
    assert {kind_words(str(found["kind"])) for found in table.rows.rows} == {"AWS key", "GitHub token"}
    table.selectAll()
    shown = texts(preview.secrets) + "".join("".join(table.rows.cells(at)) for at in range(table.rows.rowCount()))
    assert "corpus/nodes.json · n0 · human_content" in shown
    assert "one/session.jsonl · 41" in shown
    for secret in (AWS, GITHUB):
        assert secret not in shown
        assert secret[6:] not in shown


@pytest.mark.real_worker
@pytest.mark.usefixtures("qloop")
async def test_a_project_is_left_out_from_then_on(preview: PreviewDialog, planted: Home, model: AppModel) -> None:
    await searched(preview)
    table = preview.secrets.table
    table.selectRow(next(at for at, found in enumerate(table.rows.shown) if found["kind"] == "github_token"))
    assert not preview.secrets._redact.isVisibleTo(preview.secrets)  # it stands in another program's file
    assert "never changed" in preview.secrets._why.text()
    preview.secrets._leave_folder.click()
    assert preview.draft.value("sources.exclude") == ["/one/"]
    await until(lambda: [found["kind"] for found in table.rows.rows] == ["aws_key"])
    assert "sources.exclude" not in load(planted.vault, planted.environ).written
    preview._save.click()
    await until(lambda: not preview.isVisible())
    assert list(load(planted.vault, planted.environ).settings.sources.exclude) == ["/one/"]
    await model.run(Sync())
    assert GITHUB.encode() not in b"".join(objects(planted.cloud).values())


@pytest.mark.usefixtures("qloop")
async def test_a_source_is_switched_off_and_an_exclusion_taken_back(preview: PreviewDialog) -> None:
    await searched(preview)
    parts = preview.files.parts
    choose(preview, "claude-code")
    parts.currentItem().setCheckState(Qt.CheckState.Unchecked)
    assert preview.draft.value("sources.claude_code") is False
    preview.files._pattern.setText("*/drafts/*")
    preview.files._leave_pattern_out()
    assert preview.draft.value("sources.exclude") == ["*/drafts/*"]
    preview.files.excluded.setCurrentRow(0)
    preview.files._take_back.click()
    assert preview.draft.value("sources.exclude") == []
    await until(lambda: len(preview.secrets.table.rows.rows) == 1)


@pytest.mark.usefixtures("qloop")
async def test_a_secret_is_sent_at_a_persons_word_and_the_word_taken_back(preview: PreviewDialog) -> None:
    await searched(preview)
    assert preview.secrets.undecided == 2
    preview.secrets.table.selectRow(0)
    preview.secrets._send.click()
    await until(lambda: preview.secrets.undecided == 1)
    assert "(1)" in preview._tabs.tabText(1)
    decided = next(at for at, one in enumerate(preview.secrets.table.rows.shown) if one["decision"])
    preview.secrets.table.clearSelection()
    preview.secrets.table.selectRow(decided)
    preview.secrets._undo.click()
    await until(lambda: preview.secrets.undecided == 2)


@pytest.mark.usefixtures("qloop")
async def test_a_secret_is_taken_out_of_the_vault_after_asking(preview: PreviewDialog, planted: Home) -> None:
    await searched(preview)
    table = preview.secrets.table
    transcript = (planted.computer.transcripts / "one" / "session.jsonl").read_bytes()
    table.selectRow(next(at for at, found in enumerate(table.rows.shown) if found["kind"] == "aws_key"))
    preview.secrets._redact.click()
    box = preview.secrets.findChild(QMessageBox)
    assert box is not None
    default = box.defaultButton()
    assert default is not None
    assert default is box.button(QMessageBox.StandardButton.Cancel)
    assert planted.computer.service().read_nodes()[0]["human_content"] == f"my key is {AWS}"
    go = box.findChild(QPushButton, "redact_go")
    assert go is not None
    go.click()
    await until(lambda: [found["kind"] for found in table.rows.rows] == ["github_token"])
    assert planted.computer.service().read_nodes()[0]["human_content"] == "my key is [aws_key removed]"
    assert (planted.computer.transcripts / "one" / "session.jsonl").read_bytes() == transcript


@pytest.mark.usefixtures("qloop")
async def test_a_preview_of_the_settings_puts_its_choices_there(
    planted: Home, model: AppModel, appearance: Appearance
) -> None:
    model.reload_settings()
    settings = SettingsDialog(model, appearance)
    settings.open()
    settings.sources._preview.click()
    preview = settings.findChild(PreviewDialog)
    assert preview is not None
    await searched(preview)
    preview.files._pattern.setText("drafts")
    preview.files._leave_pattern_out()
    preview._save.click()
    assert settings.draft.value("sources.exclude") == ["drafts"]
    assert "sources.exclude" not in load(planted.vault, planted.environ).written
    await ended(preview.trial, model)
    settings.reject()


@pytest.mark.parametrize(
    ("path", "folder", "pattern"),
    [
        ("one/session.jsonl", False, "/one/session.jsonl"),
        ("one/deep/session.jsonl", True, "/one/"),
        ("odd[1]*/session.jsonl", True, "/odd?1]?/"),
    ],
)
def test_what_is_left_out_by_a_click_is_that_alone(qapp: QApplication, path: str, folder: bool, pattern: str) -> None:
    from core.sources.exclusions import matcher

    made = pattern_of(path, folder=folder)
    assert made == pattern
    excluded = matcher([made])
    assert excluded(path.split("/")[0], True) if folder else excluded(path, False)
    assert not excluded("other/session.jsonl", False)

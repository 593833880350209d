"""The report for a bug: read before it is saved, with what a bug of the window hangs on, and without secrets."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import qVersion

from core.errors import CogzyError
from desktop.diagnostics import DiagnosticsDialog, window_about
from desktop.model import AppModel
from desktop.palette import Appearance
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import until

SECRET = "hunter2-and-more-of-it"  # not a key of anybody


@pytest.mark.usefixtures("qloop")
async def test_every_file_can_be_read_and_is_saved_as_it_was_shown(
    model: AppModel, home: Home, appearance: Appearance, tmp_path: Path
) -> None:
    (home.vault / "logs").mkdir(exist_ok=True)
    (home.vault / "logs" / "cogzy.log.1").write_text(f"before: token={SECRET} in {Path.home()}\n")
    dialog = DiagnosticsDialog(model, appearance)
    dialog.open()
    await until(lambda: dialog._save.isEnabled())
    names = [dialog.list.item(at).text() for at in range(dialog.list.count())]
    assert {"about.json", "settings.json", "status.json", "window.json", "logs/cogzy.log.1"} <= set(names)
    shown = {}
    for at, name in enumerate(names):
        dialog.list.setCurrentRow(at)
        shown[name] = dialog.text.toPlainText()
        assert SECRET not in shown[name]
        assert str(Path.home()) not in shown[name]
    to = tmp_path / "report.zip"
    to.write_text("an older one")
    await dialog.save(to)
    with zipfile.ZipFile(to) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == shown
    assert to.stat().st_mode & 0o77 == 0
    assert "question 1" not in "".join(shown.values())
    dialog.close()


@pytest.mark.usefixtures("qloop")
async def test_a_place_that_cannot_be_written_is_told(model: AppModel, appearance: Appearance, tmp_path: Path) -> None:
    dialog = DiagnosticsDialog(model, appearance)
    dialog.open()
    await until(lambda: dialog._save.isEnabled())
    with pytest.raises(CogzyError):
        await dialog.save(tmp_path / "none" / "report.zip")
    dialog.close()


def test_it_tells_of_qt_the_screens_and_the_tray(still_model: AppModel) -> None:
    told = window_about(still_model)
    assert told["qt"] == qVersion()
    assert told["screens"][0]["scale"] == 1.0
    assert told["tray"]["available"] is False
    json.dumps(told)

"""The settings: checked while typed, tested before they are saved, in force at once; secrets never come out."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QMessageBox, QWidget

from core import settings as saved
from desktop.local_hub import LocalHub
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.settings import SettingsDialog
from desktop.settings.cloud import folder_path, folder_url, preset_of, presets
from desktop.settings.hub import LOCAL
from desktop.settings.sources import name_for
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import until
from tests.desktop.stage import StageModel
from tests.servers import S3Server

pytestmark = pytest.mark.usefixtures("qloop")


def find(page: QWidget, name: str) -> Any:
    found = page.findChild(QWidget, name)
    assert found is not None, name
    return found


def opened(model: AppModel, appearance: Appearance, section: str = "general") -> SettingsDialog:
    dialog = SettingsDialog(model, appearance)
    dialog.open()
    dialog.focus(section=section)
    return dialog


# ---------------------------------------------------------------------- checked while typed


async def test_what_is_wrong_stands_beside_its_field_and_cannot_be_saved(
    stage: StageModel, appearance: Appearance
) -> None:
    dialog = opened(stage, appearance, "cloud")
    bucket, problem = find(dialog, "cloud_bucket"), find(dialog, "cloud_bucket_problem")
    assert problem.isHidden()
    bucket.setText("Not A Bucket")
    assert problem.isVisible()
    assert "cannot be a bucket's name" in problem.text()
    assert bucket.accessibleDescription() == problem.text()
    assert not find(dialog, "settings_ok").isEnabled()
    bucket.setText("my-bucket")
    assert problem.isHidden()
    assert find(dialog, "settings_ok").isEnabled()
    assert find(dialog, "settings_apply").isEnabled()
    dialog.reject()
    assert saved.load(stage.vault, {}).settings.sync.cloud_bucket == "ada-memories"


async def test_a_wrong_value_of_the_file_is_shown_to_be_mended(stage: StageModel, appearance: Appearance) -> None:
    path = saved.config_path(stage.vault)
    path.write_text(path.read_text().replace('"ada-memories"', '"Not A Bucket"'))
    stage.reload_settings()
    dialog = opened(stage, appearance)
    dialog.focus(field="cloud_bucket")
    bucket = find(dialog, "cloud_bucket")
    assert bucket.text() == "Not A Bucket"
    assert find(dialog, "cloud_bucket_problem").isVisible()
    bucket.setText("ada-memories-2")
    await dialog.apply()
    assert saved.load(stage.vault, {}).problems == []
    dialog.close()


async def test_what_the_environment_decides_cannot_be_typed(stage: StageModel, appearance: Appearance) -> None:
    stage.environ = {"COGZY_CLOUD_BUCKET": "given"}
    stage.reload_settings()
    dialog = opened(stage, appearance, "cloud")
    bucket = find(dialog, "cloud_bucket")
    assert not bucket.isEnabled()
    assert bucket.text() == "given"
    dialog.close()


@pytest.mark.parametrize("preset", [preset.name for preset in presets() if preset.name not in ("folder", "other")])
async def test_a_preset_gives_the_shape_of_its_address_and_wants_its_blanks_filled(
    preset: str, stage: StageModel, appearance: Appearance
) -> None:
    dialog = opened(stage, appearance, "cloud")
    choice = find(dialog, "preset")
    assert isinstance(choice, QComboBox)
    choice.setCurrentIndex(choice.findData(preset))
    endpoint = find(dialog, "cloud_endpoint").text()
    blank = any(word in endpoint for word in ("ACCOUNT", "REGION"))
    assert find(dialog, "cloud_endpoint_problem").isVisible() == blank
    assert find(dialog, "settings_ok").isEnabled() != blank
    dialog.reject()


async def test_a_folder_is_chosen_as_a_path(stage: StageModel, appearance: Appearance, tmp_path: Path) -> None:
    dialog = opened(stage, appearance, "cloud")
    choice = find(dialog, "preset")
    choice.setCurrentIndex(choice.findData("folder"))
    assert not find(dialog, "cloud_bucket").isVisible()
    find(dialog, "folder").setText(str(tmp_path / "my cloud"))
    await dialog.apply()
    assert stage.settings.settings.sync.cloud_endpoint == (tmp_path / "my cloud").as_uri()
    dialog.close()


def test_folders_and_endpoints_are_the_same_thing(tmp_path: Path) -> None:
    place = tmp_path / "with spaces"
    assert folder_path(folder_url(str(place))) == str(place)
    assert preset_of(folder_url(str(place))) == "folder"
    assert preset_of("https://abc.r2.cloudflarestorage.com") == "r2"
    assert preset_of("") == "aws"


def test_names_of_sources_are_plain_and_their_own() -> None:
    assert name_for(Path("/a/My Notes (2).db"), []) == "my-notes--2"
    assert name_for(Path("/a/notes.db"), ["notes", "notes-2"]) == "notes-3"


# ---------------------------------------------------------------------- in force at once


async def test_changes_hold_at_once_and_the_dialog_stays_with_apply(stage: StageModel, appearance: Appearance) -> None:
    dialog = opened(stage, appearance)
    find(dialog, "schedule.interval_minutes").setValue(17)
    level = find(dialog, "notifications.level")
    level.setCurrentIndex(level.findData("all"))
    find(dialog, "settings_apply").click()
    await until(lambda: stage.settings.settings.schedule.interval_minutes == 17)
    assert stage.settings.settings.notifications.level == "all"
    assert dialog.isVisible()
    assert not find(dialog, "settings_apply").isEnabled()
    closed: list[int] = []
    dialog.finished.connect(closed.append)
    find(dialog, "settings_ok").click()
    await until(lambda: closed)


async def test_a_secret_is_kept_and_never_shown(stage: StageModel, appearance: Appearance) -> None:
    stage.credentials.use_session_only()
    dialog = opened(stage, appearance, "cloud")
    field = find(dialog, "cloud_secret")
    assert isinstance(field, QLineEdit)
    assert field.echoMode() == QLineEdit.EchoMode.Password
    field.setText("wJalr-very-secret")
    await dialog.apply()
    kept = await stage.credentials.get("cloud_secret")
    assert kept is not None
    assert kept.value == "wJalr-very-secret"
    assert field.text() == ""
    await until(lambda: find(dialog, "cloud_secret_state").text() == "Kept until Cogzy is quit")
    assert "wJalr" not in saved.config_path(stage.vault).read_text()
    dialog.close()
    again = opened(stage, appearance, "cloud")
    await until(lambda: find(again, "cloud_secret").placeholderText() == "Kept; type to replace it")
    assert find(again, "cloud_secret").text() == ""
    again.close()


async def test_without_a_keychain_it_is_said_what_to_do(stage: StageModel, appearance: Appearance) -> None:
    dialog = opened(stage, appearance, "cloud")
    await until(lambda: "Choose under Security" in find(dialog, "cloud_key_id_state").text())
    dialog.close()


async def test_a_dialog_that_is_closed_early_leaves_no_complaint(stage: StageModel, appearance: Appearance) -> None:
    opened(stage, appearance, "cloud").close()
    await until(lambda: not stage._tasks)


# ---------------------------------------------------------------------- tested before it is saved


async def test_what_is_typed_is_tested_step_by_step_and_not_saved(
    home: Home, model: AppModel, appearance: Appearance, tmp_path: Path
) -> None:
    dialog = opened(model, appearance, "cloud")
    other = tmp_path / "other"
    other.mkdir()
    find(dialog, "folder").setText(str(other))
    find(dialog, "cloud_test").click()
    await until(lambda: find(dialog, "cloud_verdict").text() == "Everything that a sync needs works.")
    assert model.settings.settings.sync.cloud_endpoint == home.cloud.as_uri()
    find(dialog, "folder").setText(str(tmp_path / "nowhere" / "at all"))
    find(dialog, "cloud_test").click()
    await until(lambda: find(dialog, "cloud_verdict").property("tone") == "error")
    assert find(dialog, "cloud_verdict").text()
    dialog.close()


async def test_keys_that_are_kept_need_not_be_typed_again_for_a_test(
    model: AppModel, appearance: Appearance, rclone_s3: S3Server
) -> None:
    model.credentials.use_session_only()
    await model.credentials.set("cloud_key_id", rclone_s3.ak)
    await model.credentials.set("cloud_secret", rclone_s3.sk)
    dialog = opened(model, appearance, "cloud")
    find(dialog, "preset").setCurrentIndex(find(dialog, "preset").findData("minio"))
    find(dialog, "cloud_endpoint").setText(rclone_s3.url)
    find(dialog, "cloud_bucket").setText(rclone_s3.new_bucket())
    find(dialog, "cloud_test").click()
    await until(lambda: find(dialog, "cloud_verdict").property("tone") in ("good", "error"))
    assert find(dialog, "cloud_verdict").text() == "Everything that a sync needs works."
    dialog.reject()


# ---------------------------------------------------------------------- the hub


async def test_a_hub_gets_nothing_before_a_person_said_yes(stage: StageModel, appearance: Appearance) -> None:
    dialog = opened(stage, appearance, "hub")
    find(dialog, "hub_url").setText("https://hub.example.com")
    await dialog.apply()
    ask = dialog.findChild(QMessageBox, "ask_hub")
    assert ask is not None
    assert "can read everything" in ask.informativeText()
    find(ask, "hub_not_now").click()
    assert not stage.settings.hub_allowed
    assert "Nothing goes to this hub" in find(dialog, "hub_consent").text()
    find(dialog, "hub_confirm").click()
    again = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
    find(again[0], "hub_send").click()
    await until(lambda: stage.settings.hub_allowed)
    assert find(dialog, "hub_confirm").isHidden()
    find(dialog, "schedule.interval_minutes").setValue(9)
    await dialog.apply()
    assert not [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]  # asked once
    dialog.close()


async def test_running_a_hub_here_fills_in_its_address(stage: StageModel, appearance: Appearance) -> None:
    stage.environ = {}
    dialog = opened(stage, appearance, "hub")
    find(dialog, "hub_url").setText("")
    find(dialog, "window.run_hub").setChecked(True)
    assert find(dialog, "hub_url").text() == LOCAL
    find(dialog, "window.run_hub").setChecked(False)
    assert find(dialog, "hub_url").text() == ""
    dialog.reject()


async def test_a_hub_on_this_computer_runs_with_the_app_and_ends_with_it(
    home: Home, model: AppModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AKOSHA_PORT", str(free.getsockname()[1]))
    hub = LocalHub.of(model)
    assert LocalHub.of(model) is hub
    home.set_up({"window.run_hub": True})
    model.reload_settings()
    await until(lambda: hub.state == "running")
    pid = hub.pid
    assert pid is not None
    assert hub.url.endswith("/mcp")
    assert json.loads((hub.data / "server.json").read_text())["pid"] == pid
    model.quitting.emit()
    assert hub.state == "off"
    await until(lambda: not lives(pid))


async def test_a_hub_that_cannot_start_says_why(
    home: Home, model: AppModel, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("AKOSHA_PORT", str(taken.getsockname()[1]))
        hub = LocalHub.of(model)
        home.set_up({"window.run_hub": True})
        model.reload_settings()
        await until(lambda: hub.state == "failed")
    dialog = opened(model, appearance, "hub")
    assert find(dialog, "local_hub_state").text().startswith("It does not run. ")
    assert len(find(dialog, "local_hub_state").text()) > 30
    dialog.close()


def lives(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


# ---------------------------------------------------------------------- security


async def test_a_passphrase_is_asked_for_twice_and_must_be_long_enough(
    stage: StageModel, appearance: Appearance
) -> None:
    dialog = opened(stage, appearance, "security")
    find(dialog, "secrets_file").click()
    first, again, ok = (find(dialog, name) for name in ("passphrase_first", "passphrase_again", "passphrase_ok"))
    first.setText("short")
    again.setText("short")
    assert not ok.isEnabled()
    first.setText("several long words")
    again.setText("several long word")
    assert not ok.isEnabled()
    again.setText("several long words")
    assert ok.isEnabled()
    ok.click()
    await until((stage.vault / "secrets.json").exists)
    dialog.close()

"""Every button leads where the thing can be done, and nothing is said that is not known."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from core import messages
from core.errors import CogzyError
from core.settings import SettingProblem, config_path, field_names
from core.sync.events import Pause, Status
from desktop import mending
from desktop.face import Face
from desktop.first_run import offer
from desktop.menu import TrayMenu, WindowMenu
from desktop.palette import Appearance
from desktop.settings import SettingsDialog
from desktop.start import start
from desktop.text import UNKNOWN
from desktop.window.shell import StatusWindow
from tests.desktop.rig.waiting import until
from tests.desktop.stage import REFUSED, StageModel, status_of

pytestmark = pytest.mark.usefixtures("qloop")

BY_THE_WINDOW_ITSELF = {"sentence", "sync", "cancel", "search", "status"}


def names(menu: WindowMenu | TrayMenu) -> set[str]:
    return {action.objectName() or action.text() for action in menu.actions() if not action.isSeparator()}


def test_the_window_offers_everything_that_the_trays_menu_has(stage: StageModel) -> None:
    assert names(TrayMenu(stage)) - names(WindowMenu(stage)) == BY_THE_WINDOW_ITSELF


async def test_the_menu_of_the_window_pauses_and_resumes(stage: StageModel, appearance: Appearance) -> None:
    window = StatusWindow(stage, appearance)
    menu = window.findChild(QPushButton, "side_menu")
    assert menu is not None
    shown = window._side.menu
    shown.pause.actions()[0].trigger()
    await until(lambda: any(isinstance(command, Pause) for command in stage.asked))
    stage.show(status_of("paused"))
    assert not shown.pause.menuAction().isVisible()


@pytest.mark.expects_warning("does not support grabbing")  # the screen of tests has no keyboard
async def test_pause_of_a_notification_opens_the_choice_of_pauses(stage: StageModel, appearance: Appearance) -> None:
    window = StatusWindow(stage, appearance)
    window.show()
    window.open("status", pause=True)
    await until(window._side.menu.pause.isVisible)
    window._side.menu.pause.hide()


def fix(stage: StageModel, error: CogzyError) -> tuple[str, Any]:
    """What "Fix…" opens for an error."""
    opened: list[tuple[str, Any]] = []
    stage.opened.connect(lambda page, focus: opened.append((page, focus)))
    stage.show(status_of("error", error=error.as_json()))
    stage.act("fix")
    return opened[-1]


async def test_fix_of_a_refused_key_puts_the_cursor_where_the_key_is_typed(
    stage: StageModel, appearance: Appearance
) -> None:
    page, focus = fix(stage, REFUSED)
    assert page == "settings"
    dialog = SettingsDialog(stage, appearance)
    dialog.show()
    dialog.focus(**focus)
    assert dialog.focusWidget() is dialog.cloud.key_id.field


async def test_fix_of_a_missing_folder_puts_the_cursor_into_its_path(
    stage: StageModel, appearance: Appearance, tmp_path: Path
) -> None:
    _, focus = fix(stage, CogzyError("storage.folder_missing", path=str(tmp_path / "gone")))
    dialog = SettingsDialog(stage, appearance)
    dialog.cloud.preset.setCurrentIndex(dialog.cloud.preset.findData("folder"))
    dialog.show()
    dialog.focus(**focus)
    assert dialog.focusWidget() is dialog.cloud.folder


def test_what_cannot_be_mended_in_the_settings_is_explained_on_the_status_page(stage: StageModel) -> None:
    assert fix(stage, CogzyError("storage.clock_skewed", host="h", minutes=7))[0] == "status"


def test_every_place_to_mend_is_one_of_the_settings_for_a_code_that_exists(
    stage: StageModel, appearance: Appearance
) -> None:
    dialog = SettingsDialog(stage, appearance)
    codes = messages.catalog()
    for code, field in mending._FIELDS.items():
        assert code in codes
        assert any(page.findChild(QWidget, field) for page in dialog._pages.values()), field
    assert set(mending._SECTIONS) <= set(codes)
    assert set(mending._SECTIONS.values()) <= set(dialog._pages)
    assert {"cloud_endpoint", "hub_url"} <= set(field_names())


def test_a_screen_that_does_not_answer_is_said_in_words_before_qt_would_end_the_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for environ in ({"DISPLAY": ":54321"}, {}, {"QT_QPA_PLATFORM": "xcb"}):
        assert start([], {**environ, "COGZY_VAULT_DIR": str(tmp_path)}) == 2
        assert "`cogzy sync`" in capsys.readouterr().err


def test_before_the_first_status_nothing_is_counted_and_nothing_is_said_to_be_missing(
    stage: StageModel, appearance: Appearance
) -> None:
    stage.show({})
    window = StatusWindow(stage, appearance)
    count = window.findChild(QLabel, "vault_nodes")
    assert count is not None
    assert count.text() == UNKNOWN
    assert not any("Nothing was found" in label.text() for label in window.findChildren(QLabel) if not label.isHidden())


async def test_an_engine_that_tells_no_status_becomes_an_error_that_is_shown(
    stage: StageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        await asyncio.get_running_loop().run_in_executor(None, int)

    stage.answers[Status] = CogzyError("settings.file_damaged", path="config.json", reason="line 1")
    monkeypatch.setattr("desktop.model.asyncio.sleep", at_once)
    asking = asyncio.ensure_future(stage._keep_status())
    stage.refresh()
    async with asyncio.timeout(5):
        while stage.view.state != "error":
            await at_once(0)
    asking.cancel()
    assert stage.status["error"]["code"] == "settings.file_damaged"


async def test_a_first_run_of_a_vault_that_cannot_be_made_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("in the way")
    model = StageModel(tmp_path / "vault")
    opened: list[str] = []
    model.opened.connect(lambda page, _: opened.append(page))
    await offer(model)
    assert opened == []


async def test_a_tray_that_comes_later_takes_back_that_there_is_none(stage: StageModel, appearance: Appearance) -> None:
    face = Face(stage, appearance)
    face._no_tray_came()
    assert face.window is not None
    assert not face.window.message_bar.isHidden()
    face.tray.available.emit(True)
    assert face.window.message_bar.isHidden()
    face.close()


async def test_show_leads_to_the_card_that_the_state_is_about(stage: StageModel, appearance: Appearance) -> None:
    damage = [{"path": "corpus/nodes.json", "problem": "vault.not_json", "quarantined": "kept"}]
    told = status_of("attention", reason="vault.damaged")
    stage.show({**told, "vault": {**told["vault"], "damage": damage}})
    window = StatusWindow(stage, appearance)
    window.show()
    stage.opened.connect(lambda page, focus: window.open(page, **focus))
    stage.act("show")
    focused = window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "vault_bring_back"


def shown(window: StatusWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None
    return label.text()


async def test_settings_that_cannot_be_read_are_not_called_not_set_up(
    stage: StageModel, appearance: Appearance
) -> None:
    hurt = CogzyError("settings.file_damaged", path="config.json", reason="line 1").as_json()
    stage.show({"state": "error", "reason": hurt["code"], "error": hurt})
    window = StatusWindow(stage, appearance)
    window.show()
    assert {shown(window, f"{way}_state") for way in ("cloud", "http")} == {"Settings cannot be read"}
    stage.opened.connect(lambda page, focus: window.open(page, **focus))
    stage.act("fix")
    offered = window.findChild(QPushButton, "cloud_set_up")
    assert offered is not None
    assert window.focusWidget() is offered
    assert offered.text() == "Open the settings file"
    stage.show({"state": "error", "error": CogzyError("files.full", path="/v").as_json()})
    assert shown(window, "cloud_state") == UNKNOWN
    assert offered.isHidden()
    window.deleteLater()


async def test_a_wrong_address_is_named_on_its_card_and_leads_to_its_field(
    stage: StageModel, appearance: Appearance
) -> None:
    wrong = SettingProblem("cloud_endpoint", "settings.url", {"value": "nowhere"}).as_json()
    told = status_of("setup_needed", cloud={"configured": False})
    stage.show({**told, "settings_problems": [wrong]})
    window = StatusWindow(stage, appearance)
    assert shown(window, "cloud_state") == "Its settings are wrong"
    assert shown(window, "http_state") != "Its settings are wrong"
    opened: list[tuple[str, Any]] = []
    stage.opened.connect(lambda page, focus: opened.append((page, focus)))
    offered = window.findChild(QPushButton, "cloud_set_up")
    assert offered is not None
    offered.click()
    assert opened == [("settings", {"field": "cloud_endpoint"})]
    window.deleteLater()


async def test_settings_that_were_mended_by_hand_hold_at_once(
    stage: StageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = config_path(stage.vault)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{")
    stage.reload_settings()

    async def mended(_: float) -> None:
        file.write_text('{"cloud_endpoint": "file:///copies"}')
        stage.answers[Status] = status_of()

    stage.answers[Status] = CogzyError("settings.file_damaged", path=str(file), reason="line 1")
    monkeypatch.setattr("desktop.model.asyncio.sleep", mended)
    asking = asyncio.ensure_future(stage._keep_status())
    stage.refresh()
    try:
        async with asyncio.timeout(10):
            while not stage.settings.settings.sync.cloud_endpoint:
                await asyncio.get_running_loop().run_in_executor(None, int)
    finally:
        asking.cancel()

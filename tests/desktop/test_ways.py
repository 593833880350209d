"""Every button leads where the thing can be done: the window's menu, "Fix…", a notification's "Pause…"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from core import messages
from core.errors import CogzyError
from core.settings import field_names
from core.sync.events import Pause
from desktop import mending
from desktop.menu import TrayMenu, WindowMenu
from desktop.palette import Appearance
from desktop.settings import SettingsDialog
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

"""The tray icon, driven as panels drive it: over D-Bus, and one real panel by mouse."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.presenting import english
from core.sync.events import Progress
from desktop import autostart, icons
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import sentence
from desktop.tray import Tray
from tests.desktop.rig.desktop import Desktop
from tests.desktop.rig.program import LONG, App, wait_for
from tests.desktop.rig.waiting import tell

Start = Callable[..., App]
MENU = [
    "Sync now",
    "Pause",
    "Search memories…",
    "Status",
    "Settings…",
    "Open vault folder",
    "Start at login",
    "Help",
    "Quit",
]


def test_the_menu_does_what_it_says(start_app: Start, screen: Desktop) -> None:
    app = start_app("--hidden")
    app.wait_until_it_owns()
    icon = wait_for(lambda: screen.tray.items and screen.tray.icon)
    wait_for(lambda: "first copy" in icon.tooltip)
    first, *rest = icon.labels()
    assert rest == MENU
    assert icon.tooltip == f"Cogzy · {first}"
    icon.choose("Sync now")
    wait_for(lambda: "Cancel" in icon.labels() or "Up to date" in icon.tooltip)
    wait_for(lambda: "Up to date" in icon.tooltip)
    assert icon.labels()[0] == icon.tooltip.removeprefix("Cogzy · ")
    icon.choose("Pause", "2 hours")
    wait_for(lambda: "Paused until" in icon.tooltip)
    assert "Pause" not in icon.labels()
    icon.choose("Resume")
    wait_for(lambda: "Up to date" in icon.tooltip)
    entry = next(entry for entry in icon.menu() if entry.label == "Start at login")
    assert not entry.checked
    icon.choose("Start at login")
    wait_for(lambda: autostart.is_on(app.environ))
    wait_for(lambda: next(entry for entry in icon.menu() if entry.label == "Start at login").checked)
    icon.choose("Settings…")
    wait_for(lambda: "Settings" in screen.xdotool("search", "--onlyvisible", "--name", ".*", "getwindowname", "%@"))
    icon.choose("Quit")
    assert app.process.wait(LONG) == 0
    assert app.left() == []


def test_a_pause_has_a_picture_of_its_own_and_a_left_click_opens_the_window(start_app: Start, screen: Desktop) -> None:
    app = start_app("--hidden")
    app.wait_until_it_owns()
    icon = wait_for(lambda: screen.tray.items and screen.tray.icon)
    wait_for(lambda: "first copy" in icon.tooltip)
    idle = icon.picture
    icon.choose("Pause", "Until I resume")
    wait_for(lambda: "Paused" in icon.tooltip)
    assert icon.picture != idle
    assert set(icon.picture) != {0}
    assert screen.windows() == []
    icon.click()
    screen.wait_for_window()


def test_a_panel_that_starts_again_finds_the_icon_once(start_app: Start, screen: Desktop) -> None:
    start_app("--hidden")
    wait_for(lambda: screen.tray.items)
    screen.tray.vanish()
    time.sleep(0.5)
    screen.tray.appear()
    wait_for(lambda: screen.tray.items)
    time.sleep(4)  # longer than the app looks for a tray
    assert len(screen.tray.items) == 1
    screen.tray.icon.click()
    screen.wait_for_window()


def test_without_a_tray_the_window_comes_and_says_so_and_closing_asks_once(start_app: Start, screen: Desktop) -> None:
    screen.tray.vanish()
    with screen.running("openbox"):
        app = start_app()
        window = screen.wait_for_window()
        time.sleep(3.5)  # the app gives a tray that long
        screen.picture("no-tray")
        screen.xdotool("windowactivate", "--sync", window, "key", "ctrl+w")
        question = wait_for(lambda: [found for found in screen.windows() if found != window], 5)[0]
        screen.picture("no-tray-closing")
        screen.xdotool("windowactivate", "--sync", question, "key", "Return")
        wait_for(lambda: screen.windows() == [])
        assert app.process.poll() is None
        app.cogzy()
        again = screen.wait_for_window()
        close = ("windowactivate", "--sync", again, "key", "ctrl+w")
        wait_for(lambda: screen.windows() == [] or screen.xdotool(*close), what="it asks a second time")
        assert app.process.poll() is None


def test_a_hidden_start_without_a_tray_shows_the_window_after_a_while_and_a_late_tray_gets_an_icon(
    start_app: Start, screen: Desktop
) -> None:
    screen.tray.vanish()
    app = start_app("--hidden")
    app.wait_until_it_owns()
    screen.wait_for_window()
    screen.tray.appear()
    wait_for(lambda: screen.tray.items, what="the late tray has no icon")
    assert "first copy" in screen.tray.icon.tooltip


def test_a_real_panel_shows_the_icon_and_its_click_opens_the_window(start_app: Start, screen: Desktop) -> None:
    screen.tray.vanish()
    settings = screen.folder / "tint2rc"
    settings.write_text(
        "panel_items = TS\npanel_size = 100% 40\npanel_position = bottom center horizontal\n"
        "systray_icon_size = 24\nsystray_padding = 4 4 4\npanel_monitor = 1\n"
    )
    with screen.running("openbox"), screen.running("tint2", "-c", str(settings)):
        start_app("--hidden")
        icon = wait_for(lambda: screen.tray_window(), what="no icon in the panel")
        time.sleep(0.5)
        screen.picture("tint2")
        assert screen.windows() == []
        screen.xdotool("mousemove", "--window", icon, "12", "12", "click", "1")
        screen.wait_for_window()


@pytest.mark.parametrize("still", [False, True])
def test_the_arrows_turn_only_while_bytes_move_and_motion_is_wanted(
    still_model: AppModel, appearance: Appearance, monkeypatch: pytest.MonkeyPatch, still: bool
) -> None:
    tray = Tray(still_model, appearance)
    if tray._icon is None:
        tray._make()
    window = still_model.settings.settings.window.model_copy(update={"reduce_motion": still})
    loaded = still_model.settings
    still_model.settings = replace(loaded, settings=loaded.settings.model_copy(update={"window": window}))
    tell(still_model, {"state": "syncing"}, Progress("sending", 1, 2, 10, 20, bytes_per_second=0.0))
    assert not tray._turning.isActive()
    tell(still_model, {"state": "syncing"}, Progress("sending", 1, 2, 10, 20, bytes_per_second=5.0))
    assert tray._turning.isActive() is not still
    assert tray._turning.interval() >= 250
    tell(still_model, {"state": "idle"})
    assert not tray._turning.isActive()
    tray.close()


@pytest.mark.parametrize(
    "status",
    [
        {"state": "setup_needed"},
        {"state": "idle"},
        {"state": "paused", "until": None},
        {"state": "offline", "waiting": ["vault"]},
        {"state": "held", "reason": "metered"},
        {"state": "attention", "reason": "vault.damaged"},
        {"state": "error", "error": None},
        {"state": "resetting"},
        {"state": "waiting_for_keychain"},
    ],
)
def test_menu_tooltip_and_view_say_the_same(
    still_model: AppModel, appearance: Appearance, status: dict[str, object]
) -> None:
    tray = Tray(still_model, appearance)
    if tray._icon is None:
        tray._make()
    tell(still_model, status)
    assert tray._icon is not None
    said = sentence(still_model.view.sentence)
    assert tray._icon.toolTip() == f"Cogzy · {said}"
    assert tray.menu.actions()[0].text() == said == english(still_model.view.sentence)
    tray.close()


def test_the_states_differ_by_shape_alone() -> None:
    names = ("setup", "key", "idle", "syncing", "paused", "offline", "held", "attention", "error", "resetting")
    drawn = {name: icons.picture(f"state-{name}", "#000000", 22).toImage() for name in names}
    for one in names:
        for other in names:
            assert one == other or drawn[one] != drawn[other], f"{one} looks like {other}"

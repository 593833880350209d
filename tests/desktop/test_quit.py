"""The end: in the middle of an upload, at the end of a session, and with nothing left behind."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.desktop.rig.desktop import Desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import LONG, App, wait_for
from tests.desktop.rig.tray_host import Icon
from tests.forked import run_forked
from tests.servers import S3Server

Start = Callable[..., App]


@pytest.fixture
def managed(screen: Desktop) -> Iterator[Desktop]:
    """The desktop with a window manager on it, which gives windows the keyboard."""
    with screen.running("openbox"):
        wait_for(lambda: screen.xdotool("get_desktop").strip())
        yield screen


@pytest.fixture
def uploading(start_app: Start, managed: Desktop, other_home: Home, rclone_s3: S3Server) -> tuple[App, Icon]:
    """An app in the middle of an upload that takes forty seconds."""
    other_home.use_bucket(rclone_s3, {"limits.upload_kb_per_second": 100})
    other_home.add_transcripts(4)
    app = start_app("--hidden")
    app.wait_until_it_owns()
    icon = wait_for(lambda: managed.tray.items and managed.tray.icon)
    wait_for(lambda: "first copy" in icon.tooltip)
    icon.choose("Sync now")
    wait_for(lambda: app.workers() and ("Packing" in icon.tooltip or "Sending" in icon.tooltip))
    return app, icon


def ended_clean(app: App, family: list[psutil.Process]) -> None:
    assert app.process.returncode == 0
    wait_for(lambda: not any(process.is_running() for process in family), what="an orphan")
    assert app.left() == []
    assert "Traceback" not in app.said + app.log


def test_quitting_in_an_upload_asks_and_stops_clean_and_the_next_start_goes_on(
    uploading: tuple[App, Icon], start_app: Start, screen: Desktop, other_home: Home
) -> None:
    app, icon = uploading
    icon.choose("Quit")
    question = screen.wait_for_window()
    screen.xdotool("windowactivate", "--sync", question)
    screen.picture("quit-while-sending")
    assert app.process.poll() is None
    family = app.family()
    screen.xdotool("key", "Tab")
    assert app.gone_after(lambda: screen.xdotool("key", "space")) < 5
    ended_clean(app, family)
    other_home.set_up({"cloud_endpoint": None, "limits.upload_kb_per_second": 0} | _bucket(other_home))
    screen.tray.items.clear()
    again = start_app("--hidden")
    again.wait_until_it_owns()
    first = again.status()["runs"][0]
    assert first["outcome"] in ("cancelled", "interrupted")
    assert again.cogzy("sync").returncode == 0


def _bucket(home: Home) -> dict[str, object]:
    from core import settings

    sync = settings.load(home.vault, {}).settings.sync
    return {"cloud_endpoint": sync.cloud_endpoint, "cloud_bucket": sync.cloud_bucket}


def test_a_signal_in_an_upload_ends_it_within_three_seconds(uploading: tuple[App, Icon]) -> None:
    app, _ = uploading
    family = app.family()
    assert app.end(signal.SIGTERM) < 3
    ended_clean(app, family)


def test_the_end_of_the_session_in_an_upload_takes_three_seconds_at_most(
    uploading: tuple[App, Icon], screen: Desktop
) -> None:
    app, _ = uploading
    family = app.family()
    assert app.gone_after(screen.machine.shut_down) < 3
    ended_clean(app, family)


def test_finish_then_quit_waits_for_the_sync(
    start_app: Start, managed: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    other_home.use_bucket(rclone_s3, {"limits.upload_kb_per_second": 400})
    other_home.add_transcripts(3)
    app = start_app("--hidden")
    app.wait_until_it_owns()
    icon = wait_for(lambda: managed.tray.items and managed.tray.icon)
    wait_for(lambda: "first copy" in icon.tooltip)
    icon.choose("Sync now")
    wait_for(lambda: app.workers() and "Ready" not in icon.tooltip)
    icon.choose("Quit")
    question = managed.wait_for_window()
    managed.xdotool("windowactivate", "--sync", question)
    managed.xdotool("key", "Return")
    wait_for(lambda: managed.windows() == [])
    assert app.process.wait(LONG) == 0
    status = app.status()
    assert status["runs"][0]["outcome"] == "succeeded"
    assert status["owner"]["kind"] == "none"


def test_a_screen_that_dies_takes_the_app_along_and_leaves_nothing_stuck(
    start_app: Start, screen: Desktop, other_home: Home
) -> None:
    app = start_app()
    screen.wait_for_window()
    assert app.cogzy("sync").returncode == 0
    family = app.family()
    screen.die()
    app.process.wait(LONG)
    wait_for(lambda: not any(process.is_running() for process in family), what="an orphan")
    done = run_forked(["cogzy", "sync"], env=other_home.environ, stdout=subprocess.DEVNULL)
    assert done.returncode == 0

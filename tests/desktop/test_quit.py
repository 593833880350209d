"""The end: in the middle of an upload, at the end of a session, and with nothing left behind."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.desktop.rig.desktop import Desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import COGZY, App, wait_for
from tests.desktop.rig.tray_host import Icon
from tests.servers import S3Server

Start = Callable[..., App]


@pytest.fixture
def managed(screen: Desktop) -> Iterator[Desktop]:
    """The desktop with a window manager on it, which gives windows the keyboard."""
    with screen.running("openbox"):
        wait_for(lambda: screen.xdotool("get_desktop").strip(), 5)
        yield screen


@pytest.fixture
def uploading(start_app: Start, managed: Desktop, other_home: Home, rclone_s3: S3Server) -> tuple[App, Icon]:
    """An app in the middle of an upload that takes half a minute."""
    other_home.use_bucket(rclone_s3, {"limits.upload_kb_per_second": 400})
    other_home.add_transcripts(12)
    app = start_app("--hidden")
    app.wait_until_it_owns()
    icon = wait_for(lambda: managed.tray.items and managed.tray.icon)
    wait_for(lambda: "first copy" in icon.tooltip, 5)
    icon.choose("Sync now")
    wait_for(lambda: app.workers() and ("Packing" in icon.tooltip or "Sending" in icon.tooltip), 15)
    return app, icon


def ended_clean(app: App, family: list[psutil.Process]) -> None:
    assert app.process.returncode == 0
    wait_for(lambda: not any(process.is_running() for process in family), 2, "an orphan")
    assert app.left() == []
    assert "Traceback" not in app.said + app.log


def test_quitting_in_an_upload_asks_and_stops_clean_and_the_next_start_goes_on(
    uploading: tuple[App, Icon], start_app: Start, screen: Desktop, other_home: Home
) -> None:
    app, icon = uploading
    icon.choose("Quit")
    question = screen.wait_for_window()
    screen.xdotool("windowactivate", "--sync", question)
    time.sleep(0.3)
    screen.picture("quit-while-sending")
    assert app.process.poll() is None
    family = app.family()
    screen.xdotool("key", "Tab")
    began = time.monotonic()
    screen.xdotool("key", "space")
    app.process.wait(6)
    assert time.monotonic() - began < 5
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
    began = time.monotonic()
    screen.machine.shut_down()
    app.process.wait(5)
    assert time.monotonic() - began < 3
    ended_clean(app, family)


def test_finish_then_quit_waits_for_the_sync(
    start_app: Start, managed: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    other_home.use_bucket(rclone_s3, {"limits.upload_kb_per_second": 1000})
    other_home.add_transcripts(4)
    app = start_app("--hidden")
    app.wait_until_it_owns()
    icon = wait_for(lambda: managed.tray.items and managed.tray.icon)
    wait_for(lambda: "first copy" in icon.tooltip, 5)
    icon.choose("Sync now")
    wait_for(lambda: app.workers() and "Ready" not in icon.tooltip, 5)
    icon.choose("Quit")
    question = managed.wait_for_window()
    managed.xdotool("windowactivate", "--sync", question)
    time.sleep(0.3)
    managed.xdotool("key", "Return")
    time.sleep(0.3)
    assert app.process.poll() is None
    assert app.process.wait(20) == 0
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
    app.process.wait(5)
    wait_for(lambda: not any(process.is_running() for process in family), 6, "an orphan")
    done = subprocess.run([str(COGZY), "sync"], env=other_home.environ, capture_output=True, timeout=20, check=False)
    assert done.returncode == 0

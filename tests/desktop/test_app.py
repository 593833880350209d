"""The app as a process on a desktop: it owns its vault, works for every caller, and outlives what dies around it."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable

from core.control.place import address_file
from core.sync.events import CheckForChanges, Pause, Resume
from tests.desktop.rig.desktop import Desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import LONG, App, wait_for
from tests.forked import Forked
from tests.servers import S3Server

Start = Callable[..., App]


def tooltip(screen: Desktop) -> str:
    return screen.tray.icon.tooltip if screen.tray.items else ""


def test_it_serves_every_command_and_shows_what_they_do(start_app: Start, screen: Desktop, other_home: Home) -> None:
    app = start_app("--hidden")
    app.wait_until_it_owns()
    assert app.status()["owner"] == {"kind": "app", "pid": app.pid}
    assert app.cogzy("pause", "2h").returncode == 0
    wait_for(lambda: "Paused until" in tooltip(screen))
    assert app.status()["state"] == "paused"
    assert app.cogzy("resume").returncode == 0
    wait_for(lambda: "first copy" in tooltip(screen))
    done = app.cogzy("sync", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["success"], done
    wait_for(lambda: "Up to date" in tooltip(screen))
    assert "Traceback" not in app.said + app.log


def test_a_queued_sync_waits_while_paused(start_app: Start, screen: Desktop, other_home: Home) -> None:
    app = start_app("--hidden")
    app.wait_until_it_owns()
    app.do(Pause())
    assert app.cogzy("sync", "--queue").returncode == 0  # it waits for nobody: nothing can run now
    app.do(CheckForChanges())
    queued = other_home.vault / "sync" / "queue"
    assert list(queued.glob("*.json"))
    assert not app.status()["runs"]
    app.do(Resume())
    wait_for(lambda: not list(queued.glob("*.json")))
    assert app.status()["runs"][0]["trigger"] == "session_end"
    wait_for(lambda: "Up to date" in tooltip(screen))


def test_a_command_that_owns_the_vault_is_shown_and_followed(
    start_app: Start, screen: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    other_home.use_bucket(rclone_s3, {"limits.upload_kb_per_second": 400})
    other_home.add_transcripts(4)
    command = Forked(["cogzy", "sync"], env=other_home.environ, stdout=subprocess.DEVNULL)
    try:
        wait_for(address_file(other_home.vault).exists)
        app = start_app("--hidden")
        said: set[str] = set()

        def followed() -> bool:
            said.add(tooltip(screen).removeprefix("Cogzy · "))
            return command.poll() is not None

        wait_for(followed, what="the command did not end")
        assert f"cogzy sync (pid {command.pid}) is working" in said or any("Sending" in text for text in said)
        wait_for(lambda: app.status()["owner"] == {"kind": "app", "pid": app.pid})
        wait_for(lambda: "Up to date" in tooltip(screen))
    finally:
        command.kill()
        command.wait()


def test_a_worker_that_dies_is_told_and_replaced(
    start_app: Start, screen: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    other_home.use_bucket(rclone_s3, {"limits.upload_kb_per_second": 100})
    other_home.add_transcripts(4)
    app = start_app("--hidden")
    app.wait_until_it_owns()
    syncing = Forked(["cogzy", "sync"], env=app.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wait_for(lambda: "Sending" in tooltip(screen))
    (worker,) = app.workers()
    worker.send_signal(signal.SIGKILL)
    assert syncing.wait(LONG) != 0
    syncing.communicate()
    wait_for(lambda: screen.notifications.calls)
    assert "worker" in screen.notifications.calls[0].title.lower() or screen.notifications.calls[0].text
    assert app.process.poll() is None
    other_home.set_up({"limits.upload_kb_per_second": 0, **_bucket_of(other_home)})
    assert app.cogzy("sync").returncode == 0
    (again,) = app.workers()
    assert again.pid != worker.pid
    wait_for(lambda: "Up to date" in tooltip(screen))


def _bucket_of(home: Home) -> dict[str, object]:
    from core import settings

    sync = settings.load(home.vault, {}).settings.sync
    return {"cloud_endpoint": sync.cloud_endpoint, "cloud_bucket": sync.cloud_bucket}


def test_a_killed_app_leaves_nothing_stuck(start_app: Start, screen: Desktop, other_home: Home) -> None:
    app = start_app()
    screen.wait_for_window()
    assert app.cogzy("sync").returncode == 0
    (worker,) = app.workers()
    app.process.kill()
    app.process.wait()
    wait_for(lambda: not worker.is_running(), what="the worker outlives its app")
    assert app.left(), "a killed app cannot tidy up: this test would prove nothing"
    other_home.computer.add_rows(600, 610)
    assert app.cogzy("sync").returncode == 0
    again = start_app()
    again.wait_until_it_owns()
    screen.wait_for_window()
    assert again.status()["owner"] == {"kind": "app", "pid": again.pid}


def test_a_vault_that_cannot_be_owned_is_said_and_tried_again(
    start_app: Start, screen: Desktop, other_home: Home
) -> None:
    sync = other_home.vault / "sync"
    kept = other_home.vault / "sync.kept"
    if sync.exists():
        sync.rename(kept)
    sync.write_text("a file where a folder must be")
    app = start_app()
    screen.wait_for_window()
    wait_for(lambda: tooltip(screen) and "Ready" not in tooltip(screen) and "Nothing" not in tooltip(screen))
    assert app.process.poll() is None
    sync.unlink()
    app.wait_until_it_owns()
    wait_for(lambda: "first copy" in tooltip(screen))


def test_a_timed_pause_survives_a_restart_and_ends_by_itself(start_app: Start, screen: Desktop) -> None:
    app = start_app()
    app.wait_until_it_owns()
    screen.wait_for_window()
    app.do(Pause(time.time() + 7200))
    ends_at_once_and_leaves_nothing(app, signal.SIGTERM)
    screen.tray.items.clear()
    again = start_app("--hidden")
    wait_for(lambda: "Paused until" in tooltip(screen))
    again.do(Pause(time.time() + 0.5))
    wait_for(lambda: "first copy" in tooltip(screen))


def test_an_interrupted_app_ends_at_once_and_leaves_nothing(start_app: Start, screen: Desktop) -> None:
    app = start_app()
    app.wait_until_it_owns()
    screen.wait_for_window()
    ends_at_once_and_leaves_nothing(app, signal.SIGINT)


def ends_at_once_and_leaves_nothing(app: App, how: int) -> None:
    assert app.end(how) < 3
    assert app.process.returncode == 0
    assert app.left() == []
    assert app.said == ""
    assert (app.home.vault / "logs" / "cogzy.log").exists()

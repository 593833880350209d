"""The app as a process on a desktop: it owns its vault, works for every caller, and outlives what dies around it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from core.control.place import address_file
from tests.desktop.rig.desktop import Desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import App, wait_for
from tests.servers import S3Server

Start = Callable[..., App]


def tooltip(screen: Desktop) -> str:
    return screen.tray.icon.tooltip if screen.tray.items else ""


def test_it_serves_every_command_and_shows_what_they_do(start_app: Start, screen: Desktop, other_home: Home) -> None:
    app = start_app("--hidden")
    app.wait_until_it_owns()
    assert app.status()["owner"] == {"kind": "app", "pid": app.pid}
    assert app.cogzy("pause", "2h").returncode == 0
    wait_for(lambda: "Paused until" in tooltip(screen), 3)
    assert app.status()["state"] == "paused"
    assert app.cogzy("resume").returncode == 0
    wait_for(lambda: "first copy" in tooltip(screen), 3)
    done = app.cogzy("sync", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["success"], done
    wait_for(lambda: "Up to date" in tooltip(screen), 3)
    other_home.computer.add_rows(500, 510)
    began = time.monotonic()
    assert app.cogzy("sync", "--queue").returncode == 0
    assert time.monotonic() - began < 2
    wait_for(lambda: app.status()["runs"][0]["trigger"] == "session_end", 10)
    wait_for(lambda: not list((other_home.vault / "sync" / "queue").glob("*.json")), 5)
    assert "Traceback" not in app.said + app.log


def test_a_queued_sync_waits_while_paused(start_app: Start, other_home: Home) -> None:
    app = start_app("--hidden")
    app.wait_until_it_owns()
    app.cogzy("pause")
    app.cogzy("sync", "--queue")
    time.sleep(1)
    assert list((other_home.vault / "sync" / "queue").glob("*.json"))
    assert not app.status()["runs"]
    app.cogzy("resume")
    wait_for(lambda: app.status()["runs"], 10)


def test_a_command_that_owns_the_vault_is_shown_and_followed(
    start_app: Start, screen: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    other_home.use_bucket(rclone_s3, {"limits.upload_kb_per_second": 1000})
    other_home.add_transcripts(6)
    from tests.desktop.rig.program import COGZY

    command = subprocess.Popen([str(COGZY), "sync"], env=other_home.environ, stdout=subprocess.DEVNULL)
    try:
        wait_for(address_file(other_home.vault).exists, 10)
        app = start_app("--hidden")
        said: set[str] = set()

        def followed() -> bool:
            said.add(tooltip(screen).removeprefix("Cogzy · "))
            return command.poll() is not None

        wait_for(followed, 25, f"the command did not end: {said}")
        assert f"cogzy sync (pid {command.pid}) is working" in said or any("Sending" in text for text in said)
        wait_for(lambda: app.status()["owner"] == {"kind": "app", "pid": app.pid}, 5)
        wait_for(lambda: "Up to date" in tooltip(screen), 5)
    finally:
        command.kill()
        command.wait()


def test_a_worker_that_dies_is_told_and_replaced(
    start_app: Start, screen: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    other_home.use_bucket(rclone_s3, {"limits.upload_kb_per_second": 500})
    other_home.add_transcripts(6)
    app = start_app("--hidden")
    app.wait_until_it_owns()
    syncing = subprocess.Popen(
        [str(app.process.args[0]), "sync"],  # type: ignore[index]  # a list it is
        env=app.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: "Sending" in tooltip(screen), 15)
    (worker,) = app.workers()
    worker.send_signal(signal.SIGKILL)
    assert syncing.wait(10) != 0
    syncing.communicate()
    wait_for(lambda: screen.notifications.calls, 5)
    assert "worker" in screen.notifications.calls[0].title.lower() or screen.notifications.calls[0].text
    assert app.process.poll() is None
    other_home.set_up({"limits.upload_kb_per_second": 0, **_bucket_of(other_home)})
    assert app.cogzy("sync").returncode == 0
    (again,) = app.workers()
    assert again.pid != worker.pid
    wait_for(lambda: "Up to date" in tooltip(screen), 5)


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
    wait_for(lambda: not worker.is_running(), 6, "the worker outlives its app")
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
    wait_for(lambda: tooltip(screen) and "Ready" not in tooltip(screen) and "Nothing" not in tooltip(screen), 5)
    assert app.process.poll() is None
    sync.unlink()
    app.wait_until_it_owns(15)
    wait_for(lambda: "first copy" in tooltip(screen), 5)


def test_a_timed_pause_survives_a_restart_and_ends_by_itself(start_app: Start, screen: Desktop) -> None:
    app = start_app("--hidden")
    app.wait_until_it_owns()
    app.cogzy("pause", "2h")
    app.end()
    screen.tray.items.clear()
    again = start_app("--hidden")
    wait_for(lambda: "Paused until" in tooltip(screen), 5)
    from core.control.client import SocketEngine
    from core.sync.events import Pause

    async def pause_shortly() -> None:
        async for _ in SocketEngine(again.home.vault).run(Pause(time.time() + 1.0)):
            pass

    import asyncio

    asyncio.run(pause_shortly())
    wait_for(lambda: "first copy" in tooltip(screen), 6, tooltip(screen))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_app_ends_at_once_and_leaves_nothing(start_app: Start, screen: Desktop, how: int) -> None:
    app = start_app()
    app.wait_until_it_owns()
    screen.wait_for_window()
    assert app.end(how) < 3
    assert app.process.returncode == 0
    assert app.left() == []
    assert app.said == ""
    assert os.path.exists(app.home.vault / "logs" / "cogzy.log")  # noqa: PTH110  # one look

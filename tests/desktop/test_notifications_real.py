"""A real notification daemon and a real keychain, with the app as a process between them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.desktop.rig.desktop import Desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import App, wait_for
from tests.servers import S3Server

Start = Callable[..., App]


@pytest.fixture
def keychain(other_home: Home, screen: Desktop) -> Iterator[Desktop]:
    """gnome-keyring, unlocked, on the desktop's session bus; the app is allowed to ask it."""
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        env={**other_home.environ, **screen.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert daemon.stdin is not None
    daemon.stdin.write(b"test-only")
    daemon.stdin.close()
    kept = other_home.folder / "home" / ".local" / "share" / "keyrings" / "login.keyring"
    wait_for(kept.exists, what="the keychain did not start")
    del other_home.environ["PYTHON_KEYRING_BACKEND"]
    yield screen
    daemon.kill()
    daemon.wait()


def test_a_refused_key_is_shown_by_a_real_daemon_whose_button_tries_again(
    start_app: Start, screen: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    screen.session.disown("org.freedesktop.Notifications")
    other_home.use_bucket(rclone_s3)
    other_home.environ["COGZY_CLOUD_SECRET"] = "not-the-secret"
    with screen.running("dunst"):
        app = start_app("--hidden")
        app.wait_until_it_owns()
        icon = wait_for(lambda: screen.tray.items and screen.tray.icon)
        wait_for(lambda: "first copy" in icon.tooltip)
        icon.choose("Sync now")
        shown = wait_for(lambda: _displayed(screen), what=app.log)
        assert "Traceback" not in shown
        screen.picture("dunst")
        runs = len(app.status()["runs"])
        _dunstctl(screen, "action", "0")  # the default: a click on it
        screen.wait_for_window()
        wait_for(lambda: not _displayed(screen), what="what was pressed is still shown")
        assert len(app.status()["runs"]) == runs


def _displayed(screen: Desktop) -> str:
    """The daemon's window while it shows something."""
    if _dunstctl(screen, "count", "displayed").strip() == "0":
        return ""
    return screen.xdotool("search", "--onlyvisible", "--class", "Dunst").strip()


def _dunstctl(screen: Desktop, *words: str) -> str:
    done = subprocess.run(
        ["dunstctl", *words], env=screen._environ(), capture_output=True, text=True, timeout=10, check=False
    )
    return done.stdout


def test_the_key_in_a_real_keychain_reaches_the_worker_and_nothing_else(
    start_app: Start, keychain: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    other_home.use_bucket(rclone_s3)
    key, secret = other_home.environ.pop("COGZY_CLOUD_KEY_ID"), other_home.environ.pop("COGZY_CLOUD_SECRET")
    app = start_app("--hidden")
    app.wait_until_it_owns()
    for name, value in (("cloud_key_id", key), ("cloud_secret", secret)):
        done = subprocess.run(
            [str(app.process.args[0]), "credentials", "set", name],  # type: ignore[index]  # a list it is
            env=app.environ,
            input=value + "\n",
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        assert done.returncode == 0, done
    assert app.cogzy("sync").returncode == 0
    (worker,) = app.workers()
    told = json.dumps([worker.cmdline(), worker.environ(), app.log, app.said])
    assert secret not in told

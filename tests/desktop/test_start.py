"""From the command to the window: quickly, once a vault, and always with something to be seen."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

from core.control.place import address_file
from tests.desktop.rig.desktop import Desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import COGZY, LONG, App, wait_for

Start = Callable[..., App]
SLOW = 4.0
"""How much slower than its figure a start may be here, where tests share a computer."""


def test_the_icon_comes_within_a_second_and_the_window_soon_after(start_app: Start, screen: Desktop) -> None:
    app = start_app()
    wait_for(lambda: screen.tray.items, what="no icon")
    assert app.lived() < 1.0 * SLOW
    screen.wait_for_window()
    assert app.lived() < 1.5 * SLOW


def test_hidden_starts_show_the_icon_alone_and_another_launch_opens_the_window(
    start_app: Start, screen: Desktop
) -> None:
    app = start_app("--hidden")
    wait_for(lambda: screen.tray.items)
    app.wait_until_it_owns()
    launch(app, "--hidden")
    assert screen.windows() == []
    launch(app)
    screen.wait_for_window()
    assert app.process.poll() is None
    assert len(screen.tray.items) == 1


def test_a_second_launch_brings_a_minimised_window_back_and_opens_the_page_it_names(
    start_app: Start, screen: Desktop
) -> None:
    with screen.running("openbox"):
        app = start_app()
        window = screen.wait_for_window()
        wait_for(lambda: screen.windows() == [] or screen.xdotool("windowminimize", window))
        launch(app)
        screen.wait_for_window()
        launch(app, "--page", "settings")
        wait_for(lambda: len(screen.xdotool("search", "--onlyvisible", "--name", "Settings").split()) > 0)


def test_two_launches_at_once_are_one_app(start_app: Start, screen: Desktop) -> None:
    both = [start_app(), start_app()]
    left = wait_for(lambda: [app for app in both if app.process.poll() is not None])
    assert [app.process.returncode for app in left] == [0]
    screen.wait_for_window()
    assert len(screen.windows()) == 1


def test_after_kill_nine_the_next_launch_starts_as_if_nothing_had_been(start_app: Start, screen: Desktop) -> None:
    app = start_app()
    app.wait_until_it_owns()
    app.end(signal.SIGKILL)
    assert app.left()
    again = start_app()
    screen.wait_for_window()
    assert again.lived() < 1.5 * SLOW
    again.wait_until_it_owns()


def test_an_app_that_hangs_is_named_instead_of_nothing_being_seen(start_app: Start, screen: Desktop) -> None:
    app = start_app("--hidden")
    app.wait_until_it_owns()
    app.process.send_signal(signal.SIGSTOP)
    try:
        with screen.running("openbox"):
            second = start_app()
            window = screen.wait_for_window()
            screen.xdotool("key", "--window", window, "Return")
            wait_for(lambda: second.process.poll() is not None)
            assert second.process.returncode == 5
    finally:
        app.process.send_signal(signal.SIGCONT)


def test_a_start_imports_nothing_heavy(other_home: Home, screen: Desktop) -> None:
    command = [str(COGZY.with_name("python")), "-X", "importtime", "-m", "cogzy"]
    environ = {**other_home.environ, **screen.environ}
    with (other_home.folder / "imports").open("wb") as told:
        app = subprocess.Popen(command, env=environ, stderr=told, cwd=other_home.folder)
        try:
            screen.wait_for_window()
            wait_for(lambda: screen.tray.items)
            wait_for(address_file(other_home.vault).exists)
        finally:
            app.terminate()
            app.wait(LONG)
    lines = (other_home.folder / "imports").read_text().splitlines()
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines if line.startswith("import time")}
    heavy = {
        "aioboto3",
        "aiobotocore",
        "botocore",
        "duckdb",
        "numpy",
        "onnxruntime",
        "faiss",
        "cryptography",
        "keyring",
    }
    heavy |= {"httpx", "mcp", "starlette", "uvicorn", "rich", "zstandard", "pyfastcdc"}
    assert imported & heavy == set()


def launch(app: App, *words: str) -> None:
    """Launch it once more, until that one is gone: it waits for nothing but the first one's answer."""
    done = app.cogzy(*words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

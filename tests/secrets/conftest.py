"""A server that knows planted keys, and a real keychain on a session bus of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import find_program, free_port

# Ends when its standard input does, and takes the daemon and the bus with it.
SESSION = """
printf test-only | gnome-keyring-daemon --unlock --components=secrets > /dev/null
echo "$DBUS_SESSION_BUS_ADDRESS"
cat > /dev/null
"""


@dataclass(frozen=True)
class Bucket:
    """A bucket whose server accepts one key alone. `data`: where the server keeps it."""

    url: str
    name: str
    data: Path


@pytest.fixture
def bucket(tmp_path: Path, key: tuple[str, str]) -> Iterator[Bucket]:
    """rclone, which accepts the key of the test."""
    data, port = tmp_path / "server" / "data", free_port()
    (data / "memory").mkdir(parents=True)
    command = [find_program("rclone"), "serve", "s3", "--config", os.devnull, "--addr", f"127.0.0.1:{port}"]
    command += ["--auth-key", ",".join(key), str(data)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(500):
            try:
                urllib.request.urlopen(url, timeout=2).close()
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.02)
        yield Bucket(url, "memory", data)
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def keychain(tmp_path: Path) -> Iterator[dict[str, str]]:
    """gnome-keyring, unlocked, its files below the person's home; the environment in which it is found."""
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(program), f"{program} is not installed: apt-get install dbus gnome-keyring"
    home, runtime = tmp_path / "person" / "home", tmp_path / "bus"
    home.mkdir(parents=True)
    runtime.mkdir(mode=0o700)
    place = {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "PATH": os.environ["PATH"]}
    session = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", SESSION],
        env=place,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    try:
        assert session.stdin is not None
        assert session.stdout is not None
        address = session.stdout.readline().strip()
        yield place | {"DBUS_SESSION_BUS_ADDRESS": address}
    finally:
        os.killpg(session.pid, signal.SIGKILL)
        session.communicate()

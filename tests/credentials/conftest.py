"""A real keychain: gnome-keyring on a session bus of its own, and children that ask it through core.credentials."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

_PRELUDE = """
import asyncio, json, os, sys, time
from pathlib import Path
from core.credentials import CredentialError, Credentials

def said(error):
    return [error.code, error.state, str(error), error.next_step]

async def main():
    credentials = Credentials(Path(os.environ["VAULT"]), os.environ, time_limit=float(os.environ.get("LIMIT", "5")))
"""
_EPILOGUE = """
print(json.dumps(asyncio.run(main())))
"""
# A session bus that starts no service of this computer's: only those of the test.
_BUS = """<busconfig>
<type>session</type> <listen>unix:tmpdir=/tmp</listen> <auth>EXTERNAL</auth> <servicedir>{services}</servicedir>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/> <allow eavesdrop="true"/> <allow own="*"/> </policy>
</busconfig>
"""


@dataclass
class Keychain:
    """A keychain daemon's surroundings, and a way to run code in them."""

    environment: dict[str, str]

    def run(self, body: str, **more: str) -> Any:
        """Run the lines as the body of an async function with `credentials` at hand; what it returns, as JSON."""
        script = _PRELUDE + textwrap.indent(textwrap.dedent(body), "    ") + _EPILOGUE
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=self.environment | more,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return json.loads(done.stdout)


@pytest.fixture
def bare_environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a home and nothing else."""
    home = tmp_path / "home"
    home.mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"HOME": str(home), "PATH": path, "VAULT": str(tmp_path / "vault"), "LANG": "C.UTF-8"}


@pytest.fixture
def keychain(bare_environment: dict[str, str], tmp_path: Path) -> Iterator[Keychain]:
    """gnome-keyring, unlocked."""
    with _gnome_keyring(bare_environment, tmp_path) as running:
        yield running


@pytest.fixture
def hanging_keychain(bare_environment: dict[str, str], tmp_path: Path) -> Iterator[Keychain]:
    """gnome-keyring, unlocked; once it is locked, the program that asks for its password never says anything."""
    services = tmp_path / "services"
    services.mkdir()
    name = "org.gnome.keyring.SystemPrompter"
    (services / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec=/bin/sleep 20\n")
    with _gnome_keyring(bare_environment, tmp_path) as running:
        yield running


@pytest.fixture
def no_keychain(bare_environment: dict[str, str]) -> Keychain:
    """A computer without a session bus."""
    return Keychain(bare_environment | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"})


@contextlib.contextmanager
def _gnome_keyring(bare_environment: dict[str, str], place: Path) -> Iterator[Keychain]:
    for program in ("dbus-daemon", "gnome-keyring-daemon"):
        assert shutil.which(program), f"{program} is not installed: apt-get install dbus gnome-keyring"
    runtime, bus_settings = place / "runtime", place / "bus.conf"
    runtime.mkdir(mode=0o700)
    bus_settings.write_text(_BUS.format(services=place / "services"))
    environment = bare_environment | {"XDG_RUNTIME_DIR": str(runtime)}
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={bus_settings}", "--nofork", "--nopidfile", "--print-address=1"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert bus.stdout is not None
    environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert daemon.stdin is not None
        daemon.stdin.write(b"test-only")
        daemon.stdin.close()
        daemon.stdin = None
        _until(lambda: (Path(environment["HOME"]) / ".local/share/keyrings/login.keyring").exists())
        yield Keychain(environment)
    finally:
        for started in psutil.Process(bus.pid).children(recursive=True):  # what the bus started holds its output open
            with contextlib.suppress(psutil.NoSuchProcess):
                started.kill()
        for process in (daemon, bus):
            process.kill()
            process.communicate()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "the keychain daemon did not start"
        time.sleep(0.02)

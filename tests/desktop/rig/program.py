"""The app as a process: started, asked, ended, and what it left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import psutil

from tests.desktop.rig.home import Home

T = TypeVar("T")
COGZY = Path(sys.executable).with_name("cogzy")


def wait_for(found: Callable[[], T | None], seconds: float = 10.0, what: str = "it did not happen") -> T:
    """The first true answer. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


class App:
    """`cogzy` with a window, on a home and a desktop."""

    def __init__(self, home: Home, desktop: Mapping[str, str], *words: str, **environ: str) -> None:
        self.home = home
        self.environ = {**home.environ, **desktop, **environ}
        self.output = home.folder / "app.out"
        self.started_at = time.monotonic()
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                [str(COGZY), *words],
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=home.folder,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def cogzy(self, *words: str, seconds: float = 30.0) -> subprocess.CompletedProcess[str]:
        """A command line beside it, to its end."""
        return subprocess.run(
            [str(COGZY), *words], env=self.environ, capture_output=True, text=True, timeout=seconds, check=False
        )

    def status(self) -> dict[str, Any]:
        """What `cogzy status --json` prints."""
        done = self.cogzy("status", "--json")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def wait_until_it_owns(self, seconds: float = 10.0) -> None:
        """Wait until it serves the vault's socket."""
        from core.control.place import address_file

        wait_for(address_file(self.home.vault).exists, seconds, f"it does not own the vault: {self.said}")

    def family(self) -> list[psutil.Process]:
        """Its process and all below it."""
        try:
            top = psutil.Process(self.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def workers(self) -> list[psutil.Process]:
        """Its workers."""
        found = []
        for process in self.family()[1:]:
            try:
                if "--worker" in process.cmdline():
                    found.append(process)
            except psutil.NoSuchProcess:
                continue
        return found

    def pss(self) -> int:
        """Bytes of memory that all its processes take, shared ones shared out."""
        total = 0
        for process in self.family():
            try:
                total += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return total

    @property
    def said(self) -> str:
        """What it wrote on its standard output and error."""
        return self.output.read_text(errors="replace")

    @property
    def log(self) -> str:
        """What stands in its log."""
        path = self.home.vault / "logs" / "cogzy.log"
        return path.read_text() if path.exists() else ""

    def end(self, how: int = signal.SIGTERM, seconds: float = 10.0) -> float:
        """Send a signal and wait for the end; the seconds it took."""
        began = time.monotonic()
        os.kill(self.pid, how)
        self.process.wait(seconds)
        return time.monotonic() - began

    def left(self) -> list[str]:
        """What is left of it that should not be: sockets, addresses, owner's notes."""
        vault, runtime = self.home.vault, Path(self.environ["COGZY_RUNTIME_DIR"])
        found = [*runtime.glob("*.sock"), vault / "sync" / "control.json", vault / "sync" / "owner.json"]
        return [str(path) for path in found if path.exists()]

    def close(self) -> None:
        """End whatever still runs of it."""
        for process in self.family()[::-1]:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait()

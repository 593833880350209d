"""The app as a process: started, asked, ended, and what it left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import psutil

from core.client import finish, read_status
from core.control.client import SocketEngine
from core.sync.events import Command
from tests.desktop.rig.home import Home
from tests.forked import run_forked

T = TypeVar("T")
COGZY = Path(sys.executable).with_name("cogzy")
LONG = 60.0
"""Seconds to wait for what must happen: a limit for what is broken, not for what is slow."""


def wait_for(found: Callable[[], T | None], seconds: float = LONG, what: str = "it did not happen") -> T:
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

    def cogzy(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command line beside it, to its end."""
        return run_forked(
            ["cogzy", *words],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status(self) -> dict[str, Any]:
        """What `cogzy status --json` prints, asked from here."""
        return asyncio.run(read_status(self.home.vault, self.environ))

    def do(self, command: Command) -> Any:
        """Its answer to a command over its socket."""
        return asyncio.run(finish(SocketEngine(self.home.vault), command))

    def lived(self) -> float:
        """Seconds since it was launched, without those in which it was ready and got no processor."""
        return time.monotonic() - self.started_at - unserved(self.pid)

    def wait_until_it_owns(self, seconds: float = LONG) -> None:
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

    def end(self, how: int = signal.SIGTERM) -> float:
        """Send a signal and wait for the end; see `gone_after`."""
        return self.gone_after(lambda: os.kill(self.pid, how))

    def gone_after(self, cause: Callable[[], object]) -> float:
        """The seconds that it took to end, without those in which it and its workers got no processor."""
        pids = [process.pid for process in self.family()]
        before = sum(unserved(pid) for pid in pids)
        latest = dict.fromkeys(pids, 0.0)
        began = time.monotonic()
        cause()
        while self.process.poll() is None:
            latest |= {pid: max(latest[pid], unserved(pid)) for pid in pids}
            assert time.monotonic() - began < LONG, "it does not end"
            time.sleep(0.005)
        return time.monotonic() - began - max(0.0, sum(latest.values()) - before)

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


def unserved(pid: int) -> float:
    """Seconds in which a process's first thread was ready and got no processor; 0 for one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0

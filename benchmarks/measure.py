"""Whole processes, measured from outside: wall time, bytes on the wire, memory of a process and all its children."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Run:
    """One run of a command. `wire` is what crossed the loopback interface meanwhile, both ways, headers too."""

    seconds: float
    wire: int
    peak_pss: int
    output: str


def run(command: Sequence[str], environ: Mapping[str, str], *, memory: bool = False) -> Run:
    """Run `command` to its end. `memory` samples the summed PSS every 5 ms, which costs time: measure time without.

    Raises CalledProcessError with what it printed when it fails.
    """
    before, started = _loopback_bytes(), time.perf_counter()
    with subprocess.Popen(
        command, env=dict(environ), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        watcher = _Watcher(process.pid) if memory else None
        output, errors = process.communicate()
    seconds = time.perf_counter() - started
    peak = watcher.stop() if watcher else 0
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output, errors)
    return Run(seconds, _loopback_bytes() - before, peak, output)


class _Watcher:
    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._ended.wait(0.005):
            try:
                family = [self._root.pid, *(child.pid for child in self._root.children(recursive=True))]
            except psutil.Error:
                return
            self._peak = max(self._peak, sum(_pss(pid) for pid in family))


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _loopback_bytes() -> int:
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counters = line.partition(":")
        if name.strip() == "lo":
            return int(counters.split()[8])
    return 0


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

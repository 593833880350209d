"""Who has a file open: the program a person has to close, by name. Linux only; elsewhere nobody is named."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_SEARCH_SECONDS = 0.015
_INTERPRETERS = ("python", "node", "deno", "bun", "ruby", "java", "uv", "uvx")


@dataclass(frozen=True)
class Holder:
    """A process that has the file open."""

    pid: int
    program: str


def holder(path: Path) -> Holder | None:
    """The process that holds a lock on `path`, else one that has it open, else None. Takes about 15 ms at most.

    Processes of other users are seen only when they hold a lock.
    """
    if sys.platform != "linux":
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    pid = _locker(found) or _opener(found)
    return None if pid is None else Holder(pid, _program(pid))


def _locker(found: os.stat_result) -> int | None:
    """The holder of a POSIX lock. Lines: `1: POSIX  ADVISORY  WRITE 4242 fe:00:1234 0 EOF`, device in hex."""
    device = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    try:
        lines = (_PROC / "locks").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        parts = line.split()
        if "->" not in parts and len(parts) >= 6 and parts[5] == device and parts[4].isdigit():
            pid = int(parts[4])
            if pid not in (0, os.getpid()):
                return pid
    return None


def _opener(found: os.stat_result) -> int | None:
    """A process of ours that has the file open, the newest first, as far as the time allows."""
    give_up = time.monotonic() + _SEARCH_SECONDS
    with os.scandir(_PROC) as entries:
        processes = sorted((int(entry.name) for entry in entries if entry.name.isdigit()), reverse=True)
    for pid in processes:
        if time.monotonic() > give_up:
            return None
        if pid != os.getpid() and _has_open(pid, found):
            return pid
    return None


def _has_open(pid: int, found: os.stat_result) -> bool:
    try:
        with os.scandir(f"/proc/{pid}/fd") as descriptors:
            return any(_is_file(descriptor, found) for descriptor in descriptors)
    except OSError:
        return False


def _is_file(descriptor: os.DirEntry[str], found: os.stat_result) -> bool:
    try:
        seen = descriptor.stat()
    except OSError:
        return False
    return (seen.st_ino, seen.st_dev) == (found.st_ino, found.st_dev)


def _program(pid: int) -> str:
    """What a person would call the process: for an interpreter, the script or module that it runs."""
    try:
        command = (_PROC / str(pid) / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        name = (_PROC / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "another program"
    first = Path(command[0]).name if command and command[0] else name
    if not first.rstrip("0123456789.w").startswith(_INTERPRETERS):
        return first or name
    arguments = [argument for argument in command[1:] if argument]
    if "-m" in arguments[:-1]:
        return arguments[arguments.index("-m") + 1]
    scripts = [Path(argument).name for argument in arguments if not argument.startswith("-")]
    return scripts[0] if scripts and "-c" not in arguments else first

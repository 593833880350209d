"""Requests left for whoever owns the vault: what `cogzy sync --queue` does. Standard library alone, a few milliseconds.

Invariants:
- A request is a whole file under `sync/queue/` before anybody is told of it: an owner that dies, hangs or is just
  leaving loses none. The file goes when its sync has ended, well or not.
- With no owner, a detached `cogzy sync --drain-queue` is started, one at a time: `.starting` stands from then until
  that run serves the vault's socket (and so will read the queue after that), or for ten seconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.control.place import read_address

POKE = {"v": 1, "type": "QueueChanged"}
_MOST_REQUESTS = 200
_MOST_BYTES = 4096
_STARTING_SECONDS = 10.0


def request_sync(vault: Path, request: Mapping[str, Any]) -> bool:
    """Leave the request (fields of events.Sync) and see that somebody will do it. True: a running owner was told."""
    leave(vault, request)
    if poke(vault):
        return True
    start_drain(vault)
    return False


def leave(vault: Path, request: Mapping[str, Any]) -> Path:
    """Write the request into the queue, whole or not at all."""
    folder = vault / "sync" / "queue"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{time.time_ns():020d}-{os.getpid()}-{os.urandom(4).hex()}.json"
    temporary = target.with_suffix(".tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(json.dumps(dict(request)).encode())
    temporary.replace(target)
    return target


def poke(vault: Path, seconds: float = 0.25) -> bool:
    """Tell the owner that the queue changed. False: nobody listens. A hung owner finds the file when it wakes."""
    address = read_address(vault)
    if address is None:
        return False
    with contextlib.closing(_socket(address, seconds)) as connection:
        try:
            if "socket" in address:
                connection.connect(address["socket"])
            else:
                connection.connect(("127.0.0.1", address["port"]))
        except TimeoutError:
            return True  # it is there, only slow
        except OSError:
            return False
        lines = ([{"v": 1, "type": "Token", "token": address["token"]}] if "token" in address else []) + [POKE]
        try:
            connection.sendall(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
            return connection.recv(1) == b"{"
        except TimeoutError:
            return True
        except OSError:
            return False


def start_drain(vault: Path) -> bool:
    """Start a detached run that empties the queue, unless one is just starting. True: it was started here."""
    starting = vault / "sync" / "queue" / ".starting"
    try:
        starting.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        with contextlib.suppress(FileNotFoundError):
            if 0 <= time.time() - starting.stat().st_mtime < _STARTING_SECONDS:
                return False
        starting.touch(mode=0o600)
    import subprocess

    from core.process import own_command

    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        detached = {"creationflags": flags}
    command = own_command("--vault", str(vault), "sync", "--drain-queue")
    nothing = subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, cwd=vault, **detached)  # noqa: S603
    child.returncode = 0  # it outlives this process on purpose: no warning about that
    return True


def started(vault: Path) -> None:
    """The run that `start_drain` started serves the socket now, or found another owner."""
    (vault / "sync" / "queue" / ".starting").unlink(missing_ok=True)


def waiting(vault: Path) -> list[Path]:
    """The requests that wait, oldest first."""
    return sorted((vault / "sync" / "queue").glob("*.json"))[:_MOST_REQUESTS]


def merged(requests: list[Path]) -> dict[str, Any]:
    """One request (fields of events.Sync) that does what all of these ask for. A damaged one asks for a plain sync."""
    asked = [_read(path) for path in requests]
    methods = {one.get("method", "auto") for one in asked}
    only = {one.get("only") for one in asked}
    triggers = {one.get("trigger", "session_end") for one in asked}
    return {
        "method": methods.pop() if len(methods) == 1 else "auto",
        "full": any(one.get("full") is True for one in asked),
        "only": only.pop() if len(only) == 1 else None,
        "trigger": triggers.pop() if len(triggers) == 1 else "session_end",
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    allowed = {
        "method": ("auto", "cloud", "http"),
        "full": (True, False),
        "only": ("reflections", "knowledge-graph", "vault", None),
        "trigger": ("session_end", "user"),
    }
    return {name: found[name] for name, values in allowed.items() if name in found and found[name] in values}


def _socket(address: Mapping[str, Any], seconds: float) -> socket.socket:
    family = getattr(socket, "AF_UNIX", None) if "socket" in address else socket.AF_INET
    connection = socket.socket(socket.AF_INET if family is None else family, socket.SOCK_STREAM)
    connection.settimeout(seconds)
    return connection

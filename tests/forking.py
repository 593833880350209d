"""The program behind tests.forked.

`python -I forking.py --serve SOCKET` forks processes for who asks there, until its standard input ends.
`python -I -S forking.py SOCKET PROGRAM ...` asks there, lends its own streams and ends as the process does.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_SYNC = ("aioboto3", "duckdb", "numpy", "pydantic", "zstandard", "core.cli.sync", "core.cli.cloud", "core.cli.local")
_SYNC += ("core.storage.s3", "core.sync.engine", "core.sync.upload", "core.sync.restore", "core.sync.reset")
_SYNC += ("core.sync.verify", "core.vault.service", "core.control.server", "filelock", "core.settings_model")
_SERVERS = ("mcp.server.stdio", "mcp.server.streamable_http_manager", "starlette.applications", "httpx")
_SERVERS += ("uvicorn", "uvicorn.protocols.http.h11_impl", "uvicorn.lifespan.on")
_ASSISTANTS = ("core.assistants", "core.cli.mcp", "core.cli.serve")
_HUB = ("core.cli.akosha.serve", "core.cli.akosha.looking", "core.cli.akosha.ingest", "core.cli.akosha.tokens")
_HUB += ("core.akosha.application", "core.akosha.web.server", "core.akosha.ingest")
_NEEDED = {"cogzy": _SYNC, "mcp": _SERVERS + _ASSISTANTS, "serve": _SERVERS + _ASSISTANTS, "akosha": _SERVERS + _HUB}


def ask(
    connection: socket.socket,
    command: list[str],
    environ: dict[str, str],
    folder: str,
    streams: list[int],
    within: int | None = None,
) -> None:
    """Ask for a process. The answers are lines: its process id at once, and its wait status at its end.

    It is killed when the connection ends before.
    """
    request = {"command": command, "environ": environ, "folder": folder, "within": within}
    socket.send_fds(connection, [json.dumps(request).encode() + b"\n"], streams)


def _lend(address: str, command: list[str]) -> NoReturn:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        ask(connection, command, dict(os.environ), os.getcwd(), [0, 1, 2])  # noqa: PTH109  # pathlib takes its time
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        answers = connection.makefile("r")
        pid = int(answers.readline())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: os.kill(pid, number))
        code = os.waitstatus_to_exitcode(int(answers.readline()))
    os._exit(code if code >= 0 else 128 - code)


def _serve(address: str) -> NoReturn:
    import gc
    import threading

    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    threading.Thread(target=_end_with_input, daemon=True).start()
    print("ready", flush=True)
    imported: set[str] = set()
    while True:
        connection, _ = listening.accept()
        line, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
        while not line.endswith(b"\n"):
            line += connection.recv(1 << 20)
        request = json.loads(line)
        for name in [name for name in (request["command"][0], *request["command"][1:]) if name in _NEEDED]:
            if name not in imported:
                imported.add(name)
                _import(_NEEDED[name])
                gc.collect()
                gc.freeze()  # no child walks through what it shares
        child = os.fork()
        if not child:
            listening.close()
            connection.close()
            _end(_become(request, streams))
        for stream in streams:
            os.close(stream)
        connection.sendall(f"{child}\n".encode())
        threading.Thread(target=_attend, args=(child, connection), daemon=True).start()


def _import(names: tuple[str, ...]) -> None:
    from importlib import import_module

    for name in names:
        import_module(name)


def _become(request: dict[str, Any], streams: list[int]) -> int:
    """Be the command that was asked for."""
    import importlib

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    if request["within"] is not None:
        _enter(request["within"])
    os.environ.clear()
    os.environ.update(request["environ"])
    os.chdir(request["folder"])
    sys.argv = list(request["command"])
    if "core.crash_points" in sys.modules:  # it has read the environment
        importlib.reload(sys.modules["core.crash_points"])
    from cogzy import __main__ as program

    return program.akosha() if sys.argv[0] == "akosha" else program.main()


def _enter(pid: int) -> None:
    """Enter the mount namespace of a process, and its user namespace if that is another."""
    import ctypes
    from pathlib import Path

    libc = ctypes.CDLL(None, use_errno=True)
    kinds = ["mnt"]
    if Path(f"/proc/{pid}/ns/user").readlink() != Path("/proc/self/ns/user").readlink():
        kinds.insert(0, "user")
    for kind in kinds:
        with Path(f"/proc/{pid}/ns/{kind}").open("rb") as space:
            if libc.setns(space.fileno(), 0):
                raise OSError(ctypes.get_errno(), "setns")


def _end(code: int) -> NoReturn:
    """End as the interpreter does, but without taking apart all that was imported."""
    import atexit
    import threading

    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _attend(child: int, connection: socket.socket) -> None:
    """Tell the end of a child; end it when nobody listens any more."""
    import contextlib
    import threading

    ended = threading.Event()

    def listen() -> None:
        with contextlib.suppress(OSError):
            connection.recv(1)
        if not ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    threading.Thread(target=listen, daemon=True).start()
    _, status = os.waitpid(child, 0)
    ended.set()
    with connection, contextlib.suppress(OSError):
        connection.sendall(f"{status}\n".encode())
        connection.shutdown(socket.SHUT_RDWR)


def _end_with_input() -> None:
    os.read(0, 1)  # not sys.stdin, whose lock a child would inherit
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        _serve(sys.argv[2])
    _lend(sys.argv[1], sys.argv[2:])

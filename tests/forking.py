"""The program behind tests.forked.

`python -I forking.py --serve SOCKET` forks processes for who asks there, until its standard input ends.
`python -I -S forking.py SOCKET PROGRAM ...` asks there, lends its own streams and ends as the process does.

`python` as the PROGRAM takes `-c CODE` or `-m MODULE`, and finds modules in its folder as well.
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
_SYNC += (
    "core.sync.keys",
    "core.secret_file",
    "core.sync.verify",
    "core.vault.service",
    "core.control.server",
    "filelock",
    "core.settings_model",
)
_SERVERS = ("mcp.server.stdio", "mcp.server.streamable_http_manager", "starlette.applications", "httpx")
_SERVERS += ("uvicorn", "uvicorn.protocols.http.h11_impl", "uvicorn.lifespan.on")
_ASSISTANTS = ("core.assistants", "core.cli.mcp", "core.cli.serve")
_HUB = ("core.cli.akosha.serve", "core.cli.akosha.looking", "core.cli.akosha.ingest", "core.cli.akosha.tokens")
_HUB += ("core.akosha.application", "core.akosha.web.server", "core.akosha.ingest")
_NEEDED = {"cogzy": _SYNC, "mcp": _SERVERS + _ASSISTANTS, "serve": _SERVERS + _ASSISTANTS, "akosha": _SERVERS + _HUB}
_NEEDED |= {"--akosha": _SERVERS + _HUB, "--hub": _SERVERS + _HUB, "demo": ("core.cli.demo.story",)}
_DATABASE = tuple(f"core.database.{name}" for name in ("process", "child", "delta", "checking", "rebuilding", "rows"))
_DATABASE += ("duckdb", "numpy")


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
    import contextlib
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
        while not line.endswith(b"\n") and (more := connection.recv(1 << 20)):
            line += more
        if not line.endswith(b"\n"):  # who asked was killed meanwhile
            for end in (connection.detach(), *streams):
                os.close(end)
            continue
        request = json.loads(line)
        for name, needed in _what_is_needed(request["command"]).items():
            if name not in imported:
                imported.add(name)
                _import(needed)
                gc.collect()
                gc.freeze()  # no child walks through what it shares
        child = os.fork()
        if not child:
            listening.close()
            connection.close()
            _end(_code_of(request, streams, address))
        for stream in streams:
            os.close(stream)
        with contextlib.suppress(OSError):  # killed meanwhile: that ends the child too
            connection.sendall(f"{child}\n".encode())
        threading.Thread(target=_attend, args=(child, connection), daemon=True).start()


def _what_is_needed(command: list[str]) -> dict[str, tuple[str, ...]]:
    """The modules of each word that needs some."""
    if "--database" in command:
        return {"--database": _DATABASE}
    words = ("cogzy",) if command[0] == "python" else command
    return {"--database": _DATABASE} | {word: _NEEDED[word] for word in words if word in _NEEDED}


def _import(names: tuple[str, ...]) -> None:
    from importlib import import_module

    for name in names:
        import_module(name)


def _code_of(request: dict[str, Any], streams: list[int], address: str) -> int:
    """Be the command that was asked for. Its exit code, also where it ends with an exception."""
    import traceback

    try:
        return _become(request, streams, address)
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        print(leaving.code, file=sys.stderr)
        return 1
    except Exception:  # noqa: BLE001  # told as the interpreter tells it
        traceback.print_exc()
        return 1


def _become(request: dict[str, Any], streams: list[int], address: str) -> int:
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
    else:
        _fork_children_too(address)
    _stretch_little()
    os.environ.clear()
    os.environ.update(request["environ"])
    os.chdir(request["folder"])
    sys.argv = list(request["command"])
    if "core.crash_points" in sys.modules:  # it has read the environment
        importlib.reload(sys.modules["core.crash_points"])
    if sys.argv[0] == "python":
        return _run(*sys.argv[1:])
    from cogzy import __main__ as program

    return program.akosha() if sys.argv[0] == "akosha" else program.main()


def _run(option: str, what: str, *_: str) -> int:
    """Do what Python does with these arguments."""
    import runpy

    del sys.argv[:2]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    if option == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.argv[0] = option
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
    return 0


def _fork_children_too(address: str) -> None:
    """Have the children that open databases forked as well, and all those of a demo."""
    mine = [sys.executable, "-I", "-S", os.path.abspath(__file__), address, "cogzy"]  # noqa: PTH100
    for name in ("core.database.process", *(f"core.cli.demo.{module}" for module in ("computer", "hub", "writer"))):
        if name in sys.modules:
            sys.modules[name].own_command = lambda *arguments: [*mine, *arguments]  # type: ignore[attr-defined]


def _stretch_little() -> None:
    """Let no passphrase take the time and memory that it takes by design."""
    for name, cost, value in (("core.sync.keys", "SCRYPT_LOG_N", 10), ("core.secret_file", "_N", 1 << 10)):
        if name in sys.modules:
            setattr(sys.modules[name], cost, value)


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

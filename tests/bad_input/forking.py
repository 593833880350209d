"""Real `cogzy` processes that are cheap: forked from one that has already imported everything that a command may need.

Starting the interpreter and importing an S3 client and a database takes most of the time of a short command. Each
command still is a process of its own with its own environment, folder, arguments, streams and exit code, and the
children that it starts are started as always. Only for commands that are not started in a special way.

As a program: `python -I forking.py SOCKET` serves until its standard input ends.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

_HEAVY = ("aioboto3", "duckdb", "numpy", "pydantic", "zstandard", "core.cli.sync", "core.cli.cloud", "core.cli.local")
_HEAVY += ("core.storage.s3", "core.sync.engine", "core.sync.upload", "core.sync.restore", "core.sync.reset")
_HEAVY += ("core.sync.verify", "core.vault.service", "core.control.server", "filelock", "core.settings_model")


class Forked:
    """A running command, with what the tests need of subprocess.Popen."""

    def __init__(self, connection: socket.socket, out: IO[bytes], err: IO[bytes]) -> None:
        self._answers = connection.makefile("r")
        self._connection, self._out, self._err = connection, out, err
        self.pid = int(self._answers.readline())
        self.returncode: int | None = None

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for the end; what it said on standard output and standard error."""
        self._connection.settimeout(timeout)
        with self._connection, self._answers, self._out, self._err:
            self.returncode = int(self._answers.readline())
            said = []
            for stream in (self._out, self._err):
                stream.seek(0)
                said.append(stream.read().decode())
        return said[0], said[1]


class ForkServer:
    """The process that forks. One for a test run; it ends with this process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cogzy-fork-")
        self._address = str(Path(self._folder.name) / "socket")
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__, self._address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def start(self, arguments: list[str], environ: dict[str, str], folder: Path, within: int | None = None) -> Forked:
        """Start `cogzy` with these arguments and an empty standard input, `within` the mount namespace of a process."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self._address)
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115  # closed by communicate
        request = {"arguments": arguments, "environ": environ, "folder": str(folder), "within": within}
        line = json.dumps(request).encode() + b"\n"
        with Path(os.devnull).open("rb") as nothing:
            socket.send_fds(connection, [line], [nothing.fileno(), out.fileno(), err.fileno()])
        return Forked(connection, out, err)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)
        self._folder.cleanup()


@cache
def fork_server() -> ForkServer:
    """The server of this test run."""
    server = ForkServer()
    atexit.register(server.close)
    return server


def _serve(address: str) -> NoReturn:
    """Fork for every request, until this process is ended."""
    from importlib import import_module

    for name in _HEAVY:
        import_module(name)
    gc.collect()
    gc.freeze()  # no child walks through what it shares
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    threading.Thread(target=_end_with_input, daemon=True).start()
    print("ready", flush=True)
    while True:
        connection, _ = listening.accept()
        line, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
        while not line.endswith(b"\n"):
            line += connection.recv(1 << 20)
        child = os.fork()
        if not child:
            listening.close()
            connection.close()
            _end(_become(json.loads(line), streams))
        for stream in streams:
            os.close(stream)
        connection.sendall(f"{child}\n".encode())
        threading.Thread(target=_tell_end, args=(child, connection)).start()


def _become(request: dict[str, Any], streams: list[int]) -> int:
    """Be the command that was asked for."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if request["within"] is not None:
        _enter(request["within"])
    os.environ.clear()
    os.environ.update(request["environ"])
    os.chdir(request["folder"])
    sys.argv = ["cogzy", *request["arguments"]]
    from cogzy.__main__ import main

    return main()


def _enter(pid: int) -> None:
    """Enter the mount namespace of a process, and its user namespace if that is another."""
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
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _tell_end(child: int, connection: socket.socket) -> None:
    _, status = os.waitpid(child, 0)
    with connection, contextlib.suppress(OSError):
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _end_with_input() -> None:
    os.read(0, 1)  # not sys.stdin, whose lock a child would inherit
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    _serve(sys.argv[1])

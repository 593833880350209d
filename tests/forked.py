"""Real processes of `cogzy` and `akosha` that are cheap: forked from one that has already imported what they need.

    Forked(["akosha", "serve"], stdout=subprocess.PIPE, env=environ)     # a subprocess.Popen in all but its start
    forked_command("cogzy", "mcp")                                       # where only a command line is taken
    run_forked(["python", "-m", "a.module"], cwd=folder)                 # subprocess.run

Starting the interpreter and importing a server or an S3 client takes most of the time of a short command. Each is a
process of its own with its own environment, folder, arguments, streams and exit code. Of the children that it starts
those that open databases and those of a demo are forked as well. How the programs themselves are started is for tests
that start them.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.forking import ask

_PROGRAM = Path(__file__).with_name("forking.py")


class Forked(subprocess.Popen[Any]):
    """`args` begin with `cogzy`, `akosha` or `python`.

    Of Popen's options those about streams, environment and folder are kept.
    `within` is a process whose mounts the new one sees. Popen's own waiting asks the system for a child of ours, which
    this is not: the server tells the end instead.
    """

    def __init__(self, args: Sequence[str], *, within: int | None = None, **options: Any) -> None:
        self._within = within
        self._connection = socket.socket(socket.AF_UNIX)
        super().__init__(args, **options)

    def _execute_child(self, args: Any, *given: Any) -> None:
        folder, environ = given[4:6]
        pipes = given[9:15]  # p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite; -1 where it is our own stream
        self._connection.connect(_fork_server())
        streams = [own if end == -1 else end for own, end in enumerate((pipes[0], pipes[3], pipes[5]))]
        environ = dict(os.environ if environ is None else environ)
        ask(self._connection, list(args), environ, str(folder or Path.cwd()), streams, self._within)
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]  # of Popen
        told = b""
        while not told.endswith(b"\n"):  # and not a byte more, which may already be there: `_try_wait` looks for it
            told += (byte := self._connection.recv(1))
            assert byte, "the server that forks has ended"
        self.pid = int(told)
        self._child_created = True

    def _try_wait(self, flags: int) -> tuple[int, int]:
        self._connection.settimeout(0.0 if flags else None)
        try:
            told = self._connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return 0, 0
        finally:
            self._connection.settimeout(None)
        assert told, "the server that forks has ended"
        with self._connection, self._connection.makefile() as answers:
            return self.pid, int(answers.readline())

    def _internal_poll(self, _deadstate: int | None = None, **_: Any) -> int | None:
        if self.returncode is None and self._connection.fileno() == -1:  # collected before its end was asked for
            self.returncode = _deadstate
        elif self.returncode is None and self._waitpid_lock.acquire(False):  # type: ignore[attr-defined]  # of Popen
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)  # type: ignore[attr-defined]  # of Popen
            finally:
                self._waitpid_lock.release()  # type: ignore[attr-defined]  # of Popen
        return self.returncode


def run_forked(args: Sequence[str], *, input: str | None = None, **options: Any) -> subprocess.CompletedProcess[Any]:
    """What `subprocess.run` does, within a minute."""
    stdin = subprocess.DEVNULL if input is None else subprocess.PIPE
    with Forked(args, stdin=stdin, **options) as process:
        try:
            out, err = process.communicate(input, timeout=60)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(args, process.returncode, out, err)


def forked_command(*arguments: str) -> list[str]:
    """A command line that runs `arguments`, which begin with `cogzy`, `akosha` or `python`, and ends when that does."""
    return [sys.executable, "-I", "-S", str(_PROGRAM), _fork_server(), *arguments]


@cache
def _fork_server() -> str:
    """The address of the server of this test run. It ends with this process."""
    folder = tempfile.TemporaryDirectory(prefix="cogzy-fork-")
    address = str(Path(folder.name) / "socket")
    server = subprocess.Popen(
        [sys.executable, "-I", str(_PROGRAM), "--serve", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdin is not None
    assert server.stdout is not None

    def close() -> None:
        server.stdin.close()  # type: ignore[union-attr]  # asserted above
        server.stdout.close()  # type: ignore[union-attr]
        server.wait(10)
        folder.cleanup()

    atexit.register(close)
    assert server.stdout.readline() == b"ready\n"
    return address

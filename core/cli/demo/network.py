"""A real S3 server on this computer, and the wire to it, which can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.cli.demo.processes import clean_environment, running
from core.errors import CogzyError, UsageError

LOOPBACK = "127.0.0.1"
_CHUNK = 1 << 16
_ANNOUNCED = re.compile(r"Starting s3 server on \[http://127\.0\.0\.1:(\d+)/?\]")


@dataclass(frozen=True)
class Server:
    """A running S3 server. Its buckets are folders in `folder`."""

    folder: Path
    port: int
    key_id: str
    secret: str


@contextlib.contextmanager
def serving(folder: Path, buckets: Iterable[str]) -> Iterator[Server]:
    """`rclone serve s3` over a folder with these buckets, while the block lasts."""
    program = _find("rclone")
    if program is None:
        raise UsageError("demo.no_server")
    for bucket in buckets:
        (folder / bucket).mkdir(parents=True)
    key_id, secret = secrets.token_hex(8), secrets.token_hex(16)
    command = [program, "serve", "s3", "--config", os.devnull, "--addr", f"{LOOPBACK}:0"]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    environment = {**clean_environment(folder.parent), "RCLONE_AUTH_KEY": f'"{key_id},{secret}"'}
    with running([*command, str(folder)], environment, **streams) as process:
        assert process.stderr is not None
        for line in process.stderr:
            announced = _ANNOUNCED.search(line)
            if announced:
                threading.Thread(target=_drain, args=(process,), daemon=True).start()
                yield Server(folder, int(announced[1]), key_id, secret)
                return
    raise CogzyError("demo.process_ended", program="rclone", exit_code=process.returncode)


class Wire:
    """A relay in front of the server: it counts what passes, and can be cut in the middle of a transfer."""

    def __init__(self, server_port: int) -> None:
        self.sent = 0
        self.received = 0
        self.port = 0
        self._server_port = server_port
        self._left: int | None = None
        self._listener: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="wire", daemon=True).start()
        self.mend()

    @property
    def url(self) -> str:
        """The endpoint that the computers use."""
        return f"http://{LOOPBACK}:{self.port}"

    def mend(self) -> None:
        """Let everything pass."""
        self._left = None
        self._do(self._listen())

    def cut(self, *, after: int = 0) -> None:
        """Break every connection and refuse new ones, as soon as that many more bytes went up."""
        self._left = after
        if not after:
            self._do(self._break())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._connected, LOOPBACK, self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _break(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for end in self._ends:
            end.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        self._ends |= ends
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._server_port)
            ends.add(far_writer)
            self._ends |= ends
            await asyncio.wait(
                {asyncio.create_task(self._up(reader, far_writer)), asyncio.create_task(self._down(far_reader, writer))}
            )
        for end in ends:
            end.close()
        self._ends -= ends

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                if self._left is not None:
                    chunk = chunk[: self._left]
                    self._left -= len(chunk)
                self.sent += len(chunk)
                writer.write(chunk)
                await writer.drain()
                if self._left == 0:
                    await self._break()
        writer.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                self.received += len(chunk)
                writer.write(chunk)
                await writer.drain()
        writer.close()


def _find(program: str) -> str | None:
    return shutil.which(program, path=str(Path(sys.executable).parent)) or shutil.which(program)


def _drain(process: subprocess.Popen[str]) -> None:
    """Read away what it goes on saying, so that it never waits for a reader."""
    assert process.stderr is not None
    with contextlib.suppress(ValueError):  # closed at the end
        for _ in process.stderr:
            continue

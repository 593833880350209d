"""The owner's side of the command socket.

Invariants:
- Only the holder of the vault's owner.lock serves: so a socket that is in the way is a dead owner's, and is replaced.
- Owner-only: a socket of mode 0600 in a folder of mode 0700; where there are no such sockets, a loopback port whose
  callers must know the token of an owner-only file.
- A caller can neither stop nor slow the engine: what it sends wrong ends its connection alone, a caller that does not
  read is dropped, and a command goes on when its caller is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Protocol

from core.control import place
from core.control.broadcast import Listener
from core.control.wire import (
    LONGEST_COMMAND,
    ControlError,
    QueueChanged,
    ShowWindow,
    Subscribe,
    Token,
    decode,
    encode,
)
from core.errors import CogzyError, RefusedError, UsageError
from core.files import write_atomically
from core.sync.events import Command, Done, Event, Failed, Shutdown

log = logging.getLogger("core.control")

MOST_CALLERS = 128
FIRST_LINE_SECONDS = 10.0
SLOW_READER_SECONDS = 10.0


class Engine(Protocol):
    """What a server serves: see core.client.EngineClient."""

    def run(self, command: Command) -> AsyncIterator[Event]:
        """Run a command: its events, ending with Done or Failed."""
        ...

    def listen(self) -> contextlib.AbstractContextManager[Listener]:
        """Every event of the engine."""
        ...


class ControlServer:
    """Serves one vault's engine on the running event loop. Made by the holder of owner.lock.

    `on_queue` is called when a request was left in the queue, `on_show` when the window should be raised (at the page
    it is given, which may be empty), `on_shutdown` when a caller asks the owner to end.
    """

    def __init__(
        self,
        vault: Path,
        engine: Engine,
        *,
        on_queue: Callable[[], None] | None = None,
        on_show: Callable[[str], bool] | None = None,
        on_shutdown: Callable[[], None] | None = None,
        loopback: bool = sys.platform == "win32",
    ) -> None:
        self._vault = vault
        self._engine = engine
        self._on_queue = on_queue
        self._on_show = on_show
        self._on_shutdown = on_shutdown
        self._token = secrets.token_hex(32) if loopback else None
        self._socket_path: Path | None = None
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[None]] = set()
        self._commands: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen, and tell the address. Raises ControlError when the system refuses a socket."""
        try:
            listening, address = self._bind()
        except OSError as error:
            raise ControlError("control.no_socket", reason=error.strerror or str(error)) from error
        self._server = await asyncio.start_server(self._accept, sock=listening, limit=LONGEST_COMMAND)
        address["vault"] = str(self._vault.resolve())
        target = place.address_file(self._vault)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(target, json.dumps(address).encode())

    async def close(self, grace: float = 3.0) -> None:
        """Stop listening, give commands of callers `grace` seconds to end, and leave nothing behind."""
        if self._server is None:
            return
        self._server.close()
        place.address_file(self._vault).unlink(missing_ok=True)
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)
        if self._commands:
            await asyncio.wait(self._commands, timeout=grace)
        for task in (*self._commands, *self._callers):
            task.cancel()
        await asyncio.gather(*self._commands, *self._callers, return_exceptions=True)
        self._server = None

    async def idle(self) -> None:
        """Wait until no caller's command runs."""
        while self._commands:
            await asyncio.wait(self._commands)

    def _bind(self) -> tuple[socket.socket, dict[str, Any]]:
        if self._token is not None:
            listening = socket.create_server(("127.0.0.1", 0))
            return listening, {"port": listening.getsockname()[1], "token": self._token}
        from core.locations import runtime_dir

        path = place.socket_path(self._vault, runtime_dir())
        path.unlink(missing_ok=True)  # a dead owner's: we hold owner.lock
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listening.bind(str(path))
            path.chmod(0o600)
        except OSError:
            listening.close()
            raise
        self._socket_path = path
        return listening, {"socket": str(path)}

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # asyncio.start_server runs this in a task of its own
        self._callers.add(task)
        try:
            await self._answer(reader, _Caller(writer))
        except (OSError, asyncio.CancelledError):
            log.debug("a caller left")
        finally:
            self._callers.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, caller: _Caller) -> None:
        known = self._token is None
        try:
            if len(self._callers) > MOST_CALLERS:
                raise ControlError("control.too_many_callers", most=MOST_CALLERS)
            while True:
                line = await _read_line(reader, None if known and caller.answered else FIRST_LINE_SECONDS)
                if line is None:
                    return
                message = decode(line)
                if isinstance(message, Token) and self._token is not None:
                    known = secrets.compare_digest(message.token.encode(), self._token.encode())
                if not known:
                    raise RefusedError("control.wrong_token")
                if isinstance(message, Token):
                    continue
                caller.answered = True
                if isinstance(message, Subscribe):
                    await self._stream(reader, caller)
                    return
                if isinstance(message, QueueChanged):
                    if self._on_queue is not None:
                        self._on_queue()
                    await caller.send(Done())
                elif isinstance(message, ShowWindow):
                    await caller.send(Done(self._on_show is not None and self._on_show(message.page)))
                elif isinstance(message, Command):
                    if isinstance(message, Shutdown) and self._on_shutdown is not None:
                        self._on_shutdown()
                        await caller.send(Done())
                    else:
                        await asyncio.shield(self._start(message, caller))
                else:
                    raise UsageError("protocol.unknown", seen=type(message).__name__)
        except CogzyError as error:
            await caller.send(Failed(error.as_json(), error.exit_code))

    def _start(self, command: Command, caller: _Caller) -> asyncio.Task[None]:
        task = asyncio.create_task(self._run(command, caller))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)
        return task

    async def _run(self, command: Command, caller: _Caller) -> None:
        async for event in self._engine.run(command):
            with contextlib.suppress(OSError):  # the caller left: its command goes on
                await caller.send(event)

    async def _stream(self, reader: asyncio.StreamReader, caller: _Caller) -> None:
        left = asyncio.ensure_future(reader.read(1))
        try:
            with self._engine.listen() as listener:
                while not listener.lost:
                    event = asyncio.ensure_future(listener.get())
                    await asyncio.wait({event, left}, return_when=asyncio.FIRST_COMPLETED)
                    if not event.done():
                        event.cancel()
                        return
                    await caller.send(event.result())
        finally:
            left.cancel()


class _Caller:
    """The writing side of a connection. A caller that does not read for ten seconds is dropped."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.answered = False
        self._writer = writer
        self._gone = False

    async def send(self, event: Event) -> None:
        """Send one event. Raises OSError once the caller is gone."""
        if self._gone:
            raise ConnectionResetError
        try:
            self._writer.write(encode(event))
            async with asyncio.timeout(SLOW_READER_SECONDS):
                await self._writer.drain()
        except (OSError, TimeoutError):
            self._gone = True
            self._writer.transport.abort()
            raise ConnectionResetError from None


async def _read_line(reader: asyncio.StreamReader, seconds: float | None) -> bytes | None:
    """One line, or None at the end. Raises UsageError for a line that is too long."""
    try:
        async with asyncio.timeout(seconds):
            line = await reader.readline()
    except TimeoutError:
        return None
    except ValueError as error:
        raise UsageError("control.line_too_long", most=LONGEST_COMMAND) from error
    return line if line.endswith(b"\n") else None

"""The caller's side of the command socket: an engine that lives in the owner's process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.control.place import read_address
from core.control.wire import LONGEST_EVENT, ControlError, ShowWindow, Subscribe, Token, decode, encode
from core.errors import CogzyError
from core.sync.events import Command, Done, Event, Failed

CONNECT_SECONDS = 2.0
_ENDS = (Done, Failed)


class SocketEngine:
    """The engine of the vault's owner. Each command has its own connection, so that Cancel passes the one it stops."""

    def __init__(self, vault: Path) -> None:
        self._vault = vault

    async def answers(self) -> bool:
        """Whether an owner listens now."""
        try:
            async with self._connect():
                return True
        except ControlError:
            return False

    async def run(self, command: Command) -> AsyncIterator[Event]:
        """Run a command at the owner. Closing this iterator early leaves the command running: send Cancel to stop it.

        Raises ControlError when no owner listens; an owner that ends in the middle is a Failed.
        """
        async with self._connect() as (reader, writer):
            writer.write(encode(command))
            async for event in _events(reader):
                yield event
                if isinstance(event, _ENDS):
                    return
        yield _gone()

    async def subscribe(self) -> AsyncIterator[Event]:
        """Every event of the owner's engine, until the owner ends."""
        async with self._connect() as (reader, writer):
            writer.write(encode(Subscribe()))
            async for event in _events(reader):
                yield event

    async def show_window(self, page: str = "") -> bool:
        """Raise the owner's window, at that page. False: it has none."""
        async with self._connect() as (reader, writer):
            writer.write(encode(ShowWindow(page)))
            async for event in _events(reader):
                return isinstance(event, Done) and event.value is True
        return False

    async def close(self) -> None:
        """Nothing to do: connections end with their commands."""

    @asynccontextmanager
    async def _connect(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        address = read_address(self._vault)
        if address is None:
            raise ControlError("control.nobody_listens")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if "socket" in address:
                    reader, writer = await asyncio.open_unix_connection(address["socket"], limit=LONGEST_EVENT)
                else:
                    reader, writer = await asyncio.open_connection("127.0.0.1", address["port"], limit=LONGEST_EVENT)
        except (OSError, TimeoutError) as error:
            raise ControlError("control.nobody_listens") from error
        try:
            if "token" in address:
                writer.write(encode(Token(address["token"])))
            yield reader, writer
        finally:
            writer.close()


async def _events(reader: asyncio.StreamReader) -> AsyncIterator[Event]:
    """The events that arrive, until the owner ends the connection. A line that is none is a Failed."""
    while True:
        try:
            line = await reader.readline()
        except (OSError, ValueError):
            return
        if not line.endswith(b"\n"):
            return
        try:
            message = decode(line)
        except CogzyError as error:
            yield Failed(error.as_json(), error.exit_code)
            return
        if isinstance(message, Event):
            yield message


def _gone() -> Failed:
    error = ControlError("control.owner_gone")
    return Failed(error.as_json(), error.exit_code)

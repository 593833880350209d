"""The message buses of a Linux desktop. Whatever goes wrong with one is an OSError: it may come back later."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney import MatchRule, Message
    from jeepney.io.asyncio import DBusRouter

REPLY_SECONDS = 3.0
_STILL_THERE_SECONDS = 60.0
_MOST_WAITING = 200


def session_address() -> str:
    """Where the session's bus is. Raises OSError when there is none."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    socket = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent") / "bus"
    if not socket.is_socket():
        raise OSError("no session bus")
    return f"unix:path={socket}"


@contextlib.asynccontextmanager
async def connected(bus: str) -> AsyncIterator[DBusRouter]:
    """A connection to `bus`: "SYSTEM", or an address. Raises OSError."""
    from jeepney.auth import AuthenticationError
    from jeepney.io.asyncio import open_dbus_router
    from jeepney.io.common import RouterClosed

    opened = open_dbus_router(bus)
    try:
        async with asyncio.timeout(REPLY_SECONDS):
            router = await opened.__aenter__()
    except (TimeoutError, EOFError, RuntimeError, AuthenticationError, RouterClosed) as error:
        raise OSError(f"the bus does not answer: {error!r}") from error
    try:
        yield router
    except RouterClosed as error:
        raise OSError("the bus ended") from error
    finally:
        with contextlib.suppress(EOFError, OSError):  # how a bus that ended says so once more
            await opened.__aexit__(None, None, None)
        opened.conn.writer.close()  # which a bus that ended left open


@contextlib.asynccontextmanager
async def listening(router: DBusRouter, rules: Sequence[MatchRule]) -> AsyncIterator[AsyncIterator[Message]]:
    """The signals that match, from now on and for as long as the bus lives."""
    from jeepney import message_bus
    from jeepney.io.asyncio import Proxy

    queue: asyncio.Queue[Any] = asyncio.Queue(_MOST_WAITING)
    with contextlib.ExitStack() as stack:
        for rule in rules:
            await Proxy(message_bus, router).AddMatch(rule)
            stack.enter_context(router.filter(rule, queue=queue))
        yield _taken(router, queue)


async def _taken(router: DBusRouter, queue: asyncio.Queue[Any]) -> AsyncIterator[Message]:
    from jeepney import message_bus
    from jeepney.io.asyncio import Proxy

    while True:
        try:
            async with asyncio.timeout(_STILL_THERE_SECONDS):
                message = await queue.get()
        except TimeoutError:
            await Proxy(message_bus, router).GetId()  # fails when the bus is gone: nothing else would say so
        else:
            yield message


async def ask(router: DBusRouter, message: Message) -> Any:
    """The body of the reply; None when nobody is there, it is refused, or none comes in time. Raises OSError."""
    from jeepney import MessageType

    try:
        async with asyncio.timeout(REPLY_SECONDS):
            reply = await router.send_and_get_reply(message)
    except TimeoutError:
        return None
    return None if reply.header.message_type == MessageType.error else reply.body

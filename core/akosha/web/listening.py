"""Listening on a socket of our own, with signals of our own: what every server of this program does alike."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.errors import BusyError, UsageError

if TYPE_CHECKING:
    import uvicorn

BACKLOG = 512


def quiet_server(config: uvicorn.Config) -> uvicorn.Server:
    """A server that leaves signals to us: uvicorn's own would close the socket before the last request is done."""
    import uvicorn

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Server(config)


@contextmanager
def signals(first: Callable[[], object], again: Callable[[], object]) -> Iterator[None]:
    """SIGTERM and SIGINT call `first` in the loop, and after that `again`."""
    loop = asyncio.get_running_loop()
    told = False

    def hear(number: int, frame: object) -> None:
        nonlocal told
        loop.call_soon_threadsafe(again if told else first)
        told = True

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, hear) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises BusyError("akosha.port_in_use"), UsageError akosha.port_not_allowed, akosha.no_address.
    """
    bare = host.strip("[]")
    try:
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise UsageError("akosha.no_address", host=host, reason=str(error)) from error
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would take the port away from whoever has it
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        if error.errno == errno.EACCES and os.name == "posix":  # elsewhere this too says that somebody has it
            raise UsageError("akosha.port_not_allowed", port=port) from error
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise BusyError("akosha.port_in_use", host=host, port=port) from error
        raise UsageError("akosha.no_address", host=host, reason=str(error)) from error
    return listening

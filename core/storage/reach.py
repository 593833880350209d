"""Does a store answer at all? Asked before every sync, so: light imports, and an answer within the second."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from urllib.parse import urlsplit

from core.storage.location import StoreLocation, is_loopback
from core.storage.threads import beside

Address = tuple[socket.AddressFamily, tuple[str, int]]


async def reachable(location: StoreLocation, seconds: float = 1.0, *, proxy: str | None = None) -> bool | None:
    """True when a TCP connection opens (or the folder is there), False when the network says that it cannot.

    None when there is no answer within `seconds`, or when a proxy of the environment stands between: unknown, to be
    tried anyway. Neither the event loop nor the end of the program ever waits longer, whatever DNS or a dead share do.
    """
    try:
        async with asyncio.timeout(seconds):
            if location.is_folder:
                return await beside(location.folder.is_dir)
            host, port = location.host, location.port
            if not is_loopback(host):
                if proxy:
                    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
                    host, port = parts.hostname or host, parts.port or port
                elif _environment_proxy(location):
                    return None
            return await _opens(await resolve(host, port))
    except TimeoutError:
        return None
    except OSError:
        return False


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of `host`. Raises OSError (socket.gaierror). Cancelling does not wait for the name server."""
    found = await beside(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    addresses: list[Address] = []
    for family, _, _, _, address in found:
        addresses.append((family, (str(address[0]), int(address[1]))))
    return addresses


async def _opens(addresses: list[Address]) -> bool:
    """Try all addresses at once; the first connection decides."""
    attempts = [asyncio.create_task(_connect(address)) for _, address in addresses]
    try:
        for attempt in asyncio.as_completed(attempts):
            with contextlib.suppress(ConnectionError, OSError):
                await attempt
                return True
        return False
    finally:
        for task in attempts:
            task.cancel()
        await asyncio.gather(*attempts, return_exceptions=True)


async def _connect(address: tuple[str, int]) -> None:
    _, writer = await asyncio.open_connection(*address)
    writer.close()


def _environment_proxy(location: StoreLocation) -> bool:
    names = ("https_proxy", "all_proxy") if location.is_tls else ("http_proxy", "all_proxy")
    return any(os.environ.get(name) or os.environ.get(name.upper()) for name in names)

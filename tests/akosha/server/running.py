"""Servers for tests: any ASGI application, or a whole hub, on a free port in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from core.akosha.access.local import LocalServer
from core.akosha.application import AkoshaApplication
from core.akosha.settings import HubSettings
from core.akosha.web.connection import timed
from core.akosha.web.server import create_app

_STARTED_SECONDS = 20


class Running:
    """A server that runs. `url` has no trailing slash."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._loop = loop

    def do(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """The result of `work`, done in the server's own loop."""

        async def awaited() -> Any:
            return await work()

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result(30)

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


class RunningHub(Running):
    """A hub that runs, with its parts."""

    application: AkoshaApplication
    local: LocalServer

    def client(self, **headers: str) -> httpx.Client:
        """A client for its REST routes."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def call(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """A tool's result, by the plain way."""
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        with self.client() as client:
            told = client.post("/mcp/v1", json=message)
        found: dict[str, Any] = told.json()["result"]
        return found


@contextmanager
def serving(app: Any, *, read_seconds: float = 10.0) -> Iterator[Running]:
    """`app` on a free port."""

    @asynccontextmanager
    async def life(_: Running) -> AsyncIterator[Any]:
        yield app

    with _thread(life, Running, read_seconds) as running:
        yield running


@contextmanager
def hub(data: Path, **options: Any) -> Iterator[RunningHub]:
    """A whole hub with its data in `data`."""
    settings = HubSettings(data=data, **options)

    @asynccontextmanager
    async def life(running: RunningHub) -> AsyncIterator[Any]:
        async with AkoshaApplication(settings) as application:
            running.application, running.local = application, application.announce(running.port)
            yield create_app(application)

    with _thread(life, RunningHub, settings.read_seconds) as running:
        yield running


@contextmanager
def _thread(
    life: Callable[[Any], AbstractAsyncContextManager[Any]], kind: type[Any], read_seconds: float
) -> Iterator[Any]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)  # who connects too early waits in its queue
    listening.setblocking(False)
    started, found = threading.Event(), []

    async def main() -> None:
        running = kind(listening.getsockname()[1], asyncio.get_running_loop())
        async with life(running) as app:
            config = uvicorn.Config(
                app,
                http=timed(read_seconds),
                ws="none",
                lifespan="on" if kind is RunningHub else "off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=1,
                timeout_graceful_shutdown=3,
            )
            server = uvicorn.Server(config)
            found.extend([running, server])
            started.set()
            await server._serve([listening])

    with contextlib.closing(listening), ThreadPoolExecutor(1) as pool:
        ended = pool.submit(asyncio.run, main())
        ended.add_done_callback(lambda _: started.set())
        try:
            assert started.wait(_STARTED_SECONDS), "the server did not start"
            if ended.done():
                ended.result()
            yield found[0]
        finally:
            if found:
                found[1].should_exit = True
            ended.result(_STARTED_SECONDS)

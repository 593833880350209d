"""The hub as a server: its routes, its life from the first socket to the last answer.

Invariants:
- The socket is open before anything is loaded: /health answers at once, everything else says 503 until it is ready.
- On SIGTERM or SIGINT nothing new is begun (503 with Retry-After), what runs is finished within `drain_seconds`, what
  was acknowledged is on disk, and the exit code is 0. A second signal waits for nothing but the store.
- Nothing that a proxy says about the client is believed.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from core.akosha.errors import RequestError
from core.akosha.web.listening import BACKLOG, listen, quiet_server, signals
from core.errors import CogzyError, UsageError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from core.akosha.access.local import LocalServer
    from core.akosha.application import AkoshaApplication
    from core.akosha.settings import HubSettings

_log = logging.getLogger(__name__)
_KEEP_ALIVE_SECONDS = 15
_LAST_ANSWERS_SECONDS = 3
_YOUNG = 20_000
"""Objects that can be part of a cycle, more than were given up."""


def create_app(application: AkoshaApplication) -> Starlette:
    """The ASGI application over `application`, which whoever serves it starts and stops."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware
    from starlette.routing import Route

    from core.akosha.tools.tools import Tools
    from core.akosha.web.compatible import PlainCalls
    from core.akosha.web.door import Door
    from core.akosha.web.mcp import McpEndpoint
    from core.akosha.web.request_log import RequestLog
    from core.akosha.web.rest import Rest

    tools = Tools(application, application.metrics, application.settings.batch_items)
    rest, plain, endpoint = Rest(application, tools), PlainCalls(tools), McpEndpoint(tools)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        async with endpoint.running():
            yield

    routes = [
        Route("/health", rest.health),
        Route("/healthz", rest.health),
        Route("/ready", rest.ready),
        Route("/metrics", rest.metrics),
        Route("/mcp", endpoint),
        Route("/mcp/v1", plain.call, methods=["POST"]),
        Route("/mcp/mcp/v1", plain.call, methods=["POST"]),
        Route("/mcp/status", plain.status),
        Route("/v1/search", rest.search, methods=["GET", "POST"]),
        Route("/v1/systems", rest.systems),
        Route("/v1/uploads", rest.uploads),
        Route("/v1/status", rest.status),
        Route("/v1/ingest", rest.ingest, methods=["POST"]),
        Route("/v1/openapi.json", rest.openapi),
    ]
    middleware = [Middleware(RequestLog, application.metrics), Middleware(Door, application)]
    handlers: dict[Any, Any] = {HTTPException: _no_route}
    return Starlette(routes=routes, middleware=middleware, lifespan=life, exception_handlers=handlers)


def serve(settings: HubSettings, on_ready: Callable[[LocalServer], None] | None = None) -> int:
    """Serve until a signal; 0 after an orderly end. `on_ready` is told where, once it listens.

    Raises CogzyError for what keeps it from starting: akosha.data_in_use, akosha.port_in_use, tokens.damaged ...
    """
    from core.akosha.web.request_log import configure

    configure(settings.log_level)
    listening = listen(settings.host, settings.port)
    try:
        return asyncio.run(_serve(settings, listening, on_ready))
    finally:
        listening.close()


async def _serve(
    settings: HubSettings, listening: socket.socket, on_ready: Callable[[LocalServer], None] | None
) -> int:
    import uvicorn

    from core.akosha.application import AkoshaApplication
    from core.akosha.web.connection import MOST_HEADER_BYTES, timed

    application = AkoshaApplication(settings)
    port: int = listening.getsockname()[1]
    config = uvicorn.Config(
        create_app(application),
        http=timed(settings.read_seconds),
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        limit_concurrency=settings.connections,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )
    try:
        config.load()
    except OSError as error:  # an SSLError is one
        raise UsageError("akosha.tls_unusable", path=str(settings.tls_certificate), reason=str(error)) from error
    server = quiet_server(config)

    async def begin() -> None:
        try:
            await application.start(ingest=True)
            _collect_seldom()
            local = application.announce(port)
            _log.info("ready", extra={"data": {"url": local.url, "data": str(settings.data)}})
            if on_ready is not None:
                on_ready(local)
        except BaseException:
            server.should_exit = True
            raise

    async def end() -> None:
        _log.info("stopping", extra={"data": {"running": application.active}})
        beginning.cancel()
        await application.drain()
        server.should_exit = True

    def hurry() -> None:
        application.hurry()
        server.should_exit = server.force_exit = True

    endings: list[asyncio.Task[None]] = []
    beginning = asyncio.create_task(begin())
    with signals(lambda: endings.append(asyncio.create_task(end())), hurry):
        await server.serve([listening])
        application.hurry()
        results = await asyncio.gather(beginning, *endings, return_exceptions=True)
        await application.stop()
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result
    _log.info("stopped")
    return 0


def _collect_seldom() -> None:
    """Have Python look for cycles when a batch or two have come, and never again at what was imported.

    A batch is some ten thousand objects without a cycle; as it is, looking through all there is between them is a tenth
    of the hub's work.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 10)


async def _no_route(request: Request, error: Exception) -> Response:
    """404 and 405 in the form of every other error."""
    from core.akosha.web.exchange import exchange_of, refusal

    status = getattr(error, "status_code", 500)
    told: CogzyError = RequestError("akosha.no_route", status=404)
    if status == 405:
        told = RequestError("akosha.wrong_method", status=405, method=request.method)
    return refusal(told, exchange_of(request.scope))

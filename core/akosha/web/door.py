"""What every request passes before anything else is done with it: is there room, may it ask, is its body sane.

In this order, the cheap before the dear: the hub is up, the request comes from where it may, its token is right and
does not ask too often (without a right one: its address does not), its body is within limits. Health is always open.
Whoever has a right token is never refused for what others do at the same address, a proxy's perhaps.
The body stands in the exchange from here on; nobody reads it from the connection again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from core.akosha.web.exchange import Exchange, exchange_of, refusal
from core.akosha.web.limits import Bodies, Rate
from core.akosha.web.protection import Protection
from core.errors import CogzyError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from core.akosha.access.auth import Gate
    from core.akosha.settings import HubSettings

OPEN = frozenset({"/health", "/healthz", "/ready"})


class House(Protocol):
    """What of the application the door asks."""

    @property
    def settings(self) -> HubSettings: ...

    @property
    def gate(self) -> Gate: ...

    def working(self) -> AbstractContextManager[None]:
        """A place for one request. Raises ComeAgainError while starting, stopping, or full."""


class Door:
    """ASGI, around the routes."""

    def __init__(self, app: ASGIApp, house: House, *, clock: Callable[[], float] = time.monotonic) -> None:
        settings = house.settings
        self._app, self._house, self._clock = app, house, clock
        self._protection = Protection(settings.host, settings.allowed_hosts)
        self._addresses = Rate(settings.requests_per_second * 2)
        self._tokens = Rate(settings.requests_per_second)
        self._bodies = Bodies(settings.body_bytes, settings.read_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or (scope["path"] in OPEN and scope["method"] in ("GET", "HEAD")):
            await self._app(scope, receive, send)
            return
        exchange = exchange_of(scope)
        try:
            with self._house.working():
                self._let_in(scope, exchange)
                async with self._bodies.read(receive, _declared(scope)) as body:
                    exchange.body = body
                    await self._app(scope, receive, send)
        except CogzyError as error:
            await refusal(error, exchange)(scope, receive, send)  # uvicorn reads away what is left of the body
        finally:
            exchange.body.clear()

    def _let_in(self, scope: Scope, exchange: Exchange) -> None:
        now = self._clock()
        client = scope["client"][0] if scope.get("client") else ""
        self._protection.check(scope)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            exchange.principal = self._house.gate.authenticate(headers, client)
        except CogzyError:
            self._addresses.take(client, now)
            raise
        token = exchange.principal.token_id
        if token is None:
            self._addresses.take(client, now)
        self._tokens.take(token or client, now)


def _declared(scope: Scope) -> int | None:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(length) if length.isdigit() else None

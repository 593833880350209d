"""The REST routes: health, metrics, search, systems, uploads, status, ingestion; each described in `openapi`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from core import __version__
from core.akosha.errors import RequestError
from core.akosha.tools.arguments import Arguments
from core.akosha.tools.shapes import upload_json
from core.akosha.web.exchange import answer, exchange_of
from core.akosha.web.limits import parse
from core.akosha.web.metrics import CONTENT_TYPE
from core.akosha.web.openapi import document
from core.errors import CogzyError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from core.akosha.store import HubStore
    from core.akosha.tools.tools import Tools
    from core.akosha.web.metrics import Metrics

_QUERY = {"q": "query", "system": "systems", "kind": "kinds", "project": "projects"}
_LISTS = frozenset({"systems", "kinds", "projects"})
_NUMBERS = frozenset({"k", "threshold", "limit"})
_TIMES = frozenset({"after", "before"})


class Hub(Protocol):
    """What of the application the routes read."""

    @property
    def store(self) -> HubStore:
        """The rows."""

    @property
    def metrics(self) -> Metrics:
        """What is counted."""

    @property
    def instance(self) -> str:
        """Which run of which hub this is."""

    def not_ready(self) -> list[CogzyError]:
        """Why requests are not answered now; empty when they are."""

    async def status(self) -> dict[str, Any]:
        """How the hub is."""

    async def ingest_once(self) -> dict[str, Any]:
        """One look into the bucket, now."""


class Rest:
    """The routes' endpoints."""

    def __init__(self, hub: Hub, tools: Tools) -> None:
        self._hub, self._tools = hub, tools

    async def health(self, request: Request) -> Response:
        """Liveness: this process answers."""
        return answer({"status": "ok", "version": __version__, "instance": self._hub.instance})

    async def ready(self, request: Request) -> Response:
        """Readiness: it also takes requests."""
        reasons = self._hub.not_ready()
        if not reasons:
            return answer({"status": "ready"})
        told = {"status": "not ready", "reasons": [reason.as_json() for reason in reasons]}
        return answer(told, 503, {"Retry-After": "1"})

    async def metrics(self, request: Request) -> Response:
        """For Prometheus."""
        from starlette.responses import Response

        _require(request, "admin")
        return Response(self._hub.metrics.render(await self._hub.status()), media_type=CONTENT_TYPE)

    async def search(self, request: Request) -> Response:
        """The tool `search_memories`, by query string or by JSON."""
        exchange = exchange_of(request.scope)
        if request.method == "POST":
            given = await _body(request)
        else:
            given = _from_query(request)
        return answer(await self._tools.call("search_memories", given, exchange))

    async def systems(self, request: Request) -> Response:
        """The tool `list_systems`."""
        return answer(await self._tools.call("list_systems", _from_query(request), exchange_of(request.scope)))

    async def status(self, request: Request) -> Response:
        """How the hub is."""
        _require(request, "read")
        return answer(await self._hub.status())

    async def uploads(self, request: Request) -> Response:
        """What became of the bucket's uploads, the newest first."""
        _require(request, "admin")
        arguments = Arguments("/v1/uploads", dict(request.query_params), ("system", "state", "limit", "after"))
        limit = _number(arguments.raw("limit"))
        found = await self._hub.store.uploads(
            system_id=arguments.optional("system"),
            state=arguments.optional("state"),
            limit=Arguments("/v1/uploads", {"limit": limit}, ("limit",)).whole("limit", 100, 1, 1_000),
            after=arguments.optional("after"),
        )
        return answer({"uploads": [upload_json(one) for one in found]})

    async def ingest(self, request: Request) -> Response:
        """One look into the bucket, now."""
        _require(request, "admin")
        Arguments("/v1/ingest", await _body(request), ())
        return answer(await self._hub.ingest_once())

    async def openapi(self, request: Request) -> Response:
        """This, as an OpenAPI document."""
        return answer(document())


def _require(request: Request, scope: str) -> None:
    principal = exchange_of(request.scope).principal
    assert principal is not None, "the door lets nobody in without one"
    principal.require(scope)


async def _body(request: Request) -> Mapping[str, Any]:
    value = await parse(exchange_of(request.scope).body)
    if not isinstance(value, dict):
        raise RequestError("akosha.not_an_object")
    return value


def _from_query(request: Request) -> dict[str, Any]:
    """The query string as a tool's arguments. What is repeatable is a list; numbers are read as such."""
    found: dict[str, Any] = {}
    for name, text in request.query_params.multi_items():
        known = _QUERY.get(name, name)
        if known in _LISTS:
            found.setdefault(known, []).append(text)
        else:
            found[known] = _number(text) if known in _NUMBERS | _TIMES else text
    return found


def _number(text: str | None) -> object:
    """A number where it is one; what is none is refused by who reads it, or is a date."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text

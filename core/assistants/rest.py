"""REST for programs of this computer: sync, reset, status, search. The door first, then the routes.

- Only who shows the token is answered, but for the document that describes the routes.
- A web page cannot ask: the Host must be this computer's, an Origin too, and a body must be marked as JSON.
- A reset needs the word RESET in the request and is refused as the command is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from core.akosha.errors import ComeAgainError, RequestError
from core.akosha.web.limits import Bodies, Rate
from core.akosha.web.protection import Protection
from core.assistants.arguments import Arguments
from core.assistants.calls import Calls, SyncFailedError
from core.assistants.rest_document import RESET, SYNC, document
from core.assistants.shapes import error_json
from core.client import finish, open_client, read_status
from core.errors import BusyError, CogzyError, RefusedError, UsageError
from core.files import file_error
from core.sync.events import Progress, Reset

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

MOST_BODY = 64 << 10
READ_SECONDS = 10.0
_REQUESTS_PER_SECOND = 50.0
_GUESSES_PER_SECOND = 1.0
_OPEN = "/openapi.json"
_BODY = "cogzy.body"
_SEARCH = ("q", "k", "after", "before", "source", "project", "kind")
_OWN = {
    "akosha.wrong_host": "rest.wrong_host",
    "akosha.wrong_origin": "rest.wrong_origin",
    "akosha.wrong_method": "rest.wrong_method",
}
_NOT_SET_UP = ("sync.method_not_set_up", "sync.not_set_up", "cloud.not_set_up", "hub.not_confirmed")
_STATUS_OF_CODE = {"uploads.no_such": 404, **dict.fromkeys(_NOT_SET_UP, 409)}
_READ = ("GET", "HEAD")
_METHODS = {
    _OPEN: _READ,
    "/vault/status": _READ,
    "/vault/search": _READ,
    "/vault/sync": ("POST",),
    "/vault/reset": ("POST",),
}
_STATUS = {UsageError.exit_code: 400, RefusedError.exit_code: 409, BusyError.exit_code: 503}
log = logging.getLogger(__name__)


class TokenError(UsageError):
    """No token, or a wrong one."""

    status = 401


def create_app(vault: Path, environ: Mapping[str, str], token: str) -> ASGIApp:
    """The ASGI application for the vault, which `token` opens."""
    routes = Routes(vault, environ)
    app = Starlette(
        routes=[
            Route(_OPEN, routes.openapi),
            Route("/vault/status", routes.status),
            Route("/vault/search", routes.search),
            Route("/vault/sync", routes.sync, methods=["POST"]),
            Route("/vault/reset", routes.reset, methods=["POST"]),
        ],
        exception_handlers={404: _no_route, 405: _no_route, CogzyError: _told, OSError: _told, Exception: _told},
    )
    return Door(app, token)


class Door:
    """What every request passes before anything else is done with it."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._digest = hashlib.sha256(token.encode()).digest()
        self._protection = Protection("127.0.0.1", ())
        self._requests, self._guesses = Rate(_REQUESTS_PER_SECOND), Rate(_GUESSES_PER_SECOND)
        self._bodies = Bodies(MOST_BODY, READ_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            allowed = _METHODS.get(scope["path"], ())
            if allowed and scope["method"] not in allowed:
                raise RequestError("rest.wrong_method", status=405)
            self._protection.check(scope)
            self._requests.take("")
            if scope["path"] != _OPEN:
                self._require_token(scope)
            async with self._bodies.read(receive, _declared(scope)) as body:
                scope[_BODY] = bytes(body)
                await self._app(scope, receive, send)
        except CogzyError as error:
            response = refusal(error)
            if response.status_code == 405:
                response.headers["Allow"] = ", ".join(allowed or _READ)
            await response(scope, receive, send)

    def _require_token(self, scope: Scope) -> None:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        scheme, _, shown = (given[0] if len(given) == 1 else b"").partition(b" ")
        if scheme.lower() != b"bearer" or not shown.strip():
            raise TokenError("rest.no_token")
        if not hmac.compare_digest(hashlib.sha256(shown.strip()).digest(), self._digest):
            self._guesses.take("")
            raise TokenError("rest.wrong_token")


class Routes:
    """The endpoints."""

    def __init__(self, vault: Path, environ: Mapping[str, str]) -> None:
        self._vault, self._environ = vault, environ
        self._calls = Calls(vault, environ)

    async def openapi(self, request: Request) -> Response:
        """The document of these routes."""
        return answer(document())

    async def status(self, request: Request) -> Response:
        """How things are."""
        Arguments("/vault/status", request.query_params, ())
        return answer(await read_status(self._vault, self._environ))

    async def search(self, request: Request) -> Response:
        """Find memories."""
        names = [name for name, _ in request.query_params.multi_items()]
        if len(set(names)) != len(names):
            raise UsageError("rest.repeated")
        given: dict[str, Any] = dict(request.query_params)
        for name in ("k", "after", "before"):
            if name in given:
                given[name] = _number(given[name])
        return answer(await self._calls.search(Arguments("/vault/search", given, _SEARCH), text="q"))

    async def sync(self, request: Request) -> Response:
        """Sync now."""

        async def told(progress: Progress) -> None:
            log.debug("%s", progress)

        arguments = Arguments("/vault/sync", _given(request), SYNC)
        return answer(await self._calls.sync(arguments, told))

    async def reset(self, request: Request) -> Response:
        """Replace the vault by the cloud's copy."""
        arguments = Arguments("/vault/reset", _given(request), RESET)
        override = arguments.yes_or_no("override", default=False)
        upload = arguments.optional("upload_id", most=200)
        if arguments.raw("confirm") != "RESET":
            raise RefusedError("rest.not_confirmed")
        await self._calls.close()  # the files of the vault that goes
        async with open_client(self._vault, "cli", self._environ) as client:
            value = await finish(client, Reset(upload, override=override))
        return answer(value if isinstance(value, dict) else {"reset": True})


def refusal(error: CogzyError) -> Response:
    """`error` as every route answers it."""
    status = getattr(error, "status", None) or _STATUS_OF_CODE.get(error.code) or _STATUS.get(error.exit_code, 502)
    headers = {"WWW-Authenticate": 'Bearer realm="cogzy"'} if status == 401 else {}
    if status in (429, 503):
        wait = error.retry_after if isinstance(error, ComeAgainError) else 1
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    told = error
    if error.code.startswith("akosha."):
        told = CogzyError(_OWN.get(error.code, "rest.wrong_request"), **{**error.params, "reason": error.title})
    more = error.result if isinstance(error, SyncFailedError) else {}
    return answer({"error": error_json(told.as_json()), **more}, status, headers)


def answer(content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`content` as JSON."""
    import orjson

    return Response(orjson.dumps(content, default=str), status, headers, "application/json")


async def _told(request: Request, error: Exception) -> Response:
    if isinstance(error, CogzyError):
        return refusal(error)
    log.error("%s failed unexpectedly", request.url.path, exc_info=error)
    if isinstance(error, OSError):
        return refusal(file_error(error, error.filename or ""))
    return refusal(CogzyError("client.internal", kind=type(error).__name__, command=request.url.path))


async def _no_route(request: Request, error: Exception) -> Response:
    status: int = getattr(error, "status_code", 404)
    met = RequestError("rest.no_route" if status == 404 else "rest.wrong_method", status=status)
    return answer({"error": error_json(met.as_json())}, status, getattr(error, "headers", None))


def _given(request: Request) -> dict[str, Any]:
    body: bytes = request.scope[_BODY]
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise UsageError("rest.not_json") from error
    if not isinstance(value, dict):
        raise UsageError("rest.not_json")
    Arguments(request.url.path, dict(request.query_params), ())
    for name, one in value.items():
        if one in (None, ""):  # not as good as left out: a reset to no upload in particular must not take the newest
            raise UsageError("tools.argument", of=request.url.path, name=name[:80], wanted="left out, or have a value")
    return value


def _number(text: str) -> object:
    """A number where it is one; what is none is a date, or refused by who reads it."""
    try:
        return float(text)
    except ValueError:
        return text


def _declared(scope: Scope) -> int | None:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(length) if length.isdigit() else None

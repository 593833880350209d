"""One request on its way through the hub, and the answers that every layer can give.

Layers add to the `Exchange` of a scope what they learn: who asks, which tool, the arguments of a tool call that were
taken out of the body before the MCP SDK sees it.
"""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.akosha.errors import as_json, status_of
from core.errors import CogzyError

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

    from core.akosha.access.auth import Principal

_KEY = "akosha"
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:\-]{1,128}")
_LONGEST_WAIT = 3_600


@dataclass(slots=True)
class Exchange:
    """What is known of a request so far. `arguments`: of a tool call, as parsed; never logged."""

    request_id: str
    principal: Principal | None = None
    tool: str | None = None
    arguments: dict[str, Any] | None = None
    body: bytearray = field(default_factory=bytearray)
    code: str | None = None
    """The error's code, when it was answered with one."""
    counts: dict[str, int] = field(default_factory=dict)
    """Numbers worth a place in the log line: stored, failed, results."""


def begin(scope: Scope) -> Exchange:
    """The exchange of a request that just came in. A sane X-Request-ID is kept, anything else replaced."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    request_id = given.decode("ascii") if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    exchange = scope[_KEY] = Exchange(request_id)
    return exchange


def exchange_of(scope: Scope) -> Exchange:
    """The exchange that `begin` put there."""
    found: Exchange = scope[_KEY]
    return found


def answer(content: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`content` as JSON."""
    from starlette.responses import Response

    return Response(to_json(content), status, headers, "application/json")


def refusal(error: CogzyError, exchange: Exchange) -> Response:
    """`error` as every route answers it."""
    exchange.code = error.code
    status = status_of(error)
    headers = {"WWW-Authenticate": 'Bearer realm="akosha"'} if status == 401 else {}
    if status == 408:
        headers["Connection"] = "close"
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        headers["Retry-After"] = str(min(max(1, math.ceil(wait)), _LONGEST_WAIT))
    return answer(as_json(error, exchange.request_id), status, headers)


def to_json(content: object) -> bytes:
    """JSON bytes of plain data, `sendable` or not."""
    import orjson

    try:
        return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # integers beyond 64 bits, half characters
        import json

        return json.dumps(_mended(content), separators=(",", ":"), default=str).encode()


def sendable(content: dict[str, object]) -> dict[str, object]:
    """`content` as every encoder takes it: half characters (lone surrogates), as cut emojis leave them, are mended.

    They are kept in memories, and one of them must not fail the answer to a search that finds it.
    """
    import orjson

    try:
        orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return {str(name): _mended(value) for name, value in content.items()}
    return content


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_mended(name): _mended(inner) for name, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list | tuple) else value

"""The plain calls of Session-Buddy: `POST /mcp/v1` and `/mcp/mcp/v1`, `GET /mcp/status`.

An unmodified Session-Buddy posts a JSON-RPC `tools/call` with no session and no SSE, at an address that it makes by
adding `/mcp/v1` to the hub's, and reads `result.status` (or `result.id`) straight from the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core import __version__
from core.akosha.errors import as_json
from core.akosha.web.exchange import Exchange, answer, exchange_of
from core.akosha.web.limits import parse
from core.errors import BusyError, CogzyError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from core.akosha.tools.tools import Tools

_INVALID_REQUEST, _METHOD_NOT_FOUND, _INVALID_PARAMS, _SERVER_ERROR = -32600, -32601, -32602, -32000
_CODES = {"akosha.no_tool": _METHOD_NOT_FOUND, "akosha.argument": _INVALID_PARAMS}


class PlainCalls:
    """The routes' endpoints over the tools."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def call(self, request: Request) -> Response:
        """One JSON-RPC call. Its result is the tool's own; an error is JSON-RPC's, whose `data` has the whole of it."""
        exchange = exchange_of(request.scope)
        message = await parse(exchange.body)
        if not isinstance(message, dict) or not isinstance(message.get("params"), dict | None):
            return _error(None, _INVALID_REQUEST, "One JSON-RPC call is needed", None)
        identity = message.get("id")
        if not isinstance(identity, str | int | float | None):
            return _error(None, _INVALID_REQUEST, "The id must be text or a number", None)
        if message.get("method") != "tools/call":
            return _error(identity, _METHOD_NOT_FOUND, "Only tools/call is answered here; use /mcp for MCP", None)
        return await self._answer(identity, message.get("params") or {}, exchange)

    async def status(self, request: Request) -> Response:
        """That somebody is here."""
        return answer({"status": "ok", "service": "akosha", "version": __version__})

    async def _answer(self, identity: Any, params: dict[str, Any], exchange: Exchange) -> Response:
        name, given = params.get("name"), params.get("arguments", {})
        if not isinstance(name, str) or not isinstance(given, dict):
            return _error(identity, _INVALID_PARAMS, "A tool's name and its arguments are needed", None)
        try:
            result = await self._tools.call(name, given, exchange)
        except BusyError:
            raise  # as an HTTP status, which Session-Buddy tries again
        except CogzyError as error:
            return _error(
                identity, _CODES.get(error.code, _SERVER_ERROR), str(error), as_json(error, exchange.request_id)
            )
        return answer({"jsonrpc": "2.0", "id": identity, "result": result})


def _error(identity: Any, code: int, message: str, data: dict[str, object] | None) -> Response:
    error = {"code": code, "message": message} | ({"data": data} if data else {})
    return answer({"jsonrpc": "2.0", "id": identity, "error": error})

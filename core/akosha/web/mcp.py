"""MCP at `/mcp`: the official SDK speaks the protocol, without ever holding what a tool is given.

A full batch has 400,000 numbers. The SDK parses a body twice and hands its values through several models; so the
arguments of a tool call are taken out first (parsed once, by orjson, beside the event loop) and wait in the exchange
until the tool is called. The SDK gets the same message with empty arguments.

Stateless, and one JSON answer for each call: a restart of the hub interrupts no session, and plain clients work.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import mcp.types as types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS

from core import __version__
from core.akosha.errors import RequestError, as_json
from core.akosha.tools.schemas import INSTRUCTIONS, TOOLS
from core.akosha.web.exchange import Exchange, exchange_of, refusal, sendable, to_json
from core.akosha.web.limits import parse
from core.errors import CogzyError
from core.memory.tool_schema import listing

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from starlette.types import Message, Receive, Scope, Send

    from core.akosha.tools.tools import Tools

_MOST_ENVELOPE = 1 << 20
"""Bytes of a message without the arguments of its tool call."""
_LISTED = listing(TOOLS)


class McpEndpoint:
    """ASGI at `/mcp`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        server: Server[Any] = Server(
            "akosha",
            version=__version__,
            title="Akosha, the memory of all your computers",
            instructions=INSTRUCTIONS,
            get_tool_input_schema=lambda _: None,  # no argument is repeated in a header
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        self._sessions = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=_MOST_ENVELOPE
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Its life; it can be run once."""
        async with self._sessions.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        exchange = exchange_of(scope)
        try:
            if scope["method"] != "POST":  # no session, so nothing to listen to or to end
                raise RequestError("akosha.wrong_method", status=405, method=scope["method"])
            body = await _without_arguments(exchange)
        except CogzyError as error:
            await refusal(error, exchange)(scope, receive, send)
            return
        headers = [one for one in scope["headers"] if one[0] not in (b"content-length", b"transfer-encoding")]
        inner = {**scope, "headers": [*headers, (b"content-length", b"%d" % len(body))]}
        await self._sessions.handle_request(inner, _replayed(body, receive), send)

    async def _list(
        self, ctx: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return _LISTED

    async def _call(
        self, ctx: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        assert ctx.request is not None, "over HTTP there always is one"
        exchange = exchange_of(ctx.request.scope)
        given, exchange.arguments = exchange.arguments or {}, None
        try:
            return _result(await self._tools.call(params.name, given, exchange))
        except CogzyError as error:
            if error.code == "akosha.no_tool":
                raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name[:80]}") from None
            return _result(as_json(error, exchange.request_id), is_error=True)


async def _without_arguments(exchange: Exchange) -> bytes:
    """The message for the SDK; the arguments of a tool call are put into the exchange."""
    message = await parse(exchange.body)
    params = message.get("params") if isinstance(message, dict) and message.get("method") == "tools/call" else None
    given = params.get("arguments") if isinstance(params, dict) else None
    if isinstance(params, dict) and isinstance(given, dict):
        exchange.arguments = given
        message["params"] = {**params, "arguments": {}}
    envelope = to_json(message)
    if len(envelope) > _MOST_ENVELOPE:
        raise RequestError("akosha.body_too_large", status=413, limit=_MOST_ENVELOPE)
    return envelope


def _result(content: dict[str, object], *, is_error: bool = False) -> types.CallToolResult:
    content = sendable(content)
    text = to_json(content).decode()
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=content, is_error=is_error
    )


def _replayed(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again

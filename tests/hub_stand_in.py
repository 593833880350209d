"""A hub for tests, by the official SDK: it stores what it is given and misbehaves by script.

    with HubStandIn().running() as hub:       # in a thread and event loop of its own
        hub.script = once("batch_store_memories", say(429, retry_after="1"))
        use(hub.url)
        hub.rows                              # {(system, kind, id): item}, as upserts and deletions left it
        hub.calls                             # every tool call that was carried out: (tool, arguments)

`akosha=False` makes it a foreign hub: no `hub_status`, no deletions, memories by id alone; `legacy` one of the older
protocol, `stateless=False` one with sessions and event streams. What networks do to it is for tests.proxy.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import mcp.types as types
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

Scope = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What is answered instead of the hub's own answer; after it did its work when `late`."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    late: bool = False


Script = Callable[[str, int], Answer | None]
"""Asked for each request with the tool that it calls ("" for others) and how often that was asked before."""


def say(status: int, body: bytes = b"", *, late: bool = False, **headers: str) -> Answer:
    """An answer: `say(429, retry_after="1")`."""
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body, late)


def once(tool: str, answer: Answer, *, skip: int = 0, times: int = 1) -> Script:
    """`answer` for calls of `tool`, after `skip` of them and for `times`."""
    return lambda called, before: answer if called == tool and skip <= before < skip + times else None


def always(answer: Answer) -> Script:
    """The same answer to everything."""
    return lambda called, before: answer


@dataclass
class HubStandIn:
    """A hub. `refuses` has, by id, why an item is not stored; `names_none` refuses without saying which."""

    akosha: bool = True
    tools: tuple[str, ...] = ("store_memory", "batch_store_memories", "hub_status")
    token: str | None = None
    system_id: str | None = None
    hub_id: str = "hub-1"
    max_body_bytes: int = 4 << 20
    said_body_bytes: int | None = None
    stateless: bool = True
    legacy: bool = False
    seconds: float = 0.0
    refuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    names_none: bool = False
    script: Script = lambda tool, before: None
    rows: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    requests: int = 0
    busy: int = 0
    most_at_once: int = 0
    port: int = 0
    working: threading.Event = field(default_factory=threading.Event)
    _asked: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it speaks MCP."""
        return f"http://127.0.0.1:{self.port}/mcp"

    def ids(self, kind: str | None = None) -> set[str]:
        """The ids of what it holds."""
        return {key[2] for key in self.rows if kind in (None, key[1])}

    @property
    def batches(self) -> list[list[dict[str, Any]]]:
        """Every batch that was carried out."""
        return [arguments["memories"] for tool, arguments in self.calls if tool == "batch_store_memories"]

    @contextlib.contextmanager
    def running(self) -> Iterator[HubStandIn]:
        """Serve until the block is left."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(self._app(), log_level="error", lifespan="on", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield self
        finally:
            server.should_exit = True
            thread.join(10)
            listening.close()

    # ------------------------------------------------------------------ HTTP

    def _app(self) -> Callable[..., Any]:
        server: Server[Any] = Server("hub-stand-in", on_list_tools=self._list, on_call_tool=self._call)
        sessions = StreamableHTTPSessionManager(
            server,
            json_response=self.stateless,
            stateless=self.stateless,
            max_request_body_size=self.max_body_bytes,
        )

        @contextlib.asynccontextmanager
        async def life() -> AsyncIterator[None]:
            async with sessions.run():
                yield

        async def app(scope: Scope, receive: Any, send: Any) -> None:
            if scope["type"] == "lifespan":
                await _lifespan(life, receive, send)
                return
            self.requests += 1
            if scope["path"] != "/mcp":
                await _send(send, Answer(200 if scope["path"] == "/health" else 404))
                return
            await self._request(scope, receive, send, sessions)

        return app

    async def _request(self, scope: Scope, receive: Any, send: Any, sessions: StreamableHTTPSessionManager) -> None:
        body = b""
        more = scope["method"] == "POST"
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        given = dict(scope["headers"]).get(b"authorization", b"").decode()
        if self.token is not None and given != f"Bearer {self.token}":
            error = {"error": {"code": "auth.token_wrong", "title": "Not this token", "cause": "It is not known"}}
            await _send(send, Answer(401, {"content-type": "application/json"}, json.dumps(error).encode()))
            return
        if self.legacy and b'"server/discover"' in body:
            error = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "Method not found"}}
            await _send(send, Answer(200, {"content-type": "application/json"}, json.dumps(error).encode()))
            return
        tool = _tool(body)
        before = self._asked.get(tool, 0)
        self._asked[tool] = before + 1
        answer = self.script(tool, before) if scope["method"] == "POST" else None
        if answer is not None and not answer.late:
            await _send(send, answer)
            return

        async def again() -> dict[str, Any]:
            nonlocal body
            if body is not None:
                body, told = None, body  # type: ignore[assignment]
                return {"type": "http.request", "body": told, "more_body": False}
            received: dict[str, Any] = await receive()
            return received

        async def unheard(message: dict[str, Any]) -> None:
            return None

        await sessions.handle_request(scope, again, unheard if answer else send)
        if answer is not None:
            await _send(send, answer)

    # ------------------------------------------------------------------ tools

    async def _list(self, ctx: Any, params: Any) -> types.ListToolsResult:
        schema = {"type": "object"}
        names = [name for name in self.tools if self.akosha or name != "hub_status"]
        return types.ListToolsResult(tools=[types.Tool(name=name, input_schema=schema) for name in names])

    async def _call(self, ctx: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        arguments = params.arguments or {}
        self.busy += 1
        self.most_at_once = max(self.most_at_once, self.busy)
        try:
            if self.seconds:
                self.working.set()
                await asyncio.sleep(self.seconds)
            result = self._do(params.name, arguments)
        finally:
            self.busy -= 1
        self.calls.append((params.name, arguments))
        text = types.TextContent(type="text", text=json.dumps(result))
        return types.CallToolResult(content=[text], structured_content=result if self.akosha else None)

    def _do(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if tool == "hub_status":
            return {
                "hub_id": self.hub_id,
                "system_id": self.system_id,
                "binary_vectors": True,
                "max_batch": 1000,
                "max_body_bytes": self.said_body_bytes or self.max_body_bytes,
            }
        if tool == "store_memory":
            why = self._store(arguments)
            return {"status": "failed", "error": why["error"]} if why else {"status": "stored"}
        items = arguments["memories"]
        assert len(items) <= 1000
        errors = []
        for index, item in enumerate(items):
            why = self._store(item)
            if why is not None:
                errors.append({"memory_id": item["memory_id"], **({"index": index} if self.akosha else {}), **why})
        failed = len(errors)
        return {
            "status": "completed" if not failed else "failed" if failed == len(items) else "partial",
            "total": len(items),
            "stored": len(items) - failed,
            "failed": failed,
            "errors": [] if self.names_none else errors,
        }

    def _store(self, item: dict[str, Any]) -> dict[str, Any] | None:
        """Store one item; why not, when it is refused."""
        system, kind = str(item.get("system_id", "")), str(item.get("kind", ""))
        identity = item["memory_id"].rpartition(":")[2]
        if identity in self.refuses:
            return self.refuses[identity]
        if item.get("deleted"):
            self.rows.pop((system, kind, item["memory_id"]), None)
        else:
            self.rows[system, kind, item["memory_id"]] = item
        return None


async def _lifespan(life: Callable[[], Any], receive: Any, send: Any) -> None:
    await receive()
    async with life():
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _send(send: Any, answer: Answer) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _tool(body: bytes) -> str:
    try:
        message = json.loads(body)
    except ValueError:
        return ""
    return str(message["params"]["name"]) if message.get("method") == "tools/call" else ""

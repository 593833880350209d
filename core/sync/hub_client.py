"""The hub as the HTTP method uses it: what it can, and storing batches of items, through the tools of its MCP server.

- A call is repeated by the rule of core.storage.retry. A call whose answer was lost is sent again: storing the same row
  twice changes nothing.
- The session has a task of its own. One that ended is replaced at the next call.
- Any MCP server with `store_memory` or `batch_store_memories` is a hub. One that answers `hub_status` with an id is
  Akosha, and takes more: deletions, vectors as bytes, larger bodies.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError, Param
from core.storage.protocol import StoreOptions
from core.storage.reach import resolve
from core.storage.retry import Patience
from core.sync.errors import HubError

if TYPE_CHECKING:
    from mcp.client import Client

    from core.sync.hub_transport import HubHttp

MOST_ITEMS = 1000
MOST_FOREIGN_BYTES = 4 << 20
"""What a server of the MCP SDK takes, unless it says otherwise."""
MOST_BYTES = 8 << 20
"""What we send at most, whatever the hub takes: batches are held in memory."""
ENVELOPE = 16 << 10
_GOING_SECONDS = 1.0
_MOST_PAGES = 20
_PASSING = frozenset({"akosha.busy", "akosha.draining", "akosha.too_many_requests"})


@dataclass(frozen=True)
class Abilities:
    """What a hub takes. `hub_id` is None for one that is not Akosha, "" for one that does not tell its own.

    Bytes are of a whole request.
    """

    batches: bool
    hub_id: str | None = None
    system_id: str | None = None
    binary_vectors: bool = False
    most_items: int = MOST_ITEMS
    most_bytes: int = MOST_FOREIGN_BYTES

    @property
    def akosha(self) -> bool:
        """Whether rows go there as they are, and deletions too."""
        return self.hub_id is not None


@dataclass(frozen=True)
class Refused:
    """An item that the hub does not take: its place in what was sent, and why."""

    index: int
    code: str
    params: dict[str, Param]


class HubClient:
    """A connection to one hub, made when it is needed. Use it as a context manager."""

    def __init__(self, url: str, token: str | None, options: StoreOptions) -> None:
        self.url = url
        self._token = token
        self._options = options
        self._patience = Patience(options, lambda: self.bytes_moved)
        self._opening = asyncio.Lock()
        self._session: _Session | None = None
        self._before = [0, 0, 0]

    async def __aenter__(self) -> HubClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leave()

    @property
    def sent(self) -> int:
        """Bytes of all requests so far."""
        return self._count(0)

    @property
    def bytes_moved(self) -> int:
        """Bytes that went either way."""
        return self._count(0) + self._count(1)

    @property
    def requests(self) -> int:
        """Requests so far."""
        return self._count(2)

    async def abilities(self) -> Abilities:
        """Ask what the hub is. Raises HubError when it is none."""
        return await self._patience.repeat(self._ask)

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The result of a tool, as an object. Raises HubError."""
        return await self._patience.repeat(lambda: self._call(tool, arguments))

    async def store(self, items: Sequence[dict[str, Any]], *, batches: bool) -> list[Refused]:
        """Store items; returns those that were refused. Raises HubError, `smaller` when a part of them may pass."""
        if batches:
            return _refused(await self.call("batch_store_memories", {"memories": list(items)}), items)
        refused: list[Refused] = []
        for index, item in enumerate(items):
            for one in _refused(await self.call("store_memory", item), [item]):
                refused.append(Refused(index, one.code, one.params))
        return refused

    # ------------------------------------------------------------------ inside

    async def _ask(self) -> Abilities:
        session = await self._connected()
        tools = await session.tools()
        if not tools & {"batch_store_memories", "store_memory"}:
            raise HubError("hub.no_tools", url=self.url)
        batches = "batch_store_memories" in tools
        told = await _status(session) if "hub_status" in tools else {}
        if not isinstance(told.get("hub_id"), str):
            return Abilities(batches)
        system = told.get("system_id")
        return Abilities(
            batches,
            hub_id=told["hub_id"],
            system_id=system if isinstance(system, str) else None,
            binary_vectors=told.get("binary_vectors") is True,
            most_items=_whole(told.get("max_batch"), MOST_ITEMS, MOST_ITEMS),
            most_bytes=_whole(told.get("max_body_bytes"), MOST_FOREIGN_BYTES, MOST_BYTES),
        )

    async def _call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        session = await self._connected()
        return await session.call(tool, arguments)

    async def _connected(self) -> _Session:
        async with self._opening:
            if self._session is None or self._session.lost:
                await self._leave()
                self._session = await _Session.open(self.url, self._token, self._options)
            return self._session

    async def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self._before = [a + b for a, b in zip(self._before, session.counts, strict=True)]
            await session.close()

    def _count(self, which: int) -> int:
        return self._before[which] + (self._session.counts[which] if self._session else 0)


class _Session:
    """One session of the SDK's client, in a task of its own, since it must end in the task that began it."""

    def __init__(self, url: str, http: HubHttp, seconds: float) -> None:
        self._url = url
        self.http = http
        self._seconds = seconds
        self._leaving = asyncio.Event()
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._lost = False

    @classmethod
    async def open(cls, url: str, token: str | None, options: StoreOptions) -> _Session:
        """Connect and greet. Raises HubError."""
        HubHttp = await asyncio.to_thread(loaded)
        http = HubHttp(url, token, options)
        await _named(http, options)
        session = cls(url, http, options.no_progress_seconds)
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        session._task = asyncio.create_task(session._live(ready))
        try:
            await ready
        except BaseException:
            await session.close()
            raise
        return session

    @property
    def lost(self) -> bool:
        """Whether calls on it can succeed no more."""
        return self._lost or self._task is None or self._task.done()

    @property
    def counts(self) -> tuple[int, int, int]:
        """Bytes sent, bytes received, requests."""
        return self.http.sent, self.http.received, self.http.requests

    async def tools(self) -> set[str]:
        """The names of the hub's tools."""
        assert self._client is not None
        found: set[str] = set()
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            try:
                page = await self._client.list_tools(cursor=cursor)
            except _foreign() as error:
                raise self._translated(error) from error
            found |= {tool.name for tool in page.tools}
            cursor = page.next_cursor
            if not cursor:
                break
        return found

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The result of one call of a tool. Raises HubError."""
        assert self._client is not None
        try:
            result = await self._client.call_tool(tool, dict(arguments), read_timeout_seconds=self._seconds)
        except _foreign() as error:
            raise self._translated(error) from error
        found = _object(result)
        if result.is_error:
            raise _tool_error(tool, found)
        return found

    async def close(self) -> None:
        """End it, in a second at most."""
        self._leaving.set()
        task = self._task
        if task is None:
            return
        await asyncio.wait({task}, timeout=_GOING_SECONDS)
        task.cancel()
        await asyncio.wait({task}, timeout=_GOING_SECONDS)
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error

    async def _live(self, ready: asyncio.Future[None]) -> None:
        from mcp.client import Client
        from mcp.client.streamable_http import streamable_http_client

        expected: tuple[type[Exception], ...] = (*_foreign(), ExceptionGroup)
        try:
            async with self.http:
                transport = streamable_http_client(self._url, http_client=self.http)
                async with Client(transport, client_info=_who(), cache=None) as client:
                    self._client, self.http.connecting = client, False
                    if not ready.done():
                        ready.set_result(None)
                    await self._leaving.wait()
        except expected as error:
            if not ready.done():
                ready.set_exception(self._translated(error))
        finally:
            self._lost = True
            ready.cancel()

    def _translated(self, error: Exception) -> Exception:
        """An exception of the SDK as an error of ours; what is a fault of our own stays what it is."""
        from mcp.shared.exceptions import MCPError
        from mcp.types import CONNECTION_CLOSED, INTERNAL_ERROR, PARSE_ERROR, REQUEST_TIMEOUT

        from core.sync.hub_transport import FAILED

        cause = _leaf(error)
        host = self.http.host
        if isinstance(cause, CogzyError):
            return cause
        if isinstance(cause, ValueError | RuntimeError):
            return HubError("hub.bad_answer", reason=f"{type(cause).__name__}: {cause}"[:300])
        if not isinstance(cause, MCPError):
            if not isinstance(cause, _foreign()):
                return error
            self._lost = True
            return HubError("hub.cut", retryable=True, host=host)
        ours = self.http.failure(cause.data) if cause.code == FAILED else None
        if ours is not None:
            self._lost = self._lost or ours.code == "hub.cut"
            return ours
        if cause.code == CONNECTION_CLOSED or cause.message == "Session terminated":
            self._lost = True
            return HubError("hub.cut", retryable=True, host=host)
        if cause.code == REQUEST_TIMEOUT:
            return HubError("hub.timeout", retryable=True, host=host)
        passing = cause.code in (INTERNAL_ERROR, PARSE_ERROR)
        return HubError("hub.bad_answer", retryable=passing, reason=cause.message[:300])


async def _status(session: _Session) -> dict[str, Any]:
    """What the hub tells of itself. A token that may only write is not told, which says that it is Akosha."""
    try:
        return await session.call("hub_status", {})
    except HubError as error:
        if error.code != "hub.not_allowed":
            raise
        return {"hub_id": "", "binary_vectors": True, "max_body_bytes": MOST_BYTES}


def loaded() -> type[HubHttp]:
    """Import what takes its time, beside the event loop."""
    import mcp.client
    import mcp.client.streamable_http  # noqa: F401

    from core.sync.hub_transport import HubHttp

    return HubHttp


def _who() -> Any:
    from mcp.types import Implementation

    from core import __version__

    return Implementation(name="cogzy", version=__version__)


async def _named(http: HubHttp, options: StoreOptions) -> None:
    """Find the host's address once in a thread that nobody waits for: the SDK's own look-up could hang the exit."""
    if http.proxied:
        return
    try:
        async with asyncio.timeout(options.connect_seconds):
            await resolve(http.host, http.port)
    except TimeoutError:
        raise HubError("hub.unreachable", retryable=True, host=http.host, reason="no name server answers") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise HubError("hub.unreachable", retryable=True, host=http.host, reason=reason) from error


def _foreign() -> tuple[type[Exception], ...]:
    """What the SDK raises: its own errors, those of its streams, and those of answers that do not parse."""
    from anyio import BrokenResourceError, ClosedResourceError, EndOfStream
    from mcp.shared.exceptions import MCPError

    return MCPError, BrokenResourceError, ClosedResourceError, EndOfStream, RuntimeError, ValueError


def _leaf(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _object(result: Any) -> dict[str, Any]:
    """The object in a tool's result: structured, or as JSON text; {} for anything else."""
    found = result.structured_content
    if isinstance(found, dict) and found.keys() == {"result"}:
        found = found["result"]  # how the SDK wraps what is no object
    if found is None:
        found = next((part.text for part in result.content if part.type == "text"), None)
    if isinstance(found, str):
        text = found
        try:
            found = json.loads(text)
        except ValueError:
            return {"said": text[:300]}
    return found if isinstance(found, dict) else {}


def _tool_error(tool: str, found: Mapping[str, Any]) -> HubError:
    """What a tool answered instead of a result."""
    error = found.get("error")
    if not isinstance(error, dict):
        reason = str(error or found.get("said") or "no reason given")[:300]
        return HubError("hub.tool_failed", tool=tool, reason=reason)
    code = str(error.get("code", ""))
    reason = ": ".join(str(error[name]) for name in ("title", "cause") if error.get(name))[:300] or code
    if code in _PASSING:
        return HubError("hub.busy", retryable=True, host="the hub", status=503)
    if code == "auth.scope":
        return HubError("hub.not_allowed", host="the hub", reason=reason)
    if code.startswith("auth."):
        return HubError("hub.token_refused", reason=reason)
    return HubError("hub.tool_failed", tool=tool, reason=reason)


def _refused(result: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[Refused]:
    """Which items a storing tool refused. Raises HubError when the answer leaves that open."""
    status = result.get("status")
    failed = _whole(result.get("failed"), int(status == "failed"), len(items))
    listed = result.get("errors")
    found: dict[int, Refused] = {}
    for error in listed if isinstance(listed, list) else ():
        index = _place(error, items, found)
        if index is not None:
            found[index] = Refused(index, *_why(error))
    if status not in (None, "completed", "partial", "failed", "stored"):  # none: no error is all that others say
        raise HubError("hub.bad_answer", reason=f"a status {str(status)[:40]!r} of a batch")
    if len(found) < failed:
        if len(items) > 1:
            raise HubError("hub.unclear", smaller=True, failed=failed)
        found[0] = Refused(0, *_why(result))
    return [found[index] for index in sorted(found)]


def _place(error: Any, items: Sequence[Mapping[str, Any]], taken: Mapping[int, object]) -> int | None:
    """Which item an error is about."""
    if not isinstance(error, dict):
        return None
    index, name = error.get("index"), error.get("memory_id")
    if isinstance(index, int) and 0 <= index < len(items) and (name is None or items[index]["memory_id"] == name):
        return index
    places = (at for at, item in enumerate(items) if item["memory_id"] == name and at not in taken)
    return next(places, None)


def _why(error: Mapping[str, Any]) -> tuple[str, dict[str, Param]]:
    """Why an item was refused: a code of ours when the hub gave one that there are sentences for."""
    from core.messages import catalog

    code, params = error.get("code"), error.get("params")
    if code == "auth.another_system":
        raise HubError("hub.token_refused", reason=str(error.get("error", ""))[:300])
    if isinstance(code, str) and code in catalog() and isinstance(params, dict):
        plain = {str(k): v for k, v in params.items() if isinstance(v, str | int | float | None)}
        return code, plain
    return "hub.item_refused", {"reason": str(error.get("error") or "no reason given")[:300]}


def _whole(value: Any, otherwise: int, most: int) -> int:
    """A count that the hub gave, within reason."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return min(value, most)
    return otherwise

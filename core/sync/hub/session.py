"""One session with a hub: the MCP SDK's client in a task of its own, and its exceptions as HubErrors.

The session ends in the task that began it, as the SDK demands; calls may come from any. Once `lost`, no call on it can
succeed: the next one needs another.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.storage.protocol import StoreOptions
from core.storage.reach import resolve
from core.sync.errors import HubError

if TYPE_CHECKING:
    from mcp.client import Client

    from core.sync.hub.transport import HubHttp

_GOING_SECONDS = 1.0
_MOST_PAGES = 20
_PASSING = frozenset(
    {"akosha.busy", "akosha.starting", "akosha.stopping", "akosha.store_closed", "akosha.too_many_requests"}
)


class Session:
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
    async def open(cls, url: str, token: str | None, options: StoreOptions) -> Session:
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
            with self.http.kept_back(arguments) as reference:
                result = await self._client.call_tool(tool, reference, read_timeout_seconds=self._seconds)
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

        from core.sync.hub.transport import FAILED

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


def loaded() -> type[HubHttp]:
    """Import what takes its time, beside the event loop."""
    import mcp.client
    import mcp.client.streamable_http  # noqa: F401

    from core.sync.hub.transport import HubHttp

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

"""MCP over standard input and output, by the official SDK: one process for each program that talks to us.

It ends when its client does, within three seconds of a signal, and says nothing on standard output but the protocol.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mcp.types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS

from core import __version__
from core.assistants.calls import Calls, SyncFailedError
from core.assistants.shapes import error_json
from core.assistants.tools import INSTRUCTIONS, TOOLS
from core.errors import CogzyError
from core.files import file_error
from core.memory.tool_schema import listing

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

    from core.sync.events import Progress

_GOING_SECONDS = 2.8
log = logging.getLogger(__name__)
_NAMES = {tool.name for tool in TOOLS}
_LISTED = listing(TOOLS)


async def serve(vault: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Answer one client over standard input and output, until it ends."""
    speaker = _Speaker(vault, environ)
    server: Server[Any] = Server(
        "cogzy",
        version=__version__,
        title="Cogzy, your memory",
        instructions=INSTRUCTIONS,
        on_list_tools=speaker.list_tools,
        on_call_tool=speaker.call_tool,
    )
    with _signals(speaker):
        try:
            async with stdio_server() as (incoming, outgoing):
                await server.run(incoming, outgoing, server.create_initialization_options())
        except* OSError as group:  # the client went away while it was being answered
            log.info("the client is gone: %s", group.exceptions[0])
        finally:
            await speaker.close()


class _Speaker:
    """Between the SDK and the tools."""

    def __init__(self, vault: Path, environ: Mapping[str, str]) -> None:
        self._vault = vault
        self._calls = Calls(vault, environ)
        self._running: set[asyncio.Task[Any]] = set()

    async def list_tools(
        self, ctx: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return _LISTED

    async def call_tool(
        self, ctx: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        async def told(progress: Progress) -> None:
            total = progress.bytes_total or None
            await ctx.session.report_progress(progress.bytes_done, total, progress.stage)

        if params.name not in _NAMES:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name[:80]}")
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            return _result(await self._calls.call(params.name, params.arguments or {}, told))
        except SyncFailedError as error:
            return _result({"error": _told(error), **error.result}, is_error=True)
        except CogzyError as error:
            return _result({"error": _told(error)}, is_error=True)
        except OSError as error:
            log.exception("%s met the system", params.name)
            return _result({"error": _told(file_error(error, self._vault))}, is_error=True)
        except Exception as error:
            log.exception("%s failed unexpectedly", params.name)
            bug = CogzyError("client.internal", kind=type(error).__name__, command=params.name)
            return _result({"error": _told(bug)}, is_error=True)
        finally:
            self._running.discard(task)

    async def close(self) -> None:
        """End what is being done, and let go of the vault's files."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        await self._calls.close()


def _told(error: CogzyError) -> dict[str, Any]:
    return error_json(error.as_json())


def _result(content: dict[str, Any], *, is_error: bool = False) -> types.CallToolResult:
    import orjson

    text = orjson.dumps(content, default=str).decode()
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=content, is_error=is_error
    )


@contextmanager
def _signals(speaker: _Speaker) -> Iterator[None]:
    """SIGINT and SIGTERM end what runs, then the process: a thread that waits for standard input would keep it."""
    loop = asyncio.get_running_loop()
    leaving: list[asyncio.Task[None]] = []

    async def leave(number: int) -> None:
        try:
            await speaker.close()
        finally:
            os._exit(128 + number)

    def stop(number: int, frame: object) -> None:
        guard = threading.Timer(_GOING_SECONDS, os._exit, [128 + number])
        guard.daemon = True
        guard.start()
        loop.call_soon_threadsafe(lambda: leaving.append(loop.create_task(leave(number))))

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            with contextlib.suppress(TypeError):  # it was not set from Python
                signal.signal(number, handler)

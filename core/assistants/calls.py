"""What each tool does. Commands go to the vault's owner; where there is none, a sync has an engine of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from core.assistants import shapes
from core.assistants.arguments import Arguments
from core.assistants.finding import Finder
from core.assistants.tools import (
    METHODS,
    MOST_AROUND,
    MOST_HITS,
    MOST_QUERY,
    MOST_REMEMBERED,
    MOST_TAGS,
    MOST_TITLE,
    TOOLS,
)
from core.client import finish, open_client, read_status
from core.errors import CogzyError, UsageError
from core.sync.events import Event, GetMemory, Progress, Search, Sync, SyncFinished

Told = Callable[[Progress], Awaitable[None]]


class SyncFailedError(CogzyError):
    """A sync that failed, with what became of each method."""

    def __init__(self, error: CogzyError, result: Mapping[str, Any]) -> None:
        super().__init__(error.code, **error.params)
        self.exit_code = error.exit_code  # type: ignore[misc]  # the cause decides
        self.result = result


class Calls:
    """The tools on one vault, for as long as one program talks to them."""

    def __init__(self, vault: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._root = vault
        self._environ = environ
        self._finder = Finder(vault, environ)

    async def call(self, name: str, given: Mapping[str, Any], told: Told) -> dict[str, Any]:
        """The answer of the tool called `name`. `told` hears how far a sync is. Raises CogzyError."""
        tool = next(one for one in TOOLS if one.name == name)
        arguments = Arguments(name, given, tool.arguments["properties"])
        match name:
            case "search_memory":
                return await self.search(arguments)
            case "get_memory":
                return await self.get(arguments)
            case "remember":
                return await self.remember(arguments)
            case "sync_to_akosha":
                return await self.sync(arguments, told)
            case "akosha_sync_status":
                return await self.sync_status()
            case _:
                return shapes.vault_status(await read_status(self._root, self._environ), str(self._root))

    async def search(self, arguments: Arguments, text: str = "query") -> dict[str, Any]:
        """See TOOLS. `text`: the argument that says what is looked for."""
        query = arguments.text(text, most=MOST_QUERY)
        command = Search(
            query,
            k=arguments.whole("k", 10, 1, MOST_HITS),
            after=arguments.moment("after"),
            before=arguments.moment("before"),
            source=arguments.optional("source"),
            project=arguments.optional("project"),
            kind=arguments.optional("kind"),
        )
        return shapes.found(query, await self._finder.ask(command))

    async def get(self, arguments: Arguments) -> dict[str, Any]:
        """See TOOLS."""
        name = arguments.text("id", most=512)
        around = arguments.whole("around", 2, 0, MOST_AROUND)
        return shapes.memory(await self._finder.ask(GetMemory(name, around=around)))

    async def remember(self, arguments: Arguments) -> dict[str, Any]:
        """See TOOLS."""
        from core.assistants import remembering
        from core.vault import LocalVaultService

        tags = sorted(arguments.names("tags") or ())
        if len(tags) > MOST_TAGS:
            raise UsageError("mcp.too_many_tags", most=MOST_TAGS)
        record = remembering.note(
            arguments.text("text", most=MOST_REMEMBERED),
            arguments.optional("title", most=MOST_TITLE),
            arguments.optional("project"),
            tags,
        )
        vault = await asyncio.to_thread(LocalVaultService.open, self._root)
        remembering.require_no_reset(await read_status(self._root, self._environ))
        kept = await asyncio.to_thread(remembering.keep, vault, record)
        return shapes.kept(kept.record, is_new=kept.is_new)

    async def sync(self, arguments: Arguments, told: Told) -> dict[str, Any]:
        """See TOOLS. Raises SyncFailedError."""
        fallback = arguments.yes_or_no("enable_fallback", default=True)
        method = arguments.choice("method", METHODS)
        command = Sync(method=method, fallback=fallback)
        finished: dict[str, Any] = {}
        progress: asyncio.Queue[Progress] = asyncio.Queue()

        def see(event: Event) -> None:
            if isinstance(event, SyncFinished):
                finished.clear()
                finished.update(event.result)
            if isinstance(event, Progress):
                progress.put_nowait(event)

        async def tell() -> None:
            while True:
                await told(await progress.get())

        telling = asyncio.create_task(tell())
        try:
            async with open_client(self._root, "mcp", self._environ) as client:
                value = await finish(client, command, see)
        except CogzyError as error:
            raise SyncFailedError(error, shapes.synced({"success": False, **finished})) from error
        finally:
            telling.cancel()
        return shapes.synced(value)

    async def sync_status(self) -> dict[str, Any]:
        """See TOOLS."""
        from core.presenting import english, view

        status = await read_status(self._root, self._environ)
        return shapes.sync_status(status, english(view(status).sentence))

    async def close(self) -> None:
        """Let go of the vault's files."""
        await self._finder.close()

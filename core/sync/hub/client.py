"""The hub as the HTTP method uses it: what it can, and storing batches of items, through the tools of its MCP server.

- A call is repeated by the rule of core.storage.retry. A call whose answer was lost is sent again: storing the same row
  twice changes nothing.
- A session that ended is replaced at the next call.
- Any MCP server with `store_memory` or `batch_store_memories` is a hub. One that answers `hub_status` with an id is
  Akosha, and takes more: deletions, vectors as bytes, larger bodies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Param
from core.storage.protocol import StoreOptions
from core.storage.retry import Patience
from core.sync.errors import HubError
from core.sync.hub.session import Session

MOST_ITEMS = 1000
MOST_FOREIGN_BYTES = 4 << 20
"""What a server of the MCP SDK takes, unless it says otherwise."""
MOST_BYTES = 8 << 20
"""What we send at most, whatever the hub takes: batches are held in memory."""
ENVELOPE = 16 << 10


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
        self._session: Session | None = None
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

    async def _connected(self) -> Session:
        async with self._opening:
            if self._session is None or self._session.lost:
                await self._leave()
                self._session = await Session.open(self.url, self._token, self._options)
            return self._session

    async def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self._before = [a + b for a, b in zip(self._before, session.counts, strict=True)]
            await session.close()

    def _count(self, which: int) -> int:
        return self._before[which] + (self._session.counts[which] if self._session else 0)


async def _status(session: Session) -> dict[str, Any]:
    """What the hub tells of itself. A token that may only write is not told, which says that it is Akosha."""
    try:
        return await session.call("hub_status", {})
    except HubError as error:
        if error.code != "hub.not_allowed":
            raise
        return {"hub_id": "", "binary_vectors": True, "max_body_bytes": MOST_BYTES}


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

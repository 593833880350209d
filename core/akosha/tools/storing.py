"""The tools that write: memories, reflections, entities, relations; and the one that deletes.

Results of `store_memory` and `batch_store_memories` have the shapes that Session-Buddy reads. A bad item names itself
(by its id and its place in the batch) and does not spoil the rest. An answer means stored on disk.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from core.akosha.errors import RequestError
from core.akosha.tools.arguments import Arguments
from core.akosha.web.limits import beside_loop
from core.errors import CogzyError, Param, UsageError
from core.messages import render

if TYPE_CHECKING:
    from core.akosha.access.auth import Principal
    from core.akosha.store import HubStore
    from core.akosha.web.exchange import Exchange
    from core.memory.rows import MemoryRow, Tombstone

_INLINE_ITEMS = 16


@dataclass(frozen=True)
class _Failure:
    index: int
    memory_id: str
    code: str
    params: Mapping[str, Param]

    def as_json(self) -> dict[str, object]:
        title, cause, next_step = render(self.code, self.params)
        said = {"error": f"{title}: {cause}" if cause else title, "next_step": next_step}
        place = {"memory_id": self.memory_id, "index": self.index}
        return {**place, "code": self.code, "params": dict(self.params), **said}


@dataclass
class _Batch:
    """Items on their way into the store, by system; `places`: where in the request each row stood."""

    rows: dict[str, list[MemoryRow | Tombstone]] = field(default_factory=dict)
    as_of: dict[str, list[float]] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    failures: list[_Failure] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def refuse(self, system: str, error: CogzyError) -> None:
        """None of a system's items was taken."""
        placed = zip(self.places[system], self.rows[system], strict=True)
        self.failures += [_Failure(place, row.id, error.code, error.params) for place, row in placed]

    def name_bad(self, system: str, keys: Collection[tuple[str, str]]) -> None:
        """The bad ones among the rows with these keys: an id may be given twice, and one of them be good."""
        from core.memory.rows import row_problem

        for place, row in zip(self.places[system], self.rows[system], strict=True):
            if (row.kind, row.id) in keys and (problem := row_problem(row)) is not None:
                self.failures.append(_Failure(place, row.id, problem, {}))


@dataclass(frozen=True)
class _Done:
    batch: _Batch
    unchanged: int
    deleted: int
    superseded: int
    at: str


class Stored(Protocol):
    """What of the hub these tools write."""

    @property
    def store(self) -> HubStore:
        """The rows."""


class Storing:
    """The writing tools over a hub. Every method takes a tool's arguments and gives its result."""

    def __init__(self, hub: Stored, batch_items: int) -> None:
        self._hub = hub
        self._most = batch_items

    async def store_memory(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """One memory."""
        return _single(given, await self._put([given], exchange))

    async def batch_store_memories(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """Up to a thousand."""
        items = Arguments("batch_store_memories", given, ("memories",)).listed("memories")
        if len(items) > self._most:
            raise RequestError("akosha.batch_too_large", items=len(items), limit=self._most)
        done = await self._put(items, exchange)
        failed = len(done.batch.failures)
        stored = len(items) - failed
        return {
            "status": "completed" if not failed else "partial" if stored else "failed",
            "total": len(items),
            "stored": stored,
            "failed": failed,
            "unchanged": done.unchanged,
            "deleted": done.deleted,
            "superseded": done.superseded,
            "errors": [failure.as_json() for failure in done.batch.failures],
            "stored_at": done.at,
        }

    async def store_reflection(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """A reflection, as Session-Buddy sends it: `reflection_id` and `content`."""
        item = {name: value for name, value in given.items() if name not in ("reflection_id", "content")}
        item |= {"memory_id": given.get("reflection_id") or item.get("memory_id"), "kind": "reflection"}
        item["text"] = given.get("content") if "content" in given else item.get("text")
        if not item["memory_id"]:
            item["memory_id"] = _made_id("reflection", item["text"])
        result = _single(item, await self._put([item], exchange))
        return {"reflection_id": result["memory_id"], **result}

    async def create_entity(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """An entity of the knowledge graph; the same id again replaces it."""
        known = ("id", "name", "entity_type", "observations", "properties", "metadata", "system_id")
        arguments = Arguments("create_entity", given, known)
        name = arguments.text("name")
        kind = arguments.text("entity_type", "thing")
        record = {"name": name, "entity_type": kind, "observations": arguments.raw("observations") or []}
        return await self._graph_row("kg_entities", "entity", record, (kind, name), arguments, exchange)

    async def create_relation(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """A relation between two entities (by their ids, or by names)."""
        ends = ("from_entity", "to_entity", "relation_type")
        arguments = Arguments("create_relation", given, ("id", *ends, "properties", "metadata", "system_id"))
        record = {name: arguments.text(name) for name in ends}
        parts = tuple(record.values())
        return await self._graph_row("kg_relationships", "relationship", record, parts, arguments, exchange)

    async def delete_memory(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """One memory, by its key."""
        from core.memory.rows import Tombstone, row_problem

        arguments = Arguments("delete_memory", given, ("memory_id", "kind", "system_id"))
        memory_id, kind = arguments.text("memory_id", most=512), arguments.text("kind", "memory", most=32)
        system = _principal(exchange).system_for(arguments.optional("system_id"))
        found = await self._hub.store.get(system, kind, memory_id)
        tombstone = Tombstone(kind, memory_id, found.row.origin if found else "")
        problem = row_problem(tombstone)
        if problem:
            raise RequestError(problem)
        result = await self._hub.store.put(system, [tombstone])
        exchange.counts["deleted"] = result.deleted
        status = "deleted" if result.deleted else "superseded" if result.superseded else "not_found"
        return {"status": status, "memory_id": memory_id, "kind": kind, "system_id": system}

    async def _graph_row(
        self,
        table: str,
        kind: str,
        record: dict[str, Any],
        parts: Sequence[str],
        arguments: Arguments,
        exchange: Exchange,
    ) -> dict[str, object]:
        from core.memory.rows import table_mapping
        from core.memory.values import moment

        properties, metadata = arguments.mapping("properties"), arguments.mapping("metadata")
        original = properties.get("original_id")
        identity = arguments.optional("id", most=512) or (original if isinstance(original, str) else None)
        said = {name: value for name, value in record.items() if isinstance(value, str)}
        record |= {
            "id": identity or _made_id(kind, *parts),
            "properties": properties,
            "metadata": metadata or None,
            "created_at": moment(properties.get("created_at")) or time.time(),
        }
        mapped = table_mapping(table, list(record))
        assert mapped is not None
        row = mapped(record)
        claimed = properties.get("source_system") or metadata.get("source")
        claimed = claimed if isinstance(claimed, str) else None
        system = _principal(exchange).system_for(arguments.optional("system_id"), claimed)
        result = await self._hub.store.put(system, [row])
        if result.errors:
            _, _, code, params = result.errors[0]
            raise UsageError(code, **params)
        exchange.counts["stored"] = 1
        return {"status": "stored", "id": row.id, "system_id": system, **said}

    async def _put(self, items: Sequence[Any], exchange: Exchange) -> _Done:
        principal = _principal(exchange)
        few = len(items) <= _INLINE_ITEMS
        batch = _sorted(items, principal) if few else await beside_loop(_sorted, items, principal)
        unchanged = deleted = superseded = 0
        for system, rows in batch.rows.items():
            try:
                done = await self._hub.store.put(system, rows, as_of=batch.as_of[system])
            except UsageError as error:  # a name that no system can have: its items alone
                batch.refuse(system, error)
                continue
            unchanged, deleted = unchanged + done.unchanged, deleted + done.deleted
            superseded += done.superseded
            if done.errors:
                batch.name_bad(system, {(kind, memory_id) for kind, memory_id, _, _ in done.errors})
        batch.failures.sort(key=lambda failure: failure.index)
        exchange.counts |= {"stored": len(items) - len(batch.failures), "failed": len(batch.failures)}
        return _Done(batch, unchanged, deleted, superseded, datetime.now(UTC).isoformat())


def _sorted(items: Sequence[Any], principal: Principal) -> _Batch:
    """The items as rows, by system; what is no row becomes a failure. Runs in a thread: pure but for the clock."""
    from core.memory.rows import from_wire

    batch = _Batch()
    now = time.time()
    for index, item in enumerate(items):
        try:
            row = from_wire(item)
            metadata = item.get("metadata") or {}
            named = item.get("system_id") or metadata.get("system_id")
            system = principal.system_for(_name(named, "system_id"), _claimed(metadata.get("source")))
            as_of = _moment(item.get("as_of"), now)
        except CogzyError as error:
            batch.failures.append(_Failure(index, _id_of(item), error.code, error.params))
            continue
        batch.rows.setdefault(system, []).append(row)
        batch.as_of.setdefault(system, []).append(as_of)
        batch.places.setdefault(system, []).append(index)
        vector = getattr(row, "vector", None)
        batch.widths.append(len(vector) // 4 if vector else 0)
        batch.sources.append(system)
    return batch


def _single(item: Mapping[str, Any], done: _Done) -> dict[str, object]:
    failure = next(iter(done.batch.failures), None)
    result: dict[str, object] = {
        "status": "failed" if failure else "stored",
        "memory_id": _id_of(item),
        "stored_at": done.at,
        "embedding_dim": next(iter(done.batch.widths), 0),
        "source": next(iter(done.batch.sources), None),
    }
    if failure:
        said = failure.as_json()
        result |= {name: said[name] for name in ("error", "code", "params", "next_step")}
    return result


def _principal(exchange: Exchange) -> Principal:
    assert exchange.principal is not None, "a request reaches a tool only after it was let in"
    return exchange.principal


def _id_of(item: object) -> str:
    found = item.get("memory_id") if isinstance(item, Mapping) else None
    return found[:512] if isinstance(found, str) else ""


def _name(value: object, field_name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise RequestError("rows.bad_field", field=field_name)


def _moment(given: object, now: float) -> float:
    from core.memory.rows import moment

    found = now if given is None else moment(given)
    if found is None:
        raise RequestError("rows.bad_field", field="as_of")
    return found


def _claimed(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _made_id(*parts: object) -> str:
    joined = "\x00".join(str(part) for part in parts)
    return f"{parts[0]}-{hashlib.sha256(joined.encode('utf-8', 'replace')).hexdigest()[:32]}"

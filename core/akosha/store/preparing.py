"""Rows made ready for the table, off the event loop: checked, hashed, their metadata as JSON.

A Prepared row is plain values in the order of the table's columns; with them it can wait in a file (spool.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from core.akosha.store.model import ItemError, StoredMemory
from core.memory.rows import MemoryRow, Tombstone, encode_json, row_problem


class Prepared(NamedTuple):
    """The columns of schema.COLUMNS from `key` on, FIELDS of them."""

    key: int
    kind: str
    id: str
    deleted: bool
    as_of: float
    content_hash: bytes | None
    origin: str
    model: str | None
    text: str | None
    vector: bytes | None
    created_at: float | None
    project: str | None
    conversation: str | None
    position: int | None
    speaker: str | None
    metadata: str | None
    name: str | None
    from_entity: str | None
    to_entity: str | None
    relation_type: str | None
    given: MemoryRow | None = None
    """The row itself, as long as it is at hand; no column."""

    def size(self) -> int:
        """About how many bytes it holds."""
        return 300 + len(self.text or "") + len(self.vector or b"") + len(self.metadata or "")


FIELDS = Prepared._fields[:-1]


def prepare(
    system_id: str, rows: Sequence[MemoryRow | Tombstone], as_of: float | Sequence[float] | None, now: float
) -> tuple[list[Prepared], list[ItemError]]:
    """The good ones of `rows`, ready to be stored, and what is wrong with the others.

    See `clocked` for what becomes of `as_of`.
    """
    if as_of is None or isinstance(as_of, int | float):
        as_of = [now if as_of is None else as_of] * len(rows)
    ready: list[Prepared] = []
    errors: list[ItemError] = []
    for row, moment in zip(rows, as_of, strict=True):
        if (problem := row_problem(row)) is not None:
            errors.append((row.kind, row.id, problem, {}))
            continue
        ready.append(_prepared(system_id, row, clocked(moment, now)))
    return ready, errors


def clocked(as_of: float, now: float) -> float:
    """`as_of` as a clock can show it: from 1970 up to `now`, which no number stands for as well.

    A clock that is ahead would otherwise keep out all that comes after it, and a moment of no calendar spoil the
    answers to everybody who asks when a system was last seen.
    """
    return min(max(as_of, 0.0), now) if as_of == as_of else now


def key_of(system_id: str, kind: str, identity: str) -> int:
    """64 bits of the key's hash: what the table is searched by. The key itself is compared as well."""
    digest = hashlib.blake2b("\0".join((system_id, kind, identity)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def memory_of(label: int, system_id: str, stored_at: float, row: Prepared) -> StoredMemory:
    """The memory that a live row of the table is."""
    memory = row.given or MemoryRow(
        row.kind,
        row.id,
        row.text or "",
        row.vector,
        row.model,
        row.created_at,
        row.project,
        row.conversation,
        row.position,
        row.speaker,
        row.origin,
        json.loads(row.metadata) if row.metadata else {},
    )
    return StoredMemory(label, system_id, memory, row.as_of, stored_at)


def _prepared(system_id: str, row: MemoryRow | Tombstone, as_of: float) -> Prepared:
    key = key_of(system_id, row.kind, row.id)
    if isinstance(row, Tombstone):
        return Prepared(key, row.kind, row.id, True, as_of, None, row.origin, *[None] * 13)
    metadata = row.metadata
    return Prepared(
        key,
        row.kind,
        row.id,
        False,
        as_of,
        bytes.fromhex(row.content_hash),
        row.origin,
        row.model,
        row.text,
        row.vector,
        row.created_at,
        row.project,
        row.conversation,
        row.position,
        row.speaker,
        encode_json(dict(metadata)).decode() if metadata else None,
        _word(metadata.get("name")) if row.kind == "entity" else None,
        _word(metadata.get("from_entity")) if row.kind == "relationship" else None,
        _word(metadata.get("to_entity")) if row.kind == "relationship" else None,
        _word(metadata.get("relation_type")) if row.kind == "relationship" else None,
        row,
    )


def _word(value: Any) -> str | None:
    """Text that the graph can be asked by; metadata may hold anything, lone surrogates included."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None

"""Rows as items of the hub's `store_memory` and `batch_store_memories`.

`{memory_id, text, embedding?, metadata?}` is what Session-Buddy sends. Of our own, and all optional: `kind`, `model`,
`created_at`, `project`, `conversation`, `position`, `speaker`, `origin`, `deleted`, and the embedding as base64 of its
bytes. `system_id` and `as_of` belong to the item's address and are read by the server.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from typing import Any

from core.memory.record import KINDS, MemoryRow, Tombstone
from core.memory.values import RowError, moment, numbers, vector_bytes

_NAMES = ("model", "project", "conversation", "speaker")
_TIMES = ("created_at", "timestamp")
_KNOWN = frozenset(
    {"memory_id", "text", "embedding", "metadata", "kind", "created_at", "position", "origin", "deleted"}
    | {"system_id", "as_of", *_NAMES}
)


def to_wire(row: MemoryRow | Tombstone, *, binary_vectors: bool) -> dict[str, Any]:
    """The item that `from_wire` reads as `row`. `binary_vectors`: whether the server takes base64."""
    item: dict[str, Any] = {"memory_id": row.id, "kind": row.kind}
    if row.origin:
        item["origin"] = row.origin
    if isinstance(row, Tombstone):
        return item | {"deleted": True}
    item["text"] = row.text
    if row.vector is not None:
        packed = binascii.b2a_base64(row.vector, newline=False).decode() if binary_vectors else None
        item["embedding"] = packed or numbers(row.vector).tolist()
    for name in (*_NAMES, "position", "created_at"):
        if (value := getattr(row, name)) is not None:
            item[name] = value
    # Said to be nothing, so that nobody takes them from the metadata.
    if row.project is None and "project" in row.metadata:
        item["project"] = None
    if row.created_at is None and any(name in row.metadata for name in _TIMES):
        item["created_at"] = None
    if row.metadata:
        item["metadata"] = dict(row.metadata)
    return item


def from_wire(item: Mapping[str, Any]) -> MemoryRow | Tombstone:
    """The row of an item; keys that nobody knows are kept in its metadata. Raises RowError for what is no row."""
    if not isinstance(item, Mapping):
        raise RowError("rows.not_an_object", seen=type(item).__name__)
    given = item.get("metadata")
    if given is not None and not isinstance(given, Mapping):
        raise RowError("rows.bad_field", field="metadata")
    metadata: dict[str, Any] = dict(given or {})
    kind = _kind(item, metadata)
    identity = _text(item, "memory_id") or ""
    origin = _text(item, "origin") or ""
    if item.get("deleted") is True:
        return Tombstone(kind, identity, origin)
    for name in item.keys() - _KNOWN:
        if metadata.setdefault(name, item[name]) != item[name]:
            raise RowError("rows.bad_field", field=name)
    return MemoryRow(
        kind,
        identity,
        _text(item, "text") or "",
        vector_bytes(item.get("embedding") or None),
        _text(item, "model"),
        _created_at(item, metadata),
        _project(item, metadata),
        _text(item, "conversation"),
        _position(item.get("position")),
        _text(item, "speaker"),
        origin,
        metadata,
    )


def _kind(item: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    if (kind := _text(item, "kind")) is not None:
        return kind
    named = metadata.get("type")
    return named if isinstance(named, str) and named in KINDS else "memory"


def _created_at(item: Mapping[str, Any], metadata: Mapping[str, Any]) -> float | None:
    if "created_at" not in item:
        return next((found for name in _TIMES if (found := moment(metadata.get(name))) is not None), None)
    given = item["created_at"]
    if (found := moment(given)) is None and given is not None:
        raise RowError("rows.bad_time")
    return found


def _project(item: Mapping[str, Any], metadata: Mapping[str, Any]) -> str | None:
    if "project" in item:
        return _text(item, "project")
    named = metadata.get("project")
    return named if isinstance(named, str) else None


def _position(given: Any) -> int | None:
    if given is not None and type(given) is not int:
        raise RowError("rows.bad_field", field="position")
    return given


def _text(item: Mapping[str, Any], name: str) -> str | None:
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise RowError("rows.bad_field", field=name)
    return value

"""Questions to a shard file. Each is one statement, so each sees one state of the file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.akosha.store.model import Change, Counts, StoredMemory, SystemInfo, UploadRecord
from core.akosha.store.preparing import FIELDS, Prepared, key_of, memory_of
from core.akosha.store.schema import COLUMNS

if TYPE_CHECKING:
    import duckdb

_COLUMNS = ", ".join(COLUMNS)
_MEMORIES = "SELECT " + _COLUMNS + " FROM hub.memories WHERE "  # noqa: S608  # names of ours
_UNSEEN = {"deleted", "seq", "key", "content_hash", "vector", "name", "from_entity", "to_entity", "relation_type"}
_SEEN = [name for name in COLUMNS if name not in _UNSEEN]
_SHOWN = _MEMORIES.replace(_COLUMNS, ", ".join(_SEEN), 1)
"""What of a memory is shown: without the vectors, which are most of what is read, and what only the table needs."""
_PLACES = [_SEEN.index(name) if name in _SEEN else len(_SEEN) for name in COLUMNS]
_LEADING = len(COLUMNS) - len(FIELDS)


def memory(row: Sequence[Any]) -> StoredMemory:
    """A row of all columns as a memory."""
    label, _, system_id, stored_at = row[:_LEADING]
    return memory_of(label, system_id, stored_at, Prepared(*row[_LEADING:]))


def get(connection: duckdb.DuckDBPyConnection, system_id: str, kind: str, identity: str) -> StoredMemory | None:
    """The memory under a key."""
    found = connection.execute(
        _MEMORIES + "key = ? AND system_id = ? AND kind = ? AND id = ? AND NOT deleted",
        [key_of(system_id, kind, identity), system_id, kind, identity],
    ).fetchall()
    return memory(found[0]) if found else None


def fetch(
    connection: duckdb.DuckDBPyConnection, labels: Iterable[int], vectors: bool = True
) -> dict[int, StoredMemory]:
    """The memories with these labels, without those that are gone; `vectors` False leaves those out."""
    numbers = ", ".join(str(int(label)) for label in labels)
    if not numbers:
        return {}
    # Numbers in the statement prune row groups; a join with an array reads them all. Of those groups only the label is
    # read whole: by their row ids the rows are then read alone.
    places = f"SELECT rowid FROM hub.memories WHERE label IN ({numbers}) AND NOT deleted"  # noqa: S608  # integers
    rows = connection.execute(f"{_MEMORIES if vectors else _SHOWN} rowid IN ({places})").fetchall()
    if not vectors:
        rows = [_with_unseen(row) for row in rows]
    return {row[0]: memory(row) for row in rows}


def _with_unseen(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row that is shown, with None for what was not read. To name a NULL costs DuckDB more than this."""
    row = (*row, None)
    return tuple(row[place] for place in _PLACES)


def changes(connection: duckdb.DuckDBPyConnection, after: int, until: int, limit: int) -> list[Change]:
    """What changed after a sequence number and up to another, the oldest first."""
    rows = connection.execute(
        _MEMORIES + "seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        [after, until, limit],
    ).fetchall()
    deleted = _LEADING + FIELDS.index("deleted")
    return [Change(row[0], row[deleted], None if row[deleted] else memory(row), row[1]) for row in rows]


def systems(connection: duckdb.DuckDBPyConnection) -> list[SystemInfo]:
    """Every system that anything is known of."""
    found: dict[str, tuple[dict[str, int], list[float]]] = {}
    for system_id, kind, live, last in connection.execute(
        "SELECT system_id, kind, count(*) FILTER (NOT deleted), max(as_of) FROM hub.memories GROUP BY ALL"
    ).fetchall():
        kinds, seen = found.setdefault(system_id, ({}, []))
        seen.append(last)
        if live:
            kinds[kind] = live
    for system_id, last in connection.execute(
        "SELECT system_id, max(as_of) FROM hub.uploads GROUP BY system_id"
    ).fetchall():
        _, seen = found.setdefault(system_id, ({}, []))
        if last is not None:
            seen.append(last)
    return [
        SystemInfo(system_id, sum(kinds.values()), max(seen, default=None), dict(sorted(kinds.items())))
        for system_id, (kinds, seen) in sorted(found.items())
    ]


def counts(connection: duckdb.DuckDBPyConnection) -> Counts:
    """How much there is."""
    kinds = connection.execute(
        "SELECT kind, count(*) FILTER (NOT deleted), count(*) FILTER (deleted), count(vector) FROM hub.memories "
        "GROUP BY kind ORDER BY kind"
    ).fetchall()
    who = connection.execute(
        "SELECT count(*) FROM (SELECT system_id FROM hub.memories UNION SELECT system_id FROM hub.uploads)"
    ).fetchall()
    states = connection.execute("SELECT state, count(*) FROM hub.uploads GROUP BY state ORDER BY state").fetchall()
    return Counts(
        sum(row[1] for row in kinds),
        sum(row[2] for row in kinds),
        who[0][0],
        sum(row[3] for row in kinds),
        {row[0]: row[1] for row in kinds if row[1]},
        dict(states),
    )


def uploads(
    connection: duckdb.DuckDBPyConnection,
    system_id: str | None,
    state: str | None,
    limit: int,
    after: tuple[str, str] | None,
) -> list[UploadRecord]:
    """Uploads and what became of them, by id, the newest first. `after`: upload and system of the last one seen."""
    rows = connection.execute(
        "SELECT system_id, upload_id, state, reason, stored, deleted, marked_at, detail FROM hub.uploads "
        "WHERE (? IS NULL OR system_id = ?) AND (? IS NULL OR state = ?) "
        "AND (? IS NULL OR upload_id < ? OR (upload_id = ? AND system_id < ?)) "
        "ORDER BY upload_id DESC, system_id DESC LIMIT ?",
        [system_id, system_id, state, state, *_twice(after), limit],
    ).fetchall()
    return [
        UploadRecord(who, upload, said, json.loads(reason) if reason else None, stored, deleted, at, json.loads(detail))
        for who, upload, said, reason, stored, deleted, at, detail in rows
    ]


def upload_states(connection: duckdb.DuckDBPyConnection, system_id: str) -> dict[str, Any]:
    """The state of every upload of a system."""
    return dict(
        connection.execute("SELECT upload_id, state FROM hub.uploads WHERE system_id = ?", [system_id]).fetchall()
    )


def _twice(after: tuple[str, str] | None) -> list[str | None]:
    upload, system = after or (None, None)
    return [upload, upload, upload, system]


def total(parts: Sequence[Counts]) -> Counts:
    """The counts of several shard files as one."""
    return Counts(
        sum(part.memories for part in parts),
        sum(part.deleted for part in parts),
        sum(part.systems for part in parts),
        sum(part.with_vectors for part in parts),
        dict(sum((Counter(part.by_kind) for part in parts), Counter())),
        dict(sum((Counter(part.uploads) for part in parts), Counter())),
    )

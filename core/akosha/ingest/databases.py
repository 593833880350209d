"""Session-Buddy's databases, whole or as deltas, as parts: which tables are memories, and reading them in the child."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.akosha.ingest.parts import DeltaRows, Part, TablePart
from core.akosha.ingest.scratch import Room
from core.database import Child, DatabaseError, Read, RowsFile, list_tables, read_all, read_rows
from core.errors import DamageError
from core.memory.rows import KINDS, Mapper, table_mapping

DEADLINE = 900.0
_PROBE = ("id", "content", "name", "from_entity", "to_entity", "relation_type")
READS_AT_ONCE = 256


@dataclass(frozen=True)
class MemoryTable:
    """A table of memories: its name in uploads (`schema.name`), and what its rows are."""

    label: str
    kind: str
    second: bool = False
    """An older table of the same kind stands beside a newer one."""


@dataclass(frozen=True)
class DeltaFile:
    """The Parquet files of one delta of one table."""

    rows: Path | None
    gone: Path | None


def memory_tables(tables: Mapping[str, Sequence[str]]) -> list[MemoryTable]:
    """The tables of memories among `tables` (label to columns), older ones before those that took their place."""
    found = [
        MemoryTable(label, kind)
        for label, columns in tables.items()
        if (kind := _kind(label)) is not None and table_mapping(_name(label), columns) is not None
    ]
    found.sort(key=lambda table: (table.label.endswith("_v2"), table.label))
    last = {table.kind: table.label for table in found}
    return [MemoryTable(table.label, table.kind, table.label != last[table.kind]) for table in found]


async def find_tables(database: Path, child: Child) -> list[MemoryTable]:
    """The tables of memories of a private copy. Raises DatabaseError."""
    return memory_tables(await list_tables(database, child=child, deadline=DEADLINE))


async def whole_tables(
    database: Path,
    tables: Iterable[MemoryTable],
    origin: str,
    room: Room,
    child: Child,
    newer: Mapping[str, Sequence[DeltaFile]],
) -> list[Part]:
    """These tables of the private copy `database`, under the deltas since, by table, newest first.

    Raises DatabaseError, NeedsRebuildError.
    """
    parts: list[Part] = []
    for table in tables:
        out = room.place("image.rows")
        image = await read_rows(database, table.label, out, child=child, deadline=DEADLINE, most=room.left)
        room.spend(out)
        deltas = await read_deltas(newer.get(table.label, ()), room, child)
        parts.append(_part(table, origin, image, deltas, room.place("ids")))
    return parts


async def changed_tables(
    tables: Iterable[MemoryTable], origin: str, room: Room, child: Child, deltas: Mapping[str, Sequence[DeltaFile]]
) -> list[Part]:
    """What deltas alone say, by table, newest first. Raises DatabaseError, NeedsRebuildError."""
    parts: list[Part] = []
    for table in tables:
        if table.label in deltas:
            read = await read_deltas(deltas[table.label], room, child)
            parts.append(_part(table, origin, None, read, room.place("ids")))
    return parts


async def read_deltas(files: Sequence[DeltaFile], room: Room, child: Child) -> list[DeltaRows]:
    """The rows of deltas, in the order given."""
    paths = [path for delta in files for path in (delta.rows, delta.gone) if path is not None]
    found: dict[Path, RowsFile] = {}
    for at in range(0, len(paths), READS_AT_ONCE):
        some = paths[at : at + READS_AT_ONCE]
        reads = [Read(path, None, path.with_suffix(".rows")) for path in some]
        found |= dict(zip(some, await read_all(reads, child=child, deadline=DEADLINE, most=room.left), strict=True))
        room.spend(*(read.out for read in reads))
        await asyncio.to_thread(_remove, some)
    for delta in files:
        for path in (delta.rows, delta.gone):
            if path is not None and "id" not in found[path].columns:
                raise NeedsRebuildError("akosha.ingest_other_key", name=path.name)
    return [DeltaRows(_of(found, delta.rows), _of(found, delta.gone)) for delta in files]


class NeedsRebuildError(DamageError):
    """The deltas name their rows by something else than `id`: only the rebuilt database tells which are meant."""


def _of(found: Mapping[Path, RowsFile], path: Path | None) -> RowsFile | None:
    return None if path is None else found[path]


def _part(
    table: MemoryTable, origin: str, image: RowsFile | None, deltas: Sequence[DeltaRows], place: Path
) -> TablePart:
    mapper = partial(_mapper, table.label, origin)
    return TablePart(table.kind, origin, mapper, image, deltas, place, table.second)


def _mapper(label: str, origin: str, columns: Sequence[str]) -> Mapper:
    found = table_mapping(_name(label), columns, origin=origin)
    if found is None:
        raise DatabaseError("database.no_table", path=origin, table=label)
    return found


def _name(label: str) -> str:
    return label.removeprefix("main.")


def _kind(label: str) -> str | None:
    """What the rows of a table are, by its name."""
    mapping = table_mapping(_name(label), _PROBE)
    if mapping is None:
        return None
    kind = mapping(dict.fromkeys(_PROBE, "x")).kind
    return kind if kind in KINDS else None


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink()

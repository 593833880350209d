"""Rows of a database copy, or of a delta's Parquet file, as plain Python values: read in the child, streamed by a file.

- Only base tables and Parquet files are read, and of them stored columns by name. No SQL comes from the file: no view,
  no macro and no generated column of it is ever evaluated.
- Neither side holds more than about `CHUNK_BYTES` of values at a time, whatever the file holds.
- Where only rows that match an expression are wanted (core.database.searching), the others do not leave the child.
- A rows file is private to the two processes that share it: frames of `<json length><vector length><json><vector>`.

Values: numbers, texts and booleans as they are; TIMESTAMPs as UNIX seconds (float; one without a zone is UTC); lists,
structs, maps and JSON as what they hold; BLOB as base64; DECIMAL as a float; NULL, infinity and NaN as None; anything
else as DuckDB writes it. A list or array of FLOAT or DOUBLE in a column named `embedding` comes as bytes: float32,
little endian; NULL elements are NaN. A text of several megabytes is cut (core.database.row_format).
"""

# ruff: noqa: S608  names in SQL are quoted by `quoted`, strings by `text`

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.database import wire
from core.database.connection import attach, quoted, text
from core.database.process import Child, ask
from core.database.results import DatabaseError, Read, RowsFile, Wanted
from core.database.row_format import field_of, write_chunk
from core.database.schema import Table, read_schema
from core.database.searching import copied, write_wanted

if TYPE_CHECKING:
    import duckdb

CHUNK_ROWS = 4096
CHUNK_BYTES = 16 << 20
_CATALOG = "cogzy_rows"


async def read_rows(
    source: Path,
    table: str | None,
    out: Path,
    *,
    child: Child | None = None,
    deadline: float = 600,
    most: int | None = None,
    wanted: Wanted | None = None,
) -> RowsFile:
    """Write the rows of one table of the private database copy `source` (its `.wal` beside it) to the new file `out`.

    `table` is `schema.name` as list_tables names it; None: `source` is a Parquet file. `child` does it if it is given.
    `most`: bytes that `out` may have. `wanted`: as in Read.
    Raises DatabaseError (`database.no_table`, `database.too_many_rows` too).
    """
    return (await read_all([Read(source, table, out, wanted)], child=child, deadline=deadline, most=most))[0]


async def read_all(
    reads: Sequence[Read], *, child: Child | None = None, deadline: float = 600, most: int | None = None
) -> list[RowsFile]:
    """Many small reads for the price of one: the results in the order of `reads`. `most`: bytes of all together."""
    if not reads:
        return []
    request = {
        "do": "rows",
        "file": str(reads[0].source),
        "reads": wire.reads_to_json(reads),
        "most": most,
        "scratch": str(reads[0].out.parent),
        "folders": sorted({str(path.parent) for read in reads for path in (read.source, read.out)}),
    }
    found = await ask(request, deadline, None, child)
    return [
        RowsFile(read.out, rows, tuple(columns), of, tuple(numbers))
        for read, (rows, columns, of, numbers) in zip(reads, found, strict=True)
    ]


async def list_tables(source: Path, *, child: Child | None = None, deadline: float = 600) -> dict[str, list[str]]:
    """The base tables of a private database copy, as `schema.name`, with their stored columns. Raises DatabaseError."""
    folder = str(source.parent)
    request = {"do": "tables", "file": str(source), "scratch": folder, "folders": [folder]}
    return dict(await ask(request, deadline, None, child))


def tables(connection: duckdb.DuckDBPyConnection, source: Path) -> dict[str, list[str]]:
    """`list_tables`, in the child."""
    attach(connection, source, _CATALOG, "READ_ONLY")
    schema = read_schema(connection, _CATALOG, carried=True)
    connection.execute(f"DETACH {_CATALOG}")
    return {table.label: [column.name for column in table.columns] for table in schema.tables}


def write_all(
    connection: duckdb.DuckDBPyConnection, reads: Sequence[Read], most: int | None = None
) -> list[tuple[int, list[str], int, list[int]]]:
    """`read_all`, in the child: the rows of each, the columns, how many were looked at, which of them they are."""
    room = _Room(math.inf if most is None else most)
    attached: Path | None = None
    stored: Mapping[str, Table] = {}
    found = []
    for read in reads:
        if read.table is None:
            written, names = _write_parquet(connection, read, room)
        else:
            if attached != read.source:
                if attached is not None:
                    connection.execute(f"DETACH {_CATALOG}")
                attach(connection, read.source, _CATALOG, "READ_ONLY")
                schema = read_schema(connection, _CATALOG, carried=True)
                attached, stored = read.source, {table.label: table for table in schema.tables}
            if read.table not in stored:
                raise DatabaseError("database.no_table", path=read.source.name, table=read.table)
            written, names = _write_table(connection, stored[read.table], read, room)
        found.append((written.rows, names, written.of, written.numbers))
    if attached is not None:
        connection.execute(f"DETACH {_CATALOG}")
    return found


def _write_table(
    connection: duckdb.DuckDBPyConnection, table: Table, read: Read, room: _Room
) -> tuple[_Written, list[str]]:
    names = [column.name for column in table.columns]
    place = table.within(_CATALOG)
    if any(name.lower() == "rowid" for name in names):
        return _write_copied(connection, place, names, read, room), names
    return _write(connection, place, dict(zip(names, map(quoted, names), strict=True)), read, room), names


def _write_parquet(connection: duckdb.DuckDBPyConnection, read: Read, room: _Room) -> tuple[_Written, list[str]]:
    place = f"read_parquet({text(str(read.source.resolve()))})"
    names = [item[0] for item in connection.execute(f"SELECT * FROM {place} LIMIT 0").description]
    return _write_copied(connection, place, names, read, room), names


def _write_copied(
    connection: duckdb.DuckDBPyConnection, place: str, names: Sequence[str], read: Read, room: _Room
) -> _Written:
    with copied(connection, place, names) as (copy, columns):
        return _write(connection, copy, columns, read, room)


def _write(
    connection: duckdb.DuckDBPyConnection, place: str, columns: Mapping[str, str], read: Read, room: _Room
) -> _Written:
    """Write `columns` (name to SQL) of the wanted rows of `place`, which has rowids."""
    with read.out.open("wb") as file:
        if read.wanted is not None:
            written = _Written(*write_wanted(connection, place, columns, read.wanted, file))
            room.take(file.tell(), read.out)
            return written
        described = connection.execute(f"SELECT {', '.join(columns.values())} FROM {place} LIMIT 0").description
        fields = [field_of(name, sql, item[1]) for (name, sql), item in zip(columns.items(), described, strict=True)]
        values = ", ".join(f"{field.value} AS c{at}" for at, field in enumerate(fields))
        size = " + ".join(["0", *(field.size for field in fields if field.size)])
        written = _Written(0, 0, [])
        for within in _chunks(connection, place, size, CHUNK_BYTES):
            # Only a whole result comes as arrays; vectors fetched row by row take ten times as long.
            chunk = connection.execute(f"SELECT {values} FROM {place} WHERE {within} ORDER BY rowid").fetchnumpy()
            found = [chunk[f"c{at}"] if field.vector else chunk[f"c{at}"].tolist() for at, field in enumerate(fields)]
            before, count = file.tell(), len(found[0])
            write_chunk(file, fields, found)
            written.rows += count
            written.of += count
            room.take(file.tell() - before, read.out)
    return written


@dataclass(slots=True)
class _Written:
    """How many rows were written, of how many that were looked at, and which of them when only some were wanted."""

    rows: int
    of: int
    numbers: list[int]


@dataclass(slots=True)
class _Room:
    """Bytes that may still be written."""

    left: float

    def take(self, count: int, out: Path) -> None:
        self.left -= count
        if self.left < 0:
            raise DatabaseError("database.too_many_rows", path=out.name)


def _chunks(connection: duckdb.DuckDBPyConnection, place: str, size: str, most: int) -> Iterator[str]:
    """Conditions that together cover all rows in order, each of few rows and not many more than `most` bytes."""
    last = connection.execute(f"SELECT max(rowid) FROM {place}").fetchall()[0][0]
    waiting = [] if last is None else [(low, low + CHUNK_ROWS - 1) for low in range(0, last + 1, CHUNK_ROWS)][::-1]
    while waiting:
        low, high = waiting.pop()
        within = f"rowid BETWEEN {low} AND {high}"
        count, bytes_ = connection.execute(f"SELECT count(*), sum({size}) FROM {place} WHERE {within}").fetchall()[0]
        if count and bytes_ > most and low < high:
            middle = (low + high) // 2
            waiting += [(middle + 1, high), (low, middle)]
        elif count:
            yield within

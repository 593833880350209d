"""Rows of a database copy, or of a delta's Parquet file, as plain Python values: read in the child, streamed by a file.

- Only base tables and Parquet files are read, and of them stored columns by name. No SQL comes from the file: no view,
  no macro and no generated column of it is ever evaluated.
- Neither side holds more than about `CHUNK_BYTES` of values at a time (of texts that are searched, which are there
  several times over, `SEARCHED_BYTES`), whatever the file holds.
- Where only rows that match an expression are wanted, the others do not leave the child.
- A rows file is private to the two processes that share it: frames of `<json length><vector length><json><vector>`.

Values: numbers, texts and booleans as they are; TIMESTAMPs as UNIX seconds (float; one without a zone is UTC); lists,
structs, maps and JSON as what they hold; BLOB as base64; DECIMAL as a float; NULL, infinity and NaN as None; anything
else as DuckDB writes it. A list or array of FLOAT or DOUBLE in a column named `embedding` comes as bytes: float32,
little endian; NULL elements are NaN. A text above `MOST_TEXT` bytes is cut to its first `CUT_TEXT` characters.
"""

# ruff: noqa: S608  names in SQL are quoted by `quoted`, strings by `text`

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from core.database import wire
from core.database.connection import attach, quoted, text
from core.database.process import Child, ask
from core.database.results import DatabaseError, Read, RowsFile
from core.database.schema import Table, read_schema
from core.database.types import INTEGERS, MICROSECONDS, NESTED, column_type
from core.expressions import compiled

if TYPE_CHECKING:
    import duckdb
    from duckdb.sqltypes import DuckDBPyType

VECTOR = "embedding"
CHUNK_ROWS = 4096
CHUNK_BYTES = 16 << 20
SEARCHED_BYTES = 2 << 20
MOST_TEXT = 8 << 20
CUT_TEXT = 2 << 20
_CATALOG = "cogzy_rows"
_FRAME = struct.Struct("<II")
_NO_VECTOR = 0xFFFFFFFF
_AS_IT_IS = INTEGERS | {"boolean"}
_TIMES = MICROSECONDS | {"timestamp_ns"}
_NUMBERS = frozenset({"float", "double", "decimal"})
_READ_AHEAD = 1 << 20


async def read_rows(
    source: Path,
    table: str | None,
    out: Path,
    *,
    child: Child | None = None,
    deadline: float = 600,
    most: int | None = None,
    matching: str | None = None,
) -> RowsFile:
    """Write the rows of one table of the private database copy `source` (its `.wal` beside it) to the new file `out`.

    `table` is `schema.name` as list_tables names it; None: `source` is a Parquet file. `child` does it if it is given.
    `most`: bytes that `out` may have. `matching`: as in Read.
    Raises DatabaseError (`database.no_table`, `database.too_many_rows` too).
    """
    return (await read_all([Read(source, table, out, matching)], child=child, deadline=deadline, most=most))[0]


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


def each_row(rows: RowsFile) -> Iterator[dict[str, Any]]:
    """The rows of a rows file, one after the other."""
    import orjson

    has_vector = VECTOR in rows.columns
    with rows.path.open("rb", buffering=_READ_AHEAD) as file:
        for _ in range(rows.rows):
            size, vector_size = _FRAME.unpack(file.read(_FRAME.size))
            row: dict[str, Any] = orjson.loads(file.read(size))
            if vector_size != _NO_VECTOR:
                row[VECTOR] = file.read(vector_size)
            elif has_vector:
                row.setdefault(VECTOR, None)
            yield row


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
    """For what has no row numbers of DuckDB's own to read it in parts by."""
    columns = {name: f"c{at}" for at, name in enumerate(names)}
    picked = ", ".join(f"{quoted(name)} AS {alias}" for name, alias in columns.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE cogzy_copied AS SELECT {picked} FROM {place}")
    written = _write(connection, "temp.cogzy_copied", columns, read, room)
    connection.execute("DROP TABLE temp.cogzy_copied")
    return written


def _write(
    connection: duckdb.DuckDBPyConnection, place: str, columns: Mapping[str, str], read: Read, room: _Room
) -> _Written:
    """Write `columns` (name to SQL) of the wanted rows of `place`, which has rowids."""
    described = connection.execute(f"SELECT {', '.join(columns.values())} FROM {place} LIMIT 0").description
    fields = [_field(name, sql, item[1]) for (name, sql), item in zip(columns.items(), described, strict=True)]
    if read.matching is not None:
        fields = [field for field in fields if field.searched or not field.size]
    wanted = ", ".join(f"{field.value} AS c{at}" for at, field in enumerate(fields))
    size = " + ".join(["0", *(field.size for field in fields if field.size)])
    written = _Written(0, 0, [])
    with read.out.open("wb") as file:
        if not any(field.searched for field in fields) and read.matching is not None:
            written.of = connection.execute(f"SELECT count(*) FROM {place}").fetchall()[0][0]
            return written
        for within in _chunks(connection, place, size, CHUNK_BYTES if read.matching is None else SEARCHED_BYTES):
            # Only a whole result comes as arrays; vectors fetched row by row take ten times as long.
            chunk = connection.execute(f"SELECT {wanted} FROM {place} WHERE {within} ORDER BY rowid").fetchnumpy()
            before, found = file.tell(), [chunk[f"c{at}"] for at in range(len(fields))]
            if read.matching is None:
                count = _write_chunk(file, fields, found)
                written.rows += count
            else:
                count = len(found[0])
                picked = _matching(fields, found, read.matching)
                written.numbers += [written.of + at + 1 for at in picked]
                if picked:
                    written.rows += _write_chunk(file, fields, [column[picked] for column in found])
            written.of += count
            room.take(file.tell() - before, read.out)
    return written


def _matching(fields: Sequence[_Field], columns: Sequence[Any], expression: str) -> list[int]:
    """Which rows of a chunk have a text in which `expression` is found."""
    search = compiled(expression).search
    texts = [column.tolist() for field, column in zip(fields, columns, strict=True) if field.searched]
    if search("\n".join(one for column in texts for one in column if one)) is None:
        return []
    return [at for at, row in enumerate(zip(*texts, strict=True)) if any(one and search(one) for one in row)]


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


@dataclass(frozen=True, slots=True)
class _Field:
    """A column to write: the SQL of its value and of about how many bytes that takes ("": few)."""

    name: str
    value: str
    size: str
    parsed: bool
    vector: bool
    searched: bool = False


def _field(name: str, sql: str, found: DuckDBPyType) -> _Field:
    kind = column_type(found)
    if name == VECTOR and kind.is_vector:
        return _Field(name, f"{sql}::FLOAT[]", f"coalesce(4 * len({sql}), 0)", parsed=False, vector=True)
    if kind.kind in NESTED:
        sized = _text(f"to_json({sql})::VARCHAR")
        return _Field(name, *sized, parsed=True, vector=False, searched=not kind.is_vector)
    if kind.kind in _TIMES:
        return _Field(name, f"epoch({sql})", "", parsed=False, vector=False)
    if kind.kind in _NUMBERS:
        return _Field(name, f"{sql}::DOUBLE", "", parsed=False, vector=False)
    if kind.kind == "blob":
        return _Field(name, *_text(f"base64({sql})"), parsed=False, vector=False)
    if kind.kind in _AS_IT_IS:
        return _Field(name, sql, "", parsed=False, vector=False)
    return _Field(name, *_text(f"{sql}::VARCHAR"), parsed=str(found) == "JSON", vector=False, searched=True)


def _text(sql: str) -> tuple[str, str]:
    """SQL of a text of bounded length, and of its size."""
    return (
        f"CASE WHEN strlen({sql}) > {MOST_TEXT} THEN left({sql}, {CUT_TEXT}) ELSE {sql} END",
        f"coalesce(least(strlen({sql}), {MOST_TEXT}), 0)",
    )


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


def _write_chunk(file: IO[bytes], fields: Sequence[_Field], columns: Sequence[Any]) -> int:
    import orjson

    vectors: Sequence[bytes | None] = [None] * len(columns[0])
    names, values = [], []
    for field, column in zip(fields, columns, strict=True):
        if field.vector:
            vectors = [_packed(one) for one in column]
        else:
            names.append(field.name)
            values.append([_parse(one) for one in column.tolist()] if field.parsed else column.tolist())
    rows = zip(*values, strict=True) if values else ((),) * len(vectors)
    for row, vector in zip(rows, vectors, strict=True):
        packed = orjson.dumps(dict(zip(names, row, strict=True)))
        file.write(_FRAME.pack(len(packed), _NO_VECTOR if vector is None else len(vector)))
        file.write(packed)
        if vector is not None:
            file.write(vector)
    return len(vectors)


def _packed(vector: Any) -> bytes | None:
    """float32, little endian, of one element of a masked array of arrays."""
    import numpy as np

    if vector is np.ma.masked or vector is None:
        return None
    if isinstance(vector, np.ma.MaskedArray):
        vector = vector.filled(np.nan)
    return bytes(np.asarray(vector, dtype="<f4").tobytes())


def _parse(json: str | None) -> object:
    """What a JSON text holds; a text that is none (DuckDB writes NaN bare) stays a text."""
    import orjson

    if json is None:
        return None
    try:
        return orjson.loads(json)
    except orjson.JSONDecodeError:
        return json

"""Rows of a table in whose texts an expression is found: DuckDB picks by a rough one, in all its threads, RE2 decides.

No text leaves DuckDB that the rough expression is not found in, so what is searched costs neither copies nor memory.
"""

# ruff: noqa: S608  names in SQL are quoted by `quoted`

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from core.database.connection import quoted
from core.database.results import RowsFile, Wanted
from core.database.row_format import Field, field_of, write_chunk
from core.expressions import compiled

if TYPE_CHECKING:
    import duckdb

    from core.database.schema import Table

AT_ONCE = 1 << 18
"""Row numbers that one query goes through: any of them may be picked."""
BATCH_BYTES = 2 << 20
BATCH_ROWS = 4096

Picked = list[tuple[int, int]]
"""Row numbers of DuckDB's, and about how many bytes each row has."""


def search_table(
    connection: duckdb.DuckDBPyConnection, catalog: str, table: Table, wanted: Wanted, out: Path, only: str = "true"
) -> RowsFile:
    """Write the wanted rows of a table to the new file `out`. `only`: SQL, which rows count. Raises duckdb.Error."""
    names = [column.name for column in table.columns]
    place = table.within(catalog)
    with out.open("wb") as file:
        if any(name.lower() == "rowid" for name in names):
            with copied(connection, place, names) as (copy, columns):
                rows, of, numbers = write_wanted(connection, copy, columns, wanted, file)
        else:
            columns = dict(zip(names, map(quoted, names), strict=True))
            rows, of, numbers = write_wanted(connection, place, columns, wanted, file, only)
    return RowsFile(out, rows, tuple(names), of, tuple(numbers))


@contextmanager
def copied(
    connection: duckdb.DuckDBPyConnection, place: str, names: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """A copy of what has no row numbers of DuckDB's own to read it in parts by, and the SQL of its columns."""
    columns = {name: f"c{at}" for at, name in enumerate(names)}
    picked = ", ".join(f"{quoted(name)} AS {alias}" for name, alias in columns.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE cogzy_copied AS SELECT {picked} FROM {place}")
    yield "temp.cogzy_copied", columns
    connection.execute("DROP TABLE temp.cogzy_copied")


def write_wanted(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    columns: Mapping[str, str],
    wanted: Wanted,
    file: IO[bytes],
    only: str = "true",
) -> tuple[int, int, list[int]]:
    """Write the wanted rows of `place`, which has rowids; `columns` are names and their SQL.

    Returns how many they are, of how many, and which of them, from 1.
    """
    described = connection.execute(f"SELECT {', '.join(columns.values())} FROM {place} LIMIT 0").description
    fields = [field_of(name, sql, item[1]) for (name, sql), item in zip(columns.items(), described, strict=True)]
    fields = [field for field in fields if field.searched or not field.size]
    texts = [field for field in fields if field.searched]
    counted, last = connection.execute(f"SELECT count(*), max(rowid) FROM {place} WHERE {only}").fetchall()[0]
    if not texts or not counted:
        return 0, counted, []
    # One text of all columns: each search costs more than most texts take to copy.
    rough = f"regexp_matches(concat_ws(chr(10), {', '.join(field.searched for field in texts)}), $1)"
    size = " + ".join(field.size for field in texts)
    written, numbers, before = 0, [], 0
    for low in range(0, last + 1, AT_ONCE):
        within = f"rowid BETWEEN {low} AND {low + AT_ONCE - 1} AND {only}"
        picked: Picked = connection.execute(
            f"SELECT rowid, {size} FROM {place} WHERE {within} AND {rough} ORDER BY rowid", [wanted.rough]
        ).fetchall()
        found = [row for batch in _batches(picked) for row in _write(connection, place, fields, wanted, batch, file)]
        written += len(found)
        numbers += [before + number for number in _numbers(connection, place, within, found)]
        if last >= low + AT_ONCE:
            before += connection.execute(f"SELECT count(*) FROM {place} WHERE {within}").fetchall()[0][0]
    return written, counted, numbers


def _write(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    fields: Sequence[Field],
    wanted: Wanted,
    rows: Sequence[int],
    file: IO[bytes],
) -> list[int]:
    """Write those of a few rows in which the expression is found; returns their row numbers."""
    search = compiled(wanted.expression).search
    values = ", ".join(field.value for field in fields)
    read = connection.execute(
        f"SELECT rowid, {values} FROM {place} WHERE rowid BETWEEN {rows[0]} AND {rows[-1]} "
        "AND rowid IN (SELECT unnest($1::BIGINT[])) ORDER BY rowid",
        [rows],
    ).fetchall()
    searched = [at for at, field in enumerate(fields, 1) if field.searched]
    found = [row for row in read if any(row[at] and search(row[at]) for at in searched)]
    if found:
        ids, *columns = zip(*found, strict=True)
        write_chunk(file, fields, columns)
        return list(ids)
    return []


def _numbers(connection: duckdb.DuckDBPyConnection, place: str, within: str, rows: Sequence[int]) -> list[int]:
    """Which of the rows within a part these are, in order, from 1: deleted rows leave gaps in DuckDB's numbers."""
    if not rows:
        return []
    counted = connection.execute(
        f"SELECT number FROM (SELECT rowid AS id, row_number() OVER (ORDER BY rowid) AS number FROM {place} "
        f"WHERE {within}) WHERE id IN (SELECT unnest($1::BIGINT[])) ORDER BY id",
        [rows],
    )
    return [number for (number,) in counted.fetchall()]


def _batches(picked: Picked) -> Iterator[list[int]]:
    """The rows in parts of not many more bytes than BATCH_BYTES."""
    batch: list[int] = []
    room = BATCH_BYTES
    for row, size in picked:
        batch.append(row)
        room -= size
        if room <= 0 or len(batch) == BATCH_ROWS:
            yield batch
            batch, room = [], BATCH_BYTES
    if batch:
        yield batch

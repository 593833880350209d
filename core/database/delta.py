"""One pass over a copy: read every column of every table, and find what changed since the last upload.

- A table with a key is compared row by row by fingerprints; digests are computed for rows that are new or changed, and
  those of the others come from the state. A table without one is compared as a whole.
- The copy is opened read-only and its bytes stay as they are; the old state is never changed, the new one is written
  beside it.
- When in doubt the answer is an image.
- Rows that are looked for are looked for in what goes up, and in nothing else.
"""

# ruff: noqa: S608  names in SQL are quoted by `quoted`, strings by `text`

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.database import state
from core.database.connection import attach, database_error, newer, quoted, text, understood
from core.database.digest import NUMPY_FROM, SUMS, digest_sql, join, row_digests, table_state, written
from core.database.fingerprint import fingerprint_sql
from core.database.header import HeaderError, read_headers
from core.database.results import DatabaseError, Decision, Notice, RowsFile, Scan, TableDelta, TableState, Wanted
from core.database.schema import Schema, Table, notice, read_schema
from core.database.searching import search_table

if TYPE_CHECKING:
    import duckdb

    Connection = duckdb.DuckDBPyConnection

CATALOG = "cogzy_copy"
WHOLE_TABLE_LIMIT = 1_000_000
"""Largest Parquet of a table without a key that goes whole after a change, in bytes."""

Progress = Callable[[str, int, int], None]
"""Called with a table's label, its number from 0, and the number of tables."""


@dataclass
class _Table:
    """A table as it was found. Temporary tables known_N, now_N and fresh_N hold the rows of table `number`.

    now_N has rid (rowid), the key's columns k0, k1, ..., fp, low and high (NULL for rows new or changed) and `had`.
    """

    table: Table
    number: int
    changed: bool
    found: state.KnownTable
    new_rows: int = 0
    gone_rows: int = 0

    @property
    def state(self) -> TableState:
        return TableState(self.table.label, self.found.rows, self.found.digest)


def scan(
    connection: Connection,
    copy: Path,
    known_folder: Path | None,
    next_state: Path,
    out: Path,
    progress: Progress,
    wanted: Wanted | None = None,
    *,
    searched: bool = False,
) -> Scan:
    """Scan `copy`. Raises DatabaseError, with `torn` when the copy may be half-written."""
    import duckdb

    for stale in next_state.glob("*"):
        stale.unlink()  # never written through: an entry may be a hard link into the old state
    try:
        header = read_headers(copy)
    except HeaderError as error:
        raise DatabaseError(error.code, torn=error.torn, **error.params) from error
    if header.encrypted:
        return _closed(header.storage_version, "database.encrypted", "")
    try:
        attach(connection, copy, CATALOG, "READ_ONLY")
        schema = read_schema(connection, CATALOG)
        known = state.load(known_folder)
        usable = known if known and known.duckdb_version == duckdb.__version__ else None
        tables = []
        for number, table in enumerate(schema.tables):
            progress(table.label, number, len(schema.tables))
            before = usable.tables.get(table.label) if usable else None
            if before and before.shape != table.shape:
                before = None
            tables.append(_read(connection, table, number, usable, before, next_state))
        state.save(next_state, duckdb.__version__, schema.hash, {each.table.label: each.found for each in tables})
        decision, reason, notices = _decide(schema, known, usable, tables)
        deltas: tuple[TableDelta, ...] = ()
        if decision == "delta":
            deltas = tuple(_export(connection, each, out) for each in tables if each.changed)
            too_large = [each for each in deltas if each.whole and each.rows and _size(each.rows) > WHOLE_TABLE_LIMIT]
            if too_large:
                decision, reason, deltas = "image", "database.table_without_key", ()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if header.known and not newer(error) and understood(error):
            raise database_error(error, copy) from error
        reason = "database.not_understood" if header.known and not newer(error) else "database.newer"
        return _closed(header.storage_version, reason, str(error).partition("\n")[0][:300])
    found: tuple[tuple[str, RowsFile], ...] = ()
    if wanted is not None and (decision == "delta" or (decision == "image" and not searched)):
        # What fails here fails the scan: no file is closed to us that was read to its end.
        found = tuple(_search(connection, tables, wanted, out, decision))
    return Scan(
        duckdb_version=duckdb.__version__,
        storage_version=header.storage_version,
        schema_hash=schema.hash,
        tables=tuple(each.state for each in tables),
        decision=decision,
        reason=reason,
        deltas=deltas,
        notices=tuple(notices),
        verified=True,
        found=found,
    )


def _closed(storage_version: int, reason: str, said: str) -> Scan:
    """The Scan of a file that we cannot look into, but can carry."""
    import duckdb

    return Scan(duckdb.__version__, storage_version, "", (), "image", reason, (), (notice(reason, reason=said),), False)


def _decide(
    schema: Schema, known: state.Known | None, usable: state.Known | None, tables: list[_Table]
) -> tuple[Decision, str, list[Notice]]:
    """What has to go up, why if it is an image, and what a person may want to know."""
    notices = list(schema.obstacles)
    notices += [notice("database.table_without_key", table=each.table.label) for each in tables if not each.table.key]
    for index in schema.indexes:
        if index.method:
            notices.append(notice("database.extension_index", index=index.name, method=index.method))
    if known is None:
        return "image", "database.first", notices
    if usable is None:
        return "image", "database.reader_changed", notices
    if usable.schema_hash != schema.hash:
        return "image", "database.schema_changed", notices
    if not any(each.changed for each in tables):
        return "unchanged", "", notices
    if schema.obstacles:
        return "image", str(schema.obstacles[0]["code"]), notices
    return "delta", "", notices


def _read(
    connection: Connection,
    table: Table,
    number: int,
    known: state.Known | None,
    before: state.KnownTable | None,
    next_state: Path,
) -> _Table:
    """Read all of one table, write its part of the new state, and leave what an export needs."""
    name = f"{number}.parquet"
    if not table.key or not table.digested:
        return _read_whole(connection, table, number, before)
    keys = [quoted(column) for column in table.key]
    aliases = [f"k{place}" for place in range(len(keys))]
    key_list = ", ".join(aliases)
    named_keys = ", ".join(f"{key} AS {alias}" for key, alias in zip(keys, aliases, strict=True))
    place = table.within(CATALOG)
    # The key's own types, which Parquet does not all have.
    connection.execute(
        f"CREATE TEMP TABLE known_{number} AS SELECT {named_keys}, 0::UBIGINT AS fp, 0::UBIGINT AS low, "
        f"0::UBIGINT AS high FROM {place} LIMIT 0"
    )
    if before and known:
        connection.execute(
            f"INSERT INTO known_{number} SELECT {key_list}, fp, low, high "
            f"FROM read_parquet({text(str(known.folder / before.file))})"
        )
    same = " AND ".join(f"old.{alias} = new.{alias}" for alias in aliases)
    connection.execute(
        f"CREATE TEMP TABLE now_{number} AS SELECT new.*, old.fp IS NOT NULL AS had, "
        f"CASE WHEN old.fp = new.fp THEN old.low END AS low, CASE WHEN old.fp = new.fp THEN old.high END AS high "
        f"FROM (SELECT rowid AS rid, {named_keys}, {fingerprint_sql(table.columns)} AS fp FROM {place}) AS new "
        f"LEFT JOIN known_{number} AS old ON {same}"
    )
    rows, kept, had = connection.execute(
        f"SELECT count(*), count(low), count(*) FILTER (had) FROM now_{number}"
    ).fetchall()[0]
    gone = (before.rows if before else 0) - had
    if before and known and rows == kept and not gone:
        return _Table(table, number, False, state.keep(known, before, next_state, name))
    _digest_fresh(connection, table, number, everything=not kept)
    # Digests of rows that did not change come from the state, the others' were just computed.
    connection.execute(
        f"COPY (SELECT {key_list}, fp, coalesce(fresh.low, now.low) AS low, coalesce(fresh.high, now.high) AS high "
        f"FROM now_{number} AS now LEFT JOIN fresh_{number} AS fresh USING (rid)) "
        f"TO {text(str(next_state / name))} (FORMAT parquet, COMPRESSION uncompressed)"
    )
    counted, low, high = connection.execute(
        f"SELECT {SUMS} FROM read_parquet({text(str(next_state / name))})"
    ).fetchall()[0]
    found = state.KnownTable(table.shape, counted, written(join(low, high)), "", name, state.sha256(next_state / name))
    return _Table(table, number, True, found, rows - kept, gone)


def _read_whole(connection: Connection, table: Table, number: int, before: state.KnownTable | None) -> _Table:
    """Read a table whose rows cannot be told apart: count and sum of its fingerprints say whether it changed."""
    rows, total = connection.execute(
        f"SELECT count(*), coalesce(sum({fingerprint_sql(table.columns)}), 0)::HUGEINT FROM {table.within(CATALOG)}"
    ).fetchall()[0]
    mark = f"{total:x}"
    if before and not before.file and (before.rows, before.mark) == (rows, mark):
        return _Table(table, number, False, before)
    found = table_state(connection, CATALOG, table)
    return _Table(table, number, True, state.KnownTable(table.shape, rows, found.digest, mark, "", ""), rows)


def _digest_fresh(connection: Connection, table: Table, number: int, *, everything: bool) -> None:
    """Make fresh_N: rid, low and high of the rows that are new or changed."""
    fresh = f"FROM now_{number} WHERE low IS NULL"
    if not any(column.type.is_vector for column in table.columns):
        only = "" if everything else f" WHERE rid IN (SELECT rid {fresh})"
        connection.execute(f"CREATE TEMP TABLE fresh_{number} AS {digest_sql(table, table.within(CATALOG))}{only}")
        return
    connection.execute(f"CREATE TEMP TABLE fresh_{number} (rid BIGINT, low UBIGINT, high UBIGINT)")
    wanted = None if everything else [row for (row,) in connection.execute(f"SELECT rid {fresh}").fetchall()]
    batch: list[tuple[int, int]] = []
    for pair in row_digests(connection, CATALOG, table, wanted):
        batch.append(pair)
        if len(batch) == 1 << 14:
            _insert(connection, number, batch)
            batch = []
    _insert(connection, number, batch)


def _insert(connection: Connection, number: int, batch: list[tuple[int, int]]) -> None:
    columns = (
        [row for row, _ in batch],
        [digest & ((1 << 64) - 1) for _, digest in batch],
        [digest >> 64 for _, digest in batch],
    )
    if len(batch) < NUMPY_FROM:
        connection.execute(
            f"INSERT INTO fresh_{number} SELECT unnest($1::BIGINT[]), unnest($2::UBIGINT[]), unnest($3::UBIGINT[])",
            columns,
        )
        return
    import numpy as np

    # Lists as parameters cost 4 us a row, registered arrays nearly nothing.
    types = (np.int64, np.uint64, np.uint64)
    arrays = {
        name: np.array(column, kind) for name, column, kind in zip(("rid", "low", "high"), columns, types, strict=True)
    }
    connection.register("batch", arrays)
    connection.execute(f"INSERT INTO fresh_{number} SELECT rid, low, high FROM batch")
    connection.unregister("batch")


def _export(connection: Connection, changed: _Table, out: Path) -> TableDelta:
    """Write what changed in one table."""
    table, number = changed.table, changed.number
    place = table.within(CATALOG)
    columns = ", ".join(quoted(column.name) for column in table.columns)
    rows = out / f"{number}.rows.parquet" if changed.new_rows else None
    gone = out / f"{number}.gone.parquet" if changed.gone_rows else None
    if rows and not table.key:
        _copy(connection, f"SELECT {columns} FROM {place}", rows)
    elif rows:
        _copy(connection, f"SELECT {columns} FROM {place} WHERE {_fresh_rows(number)} ORDER BY rowid", rows)
    if gone:
        names = ", ".join(f"k{place} AS {quoted(column)}" for place, column in enumerate(table.key))
        keys = ", ".join(f"k{place}" for place in range(len(table.key)))
        _copy(
            connection, f"SELECT {names} FROM known_{number} ANTI JOIN now_{number} USING ({keys}) ORDER BY ALL", gone
        )
    return TableDelta(table.label, rows, changed.new_rows, gone, changed.gone_rows, not table.key)


def _search(
    connection: Connection, tables: list[_Table], wanted: Wanted, out: Path, decision: Decision
) -> Iterator[tuple[str, RowsFile]]:
    """The rows that are looked for: of an image in all tables, of deltas in the rows that they carry."""
    for each in tables:
        only = "true"
        if decision == "delta":
            if not each.changed or not each.new_rows:
                continue
            if each.table.key:
                only = _fresh_rows(each.number)
        file = out / f"{each.number}.found"
        yield each.table.label, search_table(connection, CATALOG, each.table, wanted, file, only)


def _fresh_rows(number: int) -> str:
    """SQL: this row is new or changed."""
    return f"rowid IN (SELECT rid FROM now_{number} WHERE low IS NULL)"


def _copy(connection: Connection, query: str, target: Path) -> None:
    connection.execute(f"COPY ({query}) TO {text(str(target))} (FORMAT parquet, COMPRESSION zstd)")


def _size(path: Path) -> int:
    return path.stat().st_size

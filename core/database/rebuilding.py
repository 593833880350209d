"""Build a database from an image and the deltas since, as a new file: the image's tables are never changed.

- The schema is the image's own DDL, and the image's bytes were checked against its hash; nothing in a delta is ever
  executed. Its Parquet files are read into the columns that the image has.
- A row's newest word wins: a delta's row over the image's, a later delta's over an earlier one's, gone over both, and a
  later reinsertion over gone.
- Every table's rows and digest must be as the upload recorded them. Only then does the file get its name.
"""

# ruff: noqa: S608  names in SQL are quoted by `quoted`, strings by `text`

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.database.checking import check
from core.database.connection import attach, database_error, quoted, text
from core.database.results import DeltaFiles, Rebuilt, TableDelta, TableState
from core.database.schema import RESERVED, Schema, Table, read_schema
from core.errors import DamageError
from core.files import fsync_folder

if TYPE_CHECKING:
    import duckdb

    Connection = duckdb.DuckDBPyConnection

IMAGE = "cogzy_image"

Progress = Callable[[str, int, int], None]


def rebuild(
    connection: Connection,
    image: Path,
    uploads: Sequence[DeltaFiles],
    expected: Sequence[TableState],
    out: Path,
    progress: Progress,
) -> Rebuilt:
    """Build `out` from `image` and the deltas of `uploads`, oldest first.

    Raises DamageError `database.bad_delta` or `database.digest_differs` (nothing is then left of `out`), duckdb.Error.
    """
    partial = out.with_name(f".{out.name}.partial")
    _remove(partial)
    try:
        left_out = _build(connection, image, uploads, partial, progress)
        tables = check(connection, partial, expected)
        _on_disk(partial)
        partial.replace(out)
        fsync_folder(out.parent)
    except BaseException:
        connection.close()  # an open file cannot be removed everywhere
        _remove(partial)
        raise
    return Rebuilt(tuple(left_out), tables)


def _build(
    connection: Connection, image: Path, uploads: Sequence[DeltaFiles], partial: Path, progress: Progress
) -> list[str]:
    """Write the new database; returns the names of what was left out."""
    attach(connection, image, IMAGE, "READ_ONLY")
    schema = read_schema(connection, IMAGE, carried=True)
    tables = schema.in_order()
    changes = _by_table(schema, uploads)
    if tables is None:
        raise DamageError("database.bad_delta", table=schema.tables[0].label)
    # Views may name their own database, so the new one has its name while it is built.
    taken = RESERVED | {table.schema.lower() for table in tables}
    name = image.stem if image.stem.lower() not in taken else "cogzy_new"
    attach(connection, partial, name, *_storage_options(connection))
    connection.execute(f"USE {quoted(name)}")
    connection.execute("BEGIN")
    for statement in schema.statements:
        connection.execute(statement)
    for table in tables:
        connection.execute(table.sql)
    for number, table in enumerate(tables):
        progress(table.label, number, len(tables))
        with _damage_told(table, image):
            _fill(connection, table, name, changes.get(table.label, []))
    connection.execute("COMMIT")
    left_out = _finish(connection, schema)
    connection.execute("CHECKPOINT")
    connection.execute("USE memory")
    connection.execute(f"DETACH {quoted(name)}")
    connection.execute(f"DETACH {IMAGE}")
    return left_out


def _by_table(schema: Schema, uploads: Sequence[DeltaFiles]) -> dict[str, list[TableDelta]]:
    """The deltas of each table, oldest first. Raises DamageError `database.bad_delta` for one that does not fit."""
    tables = {table.label: table for table in schema.tables}
    changes: dict[str, list[TableDelta]] = {}
    for upload in uploads:
        for delta in upload.deltas:
            table = tables.get(delta.name)
            if table is None or not table.carried or delta.whole == bool(table.key):
                raise DamageError("database.bad_delta", table=delta.name)
            changes.setdefault(delta.name, []).append(delta)
    return changes


def _storage_options(connection: Connection) -> list[str]:
    """ATTACH options: the new file is readable to whatever could read the image, and is written once."""
    tags = connection.execute("SELECT tags FROM duckdb_databases() WHERE database_name = $1", [IMAGE]).fetchall()[0][0]
    sizes = connection.execute("SELECT block_size FROM pragma_database_size() WHERE database_name = $1", [IMAGE])
    version = str(tags["storage_version"]).rstrip("+")
    options = [f"STORAGE_VERSION {text(version)}", f"BLOCK_SIZE {int(sizes.fetchall()[0][0])}"]
    # Nobody sees the file before its checkpoint, so a log would only be written to be thrown away.
    return [*options, "RECOVERY_MODE 'no_wal_writes'"] if _has_recovery_mode() else options


def _has_recovery_mode() -> bool:
    import duckdb

    return int(duckdb.__version__.partition(".")[0]) >= 2


def _fill(connection: Connection, table: Table, catalog: str, deltas: Sequence[TableDelta]) -> None:
    """Fill one table: the image's rows that no delta touched, then the newest rows."""
    columns = ", ".join(quoted(column.name) for column in table.columns)
    insert = f"INSERT INTO {table.within(catalog)} ({columns}) SELECT {columns} FROM"
    old = table.within(IMAGE)
    if not deltas:
        connection.execute(f"{insert} {old}")
    elif not table.key:
        if deltas[-1].rows is not None:
            connection.execute(f"{insert} {_parquet(deltas[-1].rows)}")
    else:
        _collect_touched(connection, table, deltas)
        same = " AND ".join(f"touched.k{place} = stored.{quoted(key)}" for place, key in enumerate(table.key))
        touched = f"FROM temp.cogzy_touched AS touched WHERE {same}"
        connection.execute(f"{insert} {old} AS stored WHERE NOT EXISTS ({touched})")
        for number, delta in enumerate(deltas):
            if delta.rows is not None:
                newest = f"{touched} AND touched.newest = {number}"
                connection.execute(f"{insert} {_parquet(delta.rows)} AS stored WHERE EXISTS ({newest})")


@contextlib.contextmanager
def _damage_told(table: Table, image: Path) -> Iterator[None]:
    """Rows that do not fit their table are damage; running out of memory or disk is not."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        found = database_error(error, image)
        if found.code == "database.disk_full":
            raise found from error
        raise DamageError("database.bad_delta", table=table.label) from error


def _collect_touched(connection: Connection, table: Table, deltas: Sequence[TableDelta]) -> None:
    """Make temp.cogzy_touched: each key that a delta names, and the number of the last one that does.

    The number is of no use where that delta says gone: none of its rows has the key.
    """
    keys = ", ".join(f"{quoted(key)} AS k{place}" for place, key in enumerate(table.key))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cogzy_named AS SELECT {keys}, 0 AS number FROM {table.within(IMAGE)} LIMIT 0"
    )
    for number, delta in enumerate(deltas):
        for file in (delta.rows, delta.gone):
            if file is not None:
                connection.execute(f"INSERT INTO temp.cogzy_named SELECT {keys}, {number} FROM {_parquet(file)}")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cogzy_touched AS "
        "SELECT * EXCLUDE (number), max(number) AS newest FROM temp.cogzy_named GROUP BY ALL"
    )


def _parquet(path: Path) -> str:
    return f"read_parquet({text(str(path.resolve()))})"


def _finish(connection: Connection, schema: Schema) -> list[str]:
    """Create indexes, views and comments; returns the names of those that only their owner can create."""
    left_out = [f"{index.schema}.{index.name}" for index in schema.indexes if index.method]
    for index in schema.indexes:
        if not index.method:
            connection.execute(index.sql)
    left_out += _create_views(connection, dict(schema.views))
    for owner, comment in schema.comments:
        if owner not in left_out:
            connection.execute(comment)
    return left_out


def _create_views(connection: Connection, views: dict[str, str]) -> list[str]:
    """Create views in whatever order they need; returns the names of those that need what is not here."""
    import duckdb

    while views:
        created = []
        for name, sql in views.items():
            try:
                connection.execute(sql)
            except (duckdb.CatalogException, duckdb.BinderException, duckdb.PermissionException, duckdb.IOException):
                continue
            created.append(name)
        if not created:
            break
        for name in created:
            del views[name]
    return list(views)


def _on_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove(partial: Path) -> None:
    for path in (partial, partial.with_name(partial.name + ".wal")):
        path.unlink(missing_ok=True)

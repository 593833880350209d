"""The tables of a shard file, and how an older file becomes a current one.

`memories` is one table for every kind: entities and relationships of knowledge graphs have columns of their own there,
which cost nothing in the rows without them. It has no index: DuckDB reclaims deleted rows of tables without one only,
and finding 1,000 keys among 500,000 by a scan of one column takes 15 ms. A changed row is deleted and written anew at
the end, so that `seq` grows with the place in the table and "what changed since" reads the end alone.

A tombstone is a row too, without content: it keeps `as_of`, so that what is older cannot bring the memory back.

Row groups of 2,048 rows bound what a checkpoint writes again, and wide columns are left uncompressed: both make a put's
longest wait 20 times shorter (1.5 s with DuckDB's own choice of 122,880 rows).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

VERSION = 1
CATALOG = "hub"
"""What a shard file is attached as; the statements name its tables hub.memories, hub.uploads and hub.about."""
ROW_GROUP = 2048

COLUMNS = {
    "label": "BIGINT",
    "seq": "BIGINT",
    "system_id": "VARCHAR",
    "stored_at": "DOUBLE",
    "key": "BIGINT USING COMPRESSION uncompressed",
    "kind": "VARCHAR",
    "id": "VARCHAR",
    "deleted": "BOOLEAN",
    "as_of": "DOUBLE",
    "content_hash": "BLOB USING COMPRESSION uncompressed",
    "origin": "VARCHAR",
    "model": "VARCHAR",
    "text": "VARCHAR USING COMPRESSION uncompressed",
    "vector": "BLOB USING COMPRESSION uncompressed",
    "created_at": "DOUBLE",
    "project": "VARCHAR",
    "conversation": "VARCHAR",
    "position": "BIGINT",
    "speaker": "VARCHAR",
    "metadata": "VARCHAR",
    "name": "VARCHAR",
    "from_entity": "VARCHAR",
    "to_entity": "VARCHAR",
    "relation_type": "VARCHAR",
}
"""From `key` on: the fields of a Prepared row, in its order."""

MIGRATIONS: dict[int, Callable[[duckdb.DuckDBPyConnection], None]] = {}
"""From a version to the next; each runs in one transaction together with its version number."""


def create(connection: duckdb.DuckDBPyConnection, file: int, shard_files: int) -> None:
    """Make the tables in an empty file."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute("BEGIN")
    connection.execute(f"CREATE TABLE hub.memories({columns})")
    connection.execute(
        "CREATE TABLE hub.uploads(system_id VARCHAR, upload_id VARCHAR, state VARCHAR, reason VARCHAR, stored BIGINT, "
        "deleted BIGINT, marked_at DOUBLE, as_of DOUBLE, detail VARCHAR)"
    )
    connection.execute("CREATE TABLE hub.about(version INTEGER, file INTEGER, shard_files INTEGER)")
    connection.execute("INSERT INTO hub.about VALUES (?, ?, ?)", [VERSION, file, shard_files])
    connection.execute("COMMIT")


def migrate(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Bring a file of an older `version` to the current one, step by step."""
    for step in range(version, VERSION):
        connection.execute("BEGIN")
        MIGRATIONS[step](connection)
        connection.execute("UPDATE hub.about SET version = ?", [step + 1])
        connection.execute("COMMIT")

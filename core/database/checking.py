"""Compare a database with what was recorded of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.database.connection import attach
from core.database.digest import table_state
from core.database.results import TableState
from core.database.schema import read_schema
from core.errors import DamageError

if TYPE_CHECKING:
    import duckdb

CATALOG = "cogzy_check"


def check(
    connection: duckdb.DuckDBPyConnection, path: Path, expected: Sequence[TableState] | None
) -> tuple[TableState, ...]:
    """Read every table of the database at `path`, read-only, and return what it holds.

    Raises DamageError `database.digest_differs` when that is not `expected`, and duckdb.Error.
    """
    attach(connection, path, CATALOG, "READ_ONLY")
    found = tuple(
        table_state(connection, CATALOG, table) for table in read_schema(connection, CATALOG, carried=True).tables
    )
    connection.execute(f"DETACH {CATALOG}")
    if expected is not None:
        compare(found, expected)
    return found


def compare(found: Sequence[TableState], expected: Sequence[TableState]) -> None:
    """Raise DamageError `database.digest_differs`, naming the first table that is not as expected."""
    left = {table.name: table for table in found}
    for table in expected:
        if left.pop(table.name, None) != table:
            raise DamageError("database.digest_differs", table=table.name)
    for name in left:
        raise DamageError("database.digest_differs", table=name)

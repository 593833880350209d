"""Everything that opens a DuckDB file: always a private copy, always in a child process."""

from core.database.process import Child, check, rebuild, scan
from core.database.results import (
    DatabaseError,
    DeltaFiles,
    Notice,
    Read,
    Rebuilt,
    RowsFile,
    Scan,
    TableDelta,
    TableState,
    Wanted,
)
from core.database.row_format import each_row
from core.database.rows import list_tables, read_all, read_rows

__all__ = [
    "Child",
    "DatabaseError",
    "DeltaFiles",
    "Notice",
    "Read",
    "Rebuilt",
    "RowsFile",
    "Scan",
    "TableDelta",
    "TableState",
    "Wanted",
    "check",
    "each_row",
    "list_tables",
    "read_all",
    "read_rows",
    "rebuild",
    "scan",
]

"""Everything that opens a DuckDB file: always a private copy, always in a child process."""

from core.database.process import Child, check, rebuild, scan
from core.database.results import (
    DatabaseError,
    DeltaFiles,
    Notice,
    Rebuilt,
    Scan,
    TableDelta,
    TableState,
)

__all__ = [
    "Child",
    "DatabaseError",
    "DeltaFiles",
    "Notice",
    "Rebuilt",
    "Scan",
    "TableDelta",
    "TableState",
    "check",
    "rebuild",
    "scan",
]

"""Which files belong to one DuckDB database.

Its log lies beside the real file; older versions put it beside a symbolic link through which they were opened. While a
checkpoint runs, commits go to a side file (the names have changed between versions) and no copy is whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_SIDE_SUFFIXES = (".wal.checkpoint", ".wal.recovery", ".checkpoint.wal", ".recovery.wal")


@dataclass(frozen=True)
class DatabasePlace:
    """The main file, where its write-ahead log may be, and the files that exist only during a checkpoint."""

    main: Path
    logs: tuple[Path, ...]
    side_files: tuple[Path, ...]


def database_place(path: Path) -> DatabasePlace:
    """The place of the database that its owner opens as `path`. Raises OSError for a loop of links only."""
    main = path.resolve()
    beside_link = path.parent.resolve() / path.name
    names = (main,) if beside_link == main else (main, beside_link)
    return DatabasePlace(
        main=main,
        logs=tuple(_add(name, ".wal") for name in names),
        side_files=tuple(_add(name, suffix) for name in names for suffix in _SIDE_SUFFIXES),
    )


def _add(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)

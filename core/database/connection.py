"""How a DuckDB file is opened here: always a private copy, in little memory, and shut in its folders.

Nothing is downloaded or loaded, nothing outside `folders` can be read or written, and no statement can undo that. So
even a file that came from a bucket cannot reach out by what is stored in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.database.results import DatabaseError

if TYPE_CHECKING:
    import duckdb

MEMORY_STEPS = ("64MB", "256MB", "1500MB", "70%")
"""Tried in turn when DuckDB says that it was not enough (an index must fit in memory whole)."""

_NEWER = re.compile(r"version number (\d+), but we can only read versions? (?:between \d+ and )?(\d+)")
_NOT_UNDERSTOOD = (
    "Binder",
    "Catalog",
    "Conversion",
    "Missing Extension",
    "Not implemented",
    "Out of Range",
    "Parser",
    "Permission",
)
_DISK_FULL = ("No space left on device", "Disk quota exceeded", "not enough space on the disk")


def connect(folders: Sequence[Path], spill: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB of two threads that can attach files below `folders` and nothing else."""
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 2,
            # What a commit writes is then checkpointed at once, instead of first written to a WAL.
            "checkpoint_threshold": "1KB",
            "temp_directory": str(spill),
            "preserve_insertion_order": True,
            # What DuckDB let go of goes back at once: kept for later, it is a third of all that the child takes.
            "allocator_flush_threshold": "1MB",
            "allocator_bulk_deallocation_flush_threshold": "1MB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    places = ", ".join(text(str(place.resolve()) + "/") for place in (*folders, spill))
    connection.execute(f"SET memory_limit = {text(memory_limit(memory))}")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_directories = [{places}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def memory_limit(memory: str) -> str:
    """`memory` as DuckDB takes it: a share is of this machine's memory."""
    if not memory.endswith("%"):
        return memory
    import os

    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 4 << 30
    return f"{whole * int(memory[:-1]) // 100 >> 20}MB"


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, *options: str) -> None:
    """Attach the file `path` as catalog `name`, with ATTACH `options` such as READ_ONLY."""
    chosen = f" ({', '.join(options)})" if options else ""
    connection.execute(f"ATTACH {text(str(path.resolve()))} AS {quoted(name)}{chosen}")


def quoted(*names: str) -> str:
    """An identifier, qualified from the left."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


def understood(error: BaseException) -> bool:
    """Whether DuckDB's `error` speaks of the file's bytes, not of something that our DuckDB cannot do."""
    return not str(error).startswith(_NOT_UNDERSTOOD)


def newer(error: BaseException) -> bool:
    """Whether `error` says that the file was written by a newer DuckDB."""
    found = _NEWER.search(str(error))
    return bool(found and int(found[1]) > int(found[2]))


def database_error(error: BaseException, path: Path) -> DatabaseError:
    """The DatabaseError that says what DuckDB's or the system's `error` about `path` means."""
    lines = str(error).splitlines() or [type(error).__name__]
    if any(sign in str(error) for sign in _DISK_FULL):
        return DatabaseError("database.disk_full", path=str(path.parent))
    if newer(error):
        return DatabaseError("database.newer", path=path.name)
    torn = understood(error) and not isinstance(error, OSError)
    return DatabaseError("database.unreadable", path=path.name, reason=lines[0][:300], torn=torn)

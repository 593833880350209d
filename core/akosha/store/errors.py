"""What DuckDB's errors mean, said once for the whole room."""

from __future__ import annotations

import re
from pathlib import Path

from core.errors import CogzyError, DamageError, RefusedError

_NEWER = re.compile(r"version number (\d+), but we can only read versions? (?:between \d+ and )?(\d+)")
_USED = re.compile(r"/([\d.]+ \w+) used\)")  # also of a commit that failed for want of memory
_FULL = ("No space left on device", "Disk quota exceeded", "not enough space on the disk", "File too large")
_DAMAGE = (
    "Corrupt",
    "corrupt",
    "checksum",
    "not a valid DuckDB database",
    "is not a DuckDB",
    "Failed to deserialize",
    "Serialization Error",
    "does not match the database file",
    "WAL file",
)


class StoreError(CogzyError):
    """The hub's data could not be worked with now; nothing acknowledged is lost."""


def store_error(error: Exception, path: Path, *, opening: bool = False) -> CogzyError:
    """The error that says what DuckDB's (or the system's) `error` about the shard file `path` means.

    While a file is opened, what is neither room nor version is damage: nothing else was asked of it.
    """
    import duckdb

    told = str(error)
    reason = (told.splitlines() or [type(error).__name__])[0][:300]
    found = _NEWER.search(told)
    if found and int(found[1]) > int(found[2]):
        return RefusedError("akosha.data_newer", path=str(path), reason=f"storage version {found[1]}")
    if any(sign in told for sign in _FULL):
        return StoreError("akosha.data_full", path=str(path.parent))
    used = _USED.search(told)
    if used or isinstance(error, duckdb.OutOfMemoryException):
        return StoreError("akosha.data_too_large", path=str(path), limit=used[1] if used else "its limit")
    unreadable = isinstance(error, duckdb.Error) and (opening or any(sign in told for sign in _DAMAGE))
    if unreadable and "Could not set lock" not in told and "Permission denied" not in told:
        return DamageError("akosha.data_damaged", path=str(path), reason=reason)
    return StoreError("akosha.data_failed", path=str(path), reason=reason)

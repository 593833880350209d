"""A signature: equal to an earlier one exactly when the source has not changed since, from stat and headers alone."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from core.sources.files import walk_entries
from core.sources.places import database_place
from core.sources.source import Source, SourceError

_HEADS = {"duckdb": 12288, "sqlite": 100}
_SQLITE_LOGS = ("-wal", "-journal")


def signature(source: Source) -> str | None:
    """The signature of `source` as it is now, or None when there is nothing at its place.

    Microseconds for a database; one walk over a folder. Raises SourceError when the place cannot be read.
    """
    try:
        if source.kind == "files":
            return _of_files(source)
        return database_signature(source)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SourceError(
            "sources.not_readable", name=source.name, path=str(source.path), reason=error.strerror or str(error)
        ) from error


def database_signature(source: Source) -> str:
    """As `signature` for a database; raises OSError."""
    path, logs = source.path, [source.path.with_name(source.path.name + suffix) for suffix in _SQLITE_LOGS]
    if source.kind == "duckdb":
        place = database_place(source.path)
        path, logs = place.main, [*place.logs, *place.side_files]
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb", buffering=0) as file:
        digest.update(_stat_text(os.fstat(file.fileno())))
        digest.update(file.read(_HEADS[source.kind]) or b"")
    for log in logs:
        digest.update(_stat_of(log))
    return digest.hexdigest()


def _of_files(source: Source) -> str | None:
    source.path.stat()
    digest = hashlib.blake2b(digest_size=16)
    lines = [
        b"%b\0%d %d %d\n" % (os.fsencode(relative), found.st_size, found.st_mtime_ns, found.st_ino)
        for relative, _, found in walk_entries(source, None)
    ]
    lines.sort()
    digest.update(b"".join(lines))
    return digest.hexdigest()


def _stat_of(log: Path) -> bytes:
    """A log that is empty counts as none: opening and closing a database leaves or removes it."""
    try:
        found = log.stat()
    except FileNotFoundError:
        return b"none;"
    return _stat_text(found) if found.st_size else b"none;"


def _stat_text(found: os.stat_result) -> bytes:
    return b"%d %d %d %d;" % (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

"""A whole copy of a SQLite database that other programs may be writing, through SQLite's own online backup.

The live database is only ever opened read-only. In WAL mode one read transaction spans the copy: writers go on, and the
copy is of one moment. Otherwise the copy goes in steps with the lock released between them; a writer makes it start
anew, and after a few such starts it is taken in one step, for which writers wait a moment. A WAL database that nobody
has open is read as it lies, because a normal opening would leave files beside it; it must not have changed meanwhile.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from core.errors import BusyError, CogzyError
from core.files import FileError, remove_tree, translated
from core.sources.capture import FIRST_WAIT, SETTLING_SECONDS, in_thread
from core.sources.holder import holder
from core.sources.signature import database_signature
from core.sources.source import CapturedDatabase, Source, SourceError

if TYPE_CHECKING:
    import sqlite3

MAGIC = b"SQLite format 3\0"
STEP_BYTES = 4 << 20
RESTARTS_BEFORE_ONE_STEP = 4
BUSY_SLEEP_SECONDS = 0.05
_WAL_VERSIONS = b"\x02\x02"


class _Changed(Exception):
    """The database did not hold still for this way of copying it."""


class _Stopped(Exception):
    """The deadline passed, or the capture was cancelled."""


async def capture_sqlite(source: Source, staging: Path, *, seconds: float = 60.0) -> CapturedDatabase:
    """Copy the database of `source` into `staging`/name and check the copy.

    Raises BusyError `sources.busy` when it was locked for `seconds`, `sources.not_ready` for an empty new file,
    SourceError when it is not there, no SQLite database, damaged or unreadable; FileError when the disk is full.
    After an error or a cancel nothing is left in staging.
    """
    folder = staging / source.name
    try:
        return await in_thread(partial(_capture, source, folder, time.monotonic() + seconds))
    except BaseException:
        remove_tree(folder)
        raise


def _capture(source: Source, folder: Path, deadline: float, stop: threading.Event) -> CapturedDatabase:
    import sqlite3

    path = source.path.resolve()
    named = {"name": source.name, "path": str(source.path)}
    try:
        before = database_signature(source)
        found = path.stat()
        versions = _read_versions(source, path)
    except FileNotFoundError as error:
        raise SourceError("sources.not_found", **named) from error
    except OSError as error:
        raise SourceError("sources.not_readable", **named, reason=error.strerror or str(error)) from error
    remove_tree(folder)
    with translated(folder):
        folder.mkdir(parents=True, mode=0o700)
    target = folder / source.path.name
    attempts = 0
    try:
        while True:
            attempts += 1
            target.unlink(missing_ok=True)
            try:
                _copy(path, target, versions, partial(_look, deadline, stop), attempts)
                break
            except _Changed:
                time.sleep(FIRST_WAIT)
                _look(deadline, stop)
        _check(source, target, stop)
    except _Stopped as error:
        raise _busy(source) from error
    except sqlite3.Error as error:
        raise _translated(source, target, error) from error
    return CapturedDatabase(
        source=source,
        database=target,
        wal=None,
        size=target.stat().st_size,
        wal_size=0,
        mtime_ns=found.st_mtime_ns,
        attempts=attempts,
        signature=before,
    )


def _read_versions(source: Source, path: Path) -> bytes:
    """The two format bytes of the header, `_WAL_VERSIONS` in WAL mode. Raises when there is no such header."""
    with path.open("rb", buffering=0) as file:
        head = file.read(100) or b""
        age = time.time() - os.fstat(file.fileno()).st_mtime
    if not head and abs(age) < SETTLING_SECONDS:
        raise BusyError("sources.not_ready", name=source.name, path=str(source.path))
    if not head.startswith(MAGIC) or len(head) < 100:
        reason = "it does not begin as one"
        raise SourceError("sources.not_sqlite", name=source.name, path=str(source.path), reason=reason)
    return head[18:20]


def _copy(path: Path, target: Path, versions: bytes, look: partial[None], attempt: int) -> None:
    import sqlite3

    log = path.with_name(path.name + "-wal")
    resting = versions == _WAL_VERSIONS and not _size(log)
    before = path.stat()
    wal_mode = versions == _WAL_VERSIONS
    with (
        closing(_open(path, "mode=ro&immutable=1" if resting else "mode=ro")) as live,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        copy.execute("PRAGMA synchronous=OFF")
        if wal_mode:
            live.execute("BEGIN")
        pages = max(1, STEP_BYTES // live.execute("PRAGMA page_size").fetchone()[0])
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        in_one_step = not wal_mode and attempt > RESTARTS_BEFORE_ONE_STEP
        live.backup(
            copy,
            pages=-1 if in_one_step else pages,
            progress=_Progress(look, stop_at_restart=not wal_mode and not in_one_step),
            sleep=BUSY_SLEEP_SECONDS,
        )
    after = path.stat()
    if resting and (_size(log) or (before.st_ino, before.st_mtime_ns) != (after.st_ino, after.st_mtime_ns)):
        raise _Changed


def _open(path: Path, options: str) -> sqlite3.Connection:
    import sqlite3

    return sqlite3.connect(f"file:{quote(os.fsencode(path))}?{options}", uri=True, timeout=1.0, isolation_level=None)


class _Progress:
    """Called after every step of a backup: looks at the clock and notices when a writer made it start anew."""

    def __init__(self, look: partial[None], *, stop_at_restart: bool) -> None:
        self._look = look
        self._stop_at_restart = stop_at_restart
        self._remaining: int | None = None

    def __call__(self, status: int, remaining: int, total: int) -> None:
        self._look()
        if self._stop_at_restart and self._remaining is not None and remaining > self._remaining:
            raise _Changed
        self._remaining = remaining


def _look(deadline: float, stop: threading.Event) -> None:
    if stop.is_set() or time.monotonic() > deadline:
        raise _Stopped


def _check(source: Source, copy: Path, stop: threading.Event) -> None:
    """SQLite's own quick check of the copy, which nobody else has open."""
    with closing(_open(copy, "mode=ro&immutable=1")) as connection:
        connection.set_progress_handler(stop.is_set, 100_000)
        answers = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    if answers != ["ok"]:
        reason = "; ".join(answers)
        raise SourceError("sources.sqlite_damaged", name=source.name, path=str(source.path), reason=reason)


def _translated(source: Source, target: Path, error: sqlite3.Error) -> CogzyError:
    import sqlite3

    named = {"name": source.name, "path": str(source.path)}
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_INTERRUPT:
            return _busy(source)
        case sqlite3.SQLITE_FULL:
            return FileError("files.disk_full", path=str(target))
        case sqlite3.SQLITE_NOTADB:
            return SourceError("sources.not_sqlite", **named, reason=str(error))
        case sqlite3.SQLITE_CORRUPT:
            return SourceError("sources.sqlite_damaged", **named, reason=str(error))
    return SourceError("sources.not_readable", **named, reason=str(error))


def _busy(source: Source) -> BusyError:
    owner = holder(source.path)
    return BusyError(
        "sources.busy",
        name=source.name,
        path=str(source.path),
        holder=owner.program if owner else "another program",
        pid=owner.pid if owner else None,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0

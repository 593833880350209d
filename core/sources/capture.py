"""The guarded copy: a whole copy of a DuckDB database that another program may be writing at the same time.

Its owner never notices: nothing is opened with DuckDB, locked or written beside the live file. A copy is accepted only

- when the live headers before and after, and those in the copy, are the same bytes: no checkpoint ended in between;
- when the log, copied first and up to the size it had when opened, still begins with what was copied: it only grew.
  Large inserts go to the main file before their commit goes to the log, so the main file is copied after it;
- when the main file is still the same file, and no side file of a running checkpoint stood beside it at either end.

Block checksums are an early signal that blocks were caught half-written. In a free block that is legal, so a copy that
shows the same broken blocks twice is accepted: the scan that follows every capture has the last word.
"""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from core.database.header import HeaderError, broken_blocks, read_headers
from core.errors import BusyError, CogzyError
from core.files import COPY_STEP, DISK_FULL, copy_bytes, file_error, remove_tree
from core.sources.holder import holder
from core.sources.places import DatabasePlace, database_place
from core.sources.signature import database_signature
from core.sources.source import CapturedDatabase, Source, SourceError

FIRST_WAIT = 0.002
WAIT_GROWTH = 1.4
LONGEST_WAIT = 0.3
"""Seconds between attempts. Most copies of a busy database needed one attempt, the worst in 254 trials four."""

RECOPIES_FOR_BLOCKS = 3
GRACE_FOR_MISSING = 3
"""Attempts after which a broken block or a missing file is taken for what it is."""

SETTLING_SECONDS = 10.0
"""A file younger than this that has no headers yet is one that its owner is just creating."""

LEAVE_THREAD_AFTER = 2.0
"""Seconds that a cancelled capture waits for the copy in progress. Longer ones end by themselves, on deleted files."""

_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sources")
_WINDOWS_IN_USE = (32, 33)
_WRITE_ERRORS = DISK_FULL | {errno.EROFS}

T = TypeVar("T")


async def capture_duckdb(
    source: Source,
    staging: Path,
    *,
    tries: int = 30,
    check_blocks: bool = True,
) -> CapturedDatabase:
    """Copy the database of `source` into `staging`/name, whole as of one moment, with all that was committed before.

    `check_blocks` False leaves the block checksums to a scan of the copy by DuckDB, which reads them as well.
    Raises BusyError `sources.busy` when every try met a checkpoint, `sources.not_ready` for a database that is just
    being created, `sources.in_use` where the system lets nobody read an open file; SourceError when it is no DuckDB
    database, is not there or cannot be read; FileError when the disk is full. After an error or a cancel nothing is
    left in staging.
    """
    folder = staging / source.name
    try:
        captured = await _capture(source, folder, tries, check_blocks)
    except BaseException:
        remove_tree(folder)
        raise
    return captured


@dataclass(frozen=True)
class _Copy:
    """A copy whose guard was satisfied."""

    captured: CapturedDatabase
    broken: frozenset[int]


async def _capture(source: Source, folder: Path, tries: int, check_blocks: bool) -> CapturedDatabase:
    broken_before: frozenset[int] | None = None
    wait, block_recopies = FIRST_WAIT, 0
    trouble: CogzyError | None = None
    for attempt in range(1, tries + 1):
        if attempt > 1:
            await asyncio.sleep(wait)
            wait = min(wait * WAIT_GROWTH, LONGEST_WAIT)
        result = await in_thread(partial(_attempt, source, folder, attempt, check_blocks))
        if isinstance(result, CogzyError):
            trouble = result
            continue
        if result.broken and result.broken != broken_before and block_recopies < RECOPIES_FOR_BLOCKS:
            broken_before, trouble = result.broken, None
            block_recopies += 1
            continue
        return result.captured
    if trouble is not None and not isinstance(trouble, _Moving):
        raise trouble
    raise await in_thread(lambda _: _owned("sources.busy", source, tries=tries))


class _Moving(CogzyError):
    """This attempt met a writer at the wrong moment; the next one may not."""


def _attempt(
    source: Source, folder: Path, number: int, check_blocks: bool, stop: threading.Event
) -> _Copy | CogzyError:
    """One guarded copy, or why it has to be tried again. Raises what trying again cannot change."""
    place = database_place(source.path)
    try:
        before = database_signature(source)
        with place.main.open("rb", buffering=0) as main:
            remove_tree(folder)
            copied = _guarded_copy(source, place, main.fileno(), folder, number, before, stop)
        if isinstance(copied, CogzyError) or not check_blocks:
            return copied
        assert copied.captured.duckdb is not None
        return replace(copied, broken=broken_blocks(copied.captured.database, copied.captured.duckdb))
    except FileNotFoundError as error:
        if number < GRACE_FOR_MISSING:
            return _moving("not there")
        raise SourceError("sources.not_found", name=source.name, path=str(source.path)) from error
    except HeaderError as error:
        return _header_trouble(source, place, error)
    except OSError as error:
        if error.errno in _WRITE_ERRORS or str(error.filename or "").startswith(str(folder)):
            raise file_error(error, folder) from error
        raise _read_error(source, error) from error


def _guarded_copy(
    source: Source, place: DatabasePlace, main: int, folder: Path, number: int, before: str, stop: threading.Event
) -> _Copy | CogzyError:
    headers = read_headers(main)
    if any(side.exists() for side in place.side_files):
        return _moving("checkpoint running")
    folder.mkdir(parents=True, mode=0o700)
    database = folder / source.path.name
    log = _log_of(source, place)
    wal = None if log is None else _copy_log(log, database.with_name(database.name + ".wal"))
    found = os.fstat(main)
    _demand_room(folder, found.st_size)
    if stop.is_set():
        return _moving("cancelled")
    if _copy_into(database, main, found.st_size) != found.st_size:
        return _moving("file became shorter")
    if stop.is_set():
        return _moving("cancelled")
    if log is not None and wal is not None and not _still_begins_with(log, wal):
        return _moving("log replaced")
    if any(side.exists() for side in place.side_files):
        return _moving("checkpoint running")
    if not headers.raw == read_headers(main).raw == read_headers(database).raw:
        return _moving("checkpoint ended")
    now = place.main.stat()
    if (now.st_dev, now.st_ino) != (found.st_dev, found.st_ino):
        return _moving("file replaced")
    captured = CapturedDatabase(
        source=source,
        database=database,
        wal=wal,
        size=found.st_size,
        wal_size=wal.stat().st_size if wal else 0,
        mtime_ns=found.st_mtime_ns,
        attempts=number,
        signature=before,
        duckdb=headers,
    )
    return _Copy(captured, frozenset())


def _log_of(source: Source, place: DatabasePlace) -> Path | None:
    """The log of the database, or None when it has none. Two that differ leave no way to tell which one counts."""
    logs = [log for log in place.logs if log.exists()]
    if len(logs) > 1:
        raise SourceError("sources.two_logs", name=source.name, path=str(source.path), other=str(logs[0]))
    return logs[0] if logs else None


def _copy_log(log: Path, target: Path) -> Path | None:
    """Copy the log up to the size it has now; None when it is empty or has just gone."""
    try:
        file = log.open("rb", buffering=0)
    except FileNotFoundError:
        return None
    with file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            return None
        _demand_room(target.parent, size)
        _copy_into(target, file.fileno(), size)
        return target


def _copy_into(target: Path, source: int, size: int) -> int:
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        return copy_bytes(source, descriptor, size)
    finally:
        os.close(descriptor)


def _still_begins_with(log: Path, copy: Path) -> bool:
    """Whether the live log still begins with the bytes in `copy`."""
    try:
        live = log.open("rb", buffering=0)
    except FileNotFoundError:
        return False
    with live, copy.open("rb", buffering=0) as copied:
        while block := copied.read(COPY_STEP):
            if live.read(len(block)) != block:
                return False
    return True


def _demand_room(folder: Path, size: int) -> None:
    """Do not fill a disk on which the owner of the source may be writing."""
    if hasattr(os, "statvfs"):
        room = os.statvfs(folder)
        if room.f_bavail * room.f_frsize < size:
            raise file_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)), folder)


def _header_trouble(source: Source, place: DatabasePlace, error: HeaderError) -> CogzyError:
    """A file without headers is being created, or is something else."""
    import time

    if error.code == "sources.header_damaged":
        return SourceError("sources.header_damaged", name=source.name, path=str(source.path))
    try:
        age = time.time() - place.main.stat().st_mtime
    except FileNotFoundError:
        age = 0.0
    if error.torn and abs(age) < SETTLING_SECONDS:
        return BusyError("sources.not_ready", name=source.name, path=str(source.path))
    raise SourceError("sources.not_duckdb", name=source.name, path=str(source.path)) from error


def _read_error(source: Source, error: OSError) -> CogzyError:
    """What it means that the live file cannot be read."""
    if getattr(error, "winerror", None) in _WINDOWS_IN_USE:
        return _owned("sources.in_use", source)
    reason = error.strerror or str(error)
    return SourceError("sources.not_readable", name=source.name, path=str(source.path), reason=reason)


def _owned(code: str, source: Source, **params: int) -> BusyError:
    owner = holder(source.path)
    return BusyError(
        code,
        name=source.name,
        path=str(source.path),
        holder=owner.program if owner else "another program",
        pid=owner.pid if owner else None,
        **params,
    )


def _moving(reason: str) -> _Moving:
    return _Moving("sources.busy", reason=reason)


async def in_thread(work: Callable[[threading.Event], T]) -> T:
    """Run `work` in a thread; a cancel sets the event it is given and waits a little for it to look."""
    stop = threading.Event()
    running = asyncio.get_running_loop().run_in_executor(_threads, work, stop)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([running], timeout=LEAVE_THREAD_AFTER)
        raise

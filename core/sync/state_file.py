"""The database of what this computer knows, at `<vault>/sync/state.db`: its tables, its opening, its transactions.

Invariants
- A file that is damaged, or that a newer Cogzy wrote, is set aside under a name that says so, and a new one begins.
- A vault that cannot be written, or a full disk, is no reason not to read what is known.
- SQLite's errors leave as ours when they speak of the file or its disk. A mistake in our own SQL leaves as it is.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from core.errors import BusyError, DamageError
from core.files import FileError

SCHEMA_VERSION = 3
_log = logging.getLogger(__name__)
BUSY_SECONDS = 10.0
_LEAST_ROOM = 1 << 17
"""Bytes; with fewer free ones SQLite cannot begin."""
_SOMEBODY_ELSES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_REFUSED = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS remote(
    key TEXT PRIMARY KEY, head TEXT, manifest_sha256 TEXT, chain TEXT NOT NULL DEFAULT '[]',
    committed_at REAL, confirmed_at REAL, format_confirmed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS piece(
    remote TEXT NOT NULL, id BLOB NOT NULL, kind TEXT NOT NULL, pack TEXT NOT NULL, offset INTEGER NOT NULL,
    stored INTEGER NOT NULL, plain INTEGER NOT NULL, codec TEXT NOT NULL, upload TEXT,
    PRIMARY KEY(remote, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry(
    remote TEXT NOT NULL, path TEXT NOT NULL, upload TEXT NOT NULL, signature TEXT, entry BLOB, pieces BLOB,
    size INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(remote, path, upload)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS source(
    remote TEXT NOT NULL, name TEXT NOT NULL, upload TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY(remote, name, upload)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS prepared(
    remote TEXT PRIMARY KEY, upload TEXT NOT NULL, manifest_key TEXT NOT NULL, manifest_sha256 TEXT NOT NULL,
    chain TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS suspect(remote TEXT NOT NULL, pack TEXT NOT NULL, PRIMARY KEY(remote, pack)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claim(remote TEXT NOT NULL, id BLOB NOT NULL, PRIMARY KEY(remote, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run(
    id INTEGER PRIMARY KEY, started_at REAL NOT NULL, ended_at REAL, trigger TEXT NOT NULL, method TEXT NOT NULL,
    outcome TEXT NOT NULL, result TEXT);
CREATE INDEX IF NOT EXISTS run_started ON run(started_at);
CREATE TABLE IF NOT EXISTS fact(name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hub(
    key TEXT PRIMARY KEY, hub_id TEXT, acknowledged_at REAL, as_of REAL NOT NULL DEFAULT 0,
    rows INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS hub_row(
    hub TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, part TEXT NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY(hub, kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hub_refused(
    hub TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, part TEXT NOT NULL, digest BLOB NOT NULL,
    code TEXT NOT NULL, params TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY(hub, kind, id)) WITHOUT ROWID;
"""


class StateDamagedError(DamageError):
    """The state cannot be read. Whoever opens it next sets it aside and begins a new one."""

    CODE: ClassVar[str] = "sync.state_unreadable"


class StateFile:
    """The open state database. Methods are short transactions, callable from any thread."""

    def __init__(self, path: Path) -> None:
        self.read_only = _cannot_be_written(path)
        """The vault cannot be written: what is known can be read, and every change fails."""
        if not self.read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.set_aside: Path | None = None
        self._lock = threading.RLock()
        self._path = path
        self._full = False
        self._mark = path.with_name(f"{path.name}.damaged")
        try:
            if self.read_only:
                self._db = self._open_to_read()
                return
            if self._mark.exists():
                raise StateDamagedError(StateDamagedError.CODE, path=str(path))
            self._db = self._open_if_there_is_room()
        except StateDamagedError:
            self.set_aside = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
            path.rename(self.set_aside)
            for side in ("-wal", "-shm", ".damaged"):
                path.with_name(path.name + side).unlink(missing_ok=True)
            self._db = self._open_if_there_is_room()

    def _open_if_there_is_room(self) -> sqlite3.Connection:
        """On a full disk what is known can still be read: a status needs no room. The first change tries again."""
        try:
            return self._open()
        except FileError as error:
            if error.code != "files.disk_full":
                raise
            self.read_only = self._full = True
            return self._open_to_read()

    def _open_again(self) -> None:
        self._full = False
        try:
            db = self._open()
        except FileError:
            self._full = True
            raise
        self._db.close()
        self._db, self.read_only = db, False

    def _open(self) -> sqlite3.Connection:
        with self._understood():
            db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                self._path.chmod(0o600)
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=FULL")
                version = db.execute("PRAGMA user_version").fetchone()[0]
                if version > SCHEMA_VERSION:
                    raise sqlite3.NotSupportedError("written by a newer Cogzy")
                if version < SCHEMA_VERSION:
                    db.executescript(_SCHEMA)
                    db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
                db.execute("SELECT count(*) FROM fact").fetchone()
            except BaseException as error:
                db.close()
                if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:  # not the tables of its version
                    raise self.found_damaged() from error
                raise
            return db

    def _open_to_read(self) -> sqlite3.Connection:
        """What was written when it last could be; nothing where that cannot be read either."""
        with self._understood():
            if self._path.exists():
                try:
                    uri = f"{self._path.absolute().as_uri()}?immutable=1"
                    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
                    if db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
                        return db
                    db.close()
                except sqlite3.DatabaseError as error:
                    _log.warning("the state of a vault that cannot be written is passed over: %s", error)
            db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            db.executescript(_SCHEMA)
            db.execute("PRAGMA query_only=ON")
            return db

    @property
    def damaged(self) -> bool:
        """Whether damage was met since it was opened: whoever opens the next one finds this one set aside."""
        return self._mark.exists()

    def found_damaged(self) -> StateDamagedError:
        """The error to raise when what it says cannot be right. Whoever opens it next finds it set aside."""
        self._mark.touch()
        return StateDamagedError(StateDamagedError.CODE, path=str(self._path))

    def close(self) -> None:
        """Close the database file."""
        with self._lock:
            self._db.close()

    # ------------------------------------------------------------------ rows and facts

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction; an error undoes it."""
        with self._lock, self._understood():
            if self._full:
                self._open_again()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite ends it by itself on some errors
                    self._db.execute("ROLLBACK")
                raise

    def one(self, sql: str, *values: object) -> Any:
        """The first row, or None."""
        with self._lock, self._understood():
            return self._db.execute(sql, values).fetchone()

    def all(self, sql: str, *values: object) -> list[Any]:
        """Every row."""
        with self._lock, self._understood():
            return self._db.execute(sql, values).fetchall()

    def fact(self, name: str) -> Any:
        """A small remembered value (pause, last check, ...) or None."""
        row = self.one("SELECT value FROM fact WHERE name=?", name)
        return None if row is None else self.parsed(row[0])

    def set_fact(self, name: str, value: Any) -> None:
        """Remember a small value."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO fact VALUES(?, ?)", (name, json.dumps(value)))

    # ------------------------------------------------------------------ inside

    @contextlib.contextmanager
    def _understood(self) -> Iterator[None]:
        """SQLite's errors as ours: somebody else has it, the disk refuses, or the file is damaged. Others pass."""
        try:
            yield
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", None)
            if code is None:  # Python's own: a text in it is none
                raise self.found_damaged() from error
            if code & 0xFF in _SOMEBODY_ELSES:
                raise BusyError("sync.state_busy", path=str(self._path)) from error
            if code & 0xFF not in _REFUSED:
                raise
            if self._full or _says_full(error, self._path):
                raise FileError("files.disk_full", path=str(self._path)) from error
            raise FileError("files.not_writable", path=str(self._path), reason=str(error)) from error
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as error:
            raise self.found_damaged() from error

    def parsed(self, text: str) -> Any:
        """JSON that the database holds. Raises StateDamagedError where it is none."""
        try:
            return json.loads(text)
        except ValueError as error:
            raise self.found_damaged() from error


def _says_full(error: sqlite3.OperationalError, path: Path) -> bool:
    """Whether SQLite found no room. It has more than one word for that, and a failing disk has one of them, too."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE):
        return True
    if code & 0xFF not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return False
    place = next((one for one in path.parents if one.exists()), None)
    return place is not None and shutil.disk_usage(place).free < _LEAST_ROOM


def _cannot_be_written(path: Path) -> bool:
    place = next((one for one in path.parents if one.exists()), None)
    return place is not None and not os.access(place, os.W_OK | os.X_OK)

"""What this computer knows: each remote's head and pieces, prepared uploads, the sources' last copies, the history.

SQLite at `<vault>/sync/state.db`. Everything in it but the history is a cache of what cloud and hub hold: losing it
costs time, never data. What is known of a remote is keyed by endpoint, bucket, prefix and vault.

Invariants
- A row of `piece` with `upload` NULL is stored, but no table in the head's chain locates it: an upload that uses it
  must say where it is.
- A pack in `suspect` was found damaged: a piece in it counts as stored for reading, and as new for sending.
- `prepared` is written before a manifest is sent. `advance` (the manifest is there) or `drop` (it is not) ends it; the
  head, the entries and the sources move in that one transaction.
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
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from core.errors import BusyError, DamageError
from core.files import FileError
from core.sync.streams import split_ids

SCHEMA_VERSION = 3
_log = logging.getLogger(__name__)
BUSY_SECONDS = 10.0
HISTORY_DAYS = 400
_LEAST_ROOM = 1 << 17
"""Bytes; with fewer free ones SQLite cannot begin."""

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
CURRENT = ""


@dataclass(frozen=True)
class RemoteRecord:
    """What is known of one remote. `chain` holds the wire form of the table references, oldest first."""

    key: str
    head: str | None = None
    manifest_sha256: str | None = None
    chain: tuple[dict[str, Any], ...] = ()
    committed_at: float | None = None
    confirmed_at: float | None = None
    format_confirmed: bool = False


@dataclass(frozen=True)
class PieceRecord:
    """Where one stored piece is; `upload` is None while no table in the head's chain locates it."""

    id: bytes
    kind: str
    pack: str
    offset: int
    stored: int
    plain: int
    codec: str
    upload: str | None = None


@dataclass(frozen=True)
class EntryRecord:
    """One path of the head's tree: its entry's wire form, all piece ids it reaches, and the stat it was read at."""

    path: str
    entry: bytes
    pieces: bytes = b""
    signature: str | None = None
    size: int = 0


@dataclass(frozen=True)
class SourceRecord:
    """The last good copy of one source in this remote. Times are UNIX seconds; `rows_folder` is below sync/rows/."""

    name: str
    signature: str
    copied_at: float
    size: int = 0
    rows: int = 0
    rows_folder: str | None = None
    conversations: int = 0
    image_at: float | None = None
    image_bytes: int = 0
    delta_bytes: int = 0
    duckdb_version: str | None = None


@dataclass(frozen=True)
class Prepared:
    """An upload whose manifest was about to be sent: the next run asks whether it arrived.

    A chain of one is a folded table: from then on only the pieces that it locates count as named by an upload.
    """

    upload: str
    manifest_key: str
    manifest_sha256: str
    chain: tuple[dict[str, Any], ...]


class StateDamagedError(DamageError):
    """The state cannot be read. Whoever opens it next sets it aside and begins a new one."""

    CODE: ClassVar[str] = "sync.state_unreadable"


class SyncState:
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
            except BaseException:
                db.close()
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

    # ------------------------------------------------------------------ remotes

    def remote(self, key: str) -> RemoteRecord:
        """What is known of the remote; an empty record for one never met."""
        row = self.one(
            "SELECT key, head, manifest_sha256, chain, committed_at, confirmed_at, format_confirmed "
            "FROM remote WHERE key=?",
            key,
        )
        if row is None:
            return RemoteRecord(key)
        return RemoteRecord(row[0], row[1], row[2], tuple(self._parsed(row[3])), row[4], row[5], bool(row[6]))

    def confirm(self, key: str, now: float) -> None:
        """The head's manifest was seen in the remote at `now`."""
        with self.transaction() as db:
            db.execute("UPDATE remote SET confirmed_at=? WHERE key=?", (now, key))

    def confirm_format(self, key: str) -> None:
        """The remote's format.json was read and fits."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO remote(key, format_confirmed) VALUES(?, 1) "
                "ON CONFLICT(key) DO UPDATE SET format_confirmed=1",
                (key,),
            )

    def forget(self, key: str) -> None:
        """Forget all that is known of a remote: its head is gone, or it is another bucket now."""
        with self.transaction() as db:
            for table in ("piece", "entry", "source", "claim", "prepared", "suspect"):
                db.execute(f"DELETE FROM {table} WHERE remote=?", (key,))  # noqa: S608  # names from the line above
            db.execute("DELETE FROM remote WHERE key=?", (key,))

    def adopt(
        self,
        record: RemoteRecord,
        entries: Iterable[EntryRecord],
        pieces: Iterable[PieceRecord],
    ) -> None:
        """Take over what was read back from the remote, after the local state was lost or on a fresh machine."""
        with self.transaction() as db:
            self._set_head(db, record)
            self._insert_pieces(db, record.key, pieces)
            self._insert_entries(db, record.key, CURRENT, entries)

    # ------------------------------------------------------------------ pieces and entries

    def pieces(self, key: str) -> dict[bytes, PieceRecord]:
        """Every piece known to be stored in the remote, committed or not."""
        rows = self.all(
            "SELECT id, kind, pack, offset, stored, plain, codec, upload FROM piece WHERE remote=?",
            key,
        )
        return {row[0]: PieceRecord(*row) for row in rows}

    def piece(self, key: str, piece: bytes) -> PieceRecord | None:
        """Where one piece is stored, or None when the remote is not known to hold it whole."""
        row = self.one(
            "SELECT id, kind, pack, offset, stored, plain, codec, upload FROM piece WHERE remote=? AND id=? "
            "AND pack NOT IN (SELECT pack FROM suspect WHERE remote=?)",
            key,
            piece,
            key,
        )
        return None if row is None else PieceRecord(*row)

    def uncommitted_packs(self, key: str) -> list[str]:
        """Packs that a run sent before it ended without a commit."""
        return [row[0] for row in self.all("SELECT DISTINCT pack FROM piece WHERE remote=? AND upload IS NULL", key)]

    def add_pieces(self, key: str, pieces: Iterable[PieceRecord]) -> None:
        """Remember the pieces of a pack that has arrived; a later run uses them if this one does not commit."""
        found = list(pieces)
        with self.transaction() as db:
            self._insert_pieces(db, key, found)
            db.executemany("DELETE FROM suspect WHERE remote=? AND pack=?", {(key, piece.pack) for piece in found})

    def drop_packs(self, key: str, packs: Iterable[str]) -> None:
        """Forget uncommitted pieces in packs that turned out not to be stored."""
        with self.transaction() as db:
            db.executemany("DELETE FROM piece WHERE remote=? AND pack=? AND upload IS NULL", [(key, p) for p in packs])

    def distrust(self, key: str, packs: Iterable[str], *, tables: bool) -> None:
        """Packs of the remote are damaged, or (`tables`) a table in the head's chain: the next run sends them anew.

        Its look finds every file that needs such a pack changed, and its table stands alone.
        """
        with self.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO suspect VALUES(?, ?)", [(key, pack) for pack in packs])
            hurt = {
                row[0]
                for row in db.execute(
                    "SELECT id FROM piece WHERE remote=? AND pack IN (SELECT pack FROM suspect WHERE remote=?)",
                    (key, key),
                )
            }
            rows = db.execute("SELECT path, pieces FROM entry WHERE remote=? AND upload=''", (key,)).fetchall()
            paths = [path for path, pieces in rows if not hurt.isdisjoint(split_ids(pieces))]
            db.executemany(
                "UPDATE entry SET signature=NULL WHERE remote=? AND upload='' AND path=?", [(key, p) for p in paths]
            )
            names = {path.split("/")[1] for path in paths if path.startswith("sources/")}
            for (text,) in db.execute("SELECT record FROM source WHERE remote=? AND upload=''", (key,)).fetchall():
                record = SourceRecord(**self._parsed(text))
                if record.name in names:
                    self._insert_sources(db, key, CURRENT, [replace(record, signature="", image_at=None)])
            if tables:
                db.execute("UPDATE remote SET chain='[]' WHERE key=?", (key,))
            db.execute("UPDATE remote SET confirmed_at=NULL WHERE key=?", (key,))

    def entries(self, key: str) -> dict[str, EntryRecord]:
        """The tree of the remote's head, by path."""
        rows = self.all("SELECT path, entry, pieces, signature, size FROM entry WHERE remote=? AND upload=''", key)
        return {row[0]: EntryRecord(*row) for row in rows}

    def entry(self, key: str, path: str) -> EntryRecord | None:
        """One path of the head's tree."""
        row = self.one(
            "SELECT path, entry, pieces, signature, size FROM entry WHERE remote=? AND path=? AND upload=''", key, path
        )
        return None if row is None else EntryRecord(*row)

    def entry_signatures(self, key: str) -> dict[str, str | None]:
        """Path to stat signature of the remote's head."""
        return dict(self.all("SELECT path, signature FROM entry WHERE remote=? AND upload=''", key))

    def sources(self, key: str) -> dict[str, SourceRecord]:
        """The last good copies in this remote, by source name."""
        rows = self.all("SELECT record FROM source WHERE remote=? AND upload=''", key)
        records = (SourceRecord(**self._parsed(row[0])) for row in rows)
        return {record.name: record for record in records}

    def touch_source(self, key: str, record: SourceRecord) -> None:
        """A source was looked at and holds what the head holds: remember its new signature."""
        with self.transaction() as db:
            self._insert_sources(db, key, CURRENT, [record])

    def touch_entries(self, key: str, signatures: Iterable[tuple[str, str]]) -> None:
        """Files whose stat moved but whose content did not: remember (path, signature)."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE entry SET signature=? WHERE remote=? AND path=? AND upload=''",
                [(signature, key, path) for path, signature in signatures],
            )

    # ------------------------------------------------------------------ the commit

    def prepared(self, key: str) -> Prepared | None:
        """The upload whose fate is not known, if there is one."""
        row = self.one("SELECT upload, manifest_key, manifest_sha256, chain FROM prepared WHERE remote=?", key)
        return None if row is None else Prepared(row[0], row[1], row[2], tuple(self._parsed(row[3])))

    def prepare(
        self,
        key: str,
        prepared: Prepared,
        entries: Iterable[EntryRecord],
        removed: Iterable[str],
        sources: Iterable[SourceRecord],
        used: Iterable[bytes],
    ) -> None:
        """Write down what the state will be once the manifest is known to be there."""
        upload = prepared.upload
        with self.transaction() as db:
            self._clear_prepared(db, key)
            db.execute(
                "INSERT INTO prepared VALUES(?, ?, ?, ?, ?)",
                (key, upload, prepared.manifest_key, prepared.manifest_sha256, json.dumps(prepared.chain)),
            )
            self._insert_entries(db, key, upload, entries)
            db.executemany(
                "INSERT INTO entry VALUES(?, ?, ?, NULL, NULL, NULL, 0)", [(key, p, upload) for p in removed]
            )
            self._insert_sources(db, key, upload, sources)
            db.executemany("INSERT OR IGNORE INTO claim VALUES(?, ?)", [(key, piece) for piece in used])

    def advance(self, key: str, now: float) -> None:
        """The prepared manifest is there: it is the head now."""
        with self.transaction() as db:
            row = db.execute("SELECT upload, manifest_sha256, chain FROM prepared WHERE remote=?", (key,)).fetchone()
            upload = row[0]
            if len(self._parsed(row[2])) == 1:
                db.execute(
                    "UPDATE piece SET upload=NULL WHERE remote=? AND id NOT IN (SELECT id FROM claim WHERE remote=?)",
                    (key, key),
                )
            db.execute(
                "UPDATE piece SET upload=? WHERE remote=? AND upload IS NULL "
                "AND id IN (SELECT id FROM claim WHERE remote=?)",
                (upload, key, key),
            )
            db.execute(
                "DELETE FROM entry WHERE remote=? AND upload='' "
                "AND path IN (SELECT path FROM entry WHERE remote=? AND upload=?)",
                (key, key, upload),
            )
            db.execute("DELETE FROM entry WHERE remote=? AND upload=? AND entry IS NULL", (key, upload))
            db.execute("UPDATE entry SET upload='' WHERE remote=? AND upload=?", (key, upload))
            db.execute(
                "DELETE FROM source WHERE remote=? AND upload='' "
                "AND name IN (SELECT name FROM source WHERE remote=? AND upload=?)",
                (key, key, upload),
            )
            db.execute("UPDATE source SET upload='' WHERE remote=? AND upload=?", (key, upload))
            self._set_head(
                db, RemoteRecord(key, upload, row[1], tuple(self._parsed(row[2])), now, now, format_confirmed=True)
            )
            self._clear_prepared(db, key)

    def drop_prepared(self, key: str) -> None:
        """The prepared manifest is known not to be there: its pieces stay, uncommitted."""
        with self.transaction() as db:
            self._clear_prepared(db, key)

    # ------------------------------------------------------------------ history and facts

    def begin_run(self, trigger: str, method: str, now: float) -> int:
        """Note that a run began; a crash leaves it as `interrupted`. Returns its id."""
        with self.transaction() as db:
            db.execute("UPDATE run SET outcome='interrupted', ended_at=started_at WHERE outcome='running'")
            db.execute("DELETE FROM run WHERE started_at < ?", (now - HISTORY_DAYS * 86400,))
            cursor = db.execute(
                "INSERT INTO run(started_at, trigger, method, outcome) VALUES(?, ?, ?, 'running')",
                (now, trigger, method),
            )
            return int(cursor.lastrowid or 0)

    def end_run(self, run: int, outcome: str, result: dict[str, Any], now: float) -> None:
        """Note how a run ended: succeeded, unchanged, failed or cancelled."""
        with self.transaction() as db:
            db.execute(
                "UPDATE run SET ended_at=?, outcome=?, result=? WHERE id=?", (now, outcome, json.dumps(result), run)
            )

    def runs(self, limit: int = 100) -> list[dict[str, Any]]:
        """The latest runs, newest first."""
        rows = self.all(
            "SELECT id, started_at, ended_at, trigger, method, outcome, result FROM run ORDER BY id DESC LIMIT ?", limit
        )
        names = ("id", "started_at", "ended_at", "trigger", "method", "outcome")
        return [{**dict(zip(names, row, strict=False)), "result": self._parsed(row[6] or "null")} for row in rows]

    def fact(self, name: str) -> Any:
        """A small remembered value (pause, last check, ...) or None."""
        row = self.one("SELECT value FROM fact WHERE name=?", name)
        return None if row is None else self._parsed(row[0])

    def set_fact(self, name: str, value: Any) -> None:
        """Remember a small value."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO fact VALUES(?, ?)", (name, json.dumps(value)))

    # ------------------------------------------------------------------ for core.sync.hub.state, too

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

    # ------------------------------------------------------------------ inside

    @contextlib.contextmanager
    def _understood(self) -> Iterator[None]:
        """SQLite's errors as ours: somebody else has it, the disk refuses, or the file is damaged."""
        try:
            yield
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise BusyError("sync.state_busy", path=str(self._path)) from error
            if self._full or _says_full(error, self._path):
                raise FileError("files.disk_full", path=str(self._path)) from error
            raise FileError("files.not_writable", path=str(self._path), reason=str(error)) from error
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as error:
            raise self.found_damaged() from error

    def _parsed(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError as error:
            raise self.found_damaged() from error

    @staticmethod
    def _set_head(db: sqlite3.Connection, record: RemoteRecord) -> None:
        db.execute(
            "INSERT OR REPLACE INTO remote VALUES(?, ?, ?, ?, ?, ?, ?)",
            (
                record.key,
                record.head,
                record.manifest_sha256,
                json.dumps(record.chain),
                record.committed_at,
                record.confirmed_at,
                int(record.format_confirmed),
            ),
        )

    @staticmethod
    def _insert_pieces(db: sqlite3.Connection, key: str, pieces: Iterable[PieceRecord]) -> None:
        db.executemany(
            "INSERT INTO piece VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind=excluded.kind, "
            "pack=excluded.pack, offset=excluded.offset, stored=excluded.stored, plain=excluded.plain, "
            "codec=excluded.codec, upload=excluded.upload "
            "WHERE pack IN (SELECT pack FROM suspect WHERE suspect.remote=excluded.remote)",
            [(key, p.id, p.kind, p.pack, p.offset, p.stored, p.plain, p.codec, p.upload) for p in pieces],
        )

    @staticmethod
    def _insert_entries(db: sqlite3.Connection, key: str, upload: str, entries: Iterable[EntryRecord]) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO entry VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(key, e.path, upload, e.signature, e.entry, e.pieces, e.size) for e in entries],
        )

    @staticmethod
    def _insert_sources(db: sqlite3.Connection, key: str, upload: str, sources: Iterable[SourceRecord]) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO source VALUES(?, ?, ?, ?)",
            [(key, s.name, upload, json.dumps(asdict(s))) for s in sources],
        )

    @staticmethod
    def _clear_prepared(db: sqlite3.Connection, key: str) -> None:
        for table in ("entry", "source"):
            db.execute(f"DELETE FROM {table} WHERE remote=? AND upload<>''", (key,))  # noqa: S608  # names from above
        for table in ("claim", "prepared"):
            db.execute(f"DELETE FROM {table} WHERE remote=?", (key,))  # noqa: S608  # names from the line above


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

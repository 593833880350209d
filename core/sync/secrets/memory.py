"""What the search for secrets remembers: what it has read, what it found in them, what waits for a decision.

SQLite at `<vault>/sync/secret_scan.db`, never synced. Losing it costs a new search and the decisions. No secret stands
in it: a finding is known by a keyed hash, and shown masked.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from core.files import translated

NAME = "sync/secret_scan.db"
SCHEMA_VERSION = 3
_SCHEMA = """
CREATE TABLE IF NOT EXISTS unit(name TEXT PRIMARY KEY, signature TEXT NOT NULL, length INTEGER, check_bytes BLOB);
CREATE TABLE IF NOT EXISTS found(
    unit TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, masked TEXT NOT NULL, part TEXT NOT NULL,
    path TEXT NOT NULL, place TEXT NOT NULL, context TEXT NOT NULL, UNIQUE(unit, path, place, id));
CREATE TABLE IF NOT EXISTS held(
    method TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, masked TEXT NOT NULL, part TEXT NOT NULL,
    path TEXT NOT NULL, place TEXT NOT NULL, context TEXT NOT NULL, UNIQUE(method, part, path, place, id));
CREATE TABLE IF NOT EXISTS decision(id TEXT PRIMARY KEY, action TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS own(key BLOB NOT NULL);
"""


@dataclass(frozen=True)
class Finding:
    """A likely secret at one place. `id` is the same wherever the same secret stands; nothing here shows it.

    `path` is a vault file, a file of a source or a database's table; `place` a line, a record or a row.
    """

    id: str
    kind: str
    masked: str
    part: str
    path: str
    place: str
    context: str

    def as_json(self) -> dict[str, Any]:
        """As the window and `cogzy preview --json` show it."""
        return asdict(self)


@dataclass(frozen=True)
class Unit:
    """A file or database as it was read: `length` bytes of it in whole lines, `check` a hash of these."""

    signature: str
    length: int = 0
    check: bytes = b""


class ScanMemory:
    """The memory of one vault's searches. Any thread may use it: they take turns, and so does its closing."""

    def __init__(self, root: Path) -> None:
        self._using = threading.RLock()
        path = root / NAME
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._db = _opened(path)
            except sqlite3.DatabaseError:
                path.unlink()
                self._db = _opened(path)
        row = self._db.execute("SELECT key FROM own").fetchone()
        if row is None:
            row = (os.urandom(32),)
            self._db.execute("INSERT INTO own VALUES(?)", row)
        self._key: bytes = row[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._using:
            self._db.close()

    def id_of(self, secret: str) -> str:
        """The id of a secret: 24 hex digits that say nothing without this file's key."""
        return hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), key=self._key, digest_size=12).hexdigest()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._using:
            return self._db.execute(query, values).fetchall()

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Everything inside is written together, or not at all."""
        with self._using:
            self._db.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def unit(self, name: str) -> Unit | None:
        """What is known of a file or database."""
        rows = self._rows("SELECT signature, length, check_bytes FROM unit WHERE name = ?", name)
        return Unit(rows[0][0], rows[0][1] or 0, rows[0][2] or b"") if rows else None

    def keep(self, name: str, unit: Unit, found: Iterable[Finding], *, grown: bool = False) -> None:
        """A unit was read. `grown`: only its new end was, and what was found before stays."""
        with self.at_once():
            if not grown:
                self._db.execute("DELETE FROM found WHERE unit = ?", (name,))
            self._db.execute(
                "INSERT OR REPLACE INTO unit VALUES(?, ?, ?, ?)", (name, unit.signature, unit.length, unit.check)
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO found VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                ((name, one.id, one.kind, one.masked, one.part, one.path, one.place, one.context) for one in found),
            )

    def found(self, unit: str) -> list[Finding]:
        """What was found in a unit."""
        rows = self._rows(
            "SELECT id, kind, masked, part, path, place, context FROM found WHERE unit = ? ORDER BY rowid", unit
        )
        return [Finding(*row) for row in rows]

    def found_in(self, unit: str, signature: str) -> list[Finding] | None:
        """What was found in a unit as it stands, None when it was not read like that."""
        with self._using:
            seen = self.unit(unit)
            return self.found(unit) if seen is not None and seen.signature == signature else None

    def held(self) -> list[tuple[str, Finding]]:
        """What runs did not send because of these findings, each with the method that would have."""
        rows = self._rows("SELECT method, id, kind, masked, part, path, place, context FROM held ORDER BY rowid")
        return [(row[0], Finding(*row[1:])) for row in rows]

    def hold(self, method: str, found: Iterable[Finding], stay: Collection[str] = ()) -> None:
        """These hold something back from now on; of earlier ones of the method those of the parts in `stay` do, too."""
        with self.at_once():
            kept = [one for by, one in self.held() if by == method and one.part in stay]
            self._db.execute("DELETE FROM held WHERE method = ?", (method,))
            self._db.executemany(
                "INSERT OR IGNORE INTO held VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (method, one.id, one.kind, one.masked, one.part, one.path, one.place, one.context)
                    for one in (*kept, *found)
                ),
            )

    def release(self, ids: Iterable[str], part: str) -> None:
        """These secrets are not in that part any more."""
        with self.at_once():
            self._db.executemany("DELETE FROM held WHERE id = ? AND part = ?", ((one, part) for one in ids))

    def decisions(self) -> dict[str, str]:
        """What was decided, by finding: `send`."""
        return dict(self._rows("SELECT id, action FROM decision"))

    def decide(self, ids: Sequence[str], action: str | None) -> None:
        """Remember a decision, or forget it."""
        with self.at_once():
            for one in ids:
                if action is None:
                    self._db.execute("DELETE FROM decision WHERE id = ?", (one,))
                else:
                    self._db.execute("INSERT OR REPLACE INTO decision VALUES(?, ?)", (one, action))


def _opened(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, isolation_level=None, timeout=10.0, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        if db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
            for table in ("unit", "clean", "found"):
                db.execute(f"DROP TABLE IF EXISTS {table}")
            db.executescript(_SCHEMA)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        db.close()
        raise
    return db


def decide(root: Path, ids: Sequence[str], action: str | None) -> None:
    """Remember what the person decided about findings (`send`), or forget it. Blocking."""
    with ScanMemory(root) as memory:
        memory.decide(ids, action)

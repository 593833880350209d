"""The hub's tokens: `<data>/tokens.db`, a SQLite file that the hub and its commands open at the same time.

Invariants:
- A secret is told once, when it is made. What is kept is its SHA-256: of 256 random bits, so nothing slow is needed.
- Nothing is remembered between two checks, so a revocation acts at once, in every process.
- A token is never deleted, only revoked: the list says who could get in, and when that ended.
- A process that opens and closes the file itself drops the locks of all its SQLite connections to it ("How To Corrupt
  An SQLite Database File", 2.2), and what another process then writes is lost: it is only ever made so, never opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.akosha.access.auth import SCOPES, Principal
from core.errors import BusyError, DamageError, RefusedError, UsageError
from core.files import FileError, translated
from core.sync.layout import SYSTEM_ID

FILE_NAME = "tokens.db"
PREFIX = "ak_"
LONGEST_NOTE = 200
LAST_USED_STEP_SECONDS = 3600
"""How coarse "last used" is: it is written once an hour, not with every request."""

_LONGEST_SECRET = 200
_making = threading.Lock()
_VERSION = 1
_SCHEMA = """
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    system_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at REAL NOT NULL,
    last_used REAL,
    revoked_at REAL
) STRICT;
"""
_COLUMNS = "id, system_id, scopes, note, created_at, last_used, revoked_at"


@dataclass(frozen=True)
class Token:
    """A token, as it may be listed. Times are UNIX seconds. `secret` only where it was just made."""

    id: str
    system_id: str
    scopes: frozenset[str]
    note: str
    created_at: float
    last_used: float | None = None
    revoked_at: float | None = None
    secret: str | None = None

    def as_json(self) -> dict[str, object]:
        """For `--json`; with the secret only where it was just made."""
        found: dict[str, object] = {
            "id": self.id,
            "system_id": self.system_id,
            "scopes": sorted(self.scopes),
            "note": self.note,
            "created_at": self.created_at,
            "last_used": self.last_used,
            "revoked_at": self.revoked_at,
        }
        return found if self.secret is None else {**found, "secret": self.secret}


class TokenStore:
    """The tokens of the hub whose data folder is `data`. Usable from every thread."""

    def __init__(self, data: Path) -> None:
        """Open them. Raises DamageError("tokens.damaged"), RefusedError("tokens.future"), FileError."""
        self.path = data / FILE_NAME
        self._lock = threading.Lock()
        self._trusted: set[bytes] = set()
        with translated(data):
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open()

    def create(self, system_id: str, scopes: Iterable[str], note: str = "") -> Token:
        """A new token of one system. Its secret is in the answer and nowhere else.

        Raises UsageError: tokens.bad_system, tokens.bad_scope, tokens.bad_note.
        """
        wanted = frozenset(scopes)
        if not SYSTEM_ID.fullmatch(system_id):
            raise UsageError("tokens.bad_system", system_id=system_id)
        if not wanted or not wanted <= set(SCOPES):
            wrong = ", ".join(sorted(wanted - set(SCOPES))) or "none"
            raise UsageError("tokens.bad_scope", scope=wrong, known=", ".join(SCOPES))
        if len(note) > LONGEST_NOTE or not note.isprintable():
            raise UsageError("tokens.bad_note", longest=LONGEST_NOTE)
        secret = PREFIX + secrets.token_urlsafe(32)
        token = Token(secrets.token_hex(4), system_id, wanted, note, time.time(), secret=secret)
        with self._lock, self._translated():
            self._careful.execute(
                "INSERT INTO tokens (id, hash, system_id, scopes, note, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                (token.id, _hash(secret), system_id, " ".join(sorted(wanted)), note, token.created_at),
            )
        return token

    def revoke(self, token_id: str) -> Token:
        """From now on this token opens nothing; fine when it was so before. Raises UsageError("tokens.unknown")."""
        with self._lock, self._translated():
            self._careful.execute(
                "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (time.time(), token_id)
            )
            row = self._careful.execute(f"SELECT {_COLUMNS} FROM tokens WHERE id = ?", (token_id,)).fetchone()  # noqa: S608
        if row is None:
            raise UsageError("tokens.unknown", id=token_id)
        return _token(row)

    def list(self) -> list[Token]:
        """All tokens ever made, the oldest first, without their secrets."""
        with self._lock, self._translated():
            rows = self._careful.execute(f"SELECT {_COLUMNS} FROM tokens ORDER BY created_at, id").fetchall()  # noqa: S608
        return [_token(row) for row in rows]

    def any_active(self) -> bool:
        """Whether there is a token that opens anything."""
        with self._lock, self._translated():
            return self._careful.execute("SELECT 1 FROM tokens WHERE revoked_at IS NULL LIMIT 1").fetchone() is not None

    def trust(self, secret: str) -> None:
        """Take `secret` as this computer's own administrator, in this process alone and for its life."""
        self._trusted.add(_hash(secret))

    def verify(self, secret: str) -> Principal | None:
        """Who has this secret, or None. Some 10 us: one look by its hash, then a comparison in constant time."""
        if not secret or len(secret) > _LONGEST_SECRET:
            return None
        given = _hash(secret)
        if any(hmac.compare_digest(given, trusted) for trusted in self._trusted):
            return Principal(None, Principal.everything, "local")
        with self._lock, self._translated():
            if not self._still_there():
                self._close()
                self._open()
            row = self._quick.execute(
                "SELECT hash, id, system_id, scopes, last_used FROM tokens WHERE hash = ? AND revoked_at IS NULL",
                (given,),
            ).fetchone()
            if row is None or not hmac.compare_digest(row[0], given):
                return None
            self._note_use(row[1], row[4])
        return Principal(row[2], frozenset(row[3].split()), row[1])

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._close()

    def __enter__(self) -> TokenStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        with translated(self.path), _making:
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            self.path.chmod(0o600)  # its -wal and -shm take over these rights
            found = self.path.stat()
        self._place = (found.st_dev, found.st_ino)
        # one that waits and syncs for what must not be lost, one that does neither for what every request needs
        self._careful = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
        self._quick = sqlite3.connect(self.path, timeout=0.25, isolation_level=None, check_same_thread=False)
        try:
            with self._translated():
                self._prepare()
        except BaseException:
            self._close()
            raise

    def _prepare(self) -> None:
        self._careful.execute("PRAGMA journal_mode = WAL")
        self._careful.execute("PRAGMA synchronous = FULL")
        self._quick.execute("PRAGMA synchronous = NORMAL")
        self._careful.execute("BEGIN IMMEDIATE")  # two that make it at the same moment agree
        try:
            (version,) = self._careful.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise RefusedError("tokens.future", path=str(self.path))
            if version == 0:
                self._careful.execute(_SCHEMA)
                self._careful.execute(f"PRAGMA user_version = {_VERSION}")
        finally:
            self._careful.execute("COMMIT")

    def _close(self) -> None:
        self._quick.close()
        self._careful.close()

    def _still_there(self) -> bool:
        """Whether the name still leads to the file that is open: one put back from a backup is another."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return False
        return (found.st_dev, found.st_ino) == self._place

    def _note_use(self, token_id: str, last_used: float | None) -> None:
        now = time.time()
        if last_used is not None and 0 <= now - last_used < LAST_USED_STEP_SECONDS:
            return
        with contextlib.suppress(sqlite3.OperationalError):  # somebody is writing, or the disk is full: the next use
            self._quick.execute("UPDATE tokens SET last_used = ? WHERE id = ?", (now, token_id))

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            name = error.sqlite_errorname
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise BusyError("tokens.busy", path=str(self.path)) from error
            if name.startswith("SQLITE_FULL"):
                raise FileError("files.disk_full", path=str(self.path)) from error
            raise FileError("files.not_writable", path=str(self.path), reason=str(error)) from error
        except sqlite3.DatabaseError as error:
            raise DamageError("tokens.damaged", path=str(self.path), reason=str(error)) from error


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _token(row: tuple[str, str, str, str, float, float | None, float | None]) -> Token:
    token_id, system_id, scopes, *rest = row
    return Token(token_id, system_id, frozenset(scopes.split()), *rest)  # type: ignore[arg-type]  # as the columns are

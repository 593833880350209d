"""What this computer knows of its hub: every row that the hub acknowledged, and every one that it refused.

Kept in sync/state.db under the hub's key (its URL, the vault, and the system as which rows are sent). Of what a row
held a digest is remembered. A row moves in here in the very transaction that notes its batch's acknowledgement, so that
a run that was cut is continued behind its last batch. Losing all this costs time: everything is sent again, which is
harmless.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import Param

if TYPE_CHECKING:
    import sqlite3

    from core.settings_model import Settings
    from core.sync.records import SourceRecord
    from core.sync.state import SyncState

SHOWN_REFUSED = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as the ledger names it. `part` is the table or file it was read from, `digest` what it held (b"": gone)."""

    kind: str
    id: str
    part: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that the hub does not take as it is, and why: a code with its params."""

    entry: Entry
    code: str
    params: dict[str, Param]


@dataclass(frozen=True)
class HubRecord:
    """What is known of a hub. Times are UNIX seconds; `rows` and `bytes` count all that it ever acknowledged."""

    hub_id: str | None = None
    acknowledged_at: float | None = None
    rows: int = 0
    bytes: int = 0


def hub_key(settings: Settings) -> str:
    """The name under which this computer keeps what it knows of the hub: 16 hex digits."""
    sync = settings.sync
    said = f"hub|{sync.hub_identity}|{settings.vault_id}|{sync.system_id_resolved}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class HubLedger:
    """What one hub is known to hold. Methods are short transactions, callable from any thread."""

    def __init__(self, state: SyncState, key: str) -> None:
        self._state = state
        self.key = key

    def record(self) -> HubRecord:
        """What is known of the hub; an empty record for one never met."""
        row = self._state.one("SELECT hub_id, acknowledged_at, rows, bytes FROM hub WHERE key=?", self.key)
        return HubRecord() if row is None else HubRecord(*row)

    def meet(self, hub_id: str | None) -> bool:
        """Remember which hub answers at this address ("" or None: it does not say); False when it is another one."""
        before = self.record().hub_id
        hub_id = hub_id or before
        with self._state.transaction() as db:
            db.execute(
                "INSERT INTO hub(key, hub_id) VALUES(?, ?) ON CONFLICT DO UPDATE SET hub_id=excluded.hub_id",
                (self.key, hub_id),
            )
        return before is None or before == hub_id

    def forget(self) -> None:
        """The hub holds nothing of what it acknowledged: it is a new one, or lost its data."""
        self._state.forget(self.key)
        with self._state.transaction() as db:
            for table in ("hub_row", "hub_refused"):
                db.execute(f"DELETE FROM {table} WHERE hub=?", (self.key,))  # noqa: S608  # names from the line above
            db.execute("DELETE FROM hub WHERE key=?", (self.key,))

    def sources(self) -> dict[str, SourceRecord]:
        """The sources whose rows were all acknowledged or refused, as they were then."""
        return self._state.sources(self.key)

    def settle(self, record: SourceRecord) -> None:
        """Every row of a source was acknowledged or refused."""
        self._state.touch_source(self.key, record)

    def next_as_of(self, now: float) -> float:
        """The moment to send rows as of: never before an earlier one, whatever the clock does."""
        with self._state.transaction() as db:
            db.execute("INSERT OR IGNORE INTO hub(key) VALUES(?)", (self.key,))
            (last,) = db.execute("SELECT as_of FROM hub WHERE key=?", (self.key,)).fetchone()
            as_of = max(now, last + 0.001)
            db.execute("UPDATE hub SET as_of=? WHERE key=?", (as_of, self.key))
        return float(as_of)

    # ------------------------------------------------------------------ rows

    def known(self, kind: str, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Part and digest of those of these rows that the hub acknowledged, by id."""
        return self._found("hub_row", kind, ids)

    def refused(self, kind: str, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Part and digest of those of these rows that the hub refused, by id."""
        return self._found("hub_refused", kind, ids)

    def _found(self, table: str, kind: str, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        marks = ",".join("?" * len(ids))
        rows = self._state.all(
            f"SELECT id, part, digest FROM {table} WHERE hub=? AND kind=? AND id IN ({marks})",  # noqa: S608  # question marks
            self.key,
            kind,
            *ids,
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def acknowledge(self, entries: Sequence[Entry], refused: Sequence[Refusal], now: float, *, size: int) -> None:
        """The hub answered a batch of `size` bytes: it has these, and refused those."""
        with self._state.transaction() as db:
            self._drop(db, "hub_refused", entries)
            db.executemany(
                "INSERT OR REPLACE INTO hub_row VALUES(?, ?, ?, ?, ?)",
                [(self.key, *_columns(entry)) for entry in entries if entry.digest],
            )
            self._drop(db, "hub_row", [entry for entry in entries if not entry.digest])
            self._refuse(db, refused, now)
            db.execute(
                "UPDATE hub SET acknowledged_at=?, rows=rows+?, bytes=bytes+? WHERE key=?",
                (now, len(entries), size, self.key),
            )

    def refuse(self, refused: Sequence[Refusal], now: float) -> None:
        """These were refused before they were sent."""
        with self._state.transaction() as db:
            self._refuse(db, refused, now)

    def drop(self, kind: str, ids: Sequence[str]) -> None:
        """Forget these rows: they are gone, and the hub need not, or cannot, be told."""
        entries = [Entry(kind, one, "", b"") for one in ids]
        with self._state.transaction() as db:
            self._drop(db, "hub_row", entries)
            self._drop(db, "hub_refused", entries)

    def _refuse(self, db: sqlite3.Connection, refused: Sequence[Refusal], now: float) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO hub_refused VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            [(self.key, *_columns(one.entry), one.code, json.dumps(one.params), now) for one in refused],
        )

    def _drop(self, db: sqlite3.Connection, table: str, entries: Sequence[Entry]) -> None:
        db.executemany(
            f"DELETE FROM {table} WHERE hub=? AND kind=? AND id=?",  # noqa: S608  # one of two names
            [(self.key, entry.kind, entry.id) for entry in entries],
        )

    def refusals(self, limit: int = SHOWN_REFUSED) -> tuple[int, list[dict[str, Any]]]:
        """How many rows stand refused, and the latest of them with their errors."""
        (count,) = self._state.one("SELECT count(*) FROM hub_refused WHERE hub=?", self.key)
        rows = self._state.all(
            "SELECT kind, id, part, code, params, at FROM hub_refused WHERE hub=? ORDER BY at DESC LIMIT ?",
            self.key,
            limit,
        )
        names = ("kind", "id", "part", "code", "params", "at")
        return count, [{**dict(zip(names, row, strict=True)), "params": json.loads(row[4])} for row in rows]

    # ------------------------------------------------------------------ what is gone

    @contextmanager
    def presence(self, part: str) -> Iterator[Presence]:
        """Finds out which rows of a part are gone, when the whole of it is read."""
        with self._state.transaction() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS hub_present(kind TEXT, id TEXT, PRIMARY KEY(kind, id))")
            db.execute("DELETE FROM hub_present")
        try:
            yield Presence(self._state, self.key, part)
        finally:
            with self._state.transaction() as db:
                db.execute("DELETE FROM hub_present")


def _columns(entry: Entry) -> tuple[str, str, str, bytes]:
    return entry.kind, entry.id, entry.part, entry.digest


class Presence:
    """What of a part is still there; kept outside of memory. One at a time."""

    def __init__(self, state: SyncState, key: str, part: str) -> None:
        self._state = state
        self._key = key
        self._part = part

    def saw(self, kind: str, ids: Sequence[str]) -> None:
        """These rows are there."""
        with self._state.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO hub_present VALUES(?, ?)", [(kind, one) for one in ids])

    def gone(self) -> list[tuple[str, str]]:
        """Kind and id of every row of the part that the ledger has and nobody saw."""
        rows: set[tuple[str, str]] = set()
        for table in ("hub_row", "hub_refused"):
            rows |= set(
                self._state.all(
                    f"SELECT kind, id FROM {table} WHERE hub=? AND part=? "  # noqa: S608  # names from the line above
                    "AND (kind, id) NOT IN (SELECT kind, id FROM hub_present)",
                    self._key,
                    self._part,
                )
            )
        return sorted(rows)

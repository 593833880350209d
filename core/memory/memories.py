"""What is in the index of a vault, beside it in one SQLite file: each record as it was read, under its label.

A change is one transaction with a number, `seq`. Every memory keeps the number of its last change, and one that went
stays in `gone` until the index is without it too; so an index that is behind knows what it lacks.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from core.memory import beside
from core.memory.contents import Entry, Key, source_of

VERSION = 1
_BUSY_SECONDS = 30.0
_FURTHEST = 1 << 62
_FETCHED = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memory (
    label INTEGER PRIMARY KEY, kind TEXT, id TEXT, nth INTEGER, digest BLOB, seq INTEGER, source TEXT, project TEXT,
    conversation TEXT, position INTEGER, record BLOB
);
CREATE UNIQUE INDEX IF NOT EXISTS memory_key ON memory (kind, id, nth);
CREATE INDEX IF NOT EXISTS memory_thread ON memory (conversation, source, position);
CREATE INDEX IF NOT EXISTS memory_seq ON memory (seq);
CREATE INDEX IF NOT EXISTS memory_names ON memory (source, project);
CREATE TABLE IF NOT EXISTS gone (label INTEGER PRIMARY KEY, seq INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in the index under a key."""

    label: int
    digest: bytes
    seq: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A memory as it was read from the vault. `kind` is that of its corpus."""

    label: int
    kind: str
    id: str
    source: str
    conversation: str | None
    position: int | None
    record: Mapping[str, Any]


class Memories:
    """One file (None: in memory). Raises sqlite3.DatabaseError from every call when the file is damaged."""

    def __init__(self, path: Path | None) -> None:
        self._file = sqlite3.connect(
            ":memory:" if path is None else path, _BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.executescript(_SCHEMA)
        if self.note("version") not in (None, str(VERSION)):
            raise sqlite3.DatabaseError(f"version {self.note('version')}")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def note(self, name: str) -> str | None:
        """Something remembered beside the memories: `seen` and `models` of the vault, ..."""
        found = self._file.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    @property
    def seq(self) -> int:
        """The number of the last change."""
        return int(self.note("seq") or 0)

    def count(self) -> int:
        """How many memories there are."""
        return int(self._file.execute("SELECT count(*) FROM memory").fetchone()[0])

    def known(self) -> dict[Key, Known]:
        """Everything that is there, by key."""
        rows = self._file.execute("SELECT kind, id, nth, label, digest, seq FROM memory")
        return {(kind, name, nth): Known(label, digest, seq) for kind, name, nth, label, digest, seq in rows}

    def change(self, entries: Mapping[int, Entry], gone: Iterable[int], notes: Mapping[str, str]) -> int:
        """Put `entries` under their labels, take the labels `gone` away, and remember `notes`. Returns the new seq."""
        seq = self.seq + 1
        self._file.execute("BEGIN IMMEDIATE")
        try:
            labels = [(label, seq) for label in gone]
            self._file.executemany("DELETE FROM memory WHERE label = ?", ((label,) for label, _ in labels))
            self._file.executemany("INSERT OR REPLACE INTO gone VALUES (?, ?)", labels)
            self._file.executemany(
                "INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_columns(label, entry, seq) for label, entry in entries.items()),
            )
            written = {**notes, "version": str(VERSION), "seq": str(seq)}
            self._file.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", written.items())
            self._file.execute("COMMIT")
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        return seq

    def since(self, seq: int) -> list[int]:
        """The labels of memories that are gone since that change."""
        return [row[0] for row in self._file.execute("SELECT label FROM gone WHERE seq > ?", (seq,))]

    def forget_gone(self) -> None:
        """The index is without them now."""
        self._file.execute("DELETE FROM gone")

    def fetch(self, labels: Sequence[int]) -> dict[int, Stored]:
        """The memories of those labels that are there."""
        found: dict[int, Stored] = {}
        for at in range(0, len(labels), _FETCHED):
            some = labels[at : at + _FETCHED]
            marks = ",".join("?" * len(some))
            found |= {one.label: one for one in self._select(f"label IN ({marks})", some)}
        return found

    def find(self, name: str, kind: str | None = None) -> Stored | None:
        """The memory of that id; a turn before a conversation, the vault's own before other programs'."""
        kinds = ("node", "episode", *beside.KINDS) if kind is None else (kind,)
        for one in kinds:
            if found := self._select("kind = ? AND id = ? ORDER BY nth LIMIT 1", (one, name)):
                return found[0]
        return None

    def titles(self, conversations: Iterable[str]) -> dict[str, str]:
        """What those conversations are called, by their ids."""
        wanted, titles = list(set(conversations)), {}
        for at in range(0, len(wanted), _FETCHED):
            some = wanted[at : at + _FETCHED]
            for one in self._select(f"kind = 'episode' AND id IN ({','.join('?' * len(some))})", some):
                title = one.record.get("title")
                if isinstance(title, str) and title.strip():
                    titles[one.id] = title.strip()
        return titles

    def around(self, one: Stored, count: int) -> tuple[list[Stored], list[Stored]]:
        """Up to `count` turns before and after it in its conversation, in their order."""
        if one.conversation is None or one.position is None or one.kind != "node":
            return [], []
        place = (one.conversation, one.source, one.position, one.label, count)
        within = "kind = 'node' AND conversation = ? AND source = ? AND (position, label)"
        before = self._select(f"{within} < (?, ?) ORDER BY position DESC, label DESC LIMIT ?", place)
        after = self._select(f"{within} > (?, ?) ORDER BY position, label LIMIT ?", place)
        return before[::-1], after

    def names(self, column: str) -> list[str]:
        """The different sources or projects that there are, sorted."""
        assert column in ("source", "project")
        rows = self._file.execute(f"SELECT DISTINCT {column} FROM memory WHERE {column} > '' ORDER BY 1")  # noqa: S608
        return [row[0] for row in rows]

    def _select(self, where: str, values: Sequence[Any]) -> list[Stored]:
        rows = self._file.execute(
            f"SELECT label, kind, id, source, conversation, position, record FROM memory WHERE {where}",  # noqa: S608
            values,
        )
        return [
            Stored(label, kind, name, source, conversation, position, _parsed(record))
            for label, kind, name, source, conversation, position, record in rows
        ]


def _columns(label: int, entry: Entry, seq: int) -> tuple[Any, ...]:
    kind, name, nth = entry.key
    row = entry.row
    position = None if row.position is None else max(-_FURTHEST, min(_FURTHEST, row.position))
    names = (_text(source_of(row)), _text(row.project), _text(row.conversation))
    return (label, kind, name, nth, entry.digest, seq, *names, position, entry.content)


def _text(value: str | None) -> str | None:
    """SQLite takes no halves of surrogate pairs."""
    return None if value is None else value.encode("utf-8", "replace").decode()


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads(content)
    except orjson.JSONDecodeError:  # halves of surrogate pairs, integers beyond 64 bits
        found = json.loads(content)
    return found

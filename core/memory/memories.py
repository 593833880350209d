"""What is in the index of a vault, beside it in one SQLite file: each record as it was read, under its label.

Beside them stands what tells whether a record has changed, a line each in the order of its file, part by part
(core.memory.differences).

A change is one transaction with a number, `seq`. Every memory keeps the number of its last change, and one that went
stays in `gone` until the index is without it too; so an index that is behind knows what it lacks.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from core.memory import beside
from core.memory.contents import Entry, Key, source_of
from core.memory.differences import LINE, Known

VERSION = 3
_BUSY_SECONDS = 30.0
_FURTHEST = 1 << 62
_FETCHED = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memory (
    label INTEGER PRIMARY KEY, kind TEXT, id TEXT, seq INTEGER, source TEXT, project TEXT, conversation TEXT,
    position INTEGER, record BLOB
);
CREATE INDEX IF NOT EXISTS memory_key ON memory (kind, id);
CREATE INDEX IF NOT EXISTS memory_thread ON memory (conversation, source, position);
CREATE INDEX IF NOT EXISTS memory_seq ON memory (seq);
CREATE INDEX IF NOT EXISTS memory_names ON memory (source, project);
CREATE TABLE IF NOT EXISTS gone (label INTEGER PRIMARY KEY, seq INTEGER);
CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, model TEXT, checksum BLOB, lines BLOB);
"""


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
            ":memory:" if path is None else path,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=NORMAL")
            self._file.executescript(_SCHEMA)
            if self.note("version") not in (None, str(VERSION)):
                raise sqlite3.DatabaseError(f"version {self.note('version')}")
        except sqlite3.DatabaseError:
            self._file.close()  # it is about to be removed, which Windows does to no open file
            raise

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

    def known(self) -> dict[str, Known]:
        """What is there of each part of the vault. Raises sqlite3.DatabaseError when it is damaged."""
        found = {}
        for name, model, checksum, lines in self._file.execute("SELECT name, model, checksum, lines FROM part"):
            if _checksum(lines) != checksum or len(lines) % LINE.itemsize:
                raise sqlite3.DatabaseError(f"what is known of {name} is damaged")
            found[name] = Known(model, np.frombuffer(lines, LINE))
        return found

    def stored(self, labels: Iterable[int]) -> Iterator[tuple[int, Key, bytes]]:
        """Label, key and content of the memories of those labels that are there."""
        wanted = list(labels)
        for at in range(0, len(wanted), _FETCHED):
            some = wanted[at : at + _FETCHED]
            where = f"label IN ({','.join('?' * len(some))})"
            for label, kind, name, content in self._file.execute(
                f"SELECT label, kind, id, record FROM memory WHERE {where}",  # noqa: S608
                some,
            ):
                yield label, (kind, name), content

    def change(
        self, entries: Mapping[int, Entry], gone: Iterable[int], notes: Mapping[str, str], known: Mapping[str, Known]
    ) -> int:
        """Put `entries` under their labels, take the labels `gone` away, and remember `notes` and what is now `known`.

        Returns the new seq.
        """
        seq = self.seq + 1
        self._file.execute("BEGIN IMMEDIATE")
        try:
            labels = [(label, seq) for label in gone]
            self._file.executemany("DELETE FROM memory WHERE label = ?", ((label,) for label, _ in labels))
            self._file.executemany("INSERT OR REPLACE INTO gone VALUES (?, ?)", labels)
            self._file.executemany(
                "INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_columns(label, entry, seq) for label, entry in entries.items()),
            )
            self._file.execute("DELETE FROM part")
            for name, one in known.items():
                lines = one.lines.tobytes()
                self._file.execute("INSERT INTO part VALUES (?, ?, ?, ?)", (name, one.model, _checksum(lines), lines))
            written = {**notes, "version": str(VERSION), "seq": str(seq)}
            self._file.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", written.items())
            self._file.execute("COMMIT")
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        return seq

    def changed_since(self, seq: int) -> list[int]:
        """The labels of memories that were put since that change."""
        return [row[0] for row in self._file.execute("SELECT label FROM memory WHERE seq > ?", (seq,))]

    def gone_since(self, seq: int) -> list[int]:
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
            found = self._file.execute("SELECT label FROM memory WHERE kind = ? AND id = ?", (one, name)).fetchall()
            if found:
                return self._first([row[0] for row in found])
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

    def _first(self, labels: Sequence[int]) -> Stored:
        """Of memories with the same id, the one that comes first in its file."""
        if len(labels) > 1:
            inside = np.concatenate([one.lines["label"] for one in self.known().values()])
            labels = inside[np.isin(inside, labels)][:1].tolist()
        return self.fetch(labels)[labels[0]]

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
    kind, name = entry.key
    row = entry.row
    position = None if row.position is None else max(-_FURTHEST, min(_FURTHEST, row.position))
    names = (_text(source_of(row)), _text(row.project), _text(row.conversation))
    return (label, kind, name, seq, *names, position, entry.content)


def _checksum(lines: bytes) -> bytes:
    return hashlib.blake2b(lines, digest_size=16).digest()


def _text(value: str | None) -> str | None:
    """SQLite takes no halves of surrogate pairs."""
    return None if value is None else value.encode("utf-8", "replace").decode()


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads(content)
    except orjson.JSONDecodeError:  # halves of surrogate pairs, integers beyond 64 bits
        found = json.loads(content)
    return found

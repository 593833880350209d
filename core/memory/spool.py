"""What an import found, on the disk until it is committed: records that are new to a vault or differ from what it has.

The file is private to one import, holds no more than it needs to, and is worth nothing after a crash: what was not
committed is read again.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import orjson

from core.files import FileError
from core.memory.importers import Encoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FINGERPRINT = re.compile(rb'"([0-9a-f]{16})([0-9a-f]{16})"')
_BLOCK = 1 << 20
_HALF = 1 << 63


class Known:
    """The fingerprints that a vault's dedup index holds: 16 bytes each."""

    def __init__(self, keys: NDArray[np.uint64], contents: NDArray[np.uint64]) -> None:
        order = np.argsort(keys, kind="stable")
        self._keys, self._contents = keys[order], contents[order]

    @classmethod
    def read(cls, file: BinaryIO | None) -> Known:
        """Out of an open dedup index. Ids of other programs are passed over."""
        keys, contents = bytearray(), bytearray()
        rest = b""
        while file is not None and (block := file.read(_BLOCK)):
            data = rest + block
            end = 0
            for found in _FINGERPRINT.finditer(data):
                keys += bytes.fromhex(found[1].decode())
                contents += bytes.fromhex(found[2].decode())
                end = found.end()
            rest = data[max(end, len(data) - 40) :]
        return cls(np.frombuffer(bytes(keys), ">u8").astype("<u8"), np.frombuffer(bytes(contents), ">u8").astype("<u8"))

    def __len__(self) -> int:
        return len(self._keys)

    def look(self, key: int, content: int) -> bool | None:
        """Whether this very record was taken once; None when there was none with its key."""
        at = int(np.searchsorted(self._keys, np.uint64(key)))
        found = None
        while at < len(self._keys) and int(self._keys[at]) == key:
            if int(self._contents[at]) == content:
                return True
            found, at = False, at + 1
        return found


@dataclass(frozen=True)
class Taken:
    """What became of a record that was offered."""

    is_new: bool
    is_changed: bool


NOTHING, NEW, CHANGED = Taken(False, False), Taken(True, False), Taken(False, True)


class Spool:
    """The records for one corpus, in order. It is a core.vault.merging.Merge."""

    def __init__(self, path: Path, known: Known, *, all_may_be_there: bool = False) -> None:
        """`all_may_be_there`: the vault has records whose fingerprints are not known."""
        self._known = known
        self._doubt = all_may_be_there
        self._changed: set[str] = set()
        self._declined: set[str] = set()
        self.width: int | None = None
        self.replaced_count = 0
        try:
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            for statement in (
                "PRAGMA journal_mode=OFF",
                "PRAGMA synchronous=OFF",
                "PRAGMA locking_mode=EXCLUSIVE",
                "PRAGMA cache_size=-8192",
                "CREATE TABLE record (n INTEGER PRIMARY KEY, key INTEGER UNIQUE, id TEXT, content INTEGER, "
                "placed INTEGER, data BLOB)",
                "CREATE TABLE row (key INTEGER PRIMARY KEY, vector BLOB)",
                "BEGIN",
            ):
                self._database.execute(statement)
        except sqlite3.Error as error:
            raise _failed(error, path) from error
        self._path = path

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def take(self, record: Encoded) -> Taken:
        """Keep the record unless the vault has it. Of two with the same id the better one stays (`settled`)."""
        seen = self._known.look(record.key, record.content)
        if seen:
            return NOTHING
        values = (record.key - _HALF, record.id, record.content - _HALF, record.data)
        try:
            done = self._database.execute(
                "INSERT OR IGNORE INTO record (key, id, content, placed, data) VALUES (?, ?, ?, 0, ?)", values
            )
            if not done.rowcount:
                return self._settle_here(record)
        except sqlite3.Error as error:
            raise _failed(error, self._path) from error
        if seen is False or self._doubt:
            self._changed.add(record.id)
        return NEW if seen is None else CHANGED

    def _settle_here(self, record: Encoded) -> Taken:
        row = self._database.execute("SELECT data FROM record WHERE key = ?", (record.key - _HALF,)).fetchone()
        better = settled(orjson.loads(row[0]), orjson.loads(record.data))
        if better is None:
            self._declined.add(record.fingerprint)
        else:
            values = (record.content - _HALF, orjson.dumps(better), record.key - _HALF)
            self._database.execute("UPDATE record SET content = ?, data = ? WHERE key = ?", values)
        return NOTHING

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM record").fetchone()[0])

    # What is embedded

    def batches(self, size: int) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        """The records with their keys, `size` at a time."""
        last = 0
        while True:
            rows = self._database.execute(
                "SELECT n, key, data FROM record WHERE n > ? ORDER BY n LIMIT ?", (last, size)
            ).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield [(key, orjson.loads(data)) for _, key, data in rows]

    def keep_rows(self, rows: Iterable[tuple[int, bytes]], width: int) -> None:
        """The vectors of records, by key."""
        try:
            self._database.executemany("INSERT OR REPLACE INTO row VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            raise _failed(error, self._path) from error
        self.width = width

    # What the vault asks

    @property
    def replaces(self) -> bool:
        """See Merge."""
        return bool(self._changed)

    def replaced(self, record: Mapping[str, Any]) -> bytes | None:
        """See Merge."""
        name = record.get("id")
        if not isinstance(name, str) or name not in self._changed:
            return None
        found = self._database.execute("SELECT n, data FROM record WHERE id = ? AND placed = 0", (name,)).fetchall()
        for number, data in found:
            new = orjson.loads(data)
            if new.get("source") != record.get("source"):
                continue
            self._database.execute("UPDATE record SET placed = 1 WHERE n = ?", (number,))
            better = settled(record, new)
            if better is None:
                return None
            self.replaced_count += 1
            return orjson.dumps(better)
        return None

    def row(self, record_id: str) -> bytes | None:
        """See Merge."""
        found = self._database.execute(
            "SELECT vector FROM row JOIN record USING (key) WHERE id = ?", (record_id,)
        ).fetchone()
        return None if found is None else bytes(found[0])

    def added(self) -> Iterator[bytes]:
        """See Merge."""
        for (data,) in self._database.execute("SELECT data FROM record WHERE placed = 0 ORDER BY n"):
            yield bytes(data)

    def added_rows(self) -> Iterator[bytes | None]:
        """See Merge."""
        query = "SELECT vector FROM record LEFT JOIN row USING (key) WHERE placed = 0 ORDER BY n"
        for (vector,) in self._database.execute(query):
            yield None if vector is None else bytes(vector)

    def index_by_id(self) -> None:
        """Make `replaced` and `row` quick. Call it once before the vault asks."""
        if self._changed:
            self._database.execute("CREATE INDEX by_id ON record (id)")

    def fingerprints(self) -> tuple[Iterator[str], int]:
        """Of everything that was offered and is not to be looked at again, and how many these are."""
        query = "SELECT count(*) FROM record WHERE key = ? AND content = ?"
        declined = [
            one
            for one in sorted(self._declined)
            if not self._database.execute(query, (int(one[:16], 16) - _HALF, int(one[16:], 16) - _HALF)).fetchone()[0]
        ]

        def each() -> Iterator[str]:
            for key, content in self._database.execute("SELECT key, content FROM record ORDER BY n"):
                yield f"{key + _HALF:016x}{content + _HALF:016x}"
            yield from declined

        return each(), len(self) + len(declined)


def settled(old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What of two records with one id stands: None for the old one as it is.

    The later one does, of the same moment the one that says more; a transcript that was cut keeps what it had said; a
    message that another session repeats stays with the first.
    """
    if old == new or old.get("conversation_id") != new.get("conversation_id"):
        return None
    if (_moved(new), _extent(new)) < (_moved(old), _extent(old)):
        return None
    if "messages" not in new or new.get("source") != "claude-code":
        return new
    before, after = list(old.get("messages") or ()), list(new["messages"])
    if before == after[: len(before)]:
        return new
    missing = [message for message in before if message not in after]
    if not missing:
        return new
    joined = sorted([*missing, *after], key=lambda message: str(message.get("timestamp", "")))
    return {**new, "messages": joined}


def _moved(record: Mapping[str, Any]) -> str:
    """When it last changed, as far as it says: ISO 8601 in UTC, which sorts."""
    return str(record.get("updated_at") or record.get("created_at") or "")


def _extent(record: Mapping[str, Any]) -> int:
    """How much it says: messages of an episode, characters of a node."""
    if "messages" in record:
        return len(record["messages"] or ())
    return sum(len(str(record.get(name) or "")) for name in ("human_content", "assistant_content"))


def _failed(error: sqlite3.Error, path: Path) -> FileError:
    if "full" in str(error):
        return FileError("files.disk_full", path=str(path))
    return FileError("files.not_writable", path=str(path), reason=str(error))

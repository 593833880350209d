"""The search index of a vault, in `cache/search/`: derived from corpus and vectors alone, made again when it is lost.

    memories.db   the records that are indexed (core.memory.memories), each with its label
    index/        words and vectors by label (core.memory.index)
    lock          held by the one process that brings both up to the vault

- Every search begins with a look at the vault's manifest: an answer is always of what the vault holds now. When it has
  moved, records are compared by hash (core.memory.differences) and only those that changed are indexed.
- The records are written first, the index after them; a crash in between leaves the index behind its records, by its
  number, and the next look indexes what it lacks.
- Any number of processes read. When another one brings it up to date this one waits for it, and when it takes too long
  or the folder cannot be written, makes an index of its own in memory.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.errors import BusyError, CogzyError
from core.files import FileError, remove_tree, translated
from core.memory.contents import Contents, read_contents, seen_now
from core.memory.differences import differences
from core.memory.index import EmbeddedIndex, Hit, Query
from core.memory.memories import Memories, Stored
from core.vault import reading

FOLDER = "cache/search"
WAIT_SECONDS = 60.0
"""For another process that brings the index up to date; longer than that takes for 500,000 memories."""
_BATCH = 1000
_log = logging.getLogger(__name__)


class StoppedError(CogzyError):
    """The index was closed while it was made."""


@dataclass(frozen=True)
class Current:
    """The index as of now. `models`: how many vectors each model made, None for no known one. `waiting`: how many nodes
    have no vector, of how many."""

    seen: str
    memories: Memories
    index: EmbeddedIndex
    models: Mapping[str | None, int]
    problems: tuple[CogzyError, ...]
    waiting: tuple[int, int]


class VaultIndex:
    """What can be found in the vault at `root`. Its methods block; any thread may call them, one works at a time.

    They raise DamageError when nothing of the vault can be read, and BusyError while it is being reset.
    """

    def __init__(self, root: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._root = root
        self._folder = root / FOLDER
        self._wait_seconds = wait_seconds
        self._current: Current | None = None
        self._lock = threading.RLock()
        self._stop = threading.Event()

    @contextlib.contextmanager
    def now(self) -> Iterator[Current]:
        """The index of what the vault holds now; it stays open while the block lasts."""
        with self._lock:
            manifest = reading.refreshed(self._root)
            seen = seen_now(self._root, manifest)
            if self._current is None or self._current.seen != seen:
                self._let_go()
                self._current = self._brought_up(seen)
            yield self._current

    def search(self, query: Query, offset: int = 0) -> list[tuple[Hit, Stored]]:
        """The hits of a query with their memories, best first; without the best `offset`."""
        with self.now() as current:
            hits = current.index.search(query)[offset:]
            found = current.memories.fetch([hit.label for hit in hits])
            return [(hit, found[hit.label]) for hit in hits if hit.label in found]

    def close(self) -> None:
        """Let go of the files; an index that is just being made is given up."""
        self._stop.set()
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        current, self._current = self._current, None
        if current is not None:
            current.index.close()
            current.memories.close()

    def _brought_up(self, seen: str) -> Current:
        try:
            with self._only_one():
                try:
                    return self._on_disk(seen)
                except sqlite3.DatabaseError as error:
                    _log.warning("the search index is damaged, or of another version, and is made again: %s", error)
                    with translated(self._folder):
                        remove_tree(self._folder / "index")
                        for name in ("memories.db", "memories.db-wal", "memories.db-shm"):
                            (self._folder / name).unlink(missing_ok=True)
                    return self._on_disk(seen)
        except (FileError, BusyError, sqlite3.DatabaseError) as error:
            if isinstance(error, BusyError) and error.code != "memory.index_in_use":
                raise
            _log.warning("the search index is made in memory: %s", error)
        return self._in_memory()

    def _on_disk(self, seen: str) -> Current:
        with contextlib.ExitStack() as opened:
            memories = Memories(self._folder / "memories.db")
            opened.callback(memories.close)
            index = self._opened_index(opened)
            if index.seq > memories.seq:  # of records that were lost
                index.close()
                with translated(self._folder):
                    remove_tree(self._folder / "index")
                index = self._opened_index(opened)
            problems: tuple[CogzyError, ...] = ()
            if memories.note("seen") != seen or index.seq != memories.seq or memories.note("problems"):
                contents = read_contents(self._root, reading.current(self._root), memories.known())
                seen, problems = contents.seen, contents.problems
                if memories.note("seen") != seen or index.seq != memories.seq:
                    self._change(memories, index, contents)
                    index.reads_on()
            opened.pop_all()
            return Current(seen, memories, index, _models(memories), problems, _waiting(memories))

    def _opened_index(self, opened: contextlib.ExitStack) -> EmbeddedIndex:
        index = EmbeddedIndex(self._folder / "index", None)
        opened.callback(index.close)
        return index

    def _in_memory(self) -> Current:
        memories, index = Memories(None), EmbeddedIndex(None, None)
        contents = read_contents(self._root, reading.current(self._root))
        self._change(memories, index, contents)
        return Current(contents.seen, memories, index, contents.models, contents.problems, contents.waiting)

    def _change(self, memories: Memories, index: EmbeddedIndex, contents: Contents) -> None:
        """Bring both up to `contents`."""
        found = differences(
            contents,
            memories.stored,
            memories.changed_since(index.seq),
            int(memories.note("next") or 1),
            self._check,
        )
        notes = {
            "seen": contents.seen,
            "models": json.dumps(list(contents.models.items())),
            "waiting": json.dumps(contents.waiting),
            "problems": "yes" if contents.problems else "",
            "next": str(found.next_label),
        }
        gone_before = memories.gone_since(index.seq)
        seq = memories.change(found.entries, found.gone, notes, found.known)
        lost = {*found.gone, *gone_before} - found.entries.keys()
        if lost:
            index.delete(lost)
        remaining = iter(found.entries.items())
        while some := list(islice(remaining, _BATCH)):
            self._check()
            index.add([entry.indexed(label) for label, entry in some])
        index.flush(seq)
        memories.forget_gone()

    def _check(self) -> None:
        if self._stop.is_set():
            raise StoppedError("client.cancelled")

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        """Only one process at a time brings the index up to date. Raises BusyError, FileError."""
        from filelock import FileLock, Timeout

        with translated(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(self._folder / "lock", mode=0o600, thread_local=False, poll_interval=0.02)
            try:
                lock.acquire(timeout=self._wait_seconds)
            except Timeout as error:
                raise BusyError("memory.index_in_use", path=str(self._folder)) from error
        try:
            yield
        finally:
            lock.release()


def _models(memories: Memories) -> dict[str | None, int]:
    return dict(json.loads(memories.note("models") or "[]"))


def _waiting(memories: Memories) -> tuple[int, int]:
    waiting, total = json.loads(memories.note("waiting") or "[0, 0]")
    return int(waiting), int(total)

"""The search index of one shard file, kept in step with the file's rows.

- The rows are the truth; the index is derived from them and can always be made again.
- `seq` is how far the index has everything: what was flushed at that number needs no more than the changes after it.
  Commits are applied in their order; one that could not be applied leaves the index behind, and it catches up.
- Whoever changes the index holds `lock`; searches and flushes do not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.akosha.store import Change, StoredMemory, StoreError
from core.errors import CogzyError
from core.files import remove_tree
from core.memory.index import EmbeddedIndex, IndexRecord
from core.process import trim_heaps
from core.storage.threads import beside

if TYPE_CHECKING:
    from core.memory.index import Hit, MemoryIndex, Query

MOST_ROWS, MOST_SIZE = 1000, 16 << 20
"""Of a batch that is read from the rows: how many, and about how many bytes, so that long texts stay bounded."""

_log = logging.getLogger(__name__)


class Rows(Protocol):
    """What of a HubStore an index reads."""

    async def changes(self, file: int, after_seq: int, limit: int) -> list[Change]: ...
    async def fetch(self, labels: Sequence[int]) -> list[StoredMemory]: ...
    def seq(self, file: int) -> int: ...


class Batches:
    """Changes of a shard file, batch by batch: fewer after long ones, more after short ones."""

    def __init__(self, rows: Rows, file: int) -> None:
        self._rows = rows
        self._file = file
        self.size = MOST_ROWS // 4

    async def read(self, after_seq: int) -> list[Change]:
        """The next changes after `after_seq`; none: there are no more. Raises StoreError."""
        while True:
            try:
                changes = await self._rows.changes(self._file, after_seq, self.size)
            except StoreError as error:  # texts so long that so many of them have no room
                if error.code != "akosha.data_too_large" or self.size == 1:
                    raise
                self.size = max(self.size // 4, 1)
            else:
                break
        rows = [change.stored.row for change in changes if change.stored is not None]
        heavy = sum(len(row.text) + len(row.vector or b"") for row in rows) > MOST_SIZE
        self.size = max(self.size // 4, 1) if heavy else min(2 * self.size, MOST_ROWS)
        return changes


class ShardIndex:
    """One index in `folder`; `file` is the number of the shard file whose rows it holds."""

    def __init__(self, file: int, folder: Path, rows: Rows) -> None:
        self.file = file
        self.folder = folder
        self.lock = asyncio.Lock()
        self.seq = 0
        self.flushed = 0
        self.unflushed = 0
        self.current = asyncio.Event()
        self.problem: str | None = None
        self._rows = rows
        self._index: MemoryIndex | None = None
        self._commits: set[asyncio.Task[None]] = set()

    @property
    def count(self) -> int:
        """Memories in the index."""
        return self._opened.count()

    def search(self, query: Query) -> Sequence[Hit]:
        """The hits of this index. Blocks."""
        return self._opened.search(query)

    async def open(self) -> None:
        """Open what was flushed last. An index that is ahead of its rows belongs to other rows and is made again."""
        self._index = await beside(self._open)
        self.seq = self.flushed = self._opened.seq
        if self.seq > self._rows.seq(self.file):
            _log.warning("the index of shard file %d is ahead of its rows and is made again", self.file)
            await self.begin_again()

    async def begin_again(self) -> None:
        """Empty the index, in order to make it from the first row on."""
        async with self.lock:
            self.current.clear()
            await beside(self._empty)
            self.seq = self.flushed = 0

    async def committed(self, changes: Sequence[Change]) -> None:
        """Apply a commit. When the caller is cancelled, it is applied all the same."""
        task = asyncio.create_task(self._apply_commit(changes))
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)
        await asyncio.shield(task)

    async def catch_up(self, most: int | None = None) -> None:
        """Apply the changes that the index is without, at most about `most` of them, and note whether it is current.

        It goes in batches, between which commits and searches go on.
        """
        applied, batches = 0, Batches(self._rows, self.file)
        while most is None or applied < most:
            async with self.lock:
                changes = await batches.read(self.seq)
                if not changes:
                    self.current.set()
                    self.problem = None
                    return
                await beside(partial(self._apply, changes))
                self.seq = changes[-1].seq
            applied += len(changes)

    async def amend(self, labels: Sequence[int], records: Callable[[list[StoredMemory]], list[IndexRecord]]) -> None:
        """Index anew what `records` makes of those rows as they are now; no commit comes between."""
        async with self.lock:
            amended = records(await self._rows.fetch(labels))
            if amended:
                await beside(lambda: self._opened.add(amended))
                self.unflushed += len(amended)

    async def flush(self) -> None:
        """Make everything up to `seq` durable. Commits go on meanwhile: what they add beyond it is applied again."""
        seq, self.unflushed = self.seq, 0
        await beside(partial(self._flush, seq))
        self.flushed = seq
        if self.current.is_set():
            self.problem = None

    async def settle(self) -> None:
        """Wait until every commit that was told of is applied."""
        if self._commits:
            await asyncio.wait(self._commits)

    async def close(self) -> None:
        """Let go of the index. The next opening needs only what came after the last flush."""
        if self._index is None:
            return
        async with self.lock:
            await beside(self._opened.close)
            self._index = None

    @property
    def _opened(self) -> MemoryIndex:
        if self._index is None:
            raise RuntimeError("the index is not open")
        return self._index

    def _open(self) -> MemoryIndex:
        index = EmbeddedIndex(self.folder, None)
        trim_heaps()  # of rows that were sorted and linked
        return index

    def _flush(self, seq: int) -> None:
        self._opened.flush(seq)
        trim_heaps()  # of postings that were merged

    def _empty(self) -> None:
        self._opened.close()
        remove_tree(self.folder)
        self._index = self._open()

    async def _apply_commit(self, changes: Sequence[Change]) -> None:
        async with self.lock:
            changes = [change for change in changes if change.seq > self.seq]
            if not changes:
                return
            try:
                await beside(lambda: self._apply(changes))
            except Exception as error:  # noqa: BLE001  # the rows are stored, so the put has succeeded; the index catches up
                self.fell_behind(error)
                return
            if self.current.is_set():
                self.seq = max(change.seq for change in changes)

    def fell_behind(self, error: Exception) -> None:
        """Note that the index is without some rows, and why."""
        self.current.clear()
        self.note(error)

    def note(self, error: Exception) -> None:
        """Note what went wrong while the index was written, until it goes right."""
        self.problem = error.title if isinstance(error, CogzyError) else type(error).__name__
        _log.error("the index of shard file %d could not be written (%s)", self.file, self.problem, exc_info=error)

    def _apply(self, changes: Sequence[Change]) -> None:
        self.unflushed += len(changes)
        newest = {change.label: change for change in changes}.values()
        deleted = [change.label for change in newest if change.stored is None]
        if deleted:
            self._opened.delete(deleted)
        records = [index_record(change.stored) for change in newest if change.stored is not None]
        if records:
            self._opened.add(records)


def index_record(stored: StoredMemory, vector: bytes | None = None, model: str | None = None) -> IndexRecord:
    """How a memory is indexed: with its own vector, or with one that was made here, by `model`."""
    row = stored.row
    return IndexRecord(
        label=stored.label,
        text=row.text,
        vector=vector or row.vector,
        system=stored.system_id,
        kind=row.kind,
        project=row.project,
        created_at=row.created_at,
        conversation=row.conversation,
        position=row.position,
        speaker=row.speaker,
        model=model if vector else row.model,
    )

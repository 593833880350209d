"""The hub's indexes: one for each shard file, current with the rows before a put is acknowledged.

    indexing = Indexing(data_dir, shard_files=n, embedder=embedder)
    store = await HubStore.open(data_dir, shard_files=n, on_commit=indexing.on_commit)
    await indexing.open(store)
    ...
    await indexing.close()
    await store.close()

At opening an index catches up from what was flushed last. A short way is gone before `open` returns; a long one (a new
or damaged index) in the background, and a search says meanwhile that it is partial.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.akosha.search.embedding_rows import RowEmbedding
from core.akosha.search.query import DEADLINE_SECONDS, DistributedQueryEngine
from core.akosha.search.searchers import IndexSearcher, Workers
from core.akosha.search.shard_index import Rows, ShardIndex
from core.akosha.shards import ShardRouter

if TYPE_CHECKING:
    from core.akosha.store import Change
    from core.memory.embedding import Embedder

SHORT_WAY = 5_000
"""Changes that are caught up before the hub is ready."""
FLUSH_CHANGES, FLUSH_SECONDS = 20_000, 30.0
RETRY_SECONDS, MOST_RETRY_SECONDS = 1.0, 60.0
TRIES = 3
"""An index that could not catch up so often is made again from its rows."""
_LOOK_SECONDS = 0.5

_log = logging.getLogger(__name__)


class Indexing:
    """All indexes of a hub, under `data_dir`/index."""

    def __init__(
        self,
        data_dir: Path,
        *,
        shard_files: int = 1,
        embedder: Embedder | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._folder = data_dir / "index"
        self._shard_files = shard_files
        self._embedder = embedder
        self._deadline = deadline_seconds
        self._kept: list[_Kept] = []
        self._workers = Workers()
        self._tasks: list[asyncio.Task[None]] = []
        self.engine = DistributedQueryEngine({}, deadline_seconds=deadline_seconds)

    async def open(self, rows: Rows) -> None:
        """Open every index and bring it up to its rows; see above for how long that takes."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in range(self._shard_files):
            self._kept.append(await self._open(file, rows))
        router = ShardRouter()
        searchers = [IndexSearcher(kept.index.search, self._workers, hangs_after=self._deadline) for kept in self._kept]
        self.engine = DistributedQueryEngine(
            {shard: searchers[router.file_of_shard(shard, self._shard_files)] for shard in range(router.shards)},
            deadline_seconds=self._deadline,
            router=router,
            workers=self._workers,
        )
        for kept in self._kept:
            await kept.catch_up(SHORT_WAY)
            self._tasks.append(asyncio.create_task(kept.tend()))
            if kept.embedding is not None:
                self._tasks.append(asyncio.create_task(kept.embedding.run()))

    async def on_commit(self, file: int, changes: Sequence[Change]) -> None:
        """Index a commit of a shard file. What is committed before `open` is caught up by it."""
        if file < len(self._kept):
            await self._kept[file].committed(changes)

    @property
    def indexed(self) -> int:
        """Memories in all indexes."""
        return sum(kept.index.count for kept in self._kept)

    @property
    def is_current(self) -> bool:
        """Whether searches see every row."""
        return all(kept.index.current.is_set() for kept in self._kept)

    @property
    def is_embedding(self) -> bool:
        """Whether rows are waiting for a vector that the embedder can make."""
        return any(kept.embedding is not None and not kept.embedding.idle.is_set() for kept in self._kept)

    async def caught_up(self) -> None:
        """Wait until searches see every row."""
        for kept in self._kept:
            await kept.index.current.wait()

    async def embedded(self) -> None:
        """Wait until every row that can have a vector of the model has one."""
        for kept in self._kept:
            if kept.embedding is not None:
                await kept.embedding.idle.wait()

    def status(self) -> dict[str, Any]:
        """The indexes for `hub_status`: how many memories they hold, whether that is all of them, and why not."""
        problems = [kept.index.problem for kept in self._kept if kept.index.problem]
        told: dict[str, Any] = {
            "indexed": self.indexed,
            "partial": not self.is_current,
            "problem": problems[0] if problems else None,
            "embedding": None,
        }
        following = [kept.embedding for kept in self._kept if kept.embedding is not None]
        if self._embedder is not None:
            told["embedding"] = {
                "model": self._embedder.model,
                "behind": self.is_embedding,
                "embedded": sum(one.embedded for one in following),
                "problem": next((one.problem for one in following if one.problem), None),
            }
        return told

    async def flush(self) -> None:
        """Make everything that is indexed durable."""
        for kept in self._kept:
            await kept.flush()

    async def close(self) -> None:
        """Stop the background work, flush, close. Searches that still run are given up."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()
        self._workers.close()
        for kept in self._kept:
            await kept.close()
        self._kept.clear()

    async def _open(self, file: int, rows: Rows) -> _Kept:
        index = ShardIndex(file, self._folder / f"{file:02}", rows)
        await index.open()
        place = self._folder / f"{file:02}.embedded.json"
        if index.flushed == 0:
            place.unlink(missing_ok=True)
        embedding = None
        if self._embedder is not None:
            embedding = RowEmbedding(index, rows, self._embedder, place)
            embedding.open()
        return _Kept(index, embedding)


class _Kept:
    """An index with what keeps it: the flushing, the catching up, the embedding."""

    def __init__(self, index: ShardIndex, embedding: RowEmbedding | None) -> None:
        self.index = index
        self.embedding = embedding
        self._flushed_at = time.monotonic()
        self._failures = 0

    async def committed(self, changes: Sequence[Change]) -> None:
        await self.index.committed(changes)
        if self.embedding is not None:
            self.embedding.stored()

    async def catch_up(self, most: int) -> None:
        """Catch up by about `most` changes; what stops it is noted, and `tend` tries again."""
        try:
            await self.index.catch_up(most)
            self._failures = 0
        except Exception as error:  # noqa: BLE001  # noted, shown in the status and tried again
            self.index.fell_behind(error)
            self._failures += 1
        if self.embedding is not None:
            self.embedding.stored()

    async def tend(self) -> None:
        """Catch up when it is behind, flush now and then; until cancelled."""
        while True:
            if not self.index.current.is_set():
                await self.catch_up(FLUSH_CHANGES)
            try:
                if self._failures and self._failures % TRIES == 0:
                    await self.index.begin_again()
                await self._flush_when_due()
            except Exception as error:  # noqa: BLE001  # noted, shown in the status and tried again
                self.index.note(error)
            await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        if self._failures:
            return float(min(RETRY_SECONDS * 2.0 ** min(self._failures, 10), MOST_RETRY_SECONDS))
        return _LOOK_SECONDS if self.index.current.is_set() else 0.0

    async def flush(self) -> None:
        await self.index.flush()
        if self.embedding is not None:
            await self.embedding.flush()
        self._flushed_at = time.monotonic()

    async def close(self) -> None:
        await self.index.settle()
        try:
            await self.flush()
        except Exception as error:  # noqa: BLE001  # logged; the next opening catches up from the last flush
            self.index.note(error)
        await self.index.close()

    async def _flush_when_due(self) -> None:
        since = time.monotonic() - self._flushed_at
        if self.index.unflushed >= FLUSH_CHANGES or (self.index.unflushed and since >= FLUSH_SECONDS):
            await self.flush()

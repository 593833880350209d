"""HubStore: the rows of every system, in a few DuckDB files.

- A put that returned is on the disk, and `on_commit` has run for it: what derives from the rows has heard of it.
- The event loop never waits: rows are checked and read in threads, and written in one thread a shard file (writer.py
  says how pushes and big uploads get along).
- All of a system is in one file, found by its shard. Files are made when their first system comes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from core.akosha.shards import ShardRouter
from core.akosha.store import graph, reading
from core.akosha.store.database import ShardFile, Sizes, create_file, open_file
from core.akosha.store.folder import DataFolder
from core.akosha.store.graph import Graph, GraphPaths
from core.akosha.store.jobs import Job
from core.akosha.store.model import (
    Change,
    Counts,
    ItemError,
    PutResult,
    StoredMemory,
    SystemInfo,
    UploadRecord,
    UploadState,
)
from core.akosha.store.preparing import Prepared, clocked, prepare
from core.akosha.store.publishing import OnCommit, OpenShard
from core.akosha.store.spool import Spool
from core.akosha.store.upload import UploadTransaction
from core.akosha.store.writing import Marker
from core.errors import BusyError, UsageError
from core.memory.rows import MemoryRow, Tombstone

_THREADS = 4
"""Checking, hashing and reading; the writers have their own."""
_MOST_SYSTEM_ID = 128
P = ParamSpec("P")
T = TypeVar("T")


class HubStore:
    """Opened by one process at a time. Every method is for the event loop that opened it."""

    def __init__(self, folder: DataFolder, sizes: Sizes, on_commit: OnCommit | None) -> None:
        """Use `open`."""
        self._folder = folder
        self._sizes = sizes
        self._on_commit = on_commit
        self._router = ShardRouter()
        self._open: dict[int, OpenShard] = {}
        self._opening = asyncio.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="akosha-store")
        self._closed = False

    @classmethod
    async def open(
        cls,
        data_dir: Path,
        *,
        shard_files: int = 1,
        on_commit: OnCommit | None = None,
        sizes: Sizes | None = None,
    ) -> HubStore:
        """Open the data in `data_dir`, which is made when there is none.

        `on_commit(file, changes)` is awaited for each commit, in the order of `seq`, before its puts return; what it
        raises is raised by them, though their rows are stored.

        Raises BusyError("akosha.data_in_use") when another process has it, DamageError or RefusedError when a file
        cannot be used; nothing is then changed.
        """
        folder = await asyncio.to_thread(DataFolder, data_dir, shard_files)
        store = cls(folder, sizes or Sizes(), on_commit)
        try:
            for file in folder.files:
                await store._shard(file)
        except BaseException:
            await store.close()
            raise
        return store

    async def put(
        self,
        system_id: str,
        rows: Sequence[MemoryRow | Tombstone],
        *,
        as_of: float | Sequence[float] | None = None,
    ) -> PutResult:
        """Store rows of a system, and forget those that are tombstones. When this returns they are on the disk.

        `as_of`: when the system read them, for all or for each, UNIX seconds; now when it is not said. Bad rows are
        named in the result and spoil nothing.
        """
        self._check(system_id)
        ready, errors = await self._prepare(system_id, rows, as_of)
        if not ready:
            return PutResult(errors=tuple(errors))
        size = sum(row.size() for row in ready)
        result = await self._submit(Job(system_id, lambda: [ready], len(ready), size))
        return result + PutResult(errors=tuple(errors))

    def upload(self, system_id: str, upload_id: str, as_of: float) -> UploadTransaction:
        """All rows of an upload and its marker, in one transaction: `async with store.upload(...) as tx`."""
        self._check(system_id)
        as_of = clocked(as_of, time.time())
        spool = Spool(self._folder.staging)
        return UploadTransaction(system_id, upload_id, as_of, spool, self._prepare, self._submit, self._in_thread)

    async def mark_upload(
        self,
        system_id: str,
        upload_id: str,
        state: UploadState,
        reason: Mapping[str, Any] | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Say what became of an upload that brought no rows."""
        self._check(system_id)
        await self._submit(Job(system_id, lambda: [], 0, 0, marker=Marker(upload_id, state, reason, detail or {})))

    async def uploads(
        self,
        system_id: str | None = None,
        state: str | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> list[UploadRecord]:
        """Uploads and what became of them, by id, the newest first. `after`: the `cursor` of the last one seen."""
        upload, _, who = (after or "").partition("/")
        place = (upload, who) if after else None
        files = self._files_of(system_id)
        found = [
            one for file in files for one in await self._read(file, reading.uploads, system_id, state, limit, place)
        ]
        found.sort(key=lambda one: (one.upload_id, one.system_id), reverse=True)
        return found[:limit]

    async def upload_states(self, system_id: str) -> dict[str, UploadState]:
        """The state of every upload of a system that was looked at."""
        return {
            upload: state
            for file in self._files_of(system_id)
            for upload, state in (await self._read(file, reading.upload_states, system_id)).items()
        }

    async def get(self, system_id: str, kind: str, id: str) -> StoredMemory | None:
        """The memory under a key, or None."""
        for file in self._files_of(system_id):
            return await self._read(file, reading.get, system_id, kind, id)
        return None

    async def fetch(self, labels: Sequence[int], *, vectors: bool = True) -> list[StoredMemory]:
        """The memories with these labels, in the order asked for; those that are gone are left out.

        `vectors` False leaves the vectors out: what is shown needs none, and they cost twice the rest.
        """
        by_file: dict[int, list[int]] = {}
        for label in labels:
            by_file.setdefault(label & 0xFF, []).append(label)
        found: dict[int, StoredMemory] = {}
        for file, wanted in by_file.items():
            if file in self._open:
                found |= await self._read(file, reading.fetch, wanted, vectors)
        return [found[label] for label in labels if label in found]

    async def systems(self) -> list[SystemInfo]:
        """Every system that sent something, by name."""
        found = [one for file in self._files_of(None) for one in await self._read(file, reading.systems)]
        return sorted(found, key=lambda one: one.system_id)

    async def counts(self) -> Counts:
        """How much is stored."""
        return reading.total([await self._read(file, reading.counts) for file in self._files_of(None)])

    @property
    def files(self) -> tuple[int, ...]:
        """The shard files that there are."""
        return tuple(sorted(self._open))

    def seq(self, file: int) -> int:
        """The number of the last change of a shard file that is told; 0 when the file does not exist yet."""
        return self._open[file].seq if file in self._open else 0

    async def changes(self, file: int, after_seq: int, limit: int) -> list[Change]:
        """What changed in a shard file after `after_seq`, the oldest first: of each memory its last change alone.

        Up to `seq(file)`: of a big upload no more than `on_commit` has begun to hear of.
        """
        if file not in self._open:
            return []
        return await self._read(file, reading.changes, after_seq, self.seq(file), limit)

    async def neighbours(
        self,
        entity: str,
        *,
        system_id: str | None = None,
        depth: int = 1,
        limit: int = 100,
        relation_type: str | None = None,
    ) -> Graph:
        """The entities (by id, or by name whatever the case) with what is up to `depth` relationships away."""
        asked = partial(graph.neighbours, entity=entity, system_id=system_id, depth=depth, relation_type=relation_type)
        found = Graph()
        for file in self._files_of(system_id):
            found = graph.joined(found, await self._read(file, asked, limit=limit), limit)
        return found

    async def paths(
        self, a: str, b: str, *, system_id: str | None = None, most: int = 4, limit: int = 10
    ) -> GraphPaths:
        """How two entities of the same system hang together: up to `most` relationships, the shortest ways first."""
        found: list[GraphPaths] = []
        for file in self._files_of(system_id):
            found.append(await self._read(file, graph.paths, a, b, system_id, most, limit))
        return graph.shortest(found, limit)

    async def close(self) -> None:
        """Write what is waiting and let the data go. Fine to call twice."""
        async with self._opening:
            if self._closed:
                return
            self._closed = True
            try:
                async with AsyncExitStack() as every:  # one that fails keeps none of the others open
                    for shard in self._open.values():
                        every.push_async_callback(shard.close)
            finally:
                await asyncio.to_thread(self._threads.shutdown)
                self._folder.release()

    def _check(self, system_id: str) -> None:
        clean = system_id.isprintable() and 0 < len(system_id) <= _MOST_SYSTEM_ID
        if not clean:
            raise UsageError("akosha.bad_system_id")

    def _files_of(self, system_id: str | None) -> list[int]:
        if system_id is None:
            return sorted(self._open)
        file = self._router.file_of(system_id, self._folder.shard_files)
        return [file] if file in self._open else []

    async def _prepare(
        self, system_id: str, rows: Sequence[MemoryRow | Tombstone], as_of: float | Sequence[float] | None
    ) -> tuple[list[Prepared], list[ItemError]]:
        return await self._in_thread(prepare, system_id, rows, as_of, time.time())

    async def _submit(self, job: Job) -> PutResult:
        shard = await self._shard(self._router.file_of(job.system_id, self._folder.shard_files))
        future = shard.submit(job)
        if future is None:
            raise BusyError("akosha.store_closed")
        return await future

    async def _shard(self, file: int) -> OpenShard:
        if (shard := self._open.get(file)) is not None:
            return shard
        async with self._opening:
            if self._closed:
                raise BusyError("akosha.store_closed")
            if file not in self._open:
                self._open[file] = OpenShard(
                    await self._in_thread(self._open_file, file), self._on_commit, self._threads
                )
            return self._open[file]

    def _open_file(self, file: int) -> ShardFile:
        shards, staging, count = self._folder.shards, self._folder.staging, self._folder.shard_files
        if file not in self._folder.files:
            create_file(shards, staging, file, count, self._sizes)
            self._folder.made(file)
        return open_file(shards, staging, file, count, self._sizes)

    async def _read(self, file: int, ask: Callable[..., T], *args: object, **options: object) -> T:
        shard = self._open[file].shard

        def read() -> T:
            with shard.cursor() as cursor:
                return ask(cursor, *args, **options)

        return await self._in_thread(read)

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        if self._closed:
            raise BusyError("akosha.store_closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args))

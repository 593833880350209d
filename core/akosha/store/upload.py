"""An upload on its way into the store: gathered outside any transaction, written with its marker in one.

What it brings waits in a spool, so that a slow download holds no transaction open and nobody up. When it is complete
the shard's writer puts all of it in, in slices, in one transaction with the marker: a crash, an exception or a kill
leave nothing of it. Memory is bounded by the spool's and by one slice, however many rows there are.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

from core.akosha.store.jobs import MOST_BYTES, MOST_ROWS, Job
from core.akosha.store.model import ItemError, PutResult
from core.akosha.store.preparing import Prepared, key_of
from core.akosha.store.resolving import chunks
from core.akosha.store.spool import Keep, Spool
from core.akosha.store.writing import Marker
from core.memory.rows import MemoryRow, Tombstone

MOST_ERRORS = 1_000
"""Rows that are named in the result; how many there were stands in `detail["rows_refused"]`."""
_KEYS_AT_ONCE = 10_000

T = TypeVar("T")
Prepare = Callable[
    [str, Sequence[MemoryRow | Tombstone], float], Awaitable[tuple[Sequence[Prepared], Sequence[ItemError]]]
]
Submit = Callable[[Job], Awaitable[PutResult]]
InThread = Callable[..., Awaitable[Any]]


class UploadTransaction:
    """`async with store.upload(...) as tx`: leaving it commits, an exception forgets everything.

    `detail` is kept with the marker; `result` is there afterwards.
    """

    def __init__(
        self,
        system_id: str,
        upload_id: str,
        as_of: float,
        spool: Spool,
        prepare: Prepare,
        submit: Submit,
        run: InThread,
    ) -> None:
        self.detail: dict[str, Any] = {}
        self.result: PutResult | None = None
        self._system_id = system_id
        self._upload_id = upload_id
        self._as_of = as_of
        self._spool = spool
        self._prepare = prepare
        self._submit = submit
        self._run = run
        self._errors: list[ItemError] = []
        self._refused = 0

    async def put(self, rows: Iterable[MemoryRow | Tombstone]) -> Sequence[ItemError]:
        """Take rows in, any number; what is wrong with some of them is returned, the others go on."""
        found: list[ItemError] = []
        for some in _slices(rows, MOST_ROWS // 2):
            ready, errors = await self._prepare(self._system_id, some, self._as_of)
            found += errors
            for part in chunks(ready, MOST_ROWS // 2, MOST_BYTES // 2):
                await self._run(self._spool.add, list(part))
        self._refused += len(found)
        self._errors += found[: MOST_ERRORS - len(self._errors)]
        return found

    async def delete(self, tombstones: Iterable[Tombstone]) -> Sequence[ItemError]:
        """Take in what was deleted."""
        return await self.put(tombstones)

    async def keep_only(self, origin: str, kind: str, ids: AsyncIterable[str] | Iterable[str]) -> None:
        """After an image: delete what this system has of `kind` from `origin` that is not among `ids`.

        What is newer than this upload stays. Of the ids only 64-bit hashes are held, 8 bytes each: two alike among a
        million happen once in 40 million images, and would keep a memory, not lose one.
        """
        keep = Keep(kind, origin)
        if isinstance(ids, AsyncIterable):
            some: list[str] = []
            async for identity in ids:
                some.append(identity)
                if len(some) == _KEYS_AT_ONCE:
                    await self._run(self._add_keys, keep, some)
                    some = []
            await self._run(self._add_keys, keep, some)
        else:
            for part in _slices(ids, _KEYS_AT_ONCE):
                await self._run(self._add_keys, keep, part)
        self._spool.keep(keep)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._spool.close()
            return
        if self._refused:
            self.detail["rows_refused"] = self._refused
        marker = Marker(self._upload_id, "ingested", None, self.detail, self._as_of)
        spool = self._spool
        job = Job(self._system_id, spool.steps, spool.rows, spool.size, spool.keeps, marker, self._as_of, spool.close)
        self.result = await self._submit(job) + PutResult(errors=tuple(self._errors))

    def _add_keys(self, keep: Keep, ids: Sequence[str]) -> None:
        keep.keys.extend(key_of(self._system_id, keep.kind, identity) for identity in ids)


def _slices(items: Iterable[T], most: int) -> Iterator[list[T]]:
    source = iter(items)
    while some := list(islice(source, most)):
        yield some

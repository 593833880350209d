"""Pieces out of packs: ranged reads, several under way, checked and decoded in threads, in bounded memory.

Invariants
- At most `MOST_IN_FLIGHT` stored bytes are held at any time, however much is read.
- Nothing is handed on before it was checked against its id.
- Leaving the context returns only when no thread works for this reader any more, so its files can be removed.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import ParamSpec, TypeVar

from core.errors import DamageError
from core.storage.errors import NotFoundError
from core.sync.codec import decode
from core.sync.layout import pack_key
from core.sync.packs import PackRead, plan_reads
from core.sync.pieces import Location, PieceId
from core.sync.remote import Remote
from core.sync.together import first_error

MOST_IN_FLIGHT = 32 << 20
READ_SIZE = 8 << 20
THREADS = 6
REQUESTS = 8

P = ParamSpec("P")
T = TypeVar("T")
OnDamage = Callable[[Collection[PieceId], DamageError], None]
"""Told which pieces cannot be read and why. Raises, or notes it so that the rest is read. May run in any thread."""


class Reader:
    """Reads the pieces of one tree. An async context manager, of one event loop."""

    def __init__(self, remote: Remote, pieces: Mapping[PieceId, Location]) -> None:
        self._remote = remote
        self._pieces = pieces
        self._budget = _Budget(MOST_IN_FLIGHT)
        self._slots = asyncio.Semaphore(REQUESTS)
        self._threads = concurrent.futures.ThreadPoolExecutor(THREADS, "cogzy-restore")
        self._closed = False
        self._explained = False

    async def __aenter__(self) -> Reader:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        await asyncio.shield(asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True))

    async def in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking `work` in one of this reader's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))

    async def each(self, wanted: Collection[PieceId], use: Callable[[PieceId, bytes], None], damage: OnDamage) -> None:
        """Call `use` in a thread with every wanted piece, once, in no order; several threads at a time."""
        reads = plan_reads(self._located(wanted, damage), most=READ_SIZE)

        async def one(read: PackRead) -> None:
            try:
                if (body := await self._body(read, damage)) is not None:
                    await self.in_thread(self._decode_all, read, body, use, damage)
            finally:
                self._budget.give_back(read.length)

        async with first_error(), asyncio.TaskGroup() as group:
            for read in reads:
                await self._budget.take(read.length)
                group.create_task(one(read))

    async def gather(self, wanted: Collection[PieceId], damage: OnDamage) -> dict[PieceId, bytes]:
        """Small pieces, all together in memory."""
        found: dict[PieceId, bytes] = {}
        await self.each(wanted, found.__setitem__, damage)
        return found

    async def stream(self, wanted: Sequence[PieceId], consume: Callable[[Iterator[bytes]], T], damage: OnDamage) -> T:
        """Run `consume` in a thread over the plain bytes of `wanted` in order, reading ahead meanwhile.

        `damage` must raise.
        """
        located = self._located(wanted, damage)
        reads = [read for piece in wanted for read in plan_reads({piece: located[piece]})]
        loop = asyncio.get_running_loop()
        ahead: asyncio.Queue[tuple[PackRead, asyncio.Task[bytes | None]] | None] = asyncio.Queue()
        held = 0

        async def fetch_all(group: asyncio.TaskGroup) -> None:
            nonlocal held
            for read in reads:
                await self._budget.take(read.length)
                held += read.length
                ahead.put_nowait((read, group.create_task(self._body(read, damage))))

        async def next_body() -> tuple[PackRead, bytes]:
            nonlocal held
            found = await ahead.get()
            if found is None:
                raise asyncio.CancelledError
            read, task = found
            body = await task
            self._budget.give_back(read.length)
            held -= read.length
            return read, body or b""

        def plain() -> Iterator[bytes]:
            for _ in reads:
                if self._closed:
                    raise concurrent.futures.CancelledError
                read, body = asyncio.run_coroutine_threadsafe(next_body(), loop).result()
                piece, location = read.pieces[0]
                try:
                    decoded = self._decode(piece, location, body)
                except DamageError as error:
                    damage([piece], error)
                    raise
                yield decoded

        try:
            async with first_error(), asyncio.TaskGroup() as group:
                fetching = group.create_task(fetch_all(group))
                result = await self.in_thread(lambda: consume(plain()))
                fetching.cancel()
        finally:
            ahead.put_nowait(None)  # lets a waiting thread go
            self._budget.give_back(held)
        return result

    def _located(self, wanted: Collection[PieceId], damage: OnDamage) -> dict[PieceId, Location]:
        located = {piece: self._pieces[piece] for piece in wanted if piece in self._pieces}
        if missing := [piece for piece in wanted if piece not in self._pieces]:
            damage(missing, DamageError("restore.piece_unknown", piece=missing[0].hex(), count=len(missing)))
        return located

    async def _body(self, read: PackRead, damage: OnDamage) -> bytes | None:
        try:
            async with self._slots:
                return await self._remote.store.get(
                    pack_key(self._remote.vault_id, read.pack),
                    offset=read.offset,
                    length=read.length,
                    at_most=read.length,
                )
        except NotFoundError:
            damage([piece for piece, _ in read.pieces], DamageError("restore.pack_missing", pack=read.pack))
            return None

    def _decode_all(self, read: PackRead, body: bytes, use: Callable[[PieceId, bytes], None], damage: OnDamage) -> None:
        view = memoryview(body)
        for piece, location in read.pieces:
            if self._closed:
                return
            start = location.offset - read.offset
            try:
                plain = self._decode(piece, location, bytes(view[start : start + location.stored]))
            except DamageError as error:
                damage([piece], error)
                continue
            use(piece, plain)

    def _decode(self, piece: PieceId, location: Location, stored: bytes) -> bytes:
        try:
            return decode(piece, location, stored, self._remote.sealer)
        except DamageError:
            if self._explained:
                raise
            self._explained = True  # to look for the piece that this one was swapped with takes long: once is enough
            return decode(piece, location, stored, self._remote.sealer, self._pieces)


class _Budget:
    """Bytes that may be held at once, given out in the order of asking."""

    def __init__(self, limit: int) -> None:
        self._limit = self._left = limit
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, count: int) -> None:
        if not self._waiting and self._left >= min(count, self._limit):
            self._left -= count
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((count, turn))
        await turn

    def give_back(self, count: int) -> None:
        self._left += count
        while self._waiting and (
            self._waiting[0][1].cancelled() or self._left >= min(self._waiting[0][0], self._limit)
        ):
            wanted, turn = self._waiting.popleft()
            if not turn.cancelled():
                self._left -= wanted
                turn.set_result(None)

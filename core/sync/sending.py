"""From plain bytes to packs in the remote: cut, name, drop what is known, compress, seal, pack, send.

One thread packs (hashing and zstd release the GIL), a few coroutines send. It hands a pack over when one of them is
free, and makes the next meanwhile: memory does not grow with the data, and packing waits for the network.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeVar

from core.crash_points import crash_point
from core.sync.chunks import cut_file
from core.sync.codec import encode
from core.sync.layout import pack_key
from core.sync.packs import Pack, PackBuilder
from core.sync.pieces import DELTA_SIZE, Codec, Location, PieceId, PieceKind
from core.sync.records import PieceRecord
from core.sync.remote import Remote
from core.sync.state import SyncState
from core.sync.streams import Stream, build_stream

PACK_TARGET = 8 << 20
IN_FLIGHT = 2
T = TypeVar("T")


class PackingStoppedError(Exception):
    """The run was cancelled or its sender failed while a thread was packing."""


@dataclass(frozen=True)
class SentFile:
    """A file as it was read: its hash, its size, and the pieces that make it up (list pieces too)."""

    size: int
    sha256: str
    content: Stream
    pieces: tuple[PieceId, ...]


@dataclass
class Counts:
    """What one run packed and sent."""

    new: int = 0
    reused: int = 0
    packs: list[str] = field(default_factory=list)
    bytes_sent: int = 0


class Packer:
    """Used by one thread at a time. `deliver(pack)` may block, and raises PackingStoppedError to end the packing.

    `advanced` hears of plain bytes that were packed, `packed` of the bytes that they became.
    """

    def __init__(
        self,
        remote: Remote,
        compression: Codec,
        known: Callable[[PieceId], PieceRecord | None],
        deliver: Callable[[Pack], None],
        still_wanted: Callable[[], None],
        advanced: Callable[[int], None],
        packed: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.counts = Counts()
        self.new_locations: dict[PieceId, Location] = {}
        self._sealer = remote.sealer
        self._compression: Codec = compression
        self._known = known
        self._deliver = deliver
        self._still_wanted = still_wanted
        self._advanced = advanced
        self._packed = packed
        self._builder = PackBuilder()
        self._waiting: set[PieceId] = set()

    def put(self, kind: PieceKind, plain: bytes) -> PieceId:
        """Make sure that the remote will hold this piece; returns its id."""
        self._still_wanted()
        piece = self._sealer.piece_id(kind, plain)
        if piece in self._waiting or piece in self.new_locations:
            self.counts.reused += 1
            return piece
        known = self._known(piece)
        if known is not None:
            self.counts.reused += 1
            if known.upload is None:
                self.new_locations[piece] = as_location(known)
            return piece
        compression: Codec = "none" if kind in (PieceKind.SLICE, PieceKind.DELTA) else self._compression
        encoded = encode(plain, kind, self._sealer, compression, piece)
        if self._builder.size and self._builder.size + len(encoded.stored) > PACK_TARGET:
            self.flush()
        self._builder.add_encoded(encoded, kind, len(plain))
        self._packed(len(encoded.stored))
        self._waiting.add(piece)
        self.counts.new += 1
        return piece

    def put_blocks(self, kind: PieceKind, blocks: Iterable[bytes]) -> SentFile:
        """Put the blocks as one stream. An image's has no hash of its own: its members carry theirs."""
        whole, size, ids = hashlib.sha256(), 0, []
        hashed = kind is not PieceKind.SLICE
        for block in blocks:
            if hashed:
                whole.update(block)
            size += len(block)
            ids.append(self.put(kind, block))
        lists: list[PieceId] = []

        def put_list(packed: bytes) -> PieceId:
            lists.append(self.put(PieceKind.LIST, packed))
            return lists[-1]

        content = build_stream(ids, size, whole.hexdigest() if hashed else "", put_list)
        return SentFile(size, content.sha256, content, (*ids, *lists))

    def is_new(self, pieces: Iterable[PieceId]) -> bool:
        """Whether the next table has to say where one of these pieces is."""
        return any(piece in self._waiting or piece in self.new_locations for piece in pieces)

    def put_file(self, file: BinaryIO, relative: str) -> SentFile:
        """Put an open file, content-defined."""
        return self.put_blocks(PieceKind.CHUNK, self._counted(cut_file(file, relative)))

    def put_delta(self, path: Path) -> SentFile:
        """Put a Parquet file of a delta."""
        with path.open("rb") as file:
            return self.put_blocks(PieceKind.DELTA, iter(lambda: file.read(DELTA_SIZE), b""))

    def flush(self) -> None:
        """Close the pack in the making and hand it over."""
        if not self._builder.size:
            return
        pack = self._builder.finish()
        self._builder = PackBuilder()
        self._waiting.clear()
        self.new_locations |= dict(pack.pieces)
        self.counts.packs.append(pack.sha256)
        self.counts.bytes_sent += len(pack.body)
        self._deliver(pack)

    def _counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            yield block
            self._advanced(len(block))


class PackLine:
    """The line from the packing thread to the remote. Use `packing(...)`."""

    def __init__(self, remote: Remote, state: SyncState, key: str, gate: Awaitable[object]) -> None:
        self._remote = remote
        self._gate = gate
        self._state = state
        self._key = key
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Pack | None] = asyncio.Queue()
        self._free = asyncio.Semaphore(IN_FLIGHT)
        self._stopped = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pack")

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in the packing thread."""
        return await self._loop.run_in_executor(self._thread, work)

    def deliver(self, pack: Pack) -> None:
        """Called in the packing thread: wait for room, or stop when the line has stopped."""
        while True:
            self.still_wanted()
            if asyncio.run_coroutine_threadsafe(self._offer(pack), self._loop).result():
                return

    def still_wanted(self) -> None:
        """Called in the packing thread: raises PackingStoppedError when the line has stopped."""
        if self._stopped.is_set():
            raise PackingStoppedError

    async def _offer(self, pack: Pack) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await self._free.acquire()
                self._queue.put_nowait(pack)
                return True
        return False

    async def send(self) -> None:
        """One of the coroutines that send packs, once the gate is open, until the line is closed."""
        await self._gate
        while (pack := await self._queue.get()) is not None:
            await self._remote.store.put(pack_key(self._remote.vault_id, pack.sha256), pack.body)
            records = [as_record(piece, location) for piece, location in pack.pieces]
            await asyncio.to_thread(self._state.add_pieces, self._key, records)
            crash_point("sync.pack_sent")
            self._free.release()
            del pack  # not kept until the next one comes

    def close(self) -> None:
        """No more packs: let the senders end."""
        for _ in range(IN_FLIGHT):
            self._queue.put_nowait(None)

    def stop(self) -> None:
        """End the packing thread's work at its next pack."""
        self._stopped.set()
        self._thread.shutdown(wait=False, cancel_futures=True)


@contextlib.asynccontextmanager
async def packing(remote: Remote, state: SyncState, key: str, gate: asyncio.Task[None]) -> AsyncIterator[PackLine]:
    """A line whose packs have all arrived when the block ends well; a failed send ends the block with its error.

    Nothing is sent before `gate` is done.
    """
    line = PackLine(remote, state, key, gate)
    try:
        async with asyncio.TaskGroup() as senders:
            for _ in range(IN_FLIGHT):
                senders.create_task(line.send())
            yield line
            line.close()
    except* PackingStoppedError:
        raise asyncio.CancelledError from None
    finally:
        line.stop()


def as_location(record: PieceRecord) -> Location:
    """The location that a piece record describes."""
    return Location(
        kind=PieceKind(record.kind),
        pack=record.pack,
        offset=record.offset,
        stored=record.stored,
        plain=record.plain,
        codec=record.codec,  # type: ignore[arg-type]  # written from a Location
    )


def as_record(piece: PieceId, location: Location, upload: str | None = None) -> PieceRecord:
    """The piece record of a location."""
    return PieceRecord(
        piece,
        location.kind.value,
        location.pack,
        location.offset,
        location.stored,
        location.plain,
        location.codec,
        upload,
    )

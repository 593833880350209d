"""From bytes to packs in the store: each piece once, bounded memory, and a thread that always ends."""

from __future__ import annotations

import asyncio
import io
import os
import threading
import tracemalloc
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from core.errors import CogzyError
from core.storage import StoreLocation, open_store
from core.storage.errors import ServerError
from core.storage.folder import FolderStore
from core.sync.pieces import PieceKind
from core.sync.remote import Remote
from core.sync.sealing import ClearSealer
from core.sync.sending import PACK_TARGET, Packer, PackingStoppedError, PackLine, packing
from core.sync.state import SyncState
from core.sync.together import first_error

pytestmark = pytest.mark.asyncio

KEY = "0123456789abcdef"
VAULT_ID = "5a" * 16
FAILED = ServerError("storage.server_error", host="x", status=500, reason="x", operation="put")


@dataclass
class Bench:
    remote: Remote
    state: SyncState
    gate: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def packer(self, line: PackLine) -> Packer:
        def known(piece: bytes) -> object:
            return self.state.piece(KEY, piece)

        return Packer(self.remote, "zstd", known, line.deliver, line.still_wanted, lambda count: None)  # type: ignore[arg-type]

    async def opened(self) -> asyncio.Task[None]:
        """A gate that is open."""
        return asyncio.create_task(asyncio.sleep(0))

    async def send(self, *blocks: bytes, gate: asyncio.Task[None] | None = None) -> Packer:
        async with first_error(), packing(self.remote, self.state, KEY, gate or await self.opened()) as line:
            packer = self.packer(line)
            for block in blocks:
                await line.run(lambda block=block: packer.put_blocks(PieceKind.SLICE, [block]))  # type: ignore[misc]
            await line.run(packer.flush)
        return packer

    def packs(self) -> list[Path]:
        return sorted(self.remote.store.location.folder.rglob("*.pack"))


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    cloud = tmp_path / "cloud"
    cloud.mkdir()
    store = open_store(StoreLocation(endpoint=cloud.as_uri()), None)
    bench = Bench(Remote(store, ClearSealer(), VAULT_ID), SyncState(tmp_path / "state.db"))
    yield bench
    bench.state.close()
    await store.close()


def packing_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("pack")]


async def no_thread_is_left() -> None:
    for _ in range(3000):
        if not packing_threads():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the packing thread never ended")


async def test_a_piece_is_sent_once(bench: Bench) -> None:
    one, two = os.urandom(5000), os.urandom(5000)
    first = await bench.send(one, two, one)
    assert (first.counts.new, first.counts.reused) == (2, 1)
    assert len(bench.packs()) == 1
    second = await bench.send(one, two)
    assert (second.counts.new, second.counts.reused) == (0, 2)
    assert len(bench.packs()) == 1
    assert len(second.new_locations) == 2, "no upload names them yet, so the next one must"


async def test_what_an_upload_names_is_not_located_again(bench: Bench) -> None:
    block = os.urandom(5000)
    first = await bench.send(block)
    bench.state.close()
    bench.state = SyncState(bench.state._path)
    from core.sync.records import Prepared

    prepared = Prepared("u1", "k", "h", ({"upload_id": "u1", "sha256": "a", "size": 1},))
    bench.state.prepare(KEY, prepared, [], [], [], list(first.new_locations))
    bench.state.advance(KEY, 1.0)
    assert (await bench.send(block)).new_locations == {}


async def test_large_data_goes_in_packs_of_a_bounded_size(bench: Bench) -> None:
    blocks = [os.urandom(1 << 20) for _ in range(20)]
    packer = await bench.send(*blocks)
    sizes = [path.stat().st_size for path in bench.packs()]
    assert sum(sizes) == 20 << 20
    assert max(sizes) <= PACK_TARGET
    assert len(packer.counts.packs) == len(sizes) == 3


async def test_nothing_is_sent_before_the_gate_opens(bench: Bench) -> None:
    opening = asyncio.Event()
    gate = asyncio.create_task(opening.wait())
    sending = asyncio.create_task(bench.send(os.urandom(5000), gate=gate))  # type: ignore[arg-type]
    await asyncio.sleep(0.2)
    assert bench.packs() == []
    opening.set()
    await sending
    assert len(bench.packs()) == 1


async def test_a_gate_that_fails_ends_it_with_its_error(bench: Bench) -> None:
    async def refused() -> None:
        await asyncio.sleep(0.05)
        raise FAILED

    with pytest.raises(ServerError):
        await bench.send(*(os.urandom(1 << 20) for _ in range(60)), gate=asyncio.create_task(refused()))
    assert bench.packs() == []
    await no_thread_is_left()


def endless(line: PackLine, packer: Packer) -> Callable[[], object]:
    return lambda: packer.put_blocks(PieceKind.CHUNK, iter(lambda: os.urandom(1 << 15), b""))


async def test_a_failed_put_ends_the_packing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def put(self: FolderStore, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        raise CogzyError("storage.key_refused", host="x")

    monkeypatch.setattr(FolderStore, "put", put)
    with pytest.raises(CogzyError) as caught:
        async with (
            asyncio.timeout(60),
            first_error(),
            packing(bench.remote, bench.state, KEY, await bench.opened()) as line,
        ):
            await line.run(endless(line, bench.packer(line)))
    assert caught.value.code == "storage.key_refused"
    await no_thread_is_left()


async def test_a_cancel_ends_the_packing_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def put(self: FolderStore, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(FolderStore, "put", put)

    async def work() -> None:
        async with packing(bench.remote, bench.state, KEY, await bench.opened()) as line:
            await line.run(endless(line, bench.packer(line)))

    working = asyncio.create_task(work())
    async with asyncio.timeout(60):
        while not packing_threads():  # noqa: ASYNC110  nothing tells when a thread is there
            await asyncio.sleep(0.01)
    working.cancel()
    await asyncio.wait([working], timeout=3)
    assert working.cancelled()
    await no_thread_is_left()


async def test_a_thread_that_is_no_longer_wanted_stops_at_its_next_piece(bench: Bench) -> None:
    async with packing(bench.remote, bench.state, KEY, await bench.opened()) as line:
        packer = bench.packer(line)
    with pytest.raises(PackingStoppedError):
        packer.put(PieceKind.CHUNK, b"late")


async def test_memory_does_not_grow_with_the_data(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow store: packing waits for it instead of piling packs up."""

    async def put(self: FolderStore, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        await asyncio.sleep(0.02)

    monkeypatch.setattr(FolderStore, "put", put)

    class Endless(io.RawIOBase):
        """160 MiB that do not compress, made as they are read."""

        left = 160 << 20

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            size = min(len(buffer), self.left)
            buffer[:size] = os.urandom(size)
            self.left -= size
            return size

    tracemalloc.start()
    async with packing(bench.remote, bench.state, KEY, await bench.opened()) as line:
        packer = bench.packer(line)
        await line.run(lambda: packer.put_file(io.BufferedReader(Endless()), "big.npy"))
        await line.run(packer.flush)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert packer.counts.bytes_sent >= 160 << 20
    assert most < 48 << 20, most

"""Files out of an upload: byte for byte, checked, in bounded memory, cleanly cancelled."""

from __future__ import annotations

import asyncio
import hashlib
import random
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DamageError
from core.files import FileError
from core.sync import assemble
from core.sync.entries import FileEntry
from core.sync.events import Progress
from core.sync.fetch import chosen, fetch
from core.sync.layout import pack_key
from core.sync.pieces import Location, PieceKind
from core.sync.tree import Tree
from core.sync.uploads import read_tree

from .uploader import MASTER_KEY, MTIME_NS, VAULT_ID, Uploader

RANDOM = random.Random(7)
FILES = {
    "vault/corpus/nodes.json": b'{"text": "some words that repeat"}, ' * 20_000,
    "vault/vectors/nodes.npy": RANDOM.randbytes(3_000_000),
    "vault/traces/empty.json": b"",
    "sources/claude/projekt \u00fc/\U0001f980.jsonl": b"\n".join(b'{"n": %d}' % n for n in range(9_000)),
    f"sources/claude/{'long-' * 40}.jsonl": b"x",
}


@pytest.fixture
def up(tmp_path: Path) -> Uploader:
    return Uploader(tmp_path / "cloud")


async def got(up: Uploader, into: Path, **changes: bytes) -> dict[str, bytes]:
    _, tree = await read_tree(up.remote)
    await fetch(up.remote, tree, list(tree.entries), into)
    return {path: (into / path).read_bytes() for path in tree.entries}


@pytest.mark.asyncio
@pytest.mark.parametrize("master_key", [None, MASTER_KEY])
@pytest.mark.parametrize("compression", ["zstd", "gzip", "none"])
async def test_every_file_comes_back_byte_for_byte_with_its_time(
    tmp_path: Path, master_key: bytes | None, compression: str
) -> None:
    up = Uploader(tmp_path / "cloud", master_key, compression=compression)
    await up.commit(FILES)
    seen: list[Progress] = []
    _, tree = await read_tree(up.remote)
    into = tmp_path / "into"
    fetched = await fetch(up.remote, tree, list(tree.entries), into, seen.append)
    await asyncio.sleep(0)
    assert {path: (into / path).read_bytes() for path in FILES} == FILES
    assert {(into / path).stat().st_mtime_ns for path in FILES} == {MTIME_NS}
    assert fetched.files == len(FILES)
    assert fetched.bytes == sum(map(len, FILES.values()))
    assert sorted(p.relative_to(into).as_posix() for p in into.rglob("*") if p.is_file()) == sorted(FILES)
    assert seen[-1].bytes_done == seen[-1].bytes_total == fetched.bytes
    assert seen[-1].files_done == len(FILES)


@pytest.mark.asyncio
async def test_a_file_with_lists_of_lists_comes_back(up: Uploader, tmp_path: Path) -> None:
    data = RANDOM.randbytes(24_000_000)
    await up.commit({"vault/vectors/nodes.npy": data})
    _, tree = await read_tree(up.remote)
    entry = tree.entries["vault/vectors/nodes.npy"]
    assert isinstance(entry, FileEntry)
    assert entry.content.depth >= 1
    assert await got(up, tmp_path / "into") == {"vault/vectors/nodes.npy": data}


@pytest.mark.asyncio
async def test_equal_content_is_read_once_and_written_everywhere(up: Uploader, tmp_path: Path) -> None:
    data = RANDOM.randbytes(500_000)
    await up.commit({f"vault/traces/{n}.json": data for n in range(20)})
    before = up.remote.store.traffic.received
    back = await got(up, tmp_path / "into")
    assert set(back.values()) == {data}
    assert up.remote.store.traffic.received - before < 2 * len(data)


@pytest.mark.asyncio
async def test_chosen_takes_a_file_or_a_folder_of_the_upload(up: Uploader) -> None:
    await up.commit(FILES)
    _, tree = await read_tree(up.remote)
    assert chosen(tree, "vault/vectors/nodes.npy") == ["vault/vectors/nodes.npy"]
    assert len(chosen(tree, "sources/claude/")) == 2
    assert len(chosen(tree, None)) == len(FILES)


def packs(up: Uploader) -> list[Path]:
    return sorted(up.folder.glob("vaults/*/packs/*/*.pack"))


@pytest.mark.asyncio
@pytest.mark.parametrize("master_key", [None, MASTER_KEY])
async def test_damaged_packs_are_named_and_nothing_wrong_is_made(tmp_path: Path, master_key: bytes | None) -> None:
    up = Uploader(tmp_path / "cloud", master_key, pack_size=4 << 20)
    await up.commit({"vault/vectors/nodes.npy": RANDOM.randbytes(300_000)})
    (pack,) = packs(up)
    whole = pack.read_bytes()
    middle = len(whole) // 2
    for number, damage in enumerate(
        (whole[:-1], whole[:middle], b"", whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :])
    ):
        pack.write_bytes(damage)
        with pytest.raises(DamageError) as caught:
            await got(up, tmp_path / f"into{number}")
        assert caught.value.code == "restore.damaged"
        assert caught.value.params["path"] == "vault/vectors/nodes.npy"
        assert "cogzy uploads" in caught.value.next_step
    pack.unlink()
    with pytest.raises(DamageError) as caught:
        await got(up, tmp_path / "into")
    assert caught.value.params["problem"] == "restore.pack_missing"


@pytest.mark.asyncio
async def test_swapped_pieces_are_told_from_damaged_ones(tmp_path: Path) -> None:
    up = Uploader(tmp_path / "cloud", MASTER_KEY)
    await up.commit({"vault/vectors/a.npy": RANDOM.randbytes(2 * 16_384)})
    _, tree = await read_tree(up.remote)
    (a, at), (b, bt) = ((i, p) for i, p in tree.pieces.items() if p.kind is PieceKind.CHUNK)
    swapped = Tree(tree.entries, {a: bt, b: at})
    with pytest.raises(DamageError) as caught:
        await fetch(up.remote, swapped, list(tree.entries), tmp_path / "into")
    assert caught.value.params["problem"] == "pieces.swapped"


@pytest.mark.asyncio
async def test_a_bomb_of_a_piece_stops_at_its_declared_length(up: Uploader, tmp_path: Path) -> None:
    import zstandard

    bomb = zstandard.ZstdCompressor().compress(bytes(200 << 20))
    await up.commit({"vault/a": b"1234"})
    _, tree = await read_tree(up.remote)
    ((piece, location),) = tree.pieces.items()
    path = up.object(pack_key(VAULT_ID, location.pack))
    path.write_bytes(bomb)
    lying = Location(location.kind, location.pack, 0, len(bomb), 4, "zstd")
    with pytest.raises(DamageError) as caught:
        await fetch(up.remote, Tree(tree.entries, {piece: lying}), ["vault/a"], tmp_path / "into")
    assert caught.value.params["problem"] in ("pieces.too_large", "pieces.wrong_hash")


@pytest.mark.asyncio
async def test_a_file_that_claims_more_than_the_disk_has_is_refused_at_once(up: Uploader, tmp_path: Path) -> None:
    await up.commit({"vault/a": b"1234"})
    _, tree = await read_tree(up.remote)
    entry = tree.entries["vault/a"]
    assert isinstance(entry, FileEntry)
    huge = replace(entry, size=1 << 60, content=replace(entry.content, size=1 << 60))
    with pytest.raises(FileError) as caught:
        await fetch(up.remote, Tree({"vault/a": huge}, tree.pieces), ["vault/a"], tmp_path / "into")
    assert caught.value.code == "files.disk_full"


@pytest.mark.asyncio
async def test_wrong_sizes_and_hashes_in_the_table_are_noticed(up: Uploader, tmp_path: Path) -> None:
    await up.commit({"vault/a": b"1234"})
    _, tree = await read_tree(up.remote)
    entry = tree.entries["vault/a"]
    assert isinstance(entry, FileEntry)
    other = hashlib.sha256(b"other").hexdigest()
    for number, (stream, problem) in enumerate(
        (
            (replace(entry.content, size=3), "restore.wrong_size"),
            (replace(entry.content, sha256=other), "restore.wrong_hash"),
            (replace(entry.content, ids=(b"\0" * 32,)), "table.piece_missing"),
        )
    ):
        lying = Tree({"vault/a": replace(entry, content=stream)}, tree.pieces)
        with pytest.raises(DamageError) as caught:
            await fetch(up.remote, lying, ["vault/a"], tmp_path / str(number))
        assert caught.value.params["problem"] == problem


@pytest.mark.asyncio
async def test_with_a_listener_for_damage_the_whole_files_are_made(up: Uploader, tmp_path: Path) -> None:
    await up.commit({"vault/bad.npy": RANDOM.randbytes(100_000)})
    packs(up)[0].unlink()
    await up.commit({"vault/good.npy": RANDOM.randbytes(100_000)})
    hurt: dict[str, DamageError] = {}
    _, tree = await read_tree(up.remote)
    fetched = await fetch(up.remote, tree, list(tree.entries), tmp_path / "into", hurt=hurt.__setitem__)
    assert list(hurt) == ["vault/bad.npy"]
    assert fetched.made == ("vault/good.npy",)


@pytest.mark.asyncio
async def test_a_full_disk_is_an_error_of_the_disk(
    up: Uploader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await up.commit(FILES)

    def full(place: Path, offset: int, data: bytes) -> None:
        from core.files import translated

        with translated(place):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(assemble, "_write_at", full)
    with pytest.raises(FileError) as caught:
        await got(up, tmp_path / "into")
    assert caught.value.code == "files.disk_full"


class Slow:
    """A store whose answers take long."""

    def __init__(self, store: object, seconds: float) -> None:
        self._store, self._seconds = store, seconds
        self.waiting = asyncio.Event()
        self.at_once = self.most_bytes = self._bytes = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def get(self, key: str, **options: int) -> bytes:
        if key.endswith(".pack"):
            self.waiting.set()
            self._bytes += options["length"]
            self.most_bytes = max(self.most_bytes, self._bytes)
            try:
                await asyncio.sleep(self._seconds)
                return await self._store.get(key, **options)  # type: ignore[attr-defined,no-any-return]
            finally:
                self._bytes -= options["length"]
        return await self._store.get(key, **options)  # type: ignore[attr-defined,no-any-return]


@pytest.mark.asyncio
async def test_cancel_is_quick_and_leaves_no_thread(up: Uploader, tmp_path: Path) -> None:
    await up.commit(FILES)
    _, tree = await read_tree(up.remote)
    slow = Slow(up.remote.store, 60)
    task = asyncio.create_task(
        fetch(replace(up.remote, store=slow), tree, list(tree.entries), tmp_path / "into")  # type: ignore[arg-type]
    )
    await slow.waiting.wait()
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 30
    assert not [t for t in threading.enumerate() if t.name.startswith("cogzy-restore")]


@pytest.mark.asyncio
async def test_stored_bytes_in_flight_are_bounded(
    up: Uploader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sync.reader.MOST_IN_FLIGHT", 1 << 20)
    monkeypatch.setattr("core.sync.reader.READ_SIZE", 1 << 18)
    await up.commit({"vault/vectors/nodes.npy": RANDOM.randbytes(6_000_000)})
    _, tree = await read_tree(up.remote)
    slow = Slow(up.remote.store, 0.01)
    await fetch(replace(up.remote, store=slow), tree, list(tree.entries), tmp_path / "into")  # type: ignore[arg-type]
    assert 1 << 18 <= slow.most_bytes <= 1 << 20

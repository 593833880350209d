"""What was acknowledged is found: at once, after a restart, after a crash, and after the index was lost."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.akosha.search import embedding_rows, indexing, shard_index
from core.akosha.shards import ShardRouter
from core.akosha.store import Change, HubStore, StoredMemory, StoreError
from core.memory.embedding import EmbeddingError
from core.memory.rows import Tombstone
from tests.akosha.search.samples import WordEmbedder, hub, meaning, row, stored

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_rows, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(embedding_rows, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(indexing, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(indexing, "_LOOK_SECONDS", 0.02)


async def _until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < give_up
        await asyncio.sleep(0.002)


async def test_what_a_put_acknowledged_is_found_changed_and_gone_at_once(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "the key is under the mat"), row("b", "the cat is on the roof")])
        assert await one.find("key") == ["a"]
        await one.store.put("laptop", [row("a", "the ladder is in the shed")])
        assert await one.find("key") == []
        assert await one.find("ladder") == ["a"]
        await one.store.put("laptop", [Tombstone("node", "a")])
        assert await one.find("ladder") == []
        assert one.indexing.status()["indexed"] == 1


async def test_a_restart_finds_everything_again(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "the key")])
        await one.store.put("laptop", [row("b", "the key again"), row("c", "the key once more")])
        await one.store.put("laptop", [Tombstone("node", "b")])
    async with hub(tmp_path) as one:
        assert sorted(await one.find("key")) == ["a", "c"]
        assert one.indexing.status()["partial"] is False


async def test_an_upload_is_indexed_when_it_is_committed_and_not_before(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        async with one.store.upload("laptop", "u1", as_of=5.0) as upload:
            await upload.put([row(str(i), f"brick number{i}") for i in range(2500)])
            assert await one.find("brick") == []
        assert await one.find("number2499") == ["2499"]
        assert one.indexing.status()["indexed"] == 2500


_CRASHING = """
import asyncio, os, sys
from pathlib import Path
from tests.akosha.search.samples import hub, row
from core.memory.rows import Tombstone

async def main():
    async with hub(Path(sys.argv[1])) as one:
        await one.store.put("laptop", [row("a", "the key is here"), row("b", "the key is there"), row("c", "the cat")])
        await one.indexing.flush()
        await one.store.put("laptop", [row("d", "the key is nowhere"), row("c", "the key ate the cat")])
        await one.store.put("laptop", [Tombstone("node", "b")])
        os._exit(9)

asyncio.run(main())
"""


async def test_after_a_crash_the_index_catches_up_with_what_was_acknowledged(tmp_path: Path) -> None:
    crashed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", _CRASHING, str(tmp_path)], check=False)
    assert crashed.returncode == 9
    async with hub(tmp_path) as one:
        assert sorted(await one.find("key")) == ["a", "c", "d"]
        assert one.indexing.status()["indexed"] == 3


async def test_what_is_stored_while_no_index_is_open_is_caught_up(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "the key")])
    store = await HubStore.open(tmp_path)
    await store.put("laptop", [row("b", "the other key"), Tombstone("node", "a")])
    await store.close()
    async with hub(tmp_path) as one:
        assert await one.find("key") == ["b"]


@pytest.mark.parametrize("hurt", ["damaged", "gone"])
async def test_a_lost_index_is_made_again_in_the_background_and_answers_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hurt: str
) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row(str(i), f"key number{i}") for i in range(50)])
    if hurt == "gone":
        shutil.rmtree(tmp_path / "index")
    else:
        for path in (tmp_path / "index").rglob("*"):
            if path.is_file():
                path.write_bytes(b"these are not the bytes you are looking for")
    monkeypatch.setattr(indexing, "SHORT_WAY", 0)
    gate = asyncio.Event()
    changes = HubStore.changes

    async def slow(self: HubStore, *arguments: Any) -> Any:
        await gate.wait()
        return await changes(self, *arguments)

    monkeypatch.setattr(HubStore, "changes", slow)
    async with hub(tmp_path) as one:
        answer = await one.search.search("key")
        assert [notice.code for notice in answer.notices] == ["akosha.no_model", "akosha.index_partial"]
        assert one.indexing.status()["partial"] is True
        gate.set()
        await asyncio.wait_for(one.indexing.caught_up(), 5)
        answer = await one.search.search("number49")
        assert [hit.id for hit in answer.results] == ["49"]
        assert [notice.code for notice in answer.notices] == ["akosha.no_model"]


async def test_what_is_stored_while_the_index_is_made_again_is_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row(str(i), f"key number{i}") for i in range(3000)])
    shutil.rmtree(tmp_path / "index")
    monkeypatch.setattr(indexing, "SHORT_WAY", 0)
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("new", "something new"), row("7", "changed meanwhile")])
        assert await one.find("new") == ["new"]
        await asyncio.wait_for(one.indexing.caught_up(), 10)
        assert await one.find("new") == ["new"]
        assert await one.find("meanwhile") == ["7"]
        assert await one.find("number7") == []
        assert one.indexing.status()["indexed"] == 3001


async def test_an_index_that_belongs_to_other_rows_is_made_again(tmp_path: Path) -> None:
    async with hub(tmp_path / "big") as big:
        for i in range(5):
            await big.store.put("laptop", [row(str(i), "a foreign key")])
    async with hub(tmp_path / "small") as small:
        await small.store.put("laptop", [row("own", "my own key")])
    shutil.rmtree(tmp_path / "small" / "index")
    shutil.copytree(tmp_path / "big" / "index", tmp_path / "small" / "index")
    async with hub(tmp_path / "small") as small:
        assert await small.find("key") == ["own"]


async def test_an_index_that_cannot_be_written_fails_no_put_says_so_and_catches_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "the key")])
        index = one.indexing._kept[0].index._opened
        broken = True

        def add(records: Sequence[Any], really: Any = index.add) -> None:
            if broken:
                raise OSError(28, "no space")
            really(records)

        monkeypatch.setattr(index, "add", add)
        result = await one.store.put("laptop", [row("b", "another key")])
        assert (result.stored, result.errors) == (1, ())
        answer = await one.search.search("key")
        assert "akosha.index_partial" in [notice.code for notice in answer.notices]
        assert one.indexing.status()["problem"] == "OSError"
        broken = False
        await asyncio.wait_for(one.indexing.caught_up(), 5)
        assert sorted(await one.find("key")) == ["a", "b"]
        assert one.indexing.status()["problem"] is None


async def test_an_index_that_cannot_catch_up_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "the key")])
        index = one.indexing._kept[0].index._opened

        def add(records: Sequence[Any]) -> None:
            raise ValueError("its state is beyond repair")

        monkeypatch.setattr(index, "add", add)
        await one.store.put("laptop", [row("b", "another key")])
        await asyncio.wait_for(one.indexing.caught_up(), 10)
        assert sorted(await one.find("key")) == ["a", "b"]


async def test_a_put_that_is_given_up_is_indexed_all_the_same(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        put = asyncio.create_task(one.store.put("laptop", [row("a", "the key")]))
        await _until(lambda: one.store.seq(0) > 0)
        put.cancel()
        await asyncio.gather(put, return_exceptions=True)
        await one.store.put("laptop", [row("b", "another key")])
        assert sorted(await one.find("key")) == ["a", "b"]


async def test_it_is_flushed_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "FLUSH_CHANGES", 10)
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row(str(i), "key") for i in range(9)])
        await asyncio.sleep(0.2)
        assert one.indexing._kept[0].index.flushed == 0
        await one.store.put("laptop", [row("more", "key")])
        await _until(lambda: one.indexing._kept[0].index.flushed == one.store.seq(0))


async def test_systems_in_several_files_are_found_together_and_alone(tmp_path: Path) -> None:
    from core.memory.index import Filter

    router = ShardRouter()
    systems = [f"system-{i}" for i in range(12)]
    assert len({router.file_of(system, 4) for system in systems}) == 4
    async with hub(tmp_path, shard_files=4) as one:
        for system in systems:
            await one.store.put(system, [row("n1", f"the key of {system}")])
        answer = await one.search.search("key", k=50)
        assert sorted(hit.system_id for hit in answer.results) == sorted(systems)
        alone = await one.search.search("key", filter=Filter(systems=frozenset({"system-3"})))
        assert [hit.system_id for hit in alone.results] == ["system-3"]
    async with hub(tmp_path, shard_files=4) as one:
        assert len((await one.search.search("key", k=50)).results) == 12


async def test_rows_without_a_vector_get_one_and_those_of_another_model_too(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    foreign = meaning("nothing of the kind")
    async with hub(tmp_path, embedder=embedder) as one:
        await one.store.put(
            "laptop",
            [
                row("bare", "alpha beta"),
                row("unknown", "alpha gamma", vector=foreign),
                row("other", "alpha delta", vector=foreign, model="words/0"),
                row("ours", "alpha epsilon", vector=meaning("alpha epsilon"), model="words/1"),
                row("knows", "alpha", kind="relationship"),
            ],
        )
        await asyncio.wait_for(one.indexing.embedded(), 5)
        assert sorted(embedder.texts) == ["alpha beta", "alpha delta", "alpha gamma"]
        answer = await one.search.search("alpha")
        assert answer.mode == "hybrid"
        assert answer.notices == ()
        dense = {hit.id: hit.dense for hit in answer.results}
        assert dense.pop("knows") is None
        assert all(cosine is not None and cosine > 0.5 for cosine in dense.values())
        told = one.indexing.status()["embedding"]
        assert told == {"model": "words/1", "behind": False, "embedded": 3, "problem": None}
        kept = await one.store.get("laptop", "node", "other")
        assert kept is not None
        assert (kept.row.vector, kept.row.model) == (foreign, "words/0")


async def test_while_rows_wait_for_their_vectors_an_answer_says_so(tmp_path: Path) -> None:
    embedder = WordEmbedder(gate=asyncio.Event())
    async with hub(tmp_path, embedder=embedder, deadline=0.2) as one:
        await one.store.put("laptop", [row("a", "alpha beta")])
        embedder, search_embedder = WordEmbedder(), embedder
        one.search._embedder = embedder
        answer = await one.search.search("alpha")
        assert [notice.code for notice in answer.notices] == ["akosha.embedding_behind"]
        assert [hit.id for hit in answer.results] == ["a"]
        assert search_embedder.gate is not None
        search_embedder.gate.set()
        await asyncio.wait_for(one.indexing.embedded(), 5)
        assert (await one.search.search("alpha")).notices == ()


async def test_a_row_that_changes_while_it_is_embedded_never_has_the_vector_of_its_old_text(tmp_path: Path) -> None:
    embedder = WordEmbedder(gate=asyncio.Event())
    async with hub(tmp_path, embedder=embedder) as one:
        await one.store.put("laptop", [row("a", "alpha"), row("b", "beta"), row("c", "gamma")])
        await _until(lambda: bool(embedder.texts))
        await one.store.put("laptop", [row("a", "omega"), Tombstone("node", "b")])
        assert embedder.gate is not None
        embedder.gate.set()
        await asyncio.wait_for(one.indexing.embedded(), 5)
        answer = await one.search.search("omega", vector=meaning("omega"))
        assert {hit.id: round(hit.dense or 0, 2) for hit in answer.results} == {"a": 1.0, "c": 0.0}


async def test_what_was_embedded_before_a_restart_is_not_embedded_again(tmp_path: Path) -> None:
    async with hub(tmp_path, embedder=WordEmbedder()) as one:
        await one.store.put("laptop", [row("a", "alpha"), row("b", "beta")])
        await asyncio.wait_for(one.indexing.embedded(), 5)
    again = WordEmbedder()
    async with hub(tmp_path, embedder=again) as one:
        await asyncio.wait_for(one.indexing.embedded(), 5)
        assert again.texts == []
        await one.store.put("laptop", [row("c", "gamma")])
        await asyncio.wait_for(one.indexing.embedded(), 5)
        assert again.texts == ["gamma"]
        answer = await one.search.search("alpha")
        assert {hit.id for hit in answer.results if hit.dense is not None} == {"a", "b", "c"}


@pytest.mark.parametrize("why", ["another model", "the index is gone", "without a model meanwhile"])
async def test_everything_is_embedded_anew_when_its_vectors_are_not_there(tmp_path: Path, why: str) -> None:
    async with hub(tmp_path, embedder=WordEmbedder()) as one:
        await one.store.put("laptop", [row("a", "alpha"), row("b", "beta")])
        await asyncio.wait_for(one.indexing.embedded(), 5)
    if why != "another model":
        shutil.rmtree(tmp_path / "index" / "00")
    if why == "without a model meanwhile":
        async with hub(tmp_path) as one:
            await one.store.put("laptop", [row("c", "gamma")])
    again = WordEmbedder(model="words/2" if why == "another model" else "words/1")
    async with hub(tmp_path, embedder=again) as one:
        await asyncio.wait_for(one.indexing.embedded(), 5)
        assert {"alpha", "beta"} <= set(again.texts)
        answer = await one.search.search("alpha")
        assert {"a", "b"} <= {hit.id for hit in answer.results if hit.dense is not None}


async def test_an_embedder_that_fails_is_told_of_and_tried_again(tmp_path: Path) -> None:
    embedder = WordEmbedder(error=EmbeddingError("embedding.no_model", folder="x"))
    async with hub(tmp_path, embedder=embedder) as one:
        await one.store.put("laptop", [row("a", "alpha")])
        await _until(lambda: one.indexing.status()["embedding"]["problem"])
        assert await one.find("alpha") == ["a"]
        embedder.error = None
        await asyncio.wait_for(one.indexing.embedded(), 5)
        assert one.indexing.status()["embedding"]["problem"] is None
        assert len(embedder.texts) > 1


async def test_an_index_that_cannot_be_flushed_at_the_end_is_caught_up_at_the_next_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "the key")])

        def flush(seq: int) -> None:
            raise OSError(28, "no space")

        monkeypatch.setattr(one.indexing._kept[0].index._opened, "flush", flush)
    async with hub(tmp_path) as one:
        assert await one.find("key") == ["a"]


class _Texts:
    """Rows of one shard file, all with the same text. More than `room` at once have no room in the store's memory."""

    def __init__(self, text: str, count: int, room: int = 1 << 30) -> None:
        self._changes = [_change(text, number) for number in range(count)]
        self._room = room

    async def changes(self, file: int, after_seq: int, limit: int) -> list[Change]:
        if limit > self._room:
            raise StoreError("akosha.data_too_large", path="shard", limit="48 MiB")
        return self._changes[after_seq + 1 :][:limit]

    async def fetch(self, labels: Sequence[int]) -> list[StoredMemory]:
        return [change.stored for change in self._changes if change.stored is not None and change.label in labels]

    def seq(self, file: int) -> int:
        return len(self._changes) - 1


async def test_long_memories_are_read_a_few_at_a_time() -> None:
    batches = shard_index.Batches(_Texts("x" * (1 << 20), 300), 0)
    for _ in range(9):
        assert await batches.read(-1)
    assert 1 <= batches.size <= 32  # 16 MB at a time, or twice that after a small batch
    batches._rows = _Texts("x", 2000)
    for _ in range(12):
        assert await batches.read(-1)
    assert batches.size == shard_index.MOST_ROWS


async def test_where_so_many_have_no_room_fewer_are_read() -> None:
    rows, seen = _Texts("x", 20, room=3), -1
    batches = shard_index.Batches(rows, 0)
    numbers: list[int] = []
    while found := await batches.read(seen):
        numbers += [change.label for change in found]
        seen = found[-1].seq
    assert numbers == list(range(20))
    with pytest.raises(StoreError) as refused:
        await shard_index.Batches(_Texts("x", 1, room=0), 0).read(-1)
    assert refused.value.code == "akosha.data_too_large"


def _change(text: str, number: int) -> Change:
    return Change(label=number, deleted=False, stored=stored(number, "laptop", str(number), text), seq=number)

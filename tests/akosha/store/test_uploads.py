"""Uploads: all rows and the marker, or nothing; big ones in bounded memory and without holding others up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.akosha.store import HubStore, PutResult, spool
from core.memory.rows import MemoryRow
from tests.akosha.store.samples import Replica, dead, everything, opened, row, vector

pytestmark = pytest.mark.asyncio


async def test_an_upload_is_its_rows_and_its_marker(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(9)], as_of=50)
    async with store.upload("s", "20260101_u1", 100.0) as tx:
        assert await tx.put([row(1), row(2, " ")]) == [("reflection", "r2", "rows.empty_text", {})]
        await tx.put(row(n) for n in range(3, 5))
        await tx.delete([dead(9)])
        tx.detail["files"] = 3
        assert await store.get("s", "reflection", "r1") is None
    assert tx.result == PutResult(stored=3, deleted=1, errors=(("reflection", "r2", "rows.empty_text", {}),))
    assert await store.get("s", "reflection", "r1") is not None
    assert await store.get("s", "reflection", "r9") is None
    (marked,) = await store.uploads()
    assert (marked.system_id, marked.upload_id, marked.state) == ("s", "20260101_u1", "ingested")
    assert (marked.rows, marked.deleted, marked.reason) == (3, 1, None)
    assert marked.detail == {"files": 3, "rows_refused": 1}
    assert abs(marked.at - time.time()) < 60
    assert await store.upload_states("s") == {"20260101_u1": "ingested"}
    assert (await store.systems())[0].last_seen == 100
    await store.close()


@pytest.mark.parametrize("rows", [3, 3000])
async def test_an_upload_that_fails_leaves_nothing(tmp_path: Path, rows: int) -> None:
    store = await opened(tmp_path)
    tx = store.upload("s", "u1", 100.0)

    async def failing() -> None:
        async with tx:
            await tx.put(row(n) for n in range(rows))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert tx.result is None
    assert (await store.counts()).memories == 0
    assert await store.uploads() == []
    await store.close()


async def test_an_old_upload_undoes_nothing_newer(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(1, "pushed", origin="a"), row(2, origin="a")], as_of=200)
    await store.put("s", [row(3, origin="a"), row(4, origin="b"), row(5)], as_of=50)
    await store.put("other", [row(6, origin="a")], as_of=50)
    async with store.upload("s", "u1", 100.0) as tx:
        await tx.put([row(1, "old", origin="a")])
        await tx.keep_only("a", "reflection", ["r1"])
    assert tx.result == PutResult(superseded=1, deleted=1)
    for number, there in ((1, True), (2, True), (3, False), (4, True), (5, True)):
        assert (await store.get("s", "reflection", f"r{number}") is not None) == there
    assert await store.get("other", "reflection", "r6") is not None
    await store.close()


async def test_keep_only_takes_ids_as_they_come(tmp_path: Path) -> None:
    async def coming() -> AsyncIterator[str]:
        for number in range(0, 30_000, 2):
            yield f"r{number}"

    replica = Replica()
    store = await opened(tmp_path, on_commit=replica.on_commit)
    async with store.upload("s", "u1", 100.0) as tx:
        await tx.put(row(n, origin="a") for n in range(6000))
    async with store.upload("s", "u2", 200.0) as tx:
        await tx.keep_only("a", "reflection", coming())
    assert tx.result == PutResult(deleted=3000)
    assert sorted(replica.rows) == sorted(await everything(store))
    assert len(replica.rows) == 3000
    async with store.upload("s", "u3", 300.0) as tx:
        await tx.keep_only("a", "reflection", [])
        await tx.put([row(1, origin="a")])
    assert tx.result == PutResult(deleted=3000, stored=1)
    assert [one.row.id for one in replica.rows.values()] == ["r1"]
    await store.close()


async def test_pushes_go_on_while_a_big_upload_is_written_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST_IN_MEMORY", 1 << 20)
    replica = Replica()
    store = await opened(tmp_path, on_commit=replica.on_commit)
    await store.put("pushing", [row(0)])
    uploading = asyncio.create_task(_upload(store, "big", 12_000))
    own, others = [], []
    for number in range(400):
        if uploading.done():
            break
        before = time.perf_counter()
        await store.put("pushing", [row(number, "pushed")])
        others.append(time.perf_counter() - before)
        if number % 10 == 0:
            own.append(asyncio.create_task(store.put("big", [row(20_000 + number), row(number, "pushed as well")])))
    assert await uploading == PutResult(stored=12_000) or (await uploading).superseded > 0
    await asyncio.gather(*own)
    assert len(others) > 3
    assert replica.rows == await everything(store)
    assert store.seq(0) == replica.seqs[0]
    for task_number in range(len(own)):
        found = await store.get("big", "reflection", f"r{task_number * 10}")
        assert found is not None
        assert found.row.text == "pushed as well"
    await store.close()
    store = await opened(tmp_path)
    assert replica.rows == await everything(store)
    assert store.seq(0) == replica.seqs[0]
    await store.close()


async def test_two_big_uploads_and_small_ones_of_all_systems_at_once(tmp_path: Path) -> None:
    replica = Replica()
    store = await opened(tmp_path, on_commit=replica.on_commit)
    done = await asyncio.gather(
        _upload(store, "a", 3000),
        _upload(store, "b", 3000),
        *(_upload(store, system, 20, f"small{n}") for n in range(10) for system in "abc"),
    )
    assert sum(one.stored + one.unchanged for one in done) == 6000 + 600
    assert (await store.counts()).memories == 6020
    assert (await store.counts()).uploads == {"ingested": 32}
    assert replica.rows == await everything(store)
    await store.close()


async def test_while_a_big_upload_is_told_an_index_can_catch_up_without_missing_a_push(tmp_path: Path) -> None:
    replica, late = Replica(), Replica()
    store = await opened(tmp_path, on_commit=replica.on_commit)

    async def catch_up() -> None:
        while True:
            for change in await store.changes(0, late.seqs.get(0, 0), 1500):
                assert change.seq > late.seqs.get(0, 0)
                late.seqs[0] = change.seq
                late.take(change)
            await asyncio.sleep(0.001)

    following = asyncio.create_task(catch_up())
    uploading = asyncio.create_task(_upload(store, "big", 8000))
    number = 0
    while not uploading.done():
        await store.put("big" if number % 2 else "other", [row(number), dead(number - 2)])
        number += 1
    following.cancel()
    for change in await store.changes(0, late.seqs.get(0, 0), 100_000):
        late.take(change)
    assert late.rows == replica.rows == await everything(store)
    await store.close()


async def test_of_an_upload_of_long_texts_little_is_in_memory(tmp_path: Path) -> None:
    store = await opened(tmp_path)

    def long() -> Iterator[MemoryRow]:
        for number in range(60):
            yield MemoryRow("memory", str(number), f"{number} " + "long " * 100_000)

    async with store.upload("s", "u", 100.0) as tx:
        for one in long():
            await tx.put([one])
    assert tx.result == PutResult(stored=60)
    assert list((tmp_path / "staging").iterdir()) == [], "a spool has no name and is gone"
    await store.close()


async def test_markers_say_why_and_can_be_replaced(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    reason = {"code": "ingest.bad_pack", "params": {"pack": "ab", "count": 3}}
    await store.mark_upload("s", "u1", "quarantined", reason, {"tries": 2})
    (marked,) = await store.uploads("s")
    assert (marked.state, marked.reason, marked.detail) == ("quarantined", reason, {"tries": 2})
    assert (marked.rows, marked.deleted) == (0, 0)
    async with store.upload("s", "u1", 100.0) as tx:
        await tx.put([row(1)])
    (marked,) = await store.uploads("s")
    assert (marked.state, marked.reason, marked.rows) == ("ingested", None, 1)
    await store.close()


async def test_uploads_are_listed_the_newest_first_and_page_by_page(tmp_path: Path) -> None:
    store = await opened(tmp_path, shard_files=3)
    for number in range(12):
        for system in ("a", "b", "c"):
            state = "skipped" if number % 4 else "unreadable"
            await store.mark_upload(system, f"2026010{number // 10}_{number % 10}", state, None, {})
    pages, after = [], None
    while page := await store.uploads(limit=5, after=after):
        pages += page
        after = page[-1].cursor
    assert len(pages) == 36
    assert [one.upload_id for one in pages] == sorted((one.upload_id for one in pages), reverse=True)
    assert len({one.cursor for one in pages}) == 36
    assert len(await store.uploads("b", limit=100)) == 12
    assert {one.state for one in await store.uploads("b", "unreadable")} == {"unreadable"}
    assert len(await store.upload_states("c")) == 12
    assert await store.upload_states("nobody") == {}
    await store.close()


async def _upload(store: HubStore, system: str, rows: int, upload: str = "big") -> PutResult:
    vectors = [vector(seed, 96) for seed in range(7)]
    async with store.upload(system, upload, 100.0) as tx:
        await tx.put(row(n, vector=vectors[n % 7], origin="a") for n in range(rows))
    assert tx.result is not None
    return tx.result

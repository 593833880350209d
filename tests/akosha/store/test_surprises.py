"""What nobody foresaw ends in an error: never in a put that waits for ever, or in a store that cannot be closed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.akosha.store import Change, HubStore, StoreError
from core.akosha.store.jobs import MOST_ROWS
from core.akosha.store.spool import Spool
from core.errors import BusyError, CogzyError
from tests.akosha.store.samples import opened, row

pytestmark = pytest.mark.asyncio
SOON = 15.0


async def closed(store: HubStore) -> None:
    async with asyncio.timeout(SOON):
        await store.close()


@pytest.mark.parametrize("count", [3, MOST_ROWS + 500])
async def test_an_index_that_was_cancelled_holds_up_no_put(tmp_path: Path, count: int) -> None:
    async def on_commit(file: int, changes: Sequence[Change]) -> None:
        if cancelled.is_set():
            raise asyncio.CancelledError

    cancelled = asyncio.Event()
    cancelled.set()
    store = await opened(tmp_path, on_commit=on_commit)
    with pytest.raises(CogzyError):
        async with asyncio.timeout(SOON):
            await store.put("s", [row(number) for number in range(count)])
    assert (await store.counts()).memories == count
    cancelled.clear()
    async with asyncio.timeout(SOON):
        await store.put("s", [row(-1)])
    await closed(store)


async def test_when_nobody_tells_of_commits_any_more_the_store_can_be_closed(tmp_path: Path) -> None:
    """As when a loop that ends has cancelled all tasks."""
    reached, never = asyncio.Event(), asyncio.Event()

    async def on_commit(file: int, changes: Sequence[Change]) -> None:
        reached.set()
        await never.wait()

    store = await opened(tmp_path, on_commit=on_commit)
    putting = asyncio.create_task(store.put("s", [row(number) for number in range(MOST_ROWS + 500)]))
    await reached.wait()
    for task in asyncio.all_tasks():
        if task.get_name().startswith("akosha-publish"):
            task.cancel()
    await closed(store)
    with pytest.raises(BusyError):
        async with asyncio.timeout(SOON):
            await putting
    store = await opened(tmp_path)
    assert (await store.counts()).memories == MOST_ROWS + 500
    await closed(store)


async def test_a_writer_that_ends_by_a_fault_of_its_own_leaves_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close(spool: Spool) -> None:
        raise RuntimeError("nobody foresaw this")

    async def uploaded() -> None:
        async with asyncio.timeout(SOON), store.upload("s", "u", 0) as tx:
            await tx.put([row(1)])

    store = await opened(tmp_path)
    await store.put("s", [row(0)])
    monkeypatch.setattr(Spool, "close", close)
    with pytest.raises(StoreError):
        await uploaded()
    with pytest.raises(CogzyError):
        async with asyncio.timeout(SOON):
            await store.put("s", [row(2)])
    await closed(store)


async def test_a_file_is_opened_again_however_many_read_it(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(number) for number in range(200)])
    shard = store._open[0].shard
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            with shard.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM hub.memories").fetchall()

    readers = [threading.Thread(target=read, daemon=True) for _ in range(6)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(5):
            async with asyncio.timeout(SOON):
                await asyncio.to_thread(shard.reopen)
    finally:
        ended.set()
        for reader in readers:
            reader.join()
    assert (await store.counts()).memories == 200
    await closed(store)


async def test_a_file_that_cannot_be_closed_leaves_none_of_the_others_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise StoreError("akosha.data_failed", path="here", reason="nobody foresaw this")

    store = await opened(tmp_path, shard_files=256)
    for number in range(4):
        await store.put(f"system {number}", [row(number)])
    shards = [one.shard for one in store._open.values()]
    assert len(shards) > 1
    close = shards[0].close
    monkeypatch.setattr(shards[0], "close", fails)
    with pytest.raises(StoreError):
        await closed(store)
    assert [shard._connection for shard in shards[1:]] == [None] * (len(shards) - 1)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("akosha-writer")]
    close()

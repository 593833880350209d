"""Commits: told in their order before they are acknowledged, together when they wait together, each job by itself."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.akosha.store import Change, PutResult
from core.errors import BusyError
from core.memory.rows import MemoryRow, Tombstone
from tests.akosha.store.samples import Replica, dead, everything, opened, row

pytestmark = pytest.mark.asyncio


async def test_a_change_is_told_before_its_put_returns(tmp_path: Path) -> None:
    replica = Replica()
    store = await opened(tmp_path, on_commit=replica.on_commit)
    await store.put("s", [row(1), row(2)])
    assert [(change.deleted, change.seq) for change in replica.told] == [(False, 1), (False, 2)]
    await store.put("s", [dead(1), row(2), dead(3)])
    assert [(change.deleted, change.label) for change in replica.told[2:]] == [(True, replica.told[0].label)]
    assert [one.row for one in replica.rows.values()] == [row(2)]
    assert await store.changes(0, 2, 10) == [replica.told[2], *(await store.changes(0, 3, 10))]
    assert store.seq(0) == 4
    assert store.seq(7) == 0
    assert await store.changes(7, 0, 10) == []
    await store.close()


async def test_an_index_that_begins_in_the_middle_comes_to_know_the_same(tmp_path: Path) -> None:
    replica, early = Replica(), Replica()
    store = await opened(tmp_path, on_commit=replica.on_commit)
    chosen = random.Random(5)
    for step in range(30):
        rows: list[MemoryRow | Tombstone] = []
        for number in chosen.choices(range(40), k=8):
            rows.append(dead(number) if chosen.random() < 0.3 else row(number, f"version {chosen.randrange(4)}"))
        await store.put(chosen.choice("ab"), rows)
        if step == 10:
            for change in await store.changes(0, 0, 1000):
                early.take(change)
            early.seqs[0] = store.seq(0)
    for change in await store.changes(0, early.seqs[0], 1000):
        early.take(change)
    assert early.rows == replica.rows == await everything(store)
    await store.close()
    store = await opened(tmp_path)
    assert await everything(store) == replica.rows
    await store.close()


async def test_puts_that_wait_together_are_committed_together_and_each_gets_its_own_answer(tmp_path: Path) -> None:
    commits: list[int] = []

    async def on_commit(file: int, changes: Sequence[Change]) -> None:
        commits.append(len(changes))

    store = await opened(tmp_path, on_commit=on_commit)
    await store.put("s", [row(0)])
    answers = await asyncio.gather(*(store.put(f"s{n % 3}", [row(n // 3, f"text {n // 6}")]) for n in range(300)))
    assert len(commits) < 100
    assert sum(answer.stored for answer in answers) + sum(answer.unchanged for answer in answers) == 300
    assert all(answer.stored + answer.unchanged == 1 for answer in answers)
    assert (await store.counts()).memories == 300 + 1
    await store.close()


async def test_what_on_commit_raises_is_raised_by_the_put_and_the_rows_are_stored(tmp_path: Path) -> None:
    broken = True

    async def on_commit(file: int, changes: Sequence[Change]) -> None:
        if broken:
            raise RuntimeError("the index is ill")

    store = await opened(tmp_path, on_commit=on_commit)
    with pytest.raises(RuntimeError, match="ill"):
        await store.put("s", [row(1)])
    broken = False
    assert await store.put("s", [row(1), row(2)]) == PutResult(stored=1, unchanged=1)
    await store.close()


async def test_a_put_that_is_given_up_is_written_all_the_same(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [row(1000)])
    task = asyncio.create_task(store.put("s", [row(number) for number in range(1000)]))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.put("s", [row(2000)])
    assert (await store.counts()).memories in (2, 1002)
    await store.close()


async def test_closing_writes_what_is_waiting_and_takes_no_more(tmp_path: Path) -> None:
    replica = Replica()
    store = await opened(tmp_path, on_commit=replica.on_commit)
    await store.put("s", [row(0)])
    puts = [asyncio.create_task(store.put("s", [row(n)])) for n in range(1, 50)]
    await asyncio.sleep(0.02)
    await store.close()
    await store.close()
    answers = await asyncio.gather(*puts, return_exceptions=True)
    done = [answer for answer in answers if isinstance(answer, PutResult)]
    refused = [answer for answer in answers if isinstance(answer, BusyError)]
    assert len(done) + len(refused) == len(puts)
    assert all(error.code == "akosha.store_closed" for error in refused)
    with pytest.raises(BusyError):
        await store.put("s", [row(99)])
    with pytest.raises(BusyError):
        await store.get("s", "reflection", "r0")
    store = await opened(tmp_path)
    assert (await store.counts()).memories == 1 + len(done) == len(replica.rows)
    await store.close()


async def test_several_files_share_the_systems_among_them(tmp_path: Path) -> None:
    replica = Replica()
    store = await opened(tmp_path, shard_files=4, on_commit=replica.on_commit)
    assert store.files == ()
    assert (await store.counts()).memories == 0
    systems = [f"system-{n}" for n in range(12)]
    await asyncio.gather(*(store.put(system, [row(n) for n in range(20)]) for system in systems))
    await store.mark_upload(systems[3], "u1", "skipped", None, {})
    assert len(store.files) > 1
    assert {label & 0xFF for label in replica.rows} == set(store.files)
    labels = random.Random(1).sample(sorted(replica.rows), 50)
    assert [one.row for one in await store.fetch(labels)] == [replica.rows[label].row for label in labels]
    assert [one.system_id for one in await store.systems()] == sorted(systems)
    assert (await store.counts()).memories == 240
    assert (await store.counts()).systems == 12
    await store.close()
    store = await opened(tmp_path, shard_files=4)
    assert await everything(store) == replica.rows
    await store.close()

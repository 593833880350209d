"""A search over many shards ends in time, and says which of them it is without."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from core.akosha.search.query import DistributedQueryEngine, ShardSearcher, mode_of
from core.akosha.search.searchers import IndexSearcher, ShardHangsError, Workers
from core.akosha.shards import ShardRouter
from core.errors import DamageError
from core.memory.index import EmbeddedIndex, Filter, IndexRecord, Query
from tests.akosha.search.samples import Answers, Hangs, hit

pytestmark = pytest.mark.asyncio
_QUERY = Query(text="where is the key")


@pytest.fixture
def hangs() -> Iterator[Hangs]:
    """Let go at the end, so that no thread outlives its test for long."""
    one = Hangs([hit(9)])
    yield one
    one.gate.set()


def _engine(shards: dict[int, ShardSearcher], deadline: float = 0.2, workers: Workers | None = None):  # type: ignore[no-untyped-def]
    return DistributedQueryEngine(shards, deadline_seconds=deadline, workers=workers)


async def test_all_shards_answer_as_one() -> None:
    answer = await _engine({0: Answers([hit(1, lexical=1.0)]), 5: Answers([hit(2, lexical=3.0)])}).search(_QUERY)
    assert [one.label for one in answer.hits] == [2, 1]
    assert (answer.failed, answer.searched, answer.mode) == ((), 2, "lexical")


async def test_a_late_shard_and_a_failing_one_are_named_and_the_rest_answers_within_the_deadline() -> None:
    failing = Answers(error=DamageError("vault.missing", path="x"))
    shards = {0: Answers([hit(1)]), 7: Answers(seconds=60), 9: failing, 11: Answers(error=ValueError("secret text"))}
    began = time.monotonic()
    answer = await _engine(shards).search(_QUERY)
    assert time.monotonic() - began < 30
    assert [one.label for one in answer.hits] == [1]
    assert answer.searched == 1
    assert [(one.shard, one.reason) for one in answer.failed] == [(7, "timeout"), (9, "error"), (11, "error")]
    assert [one.error for one in answer.failed] == [
        "no answer within 0.2 s",
        "A file of the vault is missing",
        "ValueError",
    ]


async def test_a_late_shard_is_stopped() -> None:
    seen = asyncio.Event()

    class Late:
        async def search(self, query: Query) -> list[object]:
            try:
                await asyncio.sleep(60)
            finally:
                seen.set()
            return []

    await _engine({0: Late()}, 0.05).search(_QUERY)  # type: ignore[dict-item]
    await asyncio.wait_for(seen.wait(), 30)


async def test_a_shard_that_will_not_be_stopped_does_not_hold_the_answer() -> None:
    at_last, over = asyncio.Event(), asyncio.Event()

    class Stubborn:
        async def search(self, query: Query) -> list[object]:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                await at_last.wait()
                over.set()
                raise ValueError from None
            return []

    async with asyncio.timeout(30):
        answer = await _engine({0: Stubborn(), 1: Answers([hit(1)])}, 0.1).search(_QUERY)  # type: ignore[dict-item]
        assert [one.shard for one in answer.failed] == [0]
        at_last.set()
        await over.wait()
    for _ in range(5):  # what it ends with is heard by nobody and warned of by nobody
        await asyncio.sleep(0)


async def test_stopping_the_search_stops_every_shard() -> None:
    late = Answers(seconds=60)
    before = asyncio.all_tasks()
    search = asyncio.create_task(_engine({0: late, 1: Answers(seconds=60)}, 60).search(_QUERY))
    await asyncio.sleep(0.05)
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_a_searcher_of_several_shards_is_asked_once_and_fails_for_all_of_them() -> None:
    good, bad = Answers([hit(1)]), Answers(error=ValueError())
    answer = await _engine({shard: (good if shard < 128 else bad) for shard in range(256)}).search(_QUERY)
    assert (len(good.asked), len(bad.asked)) == (1, 1)
    assert answer.searched == 128
    assert [one.shard for one in answer.failed] == list(range(128, 256))


async def test_only_the_shards_of_the_systems_in_the_filter_are_asked() -> None:
    router = ShardRouter()
    shards = {shard: Answers([hit(shard)]) for shard in range(256)}
    query = Query(text="x", filter=Filter(systems=frozenset({"laptop", "desktop"})))
    answer = await _engine(dict(shards)).search(query)
    wanted = {router.shard_of("laptop"), router.shard_of("desktop")}
    assert {shard for shard, searcher in shards.items() if searcher.asked} == wanted
    assert answer.searched == 2
    assert (await _engine({}).search(_QUERY)).hits == ()


async def test_what_a_search_goes_by_is_told() -> None:
    assert mode_of(Query(text="x")) == "lexical"
    assert mode_of(Query(text="x", vector=bytes(4))) == "hybrid"
    assert mode_of(Query(text=" ", vector=bytes(4))) == "dense"


async def test_a_blocking_search_that_hangs_is_named_and_refuses_at_once_until_it_comes_back(hangs: Hangs) -> None:
    workers = Workers(2)
    hanging = IndexSearcher(hangs, workers, hangs_after=0.2)
    engine = _engine({0: hanging, 1: IndexSearcher(lambda query: [hit(1)], workers)}, 1.5, workers)
    answer = await engine.search(_QUERY)
    assert [one.label for one in answer.hits] == [1]
    assert [(one.shard, one.reason) for one in answer.failed] == [(0, "timeout")]

    began = time.monotonic()
    again = await engine.search(_QUERY)
    assert time.monotonic() - began < 1, "it fails fast"
    assert again.failed[0].reason == "timeout"
    assert "has not come back" in again.failed[0].error
    assert [one.label for one in again.hits] == [1]
    assert hangs.calls == 1

    hangs.gate.set()
    await asyncio.sleep(0.2)
    healed = await engine.search(_QUERY)
    assert not healed.failed
    assert healed.searched == 2
    workers.close()


async def test_hanging_searches_do_not_take_the_threads_of_the_others(hangs: Hangs) -> None:
    workers = Workers(2)
    shards = {shard: IndexSearcher(hangs, workers, hangs_after=1) for shard in range(6)}
    shards |= {shard: IndexSearcher(lambda query: [hit(1)], workers, hangs_after=1) for shard in range(6, 20)}
    answer = await _engine(dict(shards), 2, workers).search(_QUERY)
    assert [one.shard for one in answer.failed] == list(range(6))
    assert answer.searched == 14
    workers.close()


async def test_a_short_search_is_told_of_though_its_thread_hangs_in_the_next(hangs: Hangs) -> None:
    workers = Workers(1)
    short, hanging = IndexSearcher(lambda query: [hit(1)], workers), IndexSearcher(hangs, workers)
    first, second = asyncio.create_task(short.search(_QUERY)), asyncio.create_task(hanging.search(_QUERY))
    third = asyncio.create_task(short.search(_QUERY))  # waits: so the thread has more to do than to tell of the first
    assert [one.label for one in await asyncio.wait_for(first, 60)] == [1]
    assert not second.done()
    assert not third.done()
    hangs.gate.set()
    await asyncio.wait_for(asyncio.gather(second, third), 60)
    workers.close()


async def test_short_searches_are_told_of_together() -> None:
    workers, told = Workers(1), []
    searcher = IndexSearcher(lambda query: [hit(1)], workers, at_once=50)
    loop = asyncio.get_running_loop()
    call = loop.call_soon_threadsafe
    loop.call_soon_threadsafe = lambda *args, **options: told.append(1) or call(*args, **options)  # type: ignore
    await asyncio.gather(*(searcher.search(_QUERY) for _ in range(50)))
    assert len(told) < 50
    workers.close()


async def test_one_shard_holds_only_a_few_threads_whoever_asks(hangs: Hangs) -> None:
    workers = Workers(8)
    searcher = IndexSearcher(hangs, workers, hangs_after=60, at_once=2)
    engine = _engine({0: searcher}, 0.3, workers)
    answers = await asyncio.gather(*(engine.search(_QUERY) for _ in range(20)))
    assert all(answer.failed[0].reason == "timeout" for answer in answers)
    assert workers.held == 2
    workers.close()


async def test_a_search_that_was_given_up_before_it_began_is_never_run(hangs: Hangs) -> None:
    workers = Workers(1)
    ran = threading.Event()

    def find(query: Query) -> list[object]:
        ran.set()
        return []

    first = asyncio.create_task(IndexSearcher(hangs, workers).search(_QUERY))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(IndexSearcher(find, workers).search(_QUERY))  # type: ignore[arg-type]
    await asyncio.sleep(0.05)
    second.cancel()
    hangs.gate.set()
    assert [one.label for one in await first] == [9]
    await asyncio.sleep(0.05)
    assert not ran.is_set()
    workers.close()


async def test_the_deadline_of_a_hanging_search_is_told_by_its_error(hangs: Hangs) -> None:
    workers = Workers(1)
    searcher = IndexSearcher(hangs, workers, hangs_after=0.05)
    first = asyncio.create_task(searcher.search(_QUERY))
    await asyncio.sleep(0.1)
    with pytest.raises(ShardHangsError, match="has not come back"):
        await searcher.search(_QUERY)
    hangs.gate.set()
    await first
    workers.close()


async def test_closed_workers_run_nothing_and_cancel_what_waits(hangs: Hangs) -> None:
    workers = Workers(1)
    searcher = IndexSearcher(hangs, workers, at_once=1)
    other = IndexSearcher(lambda query: [hit(1)], workers)
    first = asyncio.create_task(searcher.search(_QUERY))
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(other.search(_QUERY))
    await asyncio.sleep(0.05)
    workers.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    hangs.gate.set()
    assert await first
    with pytest.raises(RuntimeError, match="closed"):
        await other.search(_QUERY)


async def test_256_indexes_answer_as_one() -> None:
    rng = np.random.default_rng(3)
    vectors = rng.standard_normal((2560, 16)).astype("<f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    workers, shards = Workers(), {}
    for shard in range(256):
        index = EmbeddedIndex(None, None)
        members = range(shard, 2560, 256)
        index.add([IndexRecord(n, f"memory number{n}", vectors[n].tobytes(), f"s{shard}", "node") for n in members])
        shards[shard] = IndexSearcher(index.search, workers)
    engine = _engine(dict(shards), 60, workers)
    for question in rng.standard_normal((5, 16)).astype("<f4"):
        answer = await engine.search(Query(text="", vector=question.tobytes(), k=10))
        assert answer.searched == 256
        exact = np.argsort(-(vectors @ question))[:10].tolist()
        assert [one.label for one in answer.hits] == exact
    words = await engine.search(Query(text="number77"))
    assert [one.label for one in words.hits] == [77]
    workers.close()

"""A question to the hub: what is found, what it goes by, and what the answer says that it is without."""

from __future__ import annotations

import asyncio
import math
import struct
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.akosha.search.bounds import MOST_QUERY, MOST_RESULTS
from core.akosha.search.query import DistributedQueryEngine
from core.errors import UsageError
from core.memory.embedding import EmbeddingError
from core.memory.index import Filter, Hit, Query
from core.memory.rows import MemoryRow
from core.messages import render
from tests.akosha.search.samples import Answers, WordEmbedder, hub, meaning, row

pytestmark = pytest.mark.asyncio


def _codes(answer: Any) -> list[str]:
    for notice in answer.notices:
        assert "<" not in " ".join(render(notice.code, notice.params))
    return [notice.code for notice in answer.notices]


async def test_without_a_model_words_decide_and_the_answer_says_so(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "the key is under the mat"), row("b", "the cat")])
        answer = await one.search.search("where is the key?")
        assert answer.mode == "lexical"
        assert _codes(answer) == ["akosha.no_model"]
        assert [hit.id for hit in answer.results] == ["a"]
        assert answer.query == "where is the key?"
        assert answer.failed_shards == ()
        assert 0 < answer.seconds < 5


async def test_with_a_model_words_and_meaning_decide(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    async with hub(tmp_path, embedder=embedder) as one:
        vector = meaning("keys and doors")
        await one.store.put("laptop", [row("meant", "a lock", vector=vector, model="words/1"), row("other", "a cat")])
        await asyncio.wait_for(one.indexing.embedded(), 20)
        answer = await one.search.search("keys and doors")
        assert answer.mode == "hybrid"
        assert answer.results[0].id == "meant"
        assert answer.results[0].dense == pytest.approx(1.0, abs=1e-3)
        assert _codes(answer) == []


@pytest.mark.parametrize("how", ["fails", "does not answer"])
async def test_when_the_model_fails_words_decide_and_the_answer_says_so(tmp_path: Path, how: str) -> None:
    error = EmbeddingError("embedding.no_model", folder="x") if how == "fails" else None
    async with hub(tmp_path, embedder=WordEmbedder(), deadline=0.5) as one:
        one.search._embedder = WordEmbedder(error=error, gate=None if error else asyncio.Event())
        await one.store.put("laptop", [row("a", "the key")])
        answer = await one.search.search("key")
        assert answer.mode == "lexical"
        assert _codes(answer) == ["akosha.model_failed"]
        assert [hit.id for hit in answer.results] == ["a"]


async def test_a_vector_takes_the_place_of_the_model_s(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    async with hub(tmp_path) as one:
        one.search._embedder = embedder
        await one.store.put("laptop", [row("a", "one", vector=meaning("x y")), row("b", "two", vector=meaning("z"))])
        answer = await one.search.search("", vector=meaning("x y"))
        assert answer.mode == "dense"
        assert answer.results[0].id == "a"
        assert embedder.texts == []
        both = await one.search.search("two", vector=meaning("x y"))
        assert both.mode == "hybrid"
        assert {hit.id for hit in both.results} == {"a", "b"}


async def test_a_hit_has_everything_that_is_shown(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        text = "long ago " * 100 + "the golden key was lost" + " and never found" * 100
        whole = row("a", text, created_at=5.0, project="garden", metadata={"mood": "good"})
        await one.store.put("laptop", [whole])
        (hit,) = (await one.search.search("golden key")).results
        assert (hit.system_id, hit.kind, hit.id, hit.text) == ("laptop", "node", "a", text)
        assert (hit.created_at, hit.project, hit.metadata) == (5.0, "garden", {"mood": "good"})
        assert hit.systems == ("laptop",)
        assert "golden key" in hit.snippet
        assert len(hit.snippet) <= 240
        assert hit.lexical > 0
        assert hit.dense is None
        assert 0 < hit.score <= 1


async def test_the_same_text_of_two_systems_is_shown_once_with_both(tmp_path: Path) -> None:
    async with hub(tmp_path, shard_files=4) as one:
        for system in ("laptop", "desktop", "system-3"):
            await one.store.put(system, [row("n1", "the key is under the mat")])
        await one.store.put("laptop", [row("n2", "the key is in the pocket")])
        answer = await one.search.search("key")
        assert len(answer.results) == 2
        shared = next(hit for hit in answer.results if "mat" in hit.text)
        assert sorted(shared.systems) == ["desktop", "laptop", "system-3"]


async def test_copies_beyond_the_first_results_are_listed_too(tmp_path: Path) -> None:
    systems = [f"system-{i}" for i in range(8)]
    async with hub(tmp_path) as one:
        for system in systems:
            await one.store.put(system, [row("n1", "the key is under the mat", vector=meaning("the key"))])
        await one.store.put("system-3", [row("n2", "the key is in the pocket of a coat")])
        for vector in (None, meaning("the key")):
            (hit,) = (await one.search.search("key mat", k=1, vector=vector)).results
            assert sorted(hit.systems) == systems


async def test_copies_do_not_take_the_places_of_other_memories(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row(f"copy{i}", "key key key") for i in range(400)])
        await one.store.put("laptop", [row(f"own{i}", f"a key and much else besides number{i}") for i in range(12)])
        answer = await one.search.search("key", k=10)
        assert len({hit.text for hit in answer.results}) == 10


async def test_shards_that_are_late_when_asked_again_take_away_nothing_that_was_found(tmp_path: Path) -> None:
    async with hub(tmp_path, deadline=0.3) as one:
        await one.store.put("laptop", [row(f"copy{i}", "key key key") for i in range(40)])
        (searcher,) = {id(each): each for each in one.indexing.engine._shards.values()}.values()

        class OnlyOnce:
            asked = 0

            async def search(self, query: Query) -> Sequence[Hit]:
                self.asked += 1
                return await searcher.search(query) if self.asked == 1 else await asyncio.sleep(60, [])

        shard = OnlyOnce()
        one.indexing.engine = DistributedQueryEngine(dict.fromkeys(range(256), shard), deadline_seconds=60)
        answer = await one.search.search("key", k=10)
        assert (shard.asked, [hit.text for hit in answer.results]) == (2, ["key key key"])
        assert {failure.reason for failure in answer.failed_shards} == {"timeout"}


async def test_a_filter_comes_before_the_ranking(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        crowd = [row(f"n{i}", "key key key", project="crowd", created_at=100.0 + i) for i in range(300)]
        await one.store.put("laptop", crowd)
        rare = row("rare", "somewhere a key", kind="reflection", project="rare", created_at=5.0)
        await one.store.put("desktop", [rare])
        for wanted in (
            Filter(systems=frozenset({"desktop"})),
            Filter(kinds=frozenset({"reflection"})),
            Filter(projects=frozenset({"rare"})),
            Filter(before=50.0),
            Filter(after=5.0, before=5.1),
        ):
            assert await one.find("key", k=1, filter=wanted) == ["rare"], wanted
        assert await one.find("key", filter=Filter(systems=frozenset({"nobody"}))) == []
        assert await one.find("key", filter=Filter(systems=frozenset())) == []


async def test_a_filtered_search_finds_what_comparing_everything_finds(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    vectors = rng.standard_normal((3000, 64)).astype("<f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    projects = [f"p{i % 30}" for i in range(3000)]
    async with hub(tmp_path) as one:
        for start in range(0, 3000, 1000):
            rows = [
                row(str(i), f"memory {i}", vector=vectors[i].tobytes(), project=projects[i], model="m")
                for i in range(start, start + 1000)
            ]
            await one.store.put("laptop", rows)
        found = wanted = 0
        for query in rng.standard_normal((20, 64)).astype("<f4"):
            project = f"p{rng.integers(30)}"
            members = np.array([i for i in range(3000) if projects[i] == project])
            exact = {str(i) for i in members[np.argsort(-(vectors[members] @ query))[:10]]}
            ids = await one.find("", vector=query.tobytes(), filter=Filter(projects=frozenset({project})))
            found += len(exact & set(ids))
            wanted += 10
        assert found / wanted >= 0.99


async def test_a_threshold_leaves_out_what_scores_less(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "key door lock"), row("b", "a key, and so many other things to say")])
        everything = (await one.search.search("key door lock")).results
        assert [hit.id for hit in everything] == ["a", "b"]
        assert await one.find("key door lock", threshold=everything[0].score) == ["a"]
        assert await one.find("key door lock", threshold=-1.0) == ["a", "b"]


async def test_shards_that_do_not_answer_are_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    async with hub(tmp_path, shard_files=4, deadline=3.0) as one:
        for i in range(12):
            await one.store.put(f"system-{i}", [row("n1", f"the key of {i}")])
        shards = dict(one.indexing.engine._shards)
        stuck = Answers(seconds=60)
        hurt = Answers(error=OSError(5, "the disk"))
        shards |= dict.fromkeys(range(64), stuck)
        shards |= dict.fromkeys(range(64, 128), hurt)
        one.indexing.engine = DistributedQueryEngine(shards, deadline_seconds=3.0)
        began = time.monotonic()
        answer = await one.search.search("key", k=20)
        assert time.monotonic() - began < 30
        assert _codes(answer) == ["akosha.no_model", "akosha.shards_missing"]
        assert answer.notices[1].params == {"missing": 128, "late": 64, "asked": 256}
        assert {failure.shard for failure in answer.failed_shards} == set(range(128))
        assert {failure.reason for failure in answer.failed_shards} == {"timeout", "error"}
        assert 0 < len(answer.results) < 12


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"text": "x" * (MOST_QUERY + 1)}, "akosha.query_too_long"),
        ({"text": "  "}, "akosha.query_empty"),
        ({"k": 0}, "akosha.bad_k"),
        ({"k": MOST_RESULTS + 1}, "akosha.bad_k"),
        ({"threshold": math.nan}, "akosha.bad_threshold"),
        ({"vector": b"123"}, "akosha.bad_query_vector"),
        ({"vector": struct.pack("<2f", 1, math.nan)}, "akosha.bad_query_vector"),
    ],
)
async def test_what_cannot_be_asked_is_named(tmp_path: Path, options: dict[str, Any], code: str) -> None:
    async with hub(tmp_path) as one:
        with pytest.raises(UsageError) as caught:
            await one.search.search(**{"text": "key", **options})
        assert caught.value.code == code
        assert "<" not in caught.value.cause


async def test_the_longest_question_and_the_most_results_can_be_asked(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        rows: Sequence[MemoryRow] = [row(str(i), f"key number{i}") for i in range(1100)]
        await one.store.put("laptop", rows)
        assert len((await one.search.search("key " * (MOST_QUERY // 4), k=MOST_RESULTS)).results) == MOST_RESULTS


async def test_an_empty_hub_answers_with_nothing(tmp_path: Path) -> None:
    async with hub(tmp_path) as one:
        answer = await one.search.search("key")
        assert answer.results == ()
        assert _codes(answer) == ["akosha.no_model"]


async def test_a_memory_that_is_deleted_while_it_is_found_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(tmp_path) as one:
        await one.store.put("laptop", [row("a", "the key"), row("b", "another key")])
        fetch = one.store.fetch

        async def late(labels: Sequence[int], **how: bool) -> Any:
            return [stored for stored in await fetch(labels, **how) if stored.row.id != "a"]

        monkeypatch.setattr(one.store, "fetch", late)
        assert await one.find("key") == ["b"]

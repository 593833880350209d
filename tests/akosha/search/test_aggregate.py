"""What several indexes found becomes one answer: comparable scores, every memory once, always the same order."""

from __future__ import annotations

import math
import random
import struct
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.akosha.search.aggregate import Candidate, QueryAggregator
from core.memory.index import EmbeddedIndex, Hit, IndexRecord, Query
from tests.akosha.search.samples import hit, stored

_aggregator = QueryAggregator()


def _merge(*found: tuple[Any, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    merged = _aggregator.merge(Candidate(one, memory) for one, memory in found)
    return [(one.stored.system_id, one.stored.row.id, one.systems) for one in merged]


def test_the_same_id_in_two_systems_is_two_memories() -> None:
    found = _merge(
        (hit(1, 0.9), stored(1, "laptop", "n1", "one thing")), (hit(2, 0.8), stored(2, "desktop", "n1", "another"))
    )
    assert found == [("laptop", "n1", ("laptop",)), ("desktop", "n1", ("desktop",))]


def test_the_same_id_of_two_kinds_is_two_memories() -> None:
    found = _merge((hit(1), stored(1, "a", "n1", "one", kind="node")), (hit(2), stored(2, "a", "n1", "two", kind="x")))
    assert len(found) == 2


def test_a_memory_that_came_twice_is_shown_once_with_its_best_score() -> None:
    memory = stored(1, "laptop", "n1")
    merged = _aggregator.merge([Candidate(hit(1, 0.2), memory), Candidate(hit(1, 0.7), memory)])
    assert [one.hit.score for one in merged] == [0.7]


def test_the_same_text_in_several_systems_is_shown_once_with_all_of_them() -> None:
    found = _merge(
        (hit(1, 0.5), stored(1, "laptop", "n1", "the key is under the mat")),
        (hit(2, 0.9), stored(2, "desktop", "n7", "the key is\nunder the  mat")),
        (hit(3, 0.4), stored(3, "attic", "n9", "the key is under the mat")),
        (hit(4, 0.6), stored(4, "laptop", "n2", "The key is under the mat")),
    )
    assert found == [("desktop", "n7", ("desktop", "attic", "laptop")), ("laptop", "n2", ("laptop",))]


def test_relationships_are_the_same_only_between_the_same_entities() -> None:
    def knows(label: int, system: str, start: str, end: str) -> Any:
        metadata = {"from_entity": start, "to_entity": end}
        return hit(label), stored(label, system, f"r{label}", "knows", kind="relationship", metadata=metadata)

    found = _merge(knows(1, "a", "ada", "bob"), knows(2, "a", "bob", "ada"), knows(3, "b", "ada", "bob"))
    assert found == [("a", "r1", ("a", "b")), ("a", "r2", ("a",))]


def test_among_equals_the_newest_comes_first_then_the_key_decides() -> None:
    found = [
        (hit(1), stored(1, "b", "x", "1", created_at=5.0)),
        (hit(2), stored(2, "a", "x", "2", created_at=5.0)),
        (hit(3), stored(3, "a", "old", "3", created_at=1.0)),
        (hit(4), stored(4, "a", "undated", "4")),
        (hit(5), stored(5, "z", "new", "5", created_at=9.0)),
    ]
    expected = ["new", "x", "x", "old", "undated"]
    for seed in range(5):
        random.Random(seed).shuffle(found)
        merged = _merge(*found)
        assert [id for _, id, _ in merged] == expected
        assert [system for system, _, _ in merged][1:3] == ["a", "b"]


def test_only_the_best_of_all_answers_are_kept() -> None:
    answers = [[hit(1, 1.0, 8.0), hit(2, 0.1, 1.0)], [hit(3, 1.0, 4.0), hit(4, 0.2, 6.0)]]
    assert _aggregator.fuse(answers, 3) == _aggregator.fuse(answers)[:3]
    assert [one.label for one in _aggregator.fuse(answers, 3)] == [1, 4, 3]
    assert [one.label for one in _aggregator.fuse(answers[:1], 1)] == [1]


def test_one_answer_keeps_its_scores_and_its_order() -> None:
    hits = [hit(3, 0.9, 1.0, 0.1), hit(1, 0.8, 9.0, 0.9), hit(2, 0.8, 0.0, None)]
    assert _aggregator.fuse([hits, []]) == hits


def test_several_answers_are_scored_over_their_union() -> None:
    """Each was the best of its own index; over all, the raw values decide."""
    strong = [hit(1, 1.0, lexical=12.0, dense=0.8), hit(2, 0.1, lexical=6.0, dense=0.2)]
    weak = [hit(3, 1.0, lexical=3.0, dense=0.2)]
    fused = _aggregator.fuse([weak, strong])
    assert [one.label for one in fused] == [1, 2, 3]
    assert [round(one.score, 9) for one in fused] == [1.0, 0.375, 0.25]
    assert [one.lexical_share for one in fused] == [0.5, 2 / 3, 0.5]
    assert (fused[0].lexical, fused[0].dense) == (12.0, 0.8)


def test_without_vectors_words_decide_alone_and_without_words_vectors() -> None:
    words = _aggregator.fuse([[hit(1, lexical=2.0)], [hit(2, lexical=4.0)]])
    assert [(one.label, one.score) for one in words] == [(2, 1.0), (1, 0.5)]
    vectors = _aggregator.fuse([[hit(1, lexical=0.0, dense=0.5)], [hit(2, lexical=0.0, dense=0.75)]])
    assert [(one.label, one.score) for one in vectors] == [(2, 1.0), (1, 2 / 3)]
    same = _aggregator.fuse([[hit(1, lexical=0.0, dense=-0.5)], [hit(2, lexical=0.0, dense=-0.5)]])
    assert [one.score for one in same] == [0.0, 0.0]


_odd = st.none() | st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, 0.0])


@given(st.lists(st.lists(st.builds(hit, st.integers(0, 50), _odd, _odd, _odd), max_size=4), max_size=4))
def test_scores_that_are_missing_or_no_numbers_stop_nothing(answers: list[list[Hit]]) -> None:
    fused = _aggregator.fuse(answers)
    assert len(fused) == sum(map(len, answers))
    candidates = [Candidate(one, stored(one.label, f"s{one.label % 3}", str(one.label))) for one in fused]
    merged = _aggregator.merge(candidates)
    assert len(merged) == len({one.label for one in fused})
    again = _aggregator.merge(reversed(candidates))
    assert [one.stored.row.id for one in merged] == [one.stored.row.id for one in again]


def test_what_neighbours_add_counts_across_indexes_as_it_does_in_one() -> None:
    def turn(label: int, system: str, position: int, cosine: float) -> IndexRecord:
        vector = struct.pack("<2f", cosine, math.sqrt(1 - cosine * cosine))
        text = f"{system} talks about keys"
        return IndexRecord(label, text, vector, system, "node", conversation="c", position=position)

    def index(*records: IndexRecord) -> EmbeddedIndex:
        made = EmbeddedIndex(None, None)
        made.add(records)
        return made

    query = Query("keys", struct.pack("<2f", 1.0, 0.0))
    laptop = [turn(label, "laptop", label, cosine) for label, cosine in ((1, 0.9), (2, 0.5), (3, 0.9))]
    desktop = [turn(label, "desktop", label, cosine) for label, cosine in ((4, 0.1), (5, 0.6), (6, 0.15))]
    together = index(*laptop, *desktop).search(query)
    fused = _aggregator.fuse([index(*laptop).search(query), index(*desktop).search(query)])
    assert [hit.label for hit in fused] == [hit.label for hit in together]
    for one, other in zip(fused, together, strict=True):
        assert math.isclose(one.score, other.score, abs_tol=1e-6)
        assert math.isclose(one.support, other.support, abs_tol=1e-6)

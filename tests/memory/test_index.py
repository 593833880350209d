"""What a search answers: ties, empty cases, models that do not mix, changes that are seen at once."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from core.errors import BusyError
from core.memory import dense, scan, state
from core.memory.index import EmbeddedIndex, Filter, MemoryIndex, Query
from tests.memory.made import memory, random_vectors, vector

EAST, NORTH, WEST = vector(1, 0), vector(0, 1), vector(-1, 0)


@pytest.fixture
def index() -> EmbeddedIndex:
    return EmbeddedIndex(None, None)


def labels(index: MemoryIndex, text: str = "", vector: bytes | None = None, **more: object) -> list[int]:
    return [hit.label for hit in index.search(Query(text, vector, **more))]  # type: ignore[arg-type]


def test_an_empty_index_finds_nothing(index: EmbeddedIndex) -> None:
    assert index.search(Query("anything", EAST)) == []
    assert index.count() == 0


@pytest.mark.parametrize("text", ["", "   ", "the and of", "\x00", "?!"])
def test_a_query_without_words_and_without_vector_finds_nothing(index: EmbeddedIndex, text: str) -> None:
    index.add([memory(1, "the cat", EAST)])
    assert index.search(Query(text)) == []


def test_without_words_the_nearest_vectors_have_the_whole_score(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat", EAST), memory(2, "dog", NORTH)])
    first, second = index.search(Query("the", EAST))
    assert (first.label, first.score, first.dense, first.lexical_share, first.dense_share) == (1, 1, 1, 0, 1)
    assert (second.label, second.score) == (2, 0)


def test_without_vectors_words_have_the_whole_score(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat"), memory(2, "dog")])
    (hit,) = index.search(Query("cats", EAST))
    assert (hit.label, hit.score, hit.dense, hit.lexical_share, hit.dense_share) == (1, 1, None, 1, 0)


def test_a_lone_hit_has_the_full_score_of_both_sides(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat", vector(1, 1))])
    (hit,) = index.search(Query("cat", EAST))
    assert hit.score == 1
    assert hit.dense == pytest.approx(2**-0.5)
    assert hit.lexical_share == hit.dense_share == 0.5


def test_a_lone_vector_that_points_away_has_no_score(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat", WEST)])
    (hit,) = index.search(Query("", EAST))
    assert (hit.score, hit.dense, hit.lexical_share, hit.dense_share) == (0, -1, 0, 0)


def test_zero_and_infinite_vectors_count_as_none(index: EmbeddedIndex) -> None:
    index.add(
        [memory(1, "cat", vector(0, 0)), memory(2, "cat", vector(np.nan, 1)), memory(3, "cat", vector(np.inf, 1))]
    )
    assert {hit.dense for hit in index.search(Query("cat", EAST))} == {None}
    assert labels(index, "cat", vector(0, 0)) == [1, 2, 3]
    assert labels(index, "", EAST) == []


def test_bytes_that_are_no_floats_are_refused_before_anything_changes(index: EmbeddedIndex) -> None:
    with pytest.raises(ValueError, match="no float32"):
        index.add([memory(1), *(memory(n, vector=b"123456") for n in (2, 3))])
    assert index.count() == 0


def test_equal_memories_go_by_label(index: EmbeddedIndex) -> None:
    index.add([memory(label, "cat", EAST) for label in (5, 3, 9, 1)])
    assert labels(index, "cat", EAST) == labels(index, "cat") == labels(index, "", EAST) == [1, 3, 5, 9]
    assert labels(index, "cat", EAST, k=2) == [1, 3]


def test_k_may_be_larger_than_what_there_is_or_nothing(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat", EAST), memory(2, "cat", NORTH)])
    assert len(index.search(Query("cat", EAST, k=1000))) == 2
    assert index.search(Query("cat", EAST, k=0)) == []


def test_hits_below_the_threshold_are_left_out(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat", EAST), memory(2, "dog", NORTH)])
    assert labels(index, "cat", EAST, threshold=0.5) == [1]
    assert labels(index, "cat", EAST, threshold=0.0) == [1, 2]


def test_vectors_of_another_width_are_never_compared(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat", EAST), memory(2, "dog", vector(1, 0, 0))])
    assert labels(index, "", vector(1, 0, 0)) == [2]
    assert labels(index, "", vector(1, 0, 0, 0)) == []


def test_an_index_for_one_width_leaves_other_vectors_aside() -> None:
    index = EmbeddedIndex(None, 2)
    index.add([memory(1, "cat", EAST), memory(2, "dog", vector(1, 0, 0))])
    assert labels(index, "", vector(1, 0, 0)) == []
    assert labels(index, "dog") == [2]


def test_vectors_of_another_model_are_never_compared(index: EmbeddedIndex) -> None:
    index.add([memory(n, "cat", EAST, model="a") for n in (1, 2)] + [memory(3, "cat", EAST, model="b"), memory(4)])
    assert labels(index, "", EAST, model="b") == [3]
    assert labels(index, "", EAST, model="c") == []
    assert labels(index, "", EAST) == [1, 2]
    index.delete([1, 2])
    assert labels(index, "", EAST) == [3]


def test_a_replaced_memory_is_found_as_it_is_now_alone(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat", EAST), memory(2, "dog", NORTH)])
    index.add([memory(1, "river", NORTH, system="desk")])
    assert labels(index, "cat") == []
    assert labels(index, "river") == [1]
    assert labels(index, "", NORTH) == [1, 2]
    assert labels(index, "river", filter=Filter(systems=frozenset({"laptop"}))) == []
    assert index.count() == 2


def test_of_the_same_label_twice_in_a_batch_the_last_counts(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat"), memory(1, "dog")])
    assert (labels(index, "cat"), labels(index, "dog"), index.count()) == ([], [1], 1)


def test_deleting_what_is_not_there_is_no_error(index: EmbeddedIndex) -> None:
    index.add([memory(1, "cat", EAST)])
    index.delete([7, 1, 1])
    index.delete([1])
    assert (index.count(), labels(index, "cat", EAST)) == (0, [])


def test_a_neighbour_counts_as_soon_as_it_comes_and_no_longer_than_it_stays(index: EmbeddedIndex) -> None:
    turn = {"conversation": "c"}
    index.add([memory(1, "what do you like", position=1, **turn), memory(2, "yes", position=1, conversation="d")])
    assert labels(index, "zebra") == []
    index.add([memory(3, "zebras", position=2, **turn)])
    assert labels(index, "zebra") == [3, 1]
    index.add([memory(3, "lions", position=2, **turn)])
    assert labels(index, "zebra") == []
    assert labels(index, "lion") == [3, 1]
    index.delete([3])
    assert labels(index, "lion") == []


def test_the_same_conversation_of_another_system_has_other_neighbours(index: EmbeddedIndex) -> None:
    index.add(
        [memory(1, "yes", conversation="c", position=1), memory(2, "cat", conversation="c", position=2, system="desk")]
    )
    assert labels(index, "cat") == [2]


def test_words_of_date_and_speaker_are_found(index: EmbeddedIndex) -> None:
    index.add([memory(1, "hello", created_at=1683553000.0, speaker="Caroline"), memory(2, "hello")])
    assert labels(index, "may 2023") == labels(index, "caroline") == [1]


def test_figures_beyond_any_calendar_or_position_are_taken(index: EmbeddedIndex) -> None:
    far = {"conversation": "c", "created_at": 1e300, "position": 10**30}
    index.add(
        [memory(1, "cat", **far), memory(2, "cat", created_at=float("nan"), conversation="c", position=-(10**30))]
    )
    assert labels(index, "cat") == [1, 2]


@pytest.mark.parametrize("engine", ["numkong", "faiss", "numpy"])
def test_filtered_search_is_as_exact_as_floats(engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dense, "BLOCK", 1024)
    monkeypatch.setattr(dense, "SPILL", 300)
    index = EmbeddedIndex(tmp_path / "index", 48, engine=engine)
    vectors = random_vectors(3000, 48)
    for first in range(0, 3000, 500):
        index.add([memory(n, "x", vectors[n], system=f"s{n % 7}") for n in range(first, first + 500)])
    matrix = np.stack([np.frombuffer(one, "<f4") for one in vectors]).astype(float)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    for asked in random_vectors(8, 48, seed=1):
        for systems in (None, frozenset({"s3"}), frozenset({"s1", "s2", "s4", "s5"})):
            wanted = [n for n in range(3000) if systems is None or f"s{n % 7}" in systems]
            exact = sorted(wanted, key=lambda n: -float(matrix[n] @ np.frombuffer(asked, "<f4")))[:10]
            assert labels(index, "", asked, filter=Filter(systems=systems)) == exact
    index.close()


def test_the_best_engine_that_is_installed_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert scan.open_scan().name == "numkong"
    real = scan.importlib.import_module

    def missing(name: str) -> object:
        if name == "numkong":
            raise ImportError(name)
        return real(name)

    monkeypatch.setattr(scan.importlib, "import_module", missing)
    assert scan.open_scan().name == "faiss"
    with pytest.raises(ImportError):
        scan.open_scan("numkong")


def test_dead_rows_are_left_behind_when_they_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_DEAD", 10)
    index = EmbeddedIndex(tmp_path / "index", None)
    vectors = random_vectors(60, 8)
    for turn in range(6):
        index.add([memory(n, f"cat {n} {turn}", vectors[n], conversation="c", position=n) for n in range(60)])
        index.flush(turn)
    asked = Query("cat 7", vectors[7])
    before = index.search(asked)
    index.delete(range(30, 60))
    assert index.count() == 30
    assert len(index.search(Query("cat", k=100))) == 30
    index.flush(9)
    size = sum(path.stat().st_size for path in (tmp_path / "index").iterdir())
    index.close()
    assert size < 60 * 8 * 5 * 4
    again = EmbeddedIndex(tmp_path / "index", None)
    assert again.search(asked)[0].label == before[0].label == 7
    assert (again.seq, again.count()) == (9, 30)
    again.close()


def test_searches_see_a_batch_whole_or_not_at_all(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index", None)
    vectors = random_vectors(20, 8)
    ended = threading.Event()
    wrong: list[object] = []

    def batch(turn: int) -> list[object]:
        return [memory(n, f"cat turn{turn}", vectors[n], conversation="c", position=n) for n in range(20)]

    def look() -> None:
        while not ended.is_set():
            hits = index.search(Query("cat", vectors[3], k=100))
            if sorted(hit.label for hit in hits) != list(range(20)):
                wrong.append(hits)

    index.add(batch(0))  # type: ignore[arg-type]
    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(1, 60):
        index.add(batch(turn))  # type: ignore[arg-type]
        if turn % 20 == 0:
            index.flush(turn)
    ended.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert sorted(labels(index, "turn59", k=100)) == list(range(20))
    assert labels(index, "turn58") == []
    index.close()


def test_a_closed_index_says_so(index: EmbeddedIndex) -> None:
    index.close()
    for use in (lambda: index.search(Query("cat")), lambda: index.add([memory(1)]), lambda: index.flush(1)):
        with pytest.raises(RuntimeError, match="closed"):
            use()


def test_a_second_writer_is_refused_and_a_second_reader_is_not(tmp_path: Path) -> None:
    first = EmbeddedIndex(tmp_path / "index", None)
    first.add([memory(1, "cat")])
    first.flush(1)
    second = EmbeddedIndex(tmp_path / "index", None)
    assert labels(second, "cat") == [1]
    with pytest.raises(BusyError) as refused:
        second.add([memory(2, "dog")])
    assert refused.value.code == "memory.index_in_use"
    first.close()
    second.add([memory(2, "dog")])
    second.close()

"""A compound is found by its first or last part where the part itself occurs nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.memory import state
from core.memory.index import EmbeddedIndex, Filter, IndexRecord, Query
from core.memory.text import snippet
from core.memory.vocabulary import Vocabulary
from tests.memory.made import memory

TEXTS = {
    1: "Die Datenbanksicherung läuft nachts",
    2: "Schlüsselübergabe am Montag",
    3: "the weather was terrible, a thunderstorm",
    4: "Kultur und Natur",
}


def turns(texts: dict[int, str]) -> list[IndexRecord]:
    return [memory(label, text, None) for label, text in texts.items()]


def found(index: EmbeddedIndex, text: str, **only: frozenset[int]) -> list[int]:
    return [hit.label for hit in index.search(Query(text, filter=Filter(**only)))]


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    made = EmbeddedIndex(tmp_path / "index", None)
    made.add(turns(TEXTS))
    return made


@pytest.mark.parametrize(
    ("part", "hits"),
    [
        ("Sicherung", [1]),
        ("datenbank", [1]),
        ("Ubergabe", [2]),
        ("schlüssel", [2]),
        ("storm", [3]),
        ("bank", []),  # inside
        ("tur", []),  # too short
        ("error", []),
    ],
)
def test_a_compound_is_found_by_its_first_or_last_part(index: EmbeddedIndex, part: str, hits: list[int]) -> None:
    assert found(index, part) == hits


def test_a_word_that_occurs_itself_finds_no_compounds(index: EmbeddedIndex) -> None:
    index.add(turns({5: "eine Sicherung"}))
    assert found(index, "Sicherung") == [5]
    assert found(index, "Sicherung", labels=frozenset({1, 2})) == [1]  # among these it does not


def test_a_part_counts_for_less_than_a_word(index: EmbeddedIndex) -> None:
    index.add(turns({5: "Die Wache steht nachts"}))
    assert found(index, "Wache Sicherung") == [5, 1]


def test_compounds_are_found_after_a_restart_and_when_the_dead_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "MOST_DEAD", 2)
    made = EmbeddedIndex(tmp_path / "again", None)
    made.add(turns(TEXTS))
    made.flush(1)
    made.add(turns({7: "Wohnungstür"}))
    made.flush(2)
    made.delete([1, 3, 4])  # more dead than living: made anew
    made.add(turns({8: "Feuerwehrauto"}))
    for opened in (made, None):
        here = opened or EmbeddedIndex(tmp_path / "again", None)
        assert [found(here, part) for part in ("Sicherung", "übergabe", "Wohnung", "auto")] == [[], [2], [7], [8]]
        here.flush(3)
        here.close()


def test_words_are_kept_once() -> None:
    words = Vocabulary()
    for _ in range(3):
        words = words.added(["haustier", "haustür"])
    assert words.with_part("haus") == ["haustier", "haustür"]
    assert len(words.fresh) == 1


def test_a_snippet_shows_the_compound_where_the_word_itself_is_missing() -> None:
    shown = snippet("x " * 200 + "Die Datenbanksicherung läuft", ["sicherung"], 60)
    assert [shown.text[start:end] for start, end in shown.matches] == ["Datenbanksicherung"]
    both = snippet("Die Datenbanksicherung, die Sicherung", ["sicherung"], 60)
    assert [both.text[start:end] for start, end in both.matches] == ["Sicherung"]

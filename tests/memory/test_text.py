"""Words of every script are found, and snippets show them without cutting a character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.memory.index import EmbeddedIndex, Query
from core.memory.text import Snippet, indexed_text, snippet
from core.memory.tokens import index_terms, query_terms, term_hash, term_hashes, tokens
from tests.memory.made import memory

STRANGE = [
    "cafe\u0301",
    "👨‍👩‍👧",
    "🇩🇪",
    "\x00",
    "\ud800",
    "猫が好き",
    "สวัสดี",
    "हिन्दी",
    "می‌خواهم",
    "a\u202eb",
    "",
    "Müller",
    "don't",
    "the",
]
any_text = st.lists(st.one_of(st.sampled_from(STRANGE), st.text(max_size=8)), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("She was running home", "run"),
        ("Caroline\u2019s cats", "caroline cat"),
        ("Das Haus in der Müllerstraße", "MÜLLERSTRASSE"),
        ("Ein Café in Köln", "cafe"),
        ("Ein Cafe\u0301", "café"),
        ("黒猫が好きです", "猫"),
        ("黒猫が好きです", "黒猫"),
        ("고양이가 좋아요", "고양이"),
        ("ฉันชอบแมว", "แมว"),
        ("मुझे हिन्दी पसंद है", "हिन्दी"),
        ("Я люблю кошек", "КОШЕК"),
        ("party 🎉 tonight", "🎉"),
        ("im\u00adpor\u00adtant", "important"),
        ("left\x00kayak", "kayak"),
        ("x86 and foo_bar", "foo_bar"),
        ("full width \uff21\uff22\uff23", "abc"),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str, asked: str) -> None:
    index = EmbeddedIndex(None, None)
    index.add([memory(1, text), memory(2, "something else")])
    assert [hit.label for hit in index.search(Query(asked))] == [1]
    found = snippet(text, asked)
    assert found.matches


def test_pairs_of_characters_are_found_not_their_mixture() -> None:
    index = EmbeddedIndex(None, None)
    index.add([memory(1, "東京都"), memory(2, "京都東")])
    assert [hit.label for hit in index.search(Query("東京"))] == [1]
    assert {hit.label for hit in index.search(Query("都"))} == {1, 2}


def test_stop_words_have_no_term_and_a_word_is_asked_for_once() -> None:
    assert index_terms("The cat is the Cat's") == ["cat", "cat"]
    assert query_terms("cats and a CAT") == ["cat"]


def test_a_word_without_end_is_one_short_term() -> None:
    (term,) = index_terms("q" * 100_000)
    assert len(term) <= 64


@given(any_text)
def test_hashes_are_those_of_the_terms(text: str) -> None:
    assert term_hashes(text) == [term_hash(term) for term in index_terms(text)]
    assert set(query_terms(text)) <= set(index_terms(text))


@given(any_text)
def test_words_stand_where_they_are_said_to_stand(text: str) -> None:
    reached = 0
    for token in tokens(text):
        assert reached <= token.start < token.end
        assert text[token.start : token.end] == token.word
        reached = token.end


@pytest.mark.parametrize(
    ("created_at", "speaker", "expected"),
    [
        (1683553000.0, "Ana", "8 May 2023 Ana: hi"),
        (0.0, None, "1 January 1970: hi"),
        (-86400.0, "", "31 December 1969: hi"),
        (None, "Ana", "Ana: hi"),
        (None, None, "hi"),
        (float("nan"), None, "hi"),
        (float("inf"), None, "hi"),
        (1e300, None, "hi"),
    ],
)
def test_date_and_speaker_stand_before_the_text(created_at: float | None, speaker: str | None, expected: str) -> None:
    assert indexed_text("hi", speaker=speaker, created_at=created_at) == expected


def test_a_snippet_shows_the_stretch_with_most_of_the_words() -> None:
    text = "word " * 100 + "the cats saw a river here. " + "cat " * 30 + "filler " * 100
    shown = snippet(text, "river cat", width=60)
    assert len(shown.text) <= 60
    assert {shown.text[start:end] for start, end in shown.matches} >= {"cats", "river"}
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")


def test_a_snippet_without_matches_is_the_beginning() -> None:
    shown = snippet("one two three " * 50, "zebra", width=30)
    assert shown.text.startswith("one two")
    assert (shown.matches, len(shown.text) <= 30) == ((), True)


def test_a_short_text_is_shown_whole_on_one_line() -> None:
    assert snippet("two\nlines\x00\x1b[31m of cats", "cat") == Snippet("two lines  [31m of cats", ((19, 23),))


def test_a_run_without_spaces_is_marked_in_one_piece() -> None:
    shown = snippet("私は黒猫が好きです", "黒猫が好き")
    assert [shown.text[start:end] for start, end in shown.matches] == ["黒猫が好き"]


@given(any_text, any_text, st.integers(8, 80))
@example("e\u0301" * 200, "zebra", 9)
@example("👨‍👩‍👧" * 60, "x", 11)
def test_a_snippet_never_cuts_a_character_and_marks_only_what_matches(text: str, asked: str, width: int) -> None:
    shown = snippet(text, asked, width)
    assert len(shown.text) <= width
    assert "\x00" not in shown.text
    assert shown.text.isprintable() or not shown.text.encode("utf-8", "replace").decode().isascii()
    wanted = set(query_terms(asked))
    reached = 0
    for start, end in shown.matches:
        assert reached <= start < end <= len(shown.text)
        assert wanted & set(index_terms(shown.text[start:end]))
        reached = end
    first = shown.text.lstrip("…")[:1]
    if shown.text.startswith("…"):
        assert not first or unicodedata.category(first)[0] != "M"


def test_a_snippet_of_a_huge_text_is_soon_made() -> None:
    shown = snippet("lorem ipsum " * 100_000 + "river", "river", 100)
    assert len(shown.text) <= 100

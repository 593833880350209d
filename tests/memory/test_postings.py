"""Segments of postings hold what was put in, however they are merged and stored."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory import postings
from core.memory.postings import Segment, build, from_buffer, merge, to_bytes

rows = st.lists(st.lists(st.integers(1, 9), max_size=6), max_size=6)
batches = st.lists(rows, min_size=1, max_size=5)


def content(*segments: Segment) -> dict[tuple[int, int], int]:
    """Count by (term, row)."""
    found = {}
    for segment in segments:
        for term in segment.terms:
            where = segment.find(term)
            for row, count in zip(segment.rows[where], segment.counts[where], strict=True):
                assert (int(term), int(row)) not in found
                found[int(term), int(row)] = int(count)
    return found


def built(texts: list[list[list[int]]]) -> tuple[list[Segment], dict[tuple[int, int], int]]:
    segments: list[Segment] = []
    expected: dict[tuple[int, int], int] = {}
    first = 0
    for batch in texts:
        segments.append(build(first, batch))
        for row, terms in enumerate(batch, first):
            expected |= {(term, row): count for term, count in Counter(terms).items()}
        first += len(batch)
    return segments, expected


@given(batches, st.integers(1, 20))
def test_merging_and_storing_keep_every_posting(texts: list[list[list[int]]], chunk: int) -> None:
    segments, expected = built(texts)
    assert content(*segments) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_CHUNK", chunk)
        merged = merge(segments)
    assert content(merged) == expected
    assert list(merged.terms) == sorted({term for term, _ in expected})
    assert content(from_buffer(to_bytes(merged))) == expected
    assert len(merged) == len(expected)


@given(batches, st.sets(st.integers(0, 30)))
def test_compacting_numbers_rows_anew_and_drops_the_dead(texts: list[list[list[int]]], dead: set[int]) -> None:
    segments, expected = built(texts)
    count = sum(map(len, texts))
    kept = [row for row in range(count) if row not in dead]
    moved = np.full(count, -1, np.int32)
    moved[kept] = np.arange(len(kept))
    merged = merge(segments, moved)
    assert content(merged) == {(term, kept.index(row)): held for (term, row), held in expected.items() if row in kept}


def test_a_word_that_stands_there_very_often_is_counted_up_to_the_limit() -> None:
    assert content(build(0, [[5] * 70_000])) == {(5, 0): 65535}


@given(st.integers(0, 200), st.integers(1, 255))
def test_any_changed_byte_is_noticed(at: int, change: int) -> None:
    data = bytearray(to_bytes(build(0, [[1, 2, 3], [2]])))
    data[at % len(data)] ^= change
    if at % len(data) in range(12, 16):
        return  # padding
    with pytest.raises(ValueError, match="postings"):
        from_buffer(bytes(data))

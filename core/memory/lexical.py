"""Search by words: BM25 over each turn and its neighbours in the conversation.

A row is indexed alone, by date, speaker and text. Its neighbours join at the query: what a row holds of a term is its
own count, half of what the turns beside it hold, and a quarter of the next; its length likewise. So a neighbour that
comes, changes or goes counts at once, and the index is a third as large as one of windows. Weights were chosen on
LoCoMo (benchmarks/locomo.py): against whole neighbours, recall@1 rose from .30 to .37 and recall@10 from .78 to .81.

A word that occurs nowhere is looked for as a part of compounds (core.memory.vocabulary), for half of its worth.

Document frequencies, average length and number are those of the rows that pass the filter, counted exactly at each
query: they never depend on how the index came about.

Measured against SQLite FTS5 with windows indexed, 100,000 rows: 180-310 ms a query with all its matches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.memory.columns import Ints
from core.memory.postings import Segment, build, merge
from core.memory.table import NEIGHBOUR_WEIGHTS, Mask, Rows
from core.memory.tokens import query_words, term_hash, word_hash
from core.memory.vocabulary import Vocabulary

K1 = 1.2
B = 0.75
PART_WEIGHT = 0.5
"""Of a word that is found as a part of others alone."""
_TIER = 3
_QUERIES = 16
Floats = NDArray[np.float32]
_NO_ROWS: Ints = np.zeros(0, np.int64)
_NO_WORDS = Vocabulary()


@dataclass(frozen=True)
class Postings:
    """The segments of an index, immutable: `stored` are on the disk, oldest and largest first; `fresh` are not."""

    stored: tuple[Segment, ...] = ()
    fresh: tuple[Segment, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.stored + self.fresh

    def added(self, first_row: int, texts: Sequence[Sequence[int]]) -> Postings:
        """With the rows `first_row`, … as well. Small segments are merged: there are never more than a few."""
        fresh = [*self.fresh, build(first_row, texts)]
        while len(fresh) > 1 and len(fresh[-2]) <= _TIER * len(fresh[-1]):
            fresh[-2:] = [merge(fresh[-2:])]
        return Postings(self.stored, tuple(fresh))

    def lacking(self, terms: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which of `terms` have no postings."""
        lacking = np.ones(len(terms), bool)
        for segment in self.segments:
            if len(segment.terms):
                at = np.minimum(np.searchsorted(segment.terms, terms), len(segment.terms) - 1)
                lacking &= segment.terms[at] != terms
        return lacking


def scores(postings: Postings, rows: Rows, mask: Mask, text: str, vocabulary: Vocabulary = _NO_WORDS) -> Floats | None:
    """BM25 of each row for the words of `text`, 0 where none occurs. None when it has no words to look for.

    `mask` says which rows count; the scores of others are meaningless. `vocabulary`: the long words of the index.
    """
    terms = _wanted(text)
    if not terms:
        return None
    size = len(rows)
    found = np.zeros(size, np.float32)
    number = int(np.count_nonzero(mask))
    if not number:
        return found
    lengths = rows.window_lengths
    average = max(float(lengths[mask].mean(dtype=np.float64)), 1e-9)
    held = np.zeros(size + 1, np.float32)  # the last takes what falls to no neighbour (-1)
    for term, word in terms:
        weight, wanted = np.float32(1), _holding(postings, rows, [term], held, mask)
        if not len(wanted):
            held.fill(0)
            compounds = [np.uint64(word_hash(one)) for one in vocabulary.with_part(word)]
            weight, wanted = np.float32(PART_WEIGHT), _holding(postings, rows, compounds, held, mask)
        if len(wanted):
            rarity = np.float32(np.log1p((number - len(wanted) + 0.5) / (len(wanted) + 0.5)))
            count = held[wanted]
            norms = np.float32(K1 * (1 - B)) + np.float32(K1 * B / average) * lengths[wanted]
            found[wanted] += weight * rarity * count / (count + norms)
        held.fill(0)
    return found


@lru_cache(_QUERIES)
def _wanted(text: str) -> tuple[tuple[np.uint64, str], ...]:
    """The hashes of a query's terms, and their words; the same query goes to every index of a hub."""
    return tuple((np.uint64(term_hash(term)), word) for term, word in query_words(text).items())


def _holding(postings: Postings, rows: Rows, terms: Sequence[np.uint64], held: Floats, mask: Mask) -> Ints:
    """The rows in `mask` that hold any of `terms`, or whose neighbours do; how much, in `held`."""
    if not sum(_spread(postings, rows, term, held) for term in terms):
        return _NO_ROWS
    return np.flatnonzero((held[: len(rows)] != 0) & mask)


def _spread(postings: Postings, rows: Rows, term: np.uint64, held: Floats) -> bool:
    """Add to `held` what each row and its neighbours hold of `term`; says whether anything was there."""
    touched = False
    near = tuple(zip(NEIGHBOUR_WEIGHTS, rows.near, strict=True)) if len(rows.linked) else ()
    for segment in postings.segments:
        where = segment.find(term)
        if where.start == where.stop:
            continue
        holders, counts = segment.rows[where], segment.counts[where].astype(np.float32)
        living = rows.alive[holders]
        holders, counts = holders[living], counts[living]
        held[holders] += counts
        for weight, sides in near:
            for side in sides:
                held[side[holders]] += np.float32(weight) * counts  # a row is neighbour of one row only: no repeats
        touched = True
    return touched

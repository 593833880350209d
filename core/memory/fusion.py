"""Both sides of a search in one score: each normalised to 0..1 over the rows that pass the filter, half and half.

Lexical: BM25 by its highest. Dense: cosine, plus part of the best cosine among the neighbours in the conversation,
from its lowest (or 0 when all are above) to its highest. A side that has nothing to say (no words in the query, no
vectors to compare) leaves the other the whole score. A row without a vector, or without a word, has 0 on that side.
Without words in the query it is a plain search for the nearest vectors: neighbours have no say.

The cosines come from int8. Those that decide anything are computed again from floats: the best rows, all that the
rounding could have kept from being best, and the ends of the scale.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.memory.columns import Ints
from core.memory.dense import Cosines
from core.memory.index_types import Hit
from core.memory.scan import Floats
from core.memory.table import Mask, Rows

DENSE_WEIGHT = 0.5
NEIGHBOUR_SUPPORT = (0.4, 0.2)
"""Of the better neighbour one and two steps away: chosen on LoCoMo, where .3 to .5 rank alike."""
_RESCORED = 50
_MOST_RESCORED = 1000
_DECIMALS = 9
"""Scores are compared after rounding, so that equal memories stay equal and go by label."""
Exact = Callable[[Ints], NDArray[np.float64]]


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def of(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        if self.high <= self.low:
            return np.zeros_like(values)
        scaled: NDArray[np.floating] = (values - values.dtype.type(self.low)) / values.dtype.type(self.high - self.low)
        return scaled


def rank(
    rows: Rows,
    mask: Mask,
    k: int,
    lexical: Floats | None,
    cosines: Cosines | None,
    exact: Exact,
    threshold: float | None = None,
) -> list[Hit]:
    """The best `k` of the rows in `mask`. `exact` gives cosines of rows from their floats."""
    if lexical is None:
        return [] if cosines is None else _nearest(rows, mask, k, cosines, exact, threshold)
    words, weight = lexical, 0.0 if cosines is None else DENSE_WEIGHT
    top = float(words[mask].max(initial=0))
    word_scale = _Scale(0.0, top)
    may = mask & (words > 0)
    if cosines is None:
        best = _largest(np.where(may, words, -np.inf), k)
        return _hits(rows, best, k, 1 - weight, word_scale.of(words[best]), words[best], None, None, None, threshold)
    values = cosines.values
    has = mask & ~np.isnan(values)
    may |= has
    supported = values + _support(rows, values)
    meaning, decisive = _extremes(supported, has, cosines.error)
    fused = (1 - weight) * word_scale.of(words)
    fused += np.where(has, np.float32(weight) * meaning.of(supported), np.float32(0))
    fused[~may] = -np.inf
    slack = 2 * _WIDENED * weight * cosines.error / max(meaning.high - meaning.low, 1e-9)
    best = _largest(fused, max(k, _RESCORED), slack, max(k, _MOST_RESCORED))
    return _rescored(rows, best, decisive, k, weight, words, word_scale, values, exact, threshold)


_WIDENED = 1 + sum(NEIGHBOUR_SUPPORT)
"""An error in the cosines is this much larger with the neighbours' support."""


def _nearest(rows: Rows, mask: Mask, k: int, cosines: Cosines, exact: Exact, threshold: float | None) -> list[Hit]:
    """The rows with the best cosines of their own: no neighbour is looked at."""
    has = mask & ~np.isnan(cosines.values)
    slack = 2 * cosines.error
    best = _largest(
        np.where(has, cosines.values, np.float32(-np.inf)), max(k, _RESCORED), slack, max(k, _MOST_RESCORED)
    )
    low = np.where(has, cosines.values, np.float32(np.inf))
    lowest = best[:0] if float(low.min()) >= slack else _largest(np.negative(low, out=low), 1, slack, _MOST_RESCORED)
    chosen = _union(len(rows), best, lowest)
    precise = exact(chosen)
    meaning = _Scale(min(0.0, float(precise.min())), float(precise.max()))
    own = precise[np.searchsorted(chosen, best)]
    dense = np.asarray(meaning.of(own), np.float64)
    nothing = np.zeros(len(best), np.float32)
    return _hits(rows, best, k, 0.0, nothing, nothing, dense, own, own, threshold)


def _rescored(
    rows: Rows,
    best: Ints,
    decisive: Ints,
    k: int,
    weight: float,
    words: Floats,
    word_scale: _Scale,
    values: Floats,
    exact: Exact,
    threshold: float | None,
) -> list[Hit]:
    chosen = around = _union(len(rows), best, decisive)
    if len(rows.linked):
        around = _union(len(rows), chosen, *(side[chosen] for sides in rows.near for side in sides))
    around = around[~np.isnan(values[around])]
    cosines = exact(around)

    def precise(wanted: Ints) -> NDArray[np.float64]:
        at = np.minimum(np.searchsorted(around, wanted), max(len(around) - 1, 0))
        return np.where(around[at] == wanted, cosines[at], np.nan)

    supported = precise(chosen) + _support_of(rows, precise, chosen)
    has = ~np.isnan(supported)
    meaning = _Scale(min(0.0, float(supported[has].min())), float(supported[has].max()))
    at = np.searchsorted(chosen, best)
    dense = np.where(has[at], meaning.of(supported[at]), 0.0)
    normal = word_scale.of(words[best])
    meaning_part, own = weight * dense, precise(best)
    return _hits(rows, best, k, 1 - weight, normal, words[best], meaning_part, own, supported[at], threshold)


def _hits(
    rows: Rows,
    best: Ints,
    k: int,
    word_weight: float,
    normal: NDArray[np.floating],
    words: Floats,
    dense_part: NDArray[np.float64] | None,
    cosines: NDArray[np.float64] | None,
    supported: NDArray[np.float64] | None,
    threshold: float | None,
) -> list[Hit]:
    word_part = word_weight * normal.astype(np.float64)
    meaning_part = np.zeros(len(best)) if dense_part is None else dense_part
    scores = np.round(word_part + meaning_part, _DECIMALS)
    labels = rows.label[best]
    first = np.lexsort((labels, -scores))[:k]
    none = np.full(len(best), np.nan)
    own, whole = (none if values is None else values for values in (cosines, supported))
    columns = (labels, scores, word_part, word_part + meaning_part, words, own, whole)
    hits = []
    for label, score, word, total, lexical, cosine, sum_ in zip(*(one[first].tolist() for one in columns), strict=True):
        if threshold is not None and score < threshold:
            break
        share = word / total if score > 0 else 0.0
        shares = share, 1 - share if score > 0 else 0.0
        if math.isnan(cosine):
            hits.append(Hit(label, score, lexical, None, *shares))
        else:
            hits.append(Hit(label, score, lexical, cosine, *shares, 0.0 if math.isnan(sum_) else sum_ - cosine))
    return hits


def _support(rows: Rows, values: Floats) -> Floats:
    """What the neighbours of each row add to its cosine."""
    added = np.zeros(len(values), np.float32)
    if len(rows.linked):
        known = np.append(np.fmax(values, 0), np.float32(0))  # no cosine, or the last for -1: nothing
        for part, (before, after) in zip(NEIGHBOUR_SUPPORT, rows.near, strict=True):
            added += np.float32(part) * np.maximum(known[before], known[after])
    return added


def _support_of(rows: Rows, known: Exact, chosen: Ints) -> NDArray[np.float64]:
    """The same for the rows `chosen`, of cosines from floats."""
    added = np.zeros(len(chosen))
    if not len(rows.linked):
        return added
    for part, sides in zip(NEIGHBOUR_SUPPORT, rows.near, strict=True):
        before, after = (np.where(side[chosen] >= 0, known(side[chosen]), 0) for side in sides)
        added += part * np.fmax(np.fmax(before, after), 0)
    return added


def _extremes(supported: Floats, has: Mask, error: float) -> tuple[_Scale, Ints]:
    """The scale of the dense side as int8 sees it, and the rows that may be its exact ends."""
    slack = 2 * _WIDENED * error
    high = _largest(np.where(has, supported, np.float32(-np.inf)), 1, slack, _MOST_RESCORED)
    lowest = float(np.where(has, supported, np.float32(np.inf)).min())
    if lowest - slack >= 0:
        return _Scale(0.0, float(supported[high].max())), high
    low = _largest(np.where(has, -supported, np.float32(-np.inf)), 1, slack, _MOST_RESCORED)
    return _Scale(min(0.0, lowest), float(supported[high].max())), _union(len(supported), high, low)


def _union(size: int, *rows: Ints) -> Ints:
    """Which of `size` rows are in any of `rows`, rising; -1 is none. NumPy's own takes ten times as long for a few."""
    chosen = np.zeros(size + 1, bool)  # the last stands for -1
    for some in rows:
        chosen[some] = True
    return np.flatnonzero(chosen[:-1])


def _largest(values: Floats, k: int, slack: float = 0.0, most: int | None = None) -> Ints:
    """Rows of the `k` largest values above -inf and of all equal to the last or within `slack` of it, if they are
    no more than `most`.

    The largest of each of many short stretches are looked at first: the k-th of those is a bound that few values
    reach, and finding it costs a tenth of a partition of them all.
    """
    stretch = len(values) // (8 * k)
    bound = np.float32(-np.inf)
    if stretch > 1:
        tops = values[: len(values) // stretch * stretch].reshape(-1, stretch).max(axis=1)
        bound = np.partition(tops, len(tops) - k)[len(tops) - k]
    at = np.flatnonzero((values >= bound - np.float32(slack)) & (values > -np.inf))
    if len(at) > k:
        near = values[at]
        last = np.partition(near, len(near) - k)[len(near) - k]
        at = at[near >= last - np.float32(slack)]
    if most is not None and len(at) > most:
        at = np.sort(at[np.argsort(-values[at], kind="stable")[:most]])
    return at

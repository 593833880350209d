"""Hits of several indexes as one answer: scores made comparable, copies shown once, one order that never varies.

Each index scores its hits between 0 and 1 among its own, so these scores say nothing across indexes. Their raw values
do: the cosine is the same everywhere, with what neighbours add to it, and BM25 nearly so. They are normalised once over
all that came back, as an index does among its own (core.memory.fusion).

- A memory is (system, kind, id): the same id in two systems is two memories.
- The same content is shown once, with every system that has it. Relationships are the same when they say the same of
  the same entities: their text is a type such as "knows".
- A score that is missing or no number counts as the least, and stops nothing.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.akosha.store import StoredMemory
    from core.memory.index import Hit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit and the memory it names."""

    hit: Hit
    stored: StoredMemory


@dataclass(frozen=True, slots=True)
class Merged:
    """A memory to show, with all systems that hold the same content, its own first."""

    hit: Hit
    stored: StoredMemory
    systems: tuple[str, ...]


class QueryAggregator:
    """Merges what shards answered."""

    def fuse(self, answers: Sequence[Sequence[Hit]], k: int | None = None) -> list[Hit]:
        """The `k` best hits of all indexes, scored over their union. The answer of one index keeps its scores."""
        answers = [answer for answer in answers if answer]
        hits = [hit for answer in answers for hit in answer]
        if len(answers) > 1:
            return _scored_anew(hits, k)
        return sorted(hits, key=lambda hit: (-_number(hit.score), hit.label))[:k]

    def merge(self, candidates: Iterable[Candidate]) -> list[Merged]:
        """The candidates without copies, best first; among equals the newest, then by key."""
        by_key: dict[Hashable, Candidate] = {}
        for candidate in sorted(candidates, key=_rank):
            stored = candidate.stored
            by_key.setdefault((stored.system_id, stored.row.kind, stored.row.id), candidate)
        by_content: dict[Hashable, list[Candidate]] = {}
        for candidate in by_key.values():
            by_content.setdefault(_content(candidate.stored), []).append(candidate)
        return [_merged(copies) for copies in by_content.values()]


def _scored_anew(hits: Sequence[Hit], k: int | None) -> list[Hit]:
    """256 indexes give thousands of hits: each costs two numbers, and only the best become hits again."""
    words = [max(0.0, _number(hit.lexical)) for hit in hits]
    most_lexical = max(words)
    meanings = [_meaning(hit) for hit in hits]
    known = [meaning for meaning in meanings if meaning is not None]
    least = min([0.0, *known])
    span = max(known, default=0.0) - least
    weight = 0.5 if known and most_lexical > 0 else 1.0
    word_parts = [weight * (word / most_lexical) for word in words] if most_lexical > 0 else [0.0] * len(hits)
    parts = [
        (word_part, weight * ((meaning - least) / span) if meaning is not None and span > 0 else 0.0)
        for word_part, meaning in zip(word_parts, meanings, strict=True)
    ]
    ranked = sorted((-sum(both), hit.label, at) for at, (hit, both) in enumerate(zip(hits, parts, strict=True)))
    return [_with_score(hits[at], *parts[at]) for _, _, at in ranked[:k]]


def _with_score(hit: Hit, word_part: float, meaning_part: float) -> Hit:
    score = word_part + meaning_part
    share = word_part / score if score > 0 else 0.0
    return replace(hit, score=score, lexical_share=share, dense_share=1 - share if score > 0 else 0.0)


def _meaning(hit: Hit) -> float | None:
    """Its cosine with what its neighbours add; None where there is nothing to compare."""
    if hit.dense is None or not math.isfinite(hit.dense):
        return None
    return hit.dense + (hit.support if math.isfinite(hit.support) else 0.0)


def _rank(candidate: Candidate) -> tuple[float, float, str, str, str]:
    row = candidate.stored.row
    newest = -math.inf if row.created_at is None else row.created_at
    return -_number(candidate.hit.score), -newest, candidate.stored.system_id, row.kind, row.id


def _content(stored: StoredMemory) -> Hashable:
    """What two memories share that say the same."""
    row = stored.row
    text = " ".join(row.text.split())
    if row.kind == "relationship":
        return "relationship", str(row.metadata.get("from_entity")), text, str(row.metadata.get("to_entity"))
    return text


def _merged(copies: Sequence[Candidate]) -> Merged:
    best = copies[0]
    systems = dict.fromkeys(candidate.stored.system_id for candidate in copies)
    own, *others = systems
    return Merged(best.hit, best.stored, (own, *sorted(others)))


def _number(score: float | None) -> float:
    """`score`, or what is less than any score."""
    return score if score is not None and math.isfinite(score) else -1e9

"""The same search, as plain as can be: dictionaries, math.log, float64. It defines what must come out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.memory.index import Filter, IndexRecord, Query
from core.memory.text import indexed_text
from core.memory.tokens import index_terms, query_terms

Reach = dict[int, tuple[list[IndexRecord], list[IndexRecord]]]


@dataclass(frozen=True)
class Expected:
    """What one memory must come out with."""

    score: float
    lexical: float
    dense: float | None
    lexical_share: float


def search(records: Mapping[int, IndexRecord], query: Query) -> dict[int, Expected]:
    """Every memory that may be a hit, whatever `query.k` is."""
    near = _neighbours(list(records.values()))
    chosen = [record for record in records.values() if passes(record, query.filter)]
    words = _bm25(records, chosen, near, query.text)
    cosines = {one.label: _cosine(one, query) for one in records.values() if _same_matrix(records, one, query)}
    cosines = {label: value for label, value in cosines.items() if value is not None}
    dense = {one.label: cosines[one.label] for one in chosen if one.label in cosines}
    if not words and not dense:
        return {}
    if words is not None and dense:
        dense = {label: value + _support(label, near, cosines) for label, value in dense.items()}
    word_weight = 0.0 if words is None else 1.0 if not dense else 0.5
    top = max(words.values(), default=0) if words else 0
    low, high = min(0, *dense.values(), 0), max(dense.values(), default=0)
    found = {}
    for record in chosen:
        word = (words or {}).get(record.label, 0.0)
        if word <= 0 and record.label not in dense:
            continue
        word_part = word_weight * (word / top if top > 0 else 0)
        scaled = (dense[record.label] - low) / (high - low) if record.label in dense and high > low else 0
        score = word_part + (1 - word_weight) * scaled
        share = word_part / score if score > 0 else 0
        found[record.label] = Expected(score, word, cosines.get(record.label), share)
    return found


def passes(record: IndexRecord, wanted: Filter) -> bool:
    """Whether the filter lets it through."""
    if wanted.after is not None and (record.created_at is None or record.created_at < wanted.after):
        return False
    if wanted.before is not None and (record.created_at is None or record.created_at >= wanted.before):
        return False
    pairs = (
        (wanted.systems, record.system),
        (wanted.kinds, record.kind),
        (wanted.projects, record.project),
        (wanted.labels, record.label),
        (wanted.conversations, record.conversation),
    )
    return all(values is None or value in values for values, value in pairs)


def _neighbours(records: Sequence[IndexRecord]) -> Reach:
    """One and two steps away, in the order of positions."""
    near: Reach = {record.label: ([], []) for record in records}
    threads: dict[tuple[str, str], list[IndexRecord]] = {}
    for record in records:
        if record.conversation is not None and record.position is not None:
            threads.setdefault((record.system, record.conversation), []).append(record)
    for thread in threads.values():
        thread.sort(key=lambda one: (one.position, one.label))
        for at, record in enumerate(thread):
            for step in (1, 2):
                near[record.label][step - 1].extend(
                    thread[other] for other in (at - step, at + step) if 0 <= other < len(thread)
                )
    return near


def _terms(record: IndexRecord) -> list[str]:
    return index_terms(indexed_text(record.text, speaker=record.speaker, created_at=record.created_at))


def _bm25(
    records: Mapping[int, IndexRecord], chosen: Sequence[IndexRecord], near: Reach, text: str
) -> dict[int, float] | None:
    asked = query_terms(text)
    if not asked:
        return None
    windows = {}
    for record in chosen:
        window: Counter[str] = Counter(_terms(record))
        counts: dict[str, float] = dict(window)
        for weight, others in zip((0.5, 0.25), near[record.label], strict=True):
            for other in others:
                for term in _terms(other):
                    counts[term] = counts.get(term, 0) + weight
        windows[record.label] = counts
    lengths = {label: sum(counts.values()) for label, counts in windows.items()}
    average = sum(lengths.values()) / max(len(lengths), 1)
    scores = dict.fromkeys(windows, 0.0)
    for term in asked:
        holders = [label for label, counts in windows.items() if counts.get(term)]
        rarity = math.log(1 + (len(windows) - len(holders) + 0.5) / (len(holders) + 0.5))
        for label in holders:
            count = windows[label][term]
            scores[label] += rarity * count / (count + 1.2 * (1 - 0.75 + 0.75 * lengths[label] / average))
    return scores


def _same_matrix(records: Mapping[int, IndexRecord], record: IndexRecord, query: Query) -> bool:
    if query.vector is None or _direction(query.vector) is None:
        return False
    size = len(query.vector)
    alike = [
        one for one in records.values() if one.vector and len(one.vector) == size and _direction(one.vector) is not None
    ]
    models = Counter(one.model for one in alike)
    if not models or not record.vector or len(record.vector) != size:
        return False
    if query.model is not None:
        return record.model == query.model
    return record.model == models.most_common(1)[0][0]


def _direction(vector: bytes) -> np.ndarray | None:
    values = np.frombuffer(vector, "<f4").astype(np.float64)
    length = float(np.sqrt(values @ values))
    return values / length if math.isfinite(length) and length > 0 else None


def _cosine(record: IndexRecord, query: Query) -> float | None:
    mine, other = _direction(record.vector or b""), _direction(query.vector or b"")
    return None if mine is None or other is None else float(mine @ other)


def _support(label: int, near: Reach, cosines: Mapping[int, float]) -> float:
    added = 0.0
    for part, others in zip((0.4, 0.2), near[label], strict=True):
        added += part * max([0.0, *(cosines[one.label] for one in others if one.label in cosines)])
    return added

"""Are the few weights of the ranking more than luck? Chosen on half of LoCoMo's conversations, reported on the others.

    python -m benchmarks.locomo_weights FILE [--scope conversation|pool]

Every combination of the weights below ranks every question once. Then for each way to part the conversations into two
halves, both ways round: the combination that is best on one half (the mean of recall@5 and recall@10) is looked at on
the other, beside the weights that Cogzy ships. Last line: one JSON object with the means over all partings, of what was
chosen, of what is shipped, and of the best that anything could have had there.

Five conversations, 20 partings, recall@5 and recall@10 on the half that the weights were not chosen on: inside the
conversation .707 and .801 (what is shipped: .700 and .805; the best there is: .714 and .806), in the pool .687 and .786
(.685 and .786; .697 and .790). Six combinations take turns at being chosen: what is shipped is no luck, and stays.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.locomo import DEPTH, Question, score, taken
from core.memory import fusion, lexical, table
from core.memory.embedding import open_embedder
from core.memory.index import EmbeddedIndex, Filter, IndexRecord, Query
from core.memory.text import indexed_text

DENSE = (0.4, 0.5, 0.6)
SUPPORT = ((0.0, 0.0), (0.2, 0.1), (0.3, 0.15), (0.4, 0.2), (0.5, 0.25))
WORDS = ((0.0, 0.0), (0.25, 0.12), (0.5, 0.25), (0.75, 0.4))
FIGURES = ("recall@1", "recall@5", "recall@10")


@dataclass(frozen=True, order=True)
class Weights:
    """How much meaning counts, what neighbours add to a cosine, and how much of their words counts."""

    dense: float
    support: tuple[float, float]
    words: tuple[float, float]


SHIPPED = Weights(fusion.DENSE_WEIGHT, fusion.NEIGHBOUR_SUPPORT, table.NEIGHBOUR_WEIGHTS)
Table = Mapping[Weights, Mapping[str, Sequence[Mapping[str, float]]]]
"""For each combination and conversation, the figures of its questions."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 2 when FILE cannot be read or there is no model."""
    parser = argparse.ArgumentParser(prog="benchmarks.locomo_weights", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--scope", choices=("conversation", "pool"), default="conversation")
    options = parser.parse_args(arguments)
    try:
        data = json.loads(options.file.read_bytes())
    except (OSError, ValueError) as error:
        print(f"{options.file} is not LoCoMo's JSON: {error}", file=sys.stderr)
        return 2
    records, questions = taken(data)
    embedded = asyncio.run(_embedded(records, [question.text for question in questions]))
    if embedded is None:
        print("no embedding model: there is nothing to weigh", file=sys.stderr)
        return 2
    results = ranked(*embedded, questions, pool=options.scope == "pool")
    print(json.dumps(told(results)))
    return 0


async def _embedded(
    records: Sequence[IndexRecord], texts: Sequence[str]
) -> tuple[list[IndexRecord], list[bytes]] | None:
    embedder = await open_embedder()
    if embedder is None:
        return None
    try:
        said = [indexed_text(one.text, speaker=one.speaker, created_at=one.created_at) for one in records]
        vectors = await embedder.embed(said)
        return [replace(one, vector=v) for one, v in zip(records, vectors, strict=True)], await embedder.embed(texts)
    finally:
        await embedder.close()


def ranked(
    records: Sequence[IndexRecord], vectors: Sequence[bytes], questions: Sequence[Question], *, pool: bool
) -> Table:
    """Every question by every combination of weights."""
    words = sorted({*WORDS, SHIPPED.words})
    found: dict[Weights, dict[str, list[Mapping[str, float]]]] = {}
    for shares in words:
        with using(replace(SHIPPED, words=shares)):
            index = EmbeddedIndex(None, None)  # what neighbours add to a row's length is counted once
            index.add(records)
            for dense, support in itertools.product(
                sorted({*DENSE, SHIPPED.dense}), sorted({*SUPPORT, SHIPPED.support})
            ):
                weights = Weights(dense, support, shares)
                of_each = found[weights] = {question.conversation: [] for question in questions}
                with using(weights):
                    for question, vector in zip(questions, vectors, strict=True):
                        wanted = Filter() if pool else Filter(systems=frozenset({question.conversation}))
                        hits = index.search(Query(question.text, vector, DEPTH, wanted))
                        of_each[question.conversation].append(score([hit.label for hit in hits], question.evidence))
    return found


@contextmanager
def using(weights: Weights) -> Iterator[None]:
    """Rank by these weights."""
    before = [(module, name, getattr(module, name)) for module, name in _PLACES]
    widened = 1 + sum(weights.support)
    values = (weights.dense, weights.support, widened, weights.words, weights.words)
    try:
        for (module, name), value in zip(_PLACES, values, strict=True):
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


_PLACES = (
    (fusion, "DENSE_WEIGHT"),
    (fusion, "NEIGHBOUR_SUPPORT"),
    (fusion, "_WIDENED"),
    (lexical, "NEIGHBOUR_WEIGHTS"),
    (table, "NEIGHBOUR_WEIGHTS"),
)


def partings(names: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every way to part `names` into two halves, both ways round."""
    for size in sorted({len(names) // 2, len(names) - len(names) // 2}):
        for half in itertools.combinations(names, size):
            yield half, tuple(name for name in names if name not in half)


def told(results: Table) -> dict[str, Any]:
    """What was chosen how often, and how it did where it was not chosen."""
    chosen: Counter[Weights] = Counter()
    figures: dict[str, list[Mapping[str, float]]] = {"chosen": [], "shipped": [], "best": []}
    for half, others in partings(sorted(results[SHIPPED])):
        best = max(sorted(results), key=lambda weights: _worth(_means(results[weights], half)))
        chosen[best] += 1
        there = max(results, key=lambda weights: _worth(_means(results[weights], others)))
        for name, weights in (("chosen", best), ("shipped", SHIPPED), ("best", there)):
            figures[name].append(_means(results[weights], others))
    for weights, count in chosen.most_common():
        print(f"chosen {count:3} times: {weights}")
    means = {
        name: {key: round(fmean(one[key] for one in rows), 4) for key in FIGURES} for name, rows in figures.items()
    }
    for name, held_out in means.items():
        print(f"{name:8} on what it was not chosen on: {held_out}")
    for weights in sorted(results, key=lambda one: -_worth(_means(results[one], list(results[one]))))[:8]:
        overall = {key: round(value, 4) for key, value in _means(results[weights], list(results[weights])).items()}
        print(f"over all: {weights} {overall}")
    return {**means, "partings": chosen.total(), "different": len(chosen)}


def _means(of_each: Mapping[str, Sequence[Mapping[str, float]]], names: Sequence[str]) -> dict[str, float]:
    rows = [row for name in names for row in of_each[name]]
    return {key: fmean(row[key] for row in rows) for key in FIGURES}


def _worth(means: Mapping[str, float]) -> float:
    return (means["recall@5"] + means["recall@10"]) / 2


if __name__ == "__main__":
    sys.exit(main())

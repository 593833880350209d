"""How well memories are found again: the questions of LoCoMo (Maharana et al., 2024) against its own evidence turns.

    python -m benchmarks.locomo FILE [--scope conversation|pool]

FILE is LoCoMo's JSON (CC BY-NC 4.0: evaluation only, never part of the product). Each turn is one memory with its
session's date and its speaker; each session is a conversation whose turns are neighbours. A question looks among the
turns of its own conversation, or in the pool of all. recall@k: the part of a question's evidence turns among the first
k; mrr: the inverse rank of the first of them. The last line is one JSON object, a key for each way to search. Goals,
inside the conversation: recall@10 0.76, recall@5 0.66. Without an embedding model there is lexical alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from core.memory.embedding import open_embedder
from core.memory.index import EmbeddedIndex, Filter, IndexRecord, Query
from core.memory.text import indexed_text

CUTS = (1, 5, 10, 25)
DEPTH = 200
CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
GOALS = {"recall@10": 0.76, "recall@5": 0.66}
_TURN = re.compile(r"D:?(\d+):0*(\d+)")  # "D8:6; D9:17" and "D:11:26" occur too


@dataclass(frozen=True)
class Question:
    """`evidence`: labels of the turns that answer it."""

    text: str
    conversation: str
    category: str
    evidence: tuple[int, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 2 when FILE cannot be read."""
    parser = argparse.ArgumentParser(prog="benchmarks.locomo", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--scope", choices=("conversation", "pool"), default="conversation")
    options = parser.parse_args(arguments)
    try:
        data = json.loads(options.file.read_bytes())
    except (OSError, ValueError) as error:
        print(f"{options.file} is not LoCoMo's JSON: {error}", file=sys.stderr)
        return 2
    records, questions = taken(data)
    print(f"{len(data)} conversations, {len(records)} turns, {len(questions)} questions with evidence")
    results = asyncio.run(_measure(records, questions, options.scope == "pool"))
    for way, result in results.items():
        print(f"{way:8}", *(f"{name} {value:.3f}" for name, value in result["overall"].items()))
    best = results.get("fused", results["lexical"])["overall"]
    if options.scope == "conversation":
        print(*(f"goal {name} {goal}: {'reached' if best[name] >= goal else 'missed'}" for name, goal in GOALS.items()))
    print(json.dumps(results))
    return 0


def taken(data: Sequence[Mapping[str, Any]]) -> tuple[list[IndexRecord], list[Question]]:
    """Every turn, and every question that names its evidence."""
    records: list[IndexRecord] = []
    questions: list[Question] = []
    for sample in data:
        labels = {}
        for turn, record in turns(sample, len(records)):
            labels[turn] = record.label
            records.append(record)
        questions += asked(sample, labels)
    return records, questions


def turns(sample: Mapping[str, Any], first: int) -> Iterator[tuple[str, IndexRecord]]:
    """The turns of a conversation, each with its id in LoCoMo; labels count from `first`."""
    label = first
    for session, said in sample["conversation"].items():
        if not re.fullmatch(r"session_\d+", session):
            continue
        began = sample["conversation"][f"{session}_date_time"].replace(",", "")
        when = datetime.strptime(began, "%I:%M %p on %d %B %Y").replace(tzinfo=UTC).timestamp()
        for position, turn in enumerate(said):
            shown = f" [{turn['blip_caption']}]" if turn.get("blip_caption") else ""
            yield (
                turn["dia_id"],
                IndexRecord(
                    label=label,
                    text=turn["text"] + shown,
                    vector=None,
                    system=sample["sample_id"],
                    kind="conversation",
                    created_at=when,
                    conversation=session,
                    position=position,
                    speaker=turn["speaker"],
                ),
            )
            label += 1


def asked(sample: Mapping[str, Any], labels: Mapping[str, int]) -> Iterator[Question]:
    """The questions of a conversation whose evidence can be found among its turns."""
    for item in sample["qa"]:
        named = [f"D{session}:{turn}" for text in item.get("evidence", ()) for session, turn in _TURN.findall(text)]
        evidence = tuple(sorted({labels[turn] for turn in named if turn in labels}))
        if evidence:
            yield Question(item["question"], sample["sample_id"], CATEGORIES[item["category"]], evidence)


async def _measure(
    records: Sequence[IndexRecord], questions: Sequence[Question], pool: bool
) -> dict[str, dict[str, Any]]:
    embedder = await open_embedder()
    index = EmbeddedIndex(None, embedder.width if embedder else None)
    if embedder is None:
        print("no embedding model: lexical only")
        index.add(records)
        return {"lexical": _evaluate(index, questions, None, pool, words=True)}
    try:
        texts = [indexed_text(one.text, speaker=one.speaker, created_at=one.created_at) for one in records]
        vectors = await embedder.embed(texts)
        asked_vectors = await embedder.embed([question.text for question in questions])
    finally:
        await embedder.close()
    index.add([replace(record, vector=vector) for record, vector in zip(records, vectors, strict=True)])
    return {
        "fused": _evaluate(index, questions, asked_vectors, pool, words=True),
        "dense": _evaluate(index, questions, asked_vectors, pool, words=False),
        "lexical": _evaluate(index, questions, None, pool, words=True),
    }


def _evaluate(
    index: EmbeddedIndex, questions: Sequence[Question], vectors: Sequence[bytes] | None, pool: bool, *, words: bool
) -> dict[str, Any]:
    measured: dict[str, list[dict[str, float]]] = defaultdict(list)
    for number, question in enumerate(questions):
        hits = index.search(
            Query(
                question.text if words else "",
                vectors[number] if vectors else None,
                DEPTH,
                Filter() if pool else Filter(systems=frozenset({question.conversation})),
            )
        )
        figures = score([hit.label for hit in hits], question.evidence)
        measured["overall"].append(figures)
        measured[question.category].append(figures)
    means = {
        name: {key: round(fmean(one[key] for one in rows), 4) for key in rows[0]} for name, rows in measured.items()
    }
    return {"overall": means.pop("overall"), "by_category": means}


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: round(fmean(row[key] for row in rows), 4) for key in rows[0]}


def score(found: Sequence[int], evidence: Sequence[int]) -> dict[str, float]:
    """recall@k and the inverse rank of the first evidence turn, for one question."""
    ranks = {label: rank for rank, label in enumerate(found)}
    reached = [ranks[label] for label in evidence if label in ranks]
    recalls = {f"recall@{cut}": sum(rank < cut for rank in reached) / len(evidence) for cut in CUTS}
    return {**recalls, "mrr": 1 / (1 + min(reached)) if reached else 0.0}


if __name__ == "__main__":
    sys.exit(main())

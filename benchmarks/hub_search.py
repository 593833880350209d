"""Searching a hub of 100,000 memories with 384 floats each: by meaning, by words and meaning, over 256 shards.

Each figure is one JSON line. The peer is what a program with nothing but NumPy does, in the same run on the same
vectors: one float32 matrix, a product with the question, the ten largest. It knows no words, no filter and no rows;
the hub's figures contain reading the memories from the disk, merging copies and cutting snippets.

    python -m benchmarks.hub_search [--rows 100000] [--width 384] [--rounds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from core.akosha.search.indexing import Indexing
from core.akosha.search.query import DistributedQueryEngine
from core.akosha.search.search import HubSearch
from core.akosha.search.searchers import IndexSearcher, Workers
from core.akosha.store import HubStore
from core.memory.index import EmbeddedIndex, Filter, IndexRecord, Query
from core.memory.rows import MemoryRow

_BATCH = 2000
_SYSTEMS = 50
_MODEL = "benchmark/1"


def main() -> None:
    """Build, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--width", type=int, default=384)
    arguments.add_argument("--rounds", type=int, default=60)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="cogzy-bench-") as folder:
        asyncio.run(_measure(Path(folder), options.rows, options.width, options.rounds))


async def _measure(folder: Path, rows: int, width: int, rounds: int) -> None:
    rng = np.random.default_rng(11)
    vectors, questions = _vectors(rng, rows, width), _vectors(rng, rounds, width)
    texts, asked = list(_texts(rng, rows, 40)), list(_texts(rng, rounds, 5))
    _tell("peer: numpy float32, dense p50", _peer(vectors, questions), rows=rows)

    indexing = Indexing(folder)
    store = await HubStore.open(folder, on_commit=indexing.on_commit)
    await indexing.open(store)
    before = time.perf_counter()
    for start in range(0, rows, _BATCH):
        batch = [_row(number, texts[number], vectors[number]) for number in range(start, min(start + _BATCH, rows))]
        await store.put(f"system-{start // _BATCH % _SYSTEMS}", batch)
    seconds = time.perf_counter() - before
    _tell("put and index, rows a second", {"value": round(rows / seconds)}, rows=rows)
    before = time.perf_counter()
    await indexing.flush()
    _tell("flush of the index", {"ms": round(1000 * (time.perf_counter() - before), 1)}, rows=rows)

    search = HubSearch(store, indexing)
    one = Filter(systems=frozenset({"system-3"}))
    found: list[list[str]] = []

    async def dense(number: int) -> None:
        answer = await search.search("", vector=questions[number].tobytes())
        found.append([hit.id for hit in answer.results])

    _tell("dense p50", await _timed(dense, rounds), rows=rows)
    _tell("dense recall@10 of exact", {"value": _recall(vectors, questions, found[-rounds:])}, rows=rows)
    _tell("lexical p50", await _timed(lambda number: search.search(asked[number]), rounds), rows=rows)
    fused = lambda number: search.search(asked[number], vector=questions[number].tobytes())  # noqa: E731
    _tell("fused p50", await _timed(fused, rounds), rows=rows)
    filtered = lambda number: search.search(asked[number], vector=questions[number].tobytes(), filter=one)  # noqa: E731
    _tell("fused p50, one system of 50", await _timed(filtered, rounds), rows=rows)
    _tell("resident memory of the hub's process", {"mb": round(psutil.Process().memory_info().rss / 1e6)}, rows=rows)
    await indexing.close()
    await store.close()
    await _fan_out(vectors, questions, texts, asked)


async def _fan_out(vectors: NDArray[np.float32], questions: Any, texts: list[str], asked: list[str]) -> None:
    """256 shards with an index of their own each."""
    rows, shards = len(vectors), 256
    workers = Workers()
    searchers = {}
    for shard in range(shards):
        index = EmbeddedIndex(None, None)
        members = range(shard, rows, shards)
        index.add([_record(number, texts[number], vectors[number], f"system-{shard}") for number in members])
        searchers[shard] = IndexSearcher(index.search, workers)
    engine = DistributedQueryEngine(searchers, workers=workers)

    async def ask(number: int) -> None:
        query = Query(text=asked[number], vector=questions[number].tobytes(), k=10, model=_MODEL)
        answer = await engine.search(query)
        assert answer.searched == shards, answer.failed

    _tell("fused fan-out over 256 separate indexes p50", await _timed(ask, min(20, len(asked))), rows=rows)
    workers.close()


def _vectors(rng: np.random.Generator, count: int, width: int) -> NDArray[np.float32]:
    """Unit vectors in clusters, as texts about the same things are."""
    centres = np.random.default_rng(5).standard_normal((200, width))
    mixed = centres[rng.integers(200, size=count)] + centres[rng.integers(200, size=count)]
    mixed += 0.7 * rng.standard_normal((count, width))
    return (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype("<f4")


def _texts(rng: np.random.Generator, count: int, words: int) -> Iterator[str]:
    """Texts whose words are as frequent as words are."""
    ranks = np.minimum(rng.zipf(1.2, size=(count, words)), 50_000)
    for line in ranks.tolist():
        yield " ".join(f"w{rank:x}ord" for rank in line)


def _row(number: int, text: str, vector: NDArray[np.float32]) -> MemoryRow:
    return MemoryRow(
        "node",
        f"node-{number}",
        text,
        vector.tobytes(),
        _MODEL,
        1.7e9 + number,
        conversation=f"conversation-{number // 20}",
        position=number % 20,
    )


def _record(number: int, text: str, vector: NDArray[np.float32], system: str) -> IndexRecord:
    return IndexRecord(number, text, vector.tobytes(), system, "node", created_at=1.7e9 + number, model=_MODEL)


def _peer(vectors: NDArray[np.float32], questions: NDArray[np.float32]) -> dict[str, float]:
    taken, spent = [], time.process_time()
    for question in questions:
        before = time.perf_counter()
        scores = vectors @ question
        best = np.argpartition(-scores, 10)[:10]
        best[np.argsort(-scores[best])]
        taken.append(time.perf_counter() - before)
    return _percentiles(taken, time.process_time() - spent)


def _recall(vectors: NDArray[np.float32], questions: NDArray[np.float32], found: list[list[str]]) -> float:
    hits = 0
    for question, ids in zip(questions, found, strict=True):
        exact = {f"node-{number}" for number in np.argsort(-(vectors @ question))[:10].tolist()}
        hits += len(exact & set(ids))
    return round(hits / (10 * len(questions)), 4)


async def _timed(ask: Callable[[int], Awaitable[object]], rounds: int) -> dict[str, float]:
    for number in range(min(3, rounds)):
        await ask(number)
    taken, spent = [], time.process_time()
    for number in range(rounds):
        before = time.perf_counter()
        await ask(number)
        taken.append(time.perf_counter() - before)
    return _percentiles(taken, time.process_time() - spent)


def _percentiles(taken: list[float], spent: float) -> dict[str, float]:
    """`cpu_ms`: of all cores together, which tells more than time on a machine that others use."""
    return {
        "ms": round(1000 * statistics.median(taken), 2),
        "p95_ms": round(1000 * float(np.percentile(taken, 95)), 2),
        "cpu_ms": round(1000 * spent / len(taken), 2),
    }


def _tell(figure: str, value: dict[str, float], *, rows: int) -> None:
    print(json.dumps({"figure": figure, **value, "rows": rows, "load": round(os.getloadavg()[0], 1)}), flush=True)


if __name__ == "__main__":
    main()

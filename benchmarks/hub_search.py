"""Searching a hub of 100,000 memories with 384 floats each: by meaning, by words and meaning, over 256 shards.

Each figure is one JSON line. The peer is what a program with nothing but NumPy does, in the same run on the same
vectors: one float32 matrix, a product with the question, the ten largest. It knows no words, no filter and no rows;
the hub's figures contain reading the memories from the disk, merging copies and cutting snippets. The hub is asked in
a process of its own, opened from the disk: its memory is the hub's alone.

    python -m benchmarks.hub_search [--rows 100000] [--width 384] [--rounds 60]

A million memories take some minutes, 3 GB of disk and 2 GB of memory for the building.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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
_ONE = "system-3"
_FANNED_OUT = 100_000
"""Rows in 256 indexes, which are all in memory."""


def main() -> None:
    """Build, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--width", type=int, default=384)
    arguments.add_argument("--rounds", type=int, default=60)
    arguments.add_argument("--hub", type=Path, help=argparse.SUPPRESS)  # ask the hub there: the child's part
    options = arguments.parse_args()
    if options.hub is not None:
        asyncio.run(_ask(options.hub, options.rows))
        return
    with tempfile.TemporaryDirectory(prefix="cogzy-bench-") as folder:
        _measure(Path(folder), options.rows, options.width, options.rounds)


def _measure(folder: Path, rows: int, width: int, rounds: int) -> None:
    rng = np.random.default_rng(11)
    questions, asked = _vectors(rng, rounds, width), list(_texts(rng, rounds, 5))
    np.save(folder / "questions.npy", questions)
    (folder / "asked.json").write_text(json.dumps(asked))
    asyncio.run(_build(folder, rng, rows, width))
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    _tell("peer: numpy float32, dense p50", _peer(vectors, questions), rows=rows)
    here = [sys.executable, "-m", "benchmarks.hub_search", "--hub", str(folder), "--rows", str(rows)]
    subprocess.run(here, check=True)  # this module
    found = json.loads((folder / "found.json").read_text())
    one = np.array([_system_of(number) == _ONE for number in range(rows)])
    _tell("dense recall@10 of exact", {"value": _recall(vectors, questions, found["all"])}, rows=rows)
    _tell("dense recall@10, one system of 50", {"value": _recall(vectors, questions, found["one"], one)}, rows=rows)
    few = min(rows, _FANNED_OUT)
    asyncio.run(_fan_out(np.array(vectors[:few]), questions, list(_texts(rng, few, 40)), asked))


async def _build(folder: Path, rng: np.random.Generator, rows: int, width: int) -> None:
    vectors = np.lib.format.open_memmap(folder / "vectors.npy", "w+", "<f4", (rows, width))
    async with _opened(folder) as (store, indexing):
        taken = 0.0
        for start in range(0, rows, _BATCH):
            count = min(_BATCH, rows - start)
            vectors[start : start + count] = _vectors(rng, count, width)
            texts = _texts(rng, count, 40)
            batch = [_row(start + at, text, vectors[start + at]) for at, text in enumerate(texts)]
            before = time.perf_counter()
            await store.put(_system_of(start), batch)
            taken += time.perf_counter() - before
        _tell("put and index, rows a second", {"value": round(rows / taken)}, rows=rows)
        before = time.perf_counter()
        await indexing.flush()
        _tell("flush of the index", {"ms": round(1000 * (time.perf_counter() - before), 1)}, rows=rows)
    vectors.flush()


async def _ask(folder: Path, rows: int) -> None:
    questions, asked = np.load(folder / "questions.npy"), json.loads((folder / "asked.json").read_text())
    one = Filter(systems=frozenset({_ONE}))
    found: dict[str, list[list[str]]] = {"all": [], "one": []}
    async with _opened(folder) as (store, indexing):
        search = HubSearch(store, indexing)

        async def dense(number: int, only: Filter | None = None) -> None:
            answer = await search.search("", vector=questions[number].tobytes(), filter=only)
            found["one" if only else "all"].append([hit.id for hit in answer.results])

        async def fused(number: int, only: Filter | None = None) -> None:
            await search.search(asked[number], vector=questions[number].tobytes(), filter=only)

        rounds = len(asked)
        _tell("dense p50", await _timed(dense, rounds), rows=rows)
        _tell("resident memory of the hub's process, asked by meaning", _resident(), rows=rows)
        _tell("dense p50, one system of 50", await _timed(lambda number: dense(number, one), rounds), rows=rows)
        _tell("lexical p50", await _timed(lambda number: search.search(asked[number]), rounds), rows=rows)
        _tell("fused p50", await _timed(fused, rounds), rows=rows)
        _tell("fused p50, one system of 50", await _timed(lambda number: fused(number, one), rounds), rows=rows)
        _tell("resident memory of the hub's process", _resident(), rows=rows)
    (folder / "found.json").write_text(json.dumps({which: ids[-rounds:] for which, ids in found.items()}))


@contextlib.asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[tuple[HubStore, Indexing]]:
    indexing = Indexing(folder)
    store = await HubStore.open(folder, on_commit=indexing.on_commit)
    try:
        await indexing.open(store)
        await indexing.caught_up()
        yield store, indexing
    finally:
        await indexing.close()
        await store.close()


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


def _system_of(number: int) -> str:
    return f"system-{number // _BATCH % _SYSTEMS}"


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


def _recall(
    vectors: NDArray[np.float32],
    questions: NDArray[np.float32],
    found: list[list[str]],
    mask: NDArray[np.bool_] | None = None,
) -> float:
    """Of the ten best, among those in `mask`, the part that was found."""
    hits = 0
    for question, ids in zip(questions, found, strict=True):
        cosines = vectors @ question
        if mask is not None:
            cosines[~mask] = -np.inf
        exact = {f"node-{number}" for number in np.argsort(-cosines)[:10].tolist()}
        hits += len(exact & set(ids))
    return round(hits / (10 * len(questions)), 4)


def _resident() -> dict[str, float]:
    return {"mb": round(psutil.Process().memory_info().rss / 1e6)}


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

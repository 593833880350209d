"""How soon memories are found, how exactly, and in how much memory: the search core over synthetic memories.

    python -m benchmarks.search [--sizes 10000 100000 1000000]

Texts are words by Zipf's law in conversations of 50, vectors a mixture of 1,000 clusters of unit vectors, 384 wide,
in 20 systems. One JSON line a figure. The peer, in the same run, is numpy over all float32 vectors; recall counts
against its exact answer. Memory is that of a process that opened the index and searched: `anonymous` is what it needs
itself (RssAnon), `mapped` are clean pages of the files that the system takes back when it wants (RssFile). Returns 1
when a goal was missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.memory.index import EmbeddedIndex, Filter, IndexRecord, Query

WIDTH = 384
SYSTEMS = 20
BATCH = 1000
QUERIES = 40
_CLUSTERS = 1000
_VOCABULARY = 30_000
_SPREAD = 0.7
_WORDS = 12
_TURNS = 50
_FLUSHED_EVERY = 100
GOALS_MS = {
    (10_000, "fused"): 20,
    (100_000, "fused"): 60,
    (100_000, "dense"): 15,
    (1_000_000, "dense"): 50,
}
GOAL_ADD_MS = 60
GOAL_OPEN_MS = 1000
GOAL_MEMORY_MB = {10_000: 200, 1_000_000: 600}
GOAL_FILTERED = 0.99

Floats = NDArray[np.float32]


class World:
    """The same memories and queries each time."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._centres = np.random.default_rng(1).standard_normal((_CLUSTERS, WIDTH), np.float32)
        ranks = 1 / np.arange(1, _VOCABULARY + 1)
        self._odds = ranks / ranks.sum()
        self._words = np.array([f"w{np.base_repr(number, 26).lower()}" for number in range(_VOCABULARY)])

    def vectors(self, number: int, count: int) -> Floats:
        """Unit vectors, the same for the same `number`."""
        random = np.random.default_rng((2, number))
        centres = self._centres[random.integers(0, _CLUSTERS, count)]
        found: Floats = centres + np.float32(_SPREAD) * random.standard_normal((count, WIDTH), np.float32)
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return found

    def batches(self) -> Iterator[list[IndexRecord]]:
        """All memories, a thousand at a time."""
        for first in range(0, self.size, BATCH):
            random = np.random.default_rng((3, first))
            vectors = self.vectors(first, BATCH)
            texts = self._words[random.choice(_VOCABULARY, (BATCH, _WORDS), p=self._odds)]
            yield [
                IndexRecord(
                    label=label,
                    text=" ".join(texts[label - first]),
                    vector=vectors[label - first].tobytes(),
                    system=system_of(label),
                    kind="memory",
                    created_at=1.7e9 + label,
                    conversation=f"c{label // _TURNS}",
                    position=label % _TURNS,
                    speaker="ana",
                )
                for label in range(first, first + BATCH)
            ]

    def queries(self) -> list[tuple[str, bytes]]:
        """Words that occur (the commonest are stop words in life: left out) and vectors of the same clusters."""
        random = np.random.default_rng(4)
        odds = self._odds[50:3000] / self._odds[50:3000].sum()
        vectors = self.vectors(-1 % (1 << 32), QUERIES)
        return [
            (" ".join(self._words[50:3000][random.choice(2950, 6, p=odds)]), vectors[number].tobytes())
            for number in range(QUERIES)
        ]


def system_of(label: int) -> str:
    """Twentieths of the memories, in runs as they are pushed."""
    return f"s{label // BATCH % SYSTEMS}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="benchmarks.search", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--probe", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.probe:
        return _probe(options.probe, options.sizes[0])
    reached = True
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            for figure in _measure(World(size), Path(folder) / "index"):
                reached &= figure.get("reached", True)
                print(json.dumps({"benchmark": "search", "memories": size, **figure}), flush=True)
    return 0 if reached else 1


def _measure(world: World, folder: Path) -> Iterator[dict[str, Any]]:
    yield from _build(world, folder)
    command = [sys.executable, "-m", "benchmarks.search", "--probe", str(folder), "--sizes", str(world.size)]
    probe = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    answers: dict[str, list[list[int]]] = {}
    figures = []
    for line in probe.stdout.splitlines():
        read = json.loads(line)
        answers |= read.pop("answers", {})
        figures.append(read)
    matrix = np.concatenate([world.vectors(first, BATCH) for first in range(0, world.size, BATCH)])
    mine = np.array([system_of(label) == "s3" for label in range(world.size)])
    vectors = [np.frombuffer(vector, "<f4") for _, vector in world.queries()]
    took, exact = _timed(lambda number: _best(matrix @ vectors[number], 10))
    peer = took | {"figure": "peer: numpy float32, dense"}
    part = matrix[mine]
    labels = np.flatnonzero(mine)
    took, exact_filtered = _timed(lambda number: labels[_best(part @ vectors[number], 10)].tolist())
    for figure in figures:
        if figure["figure"] in ("dense", "dense, filtered"):
            wanted = exact if figure["figure"] == "dense" else exact_filtered
            shared = [len(set(a) & set(b)) / 10 for a, b in zip(answers[figure["figure"]], wanted, strict=True)]
            figure["recall@10"] = float(np.mean(shared))
            figure["reached"] = figure.get("reached", True) and figure["recall@10"] >= GOAL_FILTERED
        yield figure
    yield peer
    yield took | {"figure": "peer: numpy float32, dense, filtered rows only"}


def _build(world: World, folder: Path) -> Iterator[dict[str, Any]]:
    index = EmbeddedIndex(folder, WIDTH)
    spent, used = [], []
    for records in world.batches():
        began, cpu = time.perf_counter(), time.process_time()
        index.add(records)
        spent.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - cpu) * 1000)
        if len(used) % _FLUSHED_EVERY == 0:
            index.flush(len(used))
    yield _figure("add 1,000", np.array(spent), np.array(used), GOAL_ADD_MS)
    began, cpu = time.perf_counter(), time.process_time()
    index.flush(world.size)
    yield _figure("flush", *(np.array([(now - then) * 1000]) for now, then in _ends(began, cpu)))
    index.close()


def _ends(began: float, cpu: float) -> list[tuple[float, float]]:
    return [(time.perf_counter(), began), (time.process_time(), cpu)]


def _probe(folder: Path, size: int) -> int:
    """Open, search and weigh, in a process of its own."""
    empty = _memory()
    began, cpu = time.perf_counter(), time.process_time()
    index = EmbeddedIndex(folder, WIDTH)
    opened = [np.array([(now - then) * 1000]) for now, then in _ends(began, cpu)]
    print(json.dumps(_figure("open", *opened, GOAL_OPEN_MS if size <= 100_000 else None)))
    queries = World(size).queries()
    one = Filter(systems=frozenset({"s3"}))
    ways = {
        "fused": lambda text, vector: Query(text, vector),
        "fused, filtered": lambda text, vector: Query(text, vector, filter=one),
        "lexical": lambda text, _: Query(text),
        "dense": lambda _, vector: Query("", vector),
        "dense, filtered": lambda _, vector: Query("", vector, filter=one),
    }
    for name, way in ways.items():
        asked = [way(*query) for query in queries]
        index.search(asked[0])
        took, found = _timed(lambda number, asked=asked: [hit.label for hit in index.search(asked[number])])
        figure = {"figure": name, **took}
        if (goal := GOALS_MS.get((size, name))) is not None:
            figure |= {"goal_ms": goal, "reached": took["p50_ms"] <= goal}
        if name.startswith("dense"):
            figure["answers"] = {name: found}
        print(json.dumps(figure))
    memory = _memory()
    goal_mb = GOAL_MEMORY_MB.get(size)
    print(
        json.dumps(
            {
                "figure": "memory",
                "anonymous_mb": memory["RssAnon"],
                "mapped_mb": memory["RssFile"],
                "before_opening_mb": empty["RssAnon"],
                **({"goal_mb": goal_mb, "reached": memory["RssAnon"] <= goal_mb} if goal_mb else {}),
            }
        )
    )
    return 0


def _timed(search: Callable[[int], list[int]]) -> tuple[dict[str, float], list[list[int]]]:
    spent, used, found = [], [], []
    for number in range(QUERIES):
        began, cpu = time.perf_counter(), time.process_time()
        found.append(search(number))
        spent.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - cpu) * 1000)
    return _times(np.array(spent), np.array(used)), found


def _figure(
    name: str, spent: NDArray[np.float64], used: NDArray[np.float64], goal: float | None = None
) -> dict[str, Any]:
    figure = {"figure": name, **_times(spent, used)}
    return figure if goal is None else {**figure, "goal_ms": goal, "reached": figure["p50_ms"] <= goal}


def _times(spent: NDArray[np.float64], used: NDArray[np.float64]) -> dict[str, float]:
    return {
        "p50_ms": round(float(np.median(spent)), 2),
        "p95_ms": round(float(np.percentile(spent, 95)), 2),
        "cpu_ms": round(float(used.mean()), 2),
    }


def _best(scores: Floats, k: int) -> list[int]:
    top = np.argpartition(-scores, k)[:k]
    return top[np.argsort(-scores[top])].tolist()


def _memory() -> dict[str, float]:
    lines = Path("/proc/self/status").read_text().splitlines()
    return {line.split(":")[0]: round(int(line.split()[1]) / 1024, 1) for line in lines if line.startswith("Rss")}


if __name__ == "__main__":
    sys.exit(main())

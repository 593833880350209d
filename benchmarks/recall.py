"""How soon a memory of a local vault is found: everything `cogzy search` does, in a warm process.

    python -m benchmarks.recall [--sizes 10000 100000]

Texts are words by Zipf's law in turns of a question and an answer, 20 turns a conversation; vectors are those that the
embedding model's record names, random in 1,000 clusters (what they mean does not matter here, the model's own work on
the query does: it is loaded and asked for each query). After that the conversations are kept as episodes too, and
small changes follow, each with the CPU time of the look that takes them in. One JSON line a figure; returns 1 when a
goal was missed.
Without the model ("make model") the figures are of words alone, and say so.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.memory.model import find_model
from core.memory.recall import Filters, Recall
from core.memory.vector_model import record_model
from core.vault import LocalVaultService

WIDTH = 384
QUERIES = 40
NEW = 100
_CLUSTERS, _VOCABULARY, _TURNS = 1000, 30_000, 20
_HUMAN, _ASSISTANT = 15, 60
GOALS_MS = {10_000: 20, 100_000: 60}
GOAL_OPEN_MS = 1000
GOAL_NEW_MS = 1000
GOAL_GREW_MS = 2000
"""CPU time, in a vault of 100,000."""


class World:
    """The same memories and queries each time."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(1)
        self._centres = self._random.standard_normal((_CLUSTERS, WIDTH), np.float32)
        ranks = 1 / np.arange(1, _VOCABULARY + 1)
        self._odds = ranks / ranks.sum()
        self._words = np.array([f"w{np.base_repr(number, 26).lower()}" for number in range(_VOCABULARY)])

    def nodes(self, first: int, count: int) -> list[dict[str, Any]]:
        """Turns `first`, ..."""
        drawn = self._words[self._random.choice(_VOCABULARY, (count, _HUMAN + _ASSISTANT), p=self._odds)]
        return [
            {
                "id": f"n{at}",
                "source": ("chatgpt", "claude", "claude-code")[at // 1000 % 3],
                "project": f"p{at // 500 % 20}",
                "conversation_id": f"c{at // _TURNS}",
                "sequence_index": at % _TURNS,
                "created_at": 1.7e9 + 60 * at,
                "human_content": " ".join(drawn[at - first, :_HUMAN]),
                "assistant_content": " ".join(drawn[at - first, _HUMAN:]),
            }
            for at in range(first, first + count)
        ]

    def vectors(self, count: int) -> Any:
        """Unit vectors."""
        noise = np.float32(0.7) * self._random.standard_normal((count, WIDTH), np.float32)
        found = self._centres[self._random.integers(0, _CLUSTERS, count)] + noise
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def queries(self) -> list[str]:
        """Words that occur; the commonest are stop words in life."""
        odds = self._odds[50:3000] / self._odds[50:3000].sum()
        return [" ".join(self._words[50:3000][self._random.choice(2950, 6, p=odds)]) for _ in range(QUERIES)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="benchmarks.recall", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    reached = True
    for size in parser.parse_args(arguments).sizes:
        with tempfile.TemporaryDirectory() as folder:
            for figure in asyncio.run(_measure(Path(folder), size)):
                reached &= figure.get("reached", True)
                print(json.dumps({"benchmark": "recall", "memories": size, **figure}), flush=True)
    return 0 if reached else 1


async def _measure(root: Path, size: int) -> list[dict[str, Any]]:
    world, model = World(), find_model()
    vault = LocalVaultService.open(root)
    vault.write_nodes(world.nodes(0, size), world.vectors(size))
    if model is not None:
        record_model(vault, model.id)
    queries, figures = world.queries(), []
    recall = Recall(root)
    figures.append(_figure("first build", [await _spent(recall, "")]))
    await recall.close()
    recall = Recall(root)
    began = time.perf_counter()
    with recall._opened().now():
        figures.append(_figure("open", [1000 * (time.perf_counter() - began)], GOAL_OPEN_MS))
    figures.append(_figure("first query, with the model's start", [await _spent(recall, queries[0])]))
    answer = await recall.search(queries[1])
    for name, filters in (
        ("query", Filters()),
        ("query, filtered", Filters(source="claude", after=1.7e9, before=1.7e9 + 30 * size)),
    ):
        goal = GOALS_MS.get(size)
        spent = [await _spent(recall, query, filters) for query in queries]
        figures.append({**_figure(name, spent, goal), "model": answer.model})
    vault.append_nodes(world.nodes(size, NEW), world.vectors(NEW))
    figures.append(await _after(recall, f"first query after {NEW} new ones", queries[0], GOAL_NEW_MS))
    assert (await recall.search("", k=0)).memories == size + NEW
    vault.write_episodes(_episodes(vault.read_nodes()))
    figures.append(await _after(recall, "first query after every conversation came as an episode too", queries[0]))
    for name, change, goal in (
        (f"first query after {NEW} new ones, with episodes", _add, GOAL_NEW_MS),
        ("first query after one conversation grew", _grow, GOAL_GREW_MS),
        ("first query after the date of one conversation changed", _date, GOAL_GREW_MS),
    ):
        change(vault, world)
        figures.append(await _after(recall, name, queries[0], goal))
    figures.append({"figure": "peak memory", "mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)})
    await recall.close()
    return figures


def _episodes(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The conversations of `nodes`."""
    found: dict[str, dict[str, Any]] = {}
    for node in nodes:
        name = node["conversation_id"]
        whole = {"id": name, "conversation_id": name, "source": node["source"], "created_at": node["created_at"]}
        messages = found.setdefault(name, {**whole, "title": f"About {name}", "messages": []})["messages"]
        messages.append({"role": "user", "content": node["human_content"]})
        messages.append({"role": "assistant", "content": node["assistant_content"]})
    return list(found.values())


def _add(vault: LocalVaultService, world: World) -> None:
    vault.append_nodes(world.nodes(vault.get_node_count(), NEW), world.vectors(NEW))


def _grow(vault: LocalVaultService, world: World) -> None:
    """Two more turns in a conversation in the middle, as following a session of Claude Code does it."""
    episodes = vault.read_episodes()
    one = episodes[len(episodes) // 2]
    turns = [
        {**turn, "conversation_id": one["id"], "sequence_index": _TURNS + at}
        for at, turn in enumerate(world.nodes(vault.get_node_count(), 2))
    ]
    one["messages"] += _episodes(turns)[0]["messages"]
    with vault.transaction() as tx:
        tx.write_episodes(episodes)
        tx.append_nodes(turns, world.vectors(2))


def _date(vault: LocalVaultService, world: World) -> None:
    episodes = vault.read_episodes()
    episodes[len(episodes) // 2]["created_at"] += 86400.0
    vault.write_episodes(episodes)


async def _after(recall: Recall, name: str, text: str, goal: float | None = None) -> dict[str, Any]:
    """The time of the first query, and of its CPU the part that looks at the vault."""

    def look() -> float:
        began = time.process_time()
        with recall._opened().now():
            return 1000 * (time.process_time() - began)

    began = time.perf_counter()
    cpu = await asyncio.to_thread(look)
    await _spent(recall, text)
    figure = {**_figure(name, [1000 * (time.perf_counter() - began)]), "cpu_ms": round(cpu, 2)}
    return figure if goal is None else {**figure, "goal_cpu_ms": goal, "reached": cpu <= goal}


async def _spent(recall: Recall, text: str, filters: Filters | None = None) -> float:
    began = time.perf_counter()
    answer = await recall.search(text, filters=filters)
    assert answer.hits or not text
    return 1000 * (time.perf_counter() - began)


def _figure(name: str, spent: list[float], goal: float | None = None) -> dict[str, Any]:
    p50 = round(float(np.median(spent)), 2)
    figure = {"figure": name, "p50_ms": p50, "p95_ms": round(float(np.percentile(spent, 95)), 2)}
    return figure if goal is None else {**figure, "goal_ms": goal, "reached": p50 <= goal}


if __name__ == "__main__":
    sys.exit(main())

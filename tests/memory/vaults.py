"""Vaults for tests of retrieval, and what is found in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.memory.index import Query
from core.memory.vault_index import VaultIndex
from core.memory.vector_model import record_model
from core.vault import LocalVaultService

MODEL = "made/1"
WIDTH = 8


LAYOUTS: tuple[Callable[[Sequence[Any]], bytes], ...] = (
    lambda records: json.dumps(list(records)).encode(),
    lambda records: json.dumps(list(records), indent=2).encode(),
    lambda records: json.dumps({"nodes": list(records), "by": "another"}).encode("utf-16"),
    lambda records: (
        b"[\n" + json.dumps(list(records), sort_keys=True)[1:-1].replace("}, {", "},\n{").encode() + b"\n]\n"
    ),
    lambda records: b"[\n" + json.dumps(list(records))[1:-1].replace(", ", ",\n").encode() + b"\n]\n",
    lambda records: b"[\r\n" + b",\r\n".join(json.dumps(one).encode() for one in records) + b"\r\n]\r\n",
)
"""How other programs may write a corpus."""


def node(name: str, human: str, assistant: str = "", **more: Any) -> dict[str, Any]:
    """A turn as importers write it."""
    made = {"id": name, "source": "chatgpt", "conversation_id": "c", "created_at": "2026-05-08T10:00:00+00:00"}
    return {**made, "sequence_index": 0, "human_content": human, "assistant_content": assistant, **more}


def episode(name: str, title: str, *said: str, **more: Any) -> dict[str, Any]:
    """A conversation as importers write it."""
    messages = [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(said)]
    return {"id": name, "title": title, "messages": messages, "created_at": "2026-05-08T10:00:00+00:00", **more}


def rows(count: int, seed: int = 0) -> NDArray[np.float32]:
    """Vectors for `count` records."""
    return np.random.default_rng(seed).standard_normal((count, WIDTH), np.float32)


def vault_of(root: Path, *nodes: dict[str, Any], episodes: Any = (), vectors: bool = True) -> LocalVaultService:
    """A vault with these turns, whose vectors MODEL made."""
    vault = LocalVaultService.open(root)
    vault.write_nodes(nodes, rows(len(nodes)) if vectors and nodes else None)
    if episodes:
        vault.write_episodes(episodes)
    if vectors:
        record_model(vault, MODEL)
    return vault


def ids(index: VaultIndex, text: str, **more: Any) -> list[str]:
    """The ids that are found, best first."""
    return [stored.id for _, stored in index.search(Query(text, **more))]


def everything(index: VaultIndex) -> list[tuple[str, str, float, float | None]]:
    """Every memory with its scores, for words that all of the test's texts have or not, in a fixed order."""
    found = index.search(Query("word1 word2", rows(1, 99)[0].tobytes(), 1000, model=MODEL))
    told = [
        (stored.kind, stored.id, round(hit.score, 5), hit.dense and round(hit.dense, 5), str(stored.record))
        for hit, stored in found
    ]
    return sorted(told, key=str)

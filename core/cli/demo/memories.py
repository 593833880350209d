"""Made-up memories for a vault, written the way every program writes them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from core.cli.demo.words import WORDS
from core.vault import LocalVaultService
from core.vault.layout import SYNCED_FOLDERS

NODES, EPISODES, TRACES = 1_000, 100, 20
_WIDTH = 384
_SEED = 20_260_101


def fill(vault: Path, scale: float) -> int:
    """A vault with some thousand nodes and their embeddings, episodes and reasoning traces; returns how many."""
    service = LocalVaultService.open(vault)
    nodes, episodes, traces = (max(10, int(count * scale)) for count in (NODES, EPISODES, TRACES))
    with service.transaction() as tx:
        tx.write_nodes(_nodes(0, nodes), _vectors(0, nodes))
        tx.write_episodes(_episodes(episodes))
    for number in range(traces):
        steps = [_prose(number * 10 + step, 40) for step in range(4)]
        service.write_trace({"id": f"trace-{number}", "steps": steps, "created_at": _moment(number)})
    return nodes + episodes + traces


def add(vault: Path, count: int) -> None:
    """So many new memories, as after a conversation."""
    service = LocalVaultService.open(vault)
    first = service.get_node_count()
    service.append_nodes(_nodes(first, count), _vectors(first, count))


def note(vault: Path, sentence: str) -> None:
    """One new memory with these words."""
    service = LocalVaultService.open(vault)
    first = service.get_node_count()
    nodes = [{**node, "assistant_content": sentence} for node in _nodes(first, 1)]
    service.append_nodes(nodes, _vectors(first, 1))


def count(vault: Path) -> int:
    """The nodes and episodes of a vault, by its files."""
    return sum(len(json.loads((vault / "corpus" / name).read_bytes())) for name in ("nodes.json", "episodes.json"))


def hashes(vault: Path) -> dict[str, str]:
    """The SHA-256 of every file that a vault sends."""
    files = (path for folder in SYNCED_FOLDERS for path in sorted((vault / folder).rglob("*")) if path.is_file())
    return {path.relative_to(vault).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _nodes(first: int, count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"node-{number}",
            "source": "claude",
            "conversation_id": f"conversation-{number // 8}",
            "sequence_index": number % 8,
            "created_at": _moment(number),
            "human_content": _prose(2 * number, 14),
            "assistant_content": _prose(2 * number + 1, 45),
        }
        for number in range(first, first + count)
    ]


def _episodes(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"episode-{number}",
            "title": _prose(number, 5),
            "messages": [
                {"role": "user", "content": _prose(number + 7, 20)},
                {"role": "assistant", "content": _prose(number + 11, 60)},
            ],
            "created_at": _moment(number),
        }
        for number in range(count)
    ]


def _vectors(first: int, count: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    vectors = np.random.default_rng(_SEED + first).standard_normal((count, _WIDTH), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _prose(seed: int, length: int) -> str:
    chosen = np.random.default_rng(_SEED + seed).integers(0, len(WORDS), length)
    return " ".join(WORDS[place] for place in chosen)


def _moment(number: int) -> str:
    return f"2026-01-{1 + number // 1440 % 28:02}T{number // 60 % 24:02}:{number % 60:02}:00Z"

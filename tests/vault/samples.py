"""Nodes, episodes and vectors for tests, and a vault that is quick about damage."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from core.vault import LocalVaultService


def nodes(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Nodes with ids n<start>..., each with a text of its own."""
    return [
        {
            "id": f"n{i}",
            "source": "anthropic",
            "conversation_id": "c1",
            "sequence_index": i,
            "created_at": "2026-01-01T00:00:00Z",
            "human_content": f"question {i} ünï\u2028code",
            "assistant_content": f"answer {i}",
        }
        for i in range(start, start + count)
    ]


def rows(count: int, start: int = 0, width: int = 4) -> np.ndarray:
    """Row i is filled with start + i + 1: it says which node it belongs to."""
    return np.repeat(np.arange(start, start + count, dtype=np.float32)[:, None] + 1, width, axis=1)


def filled(root: Path, count: int = 3) -> LocalVaultService:
    """A vault with `count` nodes and their vectors."""
    vault = LocalVaultService.open(root)
    vault.write_nodes(nodes(count), rows(count))
    return vault


def edit(path: Path, data: bytes) -> None:
    """What another program does to a file, a while ago."""
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000))


def rot(path: Path) -> None:
    """Change one byte and neither size nor mtime, as a failing disk does."""
    stat, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x01
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

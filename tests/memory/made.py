"""Memories for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.memory.index import IndexRecord


def memory(label: int, text: str = "a memory", vector: bytes | None = None, **more: Any) -> IndexRecord:
    """A record with only what the test is about."""
    return IndexRecord(label, text, vector, **{"system": "laptop", "kind": "memory", **more})


def vector(*values: float) -> bytes:
    """float32 little-endian."""
    return np.array(values, "<f4").tobytes()


def random_vectors(count: int, width: int, seed: int = 0) -> list[bytes]:
    """Vectors in clusters, as texts about the same things have."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((20, width), np.float32)
    made = centres[random.integers(0, 20, count)] + np.float32(0.5) * random.standard_normal((count, width), np.float32)
    return [one.tobytes() for one in made]

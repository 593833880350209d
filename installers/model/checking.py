"""Whether the graphs are the model that was published: known similarities first, then small against large.

The similarities are those of the model's authors for these three sentences (sentence-transformers, float32).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

REFERENCE = ("The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.")
SIMILARITIES = {(0, 1): 0.6660, (0, 2): 0.1046, (1, 2): 0.1411}
AS_PUBLISHED = 1e-3
LEAST_COSINE = 0.985

_SENTENCES = (
    *REFERENCE,
    "",
    "ok",
    "Where did we decide to keep the backups of the photo library?",
    "I moved to Lisbon in March 2021 and started working at the harbour office.",
    "def merge(left, right):\n    return sorted({*left, *right}, key=lambda row: row.updated_at)",
    "Ärger mit der Überweisung nach Zürich 🙄",
    "昨日は友達と京都に行きました。",
    "Error: ENOSPC: no space left on device, write '/var/lib/data/00.db'",
    "Her favourite tea is oolong; she drinks it without milk, before nine in the morning. " * 30,
)


class CheckFailed(Exception):
    """The graph is not the model that was published; says by how much."""


def check(large: Path, small: Path, tokenizer_file: Path, most_tokens: int) -> str:
    """What was found, in a line. Raises CheckFailed."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(most_tokens)
    exact, rounded = vectors(large, tokenizer, _SENTENCES), vectors(small, tokenizer, _SENTENCES)
    for (one, other), published in SIMILARITIES.items():
        seen = float(exact[one] @ exact[other])
        if not abs(seen - published) <= AS_PUBLISHED:
            raise CheckFailed(f"the similarity of two reference sentences is {seen:.4f} instead of {published:.4f}")
    if not np.allclose(np.linalg.norm(rounded, axis=1), 1, atol=1e-4):
        raise CheckFailed("vectors are not of unit length")
    cosines = (exact * rounded).sum(1)
    if not cosines.min() >= LEAST_COSINE:
        raise CheckFailed(f"the 8-bit graph is off: cosine {cosines.min():.4f}, less than {LEAST_COSINE}")
    return f"similarities as published; the 8-bit graph's cosine to them is {cosines.min():.4f} or more"


def vectors(graph: Path, tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[Any]:
    """One row a text, float32, each text through the graph alone."""
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    rows = []
    for text in texts:
        tokens = np.array([tokenizer.encode(text).ids], np.int64)
        rows.append(session.run(["vectors"], {"input_ids": tokens, "attention_mask": np.ones_like(tokens)})[0][0])
    return np.array(rows)

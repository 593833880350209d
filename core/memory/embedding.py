"""Turning texts into vectors: the front. Without a model there is no embedder, and callers search by words alone.

onnxruntime runs in a child process of our own (`embedding_child`), which the first call starts and which leaves after
a minute without work. Vectors of different models never mix: `Embedder.model` stands beside each that is kept.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from core.memory.embedding_process import IDLE_SECONDS, ChildEmbedder, Progress
from core.memory.model import EmbeddingError, ModelFiles, find_model, model_folder

__all__ = ["Embedder", "EmbeddingError", "ModelFiles", "Progress", "find_model", "open_embedder", "start_embedder"]

_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """`model`: its id and variant ("all-MiniLM-L6-v2/int8-1"); `width`: numbers in a vector."""

    @property
    def model(self) -> str: ...
    @property
    def width(self) -> int: ...

    async def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> list[bytes]:
        """One vector a text, in their order: float32 little-endian of unit length. Raises EmbeddingError."""
        ...

    async def close(self) -> None: ...


async def open_embedder(
    *,
    vault: Path | None = None,
    unavailable: Callable[[EmbeddingError], None] | None = None,
    idle_seconds: float = IDLE_SECONDS,
    environ: Mapping[str, str] = os.environ,
) -> Embedder | None:
    """An embedder that is ready, or None; then `unavailable` is told why, in sentences that can be shown.

    With `vault`, vectors are looked up in that vault's cache and kept there.
    """
    try:
        return await start_embedder(vault=vault, idle_seconds=idle_seconds, environ=environ)
    except EmbeddingError as error:
        _log.warning("no embedder: %s", error)
        if unavailable is not None:
            unavailable(error)
        return None


async def start_embedder(
    *, vault: Path | None = None, idle_seconds: float = IDLE_SECONDS, environ: Mapping[str, str] = os.environ
) -> Embedder:
    """Like `open_embedder`, but raises the EmbeddingError: embedding.no_model, .model_damaged, .no_runtime ..."""
    embedder = ChildEmbedder(model_folder(environ), idle_seconds=idle_seconds)
    await embedder.start()
    if vault is None:
        return embedder
    from core.memory.embedding_cache import CachedEmbedder

    return CachedEmbedder(embedder, vault)

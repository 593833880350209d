"""An embedder that remembers: vectors by the hash of model and text, in the vault's cache (never synced).

A cached vector that is damaged, of another width or not of unit length is made again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.files import translated
from core.vault.cache import cache_embedding, cached_embedding
from core.vault.layout import EMBEDDING_CACHE

if TYPE_CHECKING:
    from core.memory.embedding import Embedder
    from core.memory.embedding_process import Progress

_KEPT_TOGETHER = 512


class CachedEmbedder:
    """`embedder` with the cache of the vault at `root` before it. What was done before a cancel or a crash is kept."""

    def __init__(self, embedder: Embedder, root: Path) -> None:
        self._embedder = embedder
        self._root = root

    @property
    def model(self) -> str:
        return self._embedder.model

    @property
    def width(self) -> int:
        return self._embedder.width

    async def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> list[bytes]:
        """See Embedder. The same text twice is embedded once. Raises EmbeddingError, FileError."""
        hashes = [text_hash(self.model, text) for text in texts]
        by_hash = dict(zip(hashes, texts, strict=True))
        vectors = await asyncio.to_thread(self._cached, list(by_hash))
        missing = [one for one in by_hash if one not in vectors]
        done = len(vectors)

        def told(count: int, _: int) -> None:
            if progress is not None:
                progress(done + count, len(by_hash))

        told(0, 0)
        for first in range(0, len(missing), _KEPT_TOGETHER):
            some = missing[first : first + _KEPT_TOGETHER]
            made = dict(
                zip(some, await self._embedder.embed([by_hash[one] for one in some], progress=told), strict=True)
            )
            await asyncio.to_thread(self._keep, made)
            vectors |= made
            done += len(made)
        return [vectors[one] for one in hashes]

    async def close(self) -> None:
        await self._embedder.close()

    def _cached(self, hashes: Sequence[str]) -> dict[str, bytes]:
        import numpy as np

        found = {}
        for one in hashes:
            vector = cached_embedding(self._root, one)
            if vector is not None and vector.shape == (self.width,) and abs(float(np.linalg.norm(vector)) - 1) < 1e-3:
                found[one] = vector.astype("<f4").tobytes()
        return found

    def _keep(self, vectors: Mapping[str, bytes]) -> None:
        import numpy as np

        with translated(self._root):
            (self._root / EMBEDDING_CACHE).mkdir(parents=True, exist_ok=True, mode=0o700)
        for one, vector in vectors.items():
            cache_embedding(self._root, one, np.frombuffer(vector, "<f4"))


def text_hash(model: str, text: str) -> str:
    """The name under which the vector of `text` by `model` is cached: SHA-256, hexadecimal."""
    return hashlib.sha256(f"{model}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()

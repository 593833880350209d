"""Finding memories of a vault, and of other programs as far as it keeps them: the front of retrieval. Reads only the
vault's folder.

    recall = Recall(vault_dir)
    answer = await recall.search("deploy keys", k=10, filters=Filters(source="chatgpt"))
    memory = await recall.memory(answer.hits[0].id)
    await recall.close()

Words always count. Meaning counts when the vault's vectors are those of the model on this computer; an answer says
whether it did, and why not. Everything heavy is imported by the first call.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import CogzyError, UsageError
from core.memory.answers import KINDS, MOST_AROUND, MOST_HITS, Answer, Filters, Found, Memory, Part

if TYPE_CHECKING:
    from core.memory.embedding import Embedder
    from core.memory.vault_index import VaultIndex

__all__ = ["Answer", "Filters", "Found", "Memory", "Part", "Recall", "RecallError", "recall"]

_RETRY_SECONDS = 30.0


class RecallError(CogzyError):
    """Why something is not found, or only by its words."""


async def recall(
    vault: Path,
    text: str,
    *,
    k: int = 10,
    filters: Filters | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Answer:
    """One search, with everything opened for it and closed after it. Whoever searches again keeps a Recall."""
    found = Recall(vault, environ)
    try:
        return await found.search(text, k=k, filters=filters or Filters())
    finally:
        await found.close()


class Recall:
    """Finds memories of the vault at `root`, whose index and model stay at hand until `close`.

    Raises DamageError when nothing of the vault can be read, BusyError while it is being reset.
    """

    def __init__(self, root: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._root = root
        self._environ = environ
        self._index: VaultIndex | None = None
        self._embedder: Embedder | None = None
        self._starting = asyncio.Lock()
        self._refused: tuple[float, CogzyError] | None = None

    async def search(self, text: str, *, k: int = 10, offset: int = 0, filters: Filters | None = None) -> Answer:
        """The best `k` memories for `text`, without the `offset` best of all.

        An empty text finds none, and makes everything ready for the next one.
        """
        if min(k, offset) < 0 or offset + k > MOST_HITS:
            seen = offset + k if min(k, offset) >= 0 else k
            raise UsageError("recall.wrong_number", least=0, most=MOST_HITS, seen=seen)
        wanted = filters or Filters()
        from core.memory import showing

        if wanted.kind not in (None, *KINDS):
            raise UsageError("recall.wrong_kind", seen=wanted.kind)

        began = time.perf_counter()
        index = self._opened()
        models = await asyncio.to_thread(_models_of, index)
        vector, why_not = await self._meaning(text, models)
        model = None if self._embedder is None or why_not is not None else self._embedder.model
        answer = await asyncio.to_thread(showing.answer, index, text, vector, model, why_not, (offset, k), wanted)
        return replace(answer, seconds=time.perf_counter() - began)

    async def memory(self, name: str, *, kind: str | None = None, around: int = 2, text: str = "") -> Memory:
        """The memory with that id, and `around` turns on each side; `text` is what it was found by.

        Raises UsageError("recall.no_such_memory").
        """
        if not 0 <= around <= MOST_AROUND:
            raise UsageError("recall.wrong_number", least=0, most=MOST_AROUND, seen=around)
        from core.memory import showing

        found = await asyncio.to_thread(showing.memory, self._opened(), name, kind, around, text)
        if found is None:
            raise UsageError("recall.no_such_memory", id=name[:80])
        return found

    async def close(self) -> None:
        """Let go of the index's files and the model's process."""
        index, self._index = self._index, None
        embedder, self._embedder = self._embedder, None
        if index is not None:
            await asyncio.to_thread(index.close)
        if embedder is not None:
            await embedder.close()

    def _opened(self) -> VaultIndex:
        if self._index is None:
            from core.memory.vault_index import VaultIndex

            self._index = VaultIndex(self._root)
        return self._index

    async def _meaning(self, text: str, models: Mapping[str | None, int]) -> tuple[bytes | None, CogzyError | None]:
        """The vector of `text`; or None, and why words alone count."""
        from core.memory.embedding import EmbeddingError
        from core.memory.model import load_model, model_folder

        try:
            if self._embedder is None:
                there = await asyncio.to_thread(load_model, model_folder(self._environ))
                if why_not := _not_comparable(there.id, models):
                    return None, why_not
            embedder = await self._started()
            if why_not := _not_comparable(embedder.model, models):
                return None, why_not
            return ((await embedder.embed([text]))[0] if text.strip() else None), None
        except EmbeddingError as error:
            return None, error

    async def _started(self) -> Embedder:
        """The embedder. One that could not be started is tried again only after a while."""
        from core.memory.embedding import EmbeddingError, start_embedder

        async with self._starting:
            if self._embedder is None:
                if self._refused is not None and time.monotonic() - self._refused[0] < _RETRY_SECONDS:
                    raise self._refused[1]
                try:
                    self._embedder = await start_embedder(environ=self._environ)
                except EmbeddingError as error:
                    self._refused = (time.monotonic(), error)
                    raise
            return self._embedder


def _not_comparable(model: str, models: Mapping[str | None, int]) -> CogzyError | None:
    """Why the vault's vectors cannot be compared with those of `model`."""
    if models.get(model):
        return None
    others = [str(one) for one in models if one is not None]
    if others:
        return RecallError("recall.other_model", vectors=", ".join(others), model=model)
    return RecallError("recall.unknown_model") if models else RecallError("recall.no_vectors")


def _models_of(index: VaultIndex) -> Mapping[str | None, int]:
    with index.now() as current:
        return current.models

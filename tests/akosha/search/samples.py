"""Rows, hits and searchers that behave as a test wants them to."""

from __future__ import annotations

import asyncio
import hashlib
import math
import struct
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.akosha.search.indexing import Indexing
from core.akosha.search.search import HubSearch
from core.akosha.store import HubStore, StoredMemory
from core.memory.index import Hit, Query
from core.memory.rows import MemoryRow


def hit(label: int, score: Any = 0.5, lexical: Any = 1.0, dense: Any = None) -> Hit:
    return Hit(label, score, lexical, dense, 0.0, 0.0)


def stored(label: int, system: str, id: str, text: str = "", **fields: Any) -> StoredMemory:
    row = MemoryRow(fields.pop("kind", "node"), id, text or f"text of {id}", **fields)
    return StoredMemory(label=label, system_id=system, row=row, as_of=1.0, stored_at=2.0)


@dataclass
class Answers:
    """Answers with its hits, after a while."""

    hits: Sequence[Hit] = ()
    seconds: float = 0.0
    error: Exception | None = None
    asked: list[Query] = field(default_factory=list)

    async def search(self, query: Query) -> Sequence[Hit]:
        self.asked.append(query)
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return self.hits


@dataclass
class Hangs:
    """A blocking search that does not come back before it is let go."""

    hits: Sequence[Hit] = ()
    gate: threading.Event = field(default_factory=threading.Event)
    calls: int = 0

    def __call__(self, query: Query) -> Sequence[Hit]:
        self.calls += 1
        self.gate.wait(30)
        return self.hits


WIDTH = 32


def meaning(text: str) -> bytes:
    """A vector of unit length from the words of a text: texts that share words are near."""
    numbers = [0.0] * WIDTH
    for word in text.lower().split():
        numbers[hashlib.sha256(word.encode()).digest()[0] % WIDTH] += 1.0
    length = math.sqrt(sum(number * number for number in numbers)) or 1.0
    return struct.pack(f"<{WIDTH}f", *(number / length for number in numbers))


@dataclass
class WordEmbedder:
    """An embedder whose vectors come from words; it notes what it was given, and fails or waits when told to."""

    model: str = "words/1"
    width: int = WIDTH
    texts: list[str] = field(default_factory=list)
    error: Exception | None = None
    gate: asyncio.Event | None = None

    async def embed(self, texts: Sequence[str], *, progress: object = None) -> list[bytes]:
        self.texts += texts
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return [meaning(text) for text in texts]

    async def close(self) -> None:
        self.gate = None


@dataclass
class Hub:
    """Store, indexes and search over one folder."""

    store: HubStore
    indexing: Indexing
    search: HubSearch

    async def find(self, text: str, **options: Any) -> list[str]:
        """The ids that a search finds."""
        return [one.id for one in (await self.search.search(text, **options)).results]


@asynccontextmanager
async def hub(
    folder: Path, *, shard_files: int = 1, embedder: WordEmbedder | None = None, deadline: float = 60.0
) -> AsyncIterator[Hub]:
    indexing = Indexing(folder, shard_files=shard_files, embedder=embedder, deadline_seconds=deadline)
    store = await HubStore.open(folder, shard_files=shard_files, on_commit=indexing.on_commit)
    try:
        await indexing.open(store)
        yield Hub(store, indexing, HubSearch(store, indexing, embedder, deadline_seconds=deadline))
    finally:
        await indexing.close()
        await store.close()


def row(id: str, text: str, **fields: Any) -> MemoryRow:
    return MemoryRow(fields.pop("kind", "node"), id, text, **fields)

"""Vectors for memories that came without: in batches, whenever there is time, each batch one transaction of the vault.

- A batch replaces nothing but rows of zeros, and only while the vault's vectors are the model's own. What is cut off or
  killed loses a batch at most, and less: its vectors wait in the vault's cache.
- Anew (vectors of another model, when a person asks): the old ones stand until all new ones are made, then one
  transaction exchanges them. Two models never stand in one file.
- Records that moved meanwhile are looked at again; nothing is written beside what was read.
- Rows are made in a mapped file of the vault's cache: memory does not grow with the vault.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from core.crash_points import crash_point
from core.errors import BusyError
from core.files import translated
from core.memory.contents import EPISODE, NODE, embedded_text
from core.memory.embedding import Embedder, EmbeddingError, start_embedder
from core.memory.vector_model import (
    Digests,
    Matrix,
    adopt_announced,
    announce_model,
    digests,
    model_of,
    read_record,
    record_model,
)
from core.vault import LocalVaultService, reading, records, vectors
from core.vault.layout import EPISODES, NODES, VECTORS_OF

if TYPE_CHECKING:
    from core.vault.manifest import VaultManifest

CRASH_POINTS = ("later.made", "later.committed")
LOCK = "sync/embedding.lock"
ROWS = "cache/rows.tmp"
BATCH = 2000
"""Records of one transaction at least; in a large vault a tenth, since each transaction writes all of its vectors."""
_TOGETHER = 512
_COPIED = 8192
_TRIES = 5
_KINDS = {NODES: NODE, EPISODES: EPISODE}
_log = logging.getLogger(__name__)
Told = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Embedded:
    """What a run did: `made` vectors of `model`."""

    model: str
    made: int


async def embed_waiting(
    vault: LocalVaultService,
    *,
    anew: bool = False,
    told: Told = lambda done, total: None,
    environ: Mapping[str, str] = os.environ,
    batch: int = BATCH,
) -> Embedded:
    """Vectors for every node that has none; for episodes where they have some. `told`: how many are done, of how many.

    `anew`: also in the place of another model's. Raises EmbeddingError (no model, other_model), BusyError while another
    run embeds, DamageError for a damaged corpus. When it is cancelled, what was committed stays.
    """
    with _only_one(vault.root):
        embedder = await start_embedder(vault=vault.root, environ=environ)
        try:
            made = 0
            for corpus in (NODES, EPISODES):
                made += await _Corpus(vault, corpus, embedder, anew, told, batch).fill()
            return Embedded(embedder.model, made)
        finally:
            await embedder.close()


@dataclass(frozen=True)
class _Seen:
    """A corpus as it was read. `places`: of the records to embed; `replaces`: their vectors are all that will be."""

    files: tuple[str, str]
    records: Sequence[Mapping[str, Any]]
    rows: Matrix
    places: Sequence[int]
    replaces: bool


class _Corpus:
    """One corpus and its vectors."""

    def __init__(
        self, vault: LocalVaultService, corpus: str, embedder: Embedder, anew: bool, told: Told, batch: int
    ) -> None:
        self._vault = vault
        self._corpus = corpus
        self._embedder = embedder
        self._anew = anew
        self._told = told
        self._batch = batch

    async def fill(self) -> int:
        """Embed until nothing waits; returns how many were."""
        made = failures = 0
        while failures < _TRIES:
            seen = await asyncio.to_thread(self._look)
            if not seen.places:
                return made
            size = len(seen.places) if seen.replaces else max(self._batch, len(seen.records) // 10)
            places = seen.places[:size]
            done = await self._one_batch(seen, places, made)
            made, failures = made + done, 0 if done else failures + 1
        _log.info("%s changes too fast to be embedded now", self._corpus)
        return made

    async def _one_batch(self, seen: _Seen, places: Sequence[int], made: int) -> int:
        """Embed and commit the records at `places`. 0 when the vault has moved meanwhile."""
        path = self._vault.root / ROWS
        matrix = await asyncio.to_thread(self._begin, path, seen)
        try:
            for at in range(0, len(places), _TOGETHER):
                some = places[at : at + _TOGETHER]
                self._told(made + at, made + len(seen.places))
                texts = [embedded_text(_KINDS[self._corpus], seen.records[place]) for place in some]
                found = await self._embedder.embed(texts)
                matrix[list(some)] = np.frombuffer(b"".join(found), "<f4").reshape(len(some), -1)
            crash_point("later.made")
            if not await _to_its_end(lambda: self._commit(seen, matrix)):
                return 0
            self._told(made + len(places), made + len(seen.places))
            return len(places)
        finally:
            path.unlink(missing_ok=True)

    def _look(self) -> _Seen:
        corpus, name = self._corpus, VECTORS_OF[self._corpus]
        manifest = reading.refreshed(self._vault.root)
        for one in (corpus, name):
            if one in manifest.damaged:
                raise manifest.damaged[one].error()

        def take(files: Mapping[str, reading.Opened]) -> tuple[Any, ...]:
            found: Sequence[Mapping[str, Any]] = ()
            if corpus in files:
                found = records.parse_corpus(files[corpus].verified(), corpus).records
            rows = vectors.load(files[name].file, name) if name in files else np.zeros((0, 0), np.float32)
            hashes = tuple(files[one].entry.sha256 if one in files else "" for one in (corpus, name))
            return hashes, found, rows

        hashes, found, rows = reading.read(self._vault.root, [corpus, name], take)
        of_rows = digests(rows)
        adopt_announced(self._vault, name, rows, of_rows)
        return self._seen(hashes, found, rows, of_rows)

    def _seen(
        self, hashes: tuple[str, str], found: Sequence[Mapping[str, Any]], rows: Matrix, of_rows: Digests
    ) -> _Seen:
        any_there, model = bool(of_rows.any()), None
        if any_there:
            model = model_of(read_record(self._vault.root), VECTORS_OF[self._corpus], rows, of_rows)
        elif self._corpus == EPISODES:
            return _Seen(hashes, found, rows, (), replaces=False)  # their turns have vectors, which is enough
        if any_there and model != self._embedder.model:
            if self._anew:
                return _Seen(hashes, found, rows, range(len(found)), replaces=True)
            if self._corpus == NODES:
                raise EmbeddingError("embedding.other_model", model=self._embedder.model, other=model or "-")
            return _Seen(hashes, found, rows, (), replaces=False)
        empty = np.flatnonzero(of_rows == 0).tolist()
        return _Seen(hashes, found, rows, [*empty, *range(len(of_rows), len(found))], replaces=False)

    def _begin(self, path: Path, seen: _Seen) -> Matrix:
        """A mapped file for the rows to be: what stays of the old ones, zeros for the others."""
        with translated(path):
            matrix = np.memmap(path, "<f4", "w+", shape=(len(seen.records), self._embedder.width))
            if seen.rows.shape[1:] == matrix.shape[1:] and not seen.replaces:
                for at in range(0, len(seen.rows), _COPIED):
                    matrix[at : at + _COPIED] = seen.rows[at : at + _COPIED]
        return matrix

    def _commit(self, seen: _Seen, matrix: Matrix) -> bool:
        """The one transaction. False when the vault's files are not those that were read."""
        name, model = VECTORS_OF[self._corpus], self._embedder.model
        announce_model(self._vault.root, model, name, matrix)
        with self._vault.transaction() as changes:
            if (_hash(changes.manifest, self._corpus), _hash(changes.manifest, name)) != seen.files:
                return False
            (changes.write_node_embeddings if self._corpus == NODES else changes.write_episode_embeddings)(matrix)
        crash_point("later.committed")
        record_model(self._vault, model, (name,))
        return True


def _hash(manifest: VaultManifest, name: str) -> str:
    entry = manifest.files.get(name)
    return "" if entry is None else entry.sha256


@contextlib.contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """One run at a time in a vault. Raises BusyError, FileError."""
    from filelock import FileLock, Timeout

    with translated(root):
        lock = FileLock(root / LOCK, mode=0o600, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise BusyError("embedding.busy", path=str(root)) from error
    try:
        yield
    finally:
        lock.release()


async def _to_its_end(work: Callable[[], T]) -> T:
    """Run `work` in a thread, to its end also when this is cancelled: a transaction is not left to itself."""
    running = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise

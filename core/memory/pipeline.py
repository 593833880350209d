"""Everything from an export to the vault: parse, drop what is known, make nodes, embed, one transaction.

- Nothing of the vault changes before the one transaction at the end: an error, a cancel or a kill at any moment leaves
  it as it was, and the next run does what is missing. Vectors that were made before stay in the vault's cache.
- What is held in memory is a conversation at a time, whatever the size of the export.
- One import of a vault runs at a time (`sync/import.lock`); readers, syncs and others' transactions go on meanwhile.
- A node that was not embedded has a row of zeros, as the vault has it for every record without a vector. Vectors of
  another model than the vault's are not mixed in: those nodes stay without one until the vault is embedded anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.crash_points import crash_point
from core.errors import BusyError, CogzyError
from core.files import translated
from core.memory.importers import Conversation, Report, encoded, read
from core.memory.stopping import StoppedError, check, in_thread
from core.vault import LocalVaultService, reading
from core.vault.layout import DEDUP_INDEX, EPISODES, NODE_VECTORS, NODES

if TYPE_CHECKING:
    from core.memory.embedding import Embedder, EmbeddingError
    from core.memory.spool import Known, Spool

Stage = Literal["reading", "embedding", "committing"]
Progress = Callable[[Stage, int, int], None]
"""Told how far a stage is: bytes read of all, nodes embedded of all."""
Told = Callable[[int, int], None]
Conversations = Callable[[Report, Told], Iterator[Conversation]]

CRASH_POINTS = ("import.started", "import.conversation", "import.parsed", "import.embedded", "import.committed")
LOCK = "sync/import.lock"
FOLDER = "cache/import"
WAIT_SECONDS = 600.0
_EMBEDDED_TOGETHER = 512
_TRIES = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Imported:
    """What a run did. `model`: that made the vectors; `without_vectors`: why there are none."""

    report: Report
    committed: bool
    generation: int
    model: str | None = None
    without_vectors: CogzyError | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy import --json` prints."""
        why = self.without_vectors
        told = {"committed": self.committed, "generation": self.generation, "model": self.model}
        return {**told, "without_vectors": None if why is None else why.as_json(), **self.report.as_json()}


async def run_pipeline(
    vault: LocalVaultService,
    paths: Sequence[Path],
    *,
    source: str = "auto",
    dry_run: bool = False,
    progress: Progress = lambda stage, done, total: None,
    embed: bool = True,
    environ: Mapping[str, str] = os.environ,
) -> Imported:
    """Bring what is in `paths` (files, folders, zips) into the vault. `source`: "auto" or one of importers.SOURCES.

    Raises UsageError, DamageError and RefusedError for files that cannot be taken whole, BusyError while another import
    runs; then, and when it is cancelled, nothing has changed.
    """

    def conversations(report: Report, told: Told) -> Iterator[Conversation]:
        return read(list(paths), source, report, told)

    return await take_in(vault, conversations, dry_run=dry_run, progress=progress, embed=embed, environ=environ)


async def take_in(
    vault: LocalVaultService,
    conversations: Conversations,
    *,
    dry_run: bool = False,
    progress: Progress = lambda stage, done, total: None,
    embed: bool = True,
    environ: Mapping[str, str] = os.environ,
    wait_seconds: float = WAIT_SECONDS,
) -> Imported:
    """Bring `conversations` into the vault; called again from the start when the vault was reset meanwhile."""
    stopped = threading.Event()
    async with _only_one(vault.root, wait_seconds, stopped):
        for _ in range(_TRIES):
            run = _Run(vault, stopped)
            try:
                await in_thread(partial(run.parse, conversations, progress), stopped)
                if dry_run or not run.has_anything:
                    return Imported(run.report, committed=False, generation=vault.generation)
                if embed:
                    await run.embed(progress, environ)
                crash_point("import.embedded")
                progress("committing", 0, 1)
                if not await in_thread(run.commit, stopped):
                    continue
                progress("committing", 1, 1)
                crash_point("import.committed")
                if run.model is not None:
                    await asyncio.to_thread(_record_model, vault, run.model)
                return Imported(run.report, True, vault.generation, run.model, run.without_vectors)
            finally:
                await asyncio.to_thread(run.close)
    raise BusyError("import.vault_moving", path=str(vault.root))


class _Run:
    """One try: from reading to the commit."""

    def __init__(self, vault: LocalVaultService, stopped: threading.Event) -> None:
        self.report = Report()
        self.model: str | None = None
        self.without_vectors: CogzyError | None = None
        self._vault = vault
        self._stopped = stopped
        self._seen = ""
        self._files: list[Path] = []
        self._nodes: Spool | None = None
        self._episodes: Spool | None = None

    def parse(self, conversations: Conversations, progress: Progress) -> None:
        """Read everything, and keep what the vault has not."""
        crash_point("import.started")
        known, self._seen = _known(self._vault.root)
        nodes = self._nodes = self._spool(NODES, known)
        episodes = self._episodes = self._spool(EPISODES, known)

        def told(done: int, total: int) -> None:
            check(self._stopped)
            progress("reading", done, total)

        for conversation in conversations(self.report, told):
            check(self._stopped)
            episode, turns = encoded(conversation, self.report)
            for turn in turns:
                taken = nodes.take(turn)
                self.report.new_turns += taken.is_new
                self.report.changed_turns += taken.is_changed
            if episode is not None:
                taken = episodes.take(episode)
                self.report.new_conversations += taken.is_new
                self.report.grown_conversations += taken.is_changed
            crash_point("import.conversation")
        crash_point("import.parsed")

    @property
    def has_anything(self) -> bool:
        """Whether there is something to commit."""
        return bool(self._nodes) or bool(self._episodes)

    async def embed(self, progress: Progress, environ: Mapping[str, str]) -> None:
        """Vectors for what was kept, when there is a model and the vault's vectors are its own."""
        from core.memory.embedding import EmbeddingError, open_embedder

        assert self._nodes is not None
        why: list[EmbeddingError] = []
        embedder = await open_embedder(vault=self._vault.root, unavailable=why.append, environ=environ)
        if embedder is None:
            self.without_vectors = why[0] if why else None
            return
        try:
            other = await asyncio.to_thread(_other_model, self._vault, embedder.model)
            if other is not None:
                self.without_vectors = CogzyError("import.other_model", model=embedder.model, other=other)
                return
            await self._embed_all(embedder, progress)
            self.model = embedder.model
        except EmbeddingError as error:
            _log.warning("the rest is taken over without vectors: %s", error)
            self.without_vectors = error
            self.model = embedder.model if self._nodes.width is not None else None
        finally:
            await embedder.close()

    async def _embed_all(self, embedder: Embedder, progress: Progress) -> None:
        from core.memory.contents import NODE, embedded_text

        assert self._nodes is not None
        nodes, done, total = self._nodes, 0, len(self._nodes)
        batches = nodes.batches(_EMBEDDED_TOGETHER)
        while batch := await asyncio.to_thread(next, batches, None):
            texts = [embedded_text(NODE, record) for _, record in batch]
            vectors = await embedder.embed(texts)
            pairs = [(key, vector) for (key, _), vector in zip(batch, vectors, strict=True)]
            await asyncio.to_thread(nodes.keep_rows, pairs, embedder.width)
            done += len(batch)
            self.report.embedded = done
            progress("embedding", done, total)

    def commit(self) -> bool:
        """The one transaction. False when what the vault knew has changed since: all is to be looked at again."""
        nodes, episodes = self._nodes, self._episodes
        assert nodes is not None
        assert episodes is not None
        with self._vault.transaction() as changes:
            entry = changes.manifest.files.get(DEDUP_INDEX)
            if (entry.sha256 if entry is not None else "") != self._seen:
                return False
            if len(nodes):
                nodes.index_by_id()
                changes.merge_nodes(nodes)
            if len(episodes):
                episodes.index_by_id()
                changes.merge_episodes(episodes)

            (of_nodes, node_count), (of_episodes, episode_count) = nodes.fingerprints(), episodes.fingerprints()
            changes.merge_ingested_ids(chain(of_nodes, of_episodes), node_count + episode_count)
        return True

    def close(self) -> None:
        """Leave nothing behind."""
        for spool in (self._nodes, self._episodes):
            if spool is not None:
                spool.close()
        for path in self._files:
            path.unlink(missing_ok=True)

    def _spool(self, corpus: str, known: Known) -> Spool:
        from core.memory.spool import Spool

        entry = reading.current(self._vault.root).files.get(corpus)
        doubt = not len(known) and entry is not None and bool(entry.count)
        path = self._vault.root / FOLDER / f"{secrets.token_hex(6)}.db"
        self._files.append(path)
        return Spool(path, known, all_may_be_there=doubt)


@contextlib.asynccontextmanager
async def _only_one(root: Path, wait_seconds: float, stopped: threading.Event) -> Any:
    """The right to import into the vault at `root`. What an import that was killed left behind is removed."""
    from filelock import FileLock, Timeout

    lock = FileLock(root / LOCK, mode=0o600, thread_local=False, poll_interval=0.1)

    def acquire() -> None:
        waited = 0.0
        while True:
            step = min(0.5, max(0.0, wait_seconds - waited))
            try:
                lock.acquire(timeout=step)
                return
            except Timeout as error:
                waited += step
                if waited >= wait_seconds:
                    raise BusyError("import.busy", path=str(root)) from error
                if stopped.is_set():
                    raise StoppedError("client.cancelled") from error

    def clean() -> None:
        folder = root / FOLDER
        with translated(folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for leftover in folder.glob("*.db*"):
                leftover.unlink(missing_ok=True)

    try:
        await in_thread(acquire, stopped)
        await asyncio.to_thread(clean)
        yield
    finally:
        lock.release()


def _known(root: Path) -> tuple[Known, str]:
    """What the vault's dedup index holds, and the hash of that file."""
    from core.memory.spool import Known

    def take(files: Mapping[str, reading.Opened]) -> tuple[Known, str]:
        opened = files.get(DEDUP_INDEX)
        return (Known.read(None), "") if opened is None else (Known.read(opened.file), opened.entry.sha256)

    return reading.read(root, [DEDUP_INDEX], take)


def _other_model(vault: LocalVaultService, model: str) -> str | None:
    """The model whose vectors the vault's nodes have, when it is another one; None when new ones may stand beside."""
    from core.memory.vector_model import digests, model_of, read_record

    rows = vault.read_node_embeddings()
    of_rows = digests(rows)
    if not of_rows.any():
        return None
    found = model_of(read_record(vault.root), NODE_VECTORS, rows, of_rows)
    return None if found == model else found or "-"


def _record_model(vault: LocalVaultService, model: str) -> None:
    from core.memory.vector_model import record_model

    record_model(vault, model, (NODE_VECTORS,))

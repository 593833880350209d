"""The hub without a socket: the one place that puts its parts together, and takes them apart in the right order.

Invariants:
- Parts are closed in the reverse order of their opening: ingestion, search and indexes, rows, tokens. The rows are
  the last to go, since an index can be caught up from them and not the other way round.
- A bucket that is away, a model that is not there or an index that must be made anew stops nothing: it is told in
  `status` and as a notice.
- While draining nothing new is begun, and what runs is waited for, up to `drain_seconds`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from core import __version__
from core.akosha.errors import ComeAgainError, RequestError
from core.akosha.tools.shapes import answer_json, problem_json, system_json
from core.errors import CogzyError
from core.files import translated, write_atomically

if TYPE_CHECKING:
    from core.akosha.access.auth import Gate
    from core.akosha.access.local import LocalServer
    from core.akosha.access.tokens import TokenStore
    from core.akosha.ingest import IngestionWorker
    from core.akosha.search.indexing import Indexing
    from core.akosha.search.search import HubSearch
    from core.akosha.settings import HubSettings
    from core.akosha.store import Change, HubStore
    from core.akosha.web.metrics import Metrics
    from core.memory.embedding import Embedder, EmbeddingError
    from core.storage import ObjectStore

State = Literal["new", "starting", "ready", "draining", "stopped"]

_log = logging.getLogger(__name__)
_IDENTITY = "hub.json"
_MOST_PROBLEMS = 50
_TROUBLED = ("quarantined", "unreadable")


class AkoshaApplication:
    """One hub on one data folder. `async with` opens it for a command; a server calls the steps itself."""

    store: HubStore
    search: HubSearch
    tokens: TokenStore
    gate: Gate

    def __init__(self, settings: HubSettings) -> None:
        self.settings = settings
        self.state: State = "new"
        self.active = 0
        self.instance = ""
        self._idle = asyncio.Event()
        self._idle.set()
        self._hurried = asyncio.Event()
        self._parts = AsyncExitStack()
        self._worker: IngestionWorker | None = None
        self._indexing: Indexing | None = None
        self._embedder: Embedder | None = None
        self._no_model: EmbeddingError | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drain()
        await self.stop()

    @cached_property
    def metrics(self) -> Metrics:
        """What Prometheus is told."""
        from core.akosha.tools.schemas import TOOLS
        from core.akosha.web.metrics import Metrics

        return Metrics(frozenset(tool.name for tool in TOOLS))

    async def start(self, *, ingest: bool = False) -> None:
        """Open every part; with `ingest` the bucket is looked into from time to time.

        Raises BusyError("akosha.data_in_use") and what else the parts raise; then everything is closed again.
        """
        self.state = "starting"
        try:
            await self._open()
        except BaseException:
            await self.stop()
            raise
        if ingest and self._worker is not None:
            self._worker.start()
        self.state = "ready"

    async def drain(self) -> None:
        """Begin nothing more; return when nothing runs, or `drain_seconds` are over, or somebody is in a hurry."""
        if self.state == "stopped":
            return
        self.state = "draining"
        waiting = [asyncio.create_task(one) for one in (self._at_rest(), self._hurried.wait())]
        try:
            await asyncio.wait(waiting, timeout=self.settings.drain_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        if self.active:
            _log.warning("stopped with requests still running", extra={"data": {"running": self.active}})

    def hurry(self) -> None:
        """Wait for nothing any more."""
        self._hurried.set()

    async def stop(self) -> None:
        """Close every part that is open. It can be called again."""
        self.state = "stopped"
        await self._parts.aclose()

    def announce(self, port: int) -> LocalServer:
        """Tell this computer's commands that this process serves the hub."""
        from core.akosha.access.local import announce, withdraw

        settings = self.settings
        local = announce(settings.data, settings.host, port, certificate=settings.tls_certificate)
        self._parts.callback(withdraw, settings.data)
        self.tokens.trust(local.token)
        self.instance = local.instance
        return local

    @contextmanager
    def working(self) -> Iterator[None]:
        """A place for one request. Raises ComeAgainError while there is none."""
        reasons = self.not_ready()
        if reasons:
            raise reasons[0]
        if self.active >= self.settings.concurrent_requests:
            raise ComeAgainError("akosha.busy")
        self.active += 1
        self._idle.clear()
        try:
            yield
        finally:
            self.active -= 1
            if not self.active:
                self._idle.set()

    def not_ready(self) -> list[CogzyError]:
        """Why requests are not answered now; empty when they are."""
        if self.state in ("draining", "stopped"):
            return [ComeAgainError("akosha.stopping", retry_after=5)]
        return [] if self.state == "ready" else [ComeAgainError("akosha.starting")]

    async def find(
        self,
        text: str,
        *,
        k: int = 10,
        systems: Sequence[str] = (),
        kinds: Sequence[str] = (),
        projects: Sequence[str] = (),
        after: float | None = None,
        before: float | None = None,
    ) -> dict[str, object]:
        """What `GET /v1/search` answers."""
        from core.memory.index import Filter

        wanted = Filter(
            systems=frozenset(systems) or None,
            kinds=frozenset(kinds) or None,
            projects=frozenset(projects) or None,
            after=after,
            before=before,
        )
        return answer_json(await self.search.search(text, k=k, filter=wanted))

    async def ingest_once(self) -> dict[str, Any]:
        """One look into the bucket, now. Raises RequestError("akosha.no_bucket") when none is set up."""
        if self._worker is None:
            raise RequestError("akosha.no_bucket")
        return (await self._worker.run_once()).as_json()

    async def status(self) -> dict[str, Any]:
        """What the hub holds, what it can do, and what is wrong."""
        counts, systems = await self.store.counts(), await self.store.systems()
        troubled = [
            upload for state in _TROUBLED for upload in await self.store.uploads(state=state, limit=_MOST_PROBLEMS)
        ]
        troubled.sort(key=lambda upload: upload.at, reverse=True)
        settings = self.settings
        assert self._indexing is not None
        indexed = self._indexing.status()
        return {
            "hub_id": self.hub_id,
            "version": __version__,
            "data": str(settings.data),
            "memories": counts.memories,
            "by_kind": dict(counts.by_kind),
            "systems": [system_json(system) for system in systems],
            "uploads": dict(counts.uploads),
            "problems": [
                {
                    "system_id": upload.system_id,
                    "upload_id": upload.upload_id,
                    "state": upload.state,
                    "error": problem_json(upload.reason),
                }
                for upload in troubled[:_MOST_PROBLEMS]
            ],
            "index": {"records": indexed["indexed"], "dense": counts.with_vectors} | indexed,
            "model": self._embedder.model if self._embedder else None,
            "bucket": self._bucket(),
            "notices": [self._no_model.as_json()] if self._no_model else [],
            "binary_vectors": True,
            "max_batch": settings.batch_items,
            "max_body_bytes": settings.body_bytes,
        }

    @cached_property
    def hub_id(self) -> str:
        """Which hub this is: made once, with its data."""
        path = self.settings.data / _IDENTITY
        try:
            found = json.loads(path.read_bytes())["hub_id"]
        except (OSError, ValueError, KeyError, TypeError):
            found = None  # none yet; or one that is damaged: whoever sends here sends everything again, and no more
        if isinstance(found, str) and found:
            return found
        made = secrets.token_hex(16)
        with translated(path):
            write_atomically(path, json.dumps({"hub_id": made}).encode())
        return made

    async def _at_rest(self) -> Literal[True]:
        if self._worker is not None:
            await self._worker.stop()
        return await self._idle.wait()

    def _bucket(self) -> dict[str, Any]:
        location = self.settings.store_location()
        told: dict[str, Any] = {"configured": location is not None, "where": None, "last_run": None, "error": None}
        if location is not None:
            told["where"] = location.identity
        if self._worker is not None:
            last = self._worker.last_run
            told |= {"last_run": last, "error": last["source_error"] if last else None}
        return told

    async def _open(self) -> None:
        from core.akosha.access.auth import Gate
        from core.akosha.access.tokens import TokenStore

        self.tokens = TokenStore(self.settings.data)
        self._parts.callback(self.tokens.close)
        self.gate = Gate(self.settings, self.tokens)
        await self._open_rows()
        await self._open_ingestion()

    async def _open_rows(self) -> None:
        from core.akosha.search.indexing import Indexing
        from core.akosha.search.search import HubSearch
        from core.akosha.store import HubStore
        from core.memory.embedding import open_embedder

        settings = self.settings

        def missing(error: EmbeddingError) -> None:
            self._no_model = error

        async def committed(file: int, changes: Sequence[Change]) -> None:
            if self._indexing is not None:
                await self._indexing.on_commit(file, changes)

        opening = asyncio.create_task(open_embedder(unavailable=missing))
        try:
            self.store = await HubStore.open(settings.data, shard_files=settings.shard_files, on_commit=committed)
        finally:
            self._embedder = await opening
            if self._embedder is not None:
                self._parts.push_async_callback(self._embedder.close)
        self._parts.push_async_callback(self.store.close)
        self._indexing = Indexing(
            settings.data,
            shard_files=settings.shard_files,
            embedder=self._embedder,
            deadline_seconds=settings.search_seconds,
        )
        self._parts.push_async_callback(self._indexing.close)
        await self._indexing.open(self.store)
        deadline = settings.search_seconds
        self.search = HubSearch(self.store, self._indexing, self._embedder, deadline_seconds=deadline)

    async def _open_ingestion(self) -> None:
        settings = self.settings
        if settings.store_location() is None:
            return
        from core.akosha.ingest import IngestionWorker, VaultKeys

        self._worker = IngestionWorker(
            self.store,
            self._open_source,
            keys=VaultKeys(settings.data, settings.passphrase.get_secret_value() or None, settings.vault_keys()),
            max_concurrent_ingests=settings.max_concurrent_ingests,
            scratch=settings.data / "scratch",
            interval=settings.ingest_interval_seconds,
            last_round=settings.data / "last_ingest.json",
        )
        self._parts.push_async_callback(self._worker.stop)

    def _open_source(self) -> ObjectStore:
        from core.storage import open_store

        location = self.settings.store_location()
        if location is None:
            raise RequestError("akosha.no_bucket")
        return open_store(location, self.settings.store_secrets())

"""A hub's store and its ingestion, on a folder or bucket as its source: everything real but the server round it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.akosha.ingest import IngestionWorker, IngestReport, VaultKeys
from core.akosha.store import HubStore, StoredMemory, UploadRecord
from core.storage import ObjectStore, StoreLocation, StoreOptions, open_store

INTERVAL = 0.05
PATIENT_ENOUGH = StoreOptions(max_retries=1, retry_backoff_seconds=0.01, no_progress_seconds=20.0)


@dataclass
class Hub:
    """`source` opens where uploads are; `options` go to the worker."""

    folder: Path
    source: Callable[[], ObjectStore]
    passphrase: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    store: HubStore = field(init=False)
    worker: IngestionWorker = field(init=False)
    stores: list[ObjectStore] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "hub"

    @property
    def scratch(self) -> Path:
        return self.data / "scratch"

    async def open(self) -> Hub:
        self.data.mkdir(parents=True, exist_ok=True)
        self.store = await HubStore.open(self.data)
        self.keys = VaultKeys(self.data, self.passphrase)
        self.worker = IngestionWorker(
            self.store, self._opened, keys=self.keys, scratch=self.scratch, interval=INTERVAL, **self.options
        )
        return self

    async def close(self) -> None:
        await self.worker.stop()
        await self.store.close()

    async def again(self) -> Hub:
        """Another process, later."""
        await self.close()
        return await self.open()

    async def ingest(self, *, retry: bool = False) -> IngestReport:
        report = await self.worker.run_once(retry=retry)
        assert not self.left_over()
        return report

    def requests(self) -> int:
        """Requests to the source since the last time this was asked."""
        found = sum(store.traffic.requests for store in self.stores)
        self.stores.clear()
        return found

    def left_over(self) -> list[Path]:
        return list(self.scratch.rglob("*")) if self.scratch.exists() else []

    async def rows(self, kind: str | None = None, system: str | None = None) -> dict[str, StoredMemory]:
        """What is stored now, by id (or by system and id when there are several)."""
        last: dict[int, StoredMemory | None] = {}
        for file in self.store.files:
            after = 0
            while some := await self.store.changes(file, after, 10_000):
                last |= {change.label: change.stored for change in some}
                after = some[-1].seq
        live = [one for one in last.values() if one is not None]
        return {
            one.row.id: one
            for one in live
            if (kind is None or one.row.kind == kind) and (system is None or one.system_id == system)
        }

    async def texts(self, kind: str, system: str | None = None) -> dict[str, str]:
        return {name: one.row.text for name, one in (await self.rows(kind, system)).items()}

    async def records(self, state: str | None = None) -> list[UploadRecord]:
        """Markers, the newest upload first."""
        return await self.store.uploads(state=state, limit=10_000)

    async def until(self, reached: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
        """Wait for what the background does."""
        for _ in range(int(seconds / 0.02)):
            if await reached():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it did not come to it")

    async def codes(self) -> list[str]:
        """The reasons of what was put aside, the newest upload first."""
        return [str((one.reason or {})["code"]) for one in await self.records() if one.state != "ingested"]

    def _opened(self) -> ObjectStore:
        store = self.source()
        self.stores.append(store)
        return store


def folder_source(cloud: Path) -> Callable[[], ObjectStore]:
    """A folder store."""
    return lambda: open_store(StoreLocation(cloud.as_uri()), None, PATIENT_ENOUGH)

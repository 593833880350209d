"""The hub takes in many small uploads: a backlog, one by one as they come, from several systems, and all once more.

    python -m benchmarks.hub_ingest [--uploads 1000] [--rows 20] [--memories 10000] [--store folder|rclone]

An upload is one delta of `--rows` rows with vectors of 384 numbers, on an image of `--memories` rows. Each figure is
one JSON object a line: seconds of wall time, CPU seconds of this process, requests to the store.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from core.akosha.ingest import IngestionWorker, IngestReport, VaultKeys
from core.akosha.store import HubStore
from core.storage import ObjectStore, StoreLocation, StoreSecrets, open_store
from core.sync.entries import DeltaTable
from core.sync.remote import Remote
from core.sync.sealing import ClearSealer
from tests.restore.uploader import VAULT_ID, Uploader
from tests.servers import serve

DATABASE = "sources/session-buddy-reflection/reflection.duckdb"
COLUMNS = (
    "'c' || i AS id, 'what was said in turn ' || i || {text} AS content, "
    "list_transform(range(384), lambda x: sin(x * (i + {salt})))::FLOAT[384] AS embedding, "
    "'a project' AS project, make_timestamp(1760000000000000 + i * 1000000) AS timestamp"
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--systems", type=int, default=10)
    parser.add_argument("--store", choices=("folder", "rclone"), default="folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cogzy-bench-") as name, contextlib.ExitStack() as stack:
        asyncio.run(measure(options, Path(name), stores(options.store, Path(name), stack)))


def stores(kind: str, folder: Path, stack: contextlib.ExitStack) -> Callable[[str], Callable[[], ObjectStore]]:
    """Opens the store of a name, as often as it is asked."""
    if kind == "folder":

        def in_folder(name: str) -> Callable[[], ObjectStore]:
            place = folder / f"cloud-{name}"
            place.mkdir()
            return lambda: open_store(StoreLocation(place.as_uri()), None)

        return in_folder
    server = stack.enter_context(serve("rclone", folder))

    def in_bucket(name: str) -> Callable[[], ObjectStore]:
        location = StoreLocation(server.url, server.new_bucket(), "auto", name)
        return lambda: open_store(location, StoreSecrets(server.ak, server.sk))

    return in_bucket


async def measure(
    options: argparse.Namespace, folder: Path, opened: Callable[[str], Callable[[], ObjectStore]]
) -> None:
    """Print one line a figure."""
    source = opened("one")
    system = await Sender.ready(source(), folder, "laptop-0001", options)
    async with Hub.running(folder / "hub-1", source) as hub:
        with hub.figure("image", rows=options.memories):
            await hub.round(1)
        for _ in range(options.uploads):
            await system.delta()
        with hub.figure("backlog", uploads=options.uploads, rows=options.uploads * options.rows):
            await hub.round(options.uploads)
        with hub.figure("nothing_new", uploads=options.uploads + 1):
            await hub.round(0)
        for record in await hub.store.uploads(limit=1_000_000):
            detail = {"version": "0"}
            await hub.store.mark_upload(record.system_id, record.upload_id, "quarantined", {"code": "again"}, detail)
        await hub.reopened()
        with hub.figure("everything_again", uploads=options.uploads + 1):
            report = await hub.round(options.uploads + 1)
        assert (report.rows, report.deleted, report.bad_rows) == (0, 0, 0), report

    source = opened("steady")
    system = await Sender.ready(source(), folder, "laptop-0002", options)
    async with Hub.running(folder / "hub-2", source) as hub:
        await hub.round(1)
        seconds, process = 0.0, 0.0
        for number in range(options.uploads):
            if number % 200 == 199:
                await system.image(number)
                await hub.round(1)
            await system.delta()
            begun, before = time.perf_counter(), cpu()
            await hub.round(1)
            seconds += time.perf_counter() - begun
            process += cpu() - before
        tell("one_by_one", seconds, process, hub.requests(), uploads=options.uploads)

    source = opened("many")
    each = options.uploads // options.systems
    systems = [
        await Sender.ready(source(), folder, f"laptop-1{number:03d}", options) for number in range(options.systems)
    ]
    async with Hub.running(folder / "hub-3", source) as hub:
        await hub.round(options.systems)
        for system in systems:
            for _ in range(each):
                await system.delta()
        with hub.figure("many_systems", systems=options.systems, uploads=each * options.systems):
            await hub.round(each * options.systems)


class Sender(Uploader):
    """A system that uploads an image, then deltas."""

    @classmethod
    async def ready(cls, store: ObjectStore, folder: Path, system_id: str, options: argparse.Namespace) -> Sender:
        """With its first upload made."""
        sender = cls(folder / "senders", system_id=system_id, now=datetime.now(UTC) - timedelta(days=30))
        sender.remote = Remote(store, ClearSealer(), VAULT_ID)
        sender.options = options
        sender.number = 0
        await sender.image(0)
        return sender

    options: argparse.Namespace
    number: int

    async def image(self, salt: int) -> None:  # type: ignore[override]  # of its own database
        """An upload with an image."""
        place = self.folder / "reflection.duckdb"
        place.unlink(missing_ok=True)
        with duckdb.connect(str(place)) as database:
            database.execute(
                "CREATE TABLE conversations_v2 (id VARCHAR PRIMARY KEY, content VARCHAR, embedding FLOAT[384], "
                "project VARCHAR, timestamp TIMESTAMP)"
            )
            columns = COLUMNS.format(text="''", salt=0)
            database.execute(f"INSERT INTO conversations_v2 SELECT {columns} FROM range({self.options.memories}) r(i)")
        self.now -= timedelta(minutes=4, seconds=30)
        await self.commit({}, [await super().image(DATABASE, [place])], fold=True)

    async def delta(self) -> None:  # type: ignore[override]  # of its own database
        """An upload with changed and new rows."""
        self.number += 1
        start = self.options.memories - self.options.rows // 2 + self.number * (self.options.rows // 2)
        place = self.folder / "delta.parquet"
        columns = COLUMNS.format(text=f"', change {self.number}'", salt=self.number)
        query = f"SELECT {columns} FROM range({start}, {start + self.options.rows}) r(i)"
        duckdb.execute(f"COPY ({query}) TO '{place}' (FORMAT parquet, COMPRESSION zstd)")
        table = DeltaTable(
            "main.conversations_v2", await self.parquet(place.read_bytes()), self.options.rows, None, 0, False
        )
        self.now -= timedelta(minutes=4, seconds=30)
        await self.commit({}, [await super().delta(DATABASE, [table], [])])


class Hub:
    """A hub's store and ingestion."""

    def __init__(self, data: Path, source: Callable[[], ObjectStore]) -> None:
        self.data = data
        self.source = source
        self.opened: list[ObjectStore] = []

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, data: Path, source: Callable[[], ObjectStore]) -> AsyncIterator[Hub]:
        hub = cls(data, source)
        await hub.open()
        try:
            yield hub
        finally:
            await hub.close()

    async def open(self) -> None:
        self.store = await HubStore.open(self.data)
        self.worker = IngestionWorker(
            self.store, self._open, keys=VaultKeys(self.data), scratch=self.data / "scratch", interval=1.0
        )

    async def close(self) -> None:
        await self.worker.stop()
        await self.store.close()

    async def reopened(self) -> None:
        await self.close()
        await self.open()

    async def round(self, wanted: int) -> IngestReport:
        """One round, in which all is well."""
        report = await self.worker.run_once()
        assert not report.problems, report.problems
        assert report.ingested + report.skipped == wanted, report
        return report

    def requests(self) -> int:
        found = sum(store.traffic.requests for store in self.opened)
        self.opened.clear()
        return found

    @contextlib.contextmanager
    def figure(self, name: str, **what: int) -> Iterator[None]:
        self.requests()
        begun, before = time.perf_counter(), cpu()
        yield
        tell(name, time.perf_counter() - begun, cpu() - before, self.requests(), **what)

    def _open(self) -> ObjectStore:
        store = self.source()
        self.opened.append(store)
        return store


def cpu() -> float:
    """CPU seconds of this process."""
    return time.process_time()


def tell(name: str, seconds: float, process: float, requests: int, **what: int) -> None:
    """One line."""
    figure = {"figure": name, **what, "seconds": round(seconds, 2), "cpu": round(process, 2), "requests": requests}
    print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()

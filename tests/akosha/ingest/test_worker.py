"""Rounds: killed, cut off, in the background, against real servers, while programs write; bounded in all they take."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import psutil
import pytest

from core.akosha.ingest import system, worker
from core.akosha.ingest.outcome import MOST_TRIES
from core.database import DatabaseError
from core.storage import StoreLocation, StoreSecrets, open_store
from tests.akosha.ingest.hub import INTERVAL, PATIENT_ENOUGH, Hub, folder_source
from tests.akosha.ingest.laptop import DATABASE, Laptop
from tests.forked import run_forked
from tests.servers import S3Server
from tests.sync.world import Computer, tables_of

pytestmark = pytest.mark.asyncio
ROWS = {f"c{i}": f"text {i}" for i in range(30)}
KILLED = -9
NOW = 1_000.0


def in_a_process(folder: Path, cloud: Path, crash_at: str = "") -> subprocess.CompletedProcess[str]:
    return run_forked(
        ["python", "-m", "tests.akosha.ingest.hub_process", str(folder), str(cloud)],
        env={**os.environ, "COGZY_CRASH_AT": crash_at},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def move(source: Path, target: Path) -> None:
    source.rename(target)


@pytest.mark.parametrize("step", ["ingest.rows:2", "ingest.before_commit", "ingest.committed"])
async def test_killed_in_the_middle_it_repeats_without_a_trace(tmp_path: Path, cloud: Path, step: str) -> None:
    laptop = Laptop(cloud)
    await laptop.image_of({f"c{i}": f"text {i}" for i in range(2500)})
    assert in_a_process(tmp_path, cloud, step).returncode == KILLED
    left = await Hub(tmp_path, folder_source(cloud)).open()
    try:
        committed = step == "ingest.committed"
        assert len(await left.rows()) == (2500 if committed else 0)
        assert [one.state for one in await left.records()] == ["ingested"] * committed
    finally:
        await left.close()
    said = in_a_process(tmp_path, cloud)
    report = json.loads(said.stdout)
    assert (report["ingested"], report["rows"], report["problems"]) == ((0, 0, []) if committed else (1, 2500, []))
    assert not list((tmp_path / "hub" / "scratch").rglob("*"))


async def test_a_store_that_is_away_is_nobodys_fault(tmp_path: Path, cloud: Path) -> None:
    laptop = Laptop(cloud)
    await laptop.image_of(ROWS)
    hub = await Hub(tmp_path, folder_source(cloud)).open()
    try:
        move(cloud, tmp_path / "unplugged")
        report = await hub.ingest()
        assert (report.failed, report.quarantined) == (True, 0)
        assert [problem["code"] for problem in report.problems] == ["storage.folder_missing"]
        assert hub.worker.state.source_error is not None
        move(tmp_path / "unplugged", cloud)
        assert (await hub.ingest()).ingested == 1
        assert hub.worker.state.source_error is None
    finally:
        await hub.close()


async def test_a_store_that_goes_away_in_the_middle_puts_nothing_aside(
    hub: Hub, cloud: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = Laptop(cloud)
    await laptop.image_of(ROWS)
    from core.akosha.ingest import cogzy
    from core.storage import UnreachableError

    async def fail(*_: Any, **__: Any) -> None:
        raise UnreachableError("storage.timeout", host="x", operation="get")

    with monkeypatch.context() as patch:
        patch.setattr(cogzy, "assemble", fail)
        patch.setattr(cogzy, "expand", fail)
        report = await hub.ingest()
    assert (report.failed, report.quarantined, await hub.records()) == (True, 0, [])
    assert (await hub.ingest()).ingested == 1


async def test_what_may_be_the_moments_fault_is_tried_a_few_times(
    hub: Hub, cloud: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Laptop(cloud).image_of(ROWS)
    await Laptop(cloud, system_id="another").image_of({"a": "x"})

    async def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError("database.timeout", path="x", seconds=1)

    with monkeypatch.context() as patch:
        patch.setattr("core.akosha.ingest.cogzy.find_tables", fail)
        for _ in range(MOST_TRIES - 1):
            report = await hub.ingest()
            assert (report.quarantined, len(report.problems), report.failed) == (0, 2, False)
        assert (await hub.ingest()).quarantined == 2
    assert (await hub.ingest(retry=True)).ingested == 2


async def test_in_the_background_uploads_come_in_by_themselves(hub: Hub, cloud: Path) -> None:
    async def came(text: str) -> None:
        """Wait for it: uploads that meet in one look would be read as one."""

        async def there() -> bool:
            return (await hub.texts("conversation")).get("c1") == text

        await hub.until(there)

    hub.worker.start()
    laptop = Laptop(cloud)
    await laptop.image_of(ROWS)
    await came("text 1")
    for number in range(3):
        await laptop.delta_of({"c1": f"round {number}"})
        await came(f"round {number}")
    state = hub.worker.state

    async def counted() -> bool:  # a moment after the row can be seen
        return (state.ingested, state.quarantined, state.rows) == (4, 0, 33)

    await hub.until(counted)
    assert state.running
    await hub.worker.stop()
    assert not state.running
    assert json.dumps(state.as_json())
    await hub.worker.stop()


@pytest.mark.parametrize("where", ["list_systems", "list_uploads"])
async def test_what_nobody_foresaw_is_told_and_does_not_end_the_rounds(
    hub: Hub, cloud: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A fault of ours: in what is common to all, or in the work on one system beside others."""

    async def fails(*_: object) -> list[Any]:
        raise ValueError("nobody foresaw this")

    for name in ("laptop", "desktop"):
        await Laptop(cloud, system_id=name).image_of({"c1": "hello"})
    with monkeypatch.context() as patch:
        patch.setattr(worker if where == "list_systems" else system, where, fails)
        report = await hub.ingest()
        assert {problem["code"] for problem in report.problems} == {"akosha.ingest_round_failed"}
        assert report.failed == (where == "list_systems")
        hub.worker.start()

        async def failed_again() -> bool:
            return hub.worker.state.rounds >= 3

        await hub.until(failed_again)

    async def came() -> bool:
        return hub.worker.state.ingested == 2

    await hub.until(came)


async def test_a_source_that_stays_away_is_asked_less_and_less_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "time", SimpleNamespace(time=lambda: NOW, monotonic=time.monotonic))
    hub = await Hub(tmp_path, folder_source(tmp_path / "nowhere")).open()
    state = hub.worker.state

    async def waits_twice_as_long_for_each(rounds: int) -> bool:
        return state.failed_rounds == state.rounds >= rounds and state.next_round_at == NOW + INTERVAL * 2**state.rounds

    try:
        hub.worker.start()
        for rounds in (1, 3):
            await hub.until(partial(waits_twice_as_long_for_each, rounds))
    finally:
        await hub.close()


async def test_stopping_in_the_middle_leaves_nothing(tmp_path: Path, cloud: Path) -> None:
    await Laptop(cloud).image_of({f"c{i}": f"text {i}" for i in range(3000)})
    hub = await Hub(tmp_path, folder_source(cloud)).open()
    try:
        hub.worker.start()
        for _ in range(20_000):
            if hub.left_over():
                break
            await asyncio.sleep(0.001)
        await hub.worker.stop()
        assert hub.left_over() == []
        assert hub.worker.state.working_on == set()
        assert (await hub.records(), await hub.rows()) == ([], {})
        assert not [child for child in psutil.Process().children() if "--database" in child.cmdline()]
        assert (await hub.ingest()).rows == 3000
    finally:
        await hub.close()


async def test_what_a_killed_process_left_on_the_disk_is_removed(hub: Hub, cloud: Path) -> None:
    left = hub.scratch / "0123" / "1-image.rows"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"x")
    await hub.ingest()
    assert hub.left_over() == []


async def test_many_systems_are_read_at_once_and_none_waits_for_a_bad_one(tmp_path: Path, cloud: Path) -> None:
    for number in range(5):
        laptop = Laptop(cloud, system_id=f"system-{number}")
        await laptop.image_of({"a": f"of {number}"})
        if number == 3:
            laptop.manifest_of(laptop.head).write_bytes(b"{}")  # type: ignore[arg-type]  # it is there
    hub = await Hub(tmp_path, folder_source(cloud), options={"max_concurrent_ingests": 3}).open()
    try:
        report = await hub.ingest()
        assert (report.systems, report.ingested, report.quarantined) == (5, 4, 1)
        assert len(await hub.store.systems()) == 5
    finally:
        await hub.close()


async def test_uploads_come_from_a_real_bucket(rclone_s3: S3Server, tmp_path: Path) -> None:
    bucket = rclone_s3.new_bucket()
    environ = {
        "COGZY_CLOUD_ENDPOINT": rclone_s3.url,
        "COGZY_CLOUD_BUCKET": bucket,
        "COGZY_CLOUD_PREFIX": "my/memory",
        "COGZY_CLOUD_KEY_ID": rclone_s3.ak,
        "COGZY_CLOUD_SECRET": rclone_s3.sk,
    }
    computer = Computer(tmp_path / "laptop", tmp_path / "unused", environ=environ)
    location = StoreLocation(rclone_s3.url, bucket, "auto", "my/memory")
    secrets = StoreSecrets(rclone_s3.ak, rclone_s3.sk)
    hub = await Hub(tmp_path, lambda: open_store(location, secrets, PATIENT_ENOUGH)).open()
    try:
        computer.fill()
        await computer.sync()
        assert (await hub.ingest()).rows == 270
        computer.add_rows(0, 3, "changed")
        computer.remember(20, 2)
        await computer.sync()
        hub.requests()
        report = await hub.ingest()
        assert (report.ingested, report.rows) == (1, 5)
        hub.requests()
        await hub.ingest()
        assert hub.requests() == 2
    finally:
        await computer.close()
        await hub.close()


async def test_the_hub_follows_a_database_that_is_being_written(computer: Computer, its_hub: Hub) -> None:
    """Session-Buddy writes all the time; whatever an upload caught is what the hub has, exactly."""
    stop = threading.Event()
    number = 0

    def write() -> None:
        nonlocal number
        with duckdb.connect(str(computer.reflections)) as database:
            while not stop.wait(0.01):
                number += 1
                database.execute(
                    "INSERT OR REPLACE INTO conversations_v2 (id, content) VALUES ($1, $2)",
                    [f"c{number % 300}", f"transaction {number}"],
                )
                if number % 7 == 0:
                    database.execute("DELETE FROM conversations_v2 WHERE id = $1", [f"c{number * 3 % 300}"])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(2):
            before = number

            async def written(more: int = before + 10) -> bool:
                return number > more

            await its_hub.until(written)
            result = await computer.sync(expect=False)
            await its_hub.ingest()
            folder = computer.folder / str(result["upload_id"])
            await computer.restore(str(result["upload_id"]), folder.name)
            restored = tables_of(folder / "sources/session-buddy-reflection/reflection.duckdb")
            truth = {row[0]: row[1] for row in restored["main.conversations_v2"]}
            assert await its_hub.texts("conversation") == truth
    finally:
        stop.set()
        writer.join()


async def test_a_large_image_does_not_come_into_memory(tmp_path: Path, cloud: Path) -> None:
    place = tmp_path / "reflection.duckdb"
    with duckdb.connect(str(place)) as database:
        database.execute(
            "CREATE TABLE conversations_v2 (id VARCHAR PRIMARY KEY, content VARCHAR, embedding FLOAT[4096])"
        )
        database.execute(
            "INSERT INTO conversations_v2 SELECT 'c' || i, repeat('words ' || i, 20), "
            "list_transform(range(4096), lambda x: sin(x * i))::FLOAT[4096] FROM range(3000) r(i)"
        )
    laptop = Laptop(cloud, pack_size=16 << 20)
    await laptop.commit({}, [await laptop.image(DATABASE, [place])])
    hub = await Hub(tmp_path, folder_source(cloud)).open()
    process = psutil.Process()
    most, done = 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.01):
            most = max(most, process.memory_info().rss)

    before = process.memory_info().rss
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        report = await hub.ingest()
        assert (report.rows, report.problems) == (3_000, [])
    finally:
        done.set()
        watcher.join()
        await hub.close()
    assert place.stat().st_size > 40 << 20
    assert most - before < 350 << 20, "the store's own DuckDB included"

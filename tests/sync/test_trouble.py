"""What is lost, emptied, damaged or refused: nothing is lost, and nobody is told that all is well when it is not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from core.errors import BusyError, CogzyError, DamageError
from core.storage.errors import ServerError
from core.storage.folder import FolderStore
from core.sync import state_file, swap
from core.sync.events import Cancel, CheckForChanges, CheckVault, Notice, Status, Sync
from core.sync.gathering import Gatherer
from tests.sync.world import DAY, Computer, Traffic, gather, objects

pytestmark = pytest.mark.asyncio


def told(computer: Computer) -> set[str]:
    return {event.code for event in computer.events if isinstance(event, Notice)}


def staging(computer: Computer) -> list[Path]:
    return list((computer.vault / "sync" / "staging").iterdir())


def empty_out(cloud: Path) -> None:
    for path in cloud.iterdir():
        shutil.rmtree(path)


async def test_a_bucket_emptied_behind_our_back_is_filled_again_and_it_is_said(computer: Computer) -> None:
    await computer.sync()
    empty_out(computer.cloud)
    computer.say("one/session.jsonl", 1)
    await computer.sync()
    assert "cloud.emptied" in told(computer)
    assert await computer.restore() == computer.truth()
    computer.add_rows(0, 2, "changed")
    await computer.sync()
    assert await computer.restore(into="again") == computer.truth()


async def test_an_emptied_bucket_is_noticed_within_a_day_though_nothing_changed(computer: Computer) -> None:
    await computer.sync()
    empty_out(computer.cloud)
    computer.clock.pass_by(DAY)
    await computer.sync()
    assert await computer.restore() == computer.truth()


async def test_when_the_newest_manifest_is_gone_an_older_one_is_followed(computer: Computer) -> None:
    first = await computer.sync()
    computer.say("one/session.jsonl", 5)
    second = await computer.sync()
    shutil.rmtree(computer.cloud / "systems" / "laptop-a1b2" / "uploads" / second["upload_id"])
    packs = objects(computer.cloud, "/packs/")
    computer.add_rows(0, 3, "changed")
    third = await computer.sync()
    manifest = objects(computer.cloud, third["upload_id"])
    assert any(first["upload_id"].encode() in body for body in manifest.values()), "it names the older one as parent"
    assert await computer.restore() == computer.truth()
    assert packs.keys() <= objects(computer.cloud, "/packs/").keys()


@pytest.mark.parametrize("how", ["lost", "overwritten", "torn inside"])
async def test_lost_local_state_is_read_back_and_nothing_is_sent_twice(computer: Computer, how: str) -> None:
    computer.add_rows(0, 3000)
    await computer.sync()
    computer.add_rows(0, 3, "changed")
    last = await computer.sync()
    await computer.close()
    path = computer.vault / "sync" / "state.db"
    match how:
        case "lost":
            for file in path.parent.glob("state.db*"):
                file.unlink()
        case "overwritten":
            path.write_bytes(b"this was a database once" * 1000)
        case "torn inside":
            page = path.stat().st_size // 4096
            with path.open("r+b") as file:
                for number in range(1, page):
                    file.seek(number * 4096)
                    file.write(os.urandom(2000))
    sizes = sum(map(len, objects(computer.cloud, "/packs/").values()))
    result = await computer.sync()
    grown = sum(map(len, objects(computer.cloud, "/packs/").values())) - sizes
    assert grown <= 60_000, "the one changed database goes whole, all else is known again"
    assert result["upload_id"] != last["upload_id"]
    assert await computer.restore() == computer.truth()
    before = objects(computer.cloud, "/packs/")
    computer.add_rows(5, 7, "changed")
    await computer.sync()
    new = [len(body) for key, body in objects(computer.cloud, "/packs/").items() if key not in before]
    assert sum(new) < 10_000, "the next change is a delta again"
    assert await computer.restore(into="again") == computer.truth()
    if how != "lost":
        assert list(path.parent.glob("state.db.damaged-*"))
        assert "sync.state_damaged" in told(computer)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM piece WHERE kind = 'chunk'",
        "UPDATE entry SET entry = CAST('no JSON' AS BLOB) WHERE path LIKE 'vault/corpus/%'",
        "UPDATE remote SET chain = 'no JSON'",
        "UPDATE source SET record = 'no JSON'",
    ],
)
async def test_a_local_state_that_cannot_be_right_is_set_aside_and_read_back(computer: Computer, damage: str) -> None:
    await computer.sync()
    await computer.close()
    path = computer.vault / "sync" / "state.db"
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute(damage)
    computer.add_rows(0, 3, "changed")
    await computer.sync(full=True)
    assert list(path.parent.glob("state.db.damaged-*"))
    assert await computer.restore() == computer.truth()


async def test_a_damaged_vault_file_stays_in_the_cloud(computer: Computer) -> None:
    await computer.sync()
    nodes = computer.vault / "corpus" / "nodes.json"
    good, stat = nodes.read_bytes(), nodes.stat()
    nodes.write_bytes(good[:-50] + b"?" * 50)
    os.utime(nodes, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    await computer.run(CheckVault())
    assert not nodes.exists()
    computer.say("one/session.jsonl", 1)
    told = (await computer.sync(expect=False))["notices"]
    assert [(notice["code"], notice["params"]["path"]) for notice in told] == [
        ("vault.hash_differs", "corpus/nodes.json")
    ]
    assert (await computer.restore())["vault/corpus/nodes.json"] == good
    assert (await computer.run(Status()))["state"] == "attention"


async def test_vault_files_of_one_transaction_go_up_together(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process commits to the vault after the look and before the snapshot."""
    await computer.sync()
    real = Gatherer.vault

    async def late(self: Gatherer, *args: Any) -> None:
        computer.remember(100, 3)
        await real(self, *args)

    (computer.vault / "traces" / "new.json").write_text("{}")
    monkeypatch.setattr(Gatherer, "vault", late)
    await computer.sync()
    assert await computer.restore() == computer.truth()


async def test_nothing_is_sent_to_a_folder_that_is_gone(computer: Computer) -> None:
    await computer.sync()
    computer.cloud.rename(computer.cloud.with_name("unplugged"))
    computer.say("one/session.jsonl", 1)
    with pytest.raises(CogzyError) as caught:
        await computer.sync()
    assert caught.value.code == "storage.folder_missing"
    assert not computer.cloud.exists()
    assert not staging(computer)
    status = await computer.run(Status())
    assert (status["state"], status["reason"]) == ("error", "storage.folder_missing")
    computer.cloud.with_name("unplugged").rename(computer.cloud)
    await computer.sync()
    assert await computer.restore() == computer.truth()
    assert (await computer.run(Status()))["state"] == "idle"


@pytest.mark.parametrize("number", range(8))
async def test_a_store_that_fails_at_any_write_leaves_a_state_that_goes_on(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Write number `number` fails for good: the first half of the cases in a first sync, then in a small change."""
    if number >= 5:
        await computer.sync()
        computer.add_rows(0, 3, "changed")
        computer.say("one/session.jsonl", 1)
    left, real = [number % 5], FolderStore.put

    async def put(self: FolderStore, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise ServerError("storage.server_error", host="x", status=500, reason="x", operation="put")
        await real(self, key, body, only_if_absent=only_if_absent)

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "put", put)
        patch.setitem(computer.environ, "COGZY_MAX_RETRIES", "0")
        with pytest.raises(CogzyError) as caught:
            await computer.sync()
    assert caught.value.code == "storage.server_error"
    assert not staging(computer)
    packs = objects(computer.cloud, "/packs/")
    await computer.sync()
    assert packs.keys() <= objects(computer.cloud, "/packs/").keys()
    assert await computer.restore() == computer.truth()


async def test_a_manifest_that_arrived_though_its_answer_was_lost_is_the_head(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderStore.put

    async def put(self: FolderStore, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        await real(self, key, body, only_if_absent=only_if_absent)
        if key.endswith("manifest.json"):
            raise ServerError("storage.server_error", host="x", status=500, reason="x", operation="put")

    monkeypatch.setattr(FolderStore, "put", put)
    computer.environ["COGZY_MAX_RETRIES"] = "0"
    result = await computer.sync()
    assert computer.head().head == result["upload_id"]
    assert await computer.restore() == computer.truth()


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_manifest_whose_fate_is_unknown_is_settled_by_the_next_run(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, traffic: Traffic, arrived: bool
) -> None:
    await computer.sync()
    computer.add_rows(0, 3, "changed")
    computer.say("one/session.jsonl", 1)
    real_put, real_get, down = FolderStore.put, FolderStore.get, []

    async def put(self: FolderStore, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        is_manifest = key.endswith("manifest.json")
        if arrived or not is_manifest:
            await real_put(self, key, body, only_if_absent=only_if_absent)
        if is_manifest:
            down.append(key)
            raise ServerError("storage.server_error", host="x", status=500, reason="x", operation="put")

    async def get(self: FolderStore, key: str, **options: Any) -> bytes:
        if down:
            raise ServerError("storage.server_error", host="x", status=500, reason="x", operation="get")
        return await real_get(self, key, **options)

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "put", put)
        patch.setattr(FolderStore, "get", get)
        patch.setitem(computer.environ, "COGZY_MAX_RETRIES", "0")
        with pytest.raises(CogzyError):
            await computer.sync()
    packs = objects(computer.cloud, "/packs/")
    uploads = len(objects(computer.cloud, "manifest.json"))
    result = await computer.sync()
    assert computer.head().head == result["upload_id"]
    assert len(objects(computer.cloud, "manifest.json")) == uploads + (not arrived)
    assert objects(computer.cloud, "/packs/").keys() == packs.keys(), "what arrived is used"
    assert await computer.restore() == computer.truth()
    traffic.take()
    await computer.sync()
    assert traffic.take() == 0


async def slow_puts(monkeypatch: pytest.MonkeyPatch, seconds: float = 30) -> asyncio.Event:
    """Every pack takes long; the event is set when one begins."""
    real, begun = FolderStore.put, asyncio.Event()

    async def put(self: FolderStore, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        if "/packs/" in key:
            begun.set()
            await asyncio.sleep(seconds)
        await real(self, key, body, only_if_absent=only_if_absent)

    monkeypatch.setattr(FolderStore, "put", put)
    return begun


async def test_cancel_ends_a_slow_upload_cleanly_and_soon(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    big = os.urandom(30 << 20)
    (computer.transcripts / "one" / "big.bin").write_bytes(big)
    with monkeypatch.context() as patch:
        begun = await slow_puts(patch)
        running = asyncio.create_task(computer.run(Sync()))
        await asyncio.wait_for(begun.wait(), 20)
        started = time.monotonic()
        assert await computer.run(Cancel()) is True
        (error,) = await gather(running)
        assert time.monotonic() - started < 20, "each pack takes thirty"
    assert isinstance(error, CogzyError)
    assert error.code == "sync.cancelled"
    assert not staging(computer)
    runs = (await computer.run(Status()))["runs"]
    assert runs[0]["outcome"] == "cancelled"
    assert (await computer.run(Status()))["state"] in ("idle", "attention")
    await computer.sync()
    assert (await computer.restore())["sources/claude-code/one/big.bin"] == big


async def test_cancel_also_ends_a_sync_that_waits_for_its_turn(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        begun = await slow_puts(patch)
        first = asyncio.create_task(computer.run(Sync()))
        await asyncio.wait_for(begun.wait(), 20)
        second = asyncio.create_task(computer.run(Sync()))
        await asyncio.sleep(0.05)
        await computer.run(Cancel())
        errors = await gather(first, second)
    assert [getattr(error, "code", error) for error in errors] == ["sync.cancelled", "sync.cancelled"]
    await computer.sync()
    assert await computer.restore() == computer.truth()


async def test_cancel_with_nothing_running_is_no_error(computer: Computer) -> None:
    assert await computer.run(Cancel()) is False
    await computer.sync()


async def test_requests_that_come_during_a_run_share_one_more_run(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        begun = await slow_puts(patch, 0.5)
        first = asyncio.create_task(computer.run(Sync()))
        await asyncio.wait_for(begun.wait(), 20)
        computer.say("two/session.jsonl", 3)
        later = [asyncio.create_task(computer.run(Sync(trigger=t))) for t in ("user", "schedule", "user")]  # type: ignore[arg-type]
        results = await asyncio.gather(first, *later)
    assert results[1] == results[2] == results[3]
    runs = (await computer.run(Status()))["runs"]
    assert len(runs) == 2
    assert await computer.restore() == computer.truth(), "what changed during the first run is in the second"


async def test_status_and_changes_are_told_while_a_sync_runs(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = await slow_puts(monkeypatch, 1)
    running = asyncio.create_task(computer.run(Sync()))
    await asyncio.wait_for(begun.wait(), 20)
    status, changes = await asyncio.gather(computer.run(Status()), computer.run(CheckForChanges()))
    assert status["state"] == "syncing"
    assert changes["changed"]
    await running
    assert not (await computer.run(CheckForChanges()))["changed"]


async def test_a_vault_that_cannot_be_opened_does_not_look_busy_for_ever(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(root: Path) -> None:
        raise DamageError("swap.journal_damaged", path="x")

    with monkeypatch.context() as patch:
        patch.setattr(swap, "recover", broken)
        with pytest.raises(DamageError):
            await computer.run(Sync())
    assert (await computer.run(Status()))["state"] != "syncing"
    await computer.sync()


async def test_a_locked_state_is_not_taken_for_a_damaged_one(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await computer.sync()
    await computer.close()
    path = computer.vault / "sync" / "state.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(state_file, "BUSY_SECONDS", 0.1)
    with pytest.raises(BusyError):
        await computer.sync()
    assert not list(path.parent.glob("*.damaged*"))
    other.close()
    await computer.sync()

"""Another process commits across tables while copies are taken: every accepted copy is whole and misses nothing."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from core.sources import Source, capture_duckdb, capture_sqlite, signature
from tests.writers import Judge, Writer, writing

SECONDS = 1.5


async def copies_while(writer: Writer, source: Source, staging: Path) -> int:
    """Take copies for a while and judge each; returns how many there were."""
    count = 0
    capture = capture_duckdb if source.kind == "duckdb" else capture_sqlite
    with Judge() as judge:
        judge.verdict(source.path.with_name("warm up"), 0)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end or count < 5:
            committed = writer.committed
            captured = await capture(source, staging)
            verdict = await asyncio.to_thread(judge.verdict, captured.database, committed)
            assert verdict["ok"], f"copy {count}, {captured.attempts} attempts: {verdict['problem']}"
            count += 1
    return count


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["none", "auto", "forced", "bulk"])
async def test_every_copy_holds_all_that_was_committed_before_it_began(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "live" / "reflection.duckdb"
    path.parent.mkdir()
    with writing("duckdb", path, mode) as writer:
        assert await copies_while(writer, Source("live", "duckdb", path), tmp_path / "staging") >= 5
        assert writer.stop() == 0, "the owner was disturbed"


@pytest.mark.asyncio
async def test_the_owner_may_close_and_reopen_the_database_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "live" / "reflection.duckdb"
    path.parent.mkdir()
    with writing("duckdb", path, "reopen", pace=0) as writer:
        before = writer.committed
        await copies_while(writer, Source("live", "duckdb", path), tmp_path / "staging")
        assert writer.committed > before
        assert writer.stop() == 0, "the owner could not reopen its database"
    assert {file.name for file in path.parent.iterdir()} == {path.name, "reflection.duckdb.counter"}


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["auto", "bulk"])
async def test_what_a_killed_owner_left_is_copied_whole(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "reflection.duckdb"
    source = Source("live", "duckdb", path)
    with Judge() as judge:
        for trial in range(4):
            with writing("duckdb", path, mode, pace=0) as writer:
                writer.wait_for(5 + 7 * trial)
                writer.kill()
                committed = writer.committed
            captured = await capture_duckdb(source, tmp_path / "staging")
            verdict = judge.verdict(captured.database, committed)
            assert verdict["ok"], verdict["problem"]
            assert signature(source) == captured.signature


@pytest.mark.asyncio
async def test_a_log_with_a_torn_tail_is_copied_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "reflection.duckdb"
    with writing("duckdb", path, "none") as writer:
        writer.wait_for(20)
        writer.kill()
    log = path.with_name("reflection.duckdb.wal")
    log.write_bytes(log.read_bytes()[:-7])
    captured = await capture_duckdb(Source("live", "duckdb", path), tmp_path / "staging")
    assert captured.wal is not None
    assert captured.wal.read_bytes() == log.read_bytes()
    with Judge() as judge:
        assert judge.verdict(captured.database, 15)["ok"]


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["wal", "delete"])
async def test_sqlite_copies_hold_all_that_was_committed_before_they_began(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "live" / "history.db"
    path.parent.mkdir()
    with writing("sqlite", path, mode) as writer:
        assert await copies_while(writer, Source("live", "sqlite", path), tmp_path / "staging") >= 5
        assert writer.stop() == 0, "the owner was disturbed"

"""Each clause of the guard, met at the worst moment: something happens to the live database in the middle of a copy."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.errors import BusyError
from core.files import FileError, copy_bytes
from core.sources import Source, SourceError, capture, capture_duckdb, signature


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with something in its main file and something in its log."""
    path = tmp_path / "reflection.duckdb"
    connection = duckdb.connect(str(path), config={"threads": 1})
    connection.execute("CREATE TABLE t AS SELECT i, md5(i::VARCHAR) AS text FROM range(20000) r(i)")
    connection.execute("CHECKPOINT")
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    connection.execute("INSERT INTO t VALUES (-1, 'in the log')")
    connection.close()
    assert log_of(path).stat().st_size > 0
    return path


@pytest.fixture
def source(path: Path) -> Source:
    return Source("live", "duckdb", path)


def log_of(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def checkpoint(path: Path) -> None:
    duckdb.connect(str(path)).close()


def overwrite(path: Path, at: int, data: bytes) -> bytes:
    """Write `data` into the file at offset `at`; returns what the whole file held before."""
    before = path.read_bytes()
    path.write_bytes(before[:at] + data + before[at + len(data) :])
    return before


def size(path: Path) -> int:
    return path.stat().st_size


def same_bytes(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


def meanwhile(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], None]) -> None:
    """The n-th act happens after the n-th main file was copied and before the guard looks again."""
    left = list(acts)

    def copy_then_act(source: int, target: int, size: int) -> int:
        done = copy_bytes(source, target, size)
        if size > 1 << 18 and left:
            left.pop(0)()
        return done

    monkeypatch.setattr(capture, "copy_bytes", copy_then_act)


def rows(database: Path) -> int:
    with duckdb.connect(str(database), read_only=True) as connection:
        return int(connection.execute("SELECT count(*) FROM t").fetchone()[0])  # type: ignore[index]


async def captured_after(source: Source, tmp_path: Path, attempts: int) -> Path:
    captured = await capture_duckdb(source, tmp_path / "staging")
    assert captured.attempts == attempts
    assert rows(captured.database) == 20001
    return captured.database


@pytest.mark.asyncio
async def test_a_database_at_rest_is_copied_byte_for_byte_in_one_attempt(
    tmp_path: Path, path: Path, source: Source
) -> None:
    captured = await capture_duckdb(source, tmp_path / "staging")
    assert captured.attempts == 1
    assert captured.database.name == path.name
    assert captured.wal == log_of(captured.database)
    assert same_bytes(captured.database, path)
    assert same_bytes(captured.wal, log_of(path))
    assert [captured.size, captured.wal_size] == [size(path), size(log_of(path))]
    assert captured.signature == signature(source)
    assert captured.duckdb is not None
    assert captured.duckdb.library_version == f"v{duckdb.__version__}"
    assert rows(captured.database) == 20001


@pytest.mark.asyncio
async def test_a_checkpoint_during_the_copy_means_again(
    tmp_path: Path, path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: checkpoint(path))
    database = await captured_after(source, tmp_path, attempts=2)
    assert not log_of(database).exists(), "the log of the first attempt must not lie beside the second copy"


@pytest.mark.asyncio
async def test_two_checkpoints_during_the_copy_of_a_database_without_a_log_mean_again(
    tmp_path: Path, path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint(path)

    def work() -> None:
        for _ in range(2):
            with duckdb.connect(str(path)) as connection:
                connection.execute("UPDATE t SET text = text || '.'")

    meanwhile(monkeypatch, work)
    await captured_after(source, tmp_path, attempts=2)


@pytest.mark.asyncio
async def test_a_log_that_was_replaced_means_again(
    tmp_path: Path, path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace_log() -> None:
        log_of(path).write_bytes(b"z" + log_of(path).read_bytes()[1:] + b"longer than it was")

    whole = log_of(path).read_bytes()
    meanwhile(monkeypatch, replace_log, lambda: log_of(path).write_bytes(whole))
    await captured_after(source, tmp_path, attempts=3)


@pytest.mark.asyncio
async def test_a_log_that_vanished_means_again_and_one_that_grew_does_not(
    tmp_path: Path, path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = log_of(path).read_bytes()
    grow = log_of(path).with_name("grown")
    grow.write_bytes(whole + b"half a record")
    meanwhile(
        monkeypatch,
        lambda: log_of(path).unlink(),
        lambda: log_of(path).write_bytes(whole),
        lambda: log_of(path).write_bytes(grow.read_bytes()),
    )
    captured = await capture_duckdb(source, tmp_path / "staging")
    assert captured.attempts == 2, "the second attempt found no log, which later appeared: that is growth"
    assert captured.wal is None
    captured = await capture_duckdb(source, tmp_path / "staging")
    assert captured.attempts == 1
    assert captured.wal is not None
    assert captured.wal.read_bytes() == whole
    assert rows(captured.database) == 20001


@pytest.mark.asyncio
@pytest.mark.parametrize("suffix", [".wal.checkpoint", ".wal.recovery"])
async def test_side_files_of_a_checkpoint_mean_again(
    tmp_path: Path, path: Path, source: Source, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = path.with_name(path.name + suffix)
    meanwhile(monkeypatch, side.touch)
    waiting = asyncio.create_task(captured_after(source, tmp_path, attempts=4))

    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            side.unlink()

    monkeypatch.setattr(capture.asyncio, "sleep", wait)
    await waiting
    assert waits == pytest.approx([0.002, 0.0028, 0.00392])


@pytest.mark.asyncio
async def test_a_database_replaced_by_a_rename_means_again(
    tmp_path: Path, path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.duckdb"
    shutil.copyfile(path, other)
    meanwhile(monkeypatch, lambda: (other.replace(path), None)[1])
    await captured_after(source, tmp_path, attempts=2)


@pytest.mark.asyncio
async def test_a_main_file_that_became_shorter_means_again(
    tmp_path: Path, path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def shorter(source: int, target: int, size: int) -> int:
        done = copy_bytes(source, target, size)
        if size > 1 << 18:
            sizes.append(size)
        return done - 4096 if len(sizes) == 1 and size > 1 << 18 else done

    monkeypatch.setattr(capture, "copy_bytes", shorter)
    await captured_after(source, tmp_path, attempts=2)


@pytest.mark.asyncio
async def test_a_header_changed_in_the_copy_alone_means_again(
    tmp_path: Path, path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[int] = []

    def spoil_first(source: int, target: int, size: int) -> int:
        done = copy_bytes(source, target, size)
        if size > 1 << 18:
            copies.append(size)
            if len(copies) == 1:
                os.pwrite(target, b"torn", 4096 + 100)
        return done

    monkeypatch.setattr(capture, "copy_bytes", spoil_first)
    await captured_after(source, tmp_path, attempts=2)


@pytest.mark.asyncio
async def test_a_database_that_never_holds_still_is_busy_and_leaves_nothing(
    tmp_path: Path, path: Path, source: Source
) -> None:
    path.with_name(path.name + ".wal.checkpoint").touch()
    with pytest.raises(BusyError) as caught:
        await capture_duckdb(source, tmp_path / "staging", tries=4)
    assert caught.value.code == "sources.busy"
    assert caught.value.params["name"] == "live"
    assert not (tmp_path / "staging" / "live").exists()


@pytest.mark.asyncio
async def test_a_broken_block_means_again_but_one_that_stays_broken_is_copied(
    tmp_path: Path, path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = overwrite(path, 12288 + 262144 + 70_000, bytes(10_000))
    meanwhile(monkeypatch, lambda: (overwrite(path, 0, content), None)[1])
    await captured_after(source, tmp_path, attempts=2)

    overwrite(path, len(content), b"y" * 262144)  # as an owner leaves it that was killed inside a large insert
    captured = await capture_duckdb(source, tmp_path / "staging")
    assert captured.attempts == 2
    assert rows(captured.database) == 20001


@pytest.mark.asyncio
@pytest.mark.parametrize("content", [b"a text file\n" * 2000, bytes(8) + b"DUCK" + bytes(100), b""])
async def test_what_is_no_database_fails_this_source_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_bytes(content)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    tries: list[object] = []
    once = capture._attempt
    monkeypatch.setattr(capture, "_attempt", lambda *given: (tries.append(given), once(*given))[1])
    with pytest.raises(SourceError) as caught:
        await capture_duckdb(Source("notes", "duckdb", path), tmp_path / "staging")
    assert caught.value.code == "sources.not_duckdb"
    assert len(tries) == 1


@pytest.mark.asyncio
async def test_a_folder_in_the_place_of_a_database_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").mkdir()
    with pytest.raises(SourceError):
        await capture_duckdb(Source("a", "duckdb", tmp_path / "a.duckdb"), tmp_path / "staging")


@pytest.mark.asyncio
async def test_a_database_just_being_created_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new.duckdb"
    path.touch()
    source = Source("new", "duckdb", path)
    with pytest.raises(BusyError) as caught:
        await capture_duckdb(source, tmp_path / "staging", tries=3)
    assert caught.value.code == "sources.not_ready"
    tried, attempt = threading.Event(), capture._attempt

    def seen(*arguments: Any) -> Any:
        try:
            return attempt(*arguments)
        finally:
            tried.set()

    monkeypatch.setattr(capture, "_attempt", seen)
    waiting = asyncio.create_task(capture_duckdb(source, tmp_path / "staging"))
    await asyncio.to_thread(tried.wait, 60)
    made = tmp_path / "made.duckdb"
    duckdb.connect(str(made)).close()
    path.write_bytes(made.read_bytes())
    assert (await waiting).attempts > 1


@pytest.mark.asyncio
async def test_a_database_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    source = Source("gone", "duckdb", tmp_path / "gone.duckdb")
    assert signature(source) is None
    with pytest.raises(SourceError) as caught:
        await capture_duckdb(source, tmp_path / "staging")
    assert caught.value.code == "sources.not_found"


@pytest.mark.asyncio
async def test_damaged_headers_are_named_so(tmp_path: Path, path: Path, source: Source) -> None:
    overwrite(path, 5000, b"damage")
    with pytest.raises(SourceError) as caught:
        await capture_duckdb(source, tmp_path / "staging", tries=5)
    assert caught.value.code == "sources.header_damaged"


@pytest.mark.asyncio
async def test_a_database_of_a_newer_version_is_copied_all_the_same(tmp_path: Path, path: Path, source: Source) -> None:
    overwrite(path, 12, (1234).to_bytes(8, "little"))
    captured = await capture_duckdb(source, tmp_path / "staging")
    assert captured.duckdb is not None
    assert captured.duckdb.storage_version == 1234
    assert same_bytes(captured.database, path)


@pytest.mark.asyncio
async def test_a_database_behind_a_link_is_copied_with_the_log_of_the_real_file(tmp_path: Path, path: Path) -> None:
    link = tmp_path / "elsewhere" / "linked.duckdb"
    link.parent.mkdir()
    link.symlink_to(path)
    source = Source("linked", "duckdb", link)
    captured = await capture_duckdb(source, tmp_path / "staging")
    assert captured.database.name == "linked.duckdb"
    assert rows(captured.database) == 20001
    log_of(link).write_bytes(b"another log")
    with pytest.raises(SourceError) as caught:
        await capture_duckdb(source, tmp_path / "staging")
    assert caught.value.code == "sources.two_logs"


@pytest.fixture
def small_files_only() -> Iterator[None]:
    """The system refuses to make a file longer than 300 KB, as a full disk would."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.asyncio
@pytest.mark.usefixtures("path", "small_files_only")
async def test_a_full_disk_is_said_and_the_started_copy_removed(tmp_path: Path, source: Source) -> None:
    with pytest.raises(FileError) as caught:
        await capture_duckdb(source, tmp_path / "staging")
    assert caught.value.code == "files.disk_full"
    assert not (tmp_path / "staging" / "live").exists()


@pytest.mark.asyncio
async def test_a_copy_that_would_fill_the_disk_is_not_begun(
    tmp_path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = os.statvfs(tmp_path)
    nearly_full = os.statvfs_result((*found[:4], 3, *found[5:]))
    monkeypatch.setattr(capture.os, "statvfs", lambda _: nearly_full)
    with pytest.raises(FileError) as caught:
        await capture_duckdb(source, tmp_path / "staging")
    assert caught.value.code == "files.disk_full"
    assert not (tmp_path / "staging" / "live").exists()


@pytest.mark.asyncio
async def test_a_cancelled_capture_ends_soon_and_leaves_nothing(
    tmp_path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    copying, go_on = threading.Event(), threading.Event()

    def slow_copy(source: int, target: int, size: int) -> int:
        copying.set()
        go_on.wait(60)
        return copy_bytes(source, target, size)

    monkeypatch.setattr(capture, "copy_bytes", slow_copy)
    monkeypatch.setattr(capture, "LEAVE_THREAD_AFTER", 0.1)
    running = asyncio.create_task(capture_duckdb(source, tmp_path / "staging"))
    await asyncio.to_thread(copying.wait, 60)
    started = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - started < 30
    go_on.set()
    async with asyncio.timeout(60):
        while (tmp_path / "staging" / "live").exists():  # noqa: ASYNC110  nothing tells when the thread has ended
            await asyncio.sleep(0.01)

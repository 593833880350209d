"""SQLite databases are copied through its online backup: whole, read-only, with a deadline."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from core.errors import BusyError
from core.files import FileError
from core.sources import Source, SourceError, capture_sqlite, signature
from tests.writers import writing


def make(path: Path, mode: str = "delete", rows: int = 2000) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={mode}")
        connection.execute("CREATE TABLE t (i INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(i, f"{i}" * 50) for i in range(rows)])
        connection.commit()
    return path


def rows(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM t").fetchone()[0])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def copy(path: Path, staging: Path, seconds: float = 60) -> Path:
    captured = asyncio.run(capture_sqlite(Source("history", "sqlite", path), staging, seconds=seconds))
    assert captured.wal is None
    assert captured.size == captured.database.stat().st_size
    return captured.database


def refused(path: Path, staging: Path, seconds: float = 60) -> str:
    with pytest.raises((SourceError, BusyError, FileError)) as caught:
        copy(path, staging, seconds)
    assert not (staging / "history").exists(), "nothing may be left in staging"
    return caught.value.code


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_database_at_rest_is_copied_and_not_touched(tmp_path: Path, mode: str) -> None:
    folder = tmp_path / "live ?#%"
    folder.mkdir()
    path = make(folder / "history #1.db", mode)
    before, look = path.read_bytes(), signature(Source("history", "sqlite", path))
    database = copy(path, tmp_path / "staging")
    assert (database.name, rows(database)) == (path.name, 2000)
    assert names(folder) == {path.name}, "nothing may be left beside the live database"
    assert path.read_bytes() == before
    assert signature(Source("history", "sqlite", path)) == look


def test_commits_that_stand_only_in_the_log_are_copied(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", "wal")
    with closing(sqlite3.connect(path)) as owner:
        owner.execute("PRAGMA wal_autocheckpoint=0")
        owner.execute("INSERT INTO t VALUES (-1, 'in the log')")
        owner.commit()
        database = copy(path, tmp_path / "staging")
        owner.execute("INSERT INTO t VALUES (-2, 'later')")
        owner.commit()
    assert names(database.parent) == {"a.db"}
    assert rows(database) == 2001
    assert rows(path) == 2002


def test_a_writer_without_pause_does_not_starve_the_copy(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", "delete", rows=60_000)
    assert path.stat().st_size > 9 << 20, "the copy has to take several steps"
    with writing("sqlite", path, "delete", pace=0) as writer:
        started = time.monotonic()
        assert rows(copy(path, tmp_path / "staging")) == 60_000
        assert time.monotonic() - started < 55
        assert writer.stop() == 0


def test_a_locked_database_is_busy_after_the_deadline(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as owner:
        owner.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        assert refused(path, tmp_path / "staging", seconds=0.3) == "sources.busy"
        assert time.monotonic() - started < 30
        owner.execute("COMMIT")
    assert rows(copy(path, tmp_path / "staging")) == 2000


def flip_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 200] = os.urandom(200)
    path.write_bytes(content)


def write(content: bytes, age: float = 1000) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        path.write_bytes(content)
        os.utime(path, (time.time() - age,) * 2)

    return act


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 4096 * 5 + 100])


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (flip_pages, "sources.sqlite_damaged"),
        (cut, "sources.sqlite_damaged"),
        (write(b"a text file" * 1000), "sources.not_sqlite"),
        (write(b"SQLite format 3\0" + b"\xff" * 8000), "sources.not_sqlite"),
        (write(b"SQLite format 3\0"), "sources.not_sqlite"),
        (write(b""), "sources.not_sqlite"),
        (write(b"", age=0), "sources.not_ready"),
        (Path.unlink, "sources.not_found"),
    ],
)
def test_what_cannot_be_copied_whole_fails_this_source_with_its_reason(
    tmp_path: Path, damage: Callable[[Path], None], code: str
) -> None:
    path = make(tmp_path / "a.db")
    damage(path)
    assert refused(path, tmp_path / "staging") == code


def test_a_table_of_a_missing_extension_does_not_spoil_the_copy(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "INSERT INTO sqlite_master VALUES ('table','v','v',0,'CREATE VIRTUAL TABLE v USING vec0(x)')"
        )
        connection.commit()
    assert rows(copy(path, tmp_path / "staging")) == 2000


def test_a_cancelled_copy_ends_soon_and_leaves_nothing(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db")

    async def cancel_while_locked() -> float:
        with closing(sqlite3.connect(path, isolation_level=None)) as owner:
            owner.execute("BEGIN EXCLUSIVE")
            running = asyncio.create_task(capture_sqlite(Source("history", "sqlite", path), tmp_path / "staging"))
            await asyncio.sleep(0.1)
            started = time.monotonic()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            return time.monotonic() - started

    assert asyncio.run(cancel_while_locked()) < 30
    assert not (tmp_path / "staging" / "history").exists()


def test_the_signature_moves_with_every_commit(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", "wal")
    source = Source("history", "sqlite", path)
    seen = {signature(source)}
    with closing(sqlite3.connect(path)) as owner:
        for number in range(3):
            owner.execute("INSERT INTO t VALUES (?, '')", [-1 - number])
            owner.commit()
            seen.add(signature(source))
    assert len(seen) == 4
    assert None not in seen

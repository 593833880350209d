"""When a database goes as changed rows and when as a whole image, and what a database in trouble does to the rest."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.database import Child, DatabaseError
from core.errors import BusyError
from core.sources import Source
from core.sync import gathering
from core.sync.ahead import AheadImage
from core.sync.entries import DatabaseEntry
from tests.sync.world import DAY, Computer, objects, tables_of

pytestmark = pytest.mark.asyncio

PATH = "sources/session-buddy-reflection/reflection.duckdb"


def deltas(computer: Computer, path: str = PATH) -> int:
    """How many deltas the database has in the head: 0 right after an image."""
    with contextlib.closing(computer.state()) as state:
        record = state.entry(computer.key, path)
    assert record is not None
    entry = gathering.entry_of(record)
    assert isinstance(entry, DatabaseEntry)
    return len(entry.deltas)


@pytest.fixture
def computer(empty: Computer) -> Computer:
    """One database, large enough that a few rows are a small part of it."""
    empty.add_rows(0, 3000)
    return empty


async def test_a_few_rows_go_as_a_delta(computer: Computer) -> None:
    await computer.sync()
    assert deltas(computer) == 0
    for number in range(3):
        computer.add_rows(number, number + 2, f"edition {number}")
        result = await computer.sync()
        assert (deltas(computer), result["rows_changed"]) == (number + 1, 2)
    assert (await computer.restore())[PATH] == tables_of(computer.reflections)


def a_week_passes(computer: Computer) -> None:
    computer.clock.pass_by(7 * DAY)


def another_schema(computer: Computer) -> None:
    computer.sql("CREATE TABLE moods(id INTEGER PRIMARY KEY, mood VARCHAR)")


def another_duckdb(computer: Computer) -> None:
    for meta in (computer.vault / "sync" / "rows").rglob("meta.json"):
        meta.write_text(json.dumps(json.loads(meta.read_text()) | {"duckdb": "v0.0.1"}))


def lost_rows(computer: Computer) -> None:
    import shutil

    shutil.rmtree(computer.vault / "sync" / "rows")


def damaged_rows(computer: Computer) -> None:
    for file in (computer.vault / "sync" / "rows").rglob("*.parquet"):
        file.write_bytes(b"nothing")


def a_sequence(computer: Computer) -> None:
    computer.sql("CREATE SEQUENCE counting")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (a_week_passes, None),
        (another_schema, "database.schema_changed"),
        (another_duckdb, "database.reader_changed"),
        (lost_rows, None),
        (damaged_rows, "database.first"),
        (a_sequence, "database.schema_changed"),
    ],
)
async def test_an_image_is_due(computer: Computer, event: Callable[[Computer], None], said: str | None) -> None:
    await computer.sync()
    computer.add_rows(0, 1, "changed")
    await computer.sync()
    assert deltas(computer) == 1
    event(computer)
    computer.add_rows(1, 2, "changed")
    result = await computer.sync(expect=False)
    why = [notice["params"]["why"] for notice in result["notices"] if notice["code"] == "sources.image_needed"]
    assert why == ([said] if said else [])
    assert deltas(computer) == 0
    assert (await computer.restore())[PATH] == tables_of(computer.reflections)


async def test_an_image_is_due_when_the_deltas_pass_a_quarter_of_it(computer: Computer) -> None:
    await computer.sync()
    seen = []
    for number in range(6):
        computer.add_rows(0, 1000, f"edition {number} {'x' * number}")
        await computer.sync()
        seen.append(deltas(computer))
    assert 0 in seen
    assert seen[0] == 1
    assert (await computer.restore())[PATH] == tables_of(computer.reflections)


async def test_an_image_a_week_old_by_a_clock_that_went_back_is_taken_anew(computer: Computer) -> None:
    await computer.sync()
    computer.clock.pass_by(-30 * DAY)
    computer.add_rows(0, 1, "changed")
    await computer.sync()
    assert deltas(computer) == 0


async def test_a_large_table_without_a_key_makes_an_image_an_hour_at_most_and_says_so(empty: Computer) -> None:
    empty.sql(
        "CREATE TABLE log(line VARCHAR)",
        "INSERT INTO log SELECT md5(i::VARCHAR) || md5((-i)::VARCHAR) FROM range(40000) AS r(i)",
    )
    await empty.sync(expect=False)
    first = tables_of(empty.reflections)
    empty.sql("INSERT INTO log VALUES ('more')")
    held = await empty.sync(expect=False)
    assert {"sources.image_held"} <= {notice["code"] for notice in held["notices"]}
    assert (await empty.restore())[PATH] == first
    empty.clock.pass_by(3600)
    await empty.sync(expect=False)
    assert (await empty.restore(into="later"))[PATH] == tables_of(empty.reflections)


async def test_a_small_table_without_a_key_goes_whole(computer: Computer) -> None:
    computer.sql("CREATE TABLE log(line VARCHAR)", "INSERT INTO log VALUES ('one'), ('two')")
    await computer.sync(expect=False)
    computer.sql("DELETE FROM log WHERE line = 'one'", "INSERT INTO log VALUES ('three'), ('three')")
    await computer.sync(expect=False)
    assert deltas(computer) == 1
    assert (await computer.restore())[PATH] == tables_of(computer.reflections)


async def test_a_source_that_moved_to_another_file_begins_anew(empty: Computer) -> None:
    other = empty.memory / "other.duckdb"
    for path in (empty.memory / "one.duckdb", other):
        empty.add_rows(0, 100)
        empty.reflections.rename(path)

    def named(path: Path) -> None:
        extra = [{"name": "mine", "kind": "duckdb", "path": str(path)}]
        empty.environ["COGZY_SOURCES_EXTRA"] = json.dumps(extra)

    named(empty.memory / "one.duckdb")
    await empty.sync()
    named(other)
    await empty.sync()
    restored = await empty.restore()
    assert restored["sources/mine/other.duckdb"] == tables_of(other)
    assert set(restored) == {"sources/mine/one.duckdb", "sources/mine/other.duckdb"}


@pytest.mark.parametrize("before", ["nothing", "an image"])
async def test_a_copy_that_turns_out_to_be_torn_is_taken_again(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    if before == "an image":
        await computer.sync()
        computer.add_rows(0, 3, "changed")
    real, torn = gathering.scan, [DatabaseError("database.reader_died", torn=True, path="x", exit_code=-11)]

    async def scan(*args: Any, **options: Any) -> Any:
        if torn:
            raise torn.pop()
        return await real(*args, **options)

    monkeypatch.setattr(gathering, "scan", scan)
    await computer.sync()
    assert (await computer.restore())[PATH] == tables_of(computer.reflections)


@pytest.mark.parametrize(
    "error",
    [
        BusyError("sources.busy", name="session-buddy-reflection", path="x", holder="python", pid=1, tries=30),
        DatabaseError("database.reader_died", path="x", exit_code=-11),
        DatabaseError("database.reader_died", torn=True, path="x", exit_code=-11),
    ],
    ids=["busy", "unreadable", "torn for ever"],
)
async def test_a_database_in_trouble_is_told_and_keeps_its_last_good_copy_while_the_rest_goes_up(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    await computer.sync()
    good = tables_of(computer.reflections)
    real_scan, real_capture = gathering.scan, gathering.capture_duckdb

    async def scan(*args: Any, **options: Any) -> Any:
        raise error

    async def capture(source: Source, staging: Path, **options: Any) -> Any:
        if isinstance(error, BusyError):
            raise error
        return await real_capture(source, staging, **options)

    monkeypatch.setattr(gathering, "scan", scan)
    monkeypatch.setattr(gathering, "capture_duckdb", capture)
    computer.add_rows(0, 3, "changed")
    computer.remember(0, 3)
    result = await computer.sync(expect=False)
    (notice,) = result["notices"]
    assert notice["code"] == error.code  # type: ignore[attr-defined]
    assert notice["params"]["name"] == "session-buddy-reflection"
    restored = await computer.restore()
    assert restored[PATH] == good
    assert "vault/corpus/nodes.json" in restored
    monkeypatch.setattr(gathering, "scan", real_scan)
    monkeypatch.setattr(gathering, "capture_duckdb", real_capture)
    await computer.sync()
    assert (await computer.restore(into="later"))[PATH] == tables_of(computer.reflections)


async def test_what_is_no_duckdb_database_is_told(computer: Computer) -> None:
    computer.graph.write_bytes(b"SQLite format 3\0" * 2000)
    result = await computer.sync(expect=False)
    assert [notice["code"] for notice in result["notices"]] == ["sources.not_duckdb"]
    assert (await computer.restore())[PATH] == tables_of(computer.reflections)


async def test_fingerprints_of_earlier_uploads_do_not_pile_up(computer: Computer) -> None:
    for number in range(4):
        computer.add_rows(0, 2, f"edition {number}")
        await computer.sync()
    assert len(list((computer.vault / "sync" / "rows").glob("*/*/*"))) == 1
    assert not list((computer.vault / "sync" / "staging").iterdir())
    assert objects(computer.cloud)


async def test_a_copy_that_cannot_be_looked_into_after_torn_ones_still_goes_up(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, torn = gathering.scan, [True] * (gathering.TORN_TRIES - 1)

    async def scan(copy: Path, **options: Any) -> Any:
        found = await real(copy, **options)
        if copy.name != computer.reflections.name:
            return found
        if torn:
            torn.pop()
            raise DatabaseError("database.unreadable", torn=True, path=copy.name, reason="half-written")
        return replace(found, verified=False, tables=())

    monkeypatch.setattr(gathering, "scan", scan)
    result = await computer.sync(expect=False)
    assert "database.unverified" in [notice["code"] for notice in result["notices"]]
    monkeypatch.setattr(gathering, "scan", real)
    assert (await computer.restore())[PATH] == tables_of(computer.reflections)


async def test_a_sparing_engine_compresses_no_image_while_the_child_is_there(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(computer.graph)) as graph:
        graph.execute("CREATE TABLE kg_entities AS SELECT range AS id FROM range(50)")
    computer.be_sparing()
    done: list[str] = []
    close, compress = Child.close, AheadImage.compress

    async def closed(child: Child) -> None:
        await close(child)
        done.append("closed")

    def compressed(image: AheadImage) -> None:
        done.append("compressed")
        compress(image)

    monkeypatch.setattr(Child, "close", closed)
    monkeypatch.setattr(AheadImage, "compress", compressed)
    result = await computer.sync()
    assert done[0] == "closed"
    assert done.count("compressed") == 2
    assert result["files_uploaded"] == 2
    assert await computer.restore() == computer.truth()


async def test_a_sparing_engine_waits_for_no_database_that_cannot_be_read(computer: Computer) -> None:
    computer.graph.write_bytes(b"no database at all")
    computer.be_sparing()
    result = await computer.sync(expect=False)
    assert result["not_copied"] == ("session-buddy-knowledge-graph",)
    assert (await computer.restore())[PATH] == tables_of(computer.reflections)

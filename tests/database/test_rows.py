"""Rows out of databases and Parquet files, as plain values: none lost, none invented, no code of the file run."""

from __future__ import annotations

import array
import json
import math
import resource
import struct
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database import (
    Child,
    DatabaseError,
    Read,
    RowsFile,
    Wanted,
    each_row,
    list_tables,
    read_all,
    read_rows,
    row_format,
    searching,
)
from core.database import rows as room
from core.database.connection import connect

pytestmark = pytest.mark.usefixtures("forked_databases")


@pytest_asyncio.fixture
async def child() -> AsyncIterator[Child]:
    async with Child() as child:
        yield child


def made(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as database:
        for statement in statements:
            database.execute(statement)
    return path


def floats(packed: bytes) -> list[float]:
    return array.array("f", packed).tolist()


async def rows_of(source: Path, table: str | None, child: Child | None = None) -> list[dict[str, Any]]:
    found = await read_rows(source, table, source.with_suffix(".rows"), child=child)
    rows = list(each_row(found))
    assert len(rows) == found.rows
    return rows


@pytest.mark.asyncio
async def test_every_kind_of_value_comes_as_documented(tmp_path: Path, child: Child) -> None:
    path = made(
        tmp_path / "a.duckdb",
        "SET TimeZone = 'UTC'",
        """CREATE TABLE t (id VARCHAR PRIMARY KEY, embedding FLOAT[3], said TIMESTAMP, zoned TIMESTAMPTZ, day DATE,
           n BIGINT, share DOUBLE, price DECIMAL(9,2), yes BOOLEAN, metadata JSON, tags VARCHAR[], other FLOAT[],
           raw BLOB, huge HUGEINT, deep STRUCT(a INTEGER, b VARCHAR[]), names MAP(VARCHAR, INTEGER))""",
        """INSERT INTO t VALUES ('ä', [1, 2.5, -3], '2026-01-02 03:04:05.25',
           '2026-01-02 03:04:05+02', '2026-01-02', -5,
           0.1, 1.5, true, '{"a": [1, null]}', ['x', NULL], [1.5], 'ab'::BLOB, 170141183460469231731687303715884105727,
           {'a': 1, 'b': ['c']}, MAP {'k': 1})""",
        "INSERT INTO t (id, share, said) VALUES ('none', 'nan', 'infinity')",
    )
    first, second = await rows_of(path, "main.t", child)
    assert floats(first.pop("embedding")) == [1, 2.5, -3]
    assert first == {
        "id": "ä",
        "said": 1767323045.25,
        "zoned": 1767315845.0,
        "day": "2026-01-02",
        "n": -5,
        "share": 0.1,
        "price": 1.5,
        "yes": True,
        "metadata": {"a": [1, None]},
        "tags": ["x", None],
        "other": [1.5],
        "raw": "YWI=",
        "huge": "170141183460469231731687303715884105727",
        "deep": {"a": 1, "b": ["c"]},
        "names": {"k": 1},
    }
    assert second == dict.fromkeys(["embedding", *first], None) | {"id": "none"}


@pytest.mark.asyncio
async def test_a_delta_gives_the_same_rows_as_its_table(tmp_path: Path, child: Child) -> None:
    parquet = tmp_path / "rows.parquet"
    path = made(
        tmp_path / "a.duckdb",
        "CREATE TABLE t (id VARCHAR PRIMARY KEY, embedding FLOAT[3], said TIMESTAMP, metadata JSON, tags VARCHAR[])",
        "INSERT INTO t SELECT i, [i, 1, NULL], make_timestamp(i), '{\"a\": 1}', ['x'] FROM range(10000) r(i)",
        f"COPY t TO '{parquet}'",
    )
    table, delta = await rows_of(path, "main.t", child), await rows_of(parquet, None, child)
    assert table == delta
    assert len(table) == 10_000
    assert math.isnan(floats(table[7]["embedding"])[2])


@pytest.mark.asyncio
async def test_nothing_stored_in_a_file_is_run(tmp_path: Path, child: Child) -> None:
    path = made(
        tmp_path / "a.duckdb",
        "CREATE TABLE t (id INTEGER, made INTEGER GENERATED ALWAYS AS (id + 1) VIRTUAL)",
        "INSERT INTO t (id) VALUES (1)",
        "CREATE VIEW v AS SELECT error('a view was run') AS id",
        "CREATE MACRO epoch(x) AS error('a macro was run')",
        "CREATE MACRO strlen(x) AS error('a macro was run')",
        'CREATE TABLE "we""ird; DROP TABLE t" ("c, (SELECT 1)" VARCHAR, rowid INTEGER, said TIMESTAMP)',
        """INSERT INTO "we""ird; DROP TABLE t" VALUES ('x', 3, '1970-01-01 00:00:01')""",
    )
    weird = 'main."we""ird; DROP TABLE t"'
    assert await list_tables(path, child=child) == {"main.t": ["id"], weird: ["c, (SELECT 1)", "rowid", "said"]}
    assert await rows_of(path, "main.t", child) == [{"id": 1}]
    assert await rows_of(path, weird, child) == [{"c, (SELECT 1)": "x", "rowid": 3, "said": 1.0}]
    with pytest.raises(DatabaseError) as failed:
        await rows_of(path, "main.v", child)
    assert failed.value.code == "database.no_table"


@pytest.mark.asyncio
@pytest.mark.parametrize("content", [b"", b"no database", b"PAR1" + bytes(100) + b"PAR1"])
@pytest.mark.parametrize("table", ["main.t", None])
async def test_what_is_no_database_and_no_parquet_is_a_database_error(
    tmp_path: Path, child: Child, content: bytes, table: str | None
) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(DatabaseError) as failed:
        await rows_of(path, table, child)
    assert failed.value.code in ("database.unreadable", "database.no_table")


@pytest.mark.asyncio
async def test_the_log_beside_a_copy_is_read_and_the_copy_stays_as_it_is(tmp_path: Path, child: Child) -> None:
    live = tmp_path / "live.duckdb"
    with duckdb.connect(str(live)) as owner:
        owner.execute("SET checkpoint_threshold = '1GB'")
        owner.execute("CREATE TABLE t (id INTEGER)")
        owner.execute("CHECKPOINT")
        owner.execute("INSERT INTO t VALUES (1)")
        copy = tmp_path / "copy.duckdb"
        copy.write_bytes(live.read_bytes())
        copy.with_name("copy.duckdb.wal").write_bytes(live.with_name("live.duckdb.wal").read_bytes())
    before = copy.read_bytes()
    assert await rows_of(copy, "main.t", child) == [{"id": 1}]
    assert copy.read_bytes() == before


@pytest.mark.asyncio
async def test_many_small_reads_are_one_request(tmp_path: Path, child: Child) -> None:
    path = made(tmp_path / "a.duckdb", "CREATE TABLE t (id INTEGER)", "INSERT INTO t FROM range(3)")
    reads = [Read(path, "main.t", tmp_path / "0.rows")]
    for at in range(1, 60):
        parquet = tmp_path / f"{at}.parquet"
        made(tmp_path / "b.duckdb", f"COPY (SELECT {at} AS id, 'x' AS c{at}) TO '{parquet}'")
        reads.append(Read(parquet, None, tmp_path / f"{at}.rows"))
    await child.start()
    begun = time.monotonic()
    found = await read_all(reads, child=child)
    assert time.monotonic() - begun < 10
    assert [row["id"] for rows in found for row in each_row(rows)] == [0, 1, 2, *range(1, 60)]
    assert found[9].columns == ("id", "c9")
    assert await read_all([], child=child) == []


@pytest.mark.asyncio
async def test_only_rows_with_a_matching_text_leave_the_child(tmp_path: Path, child: Child) -> None:
    path = made(
        tmp_path / "a.duckdb",
        "CREATE TABLE t (id INTEGER, said VARCHAR, more JSON, vector FLOAT[], packed BLOB, tags VARCHAR[])",
        "INSERT INTO t SELECT i, CASE i WHEN 4 THEN NULL WHEN 8000 THEN 'Key7 ü' ELSE 'a ' || i END, '{\"a\": [1]}', "
        "[i, 1], 'Key7'::BLOB, CASE i WHEN 4 THEN ['x', 'the Key7'] ELSE ['x'] END FROM range(9000) AS r(i)",
        "CREATE TABLE numbers AS SELECT * FROM range(5)",
    )
    found = await read_rows(path, "main.t", tmp_path / "some", child=child, wanted=Wanted("Key[0-9]", "Key"))
    assert (found.rows, found.of, found.numbers) == (2, 9000, (5, 8001))
    assert [(row["id"], row["said"], row["tags"]) for row in each_row(found)] == [
        (4, None, ["x", "the Key7"]),
        (8000, "Key7 ü", ["x"]),
    ]
    assert "vector" not in next(each_row(found))
    none = await read_rows(path, "main.numbers", tmp_path / "none", child=child, wanted=Wanted("Key[0-9]", "Key"))
    assert (none.rows, none.of, none.numbers) == (0, 5, ())


def test_wanted_rows_are_counted_past_deleted_ones_and_read_in_small_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "AT_ONCE", 1000)
    monkeypatch.setattr(searching, "BATCH_ROWS", 2)
    path = made(
        tmp_path / "a.duckdb",
        "CREATE TABLE t (said VARCHAR)",
        "INSERT INTO t SELECT CASE WHEN i % 500 = 7 THEN 'Key' || i WHEN i % 500 = 8 THEN 'Key' ELSE 'a' END "
        "FROM range(3000) AS r(i)",
        "DELETE FROM t WHERE rowid < 5 OR rowid BETWEEN 1100 AND 1199 OR rowid = 2007",
    )
    out = tmp_path / "out.rows"
    with connect([tmp_path], tmp_path / "spill", "256MB") as connection:
        read = Read(path, "main.t", out, Wanted("Key[0-9]", "Key"))
        ((rows, columns, of, numbers),) = room.write_all(connection, [read])
    assert (rows, of, numbers) == (5, 2894, [3, 503, 1003, 1403, 2402])
    said = [row["said"] for row in each_row(RowsFile(out, rows, tuple(columns)))]
    assert said == ["Key7", "Key507", "Key1007", "Key1507", "Key2507"]


@pytest.mark.asyncio
async def test_reading_stops_where_there_is_no_more_room(tmp_path: Path, child: Child) -> None:
    path = made(
        tmp_path / "a.duckdb", "CREATE TABLE t (c VARCHAR)", "INSERT INTO t SELECT repeat('x', 100000) FROM range(1500)"
    )
    assert path.stat().st_size < 2 << 20
    with pytest.raises(DatabaseError) as failed:
        await read_rows(path, "main.t", tmp_path / "out.rows", child=child, most=20 << 20)
    assert failed.value.code == "database.too_many_rows"
    assert (tmp_path / "out.rows").stat().st_size < 60 << 20


def written(tmp_path: Path, source: Path, table: str | None) -> list[dict[str, Any]]:
    """The child's part in this process."""
    out = tmp_path / "out.rows"
    with connect([tmp_path], tmp_path / "spill", "256MB") as connection:
        ((rows, columns, *_),) = room.write_all(connection, [Read(source, table, out)])
    return list(each_row(RowsFile(out, rows, tuple(columns))))


def test_texts_without_measure_are_cut_and_read_in_small_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CHUNK_BYTES", 1 << 20)
    monkeypatch.setattr(row_format, "MOST_TEXT", 1 << 19)
    monkeypatch.setattr(row_format, "CUT_TEXT", 1 << 18)
    path = made(
        tmp_path / "a.duckdb",
        "CREATE TABLE t (id INTEGER, content VARCHAR)",
        "INSERT INTO t SELECT i, repeat('ä', CASE WHEN i % 100 = 0 THEN 1000000 ELSE 10000 END) FROM range(600) r(i)",
    )
    largest = 0
    real = room.write_chunk

    def seen(file: Any, fields: Any, columns: Any) -> int:
        nonlocal largest
        largest = max(largest, sum(len(text) for text in columns[1]))
        return real(file, fields, columns)

    monkeypatch.setattr(room, "write_chunk", seen)
    rows = written(tmp_path, path, "main.t")
    assert [row["id"] for row in rows] == list(range(600))
    assert {len(row["content"]) for row in rows} == {10_000, 1 << 18}
    assert largest <= 1 << 20


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
VALUES = st.one_of(st.none(), st.integers(-5, 5), TEXTS, st.lists(TEXTS, max_size=2))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(TEXTS, st.dictionaries(TEXTS, VALUES, max_size=3), st.booleans()),
        max_size=12,
    )
)
def test_any_text_and_any_json_survive(tmp_path: Path, rows: list[tuple[str, dict[str, Any], bool]]) -> None:
    path = tmp_path / "any.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE t (id INTEGER, content VARCHAR, metadata JSON, embedding FLOAT[])")
        for at, (text, value, _) in enumerate(rows):
            database.execute("INSERT INTO t VALUES ($1, $2, $3, [$1])", [at, text, json.dumps(value)])
        for at, (*_, gone) in enumerate(rows):
            if gone:
                database.execute("DELETE FROM t WHERE id = $1", [at])
    assert written(tmp_path, path, "main.t") == [
        {"id": at, "content": text, "metadata": value, "embedding": struct.pack("<f", at)}
        for at, (text, value, gone) in enumerate(rows)
        if not gone
    ]


def test_many_rows_with_vectors_take_little_time(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.duckdb",
        "CREATE TABLE t (id VARCHAR PRIMARY KEY, content VARCHAR, embedding FLOAT[384], metadata JSON)",
        """INSERT INTO t SELECT i, repeat('word ', 60), list_transform(range(384), lambda x: (x * i) % 7)::FLOAT[384],
           '{"a": 1}' FROM range(10000) r(i)""",
    )
    before = resource.getrusage(resource.RUSAGE_SELF)
    rows = written(tmp_path, path, "main.t")
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert len(rows) == 10_000
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 2

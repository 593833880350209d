from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from core.database.delta import CATALOG
from core.database.results import DatabaseError, DeltaFiles, TableState
from core.database.schema import index_method, read_schema
from core.errors import DamageError
from tests.database.live import Live, contents, rows


def follow(live: Live, *sessions: Sequence[str]) -> None:
    """Each session ends with a delta; what is rebuilt must then be all that the owner has."""
    assert live.scan().decision == "image"
    for session in sessions:
        live.run(*session)
        found = live.scan()
        assert found.decision in ("delta", "unchanged"), found.reason
    rebuilt = live.rebuild()
    assert rebuilt.tables == live.tables
    assert contents(live.restored) == contents(live.path)


def test_a_key_that_goes_and_comes_again_across_deltas(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR)", "INSERT INTO t SELECT i, 'old' FROM range(10) r(i)")
    follow(
        live,
        ["DELETE FROM t WHERE id IN (1, 2, 3)"],
        ["INSERT INTO t VALUES (1, 'again'), (2, 'again'), (11, 'new')", "UPDATE t SET v = 'x' WHERE id = 5"],
        ["DELETE FROM t WHERE id IN (2, 5, 11)"],
        ["INSERT INTO t VALUES (5, 'last'), (2, 'last')", "DELETE FROM t WHERE id = 1"],
        ["UPDATE t SET v = 'very last' WHERE id = 2"],
    )
    assert rows(live.restored, "FROM t WHERE id < 6 ORDER BY id") == [
        (0, "old"),
        (2, "very last"),
        (4, "old"),
        (5, "last"),
    ]


def test_referenced_parents_that_change(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE m_parent (id INTEGER PRIMARY KEY, v VARCHAR)",
        "CREATE TABLE a_child (id INTEGER PRIMARY KEY, of INTEGER REFERENCES m_parent (id), other INTEGER)",
        "CREATE TABLE z_grandchild (id INTEGER, of INTEGER REFERENCES a_child (id), PRIMARY KEY (id))",
        "INSERT INTO m_parent SELECT i, 'v' FROM range(20) r(i)",
        "INSERT INTO a_child SELECT i, i % 20, 0 FROM range(100) r(i)",
        "INSERT INTO z_grandchild SELECT i, i FROM range(100) r(i)",
    )
    follow(
        live,
        ["UPDATE m_parent SET v = 'changed' WHERE id < 10", "UPDATE a_child SET other = 1 WHERE id < 5"],
        ["INSERT INTO m_parent VALUES (100, 'new')", "INSERT INTO a_child VALUES (100, 100, 1)"],
        ["DELETE FROM z_grandchild WHERE id = 3", "DELETE FROM a_child WHERE id = 3"],
        ["UPDATE m_parent SET v = 'twice' WHERE id IN (1, 100)"],
    )


def test_composite_keys(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE t (a VARCHAR, b DATE, v INTEGER, PRIMARY KEY (b, a))",
        "INSERT INTO t SELECT i % 3, DATE '2026-01-01' + i::INTEGER, i FROM range(30) r(i)",
    )
    follow(live, ["UPDATE t SET v = -1 WHERE a = '1'"], ["DELETE FROM t WHERE b > '2026-01-20'"])


def test_tables_without_a_key_and_with_a_unique_one(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE log (line VARCHAR, at_ TIMESTAMP)",
        "CREATE TABLE pairs (k VARCHAR NOT NULL UNIQUE, v VARCHAR)",
        "INSERT INTO log VALUES ('same', NULL), ('same', NULL)",
        "INSERT INTO pairs VALUES ('a', 'x'), ('b', 'y')",
    )
    follow(
        live,
        ["INSERT INTO log VALUES ('same', NULL)", "DELETE FROM pairs WHERE k = 'a'"],
        ["INSERT INTO pairs VALUES ('a', 'again')"],
        ["DELETE FROM log"],
        ["INSERT INTO log VALUES ('after', '2026-01-01')"],
    )


def test_a_table_that_is_emptied_and_one_that_is_filled(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE full_ (id INTEGER PRIMARY KEY)",
        "CREATE TABLE empty_ (id INTEGER PRIMARY KEY, v FLOAT[2])",
        "CREATE TABLE never (id INTEGER PRIMARY KEY)",
        "INSERT INTO full_ FROM range(100)",
    )
    follow(live, ["DELETE FROM full_", "INSERT INTO empty_ VALUES (1, [1, '-0.0'])"])


def test_only_a_checkpoint_between_two_syncs(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t FROM range(10)")
    follow(live, ["FORCE CHECKPOINT"], ["DELETE FROM t WHERE id = 1"], ["FORCE CHECKPOINT"])


def test_an_image_with_a_wal(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR)", "INSERT INTO t VALUES (1, 'in the file')")
    with duckdb.connect(str(live.path)) as owner:
        owner.execute("PRAGMA disable_checkpoint_on_shutdown")
        owner.execute("INSERT INTO t VALUES (2, 'in the WAL')")
    assert live.scan().decision == "image"
    assert Path(f"{live.image}.wal").exists()
    image = live.image.read_bytes(), Path(f"{live.image}.wal").read_bytes()
    live.run("INSERT INTO t VALUES (3, 'in the delta')")
    live.scan()
    live.rebuild()
    assert contents(live.restored) == contents(live.path)
    assert not Path(f"{live.restored}.wal").exists()
    assert (live.image.read_bytes(), Path(f"{live.image}.wal").read_bytes()) == image


def test_every_type_that_goes_as_a_delta(tmp_path: Path) -> None:
    live = Live(tmp_path)
    values = {
        "BOOLEAN": ["true", "false"],
        "TINYINT": ["-128", "127"],
        "SMALLINT": ["-32768"],
        "INTEGER": ["-2147483648"],
        "BIGINT": ["-9223372036854775808"],
        "UTINYINT": ["255"],
        "USMALLINT": ["65535"],
        "UINTEGER": ["4294967295"],
        "UBIGINT": ["18446744073709551615"],
        "FLOAT": ["'-0.0'", "'nan'", "'1e-45'", "'-inf'"],
        "DOUBLE": ["'-0.0'", "'nan'", "'5e-324'", "'inf'"],
        "DECIMAL(4,1)": ["999.9", "-0.1"],
        "DECIMAL(38,10)": ["9999999999999999999999999999.9999999999"],
        "VARCHAR": ["''", "'ä😀' || chr(0)", "repeat('long ', 5000)"],
        "JSON": ["'{\"a\":  [1, null]}'", "'null'"],
        "BLOB": ["''", "'\\x00\\xFF'"],
        "UUID": ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
        "DATE": ["'5877642-06-25 (BC)'", "'infinity'"],
        "TIME": ["'24:00:00'", "'23:59:59.999999'"],
        "TIMESTAMP": ["'290309-12-22 (BC) 00:00:00'", "'294247-01-10 04:00:54.775806'", "'infinity'", "'-infinity'"],
        "TIMESTAMP_S": ["'2026-01-01 00:00:01'"],
        "TIMESTAMP_MS": ["'2026-01-01 00:00:00.001'"],
        "TIMESTAMP_NS": ["'2026-01-01 00:00:00.000000001'", "'1677-09-22'"],
        "TIMESTAMPTZ": ["'2026-01-01 00:00:00+14'", "'-infinity'"],
        "mood": ["'it''s'", "'good'"],
        "mood[]": ["['good', NULL]"],
        "FLOAT[3]": ["['-0.0', 'nan', NULL]", "[1, 2, 3]"],
        "FLOAT[]": ["[]", "[NULL]", "['-0.0']"],
        "DOUBLE[2][]": ["[[1, 2], NULL]"],
        "VARCHAR[][]": ["[[], [NULL], NULL, ['a, b', '']]"],
        'STRUCT(a INTEGER, "b c" mood, d FLOAT[2])': [
            "{'a': NULL, 'b c': NULL, 'd': NULL}",
            "{'a': 1, 'b c': 'good', 'd': [1, 2]}",
        ],
        "MAP(VARCHAR, TIMESTAMP_NS[])": ["MAP {}", "MAP {'a': ['2026-01-01'], 'b': NULL}"],
        "STRUCT(x DECIMAL(3,2)[])[2]": ["[{'x': [1.23, NULL]}, NULL]"],
    }
    columns = ", ".join(f'"c {place}" {kind}' for place, kind in enumerate(values))
    live.run(
        "CREATE TYPE mood AS ENUM ('good', 'it''s')",
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns})",
        f"INSERT INTO t VALUES (0, {', '.join(found[0] for found in values.values())})",
    )
    most = max(len(found) for found in values.values())
    inserts = [
        f"INSERT INTO t VALUES ({n + 1}, {', '.join(found[n % len(found)] for found in values.values())})"
        for n in range(most)
    ]
    follow(live, [*inserts, "INSERT INTO t (id) VALUES (-1)"], ["DELETE FROM t WHERE id = 0"])
    assert rows(live.restored, 'SELECT DISTINCT typeof("c 26") FROM t') == [("FLOAT[3]",)]


@pytest.mark.parametrize(
    "kind", ["mood", "TIMESTAMP_S", "TIMESTAMP_NS", "DECIMAL(20,3)", "UUID", "BLOB", "TIME", "UBIGINT"]
)
def test_keys_of_any_exact_type(tmp_path: Path, kind: str) -> None:
    values = {
        "mood": ["'a'", "'b'", "'c'"],
        "TIMESTAMP_S": ["'2026-01-01'", "'2026-01-02'", "'1969-12-31'"],
        "TIMESTAMP_NS": ["'2026-01-01 00:00:00.000000001'", "'2026-01-01 00:00:00.000000002'", "'1970-01-01'"],
        "DECIMAL(20,3)": ["1.001", "-1.001", "0"],
        "UUID": [f"'{letter * 8}-0000-0000-0000-000000000000'" for letter in "abc"],
        "BLOB": ["''", "'\\x00'", "'a'"],
        "TIME": ["'00:00:00'", "'24:00:00'", "'00:00:00.000001'"],
        "UBIGINT": ["0", "18446744073709551615", "1"],
    }[kind]
    live = Live(tmp_path)
    live.run(
        "CREATE TYPE mood AS ENUM ('a', 'b', 'c')",
        f"CREATE TABLE t (k {kind} PRIMARY KEY, v INTEGER)",
        f"INSERT INTO t VALUES ({values[0]}, 1), ({values[1]}, 1)",
    )
    follow(
        live,
        [f"DELETE FROM t WHERE k = {values[0]}", f"INSERT INTO t VALUES ({values[2]}, 2)"],
        [f"INSERT INTO t VALUES ({values[0]}, 3)", f"DELETE FROM t WHERE k = {values[1]}"],
        [f"UPDATE t SET v = 4 WHERE k = {values[2]}"],
    )


def test_names_of_any_kind(tmp_path: Path) -> None:
    live = Live(tmp_path, name="it's ä.duckdb")
    long = "länge " * 50
    live.run(
        'CREATE SCHEMA "a.b ""c"" ;--"',
        'CREATE SCHEMA "order"',
        'CREATE TYPE "order"."type" AS ENUM (\'x\')',
        f'CREATE TABLE "a.b ""c"" ;--"."{long}" '
        f'("select" INTEGER PRIMARY KEY, "FROM ""q""" "order"."type", "{long}" INTEGER)',
        'CREATE TABLE "order"."table" '
        "(k0 INTEGER, touched INTEGER, newest INTEGER, stored INTEGER, PRIMARY KEY (newest, k0))",
        'CREATE TABLE "KeepsCase" ("Id" INTEGER PRIMARY KEY)',
        f'CREATE INDEX "in dex ""1""" ON "a.b ""c"" ;--"."{long}" ("FROM ""q""")',
        'CREATE VIEW "a.b ""c"" ;--"."vi ew" AS SELECT "Id" AS "x y" FROM "KeepsCase"',
        f'INSERT INTO "a.b ""c"" ;--"."{long}" VALUES (1, \'x\', 1), (2, NULL, 1)',
        'INSERT INTO "order"."table" SELECT i, i, i, i FROM range(5) r(i)',
    )
    follow(
        live,
        [f'DELETE FROM "a.b ""c"" ;--"."{long}" WHERE "select" = 1', "INSERT INTO keepscase VALUES (1)"],
        ['UPDATE "order"."table" SET touched = 9 WHERE k0 > 2', 'DELETE FROM "order"."table" WHERE k0 = 1'],
    )


def test_views_indexes_comments_and_types_come_back_as_they_were(tmp_path: Path) -> None:
    live = Live(tmp_path, name="mine.duckdb")
    live.run(
        "CREATE TYPE mood AS ENUM ('good', 'bad')",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, m mood DEFAULT 'good', v VARCHAR CHECK (length(v) < 9), "
        "n INTEGER NOT NULL)",
        "CREATE UNIQUE INDEX u ON t (v)",
        "CREATE INDEX e ON t ((id + 1), n)",
        "CREATE VIEW z AS SELECT id, v FROM t",
        "CREATE VIEW a AS SELECT * FROM z WHERE id > 1",
        "CREATE VIEW qualified AS SELECT count(*) AS n FROM mine.main.t",
        "COMMENT ON TABLE t IS 'it''s a table'",
        "COMMENT ON COLUMN t.v IS 'a column'",
        "COMMENT ON VIEW a IS 'a view'",
        "COMMENT ON INDEX u IS 'an index'",
        "COMMENT ON TYPE mood IS 'a type'",
        "INSERT INTO t VALUES (1, 'bad', 'a', 1), (2, 'good', 'b', 2)",
    )
    follow(live, ["INSERT INTO t (id, n) VALUES (3, 3)"], ["DELETE FROM t WHERE id = 1"])
    with duckdb.connect(str(live.restored)) as owner:
        owner.execute("INSERT INTO t (id, v, n) VALUES (7, 'x', 1)")
        assert owner.execute("SELECT m FROM t WHERE id = 7").fetchall() == [("good",)]
        for wrong in (
            "(7, 'good', 'y', 1)",
            "(8, 'good', 'x', 1)",
            "(9, 'good', 'much too long', 1)",
            "(9, 'good', 'z', NULL)",
        ):
            with pytest.raises(duckdb.ConstraintException):
                owner.execute(f"INSERT INTO t VALUES {wrong}")


def test_a_view_of_what_is_no_longer_there_is_left_out_and_named(tmp_path: Path) -> None:
    live = Live(tmp_path)
    outside = tmp_path / "outside.csv"
    outside.write_text("a,b\n1,2\n")
    live.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY)",
        f"CREATE VIEW outside AS SELECT * FROM read_csv('{outside}')",
        "CREATE TABLE lost (id INTEGER)",
        "CREATE VIEW of_lost AS SELECT * FROM lost",
        "COMMENT ON VIEW of_lost IS 'gone'",
        "DROP TABLE lost",
    )
    outside.unlink()
    live.scan()
    live.run("INSERT INTO t VALUES (1)")
    live.scan()
    assert sorted(live.rebuild().left_out) == ["main.of_lost", "main.outside"]
    assert rows(live.restored, "FROM t") == [(1,)]


def test_generated_columns(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, twice INTEGER GENERATED ALWAYS AS (id * 2) VIRTUAL, v VARCHAR)",
        "INSERT INTO t (id, v) SELECT i, 'v' FROM range(10) r(i)",
    )
    live.scan()
    live.run("UPDATE t SET v = 'w' WHERE id = 3")
    found = live.scan()
    if duckdb.__version__ < "2":
        assert (found.decision, found.reason) == ("image", "database.opaque_table")
        return
    assert found.decision == "delta"
    live.rebuild()
    assert contents(live.restored) == contents(live.path)


@pytest.mark.parametrize(
    ("sql", "method"),
    [
        ("CREATE INDEX i ON t(v);", ""),
        ("CREATE UNIQUE INDEX i ON t USING ART (v);", ""),
        ('CREATE INDEX "USING ""HNSW""" ON t(v);', ""),
        ('CREATE INDEX "a(b" ON "c(" USING HNSW (v);', "HNSW"),
        ("CREATE INDEX i ON memories USING HNSW (embedding) WITH (metric = 'cosine');", "HNSW"),
        ("CREATE INDEX i ON t USING RTREE (shape);", "RTREE"),
        ("CREATE INDEX i ON t((v || ' USING HNSW '));", ""),
    ],
)
def test_indexes_of_extensions_are_told_by_their_ddl(sql: str, method: str) -> None:
    # The vss extension is a download, so the index itself cannot be had here.
    assert index_method(sql) == method


def test_an_index_of_an_extension_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR)",
        "CREATE INDEX ordinary ON t (v)",
        "CREATE INDEX near ON t (id, v)",
        "COMMENT ON INDEX near IS 'x'",
    )
    monkeypatch.setattr("core.database.schema.index_method", lambda sql: "HNSW" if "near" in sql else "")
    found = live.scan()
    assert [n["params"] for n in found.notices if n["code"] == "database.extension_index"] == [
        {"index": "near", "method": "HNSW"}
    ]
    live.run("INSERT INTO t VALUES (1, 'a')")
    live.scan()
    assert live.rebuild().left_out == ("main.near",)
    assert rows(live.restored, "SELECT index_name FROM duckdb_indexes()") == [("ordinary",)]


def test_the_restored_file_can_be_read_by_what_could_read_the_image(tmp_path: Path) -> None:
    live = Live(tmp_path)
    with duckdb.connect() as owner:
        owner.execute(f"ATTACH '{live.path}' AS old (STORAGE_VERSION 'v1.0.0', BLOCK_SIZE 16384)")
        owner.execute("CREATE TABLE old.t (id INTEGER PRIMARY KEY)")
    live.scan()
    live.run("INSERT INTO t VALUES (1)")
    live.scan()
    live.rebuild()
    for path in (live.path, live.restored):
        assert int.from_bytes(path.read_bytes()[12:20], "little") == 64
        assert rows(path, "SELECT block_size FROM pragma_database_size()") == [(16384,)]


def two_deltas(tmp_path: Path) -> Live:
    live = Live(tmp_path)
    live.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR)", "INSERT INTO t SELECT i, 'v' FROM range(50) r(i)")
    live.scan()
    for number in range(2):
        live.run(f"UPDATE t SET v = 'w{number}' WHERE id % 10 = {number}", f"DELETE FROM t WHERE id = {number + 20}")
        live.scan()
    return live


def test_a_missing_or_doubled_or_swapped_delta_is_noticed(tmp_path: Path) -> None:
    live = two_deltas(tmp_path)
    live.run("UPDATE t SET v = 'last' WHERE id = 10")
    live.scan()
    right = live.uploads
    for wrong in (right[1:], right[:1], [], [right[2], right[0], right[1]]):
        live.uploads = wrong
        with pytest.raises(DamageError) as caught:
            live.rebuild()
        assert (caught.value.code, caught.value.params) == ("database.digest_differs", {"table": "main.t"})
        assert list(live.restored.parent.iterdir()) == []
    live.uploads = [*right, right[2]]
    live.rebuild()
    assert contents(live.restored) == contents(live.path)


@pytest.mark.parametrize("wrong", ["rows", "digest", "table", "missing"])
def test_what_is_not_as_recorded_is_never_put_in_place(tmp_path: Path, wrong: str) -> None:
    live = two_deltas(tmp_path)
    (state,) = live.tables
    live.tables = {
        "rows": (replace(state, rows=state.rows + 1),),
        "digest": (replace(state, digest="0" * 32),),
        "table": (state, TableState("main.other", 0, "0" * 32)),
        "missing": (),
    }[wrong]
    live.restored.write_bytes(b"an older file of this name")
    with pytest.raises(DamageError, match="not what was uploaded"):
        live.rebuild()
    assert live.restored.read_bytes() == b"an older file of this name"
    assert len(list(live.restored.parent.iterdir())) == 1


@pytest.mark.parametrize(
    "damage", ["unknown table", "whole", "not whole", "other columns", "junk", "cut", "wrong type", "doubled key"]
)
def test_a_delta_that_does_not_fit_is_damage(tmp_path: Path, damage: str) -> None:
    live = two_deltas(tmp_path)
    delta = live.uploads[1].deltas[0]
    assert delta.rows is not None
    queries = {
        "other columns": "SELECT 1 AS id, 2 AS other",
        "wrong type": "SELECT 'not a number' AS id, 'v' AS v",
        "doubled key": "SELECT 1 AS id, 'v' AS v FROM range(2)",
    }
    if damage == "unknown table":
        delta = replace(delta, name="main.other")
    elif damage == "whole":
        delta = replace(delta, whole=True)
    elif damage == "not whole":
        live.uploads[0] = DeltaFiles((replace(delta, name="main.T"),))
    elif damage in queries:
        with duckdb.connect() as writer:
            writer.execute(f"COPY ({queries[damage]}) TO '{delta.rows}' (FORMAT parquet)")
    elif damage == "junk":
        delta.rows.write_bytes(b"PAR1 and nothing more")
    else:
        delta.rows.write_bytes(delta.rows.read_bytes()[:-20])
    live.uploads[1] = DeltaFiles((delta,))
    with pytest.raises(DamageError) as caught:
        live.rebuild()
    assert caught.value.code == "database.bad_delta"
    assert list(live.restored.parent.iterdir()) == []


def test_an_image_that_cannot_be_opened_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    live = two_deltas(tmp_path)
    live.image.write_bytes(live.image.read_bytes()[:8192])
    with pytest.raises((DatabaseError, duckdb.Error)):
        live.rebuild()
    assert list(live.restored.parent.iterdir()) == []


def test_parents_come_before_children_whatever_their_names(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE z (id INTEGER PRIMARY KEY)",
        'CREATE TABLE "M" (id INTEGER PRIMARY KEY, of INTEGER REFERENCES z (id))',
        "CREATE TABLE a (id INTEGER PRIMARY KEY, of INTEGER REFERENCES m (id))",
    )
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{live.path}' AS {CATALOG} (READ_ONLY)")
        ordered = read_schema(connection, CATALOG).in_order()
    assert ordered is not None
    assert [table.name for table in ordered] == ["z", "M", "a"]

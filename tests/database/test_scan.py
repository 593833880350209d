from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from core.database import Wanted, each_row
from core.database.results import Scan
from tests.database.live import Live, rows

TABLE = (
    "CREATE TABLE memories (id VARCHAR PRIMARY KEY, content VARCHAR, embedding FLOAT[4], tags VARCHAR[], seen DOUBLE)"
)


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> Live:
    """A database of fifty memories that was uploaded once."""
    live = Live(tmp_path_factory.mktemp("uploaded"))
    live.run(
        TABLE,
        "INSERT INTO memories SELECT 'm' || i, 'text ' || i, [i, 1, 2, 3], ['a'], i FROM range(50) r(i)",
    )
    first = live.scan()
    assert (first.decision, first.reason, first.verified) == ("image", "database.first", True)
    return live


@pytest.fixture
def live(uploaded: Live, tmp_path: Path) -> Live:
    """That database, for one test alone."""
    shutil.copytree(uploaded.folder, tmp_path, dirs_exist_ok=True)
    assert uploaded.state is not None
    return replace(uploaded, folder=tmp_path, state=tmp_path / uploaded.state.name, uploads=[])


def changed(found: Scan) -> list[tuple[str, int, int]]:
    assert found.verified
    assert found.decision == "delta"
    return [(delta.name, delta.rows_count, delta.gone_count) for delta in found.deltas]


def codes(found: Scan) -> set[object]:
    return {notice["code"] for notice in found.notices}


def test_nothing_changed(live: Live) -> None:
    found = live.scan()
    assert (found.decision, found.deltas, found.tables) == ("unchanged", (), live.tables)


def test_a_checkpoint_alone_changes_nothing(live: Live) -> None:
    live.run(
        "UPDATE memories SET content = 'x' WHERE id = 'm1'", "UPDATE memories SET content = 'text 1' WHERE id = 'm1'"
    )
    live.run("FORCE CHECKPOINT")
    assert live.scan().decision == "unchanged"


def test_new_changed_and_gone_rows_are_found(live: Live) -> None:
    live.run(
        "INSERT INTO memories VALUES ('new', 'n', NULL, NULL, NULL)",
        "UPDATE memories SET seen = 99 WHERE id IN ('m3', 'm4')",
        "DELETE FROM memories WHERE id = 'm5'",
    )
    found = live.scan()
    assert changed(found) == [("main.memories", 3, 1)]
    (delta,) = found.deltas
    with duckdb.connect() as reader:
        assert reader.execute(f"SELECT id FROM '{delta.rows}' ORDER BY ALL").fetchall() == [("m3",), ("m4",), ("new",)]
        assert reader.execute(f"FROM '{delta.gone}'").fetchall() == [("m5",)]
    assert live.scan().decision == "unchanged"


KEY = Wanted("Key[0-9]", "Key")


def picked(found: Scan) -> list[tuple[str, list[object], tuple[int, ...]]]:
    return [(table, [row["id"] for row in each_row(rows)], rows.numbers) for table, rows in found.found]


def test_what_is_looked_for_is_found_in_what_goes_up(live: Live) -> None:
    live.run("UPDATE memories SET content = 'Key1' WHERE id = 'm1'")
    live.scan()
    live.run(
        "INSERT INTO memories VALUES ('new', 'n', NULL, ['x', 'the Key3'], NULL)",
        "UPDATE memories SET content = 'Keyless' WHERE id = 'm3'",
        "UPDATE memories SET content = 'ü Key2' WHERE id = 'm4'",
    )
    delta = live.scan(KEY)
    assert (delta.decision, picked(delta)) == ("delta", [("main.memories", ["m4", "new"], (2, 3))])
    assert (live.scan(KEY).decision, live.scan(KEY).found) == ("unchanged", ())
    image = live.scan(KEY, forget=True)
    assert (image.decision, picked(image)) == ("image", [("main.memories", ["m1", "m4", "new"], (2, 5, 51))])
    assert image.found[0][1].of == 51
    assert live.scan(KEY, forget=True, searched=True).found == ()


def test_rows_of_a_table_without_a_key_or_with_a_rowid_of_its_own_are_looked_at(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run("CREATE TABLE a (id INTEGER, said VARCHAR)", "CREATE TABLE b (id INTEGER, rowid VARCHAR)")
    live.scan()
    live.run("INSERT INTO a VALUES (1, 'x'), (2, 'Key1')", "INSERT INTO b VALUES (1, 'Key1'), (2, NULL)")
    assert picked(live.scan(KEY)) == [("main.a", [2], (2,)), ("main.b", [1], (1,))]


def test_a_search_that_fails_is_no_file_that_is_closed_to_us(live: Live) -> None:
    with pytest.raises(duckdb.Error):
        live.scan(Wanted("Key", "("), forget=True)


def test_rows_that_are_still_in_the_wal_count(live: Live) -> None:
    with duckdb.connect(str(live.path)) as owner:
        owner.execute("PRAGMA disable_checkpoint_on_shutdown")
        owner.execute("DELETE FROM memories WHERE id = 'm1'")
    assert Path(f"{live.path}.wal").stat().st_size
    assert changed(live.scan()) == [("main.memories", 0, 1)]


def test_the_digest_of_a_delta_is_that_of_a_full_read(live: Live) -> None:
    live.run("UPDATE memories SET embedding = [9, 9, 9, 9] WHERE seen > 40", "DELETE FROM memories WHERE seen < 3")
    found = live.scan()
    assert live.check(live.path) == found.tables


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        ("tags", "NULL", "[]"),
        ("tags", "[]", "[NULL]"),
        ("tags", "[NULL]", "[NULL, NULL]"),
        ("tags", "['a, b']", "['a', 'b']"),
        ("tags", "['NULL']", "[NULL]"),
        ("embedding", "NULL", "[NULL, NULL, NULL, NULL]"),
        ("embedding", "[NULL, 1, 1, 1]", "[1, NULL, 1, 1]"),
        ("embedding", "[0, 1, 1, 1]", "['-0.0', '1', '1', '1']"),
        ("seen", "0", "'-0.0'"),
        ("seen", "NULL", "'nan'"),
        ("seen", "'-0.0'", "NULL"),
        ("content", "''", "NULL"),
        ("content", "'NULL'", "NULL"),
    ],
)
def test_values_that_look_alike_are_told_apart(live: Live, column: str, before: str, after: str) -> None:
    # An UPDATE would not do: DuckDB itself takes 0.0 for -0.0 and leaves the row as it is.
    live.run("DELETE FROM memories WHERE id = 'm1'", f"INSERT INTO memories (id, {column}) VALUES ('m1', {before})")
    live.scan()
    live.run("DELETE FROM memories WHERE id = 'm1'", f"INSERT INTO memories (id, {column}) VALUES ('m1', {after})")
    assert changed(live.scan()) == [("main.memories", 1, 0)]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE memories ADD COLUMN more INTEGER",
        "ALTER TABLE memories ALTER COLUMN content SET DEFAULT 'x'",
        "ALTER TABLE memories ALTER COLUMN content SET NOT NULL",
        "ALTER TABLE memories RENAME COLUMN content TO body",
        "CREATE TABLE other (id INTEGER)",
        "DROP TABLE memories",
        "CREATE INDEX by_content ON memories (content)",
        "CREATE VIEW v AS SELECT 1 AS one",
        "CREATE TYPE mood AS ENUM ('good')",
        "CREATE SCHEMA more",
        "COMMENT ON TABLE memories IS 'mine'",
    ],
)
def test_a_changed_schema_needs_an_image(live: Live, statement: str) -> None:
    live.run(statement)
    found = live.scan()
    assert (found.decision, found.reason) == ("image", "database.schema_changed")
    assert live.scan().decision == "unchanged"


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE SEQUENCE s"],
        ["CREATE SEQUENCE s", "CREATE TABLE t (id INTEGER PRIMARY KEY DEFAULT nextval('s'))"],
        ["CREATE MACRO twice(x) AS x * 2"],
        ["CREATE TYPE whole AS INTEGER"],
        ["CREATE SCHEMA temp_ ", "CREATE MACRO temp_.f(x) AS TABLE SELECT x AS y"],
    ],
)
def test_what_a_delta_cannot_carry_is_named_and_needs_an_image(live: Live, statements: list[str]) -> None:
    live.run(*statements)
    live.scan()
    live.run("DELETE FROM memories WHERE id = 'm1'")
    found = live.scan()
    assert (found.decision, found.reason) == ("image", "database.uncarriable_object")
    assert live.scan().decision == "unchanged"


def test_a_macro_that_changed_is_a_changed_schema(live: Live) -> None:
    live.run("CREATE MACRO twice(x) AS x * 2")
    live.scan()
    live.run("CREATE OR REPLACE MACRO twice(x) AS x + x")
    assert live.scan().reason == "database.schema_changed"


def test_a_sequence_that_moved_is_not_unchanged(live: Live) -> None:
    live.run("CREATE SEQUENCE s", "SELECT nextval('s')")
    live.scan()
    live.run("SELECT nextval('s')")
    assert live.scan().decision == "image"


@pytest.mark.parametrize(
    ("kind", "value", "other"),
    [
        ("HUGEINT", "1", "2"),
        ("UHUGEINT", "1", "2"),
        ("INTERVAL", "INTERVAL 1 MONTH", "INTERVAL 30 DAY"),
        ("TIMETZ", "'12:00:00+01'", "'11:00:00+00'"),
        ("BIT", "'0101'", "'0100'"),
        ("UNION(a INTEGER, b VARCHAR)", "1", "'1'"),
        ("INTERVAL[]", "[INTERVAL 1 DAY]", "[INTERVAL 24 HOUR]"),
        ("STRUCT(a HUGEINT)", "{'a': 1}", "{'a': 2}"),
    ],
)
def test_types_that_parquet_would_change_need_an_image(tmp_path: Path, kind: str, value: str, other: str) -> None:
    live = Live(tmp_path)
    live.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {kind})", f"INSERT INTO t VALUES (1, {value})")
    assert "database.uncarriable_type" in codes(live.scan())
    assert live.scan().decision == "unchanged"
    live.run("DELETE FROM t", f"INSERT INTO t VALUES (1, {other})")
    found = live.scan()
    assert (found.decision, found.reason) == ("image", "database.uncarriable_type")


def test_a_small_table_without_a_key_goes_whole(live: Live) -> None:
    live.run("CREATE TABLE log (line VARCHAR)", "INSERT INTO log VALUES ('a'), ('a'), ('b')")
    found = live.scan()
    assert "database.table_without_key" in codes(found)
    assert live.scan().decision == "unchanged"
    live.run("INSERT INTO log VALUES ('a')")
    found = live.scan()
    assert changed(found) == [("main.log", 4, 0)]
    assert found.deltas[0].whole
    live.run("DELETE FROM log")
    found = live.scan()
    assert (found.deltas[0].rows, found.deltas[0].rows_count, found.deltas[0].whole) == (None, 0, True)


def test_a_large_table_without_a_key_needs_an_image(live: Live) -> None:
    live.run("CREATE TABLE log (line VARCHAR)", "INSERT INTO log SELECT md5(i::VARCHAR) FROM range(60000) r(i)")
    live.scan()
    live.run("INSERT INTO log VALUES ('one more')")
    found = live.scan()
    assert (found.decision, found.reason, found.deltas) == ("image", "database.table_without_key", ())


@pytest.mark.parametrize(
    "table",
    [
        "t (a INTEGER, b INTEGER, v INTEGER, PRIMARY KEY (a, b))",
        "t (a INTEGER NOT NULL, b INTEGER NOT NULL, v INTEGER, UNIQUE (b, a))",
        "t (a INTEGER, b INTEGER NOT NULL UNIQUE, v INTEGER)",
        "t (a INTEGER UNIQUE, b INTEGER NOT NULL, v INTEGER); CREATE UNIQUE INDEX u ON t (b)",
    ],
)
def test_composite_and_unique_keys_tell_rows_apart(tmp_path: Path, table: str) -> None:
    live = Live(tmp_path)
    live.run(f"CREATE TABLE {table}", "INSERT INTO t SELECT i, i, 0 FROM range(30) r(i)")
    live.scan()
    live.run("UPDATE t SET v = 1 WHERE a = 5", "DELETE FROM t WHERE b = 7")
    assert changed(live.scan()) == [("main.t", 1, 1)]


@pytest.mark.parametrize(
    "table",
    [
        "t (a INTEGER UNIQUE, v INTEGER)",
        "t (a DOUBLE PRIMARY KEY, v INTEGER)",
        "t (a VARCHAR COLLATE NOCASE PRIMARY KEY, v INTEGER)",
        "t (a VARCHAR NOT NULL, v INTEGER); CREATE UNIQUE INDEX u ON t (lower(a))",
    ],
)
def test_a_key_by_which_two_rows_could_be_taken_for_one_is_no_key(tmp_path: Path, table: str) -> None:
    live = Live(tmp_path)
    live.run(f"CREATE TABLE {table}", "INSERT INTO t VALUES ('1', 2)")
    assert "database.table_without_key" in codes(live.scan())


def test_foreign_keys_in_a_circle_need_an_image(live: Live) -> None:
    live.run(
        "CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES node (id))",
        "INSERT INTO node VALUES (1, NULL)",
    )
    assert "database.foreign_key_cycle" in codes(live.scan())
    live.run("INSERT INTO node VALUES (2, 1)")
    found = live.scan()
    assert (found.decision, found.reason) == ("image", "database.foreign_key_cycle")


def test_a_column_named_rowid_is_not_taken_for_duckdbs_own(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run("CREATE TABLE t (rowid INTEGER PRIMARY KEY, v VARCHAR)", "INSERT INTO t VALUES (7, 'a'), (9, 'b')")
    assert "database.opaque_table" in codes(live.scan())
    assert live.scan().decision == "unchanged"
    live.run("UPDATE t SET v = 'c' WHERE rowid = 9")
    assert live.scan().decision == "image"


def test_a_database_without_tables_is_scanned(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run("SELECT 1", "CHECKPOINT")
    found = live.scan()
    assert (found.decision, found.tables) == ("image", ())
    assert live.scan().decision == "unchanged"


def test_an_empty_table_has_the_digest_zero(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run(TABLE)
    assert live.scan().tables[0].digest == "0" * 32
    live.run("INSERT INTO memories (id) VALUES ('first')")
    assert changed(live.scan()) == [("main.memories", 1, 0)]
    live.run("DELETE FROM memories")
    assert changed(live.scan()) == [("main.memories", 0, 1)]


def test_names_of_any_kind_are_scanned(tmp_path: Path) -> None:
    live = Live(tmp_path, name="it's ä.duckdb")
    long = "long " * 60
    live.run(
        'CREATE SCHEMA "Schéma ""x"" a.b"',
        f'CREATE TABLE "Schéma ""x"" a.b"."{long}" '
        '("select" INTEGER PRIMARY KEY, "from;--" VARCHAR, "ÄÖ ""q""" FLOAT[2])',
        f'INSERT INTO "Schéma ""x"" a.b"."{long}" VALUES (1, \'a\', [1, 2]), (2, \'b\', NULL)',
        'CREATE TABLE "memories" ("Id" INTEGER PRIMARY KEY, "order" VARCHAR)',
        "INSERT INTO memories VALUES (1, 'x')",
    )
    live.scan()
    live.run(f'UPDATE "Schéma ""x"" a.b"."{long}" SET "from;--" = \'c\' WHERE "select" = 2', "DELETE FROM MEMORIES")
    found = live.scan()
    assert changed(found) == [(f'"Schéma ""x"" a.b".{long}', 1, 0), ("main.memories", 0, 1)]


def test_a_state_of_another_duckdb_is_not_compared(live: Live) -> None:
    assert live.state is not None
    meta = json.loads((live.state / "meta.json").read_text())
    (live.state / "meta.json").write_text(json.dumps(meta | {"duckdb": "1.0.0"}))
    assert live.scan().reason == "database.reader_changed"


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "junk", "no meta"])
def test_a_damaged_state_means_an_image_never_a_wrong_delta(live: Live, damage: str) -> None:
    assert live.state is not None
    rows_file, meta = live.state / "0.parquet", live.state / "meta.json"
    data = bytearray(rows_file.read_bytes())
    data[len(data) // 3] ^= 4
    actions = {
        "flip": lambda: rows_file.write_bytes(data),
        "cut": lambda: os.truncate(rows_file, len(data) - 9),
        "gone": rows_file.unlink,
        "junk": lambda: meta.write_text('{"format": 1, "tables": []}'),
        "no meta": meta.unlink,
    }
    actions[damage]()
    found = live.scan()
    assert (found.decision, found.reason) == ("image", "database.first")
    assert live.check(live.path) == found.tables


def test_an_old_state_is_never_changed(live: Live) -> None:
    assert live.state is not None
    old = live.state
    before = {file.name: file.read_bytes() for file in old.iterdir()}
    live.scan()
    live.run("DELETE FROM memories WHERE id = 'm1'")
    live.scan()
    assert {file.name: file.read_bytes() for file in old.iterdir()} == before


def test_values_of_a_delta_are_the_live_ones_bit_for_bit(live: Live) -> None:
    live.run("UPDATE memories SET seen = '-0.0', embedding = ['nan', '-0.0', 'inf', NULL] WHERE id = 'm1'")
    (delta,) = live.scan().deltas
    with duckdb.connect() as reader:
        found = reader.execute(f"SELECT seen::VARCHAR, embedding::FLOAT[4]::VARCHAR FROM '{delta.rows}'").fetchall()
    assert found == rows(live.path, "SELECT seen::VARCHAR, embedding::VARCHAR FROM memories WHERE id = 'm1'")
    assert found == [("-0.0", "[nan, -0.0, inf, NULL]")]

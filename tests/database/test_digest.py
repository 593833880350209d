from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database import digest
from core.database.connection import connect
from core.database.results import TableState
from core.database.schema import read_schema
from tests.database import stranger
from tests.database.live import Live

NAN, INF = math.nan, math.inf

# What a column is in SQL and for the stranger, and each value for both.
VALUES: list[tuple[str, stranger.Type, list[tuple[str, Any]]]] = [
    ("BOOLEAN", "BOOLEAN", [("true", True), ("false", False), ("NULL", None)]),
    ("TINYINT", "TINYINT", [("-128", -128), ("0", 0), ("NULL", None)]),
    ("UBIGINT", "UBIGINT", [("18446744073709551615", 2**64 - 1)]),
    ("HUGEINT", "HUGEINT", [("-170141183460469231731687303715884105728", -(2**127)), ("NULL", None)]),
    ("UHUGEINT", "UHUGEINT", [("340282366920938463463374607431768211455", 2**128 - 1)]),
    ("DECIMAL(5,2)", ("DECIMAL", 2), [("1.50", "1.50"), ("-0.01", "-0.01"), ("0", "0"), ("NULL", None)]),
    ("DECIMAL(2,2)", ("DECIMAL", 2), [("-.5", "-.5"), (".07", ".07")]),
    ("DECIMAL(38,0)", ("DECIMAL", 0), [("9" * 38, "9" * 38), ("-" + "9" * 38, "-" + "9" * 38)]),
    (
        "FLOAT",
        "FLOAT",
        [("0", 0.0), ("'-0.0'", -0.0), ("'nan'", NAN), ("'inf'", INF), ("'-inf'", -INF), ("'1e-45'", 1e-45)],
    ),
    ("DOUBLE", "DOUBLE", [("'-0.0'", -0.0), ("'nan'", NAN), ("0.1", 0.1), ("'5e-324'", 5e-324), ("NULL", None)]),
    ("VARCHAR", "VARCHAR", [("''", ""), ("'häß 😀 ;:'", "häß 😀 ;:"), ("chr(0) || 'x'", "\0x"), ("'N;'", "N;")]),
    ("JSON", "VARCHAR", [('\'{"b": 1,  "a": null}\'', '{"b": 1,  "a": null}'), ("NULL", None)]),
    ("BLOB", "BLOB", [("''", b""), ("'\\x00\\xFF'", b"\0\xff"), ("NULL", None)]),
    ("UUID", "UUID", [("'AAAAAAAA-0000-0000-0000-FFFFFFFFFFFF'", "aaaaaaaa-0000-0000-0000-ffffffffffff")]),
    ("ENUM('a;', 'it''s')", "ENUM", [("'a;'", "a;"), ("'it''s'", "it's"), ("NULL", None)]),
    (
        "DATE",
        "DATE",
        [
            ("'1969-12-31'", -1),
            ("'5877642-06-25 (BC)'", -2147483646),
            ("'5881580-07-10'", 2147483646),
            ("'infinity'", 2147483647),
            ("'-infinity'", -2147483647),
        ],
    ),
    ("TIME", "TIME", [("'00:00:00'", 0), ("'23:59:59.999999'", 86399999999), ("'24:00:00'", 86400000000)]),
    (
        "TIMESTAMP",
        "TIMESTAMP",
        [
            ("'1969-12-31 23:59:59.999999'", -1),
            ("'290309-12-22 (BC) 00:00:00'", -9223372022400000000),
            ("'294247-01-10 04:00:54.775806'", 9223372036854775806),
            ("'infinity'", "inf"),
            ("'-infinity'", "-inf"),
            ("NULL", None),
        ],
    ),
    ("TIMESTAMP_S", "TIMESTAMP_S", [("'2026-01-01'", 1767225600000000), ("'infinity'", "inf")]),
    ("TIMESTAMP_MS", "TIMESTAMP_MS", [("'2026-01-01 00:00:00.123'", 1767225600123000), ("'-infinity'", "-inf")]),
    ("TIMESTAMPTZ", "TIMESTAMPTZ", [("'2026-01-01 01:00:00+01'", 1767225600000000), ("'infinity'", "inf")]),
    ("TIMESTAMP_NS", "TIMESTAMP_NS", [("'2026-01-01 00:00:00.123456789'", 1767225600123456789), ("'infinity'", "inf")]),
    ("VARCHAR[]", ("LIST", "VARCHAR"), [("[]", []), ("NULL", None), ("[NULL]", [None]), ("['a', '']", ["a", ""])]),
    ("INTEGER[2]", ("LIST", "INTEGER"), [("[1, NULL]", [1, None]), ("NULL", None)]),
    (
        "INTEGER[][]",
        ("LIST", ("LIST", "INTEGER")),
        [("[[1], [], NULL]", [[1], [], None]), ("[]", [])],
    ),
    ("FLOAT[][]", ("LIST", ("LIST", "FLOAT")), [("[['-0.0', 'nan'], NULL]", [[-0.0, NAN], None])]),
    (
        "FLOAT[]",
        ("LIST", "FLOAT"),
        [
            ("[]", []),
            ("NULL", None),
            ("[NULL]", [None]),
            ("[NULL, 1.5, NULL]", [None, 1.5, None]),
            ("['-0.0', '0.0', 'nan', 'inf', '-inf']", [-0.0, 0.0, NAN, INF, -INF]),
        ],
    ),
    (
        "DOUBLE[2]",
        ("LIST", "DOUBLE"),
        [("['0.1', 'nan']", [0.1, NAN]), ("[NULL, '-0.0']", [None, -0.0]), ("NULL", None)],
    ),
    (
        'STRUCT(a INTEGER, "b c" VARCHAR[], d STRUCT(e DATE))',
        ("STRUCT", ["INTEGER", ("LIST", "VARCHAR"), ("STRUCT", ["DATE"])]),
        [
            ("{'a': 1, 'b c': ['x', NULL], 'd': {'e': '1970-01-02'}}", [1, ["x", None], [1]]),
            ("{'a': NULL, 'b c': NULL, 'd': {'e': NULL}}", [None, None, [None]]),
            ("{'a': NULL, 'b c': NULL, 'd': NULL}", [None, None, None]),
            ("NULL", None),
        ],
    ),
    (
        "MAP(VARCHAR, DOUBLE[])",
        ("MAP", "VARCHAR", ("LIST", "DOUBLE")),
        [("MAP {'k': [1.0], 'j': NULL}", [("k", [1.0]), ("j", None)]), ("MAP {}", []), ("NULL", None)],
    ),
]


def state(path: Path, spill: Path) -> TableState:
    with connect([path.parent], spill, "96MB") as connection:
        connection.execute(f"ATTACH '{path}' AS x (READ_ONLY)")
        (table,) = read_schema(connection, "x").tables
        return digest.table_state(connection, "x", table)


@pytest.mark.parametrize(("sql", "kind", "values"), VALUES, ids=[sql for sql, _, _ in VALUES])
def test_a_stranger_computes_the_same_digest(
    tmp_path: Path, sql: str, kind: stranger.Type, values: list[tuple[str, Any]]
) -> None:
    live = Live(tmp_path)
    live.run(
        f"CREATE TABLE t (id INTEGER, v {sql})",
        *(f"INSERT INTO t VALUES ({number}, {literal})" for number, (literal, _) in enumerate(values)),
    )
    expected = stranger.table_digest(["INTEGER", kind], [(i, value) for i, (_, value) in enumerate(values)])
    assert state(live.path, tmp_path / "spill") == TableState("main.t", len(values), expected)


def test_a_stranger_computes_the_same_digest_of_all_types_in_one_table(tmp_path: Path) -> None:
    live = Live(tmp_path)
    columns = ", ".join(f'"column {number}" {sql}' for number, (sql, _, _) in enumerate(VALUES))
    live.run(
        f"CREATE TABLE t ({columns})",
        f"INSERT INTO t VALUES ({', '.join(values[0][0] for *_, values in VALUES)})",
        f"INSERT INTO t VALUES ({', '.join(values[-1][0] for *_, values in VALUES)})",
    )
    expected = stranger.table_digest(
        [kind for _, kind, _ in VALUES],
        [tuple(values[place][1] for *_, values in VALUES) for place in (0, -1)],
    )
    assert state(live.path, tmp_path / "spill").digest == expected


def test_the_order_of_rows_does_not_matter_but_a_second_equal_row_does(tmp_path: Path) -> None:
    digests = []
    for number, values in enumerate(["(1), (2)", "(2), (1)", "(1), (2), (2)", "(1), (2), (2), (2)"]):
        live = Live(tmp_path / str(number))
        live.run("CREATE TABLE t (v INTEGER)", f"INSERT INTO t VALUES {values}")
        digests.append(state(live.path, live.folder / "spill").digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


@pytest.mark.parametrize("values", [["'ab', 'c'", "'a', 'bc'"], ["NULL, 'N;'", "'N;', NULL"], ["'', NULL", "NULL, ''"]])
def test_text_cannot_move_from_one_column_into_the_next(tmp_path: Path, values: list[str]) -> None:
    digests = []
    for number, row in enumerate(values):
        live = Live(tmp_path / str(number))
        live.run("CREATE TABLE t (a VARCHAR, b VARCHAR)", f"INSERT INTO t VALUES ({row})")
        digests.append(state(live.path, live.folder / "spill").digest)
    assert digests[0] != digests[1]


def test_vectors_swapped_between_rows_are_noticed(tmp_path: Path) -> None:
    digests = []
    for number, rows in enumerate(["(1, [1.0]), (2, [2.0])", "(1, [2.0]), (2, [1.0])"]):
        live = Live(tmp_path / str(number))
        live.run("CREATE TABLE t (id INTEGER, v FLOAT[])", f"INSERT INTO t VALUES {rows}")
        digests.append(state(live.path, live.folder / "spill").digest)
    assert digests[0] != digests[1]


def test_a_table_with_an_undefined_type_has_no_digest(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run("CREATE TABLE t (v INTERVAL)", "INSERT INTO t VALUES (INTERVAL 1 DAY)")
    assert state(live.path, tmp_path / "spill") == TableState("main.t", 1, "")


def test_few_rows_without_numpy_and_many_with_it_have_the_same_digests(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE t (id INTEGER, a FLOAT[3], b DOUBLE[])",
        "INSERT INTO t SELECT i, [i, NULL, '-0.0'::FLOAT], CASE WHEN i % 3 = 0 THEN NULL WHEN i % 3 = 1 THEN [] "
        "ELSE [i / 7, 'nan'::DOUBLE, NULL, 'inf'::DOUBLE] END FROM range(5000) r(i)",
        "INSERT INTO t SELECT i, [i, 2, 3], [i] FROM range(5000) r(i)",
        "DELETE FROM t WHERE id % 1000 = 3",
    )
    with connect([live.path.parent], tmp_path / "spill", "96MB") as connection:
        connection.execute(f"ATTACH '{live.path}' AS x (READ_ONLY)")
        (table,) = read_schema(connection, "x").tables
        everything = dict(digest.row_digests(connection, "x", table))
        some = sorted(everything)[::11]
        few = [
            pair
            for start in range(0, len(some), 100)
            for pair in digest.row_digests(connection, "x", table, some[start : start + 100])
        ]
        many = dict(digest.row_digests(connection, "x", table, sorted(everything)[:4000]))
    assert len(everything) == 9990
    assert dict(few) == {row: everything[row] for row in some}
    assert many == {row: everything[row] for row in sorted(everything)[:4000]}


ELEMENTS = st.none() | st.floats(width=32)


@given(st.lists(st.lists(ELEMENTS, max_size=5) | st.none(), max_size=8))
def test_packing_lists_gives_the_strangers_bytes(vectors: list[list[float | None] | None]) -> None:
    assert [digest._packed(values, "f") for values in vectors] == [stranger.vector("FLOAT", v) for v in vectors]


@given(
    st.integers(0, 4).flatmap(lambda n: st.lists(st.lists(ELEMENTS, min_size=n, max_size=n) | st.none(), max_size=8))
)
def test_packing_many_arrays_at_once_gives_the_strangers_bytes(vectors: list[list[float | None] | None]) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (place INTEGER, v FLOAT[])")
        for place, values in enumerate(vectors):
            connection.execute("INSERT INTO t VALUES (?, ?)", [place, values])
        arrays = connection.execute("SELECT v FROM t ORDER BY place").fetchnumpy()["v"]
    assert digest._packed_arrays(arrays, "f", "<f4") == [stranger.vector("FLOAT", values) for values in vectors]


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.text() | st.none(), st.binary()), max_size=20))
def test_random_rows_have_the_strangers_digest(rows: list[tuple[int, str | None, bytes]]) -> None:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS x")
        connection.execute("CREATE TABLE x.t (a BIGINT, b VARCHAR, c BLOB)")
        for row in rows:
            connection.execute("INSERT INTO x.t VALUES (?, ?, ?)", row)
        (table,) = read_schema(connection, "x").tables
        found = digest.table_state(connection, "x", table)
    assert found.digest == stranger.table_digest(["BIGINT", "VARCHAR", "BLOB"], rows)

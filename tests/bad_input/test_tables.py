"""Databases of every awkward kind, changed over several syncs by real processes and restored, row for row."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bad_input.person import Person, rows_of

WITH_HNSW = (sys.executable, "-I", str(Path(__file__).with_name("hnsw_cogzy.py")))


@dataclass(frozen=True)
class Story:
    """A database: what its owner does before each sync, and how its changes have to go up."""

    name: str
    goes: str
    rounds: tuple[tuple[str, ...], ...]


STORIES = (
    Story(
        "composite-key",
        "rows",
        (
            (
                "CREATE TABLE t(day DATE, place VARCHAR, n INTEGER, PRIMARY KEY(day, place))",
                "INSERT INTO t SELECT DATE '2026-01-01' + i::INT, 'p' || j, i FROM range(40) a(i), range(5) b(j)",
            ),
            ("UPDATE t SET n = -n WHERE place = 'p3'", "DELETE FROM t WHERE place = 'p4' AND n < 10"),
            ("INSERT INTO t VALUES ('2026-01-01', 'p4', 99)", "UPDATE t SET place = 'p5' WHERE place = 'p1'"),
            ("DELETE FROM t WHERE n = 99",),
        ),
    ),
    Story(
        "parents-that-change",
        "rows",
        (
            (
                "CREATE TABLE parent(id INTEGER PRIMARY KEY, name VARCHAR)",
                "CREATE TABLE child(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent(id), text VARCHAR)",
                "INSERT INTO parent SELECT i, 'p' || i FROM range(30) t(i)",
                "INSERT INTO child SELECT i, i % 30, 'c' || i FROM range(300) t(i)",
            ),
            ("UPDATE parent SET name = 'renamed' WHERE id < 5",),
            (
                "DELETE FROM child WHERE parent = 7",
                "DELETE FROM parent WHERE id = 7",
                "INSERT INTO parent VALUES (7, 'again'), (100, 'new')",
                "INSERT INTO child VALUES (1000, 7, 'again'), (1001, 100, 'new')",
            ),
            ("UPDATE child SET parent = 100 WHERE parent = 3", "DELETE FROM parent WHERE id = 3"),
        ),
    ),
    Story(
        "null-and-empty",
        "rows",
        (
            (
                "CREATE TABLE t(id INTEGER PRIMARY KEY, l VARCHAR[], f FLOAT[3], d DOUBLE, s STRUCT(a INT[]), x TEXT)",
                "INSERT INTO t VALUES (1, NULL, NULL, 0.0, NULL, NULL), (2, [], [1, 2, 3], -0.0, {'a': []}, ''), "
                "(3, [NULL], [0, NULL, 0], 'nan', {'a': NULL}, 'x'), (4, [''], [1, 2, 3], 'inf', {'a': [NULL]}, ' ')",
            ),
            ("UPDATE t SET l = [] WHERE id = 1", "UPDATE t SET d = -0.0 WHERE id = 1"),
            ("UPDATE t SET l = NULL WHERE id = 2", "UPDATE t SET s = {'a': []} WHERE id = 3"),
            ("UPDATE t SET l = [NULL] WHERE id = 1", "UPDATE t SET x = NULL WHERE id = 2"),
        ),
    ),
    Story(
        "deleted-and-reborn",
        "rows",
        (
            (
                "CREATE TABLE t(id VARCHAR PRIMARY KEY, v INTEGER)",
                "INSERT INTO t SELECT 'k' || i, i FROM range(200) r(i)",
            ),
            ("DELETE FROM t WHERE v < 20",),
            ("INSERT INTO t VALUES ('k3', 33), ('k4', 4)",),
            ("DELETE FROM t WHERE id = 'k3'", "INSERT INTO t VALUES ('k5', 5)"),
        ),
    ),
    Story(
        "no-key-small",
        "rows",
        (
            ("CREATE TABLE t(v INTEGER)", "INSERT INTO t SELECT i % 7 FROM range(500) r(i)"),
            ("INSERT INTO t VALUES (3), (3), (NULL)",),
            ("DELETE FROM t WHERE v = 5",),
            ("INSERT INTO t VALUES (5)",),
        ),
    ),
    Story(
        "hugeint-and-interval",
        "image",
        (
            (
                "CREATE TABLE t(id INTEGER PRIMARY KEY, h HUGEINT, w INTERVAL)",
                "INSERT INTO t SELECT i, i::HUGEINT << 90, i * INTERVAL 1 MONTH FROM range(100) r(i)",
            ),
            ("UPDATE t SET h = -h WHERE id < 9",),
            ("UPDATE t SET w = w + INTERVAL 3 SECOND WHERE id > 90",),
            ("DELETE FROM t WHERE id % 2 = 0",),
        ),
    ),
    Story(
        "changing-tables",
        "image",
        (
            (
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v VARCHAR)",
                "INSERT INTO t SELECT i, 'v' || i FROM range(99) r(i)",
            ),
            ("ALTER TABLE t ADD COLUMN more INTEGER DEFAULT 5", "UPDATE t SET more = id WHERE id < 9"),
            ("CREATE TABLE u(id INTEGER PRIMARY KEY)", "INSERT INTO u VALUES (1)", "ALTER TABLE t RENAME v TO text"),
            ("DROP TABLE u", "CREATE INDEX i ON t(text)", "INSERT INTO t(id) VALUES (1000)"),
        ),
    ),
)


@pytest.fixture
def owner(tmp_path: Path) -> Person:
    return Person(tmp_path)


def watch(person: Person, *names: str) -> dict[str, Path]:
    """Add databases of these names to the sources of the person."""
    paths = {name: person.folder / "home" / name / f"{name}.duckdb" for name in names}
    for path in paths.values():
        path.parent.mkdir(parents=True)
    extra = [{"name": name, "kind": "duckdb", "path": str(path)} for name, path in paths.items()]
    person.environ["COGZY_SOURCES_EXTRA"] = json.dumps(extra)
    return paths


def test_every_kind_of_table_comes_back_row_for_row_through_several_syncs(owner: Person) -> None:
    paths = watch(owner, *(story.name for story in STORIES))
    truths, uploads = [], []
    for number in range(4):
        for story in STORIES:
            owner.sql(*story.rounds[number], path=paths[story.name])
        said = owner.sync()
        assert said.answer["not_copied"] == []
        uploads.append(said.answer["upload_id"])
        truths.append({f"sources/{name}/{path.name}": rows_of(path) for name, path in paths.items()})
        as_image = {n["params"]["name"] for n in said.answer["notices"] if n["code"] == "sources.image_needed"}
        assert as_image == ({story.name for story in STORIES if story.goes == "image"} if number else set())
    for upload, truth in (("latest", truths[3]), (uploads[1], truths[1])):
        back = owner.restored(upload)
        assert back.keys() == truth.keys()
        for name in truth:
            assert back[name] == truth[name], (upload, name)


def test_a_large_table_without_a_key_goes_up_hourly_and_at_once_when_asked(owner: Person) -> None:
    path = watch(owner, "large")["large"]
    name = f"sources/large/{path.name}"
    owner.sql("CREATE TABLE t(v VARCHAR)", "INSERT INTO t SELECT md5(i::VARCHAR) FROM range(100000) r(i)", path=path)
    owner.sync()
    before = rows_of(path)
    owner.sql("INSERT INTO t VALUES ('new'), ('new')", path=path)
    said = owner.run("sync")
    assert said.code == 0
    assert "Up to date" not in said.out
    assert "A database is sent once an hour" in said.out
    assert "A table has no key" in said.out
    assert "cogzy sync --full" in said.out
    assert owner.restored()[name] == before
    owner.sync("--full")
    assert owner.restored()[name] == rows_of(path)


def test_an_hnsw_index_is_named_and_left_to_its_owner(owner: Person) -> None:
    """The extension is a download, so an ordinary index named `near` is taken for one (see hnsw_cogzy)."""
    owner.program = WITH_HNSW
    owner.converse(0, 100)
    owner.sql("CREATE INDEX near ON conversations_v2(content)", "CREATE INDEX plain ON conversations_v2(content)")
    owner.sync()
    owner.converse(100, 110)
    said = owner.sync()
    assert "sources.image_needed" not in said.notices, "the rows go up as rows"
    to = owner.folder / "to"
    restored = owner.cogzy("restore", "latest", "--to", str(to)).answer
    path = "sources/session-buddy-reflection/reflection.duckdb"
    assert restored["left_out"] == [f"{path}: main.near"]
    assert rows_of(to / path) == rows_of(owner.database)
    again = owner.run("restore", "latest", "--to", str(owner.folder / "again"))
    assert "Left out, for its owner to make again" in again.out
    assert "main.near" in again.out

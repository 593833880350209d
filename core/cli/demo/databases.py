"""Two databases with Session-Buddy's tables: made, written without a break by a process of their own, and judged.

Invariants that one transaction keeps and half of one breaks; n is the number of transactions:
- reflection.duckdb: the newest 50 conversations `live-…` are there without a gap, each with its two reflections,
  and the access counts of all reflections sum up to n.
- knowledge_graph.duckdb: entities `live-1` to `live-n` are there, each with three relationships, and both ends of every
  relationship are there.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

import duckdb

from core.cli.demo.words import WORDS

REFLECTION = "reflection.duckdb"
KNOWLEDGE_GRAPH = "knowledge_graph.duckdb"
CONVERSATIONS, REFLECTIONS, ENTITIES, RELATIONSHIPS = 1_500, 800, 1_500, 6_000
SECONDS_BETWEEN_COMMITS = 0.05
SECONDS_BETWEEN_CHECKPOINTS = 1.5

_SCHEMA = {
    REFLECTION: """
        CREATE TABLE conversations_v2 (
            id VARCHAR PRIMARY KEY, content VARCHAR NOT NULL, embedding FLOAT[384], project VARCHAR,
            timestamp TIMESTAMP, metadata JSON);
        CREATE TABLE reflections_v2 (
            id VARCHAR PRIMARY KEY, content VARCHAR NOT NULL, embedding FLOAT[384], tags VARCHAR[],
            access_count INTEGER, timestamp TIMESTAMP);
    """,
    KNOWLEDGE_GRAPH: """
        CREATE TABLE kg_entities (
            id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, entity_type VARCHAR, observations VARCHAR[],
            properties JSON, embedding FLOAT[384], created_at TIMESTAMP);
        CREATE TABLE kg_relationships (
            id VARCHAR PRIMARY KEY, from_entity VARCHAR NOT NULL, to_entity VARCHAR NOT NULL,
            relation_type VARCHAR, properties JSON, created_at TIMESTAMP);
        CREATE INDEX relationship_from ON kg_relationships (from_entity);
    """,
}
_VOCABULARY = "CREATE TEMP TABLE vocabulary AS SELECT ?::VARCHAR[] AS words"
_MACROS = """
    CREATE TEMP MACRO prose(seed, length) AS (
        SELECT string_agg(words[(1 + hash(seed, place) % len(words))::BIGINT], ' ')
        FROM range(length) t(place), vocabulary);
    CREATE TEMP MACRO vector(seed) AS list_transform(
        range(384), lambda place: ((hash(seed, place) % 2000003) / 1000001.5 - 1)::FLOAT)::FLOAT[384];
    CREATE TEMP MACRO moment(number) AS TIMESTAMP '2026-01-01' + number * INTERVAL 1 MINUTE;
"""
_FILL = {
    REFLECTION: """
        INSERT INTO conversations_v2 SELECT 'c-' || i, prose('c' || i, 110), vector('c' || i), 'cogzy', moment(i),
            '{"turns": 3}' FROM range($conversations) t(i);
        INSERT INTO reflections_v2 SELECT 'r-' || i, prose('r' || i, 40), vector('r' || i), ['decision', 'sync'], 0,
            moment(i) FROM range($reflections) t(i);
    """,
    KNOWLEDGE_GRAPH: """
        INSERT INTO kg_entities SELECT 'e-' || i, prose('e' || i, 3), 'concept', [prose('o' || i, 12)], '{}',
            vector('e' || i), moment(i) FROM range($entities) t(i);
        INSERT INTO kg_relationships SELECT 'k-' || i, 'e-' || i % $entities, 'e-' || hash(i) % $entities,
            'relates_to', '{}', moment(i) FROM range($relationships) t(i);
    """,
}
_TRANSACTION = {
    REFLECTION: """
        INSERT INTO conversations_v2 SELECT 'live-' || $n, prose('c' || $n, 110), vector('c' || $n), 'live',
            moment($n), '{"turns": 1}';
        INSERT INTO reflections_v2 SELECT 'live-' || $n || '-' || i, prose('r' || $n, 40), vector('r' || $n), ['live'],
            0, moment($n) FROM range(2) t(i);
        UPDATE reflections_v2 SET access_count = access_count + 1 WHERE id = 'r-' || $n % $reflections;
        DELETE FROM conversations_v2 WHERE id = 'live-' || ($n - 50);
        DELETE FROM reflections_v2 WHERE id[:-3] = 'live-' || ($n - 50);
    """,
    KNOWLEDGE_GRAPH: """
        INSERT INTO kg_entities SELECT 'live-' || $n, prose('e' || $n, 3), 'event', ['seen'], '{}', vector('e' || $n),
            moment($n);
        INSERT INTO kg_relationships SELECT 'live-' || $n || '-' || i, 'live-' || $n, 'e-' || ($n * 3 + i) % $entities,
            'touches', '{}', moment($n) FROM range(3) t(i);
    """,
}
_JUDGE = {
    REFLECTION: """
        WITH live AS (SELECT id[6:]::BIGINT AS n FROM conversations_v2 WHERE starts_with(id, 'live-')),
            last AS (SELECT coalesce(max(n), 0) AS n FROM live),
            noted AS (SELECT id[6:-3]::BIGINT AS n, count(*) AS notes FROM reflections_v2
                      WHERE starts_with(id, 'live-') GROUP BY 1)
        SELECT last.n, {
            'conversations without a gap': (SELECT count(*) = least(last.n, 50) FROM live),
            'two reflections each': (SELECT count(*) = (SELECT count(*) FROM live) FROM noted JOIN live USING (n)
                                     WHERE notes = 2) AND (SELECT count(*) FROM noted) = (SELECT count(*) FROM live),
            'access counts sum up': (SELECT sum(access_count) = last.n FROM reflections_v2),
            'no empty vector': (SELECT count(*) = 0 FROM conversations_v2 WHERE embedding IS NULL)} FROM last
    """,
    KNOWLEDGE_GRAPH: """
        WITH live AS (SELECT id[6:]::BIGINT AS n FROM kg_entities WHERE starts_with(id, 'live-')),
            last AS (SELECT coalesce(max(n), 0) AS n FROM live)
        SELECT last.n, {
            'entities without a gap': (SELECT count(*) = last.n FROM live),
            'three relationships each': (SELECT count(*) = 3 * last.n FROM kg_relationships
                                         WHERE starts_with(id, 'live-')),
            'both ends are there': (SELECT count(*) = 0 FROM kg_relationships
                                    WHERE from_entity NOT IN (SELECT id FROM kg_entities)
                                    OR to_entity NOT IN (SELECT id FROM kg_entities))} FROM last
    """,
}


def judge(database: Path) -> tuple[int, list[str]]:
    """How many of the writer's transactions a copy holds, and which invariants it breaks."""
    with duckdb.connect(str(database), read_only=True) as opened:
        found = opened.execute(_JUDGE[database.name]).fetchone()
    assert found is not None
    return int(found[0]), [invariant for invariant, holds in found[1].items() if not holds]


def compare(one: Path, other: Path) -> tuple[int, dict[str, int]]:
    """The rows of `one`, and by table how many rows stand in one of the two databases only."""
    rows, different = 0, {}
    with duckdb.connect() as opened:
        for name, path in (("one", one), ("other", other)):
            quoted = str(path).replace("'", "''")
            opened.execute(f"ATTACH '{quoted}' AS {name} (READ_ONLY)")
        for table in _tables(opened):
            rows += _number(opened, f"SELECT count(*) FROM one.{table}")  # noqa: S608  # our own names
            apart = _number(
                opened,
                f"SELECT count(*) FROM one.{table} a FULL JOIN other.{table} b ON a.id = b.id "  # noqa: S608
                "WHERE a IS DISTINCT FROM b",
            )
            if apart:
                different[table] = apart
    return rows, different


def write(folder: Path, scale: float) -> int:
    """The writer's process: make both databases, then commit without a break, as standard input asks.

    `rest` and `go` stop and go on with committing, `count` asks how far it is, `end` (or nobody being there any more)
    closes the databases. Each is answered by one JSON object: {"commits": n, "rows": n}, the rows as it last rested.
    """
    owner = Owner(folder, scale)
    asked: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    owner.answer()
    resting, wish = True, ""
    while wish != "end":
        try:
            wish = asked.get(timeout=None if resting else SECONDS_BETWEEN_COMMITS)
        except queue.Empty:
            owner.commit()
            continue
        resting = wish == "rest" or (wish == "count" and resting)
        if wish == "end":
            owner.close()
        elif resting:
            owner.count()
        owner.answer()
    return 0


class Owner:
    """The program that owns both databases: makes them, changes them in transactions, closes them."""

    def __init__(self, folder: Path, scale: float) -> None:
        sizes = {"conversations": CONVERSATIONS, "reflections": REFLECTIONS}
        sizes |= {"entities": ENTITIES, "relationships": RELATIONSHIPS}
        self._sizes = {name: max(100, int(count * scale)) for name, count in sizes.items()}
        self._commits = 0
        self._checkpoint_due = time.monotonic() + SECONDS_BETWEEN_CHECKPOINTS
        self._databases = {name: duckdb.connect(str(folder / name), config={"threads": 1}) for name in _SCHEMA}
        for name, opened in self._databases.items():
            opened.execute(_SCHEMA[name])
            opened.execute(_VOCABULARY, [list(WORDS)])
            opened.execute(_MACROS)
            self._run(name, _FILL[name])
            opened.execute("CHECKPOINT")
        self._rows: dict[str, int] = {}
        self.count()

    def commit(self) -> None:
        """One transaction in each database, and now and then a checkpoint, which rewrites most of the file."""
        self._commits += 1
        for name, opened in self._databases.items():
            opened.execute("BEGIN")
            self._run(name, _TRANSACTION[name], n=self._commits)
            opened.execute("COMMIT")
        if time.monotonic() > self._checkpoint_due:
            for opened in self._databases.values():
                opened.execute("CHECKPOINT")
            self._checkpoint_due = time.monotonic() + SECONDS_BETWEEN_CHECKPOINTS

    def answer(self) -> None:
        """Say how far it is."""
        print(json.dumps({"commits": self._commits, "rows": sum(self._rows.values())}), flush=True)

    def count(self) -> None:
        """Count the rows of both databases."""
        self._rows = {name: _rows(opened) for name, opened in self._databases.items()}

    def close(self) -> None:
        """End as a program does: every database is left whole in one file."""
        self.count()
        for opened in self._databases.values():
            opened.close()

    def _run(self, name: str, statements: str, **values: int) -> None:
        """Every statement, with those of the values that it names."""
        given = {**self._sizes, **values}
        for statement in statements.split(";\n"):
            if statement.strip():
                used = {key: value for key, value in given.items() if f"${key}" in statement}
                self._databases[name].execute(statement, used)


def _listen(asked: queue.Queue[str]) -> None:
    for line in sys.stdin:
        asked.put(line.strip())
    asked.put("end")


def _rows(opened: duckdb.DuckDBPyConnection) -> int:
    return sum(_number(opened, f"SELECT count(*) FROM {table}") for table in _tables(opened))  # noqa: S608  # our own names


def _tables(opened: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables of every opened file, by name."""
    found = opened.execute("SELECT DISTINCT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1").fetchall()
    return [str(name) for (name,) in found]


def _number(opened: duckdb.DuckDBPyConnection, query: str) -> int:
    found: tuple[Any, ...] | None = opened.execute(query).fetchone()
    assert found is not None
    return int(found[0])

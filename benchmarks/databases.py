"""Make and change the two databases of the comparisons. Needs DuckDB and NumPy alone, so that any DuckDB can own them:

python benchmarks/databases.py build FOLDER --scale 1 --rounds 10 --seed 7
python benchmarks/databases.py change FOLDER --rows 20 --seed 8
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import duckdb
import numpy as np

WIDTH = 384
TABLES = {
    "reflection.duckdb": (
        "CREATE TABLE conversations_v2(id VARCHAR PRIMARY KEY, content VARCHAR NOT NULL, embedding FLOAT[384], "
        "project VARCHAR, timestamp TIMESTAMP, metadata JSON)",
        "CREATE TABLE reflections_v2(id VARCHAR PRIMARY KEY, content VARCHAR, embedding FLOAT[384], "
        "tags VARCHAR[], access_count INTEGER, timestamp TIMESTAMP)",
    ),
    "knowledge_graph.duckdb": (
        "CREATE TABLE kg_entities(id VARCHAR PRIMARY KEY, name VARCHAR, entity_type VARCHAR, "
        "observations VARCHAR[], properties JSON, embedding FLOAT[384], created_at TIMESTAMP)",
        "CREATE TABLE kg_relationships(id VARCHAR PRIMARY KEY, from_entity VARCHAR, to_entity VARCHAR, "
        "relation_type VARCHAR, properties JSON, created_at TIMESTAMP)",
        "CREATE INDEX relationship_from ON kg_relationships(from_entity)",
    ),
}
VALUES = {
    "conversations_v2": "id, content, embedding, 'project', TIMESTAMP '2026-01-01', '{\"turns\": 3}'",
    "reflections_v2": "id, content, embedding, ['a', 'b'], 0, TIMESTAMP '2026-01-01'",
    "kg_entities": "id, content, 'concept', [content], '{}', embedding, TIMESTAMP '2026-01-01'",
    "kg_relationships": "id, 'e' || (hash(id) % 5000), 'e' || (hash(id) % 4999), 'relates_to', '{}', "
    "TIMESTAMP '2026-01-01'",
}
# Gaussian, of about length one: the worst case for compression. Lists as parameters take minutes in DuckDB 1.5.
VECTOR = (
    f"list_transform(range({WIDTH}), lambda x: "
    f"(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) / sqrt({WIDTH}))::FLOAT)::FLOAT[{WIDTH}]"
)
ROWS = {"conversations_v2": 10_400, "reflections_v2": 5100, "kg_entities": 9500, "kg_relationships": 68_000}
WORDS = {"conversations_v2": 260, "reflections_v2": 130, "kg_entities": 40, "kg_relationships": 0}
DATABASE = {"conversations_v2": 0, "reflections_v2": 0, "kg_entities": 1, "kg_relationships": 1}


class Texts:
    """Made-up ids and prose, all from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._prose = _prose(np.random.default_rng(1), 600_000)

    def ids(self, count: int) -> list[str]:
        """Random ids."""
        return [f"{value:016x}" for value in self._random.integers(0, 1 << 62, count)]

    def texts(self, count: int, words: int) -> list[str]:
        """Prose of so many words each."""
        starts = self._random.integers(0, len(self._prose) - words - 1, count)
        return [" ".join(self._prose[start : start + words]) for start in starts]


def build(folder: Path, scale: float, rounds: int, seed: int) -> None:
    """Both databases, in rounds of inserts with a checkpoint after each; one round is a bulk load."""
    folder.mkdir(parents=True)
    made = Texts(seed)
    for number, (name, statements) in enumerate(TABLES.items()):
        with duckdb.connect(str(folder / name)) as db:
            db.execute(f"SELECT setseed({seed % 1000 / 1000})")
            for statement in statements:
                db.execute(statement)
            for _ in range(rounds):
                for table in (table for table, place in DATABASE.items() if place == number):
                    _insert(db, table, made, max(2, int(ROWS[table] * scale / rounds)))
                db.execute("CHECKPOINT")


def change(folder: Path, rows: int, seed: int) -> None:
    """A small session: `rows` new rows in each database, half in each table, and a checkpoint at its end."""
    made = Texts(seed)
    for number, name in enumerate(TABLES):
        with duckdb.connect(str(folder / name)) as db:
            for table in (table for table, place in DATABASE.items() if place == number):
                _insert(db, table, made, rows // 2)


def _insert(db: duckdb.DuckDBPyConnection, table: str, made: Texts, count: int) -> None:
    columns: list[object] = [made.ids(count)]
    unnested = "unnest(?) AS id"
    if WORDS[table]:
        columns.append(made.texts(count, WORDS[table]))
        unnested += f", unnest(?) AS content, {VECTOR} AS embedding"
    db.execute(f"INSERT INTO {table} SELECT {VALUES[table]} FROM (SELECT {unnested})", columns)


def _prose(random: np.random.Generator, length: int) -> list[str]:
    """Words as prose has them: a few very often, many seldom, in phrases that come back."""
    syllables = ["ba", "con", "de", "er", "fi", "gra", "in", "lo", "men", "no", "per", "que", "ra", "sta", "ti", "ver"]
    words = ["".join(random.choice(syllables, random.integers(1, 5))) for _ in range(12_000)]
    rank = np.minimum((len(words) * random.random(length) ** 3.5).astype(int), len(words) - 1)
    for start in random.integers(0, length - 40, length // 60):
        rank[start : start + 8] = rank[start + 20 : start + 28]
    return [words[number] for number in rank]


def main() -> None:
    """Build or change, and print the DuckDB version that did it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("build", "change"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if options.action == "build":
        build(options.folder, options.scale, options.rounds, options.seed)
    else:
        change(options.folder, options.rows, options.seed)
    print(json.dumps({"duckdb": duckdb.__version__}))


if __name__ == "__main__":
    main()

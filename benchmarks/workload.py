"""What the comparisons with peers copy: two DuckDB files that have lived, and a vault. Made up, from one seed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from core.vault import LocalVaultService

WIDTH = 384
LIVED_ROUNDS = 3


@dataclass(frozen=True)
class Workload:
    """Folders of one data set: `data` holds the databases, `vault` a Cogzy vault."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def vault(self) -> Path:
        return self.root / "vault"

    @property
    def paths(self) -> list[Path]:
        """What a peer must copy."""
        return [self.data, self.vault / "corpus", self.vault / "vectors"]


class Maker:
    """Makes a data set and its small changes. `scale` 1 gives databases of about 62 and 44 MB when they have lived."""

    def __init__(self, root: Path, *, scale: float = 1.0, rounds: int = 10, seed: int = 7) -> None:
        self.set = Workload(root)
        self._random = np.random.default_rng(seed)
        self._prose = _prose(self._random, 1_500_000)
        self._scale = scale
        self._rounds = rounds
        self._made = 0

    def build(self) -> Workload:
        """Both databases, in rounds of inserts and checkpoints (one round: loaded in bulk), and the vault."""
        self.set.data.mkdir(parents=True)
        with duckdb.connect(str(self.set.data / "reflection.duckdb")) as db:
            db.execute(
                "CREATE TABLE conversations_v2(id VARCHAR PRIMARY KEY, content VARCHAR NOT NULL, embedding FLOAT[384], "
                "project VARCHAR, timestamp TIMESTAMP, metadata JSON)"
            )
            db.execute(
                "CREATE TABLE reflections_v2(id VARCHAR PRIMARY KEY, content VARCHAR, embedding FLOAT[384], "
                "tags VARCHAR[], access_count INTEGER, timestamp TIMESTAMP)"
            )
            for _ in range(self._rounds):
                self._reflections(db, self._count(13_000), self._count(6500))
                db.execute("CHECKPOINT")
            for _ in range(LIVED_ROUNDS if self._rounds > 1 else 0):
                self._reflections(db, 10, 10)
                db.execute("CHECKPOINT")
        with duckdb.connect(str(self.set.data / "knowledge_graph.duckdb")) as db:
            db.execute(
                "CREATE TABLE kg_entities(id VARCHAR PRIMARY KEY, name VARCHAR, entity_type VARCHAR, "
                "observations VARCHAR[], properties JSON, embedding FLOAT[384], created_at TIMESTAMP)"
            )
            db.execute(
                "CREATE TABLE kg_relationships(id VARCHAR PRIMARY KEY, from_entity VARCHAR, to_entity VARCHAR, "
                "relation_type VARCHAR, properties JSON, created_at TIMESTAMP)"
            )
            db.execute("CREATE INDEX relationship_from ON kg_relationships(from_entity)")
            for _ in range(self._rounds):
                self._graph(db, self._count(12_500), self._count(90_000))
                db.execute("CHECKPOINT")
            for _ in range(LIVED_ROUNDS if self._rounds > 1 else 0):
                self._graph(db, 10, 10)
                db.execute("CHECKPOINT")
        vault = LocalVaultService.open(self.set.vault)
        count = int(10_000 * self._scale)
        vault.write_nodes(self._nodes(count), self._vectors(count))
        return self.set

    def change(self, rows: int = 20) -> None:
        """A small session: `rows` new rows in each database, as many nodes and vectors."""
        with duckdb.connect(str(self.set.data / "reflection.duckdb")) as db:
            self._reflections(db, rows // 2, rows - rows // 2)
        with duckdb.connect(str(self.set.data / "knowledge_graph.duckdb")) as db:
            self._graph(db, rows // 2, rows - rows // 2)
        LocalVaultService.open(self.set.vault).append_nodes(self._nodes(rows), self._vectors(rows))

    def _count(self, rows: int) -> int:
        return max(2, int(rows * self._scale / self._rounds))

    def _reflections(self, db: duckdb.DuckDBPyConnection, conversations: int, reflections: int) -> None:
        columns = {"id": self._ids(conversations), "content": self._texts(conversations, 420)}
        self._insert(
            db,
            "conversations_v2",
            columns,
            conversations,
            "id, content, embedding, 'project', TIMESTAMP '2026-01-01', '{\"turns\": 3}'",
        )
        columns = {"id": self._ids(reflections), "content": self._texts(reflections, 160)}
        self._insert(
            db,
            "reflections_v2",
            columns,
            reflections,
            "id, content, embedding, ['a', 'b'], 0, TIMESTAMP '2026-01-01'",
        )

    def _graph(self, db: duckdb.DuckDBPyConnection, entities: int, relations: int) -> None:
        columns = {"id": self._ids(entities), "content": self._texts(entities, 60)}
        self._insert(
            db,
            "kg_entities",
            columns,
            entities,
            "id, content, 'concept', [content], '{}', embedding, TIMESTAMP '2026-01-01'",
        )
        ids = self._ids(relations)
        ends = [f"e{n}" for n in self._random.integers(0, 5000, relations)]
        db.execute("CREATE TEMP TABLE incoming AS SELECT unnest(?) AS id, unnest(?) AS ends", [ids, ends])
        db.execute(
            "INSERT INTO kg_relationships SELECT id, ends, 'e' || (hash(id) % 5000), 'relates_to', '{}', "
            "TIMESTAMP '2026-01-01' FROM incoming"
        )
        db.execute("DROP TABLE incoming")

    def _insert(
        self, db: duckdb.DuckDBPyConnection, table: str, columns: dict[str, list[str]], count: int, values: str
    ) -> None:
        vectors = self._vectors(count)
        db.execute(
            "CREATE TEMP TABLE incoming AS "
            "SELECT unnest(?) AS id, unnest(?) AS content, unnest(?)::FLOAT[384] AS embedding",
            [columns["id"], columns["content"], vectors.tolist()],
        )
        db.execute(f"INSERT INTO {table} SELECT {values} FROM incoming")
        db.execute("DROP TABLE incoming")

    def _ids(self, count: int) -> list[str]:
        self._made += count
        return [f"{value:016x}" for value in self._random.integers(0, 1 << 62, count)]

    def _texts(self, count: int, words: int) -> list[str]:
        starts = self._random.integers(0, len(self._prose) - words, count)
        return [" ".join(self._prose[start : start + words]) for start in starts]

    def _vectors(self, count: int) -> np.ndarray:
        vectors = self._random.standard_normal((count, WIDTH), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _nodes(self, count: int) -> list[dict[str, object]]:
        return [
            {
                "id": node,
                "source": "claude",
                "conversation_id": f"c{number // 8}",
                "sequence_index": number % 8,
                "created_at": "2026-01-01T00:00:00Z",
                "human_content": human,
                "assistant_content": assistant,
            }
            for number, (node, human, assistant) in enumerate(
                zip(self._ids(count), self._texts(count, 10), self._texts(count, 22), strict=True)
            )
        ]


def _prose(random: np.random.Generator, length: int) -> list[str]:
    """Words as prose has them: a few very often, many seldom, in phrases that come back."""
    syllables = ["ba", "con", "de", "er", "fi", "gra", "in", "lo", "men", "no", "per", "que", "ra", "sta", "ti", "ver"]
    words = ["".join(random.choice(syllables, random.integers(1, 5))) for _ in range(12_000)]
    rank = np.minimum((len(words) * random.random(length) ** 3.5).astype(int), len(words) - 1)
    for start in random.integers(0, length - 40, length // 60):
        rank[start : start + 8] = rank[start + 20 : start + 28]
    return [words[number] for number in rank]


def sizes(workload: Workload) -> dict[str, int]:
    """Bytes of each file of the data set."""
    files = [file for path in workload.paths for file in path.rglob("*") if file.is_file()]
    return {file.name: file.stat().st_size for file in files}


if __name__ == "__main__":
    import sys

    print(json.dumps(sizes(Maker(Path(sys.argv[1])).build())))

"""A system that uploads memories straight by the formats: quickly, and as wrongly as a test wants it."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from core.sync.entries import DeltaTable
from core.sync.manifest import Manifest
from tests.restore.uploader import Uploader

DATABASE = "sources/session-buddy-reflection/reflection.duckdb"
TABLE = "CREATE TABLE IF NOT EXISTS conversations_v2 (id VARCHAR PRIMARY KEY, content VARCHAR, embedding FLOAT[4])"


def fill(path: Path, rows: Mapping[str, str], table: str = TABLE) -> Path:
    """A database with these conversations."""
    with duckdb.connect(str(path)) as database:
        database.execute(table)
        if rows:
            database.execute(
                "INSERT INTO conversations_v2 (id, content, embedding) SELECT unnest($1), unnest($2), [1, 2, 3, 4]",
                [list(rows), list(rows.values())],
            )
    return path


def parquet(folder: Path, query: str) -> bytes:
    """What DuckDB writes for `query`."""
    place = folder / "made.parquet"
    duckdb.connect().execute(f"COPY ({query}) TO '{place}' (FORMAT parquet, COMPRESSION zstd)")
    return place.read_bytes()


def npy(table: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, np.asarray(table, np.float32))
    return out.getvalue()


def nodes(names: Iterable[str]) -> bytes:
    """A corpus/nodes.json."""
    return json.dumps(
        [
            {"id": name, "conversation_id": "c", "human_content": f"asked {name}", "assistant_content": "said"}
            for name in names
        ]
    ).encode()


@dataclass
class Laptop(Uploader):
    """Uploads conversations: an image first, then deltas."""

    async def image_of(self, rows: Mapping[str, str], table: str = TABLE) -> Manifest:
        """A first upload, or one with a new image."""
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self.folder.parent / f"{self.system_id}-reflection.duckdb"
        place.unlink(missing_ok=True)
        fill(place, rows, table)
        named = place.with_name("reflection.duckdb")
        place.rename(named)
        entry = await self.image(DATABASE, [named])
        named.unlink()
        return await self.commit({}, [entry], fold=True)

    async def delta_of(
        self, rows: Mapping[str, str], gone: Iterable[str] = (), *, key: str = "id", whole: bool = False
    ) -> Manifest:
        """An upload with changed rows, and rows that are gone."""
        folder = self.folder.parent
        new = " UNION ALL ".join(
            f"SELECT '{k}' AS id, '{v}' AS content, [1, 2, 3, 5]::FLOAT[4] AS embedding" for k, v in rows.items()
        )
        old = " UNION ALL ".join(f"SELECT '{k}' AS {key}" for k in gone)
        table = DeltaTable(
            "main.conversations_v2",
            await self.parquet(parquet(folder, new) if new else None),
            len(rows),
            await self.parquet(parquet(folder, old) if old else None),
            len(list(gone)),
            whole,
        )
        return await self.commit({}, [await self.delta(DATABASE, [table], [])])

    def manifest_of(self, upload: Manifest) -> Path:
        return self.object(f"systems/{self.system_id}/uploads/{upload.upload_id}/manifest.json")

    def rewrite(self, upload: Manifest, **values: Any) -> None:
        """Change fields of a manifest that is there."""
        path = self.manifest_of(upload)
        path.write_text(json.dumps(json.loads(path.read_bytes()) | values))


@dataclass
class Buddy:
    """A system with Session-Buddy's own uploads in `cloud`."""

    cloud: Path
    system_id: str = "macbook.local"
    inside: str = "uploads/"

    def upload(self, upload_id: str, files: Mapping[str, bytes], at: str, /, **manifest: Any) -> Path:
        """An upload in the shape that the program writes; `manifest` changes or (None) takes away fields."""
        folder = self.cloud / f"systems/{self.system_id}/{self.inside}{upload_id}"
        folder.mkdir(parents=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        listed = [
            {
                "name": name,
                "path": f"/home/me/.claude/data/{name}",
                "size_bytes": 0,
                "compression": "gzip",
                "checksum": "",
            }
            for name in files
        ]
        told = {"upload_id": upload_id, "system_id": self.system_id, "timestamp": at, "files": listed, "metadata": {}}
        told |= manifest
        (folder / "manifest.json").write_text(json.dumps({k: v for k, v in told.items() if v is not None}))
        return folder

    def database(self, rows: Mapping[str, str], *, packed: bool = True) -> bytes:
        """The bytes of a reflection.duckdb."""
        place = self.cloud.parent / "buddy.duckdb"
        place.unlink(missing_ok=True)
        data = fill(place, rows).read_bytes()
        return gzip.compress(data, 1) if packed else data

    def graph(self) -> bytes:
        """The bytes of a knowledge_graph.duckdb."""
        place = self.cloud.parent / "graph.duckdb"
        place.unlink(missing_ok=True)
        with duckdb.connect(str(place)) as database:
            database.execute(
                "CREATE TABLE kg_entities (id VARCHAR PRIMARY KEY, name VARCHAR, entity_type VARCHAR, "
                "observations VARCHAR[])"
            )
            database.execute(
                "CREATE TABLE kg_relationships (id VARCHAR PRIMARY KEY, from_entity VARCHAR, to_entity VARCHAR, "
                "relation_type VARCHAR, properties JSON)"
            )
            database.execute("INSERT INTO kg_entities VALUES ('e1', 'DuckDB', 'tool', ['is a database', 'is fast'])")
            database.execute("INSERT INTO kg_relationships VALUES ('r1', 'e1', 'e1', 'knows', '{\"since\": 1}')")
        return place.read_bytes()


def memories(rows: Mapping[str, str]) -> bytes:
    """A memories.json."""
    items = [
        {
            "id": k,
            "content": v,
            "embedding": [0.5] * 4,
            "timestamp": "2026-11-01T10:00:00",
            "source": "x",
            "metadata": {"a": 1},
        }
        for k, v in rows.items()
    ]
    return json.dumps({"version": 1, "conversations": items}).encode()

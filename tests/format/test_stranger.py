"""A stranger with docs/FORMAT.md restores what these modules wrote: see stranger.py beside this."""

from __future__ import annotations

import ast
import asyncio
import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import duckdb
import pytest

from core.database import Scan, scan
from core.sync import keys, layout
from core.sync.chunks import cut_file
from core.sync.codec import encode
from core.sync.entries import (
    Change,
    DatabaseEntry,
    DatabaseExtension,
    Delta,
    DeltaTable,
    FileEntry,
    TableState,
)
from core.sync.image import image_stream
from core.sync.keys import encode_wrapped, wrap
from core.sync.manifest import encode_manifest
from core.sync.packs import PackBuilder
from core.sync.pieces import DELTA_SIZE, Codec, Location, PieceId, PieceKind
from core.sync.sealing import ClearSealer, KeySealer, Sealer
from core.sync.streams import Stream, build_stream
from core.sync.table import Table, TableRef, encode_table, make_ref
from core.sync.vault_format import VaultFormat, encode_format
from tests.format.samples import MASTER, SYSTEM, VAULT, a_manifest

STRANGER = Path(__file__).with_name("stranger.py")
PASSPHRASE = "correct horse battery"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DATABASE = "sources/session-buddy/memory.duckdb"
rng = random.Random(1)
NODES = json.dumps([{"id": n, "text": rng.randbytes(300).hex()} for n in range(2500)]).encode()
VECTORS = rng.randbytes(50_000)


class Bucket:
    """A folder with uploads in it, written by the modules under test."""

    def __init__(self, folder: Path, sealer: Sealer, compression: Codec) -> None:
        self.folder = folder
        self.sealer = sealer
        self.compression = compression
        self.known: dict[PieceId, Location] = {}
        self.chain: tuple[TableRef, ...] = ()
        self.uploads: list[str] = []
        self.builder = PackBuilder()
        self.waiting: set[PieceId] = set()
        value = VaultFormat(VAULT, sealer.encrypted, NOW, sealer.check if isinstance(sealer, KeySealer) else None)
        self.put(layout.format_key(VAULT), encode_format(value))

    def put(self, key: str, body: bytes) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def piece(self, kind: PieceKind, plain: bytes) -> PieceId:
        piece_id = self.sealer.piece_id(kind, plain)
        if piece_id not in self.known and piece_id not in self.waiting:
            piece = encode(plain, kind, self.sealer, self.compression, piece_id)
            if not self.builder.has_room(len(piece.stored)):
                self.flush()
            self.builder.add_encoded(piece, kind, len(plain))
            self.waiting.add(piece_id)
        return piece_id

    def flush(self) -> dict[PieceId, Location]:
        pack = self.builder.finish()
        if pack.body:
            self.put(layout.pack_key(VAULT, pack.sha256), pack.body)
        self.waiting.clear()
        self.known |= dict(pack.pieces)
        return dict(pack.pieces)

    def stream(self, kind: PieceKind, blocks: Iterable[bytes]) -> Stream:
        whole, size, ids = hashlib.sha256(), 0, []
        for block in blocks:
            whole.update(block)
            size += len(block)
            ids.append(self.piece(kind, block))
        return build_stream(ids, size, whole.hexdigest(), lambda plain: self.piece(PieceKind.LIST, plain))

    def file(self, path: str, content: bytes) -> FileEntry:
        stream = self.stream(PieceKind.CHUNK, cut_file(BytesIO(content), path))
        return FileEntry(path, stream.size, stream.sha256, 1, stream)

    def commit(self, changes: tuple[Change, ...], removed: tuple[str, ...] = ()) -> str:
        upload_id = f"20261120_10000{len(self.uploads)}_000_{SYSTEM}_abcdef"
        table = Table(VAULT, SYSTEM, upload_id, self.chain, changes, removed, self.flush())
        stored = encode_table(table, self.sealer)
        ref = make_ref(VAULT, upload_id, stored)
        self.put(ref.key, stored)
        manifest = a_manifest(upload_id=upload_id, table=ref, encrypted=self.sealer.encrypted, packs=())
        self.put(layout.manifest_key(SYSTEM, upload_id), encode_manifest(manifest))
        self.chain = (*self.chain, ref)
        self.uploads.append(upload_id)
        return upload_id


class Database:
    """A living database, its copies and its deltas."""

    def __init__(self, bucket: Bucket, folder: Path) -> None:
        self.bucket, self.folder = bucket, folder
        self.connection = duckdb.connect(str(folder / "memory.duckdb"))
        self.connection.execute("""
            CREATE TABLE projects (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL);
            CREATE TABLE notes (
                id VARCHAR PRIMARY KEY, project INTEGER REFERENCES projects (id), vector FLOAT[4], body VARCHAR
            );
            CREATE TABLE log (line VARCHAR);
            INSERT INTO projects SELECT n, 'project ' || n FROM range(20) t(n);
            INSERT INTO notes SELECT 'n' || n, n % 20, [n, 0.5, -n, 1], repeat('word ', n % 9) FROM range(500) t(n);
            CHECKPOINT;
            INSERT INTO log VALUES ('only in the write-ahead log');
        """)
        self.scans = 0

    def copy(self) -> Path:
        copy = self.folder / f"copy{self.scans}" / "memory.duckdb"
        copy.parent.mkdir()
        shutil.copy(self.folder / "memory.duckdb", copy)
        if (self.folder / "memory.duckdb.wal").exists():
            shutil.copy(self.folder / "memory.duckdb.wal", copy.with_name("memory.duckdb.wal"))
        return copy

    def look(self, copy: Path) -> Scan:
        known = self.folder / f"rows{self.scans - 1}" if self.scans else None
        into, out = self.folder / f"rows{self.scans}", self.folder / f"out{self.scans}"
        self.scans += 1
        return asyncio.run(scan(copy, known=known, next_state=into, out=out))

    def image(self) -> tuple[DatabaseEntry, Path]:
        copy = self.copy()
        found = self.look(copy)
        stream = image_stream([copy, copy.with_name("memory.duckdb.wal")], slice_size=1 << 14)
        image = self.bucket.stream(PieceKind.SLICE, stream)
        entry = DatabaseEntry(
            DATABASE, stream.members, image, "20261120_100000_000_laptop-a1b2_abcdef", (), states(found),
            found.schema_hash, found.duckdb_version, found.storage_version, 1,
        )  # fmt: skip
        return entry, copy

    def delta(self, upload_id: str) -> tuple[DatabaseExtension, dict[str, list[object]]]:
        found = self.look(self.copy())
        assert found.decision == "delta"
        tables = tuple(
            DeltaTable(d.name, self.parquet(d.rows), d.rows_count, self.parquet(d.gone), d.gone_count, d.whole)
            for d in found.deltas
        )
        extension = DatabaseExtension(DATABASE, Delta(upload_id, tables), states(found), 2, found.duckdb_version)
        return extension, contents(self.connection)

    def parquet(self, path: Path | None) -> Stream | None:
        if path is None:
            return None
        with path.open("rb") as file:
            return self.bucket.stream(PieceKind.DELTA, iter(lambda: file.read(DELTA_SIZE), b""))


def states(found: Scan) -> tuple[TableState, ...]:
    return tuple(TableState(table.name, table.rows, table.digest) for table in found.tables)


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, list[object]]:
    names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    return {name: sorted(connection.execute(f"FROM {name}").fetchall()) for name in names}


def restored(bucket: Bucket, upload_id: str, out: Path) -> Path:
    run = subprocess.run(
        [sys.executable, str(STRANGER), str(bucket.folder), upload_id, str(out), PASSPHRASE],
        capture_output=True, text=True, check=False, cwd=out.parent,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return out


@pytest.mark.parametrize(("encrypted", "compression"), [(False, "zstd"), (True, "zstd"), (False, "gzip")])
def test_a_stranger_restores_files_images_and_deltas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encrypted: bool, compression: Codec
) -> None:
    bucket = Bucket(tmp_path / "bucket", KeySealer(VAULT, MASTER) if encrypted else ClearSealer(), compression)
    if encrypted:
        monkeypatch.setattr(keys, "SCRYPT_LOG_N", 12)
        wrapped = wrap(MASTER, PASSPHRASE, VAULT, NOW)
        bucket.put(layout.wrapped_key(VAULT, wrapped["id"]), encode_wrapped(wrapped))
    database = Database(bucket, tmp_path)
    image, copy = database.image()
    first = {
        "vault/corpus/nodes.json": NODES,
        "vault/vectors/nodes.npy": VECTORS,
        "vault/traces/empty.json": b"",
        "sources/notes/caf\u00e9 \u2615/\udcff.md": b"a name that is no UTF-8",
    }
    one = bucket.commit((*(bucket.file(path, content) for path, content in first.items()), image))

    database.connection.execute("""
        UPDATE notes SET body = 'changed' WHERE id IN ('n1', 'n2');
        DELETE FROM notes WHERE id = 'n3';
        INSERT INTO notes VALUES ('new', 3, [1, 2, 3, 4], NULL);
        INSERT INTO projects VALUES (100, 'a new parent');
        INSERT INTO log VALUES ('a second line');
    """)
    grown = NODES[:-1] + b', {"id": "new"}]'
    extension, after_two = database.delta("20261120_100001_000_laptop-a1b2_abcdef")
    two = bucket.commit((bucket.file("vault/corpus/nodes.json", grown), extension), ("vault/traces/empty.json",))

    database.connection.execute("""
        DELETE FROM notes WHERE id = 'new';
        INSERT INTO notes VALUES ('n3', 100, NULL, 'deleted and reinserted');
        UPDATE projects SET name = 'a parent that changes' WHERE id = 100;
        CHECKPOINT;
    """)
    extension, after_three = database.delta("20261120_100002_000_laptop-a1b2_abcdef")
    bucket.commit((extension,))
    database.connection.close()

    out = restored(bucket, one, tmp_path / "one")
    assert {path: (out / path).read_bytes() for path in first} == first
    assert (out / DATABASE).read_bytes() == copy.read_bytes()
    assert (out / f"{DATABASE}.wal").read_bytes() == copy.with_name("memory.duckdb.wal").read_bytes()

    for upload_id, expected in ((two, after_two), ("latest", after_three)):
        out = restored(bucket, upload_id, tmp_path / f"out-{upload_id}")
        assert (out / "vault/corpus/nodes.json").read_bytes() == grown
        assert not (out / "vault/traces/empty.json").exists()
        with duckdb.connect(str(out / DATABASE), read_only=True) as connection:
            assert contents(connection) == expected


def test_the_stranger_knows_nothing_of_cogzy_and_is_short() -> None:
    for script, most in ((STRANGER, 150), (STRANGER.with_name("stranger_deltas.py"), 80)):
        text = script.read_text()
        tree = ast.walk(ast.parse(text))
        named = {node.module for node in tree if isinstance(node, ast.ImportFrom)} | {
            name.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for name in node.names
        }
        assert not {name for name in named if name and name.partition(".")[0] in ("core", "cogzy", "tests")}
        assert len(text.splitlines()) <= most

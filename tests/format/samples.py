"""Values that the format tests share, and hypothesis strategies for them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from core.sync.entries import (
    DatabaseEntry,
    DatabaseExtension,
    Delta,
    DeltaTable,
    FileEntry,
    Member,
    TableState,
    is_safe_path,
)
from core.sync.manifest import Manifest, SourceInfo
from core.sync.pieces import MOST_PLAIN, Location, PieceKind
from core.sync.sealing import ClearSealer, KeySealer
from core.sync.streams import Stream
from core.sync.table import Table, TableRef, make_ref

VAULT = "0123456789abcdef0123456789abcdef"
OTHER_VAULT = "f" * 32
SYSTEM = "laptop-a1b2"
UPLOAD = "20261120_101112_123_laptop-a1b2_abc123"
MASTER = bytes(range(32))
CLEAR = ClearSealer()
SEALED = KeySealer(VAULT, MASTER)
SEALERS = (CLEAR, SEALED)

sealers = st.sampled_from(SEALERS)
ids = st.binary(min_size=32, max_size=32)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
digests = st.binary(min_size=16, max_size=16).map(bytes.hex)
sizes = st.integers(0, (1 << 63) - 1)
times = st.integers(-(1 << 62), 1 << 62)
upload_ids = st.integers(0, 10**6 - 1).map(lambda n: f"20261120_101112_123_laptop-a1b2_{n:06d}")
# Names that are not valid UTF-8 arrive as lone surrogates.
parts = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=40)
paths = st.lists(parts, min_size=1, max_size=4).map("/".join).filter(is_safe_path)


@st.composite
def streams(draw: st.DrawFn, sha256: str | None = None, size: int | None = None) -> Stream:
    found = draw(st.lists(ids, min_size=1, max_size=64))
    size = draw(st.integers(1, (1 << 63) - 1)) if size is None else size
    return Stream(
        size, draw(hashes) if sha256 is None else sha256, draw(st.integers(0, 6)), tuple(found if size else [])
    )


@st.composite
def file_entries(draw: st.DrawFn) -> FileEntry:
    size, sha256 = draw(sizes), draw(hashes)
    return FileEntry(draw(paths), size, sha256, draw(times), draw(streams(sha256, size)))


states = st.lists(st.builds(TableState, parts, sizes, digests), max_size=4).map(tuple)
delta_tables = st.builds(DeltaTable, parts, st.none() | streams(), sizes, st.none() | streams(), sizes, st.booleans())
deltas = st.builds(Delta, upload_ids, st.lists(delta_tables, max_size=3).map(tuple))
members = st.lists(
    st.builds(Member, st.sampled_from(["a.duckdb", "a.duckdb.wal"]), sizes, hashes),
    min_size=1,
    max_size=2,
    unique_by=lambda m: m.name,
).map(tuple)
database_entries = st.builds(
    DatabaseEntry,
    path=paths,
    members=members,
    image=streams(),
    image_upload=upload_ids,
    deltas=st.lists(deltas, max_size=3).map(tuple),
    tables=states,
    schema_hash=hashes,
    duckdb_version=st.just("v2.0.0"),
    storage_version=st.integers(0, 100),
    mtime_ns=times,
    verified=st.booleans(),
)
extensions = st.builds(DatabaseExtension, paths, deltas, states, times, st.just("v2.0.0"))


@st.composite
def locations(draw: st.DrawFn) -> Location:
    kind = draw(st.sampled_from(PieceKind))
    stored = draw(st.integers(0, MOST_PLAIN[kind]))
    offset = draw(st.integers(0, (16 << 20) - stored))
    plain = draw(st.integers(0, MOST_PLAIN[kind]))
    return Location(kind, draw(hashes), offset, stored, plain, draw(st.sampled_from(["zstd", "gzip", "none"])))


refs = st.builds(lambda upload, data: make_ref(VAULT, upload, data), upload_ids, st.binary(min_size=1, max_size=9))
tables = st.builds(
    Table,
    vault_id=st.just(VAULT),
    system_id=st.just(SYSTEM),
    upload_id=st.just(UPLOAD),
    base=st.lists(refs, max_size=3).map(tuple),
    set=st.lists(file_entries() | database_entries | extensions, max_size=4).map(tuple),
    removed=st.lists(paths, max_size=3).map(tuple),
    pieces=st.dictionaries(ids, locations(), max_size=6),
)


def a_file(path: str, *pieces: bytes, size: int = 10) -> FileEntry:
    """A small file entry made of these piece ids."""
    return FileEntry(path, size, "a" * 64, 1, Stream(size, "a" * 64, 0, pieces or (b"p" * 32,)))


def a_database(path: str) -> DatabaseEntry:
    """A database entry without deltas."""
    return DatabaseEntry(
        path=path,
        members=(Member("db.duckdb", 5, "b" * 64),),
        image=Stream(5, "", 0, (b"i" * 32,)),
        image_upload=UPLOAD,
        deltas=(),
        tables=(TableState("main.t", 1, "0" * 32),),
        schema_hash="ab",
        duckdb_version="v2.0.0",
        storage_version=69,
        mtime_ns=1,
    )


def a_manifest(**changes: object) -> Manifest:
    """A manifest with every field filled."""
    values: dict[str, object] = {
        "upload_id": UPLOAD,
        "system_id": SYSTEM,
        "uploaded_at": datetime(2026, 11, 20, 10, 11, 12, 123000, tzinfo=UTC),
        "conversation_count": 7,
        "total_size_bytes": 1234,
        "compressed": True,
        "compression_format": "zstd",
        "files": ("nodes.json", "reflection.duckdb"),
        "vault_id": VAULT,
        "parents": ("20261119_101112_123_laptop-a1b2_abc122",),
        "table": make_ref(VAULT, UPLOAD, b"table"),
        "packs": ("c" * 64,),
        "app_version": "0.1.0",
        "sources": (SourceInfo("session-buddy", "duckdb", "reflections"),),
        "encrypted": False,
    }
    return Manifest(**(values | changes))  # type: ignore[arg-type]


def chain(*tables: Table) -> list[Table]:
    """The same tables with each one's base made to name those before it."""
    linked: list[Table] = []
    bases: tuple[TableRef, ...] = ()
    for number, table in enumerate(tables):
        upload_id = f"20261120_101112_123_laptop-a1b2_{number:06d}"
        linked.append(
            Table(VAULT, SYSTEM, upload_id, bases, table.set, table.removed, table.pieces),
        )
        bases = (*bases, make_ref(VAULT, upload_id, b"stored"))
    return linked

"""What a table says about one file or database, and its JSON form.

FileEntry          any file: its chunks
DatabaseEntry      a DuckDB database: an image and the deltas since
DatabaseExtension  a DatabaseEntry that gained one delta, told without repeating the rest
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.sync.fields import MAX_INT, Fields, b64
from core.sync.layout import SHA256, UPLOAD_ID
from core.sync.pieces import ID_SIZE
from core.sync.streams import MOST_DEPTH, MOST_DIRECT, Stream, split_ids

MOST_MEMBERS = 2
MOST_TABLES = 10_000
MOST_DELTAS = 100_000
_DIGEST = re.compile(r"([0-9a-f]{32})?")
_HEX = re.compile(r"[0-9a-f]{0,128}")
_VERSION = re.compile(r"[0-9A-Za-z._+ -]{0,64}")
_SHA256_OR_NONE = re.compile(r"([0-9a-f]{64})?")
_PLAIN_NAME = re.compile(r"(?!\.{1,2}$)[^/\\\0]{1,255}", re.DOTALL)


@dataclass(frozen=True)
class FileEntry:
    """One file. `content` is chunks; `sha256` is of the whole file; `mtime_ns` since 1970, UTC."""

    path: str
    size: int
    sha256: str
    mtime_ns: int
    content: Stream


@dataclass(frozen=True)
class Member:
    """One file inside an image, by its plain name: the database, then its write-ahead log."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class TableState:
    """What a table of a database must hold: its rows, and the order-free digest of docs/FORMAT.md ("": has none)."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True)
class DeltaTable:
    """What changed in one table: Parquet of new and changed rows, Parquet of keys gone; `whole`: rows are all rows."""

    name: str
    rows: Stream | None
    rows_count: int
    gone: Stream | None
    gone_count: int
    whole: bool


@dataclass(frozen=True)
class Delta:
    """What changed in a database between two uploads; made by `upload_id`."""

    upload_id: str
    tables: tuple[DeltaTable, ...]


@dataclass(frozen=True)
class DatabaseEntry:
    """One database: the image that upload `image_upload` took, the deltas since (oldest first), and what must come out.

    `members` are the files in the image; `tables` is the state after the last delta. `verified` is false when the
    database could be copied but not opened here (a newer DuckDB).
    """

    path: str
    members: tuple[Member, ...]
    image: Stream
    image_upload: str
    deltas: tuple[Delta, ...]
    tables: tuple[TableState, ...]
    schema_hash: str
    duckdb_version: str
    storage_version: int
    mtime_ns: int
    verified: bool = True
    kind: str = "duckdb"
    image_codec: str = "zstd"

    def extended(self, extension: DatabaseExtension) -> DatabaseEntry:
        """This entry with one more delta."""
        return replace(
            self,
            deltas=(*self.deltas, extension.delta),
            tables=extension.tables,
            mtime_ns=extension.mtime_ns,
            duckdb_version=extension.duckdb_version,
        )


@dataclass(frozen=True)
class DatabaseExtension:
    """One more delta for the database at `path`, and its state after it."""

    path: str
    delta: Delta
    tables: tuple[TableState, ...]
    mtime_ns: int
    duckdb_version: str = ""


Entry = FileEntry | DatabaseEntry
Change = FileEntry | DatabaseEntry | DatabaseExtension


def streams_of(entry: Change) -> Iterator[Stream]:
    """Every stream that an entry needs."""
    if isinstance(entry, FileEntry):
        yield entry.content
        return
    if isinstance(entry, DatabaseEntry):
        yield entry.image
    for delta in entry.deltas if isinstance(entry, DatabaseEntry) else (entry.delta,):
        for table in delta.tables:
            yield from (stream for stream in (table.rows, table.gone) if stream is not None)


def entry_to_json(entry: Change) -> dict[str, Any]:
    """The JSON object of an entry."""
    if isinstance(entry, FileEntry):
        return {
            "path": entry.path,
            "kind": "file",
            "size": entry.size,
            "sha256": entry.sha256,
            "mtime_ns": entry.mtime_ns,
            "content": _list_to_json(entry.content),
        }
    if isinstance(entry, DatabaseExtension):
        return {
            "path": entry.path,
            "kind": "duckdb",
            "extends": True,
            "delta": _delta_to_json(entry.delta),
            "tables": _states_to_json(entry.tables),
            "mtime_ns": entry.mtime_ns,
            "duckdb_version": entry.duckdb_version,
        }
    return {
        "path": entry.path,
        "kind": entry.kind,
        "members": [{"name": m.name, "size": m.size, "sha256": m.sha256} for m in entry.members],
        "image": _stream_to_json(entry.image),
        "image_codec": entry.image_codec,
        "image_upload": entry.image_upload,
        "deltas": [_delta_to_json(delta) for delta in entry.deltas],
        "tables": _states_to_json(entry.tables),
        "schema_hash": entry.schema_hash,
        "duckdb_version": entry.duckdb_version,
        "storage_version": entry.storage_version,
        "mtime_ns": entry.mtime_ns,
        "verified": entry.verified,
    }


def entry_from_json(fields: Fields) -> Change:
    """The entry of a JSON object. Raises the fields' DamageError for anything that is none."""
    kind = fields.text("kind")
    path = read_path(fields)
    mtime_ns = fields.number("mtime_ns", low=-MAX_INT)
    if kind == "file":
        size, sha256 = fields.number("size"), fields.text("sha256", SHA256)
        return FileEntry(path, size, sha256, mtime_ns, _read_list(fields.nested("content"), size, sha256))
    if kind != "duckdb":
        fields.fail("kind", "unknown")
    tables = tuple(
        TableState(f.text("name", most=1024), f.number("rows"), f.text("digest", _DIGEST))
        for f in fields.objects("tables", MOST_TABLES)
    )
    version = fields.text("duckdb_version", _VERSION)
    if "extends" in fields and fields.flag("extends"):
        return DatabaseExtension(path, _read_delta(fields.nested("delta")), tables, mtime_ns, version)
    members = tuple(
        Member(f.text("name", _PLAIN_NAME), f.number("size"), f.text("sha256", SHA256))
        for f in fields.objects("members", MOST_MEMBERS)
    )
    if not members or len({member.name.casefold() for member in members}) < len(members):
        fields.fail("members", "none, or a name twice")
    if fields.text("image_codec") != "zstd":
        fields.fail("image_codec", "unknown")
    return DatabaseEntry(
        path=path,
        members=members,
        image=_read_stream(fields.nested("image")),
        image_upload=fields.text("image_upload", UPLOAD_ID),
        deltas=tuple(_read_delta(f) for f in fields.objects("deltas", MOST_DELTAS)),
        tables=tables,
        schema_hash=fields.text("schema_hash", _HEX),
        duckdb_version=version,
        storage_version=fields.number("storage_version", high=1 << 32),
        mtime_ns=mtime_ns,
        verified=fields.flag("verified"),
    )


def read_path(fields: Fields) -> str:
    """The path of an entry: relative, posix, nothing that could lead out of a folder."""
    path = fields.text("path")
    if not is_safe_path(path):
        fields.fail("path", "leads out of its folder")
    return path


def is_safe_path(path: str) -> bool:
    """Whether `path` is relative, posix and stays inside the folder it is put in."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def _list_to_json(stream: Stream) -> dict[str, Any]:
    return {"depth": stream.depth, "ids": b64(b"".join(stream.ids))}


def _stream_to_json(stream: Stream) -> dict[str, Any]:
    return {"size": stream.size, "sha256": stream.sha256, **_list_to_json(stream)}


def _read_list(fields: Fields, size: int, sha256: str) -> Stream:
    depth = fields.number("depth", high=MOST_DEPTH)
    ids = fields.raw("ids", most=MOST_DIRECT * ID_SIZE)
    if len(ids) % ID_SIZE or bool(ids) != bool(size):
        fields.fail("ids", "cut")
    return Stream(size, sha256, depth, tuple(split_ids(ids)))


def _read_stream(fields: Fields) -> Stream:
    return _read_list(fields, fields.number("size"), fields.text("sha256", _SHA256_OR_NONE))


def _states_to_json(tables: tuple[TableState, ...]) -> list[dict[str, Any]]:
    return [{"name": table.name, "rows": table.rows, "digest": table.digest} for table in tables]


def _delta_to_json(delta: Delta) -> dict[str, Any]:
    tables = [
        {
            "name": table.name,
            "rows": table.rows and _stream_to_json(table.rows),
            "rows_count": table.rows_count,
            "gone": table.gone and _stream_to_json(table.gone),
            "gone_count": table.gone_count,
            "whole": table.whole,
        }
        for table in delta.tables
    ]
    return {"upload_id": delta.upload_id, "tables": tables}


def _read_delta(fields: Fields) -> Delta:
    tables = tuple(
        DeltaTable(
            f.text("name", most=1024),
            _read_stream(f.nested("rows")) if "rows" in f else None,
            f.number("rows_count"),
            _read_stream(f.nested("gone")) if "gone" in f else None,
            f.number("gone_count"),
            f.flag("whole"),
        )
        for f in fields.objects("tables", MOST_TABLES)
    )
    return Delta(fields.text("upload_id", UPLOAD_ID), tables)

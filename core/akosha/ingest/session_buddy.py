"""Uploads of Session-Buddy itself: whole databases or `memories.json` beside a manifest of one of two shapes.

    {"upload_id", "system_id", "timestamp", "files": [{"name", "path", "size_bytes", "compression", "checksum"}], ...}
    {"version", "upload_id"?, "system_id"?, "uploaded_at", "conversation_count", "files": ["name"], "checksum", ...}

The manifest dates the upload and may say more; what counts is what lies in the folder. A file may be packed under its
own name or under one with `.gz` or `.zst`. A checksum, where there is one, must fit the file as stored or unpacked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.akosha.ingest.corpus import json_items
from core.akosha.ingest.databases import find_tables, whole_tables
from core.akosha.ingest.find import FoundUpload
from core.akosha.ingest.parts import Part, RecordsPart
from core.akosha.ingest.scratch import Room
from core.akosha.ingest.unpack import fetch_plain
from core.database import Child
from core.errors import DamageError, RefusedError
from core.memory.rows import MemoryRow, RowError, from_memories_json, moment
from core.storage import ObjectStore

MEMORIES = "memories.json"
DATABASES = ("reflection.duckdb", "knowledge_graph.duckdb")
MOST_FILES = 1000
MOST_CLAIMED = 64 << 30
"""Bytes that a manifest may say a file has."""
_PACKED = (".gz", ".gzip", ".zst", ".zstd")
_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9_.-]{1,255}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_FUTURE = re.compile(r"(\d{1,4})(?:\.\d{1,4})*")
_MOST_VERSION = 1


@dataclass(frozen=True)
class ForeignManifest:
    """What a manifest of Session-Buddy's says. `at` in UNIX seconds; `checksums` by the files' plain names."""

    at: float
    checksums: Mapping[str, str]


def parse_foreign(data: bytes, upload: FoundUpload) -> ForeignManifest:
    """The manifest of `upload`. Raises DamageError, RefusedError `manifest.future`."""

    def fail(problem: str) -> DamageError:
        return DamageError("manifest.malformed", where=upload.manifest_key, problem=problem)

    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise fail(str(error)[:120]) from error
    if not isinstance(found, dict):
        raise fail("not an object")
    version = _FUTURE.fullmatch(str(found.get("version", "1.0")))
    if version is None:
        raise fail("version")
    if int(version[1]) > _MOST_VERSION:
        raise RefusedError("manifest.future", key=upload.manifest_key)
    for name, own in (("system_id", upload.system_id), ("upload_id", upload.upload_id)):
        if found.get(name) not in (None, own):
            raise DamageError("manifest.misplaced", key=upload.manifest_key, upload_id=str(found[name])[:200])
    at = moment(found.get("uploaded_at", found.get("timestamp")))
    if at is None:
        raise fail("no time")
    size = found.get("total_size_bytes", 0)
    if isinstance(size, int | float) and size > MOST_CLAIMED:
        raise RefusedError("akosha.ingest_too_large", name=upload.upload_id, bytes=int(size), limit=MOST_CLAIMED)
    return ForeignManifest(at, dict(_checksums(found, upload, fail)))


def files_of(upload: FoundUpload) -> dict[str, str]:
    """The files of memories in an upload's folder: plain name to name there."""
    found: dict[str, str] = {}
    for name in sorted(upload.files):
        plain = _plain(name)
        if plain in (*DATABASES, MEMORIES):
            found.setdefault(plain, name)
    return found


def room_needed(upload: FoundUpload, wanted: Collection[str]) -> int:
    """How much disk reading these files takes, as far as their sizes tell."""
    return (64 << 20) + sum(64 * upload.files[name] for plain, name in files_of(upload).items() if plain in wanted)


async def prepare(
    store: ObjectStore,
    upload: FoundUpload,
    manifest: ForeignManifest,
    wanted: Collection[str],
    known: Mapping[str, str],
    room: Room,
    child: Child,
) -> tuple[list[Part], dict[str, str]]:
    """The parts of the `wanted` files (plain names), and the hash of each. What has the hash in `known` is not read.

    Raises DamageError, RefusedError, DatabaseError, StorageError, FileError.
    """
    parts: list[Part] = []
    hashes: dict[str, str] = {}
    for plain, name in files_of(upload).items():
        if plain not in wanted:
            continue
        place = room.named(plain)
        size = upload.files[name]
        got = await fetch_plain(store, upload.folder + name, size, place, room.left)
        room.spend(place)
        checksum = manifest.checksums.get(plain)
        if checksum is not None and checksum not in (got.stored_sha256, got.plain_sha256):
            raise DamageError("akosha.ingest_bad_file", name=name, problem="its checksum does not fit")
        hashes[plain] = got.plain_sha256
        if known.get(plain) == got.plain_sha256:
            continue
        if plain == MEMORIES:
            parts.append(RecordsPart("conversation", MEMORIES, partial(memories, place), room.place("ids")))
            continue
        tables = await find_tables(place, child)
        parts += await whole_tables(place, tables, plain, room, child, {})
    return parts, hashes


def memories(place: Path) -> Iterator[MemoryRow | tuple[str, RowError]]:
    """The rows of a `memories.json`."""
    for count, item in enumerate(json_items(place, "conversations"), 1):
        if not isinstance(item, Mapping):
            raise DamageError("akosha.ingest_bad_file", name=MEMORIES, problem=f"item {count} is no record")
        try:
            yield from_memories_json(item, origin=MEMORIES)
        except RowError as error:
            yield str(item.get("id")), error


def _checksums(
    found: Mapping[str, Any], upload: FoundUpload, fail: Callable[[str], DamageError]
) -> Iterator[tuple[str, str]]:
    """Checksums by plain name; a file that is named has to be there."""
    files = found.get("files", [])
    if not isinstance(files, list) or len(files) > MOST_FILES:
        raise fail("files")
    single = found.get("checksum") if len(files) == 1 else None
    for one in files:
        name = one.get("name") if isinstance(one, dict) else one
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise DamageError("akosha.ingest_bad_name", where=upload.manifest_key, name=str(name)[:200])
        claimed = one.get("size_bytes", 0) if isinstance(one, dict) else 0
        if isinstance(claimed, int | float) and claimed > MOST_CLAIMED:
            raise RefusedError("akosha.ingest_too_large", name=name, bytes=int(claimed), limit=MOST_CLAIMED)
        plain = _plain(name)
        if plain in (*DATABASES, MEMORIES) and plain not in files_of(upload):
            raise DamageError("akosha.ingest_file_missing", name=name, upload_id=upload.upload_id)
        checksum = one.get("checksum") if isinstance(one, dict) else single
        if isinstance(checksum, str) and _SHA256.fullmatch(checksum):
            yield plain, checksum.lower()


def _plain(name: str) -> str:
    for ending in _PACKED:
        name = name.removesuffix(ending)
    return name

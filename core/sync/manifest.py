"""manifest.json: the commit point of an upload, and at once what the hub reads.

An upload exists when its manifest does; it is written last, once, and names by SHA-256 the table on which everything
else hangs. The top level is the hub's contract, `metadata.cogzy` is ours. In an encrypted vault it says no more than
time, size and system.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import DamageError, RefusedError
from core.sync.fields import Fields, dump, parse_object, read_time, time_text
from core.sync.layout import SHA256, SYSTEM_ID, UPLOAD_ID, VAULT_ID, parse_manifest_key, table_key
from core.sync.pieces import FORMAT_VERSION
from core.sync.table import MOST_TABLE, TableRef

MOST_MANIFEST = 8 << 20
MOST_PARENTS = 1_000
MOST_NAMES = 100_000
HUB_VERSION = "1.0"
_HUB_VERSION = re.compile(r"([0-9]{1,4})\.[0-9]{1,4}")
_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9_.-]{1,255}")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{0,64}")
_COMPRESSION = re.compile(r"gzip|zstd")
_CODE = "manifest.malformed"


@dataclass(frozen=True)
class SourceInfo:
    """One source whose memory the upload holds: its name, its kind and the topic it feeds, if any."""

    name: str
    kind: str
    topic: str = ""


@dataclass(frozen=True)
class Manifest:
    """One committed upload.

    `total_size_bytes` is the plain size of all files it holds; `files` are plain names for the hub; `packs` are the
    packs this upload brought; `parents` the uploads it follows.
    """

    upload_id: str
    system_id: str
    uploaded_at: datetime
    conversation_count: int
    total_size_bytes: int
    compressed: bool
    compression_format: str | None
    files: tuple[str, ...]
    vault_id: str
    parents: tuple[str, ...]
    table: TableRef
    packs: tuple[str, ...]
    app_version: str
    sources: tuple[SourceInfo, ...]
    encrypted: bool


def plain_name(path: str) -> str:
    """The name under which the hub may know a path: letters, digits, `_.-` only, never two dots in a row."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", path.replace("/", "_"))
    return re.sub(r"\.{2,}", ".", name)[-255:].lstrip(".") or "_"


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes of manifest.json. Of an encrypted vault's content only the sizes are told."""
    hidden = manifest.encrypted
    value: dict[str, Any] = {
        "version": HUB_VERSION,
        "upload_id": manifest.upload_id,
        "system_id": manifest.system_id,
        "uploaded_at": time_text(manifest.uploaded_at),
        "conversation_count": 0 if hidden else manifest.conversation_count,
        "total_size_bytes": manifest.total_size_bytes,
        "compressed": manifest.compressed,
        "compression_format": manifest.compression_format if manifest.compressed else None,
        "files": [] if hidden else list(manifest.files),
        "checksum": manifest.table.sha256,
        "metadata": {
            "cogzy": {
                "format": FORMAT_VERSION,
                "vault_id": manifest.vault_id,
                "encrypted": manifest.encrypted,
                "parents": list(manifest.parents),
                "table": {"key": manifest.table.key, "sha256": manifest.table.sha256, "size": manifest.table.size},
                "packs": list(manifest.packs),
                "app_version": manifest.app_version,
                "sources": []
                if hidden
                else [{"name": s.name, "kind": s.kind, "topic": s.topic} for s in manifest.sources],
            }
        },
    }
    return dump(value)


def parse_manifest(data: bytes, *, key: str) -> Manifest:
    """The manifest in `data`, which was read from `key`; every field is checked.

    Raises DamageError: manifest.malformed, manifest.misplaced (it belongs under another key),
    manifest.outside_vault (it points outside its vault); RefusedError: manifest.future (written by a newer Cogzy),
    manifest.foreign (written by another program).
    """
    if len(data) > MOST_MANIFEST:
        raise DamageError(_CODE, where=key, problem="too large")
    fields = parse_object(data, _CODE, key)
    own = _own_part(fields, key)
    major = _HUB_VERSION.fullmatch(fields.text("version", _HUB_VERSION))
    if own.number("format", 1) > FORMAT_VERSION or (major is not None and int(major[1]) > 1):
        raise RefusedError("manifest.future", key=key)
    upload_id, system_id = fields.text("upload_id", UPLOAD_ID), fields.text("system_id", SYSTEM_ID)
    if parse_manifest_key(key) != (system_id, upload_id):
        raise DamageError("manifest.misplaced", key=key, upload_id=upload_id)
    compressed = fields.flag("compressed")
    return Manifest(
        upload_id=upload_id,
        system_id=system_id,
        uploaded_at=read_time(fields, "uploaded_at"),
        conversation_count=fields.number("conversation_count"),
        total_size_bytes=fields.number("total_size_bytes"),
        compressed=compressed,
        compression_format=fields.text("compression_format", _COMPRESSION) if compressed else None,
        files=fields.texts("files", MOST_NAMES, _NAME),
        vault_id=own.text("vault_id", VAULT_ID),
        parents=own.texts("parents", MOST_PARENTS, UPLOAD_ID),
        table=_read_table(own, upload_id, fields.text("checksum", SHA256), key),
        packs=own.texts("packs", MOST_NAMES, SHA256),
        app_version=own.text("app_version", _VERSION),
        sources=tuple(
            SourceInfo(s.text("name", most=255), s.text("kind", most=32), s.text("topic", most=64))
            for s in own.objects("sources", 1_000)
        ),
        encrypted=own.flag("encrypted"),
    )


def _own_part(fields: Fields, key: str) -> Fields:
    try:
        return fields.nested("metadata").nested("cogzy")
    except DamageError as error:
        raise RefusedError("manifest.foreign", key=key) from error


def _read_table(own: Fields, upload_id: str, checksum: str, key: str) -> TableRef:
    table = own.nested("table")
    named = table.text("key")
    if named != table_key(own.text("vault_id", VAULT_ID), upload_id):
        raise DamageError("manifest.outside_vault", key=key, named=named)
    sha256 = table.text("sha256", SHA256)
    if sha256 != checksum:
        table.fail("sha256", "not the checksum")
    return TableRef(upload_id, named, sha256, table.number("size", 1, MOST_TABLE))

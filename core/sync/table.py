"""The file table of an upload: which pieces make up which file, and where the new ones are.

A table lists what this upload set or removed, and the locations of pieces it brought; for everything else it names
the tables before it (`base`, oldest first, each with its SHA-256, so that all can be fetched at once and all hang on
the manifest's checksum). A folded table has no base and lists everything that is live.

On the wire: compact JSON, one zstd frame, sealed when the vault is encrypted. Locations are columns: packed arrays in
base64, little endian.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import DamageError, RefusedError
from core.sync.codec import inflate, zstd_compress
from core.sync.entries import Change, entry_from_json, entry_to_json, is_safe_path
from core.sync.fields import Fields, b64, dump, parse_object
from core.sync.layout import SHA256, SYSTEM_ID, UPLOAD_ID, VAULT_ID, table_key
from core.sync.packs import PACK_LIMIT
from core.sync.pieces import (
    CODECS,
    FORMAT_VERSION,
    ID_SIZE,
    MOST_PLAIN,
    MOST_STORED,
    Location,
    PieceId,
    PieceKind,
)
from core.sync.sealing import Sealer
from core.sync.streams import split_ids

MOST_TABLE = 64 << 20
MOST_TABLE_PLAIN = 256 << 20
MOST_ENTRIES = 4_000_000
MOST_LOCATIONS = 1 << 23
MOST_BASE = 1_000
_KINDS = tuple(PieceKind)
_CODE = "table.malformed"


@dataclass(frozen=True)
class TableRef:
    """Where a table is stored, its size there and the SHA-256 of its stored bytes."""

    upload_id: str
    key: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Table:
    """One upload's table. `pieces` locates the pieces it brought (all live ones when `base` is empty)."""

    vault_id: str
    system_id: str
    upload_id: str
    base: tuple[TableRef, ...]
    set: tuple[Change, ...]
    removed: tuple[str, ...]
    pieces: Mapping[PieceId, Location]


def make_ref(vault_id: str, upload_id: str, stored: bytes) -> TableRef:
    """The reference to a table of these stored bytes."""
    return TableRef(upload_id, table_key(vault_id, upload_id), hashlib.sha256(stored).hexdigest(), len(stored))


def encode_table(table: Table, sealer: Sealer) -> bytes:
    """The stored bytes of a table. Raises RefusedError("table.too_much") rather than write what nobody could read."""
    if not all(is_safe_path(path) for path in (*(entry.path for entry in table.set), *table.removed)):
        raise ValueError("a path that leads out of its folder")
    value = {
        "format": FORMAT_VERSION,
        "vault_id": table.vault_id,
        "system_id": table.system_id,
        "upload_id": table.upload_id,
        "base": [{"upload_id": ref.upload_id, "sha256": ref.sha256, "size": ref.size} for ref in table.base],
        "set": [entry_to_json(entry) for entry in table.set],
        "removed": list(table.removed),
        "pieces": _pieces_to_json(table.pieces),
    }
    plain = dump(value)
    stored = sealer.seal_table(table.upload_id, zstd_compress(plain))
    if len(plain) > MOST_TABLE_PLAIN or len(stored) > MOST_TABLE:
        raise RefusedError("table.too_much", files=len(table.set), pieces=len(table.pieces))
    return stored


def decode_table(data: bytes, ref: TableRef, sealer: Sealer, at_most: int = MOST_TABLE_PLAIN) -> Table:
    """The table that `ref` names, from its stored bytes. Never inflates past `at_most` bytes.

    Raises DamageError: table.wrong_hash (not the bytes that `ref` names), table.tampered, table.too_large,
    table.malformed; RefusedError("table.future").
    """
    if len(data) != ref.size or hashlib.sha256(data).hexdigest() != ref.sha256:
        raise DamageError("table.wrong_hash", upload_id=ref.upload_id, expected=ref.size, found=len(data))
    plain = inflate("zstd", sealer.open_table(ref.upload_id, data), at_most)
    if plain is None:
        raise DamageError(_CODE, where="table", problem="not compressed as it should be")
    if len(plain) > at_most:
        raise DamageError("table.too_large", upload_id=ref.upload_id, most=at_most)
    fields = parse_object(plain, _CODE, "table")
    if fields.number("format", 1) > FORMAT_VERSION:
        raise RefusedError("table.future", upload_id=ref.upload_id, seen=fields.number("format"))
    vault_id = fields.text("vault_id", VAULT_ID)
    table = Table(
        vault_id=vault_id,
        system_id=fields.text("system_id", SYSTEM_ID),
        upload_id=fields.text("upload_id", UPLOAD_ID),
        base=tuple(_read_ref(f, vault_id) for f in fields.objects("base", MOST_BASE)),
        set=tuple(entry_from_json(f) for f in fields.objects("set", MOST_ENTRIES)),
        removed=fields.texts("removed", MOST_ENTRIES),
        pieces=_read_pieces(fields.nested("pieces")),
    )
    if table.upload_id != ref.upload_id or table_key(vault_id, table.upload_id) != ref.key:
        raise DamageError("table.misplaced", upload_id=ref.upload_id, found=table.upload_id)
    if not all(is_safe_path(path) for path in table.removed):
        fields.fail("removed", "leads out of its folder")
    return table


def _read_ref(fields: Fields, vault_id: str) -> TableRef:
    upload_id = fields.text("upload_id", UPLOAD_ID)
    sha256, size = fields.text("sha256", SHA256), fields.number("size", 1, MOST_TABLE)
    return TableRef(upload_id, table_key(vault_id, upload_id), sha256, size)


def _pieces_to_json(pieces: Mapping[PieceId, Location]) -> dict[str, Any]:
    places = pieces.values()
    packs = {pack: number for number, pack in enumerate(dict.fromkeys(place.pack for place in places))}
    return {
        "packs": b64(bytes.fromhex("".join(packs))),
        "ids": b64(b"".join(pieces)),
        "kind": b64(bytes(_KINDS.index(place.kind) for place in places)),
        "codec": b64(bytes(CODECS.index(place.codec) for place in places)),
        "pack": b64(_column([packs[place.pack] for place in places])),
        "offset": b64(_column([place.offset for place in places])),
        "stored": b64(_column([place.stored for place in places])),
        "plain": b64(_column([place.plain for place in places])),
    }


def _read_pieces(fields: Fields) -> dict[PieceId, Location]:
    ids = fields.raw("ids", MOST_LOCATIONS * ID_SIZE)
    packs = [part.hex() for part in split_ids(fields.raw("packs", MOST_LOCATIONS * ID_SIZE))]
    kinds, codecs = fields.raw("kind", MOST_LOCATIONS), fields.raw("codec", MOST_LOCATIONS)
    columns = [_numbers(fields, name) for name in ("pack", "offset", "stored", "plain")]
    count, cut = divmod(len(ids), ID_SIZE)
    if cut or any(len(column) != count for column in (kinds, codecs, *columns)):
        fields.fail("", "columns of different length")
    if packs and len(packs[-1]) != ID_SIZE * 2:
        fields.fail("packs", "cut")
    found: dict[PieceId, Location] = {}
    for piece_id, kind, codec, pack, offset, stored, plain in zip(split_ids(ids), kinds, codecs, *columns, strict=True):
        if kind >= len(_KINDS) or codec >= len(CODECS) or pack >= len(packs):
            fields.fail("", "unknown kind, codec or pack")
        if plain > MOST_PLAIN[_KINDS[kind]] or stored > MOST_STORED[_KINDS[kind]] or offset + stored > PACK_LIMIT:
            fields.fail("", "a piece larger than its kind allows")
        found[piece_id] = Location(_KINDS[kind], packs[pack], offset, stored, plain, CODECS[codec])
    if len(found) != count:
        fields.fail("ids", "a piece stands twice")
    return found


def _column(numbers: Sequence[int]) -> bytes:
    """Unsigned 32-bit numbers, little endian."""
    column = array("I", numbers)
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def _numbers(fields: Fields, name: str) -> Sequence[int]:
    data = fields.raw(name, MOST_LOCATIONS * 4)
    if len(data) % 4:
        fields.fail(name, "cut")
    column = array("I", data)
    if sys.byteorder == "big":
        column.byteswap()
    return column

"""From plain bytes to stored bytes and back: compress, seal; open, inflate, check.

`decode` returns exactly the bytes that were encoded or raises DamageError. It never inflates past the declared
length, whatever the stored bytes claim.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from core.errors import DamageError
from core.sync.pieces import MOST_PLAIN, Codec, Location, PieceId, PieceKind
from core.sync.sealing import Sealer

if TYPE_CHECKING:
    import zstandard

ZSTD_LEVEL = 3
GZIP_LEVEL = 6
_GZIP_WINDOW = 31
_MOST_WINDOW = 8 << 20
_WORTH = 0.97
_threads = threading.local()


class Encoded(NamedTuple):
    """A piece ready for a pack."""

    piece_id: PieceId
    codec: Codec
    stored: bytes


def encode(
    plain: bytes, kind: PieceKind, sealer: Sealer, compression: Codec, piece_id: PieceId | None = None
) -> Encoded:
    """Compress (unless it gains less than 3 %) and seal one piece. Pass `piece_id` when it is already known."""
    if len(plain) > MOST_PLAIN[kind]:
        raise ValueError(f"{len(plain)} bytes are too many for one {kind}")
    if piece_id is None:
        piece_id = sealer.piece_id(kind, plain)
    codec, data = compress(plain, compression if kind is not PieceKind.SLICE else "none")
    return Encoded(piece_id, codec, sealer.seal(kind, piece_id, data))


def decode(
    piece_id: PieceId,
    location: Location,
    stored: bytes,
    sealer: Sealer,
    others: Mapping[PieceId, Location] | None = None,
) -> bytes:
    """The plain bytes of a piece, checked against its id.

    `others` are further pieces of the vault: when the stored bytes are not this piece's, they are tried, so that a
    swapped piece (`pieces.swapped`) is told from a damaged one (`pieces.tampered` when sealed, else
    `pieces.wrong_hash`). Also raises `pieces.truncated` and `pieces.too_large`.
    """
    try:
        return _decode(piece_id, location, stored, sealer)
    except DamageError:
        for other_id, other in (others or {}).items():
            if other.stored == len(stored) and other_id != piece_id and _is(other_id, other, stored, sealer):
                raise DamageError("pieces.swapped", **_named(piece_id, location), found=other_id.hex()) from None
        raise


def compress(plain: bytes, compression: Codec) -> tuple[Codec, bytes]:
    """`plain` in the wanted codec, or as it is ("none") when that gains less than 3 %."""
    if compression == "none" or not plain:
        return "none", plain
    data = zstd_compress(plain) if compression == "zstd" else zlib.compress(plain, GZIP_LEVEL, _GZIP_WINDOW)
    return (compression, data) if len(data) < len(plain) * _WORTH else ("none", plain)


def zstd_compress(plain: bytes) -> bytes:
    """One zstd frame that names its content size."""
    compressor: zstandard.ZstdCompressor | None = getattr(_threads, "compressor", None)
    if compressor is None:
        import zstandard

        compressor = _threads.compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
    return compressor.compress(plain)


def inflate(codec: Codec, data: bytes, most: int) -> bytes | None:
    """The plain bytes of `data`, at most `most + 1` of them; None when it is no whole frame of that codec."""
    if codec == "none":
        return data
    if codec == "gzip":
        return _gunzip(data, most)
    return _unzstd(data, most)


def _decode(piece_id: PieceId, location: Location, stored: bytes, sealer: Sealer) -> bytes:
    named = _named(piece_id, location)
    if location.plain > MOST_PLAIN[location.kind]:
        raise DamageError("pieces.too_large", **named)
    if len(stored) != location.stored:
        raise DamageError("pieces.truncated", **named, expected=location.stored, found=len(stored))
    try:
        data = sealer.open(location.kind, piece_id, stored)
    except DamageError as error:
        raise DamageError("pieces.tampered", **named) from error
    plain = inflate(location.codec, data, location.plain)
    if plain is not None and len(plain) > location.plain:
        raise DamageError("pieces.too_large", **named)
    if plain is None or len(plain) != location.plain or sealer.piece_id(location.kind, plain) != piece_id:
        raise DamageError("pieces.wrong_hash", **named)
    return plain


def _is(piece_id: PieceId, location: Location, stored: bytes, sealer: Sealer) -> bool:
    try:
        _decode(piece_id, location, stored, sealer)
    except DamageError:
        return False
    return True


def _gunzip(data: bytes, most: int) -> bytes | None:
    inflater = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = inflater.decompress(data, most + 1)
    except zlib.error:
        return None
    whole = inflater.eof and not inflater.unused_data
    return plain if whole or len(plain) > most else None


def _unzstd(data: bytes, most: int) -> bytes | None:
    import zstandard

    try:
        declared = zstandard.get_frame_parameters(data).content_size
        if declared == zstandard.CONTENTSIZE_UNKNOWN:
            return None
        decompressor = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW)
        if declared <= most:
            return decompressor.decompress(data, allow_extra_data=False)
        return decompressor.stream_reader(data).read(most + 1)
    except zstandard.ZstdError:
        return None


def _named(piece_id: PieceId, location: Location) -> dict[str, str | int]:
    return {"piece": piece_id.hex(), "pack": location.pack, "offset": location.offset}

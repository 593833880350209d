"""Pieces: the units in which everything but manifests, tables and keys is stored, each sent once.

A piece has a kind, which limits its size, and an id: the SHA-256 of its plain bytes, or with encryption their keyed
HMAC, so that the bucket's owner cannot tell which known texts are in it. The id does not contain the kind: equal bytes
are one piece, stored under the kind that came first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

FORMAT_VERSION = 1
ID_SIZE = 32

PieceId = bytes
Codec = Literal["zstd", "gzip", "none"]
CODECS: tuple[Codec, ...] = ("none", "zstd", "gzip")


class PieceKind(StrEnum):
    """What a piece is a part of."""

    SLICE = "slice"  # of the compressed image of a database
    DELTA = "delta"  # of a Parquet file with changed rows or gone keys
    CHUNK = "chunk"  # of any other file
    LIST = "list"  # of a list of piece ids


MOST_PLAIN = {
    PieceKind.SLICE: 8 << 20,
    PieceKind.DELTA: 8 << 20,
    PieceKind.CHUNK: 64 << 10,
    PieceKind.LIST: 64 << 10,
}
# Two sealed slices must fit one pack of 16 MiB, so an image is cut a little below 8 MiB.
SLICE_SIZE = (8 << 20) - 1024
DELTA_SIZE = SLICE_SIZE
# What a codec or a seal may add to incompressible bytes.
MOST_OVERHEAD = 1024
MOST_STORED = {kind: most + MOST_OVERHEAD for kind, most in MOST_PLAIN.items()}


@dataclass(frozen=True, slots=True)
class Location:
    """Where a piece is stored: `stored` bytes at `offset` of pack `pack`, which give `plain` bytes back."""

    kind: PieceKind
    pack: str
    offset: int
    stored: int
    plain: int
    codec: Codec

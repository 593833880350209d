"""Packs: stored pieces one after the other, nothing between them, named by the SHA-256 of the whole.

A pack is at most 16 MiB, so that it goes up as a single signed request, and is never changed. It has no index of its
own: tables say where each piece stands.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.errors import DamageError
from core.sync.codec import Encoded
from core.sync.pieces import Codec, Location, PieceId, PieceKind

PACK_LIMIT = 16 << 20
READ_GAP = 64 << 10


@dataclass(frozen=True)
class Pack:
    """A finished pack and where its pieces stand."""

    sha256: str
    body: bytes
    pieces: tuple[tuple[PieceId, Location], ...]


class PackBuilder:
    """Gathers pieces as long as it `has_room`. Their bytes stand once in memory: the pack's body as it grows."""

    def __init__(self, limit: int = PACK_LIMIT) -> None:
        self._limit = limit
        self._body = io.BytesIO()
        self._pieces: list[tuple[PieceId, PieceKind, Codec, int, int]] = []
        self.size = 0

    def __len__(self) -> int:
        return len(self._pieces)

    def has_room(self, stored_size: int) -> bool:
        """Whether `stored_size` more bytes fit; an empty pack takes anything."""
        return not self._pieces or self.size + stored_size <= self._limit

    def add(self, piece_id: PieceId, kind: PieceKind, codec: Codec, plain_size: int, stored: bytes) -> None:
        """Append one piece. Ask `has_room` first."""
        if not self.has_room(len(stored)):
            raise ValueError("the pack has no room for this piece")
        if self._pieces:
            self._body.write(stored)
        else:
            self._body = io.BytesIO(stored)  # not copied unless another piece follows
            self._body.seek(0, io.SEEK_END)
        self._pieces.append((piece_id, kind, codec, plain_size, len(stored)))
        self.size += len(stored)

    def add_encoded(self, piece: Encoded, kind: PieceKind, plain_size: int) -> None:
        """Append what `encode` made."""
        self.add(piece.piece_id, kind, piece.codec, plain_size, piece.stored)

    def finish(self) -> Pack:
        """The pack; the builder is empty afterwards and can be used again."""
        body = self._body.getvalue()
        sha256 = hashlib.sha256(body).hexdigest()
        placed = []
        offset = 0
        for piece_id, kind, codec, plain, stored in self._pieces:
            placed.append((piece_id, Location(kind, sha256, offset, stored, plain, codec)))
            offset += stored
        self._body, self._pieces, self.size = io.BytesIO(), [], 0
        return Pack(sha256, body, tuple(placed))


@dataclass(frozen=True)
class PackRead:
    """One ranged read of a pack, and the pieces that lie in it, by offset."""

    pack: str
    offset: int
    length: int
    pieces: tuple[tuple[PieceId, Location], ...]

    def cut(self, body: bytes) -> Iterator[tuple[PieceId, Location, bytes]]:
        """The stored bytes of each piece in `body`, the answer to this read."""
        if len(body) != self.length:
            raise DamageError("packs.truncated", pack=self.pack, expected=self.length, found=len(body))
        view = memoryview(body)
        for piece_id, location in self.pieces:
            start = location.offset - self.offset
            yield piece_id, location, bytes(view[start : start + location.stored])


def plan_reads(wanted: Mapping[PieceId, Location], gap: int = READ_GAP, most: int = PACK_LIMIT) -> list[PackRead]:
    """Ranged reads that fetch all of `wanted`: neighbours no further apart than `gap` share one, up to `most` bytes.

    Packs come in the order in which `wanted` first names them.
    """
    packs: dict[str, list[tuple[PieceId, Location]]] = {}
    for piece_id, location in wanted.items():
        packs.setdefault(location.pack, []).append((piece_id, location))
    return [read for pack, pieces in packs.items() for read in _reads_of(pack, pieces, gap, most)]


def _reads_of(pack: str, pieces: list[tuple[PieceId, Location]], gap: int, most: int) -> Iterator[PackRead]:
    pieces.sort(key=lambda piece: (piece[1].offset, piece[1].stored))
    run: list[tuple[PieceId, Location]] = []
    start = end = 0
    for piece in pieces:
        location = piece[1]
        stop = location.offset + location.stored
        if run and (location.offset - end > gap or max(stop, end) - start > most):
            yield PackRead(pack, start, end - start, tuple(run))
            run = []
        if not run:
            start = end = location.offset
        run.append(piece)
        end = max(end, stop)
    if run:
        yield PackRead(pack, start, end - start, tuple(run))


def check_pack(sha256: str, body: bytes) -> None:
    """Check a whole pack against its name. Raises DamageError("packs.wrong_hash")."""
    if hashlib.sha256(body).hexdigest() != sha256:
        raise DamageError("packs.wrong_hash", pack=sha256)

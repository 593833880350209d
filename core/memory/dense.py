"""Search by meaning: int8 vectors that are scanned whole, and their floats for what comes out on top.

A vector is kept twice: as int8 with a scale of its own (a quarter of the memory, scanned at 50 million a second) and
as unit-length float32, which an index on the disk reads from a memory map for the few rows that are rescored. Vectors
of another width or model stand in another matrix. A slot is never changed, only left behind when its row dies.

On the disk a matrix is two files, codes and floats, that only grow; what was added last waits in memory until it is
flushed, or until there is enough of it to be written early.
"""

from __future__ import annotations

import logging
import math
import mmap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.files import FileError
from core.memory.columns import Column, Ints
from core.memory.folder import GrowingFile, give_back
from core.memory.scan import Codes, Floats, Scan
from core.memory.table import Mask

_COPIED = 1 << 13
BLOCK = 1 << 16
"""Slots scanned in one call."""
SPILL = 1 << 13
"""So many vectors wait in memory before they are written."""
_PICKED = 8
"""A block of which less than this part is wanted is not scanned whole."""
_SIGMAS = 6.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class VectorBlock:
    """Slots `start`, `start + 1`, …; `mapping` is where their floats come from, when they are on the disk."""

    start: int
    codes: Codes
    floats: Floats
    mapping: mmap.mmap | None = None

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Matrix:
    """A snapshot of the vectors of one width and model. `row_of` each slot, `scales` of each slot."""

    group: int
    width: int
    model: str | None
    blocks: tuple[VectorBlock, ...]
    row_of: NDArray[np.int32]
    scales: Floats
    living: int
    widest: float

    def __len__(self) -> int:
        return len(self.row_of)


@dataclass(frozen=True)
class Cosines:
    """`values` by row: NaN where there is none; at most `error` away from the exact ones."""

    values: Floats
    error: float


@dataclass(eq=False)
class VectorGroup:
    """The vectors of one width and model, for one writer. `files`: codes and floats on the disk, or None."""

    width: int
    model: str | None
    files: tuple[GrowingFile, GrowingFile] | None = None
    row_of: Column = field(default_factory=lambda: Column(np.int32))
    scales: Column = field(default_factory=lambda: Column(np.float32))
    living: int = 0
    widest: float = 0.0
    _sealed: tuple[VectorBlock, ...] = ()
    _codes: Column = field(init=False)
    _floats: Column = field(init=False)

    def __post_init__(self) -> None:
        self._empty_tail()
        self._map()

    @property
    def _written(self) -> int:
        return self._sealed[-1].start + len(self._sealed[-1]) if self._sealed else 0

    @classmethod
    def stored(
        cls, width: int, model: str | None, files: tuple[GrowingFile, GrowingFile], rows: Ints, scales: Floats
    ) -> VectorGroup:
        """What `files` hold: the vectors of `rows`, slot by slot."""
        if files[0].size != len(rows) * width or files[1].size != 4 * len(rows) * width:
            raise ValueError("vectors are missing")
        group = cls(width, model, files, Column(np.int32, rows), Column(np.float32, scales))
        group.widest = float(scales.max(initial=0))
        return group

    def append(self, units: Floats, rows: Ints) -> Ints:
        """Add the unit vectors of `rows`, which are newer than all before; returns their slots."""
        scales = np.abs(units).max(axis=1) / np.float32(127)
        codes = _quantised(units, scales)
        slots = np.arange(len(self.row_of), len(self.row_of) + len(units))
        self.row_of.append(rows)
        self.scales.append(scales)
        self.widest = max(self.widest, float(scales.max(initial=0)))
        self.living += len(units)
        self._codes.append(codes.reshape(-1))
        self._floats.append(units.reshape(-1))
        waiting = len(self._codes) // self.width
        if self.files is None and waiting >= BLOCK:
            self._sealed = (*self._sealed, self._tail())
            self._empty_tail()
        elif self.files is not None and waiting >= SPILL:
            try:
                self.write()
            except FileError as error:
                _log.warning("vectors wait in memory: %s", error)  # the flush will say so to its caller
        return slots

    def write(self) -> None:
        """Put what waits in memory into the files. Raises FileError; then it still waits."""
        if self.files is None or not len(self._codes):
            return
        codes, floats = self.files
        before = replace(codes)
        codes.append(self._codes.peek().tobytes())
        try:
            floats.append(self._floats.peek().tobytes())
        except FileError:
            codes.size, codes.checksum = before.size, before.checksum
            raise
        self._map()
        self._empty_tail()

    def snapshot(self, group: int) -> Matrix:
        """The vectors as they are now, for good."""
        blocks = self._sealed
        if len(self._codes):
            blocks = (*blocks, self._tail())
        return Matrix(
            group,
            self.width,
            self.model,
            blocks,
            self.row_of.snapshot(),
            self.scales.snapshot(),
            self.living,
            self.widest,
        )

    def _tail(self) -> VectorBlock:
        codes, floats = self._codes.snapshot(), self._floats.snapshot()
        return VectorBlock(self._written, codes.reshape(-1, self.width), floats.reshape(-1, self.width))

    def _empty_tail(self) -> None:
        self._codes, self._floats = Column(np.int8), Column(np.float32)

    def _map(self) -> None:
        """Map the files anew; full blocks stay the objects they are."""
        if self.files is None:
            return
        written = self.files[0].size // self.width
        full = tuple(block for block in self._sealed if len(block) == BLOCK)
        first = len(full) * BLOCK
        if written == first:
            self._sealed = full
            return
        codes = np.frombuffer(self.files[0].map(), np.int8).reshape(-1, self.width)
        mapping = self.files[1].map()
        floats = np.frombuffer(mapping, "<f4").reshape(-1, self.width)
        self._sealed = full + tuple(
            VectorBlock(at, codes[at : min(at + BLOCK, written)], floats[at : min(at + BLOCK, written)], mapping)
            for at in range(first, written, BLOCK)
        )


def copy_living(old: Matrix, slots: Ints, group: VectorGroup, rows: Ints) -> None:
    """Append the vectors in `slots` of `old` to the empty `group`, as those of `rows`.

    Raises ValueError when a float vector is damaged: it must still make the codes it made before.
    """
    starts = np.array([block.start for block in old.blocks])
    for at in range(0, len(slots), _COPIED):
        piece = slots[at : at + _COPIED]
        of_block = np.searchsorted(starts, piece, "right") - 1
        for number in np.unique(of_block):
            block, chosen = old.blocks[number], np.flatnonzero(of_block == number)
            inside = piece[chosen] - block.start
            floats, codes = block.floats[inside], block.codes[inside]
            scales = old.scales[piece[chosen]]
            if not np.array_equal(_quantised(floats, scales), codes):
                raise ValueError("stored vectors are damaged")
            group.append(floats, rows[at : at + _COPIED][chosen])


def unit(vector: bytes | None) -> Floats | None:
    """`vector` (float32 little-endian) at unit length; None when it has no direction: absent, zero or not finite.

    Raises ValueError when it is no float32 at all. Of the last few vectors it is kept: a query goes to many indexes.
    """
    return None if vector is None else _unit(vector)


@lru_cache(16)
def _unit(vector: bytes) -> Floats | None:
    return units([vector])[0]


def units(vectors: Sequence[bytes | None]) -> list[Floats | None]:
    """`unit` of each of many."""
    by_size: dict[int, list[int]] = {}
    for at, vector in enumerate(vectors):
        if vector:
            by_size.setdefault(len(vector), []).append(at)
    found: list[Floats | None] = [None] * len(vectors)
    for size, chosen in by_size.items():
        if size % 4:
            raise ValueError(f"{size} bytes are no float32 numbers")
        data = b"".join(vector for at in chosen if (vector := vectors[at]))
        values = np.frombuffer(data, "<f4").reshape(len(chosen), -1).astype(np.float64)
        lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
        with np.errstate(invalid="ignore", divide="ignore"):
            values /= lengths[:, None]
        short = values.astype(np.float32)
        for at, one, length in zip(chosen, short, lengths.tolist(), strict=True):
            if math.isfinite(length) and length > 0:
                found[at] = one
    return found


def choose(matrices: Sequence[Matrix], width: int, model: str | None) -> Matrix | None:
    """The matrix a query of `width` belongs to: that of its model, or without one the fullest of that width."""
    fitting = [one for one in matrices if one.width == width and one.living and model in (None, one.model)]
    return max(fitting, key=lambda one: (one.living, -one.group), default=None)


def scan(engine: Scan, matrix: Matrix, query: Floats, wanted: Mask) -> Cosines:
    """Cosines of the rows in `wanted` with the unit vector `query`, from int8."""
    scale = float(np.abs(query).max()) / 127
    codes = np.rint(query / np.float32(scale)).astype(np.int8)
    values = np.full(len(wanted), np.nan, np.float32)
    for block in matrix.blocks:
        where = slice(block.start, block.start + len(block))
        rows, scales = matrix.row_of[where], matrix.scales[where]
        first, last = int(rows[0]), int(rows[-1]) + 1  # rows rise with their slots
        if last - first == len(rows) and wanted[first:last].all():
            values[first:last] = engine.dots(block, codes) * (scales * np.float32(scale))
            continue
        picked = np.flatnonzero(wanted[rows])
        if len(picked) * _PICKED < len(block):
            dots = engine.dots_of(block.codes[picked], codes)
        else:
            dots = engine.dots(block, codes)[picked]
        values[rows[picked]] = dots * (scales[picked] * np.float32(scale))
    error = _SIGMAS * math.sqrt((scale**2 + matrix.widest**2) / 12)
    return Cosines(values, error)


def exact(matrix: Matrix, slots: Ints, query: Floats, approximate: Floats) -> tuple[NDArray[np.float64], bool]:
    """Cosines of `slots` from their floats, and whether all were sound.

    Where a float vector is damaged on the disk it cannot agree with its int8 form, and the `approximate` cosine stays.
    """
    starts = np.array([block.start for block in matrix.blocks])
    of_block = np.searchsorted(starts, slots, "right") - 1
    cosines = np.empty(len(slots), np.float64)
    wide = query.astype(np.float64)
    for number in set(of_block.tolist()):
        at = np.flatnonzero(of_block == number)
        floats = matrix.blocks[number].floats[slots[at] - starts[number]].astype(np.float64)
        cosines[at] = np.einsum("ij,j->i", floats, wide)
        if (mapping := matrix.blocks[number].mapping) is not None:
            give_back(mapping)
    rounding = (matrix.widest + float(np.abs(query).max()) / 127) / 2
    allowed = rounding * math.sqrt(matrix.width) + 1e-4  # what int8 can be off at the worst
    sound = np.abs(cosines - approximate) <= allowed
    return np.where(sound, cosines, approximate), bool(sound.all())


def _quantised(units: Floats, scales: Floats) -> Codes:
    with np.errstate(invalid="ignore"):  # damaged floats
        codes: Codes = np.rint(units / scales[:, None]).astype(np.int8)
    return codes

"""Postings of an inverted index in immutable sorted segments: in memory, or as files that are mapped.

    "CGZPOST1" | CRC-32 of the rest | terms | postings
    term hashes u64[terms] | starts i64[terms + 1] | rows i32[postings] | counts u16[postings]

A posting says that a row holds a term so many times. Within a term, rows are in no particular order; a row has one
posting a term over all segments. Merging moves whole posting lists, so it costs little more than copying them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.memory.columns import Ints

MAGIC = b"CGZPOST1"
_HEADER = struct.Struct("<8sIxxxxQQ")
_MOST_COUNT = (1 << 16) - 1
_CHUNK = 1 << 20


@dataclass(frozen=True, eq=False)
class Segment:
    """`rows[starts[i]:starts[i + 1]]` hold term `terms[i]`, `counts` times."""

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, term: np.uint64) -> slice:
        """Where the postings of `term` are; an empty slice where there are none."""
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


def build(first_row: int, texts: Sequence[Sequence[int]]) -> Segment:
    """The postings of rows `first_row`, `first_row + 1`, …, each given by the hashes of its terms."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    terms = np.fromiter(chain.from_iterable(texts), np.uint64, int(lengths.sum()))
    rows = np.repeat(np.arange(first_row, first_row + len(texts), dtype=np.int32), lengths)
    order = np.argsort(terms, kind="stable")  # rows rise already
    terms, rows = terms[order], rows[order]
    fresh = np.ones(len(terms), bool)
    fresh[1:] = (terms[1:] != terms[:-1]) | (rows[1:] != rows[:-1])
    at = np.flatnonzero(fresh)
    counts = np.minimum(np.diff(np.append(at, len(terms))), _MOST_COUNT).astype(np.uint16)
    terms, rows = terms[at], rows[at]
    return _grouped(terms, rows, counts)


def merge(segments: Sequence[Segment], moved: NDArray[np.int32] | None = None) -> Segment:
    """All postings of `segments` in one. `moved`: the new row of each row, -1 for rows that are gone."""
    terms = np.concatenate([segment.terms for segment in segments])
    lengths = np.concatenate([np.diff(segment.starts) for segment in segments])
    offsets = np.cumsum([0, *(len(segment) for segment in segments)])
    begins = np.concatenate([one.starts[:-1] + at for one, at in zip(segments, offsets[:-1], strict=True)])
    order = np.argsort(terms, kind="stable")
    terms, lengths, begins = terms[order], lengths[order], begins[order]
    rows = _gathered(np.concatenate([segment.rows for segment in segments]), begins, lengths)
    counts = _gathered(np.concatenate([segment.counts for segment in segments]), begins, lengths)
    if moved is not None:
        rows = moved[rows]
        kept = rows >= 0
        ends = np.cumsum(lengths)
        before = np.concatenate([[0], np.cumsum(kept)])
        lengths = before[ends] - before[ends - lengths]
        rows, counts = rows[kept], counts[kept]
        terms, lengths = terms[lengths > 0], lengths[lengths > 0]
    fresh = np.ones(len(terms), bool)
    fresh[1:] = terms[1:] != terms[:-1]
    at = np.flatnonzero(fresh)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    return Segment(terms[at], np.append(ends[at], len(rows)).astype(np.int64), rows, counts)


def to_bytes(segment: Segment) -> bytes:
    """The segment as its file."""
    body = b"".join(
        np.ascontiguousarray(part).astype(dtype, copy=False).tobytes()
        for part, dtype in zip((segment.terms, segment.starts, segment.rows, segment.counts), _TYPES, strict=True)
    )
    return _HEADER.pack(MAGIC, zlib.crc32(body), len(segment.terms), len(segment)) + body


def from_buffer(data: Any) -> Segment:
    """The segment in `data` (bytes or a memory map), without copying. Raises ValueError when it is damaged."""
    if len(data) < _HEADER.size:
        raise ValueError("postings: too short")
    magic, checksum, terms, postings = _HEADER.unpack_from(data)
    sizes = (terms, terms + 1, postings, postings)
    parts, at = [], _HEADER.size
    for size, dtype in zip(sizes, _TYPES, strict=True):
        parts.append((at, size, dtype))
        at += size * np.dtype(dtype).itemsize
    if magic != MAGIC or len(data) != at or zlib.crc32(memoryview(data)[_HEADER.size :]) != checksum:
        raise ValueError("postings: damaged")
    return Segment(*(np.frombuffer(data, dtype, size, at) for at, size, dtype in parts))


_TYPES = ("<u8", "<i8", "<i4", "<u2")


def _grouped(terms: NDArray[np.uint64], rows: NDArray[np.int32], counts: NDArray[np.uint16]) -> Segment:
    fresh = np.ones(len(terms), bool)
    fresh[1:] = terms[1:] != terms[:-1]
    at = np.flatnonzero(fresh)
    return Segment(terms[at], np.append(at, len(terms)).astype(np.int64), rows, counts)


def _gathered(values: NDArray[Any], begins: Ints, lengths: Ints) -> NDArray[Any]:
    """The runs `values[begins[i]:begins[i] + lengths[i]]`, one behind the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    gathered = np.empty(total, values.dtype)
    first = 0
    while first < len(lengths):  # in pieces: the positions take 8 bytes a posting
        reached = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, reached + _CHUNK, "right")))
        sizes = lengths[first:last]
        shifts = np.repeat(begins[first:last] - (ends[first:last] - sizes), sizes)
        until = int(ends[last - 1])
        gathered[reached:until] = values[shifts + np.arange(reached, until)]
        first = last
    return gathered

"""What the bytes of a DuckDB file say about themselves, read without DuckDB.

    0        main header, 4096 bytes: u64 checksum, "DUCK", u64 version, 4 x u64 flags, library version and hash
    4096     two database headers, 4096 bytes each: u64 checksum, then u64 iteration, meta block, free list,
    8192     block count, block size, vector size, compatibility; the one with the higher iteration is live
    12288    blocks of `block_size` bytes: u64 checksum, then the content

A checkpoint writes its blocks into free places first and then the header that is not live, with iteration + 1. So two
equal readings of the three headers, before and after a copy, mean that no checkpoint ended in between.

A checksum is 5381 XOR every u64 word times 0xbf58476d1ce4e5b9 (mod 2^64). It does not see words that changed places:
good against torn and rotten blocks, no identity. Files of an encrypted database have readable main headers only.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import CogzyError

if TYPE_CHECKING:
    from numpy import uint64
    from numpy.typing import NDArray

HEADER_BYTES = 12288
NEWEST_KNOWN_STORAGE = 69
"""Written by DuckDB 2.0. A file above it is copied as well, but nothing inside it is checked."""

_HEADER = 4096
_MAGIC = b"DUCK"
_LATE_VERSIONS = 999
"""Files since storage 69 say 999 in the main header; the database headers then carry the storage version."""
_ENCRYPTED = 1
_SEED = 5381
_FACTOR = 0xBF58476D1CE4E5B9
_MASK = (1 << 64) - 1
_DEFAULT_BLOCK = 262144
_READ_AT_ONCE = 1 << 20


class HeaderError(CogzyError):
    """The first 12 KiB are not the headers of a DuckDB file. `torn`: a writer may have been in the middle of them."""

    def __init__(self, code: str, *, path: str, torn: bool) -> None:
        super().__init__(code, path=path)
        self.torn = torn


@dataclass(frozen=True, slots=True)
class DuckHeader:
    """The three headers. `iteration`, `block_count` (and `storage_version` of late files) are those of the live one."""

    storage_version: int
    library_version: str
    iteration: int
    block_size: int
    block_count: int
    encrypted: bool
    raw: bytes = field(repr=False)

    @property
    def known(self) -> bool:
        """Whether this program knows the layout well enough to check what is inside."""
        return self.storage_version <= NEWEST_KNOWN_STORAGE

    @property
    def checkable(self) -> bool:
        """Whether block checksums can be checked from outside."""
        return self.known and not self.encrypted


def read_headers(source: int | Path) -> DuckHeader:
    """The headers of the open descriptor or path `source`, their checksums checked (not those of newer versions).

    Raises HeaderError `sources.not_duckdb` (torn when the file is still shorter than its headers) or
    `sources.header_damaged` (always torn: a second reading may be right), and OSError.
    """
    if isinstance(source, int):
        return parse_headers(os.pread(source, HEADER_BYTES, 0) if hasattr(os, "pread") else _read(source), f"#{source}")
    with source.open("rb", buffering=0) as file:
        return parse_headers(file.read(HEADER_BYTES) or b"", str(source))


def parse_headers(raw: bytes, path: str = "") -> DuckHeader:
    """The headers in `raw`, the first 12 KiB of a file; `path` only names it in errors. Raises as read_headers."""
    if len(raw) < HEADER_BYTES:
        raise HeaderError("sources.not_duckdb", path=path, torn=raw[8:12] in (_MAGIC, b""))
    if raw[8:12] != _MAGIC:
        raise HeaderError("sources.not_duckdb", path=path, torn=not any(raw))
    version, flags = struct.unpack_from("<2Q", raw, 12)
    encrypted = bool(flags & _ENCRYPTED)
    slots = [struct.unpack_from("<7Q", raw, start + 8) for start in (_HEADER, 2 * _HEADER)]
    iteration, _, _, block_count, block_size, _, compatibility = max(slots, key=lambda slot: slot[0])
    if encrypted:
        iteration, block_count, block_size, compatibility = 0, 0, _DEFAULT_BLOCK, 0
    header = DuckHeader(
        storage_version=max(compatibility, NEWEST_KNOWN_STORAGE) if version == _LATE_VERSIONS else version,
        library_version=raw[52:84].split(b"\0")[0].decode("ascii", "replace"),
        iteration=iteration,
        block_size=block_size or _DEFAULT_BLOCK,
        block_count=block_count,
        encrypted=encrypted,
        raw=raw,
    )
    readable = (0,) if encrypted else (0, _HEADER, 2 * _HEADER)
    if header.known and not all(_header_is_whole(raw, start) for start in readable):
        raise HeaderError("sources.header_damaged", path=path, torn=True)
    return header


def broken_blocks(path: Path, header: DuckHeader) -> frozenset[int]:
    """Numbers of the blocks whose checksum is wrong; a cut-off last block counts, one never written does not.

    A broken block that is free is legal: its writer was caught, or killed, in the middle of it. Nothing can be said of
    encrypted files and of newer versions: the answer is then empty. Reads the whole file (about 3 GB/s, warm).
    """
    import numpy

    size = header.block_size
    if not header.checkable or size % 8 or not 4096 <= size <= _READ_AT_ONCE:
        return frozenset()
    at_once = _READ_AT_ONCE // size
    buffer = bytearray(at_once * size)
    words = numpy.frombuffer(buffer, dtype="<u8").reshape(at_once, size // 8)
    products = numpy.empty((at_once, size // 8 - 1), dtype="<u8")
    broken: set[int] = set()
    number = 0
    with path.open("rb", buffering=0) as file:
        file.seek(HEADER_BYTES)
        while count := _fill(file, buffer):
            whole, rest = divmod(count, size)
            broken.update(number + int(index) for index in _broken_rows(words[:whole], products[:whole]))
            number += whole
            if rest:
                broken.add(number)
                break
    return frozenset(broken)


def _broken_rows(words: NDArray[uint64], products: NDArray[uint64]) -> list[int]:
    import numpy

    numpy.multiply(words[:, 1:], numpy.uint64(_FACTOR), out=products)
    computed = numpy.bitwise_xor.reduce(products, axis=1) ^ numpy.uint64(_SEED)
    never_written = (words[:, 0] == 0) & (computed == _SEED)
    found: list[int] = numpy.flatnonzero((words[:, 0] != computed) & ~never_written).tolist()
    return found


def _fill(file: FileIO, buffer: bytearray) -> int:
    """Read until `buffer` is full or the file ends; returns how many bytes came."""
    view = memoryview(buffer)
    done = 0
    while done < len(buffer) and (count := file.readinto(view[done:])):
        done += count
    return done


def _header_is_whole(raw: bytes, start: int) -> bool:
    stored, *words = struct.unpack_from("<512Q", raw, start)
    checksum = _SEED
    for word in words:
        checksum ^= (word * _FACTOR) & _MASK
    return bool(checksum == stored)


def _read(descriptor: int) -> bytes:
    """`pread` where there is none (Windows)."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, HEADER_BYTES)

"""Files of other programs' uploads: fetched in parts, unpacked as their first bytes say, never past a limit.

A name and a manifest may say anything about compression and size; only what arrives counts.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.errors import DamageError, RefusedError
from core.files import translated
from core.storage import NotFoundError, ObjectStore

PART = 8 << 20
_STEP = 1 << 20
_ZSTD_STEP = 2048
"""Four bytes can become 128 KiB, and they come all at once."""
_GZIP, _ZSTD, _LZ4 = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"
_MOST_WINDOW = 1 << 27


@dataclass(frozen=True)
class Unpacked:
    """A plain file, and the SHA-256 of what was stored and of what it holds."""

    path: Path
    stored_sha256: str
    plain_sha256: str


async def fetch_plain(store: ObjectStore, key: str, size: int, place: Path, most: int) -> Unpacked:
    """The object `key` of `size` bytes as a plain file at `place`, which has at most `most` bytes.

    Raises DamageError when it is cut or its compression is broken, RefusedError `akosha.ingest_too_large` and
    `akosha.ingest_compression`, StorageError.
    """
    name = key.rpartition("/")[2]
    if size > most:
        raise RefusedError("akosha.ingest_too_large", name=name, bytes=size, limit=most)
    stored = place.with_name(f"{place.name}.stored")
    digest = hashlib.sha256()
    with translated(stored):
        file = await asyncio.to_thread(stored.open, "xb")
    try:
        for offset in range(0, size, PART):
            body = await store.get(key, offset=offset, length=PART, at_most=PART)
            if len(body) != min(PART, size - offset):
                raise NotFoundError("storage.not_found", key=key)  # it was replaced meanwhile: look again later
            with translated(stored):
                await asyncio.to_thread(file.write, body)
            digest.update(body)
    finally:
        await asyncio.to_thread(file.close)
    plain = await asyncio.to_thread(unpack, stored, place, most, name)
    return Unpacked(place, digest.hexdigest(), plain)


def unpack(stored: Path, place: Path, most: int, name: str) -> str:
    """Make `place` of the file `stored`, which is then gone; returns the SHA-256 of the plain bytes."""
    with stored.open("rb") as source:
        magic = source.read(4)
        source.seek(0)
        if magic == _LZ4:
            raise RefusedError("akosha.ingest_compression", name=name, compression="lz4")
        with translated(place), place.open("xb") as target:
            sink = _Sink(target, most, name)
            if magic.startswith(_GZIP):
                _gunzip(source, sink, name)
            elif magic == _ZSTD:
                _unzstd(source, sink, name)
            else:
                while block := source.read(_STEP):
                    sink.write(block)
    stored.unlink()
    return sink.digest.hexdigest()


class _Sink:
    """Writes up to a limit, and hashes."""

    def __init__(self, target: IO[bytes], most: int, name: str) -> None:
        self._target = target
        self._left = self._most = most
        self._name = name
        self.digest = hashlib.sha256()

    def write(self, data: Any) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise RefusedError("akosha.ingest_too_large", name=self._name, bytes=None, limit=self._most)
        self._target.write(data)
        self.digest.update(data)
        return len(data)


def _gunzip(source: IO[bytes], sink: _Sink, name: str) -> None:
    """One or more gzip members."""
    data = source.read(_STEP)
    while data:
        inflater = zlib.decompressobj(31)
        while not inflater.eof:
            try:
                sink.write(inflater.decompress(data, _STEP))
            except zlib.error as error:
                raise _damaged(name, str(error)) from error
            data = inflater.unconsumed_tail or (b"" if inflater.eof else source.read(_STEP))
            if not data and not inflater.eof:
                raise _damaged(name, "it ends too early")
        data = inflater.unused_data or source.read(_STEP)


def _unzstd(source: IO[bytes], sink: _Sink, name: str) -> None:
    """One or more zstd frames."""
    import zstandard

    inflater: zstandard.ZstdDecompressionObj | None = None
    while data := source.read(_ZSTD_STEP):
        while data:
            inflater = inflater or zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW).decompressobj()
            try:
                sink.write(inflater.decompress(data))
            except zstandard.ZstdError as error:
                raise _damaged(name, str(error)) from error
            data, inflater = (inflater.unused_data, None) if inflater.eof else (b"", inflater)
    if inflater is not None:
        raise _damaged(name, "it ends too early")


def _damaged(name: str, problem: str) -> DamageError:
    return DamageError("akosha.ingest_bad_file", name=name, problem=problem)

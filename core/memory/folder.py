"""The folder of an index: files that grow or never change, and a header that says which bytes of them count.

    index.header   "CGZINDEX" | version | CRC-32 of the rest | length of the JSON | JSON | bits of the living rows

A flush writes everything else first and the header last, whole or not at all. Bytes behind what the header counts, and
files it does not name, are left over from a crash: they are overwritten or removed. The content is derived, so nothing
is repaired: where a header or file is not as it must be, the whole folder is set aside; where all is of another version
of the program, it goes.
"""

from __future__ import annotations

import json
import logging
import mmap
import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.errors import BusyError
from core.files import COPY_STEP, fsync_folder, inside, translated, write_atomically

VERSION = 2
HEADER = "index.header"
_LOCK = "lock"
_MAGIC = b"CGZINDEX"
_FIXED = struct.Struct("<8sIIQ")
_log = logging.getLogger(__name__)


class OutdatedError(ValueError):
    """What stands there was made for another version, or for other vectors. Nothing is wrong with it."""


@dataclass
class GrowingFile:
    """A file of which the first `size` bytes count, with their CRC-32. `claim` is asked before the first change."""

    path: Path
    claim: Callable[[], None]
    size: int = 0
    checksum: int = 0
    _synced: int = 0

    def append(self, data: bytes | memoryview) -> None:
        """Write `data` behind what counts. Raises FileError; then nothing more counts than before."""
        self.claim()
        with translated(self.path):
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                file.seek(self.size)
                file.write(data)
        self.checksum = zlib.crc32(data, self.checksum)
        self.size += len(data)

    def sync(self) -> None:
        """Put it on the disk."""
        if self._synced == self.size:
            return
        with translated(self.path), self.path.open("r+b") as file:
            os.fsync(file.fileno())
        self._synced = self.size

    def map(self) -> mmap.mmap:
        """The bytes that count, read-only."""
        with translated(self.path), self.path.open("rb") as file:
            return mmap.mmap(file.fileno(), self.size, access=mmap.ACCESS_READ)

    def state(self) -> dict[str, Any]:
        """What the header says of it."""
        return {"name": self.path.name, "size": self.size, "checksum": self.checksum}

    def check(self, whole: bool) -> None:
        """Raise ValueError when it is too short or, looked at `whole`, not what the header says."""
        if not self.size:
            return
        with self.path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < self.size:
                raise ValueError(f"{self.path.name} is too short")
            left, checksum = self.size if whole else 0, 0
            while left and (piece := file.read(min(left, COPY_STEP))):
                checksum, left = zlib.crc32(piece, checksum), left - len(piece)
        if whole and checksum != self.checksum:
            raise ValueError(f"{self.path.name} is damaged")
        self._synced = self.size


def give_back(mapping: mmap.mmap) -> None:
    """Unmap the pages that were read, which stay in the system's cache and come again by themselves.

    Each row that is read maps 64 KiB around it for good, and a look over the whole file all of it: the process would
    seem to need what the system alone keeps, and can drop at any time.
    """
    if hasattr(mmap, "MADV_DONTNEED"):
        mapping.madvise(mmap.MADV_DONTNEED)


class IndexFolder:
    """One folder, one process that writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: FileLock | None = None
        self._number = 0

    def read_header(self) -> tuple[dict[str, Any], bytes] | None:
        """The JSON of the header and the bits behind it; None where there is no header yet.

        Raises OutdatedError when it is of another version, ValueError when it is damaged.
        """
        try:
            data = (self.path / HEADER).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if len(data) < _FIXED.size:
            raise ValueError("the header is too short")
        magic, version, checksum, length = _FIXED.unpack_from(data)
        body = data[_FIXED.size :]
        if magic == _MAGIC and version != VERSION:
            raise OutdatedError(f"it is of version {version}")
        if magic != _MAGIC or zlib.crc32(body) != checksum:
            raise ValueError("the header is damaged")
        header: dict[str, Any] = json.loads(body[:length])
        self._number = header["number"]
        return header, body[length:]

    def commit(self, header: Mapping[str, Any], bits: bytes) -> None:
        """Write the header; from here on a new start begins with it. Raises FileError."""
        self.claim()
        text = json.dumps({**header, "number": self._number}).encode()
        body = text + bits
        write_atomically(self.path / HEADER, _FIXED.pack(_MAGIC, VERSION, zlib.crc32(body), len(text)) + body)

    def clean(self, kept: Iterable[str]) -> list[Path]:
        """Remove files that nobody names any more; returns those that stay for now."""
        names = {HEADER, _LOCK, *kept}
        left = []
        for path in self.path.iterdir():
            if path.name not in names:
                try:
                    path.unlink()
                except PermissionError:  # Windows: a search still reads it; the next flush does it
                    left.append(path)
        return left

    def new_file(self, kind: str) -> GrowingFile:
        """An empty file with a name that was never used here."""
        self._number += 1
        return GrowingFile(self.path / f"{self._number:06d}.{kind}", self.claim)

    def known_file(self, state: Mapping[str, Any]) -> GrowingFile:
        """The file that a header describes."""
        path = inside(self.path, str(state["name"]))
        return GrowingFile(path, self.claim, int(state["size"]), int(state["checksum"]))

    def sync(self) -> None:
        """Put the names of new files on the disk. Raises FileError."""
        with translated(self.path):
            fsync_folder(self.path)

    def claim(self) -> None:
        """Become the one that writes here, until `close`. Raises BusyError when another process is."""
        if self._lock is not None:
            return
        with translated(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / _LOCK, thread_local=False)
            try:
                lock.acquire(timeout=0)
            except Timeout as error:
                raise BusyError("memory.index_in_use", path=str(self.path)) from error
        self._lock = lock

    def forget(self) -> None:
        """Make the next start begin empty: what stands here is damaged."""
        with translated(self.path):
            (self.path / HEADER).unlink(missing_ok=True)

    def empty(self, reason: OutdatedError) -> None:
        """Remove what stands here, which can be made anew. Raises FileError, BusyError."""
        self.claim()
        _log.info("an index is built anew: %s", reason)
        self.forget()
        with translated(self.path):
            left = [path.stem for path in self.clean(())]
        self._number = max((int(name) for name in left if name.isdecimal()), default=0)
        self.close()

    def set_aside(self, reason: Exception) -> None:
        """Move the folder out of the way, in the place of what was set aside before. Raises FileError, BusyError."""
        self.claim()
        self.close()
        aside = self.path.with_name(f"{self.path.name}.damaged")
        _log.warning("an index is built anew, the old one was set aside: %s", reason)
        with translated(self.path):
            if aside.exists():
                shutil.rmtree(aside)
            self.path.rename(aside)

    def close(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

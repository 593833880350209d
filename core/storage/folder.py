"""A directory, network share or USB disk as an ObjectStore.

Invariants:

- The folder itself must exist: an unplugged disk is an error, never an empty store, and is never recreated silently.
- An object appears by one rename (or hard link) of a file that is already on the disk: readers see all or nothing.
- What a killed write leaves behind lies in `.cogzy-partial/`, is never listed, and is removed a day later.
- Names that do not follow the rule for keys are not ours and not listed.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import stat
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from core.files import DISK_FULL, fsync_folder
from core.storage.errors import (
    AccessError,
    AlreadyExistsError,
    NotFoundError,
    StorageError,
    TooLargeError,
    UnreachableError,
)
from core.storage.location import StoreLocation, check_key, is_key
from core.storage.protocol import MOST_BYTES, StoredObject, StoreOptions, Traffic
from core.storage.threads import beside

T = TypeVar("T")

PARTIAL = ".cogzy-partial"
LEFTOVER_SECONDS = 24 * 3600
"""Another computer may be writing to the same share just now: only what is a day old is surely abandoned."""
_SLOWEST_BYTES_PER_SECOND = 16_384
_PAGE = 1000
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_NOT_AN_OBJECT = {
    errno.ENOENT,
    errno.ELOOP,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENOTEMPTY,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.EINVAL,
}
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class FolderStore:
    """Objects as files below a folder that is there."""

    def __init__(self, location: StoreLocation, options: StoreOptions) -> None:
        self.location = location
        self.traffic = Traffic()
        self._root = location.folder
        self._base = self._root.joinpath(*location.key_prefix.split("/")[:-1])
        self._options = options
        self._upload, self._download = options.limiters
        self._slots = asyncio.Semaphore(options.concurrency)
        self._swept = False

    async def warm_up(self) -> None:
        """Nothing has to be loaded."""

    async def put(self, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        """Write, fsync, rename, fsync the folder."""
        path = self._path(key)
        await self._upload.take(len(body))
        self.traffic.sent += len(body)
        await self._run("put", key, len(body), lambda: self._write(path, body, key, only_if_absent))

    async def get(self, key: str, *, offset: int = 0, length: int | None = None, at_most: int = MOST_BYTES) -> bytes:
        """Read the file or the range of it."""
        path = self._path(key)
        data = await self._run(
            "get", key, min(length or at_most, at_most), lambda: _read(path, offset, length, at_most)
        )
        self.traffic.received += len(data)
        await self._download.take(len(data))
        return data

    async def head(self, key: str) -> StoredObject | None:
        """One stat."""
        path = self._path(key)
        try:
            info = await self._run("head", key, 0, path.lstat)
        except NotFoundError:
            return None
        return _stored(key, info) if stat.S_ISREG(info.st_mode) else None

    async def list(self, prefix: str = "", *, delimiter: str = "") -> AsyncIterator[StoredObject]:
        """Folder by folder, in pages."""
        found = self._walk(prefix, delimiter)
        while page := await self._run("list", prefix, 0, lambda: list(islice(found, _PAGE))):
            for item in page:
                yield item

    async def delete(self, key: str) -> None:
        """Unlink, and take away folders that became empty."""
        path = self._path(key)
        with contextlib.suppress(NotFoundError):
            await self._run("delete", key, 0, lambda: self._remove(path))

    async def close(self) -> None:
        """Nothing is held open."""

    async def _run(self, operation: str, key: str, size: int, work: Callable[[], T]) -> T:
        """Do `work` in a thread, within a time limit, with errors translated."""
        self.traffic.requests += 1
        try:
            async with self._slots, asyncio.timeout(self._options.idle_seconds + size / _SLOWEST_BYTES_PER_SECOND):
                return await beside(lambda: self._translated(operation, key, work))
        except TimeoutError as error:
            raise UnreachableError("storage.timeout", host=str(self._root), operation=operation) from error

    def _translated(self, operation: str, key: str, work: Callable[[], T]) -> T:
        try:
            return work()
        except OSError as error:
            raise self._meaning(error, operation, key) from error

    def _meaning(self, error: OSError, operation: str, key: str) -> StorageError:
        folder, reason = str(self._root), error.strerror or str(error)
        if error.errno in DISK_FULL:
            return AccessError("storage.disk_full", folder=folder)
        if not self._root.is_dir():
            return AccessError("storage.folder_missing", folder=folder)
        if error.errno in _FORBIDDEN:
            return AccessError("storage.folder_unwritable", folder=folder, reason=reason)
        if error.errno in _NOT_AN_OBJECT:
            if operation == "put":
                return AccessError("storage.bad_key", key=key)
            return NotFoundError("storage.not_found", key=key)
        return UnreachableError("storage.unreachable", host=folder, reason=reason)

    def _path(self, key: str) -> Path:
        parts = check_key(key).split("/")
        if PARTIAL in parts:
            raise AccessError("storage.bad_key", key=key)
        return self._base.joinpath(*parts)

    def _write(self, path: Path, body: bytes, key: str, only_if_absent: bool) -> None:
        partial = self._root / PARTIAL
        temporary = partial / f"{secrets.token_hex(8)}.part"
        with contextlib.suppress(FileExistsError):
            partial.mkdir()
        self._sweep(partial)
        try:
            with os.fdopen(os.open(temporary, _WRITE, 0o600), "wb") as out:
                out.write(body)
                out.flush()
                os.fsync(out.fileno())
            for tries_left in (4, 3, 2, 1, 0):
                try:
                    self._make_folders(path.parent)
                    self._appear(temporary, path, key, only_if_absent)
                    break
                except FileNotFoundError:  # a delete just took the emptied folder away
                    if not tries_left or not self._root.is_dir():
                        raise
        finally:
            temporary.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):  # deleted again, with its folder
            fsync_folder(path.parent)

    def _appear(self, temporary: Path, path: Path, key: str, only_if_absent: bool) -> None:
        if not only_if_absent:
            temporary.replace(path)
            return
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise AlreadyExistsError("storage.exists", key=key) from None
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _appear_without_links(temporary, path, key)

    def _make_folders(self, folder: Path) -> None:
        """Create what is missing between the root, which must exist, and `folder`."""
        missing = []
        while folder != self._root and not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            with contextlib.suppress(FileExistsError):
                each.mkdir()
            fsync_folder(each.parent)

    def _sweep(self, partial: Path) -> None:
        if self._swept:
            return
        self._swept = True
        before = time.time() - LEFTOVER_SECONDS
        for path in partial.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process sweeps too
                if path.suffix == ".part" and path.lstat().st_mtime < before:
                    path.unlink()

    def _remove(self, path: Path) -> None:
        path.unlink()
        with contextlib.suppress(OSError):  # not empty: as it should be
            for folder in path.parents:
                if folder == self._root:
                    break
                folder.rmdir()

    def _walk(self, prefix: str, delimiter: str) -> Iterator[StoredObject]:
        if not self._root.is_dir():
            raise AccessError("storage.folder_missing", folder=str(self._root))
        if not prefix.startswith("/") and ".." not in prefix.split("/"):
            yield from self._walk_folder(prefix.rpartition("/")[0], prefix, delimiter)

    def _walk_folder(self, folder: str, prefix: str, delimiter: str) -> Iterator[StoredObject]:
        try:
            with os.scandir(self._base / folder if folder else self._base) as scan:
                entries = [(entry, entry.is_dir(follow_symlinks=False)) for entry in scan]
        except (FileNotFoundError, NotADirectoryError):
            return
        named = sorted((os.fsencode(e.name) + b"/" * is_dir, e, is_dir) for e, is_dir in entries if e.name != PARTIAL)
        for _, entry, is_dir in named:
            key = f"{folder}/{entry.name}" if folder else entry.name
            if not is_key(key) or not (key + "/" * is_dir).startswith(prefix):
                continue
            if is_dir and delimiter:
                yield StoredObject(f"{key}/", 0)
            elif is_dir:
                yield from self._walk_folder(key, prefix, delimiter)
            elif entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):  # deleted since
                    yield _stored(key, entry.stat(follow_symlinks=False))


def _appear_without_links(temporary: Path, path: Path, key: str) -> None:
    """FAT disks know no hard links: look and rename under a lock instead."""
    from filelock import FileLock

    with FileLock(temporary.with_name("names.lock")):
        if path.exists():
            raise AlreadyExistsError("storage.exists", key=key)
        temporary.replace(path)


def _read(path: Path, offset: int, length: int | None, at_most: int) -> bytes:
    with os.fdopen(os.open(path, _READ), "rb") as file:
        info = os.fstat(file.fileno())
        if not stat.S_ISREG(info.st_mode):
            raise IsADirectoryError(errno.EISDIR, "not a file", str(path))
        left = max(0, info.st_size - offset)
        wanted = left if length is None else min(left, length)
        if wanted > at_most:
            raise TooLargeError("storage.too_large", key=path.name, size=wanted, limit=at_most)
        file.seek(offset)
        data = file.read(wanted)
    if len(data) != wanted:
        raise UnreachableError("storage.unreachable", host=str(path), reason="cut short")
    return data


def _stored(key: str, info: os.stat_result) -> StoredObject:
    return StoredObject(key, info.st_size, datetime.fromtimestamp(info.st_mtime, UTC))

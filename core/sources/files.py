"""Folders of files that other programs append to, byte for byte.

Promises: credential files and excluded ones never come out; nothing outside the source's root does; only regular files
do; one odd file stops nothing, it becomes a Notice. Names stay as they are on the disk (composed or decomposed
unicode). A file that grows while it is read gives the prefix that was there when it was found.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import DamageError
from core.files import inside
from core.sources.exclusions import holds_credentials, matcher
from core.sources.source import Notice, Source, SourceError

_GONE = (errno.ENOENT, errno.ENOTDIR)
_OWN_USER = os.geteuid() if hasattr(os, "geteuid") else -1
_EFFECTIVE = os.access in os.supports_effective_ids


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file of a source. `relative` has slashes on every system; `size` is in bytes, as it was when found."""

    relative: str
    path: Path
    size: int
    mtime_ns: int
    inode: int


Entry = tuple[str, str, os.stat_result]
"""Relative path, absolute path, stat."""


def walk_files(source: Source, notices: list[Notice] | None = None) -> Iterator[FoundFile]:
    """Every file of `source` that may be copied, sorted by folder. A source that is not there has none.

    `notices` gets one entry for each file or folder that was left out for another reason than an exclusion.
    Raises SourceError when the root itself cannot be read.
    """
    try:
        for relative, path, found in walk_entries(source, notices):
            if not _can_be_restored(relative):
                _note(notices, "sources.odd_name", source, relative)
            elif not _can_be_read(path, found):
                _note(notices, "sources.unreadable_file", source, relative)
            else:
                yield FoundFile(relative, Path(path), found.st_size, found.st_mtime_ns, found.st_ino)
    except FileNotFoundError:
        return
    except OSError as error:
        raise SourceError(
            "sources.not_readable", name=source.name, path=str(source.path), reason=error.strerror or str(error)
        ) from error


def open_found(found: FoundFile) -> BinaryIO:
    """The first `found.size` bytes of a file that was found, opened for reading.

    Raises SourceError when it has gone, cannot be read, or has become something else (a link, a pipe) since.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = io.FileIO(os.open(found.path, flags), "rb", closefd=True)
    except OSError as error:
        code = "sources.file_gone" if error.errno in _GONE else "sources.unreadable_file"
        raise SourceError(code, path=found.relative, reason=error.strerror or str(error)) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise SourceError("sources.special_file", path=found.relative)
    return io.BufferedReader(_Prefix(file, found.size), 1 << 16)


def walk_entries(source: Source, notices: list[Notice] | None) -> Iterator[Entry]:
    """As walk_files, without asking whether each file can be read and put back. Raises OSError for the root only."""
    root = source.path.stat()
    if stat.S_ISREG(root.st_mode):
        yield source.path.name, str(source.path), root
        return
    excluded = matcher(source.exclude)
    real_root = os.path.realpath(source.path)
    folders = [""]
    while folders:
        below = folders.pop()
        for entry in _entries(source, below, notices):
            relative = f"{below}{entry.name}"
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                if excluded(relative, is_folder):
                    continue
                if holds_credentials(entry.name, is_folder):
                    _note(notices, "sources.secret_left_out", source, relative)
                elif is_folder:
                    folders.append(f"{relative}/")
                elif (found := _file(source, entry, real_root, relative, notices)) is not None:
                    yield found
            except FileNotFoundError:
                continue
            except OSError:
                _note(notices, "sources.unreadable_file", source, relative)


def _entries(source: Source, below: str, notices: list[Notice] | None) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(source.path / below if below else source.path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if not below:
            raise
        if error.errno not in _GONE:
            _note(notices, "sources.unreadable_folder", source, below)
        return []


def _file(
    source: Source, entry: os.DirEntry[str], real_root: str, relative: str, notices: list[Notice] | None
) -> Entry | None:
    """The entry as a regular file, or None after a notice. A link counts when it leads to a file inside the root."""
    path, found = entry.path, entry.stat(follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        path = os.path.realpath(path)
        target = Path(path)
        if not path.startswith(real_root + os.sep) or holds_credentials(target.name, False) or not target.is_file():
            _note(notices, "sources.link_left_out", source, relative)
            return None
        found = target.stat()
    if not stat.S_ISREG(found.st_mode):
        _note(notices, "sources.special_file", source, relative)
        return None
    return relative, path, found


def _can_be_read(path: str, found: os.stat_result) -> bool:
    """Whether this process may read the file; asked of the system only when it is not plainly ours."""
    if found.st_mode & stat.S_IRUSR and found.st_uid == _OWN_USER:
        return True
    return os.access(path, os.R_OK, effective_ids=_EFFECTIVE)


def _can_be_restored(relative: str) -> bool:
    """Whether the name can stand in a table as UTF-8 and be put back below a folder."""
    try:
        if not relative.isascii():
            relative.encode()
        if "\\" in relative or ":" in relative[:2]:
            inside(Path(), relative)
    except (UnicodeEncodeError, DamageError):
        return False
    return True


def _note(notices: list[Notice] | None, code: str, source: Source, relative: str) -> None:
    if notices is not None:
        shown = relative.encode("utf-8", "backslashreplace").decode()
        notices.append(Notice(code, {"name": source.name, "path": shown}))


class _Prefix(io.RawIOBase):
    """The first `left` bytes of a file."""

    def __init__(self, file: io.FileIO, left: int) -> None:
        self._file = file
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")[: self._left]  # type: ignore[arg-type]
        count = self._file.readinto(view) or 0
        self._left -= count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()

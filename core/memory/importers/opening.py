"""The files of an export: single ones, folders, zips; each found once, opened when it is read, never extracted.

What a zip claims is not believed: more bytes than it declares, entries that share bytes, or a size out of all
proportion end the import.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import DamageError, RefusedError, UsageError
from core.files import FileError
from core.memory.importers.report import Report

READ = (".json", ".jsonl", ".ndjson", ".html", ".htm", ".txt")
"""What conversations are written in."""
MOST_ENTRIES = 200_000
MOST_RATIO, PLAIN_BYTES = 200, 256 << 20
"""An entry larger than PLAIN_BYTES that grows more than MOST_RATIO-fold is no export; text grows about tenfold."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError)
_IGNORED = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
_ARCHIVES = (".zip", ".tgz", ".gz", ".tar", ".7z", ".rar")


@dataclass(frozen=True)
class Member:
    """One file of an export. `name`: its path as a person knows it; `size`: bytes, as far as known."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    @property
    def base(self) -> str:
        """The last part of its name, without regard to case."""
        return self.name.rsplit("/", 1)[-1].casefold()


class Members:
    """All files below `paths`; use it as a context: zips stay open while it lasts."""

    def __init__(self, paths: list[Path], report: Report) -> None:
        self._paths = paths
        self._report = report
        self._opened = ExitStack()

    def __enter__(self) -> Members:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def found(self) -> list[Member]:
        """Those that may hold conversations, sorted. Others are noted; raises UsageError, DamageError, RefusedError."""
        members: dict[str, Member] = {}
        for path in self._paths:
            for member in self._below(path.expanduser().absolute()):
                members.setdefault(member.name, member)
        return [members[name] for name in sorted(members)]

    def _below(self, path: Path) -> Iterator[Member]:
        try:
            if path.is_dir():
                for folder, folders, files in os.walk(path, onerror=_raise):
                    folders[:] = sorted(name for name in folders if name not in _IGNORED and not name.startswith("."))
                    for name in sorted(files):
                        yield from self._file(Path(folder, name), given=False)
            elif path.is_file():
                yield from self._file(path, given=True)
            else:
                raise UsageError("import.not_found", path=str(path))
        except OSError as error:
            raise _unreadable(error, path) from error

    def _file(self, path: Path, *, given: bool) -> Iterator[Member]:
        name = path.as_posix()
        if path.name in _IGNORED or (path.name.startswith(".") and not given) or not path.is_file():
            return
        with path.open("rb") as file:
            zipped = file.read(4) in (b"PK\3\4", b"PK\5\6")
        if zipped or path.suffix.lower() == ".zip":
            yield from self._zip(path)
        elif path.suffix.lower() in READ or (given and path.suffix.lower() not in _ARCHIVES):
            yield Member(name, path.stat().st_size, lambda: _open(path))
        elif given:
            raise UsageError("import.other_archive", path=name)
        else:
            self._leave(name, name)

    def _zip(self, path: Path) -> Iterator[Member]:
        size = path.stat().st_size
        try:
            _check_entries(path)
            archive = self._opened.enter_context(zipfile.ZipFile(path))
            entries = archive.infolist()
        except _BROKEN as error:
            raise DamageError("import.zip_broken", path=path.as_posix(), reason=str(error)) from error
        if sum(entry.compress_size for entry in entries) > size:
            raise RefusedError("import.zip_bomb", path=path.as_posix(), entry=entries[0].filename if entries else "-")
        for entry in entries:
            inside = entry.filename.replace("\\", "/")
            name = f"{path.as_posix()}/{inside}"
            parts = inside.split("/")
            if entry.is_dir() or any(part in _IGNORED for part in parts) or parts[-1].startswith("."):
                continue
            if not inside.lower().endswith(READ):
                self._leave(path.as_posix(), inside)
                continue
            if entry.flag_bits & 1:
                raise UsageError("import.zip_locked", path=path.as_posix(), entry=inside)
            yield Member(name, entry.file_size, _opener(archive, entry, name))

    def _leave(self, file: str, name: str) -> None:
        self._report.file = file
        suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122  # a name in a zip is no path
        if suffix in _ARCHIVES:
            self._report.note("import.archive_inside", name=name)
        else:
            self._report.note("import.file_left_out", name=suffix or "without an ending", place=name)
        self._report.file = ""


class _Guarded:
    """An entry of a zip, read with its claims in mind."""

    def __init__(self, stream: BinaryIO, entry: zipfile.ZipInfo, name: str) -> None:
        self._stream = stream
        self._entry = entry
        self._name = name
        self._count = 0

    def read(self, size: int = -1) -> bytes:
        try:
            block = self._stream.read(size)
        except _BROKEN as error:
            raise DamageError("import.zip_broken", path=self._name, reason=str(error)) from error
        self._count += len(block)
        if self._count > PLAIN_BYTES and self._count > MOST_RATIO * max(1, self._entry.compress_size):
            raise RefusedError("import.zip_bomb", path=self._name, entry=self._entry.filename)
        return block

    def close(self) -> None:
        self._stream.close()


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            return _Guarded(archive.open(entry), entry, name)  # type: ignore[return-value,arg-type]
        except (*_BROKEN, RuntimeError) as error:
            raise DamageError("import.zip_broken", path=name, reason=str(error)) from error

    return opened


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise _unreadable(error, path) from error


def _check_entries(path: Path) -> None:
    """Raise RefusedError for a list of entries that would not fit into memory, before it is read."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - (66 << 10)))
        tail = file.read()
    at = tail.rfind(b"PK\5\6")
    count = int.from_bytes(tail[at + 10 : at + 12], "little") if at >= 0 else 0
    if (wide := tail.rfind(b"PK\6\6")) >= 0:
        count = max(count, int.from_bytes(tail[wide + 32 : wide + 40], "little"))
    if count > MOST_ENTRIES:
        raise RefusedError("import.zip_bomb", path=path.as_posix(), entry=f"{count} entries")


def _raise(error: OSError) -> None:
    raise error


def _unreadable(error: OSError, path: Path) -> FileError:
    return FileError("files.not_readable", path=str(error.filename or path), reason=error.strerror or str(error))

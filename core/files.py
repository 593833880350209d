"""Files, safely: whole or not at all, on the disk before anybody is told, never outside their folder."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from core.errors import CogzyError, DamageError

COPY_STEP = 1 << 20
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system calls a disk, a quota or a file that takes no more."""
_FICLONE = 0x40049409


class FileError(CogzyError):
    """The file system refused: disk full, no permission, or an I/O error."""


@contextlib.contextmanager
def translated(path: Path | str) -> Iterator[None]:
    """Turn an OSError about writing below `path` into a FileError that a person can be shown."""
    try:
        yield
    except OSError as error:
        raise file_error(error, path) from error


def file_error(error: OSError, path: Path | str) -> FileError:
    """The FileError that says what the OSError `error` about `path` means."""
    where = str(error.filename or path)
    if error.errno in DISK_FULL:
        return FileError("files.disk_full", path=where)
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        there = next((one for one in (Path(where), *Path(where).parents) if one.is_file()), where)
        return FileError("files.in_the_way", path=str(there))
    return FileError("files.not_writable", path=where, reason=error.strerror or str(error))


def write_atomically(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write `path` whole or not at all, for its owner alone, and fsync it and its folder.

    Raises FileError when the disk is full or refuses; the old content is then untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with translated(path):
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.writelines([data] if isinstance(data, bytes) else data)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        fsync_folder(path.parent)


def fsync_folder(folder: Path) -> None:
    """Put renames and new names in `folder` on the disk. Windows has no such call: its renames are journaled."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_bytes(source: int, target: int, size: int) -> int:
    """Copy up to `size` bytes front to back between open descriptors; returns how many there were.

    A reflink where the file system can and the whole file is wanted, else in-kernel copies, else reads.
    """
    if sys.platform == "linux" and size and size == os.fstat(source).st_size:
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.ioctl(target, _FICLONE, source)
            os.ftruncate(target, size)
            return size
    done = 0
    while done < size:
        step = min(COPY_STEP, size - done)
        if sys.platform == "linux":
            count = os.sendfile(target, source, done, step)
        else:
            os.lseek(source, done, os.SEEK_SET)
            block = os.read(source, step)
            count = len(block)
            view = memoryview(block)
            while view:
                view = view[os.write(target, view) :]
        if not count:
            break
        done += count
    return done


def inside(root: Path, name: str) -> Path:
    """`root / name` for a relative posix `name` that came from elsewhere. Raises DamageError when it leads outside."""
    pure = PurePosixPath(name)
    bad = (
        not name
        or "\\" in name
        or "\0" in name
        or pure.is_absolute()
        or any(part in ("..", ".") for part in name.split("/"))
        or (len(name) > 1 and name[1] == ":")
    )
    if bad:
        raise DamageError("files.escapes", path=name)
    return root.joinpath(*pure.parts)


def remove_tree(folder: Path) -> None:
    """Remove a private folder of ours and all that is in it; one that is not there is fine."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)

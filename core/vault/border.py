"""Where errors of the operating system become the vault's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.files import FileError


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn an OSError about reading `path` into a FileError; a file that is not there stays FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        where = str(error.filename or path)
        raise FileError("files.not_readable", path=where, reason=error.strerror or str(error)) from error

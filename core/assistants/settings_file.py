"""A settings file of another program, changed in one place: whole or not at all, with a copy of how it was before.

- A file that is no JSON object, or has something else where we would add, is left alone and named.
- It keeps its permissions, its byte order mark and its place behind a link.
- When the other program writes it meanwhile, the change is made again on what it wrote.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.assistants.json_text import Place, parsed
from core.errors import BusyError, RefusedError
from core.files import translated, write_atomically

BEFORE = ".before-cogzy"
_BOM = "\ufeff"
_TRIES = 5


@dataclass(frozen=True)
class Changed:
    """What became of a file. `backup`: how it was before; None when it is new or nothing changed."""

    path: Path
    changed: bool
    backup: Path | None = None


def change(path: Path, edit: Callable[[str], str], *, create: bool) -> Changed:
    """Put what `edit` makes of the text of `path` in its place. `create`: a file that is not there is begun with `{}`.

    Raises RefusedError for a file that is not as expected, FileError when it cannot be written.
    """
    path = Path(os.path.realpath(path))
    for _ in range(_TRIES):
        before = _read(path)
        if before is None and not create:
            return Changed(path, False)
        text = "{}\n" if before is None else _decoded(before, path)
        mark = _BOM if text.startswith(_BOM) else ""
        after = (mark + edit(text.removeprefix(_BOM) or "{}\n")).encode()
        if after == before:
            return Changed(path, False)
        json.loads(after.decode().removeprefix(_BOM))  # what cannot be read is never written
        if _write(path, before, after):
            return Changed(path, True, None if before is None else path.with_name(path.name + BEFORE))
    raise BusyError("hooks.busy", path=str(path))


def root_of(text: str, path: Path) -> Place:
    """The object that a settings file is. Raises RefusedError("hooks.damaged") when it is none."""
    try:
        root = parsed(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise RefusedError("hooks.damaged", path=str(path), line=line, reason=getattr(error, "msg", "")) from error
    return require(root, dict, "the file", path)


def require(place: Place, kind: type, name: str, path: Path) -> Place:
    """`place`, which must be an object or a list. Raises RefusedError("hooks.unexpected")."""
    if not isinstance(place.value, kind):
        raise RefusedError("hooks.unexpected", path=str(path), name=name)
    return place


def _read(path: Path) -> bytes | None:
    with translated(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise RefusedError("hooks.damaged", path=str(path), line=1, reason="it is not UTF-8") from error


def _write(path: Path, before: bytes | None, after: bytes) -> bool:
    """False when somebody else wrote it meanwhile."""
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = None if before is None else stat.S_IMODE(path.stat().st_mode)
        if before is not None:
            backup = path.with_name(path.name + BEFORE)
            write_atomically(backup, before)
        if _read(path) != before:
            return False
        write_atomically(path, after)
        if mode is not None:
            path.chmod(mode)
    return True

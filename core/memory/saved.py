"""An index on the disk and back: everything else first, the header last."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DamageError
from core.files import file_error
from core.memory.dense import VectorGroup
from core.memory.folder import IndexFolder, OutdatedError, give_back
from core.memory.lexical import Postings
from core.memory.postings import from_buffer
from core.memory.state import IndexState
from core.memory.table import ROW, RowTable
from core.memory.vocabulary import Vocabulary

_DAMAGE = (ValueError, KeyError, TypeError, IndexError, FileNotFoundError, DamageError)
_TRIES = 3


def save(state: IndexState, folder: IndexFolder, seq: int, width: int | None) -> None:
    """Make `state` what the folder holds, as of `seq`. Raises FileError or BusyError; then the old still counts."""
    folder.claim()
    if state.rows_file is None:
        state.rows_file = folder.new_file("rows")
    written = state.rows_file.size // ROW.itemsize
    if written < len(state.table):
        state.rows_file.append(state.stored(written).tobytes())
    for group in state.groups:
        group.write()
    state.store_fresh()
    state.store_words()
    assert state.words_file is not None
    segments = [state.segment_files[segment] for segment in state.postings.stored]
    state.segment_files = dict(zip(state.postings.stored, segments, strict=True))
    files = [
        state.rows_file,
        state.words_file,
        *segments,
        *(file for group in state.groups for file in group.files or ()),
    ]
    for file in files:
        file.sync()
    folder.sync()
    header = {
        "seq": seq,
        "width": width,
        "rows": state.rows_file.state(),
        "words": state.words_file.state(),
        "names": state.table.names,
        "groups": [
            {"width": group.width, "model": group.model, "files": [file.state() for file in group.files or ()]}
            for group in state.groups
        ],
        "segments": [file.state() for file in segments],
    }
    folder.commit(header, np.packbits(state.table.alive()).tobytes())
    folder.clean(file.path.name for file in files)


def load(folder: IndexFolder, width: int | None) -> tuple[IndexState, int]:
    """What the folder holds, and its seq; empty and 0 when there is nothing.

    What is damaged is set aside, what is outdated goes. Raises FileError when it cannot be read, BusyError when it is
    damaged or outdated and another process works on it.
    """
    reason: Exception | None = None
    for _ in range(_TRIES):  # another process may write a new header, and remove files, while this one reads
        try:
            found = folder.read_header()
            if found is None:
                return IndexState(folder), 0
            return _read(folder, *found, width)
        except OutdatedError as error:
            folder.empty(error)
            return IndexState(folder), 0
        except _DAMAGE as error:
            reason = error
        except OSError as error:
            raise file_error(error, folder.path) from error
    assert reason is not None
    folder.set_aside(reason)
    return IndexState(folder), 0


def _read(folder: IndexFolder, header: dict[str, Any], bits: bytes, width: int | None) -> tuple[IndexState, int]:
    if header["width"] != width:
        raise OutdatedError(f"it was made for vectors of {header['width']}")
    rows_file = folder.known_file(header["rows"])
    rows_file.check(whole=True)
    rows = np.frombuffer(rows_file.map() if rows_file.size else b"", ROW)
    alive = np.unpackbits(np.frombuffer(bits, np.uint8), count=len(rows)).astype(bool)
    state = IndexState(folder, RowTable(rows, alive, header["names"]), rows_file=rows_file)
    words = state.words_file = folder.known_file(header["words"])
    words.check(whole=True)
    state.words = Vocabulary(words.map())
    for number, described in enumerate(header["groups"]):
        state.groups.append(_group(folder, described, rows, alive, number))
    stored = []
    for described in header["segments"]:
        file = folder.known_file(described)
        file.check(whole=False)
        mapping = file.map()
        segment = from_buffer(mapping)
        if len(segment) and int(segment.rows.max()) >= len(rows):
            raise ValueError("postings of rows that are not there")
        give_back(mapping)
        state.segment_files[segment] = file
        stored.append(segment)
    state.postings = Postings(tuple(stored))
    return state, int(header["seq"])


def _group(
    folder: IndexFolder, described: dict[str, Any], rows: NDArray[np.void], alive: NDArray[np.bool_], number: int
) -> VectorGroup:
    codes, floats = (folder.known_file(one) for one in described["files"])
    codes.check(whole=True)
    floats.check(whole=False)  # looked at when they are used: they must agree with the codes
    mine = np.flatnonzero(rows["group"] == number)
    if not np.array_equal(rows["slot"][mine], np.arange(len(mine))):
        raise ValueError("vectors out of order")
    group = VectorGroup.stored(described["width"], described["model"], (codes, floats), mine, rows["scale"][mine])
    group.living = int(np.count_nonzero(alive[mine]))
    return group

"""Files out of pieces: every piece is written to all its places as it arrives, in any order, then each file is checked.

Invariants
- Memory does not depend on the size of the files: no file is held, a piece is read and decoded once.
- A file is whole when its SHA-256 was computed from what was written, and it is on the disk.
- Nothing is written past a declared size, and declared sizes that the disk cannot hold are refused first.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import DamageError
from core.files import FileError, translated
from core.sync.meter import Meter
from core.sync.pieces import PieceId
from core.sync.reader import Reader
from core.sync.streams import Stream, expand_stream, expand_streams
from core.sync.together import first_error
from core.sync.tree import Tree

FILES_A_JOB = 32
MANY_FILES = 64
"""From here on the system is asked once to put everything on the disk, instead of once a file."""
_LATEST_TIME_NS = 253_402_300_799 * 10**9

OnHurt = Callable[[str, DamageError], None]
"""Told which file (by its path in the upload) cannot be brought back, and why. Raises, or notes it."""


@dataclass(frozen=True)
class Target:
    """One file to make: `path` is its name in the upload, `place` where it is made."""

    path: str
    stream: Stream
    place: Path
    mtime_ns: int | None = None


def raise_hurt(path: str, error: DamageError) -> None:
    """End at the first file that is hurt, naming it."""
    if error.code == "restore.damaged":
        raise error
    raise DamageError("restore.damaged", path=path, reason=str(error), problem=error.code) from error


async def assemble(
    reader: Reader,
    tree: Tree,
    targets: Sequence[Target],
    meter: Meter | None,
    hurt: OnHurt = raise_hurt,
    *,
    durable: bool = True,
) -> list[Target]:
    """Make all targets; returns those that are whole (all, unless `hurt` only notes what is not).

    With `durable` they are on the disk then, too; what is read at once and thrown away need not be.
    Raises FileError when the disk is full or refuses. The folders of the places are made here.
    """
    if not targets:
        return []
    noted: dict[str, DamageError] = {}

    def note(path: str, error: DamageError) -> None:
        hurt(path, error)
        noted[path] = error

    need_room(targets[0].place.parent, sum(target.stream.size for target in targets))
    expanded = await _expand(reader, targets, note)
    places = _places(tree, targets, expanded, note)
    await reader.in_thread(_make_files, [target for target in targets if target.path not in noted])

    def damage(pieces: Collection[PieceId], error: DamageError) -> None:
        for path in dict.fromkeys(targets[at].path for piece in pieces for at, _ in places[piece]):
            note(path, error)

    def write(piece: PieceId, plain: bytes) -> None:
        for at, offset in places[piece]:
            _write_at(targets[at].place, offset, plain)
            if meter is not None:
                meter.add(len(plain), targets[at].path)

    await reader.each(places, write, damage)
    made = [target for target in targets if target.path not in noted]
    once = durable and len(made) >= MANY_FILES and sys.platform == "linux"
    jobs = [made[at : at + FILES_A_JOB] for at in range(0, len(made), FILES_A_JOB)]
    async with first_error(), asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(reader.in_thread(_check_files, job, note, meter, sync=durable and not once))
    if once:
        await reader.in_thread(os.sync)
    return [target for target in made if target.path not in noted]


def need_room(folder: Path, wanted: int) -> None:
    """Raise FileError when the disk below `folder` cannot take `wanted` more bytes."""
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < wanted:
            raise FileError("files.disk_full", path=str(folder))


def restore_time(place: Path, mtime_ns: int) -> None:
    """Set a file's time of change, as far as a time can be what the upload says."""
    time_ns = min(max(mtime_ns, 0), _LATEST_TIME_NS)
    os.utime(place, ns=(time_ns, time_ns))


async def expand(reader: Reader, stream: Stream) -> tuple[PieceId, ...]:
    """The data pieces of one stream."""

    async def get_lists(wanted: Sequence[PieceId]) -> Mapping[PieceId, bytes]:
        return await reader.gather(wanted, _raise)

    return await expand_stream(stream, get_lists)


async def _expand(reader: Reader, targets: Sequence[Target], note: OnHurt) -> list[tuple[PieceId, ...] | None]:
    """The pieces of each target; None for one whose list of pieces is damaged."""
    known: dict[PieceId, bytes] = {}

    async def get_lists(wanted: Sequence[PieceId]) -> Mapping[PieceId, bytes]:
        known.update(await reader.gather([piece for piece in wanted if piece not in known], _raise))
        return known

    with contextlib.suppress(DamageError):
        return list(await expand_streams([target.stream for target in targets], get_lists))
    found: list[tuple[PieceId, ...] | None] = []
    for target in targets:  # some list is damaged: ask one by one, whose
        try:
            found.append(await expand_stream(target.stream, get_lists))
        except DamageError as error:
            note(target.path, error)
            found.append(None)
    return found


def _places(
    tree: Tree, targets: Sequence[Target], expanded: Sequence[tuple[PieceId, ...] | None], note: OnHurt
) -> dict[PieceId, list[tuple[int, int]]]:
    """Where each piece goes: (index of the target, offset in it)."""
    places: dict[PieceId, list[tuple[int, int]]] = {}
    for at, (target, pieces) in enumerate(zip(targets, expanded, strict=True)):
        if pieces is None:
            continue
        try:
            sizes = [tree.locate(piece).plain for piece in pieces]
        except DamageError as error:
            note(target.path, error)
            continue
        if sum(sizes) != target.stream.size:
            note(target.path, DamageError("restore.wrong_size", expected=target.stream.size, found=sum(sizes)))
            continue
        offset = 0
        for piece, size in zip(pieces, sizes, strict=True):
            places.setdefault(piece, []).append((at, offset))
            offset += size
    return places


def _make_files(targets: Sequence[Target]) -> None:
    for target in targets:
        with translated(target.place):
            target.place.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(target.place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # memories are private


def _write_at(place: Path, offset: int, data: bytes) -> None:
    with translated(place), place.open("r+b", buffering=0) as file:
        file.seek(offset)
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]


def _check_files(targets: Sequence[Target], note: OnHurt, meter: Meter | None, *, sync: bool) -> None:
    for target in targets:
        with translated(target.place), target.place.open("r+b") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            if target.mtime_ns is not None:
                restore_time(target.place, target.mtime_ns)
            if sync:
                os.fsync(file.fileno())
        if found != target.stream.sha256:
            note(target.path, DamageError("restore.wrong_hash", expected=target.stream.sha256, found=found))
        elif meter is not None:
            meter.add(0, target.path, files=1)


def _raise(_: Collection[PieceId], error: DamageError) -> None:
    raise error

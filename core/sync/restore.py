"""Restore an upload, or one file of it, into any folder; or one database back to where its program keeps it.

Invariants
- Everything is made and checked in a private folder beside its target, then renamed: a file is there whole or not.
- Nothing that was there is overwritten. Into a folder: a file with the same content is left alone, which is also how
  a restore that was cut is gone on with; other content is refused before anything is read. In place: the old database
  and its log are kept as `<name>.before-<id>`.
- On an error or cancellation the private folder is removed.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import unicodedata
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.crash_points import crash_point
from core.errors import BusyError, DamageError, RefusedError, UsageError
from core.files import fsync_folder, inside, remove_tree, translated
from core.sync.entries import DatabaseEntry, Entry, FileEntry
from core.sync.fetch import chosen, fetch, files_of
from core.sync.in_place import must_be_closed, put_in_place
from core.sync.meter import OnProgress, unheard
from core.sync.remote import Remote
from core.sync.together import unbroken
from core.sync.uploads import read_tree
from core.vault.layout import SWAP_JOURNAL

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from core.sources import Source

STAGING = ".cogzy-restore"


@dataclass(frozen=True)
class Restored:
    """What a restore did. `files` and `bytes` were written; `already_there` had the same content.

    `left_out`: indexes and views that the owner of a rebuilt database has to create again, as `path: name`.
    `kept`: where the old files of a restore in place are.
    """

    upload_id: str
    uploaded_at: str
    to: str
    files: int
    bytes: int
    already_there: int = 0
    left_out: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy restore --json` prints."""
        return asdict(self)


async def restore(
    remote: Remote, upload_id: str, to: Path, *, file: str | None = None, progress: OnProgress = unheard
) -> Restored:
    """Restore an upload (`latest` allowed) below the folder `to`; with `file` that file or folder of it alone.

    Raises what read_tree and fetch raise; RefusedError("restore.would_overwrite") when other content is there;
    BusyError when another restore works in that folder.
    """
    manifest, tree = await read_tree(remote, upload_id)
    entries = [tree.entries[path] for path in chosen(tree, file)]
    async with _private_folder(to) as staging:
        await asyncio.to_thread(_check_names, entries, staging)
        missing = await _missing(entries, to)
        due = [entry.path for entry in entries if any(name in missing for name in files_of(entry))]
        fetched = await fetch(remote, tree, due, staging, progress)
        crash_point("restore.fetched")
        await asyncio.to_thread(_move_in, fetched.made, missing, staging, to)
    return Restored(
        manifest.upload_id,
        manifest.uploaded_at.isoformat(timespec="milliseconds"),
        str(to),
        files=fetched.files,
        bytes=fetched.bytes,
        already_there=len(entries) - len(due),
        left_out=fetched.left_out,
    )


async def restore_in_place(
    remote: Remote, upload_id: str, source: Source, progress: OnProgress = unheard, *, root: Path
) -> Restored:
    """Put a source's database back where its program keeps it. `root`: the vault, which journals the exchange.

    Raises BusyError("restore.source_in_use") while a program has it open, and as `restore` does.
    """
    if source.kind == "files":
        raise RefusedError("restore.source_is_folder", name=source.name)
    manifest, tree = await read_tree(remote, upload_id)
    path = f"sources/{source.name}/{source.path.name}"
    if path not in tree.entries:
        raise UsageError("restore.source_not_in_upload", name=source.name)
    place = await asyncio.to_thread(lambda: source.path.expanduser().resolve())
    await asyncio.to_thread(must_be_closed, place)
    swap_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    staging = place.parent / f"{STAGING}-{swap_id}"
    try:
        fetched = await fetch(remote, tree, [path], staging, progress)
        exchange = await unbroken(put_in_place, root, source.kind, place, staging, path, swap_id)
    except BaseException:
        if not (root / SWAP_JOURNAL).exists():
            await unbroken(remove_tree, staging)
        raise
    return Restored(
        manifest.upload_id,
        manifest.uploaded_at.isoformat(timespec="milliseconds"),
        str(place),
        files=fetched.files,
        bytes=fetched.bytes,
        left_out=fetched.left_out,
        kept=tuple(str(one.aside) for one in exchange.items if one.aside.exists()),
    )


@contextlib.asynccontextmanager
async def _private_folder(to: Path) -> AsyncIterator[Path]:
    """A folder inside `to` for one restore, emptied of what a killed one left; gone at the end."""
    made = await asyncio.to_thread(_make_folder, to)
    lock = await asyncio.to_thread(_lock, to)
    work = to / STAGING / "files"
    try:
        await unbroken(_empty, work)
        yield work
    finally:
        await unbroken(remove_tree, work)
        lock.release()
        await unbroken(_leave, to, made)


def _make_folder(to: Path) -> bool:
    """Make the target folder; says whether it was not there."""
    made = not to.exists()
    if not made and not to.is_dir():
        raise UsageError("restore.not_a_folder", path=str(to))
    with translated(to):
        (to / STAGING).mkdir(parents=True, exist_ok=True)
    return made


def _lock(to: Path) -> BaseFileLock:
    from filelock import FileLock, Timeout

    lock = FileLock(to / STAGING / "lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError("restore.running", path=str(to)) from None
    return lock


def _empty(work: Path) -> None:
    with translated(work):
        remove_tree(work)
        work.mkdir()


def _leave(to: Path, made: bool) -> None:
    remove_tree(to / STAGING)
    if made:
        with contextlib.suppress(OSError):
            to.rmdir()  # only when nothing was restored


def _check_names(entries: Iterable[Entry], staging: Path) -> None:
    """Raise DamageError when two entries would become one file, or a file would have to be a folder too."""
    names = [name for entry in entries for name in files_of(entry)]
    folders = {"/".join(name.split("/")[:end]) for name in names for end in range(1, name.count("/") + 1)}
    folds = _folds_case(staging)
    seen: dict[str, str] = {}
    for name in names:
        inside(staging, name)
        key = unicodedata.normalize("NFC", name).casefold() if folds else name
        if name in folders or seen.get(key) == name:
            raise DamageError("restore.path_twice", path=name)
        if key in seen:
            raise DamageError("restore.paths_differ_in_case", path=name, other=seen[key])
        seen[key] = name


def _folds_case(folder: Path) -> bool:
    """Whether the file system takes names that differ in case only for the same one."""
    probe = folder / "Case"
    with translated(probe):
        probe.touch()
        folds = (folder / "cASE").exists()
        probe.unlink()
    return folds


async def _missing(entries: Iterable[Entry], to: Path) -> set[str]:
    """The files that are not below `to` yet. Raises RefusedError when one is there with other content."""
    places = {name: (entry, inside(to, name)) for entry in entries for name in files_of(entry)}
    missing = await asyncio.to_thread(lambda: {name for name, (_, place) in places.items() if not _is_there(place)})
    taken = []
    for name, (entry, place) in places.items():
        if name not in missing and not await _is_same(entry, name, place):
            taken.append(name)
    if taken:
        raise RefusedError("restore.would_overwrite", path=str(inside(to, taken[0])), count=len(taken))
    return missing


def _is_there(place: Path) -> bool:
    """Whether the name is taken, be it by a link that leads nowhere."""
    return os.path.lexists(place)


async def _is_same(entry: Entry, name: str, place: Path) -> bool:
    if not await asyncio.to_thread(place.is_file):
        return False
    if isinstance(entry, FileEntry):
        return await asyncio.to_thread(_has_content, place, entry.size, entry.sha256)
    if not entry.deltas:
        member = entry.members[files_of(entry).index(name)]
        return await asyncio.to_thread(_has_content, place, member.size, member.sha256)
    return await _holds_tables(entry, place)


async def _holds_tables(entry: DatabaseEntry, place: Path) -> bool:
    """Whether a rebuilt database, whose bytes nobody can foretell, holds exactly what the upload recorded."""
    from core.database import DatabaseError, TableState, check

    expected = [TableState(table.name, table.rows, table.digest) for table in entry.tables]
    try:
        await check(place, expected)
    except (DamageError, DatabaseError):
        return False
    return True


def _has_content(place: Path, size: int, sha256: str) -> bool:
    if place.stat().st_size != size:
        return False
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _move_in(made: Iterable[str], missing: set[str], staging: Path, to: Path) -> None:
    """Rename every file to its place, a database's log before the database."""
    folders: set[Path] = set()
    for name in sorted(made, reverse=True):
        if name not in missing:
            continue
        place = inside(to, name)
        with translated(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            if _is_there(place):
                raise RefusedError("restore.would_overwrite", path=str(place), count=1)
            inside(staging, name).rename(place)
        folders.update(folder for folder in place.parents if folder.is_relative_to(to))
        crash_point("restore.moved")
    for folder in folders:
        fsync_folder(folder)

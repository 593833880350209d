"""Files and databases out of an upload, into a private folder: streamed, checked, on the disk.

A file comes back byte for byte. A database whose upload holds only an image does too, with its write-ahead log; one
with deltas is rebuilt from both (core.database.rebuild) and checked against the digests that the upload recorded.
Nothing here moves anything to its final place: who called does, when all is well.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.database import Child, DeltaFiles, TableDelta, TableState, rebuild
from core.errors import DamageError, UsageError
from core.files import inside, remove_tree, translated
from core.sync.assemble import OnHurt, Target, assemble, expand, need_room, raise_hurt, restore_time
from core.sync.entries import DatabaseEntry, DeltaTable, Entry, FileEntry, streams_of
from core.sync.meter import Meter, OnProgress, unheard
from core.sync.reader import Reader
from core.sync.remote import Remote
from core.sync.streams import Stream
from core.sync.together import first_error
from core.sync.tree import Tree

SCRATCH = ".scratch"
DATABASES_AT_ONCE = 2
"""An image's zstd window takes up to 128 MiB, and so does the child that rebuilds."""


@dataclass(frozen=True)
class Fetched:
    """What was brought back. `made` are the files, relative to the folder, a database's log included.

    `left_out`: indexes and views of rebuilt databases that their owner has to create again, as `path: name`.
    """

    files: int
    bytes: int
    made: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def chosen(tree: Tree, file: str | None) -> list[str]:
    """The paths to restore: all, or `file`, or everything below it when it names a folder."""
    if file is None:
        return list(tree.entries)
    wanted = file.strip("/")
    paths = [path for path in tree.entries if path == wanted or path.startswith(f"{wanted}/")]
    if not paths:
        raise UsageError("restore.no_such_file", path=file)
    return paths


def files_of(entry: Entry) -> tuple[str, ...]:
    """The files that an entry becomes, relative: itself, and its write-ahead log when an image carries one."""
    if isinstance(entry, DatabaseEntry) and not entry.deltas and len(entry.members) > 1:
        return entry.path, f"{entry.path}.wal"
    return (entry.path,)


def plain_size(entry: Entry) -> int:
    """How many bytes an entry becomes, as far as the upload says."""
    return entry.size if isinstance(entry, FileEntry) else sum(member.size for member in entry.members)


async def fetch(
    remote: Remote,
    tree: Tree,
    paths: Sequence[str],
    into: Path,
    progress: OnProgress = unheard,
    hurt: OnHurt = raise_hurt,
) -> Fetched:
    """Make the entries `paths` of `tree` below the private folder `into`.

    Raises DamageError naming the first file that is hurt (with a `hurt` that only notes, the plain files that are
    whole are made), FileError when the disk is full, storage errors, and DatabaseError when a rebuild fails.
    On any error and on cancellation no thread or child works in `into` any more when this returns.
    """
    into = await asyncio.to_thread(into.absolute)
    entries = [tree.entries[path] for path in paths]
    files = [entry for entry in entries if isinstance(entry, FileEntry)]
    databases = [entry for entry in entries if isinstance(entry, DatabaseEntry)]
    total = sum(map(plain_size, entries))
    meter = Meter(progress, "reading", len(entries), total)
    await asyncio.to_thread(need_room, into, _room(files, databases))
    async with Reader(remote, tree.pieces) as reader:
        work = _Fetch(reader, tree, into, meter)
        async with first_error(), asyncio.TaskGroup() as group:
            making = [group.create_task(work.database(number, one)) for number, one in enumerate(databases)]
            targets = [Target(one.path, one.content, inside(into, one.path), one.mtime_ns) for one in files]
            made = await assemble(reader, tree, targets, meter, hurt)
        await reader.in_thread(remove_tree, into / SCRATCH)
    meter.end()
    parts = zip(databases, making, strict=True)
    left_out = tuple(f"{one.path}: {name}" for one, task in parts for name in task.result())
    names = [target.path for target in made] + [name for one in databases for name in files_of(one)]
    return Fetched(len(made) + len(databases), total, tuple(names), left_out)


@dataclass(frozen=True)
class _Fetch:
    """Brings databases back."""

    reader: Reader
    tree: Tree
    into: Path
    meter: Meter
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DATABASES_AT_ONCE))

    async def database(self, number: int, entry: DatabaseEntry) -> tuple[str, ...]:
        """Make one database; returns what a rebuild had to leave out."""
        scratch = self.into / SCRATCH / str(number)
        async with self.slots, Child() as child:
            if entry.deltas:
                await child.start()  # it loads DuckDB while the image comes
            deltas, targets = _delta_files(entry, scratch)
            async with first_error(), asyncio.TaskGroup() as group:
                group.create_task(assemble(self.reader, self.tree, targets, None))
                made = await self._image(entry, scratch)
            left_out: tuple[str, ...] = ()
            if entry.deltas:
                self.meter.stage("rebuilding", entry.path)
                made, left_out = await self._rebuild(entry, made[0], deltas, scratch, child)
            await self.reader.in_thread(self._settle, entry, made)
            self.meter.add(0, entry.path, files=1, always=True)
            return left_out

    async def _image(self, entry: DatabaseEntry, scratch: Path) -> list[Path]:
        """The image's files, byte for byte: the database, and its log if there was one."""
        from core.sync.image import image_extract

        folder = scratch / "image"
        share = plain_size(entry) / max(entry.image.size, 1)

        def extract(slices: Iterator[bytes]) -> list[Path]:
            with translated(folder):
                folder.mkdir(parents=True)
                image_extract(self._counted(slices, share, entry.path), entry.members, folder)
                database = folder / PurePosixPath(entry.path).name
                names = [database, database.with_name(f"{database.name}.wal")][: len(entry.members)]
                found = [inside(folder, member.name) for member in entry.members]
                if found != names:
                    moved = folder.with_name("named")
                    moved.mkdir()
                    names = [moved / name.name for name in names]
                    for source, target in zip(found, names, strict=True):
                        source.rename(target)
                return names

        def damage(_: object, error: DamageError) -> None:
            raise_hurt(entry.path, error)

        try:
            slices = await expand(self.reader, entry.image)
            return await self.reader.stream(slices, extract, damage)
        except DamageError as error:
            raise_hurt(entry.path, error)
            raise

    def _counted(self, slices: Iterator[bytes], share: float, path: str) -> Iterator[bytes]:
        for one in slices:
            yield one
            self.meter.add(int(len(one) * share), path)

    async def _rebuild(
        self, entry: DatabaseEntry, image: Path, deltas: Sequence[DeltaFiles], scratch: Path, child: Child
    ) -> tuple[list[Path], tuple[str, ...]]:
        out = scratch / "rebuilt" / image.name
        await self.reader.in_thread(out.parent.mkdir)
        expected = [TableState(table.name, table.rows, table.digest) for table in entry.tables]
        rebuilt = await rebuild(image, deltas, expected, out, child=child)
        return [out], rebuilt.left_out

    def _settle(self, entry: DatabaseEntry, made: Sequence[Path]) -> None:
        for source, name in zip(made, files_of(entry), strict=True):
            place = inside(self.into, name)
            with translated(place):
                with source.open("r+b") as file:
                    os.fsync(file.fileno())
                source.chmod(0o600)
                restore_time(source, entry.mtime_ns)
                place.parent.mkdir(parents=True, exist_ok=True)
                if place.exists():
                    raise DamageError("restore.path_twice", path=name)
                source.rename(place)


def _delta_files(entry: DatabaseEntry, scratch: Path) -> tuple[list[DeltaFiles], list[Target]]:
    """The Parquet files of an entry's deltas, oldest first, and how to make them."""
    if not entry.deltas:
        return [], []
    targets: list[Target] = []

    def place(stream: Stream | None) -> Path | None:
        if stream is None:
            return None
        path = scratch / "deltas" / f"{len(targets)}.parquet"
        targets.append(Target(entry.path, stream, path))
        return path

    def files(table: DeltaTable) -> TableDelta:
        rows, gone = place(table.rows), place(table.gone)
        return TableDelta(table.name, rows, table.rows_count, gone, table.gone_count, table.whole)

    deltas = [DeltaFiles(tuple(files(table) for table in delta.tables)) for delta in entry.deltas]
    return deltas, targets


def _room(files: Sequence[FileEntry], databases: Sequence[DatabaseEntry]) -> int:
    """Bytes of disk that making these takes: a rebuilt database stands beside its image and its deltas."""
    wanted = sum(map(plain_size, files))
    for entry in databases:
        copies = 2 if entry.deltas else 1
        deltas = sum(stream.size for stream in streams_of(entry)) - entry.image.size
        wanted += copies * plain_size(entry) + deltas
    return wanted

"""Take in one upload of Cogzy's: fetch what changed, every piece of it checked, and make parts of it.

Names the piece of the upload that is hurt: what else hangs on it need not be tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from core.akosha.ingest.corpus import json_items, read_vectors
from core.akosha.ingest.databases import (
    DeltaFile,
    MemoryTable,
    NeedsRebuildError,
    changed_tables,
    find_tables,
    whole_tables,
)
from core.akosha.ingest.parts import GonePart, Part, RecordsPart
from core.akosha.ingest.plan import DatabaseWork, Plan, RecordsWork
from core.akosha.ingest.scratch import Room
from core.akosha.ingest.state import Seen, SeenDatabase, image_id
from core.database import Child
from core.errors import DamageError
from core.files import translated
from core.memory.rows import MemoryRow, RowError, from_episode, from_node
from core.sync.assemble import Target, assemble, expand
from core.sync.entries import DatabaseEntry, Delta
from core.sync.fetch import fetch
from core.sync.image import image_extract
from core.sync.pieces import PieceId
from core.sync.reader import Reader
from core.sync.remote import Remote
from core.sync.tree import Tree


class HurtError(DamageError):
    """A piece of an upload is missing or damaged. `piece` names what hangs on it, for other uploads that need it."""

    def __init__(self, piece: str, path: str, error: DamageError) -> None:
        super().__init__("akosha.ingest_damaged", path=path, reason=str(error), problem=error.code)
        self.piece = piece


@dataclass
class Ready:
    """An upload's parts, and what the hub has seen of each path once they are stored."""

    parts: list[Part] = field(default_factory=list)
    paths: dict[str, Seen] = field(default_factory=dict)
    delta_uploads: set[str] = field(default_factory=set)


def pieces_needed(work: Plan) -> Iterator[str]:
    """What may be hurt of an upload, in the words of HurtError."""
    for database in work.databases:
        if database.known is None:
            yield _image_name(database.entry)
        yield from (_delta_name(database.entry.path, delta) for delta in database.deltas)
    for records in work.records:
        yield records.entry.sha256
        if records.vectors is not None:
            yield records.vectors.sha256


async def prepare(remote: Remote, work: Plan, room: Room, child: Child) -> Ready:
    """Everything that the upload changes, on the disk below `room`.

    Raises HurtError, DatabaseError, other DamageErrors when a file is not what it should be, StorageError, FileError.
    """
    ready = Ready(paths=dict(work.paths))
    async with Reader(remote, work.tree.pieces) as reader:
        task = _Preparing(remote, reader, work.tree, room, child, ready)
        for database in work.databases:
            await task.database(database)
        for records in work.records:
            await task.records(records)
    kept = {(part.origin, part.kind) for part in ready.parts if part.whole}
    for seen in work.gone:
        ready.parts += [GonePart(kind, seen.origin) for kind in seen.kinds if (seen.origin, kind) not in kept]
    return ready


@dataclass(frozen=True)
class _Preparing:
    remote: Remote
    reader: Reader
    tree: Tree
    room: Room
    child: Child
    ready: Ready

    async def database(self, work: DatabaseWork) -> None:
        """The parts of one database."""
        try:
            tables, parts = await (self._whole(work) if work.known is None else self._changes(work, work.known))
        except NeedsRebuildError:
            tables, parts = await self._rebuilt(work)
        entry = work.entry
        last = entry.deltas[-1].upload_id if entry.deltas else ""
        seen = SeenDatabase(work.origin, image_id(entry), len(entry.deltas), last, tuple(tables))
        before = self.ready.paths.get(entry.path)
        self.ready.parts += parts
        whole = {part.kind for part in parts if part.whole}
        if whole and before is not None:
            gone = [kind for kind in before.kinds if kind not in seen.kinds]
            self.ready.parts += [GonePart(kind, work.origin) for kind in gone]
        self.ready.paths[entry.path] = seen
        self.ready.delta_uploads |= {delta.upload_id for delta in work.deltas}

    async def records(self, work: RecordsWork) -> None:
        """The part of one file of records."""
        place = self.room.named(PurePosixPath(work.entry.path).name)
        targets = [Target(work.entry.sha256, work.entry.content, place)]
        vectors = None
        if work.vectors is not None and work.vectors.size:
            vectors = self.room.named(PurePosixPath(work.vectors.path).name)
            targets.append(Target(work.vectors.sha256, work.vectors.content, vectors))
        await self._fetch(targets, work.entry.path)

        def read() -> Iterator[MemoryRow | tuple[str, RowError]]:
            return records_of(place, vectors, work.kind, work.origin)

        self.ready.parts.append(RecordsPart(work.kind, work.origin, read, self.room.place("ids")))

    async def _changes(self, work: DatabaseWork, known: SeenDatabase) -> tuple[list[MemoryTable], list[Part]]:
        tables = list(known.tables)
        deltas = await self._deltas(work, tables)
        return tables, await changed_tables(tables, work.origin, self.room, self.child, deltas)

    async def _whole(self, work: DatabaseWork) -> tuple[list[MemoryTable], list[Part]]:
        database = await self._image(work.entry)
        tables = await find_tables(database, self.child)
        deltas = await self._deltas(work, tables)
        return tables, await whole_tables(database, tables, work.origin, self.room, self.child, deltas)

    async def _rebuilt(self, work: DatabaseWork) -> tuple[list[MemoryTable], list[Part]]:
        """The slow way, for deltas that alone do not tell which rows are meant."""
        into = self.room.place("rebuilt")
        try:
            made = await fetch(self.remote, self.tree, [work.entry.path], into)
        except DamageError as error:
            raise HurtError(_image_name(work.entry), work.entry.path, error) from error
        database = into / made.made[0]
        tables = await find_tables(database, self.child)
        return tables, await whole_tables(database, tables, work.origin, self.room, self.child, {})

    async def _deltas(self, work: DatabaseWork, tables: Collection[MemoryTable]) -> dict[str, list[DeltaFile]]:
        """The Parquet files of the deltas of these tables, by table, newest first."""
        labels = {table.label for table in tables}
        found: dict[str, list[DeltaFile]] = {}
        targets: list[Target] = []
        for delta in reversed(work.deltas):
            name = _delta_name(work.entry.path, delta)
            for table in delta.tables:
                if table.name not in labels:
                    continue
                if table.whole:
                    raise NeedsRebuildError("akosha.ingest_other_key", name=table.name)
                places: list[Path | None] = []
                for stream in (table.rows, table.gone):
                    places.append(None if stream is None else self.room.place("delta.parquet"))
                    if stream is not None:
                        targets.append(Target(name, stream, places[-1] or Path()))
                found.setdefault(table.name, []).append(DeltaFile(*places))
        await self._fetch(targets, work.entry.path)
        return found

    async def _fetch(self, targets: list[Target], path: str) -> None:
        def hurt(name: str, error: DamageError) -> None:
            raise HurtError(name, path, error)

        await assemble(self.reader, self.tree, targets, None, hurt, durable=False)
        self.room.spend(*(target.place for target in targets))

    async def _image(self, entry: DatabaseEntry) -> Path:
        """The database of an image, its write-ahead log beside it."""
        name = _image_name(entry)
        folder = self.room.place("image")
        database = self.room.named(PurePosixPath(entry.path).name)

        def extract(slices: Iterator[bytes]) -> None:
            with translated(folder):
                folder.mkdir()
                made = image_extract(slices, entry.members, folder)
                for source, target in zip(made, (database, database.with_name(f"{database.name}.wal")), strict=False):
                    source.rename(target)

        def damage(_: Collection[PieceId], error: DamageError) -> None:
            raise HurtError(name, entry.path, error)

        try:
            await self.reader.stream(await expand(self.reader, entry.image), extract, damage)
        except HurtError:
            raise
        except DamageError as error:
            raise HurtError(name, entry.path, error) from error
        self.room.left -= sum(member.size for member in entry.members)
        return database


def records_of(place: Path, vectors: Path | None, kind: str, origin: str) -> Iterator[MemoryRow | tuple[str, RowError]]:
    """The rows of a vault's `nodes.json` or `episodes.json`: row i of `vectors` belongs to record i."""
    table: Any = read_vectors(vectors) if vectors is not None else None
    count = 0
    for count, record in enumerate(json_items(place), 1):
        if not isinstance(record, Mapping):
            raise DamageError("akosha.ingest_bad_file", name=place.name, problem=f"item {count} is no record")
        if table is not None and count > len(table):
            break
        vector = None if table is None else table[count - 1].astype("<f4").tobytes()
        try:
            if kind == "node":
                yield from_node(record, vector, count - 1, origin=origin)
            else:
                yield from_episode(record, vector, origin=origin)
        except RowError as error:
            yield str(record.get("id")), error
    if table is not None and count != len(table):
        raise DamageError("akosha.ingest_misaligned", name=place.name, vectors=len(table))


def _image_name(entry: DatabaseEntry) -> str:
    return f"image {image_id(entry)}"


def _delta_name(path: str, delta: Delta) -> str:
    return f"delta {delta.upload_id} {path}"

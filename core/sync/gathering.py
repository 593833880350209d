"""Reading what changed and packing it: vault files, source files, databases as image or delta.

Nothing here commits. A Gatherer fills one Gathered: what the next table will say, and what the local state will be
once it is committed. A source that cannot be copied now is a notice and keeps its last good copy.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.crash_points import crash_point
from core.database import Child, DatabaseError, Scan, scan
from core.errors import BusyError, CogzyError
from core.sources import (
    CapturedDatabase,
    FoundFile,
    Source,
    SourceError,
    capture_duckdb,
    capture_sqlite,
    open_found,
    walk_files,
)
from core.sources import Notice as SourceNotice
from core.sync import rules
from core.sync.ahead import AheadImage
from core.sync.entries import (
    DatabaseEntry,
    DatabaseExtension,
    Delta,
    DeltaTable,
    Entry,
    FileEntry,
    Member,
    TableState,
    entry_from_json,
    entry_to_json,
)
from core.sync.events import Notice, Stage
from core.sync.fields import dump, parse_object
from core.sync.looking import SOURCES, VAULT, SeenSource, stat_signature
from core.sync.pieces import PieceId, PieceKind
from core.sync.records import EntryRecord, SourceRecord
from core.sync.secrets.holding import TOGETHER
from core.sync.sending import Packer, PackLine, SentFile
from core.sync.streams import Stream
from core.sync.together import first_error, unbroken

if TYPE_CHECKING:
    from core.sync.secrets.holding import Holding
    from core.vault import LocalVaultService

TORN_TRIES = 3


class UncheckedError(Exception):
    """DuckDB could not look into a copy whose block checksums nobody has checked."""


@dataclass
class Gathered:
    """What a run has packed so far."""

    set: list[FileEntry | DatabaseEntry | DatabaseExtension] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    entries: list[EntryRecord] = field(default_factory=list)
    sources: list[SourceRecord] = field(default_factory=list)
    touched_files: list[tuple[str, str]] = field(default_factory=list)
    touched_sources: list[SourceRecord] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    not_copied: list[str] = field(default_factory=list)
    has_image: bool = False
    rows_changed: int = 0
    files_changed: int = 0
    files_unchanged: int = 0
    bytes_total: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is something to commit."""
        return bool(self.set or self.removed)


@dataclass(frozen=True)
class Gatherer:
    """What all gathering needs. `known_entry` answers with the head's entry of a path.

    `unread`: databases that the child has yet to look into. After the last one it goes, and its memory with it.
    `sparing`: no image is compressed while that child is there, nor packed while it is compressed.
    """

    line: PackLine
    packer: Packer
    child: Child
    unread: set[str]
    staging: Path
    rows_root: Path
    upload_id: str
    now: float
    full: bool
    image_after_seconds: float
    into: Gathered
    known_entry: Callable[[str], EntryRecord | None]
    known_source: Callable[[str], SourceRecord | None]
    advanced: Callable[[int], None]
    expect: Callable[[int], None]
    holding: Holding | None
    say: Callable[[Stage, str], None]
    sparing: bool = False
    all_read: asyncio.Event = field(default_factory=asyncio.Event)
    compressing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def vault(self, vault: LocalVaultService, changed: Sequence[str], gone: Sequence[str]) -> None:
        """Pack the vault's changed files as one consistent whole: what a commit since the look changed goes with it."""
        if not changed and not gone:
            return
        snapshot = vault.snapshot(self.staging)
        files = (await unbroken(snapshot.__enter__)).files
        try:
            moved = []
            for file in files:
                seen, known = stat_signature(file.path), self.known_entry(f"{VAULT}/{file.relative}")
                if not file.derived and (known is None or known.signature != seen):
                    moved.append((file.relative, file.path, seen))
            waits: Collection[str] = ()
            if self.holding is not None:
                waits = await self.holding.vault([(name, path) for name, path, _ in moved])
            here = {file.relative for file in files} | {damage.relative for damage in vault.damage}
            stays = TOGETHER if any(name.startswith(TOGETHER) for name in waits) else ()
            self.into.removed += [f"{VAULT}/{name}" for name in gone if name not in here and not name.startswith(stays)]
            for name, path, seen in moved:
                if name not in waits:
                    self.say("packing", name)
                    await self._file(f"{VAULT}/{name}", path, seen)
        finally:
            await asyncio.to_thread(snapshot.__exit__, None, None, None)

    async def files(self, source: Source, record: str) -> None:
        """Pack the new and changed files of a folder. What its owner deleted stays in the cloud."""
        left_out: list[SourceNotice] = []
        found: list[FoundFile] = await asyncio.to_thread(lambda: list(walk_files(source, left_out)))
        changed = []
        for file in found:
            path = f"{SOURCES}/{source.name}/{file.relative}"
            seen = f"{file.size}:{file.mtime_ns}:{file.inode}"
            known = self.known_entry(path)
            if known is not None and known.signature == seen:
                self.into.files_unchanged += 1
            else:
                changed.append((file, path, seen))
        self.expect(sum(file.size for file, _, _ in changed))
        self.say("packing", source.name)
        waits = False
        for file, path, seen in changed:
            try:
                if self.holding is not None and not await self.holding.file(source, file):
                    waits = True
                    self.advanced(file.size)
                    continue
                await self._packed(path, partial(open_found, file), file.mtime_ns, seen)
            except SourceError as error:
                left_out.append(SourceNotice(error.code, error.params))
        self.into.notices += [Notice(notice.code, {"name": source.name, **notice.params}) for notice in left_out]
        total = sum(file.size for file in found)
        # a record that fits no look: the next sync looks at the files again
        self.into.sources.append(SourceRecord(source.name, "" if waits else record, self.now, total))

    async def sqlite(self, seen: SeenSource) -> None:
        """Pack a consistent backup of an SQLite database."""
        source = seen.source
        self.say("copying", source.name)
        copy = await capture_sqlite(source, self.staging)
        try:
            if self.holding is not None and not await self.holding.backup(copy):
                self.advanced(copy.size)
                return
            await self._file(f"{SOURCES}/{source.name}/{source.path.name}", copy.database, copy.signature)
        finally:
            await asyncio.to_thread(_remove_copy, copy)
        self.into.sources.append(SourceRecord(source.name, copy.signature, self.now, copy.size))

    async def duckdb(self, seen: SeenSource, scan_slot: asyncio.Semaphore) -> None:
        """Copy, scan and pack one live database: its changed rows, or a whole image."""
        source, known = seen.source, self.known_source(seen.source.name)
        # DuckDB's own scan checks every block that counts; block checksums are for what it cannot look into.
        check_blocks = known is not None and known.rows_folder is None
        left = TORN_TRIES
        while True:
            self.say("copying", source.name)
            copy = await capture_duckdb(source, self.staging, check_blocks=check_blocks)
            crash_point("sync.captured")
            try:
                await self._database(copy, scan_slot, unverified=check_blocks)
                return
            except DatabaseError as error:
                left -= 1
                if not error.torn or not left:
                    raise
            except UncheckedError:  # once at most, and no try of the torn ones
                check_blocks = True
            finally:
                await asyncio.to_thread(_remove_copy, copy)

    async def looked_into(self, name: str) -> None:
        """The child is not needed for this database any more, whether it could be read or not."""
        self.unread.discard(name)
        if not self.unread:
            await self.child.close()
            self.all_read.set()

    async def _file(self, path: str, file: Path, seen: str) -> None:
        await self._packed(path, lambda: file.open("rb"), (await asyncio.to_thread(file.stat)).st_mtime_ns, seen)

    async def _packed(self, path: str, opened: Callable[[], BinaryIO], mtime_ns: int, seen: str) -> None:
        def pack() -> SentFile:
            with opened() as file:
                return self.packer.put_file(file, path)

        sent = await self.line.run(pack)
        self.into.bytes_total += sent.size
        known = self.known_entry(path)
        if known is not None:
            before = entry_of(known)
            same = isinstance(before, FileEntry) and (before.sha256, before.size) == (sent.sha256, sent.size)
            if same and not self.packer.is_new(sent.pieces):
                self.into.touched_files.append((path, seen))
                self.into.files_unchanged += 1
                return
        entry = FileEntry(path, sent.size, sent.sha256, mtime_ns, sent.content)
        self._set(entry, entry, sent.pieces, seen)
        self.into.files_changed += 1

    def _set(
        self,
        on_the_wire: FileEntry | DatabaseEntry | DatabaseExtension,
        whole: FileEntry | DatabaseEntry,
        pieces: Iterable[PieceId],
        seen: str | None,
    ) -> None:
        self.into.set.append(on_the_wire)
        self.into.entries.append(EntryRecord(whole.path, entry_bytes(whole), b"".join(pieces), seen, entry_size(whole)))

    async def _database(self, copy: CapturedDatabase, scan_slot: asyncio.Semaphore, *, unverified: bool) -> None:
        name = copy.source.name
        known = self.known_source(name)
        last = None
        in_head = self.known_entry(f"{SOURCES}/{name}/{copy.source.path.name}") is not None
        if in_head and known is not None and known.image_at is not None and known.rows_folder is not None:
            last = rules.ImageState(known.image_at, known.image_bytes, known.delta_bytes)
        reason = rules.image_reason(last, self.now, full=self.full, after_seconds=self.image_after_seconds)
        rows_folder = f"{name}/{self.upload_id}"
        next_rows = self.rows_root / rows_folder
        await asyncio.to_thread(_fresh_folder, next_rows)
        known_rows = None
        if reason is None and known is not None and known.rows_folder is not None:
            known_rows = self.rows_root / known.rows_folder
            if not known_rows.is_dir():
                known_rows, reason = None, "image.first"

        found_before = None if self.holding is None else await self.holding.found_before(copy)

        async def scanned() -> Scan:
            async with scan_slot:
                self.say("checking", name)
                out = self.staging / f"{name}.delta"
                found = await scan(
                    copy.database,
                    known=known_rows,
                    next_state=next_rows,
                    out=out,
                    child=self.child,
                    wanted=None if self.holding is None else self.holding.wanted,
                    searched=found_before is not None,
                )
                if not found.verified and not unverified:
                    raise UncheckedError
                await self.looked_into(name)
                return found

        if reason is not None and self.holding is None:
            async with first_error(), asyncio.TaskGroup() as both:
                scanning = both.create_task(scanned())
                packing = both.create_task(self._pack_image(copy))
            await self._image(copy, scanning.result(), packing.result(), rows_folder)
            return
        image = self._ahead(copy)
        ahead = reason is not None and not self.sparing
        async with image.compressing(self.compressing) if ahead else contextlib.nullcontext():
            result = await scanned()
            goes = self.holding is None or await self.holding.scanned(copy, result, found_before)
        if not goes:
            self.advanced(copy.size + copy.wal_size - image.advanced)
            await asyncio.to_thread(shutil.rmtree, next_rows, True)
            return
        if reason is not None:
            await self._image(copy, result, await self._pack_image(copy, image), rows_folder)
            return
        self.advanced(copy.size + copy.wal_size)
        self.into.notices += [_scan_notice(name, notice) for notice in result.notices]
        if result.decision == "unchanged":
            self.into.files_unchanged += 1
            assert known is not None
            self.into.touched_sources.append(replace(known, signature=copy.signature))
            await asyncio.to_thread(shutil.rmtree, next_rows, True)
        elif result.decision == "delta":
            await self._delta(copy, result, rows_folder, known)
        elif result.reason in _HOURLY and not rules.keyless_image_allowed(last, self.now):
            self.into.notices.append(Notice("sources.image_held", {"name": name, "why": result.reason}))
            await asyncio.to_thread(shutil.rmtree, next_rows, True)
        else:
            self.into.notices.append(Notice("sources.image_needed", {"name": name, "why": result.reason}))
            await self._image(copy, result, await self._pack_image(copy), rows_folder)

    def _ahead(self, copy: CapturedDatabase) -> AheadImage:
        parts = [copy.database] if copy.wal is None else [copy.database, copy.wal]

        def advanced(count: int) -> None:
            self.line.still_wanted()
            self.advanced(count)

        return AheadImage(parts, copy.database.parent / "image.ahead", advanced)

    async def _pack_image(
        self, copy: CapturedDatabase, image: AheadImage | None = None
    ) -> tuple[SentFile, tuple[Member, ...]]:
        stream = image or self._ahead(copy)

        def pack() -> tuple[SentFile, tuple[Member, ...]]:
            if self.sparing:
                stream.compress()
            sent = self.packer.put_blocks(PieceKind.SLICE, stream)
            return sent, stream.members

        if self.sparing:
            await self.all_read.wait()
        self.say("packing", copy.source.name)
        try:
            return await self.line.run(pack)
        finally:
            stream.stop()  # a copy that turned out to be torn is not worth packing to its end

    async def _image(
        self, copy: CapturedDatabase, result: Scan, packed: tuple[SentFile, tuple[Member, ...]], rows_folder: str
    ) -> None:
        sent, members = packed
        source = copy.source
        entry = DatabaseEntry(
            path=f"{SOURCES}/{source.name}/{source.path.name}",
            members=members,
            image=sent.content,
            image_upload=self.upload_id,
            deltas=(),
            tables=_states(result),
            schema_hash=result.schema_hash,
            duckdb_version=result.duckdb_version,
            storage_version=result.storage_version,
            mtime_ns=copy.mtime_ns,
            verified=result.verified,
        )
        self._set(entry, entry, sent.pieces, None)
        self.into.has_image = True
        self.into.files_changed += 1
        self.into.bytes_total += copy.size + copy.wal_size
        known = self.known_source(source.name)
        if known is None:
            self.into.rows_changed += sum(table.rows for table in result.tables)
        if not result.verified:
            self.into.notices.append(Notice("database.unverified", {"name": source.name}))
        self.into.sources.append(
            SourceRecord(
                source.name,
                copy.signature,
                self.now,
                copy.size + copy.wal_size,
                sum(table.rows for table in result.tables),
                rows_folder if result.verified else None,
                conversations=_conversations(result),
                image_at=self.now,
                image_bytes=sent.size,
                duckdb_version=result.duckdb_version,
            )
        )

    async def _delta(self, copy: CapturedDatabase, result: Scan, rows_folder: str, known: SourceRecord | None) -> None:
        source = copy.source
        path = f"{SOURCES}/{source.name}/{source.path.name}"
        record = self.known_entry(path)
        assert record is not None
        assert known is not None
        before = entry_of(record)
        assert isinstance(before, DatabaseEntry)

        def pack() -> tuple[list[DeltaTable], list[PieceId], int]:
            tables: list[DeltaTable] = []
            pieces: list[PieceId] = []
            size = 0
            for delta in result.deltas:
                streams: dict[str, Stream | None] = {"rows": None, "gone": None}
                for part, file in (("rows", delta.rows), ("gone", delta.gone)):
                    if file is not None:
                        sent = self.packer.put_delta(file)
                        streams[part] = sent.content
                        pieces.extend(sent.pieces)
                        size += sent.size
                tables.append(
                    DeltaTable(
                        delta.name, streams["rows"], delta.rows_count, streams["gone"], delta.gone_count, delta.whole
                    )
                )
            return tables, pieces, size

        tables, pieces, size = await self.line.run(pack)
        delta = Delta(self.upload_id, tuple(tables))
        extension = DatabaseExtension(
            path=path, delta=delta, tables=_states(result), mtime_ns=copy.mtime_ns, duckdb_version=result.duckdb_version
        )
        self._set(extension, before.extended(extension), (record.pieces, *pieces), None)
        self.into.files_changed += 1
        self.into.bytes_total += copy.size + copy.wal_size
        self.into.rows_changed += sum(table.rows_count + table.gone_count for table in tables)
        self.into.sources.append(
            replace(
                known,
                signature=copy.signature,
                copied_at=self.now,
                size=copy.size + copy.wal_size,
                rows=sum(table.rows for table in result.tables),
                rows_folder=rows_folder,
                conversations=_conversations(result),
                delta_bytes=known.delta_bytes + size,
                duckdb_version=result.duckdb_version,
            )
        )


def entry_bytes(entry: Entry) -> bytes:
    """The form in which the local state keeps an entry: its JSON on the wire."""
    return dump(entry_to_json(entry))


def entry_of(record: EntryRecord) -> Entry:
    """The entry that the local state keeps."""
    entry = entry_from_json(parse_object(record.entry, "table.malformed", record.path))
    assert not isinstance(entry, DatabaseExtension)
    return entry


async def unless_busy(work: Awaitable[None], name: str, into: Gathered) -> None:
    """Await the work on source `name`; what hurts that source alone becomes a notice. A full disk hurts them all."""
    try:
        await work
    except* (BusyError, SourceError, DatabaseError) as group:
        for error in _leaves(group):
            if error.code == "database.disk_full":
                raise error from None
            into.notices.append(Notice(error.code, {"name": name, **error.params}))
            into.not_copied.append(name)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[CogzyError]:
    found: list[CogzyError] = []
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            found += _leaves(error)
        elif isinstance(error, CogzyError):
            found.append(error)
    return found


_HOURLY = frozenset({"database.table_without_key"})


def entry_size(entry: Entry) -> int:
    """Plain bytes of the file, or of the database as its image holds it."""
    return entry.size if isinstance(entry, FileEntry) else sum(member.size for member in entry.members)


def _conversations(result: Scan) -> int:
    return sum(table.rows for table in result.tables if table.name.split(".")[-1].startswith("conversations"))


def _scan_notice(name: str, notice: Mapping[str, Any]) -> Notice:
    return Notice(str(notice["code"]), {"name": name, **notice["params"]})


def _states(result: Scan) -> tuple[TableState, ...]:
    return tuple(TableState(table.name, table.rows, table.digest) for table in result.tables)


def _fresh_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _remove_copy(copy: CapturedDatabase) -> None:
    shutil.rmtree(copy.database.parent, ignore_errors=True)

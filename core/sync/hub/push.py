"""One push to the hub: copy the changed databases, read their rows, send what the hub does not have, note each answer.

Reading goes on while batches are on their way; a few batches wait in memory, never more. A source is settled once every
row of it was acknowledged or refused. A run that is cut before leaves it as it was: the next one reads it again, and
sends what was not acknowledged. Nothing new means no request.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.crash_points import crash_point
from core.database import Child, DatabaseError, Read, RowsFile, Scan, each_row, list_tables, read_all, scan
from core.errors import CogzyError, DamageError
from core.memory.rows import Mapper, MemoryRow, table_mapping
from core.messages import render
from core.sources import CapturedDatabase, capture_duckdb
from core.sync.errors import HubError
from core.sync.events import Notice
from core.sync.gathering import TORN_TRIES, Gathered, unless_busy
from core.sync.hub.client import HubClient, Refused
from core.sync.hub.rows import Batch, Batcher, Found, corpus_rows, table_rows
from core.sync.hub.session import loaded
from core.sync.hub.state import HubLedger, Presence, Refusal
from core.sync.looking import VAULT, SeenSource
from core.sync.meter import Meter
from core.sync.protocol import SyncResult
from core.sync.records import SourceRecord
from core.sync.secrets.holding import Holding, holding
from core.sync.together import first_error, unbroken
from core.sync.upload import ROWS
from core.vault.layout import NODES, STAGING

if TYPE_CHECKING:
    from core.database import TableDelta
    from core.sync.context import SyncContext
    from core.sync.hub.look import HubLook, SeenCorpus

IN_FLIGHT = 4
WAITING = 2
"""Batches between reading and sending. What is held at most: IN_FLIGHT + WAITING + 1 batches."""
LAST_WORDS_SECONDS = 2.0
"""How long a run that fails waits for answers to what was already sent: what they acknowledge is not sent again."""
LEAST_BYTES = 64 << 10
"""Batches are not made smaller than this for a hub that calls them too large; then a single row is."""


class HubChangedError(Exception):
    """Another hub answers at the address: all that was known of it is forgotten, look again."""


@dataclass(frozen=True)
class _Table:
    """A table of memories in a copy. `part` is its name in the ledger."""

    copy: CapturedDatabase
    label: str
    columns: Sequence[str]
    mapper: Mapper
    as_of: float

    @property
    def part(self) -> str:
        return f"{self.copy.source.name}/{self.label}"

    @property
    def origin(self) -> str:
        return self.copy.source.path.name

    @property
    def kind(self) -> str:
        return self.mapper({**dict.fromkeys(self.columns), "id": ""}).kind

    def rows(self, file: RowsFile | None) -> Iterator[Found]:
        return iter(()) if file is None else table_rows(each_row(file), self.mapper)


class Push:
    """One push in the making."""

    def __init__(self, context: SyncContext, ledger: HubLedger, hub: HubClient, seen: HubLook, *, full: bool) -> None:
        self.context = context
        self.ledger = ledger
        self.hub = hub
        self.seen = seen
        self.full = full
        self.system_id = context.settings.sync.system_id_resolved
        self.run_id = secrets.token_hex(8)
        self.staging = context.vault.root / STAGING / f"hub-{self.run_id}"
        self.rows = context.vault.root / ROWS / ledger.key
        self.into = Gathered(notices=list(seen.notices), not_copied=list(seen.not_copied))
        self.meter = Meter(context.emit, "checking", seen.changes, seen.bytes_changed, wire=lambda: hub.sent)
        self.rows_sent = 0
        self.refused: list[Refusal] = []
        self._holding: Holding | None = None
        self._batcher: Batcher | None = None
        self._queue: asyncio.Queue[Batch] = asyncio.Queue(WAITING)
        self._underway: set[asyncio.Task[None]] = set()

    async def all(self) -> SyncResult:
        """Everything. Raises HubChangedError and HubError."""
        self.staging.mkdir(parents=True, mode=0o700)
        try:
            async with (
                holding(self.context, "http") as self._holding,
                self.meter.ticking(),
                first_error(),
                asyncio.TaskGroup() as group,
                Child() as child,
            ):
                group.create_task(asyncio.to_thread(loaded))  # the SDK, while the databases are copied
                senders = [group.create_task(self._send()) for _ in range(IN_FLIGHT)]
                await self._gather(child)
                for sender in senders:
                    sender.cancel()
                if self._holding is not None:
                    self.into.notices += await self._holding.remember(self._looked_at(), self.into.not_copied)
        finally:
            await asyncio.to_thread(shutil.rmtree, self.staging, True)
        await asyncio.to_thread(self._tidy)
        self.meter.end()
        return SyncResult(
            method="http",
            success=True,
            bytes_transferred=self.hub.sent,
            bytes_total=self.into.bytes_total,
            rows_changed=self.rows_sent,
            requests=self.hub.requests,
            files_unchanged=self.seen.unchanged + self.into.files_unchanged,
            not_copied=tuple(dict.fromkeys(self.into.not_copied)),
            notices=tuple({"code": notice.code, "params": notice.params} for notice in self._notices()),
        )

    # ------------------------------------------------------------------ reading

    async def _gather(self, child: Child) -> None:
        for source in self.seen.sources:
            if source.changed:
                await unless_busy(self._database(source, child), source.source.name, self.into)
        for corpus in self.seen.corpora:
            if corpus.changed:
                await self._corpus(corpus)

    async def _database(self, seen: SeenSource, child: Child) -> None:
        """Copy one live database and send what changed in it."""
        left = TORN_TRIES
        while True:
            self.meter.stage("copying", seen.source.name)
            read_at = self.context.clock()
            copy = await capture_duckdb(seen.source, self.staging, check_blocks=False)
            crash_point("hub.captured")
            try:
                await self._copied(copy, child, read_at)
                return
            except DatabaseError as error:
                left -= 1
                if not error.torn or not left:
                    raise
            finally:
                await asyncio.to_thread(shutil.rmtree, copy.database.parent, True)

    async def _copied(self, copy: CapturedDatabase, child: Child, read_at: float) -> None:
        name = copy.source.name
        known = self.ledger.sources().get(name)
        before = self.rows / known.rows_folder if known and known.rows_folder and not self.full else None
        rows_folder = f"{name}/{self.run_id}"
        after = self.rows / rows_folder
        deltas = self.staging / f"{name}.delta"
        for folder in (after, deltas):
            await asyncio.to_thread(_fresh_folder, folder)
        self.meter.stage("checking", name)
        usable = before if before and before.is_dir() else None
        found = await scan(copy.database, known=usable, next_state=after, out=deltas, child=child)
        size = copy.size + copy.wal_size
        record = SourceRecord(name, copy.signature, read_at, size, rows_folder=rows_folder if found.verified else None)
        if not found.verified:
            self.into.notices.append(Notice("hub.database_closed", {"name": name, "why": found.reason}))
            self.into.not_copied.append(name)
        elif found.decision == "unchanged":
            self.into.files_unchanged += 1
        else:
            self.into.bytes_total += size
            await self._tables(copy, found, child, read_at)
        await self._settle(record)

    async def _tables(self, copy: CapturedDatabase, found: Scan, child: Child, read_at: float) -> None:
        """Send what changed in a copy, table by table, the newest version of a table first."""
        as_of = await asyncio.to_thread(self.ledger.next_as_of, read_at)
        deltas = {delta.name: delta for delta in found.deltas}
        columns = await list_tables(copy.database, child=child)
        for label in sorted(columns, key=lambda label: (not label.endswith("_v2"), label)):
            mapper = table_mapping(label.rpartition(".")[2], columns[label], origin=copy.source.path.name)
            if mapper is None or (found.decision == "delta" and label not in deltas):
                continue
            self.meter.stage("sending", copy.source.name)
            await self._table(_Table(copy, label, columns[label], mapper, as_of), deltas.get(label), child)

    async def _table(self, table: _Table, delta: TableDelta | None, child: Child) -> None:
        if delta is not None and not delta.whole:
            rows, gone = await self._read(((delta.rows, None), (delta.gone, None)), child)
            if gone is None or gone.columns == ("id",):
                await self._offer_rows(table.rows(rows), table.part, table.as_of, None)
                ids = (str(row["id"]) for row in each_row(gone)) if gone else ()
                await self._offer_gone(table.kind, ids, table.part, table.origin, table.as_of)
                return
        (rows,) = await self._read(((table.copy.database, table.label),), child)
        await self._whole(table.rows(rows), table.kind, table.part, table.origin, table.as_of)

    async def _corpus(self, seen: SeenCorpus) -> None:
        """Send what changed in one of the vault's corpora."""
        read_at, vault = self.context.clock(), self.context.vault
        nodes = seen.origin == NODES
        read = vault.read_nodes_with_embeddings if nodes else vault.read_episodes_with_embeddings
        self.meter.stage("reading", seen.part)
        try:
            records, vectors = await asyncio.to_thread(read)
        except DamageError as error:
            self.into.notices.append(Notice(error.code, dict(error.params)))
            self.into.not_copied.append(seen.part)
            return
        self.meter.stage("sending", seen.part)
        as_of = await asyncio.to_thread(self.ledger.next_as_of, read_at)
        kind = "node" if nodes else "episode"
        await self._whole(corpus_rows(kind, records, vectors), kind, seen.part, seen.origin, as_of)
        self.into.bytes_total += seen.size
        await self._settle(SourceRecord(seen.part, seen.signature, read_at, seen.size))

    async def _settle(self, record: SourceRecord) -> None:
        """Every row of a source was answered for. One of which a row waits is read again by the next run."""
        if self._holding is None or not self._holding.holds(record.name):
            await asyncio.to_thread(self.ledger.settle, record)
        crash_point("hub.settled")
        self.meter.add(record.size, record.name, files=1)

    async def _read(self, wanted: Sequence[tuple[Path | None, str | None]], child: Child) -> list[RowsFile | None]:
        """The rows of Parquet files and tables, in one request to the child; None for what is not there."""
        reads = {
            place: Read(source, label, self.staging / f"{secrets.token_hex(6)}.rows")
            for place, (source, label) in enumerate(wanted)
            if source is not None
        }
        found = dict(zip(reads, await read_all(list(reads.values()), child=child), strict=True))
        return [found.get(place) for place in range(len(wanted))]

    # ------------------------------------------------------------------ sending

    async def _whole(self, rows: Iterator[Found], kind: str, part: str, origin: str, as_of: float) -> None:
        """Send the rows of a part that was read from end to end; what is not among them is gone."""
        with self.ledger.presence(part) as presence:
            await self._offer_rows(rows, part, as_of, presence)
            gone = await asyncio.to_thread(presence.gone)
        await self._offer_gone(kind, [one for _, one in gone], part, origin, as_of)

    async def _offer_rows(self, rows: Iterator[Found], part: str, as_of: float, presence: Presence | None) -> None:
        batcher = await self._batches()
        await self._offer(batcher, batcher.rows(rows, part, as_of, presence))

    async def _offer_gone(self, kind: str, ids: Iterable[str], part: str, origin: str, as_of: float) -> None:
        batcher = await self._batches()
        await self._offer(batcher, batcher.gone(kind, ids, part, origin, as_of))

    async def _offer(self, batcher: Batcher, batches: Iterator[Batch]) -> None:
        """Hand batches to the senders as fast as they go; returns once all are answered."""
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            await self._queue.put(batch)
            await self._note_refused(batcher)
        await self._note_refused(batcher)
        await self._queue.join()

    async def _note_refused(self, batcher: Batcher) -> None:
        refused = batcher.take_refused()
        if refused:
            self.refused += refused
            await asyncio.to_thread(self.ledger.refuse, refused, self.context.clock())

    async def _batches(self) -> Batcher:
        """Meet the hub, when there is first something to say to it."""
        if self._batcher is None:
            found = await self.hub.abilities()
            if not await asyncio.to_thread(self.ledger.meet, found.hub_id):
                raise HubChangedError
            if found.system_id not in (None, self.system_id):
                reason = f"it is {found.system_id}'s, and this computer is {self.system_id}."
                raise HubError("hub.token_refused", reason=reason)
            may_go = self._may_go if self._holding is not None else None
            self._batcher = Batcher(self.ledger, found, self.system_id, self.full, found.most_bytes, may_go)
        return self._batcher

    def _may_go(self, row: MemoryRow, part: str) -> bool:
        """Whether a row of a part of the ledger may be sent now. Runs in a thread, one row after the other."""
        assert self._holding is not None
        if part.startswith(f"{VAULT}/"):
            return self._holding.row(row, part, row.origin or part)
        source, _, table = part.partition("/")
        return self._holding.row(row, source, table)

    def _looked_at(self) -> list[str]:
        return [*([VAULT] if self.seen.corpora else []), *(source.source.name for source in self.seen.sources)]

    async def _send(self) -> None:
        """One sender: batches from the queue until it is cancelled. When one fails, the others still hear answers."""
        while True:
            batch = await self._queue.get()
            delivering = asyncio.create_task(self._deliver(batch))
            self._underway.add(delivering)
            try:
                await delivering
            except CogzyError:
                others = self._underway - {delivering}
                if others:
                    await asyncio.wait(others, timeout=LAST_WORDS_SECONDS)
                raise
            finally:
                self._underway.discard(delivering)
            self._queue.task_done()

    async def _deliver(self, whole: Batch) -> None:
        """Send a batch, in parts when the hub will not have it whole, and note what it answered to each."""
        assert self._batcher is not None
        left = [whole]
        while left:
            batch = left.pop()
            try:
                refused = await self.hub.store(batch.items, batches=self._batcher.abilities.batches)
            except HubError as error:
                if not error.smaller:
                    raise
                if len(batch.entries) == 1:
                    await self._answered(batch, [Refused(0, error.code, dict(error.params))])
                    continue
                if error.code == "hub.too_large":
                    self._batcher.most_bytes = max(LEAST_BYTES, min(self._batcher.most_bytes, batch.size // 2))
                left += batch.halves()
                continue
            await self._answered(batch, refused)

    async def _answered(self, batch: Batch, refused: Sequence[Refused]) -> None:
        by_place = {one.index: one for one in refused}
        taken = [entry for place, entry in enumerate(batch.entries) if place not in by_place]
        found = [Refusal(batch.entries[one.index], one.code, one.params) for one in refused]
        await unbroken(self.ledger.acknowledge, taken, found, self.context.clock(), size=batch.size)
        self.rows_sent += len(taken)
        self.refused += found
        crash_point("hub.acknowledged")

    def _notices(self) -> list[Notice]:
        """Everything that a person should know of this run."""
        notices = list(self.into.notices)
        if self.refused:
            first = self.refused[0]
            why = render(first.code, first.params)[0]
            params = {"count": len(self.refused), "id": first.entry.id, "kind": first.entry.kind, "why": why}
            notices.append(Notice("hub.rows_refused", params))
        if self._batcher is not None and self._batcher.undeletable:
            notices.append(Notice("hub.cannot_delete", {"count": self._batcher.undeletable}))
        return notices

    def _tidy(self) -> None:
        """Remove fingerprints that no settled source needs."""
        kept = {record.rows_folder for record in self.ledger.sources().values()}
        for folder in self.rows.glob("*/*"):
            if folder.relative_to(self.rows).as_posix() not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _fresh_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

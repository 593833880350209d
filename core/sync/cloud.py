"""The cloud method: copy what changed, send new pieces, commit with one manifest.

Order: packs, table, manifest. Before the manifest nothing is visible and nothing is forgotten: pieces that arrived are
remembered and used by the next run. The local state moves only once the manifest is known to be there.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import shutil
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core import __version__
from core.crash_points import crash_point
from core.errors import CogzyError
from core.sync import rules
from core.sync.errors import CloudUploadError
from core.sync.events import Event, Notice
from core.sync.looking import Look, Only, expected_bytes, look_at, wanted_sources
from core.sync.meter import Meter
from core.sync.protocol import SyncResult
from core.sync.remote import location_of, remote_key
from core.sync.state import SyncState
from core.sync.streams import split_ids
from core.sync.together import first_error

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.settings_model import Settings
    from core.sources import Source
    from core.sync.gathering import Gathered
    from core.sync.manifest import Manifest
    from core.sync.remote import Remote
    from core.sync.sending import Packer
    from core.sync.state import EntryRecord, Prepared, RemoteRecord
    from core.sync.table import Table, TableRef
    from core.vault import LocalVaultService

STAGING = "sync/staging"
ROWS = "sync/rows"
MOST_MANIFEST = 8 << 20
MOST_NAMED = 1_000


@dataclass(frozen=True)
class SyncContext:
    """What a method works on: one vault, its settings and secrets, what is known of its remotes, who listens."""

    vault: LocalVaultService
    settings: Settings
    credentials: Credentials
    state: SyncState
    sources: Sequence[Source]
    emit: Callable[[Event], None]
    clock: Callable[[], float] = time.time


class HeadGoneError(Exception):
    """The parent manifest is not in the remote any more: it was emptied, or is another bucket."""


class HeadFoundError(Exception):
    """The local state knew nothing, but this system has uploads here: they were taken over, look again."""


class CloudSyncMethod:
    """Sync to the bucket or folder that the settings name."""

    def __init__(self, context: SyncContext) -> None:
        self._context = context

    def get_method_name(self) -> str:
        """`cloud`."""
        return "cloud"

    async def is_available(self) -> bool:
        """Configured, and not known to be out of reach."""
        location = self._context.settings.sync.store_location()
        if location is None:
            return False
        from core.storage import reachable

        return await reachable(location) is not False

    def look(self, *, only: Only | None = None, full: bool = False, **topics: bool) -> Look:
        """What a sync would send, by stats alone."""
        context = self._context
        key = self._key()
        sources, vault = wanted_sources(
            context.sources,
            reflections=topics.get("upload_reflections", True),
            knowledge_graph=topics.get("upload_knowledge_graph", True),
            only=only,
        )
        return look_at(
            context.vault.root,
            sources,
            context.state.entry_signatures(key),
            context.state.sources(key),
            vault=vault,
            damaged=frozenset(damage.relative for damage in context.vault.damage),
            full=full,
        )

    async def sync(
        self,
        upload_reflections: bool = True,
        upload_knowledge_graph: bool = True,
        *,
        only: Only | None = None,
        full: bool = False,
        **_: Any,
    ) -> SyncResult:
        """Send what is new and commit it. Raises CloudUploadError; nothing new makes no upload and at most one request.

        `only` narrows to one topic or the vault; `full` asks for whole images.
        """
        started = time.monotonic()
        topics = {"upload_reflections": upload_reflections, "upload_knowledge_graph": upload_knowledge_graph}
        try:
            for _attempt in range(3):
                try:
                    result = await self._sync(only, full, topics)
                except HeadGoneError:
                    self._context.state.forget(self._key())
                    self._context.emit(Notice("cloud.emptied"))
                    continue
                except HeadFoundError:
                    continue
                return replace(result, duration_seconds=round(time.monotonic() - started, 3))
        except CogzyError as error:
            raise CloudUploadError(method="cloud", original=error) from error
        raise CloudUploadError(method="cloud", original=CogzyError("cloud.head_keeps_going"))

    async def _sync(self, only: Only | None, full: bool, topics: dict[str, bool]) -> SyncResult:
        context, key = self._context, self._key()
        seen = self.look(only=only, full=full, **topics)
        record = context.state.remote(key)
        settled = record.head is not None and context.state.prepared(key) is None
        if settled and not seen.anything and not rules.confirmation_due(record.confirmed_at, context.clock()):
            return _nothing_new(record, seen)
        run = _Run(context, key, seen, full)
        async with run.opened():
            return await run.all()

    def _key(self) -> str:
        settings = self._context.settings
        return remote_key(location_of(settings), settings.vault_id)


def _nothing_new(record: RemoteRecord, seen: Look) -> SyncResult:
    return SyncResult(
        method="cloud",
        success=True,
        upload_id=record.head,
        files_unchanged=len(seen.vault_files) + len(seen.sources),
        notices=tuple({"code": n.code, "params": n.params} for n in seen.notices),
    )


class _Run:
    """One upload in the making."""

    def __init__(self, context: SyncContext, key: str, seen: Look, full: bool) -> None:
        from core.sync.layout import new_upload_id

        self.context = context
        self.key = key
        self.seen = seen
        self.full = full
        self.now = context.clock()
        self.system_id = context.settings.sync.system_id_resolved
        self.upload_id = new_upload_id(self.system_id, datetime.fromtimestamp(self.now, UTC))
        self.staging = context.vault.root / STAGING / f"sync-{self.upload_id}"
        self.rows = context.vault.root / ROWS / key
        self.record = context.state.remote(key)
        changed = len(seen.vault_changed) + sum(source.changed for source in seen.sources)
        self.meter = Meter(context.emit, "checking", changed, expected_bytes(seen, context.vault.root))
        self.remote: Remote

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connect, make the private staging folder, and leave neither behind."""
        from core.sync.connect import connect

        context = self.context
        self.remote = await connect(context.settings, context.credentials, context.vault.root)
        try:
            self.staging.mkdir(parents=True, mode=0o700)
            yield
        finally:
            await asyncio.to_thread(shutil.rmtree, self.staging, True)
            await self.remote.store.close()

    async def all(self) -> SyncResult:
        """Everything from the parent's proof to the commit. Raises HeadGoneError, HeadFoundError or a CogzyError."""
        from core.sync.gathering import Gathered

        into = Gathered(notices=list(self.seen.notices))
        async with first_error(), asyncio.TaskGroup() as group:
            proof = group.create_task(self._prove_parent())
            if self.context.state.prepared(self.key) is not None:
                await asyncio.wait([proof])
            packer = await self._gather(into, proof)
        if into.anything:
            self.meter.stage("committing")
            await self._commit(into, packer)
        await asyncio.to_thread(self._tidy, into)
        return SyncResult(
            method="cloud",
            success=True,
            files_uploaded=into.files_changed,
            bytes_transferred=self.remote.store.traffic.sent,
            upload_id=self.context.state.remote(self.key).head,
            bytes_total=into.bytes_total,
            rows_changed=into.rows_changed,
            pieces_new=packer.counts.new,
            pieces_reused=packer.counts.reused,
            files_unchanged=into.files_unchanged + len(self.seen.vault_files) - len(self.seen.vault_changed),
            notices=tuple({"code": notice.code, "params": notice.params} for notice in into.notices),
        )

    # ------------------------------------------------------------------ what the remote holds

    async def _prove_parent(self) -> None:
        """One request proves that the head is still there; of a remote never met, find out what it holds."""
        from core.storage import NotFoundError

        store, state = self.remote.store, self.context.state
        await store.warm_up()
        prepared = state.prepared(self.key)
        if prepared is not None:
            await self._settle(prepared)
            self.record = state.remote(self.key)
        if self.record.head is None:
            await self._meet()
            return
        try:
            found = await store.get(_manifest_key(self.record.head), at_most=MOST_MANIFEST)
        except NotFoundError:
            raise HeadGoneError from None
        if hashlib.sha256(found).hexdigest() != self.record.manifest_sha256:
            raise HeadGoneError
        state.confirm(self.key, self.now)

    async def _settle(self, prepared: Prepared) -> None:
        """An earlier run sent a manifest and never learned whether it arrived."""
        if await self._arrived(prepared):
            await asyncio.to_thread(self.context.state.advance, self.key, self.now)
        else:
            await asyncio.to_thread(self.context.state.drop_prepared, self.key)

    async def _arrived(self, prepared: Prepared) -> bool:
        from core.storage import NotFoundError

        try:
            found = await self.remote.store.get(prepared.manifest_key, at_most=MOST_MANIFEST)
        except NotFoundError:
            return False
        return hashlib.sha256(found).hexdigest() == prepared.manifest_sha256

    async def _meet(self) -> None:
        """The first time here, or the local state was lost: check the format, take over what this system sent."""
        from core.sync.adopting import adopt_own_head, check_pending, device_note
        from core.sync.connect import confirm_format
        from core.sync.layout import device_key

        context = self.context
        await confirm_format(self.remote, context.vault.root)
        await check_pending(self.remote, context.state, self.key)
        if await adopt_own_head(self.remote, context.state, self.key, self.system_id, self.now):
            raise HeadFoundError
        note = device_note(self.system_id, context.settings.install_id, self.now)
        await self.remote.store.put(device_key(self.remote.vault_id, self.system_id), note)

    # ------------------------------------------------------------------ reading and packing

    async def _gather(self, into: Gathered, proof: asyncio.Task[None]) -> Packer:
        from core.sync.gathering import Gatherer, unless_busy
        from core.sync.sending import Packer, packing

        context, seen = self.context, self.seen
        sync, state = context.settings.sync, context.state
        async with packing(self.remote, state, self.key, proof) as line:
            packer = Packer(
                self.remote,
                "zstd" if sync.enable_compression else "none",
                (lambda piece: state.piece(self.key, piece)) if sync.enable_deduplication else (lambda _: None),
                line.deliver,
                line.still_wanted,
                self.meter.add,
            )
            gatherer = Gatherer(
                line=line,
                packer=packer,
                staging=self.staging,
                rows_root=self.rows,
                upload_id=self.upload_id,
                now=self.now,
                full=self.full,
                into=into,
                known_entry=lambda path: state.entry(self.key, path),
                known_source=state.sources(self.key).get,
                advanced=self.meter.add,
                say=self.meter.stage,
            )
            scan_slot = asyncio.Semaphore(1)
            async with asyncio.TaskGroup() as databases:
                for source in seen.sources:
                    if source.changed and source.source.kind == "duckdb":
                        databases.create_task(unless_busy(gatherer.duckdb(source, scan_slot), into))
                await gatherer.vault(context.vault, seen.vault_changed, seen.vault_gone)
                for source in seen.sources:
                    if source.changed and source.source.kind == "sqlite":
                        await unless_busy(gatherer.sqlite(source), into)
                    elif source.changed and source.source.kind == "files":
                        await unless_busy(gatherer.files(source.source, source.signature or ""), into)
            await line.run(packer.flush)
        return packer

    # ------------------------------------------------------------------ the commit

    async def _commit(self, into: Gathered, packer: Packer) -> None:
        from core.sync.layout import table_key
        from core.sync.manifest import encode_manifest
        from core.sync.state import Prepared
        from core.sync.table import encode_table, make_ref

        state, store = self.context.state, self.remote.store
        crash_point("sync.packs_sent")
        table = await asyncio.to_thread(self._table, into, packer)
        stored = await asyncio.to_thread(encode_table, table, self.remote.sealer)
        ref = make_ref(self.remote.vault_id, self.upload_id, stored)
        await store.put(table_key(self.remote.vault_id, self.upload_id), stored)
        crash_point("sync.table_sent")
        manifest = encode_manifest(self._manifest(into, table, ref))
        prepared = Prepared(
            self.upload_id,
            _manifest_key(self.upload_id),
            hashlib.sha256(manifest).hexdigest(),
            tuple({"upload_id": r.upload_id, "sha256": r.sha256, "size": r.size} for r in (*table.base, ref)),
        )
        await asyncio.to_thread(
            state.prepare, self.key, prepared, into.entries, into.removed, into.sources, list(table.pieces)
        )
        crash_point("sync.prepared")
        try:
            await store.put(prepared.manifest_key, manifest)
        except CogzyError:
            if not await self._arrived(prepared):
                await asyncio.to_thread(state.drop_prepared, self.key)
                raise
        crash_point("sync.manifest_sent")
        await asyncio.to_thread(state.advance, self.key, self.now)
        crash_point("sync.advanced")

    def _table(self, into: Gathered, packer: Packer) -> Table:
        from core.sync.sending import as_location
        from core.sync.table import Table, TableRef

        vault_id, key, state = self.remote.vault_id, self.key, self.context.state
        chain = tuple(
            TableRef(c["upload_id"], _table_key(vault_id, c["upload_id"]), c["sha256"], c["size"])
            for c in self.record.chain
        )
        if chain and not into.has_image and len(chain) < rules.FOLD_AT_CHAIN:
            used = {piece for record in into.entries for piece in split_ids(record.pieces)}
            pieces = {piece: place for piece, place in packer.new_locations.items() if piece in used}
            return Table(vault_id, self.system_id, self.upload_id, chain, tuple(into.set), tuple(into.removed), pieces)
        from core.sync.gathering import entry_of

        live: dict[str, EntryRecord] = state.entries(key)
        for path in into.removed:
            live.pop(path, None)
        live |= {record.path: record for record in into.entries}
        places = {piece: as_location(record) for piece, record in state.pieces(key).items()} | packer.new_locations
        needed = {piece: places[piece] for record in live.values() for piece in split_ids(record.pieces)}
        entries = tuple(entry_of(record) for record in live.values())
        return Table(vault_id, self.system_id, self.upload_id, (), entries, (), needed)

    def _manifest(self, into: Gathered, table: Table, ref: TableRef) -> Manifest:
        from core.sync.manifest import Manifest, SourceInfo, plain_name

        context, state = self.context, self.context.state
        sources = state.sources(self.key) | {record.name: record for record in into.sources}
        sizes = {path: record.size for path, record in state.entries(self.key).items() if path not in into.removed}
        sizes |= {record.path: record.size for record in into.entries}
        episodes = context.vault.get_status().episodes or 0
        parent = self.record.head or state.fact("restored_from")
        return Manifest(
            upload_id=self.upload_id,
            system_id=self.system_id,
            uploaded_at=datetime.fromtimestamp(self.now, UTC),
            conversation_count=episodes + sum(source.conversations for source in sources.values()),
            total_size_bytes=sum(sizes.values()),
            compressed=context.settings.sync.enable_compression,
            compression_format="zstd" if context.settings.sync.enable_compression else None,
            files=tuple(sorted({plain_name(entry.path) for entry in into.set})[:MOST_NAMED]),
            vault_id=self.remote.vault_id,
            parents=(parent,) if parent else (),
            table=ref,
            packs=tuple(dict.fromkeys(place.pack for place in table.pieces.values())),
            app_version=__version__,
            sources=tuple(SourceInfo(s.name, s.kind, s.topic) for s in context.sources if s.name in sources),
            encrypted=self.remote.sealer.encrypted,
        )

    def _tidy(self, into: Gathered) -> None:
        """After the commit: remember stats that moved without a change, remove fingerprints that nothing needs."""
        state = self.context.state
        state.touch_entries(self.key, into.touched_files)
        for source in (*into.touched_sources, *(() if into.anything else into.sources)):
            state.touch_source(self.key, source)
        kept = {record.rows_folder for record in state.sources(self.key).values()}
        for folder in self.rows.glob("*/*"):
            if folder.relative_to(self.rows).as_posix() not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _manifest_key(upload_id: str) -> str:
    from core.sync.layout import manifest_key, upload_system

    return manifest_key(upload_system(upload_id) or "", upload_id)


def _table_key(vault_id: str, upload_id: str) -> str:
    from core.sync.layout import table_key

    return table_key(vault_id, upload_id)

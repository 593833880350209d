"""One upload in the making: prove the parent, read and pack what changed, send, commit with one manifest.

Order: packs, table, manifest. Before the manifest nothing is visible and nothing is forgotten: pieces that arrived are
remembered and used by the next run. The local state moves only once the manifest is known to be there.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import shutil
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime

from core import __version__
from core.crash_points import crash_point
from core.database import Child
from core.errors import CogzyError, DamageError
from core.storage import NotFoundError
from core.sync import rules
from core.sync.adopting import adopt_own_head, check_pending, device_note
from core.sync.connect import confirm_format, connect
from core.sync.context import HeadFoundError, HeadGoneError, SyncContext
from core.sync.gathering import Gathered, Gatherer, entry_of, unless_busy
from core.sync.layout import device_key, manifest_key, new_upload_id, table_key, upload_system
from core.sync.looking import VAULT, Look, SeenSource, expected_bytes
from core.sync.manifest import MOST_MANIFEST, Manifest, SourceInfo, encode_manifest, plain_name
from core.sync.meter import Meter
from core.sync.protocol import SyncResult
from core.sync.records import EntryRecord, Prepared
from core.sync.remote import Remote
from core.sync.secrets.holding import holding
from core.sync.sending import Packer, as_location, packing
from core.sync.streams import split_ids
from core.sync.table import Table, TableRef, encode_table, make_ref
from core.sync.together import first_error
from core.vault.layout import STAGING

ROWS = "sync/rows"
MOST_NAMED = 1_000


class UploadRun:
    """One upload in the making."""

    def __init__(self, context: SyncContext, key: str, seen: Look, full: bool, child: Child) -> None:
        self.context = context
        self.key = key
        self.seen = seen
        self.full = full
        self.child = child
        self.now = context.clock()
        self.system_id = context.settings.sync.system_id_resolved
        self.upload_id = new_upload_id(self.system_id, datetime.fromtimestamp(self.now, UTC))
        self.staging = context.vault.root / STAGING / f"sync-{self.upload_id}"
        self.rows = context.vault.root / ROWS / key
        self.record = context.state.remote(key)
        changed = len(seen.vault_changed) + sum(source.changed for source in seen.sources)
        self.meter = Meter(
            context.emit,
            "checking",
            changed,
            expected_bytes(seen, context.vault.root),
            wire=lambda: self.remote.store.traffic.sent,
            unsized=sum(source.changed and source.source.kind == "files" for source in seen.sources),
        )
        self.remote: Remote

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connect, make the private staging folder, and leave neither behind."""
        context = self.context
        self.remote = await connect(context.settings, context.credentials, context.vault.root, context.limits)
        try:
            self.staging.mkdir(parents=True, mode=0o700)
            yield
        finally:
            await asyncio.to_thread(shutil.rmtree, self.staging, True)
            await self.remote.store.close()

    async def all(self) -> SyncResult:
        """Everything from the parent's proof to the commit. Raises HeadGoneError, HeadFoundError or a CogzyError."""
        into = Gathered(notices=list(self.seen.notices), not_copied=list(self.seen.not_copied))
        async with self.meter.ticking(), first_error(), asyncio.TaskGroup() as group:
            proof = group.create_task(self._prove_parent())
            if self.context.state.prepared(self.key) is not None:
                await asyncio.wait([proof])
            packer = await self._gather(into, proof)
        if into.anything or (self.record.head is not None and not self.record.chain):  # or the chain is damaged
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
            requests=self.remote.store.traffic.requests,
            files_unchanged=into.files_unchanged + len(self.seen.vault_files) - len(self.seen.vault_changed),
            not_copied=tuple(dict.fromkeys(into.not_copied)),
            notices=tuple({"code": notice.code, "params": notice.params} for notice in into.notices),
        )

    # ------------------------------------------------------------------ what the remote holds

    async def _prove_parent(self) -> None:
        """One request proves that the head is still there; of a remote never met, find out what it holds."""
        store, state = self.remote.store, self.context.state
        await store.warm_up()
        prepared = state.prepared(self.key)
        if prepared is not None:
            await self._settle(prepared)
            self.record = state.remote(self.key)
        if self.record.head is None:
            await self._meet()
            return
        for _ in range(2):  # a byte that changed on the way is no reason to send everything again
            try:
                found = await store.get(_manifest_key(self.record.head), at_most=MOST_MANIFEST)
            except NotFoundError:
                break
            if hashlib.sha256(found).hexdigest() == self.record.manifest_sha256:
                state.confirm(self.key, self.now)
                return
        raise HeadGoneError

    async def _settle(self, prepared: Prepared) -> None:
        """An earlier run sent a manifest and never learned whether it arrived."""
        if await self._arrived(prepared):
            await asyncio.to_thread(self.context.state.advance, self.key, self.now)
        else:
            await asyncio.to_thread(self.context.state.drop_prepared, self.key)

    async def _arrived(self, prepared: Prepared) -> bool:
        try:
            found = await self.remote.store.get(prepared.manifest_key, at_most=MOST_MANIFEST)
        except NotFoundError:
            return False
        return hashlib.sha256(found).hexdigest() == prepared.manifest_sha256

    async def _meet(self) -> None:
        """The first time here, or the local state was lost: check the format, take over what this system sent."""
        context = self.context
        met = await confirm_format(self.remote, context.vault.root)
        await check_pending(self.remote, context.state, self.key)
        if met and await adopt_own_head(self.remote, context.state, self.key, self.system_id, self.now):
            raise HeadFoundError
        note = device_note(self.system_id, context.settings.install_id, self.now)
        await self.remote.store.put(device_key(self.remote.vault_id, self.system_id), note)

    # ------------------------------------------------------------------ reading and packing

    async def _gather(self, into: Gathered, proof: asyncio.Task[None]) -> Packer:
        context, seen = self.context, self.seen
        sync, state = context.settings.sync, context.state
        databases = [source for source in seen.sources if source.changed and source.source.kind == "duckdb"]
        async with holding(context, "cloud") as held, packing(self.remote, state, self.key, proof) as line:
            packer = Packer(
                self.remote,
                "zstd" if sync.enable_compression else "none",
                (lambda piece: state.piece(self.key, piece)) if sync.enable_deduplication else (lambda _: None),
                line.deliver,
                line.still_wanted,
                self.meter.add,
                self.meter.packed,
            )
            gatherer = Gatherer(
                line=line,
                packer=packer,
                child=self.child,
                unread={source.source.name for source in databases},
                staging=self.staging,
                rows_root=self.rows,
                upload_id=self.upload_id,
                now=self.now,
                full=self.full,
                image_after_seconds=context.settings.schedule.full_image_days * 86400.0,
                into=into,
                known_entry=lambda path: state.entry(self.key, path),
                known_source=state.sources(self.key).get,
                advanced=self.meter.add,
                expect=self.meter.expect,
                holding=held,
                say=self.meter.stage,
                sparing=context.sparing,
            )
            scan_slot = asyncio.Semaphore(1)
            async with asyncio.TaskGroup() as copying:
                for source in databases:
                    copying.create_task(self._database(gatherer, source, scan_slot, into))
                await gatherer.vault(context.vault, seen.vault_changed, seen.vault_gone)
                self.meter.add(0, files=len(seen.vault_changed))
                for source in seen.sources:
                    if source.changed and source.source.kind == "sqlite":
                        await self._one(gatherer.sqlite(source), source.source.name, into)
                    elif source.changed and source.source.kind == "files":
                        files = gatherer.files(source.source, source.signature or "")
                        await self._one(files, source.source.name, into)
            self.meter.stage("sending")
            await line.run(packer.flush)
            if held is not None:
                into.notices += await held.remember(self._looked_at(), into.not_copied)
        return packer

    def _looked_at(self) -> list[str]:
        return [*([VAULT] if self.seen.vault_files else []), *(source.source.name for source in self.seen.sources)]

    async def _database(self, gatherer: Gatherer, seen: SeenSource, slot: asyncio.Semaphore, into: Gathered) -> None:
        await self._one(gatherer.duckdb(seen, slot), seen.source.name, into)
        await gatherer.looked_into(seen.source.name)

    async def _one(self, gathering: Awaitable[None], name: str, into: Gathered) -> None:
        await unless_busy(gathering, name, into)
        self.meter.add(0, files=1)

    # ------------------------------------------------------------------ the commit

    async def _commit(self, into: Gathered, packer: Packer) -> None:
        state, store = self.context.state, self.remote.store
        crash_point("sync.packs_sent")
        table = await asyncio.to_thread(self._table, into, packer)
        stored = await asyncio.to_thread(encode_table, table, self.remote.sealer)
        ref = make_ref(self.remote.vault_id, self.upload_id, stored)
        await store.put(table_key(self.remote.vault_id, self.upload_id), stored)
        crash_point("sync.table_sent")
        manifest = encode_manifest(self._manifest(into, packer, table, ref))
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
        await asyncio.to_thread(state.set_fact, "restored_from", None)

    def _table(self, into: Gathered, packer: Packer) -> Table:
        vault_id, key, state = self.remote.vault_id, self.key, self.context.state
        chain = tuple(
            TableRef(c["upload_id"], table_key(vault_id, c["upload_id"]), c["sha256"], c["size"])
            for c in self.record.chain
        )
        if chain and not into.has_image and len(chain) < rules.FOLD_AT_CHAIN:
            used = {piece for record in into.entries for piece in split_ids(record.pieces)}
            pieces = {piece: place for piece, place in packer.new_locations.items() if piece in used}
            return Table(vault_id, self.system_id, self.upload_id, chain, tuple(into.set), tuple(into.removed), pieces)

        live: dict[str, EntryRecord] = state.entries(key)
        for path in into.removed:
            live.pop(path, None)
        live |= {record.path: record for record in into.entries}
        places = {piece: as_location(record) for piece, record in state.pieces(key).items()} | packer.new_locations
        wanted = [piece for record in live.values() for piece in split_ids(record.pieces)]
        if not places.keys() >= set(wanted):
            raise state.found_damaged()
        try:
            entries = tuple(entry_of(record) for record in live.values())
        except DamageError as error:
            raise state.found_damaged() from error
        needed = {piece: places[piece] for piece in wanted}
        return Table(vault_id, self.system_id, self.upload_id, (), entries, (), needed)

    def _manifest(self, into: Gathered, packer: Packer, table: Table, ref: TableRef) -> Manifest:
        context, state = self.context, self.context.state
        sources = state.sources(self.key) | {record.name: record for record in into.sources}
        sizes = {path: record.size for path, record in state.entries(self.key).items() if path not in into.removed}
        sizes |= {record.path: record.size for record in into.entries}
        episodes = context.vault.get_status().episodes or 0
        parents = dict.fromkeys(parent for parent in (self.record.head, state.fact("restored_from")) if parent)
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
            parents=tuple(parents),
            table=ref,
            packs=tuple(dict.fromkeys(p.pack for piece, p in packer.new_locations.items() if piece in table.pieces)),
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
    return manifest_key(upload_system(upload_id) or "", upload_id)

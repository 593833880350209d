"""One system's uploads in one round: which are new, which of them are read, and in which order.

- Of a vault only the newest upload is read: it holds the changes of the ones before it. Those are marked as taken in
  with it when their changes were among what was read, else as skipped.
- When one cannot be read, the one before it is tried.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.akosha.ingest import cogzy, session_buddy
from core.akosha.ingest.children import Children
from core.akosha.ingest.find import FoundUpload, list_uploads
from core.akosha.ingest.keys import VaultKeys
from core.akosha.ingest.markers import Known, Markers
from core.akosha.ingest.order import follow, newest_first
from core.akosha.ingest.outcome import blames_source
from core.akosha.ingest.plan import Plan, Tables, plan
from core.akosha.ingest.reporting import IngestReport, IngestState, Problem, problem_of
from core.akosha.ingest.scratch import Scratch
from core.akosha.ingest.session_buddy import ForeignManifest
from core.akosha.ingest.state import VaultState
from core.akosha.ingest.taking import Uploads
from core.akosha.store import HubStore
from core.errors import CogzyError, DamageError, RefusedError
from core.storage import NotFoundError, ObjectStore, TooLargeError
from core.sync.manifest import MOST_MANIFEST, Manifest, parse_manifest
from core.sync.remote import Remote
from core.sync.sealing import ClearSealer, Sealer
from core.sync.together import bounded

MANIFESTS_AT_ONCE = 16


@dataclass(frozen=True)
class Parts:
    """What every system's work shares."""

    store: HubStore
    keys: VaultKeys
    scratch: Scratch
    children: Children
    tables: Tables
    state: IngestState


class SystemIngest:
    """One round of one system. Counts into `report`."""

    def __init__(
        self, parts: Parts, source: ObjectStore, system_id: str, known: Known, report: IngestReport, *, retry: bool
    ) -> None:
        self._parts = parts
        self._store = parts.store
        self._source = source
        self._system_id = system_id
        self._known = known
        self._report = report
        self._retry = retry
        self._markers = Markers(parts.store, parts.keys, system_id, known, report)
        self._uploads = Uploads(parts.store, parts.state, self._markers, system_id, known, report)

    async def run(self) -> None:
        """Take in what is new. Raises what does not concern a single upload: StorageError, FileError, StoreError."""
        states = await self._store.upload_states(self._system_id)
        again = await self._markers.to_try_again(states, retry=self._retry)
        aside = {upload_id for upload_id, state in states.items() if state == "quarantined"}
        there = await list_uploads(self._source, self._system_id, states.keys() - again - aside)
        for upload_id in sorted(aside - {one.upload_id for one in there}):
            await self._markers.skip(upload_id, "akosha.ingest_gone", {})  # whoever looked after it took it away
        found = [one for one in there if one.upload_id in again or one.upload_id not in aside]
        self._report.seen += len(states.keys() | {one.upload_id for one in found})
        self._report.unchanged += len(states.keys() - again)
        if not found:
            return
        await self._markers.load()
        manifests = await bounded((self._manifest(one) for one in found), MANIFESTS_AT_ONCE)
        vaults: dict[str, list[Manifest]] = {}
        foreign: list[tuple[FoundUpload, ForeignManifest]] = []
        for one, manifest in zip(found, manifests, strict=True):
            if isinstance(manifest, Manifest):
                vaults.setdefault(manifest.vault_id, []).append(manifest)
            elif manifest is not None:
                foreign.append((one, manifest))
        if foreign:
            await self._foreign(foreign)
        for vault_id, uploads in sorted(vaults.items(), key=lambda item: max(one.uploaded_at for one in item[1])):
            await self._vault(vault_id, uploads)

    # ------------------------------------------------------------------ manifests

    async def _manifest(self, found: FoundUpload) -> Manifest | ForeignManifest | None:
        """The manifest, or None when it is gone or went into quarantine."""
        try:
            try:
                return await self._manifest_once(found)
            except DamageError:  # perhaps on the way alone
                return await self._manifest_once(found)
        except NotFoundError:
            return None
        except (DamageError, RefusedError) as error:
            await self._markers.quarantine(found.upload_id, error)
            return None

    async def _manifest_once(self, found: FoundUpload) -> Manifest | ForeignManifest:
        try:
            data = await self._source.get(found.manifest_key, at_most=MOST_MANIFEST)
        except TooLargeError as error:
            raise DamageError("manifest.malformed", where=found.manifest_key, problem="too large") from error
        try:
            manifest = await asyncio.to_thread(parse_manifest, data, key=found.manifest_key)
        except RefusedError as error:
            if error.code != "manifest.foreign":
                raise
            return await asyncio.to_thread(session_buddy.parse_foreign, data, found)
        return replace(manifest, packs=(), files=())

    # ------------------------------------------------------------------ Cogzy's vaults

    async def _vault(self, vault_id: str, uploads: Sequence[Manifest]) -> None:
        """The newest readable upload of one vault, and markers for the others."""
        base = self._known.vaults.get(vault_id)
        since = follow(uploads, base.upload_id) if base is not None else set()
        sealers = await self._sealers(vault_id, uploads, base)
        hurt: dict[str, CogzyError] = {}
        waiting = newest_first(one for one in uploads if one.encrypted in sealers)
        while waiting:
            manifest = waiting.pop(0)
            if base is not None and manifest.upload_id not in since and _at(manifest) <= base.uploaded_at:
                await self._markers.supersede([manifest], base.upload_id, set())
                continue
            remote = Remote(self._source, sealers[manifest.encrypted], vault_id)
            taken = await self._uploads.attempt(
                manifest.upload_id, partial(self._take_in, remote, manifest, base, hurt), manifest
            )
            if taken is not None:
                await self._markers.mended(vault_id, manifest.upload_id, _at(manifest))
                await self._markers.supersede(waiting, manifest.upload_id, taken)
                return

    async def _sealers(self, vault_id: str, uploads: Sequence[Manifest], base: VaultState | None) -> dict[bool, Sealer]:
        """What opens the vault's clear and its encrypted uploads; those for which there is nothing are put aside."""
        encrypted = [one for one in uploads if one.encrypted]
        clear = [one for one in uploads if not one.encrypted]
        sealers: dict[bool, Sealer] = {}
        if encrypted:
            reason: CogzyError = RefusedError("akosha.ingest_encrypted", vault_id=vault_id)
            try:
                if (sealer := await self._parts.keys.sealer_for(vault_id, self._source)) is not None:
                    sealers[True] = sealer
            except CogzyError as error:
                if blames_source(error):
                    raise
                reason = RefusedError("akosha.ingest_key_fails", vault_id=vault_id, reason=str(error), why=error.code)
            if True not in sealers:
                await self._markers.put_aside(encrypted, reason, vault_id)
        if clear and (True in sealers or (base is not None and base.encrypted)):
            # A vault that was encrypted stays so: who can write to the bucket must not put words into its mouth.
            for one in clear:
                forged = RefusedError("akosha.ingest_not_encrypted", vault_id=vault_id)
                await self._markers.quarantine(one.upload_id, forged)  # no later upload makes that harmless
        elif clear:
            sealers[False] = ClearSealer()
        return sealers

    async def _take_in(
        self, remote: Remote, manifest: Manifest, base: VaultState | None, hurt: dict[str, CogzyError]
    ) -> set[str]:
        """One upload of Cogzy's; returns the uploads whose changes came with it."""
        tree = await self._parts.tables.tree(remote, manifest)
        work = await asyncio.to_thread(plan, tree, base)
        for piece in cogzy.pieces_needed(work):
            if piece in hurt:
                raise hurt[piece]
        at = min(_at(manifest), time.time())
        try:
            ready = await self._read(remote, manifest, work, at)
        except cogzy.HurtError as error:
            hurt[error.piece] = error
            raise
        self._known.vaults[remote.vault_id] = ready
        return {delta.upload_id for database in work.databases for delta in database.deltas}

    async def _read(self, remote: Remote, manifest: Manifest, work: Plan, at: float) -> VaultState:
        wanted = min(work.bytes(), self._parts.scratch.most) if work.fits(self._parts.scratch.most) else work.bytes()
        async with self._parts.scratch.room(wanted, manifest.upload_id) as room, self._parts.children.lend() as child:
            ready = await cogzy.prepare(remote, work, room, child)
            after = VaultState(manifest.upload_id, remote.vault_id, at, manifest.encrypted, ready.paths)
            detail = after.to_detail()
            if work.unread:
                detail["unread"] = list(work.unread)
                self._report.note(self._unread(manifest.upload_id, work.unread))
            await self._uploads.commit(manifest.upload_id, at, ready.parts, detail)
        return after

    def _unread(self, upload_id: str, paths: Sequence[str]) -> Problem:
        error = RefusedError("akosha.ingest_unread", path=paths[0], count=len(paths))
        return problem_of(error, self._system_id, upload_id)

    # ------------------------------------------------------------------ Session-Buddy's own

    async def _foreign(self, uploads: list[tuple[FoundUpload, ForeignManifest]]) -> None:
        """The newest of each file of memories: an upload holds all of a file, not always all files."""
        newest, now = "", time.time()
        for found, manifest in sorted(uploads, key=lambda one: (one[1].at, one[0].upload_id), reverse=True):
            at = min(manifest.at, now)
            files = session_buddy.files_of(found)
            wanted = {plain for plain in files if at > self._known.files.get(plain, (float("-inf"), ""))[0]}
            if not files:
                await self._markers.skip(found.upload_id, "akosha.ingest_no_memories", {})
            elif not wanted:
                await self._markers.skip(found.upload_id, "akosha.ingest_superseded", {"by": newest})
            elif await self._uploads.attempt(found.upload_id, partial(self._take_foreign, found, manifest, at, wanted)):
                newest = newest or found.upload_id

    async def _take_foreign(
        self, found: FoundUpload, manifest: ForeignManifest, at: float, wanted: Collection[str]
    ) -> bool:
        known = {plain: sha256 for plain, (_, sha256) in self._known.files.items()}
        needed = min(session_buddy.room_needed(found, wanted), self._parts.scratch.most)
        async with self._parts.scratch.room(needed, found.upload_id) as room, self._parts.children.lend() as child:
            parts, hashes = await session_buddy.prepare(self._source, found, manifest, wanted, known, room, child)
            files = {**self._known.files, **{plain: (at, sha256) for plain, sha256 in hashes.items()}}
            await self._uploads.commit(found.upload_id, at, parts, {"files": {p: list(v) for p, v in files.items()}})
        self._known.files = files
        return True


def _at(manifest: Manifest) -> float:
    return manifest.uploaded_at.timestamp()

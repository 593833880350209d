"""Verify the cloud copy: everything's structure, and a sample of what is really stored.

Structure: every upload of this vault has its manifest, its tables in an unbroken chain, the location of every piece it
needs, and every pack in full size (by LIST, so it costs no reading). Sample: whole packs are read back, compared with
their name (a SHA-256) and every live piece in them decoded. Damage is reported, never repaired, and never ends the
verification of the rest.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.errors import CogzyError, DamageError, RefusedError
from core.storage.errors import NotFoundError
from core.sync.codec import decode
from core.sync.entries import streams_of
from core.sync.layout import manifest_key, pack_key, upload_system, vault_prefix
from core.sync.manifest import Manifest
from core.sync.meter import Meter, OnProgress, unheard
from core.sync.packs import PACK_LIMIT, check_pack
from core.sync.pieces import Location, PieceId
from core.sync.reader import Reader
from core.sync.remote import Remote
from core.sync.streams import all_pieces
from core.sync.table import Table, TableRef
from core.sync.together import bounded
from core.sync.tree import fold
from core.sync.uploads import read_every_manifest, read_table, refusal

PACKS_AT_ONCE = 3


@dataclass(frozen=True)
class Hurt:
    """One thing that is damaged: `what` is an object's key; `uploads` are those that cannot be restored whole."""

    what: str
    uploads: tuple[str, ...]
    error: dict[str, Any]


@dataclass
class VerifyReport:
    """What was looked at, and what is wrong. `packs_unused`: in no upload, left by a run that did not commit."""

    uploads: int = 0
    uploads_whole: int = 0
    tables: int = 0
    pieces: int = 0
    packs: int = 0
    packs_unused: int = 0
    bytes_stored: int = 0
    packs_read: int = 0
    pieces_read: int = 0
    bytes_read: int = 0
    newest_whole: str | None = None
    damage: list[Hurt] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is damaged."""
        return not self.damage

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy verify --json` prints."""
        return {**asdict(self), "ok": self.ok}


async def verify(
    remote: Remote,
    sample_percent: float = 1.0,
    progress: OnProgress = unheard,
    *,
    known: str | None = None,
) -> VerifyReport:
    """Verify all uploads of this vault, and read back `sample_percent` of its packs, at least one.

    `known`: the newest upload that this computer has committed there. That it is gone is damage, too.
    Raises only when the store cannot be used; damage stands in the report.
    """
    report = VerifyReport()
    found = await read_every_manifest(remote)
    sizes = await _pack_sizes(remote)
    work = _Verification(remote, report, sizes)
    own = await work.manifests(found)
    if known is not None and (system_id := upload_system(known)) is not None:
        work.must_be_there(manifest_key(system_id, known), known, found)
    await work.tables(own)
    live = work.live_packs()
    count = min(len(live), max(1, math.ceil(len(live) * sample_percent / 100)))
    await work.read_back(sorted(random.SystemRandom().sample(live, count)), progress)
    broken = {upload for hurt in report.damage for upload in hurt.uploads}
    whole = [manifest for manifest in own if manifest.upload_id not in broken]
    report.uploads, report.uploads_whole = len(own), len(whole)
    report.newest_whole = max(((m.uploaded_at, m.upload_id) for m in whole), default=(None, None))[1]
    return report


async def _pack_sizes(remote: Remote) -> dict[str, int]:
    """The size of every pack in the store, by the SHA-256 that names it."""
    prefix = f"{vault_prefix(remote.vault_id)}packs/"
    sizes = {}
    async for item in remote.store.list(prefix):
        name = item.key.rsplit("/", 1)[-1].removesuffix(".pack")
        if item.key == pack_key(remote.vault_id, name):
            sizes[name] = item.size
    return sizes


class _Verification:
    """One run: what the uploads need, and what of it is there."""

    def __init__(self, remote: Remote, report: VerifyReport, sizes: dict[str, int]) -> None:
        self._remote = remote
        self._report = report
        self._sizes = sizes
        self._live: dict[str, dict[PieceId, Location]] = defaultdict(dict)
        self._users: dict[str, list[str]] = defaultdict(list)
        self._lists: dict[PieceId, bytes] = {}
        self._tables: dict[TableRef, Table | CogzyError] = {}

    async def manifests(self, found: Mapping[str, Manifest | CogzyError]) -> list[Manifest]:
        """The manifests of this vault, oldest first; what cannot be one of them is noted."""
        own = []
        for key, one in found.items():
            if isinstance(one, DamageError):
                self._note(key, [key.split("/")[-2]], one)
            elif isinstance(one, Manifest) and one.vault_id == self._remote.vault_id:
                refused = refusal(self._remote, one)
                if refused is not None:
                    self._note(key, [one.upload_id], refused)
                own.append(one)
        return sorted(own, key=lambda manifest: (manifest.uploaded_at, manifest.upload_id))

    def must_be_there(self, key: str, upload_id: str, found: Mapping[str, Manifest | CogzyError]) -> None:
        """Note an upload that was committed and is not in the listing any more."""
        if key not in found:
            self._note(key, [upload_id], DamageError("uploads.gone", upload_id=upload_id))

    async def tables(self, manifests: Sequence[Manifest]) -> None:
        """Read every table once, fold every chain, and gather what pieces and packs it needs."""
        await self._read([manifest.table for manifest in manifests])
        tops = [self._tables[manifest.table] for manifest in manifests]
        await self._read([ref for top in tops if isinstance(top, Table) for ref in top.base])
        self._report.tables = len(self._tables)
        for manifest, top in zip(manifests, tops, strict=True):
            refs = [*(top.base if isinstance(top, Table) else ()), manifest.table]
            chain = []
            for ref in refs:
                one = self._tables[ref]
                if isinstance(one, CogzyError):
                    self._note(ref.key, [manifest.upload_id], one)
                else:
                    chain.append(one)
            if len(chain) == len(refs):
                await self._needs(manifest, chain)

    def live_packs(self) -> list[str]:
        """The packs that uploads need; missing and short ones are noted and left out."""
        whole = []
        for pack, pieces in self._live.items():
            end = max(place.offset + place.stored for place in pieces.values())
            size = self._sizes.get(pack)
            if size is None:
                self._note(self._key(pack), self._users[pack], DamageError("restore.pack_missing", pack=pack))
            elif size < end or size > PACK_LIMIT:
                error = DamageError("packs.truncated", pack=pack, expected=end, found=size)
                self._note(self._key(pack), self._users[pack], error)
            else:
                whole.append(pack)
        self._report.pieces = sum(map(len, self._live.values()))
        self._report.packs = len(self._live)
        self._report.packs_unused = len(self._sizes.keys() - self._live.keys())
        self._report.bytes_stored = sum(self._sizes.values())
        return whole

    async def read_back(self, packs: Sequence[str], progress: OnProgress) -> None:
        """Read whole packs and decode every live piece in them."""
        meter = Meter(progress, "verifying", len(packs), sum(self._sizes[pack] for pack in packs))
        await bounded((self._read_pack(pack, meter) for pack in packs), PACKS_AT_ONCE)
        meter.end()

    async def _read(self, refs: Sequence[TableRef]) -> None:
        due = [ref for ref in dict.fromkeys(refs) if ref not in self._tables]

        async def one(ref: TableRef) -> Table | CogzyError:
            try:
                return await read_table(self._remote, ref, self._remote.vault_id)
            except (DamageError, RefusedError) as error:
                return error

        self._tables |= dict(zip(due, await bounded(map(one, due)), strict=True))

    async def _needs(self, manifest: Manifest, chain: Sequence[Table]) -> None:
        try:
            tree = await asyncio.to_thread(fold, chain)
        except DamageError as error:
            self._note(manifest.table.key, [manifest.upload_id], error)
            return
        try:
            streams = [stream for entry in tree.entries.values() for stream in streams_of(entry)]
            async with Reader(self._remote, tree.pieces) as reader:

                async def get_lists(wanted: Sequence[PieceId]) -> Mapping[PieceId, bytes]:
                    missing = [piece for piece in wanted if piece not in self._lists]
                    self._lists.update(await reader.gather(missing, _raise))
                    return self._lists

                needed = await all_pieces(streams, get_lists)
            places: Mapping[PieceId, Location] = {piece: tree.locate(piece) for piece in needed}
        except DamageError as error:
            pack = error.params.get("pack")
            self._note(self._key(str(pack)) if pack else manifest.table.key, [manifest.upload_id], error)
            places = tree.pieces  # a list cannot be read: what it names is not known, so all is looked at
        for piece, place in places.items():
            self._live[place.pack][piece] = place
        for pack in {place.pack for place in places.values()}:
            self._users[pack].append(manifest.upload_id)

    async def _read_pack(self, pack: str, meter: Meter) -> None:
        key = self._key(pack)
        try:
            body = await self._remote.store.get(key, at_most=PACK_LIMIT)
        except NotFoundError:
            self._note(key, self._users[pack], DamageError("restore.pack_missing", pack=pack))
            return
        try:
            await asyncio.to_thread(self._decode_all, pack, body)
        except DamageError as error:
            self._note(key, self._users[pack], error)
        self._report.packs_read += 1
        self._report.bytes_read += len(body)
        meter.add(len(body), key, files=1)

    def _decode_all(self, pack: str, body: bytes) -> None:
        check_pack(pack, body)
        for piece, place in self._live[pack].items():
            decode(piece, place, body[place.offset : place.offset + place.stored], self._remote.sealer)
            self._report.pieces_read += 1

    def _key(self, pack: str) -> str:
        return pack_key(self._remote.vault_id, pack)

    def _note(self, what: str, uploads: Sequence[str], error: CogzyError) -> None:
        for at, hurt in enumerate(self._report.damage):
            if hurt.what == what:
                together = tuple(dict.fromkeys((*hurt.uploads, *uploads)))
                self._report.damage[at] = replace(hurt, uploads=together)
                return
        self._report.damage.append(Hurt(what, tuple(uploads), error.as_json()))


def _raise(_: Collection[PieceId], error: DamageError) -> None:
    raise error

"""Meeting a remote again without local state: after it was lost, or when a first run was killed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core import __version__
from core.errors import DamageError, RefusedError
from core.sync.entries import streams_of
from core.sync.gathering import entry_bytes, entry_size
from core.sync.layout import pack_key, parse_manifest_key, uploads_prefix
from core.sync.manifest import MOST_MANIFEST, parse_manifest
from core.sync.pieces import PieceId
from core.sync.reader import Reader
from core.sync.records import EntryRecord, PieceRecord, RemoteRecord
from core.sync.sending import as_record
from core.sync.state import SyncState
from core.sync.streams import all_pieces
from core.sync.tree import fold
from core.sync.uploads import read_tables

if TYPE_CHECKING:
    from core.sync.remote import Remote

AT_ONCE = 8


async def check_pending(remote: Remote, state: SyncState, key: str) -> None:
    """Forget packs that a killed first run sent, when they are not there: the bucket was emptied in between."""
    packs = state.uncommitted_packs(key)
    for start in range(0, len(packs), AT_ONCE):
        some = packs[start : start + AT_ONCE]
        found = await asyncio.gather(*(remote.store.head(pack_key(remote.vault_id, pack)) for pack in some))
        state.drop_packs(key, [pack for pack, there in zip(some, found, strict=True) if there is None])


async def adopt_own_head(remote: Remote, state: SyncState, key: str, system_id: str, now: float) -> bool:
    """Take over the newest upload of this system in this vault; says whether there was one that can be read."""
    keys = [item.key async for item in remote.store.list(uploads_prefix(system_id))]
    uploads = {parsed[1]: manifest for manifest in keys if (parsed := parse_manifest_key(manifest))}
    for upload_id in sorted(uploads, reverse=True):
        try:
            record, entries, pieces = await _read_back(remote, upload_id, uploads[upload_id], key, now)
        except (DamageError, RefusedError):
            continue
        await asyncio.to_thread(state.adopt, record, entries, pieces)
        return True
    return False


async def _read_back(
    remote: Remote, upload_id: str, manifest_key: str, key: str, now: float
) -> tuple[RemoteRecord, list[EntryRecord], list[PieceRecord]]:
    """What the state would hold if it had never been lost."""
    data = await remote.store.get(manifest_key, at_most=MOST_MANIFEST)
    manifest = parse_manifest(data, key=manifest_key)
    if manifest.vault_id != remote.vault_id:
        raise RefusedError("uploads.other_vault", upload_id=upload_id, vault_id=manifest.vault_id)
    tables = await read_tables(remote, manifest)
    tree = await asyncio.to_thread(fold, tables)
    entries = []
    async with Reader(remote, tree.pieces) as reader:
        for path, entry in tree.entries.items():
            needed = await all_pieces(list(streams_of(entry)), lambda ids: reader.gather(ids, _refuse))
            entries.append(EntryRecord(path, entry_bytes(entry), b"".join(sorted(needed)), None, entry_size(entry)))
    chain = tuple(
        {"upload_id": ref.upload_id, "sha256": ref.sha256, "size": ref.size}
        for ref in (*tables[-1].base, manifest.table)
    )
    sha256 = hashlib.sha256(data).hexdigest()
    pieces = [as_record(piece, place, upload_id) for piece, place in tree.pieces.items()]
    return RemoteRecord(key, upload_id, sha256, chain, now, now, format_confirmed=True), entries, pieces


def _refuse(_: Collection[PieceId], error: DamageError) -> None:
    raise error


def device_note(system_id: str, install_id: str, now: float) -> bytes:
    """What this system says about itself in the vault."""
    note = {
        "system_id": system_id,
        "install_id": install_id,
        "app_version": __version__,
        "first_seen": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
    }
    return json.dumps(note).encode()

"""The uploads in a bucket: which there are, which this vault can read, and the tree of files that one holds.

A bucket is somebody else's computer and many systems write to it. An upload that cannot be read is listed with the
reason and never hides the others; only a store that does not answer ends a listing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import CogzyError, DamageError, RefusedError, UsageError
from core.storage.errors import NotFoundError, TooLargeError
from core.sync.layout import MANIFEST_KEY, SYSTEMS, manifest_key, upload_system
from core.sync.manifest import MOST_MANIFEST, Manifest, parse_manifest
from core.sync.remote import Remote
from core.sync.table import MOST_TABLE_PLAIN, Table, TableRef, decode_table
from core.sync.together import bounded
from core.sync.tree import Tree, fold

LATEST = "latest"
NEWEST_LOOKED_AT = 16


@dataclass(frozen=True)
class UploadInfo:
    """One upload of a listing. `uploaded_at` is ISO 8601 in UTC; `error` says why it is not `readable`.

    `is_head`: no other upload of its vault follows it.
    """

    upload_id: str
    system_id: str
    uploaded_at: str | None
    total_size_bytes: int
    conversation_count: int
    encrypted: bool
    vault_id: str | None
    parents: tuple[str, ...]
    is_head: bool
    readable: bool
    error: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy uploads --json` lists."""
        return asdict(self)


async def list_uploads(remote: Remote) -> list[UploadInfo]:
    """Every upload in the store, whatever vault it is of, newest first."""
    listed = await read_every_manifest(remote)
    followed = {
        (one.vault_id, parent) for one in listed.values() if isinstance(one, Manifest) for parent in one.parents
    }
    infos = [_info(remote, key, one, followed) for key, one in listed.items()]
    return sorted(infos, key=lambda info: (info.uploaded_at or "", info.upload_id), reverse=True)


async def read_every_manifest(remote: Remote) -> dict[str, Manifest | CogzyError]:
    """Each manifest in the store by its key, or why it cannot be read."""
    keys = await _manifest_keys(remote)
    found = await bounded(_read_listed(remote, key) for key in keys)
    return {key: one for key, one in zip(keys, found, strict=True) if one is not None}


async def read_manifest(remote: Remote, upload_id: str = LATEST) -> Manifest:
    """The manifest of one upload, or of the newest head of this vault.

    Raises UsageError (uploads.no_such, uploads.none), RefusedError when it is not this vault's or not of its kind
    (clear or encrypted), DamageError when it cannot be right.
    """
    if upload_id == LATEST:
        return await _latest(remote)
    system_id = upload_system(upload_id)
    if system_id is None:
        raise UsageError("uploads.no_such", upload_id=upload_id)
    try:
        manifest = await _get_manifest(remote, manifest_key(system_id, upload_id))
    except NotFoundError:
        raise UsageError("uploads.no_such", upload_id=upload_id) from None
    refused = refusal(remote, manifest)
    if refused is not None:
        raise refused
    return manifest


async def read_tree(remote: Remote, upload_id: str = LATEST) -> tuple[Manifest, Tree]:
    """One upload's manifest and tree. Every table hangs by its SHA-256 on the manifest.

    Raises as read_manifest does, and DamageError when a table is missing, damaged, tampered with or does not fit.
    """
    manifest = await read_manifest(remote, upload_id)
    return manifest, await tree_of(remote, manifest)


async def tree_of(remote: Remote, manifest: Manifest) -> Tree:
    """The tree of an upload whose manifest is known."""
    tables = await read_tables(remote, manifest)
    return await asyncio.to_thread(fold, tables)


async def read_tables(remote: Remote, manifest: Manifest) -> list[Table]:
    """The chain of tables of an upload, oldest first."""
    last = await read_table(remote, manifest.table, manifest.vault_id)
    base = await bounded(read_table(remote, ref, manifest.vault_id) for ref in last.base)
    return [*base, last]


async def read_table(remote: Remote, ref: TableRef, vault_id: str, at_most: int = MOST_TABLE_PLAIN) -> Table:
    """One table, checked against its reference. Never inflates past `at_most` bytes."""
    try:
        data = await remote.store.get(ref.key, at_most=ref.size)
    except NotFoundError:
        raise DamageError("uploads.table_missing", upload_id=ref.upload_id) from None
    except TooLargeError as error:
        raise DamageError("uploads.table_grown", upload_id=ref.upload_id, expected=ref.size) from error
    table = await asyncio.to_thread(decode_table, data, ref, remote.sealer, at_most)
    if table.vault_id != vault_id:
        raise DamageError("uploads.table_misplaced", upload_id=ref.upload_id)
    seen: set[str] = set()
    for change in table.set:
        if change.path in seen:
            raise DamageError("uploads.path_twice", upload_id=ref.upload_id, path=change.path)
        seen.add(change.path)
    return table


def follows(infos: Iterable[UploadInfo], upload_id: str, ancestor: str) -> bool:
    """Whether `upload_id` comes after `ancestor` by the parents that the uploads name."""
    parents = {info.upload_id: info.parents for info in infos}
    seen: set[str] = set()
    due = list(parents.get(upload_id, ()))
    while due:
        one = due.pop()
        if one == ancestor:
            return True
        if one not in seen:
            seen.add(one)
            due.extend(parents.get(one, ()))
    return False


async def _latest(remote: Remote) -> Manifest:
    """The newest head. Clocks may be wrong, so a parent is never taken before its child."""
    keys = sorted(await _manifest_keys(remote), key=_folder, reverse=True)
    last_refusal: CogzyError | None = None
    while keys:
        some, keys = keys[:NEWEST_LOOKED_AT], keys[NEWEST_LOOKED_AT:]
        found = await bounded(_read_listed(remote, key) for key in some)
        for one in found:
            if isinstance(one, CogzyError):
                last_refusal = last_refusal or one
        own = [m for m in found if isinstance(m, Manifest) and m.vault_id == remote.vault_id]
        readable = [m for m in own if refusal(remote, m) is None]
        followed = {parent for manifest in own for parent in manifest.parents}
        heads = [m for m in readable if m.upload_id not in followed] or readable
        if heads:
            return max(heads, key=lambda m: (m.uploaded_at, m.upload_id))
        if own:
            raise refusal(remote, own[0]) or AssertionError("an upload that is neither readable nor refused")
    raise UsageError("uploads.none", vault_id=remote.vault_id) from last_refusal


async def _manifest_keys(remote: Remote) -> list[str]:
    return [item.key async for item in remote.store.list(SYSTEMS) if MANIFEST_KEY.fullmatch(item.key)]


async def _get_manifest(remote: Remote, key: str) -> Manifest:
    try:
        return await _get_manifest_once(remote, key)
    except DamageError:  # perhaps on the way alone: an older upload must not pass for the newest because of that
        return await _get_manifest_once(remote, key)


async def _get_manifest_once(remote: Remote, key: str) -> Manifest:
    try:
        data = await remote.store.get(key, at_most=MOST_MANIFEST)
    except TooLargeError as error:
        raise DamageError("manifest.malformed", where=key, problem="too large") from error
    return parse_manifest(data, key=key)


async def _read_listed(remote: Remote, key: str) -> Manifest | CogzyError | None:
    """The manifest, why it cannot be read, or None when it went away meanwhile."""
    try:
        return await _get_manifest(remote, key)
    except NotFoundError:
        return None
    except (DamageError, RefusedError) as error:
        return error


def refusal(remote: Remote, manifest: Manifest) -> RefusedError | None:
    """Why this computer does not read the upload, if so: what it has pinned about its vault decides."""
    if manifest.vault_id != remote.vault_id:
        return RefusedError("uploads.other_vault", upload_id=manifest.upload_id, vault_id=manifest.vault_id)
    if manifest.encrypted and not remote.sealer.encrypted:
        return RefusedError("uploads.encrypted", upload_id=manifest.upload_id)
    if remote.sealer.encrypted and not manifest.encrypted:
        return RefusedError("uploads.not_encrypted", upload_id=manifest.upload_id)
    return None


def _info(remote: Remote, key: str, found: Manifest | CogzyError, followed: set[tuple[str, str]]) -> UploadInfo:
    if isinstance(found, CogzyError):
        system_id, upload_id = _folder(key)[::-1]
        return UploadInfo(
            upload_id, system_id, None, 0, 0, False, None, (), is_head=False, readable=False, error=found.as_json()
        )
    refused = refusal(remote, found)
    return UploadInfo(
        upload_id=found.upload_id,
        system_id=found.system_id,
        uploaded_at=found.uploaded_at.isoformat(timespec="milliseconds"),
        total_size_bytes=found.total_size_bytes,
        conversation_count=found.conversation_count,
        encrypted=found.encrypted,
        vault_id=found.vault_id,
        parents=found.parents,
        is_head=(found.vault_id, found.upload_id) not in followed,
        readable=refused is None,
        error=None if refused is None else refused.as_json(),
    )


def _folder(key: str) -> tuple[str, str]:
    """(upload id, system id) by the folders of a manifest's key."""
    match = MANIFEST_KEY.fullmatch(key)
    return (match[2], match[1]) if match else (key, "")

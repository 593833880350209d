"""Starting an encrypted copy, changing its passphrase, printing a new recovery key.

The master key is random and never changes; what changes are its wrapped copies. So a new passphrase sends two small
objects and no memory again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.credentials import NEW_PASSPHRASE
from core.errors import UsageError
from core.sync.connect import (
    connect_store,
    fetch_keys,
    keep_master_key,
    master_key,
    put_key,
    remember_keys,
    remembered_keys,
)
from core.sync.keys import new_master_key, new_recovery_key, wrap, wrap_with_recovery
from core.sync.layout import wrapped_key
from core.sync.remote import location_of, remote_key

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.settings_model import Settings
    from core.storage import ObjectStore
    from core.sync.state import SyncState


async def run(
    action: Literal["new", "change", "recovery-key"],
    settings: Settings,
    credentials: Credentials,
    vault: Path,
    state: SyncState,
    environ: Mapping[str, str],
) -> dict[str, Any]:
    """Do `action`; returns what a person must be told once (the recovery key), as plain JSON."""
    if action == "new":
        return await start(settings, credentials, vault, state)
    if not settings.encrypted:
        raise UsageError("keys.not_encrypted")
    store = await connect_store(settings, credentials)
    try:
        if action == "change":
            return await change(settings, credentials, vault, store, environ.get(NEW_PASSPHRASE))
        return await print_recovery(settings, credentials, vault, store)
    finally:
        await store.close()


async def start(settings: Settings, credentials: Credentials, vault: Path, state: SyncState) -> dict[str, Any]:
    """A new master key for this vault, under a new vault id: a copy in clear, known here or not, remains beside it."""
    from core.settings import save

    if settings.encrypted:
        raise UsageError("keys.already_encrypted")
    passphrase = await credentials.get("passphrase")
    if passphrase is None:
        raise UsageError("keys.no_passphrase")
    clear_copy = (
        settings.sync.cloud_configured
        and state.remote(remote_key(location_of(settings), settings.vault_id)).head is not None
    )
    vault_id = secrets.token_hex(16)
    master, recovery = new_master_key(), new_recovery_key()
    wrapped = [
        await asyncio.to_thread(wrap, master, passphrase.value, vault_id),
        await asyncio.to_thread(wrap_with_recovery, master, recovery, vault_id),
    ]
    await asyncio.to_thread(remember_keys, vault, vault_id, wrapped)
    kept = await keep_master_key(credentials, vault_id, master)
    await asyncio.to_thread(save, vault, {"vault_id": vault_id, "encrypted": True})
    return {"vault_id": vault_id, "recovery_key": recovery, "clear_copy_remains": clear_copy, "key_kept": kept}


async def change(
    settings: Settings, credentials: Credentials, vault: Path, store: ObjectStore, new: str | None
) -> dict[str, Any]:
    """Wrap the master key by a new passphrase; copies wrapped by an older one are removed."""
    master = await master_key(settings, credentials, vault, store)
    if new is None:
        kept = await credentials.get("passphrase")
        if kept is None or kept.origin == "environment":
            raise UsageError("keys.no_new_passphrase", variable=NEW_PASSPHRASE)
        new = kept.value
    made = await asyncio.to_thread(wrap, master, new, settings.vault_id)
    await _replace(settings, vault, store, made)
    return {"vault_id": settings.vault_id}


async def print_recovery(
    settings: Settings, credentials: Credentials, vault: Path, store: ObjectStore
) -> dict[str, Any]:
    """A new recovery key; the printed one before it opens nothing any more."""
    master = await master_key(settings, credentials, vault, store)
    recovery = new_recovery_key()
    made = await asyncio.to_thread(wrap_with_recovery, master, recovery, settings.vault_id)
    await _replace(settings, vault, store, made)
    return {"vault_id": settings.vault_id, "recovery_key": recovery}


async def _replace(settings: Settings, vault: Path, store: ObjectStore, made: dict[str, Any]) -> None:
    """Put `made` in the place of the copies of its kind: the new one is there before an old one goes."""
    vault_id = settings.vault_id
    before = await _stored(store, vault, vault_id)
    await put_key(store, vault_id, made)
    stays = [key for key in before if key.get("kind") != made["kind"]]
    await asyncio.to_thread(remember_keys, vault, vault_id, [*stays, made])
    for key in before:
        if key.get("kind") == made["kind"]:
            await store.delete(wrapped_key(vault_id, str(key["id"])))


async def _stored(store: ObjectStore, vault: Path, vault_id: str) -> list[dict[str, Any]]:
    try:
        return await fetch_keys(store, vault_id)
    except UsageError:  # nothing was sent yet: the first sync sends what is remembered here
        return await asyncio.to_thread(remembered_keys, vault, vault_id)

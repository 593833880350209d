"""From settings and secrets to a Remote: which store, which vault in it, clear or sealed.

Invariant: this computer's config pins the vault id and whether its copy is encrypted. What a bucket says about itself
never weakens that: a clear format.json in the place of an encrypted one is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.credentials import Credentials
from core.errors import RefusedError, UsageError
from core.files import write_atomically
from core.storage import NotFoundError, ObjectStore, SpeedLimits, StoreOptions, StoreSecrets, open_store
from core.sync.layout import VAULT_ID, format_key, keys_prefix, manifest_key, upload_system, wrapped_key
from core.sync.manifest import MOST_MANIFEST, parse_manifest
from core.sync.remote import Remote, location_of
from core.sync.sealing import ClearSealer, KeySealer, Sealer
from core.sync.vault_format import VaultFormat, check_format, encode_format, parse_format

if TYPE_CHECKING:
    from core.settings_model import Settings

WRAPPED_CACHE = "sync/keys.json"
VAULTS = "vaults/"
MOST_FORMAT = 1 << 16


def store_options(settings: Settings, shared: SpeedLimits | None = None) -> StoreOptions:
    """How the store is used, from the settings. `shared`: speed limits that may change while it works."""
    sync, limits, network = settings.sync, settings.limits, settings.network
    return StoreOptions(
        max_retries=sync.max_retries,
        retry_backoff_seconds=sync.retry_backoff_seconds,
        no_progress_seconds=float(sync.upload_timeout_seconds),
        concurrency=limits.concurrency,
        connect_seconds=network.connect_seconds,
        upload_bytes_per_second=limits.upload_bytes_per_second,
        download_bytes_per_second=limits.download_bytes_per_second,
        proxy=network.proxy or None,
        limits=shared,
    )


async def connect_store(settings: Settings, credentials: Credentials, limits: SpeedLimits | None = None) -> ObjectStore:
    """The store that the settings name, with its secrets. Touches no network."""
    location = location_of(settings)
    secrets = None
    if not location.is_folder:
        key_id = await credentials.get("cloud_key_id")
        secret = await credentials.get("cloud_secret")
        if key_id is None or secret is None:
            raise UsageError("cloud.no_credentials", missing="cloud_key_id" if key_id is None else "cloud_secret")
        secrets = StoreSecrets(key_id.value, secret.value)
    return open_store(location, secrets, store_options(settings, limits))


async def connect(
    settings: Settings, credentials: Credentials, vault: Path, limits: SpeedLimits | None = None
) -> Remote:
    """The remote of this vault: its store, and the sealer for its pieces. The caller closes the store."""
    async with _store_or_closed(settings, credentials, limits) as store:
        sealer = await sealer_of(settings, credentials, vault, store)
        return Remote(store=store, sealer=sealer, vault_id=settings.vault_id)


async def connect_to_read(
    settings: Settings,
    credentials: Credentials,
    vault: Path,
    upload_id: str | None,
    *,
    has_own: bool,
    limits: SpeedLimits | None = None,
) -> Remote:
    """The remote that holds `upload_id`, or this vault's newest upload, or on a fresh machine the bucket's only vault.

    `has_own`: this vault is known to have uploads there. Raises UsageError("uploads.several_vaults") when a choice is
    needed, and as `connect` does.
    """
    async with _store_or_closed(settings, credentials, limits) as store:
        await store.warm_up()
        vault_id = settings.vault_id
        if not has_own:
            vault_id = await _vault_of(store, settings.vault_id, upload_id)
        if vault_id == settings.vault_id:
            return Remote(store, await sealer_of(settings, credentials, vault, store), vault_id)
        return Remote(store, await _foreign_sealer(credentials, vault_id, store), vault_id)


@contextlib.asynccontextmanager
async def _store_or_closed(
    settings: Settings, credentials: Credentials, limits: SpeedLimits | None
) -> AsyncIterator[ObjectStore]:
    store = await connect_store(settings, credentials, limits)
    try:
        yield store
    except BaseException:
        await store.close()
        raise


async def _vault_of(store: ObjectStore, own: str, upload_id: str | None) -> str:
    """Which vault to read: that of the named upload, else our own if it is there, else the only one."""
    system = upload_system(upload_id) if upload_id else None
    if upload_id and system:
        key = manifest_key(system, upload_id)
        try:
            return parse_manifest(await store.get(key, at_most=MOST_MANIFEST), key=key).vault_id
        except NotFoundError:
            raise UsageError("uploads.no_such", upload_id=upload_id) from None
    found = [item.key.split("/")[1] async for item in store.list(VAULTS, delimiter="/") if item.key.endswith("/")]
    vaults = [vault_id for vault_id in found if VAULT_ID.fullmatch(vault_id)]
    if own in vaults or not vaults:
        return own
    if len(vaults) > 1:
        raise UsageError("uploads.several_vaults", vaults=", ".join(sorted(vaults)))
    return vaults[0]


async def _foreign_sealer(credentials: Credentials, vault_id: str, store: ObjectStore) -> Sealer:
    """The sealer of a vault that this computer has pinned nothing about yet."""
    try:
        found = parse_format(await store.get(format_key(vault_id), at_most=MOST_FORMAT))
    except NotFoundError:
        raise RefusedError("format.missing", vault_id=vault_id) from None
    if not found.encrypted:
        return ClearSealer()
    return KeySealer(vault_id, await _unwrapped(credentials, vault_id, await fetch_keys(store, vault_id)))


async def sealer_of(settings: Settings, credentials: Credentials, vault: Path, store: ObjectStore) -> Sealer:
    """The sealer of the vault's pieces. Raises UsageError without the key or passphrase of an encrypted one."""
    if not settings.encrypted:
        return ClearSealer()
    return KeySealer(settings.vault_id, await master_key(settings, credentials, vault, store))


async def master_key(settings: Settings, credentials: Credentials, vault: Path, store: ObjectStore) -> bytes:
    """The vault's master key: from the keychain, else unwrapped by the passphrase or the recovery key."""
    kept = await credentials.get("master_key")
    owner, _, key = kept.value.partition(":") if kept is not None else ("", "", "")
    if owner == settings.vault_id:
        return bytes.fromhex(key)
    remembered = await asyncio.to_thread(remembered_keys, vault, settings.vault_id)
    try:
        if remembered:
            return await _unwrapped(credentials, settings.vault_id, remembered)
    except UsageError as error:
        if error.code not in ("keys.wrong_passphrase", "keys.wrong_recovery_key"):
            raise
    wrapped = await fetch_keys(store, settings.vault_id)  # it may have been changed from another computer
    master = await _unwrapped(credentials, settings.vault_id, wrapped)
    await asyncio.to_thread(remember_keys, vault, settings.vault_id, wrapped)
    return master


async def _unwrapped(credentials: Credentials, vault_id: str, wrapped: list[dict[str, Any]]) -> bytes:
    from core.sync.keys import unwrap, unwrap_with_recovery

    recovery = await credentials.get("recovery_key")
    if recovery is not None:
        return await asyncio.to_thread(unwrap_with_recovery, wrapped, recovery.value, vault_id)
    passphrase = await credentials.get("passphrase")
    if passphrase is None:
        raise UsageError("keys.no_passphrase")
    return await asyncio.to_thread(unwrap, wrapped, passphrase.value, vault_id)


async def keep_master_key(credentials: Credentials, vault_id: str, master: bytes) -> bool:
    """Put the master key where this vault keeps its secrets; False where there is no such place."""
    from core.credentials import CredentialError

    try:
        await credentials.set("master_key", f"{vault_id}:{master.hex()}")
    except CredentialError:
        return False
    return True


async def fetch_keys(store: ObjectStore, vault_id: str) -> list[dict[str, Any]]:
    """Every wrapped copy of the vault's master key in the bucket."""
    found = []
    async for item in store.list(keys_prefix(vault_id)):
        try:
            found.append(json.loads(await store.get(item.key, at_most=1 << 16)))
        except ValueError:
            continue
    if not found:
        raise UsageError("keys.none", vault_id=vault_id)
    return found


def remember_keys(vault: Path, vault_id: str, wrapped: Sequence[dict[str, Any]]) -> None:
    """Keep the wrapped keys (no secrets) beside the vault, so that a sync needs no request for them."""
    write_atomically(vault / WRAPPED_CACHE, json.dumps({"vault_id": vault_id, "keys": list(wrapped)}).encode())


async def confirm_format(remote: Remote, vault: Path, now: datetime | None = None) -> bool:
    """Check that the remote's format.json is the one that this computer expects; write it when there is none.

    Says whether it was there: without it there are no uploads of this vault.

    Raises RefusedError when the remote says clear and this computer says encrypted, or the other way round.
    """
    key = format_key(remote.vault_id)
    check = remote.sealer.check if isinstance(remote.sealer, KeySealer) else None
    encrypted = remote.sealer.encrypted
    try:
        found = parse_format(await remote.store.get(key, at_most=MOST_FORMAT))
    except NotFoundError:
        for wrapped in await asyncio.to_thread(remembered_keys, vault, remote.vault_id) if encrypted else ():
            await put_key(remote.store, remote.vault_id, wrapped)
        made = VaultFormat(remote.vault_id, encrypted, now or datetime.now(UTC), check)
        await remote.store.put(key, encode_format(made))
        return False
    check_format(found, remote.vault_id, encrypted=encrypted, check=check)
    return True


async def put_key(store: ObjectStore, vault_id: str, wrapped: Mapping[str, Any]) -> None:
    """Store one wrapped copy of the master key."""
    from core.sync.keys import encode_wrapped

    await store.put(wrapped_key(vault_id, str(wrapped["id"])), encode_wrapped(wrapped))


def remembered_keys(vault: Path, vault_id: str) -> list[dict[str, Any]]:
    """The wrapped keys kept beside the vault; none when they are another vault's."""
    try:
        data = json.loads((vault / WRAPPED_CACHE).read_bytes())
    except (FileNotFoundError, ValueError):
        return []
    return list(data["keys"]) if isinstance(data, dict) and data.get("vault_id") == vault_id else []

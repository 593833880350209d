"""`akosha key add`, `list`, `remove`: which encrypted vaults the hub can read."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from core.cli.output import Output, ago
from core.cli.secrets import read_secret
from core.errors import CogzyError, UsageError

if TYPE_CHECKING:
    from core.akosha.settings import HubSettings


def add(options: Any, output: Output) -> int:
    """Keep a vault's key, opened by its passphrase or recovery key."""
    from core.akosha.ingest.keys import FILE, VaultKeys
    from core.sync.layout import VAULT_ID

    vault_id = options.vault_id.strip().lower()
    if not VAULT_ID.fullmatch(vault_id):
        raise UsageError("akosha.bad_vault_id", vault_id=options.vault_id)
    secret = read_secret("passphrase or recovery key")
    master = asyncio.run(_master_key(options.settings, vault_id, secret))
    VaultKeys(options.settings.data).add(vault_id, master)
    place = options.settings.data / FILE
    output.result(
        {"vault_id": vault_id, "path": str(place)},
        [
            f"The hub can read the encrypted uploads of vault {vault_id} from now on.",
            f"Its key stands in {place}, in clear: whoever reads that file can read all that is in those uploads,",
            "and what the hub takes in from them stands in its data folder in clear, too.",
            f"`akosha key remove {vault_id}` takes the key away again.",
            "Uploads that were not readable are tried again in the next round, or now with `akosha ingest --once`.",
        ],
    )
    return 0


def list_keys(options: Any, output: Output) -> int:
    """The vaults whose keys the hub has."""
    from core.akosha.ingest.keys import VaultKeys

    found = VaultKeys(options.settings.data).list()
    output.result(
        {"vaults": [{"vault_id": key.vault_id, "added_at": key.added_at} for key in found]},
        [f"{key.vault_id}  added {ago(time.time() - key.added_at)}" for key in found]
        or ["No vault's key was given: encrypted uploads are not readable."],
    )
    return 0


def remove(options: Any, output: Output) -> int:
    """Forget a vault's key."""
    from core.akosha.ingest.keys import VaultKeys

    vault_id = options.vault_id.strip().lower()
    if not VaultKeys(options.settings.data).remove(vault_id):
        raise UsageError("akosha_cli.no_such_key", vault_id=vault_id)
    output.result(
        {"vault_id": vault_id},
        [
            f"The key of vault {vault_id} is forgotten: new encrypted uploads of it are not readable.",
            "Memories that were taken in already stay in the hub.",
        ],
    )
    return 0


async def _master_key(settings: HubSettings, vault_id: str, secret: str) -> bytes:
    """The vault's master key out of the bucket, checked against what the vault says of it."""
    from core.storage import open_store
    from core.sync.connect import fetch_keys
    from core.sync.keys import unwrap, unwrap_with_recovery

    location = settings.store_location()
    if location is None:
        raise UsageError("akosha_cli.no_bucket_here")
    store = open_store(location, settings.store_secrets())
    try:
        wrapped = await fetch_keys(store, vault_id)
        opens = unwrap_with_recovery if _is_recovery_key(secret) else unwrap
        master = await asyncio.to_thread(opens, wrapped, secret, vault_id)
        await _check(store, vault_id, master)
        return master
    finally:
        await store.close()


def _is_recovery_key(text: str) -> bool:
    from core.sync.keys import parse_recovery_key

    try:
        parse_recovery_key(text)
    except CogzyError:
        return False
    return True


async def _check(store: Any, vault_id: str, master: bytes) -> None:
    """Raises RefusedError when the key is not the one that the vault's uploads are sealed with."""
    from core.sync.layout import format_key
    from core.sync.sealing import KeySealer
    from core.sync.vault_format import check_format, parse_format

    found = parse_format(await store.get(format_key(vault_id), at_most=1 << 16))
    check_format(found, vault_id, encrypted=True, check=KeySealer(vault_id, master).check)

"""Which vaults a bucket or folder holds, before anything is sent there: whose they are, how much, how new.

Reads manifests and nothing else; needs no passphrase, and makes nothing, neither there nor here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from core.sync.connect import connect_store
from core.sync.manifest import Manifest
from core.sync.remote import Remote
from core.sync.sealing import ClearSealer
from core.sync.uploads import read_every_manifest

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.settings_model import Settings


@dataclass(frozen=True)
class VaultInfo:
    """One vault there. `upload_id` is its newest. An encrypted one does not tell how many conversations it has."""

    vault_id: str
    own: bool
    encrypted: bool
    systems: tuple[str, ...]
    uploads: int
    upload_id: str
    system_id: str
    uploaded_at: str
    conversations: int | None
    size: int

    def as_json(self) -> dict[str, Any]:
        """As the window shows it."""
        return asdict(self)


async def list_vaults(settings: Settings, credentials: Credentials) -> dict[str, Any]:
    """The vaults at the place that the settings name, the newest first, and how many uploads there cannot be read."""
    store = await connect_store(settings, credentials)
    try:
        listed = await read_every_manifest(Remote(store, ClearSealer(), settings.vault_id))
    finally:
        await store.close()
    by_vault: dict[str, list[Manifest]] = defaultdict(list)
    unreadable = 0
    for found in listed.values():
        if isinstance(found, Manifest):
            by_vault[found.vault_id].append(found)
        else:
            unreadable += 1
    vaults = [_info(settings.vault_id, manifests) for manifests in by_vault.values()]
    vaults.sort(key=lambda one: (one.uploaded_at, one.upload_id), reverse=True)
    return {"vaults": [vault.as_json() for vault in vaults], "unreadable": unreadable}


def _info(own: str, manifests: list[Manifest]) -> VaultInfo:
    followed = {parent for manifest in manifests for parent in manifest.parents}
    heads = [manifest for manifest in manifests if manifest.upload_id not in followed] or manifests
    newest = max(heads, key=lambda one: (one.uploaded_at, one.upload_id))
    return VaultInfo(
        vault_id=newest.vault_id,
        own=newest.vault_id == own,
        encrypted=newest.encrypted,
        systems=tuple(sorted({manifest.system_id for manifest in manifests})),
        uploads=len(manifests),
        upload_id=newest.upload_id,
        system_id=newest.system_id,
        uploaded_at=newest.uploaded_at.isoformat(timespec="milliseconds"),
        conversations=None if newest.encrypted else newest.conversation_count,
        size=newest.total_size_bytes,
    )

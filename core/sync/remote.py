"""Where a vault's cloud copy is, and what opens it: all that reading it back needs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import UsageError

if TYPE_CHECKING:
    from core.settings_model import Settings
    from core.storage.location import StoreLocation
    from core.storage.protocol import ObjectStore
    from core.sync.sealing import Sealer


@dataclass(frozen=True)
class Remote:
    """One vault in one store. `sealer` is the clear one, or holds the vault's master key."""

    store: ObjectStore
    sealer: Sealer
    vault_id: str

    @property
    def key(self) -> str:
        """The name under which this computer keeps what it knows of it."""
        return remote_key(self.store.location, self.vault_id)


def remote_key(location: StoreLocation, vault_id: str) -> str:
    """The name under which this computer keeps what it knows of a remote: 16 hex digits."""
    return hashlib.sha256(f"{location.identity}|{vault_id}".encode()).hexdigest()[:16]


def location_of(settings: Settings) -> StoreLocation:
    """Where the cloud copy lives. Raises UsageError when none is set up."""
    location = settings.sync.store_location()
    if location is None:
        raise UsageError("cloud.not_set_up")
    return location

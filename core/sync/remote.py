"""Where a vault's cloud copy is, and what opens it: all that reading it back needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.storage.protocol import ObjectStore
    from core.sync.sealing import Sealer


@dataclass(frozen=True)
class Remote:
    """One vault in one store. `sealer` is the clear one, or holds the vault's master key."""

    store: ObjectStore
    sealer: Sealer
    vault_id: str

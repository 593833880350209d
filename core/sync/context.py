"""What one sync works on, and how it finds out that it has to look again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.settings_model import Settings
    from core.sources import Source
    from core.storage import SpeedLimits
    from core.sync.events import Event
    from core.sync.state import SyncState
    from core.vault import LocalVaultService


@dataclass(frozen=True)
class SyncContext:
    """What a method works on: one vault, its settings and secrets, what is known of its remotes, who listens.

    `hub_allowed`: a person confirmed the hub that the settings name; without that it gets nothing. `limits`: the
    engine's, which follow the settings while it works; None: those of `settings`. `sparing`: other processes of ours
    take memory meanwhile, so what takes much of it runs one after the other.
    """

    vault: LocalVaultService
    settings: Settings
    credentials: Credentials
    state: SyncState
    sources: Sequence[Source]
    emit: Callable[[Event], None]
    clock: Callable[[], float] = time.time
    hub_allowed: bool = False
    limits: SpeedLimits | None = None
    sparing: bool = False


class HeadGoneError(Exception):
    """The parent manifest is not in the remote any more: it was emptied, or is another bucket."""


class HeadFoundError(Exception):
    """The local state knew nothing, but this system has uploads here: they were taken over, look again."""

"""The user's local memory store: whole-or-nothing changes, kept damage, two locks."""

from core.vault.cloud import CloudEngine
from core.vault.journal import CRASH_POINTS
from core.vault.layout import MANIFEST_PATH, SYNCED_FOLDERS, layout
from core.vault.locks import Owner, OwnerLock, owner, owner_lock, write_lock
from core.vault.manifest import Damage
from core.vault.migration import Migratable, Migrated, find_migratable, migrate
from core.vault.service import LocalVaultService
from core.vault.snapshot import VaultFile, VaultSnapshot
from core.vault.status import VaultStatus
from core.vault.transaction import Transaction

__all__ = [
    "CRASH_POINTS",
    "MANIFEST_PATH",
    "SYNCED_FOLDERS",
    "CloudEngine",
    "Damage",
    "LocalVaultService",
    "Migratable",
    "Migrated",
    "Owner",
    "OwnerLock",
    "Transaction",
    "VaultFile",
    "VaultSnapshot",
    "VaultStatus",
    "find_migratable",
    "layout",
    "migrate",
    "owner",
    "owner_lock",
    "write_lock",
]

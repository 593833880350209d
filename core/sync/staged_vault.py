"""An upload's vault, brought into a private folder and proved sound before anything else is touched.

Every file is checked against its hash, every record is parsed, every vector has its record. Only what is synced is
brought: an upload can never put settings, locks or anything else of its own into a vault.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import DamageError
from core.files import fsync_folder, inside, translated
from core.sync.entries import FileEntry
from core.sync.fetch import fetch
from core.sync.meter import OnProgress, unheard
from core.sync.remote import Remote
from core.sync.tree import Tree
from core.vault.layout import DERIVED_FOLDERS, SYNCED_FOLDERS, part_of
from core.vault.manifest import VaultManifest

VAULT = "vault/"


@dataclass(frozen=True)
class StagedVault:
    """`root` holds the folders of a vault; `manifest` is its generation 0; `hurt`: what could not be brought, and why.

    Names in `hurt` are relative to the vault.
    """

    root: Path
    manifest: VaultManifest
    files: int
    bytes: int
    hurt: Mapping[str, DamageError]


def vault_entries(tree: Tree) -> dict[str, FileEntry]:
    """The vault's synced files in an upload, by their name in the vault."""
    found = {}
    for path, entry in tree.entries.items():
        relative = path.removeprefix(VAULT)
        if path.startswith(VAULT) and isinstance(entry, FileEntry) and part_of(relative) == "synced":
            found[relative] = entry
    return found


async def stage_vault(remote: Remote, tree: Tree, folder: Path, progress: OnProgress = unheard) -> StagedVault:
    """Bring the vault of `tree` below the private `folder`. Damage is noted in the result, and left out."""
    hurt: dict[str, DamageError] = {}

    def note(path: str, error: DamageError) -> None:
        hurt[path.removeprefix(VAULT)] = error

    entries = vault_entries(tree)
    fetched = await fetch(remote, tree, [VAULT + name for name in entries], folder, progress, note)
    root = folder / VAULT.rstrip("/")
    manifest = await asyncio.to_thread(_prove, root, hurt)
    return StagedVault(root, manifest, fetched.files, fetched.bytes, hurt)


def _prove(root: Path, hurt: dict[str, DamageError]) -> VaultManifest:
    """Parse and align everything below `root`; what fails is noted and taken out. Then all of it is on the disk."""
    from core.vault.integrity import seal

    with translated(root):
        for name in (*SYNCED_FOLDERS, *DERIVED_FOLDERS, "sync"):
            (root / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            try:
                manifest = seal(root, 0)
                break
            except DamageError as error:
                name = str(error.params["path"])
                hurt.setdefault(name, error)
                inside(root, name).unlink()
        for folder, _, _ in os.walk(root):
            fsync_folder(Path(folder))
    return manifest

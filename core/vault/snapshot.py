"""A view of the vault's files that stays as it is while the vault changes: hard links, or copies where those fail.

Every commit of ours replaces files by renaming, so a linked file keeps its bytes. Only a program that writes into an
existing file in place could change one; who reads a snapshot file compares its size and mtime with `VaultFile`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.files import copy_bytes, remove_tree, translated
from core.vault.integrity import settle
from core.vault.layout import is_derived, syncable_files
from core.vault.locks import write_lock


@dataclass(frozen=True)
class VaultFile:
    """One file of a snapshot. `relative` is its name in the vault; `sha256` only where the manifest vouches for it."""

    relative: str
    path: Path
    size: int
    mtime_ns: int
    sha256: str | None
    derived: bool


@dataclass(frozen=True)
class VaultSnapshot:
    """All syncable files of one generation, sorted by name."""

    generation: int
    folder: Path
    files: tuple[VaultFile, ...]


@contextmanager
def snapshot(root: Path, into: Path) -> Iterator[VaultSnapshot]:
    """Link every syncable file below a new folder in `into`, which goes when the block ends."""
    folder = into / f"vault-{secrets.token_hex(6)}"
    try:
        with translated(folder):
            folder.mkdir(parents=True, mode=0o700)
            with write_lock(root):
                manifest = settle(root)
                taken = {name: _link(root / name, folder / name) for name in syncable_files(root)}
            files = []
            for name, stat in taken.items():
                if stat is None:
                    continue
                entry = manifest.files.get(name)
                known = entry.sha256 if entry is not None and entry.matches(stat) else None
                files.append(VaultFile(name, folder / name, stat.st_size, stat.st_mtime_ns, known, is_derived(name)))
        yield VaultSnapshot(manifest.generation, folder, tuple(files))
    finally:
        remove_tree(folder)


def _link(source: Path, target: Path) -> os.stat_result | None:
    """The stat of the linked or copied file; None when it was deleted meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError:  # another file system, or one without hard links
        with source.open("rb") as read, target.open("wb") as written:
            stat = os.fstat(read.fileno())
            copy_bytes(read.fileno(), written.fileno(), stat.st_size)
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return target.stat()

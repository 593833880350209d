"""Taking over a vault that another Cogzy-like program left in ~/.cogzy or ./data. It is copied, never moved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import DamageError, RefusedError, UsageError
from core.files import write_atomically
from core.vault.changes import file_blocks
from core.vault.integrity import inspect
from core.vault.layout import CORPUS_OF, EPISODES, NODES, TRACKED, is_derived, make_folders, syncable_files
from core.vault.manifest import Damage, Entry
from core.vault.transaction import transaction

_NOTHING = Entry(0, 0, "", 0)


@dataclass(frozen=True)
class Migratable:
    """A folder that holds such a vault, and how many files and bytes would be copied."""

    path: Path
    files: int
    total_bytes: int


@dataclass(frozen=True)
class Migrated:
    """What was copied, and which files were left out because they are damaged or do not align."""

    nodes: int
    episodes: int
    files: int
    total_bytes: int
    left_out: tuple[Damage, ...]


def find_migratable(vault: Path, home: Path | None = None, working: Path | None = None) -> list[Migratable]:
    """The folders whose memory could be taken over into `vault`: ~/.cogzy and ./data, where they have any."""
    candidates = [(home or Path.home()) / ".cogzy", (working or Path.cwd()) / "data"]
    found = []
    for path in dict.fromkeys(candidate.absolute() for candidate in candidates):
        if path.resolve() == vault.resolve() or not any((path / name).is_file() for name in (NODES, EPISODES)):
            continue
        sizes = [(path / name).stat().st_size for name in syncable_files(path)]
        found.append(Migratable(path, len(sizes), sum(sizes)))
    return found


def migrate(source: Path, vault: Path) -> Migrated:
    """Copy the memory in `source` into the vault at `vault`, which must be empty, wholly or not at all.

    Raises RefusedError when the vault has nodes or episodes already, UsageError when there is nothing to take over.
    The source is only read.
    """
    if not any((source / name).is_file() for name in (NODES, EPISODES)):
        raise UsageError("vault.nothing_to_migrate", path=str(source))
    make_folders(vault)
    with transaction(vault) as tx:
        if any(
            tx.manifest.files.get(name, _NOTHING).count or name in tx.manifest.damaged for name in (NODES, EPISODES)
        ):
            raise RefusedError("vault.not_empty", path=str(vault))
        entries, left_out = _sound(source)
        copied = sum(entry.size for entry in entries.values())
        others = [name for name in syncable_files(source) if name not in TRACKED]
        for name in others:
            copied += _copy(source / name, vault / name)
        for name, entry in entries.items():
            tx.copy_file(name, source / name, entry)
    return Migrated(
        nodes=entries.get(NODES, _NOTHING).count or 0,
        episodes=entries.get(EPISODES, _NOTHING).count or 0,
        files=len(entries) + len(others),
        total_bytes=copied,
        left_out=left_out,
    )


def _sound(source: Path) -> tuple[dict[str, Entry], tuple[Damage, ...]]:
    entries: dict[str, Entry] = {}
    left_out: list[Damage] = []
    for name in TRACKED:
        if not (source / name).is_file():
            continue
        try:
            entries[name] = inspect(source, name)
        except DamageError as error:
            left_out.append(Damage(name, error.code))
    for name, corpus in CORPUS_OF.items():
        if name in entries and entries[name].count != entries.get(corpus, _NOTHING).count:
            del entries[name]
            left_out.append(Damage(name, "vault.misaligned"))
    if left_out:  # an index over what was left out would point at the wrong records
        entries = {name: entry for name, entry in entries.items() if not is_derived(name)}
    return entries, tuple(left_out)


def _copy(source: Path, target: Path) -> int:
    if target.exists():
        return 0
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(target, file_blocks(source))
    return target.stat().st_size

"""The look before a sync: what there is to copy, and what of it moved since the remote's head. Reads stats only.

A vault file is known by size and mtime (its writers replace files whole), a source by its own signature. Equal means
unchanged: nothing is read, nothing is sent.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import CogzyError
from core.sources import Source, signature
from core.sync.events import Notice
from core.sync.records import SourceRecord
from core.vault.layout import DERIVED_FOLDERS, syncable_files
from core.vault.manifest import Damage

VAULT = "vault"
SOURCES = "sources"
Only = Literal["reflections", "knowledge-graph", "vault"]


@dataclass(frozen=True)
class SeenSource:
    """A source as the look found it: `signature` None when there is nothing at its place."""

    source: Source
    signature: str | None
    changed: bool
    error: CogzyError | None = None


@dataclass(frozen=True)
class Look:
    """Everything a sync would consider; vault files by relative name. `vault_gone` stand in the head, not here."""

    vault_files: tuple[str, ...] = ()
    vault_changed: tuple[str, ...] = ()
    vault_gone: tuple[str, ...] = ()
    sources: tuple[SeenSource, ...] = ()
    stats: tuple[str, ...] = ()
    damage: tuple[Damage, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether a sync has something to do."""
        return bool(self.vault_changed or self.vault_gone or any(seen.changed for seen in self.sources))

    @property
    def fingerprint(self) -> str:
        """Equal to an earlier look's when nothing moved in between."""
        seen = [f"{seen.source.name}={seen.signature}" for seen in self.sources]
        return hashlib.sha256("\n".join([*self.stats, *self.vault_gone, *seen]).encode()).hexdigest()[:16]

    @property
    def not_copied(self) -> tuple[str, ...]:
        """The sources that could not be looked at."""
        return tuple(seen.source.name for seen in self.sources if seen.error is not None)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Damaged files of the vault, and sources that could not be looked at, each with its error."""
        errors: list[CogzyError] = [damage.error() for damage in self.damage]
        errors += [seen.error for seen in self.sources if seen.error is not None]
        return tuple(Notice(error.code, dict(error.params)) for error in errors)


def stat_signature(path: Path) -> str:
    """Size and mtime of a file, as text."""
    found = path.stat()
    return f"{found.st_size}:{found.st_mtime_ns}"


def look_at(
    root: Path,
    sources: Sequence[Source],
    known_files: Mapping[str, str | None],
    known_sources: Mapping[str, SourceRecord],
    *,
    vault: bool,
    damaged: frozenset[str] = frozenset(),
    full: bool = False,
) -> Look:
    """Look at the vault (unless `vault` is False) and at the sources. `full` calls every database changed.

    A vault file in `damaged` is missing because it was quarantined, not because it was deleted: the cloud keeps it.
    """
    files, stats, gone = _vault(root, known_files, damaged) if vault else ((), {}, ())
    changed = tuple(name for name in files if name not in stats or known_files.get(f"{VAULT}/{name}") != stats[name])
    seen = tuple(_source(source, known_sources.get(source.name), full) for source in sources if source.enabled)
    return Look(files, changed, gone, seen, tuple(f"{name}={stats[name]}" for name in stats))


def wanted_sources(
    sources: Sequence[Source], *, reflections: bool, knowledge_graph: bool, only: Only | None
) -> tuple[list[Source], bool]:
    """The sources of this run, and whether the vault is part of it."""
    if only == "vault":
        return [], True
    if only is not None:
        return [source for source in sources if source.topic == only], False
    left_out = {"" if reflections else "reflections", "" if knowledge_graph else "knowledge-graph"} - {""}
    return [source for source in sources if source.topic not in left_out], True


def expected_bytes(seen: Look, root: Path) -> int:
    """Bytes that the changed vault files and databases hold now; folders are not walked for it."""
    changed = [root / name for name in seen.vault_changed]
    changed += [source.source.path for source in seen.sources if source.changed]
    return sum(path.stat().st_size for path in changed if path.is_file())


def _vault(
    root: Path, known: Mapping[str, str | None], damaged: frozenset[str]
) -> tuple[tuple[str, ...], dict[str, str], tuple[str, ...]]:
    """The vault's files, their stat signatures (none for one that has just gone), and what stands in the head only."""
    derived = tuple(f"{folder}/" for folder in DERIVED_FOLDERS)
    files = tuple(name for name in syncable_files(root) if not name.startswith(derived))
    stats = {}
    for name in files:
        with contextlib.suppress(FileNotFoundError):
            stats[name] = stat_signature(root / name)
    here = {*files, *damaged}
    in_head = (path.removeprefix(f"{VAULT}/") for path in known if path.startswith(f"{VAULT}/"))
    return files, stats, tuple(sorted(name for name in in_head if name not in here))


def _source(source: Source, known: SourceRecord | None, full: bool) -> SeenSource:
    try:
        now = signature(source)
    except CogzyError as error:
        return SeenSource(source, None, changed=False, error=error)
    changed = now is not None and (known is None or known.signature != now or (full and source.kind == "duckdb"))
    return SeenSource(source, now, changed)

"""The look before a push: which databases and corpora moved since the hub answered for every row of them.

Reads stats only.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from core.sources import Source
from core.sync.events import Notice
from core.sync.looking import SeenSource, look_at, stat_signature
from core.sync.records import SourceRecord
from core.vault.layout import CORPORA, VECTORS_OF
from core.vault.manifest import Damage


@dataclass(frozen=True)
class SeenCorpus:
    """A corpus of the vault with its vectors; `origin` is its path, `part` its name in the ledger."""

    origin: str
    part: str
    signature: str
    size: int
    changed: bool


@dataclass(frozen=True)
class HubLook:
    """Everything that a push would consider."""

    sources: tuple[SeenSource, ...] = ()
    corpora: tuple[SeenCorpus, ...] = ()
    notices: tuple[Notice, ...] = ()
    not_copied: tuple[str, ...] = ()

    @property
    def changes(self) -> int:
        """How many databases and corpora moved."""
        return sum(seen.changed for seen in self.sources) + sum(corpus.changed for corpus in self.corpora)

    @property
    def unchanged(self) -> int:
        """How many did not."""
        return len(self.sources) + len(self.corpora) - self.changes

    @property
    def waiting(self) -> list[str]:
        """What moved: names of sources, and "vault"."""
        vault = ["vault"] if any(corpus.changed for corpus in self.corpora) else []
        return vault + [seen.source.name for seen in self.sources if seen.changed]

    @property
    def bytes_changed(self) -> int:
        """Bytes that what moved has now."""
        files = (seen.source.path for seen in self.sources if seen.changed)
        return sum(path.stat().st_size for path in files if path.is_file()) + sum(
            corpus.size for corpus in self.corpora if corpus.changed
        )

    @property
    def fingerprint(self) -> str:
        """Equal to an earlier look's when nothing moved in between."""
        seen = [f"{one.source.name}={one.signature}" for one in self.sources]
        seen += [f"{one.part}={one.signature}" for one in self.corpora]
        return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


def hub_look(
    root: Path,
    sources: Sequence[Source],
    known: Mapping[str, SourceRecord],
    *,
    vault: bool,
    damage: Sequence[Damage] = (),
    full: bool = False,
) -> HubLook:
    """Look at the databases among `sources` and, unless `vault` is False, at the vault. `full` calls all changed.

    A corpus with damage is left out: it is missing because it was set aside, not because its memories were deleted.
    """
    databases = [source for source in sources if source.kind == "duckdb"]
    seen = look_at(root, databases, {}, known, vault=False, full=full)
    hurt = {item.relative: item for item in damage if vault}
    corpora = tuple(_corpora(root, known, hurt.keys(), full)) if vault else ()
    errors = [hurt[name].error() for name in sorted(hurt) if name in (*CORPORA, *VECTORS_OF.values())]
    notices = [Notice(error.code, dict(error.params)) for error in errors]
    return HubLook(seen.sources, corpora, (*seen.notices, *notices), seen.not_copied)


def _corpora(root: Path, known: Mapping[str, SourceRecord], hurt: Set[str], full: bool) -> list[SeenCorpus]:
    found = []
    for origin in CORPORA:
        if hurt & {origin, VECTORS_OF[origin]}:
            continue
        part = f"vault/{Path(origin).stem}"
        stats, size = [], 0
        for name in (origin, VECTORS_OF[origin]):
            stats.append("")
            with contextlib.suppress(FileNotFoundError):
                stats[-1] = stat_signature(root / name)
                size += (root / name).stat().st_size
        before = known.get(part)
        if not any(stats) and before is None:
            continue
        signature = "|".join(stats)
        changed = full or before is None or before.signature != signature
        found.append(SeenCorpus(origin, part, signature, size, changed))
    return found

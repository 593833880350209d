"""The vault's own manifest, sync/manifest.json: what was committed last, and what is known to be damaged.

- `generation` moves with every commit; who has read anything compares it before and after.
- An entry holds a file's size, mtime, SHA-256 and number of records (or rows): size and mtime equal means the file is
  the committed one, so opening, counting and the status never parse a corpus.
- An entry under `damaged` stays until the file is written anew, comes back, or its loss is accepted; so a file that
  vanished never turns into an empty one.
- Keys of others are kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.errors import DamageError, RefusedError
from core.vault.border import readable
from core.vault.layout import MANIFEST_PATH, is_derived

_VERSION = 1


@dataclass(frozen=True)
class Entry:
    """A committed file. `count`: records or rows, None where neither exists; `width`: floats in a row."""

    size: int
    mtime_ns: int
    sha256: str
    count: int | None = None
    width: int | None = None

    def matches(self, stat: os.stat_result) -> bool:
        """Whether the file with this stat is still the committed one."""
        return (self.size, self.mtime_ns) == (stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True)
class Damage:
    """A damaged, missing or misaligned file. `problem` is a code of core.messages; `quarantined` where it is kept."""

    relative: str
    problem: str
    quarantined: str | None = None

    @property
    def told(self) -> str:
        """The code of what a person is told: nothing is lost with a file that is made from the others."""
        return "vault.derived_damaged" if is_derived(self.relative) else self.problem

    def error(self) -> DamageError:
        """What reading the file raises."""
        return DamageError(self.told, path=self.relative, kept=self.quarantined or "-")

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy check --json` prints."""
        return {"path": self.relative, "problem": self.told, "quarantined": self.quarantined}


@dataclass(frozen=True)
class VaultManifest:
    """One generation of the vault."""

    generation: int = 0
    files: Mapping[str, Entry] = field(default_factory=dict)
    damaged: Mapping[str, Damage] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    def advanced(
        self, files: Mapping[str, Entry | None], damaged: Mapping[str, Damage | None] | None = None
    ) -> VaultManifest:
        """The next generation. None removes an entry; a file that has an entry anew is no longer damaged."""
        kept = {name: entry for name, entry in {**self.files, **files}.items() if entry is not None}
        hurt = {**self.damaged, **dict.fromkeys((n for n, e in files.items() if e is not None)), **(damaged or {})}
        return replace(
            self,
            generation=self.generation + 1,
            files=kept,
            damaged={name: damage for name, damage in hurt.items() if damage is not None},
        )


def encode(manifest: VaultManifest) -> bytes:
    """The bytes of sync/manifest.json."""
    files = {
        name: {k: v for k, v in vars(entry).items() if v is not None} for name, entry in sorted(manifest.files.items())
    }
    damaged = {
        name: {"problem": damage.problem, "quarantined": damage.quarantined}
        for name, damage in sorted(manifest.damaged.items())
    }
    own = {"version": _VERSION, "generation": manifest.generation, "files": files, "damaged": damaged}
    return json.dumps({**manifest.others, **own}, indent=1).encode()


def decode(data: bytes) -> VaultManifest:
    """The manifest in `data`. Raises DamageError("vault.manifest_damaged") when it is not one of ours.

    Raises RefusedError("vault.newer") for one that a newer Cogzy wrote.
    """
    try:
        found = json.loads(data)
        if "generation" in found and int(found["version"]) > _VERSION:
            raise RefusedError("vault.newer", version=int(found["version"]))
        others = {k: v for k, v in found.items() if k not in ("version", "generation", "files", "damaged")}
        files = {str(name): _entry(entry) for name, entry in found["files"].items()}
        damaged = {
            str(name): Damage(str(name), str(hurt["problem"]), hurt["quarantined"])
            for name, hurt in found["damaged"].items()
        }
        return VaultManifest(int(found["generation"]), files, damaged, others)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamageError("vault.manifest_damaged", path=MANIFEST_PATH, kept="-", reason=str(error)) from error


def load(root: Path) -> VaultManifest | None:
    """The manifest of the vault at `root`; None when it has none yet. Raises DamageError when it cannot be read."""
    try:
        with readable(root / MANIFEST_PATH):
            data = (root / MANIFEST_PATH).read_bytes()
    except FileNotFoundError:
        return None
    return decode(data)


def _entry(found: Mapping[str, Any]) -> Entry:
    count, width = found.get("count"), found.get("width")
    return Entry(
        int(found["size"]),
        int(found["mtime_ns"]),
        str(found["sha256"]),
        None if count is None else int(count),
        None if width is None else int(width),
    )

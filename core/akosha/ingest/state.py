"""What the hub has of a system's vault after an upload: kept with the upload's marker, compared with the next upload.

    detail = {"vault_id", "uploaded_at", "encrypted", "paths": {path: seen}}     seen = {"origin", "kinds", ...}
      a database: "image" (which image), "deltas" (how many), "last" (the upload of the last one), "tables"
      a JSON file: "sha256" (its own, and of the vectors beside it)

A marker that is malformed counts as none: everything is then read again, which changes nothing that is right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.akosha.ingest.databases import MemoryTable
from core.sync.entries import DatabaseEntry


@dataclass(frozen=True)
class SeenDatabase:
    """A database as it was taken in."""

    origin: str
    image: str
    deltas: int
    last: str
    tables: tuple[MemoryTable, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(table.kind for table in self.tables))


@dataclass(frozen=True)
class SeenFile:
    """A file of records as it was taken in: the hashes of it and of its vectors ("" without)."""

    origin: str
    kind: str
    sha256: tuple[str, str]

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind,)


Seen = SeenDatabase | SeenFile


@dataclass(frozen=True)
class VaultState:
    """What is known of a system's vault. `uploaded_at` in UNIX seconds, as the newest upload said it."""

    upload_id: str
    vault_id: str
    uploaded_at: float
    encrypted: bool
    paths: Mapping[str, Seen] = field(default_factory=dict)

    def to_detail(self) -> dict[str, Any]:
        """The JSON object of the marker."""
        return {
            "vault_id": self.vault_id,
            "uploaded_at": self.uploaded_at,
            "encrypted": self.encrypted,
            "paths": {path: _to_json(seen) for path, seen in self.paths.items()},
        }


def from_detail(upload_id: str, detail: Mapping[str, Any]) -> VaultState | None:
    """Reverse of to_detail; None for a marker that says something else."""
    try:
        return VaultState(
            upload_id,
            str(detail["vault_id"]),
            float(detail["uploaded_at"]),
            bool(detail["encrypted"]),
            {str(path): _from_json(seen) for path, seen in detail["paths"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def image_id(entry: DatabaseEntry) -> str:
    """Which image: the same bytes have the same one."""
    return hashlib.sha256(b"".join(entry.image.ids) + str(entry.image.size).encode()).hexdigest()


def continues(entry: DatabaseEntry, seen: Seen | None) -> bool:
    """Whether `entry` is what was seen with nothing but deltas since."""
    return (
        isinstance(seen, SeenDatabase)
        and image_id(entry) == seen.image
        and len(entry.deltas) >= seen.deltas
        and (not seen.deltas or entry.deltas[seen.deltas - 1].upload_id == seen.last)
    )


def _to_json(seen: Seen) -> dict[str, Any]:
    if isinstance(seen, SeenFile):
        return {"origin": seen.origin, "kind": seen.kind, "sha256": list(seen.sha256)}
    tables = [[table.label, table.kind, table.second] for table in seen.tables]
    found = {"origin": seen.origin, "image": seen.image, "deltas": seen.deltas, "last": seen.last, "tables": tables}
    return dict(found)


def _from_json(found: Mapping[str, Any]) -> Seen:
    if "image" not in found:
        own, vectors = found["sha256"]
        return SeenFile(str(found["origin"]), str(found["kind"]), (str(own), str(vectors)))
    tables = tuple(MemoryTable(str(label), str(kind), bool(second)) for label, kind, second in found["tables"])
    return SeenDatabase(str(found["origin"]), str(found["image"]), int(found["deltas"]), str(found["last"]), tables)

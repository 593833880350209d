"""What the store takes and gives: plain data, no DuckDB in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.errors import Param
from core.memory.rows import MemoryRow

UploadState = Literal["ingested", "quarantined", "unreadable", "skipped"]
ItemError = tuple[str, str, str, dict[str, Param]]
"""kind, id, code and params of a row that was not taken."""


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """A memory of a system. `label` names it in indexes: it stays with its key for ever and is never given twice.

    Moments are UNIX seconds: `as_of` is when the system read the row, `stored_at` when its content came here.
    """

    label: int
    system_id: str
    row: MemoryRow
    as_of: float
    stored_at: float


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a shard file. A later change of the same label has a greater `seq` and takes this one's place."""

    label: int
    deleted: bool
    stored: StoredMemory | None
    seq: int


@dataclass(frozen=True, slots=True)
class PutResult:
    """What became of the rows of one call: the four numbers and the errors add up to what was given.

    `superseded`: came too late (something newer is stored), or was given again later in the same call. `unchanged`:
    the same content is stored already, or what is to be deleted is not there.
    """

    stored: int = 0
    unchanged: int = 0
    deleted: int = 0
    superseded: int = 0
    errors: tuple[ItemError, ...] = ()

    def __add__(self, other: PutResult) -> PutResult:
        return PutResult(
            self.stored + other.stored,
            self.unchanged + other.unchanged,
            self.deleted + other.deleted,
            self.superseded + other.superseded,
            self.errors + other.errors,
        )


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """A system that something is known of. `last_seen`: the newest `as_of` of anything it sent."""

    system_id: str
    memories: int
    last_seen: float | None
    by_kind: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is stored. `uploads` counts by state."""

    memories: int = 0
    deleted: int = 0
    systems: int = 0
    with_vectors: int = 0
    by_kind: Mapping[str, int] = field(default_factory=dict)
    uploads: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """What became of an upload: its marker. `rows` were stored and `deleted` deleted by it."""

    system_id: str
    upload_id: str
    state: UploadState
    reason: Mapping[str, Any] | None
    rows: int
    deleted: int
    at: float
    detail: Mapping[str, Any]

    @property
    def cursor(self) -> str:
        """Where a list goes on after this one."""
        return f"{self.upload_id}/{self.system_id}"

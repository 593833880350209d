"""What is remembered of a remote, as rows: the remote itself, a piece, a path, a source, an upload in the making."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RemoteRecord:
    """What is known of one remote. `chain` holds the wire form of the table references, oldest first."""

    key: str
    head: str | None = None
    manifest_sha256: str | None = None
    chain: tuple[dict[str, Any], ...] = ()
    committed_at: float | None = None
    confirmed_at: float | None = None
    format_confirmed: bool = False


@dataclass(frozen=True)
class PieceRecord:
    """Where one stored piece is; `upload` is None while no table in the head's chain locates it."""

    id: bytes
    kind: str
    pack: str
    offset: int
    stored: int
    plain: int
    codec: str
    upload: str | None = None


@dataclass(frozen=True)
class EntryRecord:
    """One path of the head's tree: its entry's wire form, all piece ids it reaches, and the stat it was read at."""

    path: str
    entry: bytes
    pieces: bytes = b""
    signature: str | None = None
    size: int = 0


@dataclass(frozen=True)
class SourceRecord:
    """The last good copy of one source in this remote. Times are UNIX seconds; `rows_folder` is below sync/rows/."""

    name: str
    signature: str
    copied_at: float
    size: int = 0
    rows: int = 0
    rows_folder: str | None = None
    conversations: int = 0
    image_at: float | None = None
    image_bytes: int = 0
    delta_bytes: int = 0
    duckdb_version: str | None = None


@dataclass(frozen=True)
class Prepared:
    """An upload whose manifest was about to be sent: the next run asks whether it arrived.

    A chain of one is a folded table: from then on only the pieces that it locates count as named by an upload.
    """

    upload: str
    manifest_key: str
    manifest_sha256: str
    chain: tuple[dict[str, Any], ...]

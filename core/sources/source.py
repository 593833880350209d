"""A source: memory that another program owns on this computer, and what is known of it after a look or a copy."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.errors import CogzyError, Param, UsageError

if TYPE_CHECKING:
    from core.database.header import DuckHeader

SourceKind = Literal["duckdb", "sqlite", "files"]
Topic = Literal["reflections", "knowledge-graph", ""]

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class SourceError(CogzyError):
    """One source cannot be copied as it is now; the others can."""


@dataclass(frozen=True)
class Source:
    """Where the memory lies and what kind it is. `name` is also its folder's name in staging and in the cloud."""

    name: str
    kind: SourceKind
    path: Path
    enabled: bool = True
    exclude: tuple[str, ...] = ()
    topic: Topic = ""

    def __post_init__(self) -> None:
        if not _SAFE_NAME.fullmatch(self.name) or self.name.endswith("."):
            raise UsageError("sources.bad_name", name=self.name)


@dataclass(frozen=True)
class Notice:
    """Something a person should know that stops nothing: a file that was left out, and why."""

    code: str
    params: dict[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class CapturedDatabase:
    """A private copy of a database, whole as of one moment, in `staging`/`source.name`.

    `signature` is that of the source before the copy began: when it is still the same later, nothing has changed since.
    `wal` (DuckDB) lies beside `database` under the name that makes DuckDB replay it. Sizes are in bytes.
    """

    source: Source
    database: Path
    wal: Path | None
    size: int
    wal_size: int
    mtime_ns: int
    attempts: int
    signature: str
    duckdb: DuckHeader | None = None

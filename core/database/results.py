"""What comes out of reading a DuckDB file. No DuckDB and no numpy is needed to hold these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import CogzyError, Param

Decision = Literal["unchanged", "delta", "image"]
Notice = Mapping[str, object]
"""`{"code": ..., "params": {...}}`: something a person may want to know, with an entry in core.messages."""


class DatabaseError(CogzyError):
    """A DuckDB file, or the child process that reads it, failed. `torn`: copy it again, it may be half-written."""

    def __init__(self, code: str, *, torn: bool = False, **params: Param) -> None:
        super().__init__(code, **params)
        self.torn = torn


@dataclass(frozen=True, slots=True)
class TableState:
    """What one table holds. `digest` is that of core.database.digest as 32 hex digits, "" where it is not defined."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class TableDelta:
    """What changed in one table, as Parquet files.

    `whole`: the table has no key, and `rows` are all of its rows (None: it is empty now).
    """

    name: str
    rows: Path | None
    rows_count: int
    gone: Path | None
    gone_count: int
    whole: bool


@dataclass(frozen=True, slots=True)
class DeltaFiles:
    """The deltas of one upload."""

    deltas: tuple[TableDelta, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An expression, for RE2, and a rough one that is found in every text in which it is, whatever stands around it."""

    expression: str
    rough: str


@dataclass(frozen=True, slots=True)
class RowsFile:
    """Rows on the disk, for core.database.each_row. `columns` are their names, in the order of the table.

    `numbers`: which rows they are, from 1, when only those that match were wanted; `of`: how many were looked at.
    """

    path: Path
    rows: int
    columns: tuple[str, ...]
    of: int = 0
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over every column of every table of a copy.

    `reason` says why an image is needed ("" otherwise). `verified` is False when the file could not be looked into:
    it is newer than our DuckDB, encrypted, or holds what ours does not understand; an image still carries it.
    `found`: tables, and the rows that were looked for in what goes up (core.database.scan).
    """

    duckdb_version: str
    storage_version: int
    schema_hash: str
    tables: tuple[TableState, ...]
    decision: Decision
    reason: str
    deltas: tuple[TableDelta, ...]
    notices: tuple[Notice, ...]
    verified: bool
    found: tuple[tuple[str, RowsFile], ...] = ()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A rebuilt database. `left_out` names the indexes and views that their owner has to create again."""

    left_out: tuple[str, ...]
    tables: tuple[TableState, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What is to be read into the file `out`: table `table` (`schema.name`) of a database copy, or (None) Parquet.

    `wanted`: of the rows only those with a text in which an expression is found, without their vectors.
    """

    source: Path
    table: str | None
    out: Path
    wanted: Wanted | None = None

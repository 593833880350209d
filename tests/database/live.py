"""A database that another program owns, and what Cogzy does with copies of it, all inside one test."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from core.database import DeltaFiles, Rebuilt, Scan, TableState, Wanted
from core.database.checking import check
from core.database.connection import connect, quoted
from core.database.delta import scan
from core.database.rebuilding import rebuild


@dataclass
class Live:
    """The owner's database in `folder`, and the state and deltas that were kept of it."""

    folder: Path
    name: str = "memory.duckdb"
    state: Path | None = None
    uploads: list[DeltaFiles] = field(default_factory=list)
    tables: tuple[TableState, ...] = ()
    scans: int = 0

    def __post_init__(self) -> None:
        for part in ("live", "image", "restored", "spill"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    @property
    def path(self) -> Path:
        return self.folder / "live" / self.name

    @property
    def image(self) -> Path:
        return self.folder / "image" / self.name

    @property
    def restored(self) -> Path:
        return self.folder / "restored" / self.name

    def run(self, *statements: str) -> None:
        """What the owner does, in one session."""
        with duckdb.connect(str(self.path)) as owner:
            for statement in statements:
                owner.execute(statement).fetchall()

    def scan(self, wanted: Wanted | None = None, *, forget: bool = False, searched: bool = False) -> Scan:
        """Scan a copy as it is, keep its state and, as an upload does, its image or deltas."""
        self.scans += 1
        copy = self.folder / f"copy-{self.scans}" / self.name
        copy.parent.mkdir()
        for suffix in ("", ".wal"):
            if Path(f"{self.path}{suffix}").exists():
                shutil.copy(f"{self.path}{suffix}", f"{copy}{suffix}")
        before = copy.read_bytes()
        next_state, out = self.folder / f"state-{self.scans}", self.folder / f"out-{self.scans}"
        next_state.mkdir()
        out.mkdir()
        with connect([self.folder], self.folder / "spill", "96MB") as connection:
            known = None if forget else self.state
            found = scan(connection, copy, known, next_state, out, lambda *_: None, wanted, searched=searched)
        assert copy.read_bytes() == before, "a scan must leave the copy's bytes as they are"
        self.state = next_state
        self.tables = found.tables
        if found.decision == "image":
            self.uploads = []
            for suffix in ("", ".wal"):
                Path(f"{self.image}{suffix}").unlink(missing_ok=True)
                if Path(f"{copy}{suffix}").exists():
                    shutil.copy(f"{copy}{suffix}", f"{self.image}{suffix}")
        elif found.decision == "delta":
            self.uploads.append(DeltaFiles(found.deltas))
        return found

    def rebuild(self) -> Rebuilt:
        """Build what the last scan saw from the image and the deltas since."""
        with connect([self.folder], self.folder / "spill", "96MB") as connection:
            return rebuild(connection, self.image, self.uploads, self.tables, self.restored, lambda *_: None)

    def check(self, path: Path) -> tuple[TableState, ...]:
        with connect([self.folder], self.folder / "spill", "96MB") as connection:
            return check(connection, path, None)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What `query` finds in a closed database."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def contents(path: Path) -> dict[str, Any]:
    """All there is in a closed database: DDL of everything, and each row of each table as text."""
    with duckdb.connect(str(path), read_only=True) as connection:

        def ask(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        found: dict[str, Any] = {
            "tables": ask("SELECT schema_name, table_name, sql, comment FROM duckdb_tables() ORDER BY ALL"),
            "indexes": ask("SELECT schema_name, index_name, sql, comment FROM duckdb_indexes() ORDER BY ALL"),
            "views": ask(
                "SELECT schema_name, view_name, sql, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
            ),
            "types": ask(
                "SELECT schema_name, type_name, labels, comment FROM duckdb_types() WHERE NOT internal ORDER BY ALL"
            ),
        }
        for schema, table, *_ in found["tables"]:
            described = connection.execute(f"SELECT * FROM {quoted(schema, table)} LIMIT 0").description
            as_text = ", ".join(f"{quoted(column[0])}::VARCHAR" for column in described)
            found[f"{schema}.{table}"] = ask(f"SELECT {as_text} FROM {quoted(schema, table)} ORDER BY ALL")
        return found

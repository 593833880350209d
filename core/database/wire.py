"""How requests and results cross between a program and its database child: plain JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.database.results import (
    DatabaseError,
    DeltaFiles,
    Read,
    Rebuilt,
    RowsFile,
    Scan,
    TableDelta,
    TableState,
    Wanted,
)
from core.errors import CogzyError, DamageError

Json = Mapping[str, Any]


def tables_to_json(tables: Sequence[TableState] | None) -> list[Json] | None:
    """Expected or found states of tables."""
    return None if tables is None else [asdict(table) for table in tables]


def tables_from_json(found: Sequence[Json]) -> tuple[TableState, ...]:
    """Reverse of tables_to_json."""
    return tuple(TableState(**table) for table in found)


def delta_to_json(delta: TableDelta) -> Json:
    """A TableDelta with its paths as text."""
    return asdict(delta) | {"rows": _as_text(delta.rows), "gone": _as_text(delta.gone)}


def delta_from_json(found: Json) -> TableDelta:
    """Reverse of delta_to_json."""
    return TableDelta(**{**found, "rows": _as_path(found["rows"]), "gone": _as_path(found["gone"])})


def uploads_to_json(uploads: Sequence[DeltaFiles]) -> list[list[Json]]:
    """The deltas of several uploads, oldest first."""
    return [[delta_to_json(delta) for delta in upload.deltas] for upload in uploads]


def uploads_from_json(found: Sequence[Sequence[Json]]) -> list[DeltaFiles]:
    """Reverse of uploads_to_json."""
    return [DeltaFiles(tuple(delta_from_json(delta) for delta in upload)) for upload in found]


def scan_to_json(scan: Scan) -> Json:
    """A Scan with its paths as text."""
    found = [[table, asdict(rows) | {"path": str(rows.path)}] for table, rows in scan.found]
    return asdict(scan) | {"deltas": [delta_to_json(delta) for delta in scan.deltas], "found": found}


def scan_from_json(found: Json) -> Scan:
    """Reverse of scan_to_json."""
    parts = {
        "tables": tables_from_json(found["tables"]),
        "deltas": tuple(delta_from_json(delta) for delta in found["deltas"]),
        "notices": tuple(found["notices"]),
        "found": tuple((table, _rows_from_json(rows)) for table, rows in found["found"]),
    }
    return Scan(**{**found, **parts})


def _rows_from_json(found: Json) -> RowsFile:
    lists = {"columns": tuple(found["columns"]), "numbers": tuple(found["numbers"])}
    return RowsFile(**{**found, **lists, "path": Path(found["path"])})


def rebuilt_from_json(found: Json) -> Rebuilt:
    """A Rebuilt from `asdict` of one."""
    return Rebuilt(tuple(found["left_out"]), tables_from_json(found["tables"]))


def reads_to_json(reads: Sequence[Read]) -> list[list[Any]]:
    """What is to be read, with paths as text."""
    return [[str(read.source), read.table, str(read.out), wanted_to_json(read.wanted)] for read in reads]


def reads_from_json(found: Sequence[Sequence[Any]]) -> list[Read]:
    """Reverse of reads_to_json."""
    return [Read(Path(source), table, Path(out), wanted_from_json(wanted)) for source, table, out, wanted in found]


def wanted_to_json(wanted: Wanted | None) -> list[str] | None:
    """The expressions, rough one last."""
    return None if wanted is None else [wanted.expression, wanted.rough]


def wanted_from_json(found: Sequence[str] | None) -> Wanted | None:
    """Reverse of wanted_to_json."""
    return None if found is None else Wanted(*found)


def error_to_json(error: CogzyError) -> Json:
    """What error_from_json needs to raise `error` on the other side."""
    return {
        "kind": "damage" if isinstance(error, DamageError) else "database",
        "code": error.code,
        "params": error.params,
        "torn": getattr(error, "torn", False),
    }


def error_from_json(found: Json) -> CogzyError:
    """The error that the child sent."""
    if found["kind"] == "damage":
        return DamageError(found["code"], **found["params"])
    return DatabaseError(found["code"], torn=found["torn"], **found["params"])


def _as_text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _as_path(name: str | None) -> Path | None:
    return None if name is None else Path(name)

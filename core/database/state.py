"""What is known of the rows at the last upload: a folder with meta.json and one Parquet a table that has a key.

    meta.json   versions, the schema's hash, and for each table its shape, rows, digest and mark, and the name and
                SHA-256 of its Parquet
    N.parquet   the key's columns k0, k1, ...; fingerprint; low, high: the halves of the row's digest

A folder that is missing, was written by another DuckDB or another Cogzy, or does not match its hashes, is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.database import fingerprint

FORMAT = 1


@dataclass(frozen=True, slots=True)
class KnownTable:
    """One table at the last upload. `mark` tells changes of a table without row fingerprints; then `file` is ""."""

    shape: str
    rows: int
    digest: str
    mark: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Known:
    """All tables at the last upload, by label."""

    folder: Path
    duckdb_version: str
    schema_hash: str
    tables: Mapping[str, KnownTable]


def load(folder: Path | None) -> Known | None:
    """What `folder` holds, None when there is nothing that can be relied on."""
    if folder is None:
        return None
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        if meta["format"] != FORMAT or meta["fingerprint"] != fingerprint.VERSION:
            return None
        tables = {name: KnownTable(**table) for name, table in meta["tables"].items()}
        if any(table.file and sha256(folder / table.file) != table.sha256 for table in tables.values()):
            return None
        return Known(folder, str(meta["duckdb"]), str(meta["schema"]), tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def save(folder: Path, duckdb_version: str, schema_hash: str, tables: Mapping[str, KnownTable]) -> None:
    """Write meta.json, last."""
    meta = {
        "format": FORMAT,
        "fingerprint": fingerprint.VERSION,
        "duckdb": duckdb_version,
        "schema": schema_hash,
        "tables": {name: asdict(table) for name, table in tables.items()},
    }
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


def keep(known: Known, table: KnownTable, folder: Path, name: str) -> KnownTable:
    """Put a table that did not change into the new `folder` as `name`, by a hard link where there are any."""
    if not table.file:
        return table
    (folder / name).unlink(missing_ok=True)
    try:
        os.link(known.folder / table.file, folder / name)
    except OSError:
        (folder / name).write_bytes((known.folder / table.file).read_bytes())
    return KnownTable(table.shape, table.rows, table.digest, table.mark, name, table.sha256)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

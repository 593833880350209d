"""The first lines of what would go up: of a file as it lies, of a database from a copy. Bounded."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.errors import CogzyError, UsageError
from core.files import inside
from core.sources import CapturedDatabase, Source, open_found, walk_files
from core.sync.looking import VAULT
from core.sync.outgoing import copied, source_of
from core.vault.layout import syncable_files

if TYPE_CHECKING:
    from core.sync.context import SyncContext

SAMPLE_BYTES = 16_384
SAMPLE_LINES = 60
SAMPLE_ROWS = 20
MOST_SAMPLED = 256 << 20
LONGEST_VALUE = 300


async def sample(context: SyncContext, part: str, path: str) -> dict[str, Any]:
    """The first lines of one file of a part, or the first rows of its tables. Raises CogzyError."""
    if part == VAULT:
        if path not in set(syncable_files(context.vault.root)):
            raise UsageError("preview.no_such_file", path=path)
        return await asyncio.to_thread(_vault_sample, context, path)
    source = source_of(context, part)
    if source.kind != "files":
        async with copied(context.vault.root, source) as copy:
            return await _database_sample(source, copy)
    return await asyncio.to_thread(_file_sample, source, path)


def sqlite_tables(copy: Path) -> Iterator[tuple[str, sqlite3.Cursor]]:
    """Each stored table of a private SQLite copy, with a cursor over its rows. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"file:{quote(str(copy))}?mode=ro&immutable=1", uri=True)) as db:
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        names = [
            str(row[0])
            for row in db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not str(row[0]).startswith("sqlite_") and not str(row[1]).upper().startswith("CREATE VIRTUAL")
        ]
        for name in names:
            yield name, db.execute(f"SELECT * FROM {_quoted(name)}")  # noqa: S608  # a quoted name of its own catalog


def _vault_sample(context: SyncContext, path: str) -> dict[str, Any]:
    with inside(context.vault.root, path).open("rb") as file:
        return _text_sample(file.read(SAMPLE_BYTES + 1))


def _file_sample(source: Source, path: str) -> dict[str, Any]:
    found = next((file for file in walk_files(source) if file.relative == path), None)
    if found is None:
        raise UsageError("preview.no_such_file", path=path)
    with open_found(found) as file:
        return _text_sample(file.read(SAMPLE_BYTES + 1))


def _text_sample(data: bytes) -> dict[str, Any]:
    if b"\0" in data:
        return {"kind": "binary", "text": "", "cut": True}
    lines = data[:SAMPLE_BYTES].decode("utf-8", "replace").splitlines()
    cut = len(data) > SAMPLE_BYTES or len(lines) > SAMPLE_LINES
    return {"kind": "text", "text": "\n".join(lines[:SAMPLE_LINES]), "cut": cut}


async def _database_sample(source: Source, copy: CapturedDatabase) -> dict[str, Any]:
    if source.kind == "sqlite":
        return _rows_sample(await asyncio.to_thread(_sqlite_rows, copy.database))
    from core.database import Child, each_row, list_tables, read_rows

    tables: dict[str, list[dict[str, Any]]] = {}
    out = copy.database.parent / "rows"
    async with Child() as child:
        for name in await list_tables(copy.database, child=child):
            try:
                rows = await read_rows(copy.database, name, out, child=child, most=MOST_SAMPLED)
                tables[name] = [row for row, _ in zip(each_row(rows), range(SAMPLE_ROWS), strict=False)]
            except CogzyError as error:
                if error.code != "database.too_many_rows":
                    raise
                tables[name] = []
            out.unlink(missing_ok=True)
    return _rows_sample(tables)


def _sqlite_rows(copy: Path) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for name, rows in sqlite_tables(copy):
        columns = [str(item[0]) for item in rows.description]
        found[name] = [dict(zip(columns, row, strict=True)) for row in rows.fetchmany(SAMPLE_ROWS)]
    return found


def _rows_sample(tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    lines: list[str] = []
    for name, rows in tables.items():
        lines.append(f"# {name}")
        lines += [json.dumps({key: _shown(value) for key, value in row.items()}, ensure_ascii=False) for row in rows]
        lines.append("")
    return {"kind": "rows", "text": "\n".join(lines).strip(), "cut": True}


def _shown(value: object) -> object:
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        return f"{value[:LONGEST_VALUE]}…"
    return value if isinstance(value, str | int | float | bool | None) else _shown(json.dumps(value, default=str))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

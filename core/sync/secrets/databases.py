"""Reading the rows of databases that may hold secrets: of a private copy, or of what changed since the last upload.

A live database is never opened. See core.sync.secrets.search.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.sources import CapturedDatabase, Source, SourceError, signature
from core.sources.secret_screen import PATTERN, ROUGH
from core.sync.looking import SOURCES
from core.sync.outgoing import OutgoingFile, copied
from core.sync.samples import sqlite_tables
from core.sync.secrets.memory import Finding, Unit
from core.sync.secrets.readers import Search, in_thread

if TYPE_CHECKING:
    from core.database import Child, RowsFile, Scan, Wanted


async def search_database(run: Search, root: Path, source: Source, files: list[OutgoingFile]) -> None:
    """Search a copy of a database, if it changed since it was last read. Raises CogzyError."""
    name, size = f"{SOURCES}/{source.name}", sum(file.size for file in files)
    if not files:
        return
    run.units.append(name)
    seen = await asyncio.to_thread(signature, source)
    before = await asyncio.to_thread(run.memory.unit, name)
    if seen is None or (before is not None and before.signature == seen):
        if before is not None:
            run.rows[source.name] = before.length
        run.advanced(size, source.name, read=False)
        return
    async with copied(root, source) as copy:
        if source.kind == "sqlite":
            await search_copy(run, copy, None, size)
        else:
            from core.database import Child

            async with Child() as child:
                await search_copy(run, copy, child, size)


async def search_copy(run: Search, copy: CapturedDatabase, child: Child | None, size: int = 0) -> None:
    """Search all rows of a private copy, of DuckDB those that the child picks out. Raises CogzyError."""
    source = copy.source
    before = await asyncio.to_thread(run.memory.unit, f"{SOURCES}/{source.name}")
    if before is not None and before.signature == copy.signature:
        run.rows[source.name] = before.length
        return
    found: list[Finding] = []
    take = partial(_search_row, run, found, source.name)
    run.rows[source.name] = 0
    if child is None:
        await in_thread(run, partial(_search_sqlite, run, source, copy.database, take, size))
    else:
        from core.database import Read, list_tables, read_all

        folder = copy.database.parent
        tables = await list_tables(copy.database, child=child)
        reads = [Read(copy.database, table, folder / f"{at}.found", wanted()) for at, table in enumerate(tables)]
        for table, rows in zip(tables, await read_all(reads, child=child), strict=True):
            run.rows[source.name] += rows.of
            await in_thread(run, partial(_search_rows, run, rows, table, partial(take, table)))
            await in_thread(run, partial(run.advanced, size // len(tables), table))
    # what `length` is of a file is of a database how many rows it had
    seen = Unit(copy.signature, run.rows[source.name])
    await asyncio.to_thread(run.memory.keep, f"{SOURCES}/{source.name}", seen, found)


async def search_scanned(run: Search, copy: CapturedDatabase, scan: Scan) -> list[Finding]:
    """What is in the rows that a scan picked out of what is to go up; of an image it is remembered."""
    name, found = copy.source.name, list[Finding]()
    await in_thread(run, partial(_search_all, run, found, name, scan.found))
    if scan.decision == "image":
        seen = Unit(copy.signature, sum(rows.of for _, rows in scan.found))
        await asyncio.to_thread(run.memory.keep, f"{SOURCES}/{name}", seen, found)
    return found


def wanted() -> Wanted:
    """The rows that may hold secrets."""
    from core.database import Wanted

    return Wanted(PATTERN, ROUGH)


def _search_all(run: Search, found: list[Finding], part: str, tables: Iterable[tuple[str, RowsFile]]) -> None:
    for table, rows in tables:
        _search_rows(run, rows, table, partial(_search_row, run, found, part, table))


def _search_rows(run: Search, rows: RowsFile, table: str, take: Callable[[int, dict[str, Any]], None]) -> None:
    from core.database import each_row

    for count, (at, row) in enumerate(zip(rows.numbers, each_row(rows), strict=True), start=1):
        take(at, row)
        if not count % 500:
            run.advanced(0, table)


def _search_sqlite(
    run: Search, source: Source, copy: Path, take: Callable[[str, int, dict[str, Any]], None], size: int
) -> None:
    import sqlite3

    try:
        for table, rows in sqlite_tables(copy):
            columns = [str(item[0]) for item in rows.description]
            for at, row in enumerate(rows, start=1):
                take(table, at, dict(zip(columns, row, strict=True)))
                run.rows[source.name] += 1
                if not at % 500:
                    run.advanced(0, table)
    except sqlite3.Error as error:
        named = {"name": source.name, "path": str(source.path)}
        raise SourceError("sources.not_readable", **named, reason=str(error)) from error
    run.advanced(size, source.name)


def _search_row(run: Search, found: list[Finding], part: str, table: str, at: int, row: dict[str, Any]) -> None:
    for text, column in _texts_of(row):
        found += run.findings(text, part, table, partial(_named, f"{_key(row, at)} · {column}"))


def _texts_of(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of a row with its column. Vectors have none."""
    for column, value in row.items():
        if isinstance(value, dict) or (isinstance(value, list) and not _is_vector(value)):
            yield json.dumps(value, ensure_ascii=False), column
        elif isinstance(value, str) and len(value) >= 8:
            yield value, column


def _is_vector(value: list[Any]) -> bool:
    return all(isinstance(one, int | float) or one is None for one in value)


def _key(row: dict[str, Any], at: int) -> str:
    key = row.get("id")
    return str(key)[:80] if isinstance(key, str | int) else str(at)


def _named(place: str, _: int) -> str:
    return place

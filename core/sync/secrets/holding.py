"""What may not leave yet: text that goes up for the first time, with a likely secret that nobody decided about.

- Whoever asks for the sync: what waits, waits until the person says `send`, takes it out, or leaves its file out.
- Only what is new is searched, and what is searched is what is sent: the vault's snapshot, the first bytes of a file
  that was found, the private copy of a database, the rows of a batch.
- As little as possible waits: one file of a folder, one row on its way to a hub. The vault's corpus and its vectors
  belong together and wait together. A table's delta cannot leave rows out, so of a database all that is new waits.
- What waits stays changed: the next sync looks again, and sends it as soon as it was decided.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from core.sources.exclusions import matcher
from core.sync.events import Notice
from core.sync.looking import SOURCES, VAULT
from core.sync.secrets.memory import NAME, Finding, ScanMemory
from core.vault.layout import CORPORA, TRACES

if TYPE_CHECKING:
    from core.database import Scan, Wanted
    from core.memory.rows import MemoryRow
    from core.sources import CapturedDatabase, FoundFile, Source
    from core.sync.context import SyncContext
    from core.sync.secrets.readers import Search

TOGETHER = ("corpus/", "vectors/")
"""Folders of the vault whose files are one whole."""


@contextlib.asynccontextmanager
async def holding(context: SyncContext, method: str) -> AsyncIterator[Holding | None]:
    """What one run of a method may not send; None when the settings do not want the search."""
    if not context.settings.sources.hold_secrets:
        yield None
        return
    with await asyncio.to_thread(ScanMemory, context.vault.root) as memory:
        yield Holding(context, method, memory)


class Holding:
    """Searches, file by file, what a run is about to send. Tasks may share it: one search goes on at a time."""

    def __init__(self, context: SyncContext, method: str, memory: ScanMemory) -> None:
        from core.sync.secrets.readers import Search

        self._context = context
        self._method = method
        self._memory = memory
        self._let_go = frozenset(memory.decisions())
        self._run: Search = Search(memory, lambda _: None)
        self._one = asyncio.Lock()
        self._found: dict[str, list[Finding]] = {}

    def holds(self, part: str) -> bool:
        """Whether something of a part waits. Of a hub, a corpus is a part of its own."""
        return part in self._found

    async def vault(self, files: Sequence[tuple[str, Path]]) -> frozenset[str]:
        """Those of the vault's changed files (names, and where their snapshots lie) that wait."""
        from core.sync.outgoing import OutgoingFile
        from core.sync.secrets import readers

        waits = set()
        for name, path in files:
            seen = await asyncio.to_thread(path.stat)
            file = OutgoingFile(name, path, seen.st_size, seen.st_mtime_ns, new=True)
            if name in CORPORA:
                search = partial(readers.search_records, self._run, file, partial(_records, path))
            elif name.startswith(f"{TRACES}/"):
                search = partial(readers.search_file, self._run, VAULT, file, partial(_opened, path))
            else:
                continue
            if not await self._may_go(VAULT, search, readers.unit_of(VAULT, name)):
                waits.add(name)
        if any(name.startswith(TOGETHER) for name in waits):
            waits |= {name for name, _ in files if name.startswith(TOGETHER)}
        return frozenset(waits)

    async def file(self, source: Source, found: FoundFile) -> bool:
        """Whether a file of a folder may go. Raises SourceError."""
        from core.sources import open_found
        from core.sync.outgoing import OutgoingFile
        from core.sync.secrets import readers

        file = OutgoingFile(found.relative, found.path, found.size, found.mtime_ns, new=True, found=found)
        search = partial(readers.search_file, self._run, source.name, file, partial(open_found, found))
        return await self._may_go(source.name, search, readers.unit_of(source.name, found.relative))

    @property
    def wanted(self) -> Wanted:
        """The rows that a scan has to pick out: those that may hold secrets."""
        from core.sync.secrets.databases import wanted

        return wanted()

    async def found_before(self, copy: CapturedDatabase) -> list[Finding] | None:
        """What is in a whole copy, if it was searched before."""
        name = f"{SOURCES}/{copy.source.name}"
        return await asyncio.to_thread(self._memory.found_in, name, copy.signature)

    async def scanned(self, copy: CapturedDatabase, scan: Scan, before: list[Finding] | None) -> bool:
        """Whether what is new in the copy of a DuckDB database may go. `before`: what found_before said of it."""
        from core.sync.secrets.databases import search_scanned

        if scan.decision == "unchanged" or not scan.verified:
            return True  # nobody can look into one that is not verified: it is closed to us
        async with self._one:
            if scan.decision == "image" and before is not None:
                return self._decided(copy.source.name, before)
            return self._decided(copy.source.name, await search_scanned(self._run, copy, scan))

    async def backup(self, copy: CapturedDatabase) -> bool:
        """Whether an SQLite database may go. Raises CogzyError."""
        from core.sync.secrets.databases import search_copy

        name = copy.source.name
        async with self._one:
            await search_copy(self._run, copy, None)
            return self._decided(name, await asyncio.to_thread(self._memory.found, f"{SOURCES}/{name}"))

    def row(self, row: MemoryRow, part: str, path: str) -> bool:
        """Whether a row may go to a hub. `part` is a source, or a corpus of the vault; `path` a table or file."""
        from core.sync.secrets.readers import strings

        found: list[Finding] = []
        shown = VAULT if part.startswith(f"{VAULT}/") else part
        for where, text in (("text", row.text), *strings(dict(row.metadata), "metadata")):
            place = f"{row.id[:80]} · {where}"
            found += self._run.findings(text, shown, path, lambda _, place=place: place)  # type: ignore[misc]
        return self._decided(part, found)

    async def remember(self, looked_at: Collection[str], not_copied: Collection[str]) -> list[Notice]:
        """The run is at its end: keep what waits from now on, and say so. `looked_at`: every part that it looked at."""
        found = [one for some in self._found.values() for one in some]
        here = {VAULT, *(source.name for source in self._context.sources if source.enabled)}
        stay = (here - set(looked_at)) | set(not_copied)
        await asyncio.to_thread(self._memory.hold, self._method, found, stay)
        parts: dict[str, list[Finding]] = {}
        for one in found:
            parts.setdefault(one.part, []).append(one)
        return [
            Notice("secrets.held", {"name": part, "count": len({one.id for one in some})})
            for part, some in parts.items()
        ]

    async def _may_go(self, part: str, search: Callable[[], None], unit: str) -> bool:
        from core.sync.secrets.readers import in_thread

        async with self._one:
            await in_thread(self._run, search)
            return self._decided(part, await asyncio.to_thread(self._memory.found, unit))

    def _decided(self, part: str, found: Iterable[Finding]) -> bool:
        waits = [one for one in found if one.id not in self._let_go]
        if waits:
            self._found.setdefault(part, []).extend(waits)
        return not waits


def waiting(context: SyncContext) -> list[Finding]:
    """The findings that hold something back now: not decided since, and of what would still go up."""
    if not context.settings.sources.hold_secrets or not (context.vault.root / NAME).exists():
        return []
    with ScanMemory(context.vault.root) as memory:
        held, decided = memory.held(), memory.decisions()
    methods = {"cloud": context.settings.sync.cloud_configured, "http": context.hub_allowed}
    sources = {source.name: source for source in context.sources if source.enabled}
    return [
        one
        for method, one in held
        if methods.get(method) and one.id not in decided and (one.part == VAULT or _goes_up(sources.get(one.part), one))
    ]


def told(found: Iterable[Finding]) -> dict[str, Any]:
    """What `cogzy status --json` says of it: how many secrets, and which parts they hold back."""
    some = list(found)
    return {"count": len({one.id for one in some}), "parts": sorted({one.part for one in some})}


def _goes_up(source: Source | None, found: Finding) -> bool:
    """Whether a file of a source would still go up: it was not left out, and is still there."""
    if source is None:
        return False
    if source.kind != "files":
        return True
    excluded, path = matcher(source.exclude), PurePosixPath(found.path)
    if excluded(found.path, False) or any(excluded(str(folder), True) for folder in path.parents if folder.name):
        return False
    return (source.path / path).exists()


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _records(path: Path) -> list[dict[str, Any]]:
    import orjson

    found = orjson.loads(path.read_bytes())
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

"""Memory of other programs that keeps growing: Claude Code's sessions into the vault, Session-Buddy's rows beside it.

Sessions are followed when the source `claude-code` is switched on, the same switch that keeps their files safe.
`sync/following.json` remembers of each file how far it was read and what that was; it only saves work: a file that is
read again adds nothing, and what its owner deleted or wrote anew takes nothing from the vault.

A file that is being written is left alone until it has been quiet for a while, since every change of a vault writes its
corpus anew; one that never is quiet is taken all the same after an hour.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import CogzyError
from core.files import remove_tree, write_atomically
from core.sources import FoundFile, Notice, Source, open_found, signature, walk_files

if TYPE_CHECKING:
    from core.memory.importers import Conversation, Report
    from core.memory.pipeline import Imported, Progress
    from core.memory.record import MemoryRow
    from core.vault import LocalVaultService

STATE = "sync/following.json"
QUIET_SECONDS = 300.0
LONGEST_WAIT_SECONDS = 3600.0
_VERSION = 1
_ROWS = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mark:
    """How far a file was read: `offset` bytes of whole lines, whose hash is `digest`; the rest is its stat then.

    `is_session`: somebody says something in it; files that were marked before this was noted count as such.
    """

    size: int
    mtime_ns: int
    inode: int
    offset: int
    digest: str
    taken_at: float
    is_session: bool = True

    def is_of(self, found: FoundFile) -> bool:
        """Whether the file has not changed since."""
        return (self.size, self.mtime_ns, self.inode) == (found.size, found.mtime_ns, found.inode)


@dataclass(frozen=True)
class Followed:
    """What following did: files that were read, files that wait until they are quiet, and what came of it."""

    files: int
    waiting: int
    imported: Imported | None = None


async def follow_claude_code(
    vault: LocalVaultService,
    source: Source,
    *,
    quiet_seconds: float = QUIET_SECONDS,
    clock: Callable[[], float] = time.time,
    progress: Progress = lambda stage, done, total: None,
    embed: bool = True,
    notices: list[Notice] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Followed:
    """Bring what Claude Code's sessions have said since the last time into the vault.

    Nothing happens while `source` is switched off or not there. `quiet_seconds` 0 takes what is being written, too.
    Raises SourceError when its folder cannot be read, BusyError while an import runs.
    """
    if not source.enabled:
        return Followed(0, 0)
    now = clock()
    marks = await asyncio.to_thread(_read_marks, vault.root)
    ready, waiting = await asyncio.to_thread(_ready, source, marks, now, quiet_seconds, notices)
    if not ready:
        return Followed(0, waiting)
    from core.memory.pipeline import take_in  # with every reader of exports: only where there is something to read

    seen: dict[str, Mark] = {}

    def conversations(report: Report, told: Callable[[int, int], None]) -> Iterator[Conversation]:
        total, done = sum(found.size for found in ready), 0
        for found in ready:
            yield from _conversations(found, marks.get(found.relative), seen, report, now)
            done += found.size
            told(done, total)

    imported = await take_in(vault, conversations, progress=progress, embed=embed, environ=environ, wait_seconds=0.0)
    await asyncio.to_thread(_write_marks, vault.root, {**marks, **seen})
    return Followed(len(seen), waiting, imported)


def followed_files(root: Path) -> dict[str, Mark]:
    """The files that were followed into the vault at `root`, by their path below the source."""
    return _read_marks(root)


async def session_buddy_rows(source: Source, staging: Path) -> AsyncIterator[MemoryRow]:
    """The memories in one of Session-Buddy's databases, out of a safe copy of it in `staging`.

    The live file is copied as a sync copies it, never opened; the copy is read in a child process and is gone when the
    iteration ends. Nothing when the source is switched off or not there. `source_signature` says beforehand whether
    anything has changed. Raises BusyError, SourceError, DatabaseError.
    """
    from core.database import Child, each_row, list_tables, read_rows
    from core.memory.rows import RowError, table_mapping
    from core.sources import capture_duckdb

    if source_signature(source) is None:
        return
    folder = staging / source.name
    await asyncio.to_thread(lambda: staging.mkdir(parents=True, exist_ok=True, mode=0o700))
    try:
        captured = await capture_duckdb(source, staging)
        async with Child() as child:
            for label, columns in sorted((await list_tables(captured.database, child=child)).items()):
                mapper = table_mapping(label, columns, origin=f"{source.name}/{label.removeprefix('main.')}")
                if mapper is None:
                    continue
                rows = await read_rows(captured.database, label, folder / f"{label}.rows", child=child)
                records = each_row(rows)
                while some := await asyncio.to_thread(lambda records=records: list(islice(records, _ROWS))):  # type: ignore[misc]
                    for record in some:
                        try:
                            yield mapper(record)
                        except RowError as error:
                            _log.warning("a memory of %s was left out: %s", source.name, error)
                await asyncio.to_thread(rows.path.unlink, missing_ok=True)
    finally:
        await asyncio.to_thread(remove_tree, folder)


def source_signature(source: Source) -> str | None:
    """What tells whether a source has changed since its rows were read; None when there is nothing to read."""
    if not source.enabled:
        return None
    try:
        return signature(source)
    except CogzyError as error:
        _log.warning("%s cannot be looked at: %s", source.name, error)
        return None


def _ready(
    source: Source, marks: Mapping[str, Mark], now: float, quiet_seconds: float, notices: list[Notice] | None
) -> tuple[list[FoundFile], int]:
    """The files that have grown and may be read now, oldest first; and how many wait."""
    ready, waiting = [], 0
    for found in walk_files(source, notices):
        mark = marks.get(found.relative)
        if not found.relative.endswith(".jsonl") or (mark is not None and mark.is_of(found)):
            continue
        since = mark.taken_at if mark is not None else found.mtime_ns / 1e9
        quiet = now - found.mtime_ns / 1e9
        if 0 <= quiet < quiet_seconds and now - since < LONGEST_WAIT_SECONDS:
            waiting += 1
        else:
            ready.append(found)
    return sorted(ready, key=lambda found: found.mtime_ns), waiting


def _conversations(
    found: FoundFile, mark: Mark | None, seen: dict[str, Mark], report: Report, now: float
) -> Iterator[Conversation]:
    hashing: list[_Hashing] = []

    from core.memory.importers import Member, read_member

    def opened() -> BinaryIO:
        hashing.append(_Hashing(open_found(found), mark.offset if mark is not None else 0))
        return hashing[-1]  # type: ignore[return-value]

    try:
        is_session = False
        for one in read_member(Member(str(found.path), found.size, opened), report):
            is_session = is_session or any(message.says_something for message in one.messages)
            yield one
    except CogzyError as error:  # gone, or not to be read just now; the others are
        report.file = str(found.path)
        report.note("import.not_followed", name=error.code)
        _log.warning("%s is not followed: %s", found.path, error)
        return
    last = hashing[-1]
    if mark is not None and last.before != mark.digest:
        report.file = str(found.path)
        report.note("import.rewritten")
    stat = found.size, found.mtime_ns, found.inode
    seen[found.relative] = Mark(*stat, last.offset, last.digest, now, is_session)


class _Hashing:
    """Reads a file and hashes its whole lines. `before`: the hash of its first `until` bytes."""

    def __init__(self, file: BinaryIO, until: int) -> None:
        self._file = file
        self._until = until
        self._hash = hashlib.blake2b(digest_size=16)
        self._tail = b""
        self.offset = 0
        self.before = self._hash.hexdigest()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        data = self._tail + block
        end = data.rfind(b"\n") + 1
        if self.offset < self._until <= self.offset + end:
            first = self._until - self.offset
            self._take(data[:first])
            self.before = self.digest
            self._take(data[first:end])
        else:
            self._take(data[:end])
        self._tail = data[end:]
        return block

    def _take(self, data: bytes) -> None:
        self._hash.update(data)
        self.offset += len(data)

    def close(self) -> None:
        self._file.close()


def _read_marks(root: Path) -> dict[str, Mark]:
    try:
        found: dict[str, Any] = json.loads((root / STATE).read_bytes())
        if found["version"] != _VERSION:
            return {}
        return {str(name): Mark(**mark) for name, mark in found["claude-code"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("%s does not parse, so all sessions are read again: %s", STATE, error)
        return {}


def _write_marks(root: Path, marks: Mapping[str, Mark]) -> None:
    described = {name: asdict(mark) for name, mark in sorted(marks.items())}
    write_atomically(root / STATE, json.dumps({"version": _VERSION, "claude-code": described}).encode())

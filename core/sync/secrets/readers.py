"""Reading what may hold secrets: records of the vault and text files. See core.sync.secrets.search.

What was read before and has not changed is passed over, and of a file that grew only its new end is read.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import CogzyError
from core.files import translated
from core.sources import Source, SourceError, open_found
from core.sources.secret_screen import may_hold
from core.sources.secret_text import LONGEST_LINE, context_of, find_secrets
from core.sync.events import Progress
from core.sync.looking import SOURCES, VAULT
from core.sync.outgoing import OutgoingFile
from core.sync.secrets.memory import Finding, ScanMemory, Unit
from core.vault.layout import EPISODES, NODES, TRACES

if TYPE_CHECKING:
    from core.vault import LocalVaultService

BLOCK = 1 << 20
BINARY_LOOK = 8192
TELL_SECONDS = 0.2
_ESCAPED = re.compile(rb"\\u00[2-7]")
"""A letter of ASCII that a writer of JSON spelt out."""
REDACTABLE = (NODES, EPISODES)


class _StoppedError(Exception):
    """The search was cancelled."""


@dataclass
class Search:
    """One search: its memory, who hears of its progress, and whether it is still wanted. `rows`: of each database."""

    memory: ScanMemory
    tell: Callable[[Progress], None]
    bytes_total: int = 0
    bytes_done: int = 0
    bytes_read: int = 0
    units: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    _told: float = 0.0

    def advanced(self, count: int, item: str, *, read: bool = True) -> None:
        """So many bytes further. Raises _StoppedError when nobody waits any more."""
        if self.stop.is_set():
            raise _StoppedError
        self.bytes_done += count
        self.bytes_read += count if read else 0
        now = time.monotonic()
        if now - self._told >= TELL_SECONDS:
            self._told = now
            done = min(self.bytes_done, self.bytes_total)
            self.tell(Progress("checking", bytes_done=done, bytes_total=self.bytes_total, item=item))

    def findings(self, text: str, part: str, path: str, place: Callable[[int], str]) -> list[Finding]:
        """What is in a text; `place` names a position (in characters) of it."""
        matches = find_secrets(text)
        return [
            Finding(
                self.memory.id_of(match.value),
                match.kind,
                match.masked,
                part,
                path,
                place(match.start),
                context_of(text, match, matches),
            )
            for match in matches
        ]


async def in_thread(run: Search, work: Callable[[], None]) -> None:
    """Blocking work that ends soon after this is cancelled, however often: only then is what it uses closed."""
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        run.stop.set()
        while not running.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # seen: it stopped because it was told to
        raise


# ---------------------------------------------------------------------- the vault


def search_vault(run: Search, vault: LocalVaultService, files: Iterable[OutgoingFile]) -> None:
    """Search the vault's texts. Blocking."""
    for file in files:
        if file.relative in REDACTABLE:
            read = vault.read_nodes if file.relative == NODES else vault.read_episodes
            search_records(run, file, read)
        elif file.relative.startswith(f"{TRACES}/"):
            search_file(run, VAULT, file, _opener(file.path))
        else:
            run.advanced(file.size, file.relative, read=False)


def search_records(run: Search, file: OutgoingFile, read: Callable[[], list[dict[str, Any]]]) -> None:
    """Search the texts of a corpus. Blocking."""
    name, seen = f"{VAULT}/{file.relative}", Unit(f"{file.size}:{file.mtime_ns}")
    run.units.append(name)
    if run.memory.unit(name) == seen:
        run.advanced(file.size, file.relative, read=False)
        return
    try:
        records = read() if _found_in(run, file) else []
    except CogzyError as error:
        run.problems.append({"name": file.relative, "error": error.as_json()})
        return
    found: list[Finding] = []
    for at, record in enumerate(records):
        shown = f"{str(record.get('id') or at)[:80]}"
        for where, text in strings(record):
            place = f"{shown} · {where}" if where else shown
            found += run.findings(text, VAULT, file.relative, lambda _, place=place: place)  # type: ignore[misc]
        run.advanced(0, file.relative)
    run.memory.keep(name, seen, found)
    run.advanced(file.size, file.relative)


def _found_in(run: Search, file: OutgoingFile) -> bool:
    """Whether the JSON of a corpus has a likely secret in it, or is written so that only its records tell."""
    tail = b""
    with translated(file.path), file.path.open("rb") as stream:
        while block := stream.read(BLOCK):
            run.advanced(0, file.relative)
            block = tail + block.replace(b"\\/", b"/")
            if _ESCAPED.search(block) or (may_hold(block) and find_secrets(block.decode("utf-8", "replace"))):
                return True
            tail = block[-LONGEST_LINE:]
    return False


def strings(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside a record, with the path of keys to it."""
    if isinstance(value, str):
        if len(value) >= 8:
            yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from strings(inner, f"{where}[{at}]")


# ---------------------------------------------------------------------- files


def search_folder(run: Search, source: Source, files: Iterable[OutgoingFile]) -> None:
    """Search the text files of a folder. Blocking."""
    for file in files:
        assert file.found is not None
        try:
            search_file(run, source.name, file, partial(open_found, file.found))
        except (SourceError, OSError) as error:
            known = error if isinstance(error, CogzyError) else SourceError("sources.file_gone", path=file.relative)
            run.problems.append({"name": source.name, "error": known.as_json()})


def search_file(run: Search, part: str, file: OutgoingFile, opened: Callable[[], BinaryIO]) -> None:
    """Search one text file by blocks of whole lines. Of one that grew since it was read, the new end."""
    name = unit_of(part, file.relative)
    run.units.append(name)
    seen, before = f"{file.size}:{file.mtime_ns}", run.memory.unit(name)
    if before is not None and before.signature == seen:
        run.advanced(file.size, file.relative, read=False)
        return
    with opened() as stream:
        read = _ReadBefore()
        grown = before is not None and 0 < before.length <= file.size and read.up_to(stream, before)
        if grown:
            run.advanced(read.size, file.relative, read=False)
            _search_stream(run, name, part, file, stream, read, grown=True)
            return
    with opened() as stream:
        _search_stream(run, name, part, file, stream, _ReadBefore(), grown=False)


def unit_of(part: str, relative: str) -> str:
    """The name under which a file of the vault or of a source is remembered."""
    return f"{VAULT if part == VAULT else f'{SOURCES}/{part}'}/{relative}"


class _ReadBefore:
    """How far a file was read: bytes, lines, and a hash of them."""

    def __init__(self) -> None:
        self.size = 0
        self.lines = 0
        self._digest = hashlib.blake2b(digest_size=16)

    def take(self, block: bytes) -> None:
        """A block more."""
        self.size += len(block)
        self.lines += block.count(b"\n")
        self._digest.update(block)

    def up_to(self, stream: BinaryIO, before: Unit) -> bool:
        """Read as far as an earlier search came; False when that is not what stood there then."""
        while self.size < before.length and (block := stream.read(min(BLOCK, before.length - self.size))):
            self.take(block)
        return self.size == before.length and self.check == before.check

    @property
    def check(self) -> bytes:
        return self._digest.digest()


def _search_stream(
    run: Search, name: str, part: str, file: OutgoingFile, stream: BinaryIO, read: _ReadBefore, *, grown: bool
) -> None:
    found: list[Finding] = []
    seen = f"{file.size}:{file.mtime_ns}"
    whole = Unit(seen, read.size, read.check)  # a line that is being written is read again
    line = b""  # what was read of a line that did not end yet
    for block in _blocks(stream):
        if not read.size and b"\0" in block[:BINARY_LOOK]:
            run.memory.keep(name, Unit(seen), [])
            run.advanced(file.size, file.relative, read=False)
            return
        data = line + block
        if may_hold(data):
            text = data.decode("utf-8", "replace")
            found += run.findings(text, part, file.relative, _line_namer(text, read.lines + 1))
        line = data[data.rfind(b"\n") + 1 :][-LONGEST_LINE:]
        read.take(block)
        if block.endswith(b"\n"):
            whole = Unit(seen, read.size, read.check)
        run.advanced(len(block), file.relative)
    run.memory.keep(name, whole, found, grown=grown)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The rest of a file in blocks that end with a line, unless a line is longer than LONGEST_LINE."""
    rest = b""
    while data := stream.read(BLOCK):
        data = rest + data
        end = data.rfind(b"\n") + 1
        if not end or len(data) - end > LONGEST_LINE:
            end = len(data)
        rest = data[end:]
        yield data[:end]
    if rest:
        yield rest


def _line_namer(text: str, line: int) -> Callable[[int], str]:
    return lambda at: str(line + text.count("\n", 0, at))

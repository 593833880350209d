"""The commit of several files at once. Everything here runs under write.lock.

Each new file is staged beside its target and on the disk; then the journal names the renames; then they happen, the
manifest's last; then the journal goes.

- No journal: the old vault; staged files are rubbish. A journal: the new vault; whoever meets it finishes it.
- Finishing is repeatable: a staged file that is gone has arrived. Nothing overwrites what an earlier commit set aside.
- While a journal stands, a reader can meet files of two generations; so it looks for the journal after reading.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from core.crash_points import crash_point
from core.errors import DamageError
from core.files import COPY_STEP, FileError, fsync_folder, inside, translated, write_atomically
from core.vault.layout import JOURNAL_PATH, MANIFEST_PATH, is_staged_name, staged_name
from core.vault.manifest import Damage, Entry, VaultManifest, encode

CRASH_POINTS = (
    "vault.staging",
    "vault.staged",
    "vault.all_staged",
    "vault.journaled",
    "vault.renamed",
    "vault.all_renamed",
    "vault.journal_dropped",
)
"""The steps of a commit, in order; `staging`, `staged` and `renamed` are passed once for each file."""

_VERSION = 1
_log = logging.getLogger(__name__)


class UnfinishedError(FileError):
    """A commit passed its journal and could not be ended; the next transaction or opening ends it."""


@dataclass(frozen=True)
class Kept:
    """The first `size` bytes of the open old `file` stay as they are; `sha256` is the whole old file's."""

    file: BinaryIO
    size: int
    sha256: str


@dataclass(frozen=True)
class Move:
    """One rename. `aside`: of a damaged file to the place where it is kept, which must not exist yet."""

    source: str
    target: str
    aside: bool = False


def new_transaction() -> str:
    """A name that no other transaction has."""
    return secrets.token_hex(6)


def stage(
    root: Path,
    relative: str,
    transaction: str,
    blocks: Iterable[bytes],
    *,
    kept: Kept | None = None,
    before: Entry | None = None,
) -> Entry:
    """Write `kept` and `blocks` beside `relative`, onto the disk; returns size, mtime and hash.

    Raises FileError when the disk is full, DamageError when the kept file is not the one that was committed.
    """
    path = root / staged_name(relative, transaction)
    digest = hashlib.sha256()
    crash_point("vault.staging")
    with translated(root / relative):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as out:
            for block in _all_blocks(relative, kept, blocks, digest):
                digest.update(block)
                view = memoryview(block)
                while view:
                    view = view[out.write(view) :]
            stat = os.fstat(descriptor)
            if before is not None and before.matches(stat):
                os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1000))  # a change always shows in stat
            os.fsync(descriptor)
            stat = path.stat()
    crash_point("vault.staged")
    return Entry(stat.st_size, stat.st_mtime_ns, digest.hexdigest())


def commit(
    root: Path, transaction: str, staged: Sequence[str], asides: Sequence[Move], manifest: VaultManifest
) -> None:
    """Make the staged files and `manifest` the vault's, all or none, and set damaged ones aside."""
    stage(root, MANIFEST_PATH, transaction, [encode(manifest)])
    crash_point("vault.all_staged")
    puts = [Move(staged_name(name, transaction), name) for name in (*staged, MANIFEST_PATH)]
    moves = (*asides, *puts)
    journal = {"version": _VERSION, "transaction": transaction, "moves": [asdict(move) for move in moves]}
    with translated(root):
        for folder in {Path(move.target).parent for move in moves}:
            fsync_folder(root / folder)
    write_atomically(root / JOURNAL_PATH, json.dumps(journal).encode())
    crash_point("vault.journaled")
    _finish(root, moves)


def in_flight(root: Path) -> bool:
    """Whether a commit is between its journal and its end, here or in another process, or was killed there."""
    return (root / JOURNAL_PATH).exists()


def leftovers(root: Path) -> list[str]:
    """Staged files: of a commit at work, or rubbish of one that was killed before its journal."""
    found = (path for folder in ("corpus", "vectors", "indexes", "sync") for path in (root / folder).glob(".*"))
    return [path.relative_to(root).as_posix() for path in found if is_staged_name(path.name)]


def recover(root: Path) -> Damage | None:
    """Finish a commit that was killed, or drop what one left that never came to its journal.

    A journal that cannot be read is kept aside, with the staged files; its damage is returned.
    """
    try:
        data = (root / JOURNAL_PATH).read_bytes()
    except FileNotFoundError:
        for name in leftovers(root):
            (root / name).unlink(missing_ok=True)
        return None
    try:
        moves = _parse(root, data)
    except (ValueError, KeyError, TypeError, DamageError):
        _log.warning("the journal of the vault is damaged; it and the staged files are kept")
        kept = aside_name(root, JOURNAL_PATH)
        for name in leftovers(root):
            folder, _, staged = name.rpartition("/")
            target = f"{folder}/{staged.removeprefix('.').rsplit('.', 2)[0]}"
            (root / name).rename(root / aside_name(root, target))
        (root / JOURNAL_PATH).rename(root / kept)
        return Damage(JOURNAL_PATH, "vault.journal_damaged", kept)
    _log.info("finishing a commit of %d files that was interrupted", len(moves))
    _finish(root, moves)
    return None


def discard(root: Path, transaction: str, staged: Iterable[str]) -> None:
    """Remove what a transaction staged and will not commit; its journal first, if it came that far."""
    (root / JOURNAL_PATH).unlink(missing_ok=True)
    for name in (*staged, MANIFEST_PATH):
        (root / staged_name(name, transaction)).unlink(missing_ok=True)


def aside_name(root: Path, relative: str) -> str:
    """Where a damaged file is kept: its name with the time, never one that exists."""
    name = f"{relative}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z"
    number = 1
    while (root / name).exists():
        number += 1
        name = f"{name.partition('Z-')[0].removesuffix('Z')}Z-{number}"
    return name


def _finish(root: Path, moves: Sequence[Move]) -> None:
    try:
        for move in moves:
            _rename(root / move.source, root / move.target, move)
            crash_point("vault.renamed")
        for folder in {Path(move.target).parent for move in moves}:
            fsync_folder(root / folder)
        crash_point("vault.all_renamed")
        (root / JOURNAL_PATH).unlink(missing_ok=True)
        # A journal that came back after a power cut would set aside what was written since.
        fsync_folder((root / JOURNAL_PATH).parent)
    except OSError as error:
        raise UnfinishedError(
            "vault.unfinished", path=str(error.filename or root), reason=error.strerror or ""
        ) from error
    crash_point("vault.journal_dropped")


def _rename(source: Path, target: Path, move: Move) -> None:
    if move.aside and target.exists():
        return
    deadline = time.monotonic() + 5
    while True:
        try:
            source.replace(target)
            return
        except FileNotFoundError:
            return  # it has arrived already
        except PermissionError:  # Windows: somebody has the target open just now
            if sys.platform != "win32" or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _all_blocks(
    relative: str, kept: Kept | None, blocks: Iterable[bytes], digest: hashlib._Hash
) -> Iterator[bytes | memoryview]:
    if kept is not None and kept.size:
        kept.file.seek(0)
        left, buffer = kept.size, bytearray(COPY_STEP)
        while left:
            count = kept.file.readinto(memoryview(buffer)[: min(left, COPY_STEP)])  # type: ignore[attr-defined]
            if not count:
                break
            left -= count
            yield memoryview(buffer)[:count]
        whole = digest.copy()
        while rest := kept.file.read(COPY_STEP):
            whole.update(rest)
        if whole.hexdigest() != kept.sha256:
            raise DamageError("vault.hash_differs", path=relative, kept="-")
    yield from blocks


def _parse(root: Path, data: bytes) -> tuple[Move, ...]:
    found = json.loads(data)
    if found["version"] != _VERSION:
        raise ValueError(found["version"])
    moves = tuple(Move(str(m["source"]), str(m["target"]), bool(m["aside"])) for m in found["moves"])
    for move in moves:
        inside(root, move.source)
        inside(root, move.target)
    return moves

"""Reading one generation of the vault, without a lock.

The manifest names the generation and each file's size and mtime. A read counts when every file that was opened is the
named one and then no journal stands and the manifest is still the same. Looking for the journal first is what makes it
safe: a commit that began later cannot have changed what was opened, one that has ended moved the generation. Once
open, a file stays what it is, since commits only rename; so a long read is never started again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from core.errors import BusyError, DamageError
from core.vault.border import readable
from core.vault.integrity import differing, settle
from core.vault.journal import in_flight, leftovers
from core.vault.locks import write_lock
from core.vault.manifest import Entry, VaultManifest, load

T = TypeVar("T")
_WAIT_SECONDS = 30.0
_PAUSE_SECONDS = 0.002
_TRIES = 3


@dataclass(frozen=True)
class Opened:
    """A committed file, open for reading, and what the manifest says of it."""

    relative: str
    file: BinaryIO
    entry: Entry

    def verified(self) -> bytes:
        """All its bytes. Raises DamageError("vault.hash_differs") when they are not those that were committed."""
        data = self.file.read()
        if hashlib.sha256(data).hexdigest() != self.entry.sha256:
            raise DamageError("vault.hash_differs", path=self.relative, kept="-")
        return data


def read(root: Path, names: Sequence[str], use: Callable[[Mapping[str, Opened]], T]) -> T:
    """What `use` makes of the files `names` of one generation; a file that was never there is left out.

    Raises DamageError when one of them is damaged, BusyError when no quiet moment is found for 30 seconds.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    failures = 0
    while True:
        manifest = current(root)
        thorough = False
        with ExitStack() as stack:
            opened = _open(root, names, manifest, stack)
            interrupted = in_flight(root)
            if not interrupted and current(root).generation != manifest.generation:
                continue
            if not interrupted and opened is not None:
                try:
                    return use(opened)
                except DamageError:
                    failures += 1
                    if failures > _TRIES:
                        raise
                    thorough = True
        # A commit is under way or was killed, or a file is not the committed one.
        _settle(root, deadline, thorough=thorough)


def current(root: Path) -> VaultManifest:
    """The vault's manifest; a vault that has none, or a damaged one, gets one first."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            manifest = load(root)
        except DamageError:
            manifest = None
        if manifest is not None:
            return manifest
        _settle(root, deadline)


def refreshed(root: Path) -> VaultManifest:
    """The manifest, after outside edits were taken over and an interrupted commit was ended. Fast when there is
    neither; when another program holds the write lock, the manifest as it is."""
    manifest = current(root)
    if not in_flight(root) and not differing(root, manifest):
        return manifest
    try:
        with write_lock(root, wait_seconds=0):
            return settle(root)
    except BusyError:
        return current(root)


def open_and_settle(root: Path) -> None:
    """What opening a vault takes: end or drop an interrupted commit, adopt outside edits, set damage aside."""
    try:
        manifest = load(root)
    except DamageError:
        manifest = None
    if manifest is None or in_flight(root) or differing(root, manifest):
        with write_lock(root):
            settle(root)
    elif leftovers(root):
        with contextlib.suppress(BusyError), write_lock(root, wait_seconds=0):  # or they are somebody's at work
            settle(root)


def _open(root: Path, names: Sequence[str], manifest: VaultManifest, stack: ExitStack) -> dict[str, Opened] | None:
    opened = {}
    for name in names:
        entry, path = manifest.files.get(name), root / name
        try:
            with readable(path):
                file = stack.enter_context(path.open("rb"))
        except FileNotFoundError:
            if entry is not None:
                return None
            if name in manifest.damaged:
                raise manifest.damaged[name].error() from None
            continue
        if entry is None or not entry.matches(os.fstat(file.fileno())):
            return None
        opened[name] = Opened(name, file, entry)
    return opened


def _settle(root: Path, deadline: float, *, thorough: bool = False) -> None:
    try:
        with write_lock(root, wait_seconds=0):
            settle(root, thorough=thorough)
    except BusyError as error:
        if error.code != "vault.busy" or time.monotonic() > deadline:
            raise
        time.sleep(_PAUSE_SECONDS)

"""The vault's two locks. The system drops both when their holder dies, so neither can be stale.

- owner.lock: one engine per vault, held for the life of its process. A note beside it says who; only while the lock
  is held does the note mean anything.
- write.lock: one transaction, held for milliseconds. Readers take neither.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.errors import BusyError
from core.files import FileError, file_error, write_atomically
from core.vault.layout import OWNER_LOCK, OWNER_NOTE, WRITE_LOCK

if TYPE_CHECKING:
    from filelock import BaseFileLock

OwnerKind = Literal["app", "cli", "worker", "mcp"]
WRITE_WAIT_SECONDS = 30.0
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
_PROBE_SECONDS = 0.25
"""`owner()` looks by taking the lock for an instant; an acquirer that meets one tries again this long."""


@dataclass(frozen=True)
class Owner:
    """Who owns the vault: `app`, `cli`, ..., and its process id (0 while it is just starting)."""

    kind: str
    pid: int


class OwnerLock:
    """The right to run the engine of one vault, for as long as this process holds it."""

    def __init__(self, root: Path, kind: OwnerKind) -> None:
        self.root = root
        self.kind = kind
        self._lock = _file_lock(root / OWNER_LOCK)

    def acquire(self) -> None:
        """Become the owner. Raises BusyError("vault.owned", pid, kind) when another process (or object) is."""
        if not _try(self._lock, self.root, _PROBE_SECONDS):
            other = _noted(self.root)
            raise BusyError("vault.owned", pid=other.pid, kind=other.kind)
        note = json.dumps({"kind": self.kind, "pid": os.getpid(), "since": time.time()}).encode()
        try:
            write_atomically(self.root / OWNER_NOTE, note)
        except BaseException:
            self._lock.release()
            raise
        _held.add(self)

    def release(self) -> None:
        """Give the vault up. Fine when it is not held."""
        _held.discard(self)
        if self._lock.is_locked:
            (self.root / OWNER_NOTE).unlink(missing_ok=True)
            self._lock.release()

    @property
    def held(self) -> bool:
        """Whether this object holds the lock now."""
        return self._lock.is_locked

    def __enter__(self) -> OwnerLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


_held: set[OwnerLock] = set()
"""A lock that nobody refers to any more would be dropped; the owner owns until it says otherwise or ends."""


def owner_lock(root: Path, kind: OwnerKind = "cli") -> OwnerLock:
    """The owner's lock of the vault at `root`, not yet acquired."""
    return OwnerLock(root, kind)


def owner(root: Path) -> Owner | None:
    """Who owns the vault at `root` now, or None. A note that a dead owner left behind does not count."""
    if not (root / OWNER_LOCK).exists():
        return None
    lock = _file_lock(root / OWNER_LOCK)
    if _try(lock, root, 0):
        lock.release()
        return None
    return _noted(root)


@contextlib.contextmanager
def write_lock(root: Path, *, wait_seconds: float = WRITE_WAIT_SECONDS) -> Iterator[None]:
    """Hold the vault's write lock. Raises BusyError("vault.busy") when it stays taken for `wait_seconds`."""
    lock = _file_lock(root / WRITE_LOCK)
    if not _try(lock, root, wait_seconds):
        raise BusyError("vault.busy", path=str(root))
    try:
        yield
    finally:
        lock.release()


def _noted(root: Path) -> Owner:
    try:
        note = json.loads((root / OWNER_NOTE).read_bytes())
        return Owner(str(note["kind"]), int(note["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Owner("unknown", 0)


def _file_lock(path: Path) -> BaseFileLock:
    from filelock import FileLock

    # A soft lock would outlive a killed process, so a file system without locks is an error instead.
    return FileLock(path, mode=0o600, thread_local=False, poll_interval=0.01, fallback_to_soft=False)


def _try(lock: BaseFileLock, root: Path, seconds: float) -> bool:
    from filelock import Timeout

    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        return False
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LOCKS:
            raise file_error(error, root) from error
        raise FileError("vault.no_locks", path=str(root), reason=str(error)) from error
    return True

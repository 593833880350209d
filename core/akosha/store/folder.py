"""The hub's data folder: who works with it, and which shard files it has.

`shards/layout.json` says how many files systems are spread over and which of them were made: one that is gone is then
missed, not silently begun anew. `hub.lock` is dropped by the system when its holder dies.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.akosha.store.errors import StoreError
from core.errors import BusyError, UsageError
from core.files import file_error, translated, write_atomically

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK, _NOTE = "hub.lock", "hub.pid"
_MOST_FILES = 256


class DataFolder:
    """A data folder that this process has for itself until `release`."""

    def __init__(self, root: Path, shard_files: int) -> None:
        """Take the folder, made when it is not there. Raises BusyError("akosha.data_in_use", path, pid)."""
        if not 1 <= shard_files <= _MOST_FILES:
            raise UsageError("akosha.bad_shard_files", wanted=shard_files)
        self.root = root
        self.shards = root / "shards"
        self.staging = root / "staging"
        self.shard_files = shard_files
        with translated(root):
            for folder in (root, self.shards):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(root)
        try:
            with translated(root):
                (root / _NOTE).write_text(str(os.getpid()))
                # Nothing in it outlives the process that put it there.
                shutil.rmtree(self.staging, ignore_errors=True)
                self.staging.mkdir(mode=0o700, exist_ok=True)
            self.files = self._read_layout()
        except BaseException:
            self.release()
            raise

    def made(self, file: int) -> None:
        """A shard file was made: from now on it has to be there."""
        self.files = sorted({*self.files, file})
        layout = {"version": 1, "shard_files": self.shard_files, "files": self.files}
        write_atomically(self.shards / "layout.json", json.dumps(layout).encode())

    def release(self) -> None:
        """Let others have it."""
        if self._lock.is_locked:
            (self.root / _NOTE).unlink(missing_ok=True)
            self._lock.release()

    def _read_layout(self) -> list[int]:
        there = {int(path.stem, 16) for path in self.shards.glob("[0-9a-f][0-9a-f].duckdb")}
        try:
            layout = json.loads((self.shards / "layout.json").read_bytes())
            known, files = int(layout["shard_files"]), {int(file) for file in layout["files"]}
        except FileNotFoundError:
            return sorted(there)
        except (OSError, ValueError, KeyError, TypeError):
            return sorted(there)  # each file says itself what it is; only which ones are missing was known here
        if files and known != self.shard_files:
            raise UsageError("akosha.shard_files_differ", path=str(self.shards), there=known, wanted=self.shard_files)
        return sorted(there | files)


def _locked(root: Path) -> BaseFileLock:
    from filelock import FileLock, Timeout

    # A soft lock would outlive a killed process, so a file system without locks is an error instead.
    lock = FileLock(root / _LOCK, mode=0o600, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError("akosha.data_in_use", path=str(root), pid=_holder(root)) from None
    except NotImplementedError as error:
        raise StoreError("akosha.no_locks", path=str(root), reason=str(error)) from error
    except OSError as error:
        raise file_error(error, root) from error
    return lock


def _holder(root: Path) -> int:
    """Who holds the lock; 0 while that one is just starting."""
    for _ in range(10):
        try:
            return int((root / _NOTE).read_text())
        except (OSError, ValueError):
            time.sleep(0.01)
    return 0

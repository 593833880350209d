"""A database exchanged for another one in its place, while no program has it open.

The database and all that belongs to it (logs, shared memory) go aside together and stay; core.sync.swap sees to it
that a kill leaves the old or the new. The lock that an owner would need is held meanwhile.
"""

from __future__ import annotations

import contextlib
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from core.errors import BusyError
from core.files import inside
from core.sync.swap import Swap, item, swap

_SIDES = {"duckdb": (".wal", ".wal.checkpoint", ".wal.recovery"), "sqlite": ("-wal", "-shm", "-journal")}


def put_in_place(root: Path, kind: str, place: Path, staging: Path, path: str, swap_id: str) -> Swap:
    """Exchange the closed database at `place`, and whatever belongs to it, for the one that was made."""
    with _nobody_else(place):
        kept, incoming = place.with_name(f"{place.name}.before-{swap_id}"), inside(staging, path)
        if place.exists():
            incoming.chmod(stat.S_IMODE(place.stat().st_mode))
        ends = (*_SIDES[kind], "")  # the old log goes first: no moment may pair it with the new database
        items = [item(*(each.with_name(each.name + end) for each in (place, kept, incoming))) for end in ends]
        exchange = Swap(swap_id, "in_place", tuple(i for i in items if i.brings or i.place.exists()), staging)
        swap(root, exchange)
    return exchange


def must_be_closed(place: Path) -> None:
    """Raise BusyError while a program has the database open, as far as the system tells."""
    from core.sources import holder

    found = holder(place)
    if found is not None:
        raise BusyError("restore.source_in_use", path=str(place), holder=f"{found.program} (pid {found.pid})")


@contextlib.contextmanager
def _nobody_else(place: Path) -> Iterator[None]:
    """Hold the lock that the database's owner would need, while it is exchanged."""
    must_be_closed(place)
    if not place.exists():
        yield
        return
    try:
        file = place.open("r+b")
    except PermissionError as error:
        raise BusyError(
            "restore.source_in_use", path=str(place), holder="a program, or the file's permissions,"
        ) from error
    with file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BusyError("restore.source_in_use", path=str(place), holder="another program") from error
            yield
            return
    yield

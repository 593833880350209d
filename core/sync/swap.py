"""Several files or folders exchanged as one: kill -9 at any moment leaves all of the old or all of the new.

Invariants
- Nothing is overwritten or deleted: what stood at a place is moved aside, whole, by a rename.
- Place, aside and incoming of an item lie on one file system.
- The journal is the decision. It is written when everything incoming is on the disk: without it the old stands, with
  it `recover` completes the exchange. A living process that cannot go on rolls back, and removes the journal last.
- First everything old goes aside, in order; then everything new comes in, in reverse order. So "the aside is there"
  and "the incoming is gone" always say exactly how far it came.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from dataclasses import dataclass
from pathlib import Path

from core.crash_points import crash_point
from core.errors import DamageError
from core.files import FileError, file_error, fsync_folder, remove_tree, translated, write_atomically
from core.vault.layout import SWAP_JOURNAL

STEPS = ("journaled", "aside", "in", "swapped", "closed")


@dataclass(frozen=True)
class Item:
    """One name. `brings`: something comes in; otherwise the place is only cleared."""

    place: Path
    aside: Path
    incoming: Path
    brings: bool


@dataclass(frozen=True)
class Swap:
    """An exchange. `kind` names its crash points; `spent` is the folder of the incoming things, removed at the end:
    with all that is left in it when it is `private`, else only as far as it is empty."""

    id: str
    kind: str
    items: tuple[Item, ...]
    spent: Path
    private: bool = True


def item(place: Path, aside: Path, incoming: Path) -> Item:
    """The item for what is on the disk now."""
    return Item(place, aside, incoming, incoming.exists())


def swap(root: Path, exchange: Swap) -> None:
    """Do `exchange`, journaled below the vault `root`. Everything incoming must already be on the disk.

    Raises FileError when the file system refuses; the old is then back in its place.
    """
    _write_journal(root, exchange)
    crash_point(f"{exchange.kind}.journaled")
    try:
        _forward(exchange)
    except OSError as error:
        _back(exchange)
        _remove_journal(root)
        raise file_error(error, exchange.items[0].place) from error
    _close(root, exchange)


def recover(root: Path) -> Swap | None:
    """Complete the exchange whose journal a dead process left below `root`; None when there is none.

    Raises DamageError when the journal cannot be read, FileError when the file system refuses (then once more later).
    """
    from core.vault.locks import write_lock

    if pending(root) is None:
        return None
    with write_lock(root):
        exchange = pending(root)
        if exchange is not None:
            with translated(exchange.items[0].place):
                _forward(exchange)
                _close(root, exchange)
    return exchange


def pending(root: Path) -> Swap | None:
    """The exchange that a journal below `root` tells of."""
    path = root / SWAP_JOURNAL
    try:
        data = json.loads(path.read_bytes())
        items = tuple(
            Item(root / i["place"], root / i["aside"], root / i["incoming"], bool(i["brings"])) for i in data["items"]
        )
        return Swap(str(data["id"]), str(data["kind"]), items, root / data["spent"], bool(data["private"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise DamageError("swap.journal_damaged", path=str(path)) from error
    except OSError as error:
        raise FileError("files.not_readable", path=str(path), reason=error.strerror or str(error)) from error


def _write_journal(root: Path, exchange: Swap) -> None:
    def shown(path: Path) -> str:
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path.absolute())

    items = [
        {"place": shown(i.place), "aside": shown(i.aside), "incoming": shown(i.incoming), "brings": i.brings}
        for i in exchange.items
    ]
    data = {"id": exchange.id, "kind": exchange.kind, "items": items, "spent": shown(exchange.spent)}
    write_atomically(root / SWAP_JOURNAL, json.dumps({**data, "private": exchange.private}, indent=1).encode())


def _forward(exchange: Swap) -> None:
    for one in exchange.items:
        if one.place.exists() and not one.aside.exists() and (one.incoming.exists() or not one.brings):
            one.aside.parent.mkdir(parents=True, exist_ok=True)
            _rename(one.place, one.aside)
            crash_point(f"{exchange.kind}.aside")
    for one in reversed(exchange.items):
        if one.brings and one.incoming.exists():
            one.place.parent.mkdir(parents=True, exist_ok=True)
            if one.place.is_dir():
                remove_empty(one.place)
            if one.place.exists():  # made by another program while a dead process had left the place empty
                _rename(one.place, _stray(one.aside))
            _rename(one.incoming, one.place)
            crash_point(f"{exchange.kind}.in")
    crash_point(f"{exchange.kind}.swapped")


def _back(exchange: Swap) -> None:
    """Undo what `_forward` did so far. A failure here leaves the journal, and the next start goes forward."""
    with translated(exchange.items[0].place):
        for one in exchange.items:
            if one.brings and not one.incoming.exists():
                _rename(one.place, one.incoming)
        for one in reversed(exchange.items):
            if one.aside.exists():
                _rename(one.aside, one.place)


def _close(root: Path, exchange: Swap) -> None:
    _remove_journal(root)
    crash_point(f"{exchange.kind}.closed")
    if exchange.private:
        remove_tree(exchange.spent)
    else:
        remove_empty(exchange.spent)


def remove_empty(folder: Path) -> None:
    """Remove `folder` as far as it holds nothing but empty folders."""
    for path in sorted((p for p in folder.rglob("*") if p.is_dir() and not p.is_symlink()), reverse=True):
        with contextlib.suppress(OSError):
            path.rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _remove_journal(root: Path) -> None:
    path = root / SWAP_JOURNAL
    with translated(path):
        path.unlink(missing_ok=True)
        fsync_folder(path.parent)


def _rename(source: Path, target: Path) -> None:
    source.rename(target)
    for folder in {source.parent, target.parent}:
        fsync_folder(folder)


def _stray(aside: Path) -> Path:
    names = (aside.with_name(f"{aside.name}.stray-{number}") for number in itertools.count(1))
    return next(name for name in names if not name.exists())

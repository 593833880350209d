"""What of a vault has changed since it was indexed.

The index remembers a line for each record, in the order of its file (`LINE`): the hash of its bytes, and all else that
its place in the index depends on. Records are compared as whole columns; only what is new in the file, or stands under
another vector, is looked at. A record keeps its label while its bytes or its id stay, in whatever place of the file.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.memory.lines import HASH

if TYPE_CHECKING:
    from core.memory.contents import Contents, Entry, Key, Part

LINE = np.dtype(
    [
        ("hash", HASH),
        ("label", "<i8"),
        ("vector", "<u8"),  # its digest; 0: none whose model is known
        ("names", "<u8", (2,)),  # hashes: the conversation of a turn; id and conversation of an episode; 0: none
        ("whole", "?"),  # an episode whose turns are there too
        ("placed", "?"),  # its place in the file counts
    ]
)
"""What is remembered of a record."""
Lines = NDArray[np.void]
_BATCH = 1000


@dataclass(frozen=True)
class Known:
    """What was indexed of one part of the vault. `model`: that made its vectors."""

    model: str | None
    lines: Lines


NOTHING = Known(None, np.empty(0, LINE))
Stored = Callable[[Iterable[int]], Iterator[tuple[int, "Key", bytes]]]
"""Label, key and content of the records under some labels, in their order."""


@dataclass(frozen=True)
class Differences:
    """The entries to put under their labels, the labels that are gone, and what is to be known then."""

    entries: Mapping[int, Entry]
    gone: tuple[int, ...]
    known: Mapping[str, Known]
    next_label: int


def differences(
    contents: Contents, stored: Stored, stale: Iterable[int], next_label: int, go_on: Callable[[], None]
) -> Differences:
    """What has changed between `contents.known` and `contents`. Entries under `stale` labels are put once more.

    `go_on` is called now and then, and ends it by raising.
    """
    again = np.fromiter(stale, np.int64)
    entries: dict[int, Entry] = {}
    now: dict[str, Known] = {}
    covered = np.empty(0, np.uint64)
    for part in contents.parts:
        lines, changed, next_label = _compared(part, contents.known.get(part.name, NOTHING), stored, next_label, go_on)
        if part.is_nodes:
            covered = lines["names"][lines["names"] != 0]
        elif part.is_episodes:
            lines["whole"] = np.isin(lines["names"], covered).any(axis=1)
            before = contents.known.get(part.name, NOTHING).lines
            was_whole = np.isin(lines["label"], before["label"][before["whole"]])
            changed |= lines["whole"] != was_whole
        changed |= np.isin(lines["label"], again)
        for at in np.flatnonzero(changed).tolist():
            entries[int(lines["label"][at])] = part.entry(at, bool(lines["whole"][at]))
            if len(entries) % _BATCH == 0:
                go_on()
        now[part.name] = Known(part.model, lines)
    labels = _labels(contents.known)
    gone = labels[~np.isin(labels, _labels(now))]
    return Differences(entries, tuple(gone.tolist()), now, next_label)


def _compared(
    part: Part, known: Known, stored: Stored, next_label: int, go_on: Callable[[], None]
) -> tuple[Lines, NDArray[np.bool_], int]:
    """The lines of `part`, which of them changed, and the next label. `whole` is left open."""
    before, places = known.lines, part.lines.before.copy()
    lines = np.zeros(len(places), LINE)
    lines["hash"], lines["vector"] = part.lines.hashes, part.marks
    same = places >= 0
    for name in ("label", "names", "placed"):
        lines[name][same] = before[name][places[same]]
    fresh = np.flatnonzero(~same)
    left = _left(before, places[same], stored) if len(fresh) else {}
    written: list[tuple[int, tuple[int, int], bool]] = []
    changed = ~same
    for number, at in enumerate(fresh.tolist()):
        if number % _BATCH == 0:
            go_on()
        record = part.lines.record(at)
        content, names, placed = part.content(at), part.names_of(record), part.is_placed(record)
        if waiting := left.get(part.key_of(record, content)):
            places[at], digest = waiting.popleft()
            changed[at] = digest != _digest(content)  # the same record may only be written otherwise
            written.append((int(before["label"][places[at]]), names, placed))
        else:
            written.append((next_label, names, placed))
            next_label += 1
    if written:
        lines["label"][fresh], lines["names"][fresh], lines["placed"][fresh] = map(list, zip(*written, strict=True))
    kept = np.flatnonzero(places >= 0)
    was = before[places[kept]]
    changed[kept] |= (lines["vector"][kept] != was["vector"]) | (lines["placed"][kept] & (places[kept] != kept))
    if part.model != known.model:
        changed |= lines["vector"] != 0
    return lines, changed, next_label


def _left(before: Lines, same: NDArray[np.int64], stored: Stored) -> dict[Key, deque[tuple[int, bytes]]]:
    """The records that are not in the file as they were: their places and digests by key, first ones first."""
    missing = np.ones(len(before), bool)
    missing[same] = False
    gone = np.flatnonzero(missing)
    places = dict(zip(before["label"][gone].tolist(), gone.tolist(), strict=True))
    left: dict[Key, deque[tuple[int, bytes]]] = defaultdict(deque)
    for label, key, content in stored(places):
        left[key].append((places[label], _digest(content)))
    return {key: deque(sorted(some)) for key, some in left.items()}


def _labels(known: Mapping[str, Known]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, np.int64), *(one.lines["label"] for one in known.values())])


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()

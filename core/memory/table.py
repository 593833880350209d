"""The rows of an index: attributes to filter by, and who stands next to whom in a conversation.

A row is never changed, only added and marked dead; a replaced memory gets a new row. Everything here is numpy columns
beside the vectors, so that a filter is an exact mask over the rows before anything is ranked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.memory.columns import Column, Ints, LabelMap
from core.memory.index_types import Filter, IndexRecord
from core.memory.tokens import term_hash

ROW = np.dtype(
    [
        ("label", "<i8"),
        ("created", "<f8"),  # NaN: not known
        ("position", "<i8"),
        ("conversation", "<u8"),  # hash of its name; 0: none
        ("system", "<i4"),
        ("kind", "<i4"),
        ("project", "<i4"),  # -1: none
        ("length", "<i4"),  # terms
        ("group", "<i4"),  # of its vector; -1: none
        ("slot", "<i4"),
        ("scale", "<f4"),
    ]
)
"""What a row is on the disk."""
NO_POSITION = np.iinfo(np.int64).min
NEIGHBOUR_WEIGHTS = (0.5, 0.25)
"""What the words of the turns one and two steps away count."""
_FURTHEST = 1 << 62
_NAMED = ("system", "kind", "project")
_NARROW = (*_NAMED, "group", "length", "position")
_SIEVE = 1 << 16
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """A snapshot. `before` and `after` are the neighbours of each row, -1 for none; only living rows are linked."""

    label: NDArray[np.int64]
    created: NDArray[np.float64]
    conversation: NDArray[np.uint64]
    system: Ints
    kind: Ints
    project: Ints
    length: Ints
    group: Ints
    slot: NDArray[np.int32]
    alive: Mask
    before: NDArray[np.int32]
    after: NDArray[np.int32]
    names: Mapping[str, Mapping[str, int]]

    def __len__(self) -> int:
        return len(self.label)

    @cached_property
    def near(self) -> tuple[tuple[NDArray[np.int32], NDArray[np.int32]], ...]:
        """Neighbours one and two steps away: pairs of (before, after), -1 for none."""
        before, after = np.append(self.before, np.int32(-1)), np.append(self.after, np.int32(-1))
        return (self.before, self.after), (before[self.before], after[self.after])

    @cached_property
    def linked(self) -> Ints:
        """The rows that have a neighbour."""
        return np.flatnonzero((self.before >= 0) | (self.after >= 0))

    @cached_property
    def window_lengths(self) -> NDArray[np.float32]:
        """The terms of each row and, weighted, of its neighbours."""
        own = np.append(self.length, 0).astype(np.float32)
        lengths = own[:-1].copy()
        if len(self.linked):
            for weight, sides in zip(NEIGHBOUR_WEIGHTS, self.near, strict=True):
                for side in sides:
                    lengths += np.float32(weight) * own[side]
        return lengths

    def mask(self, wanted: Filter) -> Mask:
        """Which rows may be found."""
        mask = self.alive
        for name, values in zip(_NAMED, (wanted.systems, wanted.kinds, wanted.projects), strict=True):
            if values is not None:
                mask = mask & self._one_of(name, values)
        if wanted.after is not None:
            mask = mask & (self.created >= wanted.after)
        if wanted.before is not None:
            mask = mask & (self.created < wanted.before)
        if wanted.labels is not None:
            mask = mask & np.isin(self.label, np.fromiter(wanted.labels, np.int64, len(wanted.labels)))
        if wanted.conversations is not None:
            hashes = [term_hash(name) for name in wanted.conversations]
            mask = mask & np.isin(self.conversation, np.array(hashes, np.uint64))
        return mask

    def with_neighbours(self, mask: Mask) -> Mask:
        """`mask`, and the neighbours of its rows."""
        if mask is self.alive or not len(self.linked):
            return mask
        wider = np.append(mask, False)  # the last stands for -1
        chosen = self.linked[mask[self.linked]]
        for sides in self.near:
            for side in sides:
                wider[side[chosen]] = True
        return wider[:-1]

    def _one_of(self, name: str, values: Collection[str]) -> Mask:
        codes = self.names[name]
        wanted = np.zeros(len(codes) + 1, bool)  # the last stands for -1
        wanted[[codes[value] for value in values if value in codes]] = True
        found: Mask = wanted[getattr(self, name)]
        return found


class RowTable:
    """The rows, for one writer; `snapshot` is for any number of readers."""

    def __init__(
        self,
        stored: NDArray[np.void] | None = None,
        alive: Mask | None = None,
        names: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        stored = np.empty(0, ROW) if stored is None else stored
        assert ROW.names is not None
        kept = [name for name in ROW.names if name != "scale"]  # its group knows it
        self._columns = {name: Column(ROW[name], stored[name], narrow=name in _NARROW) for name in kept}
        self._alive = Column(np.bool_, np.ones(len(stored), bool) if alive is None else alive)
        self._before = Column(np.int32, np.full(len(stored), -1))
        self._after = Column(np.int32, np.full(len(stored), -1))
        self._names = {name: {value: code for code, value in enumerate((names or {}).get(name, ()))} for name in _NAMED}
        living = np.flatnonzero(self._alive.peek())
        labels = self._columns["label"].peek()
        self._labels = LabelMap(labels if len(living) == len(labels) else labels[living], living)
        self.living = len(living)
        self._link(living)

    def __len__(self) -> int:
        return len(self._alive)

    @property
    def names(self) -> dict[str, list[str]]:
        """The values behind the codes of systems, kinds and projects, in order."""
        return {name: list(codes) for name, codes in self._names.items()}

    def describe(self, records: Sequence[IndexRecord], lengths: Sequence[int]) -> NDArray[np.void]:
        """Rows for `records`, without vectors; new systems, kinds and projects get their codes."""
        rows = np.empty(len(records), ROW)
        for name in _NAMED:
            rows[name] = [self._code(name, getattr(record, name)) for record in records]
        rows["label"] = [record.label for record in records]
        rows["created"] = [np.nan if record.created_at is None else record.created_at for record in records]
        rows["position"] = [_position(record) for record in records]
        rows["conversation"] = [0 if one.conversation is None else term_hash(one.conversation) for one in records]
        rows["length"] = lengths
        rows["group"], rows["slot"] = -1, -1
        return rows

    def append(self, rows: NDArray[np.void]) -> None:
        """Add `rows`, whose labels are all different; what had these labels dies."""
        first = len(self)
        old = self._kill(rows["label"])
        for name, column in self._columns.items():
            column.append(rows[name])
        self._alive.append(np.ones(len(rows), bool))
        for links in (self._before, self._after):
            links.append(np.full(len(rows), -1, np.int32))
        self._labels.put(rows["label"], np.arange(first, len(self)))
        self.living += len(rows)
        self._relink(np.concatenate([old, np.arange(first, len(self))]))

    def delete(self, labels: Ints) -> int:
        """Mark the rows of `labels` dead; returns how many there were."""
        before = self.living
        old = self._kill(labels)
        self._labels.put(labels, np.full(len(labels), -1))
        self._relink(old)
        return before - self.living

    def find(self, labels: Ints) -> Ints:
        """The living rows of `labels`; labels that are not there are left out."""
        rows = self._labels.find(labels)
        return rows[rows >= 0]

    def groups_of(self, rows: Ints) -> Ints:
        """The vector group of each row, -1 for none."""
        groups: Ints = self._columns["group"].peek()[rows]
        return groups

    def stored(self, first: int = 0) -> NDArray[np.void]:
        """The rows from `first` on, as they are written to the disk, but for the scales of their vectors."""
        rows = np.zeros(len(self) - first, ROW)
        for name, column in self._columns.items():
            rows[name] = column.peek()[first:]
        return rows

    def alive(self) -> Mask:
        """Which rows live, for the writer alone."""
        return self._alive.peek()

    def snapshot(self) -> Rows:
        """The rows as they are now, for good."""
        shown = {name: column.snapshot() for name, column in self._columns.items() if name != "position"}
        return Rows(
            **shown,
            alive=self._alive.snapshot(),
            before=self._before.snapshot(),
            after=self._after.snapshot(),
            names=self._names,
        )

    def _code(self, name: str, value: str | None) -> int:
        codes = self._names[name]
        return -1 if value is None else codes.setdefault(value, len(codes))

    def _kill(self, labels: Ints) -> Ints:
        rows = self.find(labels)
        self._alive.change(rows, False)
        self._before.change(rows, -1)
        self._after.change(rows, -1)
        self.living -= len(rows)
        return rows

    def _relink(self, rows: Ints) -> None:
        """Link anew the conversations that `rows` are or were in."""
        threads = self._threads(rows)
        rows, threads = rows[threads != 0], threads[threads != 0]
        if not len(rows):
            return
        conversations = self._columns["conversation"].peek()
        sieve = np.zeros(_SIEVE, bool)
        sieve[conversations[rows] % np.uint64(_SIEVE)] = True
        near = np.flatnonzero(sieve[(conversations % np.uint64(_SIEVE)).astype(np.int32)] & self._alive.peek())
        self._link(near[np.isin(self._threads(near), threads)])

    def _link(self, rows: Ints) -> None:
        """Link `rows`, all the living rows of some conversations."""
        threads = self._threads(rows)
        rows, threads = rows[threads != 0], threads[threads != 0]
        if not len(rows):
            return
        positions = self._columns["position"].peek()[rows]
        order = np.lexsort((self._columns["label"].peek()[rows], positions, threads))
        rows, threads = rows[order], threads[order]
        same = threads[1:] == threads[:-1]
        self._before.change(rows, np.where(np.append(False, same), np.roll(rows, 1), -1))
        self._after.change(rows, np.where(np.append(same, False), np.roll(rows, -1), -1))

    def _threads(self, rows: Ints) -> NDArray[np.uint64]:
        """One number for each (system, conversation) that orders its rows; 0 for rows without neighbours."""
        conversation, position = (self._columns[name].peek()[rows] for name in ("conversation", "position"))
        system = self._columns["system"].peek()[rows].astype(np.uint64) + np.uint64(1)
        threads = (conversation + system * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
        alone = (conversation == 0) | (position == NO_POSITION)
        return np.where(alone, np.uint64(0), threads)


def _position(record: IndexRecord) -> int:
    if record.position is None:
        return int(NO_POSITION)
    return max(-_FURTHEST, min(_FURTHEST, record.position))

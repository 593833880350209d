"""Numpy columns that grow, with cheap snapshots: what a reader was given never changes under it.

Whole numbers are kept as narrow as they are: most of what is known of a million rows fits a byte.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Ints = NDArray[np.signedinteger[Any]]
AnyArray = NDArray[Any]
_SMALLEST = 256
_SIGNED = tuple(map(np.dtype, ("i1", "i2", "i4", "i8")))


class Column:
    """One array. The writer appends behind every snapshot, and copies before it changes what a snapshot holds."""

    def __init__(self, dtype: DTypeLike, values: AnyArray | None = None, *, narrow: bool = False) -> None:
        """`narrow`: whole numbers of at most `dtype`, in the narrowest type that holds all there are."""
        self._array: AnyArray = np.empty(0, dtype) if values is None else np.ascontiguousarray(values, dtype)
        self._narrow = narrow
        if narrow:
            self._array = self._array.astype(_fitting(self._array))
        self._size = self._shared = len(self._array)

    def __len__(self) -> int:
        return self._size

    def append(self, values: AnyArray) -> None:
        """Add `values` at the end."""
        size = self._size + len(values)
        kept = self._array.dtype
        if self._narrow:
            kept = max(kept, _fitting(values), key=lambda one: one.itemsize)
        if size > len(self._array) or kept != self._array.dtype:
            grown = np.empty(max(_SMALLEST, size, len(self._array) * 3 // 2), kept)
            grown[: self._size] = self._array[: self._size]
            self._array = grown
        self._array[self._size : size] = values
        self._size = size

    def change(self, rows: Ints, values: AnyArray | int | bool) -> None:
        """Set `rows` to `values`; snapshots keep the old ones."""
        if not len(rows):
            return
        if int(rows.min()) < self._shared:
            self._array = self._array.copy()
            self._shared = 0
        self._array[rows] = values

    def peek(self) -> AnyArray:
        """All values, for the writer alone."""
        return self._array[: self._size]

    def snapshot(self) -> AnyArray:
        """All values, for good."""
        self._shared = self._size
        return self._array[: self._size]


def _fitting(values: AnyArray) -> np.dtype[Any]:
    """The narrowest signed type that holds `values`, whole numbers."""
    least, most = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    return next(one for one in _SIGNED if np.iinfo(one).min <= least and most <= np.iinfo(one).max)


class LabelMap:
    """Row by label: sorted arrays of at most 12 bytes each, and a dict of the newest. For the writer alone.

    Labels that rise are kept as they come, so that they may be those of a column; rows that count from 0, not at all.
    """

    def __init__(self, labels: Ints | None = None, rows: Ints | None = None) -> None:
        self._recent: dict[int, int] = {}
        self._labels = np.empty(0, np.int64)
        self._rows: NDArray[np.int32] | None = None  # 0, 1, 2, ...
        if labels is not None and rows is not None:
            self._sort(labels, rows.astype(np.int32))

    def find(self, labels: Ints) -> Ints:
        """The row of each label; -1 where there is none."""
        found = np.full(len(labels), -1, np.int64)
        if len(self._labels):
            at = np.minimum(np.searchsorted(self._labels, labels), len(self._labels) - 1)
            known = self._labels[at] == labels
            found[known] = at[known] if self._rows is None else self._rows[at[known]]
        if self._recent:
            for number, label in enumerate(labels.tolist()):
                found[number] = self._recent.get(label, found[number])
        return found

    def put(self, labels: Ints, rows: Ints) -> None:
        """Each label now has this row; -1 takes it away."""
        self._recent.update(zip(labels.tolist(), rows.tolist(), strict=True))
        if len(self._recent) > max(4096, len(self._labels) // 8):
            recent = np.fromiter(self._recent, np.int64, len(self._recent))
            kept = ~np.isin(self._labels, recent)
            old = np.flatnonzero(kept) if self._rows is None else self._rows[kept]
            newest = np.fromiter(self._recent.values(), np.int32, len(self._recent))
            self._sort(
                np.concatenate([self._labels[kept], recent[newest >= 0]]),
                np.concatenate([old.astype(np.int32), newest[newest >= 0]]),
            )
            self._recent = {}

    def _sort(self, labels: Ints, rows: NDArray[np.int32]) -> None:
        if not np.all(labels[1:] > labels[:-1]):
            order = np.argsort(labels, kind="stable")
            labels, rows = labels[order], rows[order]
        self._labels = labels
        self._rows = None if np.array_equal(rows, np.arange(len(rows))) else rows

"""Numpy columns that grow, with cheap snapshots: what a reader was given never changes under it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Ints = NDArray[np.signedinteger[Any]]
AnyArray = NDArray[Any]
_SMALLEST = 256


class Column:
    """One array. The writer appends behind every snapshot, and copies before it changes what a snapshot holds."""

    def __init__(self, dtype: DTypeLike, values: AnyArray | None = None) -> None:
        self._array: AnyArray = np.empty(0, dtype) if values is None else np.ascontiguousarray(values, dtype)
        self._size = self._shared = len(self._array)

    def __len__(self) -> int:
        return self._size

    def append(self, values: AnyArray) -> None:
        """Add `values` at the end."""
        size = self._size + len(values)
        if size > len(self._array):
            grown = np.empty(max(_SMALLEST, size, len(self._array) * 3 // 2), self._array.dtype)
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


class LabelMap:
    """Row by label, in 12 bytes each: sorted arrays, and a dict of the newest. For the writer alone."""

    def __init__(self, labels: Ints | None = None, rows: Ints | None = None) -> None:
        self._recent: dict[int, int] = {}
        self._labels = np.empty(0, np.int64)
        self._rows = np.empty(0, np.int32)
        if labels is not None and rows is not None:
            self._sort(labels, rows.astype(np.int32))

    def find(self, labels: Ints) -> Ints:
        """The row of each label; -1 where there is none."""
        found = np.full(len(labels), -1, np.int64)
        if len(self._labels):
            at = np.minimum(np.searchsorted(self._labels, labels), len(self._labels) - 1)
            known = self._labels[at] == labels
            found[known] = self._rows[at[known]]
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
            newest = np.fromiter(self._recent.values(), np.int32, len(self._recent))
            self._sort(
                np.concatenate([self._labels[kept], recent[newest >= 0]]),
                np.concatenate([self._rows[kept], newest[newest >= 0]]),
            )
            self._recent = {}

    def _sort(self, labels: Ints, rows: NDArray[np.int32]) -> None:
        order = np.argsort(labels, kind="stable")
        self._labels, self._rows = labels[order], rows[order]

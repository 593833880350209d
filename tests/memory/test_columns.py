"""Columns of an index: what a reader was given stays, and a narrow column holds whatever comes."""

from __future__ import annotations

import numpy as np
import pytest

from core.memory.columns import Column, LabelMap

ENDS = [-1, 0, 127, 128, -129, 32_767, 32_768, -(1 << 31), 1 << 31, 1 << 62, -(1 << 63), (1 << 63) - 1]


@pytest.mark.parametrize("first", [0, 1, 5])
def test_a_narrow_column_holds_what_comes_and_its_snapshots_stay(first: int) -> None:
    column = Column(np.int64, np.array(ENDS[:first], np.int64), narrow=True)
    shown = []
    for end in ENDS[first:]:
        column.append(np.array([end, -1]))
        shown.append((column.snapshot(), column.peek().tolist()))
    assert all(snapshot.tolist() == then for snapshot, then in shown)
    assert column.peek().tolist() == ENDS[:first] + [value for end in ENDS[first:] for value in (end, -1)]


def test_a_narrow_column_of_small_numbers_takes_a_byte_each() -> None:
    column = Column(np.int32, np.full(1000, 7), narrow=True)
    column.append(np.array([-1, 127], np.int32))
    assert column.peek().itemsize == 1


@pytest.mark.parametrize("labels", [[3, 5, 9, 12], [9, 3, 12, 5]])
@pytest.mark.parametrize("first", [0, 4])
def test_the_row_of_each_label_is_found_after_thousands_of_changes(labels: list[int], first: int) -> None:
    rows = np.arange(first, first + 4)
    found = LabelMap(np.array(labels), rows)
    known = dict(zip(labels, rows.tolist(), strict=True))
    for step in range(3):
        fresh = np.arange(100, 5100) + 50 * step
        found.put(fresh, fresh + step)
        found.put(np.array([labels[step]]), np.array([-1]))
        known |= {label: label + step for label in fresh.tolist()} | {labels[step]: -1}
    asked = np.array([*known, 77])
    assert found.find(asked).tolist() == [*known.values(), -1]

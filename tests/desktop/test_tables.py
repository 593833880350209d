"""Tables of any length: sorted, filtered, copied, exported; ten thousand rows in steps that nobody notices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.window.tables import Column, Table, rendered

MANY = 10_000
STEP = 0.05
Row = tuple[int, str]


@pytest.fixture
def table(qapp: QApplication) -> Iterator[Table[Row]]:
    columns: list[Column[Row]] = [
        Column("Number", lambda row: str(row[0]), lambda row: row[0], right=True),
        Column("Word", lambda row: row[1], stretch=True),
    ]
    made: Table[Row] = Table(columns, "table", "Rows")
    made.resize(500, 400)
    made.show()
    yield made
    made.deleteLater()


def fill(table: Table[Row], rows: list[Row]) -> None:
    table.rows.replace(rendered(table.rows.columns, rows))


def took(step: Callable[[], object]) -> float:
    """The shortest of three tries on this thread's own clock, with what Qt does afterwards."""
    times = []
    for _ in range(3):
        started = time.thread_time()
        step()
        QApplication.sendPostedEvents()
        times.append(time.thread_time() - started)
    return min(times)


def test_ten_thousand_rows_are_filtered_sorted_and_scrolled_in_small_steps(table: Table[Row]) -> None:
    fill(table, [(at, f"word {at % 97}") for at in range(MANY)])
    assert took(lambda: table.rows.show_only("word 9")) < STEP
    assert took(lambda: table.rows.show_only()) < STEP
    assert took(lambda: table.sortByColumn(0, Qt.SortOrder.DescendingOrder)) < STEP
    assert took(lambda: table.sortByColumn(1, Qt.SortOrder.AscendingOrder)) < STEP
    scroll = table.verticalScrollBar()
    for at in range(0, scroll.maximum(), max(1, scroll.maximum() // 20)):
        assert took(lambda at=at: (scroll.setValue(at), table.viewport().repaint())) < STEP  # type: ignore[misc]


def test_every_word_of_a_filter_must_be_there(table: Table[Row]) -> None:
    fill(table, [(1, "Blue sky"), (2, "blue Sea"), (3, "green sea")])
    table.rows.show_only("BLUE sea")
    assert table.rows.shown == [(2, "blue Sea")]
    table.rows.show_only("", lambda row: row[0] > 1)
    assert [row[0] for row in table.rows.shown] == [2, 3]


def test_numbers_sort_as_numbers(table: Table[Row]) -> None:
    fill(table, [(10, "b"), (9, "a"), (100, "c")])
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert [row[0] for row in table.rows.shown] == [9, 10, 100]


def test_what_is_selected_stays_selected_while_it_is_shown(table: Table[Row]) -> None:
    fill(table, [(1, "a"), (2, "b"), (3, "c")])
    table.selectRow(1)
    table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert table.selected() == [(2, "b")]
    table.rows.show_only("c")
    assert table.selected() == []


def test_rows_are_added_at_the_end_and_the_first_ones_forgotten(table: Table[Row]) -> None:
    table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    table.rows.append([(at, "x") for at in range(5)])
    table.rows.show_only("x", lambda row: row[0] != 3)
    table.rows.append([(5, "x"), (6, "y")], most=4)
    assert [row[0] for row in table.rows.rows] == [3, 4, 5, 6]
    assert [row[0] for row in table.rows.shown] == [4, 5]


def test_rows_are_copied_with_tabs_and_exported_as_csv(table: Table[Row]) -> None:
    fill(table, [(1, 'say "a, b"'), (2, "two\nlines")])
    table.selectAll()
    table.copy()
    assert QGuiApplication.clipboard().text() == '1\t"say ""a, b"""\n2\t"two\nlines"\n'
    assert table.as_csv() == 'Number,Word\n1,"say ""a, b"""\n2,"two\nlines"\n'


def test_a_cell_of_several_lines_is_shown_in_one(table: Table[Row]) -> None:
    fill(table, [(1, "two\nlines")])
    index = table.rows.index(0, 1)
    assert "\n" not in table.rows.data(index)
    assert table.rows.data(index, Qt.ItemDataRole.ToolTipRole) == "two\nlines"

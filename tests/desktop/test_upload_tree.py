"""Uploads by computer and day: the newest first, and what a person opened and chose stays so."""

from __future__ import annotations

import time

import pytest
from PySide6.QtGui import QGuiApplication

from desktop.palette import Appearance
from desktop.text import date_time
from desktop.window.tables import widest_date
from desktop.window.upload_tree import UploadTree, tree_of
from tests.desktop.stage import uploads

NOON = 1_790_000_000.0


@pytest.mark.usefixtures("qapp")
def test_uploads_are_grouped_by_computer_and_day_the_newest_first() -> None:
    root = tree_of(uploads(12, NOON)[:-1])
    assert [system.cells[0] for system in root.children] == ["workstation-of-ada-91bd", "laptop-a-7f3c"]
    laptop = root.children[1]
    assert laptop.cells[3] == "8 uploads"
    times = [str(up.upload["uploaded_at"]) for day in laptop.children for up in day.children if up.upload]
    assert times == sorted(times, reverse=True)
    assert len(times) == 8
    assert len(laptop.children) > 2
    assert all(day.cells[3].split()[0] == str(len(day.children)) for day in laptop.children)


@pytest.fixture
def tree(appearance: Appearance) -> UploadTree:
    made = UploadTree(appearance)
    made.show_uploads(uploads(12, NOON))
    return made


def test_a_short_list_is_open_and_a_long_one_at_the_newest_day_of_each(tree: UploadTree) -> None:
    def open_days() -> int:
        root = tree.uploads.root
        return sum(tree.isExpanded(tree.uploads.index_of(day)) for system in root.children for day in system.children)

    assert open_days() == sum(len(system.children) for system in tree.uploads.root.children)
    tree.show_uploads(uploads(400, time.time()))
    assert open_days() < 20


def test_what_is_closed_and_chosen_stays_so_when_other_uploads_come(tree: UploadTree) -> None:
    chosen = str(tree.shown[0]["upload_id"])
    tree.select(chosen)
    laptop = tree.uploads.root.children[1]
    tree.collapse(tree.uploads.index_of(laptop))
    picked: list[bool] = []
    tree.picked.connect(lambda: picked.append(True))
    newer = {**uploads(1, NOON + 60)[0], "upload_id": "20260921_999999_000_workstation-of-ada-91bd_aaaaaa"}
    tree.show_uploads([newer, *uploads(12, NOON)])
    now = tree.selected()
    assert now is not None
    assert now["upload_id"] == chosen
    assert not tree.isExpanded(tree.uploads.index_of(tree.uploads.root.children[1]))
    assert tree.isExpanded(tree.uploads.index_of(tree.uploads.root.children[0]))
    assert picked


def test_a_computer_or_a_day_is_no_upload(tree: UploadTree) -> None:
    tree.setCurrentIndex(tree.uploads.index_of(tree.uploads.root.children[0]))
    assert tree.selected() is None
    tree.copy()
    assert QGuiApplication.clipboard().text() == "workstation-of-ada-91bd\t4 uploads"


@pytest.mark.usefixtures("qapp")
def test_columns_of_times_have_room_for_every_month() -> None:
    weeks = range(53)
    assert all(len(date_time(NOON + week * 7 * 86_400)) <= len(widest_date()) for week in weeks)

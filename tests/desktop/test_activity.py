"""The activity of ninety days and the live log: listed, filtered, copied, exported, explained."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget

from core.sync.events import Sync, SyncFinished
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.window.activity import ActivityPage, details
from desktop.window.log import LogPage, parsed
from desktop.window.parts import MARGIN
from tests.desktop.rig.waiting import until
from tests.desktop.stage import StageModel, runs

pytestmark = pytest.mark.usefixtures("qloop")


async def listed(stage: StageModel, appearance: Appearance) -> ActivityPage:
    page = ActivityPage(stage, appearance)
    page.resize(900, 600)
    page.show()
    page.shown()
    await until(lambda: page.table.rows.rowCount() == len(stage.runs))
    return page


def field(page: QWidget, name: str) -> Any:
    return page.findChild(QWidget, name)


async def test_every_run_is_listed_newest_first_and_nothing_is_cut_off(
    stage: StageModel, appearance: Appearance
) -> None:
    page = await listed(stage, appearance)
    starts = [run["started_at"] for run in page.table.rows.shown]
    assert starts == sorted(starts, reverse=True)
    place = page.table.mapTo(page, page.table.rect().topLeft())
    assert place.x() >= MARGIN
    assert place.x() + page.table.width() <= page.width() - MARGIN
    page.hidden()


async def test_runs_are_filtered_by_how_they_ended_and_by_words(stage: StageModel, appearance: Appearance) -> None:
    page = await listed(stage, appearance)
    outcome, words = field(page, "activity_outcome"), field(page, "activity_filter")
    assert isinstance(outcome, QComboBox)
    assert isinstance(words, QLineEdit)
    outcome.setCurrentIndex(outcome.findData("failed"))
    assert {run["outcome"] for run in page.table.rows.shown} == {"failed"}
    words.setText("refused START")
    assert {run["trigger"] for run in page.table.rows.shown} == {"launch"}
    assert field(page, "activity_count").text() == "1 run"
    page.hidden()


async def test_the_details_of_a_run_name_each_method_and_the_next_step(
    stage: StageModel, appearance: Appearance
) -> None:
    page = await listed(stage, appearance)
    failed = next(at for at, run in enumerate(page.table.rows.shown) if run["outcome"] == "failed")
    page.table.selectRow(failed)
    label = field(page, "activity_details")
    assert isinstance(label, QLabel)
    assert "Cloud: The storage refused the key" in label.text()
    assert "Hub: skipped. Not set up" in label.text()
    field(page, "activity_copy").click()
    assert "The storage refused the key" in QGuiApplication.clipboard().text()
    page.hidden()


async def test_what_is_shown_is_exported_as_csv_and_json(
    stage: StageModel, appearance: Appearance, tmp_path: Path
) -> None:
    page = await listed(stage, appearance)
    field(page, "activity_filter").setText("failed")
    await page.export(tmp_path / "a.csv")
    await page.export(tmp_path / "a.json")
    lines = list(csv.reader((tmp_path / "a.csv").read_text().splitlines()))
    assert lines[0][0] == "When"
    assert len(lines) - 1 == page.table.rows.rowCount() > 0
    assert json.loads((tmp_path / "a.json").read_text()) == page.table.rows.shown
    page.hidden()


async def test_a_run_that_ends_is_listed_at_once(stage: StageModel, appearance: Appearance) -> None:
    page = await listed(stage, appearance)
    stage.runs = runs(41)
    stage.happened.emit(SyncFinished({}))
    await until(lambda: page.table.rows.rowCount() == 41)
    page.hidden()


async def test_ten_thousand_runs_are_filtered_in_small_steps(stage: StageModel, appearance: Appearance) -> None:
    stage.runs = runs(10_000)
    page = await listed(stage, appearance)
    for text in ("r", "re", "refused", "sent cloud"):
        started = time.thread_time()
        field(page, "activity_filter").setText(text)
        QApplication.sendPostedEvents()
        assert time.thread_time() - started < 0.05
    started = time.thread_time()
    page.table.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    assert time.thread_time() - started < 0.05
    page.hidden()


async def test_a_sync_that_finds_nothing_new_is_said_so(model: AppModel, appearance: Appearance) -> None:
    await model.run(Sync())
    await model.run(Sync())
    newest, first = await model.history()
    assert (first["outcome"], newest["outcome"]) == ("succeeded", "unchanged")
    assert "Upload" in details(first)


# ---------------------------------------------------------------------- the log


async def following(stage: StageModel, appearance: Appearance) -> LogPage:
    page = LogPage(stage, appearance)
    page.resize(900, 500)
    page.show()
    page.shown()
    await until(lambda: page.table.rows.rowCount() > 0)
    return page


async def test_the_log_is_shown_as_it_grows(stage: StageModel, appearance: Appearance) -> None:
    page = await following(stage, appearance)
    assert page.table.rows.shown[0].text == "started"
    with (stage.vault / "logs" / "cogzy.log").open("a") as file:
        file.write("2026-09-21 11:03:00,000 INFO 9 desktop.app: something new\n")
    await until(lambda: page.table.rows.shown[-1].text == "something new")
    page.hidden()


async def test_a_rotated_log_is_followed_and_no_record_is_lost(stage: StageModel, appearance: Appearance) -> None:
    page = await following(stage, appearance)
    log = stage.vault / "logs" / "cogzy.log"
    with log.open("a") as file:
        file.write("2026-09-21 11:04:00,000 INFO 9 desktop.app: the last of the old one\n")
    log.rename(log.with_name("cogzy.log.1"))
    log.write_text("2026-09-21 11:04:01,000 INFO 9 desktop.app: the first of the new one\n")
    await until(lambda: page.table.rows.shown[-1].text == "the first of the new one")
    assert page.table.rows.shown[-2].text == "the last of the old one"
    page.hidden()


async def test_the_log_is_filtered_by_level_and_words(stage: StageModel, appearance: Appearance) -> None:
    page = await following(stage, appearance)
    level = field(page, "log_level")
    level.setCurrentIndex(level.findData("WARNING"))
    assert {record.level for record in page.table.rows.shown} == {"WARNING", "ERROR"}
    page.focus(words="refused")
    assert [record.level for record in page.table.rows.shown] == ["ERROR"]
    page.focus(words="no such words")
    assert field(page, "log_none").isVisible()
    page.hidden()


async def test_records_are_read_whole_and_copied(stage: StageModel, appearance: Appearance) -> None:
    page = await following(stage, appearance)
    page.table.selectRow(page.table.rows.rowCount() - 1)
    assert "a line of it" in field(page, "log_record").text()
    field(page, "log_copy").click()
    assert "the bucket refused the key" in QGuiApplication.clipboard().text()
    page.hidden()


def test_lines_that_begin_no_record_belong_to_the_one_before() -> None:
    records = parsed("junk\n2026-01-01 00:00:00,000 ERROR 1 core.x: it broke\nTraceback\n  at y\n")
    assert [record.text for record in records] == ["it broke\nTraceback\n  at y"]

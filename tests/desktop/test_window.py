"""The window: its header, pages, method cards, sources and vault."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from core import settings as saved
from core.errors import CogzyError
from core.sync.events import Cancel, Progress, Sync
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.window.overview import OverviewPage
from desktop.window.shell import PAGES, StatusWindow
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import settled, until
from tests.desktop.stage import DAY, REFUSED, UNREACHABLE, StageModel, states, status_of

pytestmark = pytest.mark.usefixtures("qloop")


def find(window: QWidget, name: str) -> Any:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found


def opened(model: AppModel, appearance: Appearance) -> StatusWindow:
    window = StatusWindow(model, appearance)
    window.show()
    return window


def is_whole(label: QLabel) -> bool:
    """Whether all of a label's text has room in it."""
    needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
    return label.height() >= needed and (label.wordWrap() or label.width() >= label.sizeHint().width())


# ---------------------------------------------------------------------- the header


@pytest.mark.parametrize("name", sorted(states()))
async def test_no_state_has_a_clipped_sentence_even_in_the_smallest_window(
    name: str, stage: StageModel, appearance: Appearance
) -> None:
    window = opened(stage, appearance)
    window.resize(window.minimumSize())
    stage.show(*states()[name])
    await settled(window, stage)
    for label in (find(window, "sentence"), find(window, "progress_detail")):
        assert label.isHidden() or is_whole(label), label.text()
    window.deleteLater()


async def test_a_run_shows_its_bar_bytes_and_cancel(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    stage.show(status_of("syncing"), Progress("sending", 3, 8, 31_000_000, 118_000_000, 1.2e6, 10.0))
    bar = find(window, "progress_bar")
    assert isinstance(bar, QProgressBar)
    assert bar.isVisible()
    assert bar.value() == round(1000 * 31 / 118)
    assert find(window, "progress_detail").text() == "31.0 MB of 118.0 MB"
    find(window, "action_button").click()
    await until(lambda: Cancel() in stage.asked)
    assert not find(window, "action_button").isEnabled()
    assert "nothing that was sent is lost" in find(window, "progress_detail").text()
    stage.show(status_of())
    assert not bar.isVisible()
    assert find(window, "action_button").isEnabled()
    window.deleteLater()


async def test_sync_now_asks_for_a_sync_at_once(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    started = time.thread_time()
    find(window, "action_button").click()
    await until(lambda: Sync() in stage.asked)
    assert time.thread_time() - started < 0.2
    window.deleteLater()


# ---------------------------------------------------------------------- pages


async def test_every_page_is_reached_by_keyboard(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    pages = find(window, "page_list")
    pages.setFocus()
    pages.setCurrentRow(0)
    for at in range(1, len(PAGES)):
        QTest.keyClick(pages, Qt.Key.Key_Down)
        assert pages.currentRow() == at
    window.deleteLater()


async def test_a_problem_is_said_over_the_page_and_can_be_put_away(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    stage.problem.emit(REFUSED)
    assert window.message_bar.isVisible()
    assert find(window, "message_title").text() == "The storage refused the key"
    find(window, "message_close").click()
    assert not window.message_bar.isVisible()
    window.deleteLater()


async def test_a_wrong_setting_opens_the_settings_on_its_field(
    tmp_path: Path, stage: StageModel, appearance: Appearance
) -> None:
    path = saved.config_path(stage.vault)
    path.write_text(path.read_text().replace('"ada-memories"', '"Not A Bucket"'))
    stage.settings = saved.load(stage.vault, {})
    asked: list[tuple[str, object]] = []
    stage.opened.connect(lambda page, focus: asked.append((page, focus)))
    window = opened(stage, appearance)
    await until(lambda: asked)
    assert asked == [("settings", {"field": "cloud_bucket"})]
    window.deleteLater()


# ---------------------------------------------------------------------- methods


async def test_a_card_tells_what_was_sent_and_copies_the_upload(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    assert find(window, "cloud_state").text() == "Working"
    assert find(window, "cloud_sent").text() == "3 files, 42 rows"
    assert find(window, "cloud_wire").text() == "48 kB for 118.0 MB"
    assert find(window, "cloud_took").text() == "1.4 s"
    upload = find(window, "cloud_upload")
    assert upload.toolTip() == stage.status["methods"]["cloud"]["upload_id"]
    find(window, "cloud_copy").click()
    assert QGuiApplication.clipboard().text() == upload.toolTip()
    window.deleteLater()


async def test_a_failed_method_says_why_and_when_it_is_tried_again(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    stage.show(states()["error"][0])
    assert find(window, "cloud_state").text() == "Failed"
    assert find(window, "cloud_problem").text() == "The storage refused the key"
    assert find(window, "cloud_next").text().startswith("about ")
    assert not find(window, "cloud_details").isVisible()
    find(window, "cloud_more").click()
    assert "make a new key" in find(window, "cloud_details").text()
    assert "storage.key_refused" in find(window, "cloud_details").text()
    find(window, "cloud_retry").click()
    await until(lambda: Sync() in stage.asked)
    window.deleteLater()


async def test_a_fallback_is_shown_on_both_cards(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    stage.show(states()["attention_hub_only"][0])
    assert find(window, "cloud_state").text() == "Not reachable"
    assert "The hub took the rows instead" in find(window, "cloud_note").text()
    assert find(window, "http_state").text() == "Standing in"
    assert "The storage cannot be reached" in find(window, "http_note").text()
    window.deleteLater()


async def test_the_cards_stand_below_each_other_in_a_narrow_window(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    cloud, hub = find(window, "method_cloud"), find(window, "method_http")
    await settled(window, stage)
    assert cloud.y() == hub.y()
    window.resize(window.minimumSize())
    await settled(window, stage)
    assert hub.y() > cloud.y() + cloud.height()
    assert not find(window, "status_page").horizontalScrollBar().isVisible()
    window.deleteLater()


async def test_what_was_skipped_refused_or_not_confirmed_is_said(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    example = {"id": "n7", "error": UNREACHABLE.as_json()}
    stage.show(status_of(http={"skipped": "sync.not_needed", "refused": {"count": 3, "examples": [example]}}))
    assert "Skipped by the last sync: Not needed" in find(window, "http_note").text()
    assert find(window, "http_problem").text() == "3 rows were refused"
    find(window, "http_more").click()
    assert "n7" in find(window, "http_details").text()
    stage.show(status_of(http={"confirmed": False}))
    assert find(window, "http_state").text() == "Not confirmed"
    assert find(window, "http_set_up").text() == "Confirm…"
    window.deleteLater()


async def test_a_method_that_is_not_set_up_offers_it(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    asked: list[tuple[str, object]] = []
    stage.opened.connect(lambda page, focus: asked.append((page, focus)))
    stage.show(states()["setup_needed"][0])
    assert find(window, "cloud_state").text() == "Not set up"
    find(window, "cloud_set_up").click()
    assert asked == [("settings", {"section": "cloud"})]
    window.deleteLater()


# ---------------------------------------------------------------------- sources and the vault


async def test_a_source_in_use_names_its_program_and_its_last_copy(stage: StageModel, appearance: Appearance) -> None:
    database = stage.vault.parent / "in-use.duckdb"
    database.write_bytes(b"x")
    words = [
        sys.executable,
        "-c",
        f"f = open({str(database)!r}, 'rb'); import time; print(1, flush=True); time.sleep(60)",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as other:  # noqa: ASYNC220
        assert other.stdout is not None
        other.stdout.readline()
        status = status_of()
        status["sources"] = [{**status["sources"][0], "path": str(database)}]
        stage.show(status)
        window = opened(stage, appearance)
        label = find(window, "source_session-buddy-reflection")
        async with asyncio.timeout(10):  # a look ends after 15 ms, found or not: on a busy machine it takes several
            while "In use by" not in label.text():
                window.open("log")
                window.open("status")
                await asyncio.sleep(0.1)
        assert f"(pid {other.pid}), copied safely" in label.text()
        other.kill()
    window.deleteLater()


async def test_what_was_deleted_here_and_kept_there_is_counted(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    kept = find(window, "source_claude-code_kept")
    assert kept.text() == "412 transcripts kept that Claude Code has deleted here"
    window.deleteLater()


async def test_a_source_is_switched_off_where_it_stands(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    find(window, "source_session-buddy-reflection_on").click()
    await until(lambda: not stage.settings.settings.sources.session_buddy_reflection)
    assert stage.settings.settings.sources.session_buddy_on == {"session-buddy-knowledge-graph"}
    find(window, "source_notes_on").click()
    await until(lambda: stage.settings.settings.sources.extra[0].enabled)
    assert saved.load(stage.vault, {}).settings.sources.extra[0].enabled
    window.deleteLater()


async def test_a_source_can_be_tried(home: Home, model: AppModel, appearance: Appearance) -> None:
    window = opened(model, appearance)
    find(window, "source_session-buddy-reflection_test").click()
    label = find(window, "source_session-buddy-reflection")
    await until(lambda: label.text().startswith("It can be read"))
    home.computer.reflections.unlink()
    find(window, "source_session-buddy-reflection_test").click()
    await until(lambda: not label.text().startswith("It can be read"))
    window.deleteLater()


async def test_transcripts_that_were_deleted_here_are_kept_and_counted(
    home: Home, model: AppModel, appearance: Appearance
) -> None:
    home.set_up({"sources.claude_code": True})
    await model.run(Sync())
    next(path for path in home.computer.transcripts.rglob("*") if path.is_file()).unlink()
    model.refresh()
    await until(lambda: any(source.get("kept") for source in model.status["sources"]))
    window = opened(model, appearance)
    assert find(window, "source_claude-code_kept").text() == "1 transcript kept that Claude Code has deleted here"
    window.deleteLater()


async def test_damage_is_named_with_what_to_do(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    assert not find(window, "vault_bring_back").isVisible()
    stage.show(states()["attention_damaged"][0])
    assert find(window, "vault_nodes").text() == "damaged"
    assert "corpus/nodes.json" in find(window, "vault_damage").text()
    asked: list[str] = []
    stage.opened.connect(lambda page, _: asked.append(page))
    find(window, "vault_bring_back").click()
    assert asked == ["snapshots"]
    window.deleteLater()


async def test_damage_with_which_nothing_is_lost_asks_for_nothing_back(
    stage: StageModel, appearance: Appearance
) -> None:
    window = opened(stage, appearance)
    hurt = {"path": "indexes/faiss.index", "problem": "vault.derived_damaged", "quarantined": "aside"}
    stage.show({**stage.status, "vault": {**(stage.status.get("vault") or {}), "damage": [hurt]}})
    assert "made again by itself" in find(window, "vault_damage").text()
    assert not find(window, "vault_bring_back").isVisible()
    window.deleteLater()


async def test_a_page_that_is_hidden_hears_nothing(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    before = find(window, "cloud_success").text()
    window.open("log")
    stage.show(status_of(cloud={"last_success": time.time() - 2 * DAY}))
    assert find(window, "cloud_success").text() == before
    window.open("status")
    assert find(window, "cloud_success").text() == "2 days ago"
    window.deleteLater()


async def test_colours_change_with_everything_open(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    for page in PAGES:
        window.open(page)
    for mode in ("dark", "contrast", "light"):
        appearance.use(mode)  # type: ignore[arg-type]
    assert find(window, "action_button").text() == "Sync now"
    window.deleteLater()
    await asyncio.sleep(0)
    appearance.use("dark")  # nothing that is gone is drawn


def test_the_pictures_of_one_view_are_taken(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.desktop.screenshots", str(tmp_path), "--scale", "2", "--language", "pseudo"]
    environ = {**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([*words, "--only", "page-log"], check=True, env=environ, capture_output=True)
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        "page-log-200-pseudo-dark.png",
        "page-log-200-pseudo-light.png",
        "page-log-small-200-pseudo-dark.png",
        "page-log-small-200-pseudo-light.png",
    ]


async def test_an_error_whose_code_nobody_knows_is_still_a_sentence(stage: StageModel, appearance: Appearance) -> None:
    window = opened(stage, appearance)
    stage.show(status_of("error", error=CogzyError("from.the.future").as_json()))
    assert find(window, "sentence").text() == "The last sync failed"
    button = find(window, "action_button")
    assert isinstance(button, QPushButton)
    assert button.text() == "Fix…"
    window.deleteLater()


async def test_the_size_of_a_source_gives_way_before_the_page_gets_too_wide(
    stage: StageModel, appearance: Appearance
) -> None:
    window = opened(stage, appearance)
    status = states()["idle"][0]
    status["sources"] = [{**status["sources"][0], "rows": 10**15}]
    stage.show(status)
    window.resize(window.minimumSize())
    await settled(window, stage)
    assert window.findChild(OverviewPage).horizontalScrollBar().maximum() == 0


async def test_a_window_that_is_closed_again_and_again_leaves_no_timer_running(
    stage: StageModel, appearance: Appearance
) -> None:
    window = opened(stage, appearance)
    stage.show(*states()["idle"])
    for page in ("status", "log"):
        window.open(page)
        await settled(window, stage)
        running = ticking(window)
        assert running
        for _ in range(10):
            window.hide()
            assert not ticking(window)
            window.show()
        assert ticking(window) == running


def ticking(window: QWidget) -> list[QTimer]:
    """The timers of a window that go on and on."""
    return [timer for timer in window.findChildren(QTimer) if timer.isActive() and not timer.isSingleShot()]

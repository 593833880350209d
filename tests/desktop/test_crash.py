"""Unexpected errors are told once, a native crash of the last run at the next start, and nothing is sent."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from core.diagnose import report_parts
from desktop.crash import NATIVE, NATIVE_BEFORE, CrashDialog, CrashWatch, take_native
from desktop.model import AppModel
from desktop.palette import Appearance
from tests.desktop.rig.waiting import until

TRACE = 'Traceback (most recent call last):\n  File "desktop/app.py", line 12, in slot\nRuntimeError: {}'
CRASH = """
import ctypes, sys
from pathlib import Path
from desktop.crash import take_native
take_native(Path(sys.argv[1]))
ctypes.string_at(0)
"""


@pytest.fixture
def opened(still_model: AppModel) -> list[tuple[str, object]]:
    """What was opened."""
    found: list[tuple[str, object]] = []
    still_model.opened.connect(lambda page, focus: found.append((page, focus)))
    return found


def test_an_error_is_told_once_and_few_in_all(still_model: AppModel, opened: list[tuple[str, object]]) -> None:
    CrashWatch(still_model)
    for number in (1, 1, 2, 3, 4, 5):
        still_model.crashed.emit(TRACE.format(number))
    assert opened == [("crash", {"trace": TRACE.format(number)}) for number in (1, 2, 3)]


@pytest.mark.usefixtures("qloop")
async def test_an_error_of_a_thread_is_told_by_the_windows_own(
    still_model: AppModel, opened: list[tuple[str, object]]
) -> None:
    watch = CrashWatch(still_model)
    told_in: list[int] = []
    still_model.opened.connect(lambda *_: told_in.append(threading.get_ident()))
    await asyncio.to_thread(still_model.crashed.emit, TRACE.format("of a thread"))
    await until(lambda: opened)
    assert told_in == [threading.get_ident()]
    assert watch.parent() is still_model


def test_a_native_crash_is_found_at_the_next_start_and_kept(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path)], capture_output=True, check=False)
    assert ended.returncode < 0
    trace = take_native(tmp_path)
    assert "Segmentation fault" in trace
    assert (tmp_path / "logs" / NATIVE_BEFORE).read_text() == trace
    assert take_native(tmp_path) == ""
    assert (tmp_path / "logs" / NATIVE).stat().st_mode & 0o77 == 0
    assert f"logs/{NATIVE_BEFORE}" in report_parts(tmp_path, {})


def test_a_run_that_ended_as_it_should_leaves_nothing_to_tell(tmp_path: Path) -> None:
    assert take_native(tmp_path) == ""
    assert take_native(tmp_path) == ""


def test_without_a_place_for_the_trace_the_app_runs_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    assert take_native(tmp_path) == ""


def test_the_dialog_says_it_in_words_and_hides_secrets(still_model: AppModel, appearance: Appearance) -> None:
    dialog = CrashDialog(still_model, appearance)
    dialog.focus(trace=TRACE.format("token=abcdef123456"))
    assert dialog._title.text() == "Something unexpected happened"
    assert "Traceback" not in dialog._text.text()
    assert dialog.details.isHidden()
    dialog._more.setChecked(True)
    assert not dialog.details.isHidden()
    copy = dialog.findChild(QPushButton, "crash_copy")
    assert copy is not None
    copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "RuntimeError" in copied
    assert "abcdef123456" not in copied
    dialog.focus(trace="a second one")
    assert dialog.details.toPlainText().endswith("a second one")
    dialog.focus(trace="Fatal Python error", native=True)
    assert "last time" in dialog._title.text()
    dialog.deleteLater()


def test_a_report_is_offered(still_model: AppModel, appearance: Appearance, opened: list[tuple[str, object]]) -> None:
    dialog = CrashDialog(still_model, appearance)
    export = dialog.findChild(QPushButton, "crash_export")
    assert export is not None
    export.click()
    assert opened == [("diagnostics", {})]
    dialog.deleteLater()

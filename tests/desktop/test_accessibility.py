"""Every window and dialog by keyboard, by name and at 200 %: nothing unnamed, out of reach or clipped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QWidget,
)

from desktop import text
from desktop.palette import Appearance
from tests.desktop.rig.waiting import settled
from tests.desktop.stage import StageModel
from tests.desktop.views import every_window, shown

pytestmark = pytest.mark.usefixtures("qloop")


def focusable(view: QWidget) -> list[QWidget]:
    """What Tab stops at. The insides of Qt's own controls belong to them."""
    return [
        widget
        for widget in view.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox)
        and not widget.objectName().startswith("qt_")
    ]


def unnamed(view: QWidget) -> list[tuple[str, str, str]]:
    """What takes the focus and has no name to speak, or none to find it by."""
    found = []
    for widget in focusable(view):
        spoken = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        if not spoken or not widget.objectName():
            found.append((type(widget).__name__, widget.objectName(), spoken))
    return found


def twice(said: Iterable[str]) -> list[str]:
    return [one for one, count in Counter(said).items() if count > 1]


def mnemonics(view: QWidget) -> list[str]:
    texts = [widget.text() for widget in view.findChildren(QAbstractButton) if widget.isVisible()]
    texts += [label.text() for label in view.findChildren(QLabel) if label.buddy() is not None and label.isVisible()]
    return [found[0].casefold() for one in texts if (found := re.findall(r"&(\w)", one.replace("&&", "")))]


def reached_by_tab(view: QWidget) -> set[str]:
    """The names of what has the focus once, while Tab is pressed more than often enough to come back."""
    stops = focusable(view)
    stops[0].setFocus()
    seen: set[str] = set()
    for _ in range(3 * len(stops) + 5):
        at = view.focusWidget()
        assert at is not None
        seen.add((at.focusProxy() or at).objectName())
        QTest.keyClick(at, Qt.Key.Key_Tab)
    return seen


@every_window
async def test_everything_has_a_name_of_its_own_is_reached_by_tab_and_escape_closes_dialogs(
    name: str, stage: StageModel, appearance: Appearance
) -> None:
    view = await shown(name, stage, appearance)
    assert not unnamed(view)
    names = [widget.objectName() for widget in focusable(view)]
    assert not twice(names)
    assert not twice(mnemonics(view))
    assert set(names) <= reached_by_tab(view)
    if isinstance(view, QDialog):
        closed: list[int] = []
        view.finished.connect(closed.append)
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert closed == [QDialog.DialogCode.Rejected]
    else:
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert view.isVisible()
        view.hide()


def clipped(view: QWidget) -> list[str]:
    """Texts and controls that have less room than they need."""
    found = []
    for widget in view.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QLabel | QAbstractButton | QComboBox | QLineEdit):
            continue
        if isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox | QLineEdit):
            continue
        if isinstance(widget, QLabel) and (not widget.text() or not widget.pixmap().isNull()):
            continue
        needed = widget.minimumSizeHint()
        height = widget.heightForWidth(widget.width()) if widget.hasHeightForWidth() else needed.height()
        if widget.height() < height or (widget.width() < needed.width() and not widget.hasHeightForWidth()):
            shown = getattr(widget, "text", str)()
            found.append(
                f"{type(widget).__name__} {widget.objectName()} {shown!r}: {widget.size()} < {needed} {height}"
            )
    return found


async def has_room(name: str, stage: StageModel, appearance: Appearance) -> None:
    """Nothing of that view is clipped, as it comes and as small as it can be made."""
    view = await shown(name, stage, appearance)
    assert not clipped(view)
    view.resize(view.minimumSize().expandedTo(view.minimumSizeHint()))
    await settled(view, stage)
    assert not clipped(view)
    view.close()


@every_window
async def test_nothing_is_clipped(name: str, stage: StageModel, appearance: Appearance) -> None:
    await has_room(name, stage, appearance)


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[None]:
    """Every text a third longer."""
    language = text.Language(None, qapp)
    qapp.installTranslator(language)
    yield
    qapp.removeTranslator(language)


@every_window
@pytest.mark.usefixtures("pseudo")
async def test_nothing_is_clipped_in_a_language_a_third_longer(
    name: str, stage: StageModel, appearance: Appearance
) -> None:
    await has_room(name, stage, appearance)


def test_at_200_per_cent_all_of_it_holds_and_german_has_room_too(tmp_path: Path) -> None:
    """In a process of its own: Qt takes the scale when it starts."""
    words = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'inner'}"]
    german = Path(__file__).with_name("test_translations_shown.py")
    which = ["-k", "test_nothing_is_clipped and not longer and (test_accessibility or page)", __file__, str(german)]
    environ = {**os.environ, "QT_SCALE_FACTOR": "2"}
    done = subprocess.run([*words, *which], capture_output=True, text=True, env=environ, timeout=110, check=False)
    assert done.returncode == 0, done.stdout[-4000:]

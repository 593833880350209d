"""Every window and dialog by keyboard, by name and at 200 %: nothing unnamed, out of reach or clipped."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
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

from core.sync.events import PreviewReset
from desktop import text
from desktop.palette import Appearance
from desktop.settings import SettingsDialog
from desktop.settings.security import PassphraseDialog, RecoveryKeyDialog
from desktop.window.files import FilesDialog
from desktop.window.reset import ResetDialog
from desktop.window.shell import PAGES, StatusWindow
from tests.desktop import stage as staging
from tests.desktop.stage import StageModel

pytestmark = pytest.mark.usefixtures("qloop")
SECTIONS = ("general", "cloud", "hub", "sources", "limits", "security")
Make = Callable[[StageModel, Appearance], QWidget]


def _page(name: str) -> Make:
    def make(model: StageModel, appearance: Appearance) -> QWidget:
        window = StatusWindow(model, appearance)
        model.show(staging.states()["attention_hub_only"][0])
        window.open(name)
        return window

    return make


def _section(name: str) -> Make:
    def make(model: StageModel, appearance: Appearance) -> QWidget:
        dialog = SettingsDialog(model, appearance)
        dialog.draft.set("cloud_bucket", "Not A Bucket")
        dialog.focus(section=name)
        return dialog

    return make


def _reset(model: StageModel, appearance: Appearance) -> QWidget:
    model.answers[PreviewReset] = staging.preview(refused=True)
    return ResetDialog(model, appearance)


def _passphrase(model: StageModel, appearance: Appearance) -> QWidget:
    return PassphraseDialog("Encrypt the cloud copy", "A new copy is begun.", SettingsDialog(model, appearance))


def _recovery(model: StageModel, appearance: Appearance) -> QWidget:
    return RecoveryKeyDialog("ABCD-EFGH-" * 6, SettingsDialog(model, appearance))


VIEWS: dict[str, Make] = {
    **{f"page-{name}": _page(name) for name in PAGES},
    **{f"settings-{name}": _section(name) for name in SECTIONS},
    "reset": _reset,
    "files": lambda model, appearance: FilesDialog(model, appearance, "20260921_101302_417_laptop-a-7f3c_q8w2e1"),
    "passphrase": _passphrase,
    "recovery": _recovery,
}
every_view = pytest.mark.parametrize("name", sorted(VIEWS))


async def shown(name: str, model: StageModel, appearance: Appearance) -> QWidget:
    view = VIEWS[name](model, appearance)
    view.show()
    view.activateWindow()
    await asyncio.sleep(0.1)
    return view


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


@every_view
async def test_everything_that_takes_the_focus_has_a_name(name: str, stage: StageModel, appearance: Appearance) -> None:
    view = await shown(name, stage, appearance)
    unnamed = []
    for widget in focusable(view):
        spoken = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        if not spoken or not widget.objectName():
            unnamed.append((type(widget).__name__, widget.objectName(), spoken))
    assert not unnamed
    view.close()


@every_view
async def test_object_names_are_unique(name: str, stage: StageModel, appearance: Appearance) -> None:
    view = await shown(name, stage, appearance)
    names = Counter(widget.objectName() for widget in focusable(view))
    assert not [one for one, count in names.items() if count > 1]
    view.close()


@every_view
async def test_tab_reaches_everything_and_comes_back(name: str, stage: StageModel, appearance: Appearance) -> None:
    view = await shown(name, stage, appearance)
    wanted = {widget.objectName() for widget in focusable(view)}
    focusable(view)[0].setFocus()
    seen: set[str] = set()
    for _ in range(3 * len(wanted) + 5):
        at = view.focusWidget()
        assert at is not None
        seen.add((at.focusProxy() or at).objectName())
        QTest.keyClick(at, Qt.Key.Key_Tab)
    assert wanted <= seen
    view.close()


@every_view
async def test_escape_closes_every_dialog(name: str, stage: StageModel, appearance: Appearance) -> None:
    view = await shown(name, stage, appearance)
    if isinstance(view, QDialog):
        closed: list[int] = []
        view.finished.connect(closed.append)
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert closed == [QDialog.DialogCode.Rejected]
    else:
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert view.isVisible()
        view.hide()


@every_view
async def test_mnemonics_are_unique(name: str, stage: StageModel, appearance: Appearance) -> None:
    view = await shown(name, stage, appearance)
    texts = [widget.text() for widget in view.findChildren(QAbstractButton) if widget.isVisible()]
    texts += [label.text() for label in view.findChildren(QLabel) if label.buddy() is not None and label.isVisible()]
    letters = Counter(found[0].casefold() for one in texts if (found := re.findall(r"&(\w)", one.replace("&&", ""))))
    assert not [letter for letter, count in letters.items() if count > 1]
    view.close()


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


@every_view
async def test_nothing_is_clipped(name: str, stage: StageModel, appearance: Appearance) -> None:
    view = await shown(name, stage, appearance)
    assert not clipped(view)
    view.resize(view.minimumSize().expandedTo(view.minimumSizeHint()))
    await asyncio.sleep(0.1)
    assert not clipped(view)
    view.close()


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[None]:
    """Every text a third longer."""
    language = text.Language(None, qapp)
    qapp.installTranslator(language)
    yield
    qapp.removeTranslator(language)


@every_view
@pytest.mark.usefixtures("pseudo")
async def test_nothing_is_clipped_in_a_language_a_third_longer(
    name: str, stage: StageModel, appearance: Appearance
) -> None:
    view = await shown(name, stage, appearance)
    assert not clipped(view)
    view.resize(view.minimumSize().expandedTo(view.minimumSizeHint()))
    await asyncio.sleep(0.1)
    assert not clipped(view)
    view.close()


def test_at_200_per_cent_all_of_it_holds_too(tmp_path: Path) -> None:
    """In a process of its own: Qt takes the scale when it starts."""
    words = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'inner'}"]
    environ = {**os.environ, "QT_SCALE_FACTOR": "2"}
    which = ["-k", "test_nothing_is_clipped and not longer", __file__]
    done = subprocess.run([*words, *which], capture_output=True, text=True, env=environ, timeout=100, check=False)
    assert done.returncode == 0, done.stdout[-4000:]

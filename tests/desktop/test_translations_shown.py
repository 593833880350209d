"""The real window in other languages: nothing on it is hard-coded English, and German has the room that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSpinBox,
    QTabWidget,
    QWidget,
)

from desktop import text
from desktop.first_run.dialog import FirstRunDialog
from desktop.first_run.finish import FinishPage
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.preview import PreviewDialog
from desktop.window.shell import StatusWindow
from tests.desktop import stage as staging
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import ended, settled, until
from tests.desktop.stage import StageModel
from tests.desktop.test_first_run import choose_folder
from tests.desktop.views import every_view, shown

pytestmark = pytest.mark.usefixtures("qloop")
SMALL = (940, 640)


# ---------------------------------------------------------------------------------- every text of a view


def texts_of(view: QWidget) -> Iterator[tuple[str, str]]:
    """The object name and the text of everything in `view` that a person reads or hears."""
    for widget in [view, *view.findChildren(QWidget)]:
        if isinstance(widget, QHeaderView) or _belongs_to_qt(widget):
            continue
        name = widget.objectName() or type(widget).__name__
        for said in (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip()):
            yield name, said
        for said in _own(widget):
            yield name, said
    yield view.objectName() or type(view).__name__, view.windowTitle()
    for action in view.findChildren(QAction):
        yield action.objectName() or "QAction", action.text()


def _belongs_to_qt(widget: QWidget) -> bool:
    """Whether it is the inside of one of Qt's own controls."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QAbstractSpinBox | QComboBox | QLineEdit | QHeaderView):
        above = above.parentWidget()
    return above is not None


def _own(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QGroupBox() | QMenu():
            yield widget.title()
        case QLineEdit() | QPlainTextEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(at) for at in range(widget.count()))
        case QSpinBox() | QDoubleSpinBox():
            yield from (widget.prefix(), widget.suffix(), widget.specialValueText())
        case QTabWidget():
            yield from (widget.tabText(at) for at in range(widget.count()))
        case QAbstractItemView() if widget.model() is not None:
            yield from _cells(widget.model())


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount())  # it has no front for it
    heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in columns]
    yield from (str(head) for head in heads if isinstance(head, str))
    for at in range(model.rowCount()):
        for column in columns:
            index = model.index(at, column)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
                said = index.data(role)
                if isinstance(said, str):
                    yield said


def bare(said: str) -> str:
    """What of a text stands outside of the pseudo-locale's brackets."""
    depth, left = 0, []
    for letter in re.sub(r"<[^>]*>", " ", said):
        depth += letter == "["
        if depth <= 0:
            left.append(letter)
        depth -= letter == "]"
    return "".join(left)


WORD = re.compile(r"[^\W\d_]{2,}")
DATA = {
    "diagnostics_files",
    "cloud_details",  # what the storage answered
    "extra_sources",
    "files_tree",
    "log_table",
    "preset",  # names of providers
    "preview_files",
    "preview_parts",
    "preview_lines",
    "recovery_key",
    "reset_word",  # typed as it is in every language
    "search_project",
    "search_source",
    "about_licences",
    "vault_damage",
}
"""Objects whose texts are not ours; what is said of them is."""
NAMES = re.compile(
    r"Cogzy|Session-Buddy|[\d.,]+ [kMG]?B\b|\d{8}_\d{6}_\S+|https?://\S+|[~*/][\w./*~…-]+|"
    r"laptop-a-7f3c|workstation-of-ada-91bd|old-pc-11aa|my-memories|ada-memories|"
    r"session-buddy-\S+|claude-code|notes\b|^auto$"
)
"""Names, numbers and places that stand in a text of their own."""


def english(view: QWidget) -> list[tuple[str, str]]:
    return sorted(
        {(name, said) for name, said in texts_of(view) if name not in DATA and WORD.search(NAMES.sub("", bare(said)))}
    )


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[None]:
    text.use_language(qapp, text.PSEUDO)
    yield
    text.use_language(qapp, "en")


@pytest.mark.usefixtures("pseudo")
async def test_english_would_be_found_wherever_it_stands(qapp: QApplication) -> None:
    view = QWidget()
    view.setObjectName("page")
    for at, widget in enumerate((QLabel("Sync now"), QLineEdit(placeholderText="Filter"), QSpinBox(suffix=" days"))):
        widget.setObjectName(f"one_{at}")
        widget.setParent(view)
    view.setToolTip(text.tr("Files") + " of it")
    view.setAccessibleName(text.tr("Files") + " · 48 kB · notes")
    found = [("one_0", "Sync now"), ("one_1", "Filter"), ("one_2", " days"), ("page", view.toolTip())]
    assert english(view) == found
    view.deleteLater()


@every_view
@pytest.mark.usefixtures("pseudo")
async def test_nothing_is_hard_coded_english(name: str, stage: StageModel, appearance: Appearance) -> None:
    view = await shown(name, stage, appearance)
    assert not english(view)
    done_with(view)


@pytest.mark.usefixtures("pseudo")
async def test_no_state_is_hard_coded_english(stage: StageModel, appearance: Appearance) -> None:
    window = await shown("page-status", stage, appearance)
    for name, (status, progress) in staging.states().items():
        stage.show(status, progress)
        await settled(window, stage)
        assert not english(window), name
    done_with(window)


def done_with(view: QWidget) -> None:
    view.close()
    view.deleteLater()


@pytest.fixture
def known_home(home: Home, workers: None, qapp: QApplication) -> Iterator[StageModel]:
    """A model on a stage, in a home with memory: what asks an engine of its own gets real answers."""
    model = staging.answering(StageModel(home.vault))
    model.show(staging.status_of())
    yield model
    model.deleteLater()


@pytest.mark.usefixtures("pseudo")
async def test_the_preview_is_not_hard_coded_english(known_home: StageModel, appearance: Appearance) -> None:
    dialog = PreviewDialog(known_home, appearance)
    dialog.show()
    await until(lambda: dialog.files.parts.count() > 1)
    for at in range(dialog.files.parts.count()):
        dialog.files.parts.setCurrentRow(at)
        assert not english(dialog)
    await ended(dialog.trial, known_home)
    done_with(dialog)


@pytest.mark.usefixtures("pseudo")
async def test_the_first_run_is_not_hard_coded_english(
    empty_home: Home, empty_model: AppModel, appearance: Appearance
) -> None:
    empty_home.computer.fill()
    empty_model.refresh()
    dialog = FirstRunDialog(empty_model, appearance)
    dialog.show()
    await choose_folder(dialog, empty_home.cloud)
    assert not english(dialog)
    dialog.go_on()
    await until(lambda: dialog.page.can_go_on)
    assert not english(dialog)
    dialog.go_on()
    assert not english(dialog)
    dialog.go_on()
    finish = dialog.page
    assert isinstance(finish, FinishPage)
    looking = text.tr("Looking for keys, tokens and passwords in what goes up…")
    await until(lambda: finish._secrets.text() not in ("", looking))
    assert not english(dialog)
    await ended(dialog.trial, empty_model)
    done_with(dialog)


# ---------------------------------------------------------------------------------- German has room


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    text.use_language(qapp, "de")
    yield
    text.use_language(qapp, "en")


def clipped(view: QWidget) -> list[str]:
    """Texts in one line, and heads of columns, that are wider than their place."""
    found = []
    for widget in view.findChildren(QWidget):
        if not widget.isVisible() or _belongs_to_qt(widget):
            continue
        for said, wants, has in _room(widget):
            if has < wants:
                found.append(f"{widget.objectName()} {said!r}: {has} < {wants}")
    return found


def _room(widget: QWidget) -> Iterator[tuple[str, int, int]]:
    """Each text of a control, the width that it needs, and the width that it has."""
    match widget:
        case QLabel() if widget.wordWrap() or not widget.text():
            pass
        case QLabel() | QAbstractButton():
            yield widget.text(), widget.minimumSizeHint().width(), widget.width()
        case QHeaderView() if widget.orientation() == Qt.Orientation.Horizontal:
            for at in range(widget.count()):
                if not widget.isSectionHidden(at):
                    said = str(widget.model().headerData(at, Qt.Orientation.Horizontal))
                    yield said, widget.fontMetrics().horizontalAdvance(said), widget.sectionSize(at)


async def test_a_text_without_room_would_be_found(qapp: QApplication) -> None:
    view = QWidget()
    label = QLabel("Ein langer Text", view)
    view.show()
    label.resize(label.sizeHint())
    assert not clipped(view)
    label.resize(label.minimumSizeHint().width() - 1, 20)
    assert len(clipped(view)) == 1
    done_with(view)


@every_view
@pytest.mark.usefixtures("german")
async def test_nothing_is_clipped_in_german(name: str, stage: StageModel, appearance: Appearance) -> None:
    view = await shown(name, stage, appearance)
    if isinstance(view, StatusWindow):
        view.resize(*SMALL)
        await settled(view, stage)
    assert not clipped(view)
    done_with(view)


@pytest.mark.usefixtures("german")
async def test_no_state_is_clipped_in_german(stage: StageModel, appearance: Appearance) -> None:
    window = await shown("page-status", stage, appearance)
    window.resize(*SMALL)
    for name, (status, progress) in staging.states().items():
        stage.show(status, progress)
        await settled(window, stage)
        assert not clipped(window), name
    done_with(window)

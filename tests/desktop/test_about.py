"""About and the user guide: what is shipped is named with its licence, and the guide can be read and searched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QLabel

import core
from desktop.about import AboutDialog, shipped
from desktop.guide import GuideDialog, anchor_of, guide_text
from desktop.model import AppModel
from desktop.palette import Appearance
from tests.desktop.rig.waiting import until


def test_every_library_that_is_shipped_is_named_with_its_licence() -> None:
    found = {name.lower().replace("_", "-"): licence for name, _, licence in shipped()}
    for name in ("aioboto3", "botocore", "duckdb", "keyring", "pyside6-essentials", "qasync", "numpy"):
        assert found[name]
    assert "pytest" not in found
    assert len(found) > 20


@pytest.mark.usefixtures("qloop")
async def test_about_shows_the_version(still_model: AppModel, appearance: Appearance) -> None:
    dialog = AboutDialog(still_model, appearance)
    dialog.open()
    await until(lambda: dialog.table.rows.rowCount() > 20)
    assert core.__version__ in " ".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.close()


@pytest.mark.usefixtures("qloop")
async def test_the_guide_is_read_found_in_and_followed(still_model: AppModel, appearance: Appearance) -> None:
    dialog = GuideDialog(still_model, appearance)
    dialog.open()
    await until(lambda: "Cogzy keeps the memory" in dialog.browser.toPlainText())
    dialog._find.setText("recovery key")
    assert dialog.browser.textCursor().selectedText().lower() == "recovery key"
    before = dialog.browser.verticalScrollBar().value()
    dialog._follow(QUrl("#where-things-are"))
    assert dialog.browser.textCursor().block().text() == "Where things are"
    assert dialog.browser.verticalScrollBar().value() != before
    dialog.close()


def test_every_link_within_the_guide_leads_to_a_heading() -> None:
    text = guide_text()
    headings = {anchor_of(line.lstrip("# ")) for line in text.splitlines() if line.startswith("#")}
    for link in re.findall(r"\]\(#([^)]+)\)", text):
        assert link in headings


def test_the_guide_is_the_one_of_the_repository() -> None:
    assert guide_text() == (Path(__file__).parents[2] / "docs" / "USER_GUIDE.md").read_text("utf-8")

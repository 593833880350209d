"""The user guide, as it stands in docs/USER_GUIDE.md, in a window of its own."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import tr
from desktop.window.parts import MARGIN, begin, button, row

NAME = "USER_GUIDE.md"
PACKAGE = "cogzy.docs"


class GuideDialog(QDialog):
    """Reads and finds; links lead to the browser."""

    def __init__(self, model: AppModel, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("User guide"))
        self.resize(760, 680)
        self.browser = QTextBrowser()
        self.browser.setObjectName("guide_text")
        self.browser.setAccessibleName(tr("User guide"))
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        self.browser.document().setDocumentMargin(20)
        self._find = QLineEdit()
        self._find.setObjectName("guide_find")
        self._find.setAccessibleName(tr("Find in the guide"))
        self._find.setPlaceholderText(tr("Find in the guide"))
        self._find.setClearButtonEnabled(True)
        self._find.returnPressed.connect(self._find_next)
        self._find.textChanged.connect(lambda _: self._find_first())
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._find.setFocus)
        close = button(tr("Close"), self.accept, "guide_close")
        close.setAutoDefault(False)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.setSpacing(10)
        inside.addWidget(self._find)
        inside.addWidget(self.browser, 1)
        inside.addLayout(row(None, close))
        self._appearance = appearance
        self._source = ""
        appearance.changed.connect(self._show)
        begin(model, self, self._read())

    async def _read(self) -> None:
        self._source = await asyncio.to_thread(guide_text)
        self._show()
        self.browser.setFocus()

    def _show(self) -> None:
        colours = self._appearance.colours
        self.browser.document().setDefaultStyleSheet(f"a {{ color: {colours.accent}; }}")
        self.browser.setMarkdown(self._source)

    def _follow(self, url: QUrl) -> None:
        if url.fileName().endswith(".md") or not url.scheme():
            self._go_to(url.fragment())
        elif url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)

    def _go_to(self, anchor: str) -> None:
        """To the heading that a link within the page names, the way such links are written for it."""
        block = self.browser.document().firstBlock()
        while anchor and block.isValid():
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                self.browser.setTextCursor(QTextCursor(block))
                self.browser.verticalScrollBar().setValue(
                    round(self.browser.document().documentLayout().blockBoundingRect(block).top())
                )
                return
            block = block.next()

    def _find_first(self) -> None:
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        self._find_next()

    def _find_next(self) -> None:
        text = self._find.text().strip()
        if text and not self.browser.find(text):
            self.browser.moveCursor(QTextCursor.MoveOperation.Start)
            self.browser.find(text, QTextDocument.FindFlag(0))


def guide_text() -> str:
    """The guide. Blocking."""
    try:
        return (files(PACKAGE) / NAME).read_text("utf-8")
    except (ModuleNotFoundError, FileNotFoundError):  # run from a checkout
        return (Path(__file__).parent.parent / "docs" / NAME).read_text("utf-8")


def anchor_of(title: str) -> str:
    """The name of a heading in links to it."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.strip().replace(" ", "-")

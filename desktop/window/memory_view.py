"""One memory whole: who said what, the words that matched, and the turns around it, quieter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.sync.events import GetMemory
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import date_time, error_text, number, tr
from desktop.window.parts import GAP, Elided, IconButton, heading, quiet, row
from desktop.window.results import Hit, about, shares

AROUND, MORE = 1, 4
MOST_AROUND = 50
SHOWN = 20_000
"""Characters of a memory that are shown; copying takes what there is of it."""
Memory = Mapping[str, Any]


class MemoryView(QWidget):
    """Shows the memory of a hit. `left` is sent by Escape, and by the button that is there when it stands alone."""

    left = Signal()

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._appearance = appearance
        self._hit: Hit | None = None
        self._words = ""
        self._around = AROUND
        self._asked = 0
        self.memory: Memory | None = None
        self._title = Elided()
        font = QFont(heading("").font())
        self._title.setFont(font)
        self._title.setObjectName("memory_title")
        self._about = quiet(wrap=True)
        self._about.setObjectName("memory_about")
        self._copy = IconButton(appearance, "copy", tr("Copy the text"), self.copy, "memory_copy")
        self.back = IconButton(appearance, "close", tr("Back to what was found"), self.left.emit, "memory_back")
        self.back.hide()
        self._more = IconButton(appearance, "more", tr("More of the conversation"), self._show_more, "memory_more")
        self.text = MemoryText()
        self.text.left.connect(self.left.emit)
        self.text.setObjectName("memory_text")
        self.text.setAccessibleName(tr("The memory"))
        self.text.setOpenLinks(False)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(10)
        self.text.setMinimumHeight(60)
        self.setMinimumWidth(200)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GAP // 2)
        line = row()
        line.addWidget(self._title, 1)
        line.addWidget(self.back)
        line.addWidget(self._more)
        line.addWidget(self._copy)
        inside.addLayout(line)
        inside.addWidget(self._about)
        inside.addWidget(self.text, 1)
        appearance.changed.connect(self._draw)
        self.show_hit(None, "")

    def show_hit(self, hit: Hit | None, words: str) -> None:
        """Show the memory of another hit, found by `words`; None: nothing."""
        self._hit, self._words, self._around = hit, words, AROUND
        self.memory = None
        self._title.show_text(hit["title"] or about(hit) if hit else "")
        self._copy.setVisible(hit is not None)
        self._more.setVisible(False)
        self._about.setText(_line(hit) if hit else tr("Choose a memory to read it here."))
        self.text.setVisible(hit is not None)
        self.text.clear()
        if hit is not None:
            self._ask()

    def copy(self) -> None:
        """Put the whole text on the clipboard; of a memory that is still being read what is known of it."""
        if self.memory is not None:
            QGuiApplication.clipboard().setText(text_of(self.memory))
        elif self._hit is not None:
            QGuiApplication.clipboard().setText(self._hit["snippet"])

    def _show_more(self) -> None:
        self._around = min(MOST_AROUND, self._around + MORE)
        self._ask()

    def _ask(self) -> None:
        self._asked += 1
        self._model.start(self._read(self._asked), problem=self._failed)

    async def _read(self, asked: int) -> None:
        hit = self._hit
        if hit is None:
            return
        found = await self._model.run(GetMemory(hit["id"], hit["kind"], self._around, self._words))
        if asked == self._asked:
            self.memory = found
            self._draw()

    def _failed(self, error: CogzyError) -> None:
        title, cause, next_step = error_text(error)
        self.text.setPlainText("\n".join(filter(None, (title, cause, next_step))))

    def _draw(self) -> None:
        memory = self.memory
        if memory is None:
            return
        fewer = 2 * self._around > len(memory["before"]) + len(memory["after"])
        self._more.setVisible(bool(memory["before"] or memory["after"]) and not fewer)
        self.text.clear()
        cursor = self.text.textCursor()
        cursor.beginEditBlock()
        for one in memory["before"]:
            self._write(cursor, one, quiet=True)
        start = self._write(cursor, memory, quiet=False)
        for one in memory["after"]:
            self._write(cursor, one, quiet=True)
        cursor.endEditBlock()
        cursor.setPosition(start)
        self.text.setTextCursor(cursor)
        self.text.ensureCursorVisible()
        top = self.text.cursorRect().top()
        self.text.verticalScrollBar().setValue(self.text.verticalScrollBar().value() + max(0, top - 10))

    def _write(self, cursor: QTextCursor, memory: Memory, *, quiet: bool) -> int:
        """Write one memory; returns where it begins."""
        colours = self._appearance.colours
        start, left = -1, SHOWN
        for part in memory["parts"]:
            name, plain, match = _formats(colours.muted, colours.muted if quiet else colours.text, colours.selection)
            block = QTextBlockFormat()
            block.setTopMargin(18 if start < 0 else 10)
            self._new_block(cursor, block)
            start = cursor.position() if start < 0 else start
            who = role(part["role"])
            if who:
                cursor.insertText(who, name)
                block.setTopMargin(2)
                cursor.insertBlock(block)
            shown = part["text"][: max(0, left)]
            left -= len(shown)
            for text, matches in pieces(shown, part["matches"]):
                cursor.insertText(text, match if matches and not quiet else plain)
            rest = len(part["text"]) - len(shown) + part["left_out"]
            if rest:
                cursor.insertBlock(block)
                cursor.insertText(tr("… {count} more characters", count=number(rest)), name)
        return max(start, 0)

    def _new_block(self, cursor: QTextCursor, block: QTextBlockFormat) -> None:
        if cursor.position() == 0:
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)


class MemoryText(QTextBrowser):
    """The text; Escape leaves it."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt's name
        """See QWidget."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def role(name: str | None) -> str:
    """Who wrote a part."""
    known = {"human": tr("You"), "user": tr("You"), "assistant": tr("Assistant"), "system": tr("System")}
    known["attachment"] = tr("Attached")
    return known.get((name or "").casefold(), name or "")


def text_of(memory: Memory) -> str:
    """A memory as text: each part under who wrote it."""
    parts = [(role(part["role"]), part["text"]) for part in memory["parts"]]
    return "\n\n".join(f"{who}:\n{text}" if who else text for who, text in parts)


def pieces(text: str, matches: Sequence[Sequence[int]]) -> list[tuple[str, bool]]:
    """`text` cut at its matches: each piece, and whether it is one."""
    found, at = [], 0
    for start, end in matches:
        if start >= len(text):
            break
        found += [(text[at:start], False), (text[start:end], True)]
        at = min(end, len(text))
    return [piece for piece in [*found, (text[at:], False)] if piece[0]]


def _line(hit: Hit) -> str:
    when = date_time(hit["created_at"]) if hit["created_at"] is not None else ""
    return " · ".join(filter(None, (when, hit["source"], hit["project"], shares(hit))))


def _formats(muted: str, colour: str, ground: str) -> tuple[QTextCharFormat, QTextCharFormat, QTextCharFormat]:
    """How names, text and matches look."""
    name, plain, match = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
    name.setForeground(QColor(muted))
    name.setFontWeight(QFont.Weight.DemiBold)
    plain.setForeground(QColor(colour))
    match.setForeground(QColor(colour))
    match.setFontWeight(QFont.Weight.Bold)
    match.setBackground(QColor(ground))
    return name, plain, match

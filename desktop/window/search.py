"""The search page: type, see what the vault holds about it, read it.

A search runs in the worker. While it runs only the newest text is kept; an answer to an older one is not shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QItemSelection, QModelIndex, QTimer
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.sync.events import Search
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.text import error_text, number, plural, tr
from desktop.window.memory_view import MemoryView
from desktop.window.parts import GAP, MARGIN, quiet, row
from desktop.window.results import MOST, HitDelegate, Results
from desktop.window.search_filters import SearchFilters
from desktop.window.search_parts import HitList, Legend, Note, Split, Told, Words

FIRST, MORE = 50, 200
TYPED_MS = 150
READ_MS = 80
_NO_LIMIT = 16_777_215  # QWIDGETSIZE_MAX
BUSY_MS = 400
LONG_SECONDS = 3.0


class SearchPage(QWidget):
    """Type, choose, read."""

    def __init__(self, model: AppModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = model
        self._searching = False
        self._running: Search | None = None
        self._next: Search | None = None
        self._shown: Search | None = None
        self._version = ""
        self._since = 0.0
        self._visible = False
        self.answer: Mapping[str, Any] = {}
        self.words = Words()
        self.filters = SearchFilters()
        self._count = quiet()
        self._count.setObjectName("search_count")
        self._legend = Legend(appearance)
        self._note = Note(appearance)
        self.results = Results()
        self.list = HitList(self.results, HitDelegate(appearance))
        self.memory = MemoryView(model, appearance)
        self._told = Told(appearance)
        self.split = Split(self.list, self.memory)
        below = QWidget()
        self._which = QStackedLayout(below)
        self._which.setContentsMargins(0, 0, 0, 0)
        self._which.addWidget(self._told)
        self._which.addWidget(self.split)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        inside.setSpacing(GAP)
        inside.addWidget(self.words)
        inside.addWidget(self.filters)
        inside.addWidget(self._note)
        inside.addLayout(row(self._count, None, self._legend))
        inside.addWidget(below, 1)
        self._typing = _timer(self, TYPED_MS, self._ask)
        self._reading = _timer(self, READ_MS, self._read)
        self._waiting = _timer(self, BUSY_MS, self._show_busy)
        self.words.textChanged.connect(self._typing.start)
        self.words.down.connect(self.list.enter)
        self.words.opened.connect(self._open_first)
        self.filters.changed.connect(self._ask)
        self.results.wants_more.connect(self._ask_more)
        self.list.up.connect(self.words.setFocus)
        self.list.copied.connect(self.memory.copy)
        self.list.activated.connect(self._open)
        self.memory.left.connect(self._leave)
        self.split.alone.connect(self._make_room)
        self.list.selectionModel().selectionChanged.connect(self._selected)
        self._show_state()

    def shown(self) -> None:
        """See Page. The worker opens the index and the model meanwhile, so that the first search is a fast one."""
        self._visible = True
        self.words.setFocus()
        self._start(Search("", k=0))
        if self.words.text().strip():
            self._ask()

    def hidden(self) -> None:
        """See Page."""
        self._visible = False
        self._next = None
        for timer in (self._typing, self._reading, self._waiting):
            timer.stop()

    def focus(self, **what: Any) -> None:
        """See Page. `words`: look for them."""
        if what.get("words"):
            self.words.setText(str(what["words"]))
        self.words.setFocus()
        self.words.selectAll()

    # ------------------------------------------------------------------ asking

    def _ask(self) -> None:
        self._typing.stop()
        text = self.words.text().strip()
        if text:
            self._start(self.filters.applied(Search(text, k=FIRST)))
        else:
            self._next = self._shown = None
            self.results.show_hits((), 0)
            self._show_state()

    def _ask_more(self) -> None:
        if self._shown is not None:
            there = len(self.results.hits)
            self._start(replace(self._shown, offset=there, k=min(MORE, MOST - there)))

    def _start(self, command: Search) -> None:
        self._next = command
        if not self._searching:
            self._searching = True
            self._model.start(self._search(), problem=self._failed)

    async def _search(self) -> None:
        try:
            while self._next is not None:
                self._running, self._next = self._next, None
                self._since = time.monotonic()
                self._waiting.start()
                answer = await self._model.run(self._running)
                self._waiting.stop()
                self._take(self._running, answer)
        finally:
            self._searching, self._running = False, None

    def _take(self, command: Search, answer: Mapping[str, Any]) -> None:
        self.answer = answer
        if not command.text:
            self.filters.offer(answer["sources"], answer["projects"])
        newest = self._next is None and command.text == self.words.text().strip()
        if command.offset and newest:
            self._take_more(command, answer)
        elif command.text and newest:
            self._shown, self._version = command, answer["version"]
            self.results.show_hits(answer["hits"], command.k)
            if not self.list.selectionModel().hasSelection():
                self.memory.show_hit(None, "")
        self._show_state()

    def _take_more(self, command: Search, answer: Mapping[str, Any]) -> None:
        if self._shown is None or answer["version"] != self._version or command.offset != len(self.results.hits):
            self._ask()  # the vault has changed: what would be behind these is no longer behind them
        else:
            self.results.add_hits(answer["hits"], command.k)

    def _failed(self, error: CogzyError) -> None:
        self._waiting.stop()
        self._next = self._shown = None
        self.results.show_hits((), 0)
        title, cause, next_step = error_text(error)
        self._told.say("state-error", title, f"{cause} {next_step}", (tr("Try again"), self._ask))
        self._count.setText("")
        self._legend.hide()
        self._which.setCurrentIndex(0)

    # ------------------------------------------------------------------ showing

    def _show_busy(self) -> None:
        if self._running is None or (not self._running.text and not self.words.text()):
            return
        long = time.monotonic() - self._since > LONG_SECONDS
        self._count.setText(tr("Reading your memories for the first time…") if long else tr("Searching…"))
        if not long:
            self._waiting.start(round(LONG_SECONDS * 1000))

    def _show_state(self) -> None:
        hits, memories = self.results.hits, self.answer.get("memories")
        meaning = self.answer.get("meaning") or {"on": True}
        self._note.show_errors([meaning.get("why_not"), *self.answer.get("problems", ())], memories)
        self.filters.setVisible(memories != 0)
        self._legend.setVisible(bool(hits))
        self._which.setCurrentIndex(1 if hits else 0)
        if hits:
            more = "+" if self.results.canFetchMore(QModelIndex()) else ""
            count, everything = f"{number(len(hits))}{more}", _memories(memories or 0)
            if meaning["on"]:  # which gives everything a score
                self._count.setText(tr("The best {count} of {all}", count=number(len(hits)), all=everything))
            else:
                self._count.setText(tr("{count} found in {all}", count=count, all=everything))
            return
        self._count.setText("")
        if memories == 0:
            self._told.say(
                "vault",
                tr("No memories yet"),
                tr("What you import is found here. Bring in what you have with `cogzy import`."),
            )
        elif self._shown is None or not self.words.text().strip():
            known = "" if memories is None else tr("{all} can be found.", all=_memories(memories))
            self._told.say(
                "search", tr("What are you looking for?"), f"{tr('Type a word or a question.')} {known}".strip()
            )
        elif self.filters.active:
            self._told.say(
                "search",
                tr("Nothing found"),
                tr("No memory that passes the filters has these words."),
                (tr("Clear the filters"), self.filters.clear),
            )
        elif not self.answer.get("words") and not meaning["on"]:
            self._told.say("search", tr("Nothing found"), tr("These words are too common. Add one that stands out."))
        else:
            self._told.say("search", tr("Nothing found"), tr("Try other words, or fewer of them."))

    def _selected(self, now: QItemSelection, before: QItemSelection) -> None:
        self._reading.start()

    def _read(self) -> None:
        hit = self.list.selected()
        self.memory.show_hit(hit, self._shown.text if self._shown else "")

    def _open_first(self) -> None:
        if self._typing.isActive():
            self._ask()
        elif self.results.hits:
            self.list.enter()
            self._open()

    def _open(self) -> None:
        self._reading.stop()
        self._read()
        self.split.read(True)
        self.memory.text.setFocus()

    def _make_room(self, alone: bool) -> None:
        self.filters.setVisible(not alone)
        self._count.setVisible(not alone)
        self._legend.setVisible(not alone)
        self._note.setMaximumHeight(0 if alone else _NO_LIMIT)

    def _leave(self) -> None:
        self.split.read(False)
        self.list.enter()


def _memories(count: int) -> str:
    return plural(count, "{count} memory", "{count} memories")


def _timer(owner: QWidget, milliseconds: int, does: Callable[[], None]) -> QTimer:
    made = QTimer(owner, interval=milliseconds, singleShot=True)
    made.timeout.connect(does)
    return made

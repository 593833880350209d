"""The search page: what it asks for while a person types, what it shows, and that the keyboard is enough."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest

from core.errors import CogzyError
from core.memory.answers import KINDS
from core.sync.events import GetMemory, Search
from core.vault import LocalVaultService
from desktop.model import AppModel
from desktop.palette import LIGHT, Appearance
from desktop.window.memory_view import SHOWN, pieces, text_of
from desktop.window.results import Results, _laid_out, paint_matches, wide
from desktop.window.search import FIRST, SearchPage
from desktop.window.search_parts import HitList
from desktop.window.shell import StatusWindow
from tests.desktop import search_stage
from tests.desktop.rig.home import Home
from tests.desktop.rig.waiting import until
from tests.desktop.stage import StageModel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

pytestmark = pytest.mark.usefixtures("qloop")
Answering = Callable[[Any, Any], Awaitable[Any]]


@pytest.fixture
def staged(tmp_path: Path, qapp: QApplication) -> Iterator[StageModel]:
    """A model that finds four made-up memories whatever is asked."""
    made = StageModel(tmp_path / "vault")
    made.answers |= {Search: search_stage.answer(), GetMemory: search_stage.memory()}
    yield made
    made.deleteLater()


@pytest.fixture
def page(staged: StageModel, appearance: Appearance, qloop: asyncio.AbstractEventLoop) -> Iterator[SearchPage]:
    """The page, looked at."""
    made = SearchPage(staged, appearance)
    made.resize(800, 600)
    made.show()
    qloop.run_until_complete(_shown(made))
    yield made
    made.hidden()
    made.deleteLater()


async def _shown(page: SearchPage) -> None:
    page.shown()
    await until(lambda: page.answer)


def searches(model: StageModel) -> list[Search]:
    return [command for command in model.asked if isinstance(command, Search) and command.text]


async def type_in(page: SearchPage, text: str) -> None:
    """Type, and wait for the answer."""
    page.words.setText(text)
    await until(lambda: page._shown is not None and page._shown.text == text)


def _part(text: str) -> dict[str, Any]:
    return {"role": None, "text": text, "matches": [], "left_out": 0}


def press(page: SearchPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = page.window().focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifier)


# ---------------------------------------------------------------------- asking


async def test_looking_at_the_page_makes_the_worker_ready(staged: StageModel, page: SearchPage) -> None:
    assert staged.asked == [Search("", k=0)]
    assert page._told._title.text() == "What are you looking for?"
    assert "1204 memories" in page._told._text.text().replace(",", "")


async def test_a_word_that_is_typed_in_one_go_is_asked_for_once(staged: StageModel, page: SearchPage) -> None:
    QTest.keyClicks(page.words, "keys")
    await until(lambda: page.results.hits)
    assert searches(staged) == [Search("keys", k=FIRST)]


async def test_while_one_search_runs_only_the_newest_text_waits(staged: StageModel, page: SearchPage) -> None:
    go = asyncio.Event()

    async def slow(command: Search, _: Any) -> Any:
        await go.wait()
        return search_stage.answer(1 if command.text == "first" else 3)

    staged.answers[Search] = slow
    page.words.setText("first")
    await until(lambda: searches(staged))
    for text in ("second", "third", "last"):
        page.words.setText(text)
        page._ask()
    go.set()
    await until(lambda: len(page.results.hits) == 3)
    assert [command.text for command in searches(staged)] == ["first", "last"]


async def test_an_answer_to_what_is_no_longer_asked_is_not_shown(staged: StageModel, page: SearchPage) -> None:
    go = asyncio.Event()

    async def slow(command: Search, _: Any) -> Any:
        await go.wait()
        return search_stage.answer()

    staged.answers[Search] = slow
    page.words.setText("keys")
    await until(lambda: searches(staged))
    page.words.clear()
    go.set()
    await until(lambda: not page._searching)
    assert page.results.hits == []


async def test_a_page_that_is_hidden_asks_for_nothing(staged: StageModel, page: SearchPage) -> None:
    page.words.setText("keys")
    page.hidden()
    await asyncio.sleep(0.3)
    assert searches(staged) == []


async def test_every_kind_that_can_be_found_can_be_chosen(page: SearchPage) -> None:
    box = page.filters.kind
    assert [box.itemData(at) for at in range(box.count())] == ["", *KINDS]


async def test_filters_go_with_the_search(staged: StageModel, page: SearchPage) -> None:
    await type_in(page, "keys")
    page.filters.source.setCurrentIndex(page.filters.source.findData("claude"))
    page.filters.project.setCurrentIndex(page.filters.project.findData("house"))
    page.filters.kind.setCurrentIndex(2)
    page.filters.when.setCurrentIndex(4)
    await until(lambda: not page._searching)
    asked = searches(staged)[-1]
    assert (asked.source, asked.project, asked.kind) == ("claude", "house", "episode")
    assert asked.after is not None
    assert asked.before is not None
    assert 0 < asked.after < time.time() < asked.before
    page.filters.clear()
    await until(lambda: searches(staged)[-1] == Search("keys", k=FIRST))


async def test_a_chosen_source_stays_when_the_vault_no_longer_names_it(page: SearchPage) -> None:
    page.filters.source.setCurrentIndex(page.filters.source.findData("claude"))
    page.filters.offer(["chatgpt"], [])
    assert page.filters.source.currentData() == "claude"
    assert not page.filters.project.isVisible()


# ---------------------------------------------------------------------- showing


async def test_more_hits_come_when_the_end_is_in_sight(staged: StageModel, page: SearchPage) -> None:
    async def as_many(command: Search, _: Any) -> Any:
        hits = search_stage.answer(170)["hits"][command.offset : command.offset + command.k]
        return {**search_stage.answer(), "hits": hits, "version": version}

    version = "1"
    staged.answers[Search] = as_many
    await type_in(page, "keys")
    page.list.enter()
    page.list.setCurrentIndex(page.results.index(3, 0))
    page.list.scrollToBottom()
    await until(lambda: len(page.results.hits) == 170)
    assert page.list.currentIndex().row() == 3, "what was chosen stays chosen"
    page.list.scrollToBottom()
    await asyncio.sleep(0.05)
    assert [(command.offset, command.k) for command in searches(staged)] == [(0, FIRST), (FIRST, 200)]
    assert [hit["id"] for hit in page.results.hits] == [f"n{at}" for at in range(170)]


async def test_when_the_vault_changes_between_two_pages_it_is_searched_anew(
    staged: StageModel, page: SearchPage
) -> None:
    async def changing(command: Search, _: Any) -> Any:
        found = search_stage.answer(FIRST)
        return {**found, "version": "1" if len(searches(staged)) == 1 else "2"}

    staged.answers[Search] = changing
    await type_in(page, "keys")
    page.list.scrollToBottom()
    await until(lambda: page._version == "2")
    assert [command.offset for command in searches(staged)][:3] == [0, FIRST, 0]


def test_ten_thousand_hits_are_shown_at_once(appearance: Appearance) -> None:
    from desktop.window.results import HitDelegate

    results = Results()
    shown = HitList(results, HitDelegate(appearance))
    shown.resize(500, 600)
    shown.show()
    hits = [search_stage.hit(at) for at in range(10_000)]
    began = time.thread_time()
    results.show_hits(hits, 10_000)
    shown.scrollToBottom()
    shown.grab()
    assert time.thread_time() - began < 1.0
    assert not results.canFetchMore(QModelIndex())
    shown.deleteLater()


async def test_a_hit_can_be_heard(page: SearchPage) -> None:
    await type_in(page, "keys")
    said = page.results.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Deploy keys for staging" in said
    assert "62 % by words, 38 % by meaning" in said
    assert "How do we rotate" in said


async def test_words_that_match_and_the_score_are_drawn(page: SearchPage, appearance: Appearance) -> None:
    await type_in(page, "keys")

    def drawn() -> QImage:
        return page.list.grab().toImage()

    with_matches = drawn()
    page.results.hits[0]["matches"].clear()  # type: ignore[attr-defined]  # a list in fact
    without = drawn()
    assert with_matches != without
    page.results.hits[0] = {**page.results.hits[0], "dense_share": 0.0}
    assert drawn() != without
    appearance.use("dark")
    assert drawn() != without


@pytest.mark.parametrize("text", ["word " * 60, "🔥" * 300, "x" * 500, "short", ""])
def test_a_text_that_is_too_long_ends_in_an_ellipsis(text: str, qapp: QApplication) -> None:
    layout, fits = _laid_out(text, [(0, 1)], qapp.font(), 300, LIGHT)
    assert layout.lineCount() <= 2
    assert (fits < wide(text, len(text))) == (len(text) > 100)
    image = QImage(300, 60, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_matches(painter, image.rect(), qapp.font(), text, [(0, 1)], LIGHT)
    painter.end()


async def test_without_meaning_the_page_says_so_and_what_to_do(staged: StageModel, page: SearchPage) -> None:
    assert not page._note.isVisible()
    staged.answers[Search] = search_stage.answer(why_not=search_stage.NO_MODEL, problems=["vault.missing"])
    await type_in(page, "keys")
    assert page._note.isVisible()
    assert "words only" in page._note._title.whole
    assert "missing" in page._note._title.whole
    page._note._why.click()
    assert page._note._text.isVisible()
    assert "make model" in page._note._text.text()


@pytest.mark.parametrize(
    ("answer", "filtered", "words"),
    [
        (search_stage.answer(0), False, "Try other words"),
        (search_stage.answer(0), True, "passes the filters"),
        (search_stage.answer(0, words=False, why_not=search_stage.NO_MODEL), False, "too common"),
        (search_stage.answer(0, memories=0), False, "import"),
    ],
)
async def test_nothing_found_says_what_to_do(
    staged: StageModel, page: SearchPage, answer: Any, filtered: bool, words: str
) -> None:
    staged.answers[Search] = answer
    if filtered:
        page.filters.kind.setCurrentIndex(1)
    await type_in(page, "zebra")
    assert page._told.isVisible()
    assert words in page._told._text.text()
    if filtered:
        page._told._button.click()
        assert not page.filters.active


async def test_an_error_is_shown_and_can_be_tried_again(staged: StageModel, page: SearchPage) -> None:
    staged.answers[Search] = CogzyError("worker.died", status=1)
    page.words.setText("keys")
    await until(lambda: page._told._button.isVisible())
    staged.answers[Search] = search_stage.answer()
    page._told._button.click()
    await until(lambda: len(page.results.hits) == 4)
    assert not page._told.isVisible()


# ---------------------------------------------------------------------- the keyboard


async def test_the_keyboard_is_enough(page: SearchPage) -> None:
    page.words.setFocus()
    QTest.keyClicks(page.words, "keys")
    await until(lambda: page.results.hits)
    press(page, Qt.Key.Key_Down)
    assert page.window().focusWidget() is page.list
    assert page.list.currentIndex().row() == 0
    press(page, Qt.Key.Key_Down)
    assert page.list.currentIndex().row() == 1
    press(page, Qt.Key.Key_Up)
    await until(lambda: page.memory.memory)
    press(page, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == text_of(search_stage.memory())
    press(page, Qt.Key.Key_Return)
    assert page.window().focusWidget() is page.memory.text
    press(page, Qt.Key.Key_Escape)
    assert page.window().focusWidget() is page.list
    press(page, Qt.Key.Key_Up)
    assert page.window().focusWidget() is page.words
    press(page, Qt.Key.Key_Escape)
    assert page.words.text() == ""


async def test_enter_in_the_words_opens_the_best_hit(page: SearchPage) -> None:
    await type_in(page, "keys")
    press(page, Qt.Key.Key_Return)
    await until(lambda: page.memory.memory)
    assert page.window().focusWidget() is page.memory.text


async def test_ctrl_f_leads_to_the_words_from_anywhere(staged: StageModel, appearance: Appearance) -> None:
    window = StatusWindow(staged, appearance)
    window.show()
    window.activateWindow()
    await until(window.isActiveWindow)
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        page = window._pages["search"]
        assert isinstance(page, SearchPage)
        assert window.focusWidget() is page.words
        page.list.setFocus()
    window.open("search", words="deploy")
    assert page.words.text() == "deploy"
    await until(lambda: page.results.hits)
    window.open("status")
    window.deleteLater()


def test_every_control_has_a_name(page: SearchPage) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QTextBrowser

    for kind in (QAbstractButton, QComboBox, QLineEdit, HitList, QTextBrowser):
        for control in page.findChildren(kind):
            if control.focusPolicy() != Qt.FocusPolicy.NoFocus and not control.objectName().startswith("qt_"):
                assert control.objectName(), control
                assert control.accessibleName() or getattr(control, "text", str)(), control.objectName()


# ---------------------------------------------------------------------- one memory


async def test_a_memory_stands_whole_between_its_neighbours(staged: StageModel, page: SearchPage) -> None:
    await type_in(page, "keys")
    page.list.enter()
    await until(lambda: page.memory.memory)
    assert staged.asked[-1] == GetMemory("n0", "node", 1, "keys")
    shown = page.memory.text.toPlainText()
    assert shown.count("make rotate-keys") == 1
    assert shown.index("Heizung") < shown.index("make rotate-keys") < shown.rindex("Heizung")
    page.memory._more.click()
    await until(lambda: staged.asked[-1] == GetMemory("n0", "node", 5, "keys"))


async def test_a_very_long_memory_is_cut_and_copied_whole(staged: StageModel, page: SearchPage) -> None:
    long = {**search_stage.memory(alone=True), "parts": [_part("word " * 200_000)]}
    staged.answers[GetMemory] = long
    await type_in(page, "keys")
    page.list.enter()
    await until(lambda: page.memory.memory)
    assert len(page.memory.text.toPlainText()) < SHOWN + 200
    page.memory.copy()
    assert QGuiApplication.clipboard().text() == "word " * 200_000


async def test_a_memory_that_is_gone_says_so(staged: StageModel, page: SearchPage) -> None:
    staged.answers[GetMemory] = CogzyError("recall.no_such_memory", id="n0")
    await type_in(page, "keys")
    page.list.enter()
    await until(lambda: "no such memory" in page.memory.text.toPlainText())


async def test_in_a_small_window_a_memory_takes_the_place_of_the_list(page: SearchPage) -> None:
    await type_in(page, "keys")
    page.resize(480, 330)
    await until(lambda: not page.memory.isVisible())
    page.list.enter()
    press(page, Qt.Key.Key_Return)
    assert page.memory.isVisible()
    assert not page.list.isVisible()
    page.memory.back.click()
    assert page.list.isVisible()
    page.resize(900, 600)
    await until(lambda: page.memory.isVisible() and page.list.isVisible() and page.filters.isVisible())


@pytest.mark.parametrize(("text", "at", "place"), [("abc", 2, 2), ("ä🔥b", 2, 3), ("🔥🔥", 2, 4), ("日本", 1, 1)])
def test_places_are_counted_as_qt_counts(text: str, at: int, place: int) -> None:
    assert wide(text, at) == place


def test_a_text_is_cut_at_its_matches_without_losing_any() -> None:
    assert pieces("abcdef", [(1, 3), (5, 6)]) == [("a", False), ("bc", True), ("de", False), ("f", True)]
    assert pieces("abc", [(2, 9), (20, 22)]) == [("ab", False), ("c", True)]
    assert pieces("", []) == []


# ---------------------------------------------------------------------- for real


async def test_the_worker_finds_and_the_state_stays(
    model: AppModel, home: Home, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = [{"id": f"real{at}", "human_content": f"zebra number {at}", "source": "chatgpt"} for at in range(5)]
    await asyncio.to_thread(LocalVaultService.open(home.vault).append_nodes, nodes)
    states = []
    model.changed.connect(lambda: states.append(model.status.get("state")))
    page = SearchPage(model, appearance)
    page.show()
    page.shown()
    page.words.setText("zebras")
    await until(lambda: len(page.results.hits) == 5)
    page.list.enter()
    await until(lambda: page.memory.memory)
    assert page.memory.memory is not None
    assert page.memory.memory["parts"][0]["text"].startswith("zebra number")
    assert "syncing" not in states
    assert "checking" not in states
    page.hidden()
    page.deleteLater()


def test_the_app_searches_without_the_libraries_of_search() -> None:
    heavy = "{'numpy', 'faiss', 'onnxruntime', 'numkong', 'core.memory.index'} & set(sys.modules)"
    code = f"import sys, desktop.window.search; assert not {heavy}, {heavy}"
    subprocess.run([sys.executable, "-c", code], check=True)

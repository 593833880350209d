"""Every text that can be shown is collected, and German has all of them: whole, with the same fields and commands."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QApplication

from core.errors import CogzyError
from core.presenting import SENTENCES, Ago, Moment, Sentence
from desktop import text
from installers import translations

LANGUAGES = sorted(path.stem.removeprefix("cogzy_") for path in translations.FOLDER.glob("cogzy_*.ts"))
UPDATE = "run `make translations`, then translate what it left unfinished"
in_every_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def sources() -> set[str]:
    return translations.sources()


def of(language: str) -> dict[str, translations.Translation]:
    return translations.read((translations.FOLDER / f"cogzy_{language}.ts").read_text("utf-8"))


def fields(template: str) -> list[tuple[str, str | None, str | None]]:
    """What a template wants filled in, with how it is written and converted, in no order."""
    found = Formatter().parse(template)
    return sorted((name, spec, conversion) for _, name, spec, conversion in found if name is not None)


def test_german_is_among_the_languages() -> None:
    assert "de" in LANGUAGES


def test_every_translated_text_is_a_literal_that_can_be_collected() -> None:
    own = "desktop/text.py:"  # the functions themselves
    assert not [place for place in translations.unreadable(translations.ROOT / "desktop") if not place.startswith(own)]


SHOWS = {
    *("setText", "setInformativeText", "setWindowTitle", "setTitle", "setToolTip", "setStatusTip", "showMessage"),
    *("setPlaceholderText", "setAccessibleName", "setAccessibleDescription", "setSuffix", "setSpecialValueText"),
    *("QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction", "QMenu"),
    *("addTab", "addAction", "addMenu", "addItem", "addRow", "addButton", "getOpenFileName", "getSaveFileName"),
    *("getExistingDirectory", "Column", "heading", "plain", "quiet"),
}
"""What shows its arguments to a person."""


def test_nothing_is_shown_that_was_not_translated() -> None:
    """Also in what no test opens. The names of the program and of the parts of the code stay."""
    words = re.compile(r"[A-Z][a-z]+|[a-z]+ [a-z]+")
    found = []
    for path in sorted((translations.ROOT / "desktop").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and _name(call.func) in SHOWS:
                said = [one for argument in call.args for one in _literals(argument)]
                found += [f"{path.name}:{call.lineno} {one}" for one in said if words.search(one.replace("Cogzy", ""))]
    assert not found


def _name(called: ast.expr) -> str:
    return getattr(called, "attr", "") or getattr(called, "id", "")


def _literals(argument: ast.expr) -> list[str]:
    match argument:
        case ast.Constant(value=str(said)):
            return [said]
        case ast.JoinedStr(values=parts):
            return [said for part in parts for said in _literals(part)]
        case ast.IfExp(body=yes, orelse=no):
            return _literals(yes) + _literals(no)
        case ast.BinOp(left=left, right=right):
            return _literals(left) + _literals(right)
        case _:
            return []


@in_every_language
def test_every_text_has_a_finished_translation(language: str) -> None:
    known = of(language)
    assert not [source for source in translations.sources() if source not in known or not known[source].finished], (
        UPDATE
    )


@in_every_language
def test_a_file_holds_nothing_that_is_not_shown_and_reads_as_the_tool_writes_it(language: str) -> None:
    path = translations.FOLDER / f"cogzy_{language}.ts"
    fresh = translations.merge(sources(), of(language))
    assert path.read_text("utf-8") == translations.written(language, fresh), UPDATE


@in_every_language
def test_a_translation_has_the_fields_of_its_source(language: str) -> None:
    wrong = {
        source: there.text
        for source, there in of(language).items()
        if there.text and fields(source) != fields(there.text)
    }
    assert not wrong


@in_every_language
def test_commands_stay_as_they_are(language: str) -> None:
    def commands(words: str) -> list[str]:
        return sorted(re.findall(r"`[^`]*`", words))

    wrong = {
        source: there.text
        for source, there in of(language).items()
        if there.text and commands(source) != commands(there.text)
    }
    assert not wrong


@in_every_language
def test_blanks_at_the_ends_and_breaks_of_lines_stay(language: str) -> None:
    def frame(words: str) -> tuple[bool, bool, int]:
        return words[:1].isspace(), words[-1:].isspace(), words.count("\n")

    assert not [s for s, there in of(language).items() if there.text and frame(s) != frame(there.text)]


def test_german_is_set_as_german_is() -> None:
    """Its own quotes, and three dots as one character; what is code stays."""
    wrong = re.compile(r"“\w|\w„|”|\.\.\.|\w\.\.$")
    assert not [there.text for there in of("de").values() if wrong.search(there.text)]


def test_german_says_du_and_keeps_to_the_glossary() -> None:
    never = re.compile(r"\b(\w+en Sie|Ihnen|Backups?|Snapshots?|Vaults?|Keychain|Memory|Memories|Speicherstand)\b")
    found = {there.text: never.findall(re.sub(r"`[^`]*`", "", there.text)) for there in of("de").values()}
    assert not {words: hits for words, hits in found.items() if hits}


@in_every_language
def test_qts_own_tools_read_the_file(language: str, tmp_path: Path) -> None:
    release = Path(sys.executable).with_name("pyside6-lrelease")
    words = [release, translations.FOLDER / f"cogzy_{language}.ts", "-qm", tmp_path / "out.qm"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert f"({len(of(language))} finished and 0 unfinished)" in done.stdout


# ---------------------------------------------------------------------------------- the tool


def test_a_new_text_is_unfinished_and_one_that_is_gone_is_dropped() -> None:
    known = {
        "Old": translations.Translation("Alt", finished=True),
        "Both": translations.Translation("Beide", finished=True),
    }
    merged = translations.merge({"Both", "New"}, known)
    assert merged == {"Both": known["Both"], "New": translations.Translation()}


def test_what_is_written_is_read_back() -> None:
    there = {
        "": translations.Translation(),
        "<b> & {name}": translations.Translation("<b> & {name} „so“", finished=True),
        "two\nlines ": translations.Translation("zwei\nZeilen ", finished=True),
        "guessed": translations.Translation("geraten", finished=False),
    }
    assert translations.read(translations.written("de", there)) == there


def test_texts_are_sorted_so_that_a_new_one_moves_no_other() -> None:
    assert list(translations.merge({"b", "A", "a", "C"}, {})) == ["A", "a", "b", "C"]


def test_texts_are_found_in_calls_however_they_are_written(tmp_path: Path) -> None:
    code = 'tr("One {a}", a=1)\ntext.tr("Two")\nplural(3, "{count} x", "{count} xs")\ntr("Th" "ree")\n'
    (tmp_path / "page.py").write_text(code)
    found = [words for _, words in translations.literals(tmp_path)]
    assert sorted(found) == ["One {a}", "Three", "Two", "{count} x", "{count} xs"]
    assert not translations.unreadable(tmp_path)


def test_a_text_that_cannot_be_collected_is_named_by_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "desktop"
    folder.mkdir()
    (folder / "page.py").write_text('words = "x"\ntr(words)\nplural(2, "one", words)\ntr(f"{words}")\ntr()\n')
    assert translations.unreadable(folder) == [f"desktop/page.py:{line}" for line in (2, 3, 4, 5)]


def test_a_language_is_begun_and_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    monkeypatch.setattr(translations, "sources", lambda: {"Sync now", "Quit"})
    assert translations.main(["fr"]) == 0
    assert "2 texts, 2 to translate" in capsys.readouterr().out
    path = tmp_path / "cogzy_fr.ts"
    done = path.read_text().replace(
        '<translation type="unfinished"></translation>', "<translation>Quitter</translation>", 1
    )
    path.write_text(done)
    assert translations.main([]) == 0
    assert "2 texts, 1 to translate" in capsys.readouterr().out
    assert path.read_text() == done


# ---------------------------------------------------------------------------------- in force


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    text.use_language(qapp, "de")
    yield
    text.use_language(qapp, "en")


@pytest.mark.usefixtures("german")
def test_sentences_and_errors_are_german() -> None:
    assert text.tr("Sync now") == "Jetzt abgleichen"
    assert text.sentence(Sentence("idle", {"ago": Ago(130)})) == "Aktuell · vor 2 Minuten"
    assert text.error_text(CogzyError("storage.bucket_full", host="s3.example.com", bucket="b")) == (
        "Der Speicher ist voll",
        "Bei s3.example.com ist im Bucket 'b' kein Platz mehr.",
        "Erhöhe die Grenze auf der Seite des Anbieters oder schaffe Platz im Bucket.",
    )


@pytest.mark.usefixtures("german")
def test_every_sentence_of_the_state_can_be_filled_in_german() -> None:
    for template in SENTENCES.values():
        values = {name: "7" for _, name, _, _ in Formatter().parse(template) if name}
        assert text.tr(template, **values)


@pytest.mark.usefixtures("german")
def test_numbers_sizes_and_days_are_written_as_germans_do() -> None:
    assert text.number(1204) == "1.204"
    assert text.size(118_200_000) == "118,2\u00a0MB".replace("\u00a0", text.size(118_200_000)[5])
    assert text.duration(1.4) == "1,4 s"
    now = 1_790_000_000.0
    day = QLocale("de").standaloneDayName(QDate(2026, 9, 19).dayOfWeek())
    assert text.words(Moment(now - 2 * 86_400, now)) == day


def test_a_language_that_nobody_wrote_is_english(qapp: QApplication) -> None:
    text.use_language(qapp, "xx")
    assert text.tr("Sync now") == "Sync now"


def test_a_language_replaces_the_one_before(qapp: QApplication) -> None:
    text.use_language(qapp, text.PSEUDO)
    assert text.tr("Sync now").startswith("[")
    text.use_language(qapp, "de")
    assert text.tr("Sync now") == "Jetzt abgleichen"
    text.use_language(qapp, "en")
    assert text.tr("Sync now") == "Sync now"


@pytest.mark.parametrize(
    ("language", "system", "wanted"),
    [
        ("de", "de_AT", "de_AT"),
        ("de", "en_US", "de_DE"),
        ("de", "C", "de_DE"),
        ("en", "en_GB", "en_GB"),
        ("en", "de_DE", "en_DE"),
        ("en", "C", "C"),
    ],
)
def test_numbers_are_in_the_texts_language_and_in_the_countrys_way(language: str, system: str, wanted: str) -> None:
    assert text.locale_of(language, QLocale(system)).name() == wanted

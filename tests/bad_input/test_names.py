"""Names from everywhere: of files, traces, tables, columns, folders and the vault itself; all of them come back."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.bad_input.person import Person, contents_of, rows_of

COMBINED, COMPOSED = "e\u0301.md", "\u00e9.md"
NAMES = (
    "Ünïcödé ✓ 漢字 🦀.md",
    COMBINED,
    "x" * 255,
    "ü" * 127,
    "a b",
    "quote'",
    "%2e%2e",
    "-rf",
    "..hidden",
    "\u202eevil.md",
    "trailing. ",
)
ODD_NAMES = ("with\nnewline", 'colon:star*"', "CON", COMPOSED, "CASE.md", "case.md")
"""Names that some system, other than this one, cannot keep or cannot tell apart."""


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """A person whose own folders have odd names, too."""
    return Person(tmp_path / "Größe 漢字 'n' spaces")


def test_files_of_any_name_come_back(person: Person) -> None:
    notes = person.folder / "home" / "notes"
    deep = notes.joinpath(*["deep-" + "d" * 50] * 16)
    deep.mkdir(parents=True)
    (deep / "end.md").write_text("deep")
    for name in NAMES + (ODD_NAMES if sys.platform == "linux" else ()):
        (notes / name).write_text(f"content of {name}")
    person.environ["COGZY_SOURCES_EXTRA"] = json.dumps([{"name": "notes", "kind": "files", "path": str(notes)}])
    person.remember(1)
    for name in ("ünïcödé 漢字.json", "t" * 240 + ".json"):
        (person.vault / "traces" / name).write_text(json.dumps({"id": name}))
    assert person.sync().answer["notices"] == []
    back = person.restored()
    assert {path: data for path, data in back.items() if path.startswith("vault/")} == person.truth()
    found = contents_of(notes)
    assert len(found) == len(list(notes.rglob("*"))) - 16
    assert {path.removeprefix("sources/notes/"): back[path] for path in back if path.startswith("sources/")} == found
    one = f"sources/notes/{NAMES[0]}"
    person.cogzy("restore", "latest", "--file", one, "--to", str(person.folder / "one"))
    assert list(contents_of(person.folder / "one")) == [one]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_no_other_system_could_keep_is_told_and_stays_alone(person: Person) -> None:
    notes = person.folder / "home" / "notes"
    notes.mkdir()
    (notes / "good.md").write_text("good")
    (notes / "back\\slash").write_text("odd")
    (Path(os.fsdecode(os.fsencode(notes) + b"/bad\xff.md"))).write_text("odd")
    person.environ["COGZY_SOURCES_EXTRA"] = json.dumps([{"name": "notes", "kind": "files", "path": str(notes)}])
    said = person.sync()
    assert said.notices == ["sources.odd_name", "sources.odd_name"]
    assert list(person.restored()) == ["sources/notes/good.md"]
    (notes / "good.md").write_text("better")
    assert "Rename the file" in person.run("sync").out


def test_tables_and_columns_of_any_name_come_back_through_changes(person: Person) -> None:
    names = ("täble 漢字 🦀", "t" * 300, 'quote"d', "semi;colon -- x", "select", "with\nnewline", "a.b")
    for number, name in enumerate(names):
        quoted = '"' + name.replace('"', '""') + '"'
        schema = f'"schëma {number % 2}"'
        person.sql(
            f"CREATE SCHEMA IF NOT EXISTS {schema}",
            f'CREATE TABLE {schema}.{quoted}({quoted} INTEGER PRIMARY KEY, "{"c" * 200}" VARCHAR, "x y" VARCHAR)',
            f"INSERT INTO {schema}.{quoted} SELECT i, 'täxt ' || i, chr(128512 + i::INT) FROM range(20) r(i)",
        )
    person.sync()
    for number, name in enumerate(names):
        quoted = '"' + name.replace('"', '""') + '"'
        table = f'"schëma {number % 2}".{quoted}'
        person.sql(f"UPDATE {table} SET \"x y\" = 'nëw' WHERE {quoted} < 5", f"DELETE FROM {table} WHERE {quoted} = 9")
    said = person.sync()
    assert said.answer["notices"] == []
    assert said.answer["rows_changed"] == 6 * len(names)
    path = "sources/session-buddy-reflection/reflection.duckdb"
    assert person.restored()[path] == rows_of(person.database)

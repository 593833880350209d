"""Damage on this computer: named at every sync and in the status, never sent over the good copy, and healed from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.bad_input.person import Person, contents_of
from tests.database.test_damage import with_versions


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def misalign(path: Path) -> None:
    np.save(path, np.ones((7, 4), np.float32))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("name", "harm", "problem"),
    [
        ("corpus/nodes.json", cut, "vault.unreadable"),
        ("corpus/nodes.json", Path.unlink, "vault.missing"),
        ("vectors/nodes.npy", empty, "vault.unreadable"),
        ("vectors/nodes.npy", misalign, "vault.misaligned"),
    ],
)
def test_a_damaged_vault_is_told_and_brought_back(
    person: Person, name: str, harm: Callable[[Path], object], problem: str
) -> None:
    person.sync()
    good = person.truth()
    harm(person.vault / name)

    said = person.run("sync")
    assert said.code == 0
    assert name in said.out
    assert "cogzy reset --from-cloud" in said.out
    checked = person.cogzy("check", code=3).answer["damage"]
    assert [(found["path"], found["problem"]) for found in checked] == [(name, problem)]
    assert name in person.run("check").out
    status = person.run("status").out
    assert status.startswith("Part of the vault is damaged")
    assert "None" not in status
    assert person.restored() == good, "the copy in the cloud stays what it was"

    person.cogzy("reset", "--from-cloud", "--yes")
    assert person.truth() == good
    assert person.cogzy("check").answer["damage"] == []
    kept = [path for path in person.vault.glob(".before-*/*/*") if ".damaged-" in path.name]
    assert len(kept) == (harm is not Path.unlink), "what was damaged is kept"
    person.remember(4)
    person.must_be_safe()


def rot(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[300_000:300_010] = bytes(byte ^ 1 for byte in data[300_000:300_010])
    path.write_bytes(data)


def replace_by_sqlite(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t(x)")
    other.close()


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (rot, "database.unreadable"),
        (replace_by_sqlite, "sources.not_duckdb"),
    ],
)
def test_a_damaged_database_is_told_and_never_replaces_the_good_copy(
    person: Person, harm: Callable[[Path], object], error: str
) -> None:
    person.converse(0, 3000)
    person.sync()
    good, rows = person.database.read_bytes(), person.truth()
    harm(person.database)
    person.remember(4)

    said = person.sync()
    assert said.notices == [error]
    assert said.answer["not_copied"] == ["session-buddy-reflection"]
    assert said.answer["files_uploaded"] > 0, "the rest goes up all the same"
    again = person.run("sync")
    assert "Up to date" not in again.out
    assert "session-buddy-reflection" in again.out + person.run("status").out
    assert person.cogzy("status").answer["state"] == "attention"

    to = person.folder / "to"
    person.cogzy("restore", "latest", "--to", str(to))
    name = "sources/session-buddy-reflection/reflection.duckdb"
    assert contents_of(to)[name] == rows[name]
    person.cogzy("restore", "latest", "--in-place", "session-buddy-reflection", "--yes")
    assert person.database.read_bytes() == good
    person.converse(3000, 3010)
    person.must_be_safe()
    assert person.cogzy("status").answer["state"] == "idle"


def test_a_database_of_a_newer_duckdb_is_kept_byte_for_byte_and_unverified(person: Person) -> None:
    person.converse(0, 50)
    with_versions(person.database, 999, 1070)
    newer = person.database.read_bytes()
    said = person.sync()
    assert "database.unverified" in said.notices
    assert "Update Cogzy" in person.run("sync", "--full").out
    to = person.folder / "to"
    person.cogzy("restore", "latest", "--to", str(to))
    assert (to / "sources/session-buddy-reflection/reflection.duckdb").read_bytes() == newer
    changed = bytearray(newer)
    changed[-1] ^= 1
    person.database.write_bytes(changed)
    person.sync()
    person.cogzy("restore", "latest", "--to", str(person.folder / "again"))
    assert (person.folder / "again/sources/session-buddy-reflection/reflection.duckdb").read_bytes() == changed

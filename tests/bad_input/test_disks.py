"""Disks that are full and folders that cannot be written: said, nothing lost, and well again once there is room."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_input.disks import Namespace, namespace
from tests.bad_input.person import Person, contents_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no mount namespaces")
MB = 1_000_000


@pytest.fixture
def space() -> Iterator[Namespace]:
    with namespace() as made:
        yield made


@pytest.fixture
def person(tmp_path: Path, space: Namespace) -> Person:
    """A person in the namespace, with three memories and a database of 2.4 MB."""
    person = Person(tmp_path, within=space.pid)
    person.remember(1, 2, 3)
    rows = "INSERT INTO t SELECT i, md5(i::VARCHAR) FROM range(60000) r(i)"
    person.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, x VARCHAR)", rows)
    return person


def leftovers(person: Person, space: Namespace) -> list[Path]:
    return [path for path in space.seen(person.vault / "sync" / "staging").glob("*") if path.is_dir()]


@pytest.mark.parametrize(
    ("size", "error"),
    [
        pytest.param(1 * MB, "files.disk_full", id="while it is copied"),
        pytest.param(3 * MB, "database.disk_full", id="while it is read and packed"),
    ],
)
def test_a_disk_that_fills_under_a_database(person: Person, space: Namespace, size: int, error: str) -> None:
    before = person.truth()
    person.cogzy("status")
    space.mount_small(person.vault, size)
    told = person.told("sync", error=error, code=1)
    assert "Free some space" in told["next_step"]
    assert leftovers(person, space) == []
    assert person.cogzy("check").answer["damage"] == []
    assert person.cogzy("status").answer["state"] == "error"
    space.grow(person.vault, 100 * MB)
    person.sync()
    assert person.restored() == before


def test_a_cloud_folder_whose_disk_is_full(person: Person, space: Namespace) -> None:
    space.mount_small(person.cloud, MB // 2)
    told = person.told("sync", error="storage.disk_full", code=1)
    assert str(person.cloud) in told["cause"]
    assert not list(space.seen(person.cloud).glob("systems/*")), "nothing was committed"
    space.grow(person.cloud, 100 * MB)
    person.must_be_safe()


def test_a_disk_that_is_too_small_for_a_restore(person: Person, space: Namespace) -> None:
    person.sync()
    to = person.folder / "to"
    space.mount_small(to, 2 * MB)
    person.told("restore", "latest", "--to", str(to), error="files.disk_full", code=1)
    assert list(space.seen(to).iterdir()) == [], "nothing half was left"
    space.grow(to, 100 * MB)
    person.cogzy("restore", "latest", "--to", str(to))
    shutil.copytree(space.seen(to), person.folder / "seen")
    assert contents_of(person.folder / "seen") == person.truth()


def test_a_disk_that_is_too_small_for_a_reset(person: Person, space: Namespace) -> None:
    big = person.vault / "traces" / "big.json"
    big.write_text(json.dumps({"id": "big", "steps": "why" * MB}))
    person.sync()
    truth = person.truth()
    big.unlink()
    space.mount_small(person.vault, 3 * MB)
    told = person.told("reset", "--from-cloud", "--yes", error="files.disk_full", code=1)
    assert "nothing was lost" in told["next_step"]
    assert leftovers(person, space) == []
    assert person.cogzy("status").answer["vault"]["nodes"] == 3
    space.grow(person.vault, 100 * MB)
    person.cogzy("reset", "--from-cloud", "--yes")
    assert space.seen(big).read_bytes() == truth["vault/traces/big.json"]


def test_a_vault_that_cannot_be_written(person: Person, space: Namespace) -> None:
    person.sync()
    person.converse(0, 9)
    space.make_read_only(person.vault)
    for command in (("sync",), ("reset", "--from-cloud", "--yes"), ("config", "set", "cloud_prefix", "x")):
        told = person.told(*command, error="files.not_writable", code=1)
        assert str(person.vault) in told["cause"]
        assert "Read-only" in told["cause"]
    person.told("sync", "--queue", error="files.not_writable", code=1)
    person.told("status", error="files.not_writable", code=1)
    space.make_writable(person.vault)
    person.must_be_safe()


def test_a_cloud_folder_that_cannot_be_written(person: Person, space: Namespace) -> None:
    space.make_read_only(person.cloud)
    told = person.told("sync", error="storage.folder_unwritable", code=1)
    assert str(person.cloud) in told["cause"]
    space.make_writable(person.cloud)
    person.must_be_safe()


def test_a_folder_that_cannot_take_a_restore(person: Person, space: Namespace) -> None:
    person.sync()
    to = person.folder / "to"
    to.mkdir()
    space.make_read_only(to)
    person.told("restore", "latest", "--to", str(to), error="files.not_writable", code=1)
    space.make_writable(to)
    taken = to / "file"
    taken.write_text("mine")
    person.told("restore", "latest", "--to", str(taken), error="restore.not_a_folder", code=2)
    assert taken.read_text() == "mine"
    person.cogzy("restore", "latest", "--to", str(to))
    assert taken.read_text() == "mine"


@pytest.mark.parametrize("name", [".", "sync", "corpus", "sync/rows"])
def test_a_file_that_lies_where_a_folder_of_the_vault_belongs(tmp_path: Path, name: str) -> None:
    person = Person(tmp_path)
    place = person.vault / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("in the way")
    person.converse(0, 9)
    said = person.run("sync", "--json")
    if said.code:
        assert person.told("sync", error="files.in_the_way", code=1)["cause"].startswith(str(place))
    assert place.read_text() == "in the way", "what is not ours is not removed"
    place.unlink()
    person.must_be_safe()

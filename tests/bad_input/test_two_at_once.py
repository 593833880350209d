"""Two Cogzy on one vault, and two computers on one bucket: nobody spoils anything of the other."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from core.vault.locks import owner_lock
from tests.bad_input.person import Person


def test_four_syncs_at_once_share_the_work(person: Person) -> None:
    person.converse(0, 500)
    running = [person.start("sync", "--json") for _ in range(4)]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in running]
    assert [code for _, _, code in ended] == [0, 0, 0, 0], ended
    assert "Traceback" not in "".join(err for _, err, _ in ended)
    assert {json.loads(out)["success"] for out, _, _ in ended} == {True}
    assert len({json.loads(out)["upload_id"] for out, _, _ in ended}) == 1, "one upload, and nothing new after it"
    assert person.restored() == person.truth()


def test_an_owner_that_does_not_answer_is_named(person: Person) -> None:
    with owner_lock(person.vault, "app"):
        told = person.told("sync", error="control.owner_silent", code=5)
        assert str(os.getpid()) in told["cause"]
        assert person.cogzy("status").answer["owner"]["pid"] == os.getpid()
    person.must_be_safe()


def test_a_copied_computer_gets_a_name_of_its_own(person: Person) -> None:
    """Somebody copies a whole home: both computers sync the vault on, and neither replaces what the other sent."""
    first = person.sync().answer["upload_id"]
    clone = Person(person.folder / "clone")
    shutil.copytree(person.vault, clone.vault)
    clone.environ["COGZY_CLOUD_ENDPOINT"] = person.cloud.as_uri()
    clone.remember(10)
    person.remember(20)
    theirs, ours = clone.sync().answer["upload_id"], person.sync().answer["upload_id"]
    listed = {found["upload_id"]: found for found in person.cogzy("uploads").answer["uploads"]}
    assert listed.keys() == {first, theirs, ours}
    assert listed[theirs]["system_id"] != listed[ours]["system_id"] == listed[first]["system_id"]
    assert clone.restored(theirs) == clone.truth()
    assert person.restored(ours) == person.truth()


def test_two_vaults_in_one_bucket_do_not_meet(person: Person, tmp_path: Path) -> None:
    other = Person(tmp_path / "other")
    other.environ["COGZY_CLOUD_ENDPOINT"] = person.cloud.as_uri()
    other.remember(100)
    theirs = other.sync().answer["upload_id"]
    person.must_be_safe()
    told = person.told("reset", "--from-cloud", "--upload", theirs, "--yes", error="uploads.other_vault", code=4)
    assert told["next_step"]
    other.must_be_safe()

"""Several computers and one bucket: each follows its own uploads, sees the others', and can become another's heir."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from core import settings
from core.errors import UsageError
from core.sync.events import ListUploads, PreviewReset, Reset, Restore, Sync
from tests.sync.world import Computer, objects

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def other(computer: Computer, tmp_path: Path) -> AsyncIterator[Computer]:
    """Another computer with the same cloud, and nothing on it."""
    other = Computer(tmp_path / "desktop", computer.cloud, name="desktop", clock=computer.clock)
    yield other
    await other.close()


def same_vault(computer: Computer, other: Computer) -> None:
    vault_id = settings.ensure_identity(computer.vault, computer.environ).settings.vault_id
    settings.ensure_identity(other.vault, other.environ)
    settings.save(other.vault, {"vault_id": vault_id}, other.environ)


async def test_two_systems_in_one_vault_do_not_disturb_each_other(computer: Computer, other: Computer) -> None:
    same_vault(computer, other)
    other.say("three/session.jsonl", 5)
    await computer.sync()
    await other.sync()
    for number in range(3):
        computer.add_rows(0, 2, f"edition {number}")
        other.say("three/session.jsonl", 1)
        mine, theirs = await computer.sync(), await other.sync()
        assert (computer.head().head, other.head().head) == (mine["upload_id"], theirs["upload_id"])
    assert await computer.restore(mine["upload_id"]) == computer.truth()
    assert await computer.restore(theirs["upload_id"], "theirs") == other.truth()
    heads = {item["upload_id"]: item["elsewhere"] for item in await computer.run(ListUploads()) if item["is_head"]}
    assert heads == {mine["upload_id"]: False, theirs["upload_id"]: True}
    heads = {item["upload_id"]: item["elsewhere"] for item in await other.run(ListUploads()) if item["is_head"]}
    assert heads == {mine["upload_id"]: True, theirs["upload_id"]: False}


async def test_two_vaults_in_one_bucket_do_not_mix(computer: Computer, other: Computer) -> None:
    other.say("three/session.jsonl", 5)
    await computer.sync()
    await other.sync()
    assert await computer.restore() == computer.truth()
    assert await other.restore() == other.truth()
    assert not any(item["elsewhere"] for item in await computer.run(ListUploads()))


async def test_a_fresh_computer_lists_restores_and_becomes_the_heir(computer: Computer, other: Computer) -> None:
    sent = await computer.sync()
    assert [item["upload_id"] for item in await other.run(ListUploads())] == [sent["upload_id"]]
    truth = computer.truth()
    assert await other.restore() == truth
    preview = await other.run(PreviewReset())
    assert preview["upload_id"] == sent["upload_id"]
    await other.run(Reset())
    in_vault = {path: content for path, content in truth.items() if path.startswith("vault/")}
    assert {path: c for path, c in other.truth().items() if path.startswith("vault/")} == in_vault
    other.remember(100, 2)
    result = await other.sync()
    followed = next(item for item in await other.run(ListUploads()) if item["upload_id"] == result["upload_id"])
    assert followed["parents"] == (sent["upload_id"],)
    assert followed["vault_id"] == settings.ensure_identity(computer.vault, computer.environ).settings.vault_id
    assert await other.restore(result["upload_id"], "again") == other.truth()
    computer.say("one/session.jsonl", 1)
    await computer.sync()
    assert await computer.restore() == computer.truth()


async def test_a_reset_to_an_older_upload_is_what_the_next_one_holds(computer: Computer) -> None:
    first = await computer.sync()
    truth = computer.truth()
    computer.remember(100, 5)
    await computer.sync()
    await computer.run(Reset(first["upload_id"], override=True))
    assert computer.truth() == truth
    computer.say("one/session.jsonl", 1)
    await computer.sync()
    assert await computer.restore() == computer.truth()


async def test_a_reset_to_another_systems_upload_follows_it(computer: Computer, other: Computer) -> None:
    same_vault(computer, other)
    other.remember(0, 2)
    await other.sync()
    mine = other.head()
    theirs = await computer.sync()
    await other.run(Reset(theirs["upload_id"], override=True))
    followed = await other.sync()
    other.remember(500, 1)
    later = await other.sync()
    listed = {item["upload_id"]: item for item in await other.run(ListUploads())}
    assert set(listed[followed["upload_id"]]["parents"]) == {mine.head, theirs["upload_id"]}
    assert [upload for upload, item in listed.items() if item["is_head"]] == [later["upload_id"]]
    assert len(listed[later["upload_id"]]["parents"]) == 1


async def test_a_choice_is_asked_for_when_there_are_several_vaults(
    computer: Computer, other: Computer, tmp_path: Path
) -> None:
    other.say("three/session.jsonl", 5)
    await computer.sync()
    sent = await other.sync()
    third = Computer(tmp_path / "third", computer.cloud, name="third")
    with pytest.raises(UsageError) as caught:
        await third.run(ListUploads())
    assert caught.value.code == "uploads.several_vaults"
    await third.run(Restore(sent["upload_id"], to=str(tmp_path / "out")))
    assert (tmp_path / "out" / "sources" / "claude-code" / "three" / "session.jsonl").exists()
    await third.close()


async def test_another_bucket_gets_everything_and_the_first_is_not_forgotten(
    computer: Computer, tmp_path: Path
) -> None:
    await computer.sync()
    first, before = computer.environ["COGZY_CLOUD_ENDPOINT"], computer.head().head
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    computer.environ["COGZY_CLOUD_ENDPOINT"] = elsewhere.as_uri()
    await computer.sync()
    assert await computer.restore() == computer.truth()
    assert objects(elsewhere, "manifest.json")
    computer.environ["COGZY_CLOUD_ENDPOINT"] = first
    assert computer.head().head == before
    computer.say("one/session.jsonl", 1)
    await computer.sync()
    assert len(computer.head().chain) == 2
    assert await computer.restore(into="first") == computer.truth()


async def test_each_system_leaves_one_note_of_itself(computer: Computer, other: Computer) -> None:
    same_vault(computer, other)
    other.say("three/session.jsonl", 5)
    for _ in range(2):
        computer.say("one/session.jsonl", 1)
        other.say("three/session.jsonl", 1)
        await computer.run(Sync())
        await other.run(Sync())
    notes = objects(computer.cloud, "/devices/")
    assert {key.rpartition("/")[2] for key in notes} == {"laptop-a1b2.json", "desktop-a1b2.json"}

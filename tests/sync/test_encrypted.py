"""An encrypted copy, from the first passphrase to a fresh computer that has nothing but the printed recovery key."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from core.credentials import NEW_PASSPHRASE, Credentials
from core.errors import CogzyError, DamageError, RefusedError, UsageError
from core.sync.events import Encrypt, ListUploads, Reset, Restore, Verify
from tests.sync.world import Computer, objects

pytestmark = pytest.mark.asyncio

PASSPHRASE = "seven quiet horses cross the ford"


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a passphrase really costs is a test of the format's."""
    monkeypatch.setattr("core.sync.keys.SCRYPT_LOG_N", 10)


@pytest_asyncio.fixture
async def recovery(computer: Computer) -> str:
    """The recovery key of the computer's copy, which is encrypted from now on."""
    computer.environ["COGZY_PASSPHRASE"] = PASSPHRASE
    started = await computer.run(Encrypt("new"))
    assert not started["clear_copy_remains"]
    return str(started["recovery_key"])


@pytest_asyncio.fixture
async def fresh(computer: Computer, tmp_path: Path) -> AsyncIterator[Computer]:
    """Another computer with the same cloud, and nothing on it."""
    fresh = Computer(tmp_path / "fresh", computer.cloud, name="fresh", clock=computer.clock)
    yield fresh
    await fresh.close()


async def test_nothing_readable_is_in_an_encrypted_copy(computer: Computer, recovery: str) -> None:
    await computer.sync()
    everything = b"".join(objects(computer.cloud).values())
    names = " ".join(objects(computer.cloud))
    for secret in ("session.jsonl", "reflection", "question", "entity", PASSPHRASE, recovery, "claude"):
        assert secret.encode() not in everything
        assert secret not in names
    (manifest,) = objects(computer.cloud, "manifest.json").values()
    parsed = json.loads(manifest)
    assert (parsed["files"], parsed["conversation_count"], parsed["metadata"]["cogzy"]["sources"]) == ([], 0, [])
    assert await computer.restore() == computer.truth()
    computer.add_rows(0, 3, "changed")
    await computer.sync()
    assert await computer.restore(into="again") == computer.truth()
    assert (await computer.run(Verify(100)))["ok"]


@pytest.mark.parametrize("by", ["passphrase", "recovery key"])
async def test_a_fresh_computer_gets_everything_back(
    computer: Computer, recovery: str, fresh: Computer, by: str
) -> None:
    await computer.sync()
    if by == "passphrase":
        fresh.environ["COGZY_PASSPHRASE"] = PASSPHRASE
    else:
        fresh.environ["COGZY_RECOVERY_KEY"] = recovery
    assert len(await fresh.run(ListUploads())) == 1
    assert await fresh.restore() == computer.truth()
    await fresh.run(Reset())
    fresh.remember(100, 1)
    await fresh.sync()
    assert await fresh.restore("latest", "again") == fresh.truth()


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        ("COGZY_PASSPHRASE", "seven quiet horses cross the fort", "keys.wrong_passphrase"),
        ("COGZY_RECOVERY_KEY", "not a recovery key at all", "keys.mistyped_recovery_key"),
        ("COGZY_UNUSED", "", "credentials.no_keychain"),
    ],
)
async def test_without_the_right_key_nothing_comes_back(
    computer: Computer, recovery: str, fresh: Computer, variable: str, value: str, code: str
) -> None:
    await computer.sync()
    fresh.environ[variable] = value
    with pytest.raises(CogzyError) as caught:
        await fresh.run(Restore("latest", to=str(fresh.folder / "out")))
    assert caught.value.code == code
    assert not (fresh.folder / "out").exists()


async def test_a_new_passphrase_sends_no_memory_again_and_ends_the_old_one(
    computer: Computer, recovery: str, fresh: Computer
) -> None:
    await computer.sync()
    before = objects(computer.cloud)
    computer.environ[NEW_PASSPHRASE] = "nine loud geese fly over it"
    await computer.run(Encrypt("change"))
    after = objects(computer.cloud)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert changed
    assert all("/keys/" in key for key in changed)
    fresh.environ["COGZY_PASSPHRASE"] = PASSPHRASE
    with pytest.raises(UsageError):
        await fresh.restore()
    fresh.environ["COGZY_PASSPHRASE"] = computer.environ[NEW_PASSPHRASE]
    assert await fresh.restore() == computer.truth()
    del fresh.environ["COGZY_PASSPHRASE"]
    fresh.environ["COGZY_RECOVERY_KEY"] = recovery
    assert await fresh.restore(into="by recovery key") == computer.truth()


async def test_a_passphrase_changed_elsewhere_is_taken_here_too(
    computer: Computer, recovery: str, fresh: Computer
) -> None:
    await computer.sync()
    fresh.environ["COGZY_PASSPHRASE"] = PASSPHRASE
    await fresh.run(Reset())
    await fresh.sync()
    computer.environ[NEW_PASSPHRASE] = "nine loud geese fly over it"
    await computer.run(Encrypt("change"))
    await fresh.close()
    fresh.environ["COGZY_PASSPHRASE"] = computer.environ[NEW_PASSPHRASE]
    fresh.remember(100, 1)
    await fresh.sync()
    assert await fresh.restore(fresh.head().head or "") == fresh.truth()


async def test_a_new_recovery_key_ends_the_old_one(computer: Computer, recovery: str, fresh: Computer) -> None:
    await computer.sync()
    new = (await computer.run(Encrypt("recovery-key")))["recovery_key"]
    fresh.environ["COGZY_RECOVERY_KEY"] = recovery
    with pytest.raises(UsageError):
        await fresh.restore()
    fresh.environ["COGZY_RECOVERY_KEY"] = new
    assert await fresh.restore() == computer.truth()


async def test_encrypting_a_clear_copy_begins_a_new_one_and_says_that_the_clear_one_remains(
    computer: Computer,
) -> None:
    clear = await computer.sync()
    computer.environ["COGZY_PASSPHRASE"] = PASSPHRASE
    started = await computer.run(Encrypt("new"))
    assert started["clear_copy_remains"]
    sent = await computer.sync()
    assert sent["upload_id"] != clear["upload_id"]
    assert await computer.restore() == computer.truth()
    formats = [json.loads(body)["encrypted"] for body in objects(computer.cloud, "format.json").values()]
    assert sorted(formats) == [False, True]


async def test_encrypting_when_the_local_state_was_lost_does_not_run_into_the_clear_copy(computer: Computer) -> None:
    await computer.sync()
    await computer.close()
    for file in (computer.vault / "sync").glob("state.db*"):
        file.unlink()
    computer.environ["COGZY_PASSPHRASE"] = PASSPHRASE
    await computer.run(Encrypt("new"))
    await computer.sync()
    assert await computer.restore() == computer.truth()


async def test_a_clear_copy_in_the_place_of_an_encrypted_one_is_refused(computer: Computer, recovery: str) -> None:
    await computer.sync()
    (path,) = (computer.cloud / key for key in objects(computer.cloud, "format.json"))
    clear = json.loads(path.read_bytes()) | {"encrypted": False}
    clear.pop("check", None)
    shutil.rmtree(computer.cloud / "systems")
    path.write_text(json.dumps(clear))
    computer.say("one/session.jsonl", 1)
    with pytest.raises(CogzyError) as caught:
        await computer.sync()
    assert caught.value.code == "format.not_encrypted"
    assert caught.value.exit_code == RefusedError.exit_code
    assert not objects(computer.cloud, "manifest.json")


async def test_an_encrypted_copy_where_a_clear_one_is_expected_is_refused(
    computer: Computer, recovery: str, fresh: Computer
) -> None:
    from core import settings

    await computer.sync()
    settings.ensure_identity(fresh.vault, fresh.environ)
    vault_id = settings.ensure_identity(computer.vault, computer.environ).settings.vault_id
    settings.save(fresh.vault, {"vault_id": vault_id}, fresh.environ)
    fresh.say("three/session.jsonl", 1)
    packs = objects(computer.cloud, "/packs/")
    with pytest.raises(CogzyError) as caught:
        await fresh.sync()
    assert caught.value.exit_code == RefusedError.exit_code
    assert objects(computer.cloud, "/packs/") == packs, "nothing went there in clear"


@pytest.mark.parametrize("where", [0, 100, -1])
async def test_a_pack_that_was_tampered_with_is_refused(computer: Computer, recovery: str, where: int) -> None:
    await computer.sync()
    for key in objects(computer.cloud, "/packs/"):
        path = computer.cloud / key
        body = bytearray(path.read_bytes())
        body[where] ^= 1
        path.write_bytes(body)
    with pytest.raises(DamageError):
        await computer.restore()
    assert not (computer.folder / "restored").exists()


async def test_packs_that_were_swapped_are_refused(computer: Computer, recovery: str) -> None:
    (computer.transcripts / "one" / "big").write_bytes(os.urandom(9 << 20))
    await computer.sync()
    first, second, *_ = (computer.cloud / key for key in objects(computer.cloud, "/packs/"))
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    with pytest.raises(DamageError):
        await computer.restore()


async def test_with_a_place_for_secrets_the_passphrase_is_not_needed_again(
    empty: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = Credentials(empty.vault, empty.environ)
    await credentials.use_file("opens the file of secrets")
    await credentials.set("passphrase", PASSPHRASE)
    empty.environ["COGZY_SECRETS_PASSPHRASE"] = "opens the file of secrets"
    assert (await empty.run(Encrypt("new")))["key_kept"]
    await credentials.delete("passphrase")
    await empty.close()
    empty.say("one/session.jsonl", 1)
    await empty.sync()
    assert await empty.restore() == empty.truth()

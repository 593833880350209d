"""Encrypted uploads: marked with the reason, read once the hub has the key, and never another's words in a vault."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.akosha.ingest import VaultKeys
from core.errors import CogzyError, DamageError, UsageError
from core.sync.keys import encode_wrapped, wrap
from core.sync.layout import format_key, wrapped_key
from core.sync.sealing import KeySealer
from core.sync.vault_format import VaultFormat, encode_format
from tests.akosha.ingest.hub import Hub, folder_source
from tests.akosha.ingest.laptop import Laptop
from tests.restore.uploader import MASTER_KEY, VAULT_ID

ROWS = {f"c{i}": f"text {i}" for i in range(10)}
PASSPHRASE = "correct horse battery"


async def sealed(cloud: Path, *, wrapped: bool = False) -> Laptop:
    """A system with an encrypted vault of one upload."""
    laptop = Laptop(cloud, master_key=MASTER_KEY)
    check = KeySealer(VAULT_ID, MASTER_KEY).check
    told = VaultFormat(VAULT_ID, True, datetime.now(UTC), check)
    await laptop.remote.store.put(format_key(VAULT_ID), encode_format(told))
    if wrapped:
        made = wrap(MASTER_KEY, PASSPHRASE, VAULT_ID)
        await laptop.remote.store.put(wrapped_key(VAULT_ID, str(made["id"])), encode_wrapped(made))
    await laptop.image_of(ROWS)
    await laptop.delta_of({"c1": "changed"})
    return laptop


@pytest.mark.asyncio
async def test_without_a_key_an_upload_is_unreadable_and_says_which_vault(cloud: Path, hub: Hub) -> None:
    await sealed(cloud)
    report = await hub.ingest()
    assert (report.unreadable, report.quarantined, report.ingested) == (2, 0, 0)
    assert [(p["code"], p["params"]) for p in report.problems] == [("akosha.ingest_encrypted", {"vault_id": VAULT_ID})]
    assert {one.state for one in await hub.records()} == {"unreadable"}
    assert (await hub.ingest()).changed is False


@pytest.mark.asyncio
async def test_a_key_that_arrives_later_opens_what_waited(cloud: Path, hub: Hub) -> None:
    laptop = await sealed(cloud)
    await hub.ingest()
    await hub.again()
    VaultKeys(hub.data).add(VAULT_ID, MASTER_KEY)  # by another process
    report = await hub.ingest()
    assert (report.ingested, report.skipped, report.unreadable) == (1, 1, 0)
    assert await hub.texts("conversation") == ROWS | {"c1": "changed"}
    await laptop.delta_of({"c2": "more"})
    assert (await hub.ingest()).rows == 1


@pytest.mark.asyncio
async def test_a_wrong_key_is_told_and_the_right_one_helps(cloud: Path, hub: Hub) -> None:
    await sealed(cloud)
    hub.keys.add(VAULT_ID, bytes(32))
    report = await hub.ingest()
    assert report.unreadable == 2
    assert [problem["code"] for problem in report.problems] == ["akosha.ingest_key_fails"]
    hub.keys.add(VAULT_ID, MASTER_KEY)
    assert (await hub.ingest()).ingested == 1


@pytest.mark.asyncio
async def test_a_passphrase_opens_the_keys_in_the_bucket(cloud: Path, tmp_path: Path) -> None:
    await sealed(cloud, wrapped=True)
    hub = await Hub(tmp_path, folder_source(cloud), passphrase="a wrong passphrase").open()
    try:
        report = await hub.ingest()
        assert (report.unreadable, report.problems[0]["params"]["why"]) == (2, "keys.wrong_passphrase")
        assert (await hub.ingest()).changed is False
        hub.passphrase = PASSPHRASE
        await hub.again()
        assert (await hub.ingest()).ingested == 1
        assert len(await hub.rows()) == 10
    finally:
        await hub.close()


@pytest.mark.asyncio
async def test_clear_uploads_of_an_encrypted_vault_are_refused(cloud: Path, hub: Hub) -> None:
    laptop = await sealed(cloud)
    hub.keys.add(VAULT_ID, MASTER_KEY)
    await hub.ingest()
    forger = Laptop(cloud, now=laptop.now)
    await forger.image_of({"c1": "words put into its mouth"})
    await hub.again()
    report = await hub.ingest()
    assert (report.quarantined, [p["code"] for p in report.problems]) == (1, ["akosha.ingest_not_encrypted"])
    assert (await hub.texts("conversation"))["c1"] == "changed"


@pytest.mark.asyncio
async def test_one_clear_and_one_encrypted_vault_of_a_system_stand_side_by_side(cloud: Path, hub: Hub) -> None:
    clear = Laptop(cloud, vault_id="7b" * 16)
    await clear.image_of({"old": "in clear"})
    await sealed(cloud)
    report = await hub.ingest()
    assert (report.ingested, report.unreadable) == (1, 2)
    assert await hub.texts("conversation") == {"old": "in clear"}
    hub.keys.add(VAULT_ID, MASTER_KEY)
    assert (await hub.ingest()).ingested == 1
    assert set(await hub.texts("conversation")) == set(ROWS)


def test_keys_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    keys = VaultKeys(tmp_path)
    assert keys.list() == ()
    assert not keys.has(VAULT_ID)
    keys.add(VAULT_ID, MASTER_KEY)
    keys.add("7b" * 16, bytes(32))
    assert [one.vault_id for one in keys.list()] == [VAULT_ID, "7b" * 16]
    assert (tmp_path / "vault_keys.json").stat().st_mode & 0o777 == 0o600
    assert VaultKeys(tmp_path).has(VAULT_ID)
    assert keys.remove(VAULT_ID) is True
    assert keys.remove(VAULT_ID) is False
    assert not VaultKeys(tmp_path).has(VAULT_ID)


@pytest.mark.parametrize(("vault_id", "key"), [("x", MASTER_KEY), (VAULT_ID.upper(), MASTER_KEY), (VAULT_ID, b"short")])
def test_what_is_no_key_is_refused(tmp_path: Path, vault_id: str, key: bytes) -> None:
    with pytest.raises(UsageError):
        VaultKeys(tmp_path).add(vault_id, key)
    assert not (tmp_path / "vault_keys.json").exists()


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"keys": 5}', json.dumps({"keys": {"x": {"key": "AA==", "added_at": 1}}}), '{"keys": {"a": 1}}'],
)
def test_a_damaged_file_of_keys_is_told_and_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / "vault_keys.json").write_text(content)
    keys = VaultKeys(tmp_path)
    acts: list[Any] = [keys.list, lambda: keys.has(VAULT_ID), lambda: keys.add(VAULT_ID, MASTER_KEY)]
    for act in acts:
        with pytest.raises(DamageError) as failed:
            act()
        assert isinstance(failed.value, CogzyError)
        assert failed.value.code == "akosha.keys_damaged"
    assert (tmp_path / "vault_keys.json").read_text() == content

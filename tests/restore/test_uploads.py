"""Listing uploads and reading their trees, with everything that a bucket can do wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import CogzyError, DamageError, RefusedError, UsageError
from core.sync.entries import FileEntry
from core.sync.layout import manifest_key, new_upload_id, table_key
from core.sync.remote import Remote
from core.sync.table import Table, encode_table, make_ref
from core.sync.uploads import follows, list_uploads, read_manifest, read_tree

from .uploader import MASTER_KEY, SYSTEM_ID, VAULT_ID, Uploader, remote_of


@pytest.fixture
def up(tmp_path: Path) -> Uploader:
    return Uploader(tmp_path / "cloud")


def rewrite_manifest(up: Uploader, **changes: object) -> str:
    """Change fields of the head's manifest in the bucket; returns its key."""
    assert up.head is not None
    key = manifest_key(up.system_id, up.head.upload_id)
    value = json.loads(up.object(key).read_bytes())
    own = value["metadata"]["cogzy"]
    for name, new in changes.items():
        (own if name in own else value)[name] = new
    up.object(key).write_bytes(json.dumps(value).encode())
    return key


@pytest.mark.asyncio
async def test_empty_store_lists_nothing_and_has_no_latest(up: Uploader) -> None:
    assert await list_uploads(up.remote) == []
    with pytest.raises(UsageError) as caught:
        await read_manifest(up.remote)
    assert caught.value.code == "uploads.none"


@pytest.mark.asyncio
async def test_uploads_are_listed_newest_first_with_the_heads_of_each_system(up: Uploader) -> None:
    other = Uploader(up.folder, system_id="desk-77ff")
    first = await up.commit({"vault/a": b"1"}, nodes=3)
    second = await up.commit({"vault/a": b"2"}, nodes=4)
    theirs = await other.commit({"vault/a": b"3"})
    infos = await list_uploads(up.remote)
    assert {i.upload_id: i.is_head for i in infos} == {
        second.upload_id: True,
        first.upload_id: False,
        theirs.upload_id: True,
    }
    assert infos[0].upload_id == second.upload_id
    assert all(i.readable and i.error is None for i in infos)
    newest = infos[0]
    assert (newest.conversation_count, newest.system_id, newest.vault_id) == (4, SYSTEM_ID, VAULT_ID)
    assert newest.parents == (first.upload_id,)
    assert follows(infos, second.upload_id, first.upload_id)
    assert not follows(infos, first.upload_id, second.upload_id)


@pytest.mark.asyncio
async def test_listing_takes_one_listing_and_one_get_per_upload(up: Uploader) -> None:
    for number in range(5):
        await up.commit({"vault/a": bytes([number])})
    fresh = remote_of(up.folder)
    await list_uploads(fresh)
    assert fresh.store.traffic.requests <= 7


@pytest.mark.asyncio
async def test_what_cannot_be_read_is_listed_with_its_reason_and_hides_nothing(up: Uploader) -> None:
    good = await up.commit({"vault/a": b"1"})
    for name in ("cut", "future", "foreign", "misplaced"):
        await up.commit({"vault/a": name.encode()}, parents=())
        assert up.head is not None
        path = up.object(manifest_key(SYSTEM_ID, up.head.upload_id))
        value = json.loads(path.read_bytes())
        if name == "cut":
            path.write_bytes(path.read_bytes()[:-20])
        elif name == "future":
            value["metadata"]["cogzy"]["format"] = 99
            path.write_text(json.dumps(value))
        elif name == "foreign":
            del value["metadata"]
            path.write_text(json.dumps(value))
        else:
            value["upload_id"] = good.upload_id
            path.write_text(json.dumps(value))
    odd = up.object("systems/old/uploads/not-an-id/manifest.json")
    odd.parent.mkdir(parents=True)
    odd.write_text("{}")
    infos = await list_uploads(up.remote)
    codes = sorted(i.error["code"] for i in infos if i.error)
    assert codes == [
        "manifest.foreign",
        "manifest.foreign",
        "manifest.future",
        "manifest.malformed",
        "manifest.misplaced",
    ]
    assert [i.upload_id for i in infos if i.readable] == [good.upload_id]
    assert all(i.error["next_step"] for i in infos if i.error)
    assert (await read_manifest(up.remote)).upload_id == good.upload_id


@pytest.mark.asyncio
async def test_other_vaults_are_listed_but_refused(up: Uploader) -> None:
    other = Uploader(up.folder, vault_id="b7" * 16, system_id="desk")
    theirs = await other.commit({"vault/a": b"3"})
    infos = await list_uploads(up.remote)
    assert [(i.vault_id, i.readable) for i in infos] == [("b7" * 16, False)]
    assert infos[0].error is not None
    assert infos[0].error["code"] == "uploads.other_vault"
    with pytest.raises(RefusedError):
        await read_manifest(up.remote, theirs.upload_id)
    with pytest.raises(UsageError):
        await read_manifest(up.remote)


@pytest.mark.asyncio
async def test_encrypted_without_the_key_is_refused_and_so_is_clear_in_an_encrypted_vault(up: Uploader) -> None:
    sealed = Uploader(up.folder, master_key=MASTER_KEY)
    secret = await sealed.commit({"vault/a": b"secret"})
    infos = await list_uploads(up.remote)
    assert infos[0].encrypted
    assert infos[0].error is not None
    assert infos[0].error["code"] == "uploads.encrypted"
    with pytest.raises(RefusedError) as caught:
        await read_tree(up.remote, secret.upload_id)
    assert caught.value.code == "uploads.encrypted"
    up.now = sealed.now
    clear = await up.commit({"vault/a": b"forged"})
    with pytest.raises(RefusedError) as caught:
        await read_tree(sealed.remote, clear.upload_id)
    assert caught.value.code == "uploads.not_encrypted"
    assert (await read_manifest(sealed.remote)).upload_id == secret.upload_id


@pytest.mark.asyncio
async def test_the_wrong_key_does_not_open_a_table(up: Uploader) -> None:
    sealed = Uploader(up.folder, master_key=MASTER_KEY)
    await sealed.commit({"vault/a": b"secret"})
    wrong = remote_of(up.folder, master_key=bytes(32))
    with pytest.raises(DamageError) as caught:
        await read_tree(wrong)
    assert caught.value.code == "table.tampered"


@pytest.mark.asyncio
async def test_latest_never_takes_a_parent_before_its_child_when_clocks_are_wrong(up: Uploader) -> None:
    await up.commit({"vault/a": b"1"})
    assert up.head is not None
    late = up.now
    up.now = late.replace(year=2020)
    child = await up.commit({"vault/a": b"2"})
    assert (await read_manifest(up.remote)).upload_id == child.upload_id


@pytest.mark.asyncio
async def test_tree_folds_the_chain(up: Uploader) -> None:
    await up.commit({"vault/a": b"1", "vault/b": b"1", "vault/gone": b"1"})
    await up.commit({"vault/a": b"2"}, removed=["vault/gone"])
    last = await up.commit({"vault/c": b"3"})
    manifest, tree = await read_tree(up.remote)
    assert manifest.upload_id == last.upload_id
    assert sorted(tree.entries) == ["vault/a", "vault/b", "vault/c"]
    await up.commit({"vault/d": b"4"}, fold=False)
    assert len((await read_tree(up.remote))[1].entries) == 4


@pytest.mark.asyncio
@pytest.mark.parametrize("upload_id", ["nonsense", "../../etc", "20260101_000000_000_ghost_abcdef"])
async def test_unknown_upload_is_a_usage_error(up: Uploader, upload_id: str) -> None:
    await up.commit({"vault/a": b"1"})
    with pytest.raises(UsageError) as caught:
        await read_tree(up.remote, upload_id)
    assert caught.value.code == "uploads.no_such"


@pytest.mark.asyncio
async def test_damaged_tables_are_named(up: Uploader) -> None:
    first = await up.commit({"vault/a": b"1"})
    await up.commit({"vault/a": b"2"})
    path = up.object(table_key(VAULT_ID, first.upload_id))
    whole = path.read_bytes()
    flipped = bytes([whole[0], whole[1] ^ 1]) + whole[2:]
    for damage, code in (
        (whole[:-1], "table.wrong_hash"),
        (flipped, "table.wrong_hash"),
        (whole + b"x", "uploads.table_grown"),
    ):
        path.write_bytes(damage)
        with pytest.raises(DamageError) as caught:
            await read_tree(up.remote)
        assert caught.value.code == code
        assert first.upload_id in str(caught.value)
        assert caught.value.next_step
    path.unlink()
    with pytest.raises(DamageError) as caught:
        await read_tree(up.remote)
    assert caught.value.code == "uploads.table_missing"


@pytest.mark.asyncio
async def test_manifest_that_points_outside_its_vault_is_refused(up: Uploader) -> None:
    await up.commit({"vault/a": b"1"})
    assert up.head is not None
    other = f"vaults/{'b7' * 16}/tables/{up.head.upload_id}.table"
    for key in (other, "../../etc/passwd", "/etc/passwd"):
        rewrite_manifest(up, table={"key": key, "sha256": up.head.table.sha256, "size": up.head.table.size})
        with pytest.raises(DamageError) as caught:
            await read_tree(up.remote, up.head.upload_id)
        assert caught.value.code == "manifest.outside_vault"


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["../evil", "/etc/passwd", "a/../../b", "vault//a", "vault/./a", ""])
async def test_paths_that_lead_outside_are_refused(up: Uploader, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = await up.file("vault/a", b"1")
    evil = FileEntry(path, entry.size, entry.sha256, 0, entry.content)
    with monkeypatch.context() as forger:
        forger.setattr("core.sync.table.is_safe_path", lambda path: True)
        await up.commit({}, [evil])
    with pytest.raises(DamageError):
        await read_tree(up.remote)


@pytest.mark.asyncio
async def test_a_path_twice_in_a_table_is_refused(up: Uploader) -> None:
    entry = await up.file("vault/a", b"1")
    await up.commit({}, [entry, entry])
    with pytest.raises(DamageError) as caught:
        await read_tree(up.remote)
    assert caught.value.code == "uploads.path_twice"


@pytest.mark.asyncio
async def test_a_base_that_does_not_fit_is_refused(up: Uploader) -> None:
    await up.commit({"vault/a": b"1"})
    stranger = Uploader(up.folder, system_id="desk")
    await stranger.commit({"vault/x": b"9"})
    await stranger.commit({"vault/y": b"9"})
    up.chain = [stranger.chain[1]]
    await up.commit({"vault/b": b"1"})
    with pytest.raises(DamageError) as caught:
        await read_tree(up.remote)
    assert caught.value.code == "table.chain_broken"


@pytest.mark.asyncio
async def test_a_table_bomb_is_refused(up: Uploader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.sync.uploads.read_table.__defaults__", (1 << 16,))
    await up.commit({f"vault/{'x' * 200}-{n}": b"" for n in range(1000)})
    with pytest.raises(DamageError) as caught:
        await read_tree(up.remote)
    assert caught.value.code == "table.too_large"


@pytest.mark.asyncio
async def test_a_table_of_another_vault_is_refused(up: Uploader) -> None:
    upload_id = new_upload_id(SYSTEM_ID, up.now)
    await up.commit({"vault/a": b"1"})
    assert up.head is not None
    foreign = Table("b7" * 16, SYSTEM_ID, up.head.upload_id, (), (), (), {})
    data = encode_table(foreign, up.remote.sealer)
    up.object(up.head.table.key).write_bytes(data)
    ref = make_ref(VAULT_ID, up.head.upload_id, data)
    rewrite_manifest(up, table={"key": ref.key, "sha256": ref.sha256, "size": ref.size}, checksum=ref.sha256)
    with pytest.raises(DamageError) as caught:
        await read_tree(up.remote)
    assert caught.value.code == "table.misplaced"
    assert upload_id != up.head.upload_id


def test_every_error_of_this_room_has_sentences() -> None:
    from core.messages import catalog
    from core.messages.restore import MESSAGES

    for code in MESSAGES:
        error = CogzyError(code)
        assert error.title
        assert error.next_step
        assert code in catalog()


def test_remote_needs_no_network_to_exist(tmp_path: Path) -> None:
    assert isinstance(remote_of(tmp_path / "later"), Remote)

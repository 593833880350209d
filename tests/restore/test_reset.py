"""Reset from the cloud and undo: never delete first, and killed anywhere the vault is the old one or the new one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import BusyError, CogzyError, DamageError, RefusedError, UsageError
from core.files import FileError
from core.sync import assemble
from core.sync.layout import new_upload_id
from core.sync.reset import kept_vaults, preview_reset, purge_kept, recover, reset, undo_reset
from core.vault import LocalVaultService
from tests.forked import run_forked

from .test_fetch import Slow, packs
from .uploader import MASTER_KEY, Uploader, remote_of

REPO = Path(__file__).parents[2]
WIDTH = 8


def nodes(count: int, text: str, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"id": f"n{i}", "human_content": f"{text} {i}", "assistant_content": "yes", "conversation_id": "c"}
        for i in range(start, start + count)
    ]


def filled(root: Path, count: int, text: str) -> LocalVaultService:
    vault = LocalVaultService.open(root)
    vectors = np.random.default_rng(count).random((count, WIDTH), dtype=np.float32)
    vault.write_nodes(nodes(count, text), vectors)
    vault.write_episodes([{"id": "e1", "title": f"about {text}", "messages": []}])
    vault.write_dedup_index([f"n{i}" for i in range(count)])
    vault.write_trace({"id": "t1", "steps": [text]})
    vault.write_clusters({"derived": text})
    return vault


def content(vault: LocalVaultService) -> dict[str, Any]:
    """Everything a person would miss, read as any reader does."""
    return {
        "nodes": vault.read_nodes(),
        "vectors": np.asarray(vault.read_node_embeddings()).tolist(),
        "episodes": vault.read_episodes(),
        "ids": vault.read_dedup_index(),
        "traces": {name: vault.read_trace(name) for name in vault.list_traces()},
    }


def vault_files(vault: LocalVaultService) -> dict[str, bytes]:
    return {
        f"vault/{p.relative_to(vault.root).as_posix()}": p.read_bytes()
        for folder in ("corpus", "vectors", "traces")
        for p in sorted((vault.root / folder).rglob("*"))
        if p.is_file()
    }


def everything_below(root: Path) -> dict[str, bytes]:
    """All files but locks."""
    return {
        p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.suffix != ".lock"
    }


@pytest.fixture
def up(tmp_path: Path) -> Uploader:
    return Uploader(tmp_path / "cloud")


@pytest.fixture
def old(tmp_path: Path) -> LocalVaultService:
    return filled(tmp_path / "vault", 30, "here")


@pytest.fixture
def cloud_side(tmp_path: Path) -> LocalVaultService:
    return filled(tmp_path / "other", 50, "cloud")


@pytest.mark.asyncio
@pytest.mark.parametrize("master_key", [None, MASTER_KEY])
async def test_reset_brings_the_cloud_side_and_keeps_the_old_one(
    tmp_path: Path, old: LocalVaultService, cloud_side: LocalVaultService, master_key: bytes | None
) -> None:
    up = Uploader(tmp_path / "cloud", master_key)
    (old.root / "config.json").write_text("{}")
    before, generation = content(old), old.generation
    manifest = await up.commit(vault_files(cloud_side))
    done = await reset(old, up.remote)
    fresh = LocalVaultService.open(old.root)
    assert content(old) == content(fresh) == content(cloud_side)
    assert fresh.damage == ()
    assert fresh.check() == []
    assert fresh.generation > generation
    assert fresh.read_clusters() is None
    assert (done.upload_id, done.nodes, done.episodes, done.left_out) == (manifest.upload_id, 50, 1, ())
    assert (old.root / "config.json").read_text() == "{}"
    kept = old.root / done.kept
    assert content(LocalVaultService.open(kept)) == before
    assert not list((old.root / "sync/staging").iterdir())
    assert [k.name for k in kept_vaults(old.root)] == [done.kept]


@pytest.mark.asyncio
async def test_undo_puts_the_old_one_back_and_can_itself_be_undone(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService
) -> None:
    mine, theirs = content(old), content(cloud_side)
    await up.commit(vault_files(cloud_side))
    await reset(old, up.remote)
    generations = [old.generation]
    for expected in (mine, theirs, mine):
        undone = undo_reset(old)
        assert content(old) == expected
        assert LocalVaultService.open(old.root).check() == []
        assert [k.name for k in kept_vaults(old.root)] == [undone.kept]
        generations.append(old.generation)
    assert generations == sorted(set(generations))
    assert old.read_clusters() == {"derived": "here"}


def test_undo_without_a_reset_says_so(old: LocalVaultService) -> None:
    with pytest.raises(UsageError) as caught:
        undo_reset(old)
    assert caught.value.code == "reset.nothing_to_undo"


@pytest.mark.asyncio
async def test_kept_vaults_go_after_thirty_days_and_not_before(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService
) -> None:
    await up.commit(vault_files(cloud_side))
    done = await reset(old, up.remote)
    day = 86400
    assert purge_kept(old.root, time.time() + 29 * day) == []
    assert purge_kept(old.root, time.time() + 31 * day) == [done.kept]
    assert kept_vaults(old.root) == []
    assert content(old) == content(cloud_side)


# ---------------------------------------------------------------- refusals


@pytest.mark.asyncio
async def test_no_upload_is_refused_even_twice(up: Uploader, old: LocalVaultService) -> None:
    before = everything_below(old.root)
    for override in (False, True):
        with pytest.raises(RefusedError) as caught:
            await reset(old, up.remote, override=override)
        assert caught.value.code == "reset.no_upload"
    assert everything_below(old.root) == before


@pytest.mark.asyncio
async def test_an_upload_without_memories_is_refused_unless_told_twice(up: Uploader, old: LocalVaultService) -> None:
    await up.commit({"sources/x/a.jsonl": b"1"})
    with pytest.raises(RefusedError) as caught:
        await reset(old, up.remote)
    assert caught.value.code == "reset.empty"
    await reset(old, up.remote, override=True)
    assert old.read_nodes() == []
    undo_reset(old)
    assert len(old.read_nodes()) == 30


@pytest.mark.asyncio
async def test_an_older_upload_is_refused_unless_told_twice(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService
) -> None:
    first = await up.commit(vault_files(cloud_side))
    second = await up.commit(vault_files(old))
    with pytest.raises(RefusedError) as caught:
        await reset(old, up.remote, first.upload_id, known=second.upload_id)
    assert caught.value.code == "reset.older"
    old.record_sync({"upload_id": second.upload_id})
    with pytest.raises(RefusedError):
        await reset(old, up.remote, first.upload_id)
    gone = new_upload_id(up.system_id, up.now.replace(year=2030))
    with pytest.raises(RefusedError):
        await reset(old, up.remote, known=gone)
    await reset(old, up.remote, first.upload_id, override=True)
    assert content(old) == content(cloud_side)


@pytest.mark.asyncio
async def test_what_follows_the_known_upload_is_not_older_whatever_its_clock_says(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService
) -> None:
    known = await up.commit(vault_files(old))
    up.now = up.now.replace(year=2020)
    await up.commit(vault_files(cloud_side))
    last = await up.commit({"vault/traces/more.json": b"{}"})
    await reset(old, up.remote, last.upload_id, known=known.upload_id)
    assert old.read_nodes() == cloud_side.read_nodes()


@pytest.mark.asyncio
async def test_a_damaged_upload_is_refused_and_told_twice_brings_what_is_whole(
    tmp_path: Path, old: LocalVaultService, cloud_side: LocalVaultService
) -> None:
    up = Uploader(tmp_path / "cloud")
    files = vault_files(cloud_side)
    vectors = {name: data for name, data in files.items() if name.endswith(".npy")}
    await up.commit(vectors)
    packs(up)[0].unlink()
    await up.commit({name: data for name, data in files.items() if name not in vectors})
    before = everything_below(old.root)
    with pytest.raises(RefusedError) as caught:
        await reset(old, up.remote)
    assert caught.value.code == "reset.damaged"
    assert caught.value.params["path"] == "vectors/nodes.npy"
    assert everything_below(old.root) == before
    done = await reset(old, up.remote, override=True)
    assert done.left_out == ("vectors/nodes.npy",)
    assert old.read_nodes() == cloud_side.read_nodes()
    assert old.read_node_embeddings().shape == (0, 0)


@pytest.mark.asyncio
async def test_records_that_do_not_parse_or_align_are_refused(up: Uploader, old: LocalVaultService) -> None:
    good = vault_files(old)
    before = everything_below(old.root)
    for bad in (
        {"vault/corpus/nodes.json": b'[{"id": "n1"'},
        {"vault/corpus/nodes.json": json.dumps(nodes(29, "one short")).encode()},
        {"vault/vectors/nodes.npy": b"no array"},
    ):
        await up.commit(good | bad)
        with pytest.raises(RefusedError) as caught:
            await reset(old, up.remote)
        assert caught.value.code == "reset.damaged"
        assert everything_below(old.root) == before


@pytest.mark.asyncio
async def test_an_upload_can_not_put_settings_or_locks_into_the_vault(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService
) -> None:
    (old.root / "config.json").write_text('{"mine": 1}')
    await up.commit(
        vault_files(cloud_side)
        | {
            "vault/config.json": b"evil",
            "vault/sync/journal.json": b"evil",
            "vault/logs/x": b"evil",
            "vault/x": b"evil",
        }
    )
    await reset(old, up.remote)
    assert (old.root / "config.json").read_text() == '{"mine": 1}'
    assert b"evil" not in everything_below(old.root).values()


@pytest.mark.asyncio
async def test_the_wrong_key_changes_nothing(tmp_path: Path, old: LocalVaultService) -> None:
    up = Uploader(tmp_path / "cloud", MASTER_KEY)
    await up.commit(vault_files(old))
    before = everything_below(old.root)
    with pytest.raises(CogzyError):
        await reset(old, remote_of(up.folder, master_key=bytes(32)), override=True)
    with pytest.raises(RefusedError):
        await reset(old, remote_of(up.folder), override=True)
    assert everything_below(old.root) == before


# ---------------------------------------------------------------- preview


@pytest.mark.asyncio
async def test_preview_shows_both_sides_and_what_exists_only_here(
    up: Uploader, old: LocalVaultService, tmp_path: Path
) -> None:
    other = filled(tmp_path / "other", 20, "here")
    other.write_nodes([*nodes(18, "here"), *nodes(1, "changed", 18), *nodes(4, "only there", 100)])
    other.write_trace({"id": "t2"})
    await up.commit(vault_files(other))
    before = everything_below(old.root)
    seen = await preview_reset(old, up.remote)
    assert (seen.here.nodes, seen.there.nodes) == (30, 23)
    assert (seen.only_here.nodes, seen.only_there.nodes, seen.changed) == (11, 4, 1)
    assert (seen.here.traces, seen.there.traces, seen.only_there.traces) == (1, 2, 1)
    assert seen.only_here.examples[0] == "here 19"
    assert seen.refusal is None
    assert seen.here.newest_change is not None
    assert everything_below(old.root) == before
    json.dumps(seen.as_json())


@pytest.mark.asyncio
async def test_preview_says_why_a_reset_would_be_refused(up: Uploader, old: LocalVaultService) -> None:
    await up.commit({"sources/x/a": b"1"})
    seen = await preview_reset(old, up.remote)
    assert seen.refusal is not None
    assert seen.refusal["code"] == "reset.empty"
    await up.commit(vault_files(old))
    for pack in packs(up):
        pack.unlink()
    seen = await preview_reset(old, up.remote)
    assert seen.refusal is not None
    assert seen.refusal["code"] == "reset.damaged"
    assert seen.there.nodes is None


# ---------------------------------------------------------------- cut short


@pytest.mark.asyncio
async def test_cancel_before_the_exchange_leaves_everything_as_it_was(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService
) -> None:
    await up.commit(vault_files(cloud_side))
    before = everything_below(old.root)
    slow = Slow(up.remote.store, 60)
    task = asyncio.create_task(reset(old, replace(up.remote, store=slow)))  # type: ignore[arg-type]
    await slow.waiting.wait()
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 30
    assert everything_below(old.root) == before


@pytest.mark.asyncio
async def test_a_full_disk_leaves_everything_as_it_was(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await up.commit(vault_files(cloud_side))
    before = everything_below(old.root)

    def full(place: Path, offset: int, data: bytes) -> None:
        with assemble.translated(place):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(assemble, "_write_at", full)
    with pytest.raises(FileError) as caught:
        await reset(old, up.remote, override=True)
    assert caught.value.code == "files.disk_full"
    assert everything_below(old.root) == before


@pytest.mark.asyncio
async def test_a_refused_rename_puts_everything_back(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.sync import swap

    await up.commit(vault_files(cloud_side))
    mine, real, count = content(old), swap._rename, iter(range(100))

    def refuse(source: Path, target: Path) -> None:
        if next(count) == 6:
            raise PermissionError(13, "in use", str(source))
        real(source, target)

    monkeypatch.setattr(swap, "_rename", refuse)
    with pytest.raises(FileError):
        await reset(old, up.remote)
    assert content(old) == mine
    assert kept_vaults(old.root) == []
    monkeypatch.undo()
    await reset(old, up.remote)
    assert content(old) == content(cloud_side)


KILLED = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from core.sync.reset import recover, reset, undo_reset
from core.vault import LocalVaultService
from tests.restore.uploader import remote_of
vault = LocalVaultService(Path(sys.argv[3]))
match sys.argv[4]:
    case "reset":
        asyncio.run(reset(vault, remote_of(Path(sys.argv[2])), override=True))
    case "undo":
        undo_reset(vault)
    case "recover":
        recover(vault.root)
"""


def run(up: Uploader, vault: LocalVaultService, what: str, crash_at: str = "") -> int:
    command = ["python", "-c", KILLED, str(REPO), str(up.folder), str(vault.root), what]
    return run_forked(command, env={**os.environ, "COGZY_CRASH_AT": crash_at}).returncode


EARLY = ["prepared"]
LATE = [
    "journaled",
    *(f"aside:{n}" for n in range(1, 6)),
    *(f"in:{n}" for n in range(1, 6)),
    "swapped",
    "closed",
]


@pytest.mark.asyncio
@pytest.mark.parametrize("step", ["fetched", "checked", *EARLY, *LATE])
async def test_reset_killed_at_every_step_leaves_the_old_or_the_new_vault(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService, step: str
) -> None:
    await up.commit(vault_files(cloud_side))
    mine, theirs = content(old), content(cloud_side)
    assert await asyncio.to_thread(run, up, old, "reset", f"reset.{step}") == -signal.SIGKILL
    recover(old.root)
    vault = LocalVaultService.open(old.root)
    assert content(vault) == (theirs if step in LATE else mine)
    assert vault.check() == []
    if step in LATE:
        undo_reset(vault)
        assert content(vault) == mine
    await reset(vault, up.remote)
    assert content(vault) == theirs


@pytest.mark.asyncio
@pytest.mark.parametrize("step", [*EARLY, "journaled", "aside:1", "aside:5", "in:1", "in:5", "swapped", "closed"])
async def test_undo_killed_at_every_step_leaves_the_old_or_the_new_vault(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService, step: str
) -> None:
    await up.commit(vault_files(cloud_side))
    mine, theirs = content(old), content(cloud_side)
    await reset(old, up.remote)
    assert await asyncio.to_thread(run, up, old, "undo", f"undo.{step}") == -signal.SIGKILL
    recover(old.root)
    vault = LocalVaultService.open(old.root)
    assert content(vault) == (mine if step in LATE else theirs)
    assert vault.check() == []
    undo_reset(vault)
    assert content(vault) == (theirs if step in LATE else mine)
    await reset(vault, up.remote)
    assert content(vault) == theirs


@pytest.mark.asyncio
@pytest.mark.parametrize("step", ["aside:1", "aside:5", "in:1", "in:4"])
async def test_a_program_that_opens_the_half_exchanged_vault_spoils_nothing(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService, step: str
) -> None:
    await up.commit(vault_files(cloud_side))
    mine, theirs = content(old), content(cloud_side)
    assert await asyncio.to_thread(run, up, old, "reset", f"reset.{step}") == -signal.SIGKILL
    for _ in range(2):
        with pytest.raises(BusyError) as caught:
            LocalVaultService.open(old.root)
        assert caught.value.code == "vault.resetting"
    recover(old.root)
    vault = LocalVaultService.open(old.root)
    assert content(vault) == theirs
    assert vault.check() == []
    assert not list(old.root.rglob("*stray*"))
    undo_reset(vault)
    assert content(LocalVaultService.open(old.root)) == mine


def test_recovering_a_whole_vault_changes_nothing(old: LocalVaultService) -> None:
    before = everything_below(old.root)
    assert recover(old.root) is None
    assert everything_below(old.root) == before


@pytest.mark.asyncio
async def test_a_damaged_tree_is_named_and_changes_nothing(up: Uploader, old: LocalVaultService) -> None:
    manifest = await up.commit(vault_files(old))
    up.object(manifest.table.key).unlink()
    before = everything_below(old.root)
    with pytest.raises(DamageError) as caught:
        await reset(old, up.remote, override=True)
    assert caught.value.code == "uploads.table_missing"
    assert everything_below(old.root) == before


@pytest.mark.asyncio
async def test_a_staging_folder_that_cannot_be_written_is_told_and_changes_nothing(
    up: Uploader, old: LocalVaultService, cloud_side: LocalVaultService
) -> None:
    await up.commit(vault_files(cloud_side))
    (old.root / "sync/staging").rmdir()
    (old.root / "sync/staging").write_text("in the way")
    before = everything_below(old.root)
    for action in (reset(old, up.remote), preview_reset(old, up.remote)):
        with pytest.raises(FileError) as caught:
            await action
        assert caught.value.code == "files.in_the_way"
    assert everything_below(old.root) == before

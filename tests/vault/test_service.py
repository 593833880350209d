import numpy as np
import pytest

from core.errors import DamageError, RefusedError, UsageError
from core.messages import catalog
from core.vault import LocalVaultService, find_migratable, migrate
from core.vault.layout import EMBEDDING_CACHE, NODES
from tests.vault.samples import edit, filled, nodes, rows


def test_the_status_counts_everything_without_reading_a_corpus(tmp_path, monkeypatch):
    from core.vault import records

    vault = filled(tmp_path / "vault")
    vault.write_trace({"id": "t"})
    vault.record_sync({"method": "cloud", "success": True})
    monkeypatch.setattr(records, "parse_json", None)
    status = LocalVaultService.open(vault.root).get_status()
    assert (status.nodes, status.node_vectors, status.vector_width, status.traces) == (3, 3, 4, 1)
    assert (status.episodes, status.damage, status.owner) == (0, (), None)
    assert status.total_bytes > 500
    assert status.newest_change is not None
    assert status.as_json()["last_sync"] == {"method": "cloud", "success": True}


def test_opening_appending_and_counting_never_parse_the_corpus(tmp_path, monkeypatch):
    from core.vault import integrity, records

    filled(tmp_path / "vault")
    monkeypatch.setattr(records, "parse_json", None)
    monkeypatch.setattr(integrity, "inspect", None)
    vault = LocalVaultService.open(tmp_path / "vault")
    vault.append_nodes(nodes(20, start=3), rows(20, start=3))
    assert vault.get_node_count() == 23
    monkeypatch.undo()
    assert vault.read_nodes() == nodes(23)


def test_a_status_follows_an_edit_by_another_program(tmp_path):
    vault = filled(tmp_path / "vault")
    (vault.root / "vectors/nodes.npy").unlink()
    edit(vault.root / NODES, b"[]")
    status = vault.get_status()
    assert (status.nodes, status.node_vectors) == (0, None)
    assert status.as_json()["damage"][0]["problem"] == "vault.missing"


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "..", ".hidden", "a\\b", "con", "x" * 400, "日本語", "a\x00b", "\ud800", ""]
)
def test_a_trace_never_leaves_its_folder_whatever_its_id(tmp_path, name):
    vault = LocalVaultService.open(tmp_path / "vault")
    trace = {"id": name, "steps": [1]}
    written = vault.write_trace(trace)
    assert vault.list_traces() == [written]
    assert (vault.root / "traces" / written).is_file()
    assert vault.read_trace(written) == trace
    assert vault.write_trace({"id": name, "steps": [2]}) != written
    assert vault.read_trace(written) == trace


@pytest.mark.parametrize("name", ["../config.json", "none.json", "..", "/etc/passwd", "a\\b"])
def test_no_trace_is_read_from_elsewhere(tmp_path, name):
    vault = LocalVaultService.open(tmp_path / "vault")
    with pytest.raises(UsageError):
        vault.read_trace(name)


def test_a_damaged_trace_raises_and_a_non_object_is_refused(tmp_path):
    vault = LocalVaultService.open(tmp_path / "vault")
    (vault.root / "traces/a.json").write_bytes(b"{")
    (vault.root / "traces/b.json").write_bytes(b"[]")
    for name in ("a.json", "b.json"):
        with pytest.raises(DamageError):
            vault.read_trace(name)
    with pytest.raises(UsageError):
        vault.write_trace([])


def test_the_embedding_cache_returns_what_it_was_given_and_nothing_damaged(tmp_path):
    vault = LocalVaultService.open(tmp_path / "vault")
    assert vault.cached_embedding("ab" * 16) is None
    vault.cache_embedding("ab" * 16, [1.0, 2.0])
    assert vault.cached_embedding("ab" * 16).tolist() == [1.0, 2.0]
    (vault.root / EMBEDDING_CACHE / f"{'ab' * 16}.npy").write_bytes(b"broken")
    assert vault.cached_embedding("ab" * 16) is None
    with pytest.raises(UsageError):
        vault.cached_embedding("../../etc/passwd")


def test_the_folders_are_for_the_owner_alone(tmp_path):
    vault = filled(tmp_path / "vault")
    for path in (vault.root, *vault.root.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


class Engine:
    async def sync(self, *, full=False):
        return {"did": "sync", "full": full}

    async def preview_reset(self, upload_id=None):
        return {"did": "preview", "upload": upload_id}

    async def reset(self, upload_id=None, *, override=False):
        return {"did": "reset", "upload": upload_id, "override": override}


@pytest.mark.asyncio
async def test_the_cloud_operations_go_through_the_engine(tmp_path):
    vault = LocalVaultService.open(tmp_path / "vault", engine=Engine())
    assert await vault.sync_to_cloud(full=True) == {"did": "sync", "full": True}
    assert await vault.sync_from_cloud() == {"did": "preview", "upload": None}
    assert await vault.reset_from_cloud("u1", override=True) == {"did": "reset", "upload": "u1", "override": True}


@pytest.mark.asyncio
async def test_a_vault_without_an_engine_says_how_to_reach_the_cloud(tmp_path):
    vault = LocalVaultService.open(tmp_path / "vault")
    for operation in (vault.sync_to_cloud, vault.sync_from_cloud, vault.reset_from_cloud):
        with pytest.raises(UsageError) as caught:
            await operation()
        assert "cogzy sync" in caught.value.next_step


def test_an_old_vault_is_found_and_copied_and_stays_where_it_is(tmp_path):
    old = filled(tmp_path / "home/.cogzy")
    old.write_trace({"id": "t"})
    old.write_clusters([1])
    before = {path: path.read_bytes() for path in old.root.rglob("*") if path.is_file()}
    (found,) = find_migratable(tmp_path / "vault", home=tmp_path / "home", working=tmp_path)
    assert (found.path, found.files) == (old.root, 4)

    result = migrate(found.path, tmp_path / "vault")

    vault = LocalVaultService.open(tmp_path / "vault")
    assert (result.nodes, result.files, result.left_out) == (3, 4, ())
    assert result.total_bytes == found.total_bytes
    assert vault.read_nodes() == nodes(3)
    assert np.array_equal(vault.read_node_embeddings(), rows(3))
    assert vault.list_traces() == old.list_traces()
    assert {path: path.read_bytes() for path in old.root.rglob("*") if path.is_file()} == before


def test_migration_leaves_out_what_is_damaged_and_what_would_point_at_it(tmp_path):
    old = filled(tmp_path / "data")
    old.write_clusters([1])
    edit(old.root / "vectors/nodes.npy", b"broken")
    result = migrate(old.root, tmp_path / "vault")
    assert [damage.relative for damage in result.left_out] == ["vectors/nodes.npy"]
    vault = LocalVaultService.open(tmp_path / "vault")
    assert vault.read_nodes() == nodes(3)
    assert vault.read_clusters() is None
    assert vault.damage == ()


def test_migration_never_mixes_two_vaults(tmp_path):
    filled(tmp_path / "data")
    vault = filled(tmp_path / "vault", 1)
    with pytest.raises(RefusedError):
        migrate(tmp_path / "data", vault.root)
    assert vault.read_nodes() == nodes(1)
    with pytest.raises(UsageError):
        migrate(tmp_path / "nothing", tmp_path / "new")


def test_the_vault_itself_and_empty_folders_are_not_offered(tmp_path):
    vault = filled(tmp_path / ".cogzy")
    (tmp_path / "data").mkdir()
    assert find_migratable(vault.root, home=tmp_path, working=tmp_path) == []


def test_every_code_of_the_vault_has_its_sentences():
    import re
    from pathlib import Path

    import core.vault

    used = {
        code
        for path in Path(core.vault.__file__).parent.glob("*.py")
        for code in re.findall(r'(?:Error|Damage|set_aside)\([^)]*?"(vault\.[a-z_]+)"', path.read_text())
    }
    assert len(used) > 12
    assert used <= set(catalog())

import io
import json
import os
import shutil

import numpy as np
import pytest

from core.cli.output import damage_line
from core.errors import BusyError, DamageError, RefusedError, UsageError
from core.files import FileError
from core.vault import LocalVaultService, integrity
from core.vault.layout import CLUSTERS, DEDUP_INDEX, EPISODES, MANIFEST_PATH, NODE_VECTORS, NODES, SWAP_JOURNAL
from core.vault.manifest import Damage, load
from tests.vault.samples import edit, filled, nodes, rot, rows


@pytest.fixture
def vault(tmp_path):
    vault = filled(tmp_path / "vault")
    vault.write_dedup_index(["n0"])
    vault.write_clusters([1])
    return vault


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


READ = {
    NODES: LocalVaultService.read_nodes,
    NODE_VECTORS: LocalVaultService.read_node_embeddings,
    DEDUP_INDEX: LocalVaultService.read_dedup_index,
    CLUSTERS: LocalVaultService.read_clusters,
}


@pytest.mark.parametrize("relative", READ)
@pytest.mark.parametrize("bad", [b"", b"\x00" * 64, b"{", b"[[", b"\x93NUMPY\x01\x00v\x00{}"])
def test_a_damaged_file_is_kept_and_named_and_the_rest_works(vault, relative, bad):
    edit(vault.root / relative, bad)

    opened = LocalVaultService.open(vault.root)

    (damage,) = opened.damage
    assert (damage.relative, damage.problem) == (relative, "vault.unreadable")
    assert (vault.root / str(damage.quarantined)).read_bytes() == bad
    for name, read in READ.items():
        if name == relative:
            with pytest.raises(DamageError) as caught:
                read(opened)
            assert caught.value.code == damage.told
        else:
            assert len(read(opened)) > 0
    assert LocalVaultService.open(vault.root).damage == (damage,)
    assert opened.check() == [damage]


def test_nobody_is_sent_to_the_cloud_for_a_file_that_is_made_from_the_others(vault):
    edit(vault.root / CLUSTERS, b"{")

    (damage,) = LocalVaultService.open(vault.root).damage

    assert damage.as_json()["problem"] == damage.error().code == "vault.derived_damaged"
    assert "reset" not in damage_line(damage.as_json())
    assert "import --embed" in damage_line(damage.as_json())
    assert "reset" in damage_line(Damage(NODES, "vault.unreadable").as_json())


def test_a_missing_corpus_is_damage_and_not_an_empty_one(vault):
    (vault.root / NODES).unlink()
    opened = LocalVaultService.open(vault.root)
    assert [(d.relative, d.problem, d.quarantined) for d in opened.damage] == [(NODES, "vault.missing", None)]
    for read in (opened.read_nodes, opened.get_node_count):
        with pytest.raises(DamageError) as caught:
            read()
        assert caught.value.code == "vault.missing"
    with pytest.raises(DamageError):
        opened.append_nodes(nodes(1, start=3), rows(1, start=3))
    assert not (vault.root / NODES).exists()
    assert opened.get_status().nodes is None
    assert np.array_equal(opened.read_node_embeddings(), rows(3))


def test_a_missing_index_is_no_damage_since_it_can_be_built_again(vault):
    (vault.root / CLUSTERS).unlink()
    opened = LocalVaultService.open(vault.root)
    assert opened.damage == ()
    assert opened.read_clusters() is None


@pytest.mark.parametrize("change", ["read", "append"])
def test_rot_is_found_by_what_reads_the_bytes(vault, change):
    rot(vault.root / NODES)
    with pytest.raises(DamageError) as caught:
        vault.read_nodes() if change == "read" else vault.append_nodes(nodes(1, start=3), rows(1, start=3))
    assert caught.value.code == "vault.hash_differs"
    assert [d.relative for d in vault.damage] == [NODES]
    assert np.array_equal(vault.read_node_embeddings(), rows(3))


@pytest.mark.parametrize("relative", [NODES, NODE_VECTORS, DEDUP_INDEX])
def test_check_finds_rot_that_nobody_has_read(vault, relative):
    rot(vault.root / relative)
    assert LocalVaultService.open(vault.root).damage == ()
    assert [(d.relative, d.problem) for d in vault.check()] == [(relative, "vault.hash_differs")]


def test_a_file_that_comes_back_is_whole_again(vault):
    data = (vault.root / NODES).read_bytes()
    edit(vault.root / NODES, b"broken")
    assert LocalVaultService.open(vault.root).damage
    edit(vault.root / NODES, data)
    assert vault.read_nodes() == nodes(3)
    assert vault.damage == ()


def test_writing_a_damaged_file_whole_ends_the_damage_and_keeps_the_old_bytes(vault):
    edit(vault.root / NODES, b"broken")
    edit(vault.root / NODE_VECTORS, b"broken too")
    vault.write_nodes(nodes(2), rows(2))
    assert vault.damage == ()
    assert len(list((vault.root / "corpus").glob("nodes.json.damaged-*"))) == 1
    assert len(list((vault.root / "vectors").glob("nodes.npy.damaged-*"))) == 1


def test_damaged_vectors_do_not_stop_records_from_being_added_or_vectors_from_being_made_again(vault):
    edit(vault.root / NODE_VECTORS, b"broken")
    vault.append_nodes(nodes(1, start=3))
    with pytest.raises(DamageError):
        vault.append_nodes(nodes(1, start=4), rows(1, start=4))
    assert vault.read_nodes() == nodes(4)
    vault.write_node_embeddings(rows(4))
    assert vault.damage == ()
    assert np.array_equal(vault.read_node_embeddings(), rows(4))


def test_records_written_anew_while_the_old_are_damaged_do_not_take_their_vectors(vault):
    edit(vault.root / NODES, b"broken")
    vault.write_nodes(nodes(3, start=7))
    assert [d.problem for d in vault.damage] == ["vault.misaligned"]
    with pytest.raises(DamageError):
        vault.read_node_embeddings()


def test_a_loss_can_be_accepted(vault):
    edit(vault.root / NODES, b"broken")
    with pytest.raises(UsageError):
        vault.accept_loss(EPISODES)
    vault.accept_loss(NODES)
    assert vault.read_nodes() == []
    vault.append_nodes(nodes(1))
    assert vault.read_nodes() == nodes(1)


def test_another_programs_edit_that_parses_and_aligns_is_taken_over(vault, caplog):
    caplog.set_level("INFO")
    edit(vault.root / NODES, json.dumps(nodes(3)[::-1], indent=4).encode())
    before = vault.generation
    assert vault.read_nodes() == nodes(3)[::-1]
    assert vault.generation == before + 1
    assert "another program" in caplog.text
    edit(vault.root / NODES, json.dumps({"nodes": nodes(2)}).encode())
    edit(vault.root / NODE_VECTORS, npy(np.ones((2, 3))))
    found, matrix = vault.read_nodes_with_embeddings()
    assert found == nodes(2)
    assert matrix.tolist() == [[1.0] * 3] * 2
    assert vault.get_node_count() == 2


@pytest.mark.parametrize("extra", [-1, 1])
def test_vectors_that_do_not_align_are_set_aside_and_the_records_stay(vault, extra):
    edit(vault.root / NODE_VECTORS, npy(rows(3 + extra)))
    (damage,) = LocalVaultService.open(vault.root).damage
    assert (damage.relative, damage.problem) == (NODE_VECTORS, "vault.misaligned")
    assert (vault.root / str(damage.quarantined)).exists()
    assert vault.read_nodes() == nodes(3)
    with pytest.raises(DamageError):
        vault.read_node_embeddings()


def test_a_file_that_is_still_being_written_is_not_called_damaged(vault, monkeypatch):
    (vault.root / NODES).write_bytes(b"[{")

    def finish(_seconds: float) -> None:
        edit(vault.root / NODES, json.dumps(nodes(3)).encode() + b"\n")

    monkeypatch.setattr(integrity.time, "sleep", finish)
    assert LocalVaultService.open(vault.root).damage == ()
    assert vault.read_nodes() == nodes(3)


def test_a_foreign_vault_without_a_manifest_is_adopted(tmp_path):
    root = tmp_path / "data"
    for name, data in {
        NODES: json.dumps([{"id": 1}, {"text": "no id"}], indent=2).encode(),
        NODE_VECTORS: npy(np.ones((2, 5), np.float64)),
        EPISODES: b'{"episodes": []}',
        DEDUP_INDEX: b'["a"]',
        CLUSTERS: b"[[]]",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        edit(root / name, data)
    vault = LocalVaultService.open(root)
    assert vault.damage == ()
    assert vault.read_nodes() == [{"id": 1}, {"text": "no id"}]
    assert vault.read_node_embeddings().dtype == np.float32
    assert vault.read_dedup_index() == ["a"]
    vault.append_nodes([{"id": 3}], np.zeros((1, 5)))
    assert vault.read_node_embeddings().shape == (3, 5)


@pytest.mark.parametrize("bad", [b"", b"[]", b"{}", b'{"version": 2, "files": []}'])
def test_a_damaged_manifest_is_kept_and_the_files_are_taken_as_they_are(vault, bad):
    before = vault.generation
    (vault.root / MANIFEST_PATH).write_bytes(bad)
    opened = LocalVaultService.open(vault.root)
    assert [d.problem for d in opened.damage] == ["vault.manifest_damaged"]
    assert (vault.root / str(opened.damage[0].quarantined)).read_bytes() == bad
    assert opened.read_nodes() == nodes(3)
    assert opened.generation > before
    assert LocalVaultService.open(vault.root).damage == opened.damage


def test_a_missing_manifest_is_made_again(vault):
    (vault.root / MANIFEST_PATH).unlink()
    assert vault.get_node_count() == 3
    assert load(vault.root) is not None


def test_keys_of_others_in_the_manifest_stay(vault):
    path = vault.root / MANIFEST_PATH
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "theirs": [1]}))
    vault.append_nodes(nodes(1, start=3))
    assert json.loads(path.read_bytes())["theirs"] == [1]


def test_sealing_a_tree_describes_it_and_refuses_a_damaged_one(vault):
    sealed = integrity.seal(vault.root, 41)
    assert sealed.generation == 41
    assert sealed.files == load(vault.root).files
    edit(vault.root / NODE_VECTORS, npy(rows(9)))
    with pytest.raises(DamageError) as caught:
        integrity.seal(vault.root, 42)
    assert caught.value.code == "vault.misaligned"


def test_a_vault_of_a_newer_version_is_not_touched(vault):
    path = vault.root / MANIFEST_PATH
    path.write_text(json.dumps({"version": 2, "generation": 9}))
    before = {p: p.read_bytes() for p in vault.root.rglob("*.json")}
    with pytest.raises(RefusedError) as caught:
        LocalVaultService.open(vault.root)
    assert caught.value.code == "vault.newer"
    assert {p: p.read_bytes() for p in vault.root.rglob("*.json")} == before


def test_an_interrupted_reset_is_not_taken_for_missing_files(vault):
    (vault.root / "corpus").rename(vault.root / "aside")
    (vault.root / SWAP_JOURNAL).write_text("{}")
    for use in (LocalVaultService.open, lambda root: LocalVaultService(root).append_nodes(nodes(1))):
        with pytest.raises(BusyError) as caught:
            use(vault.root)
        assert caught.value.code == "vault.resetting"
    (vault.root / SWAP_JOURNAL).unlink()
    shutil.rmtree(vault.root / "corpus", ignore_errors=True)
    (vault.root / "aside").rename(vault.root / "corpus")
    assert LocalVaultService.open(vault.root).damage == ()
    assert vault.read_nodes() == nodes(3)


def test_a_file_that_the_system_refuses_is_an_error_and_no_damage(vault):
    (vault.root / NODES).unlink()
    (vault.root / NODES).mkdir()
    with pytest.raises(FileError) as caught:
        vault.read_nodes()
    assert caught.value.code == "files.not_readable"


@pytest.mark.parametrize("relative", [NODES, DEDUP_INDEX])
def test_rot_found_by_a_whole_write_is_set_aside_and_the_next_write_works(vault, relative):
    stat = (vault.root / relative).stat()
    (vault.root / relative).write_bytes(b"{" * stat.st_size)
    os.utime(vault.root / relative, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    write = vault.write_dedup_index if relative == DEDUP_INDEX else vault.write_nodes
    anew = ["x"] if relative == DEDUP_INDEX else nodes(1)
    with pytest.raises(DamageError):
        write(anew)
    assert [(d.relative, d.problem) for d in vault.damage] == [(relative, "vault.hash_differs")]
    write(anew)
    assert READ[relative](vault) == anew
    assert len(list((vault.root / "corpus").glob("*.damaged-*"))) == 1

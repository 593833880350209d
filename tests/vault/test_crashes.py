"""kill -9 at every step of a commit: afterwards the vault holds all of the old or all of the new."""

import json
import os

import numpy as np
import pytest

from core.vault import CRASH_POINTS, LocalVaultService
from core.vault.layout import JOURNAL_PATH, NODE_VECTORS, NODES, is_staged_name
from tests.vault import crasher
from tests.vault.samples import edit, filled, nodes, rows

PER_FILE = ("vault.staging", "vault.staged", "vault.renamed")
STEPS = [f"{step}:{n}" for step in CRASH_POINTS for n in ((1, 2, 3, 4) if step in PER_FILE else (1,))]
COMMITTED = CRASH_POINTS[CRASH_POINTS.index("vault.journaled") :]


def state(vault: LocalVaultService) -> tuple[int, int, int]:
    """Nodes, rows and ingested ids, after checking that they belong together and that nothing else lies about."""
    found, matrix = vault.read_nodes_with_embeddings()
    assert found == nodes(len(found))
    assert np.array_equal(matrix, rows(len(found)))
    assert vault.check() == []
    assert not (vault.root / JOURNAL_PATH).exists()
    assert not [p for p in vault.root.rglob("*") if is_staged_name(p.name)]
    return len(found), len(matrix), len(vault.read_dedup_index())


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_all_of_the_old_or_all_of_the_new(tmp_path, step):
    vault = filled(tmp_path / "vault")
    vault.write_dedup_index(["n0", "n1", "n2"])

    assert crasher.run(vault.root, "append", step) == crasher.KILLED

    expected = (5, 5, 5) if step.partition(":")[0] in COMMITTED else (3, 3, 3)
    assert state(LocalVaultService.open(vault.root)) == expected
    vault.append_nodes(nodes(1, start=expected[0]), rows(1, start=expected[0]))
    assert state(vault)[:2] == (expected[0] + 1, expected[0] + 1)


@pytest.mark.parametrize("second", ["vault.renamed:1", "vault.renamed:3", "vault.all_renamed", "vault.journal_dropped"])
def test_a_kill_while_an_interrupted_commit_is_ended_changes_nothing(tmp_path, second):
    vault = filled(tmp_path / "vault")
    vault.write_dedup_index(["n0", "n1", "n2"])
    assert crasher.run(vault.root, "append", "vault.renamed:2") == crasher.KILLED
    assert crasher.run(vault.root, "open", second) == crasher.KILLED
    assert state(LocalVaultService.open(vault.root)) == (5, 5, 5)


def test_a_reader_ends_what_a_killed_writer_left(tmp_path):
    vault = filled(tmp_path / "vault")
    vault.write_dedup_index(["n0", "n1", "n2"])
    assert crasher.run(vault.root, "append", "vault.renamed:1") == crasher.KILLED
    assert len(vault.read_nodes()) == len(vault.read_node_embeddings()) == 5


@pytest.mark.parametrize("step", ["vault.staged", "vault.journaled", "vault.renamed:1", "vault.renamed:2"])
def test_a_kill_while_damage_is_set_aside_loses_nothing(tmp_path, step):
    vault = filled(tmp_path / "vault")
    edit(vault.root / NODES, b"[{broken")

    assert crasher.run(vault.root, "open", step) == crasher.KILLED

    (damage,) = LocalVaultService.open(vault.root).damage
    assert (damage.relative, damage.problem) == (NODES, "vault.unreadable")
    assert (vault.root / str(damage.quarantined)).read_bytes() == b"[{broken"
    assert len(list((vault.root / "corpus").iterdir())) == 1
    assert np.array_equal(vault.read_node_embeddings(), rows(3))


@pytest.mark.parametrize("step", ["vault.staged:2", "vault.journaled", "vault.renamed:1", "vault.renamed:3"])
def test_a_kill_during_a_migration_leaves_an_empty_vault_or_a_whole_one(tmp_path, step):
    filled(tmp_path / "old").write_trace({"id": "t"})
    assert crasher.run(tmp_path / "vault", "migrate", step) == crasher.KILLED
    vault = LocalVaultService.open(tmp_path / "vault")
    if vault.get_node_count() == 0:
        assert crasher.run(vault.root, "migrate") == 0
    assert state(vault)[:2] == (3, 3)
    assert len(vault.list_traces()) == 1


def test_a_damaged_journal_is_kept_with_what_was_staged_and_the_old_vault_opens(tmp_path):
    vault = filled(tmp_path / "vault")
    assert crasher.run(vault.root, "append", "vault.journaled") == crasher.KILLED
    (vault.root / JOURNAL_PATH).write_bytes(b"\x00\x00")

    opened = LocalVaultService.open(vault.root)

    assert [d.problem for d in opened.damage] == ["vault.journal_damaged"]
    assert (vault.root / str(opened.damage[0].quarantined)).read_bytes() == b"\x00\x00"
    assert opened.read_nodes() == nodes(3)
    (kept,) = (vault.root / "corpus").glob("nodes.json.damaged-*")
    assert json.loads(kept.read_bytes()) == nodes(5)
    opened.accept_loss(JOURNAL_PATH)
    assert opened.damage == ()


def test_a_journal_that_points_outside_the_vault_is_not_followed(tmp_path):
    vault = filled(tmp_path / "vault")
    (tmp_path / "mine.txt").write_text("mine")
    moves = [{"source": "corpus/nodes.json", "target": "../mine.txt", "aside": False}]
    journal = {"version": 1, "transaction": "x", "moves": moves}
    (vault.root / JOURNAL_PATH).write_text(json.dumps(journal))
    assert LocalVaultService.open(vault.root).damage[0].problem == "vault.journal_damaged"
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert vault.read_nodes() == nodes(3)


def test_a_damaged_journal_between_the_renames_still_loses_no_record(tmp_path):
    vault = filled(tmp_path / "vault")
    assert crasher.run(vault.root, "append", "vault.renamed:2") == crasher.KILLED
    (vault.root / JOURNAL_PATH).write_bytes(b"{")
    os.utime(vault.root / NODES, (1_700_000_000, 1_700_000_000))
    opened = LocalVaultService.open(vault.root)
    assert opened.read_nodes() == nodes(5)
    assert {d.relative: d.problem for d in opened.damage} == {
        JOURNAL_PATH: "vault.journal_damaged",
        NODE_VECTORS: "vault.misaligned",
    }
    kept = [np.load(path) for path in (vault.root / "vectors").glob("nodes.npy.damaged-*")]
    assert sorted(len(matrix) for matrix in kept) == [3, 5]
    opened.write_node_embeddings(max(kept, key=len))
    assert opened.read_node_embeddings().shape == (5, 4)

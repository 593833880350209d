"""`indexes/`: clusters that mean something, a FAISS index of the same nodes, and both made again when they are lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from core.memory import clusters, faiss_file
from core.memory.clusters import cluster
from core.memory.faiss_file import in_step, unit_rows
from core.memory.vector_model import record_model
from core.vault import LocalVaultService
from core.vault.layout import CLUSTERS, FAISS_INDEX
from tests.memory.vaults import MODEL, WIDTH, node, rows

ABOUT = ("apples and pears in the orchard", "rotating the deploy keys", "Heizung in der Küche")


@pytest.fixture
def vault(vault_dir: Path) -> LocalVaultService:
    """Sixty nodes about three things, with vectors that say so."""
    made = LocalVaultService.open(vault_dir)
    made.write_nodes(nodes(0, 60), vectors(0, 60))
    record_model(made, MODEL)
    return made


def nodes(first: int, count: int) -> list[dict[str, Any]]:
    return [node(f"n{at}", f"{ABOUT[at % 3]} x{at}", conversation_id=f"c{at}") for at in range(first, first + count)]


def vectors(first: int, count: int) -> Any:
    centres = 5 * np.eye(WIDTH, dtype=np.float32)[:3]
    return np.array([centres[at % 3] for at in range(first, first + count)]) + 0.2 * rows(count, first + 1)


def index_of(vault: LocalVaultService) -> Any:
    return faiss.deserialize_index(np.frombuffer((vault.root / FAISS_INDEX).read_bytes(), np.uint8))


def test_clusters_are_of_one_thing_each_and_named_by_it(vault: LocalVaultService) -> None:
    done = cluster(vault)
    assert done is not None
    assert (done.nodes, done.made_anew, done.changed) == (60, True, True)
    found = vault.read_clusters()["clusters"]
    assert sorted(name for one in found for name in one["nodes"]) == sorted(f"n{at}" for at in range(60))
    for one in found:
        about = {int(name[1:]) % 3 for name in one["nodes"]}
        assert len(about) == 1
        thing = ABOUT[about.pop()].casefold()
        assert all(word in thing for word in one["name"].split(" · "))
    assert vault.read_cluster_schema()["model"] == MODEL


def test_the_index_finds_each_node_by_its_own_vector(vault: LocalVaultService) -> None:
    cluster(vault)
    index = index_of(vault)
    _, found = index.search(unit_rows(vectors(0, 60)), 1)
    assert found[:, 0].tolist() == list(range(60))


def test_nothing_is_written_when_nothing_changed(vault: LocalVaultService) -> None:
    cluster(vault)
    generation = vault.generation
    done = cluster(vault)
    assert done is not None
    assert not done.changed
    assert vault.generation == generation


def test_a_few_new_nodes_join_the_clusters_that_are_there(vault: LocalVaultService) -> None:
    cluster(vault)
    before = {one["id"]: (one["name"], one["centre"]) for one in vault.read_clusters()["clusters"]}
    vault.append_nodes(nodes(60, 5), vectors(60, 5))
    vault.append_nodes([node("not embedded", "plums")])
    done = cluster(vault)
    assert done is not None
    assert (done.nodes, done.made_anew) == (65, False)
    assert {one["id"]: (one["name"], one["centre"]) for one in vault.read_clusters()["clusters"]} == before
    assert index_of(vault).ntotal == 66
    vault.append_nodes(nodes(65, 30), vectors(65, 30))
    done = cluster(vault)
    assert done is not None
    assert (done.nodes, done.made_anew) == (95, True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda root: (root / FAISS_INDEX).unlink(),
        lambda root: (root / FAISS_INDEX).write_bytes(b"IxFI no index"),
        lambda root: os.truncate(root / FAISS_INDEX, 100),
        lambda root: (root / CLUSTERS).unlink(),
        lambda root: (root / CLUSTERS).write_text("{"),
        lambda root: (root / CLUSTERS).write_text(json.dumps({"clusters": [{"centre": "x"}]})),
        lambda root: [path.unlink() for path in (root / "indexes").iterdir()],
    ],
)
def test_what_is_lost_or_damaged_is_made_again(vault: LocalVaultService, damage: Callable[[Path], object]) -> None:
    cluster(vault)
    before = {frozenset(one["nodes"]) for one in vault.read_clusters()["clusters"]}
    damage(vault.root)
    again = LocalVaultService.open(vault.root)
    cluster(again)
    assert {frozenset(one["nodes"]) for one in again.read_clusters()["clusters"]} == before
    assert index_of(again).ntotal == 60


def test_vectors_of_another_model_make_clusters_of_their_own(vault: LocalVaultService) -> None:
    cluster(vault)
    vault.write_node_embeddings(vectors(1, 60))
    record_model(vault, "another/1")
    done = cluster(vault)
    assert done is not None
    assert done.made_anew
    _, found = index_of(vault).search(unit_rows(vectors(1, 60)), 1)
    assert found[:, 0].tolist() == list(range(60))


def test_a_vault_without_vectors_has_no_clusters_and_no_index(vault_dir: Path) -> None:
    vault = LocalVaultService.open(vault_dir)
    for _ in range(2):
        done = cluster(vault)
        assert done is not None
        assert (done.clusters, done.nodes) == (0, 0)
    assert done.changed is False
    assert not (vault_dir / FAISS_INDEX).exists()


def test_without_faiss_there_are_no_clusters(vault: LocalVaultService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "faiss", lambda: None)
    assert cluster(vault) is None


def test_a_large_index_is_a_quarter_of_the_size_and_grows_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss_file, "LARGE", 300)
    units = unit_rows(rows(1000, 4))
    flat = in_step(None, units[:299])
    first = in_step(None, units[:900])
    assert flat is not None
    assert first is not None
    assert len(first) < len(flat) * 3
    assert in_step(first, units[:900]) is None
    grown = in_step(first, units)
    assert grown is not None
    index = faiss.deserialize_index(np.frombuffer(grown, np.uint8))
    _, found = index.search(units, 1)
    assert (found[:, 0] == np.arange(1000)).mean() > 0.98
    changed = units.copy()
    changed[5] = units[6]
    again = in_step(grown, changed)
    assert again is not None
    assert in_step(again, changed) is None

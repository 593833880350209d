"""Records merged into a corpus: whatever its layout, the same as if it had been written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DamageError
from core.vault import LocalVaultService
from core.vault.layout import NODE_VECTORS, NODES
from tests.vault.samples import nodes, rows


class Incoming:
    """A Merge out of plain data: records by id that replace, and records that follow, each with a vector or None."""

    def __init__(self, instead: Mapping[str, Any], added: list[tuple[Any, Any]], width: int | None = None) -> None:
        self._instead = dict(instead)
        self._added = added
        self.replaces = bool(instead)
        self.width = width

    def replaced(self, record: Mapping[str, Any]) -> bytes | None:
        found = self._instead.get(record.get("id", ""))
        return None if found is None else json.dumps(found[0]).encode()

    def row(self, record_id: str) -> bytes | None:
        return _bytes(self._instead[record_id][1])

    def added(self) -> Iterator[bytes]:
        return (json.dumps(record).encode() for record, _ in self._added)

    def added_rows(self) -> Iterator[bytes | None]:
        return (_bytes(vector) for _, vector in self._added)


def _bytes(vector: Any) -> bytes | None:
    return None if vector is None else np.array(vector, "<f4").tobytes()


def merge(vault: LocalVaultService, incoming: Incoming) -> None:
    with vault.transaction() as changes:
        changes.merge_nodes(incoming)


LAYOUTS = {
    "ours": lambda data: None,
    "indented": lambda data: json.dumps(data, indent=2).encode(),
    "one line": lambda data: json.dumps(data).encode(),
    "wrapped": lambda data: json.dumps({"nodes": data, "about": 1}).encode(),
    "utf-16": lambda data: json.dumps(data).encode("utf-16"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("replacing", [False, True])
def test_a_merge_gives_the_same_whatever_the_layout(vault_dir: Path, layout: str, replacing: bool) -> None:
    vault = LocalVaultService.open(vault_dir)
    vault.write_nodes(nodes(4), rows(4))
    if (data := LAYOUTS[layout](nodes(4))) is not None:
        (vault_dir / NODES).write_bytes(data)
    width = rows(1).shape[1]
    new = {"id": "n1", "human_content": "changed"}
    instead = {"n1": (new, [9.0] * width), "n9": (new, None)} if replacing else {}
    merge(vault, Incoming(instead, [({"id": "x"}, [7.0] * width), ({"id": "y"}, None)], width))

    expected, matrix = nodes(4), rows(4)
    if replacing:
        expected[1], matrix[1] = new, 9.0
    found, vectors = vault.read_nodes_with_embeddings()
    assert found == [*expected, {"id": "x"}, {"id": "y"}]
    assert np.array_equal(vectors, np.concatenate([matrix, np.full((1, width), 7.0), np.zeros((1, width))]))
    assert vault.check() == []
    assert vault.get_node_count() == 6
    if layout == "wrapped":
        assert json.loads((vault_dir / NODES).read_bytes())["about"] == 1


def test_the_first_records_of_a_vault_can_be_merged(vault_dir: Path) -> None:
    vault = LocalVaultService.open(vault_dir)
    merge(vault, Incoming({}, [({"id": "x"}, None), ({"id": "y"}, [1.0, 2.0])], 2))
    assert vault.read_node_embeddings().tolist() == [[0, 0], [1, 2]]
    merge(vault, Incoming({}, [({"id": "z"}, None)]))
    assert vault.read_node_embeddings().tolist() == [[0, 0], [1, 2], [0, 0]]
    assert vault.check() == []


def test_vectors_of_another_width_are_left_out(vault_dir: Path) -> None:
    vault = LocalVaultService.open(vault_dir)
    vault.write_nodes(nodes(2), rows(2))
    merge(vault, Incoming({}, [({"id": "x"}, [1.0])], 1))
    assert not vault.read_node_embeddings()[2].any()
    assert vault.check() == []


def test_vectors_for_records_that_had_none_stand_in_their_places(vault_dir: Path) -> None:
    vault = LocalVaultService.open(vault_dir)
    vault.write_nodes(nodes(3))
    merge(vault, Incoming({"n1": ({"id": "n1"}, [5.0])}, [({"id": "x"}, [6.0])], 1))
    assert vault.read_node_embeddings().tolist() == [[0], [5], [0], [6]]


def test_a_corpus_that_rotted_is_never_merged_into(vault_dir: Path) -> None:
    vault = LocalVaultService.open(vault_dir)
    vault.write_nodes(nodes(3))
    path = vault_dir / NODES
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"n1", b"n7"))
    import os

    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    for instead in ({}, {"n2": ({"id": "n2"}, None)}):
        with pytest.raises(DamageError):
            merge(vault, Incoming(instead, [({"id": "x"}, None)]))
    assert vault.damage


def test_ids_follow_those_of_others_in_every_form_of_the_index(vault_dir: Path) -> None:
    path = vault_dir / "corpus" / "dedup_index.json"
    vault = LocalVaultService.open(vault_dir)
    forms = [None, {"ingested_ids": []}, {"ingested_ids": ["a]}"]}, {"ingested_ids": ["a"], "more": [1]}, ["a"]]
    for form in forms:
        if form is not None:
            path.write_text(json.dumps(form, separators=(",", ":")))
        before = vault.read_dedup_index() if form is not None else []
        with vault.transaction() as changes:
            changes.merge_ingested_ids(iter(["x", 'y"']), 2)
        assert vault.read_dedup_index() == [*before, "x", 'y"']
        assert vault.check() == []
        assert vault.get_status().ingested_ids == len(before) + 2
    assert NODE_VECTORS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=5, unique=True), max_size=5))
def test_any_sequence_of_merges_keeps_records_and_rows_together(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[str]]
) -> None:
    vault = LocalVaultService.open(tmp_path_factory.mktemp("merge") / "vault")
    expected: dict[str, int] = {}
    for number, names in enumerate(steps, 1):
        instead = {name: ({"id": name, "n": number}, [float(number)]) for name in names if name in expected}
        added = [({"id": name, "n": number}, [float(number)]) for name in names if name not in expected]
        if not instead and not added:
            continue
        merge(vault, Incoming(instead, added, 1))
        expected |= dict.fromkeys(names, number)
    found, matrix = vault.read_nodes_with_embeddings()
    assert {node["id"]: node["n"] for node in found} == expected
    assert [row[0] for row in matrix.tolist()] == [node["n"] for node in found]

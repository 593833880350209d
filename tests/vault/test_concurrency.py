"""Writers and readers in processes of their own: nobody ever sees records and vectors that do not belong together."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from core.vault import LocalVaultService
from tests.forked import Forked
from tests.vault.samples import edit, filled, nodes, rows

ROOT = Path(__file__).parents[2]

_WRITE = """
import sys
from itertools import count as count_from
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from core.vault import LocalVaultService
from tests.vault.samples import nodes, rows
vault = LocalVaultService.open(Path(sys.argv[1]))
for number in count_from(0):
    if Path(sys.argv[2]).exists():
        break
    count = 1 + number * 7 % 5
    if number % 3:
        vault.write_nodes(nodes(count, start=number), rows(count, start=number))
    else:
        vault.write_nodes(nodes(3, start=number), rows(3, start=number))
        with vault.transaction() as tx:
            found = tx.manifest.files["corpus/nodes.json"].count
            tx.append_nodes(nodes(2, start=number + found), rows(2, start=number + found))
"""

_APPEND = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from core.vault import LocalVaultService
vault = LocalVaultService.open(Path(sys.argv[1]))
for number in range(15):
    vault.append_nodes([{"id": f"{sys.argv[2]}-{number}"}], [[float(sys.argv[2]), number]])
"""


def start(script: str, *arguments: str) -> subprocess.Popen:
    return Forked(["python", "-c", script, *arguments], cwd=ROOT)


def test_readers_never_see_records_and_vectors_of_two_generations(tmp_path):
    vault = filled(tmp_path / "vault")
    enough = tmp_path / "enough"
    writer = start(_WRITE, str(vault.root), str(enough))
    generations, reads = set(), 0
    while writer.poll() is None:
        if reads > 100 and len(generations) > 20:
            enough.touch()
        found, matrix = vault.read_nodes_with_embeddings()
        first = int(found[0]["id"][1:])
        assert found == nodes(len(found), start=first)
        assert np.array_equal(matrix, rows(len(found), start=first))
        generations.add(first)
        reads += 1
    assert writer.returncode == 0
    assert len(generations) > 20
    assert vault.damage == ()


def test_two_writers_lose_nothing_of_each_other(tmp_path):
    root = LocalVaultService.open(tmp_path / "vault").root
    writers = [start(_APPEND, str(root), name) for name in ("1", "2")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found, matrix = LocalVaultService.open(root).read_nodes_with_embeddings()
    assert sorted(node["id"] for node in found) == sorted(f"{w}-{n}" for w in (1, 2) for n in range(15))
    assert [f"{int(w)}-{int(n)}" for w, n in matrix] == [node["id"] for node in found]


def test_threads_share_one_service(tmp_path):
    vault = filled(tmp_path / "vault", 0)

    def append(name: int) -> None:
        for number in range(5):
            vault.append_nodes([{"id": f"{name}-{number}"}], [[float(name)]])

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(append, range(3)))
    found, matrix = vault.read_nodes_with_embeddings()
    assert [float(node["id"][0]) for node in found] == matrix[:, 0].tolist()
    assert len(found) == 15


def test_vectors_that_were_mapped_stay_what_they_were_while_the_vault_goes_on(tmp_path):
    vault = filled(tmp_path / "vault")
    mapped = vault.read_node_embeddings()
    vault.write_nodes(nodes(1, start=9), rows(1, start=9))
    assert np.array_equal(mapped, rows(3))


def test_readers_do_not_wait_for_a_transaction(tmp_path):
    vault = filled(tmp_path / "vault")
    with vault.transaction() as tx:
        tx.append_nodes(nodes(1, start=3), rows(1, start=3))
        assert vault.read_nodes() == nodes(3)
        assert vault.get_status().nodes == 3
    assert vault.read_nodes() == nodes(4)


def test_a_status_does_not_wait_for_a_writer_even_when_something_was_edited(tmp_path):
    vault = filled(tmp_path / "vault")
    with vault.transaction():
        edit(vault.root / "corpus/nodes.json", b"[]")
        assert vault.get_status().nodes == 3

import errno
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BusyError, UsageError
from core.files import FileError
from core.vault import LocalVaultService
from core.vault.layout import is_staged_name
from tests.forked import run_forked
from tests.vault.samples import filled, nodes, rows

ROOT = Path(__file__).parents[2]


def leftovers(vault: LocalVaultService) -> list[Path]:
    return [path for path in vault.root.rglob("*") if is_staged_name(path.name) or path.name.endswith(".tmp")]


def test_nodes_and_vectors_come_back_as_they_were_written(tmp_path):
    vault = filled(tmp_path / "vault")
    vault.append_nodes(nodes(2, start=3), rows(2, start=3))
    found, matrix = LocalVaultService.open(vault.root).read_nodes_with_embeddings()
    assert found == nodes(5)
    assert np.array_equal(matrix, rows(5))


def test_episodes_are_kept_like_nodes(tmp_path):
    vault = LocalVaultService.open(tmp_path / "vault")
    episode = {"id": "e1", "title": "t", "messages": [{"role": "user", "content": "hi"}], "created_at": "x", "mood": 1}
    vault.write_episodes([episode], [[1.0, 2.0]])
    vault.append_episodes([{**episode, "id": "e2"}], [[3.0, 4.0]])
    found, matrix = vault.read_episodes_with_embeddings()
    assert [e["id"] for e in found] == ["e1", "e2"]
    assert matrix.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    vault.write_episode_embeddings([[5.0], [6.0]])
    assert vault.read_episode_embeddings().tolist() == [[5.0], [6.0]]
    assert vault.get_episode_count() == 2


def test_everything_else_comes_back_as_it_was_written(tmp_path):
    vault = LocalVaultService.open(tmp_path / "vault")
    assert (vault.read_dedup_index(), vault.read_clusters(), vault.read_cluster_schema()) == ([], None, None)
    with vault.transaction() as tx:
        tx.write_dedup_index(["a", "b", "a"])
        tx.write_clusters([{"id": 1}])
        tx.write_cluster_schema({"version": 2})
        tx.write_faiss_index(b"\x00index")
    assert vault.read_dedup_index() == ["a", "b"]
    assert vault.read_clusters() == [{"id": 1}]
    assert vault.read_cluster_schema() == {"version": 2}
    assert (vault.root / "indexes/faiss.index").read_bytes() == b"\x00index"


def test_an_empty_vault_reads_as_empty_without_writing_a_file(tmp_path):
    vault = LocalVaultService.open(tmp_path / "vault")
    assert (vault.read_nodes(), vault.read_episodes(), vault.get_node_count()) == ([], [], 0)
    assert vault.read_node_embeddings().shape == (0, 0)
    assert list((vault.root / "corpus").iterdir()) == []


def test_records_without_vectors_get_rows_that_say_not_embedded_yet(tmp_path):
    vault = LocalVaultService.open(tmp_path / "vault")
    vault.append_nodes(nodes(2))
    assert vault.read_node_embeddings().shape == (0, 0)
    vault.append_nodes(nodes(1, start=2), rows(1, start=2))
    vault.append_nodes(nodes(1, start=3))
    assert vault.read_node_embeddings()[:, 0].tolist() == [0.0, 0.0, 3.0, 0.0]


def test_a_rewritten_corpus_keeps_the_vectors_of_the_records_whose_text_stayed(tmp_path):
    vault = filled(tmp_path / "vault", 4)
    changed = nodes(4)[::-1]
    changed[1] = {**changed[1], "human_content": "another"}
    changed[2] = {**changed[2], "tags": ["x"]}
    vault.write_nodes([*changed, *nodes(1, start=9)])
    assert vault.read_node_embeddings()[:, 0].tolist() == [4.0, 0.0, 2.0, 1.0, 0.0]


def test_several_changes_in_one_transaction_are_one_generation(tmp_path):
    vault = filled(tmp_path / "vault")
    before = vault.generation
    with vault.transaction() as tx:
        tx.write_nodes(nodes(1), rows(1))
        tx.append_nodes(nodes(1, start=1))
        tx.append_nodes(nodes(1, start=2), rows(1, start=2))
        tx.add_ingested_ids(["n0"])
        tx.add_ingested_ids(["n1"])
    assert vault.generation == before + 1
    assert vault.read_nodes() == nodes(3)
    assert vault.read_node_embeddings()[:, 0].tolist() == [1.0, 0.0, 3.0]
    assert vault.read_dedup_index() == ["n0", "n1"]


def test_a_transaction_that_changes_nothing_is_no_generation(tmp_path):
    vault = filled(tmp_path / "vault")
    before = vault.generation
    with vault.transaction():
        pass
    vault.append_nodes([])
    assert vault.generation == before


def test_an_error_inside_a_transaction_leaves_everything_as_it_was(tmp_path):
    vault = filled(tmp_path / "vault")
    before = vault.generation

    def change() -> None:
        with vault.transaction() as tx:
            tx.write_nodes([])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert vault.read_nodes() == nodes(3)
    assert vault.generation == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda tx: tx.append_nodes(nodes(1), rows(2)), "vault.rows_differ"),
        (lambda tx: tx.append_nodes(nodes(1), rows(1, width=5)), "vault.width_differs"),
        (lambda tx: tx.write_nodes(nodes(2), rows(3)), "vault.rows_differ"),
        (lambda tx: tx.write_node_embeddings(rows(2)), "vault.rows_differ"),
        (lambda tx: tx.write_clusters({"a": object()}), "vault.not_json"),
        (lambda tx: tx.append_nodes([{"a": object()}], rows(1)), "vault.not_json"),
        (lambda tx: tx.append_nodes([1]), "vault.not_a_record"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(tmp_path, change, code):
    vault = filled(tmp_path / "vault")
    with pytest.raises(UsageError) as caught, vault.transaction() as tx:
        change(tx)
    assert caught.value.code == code
    found, matrix = vault.read_nodes_with_embeddings()
    assert found == nodes(3)
    assert np.array_equal(matrix, rows(3))
    assert leftovers(vault) == []


def test_a_wrapped_corpus_keeps_its_wrapper_through_every_kind_of_change(tmp_path):
    import json

    vault = LocalVaultService.open(tmp_path / "vault")
    path = vault.root / "corpus/nodes.json"
    path.write_text(json.dumps({"schema": 3, "nodes": nodes(2)}, indent=2))
    assert vault.read_nodes() == nodes(2)
    vault.append_nodes(nodes(1, start=2), rows(1, start=2))
    vault.write_nodes(nodes(4))
    assert json.loads(path.read_bytes()) == {"schema": 3, "nodes": nodes(4)}
    assert vault.read_node_embeddings()[:, 0].tolist() == [0.0, 0.0, 3.0, 0.0]


def test_an_index_of_other_keys_keeps_them(tmp_path):
    import json

    vault = LocalVaultService.open(tmp_path / "vault")
    path = vault.root / "corpus/dedup_index.json"
    path.write_text('{"ingested_ids": ["a"], "hash": "blake"}')
    with vault.transaction() as tx:
        tx.add_ingested_ids(["b"])
    assert json.loads(path.read_bytes()) == {"hash": "blake", "ingested_ids": ["a", "b"]}


def test_a_change_always_shows_in_size_or_mtime(tmp_path):
    vault = filled(tmp_path / "vault")
    seen = set()
    for number in range(20):
        vault.write_node_embeddings(rows(3, start=number))
        stat = (vault.root / "vectors/nodes.npy").stat()
        seen.add((stat.st_size, stat.st_mtime_ns))
    assert len(seen) == 20


def test_a_second_writer_waits_and_is_told_when_it_takes_too_long(tmp_path):
    vault = filled(tmp_path / "vault")
    with vault.transaction(), pytest.raises(BusyError) as caught, vault.transaction(wait_seconds=0.05):
        pass
    assert caught.value.code == "vault.busy"


_OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["append", "append_bare", "write", "embed", "fail"]), st.integers(0, 4)), max_size=8
)


@settings(max_examples=settings().max_examples // 2)
@given(operations=_OPERATIONS)
def test_any_run_of_operations_keeps_row_i_with_record_i(tmp_path_factory, operations):
    vault = LocalVaultService.open(tmp_path_factory.mktemp("any") / "vault")
    expected: list[tuple[str, float]] = []
    fresh = 0
    for operation, count in operations:
        added = nodes(count, start=fresh)
        matrix = rows(count, start=fresh)
        pairs = [(node["id"], float(row[0])) for node, row in zip(added, matrix, strict=True)]
        fresh += count
        if operation == "append":
            vault.append_nodes(added, matrix)
            expected += pairs
        elif operation == "append_bare":
            vault.append_nodes(added)
            expected += [(name, 0.0) for name, _ in pairs]
        elif operation == "write":
            vault.write_nodes(vault.read_nodes()[::2] + added)
            expected = expected[::2] + [(name, 0.0) for name, _ in pairs]
        elif operation == "embed":
            vault.write_node_embeddings(np.full((len(expected), 4), 7, np.float32))
            expected = [(name, 7.0) for name, _ in expected]
        else:
            with pytest.raises(UsageError):
                vault.append_nodes(added, rows(count + 1))
        found, seen = vault.read_nodes_with_embeddings()
        assert [node["id"] for node in found] == [name for name, _ in expected]
        assert len(seen) in (0, len(expected))
        assert [float(row[0]) for row in seen] == ([value for _, value in expected] if len(seen) else [])
    assert LocalVaultService.open(vault.root).check() == []


_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from core.vault import LocalVaultService
from tests.vault.samples import nodes, rows
vault = LocalVaultService.open(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    vault.append_nodes(nodes(50, start=50), rows(50, start=50))
except Exception as error:
    print(type(error).__name__, error.code)
"""


@pytest.mark.parametrize("limit", [100, 600, 1_000, 1_700])
def test_a_full_disk_keeps_the_old_vault_and_says_so(tmp_path, limit):
    vault = filled(tmp_path / "vault", 50)
    command = ["python", "-c", _FULL_DISK, str(vault.root), str(limit)]
    child = run_forked(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout.split() == ["FileError", "files.disk_full"], child.stderr
    assert leftovers(vault) == []
    found, matrix = LocalVaultService.open(vault.root).read_nodes_with_embeddings()
    assert found == nodes(50)
    assert np.array_equal(matrix, rows(50))


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "files.disk_full"), (errno.EDQUOT, "files.disk_full"), (errno.EROFS, None)]
)
@pytest.mark.parametrize("writes", range(5))
def test_a_disk_that_refuses_at_any_write_keeps_the_old_vault(tmp_path, monkeypatch, writes, number, code):
    vault = filled(tmp_path / "vault")
    left, real = [writes], os.fsync

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(number, "refused")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError) as caught:
        vault.append_nodes(nodes(1, start=3), rows(1, start=3))
    monkeypatch.setattr(os, "fsync", real)
    assert caught.value.code == (code or "files.not_writable")
    assert vault.read_nodes() == nodes(3)
    assert leftovers(vault) == []
    assert vault.check() == []


def test_a_rename_that_fails_past_the_journal_is_ended_by_the_next_use(tmp_path, monkeypatch):
    vault = filled(tmp_path / "vault")
    real, calls = Path.replace, []

    def fail_at_second(self: Path, target: Path) -> Path:
        if self.name.endswith(".staged"):
            calls.append(target)
            if len(calls) == 2:
                raise OSError(errno.EIO, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_second)
    with pytest.raises(FileError) as caught:
        vault.append_nodes(nodes(1, start=3), rows(1, start=3))
    monkeypatch.undo()
    assert caught.value.code == "vault.unfinished"
    found, matrix = vault.read_nodes_with_embeddings()
    assert found == nodes(4)
    assert np.array_equal(matrix, rows(4))
    assert leftovers(vault) == []


def test_a_folder_that_cannot_be_a_vault_is_an_error_with_a_next_step(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FileError) as caught:
        LocalVaultService.open(tmp_path / "file")
    assert caught.value.next_step
    assert (tmp_path / "file").read_text() == "mine"


def test_the_benchmark_runs_and_ends_with_one_json_object():
    import json

    command = ["python", "-m", "benchmarks.vault", "--nodes", "200", "--width", "8", "--rounds", "1"]
    done = run_forked(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    output = done.stdout
    assert done.returncode == 0
    assert json.loads(output.splitlines()[-1])["nodes"] == 200

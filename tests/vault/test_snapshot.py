import errno
import hashlib
import os

import pytest

from core.vault import LocalVaultService
from core.vault.layout import part_of
from tests.vault.samples import edit, filled, nodes, rows


@pytest.fixture
def vault(tmp_path):
    vault = filled(tmp_path / "vault")
    vault.write_clusters([1])
    vault.write_trace({"id": "t1"})
    return vault


def test_a_snapshot_holds_every_syncable_file_with_what_is_known_of_it(vault, tmp_path):
    with vault.snapshot(tmp_path / "into") as taken:
        names = [file.relative for file in taken.files]
        assert names[:2] == ["corpus/nodes.json", "vectors/nodes.npy"]
        assert names[2].startswith("traces/t1-")
        assert names[3:] == ["indexes/clusters.json"]
        assert [file.derived for file in taken.files] == [False, False, False, True]
        assert taken.generation == vault.generation
        for file in taken.files:
            data = file.path.read_bytes()
            assert (file.size, file.mtime_ns) == (len(data), (vault.root / file.relative).stat().st_mtime_ns)
            assert file.sha256 in (hashlib.sha256(data).hexdigest(), None)
            assert (file.sha256 is None) == file.relative.startswith("traces/")
    assert list((tmp_path / "into").iterdir()) == []


@pytest.mark.parametrize("linked", [True, False])
def test_a_snapshot_stays_as_it_is_while_the_vault_changes(vault, tmp_path, monkeypatch, linked):
    if not linked:

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EXDEV, "another file system")

        monkeypatch.setattr(os, "link", refuse)
    expected = (vault.root / "corpus/nodes.json").read_bytes()
    with vault.snapshot(tmp_path / "into") as taken:
        vault.append_nodes(nodes(1, start=3), rows(1, start=3))
        assert taken.files[0].path.read_bytes() == expected
        assert taken.files[0].mtime_ns == taken.files[0].path.stat().st_mtime_ns
        assert taken.files[0].path.samefile(vault.root / "corpus/nodes.json") is False


def test_private_quarantined_and_linked_files_are_left_out_and_unknown_ones_are_not(vault, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (vault.root / "traces/link.json").symlink_to(tmp_path / "secret")
    (vault.root / "corpus/.hidden").write_text("x")
    (vault.root / "traces/deep").mkdir()
    (vault.root / "traces/deep/ünï code.json").write_text("{}")
    (vault.root / "corpus/extra.json").write_text("{}")
    edit(vault.root / "vectors/nodes.npy", b"broken")
    with vault.snapshot(tmp_path / "into") as taken:
        names = {file.relative for file in taken.files}
    assert {"corpus/extra.json", "traces/deep/ünï code.json", "corpus/nodes.json"} <= names
    assert len(names) == 5
    assert all(part_of(name) != "private" for name in names)


def test_an_edit_by_another_program_is_in_the_snapshot_with_its_own_hash(vault, tmp_path):
    edit(vault.root / "corpus/nodes.json", b"[{},{},{}]")
    with vault.snapshot(tmp_path / "into") as taken:
        assert taken.files[0].sha256 == hashlib.sha256(b"[{},{},{}]").hexdigest()


def test_an_empty_vault_has_an_empty_snapshot(tmp_path):
    with LocalVaultService.open(tmp_path / "vault").snapshot(tmp_path / "into") as taken:
        assert taken.files == ()


def test_parts_of_the_vault_are_named():
    assert part_of("corpus/nodes.json") == "synced"
    assert part_of("indexes/faiss.index") == "derived"
    for private in ("sync/state.db", "config.json", "logs/x", "corpus/.nodes.json.ab.staged", "elsewhere/x"):
        assert part_of(private) == "private"
    assert part_of("corpus/nodes.json.damaged-20260101T000000000000Z") == "private"

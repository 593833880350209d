"""The look before a sync: stats alone, and every way in which something can have moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.sources import Source, SourceError
from core.sync import looking
from core.sync.looking import Look, expected_bytes, look_at, stat_signature, wanted_sources
from core.sync.records import SourceRecord
from tests.vault.samples import filled, nodes, rows


def look(root: Path, known: dict[str, str | None] | None = None, **options: object) -> Look:
    return look_at(root, (), known or {}, {}, **{"vault": True, **options})  # type: ignore[arg-type]


def known(root: Path) -> dict[str, str | None]:
    """What a head holds that was made from the vault as it is."""
    return {f"vault/{name}": stat_signature(root / name) for name in look(root).vault_files}


def test_a_new_vault_is_all_changed_and_a_known_one_not_at_all(vault_dir: Path) -> None:
    filled(vault_dir)
    first = look(vault_dir)
    assert set(first.vault_changed) == {"corpus/nodes.json", "vectors/nodes.npy"}
    assert first.anything
    again = look(vault_dir, known(vault_dir))
    assert not again.anything
    assert again.fingerprint == first.fingerprint


def test_a_commit_changes_its_files_and_the_fingerprint(vault_dir: Path) -> None:
    vault = filled(vault_dir)
    before = known(vault_dir)
    seen = look(vault_dir, before)
    vault.append_nodes(nodes(1, 3), rows(1, 3))
    after = look(vault_dir, before)
    assert set(after.vault_changed) == {"corpus/nodes.json", "vectors/nodes.npy"}
    assert after.fingerprint != seen.fingerprint


def test_derived_private_and_unfinished_files_are_not_looked_at(vault_dir: Path) -> None:
    vault = filled(vault_dir)
    vault.write_clusters([1])
    for name in (
        "indexes/faiss.index",
        "cache/embeddings/aa.npy",
        "traces/.new.staged",
        "logs/cogzy.log",
        "config.json",
    ):
        (vault_dir / name).write_bytes(b"x")
    (vault_dir / "traces" / "link.json").symlink_to(vault_dir / "corpus" / "nodes.json")
    assert set(look(vault_dir).vault_files) == {"corpus/nodes.json", "vectors/nodes.npy"}


def test_what_stands_in_the_head_alone_is_gone_unless_it_was_damaged(vault_dir: Path) -> None:
    filled(vault_dir)
    head = {**known(vault_dir), "vault/traces/old.json": "1:1", "sources/notes/notes.db": "1:1"}
    assert look(vault_dir, head).vault_gone == ("traces/old.json",)
    assert look(vault_dir, head).anything
    assert look(vault_dir, head, damaged=frozenset({"traces/old.json"})).vault_gone == ()
    assert look(vault_dir, head, vault=False) == Look()


def test_a_file_that_goes_while_it_is_looked_at_is_changed(vault_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(vault_dir)
    head = known(vault_dir)

    def gone(path: Path) -> str:
        raise FileNotFoundError(path)

    monkeypatch.setattr(looking, "stat_signature", gone)
    seen = look(vault_dir, head)
    assert set(seen.vault_changed) == set(seen.vault_files)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "notes.db"
    path.write_bytes(b"x" * 5000)
    return Source("notes", "sqlite", path)


def of_source(source: Source, record: SourceRecord | None, **options: bool) -> Look:
    records = {} if record is None else {source.name: record}
    return look_at(source.path.parent, [source], {}, records, vault=False, **options)


def test_a_source_is_changed_when_its_signature_is_another(source: Source) -> None:
    (seen,) = of_source(source, None).sources
    assert seen.changed
    record = SourceRecord("notes", seen.signature or "", 0.0)
    assert not of_source(source, record).anything
    source.path.write_bytes(b"y" * 5001)
    assert of_source(source, record).anything


def test_a_missing_source_is_not_changed(source: Source) -> None:
    record = SourceRecord("notes", "x", 0.0)
    source.path.unlink()
    seen = of_source(source, record)
    assert not seen.anything
    assert seen.sources[0].signature is None
    assert seen.notices == ()


def test_full_calls_databases_changed_that_hold_rows_to_compare(source: Source, tmp_path: Path) -> None:
    (seen,) = of_source(source, None).sources
    record = SourceRecord("notes", seen.signature or "", 0.0)
    assert not of_source(source, record, full=True).anything
    duck = Source("duck", "duckdb", source.path)
    (seen,) = of_source(duck, None).sources
    record = SourceRecord("duck", seen.signature or "", 0.0)
    assert not of_source(duck, record).anything
    assert of_source(duck, record, full=True).anything


def test_a_source_that_is_switched_off_is_not_looked_at(source: Source) -> None:
    off = Source("notes", "sqlite", source.path, enabled=False)
    assert of_source(off, None).sources == ()


def test_a_source_that_cannot_be_looked_at_is_told(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Source) -> str:
        raise SourceError("sources.not_readable", name="notes", path="x", reason="no")

    monkeypatch.setattr(looking, "signature", refused)
    seen = of_source(source, None)
    assert not seen.anything
    assert [notice.code for notice in seen.notices] == ["sources.not_readable"]


SOURCES = [
    Source("a", "duckdb", Path("/a"), topic="reflections"),
    Source("b", "duckdb", Path("/b"), topic="knowledge-graph"),
    Source("c", "files", Path("/c")),
]


@pytest.mark.parametrize("reflections", [True, False])
@pytest.mark.parametrize("knowledge_graph", [True, False])
@pytest.mark.parametrize("only", [None, "reflections", "knowledge-graph", "vault"])
def test_what_a_run_covers(reflections: bool, knowledge_graph: bool, only: looking.Only | None) -> None:
    chosen, vault = wanted_sources(SOURCES, reflections=reflections, knowledge_graph=knowledge_graph, only=only)
    names = {source.name for source in chosen}
    if only is None:
        assert names == {"c"} | ({"a"} if reflections else set()) | ({"b"} if knowledge_graph else set())
        assert vault
    else:
        assert names == {"reflections": {"a"}, "knowledge-graph": {"b"}, "vault": set()}[only]
        assert vault == (only == "vault")


def test_expected_bytes_are_those_of_what_changed(vault_dir: Path, source: Source) -> None:
    filled(vault_dir)
    seen = look_at(vault_dir, [source], {}, {}, vault=True)
    sizes = sum((vault_dir / name).stat().st_size for name in seen.vault_files)
    assert expected_bytes(seen, vault_dir) == sizes + 5000
    (vault_dir / "corpus" / "nodes.json").unlink()
    assert expected_bytes(seen, vault_dir) < sizes + 5000

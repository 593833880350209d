"""The index of a vault is always of what the vault holds now: after edits, crashes, damage, and beside others."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.memory import lines
from core.memory.contents import WHOLE
from core.memory.differences import LINE
from core.memory.index import EmbeddedIndex, Filter
from core.memory.memories import Memories
from core.memory.vault_index import FOLDER, StoppedError, VaultIndex
from core.memory.vector_model import RECORD, record_model
from core.vault import LocalVaultService
from core.vault.layout import NODE_VECTORS, NODES
from tests.memory.vaults import LAYOUTS, MODEL, episode, everything, ids, node, rows, vault_of

Open = Callable[[], VaultIndex]


@pytest.fixture
def opened(vault_dir: Path) -> Iterator[Open]:
    """Opens the vault's index anew, as another process would."""
    made: list[VaultIndex] = []

    def another() -> VaultIndex:
        made.append(VaultIndex(vault_dir))
        return made[-1]

    yield another
    for one in made:
        one.close()


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records were indexed, call by call."""
    counts: list[int] = []
    real = EmbeddedIndex.add

    def add(self: EmbeddedIndex, records: Any) -> None:
        counts.append(len(records))
        real(self, records)

    monkeypatch.setattr(EmbeddedIndex, "add", add)
    return counts


def fresh(root: Path) -> list[Any]:
    """What an index in memory, made from nothing, finds."""
    index = VaultIndex(root)
    index._current = index._in_memory()
    try:
        return everything(index)
    finally:
        index.close()


def _spoil(path: Path) -> None:
    """Change what is known of the nodes."""
    with sqlite3.connect(path) as file:
        (lines,) = file.execute("SELECT lines FROM part WHERE name = 'node'").fetchone()
        spoilt = np.frombuffer(lines, LINE).copy()
        spoilt["label"] = spoilt["label"][::-1]
        file.execute("UPDATE part SET lines = ? WHERE name = 'node'", (spoilt.tobytes(),))
    file.close()


def first_ones(index: VaultIndex) -> dict[str, Any]:
    """What stands under each id."""
    with index.now() as current:
        return {name: current.memories.find(name) and current.memories.find(name).record for name in _NAMES}  # type: ignore[union-attr]


def test_what_is_added_changed_and_deleted_is_found_as_it_is_now(vault_dir: Path, opened: Open) -> None:
    vault = vault_of(vault_dir, node("a", "red apples"), node("b", "green pears", sequence_index=1))
    index = opened()
    assert ids(index, "apples")[0] == "a"
    vault.append_nodes([node("d", "a plum", conversation_id="d")])
    assert ids(index, "plum") == ["d"]
    vault.write_nodes([node("b", "yellow pears", sequence_index=1)])
    assert ids(index, "apples") == []
    assert ids(index, "yellow") == ["b"]


def test_a_turn_that_says_no_place_of_its_own_has_that_in_the_file(vault_dir: Path, opened: Open) -> None:
    said = [{"id": name, "human_content": f"word {name}", "conversation_id": "c"} for name in "abc"]
    vault = vault_of(vault_dir, *said, vectors=False)
    index = opened()
    for order in ("abc", "bc", "cb"):
        vault.write_nodes([one for name in order for one in said if one["id"] == name])
        with index.now() as current:
            assert [getattr(current.memories.find(name), "position", None) for name in order] == [*range(len(order))]


def test_a_conversation_counts_as_whole_while_its_turns_are_there(vault_dir: Path, opened: Open) -> None:
    vault = vault_of(vault_dir, node("a", "pears"), episodes=[episode("d", "Apples", "red apples")])
    index = opened()
    whole = Filter(kinds=frozenset({WHOLE}))
    assert ids(index, "apples", filter=whole) == []
    vault.append_nodes([node("b", "red apples", conversation_id="d")])
    assert ids(index, "apples", filter=whole) == ["d"]
    vault.write_nodes([node("a", "pears")])
    assert ids(index, "apples", filter=whole) == []


def test_of_records_with_the_same_id_the_first_in_the_file_stands_under_it(vault_dir: Path, opened: Open) -> None:
    vault = vault_of(vault_dir, node("same", "first"), node("same", "second"), vectors=False)
    index = opened()
    for order in (["first", "second"], ["second", "first"], ["zeroth", "second", "first"], ["first"]):
        vault.write_nodes([node("same", text) for text in order])
        assert first_ones(index)["same"]["human_content"] == order[0]


def test_what_another_program_writes_into_the_vault_is_found(vault_dir: Path, opened: Open) -> None:
    vault_of(vault_dir, node("a", "red apples"), vectors=False)
    index = opened()
    assert ids(index, "apples") == ["a"]
    (vault_dir / NODES).write_text(json.dumps({"nodes": [node("x", "blue plums")], "by": "another"}, indent=2))
    assert ids(index, "apples") == []
    assert ids(index, "plums") == ["x"]


def test_only_what_is_new_is_indexed(vault_dir: Path, opened: Open, added: list[int]) -> None:
    vault = vault_of(vault_dir, *(node(f"n{at}", f"word{at}", sequence_index=at) for at in range(200)))
    index = opened()
    everything(index)
    added.clear()
    vault.append_nodes([node("new", "plum", conversation_id="d")], rows(1, 5))
    assert ids(index, "plum") == ["new"]
    assert ids(opened(), "plum") == ["new"]
    assert added == [1]


def test_of_a_vault_that_grew_only_the_new_records_are_parsed(
    vault_dir: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = vault_of(vault_dir, *(node(f"n{at}", f"word{at}", sequence_index=at) for at in range(200)))
    vault.append_episodes([episode(f"c{at}", "a talk") for at in range(50)])
    index = opened()
    everything(index)
    parsed: list[bytes] = []
    real = lines._object
    monkeypatch.setattr(lines, "_object", lambda text, *more: (parsed.append(text), real(text, *more))[1])
    with vault.transaction() as tx:
        tx.write_episodes([episode(f"c{at}", "a longer talk" if at == 20 else "a talk") for at in range(50)])
        tx.append_nodes([node("new", "plum", conversation_id="d")])
    assert ids(index, "plum") == ["new"]
    assert len(parsed) == 2


def test_a_file_that_another_program_only_wrote_otherwise_is_not_indexed_again(
    vault_dir: Path, opened: Open, added: list[int]
) -> None:
    nodes = [node(f"n{at}", f"word{at}", sequence_index=at) for at in range(30)]
    vault_of(vault_dir, *nodes)
    before = everything(opened())
    added.clear()
    for layout in LAYOUTS:
        (vault_dir / NODES).write_bytes(layout(nodes))
        assert everything(opened()) == before
    assert added == []


def test_nothing_is_indexed_again_when_nothing_changed(vault_dir: Path, opened: Open, added: list[int]) -> None:
    vault_of(vault_dir, node("a", "red apples"))
    before = everything(opened())
    added.clear()
    assert everything(opened()) == before
    assert added == []


def test_a_turn_is_found_by_the_words_beside_it_as_well(vault_dir: Path, opened: Open) -> None:
    turns = [node(f"n{at}", text, sequence_index=at) for at, text in enumerate(["the staging keys", "yes", "no idea"])]
    vault_of(vault_dir, *turns, node("z", "nothing", conversation_id="other"), vectors=False)
    assert ids(opened(), "staging") == ["n0", "n1", "n2"]


def test_the_date_and_the_speaker_are_words_of_a_turn(vault_dir: Path, opened: Open) -> None:
    vault_of(vault_dir, node("a", "hello", speaker="Ana"), vectors=False)
    assert ids(opened(), "May 2026") == ["a"]
    assert ids(opened(), "ana") == ["a"]


def test_records_without_ids_or_with_the_same_ids_are_all_found(vault_dir: Path, opened: Open) -> None:
    nodes = [node("same", "first apple"), node("same", "second apple"), {"human_content": "third apple"}]
    vault_of(vault_dir, *nodes, {"id": 7, "content": "fourth apple"}, vectors=False)
    assert len(ids(opened(), "apple")) == 4


def test_texts_that_are_no_unicode_and_numbers_without_end_do_no_harm(vault_dir: Path, opened: Open) -> None:
    LocalVaultService.open(vault_dir)
    strange = {**node("a\ud800", "apple \udfff"), "project": "\ud83d", "sequence_index": 1 << 80, "huge": 1 << 90}
    (vault_dir / NODES).write_text(json.dumps([strange, node("b", "apple", created_at=1e300)]))
    assert len(ids(opened(), "apple")) == 2


@pytest.mark.parametrize("fails", ["change", "add", "flush", "forget_gone"])
def test_a_crash_at_any_step_leaves_an_index_that_catches_up(
    vault_dir: Path, opened: Open, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    vault = vault_of(vault_dir, *(node(f"n{at}", f"word{at}", conversation_id=f"c{at}") for at in range(20)))
    everything(opened())
    vault.write_nodes([node(f"n{at}", f"word{at} word1", conversation_id=f"c{at}") for at in range(5, 25)])
    owner: type = Memories if fails in ("change", "forget_gone") else EmbeddedIndex

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(owner, fails, crash)
        with pytest.raises(KeyboardInterrupt):
            everything(opened())
    assert everything(opened()) == fresh(vault_dir)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "memories.db").write_bytes(b"no database at all" * 1000),
        lambda folder: (folder / "memories.db").unlink(),
        lambda folder: (folder / "index" / "index.header").write_bytes(b"CGZINDEX"),
        lambda folder: (folder / "index" / "index.header").unlink(),
        lambda folder: [path.write_bytes(b"") for path in (folder / "index").iterdir() if path.name != "lock"],
        lambda folder: os.truncate(folder / "memories.db", 5000),
        lambda folder: _spoil(folder / "memories.db"),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_damaged_index_is_made_again(vault_dir: Path, opened: Open, damage: Callable[[Path], object]) -> None:
    vault = vault_of(vault_dir, *(node(f"n{at}", f"word{at}", conversation_id=f"c{at}") for at in range(50)))
    index = opened()
    before = everything(index)
    vault.append_nodes([node("new", "word1")], rows(1, 3))
    everything(index)
    vault.write_nodes([node(f"n{at}", f"word{at}", conversation_id=f"c{at}") for at in range(50)], rows(50))
    index.close()
    damage(vault_dir / FOLDER)
    assert everything(opened()) == before


def test_while_another_process_holds_the_index_one_is_made_in_memory(vault_dir: Path) -> None:
    vault_of(vault_dir, node("a", "red apples"))
    folder = vault_dir / FOLDER
    folder.mkdir(parents=True)
    index = VaultIndex(vault_dir, wait_seconds=0.05)
    with FileLock(folder / "lock"):
        assert ids(index, "apples") == ["a"]
    index.close()
    assert not (folder / "memories.db").exists()


def test_where_nothing_can_be_written_the_index_is_made_in_memory(vault_dir: Path, opened: Open) -> None:
    vault_of(vault_dir, node("a", "red apples"))
    (vault_dir / FOLDER).write_bytes(b"a file in the way")
    assert ids(opened(), "apples") == ["a"]


_SEARCHING = """
import sys
from pathlib import Path
from core.memory.index import Query
from core.memory.vault_index import VaultIndex
index = VaultIndex(Path(sys.argv[1]))
for line in sys.stdin:
    wanted = int(line)
    found = index.search(Query("apple", k=1000))
    assert len(found) >= wanted, (len(found), wanted)
    assert all("apple" in stored.record["human_content"] for _, stored in found)
    print("ok", flush=True)
"""


def test_several_processes_search_while_the_vault_grows(vault_dir: Path) -> None:
    vault = vault_of(vault_dir, node("n0", "apple"), vectors=False)
    command = [sys.executable, "-c", _SEARCHING, str(vault_dir)]
    others = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for _ in range(2)]
    try:
        for at in range(1, 12):
            vault.append_nodes([node(f"n{at}", "apple", conversation_id=f"c{at}")])
            for other in others:
                assert other.stdin is not None
                other.stdin.write(f"{at + 1}\n")
                other.stdin.flush()
            for other in others:
                assert other.stdout is not None
                assert other.stdout.readline() == "ok\n"
    finally:
        for other in others:
            other.communicate()


def test_a_damaged_corpus_leaves_the_other_one_to_be_found_and_is_named(vault_dir: Path, opened: Open) -> None:
    vault = vault_of(vault_dir, node("a", "red apples"), episodes=[episode("e", "Pears", "green apples")])
    index = opened()
    assert ids(index, "apples") == ["a", "e"]
    (vault_dir / NODES).write_bytes(b"[{")
    os.utime(vault_dir / NODES, (1, 1))
    vault.check()
    for one in (index, opened()):
        assert ids(one, "apples") == ["e"]
        with one.now() as current:
            assert [problem.params["path"] for problem in current.problems] == [NODES]
    vault.write_nodes([node("a", "red apples")])
    assert ids(index, "apples") == ["a", "e"]


def test_closing_gives_up_an_index_that_is_just_being_made(vault_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault_of(vault_dir, *(node(f"n{at}", "word") for at in range(1500)), vectors=False)
    index = VaultIndex(vault_dir)
    real = EmbeddedIndex.add

    def add(self: EmbeddedIndex, records: Any) -> None:
        real(self, records)
        index._stop.set()

    monkeypatch.setattr(EmbeddedIndex, "add", add)
    with pytest.raises(StoppedError):
        ids(index, "word")
    index.close()


# ---------------------------------------------------------------------- vectors and their model


def models(index: VaultIndex) -> dict[str | None, int]:
    with index.now() as current:
        return dict(current.models)


def test_vectors_count_only_under_the_model_that_made_them(vault_dir: Path, opened: Open) -> None:
    vault = vault_of(vault_dir, node("a", "red apples"), node("b", "pears", sequence_index=1), vectors=False)
    vault.write_node_embeddings(rows(2))
    index = opened()
    assert models(index) == {None: 2}
    assert all(hit.dense is None for hit, _ in index.search(_near(rows(2)[1], MODEL)))
    record_model(vault, MODEL)
    assert models(index) == {MODEL: 2}
    assert next(stored.id for _, stored in index.search(_near(rows(2)[1], MODEL))) == "b"
    assert all(hit.dense is None for hit, _ in index.search(_near(rows(2)[1], "another/1")))
    record_model(vault, "another/1")
    assert next(stored.id for _, stored in index.search(_near(rows(2)[1], "another/1"))) == "b"
    assert all(hit.dense is None for hit, _ in index.search(_near(rows(2)[1], MODEL)))


def test_the_record_holds_through_new_lost_and_moved_memories(vault_dir: Path, opened: Open) -> None:
    nodes = [node(f"n{at}", f"word{at}", conversation_id=f"c{at}") for at in range(100)]
    vault = vault_of(vault_dir, *nodes)
    index = opened()
    vault.write_nodes(nodes[::-1][:70])
    assert models(index) == {MODEL: 70}
    vault.append_nodes([node("not embedded", "word")])
    assert models(index) == {MODEL: 70}


def test_vectors_that_another_program_put_there_are_nobodys(vault_dir: Path, opened: Open) -> None:
    vault_of(vault_dir, node("a", "red apples"), node("b", "pears", sequence_index=1))
    index = opened()
    assert models(index) == {MODEL: 2}
    np.save(vault_dir / NODE_VECTORS, rows(2, 77))
    assert models(index) == {None: 2}
    assert ids(index, "apples") == ["a", "b"]


@pytest.mark.parametrize(
    "record", [b"{", b"[]", b'{"vectors/nodes.npy": 3}', b'{"vectors/nodes.npy": {"model": "x", "marks": ["zz"]}}']
)
def test_a_record_of_the_model_that_does_not_parse_is_none(vault_dir: Path, opened: Open, record: bytes) -> None:
    vault_of(vault_dir, node("a", "red apples"))
    (vault_dir / RECORD).write_bytes(record)
    assert models(opened()) == {None: 1}


def test_the_record_goes_up_with_the_vectors() -> None:
    from core.vault.layout import part_of

    assert part_of(RECORD) == "synced"
    assert part_of(f"{FOLDER}/memories.db") == "private"


def _near(vector: Any, model: str) -> Any:
    from core.memory.index import Query

    return Query("apples pears", vector.tobytes(), model=model)


# ---------------------------------------------------------------------- whatever happens in whatever order

_NAMES = ("n", "same", *(f"n{number}" for number in range(8)), *(f"c{number}" for number in range(4)))
_words = st.lists(st.sampled_from(["word1", "word2", "word3"]), min_size=1, max_size=3).map(" ".join)
_at = st.integers(0, 20)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), _words, st.integers(0, 3)),
        st.tuples(st.just("insert"), _words, _at),
        st.tuples(st.just("placeless"), _words, _at),
        st.tuples(st.just("again"), _words, _at),
        st.tuples(st.just("change"), _words, _at),
        st.tuples(st.just("date"), _words, _at),
        st.tuples(st.just("delete"), st.just(""), _at),
        st.tuples(st.just("turn"), st.just(""), st.just(0)),
        st.tuples(st.just("embed"), st.just(""), st.integers(0, 5)),
        st.tuples(st.just("episode"), _words, st.integers(0, 3)),
        st.tuples(st.just("say"), _words, _at),
        st.tuples(st.just("layout"), st.just(""), st.integers(0, 5)),
        st.tuples(st.just("reopen"), st.just(""), st.just(0)),
    ),
    min_size=1,
    max_size=8,
)


def _edit(vault: LocalVaultService, number: int, what: str, text: str, at: int) -> None:
    nodes, episodes = vault.read_nodes(), vault.read_episodes()
    fresh = node(f"n{number}", text, conversation_id=f"c{at % 4}", sequence_index=number)
    if what == "append":
        vault.append_nodes([fresh])
    elif what in ("insert", "placeless", "again"):
        if what == "placeless":
            fresh = {key: value for key, value in fresh.items() if key != "sequence_index"} | {"conversation_id": "p"}
        elif what == "again":
            fresh |= {"id": "same", "conversation_id": f"again{number}"}
        nodes.insert(at % (len(nodes) + 1), fresh)
        vault.write_nodes(nodes)
    elif what == "change" and nodes:
        nodes[at % len(nodes)]["assistant_content"] = text
        vault.write_nodes(nodes)
    elif what == "date" and nodes:
        nodes[at % len(nodes)]["created_at"] = "2020-01-02T10:00:00+00:00"
        vault.write_nodes(nodes)
    elif what == "delete" and nodes:
        del nodes[at % len(nodes)]
        vault.write_nodes(nodes)
    elif what == "turn":
        vault.write_nodes(nodes[::-1])
    elif what == "embed" and nodes:
        vault.write_node_embeddings(rows(len(nodes), at))
        record_model(vault, MODEL)
    elif what == "episode":
        vault.append_episodes([episode(f"c{at}", text, conversation_id=f"c{at}", number=number)])
    elif what == "say" and episodes:
        episodes[at % len(episodes)]["messages"].append({"role": "user", "content": text})
        vault.write_episodes(episodes)
    elif what == "layout":
        (vault.root / NODES).write_bytes(LAYOUTS[at](nodes))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps)
def test_after_any_changes_it_finds_what_a_new_index_finds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    with mock.patch("os.fsync"):  # nothing here is killed; a busy disk makes each take long
        _both(tmp_path_factory.mktemp("vault"), steps)


def _both(root: Path, steps: list[tuple[str, str, int]]) -> None:
    vault = vault_of(root, node("n", "word1"))
    index = VaultIndex(root)
    for number, (what, text, at) in enumerate(steps):
        _edit(vault, number, what, text, at)
        if what == "reopen":
            index.close()
            index = VaultIndex(root)
        made = VaultIndex(root)
        made._current = made._in_memory()
        assert everything(index) == everything(made)
        assert first_ones(index) == first_ones(made)
        made.close()
    index.close()

"""From an export to the vault: once, whole, in one transaction."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from core.errors import BusyError, DamageError
from core.memory import embedding
from core.memory.importers import read
from core.memory.pipeline import FOLDER, LOCK, Imported, run_pipeline, take_in
from core.memory.vector_model import record_model
from core.vault import LocalVaultService
from core.vault.layout import NODE_VECTORS
from tests.importing.reading import write_json
from tests.importing.samples import (
    claude_conversation,
    claude_message,
    claude_plain,
    gpt_branched,
    gpt_message,
    gpt_plain,
    gpt_tree,
    iso,
)

pytestmark = pytest.mark.asyncio


@pytest.fixture
def vault(vault_dir: Path) -> LocalVaultService:
    return LocalVaultService.open(vault_dir)


async def bring(vault: LocalVaultService, *contents: Any, **options: Any) -> Imported:
    """Import conversations as a file."""
    path = write_json(vault.root.parent / "in" / "conversations.json", list(contents))
    return await run_pipeline(vault, [path], **{"embed": False, **options})


def ids(vault: LocalVaultService) -> list[str]:
    return [node["id"] for node in vault.read_nodes()]


class Embedder:
    """Vectors out of the length of a text; counts what it was asked."""

    model, width = "lengths/1", 4

    def __init__(self, model: str = "lengths/1", dies_after: int = 1 << 30) -> None:
        self.model = model
        self.asked: list[str] = []
        self._left = dies_after

    async def embed(self, texts: Sequence[str], *, progress: Any = None) -> list[bytes]:
        self._left -= 1
        if self._left < 0:
            raise embedding.EmbeddingError("embedding.died", exit_code=1)
        self.asked += texts
        return [np.array([1, len(text), 0, 0], "<f4").tobytes() for text in texts]

    async def close(self) -> None:
        pass


def use(patch: pytest.MonkeyPatch, embedder: Embedder | None) -> None:
    async def opened(*, unavailable: Any = None, **_: Any) -> Embedder | None:
        if embedder is None and unavailable is not None:
            unavailable(embedding.EmbeddingError("embedding.no_model", path="-"))
        return embedder

    patch.setattr(embedding, "open_embedder", opened)


async def test_an_import_becomes_nodes_episodes_and_fingerprints_in_one_generation(vault: LocalVaultService) -> None:
    before = vault.generation
    done = await bring(vault, gpt_plain("one"), gpt_plain("two", 3))
    assert done.committed
    assert vault.generation == before + 1
    assert (done.report.new_conversations, done.report.new_turns) == (2, 5)
    assert [node["human_content"] for node in vault.read_nodes()][:2] == ["Question 0 of one", "Question 1 of one"]
    assert [episode["id"] for episode in vault.read_episodes()] == ["one", "two"]
    assert len(vault.read_dedup_index()) == 7
    assert vault.check() == []
    assert list((vault.root / FOLDER).iterdir()) == []


async def test_a_second_import_adds_nothing_and_writes_nothing(vault: LocalVaultService) -> None:
    await bring(vault, gpt_plain("one"), gpt_branched())
    generation = vault.generation
    done = await bring(vault, gpt_plain("one"), gpt_branched())
    assert not done.committed
    assert vault.generation == generation
    assert (done.report.turns, done.report.new_turns, done.report.changed_turns) == (7, 0, 0)


async def test_a_conversation_that_grew_adds_its_new_turns_and_replaces_its_episode(vault: LocalVaultService) -> None:
    await bring(vault, claude_plain("a", 1), claude_plain("b", 2))
    before = vault.read_nodes()
    done = await bring(vault, claude_plain("a", 3), claude_plain("b", 2))
    assert vault.read_nodes()[: len(before)] == before
    assert [node["human_content"] for node in vault.read_nodes()[len(before) :]] == [
        "Claude question 1",
        "Claude question 2",
    ]
    assert [(e["id"], len(e["messages"])) for e in vault.read_episodes()] == [("a", 6), ("b", 4)]
    assert (done.report.new_turns, done.report.grown_conversations) == (2, 1)
    assert vault.check() == []


async def test_an_answer_that_came_later_completes_its_turn(vault: LocalVaultService) -> None:
    asked = [claude_message("h", "human", "Why?", 1)]
    await bring(vault, claude_conversation("c", asked, updated_at=iso(1)))
    answered = [*asked, claude_message("a", "assistant", "Because.", 2)]
    done = await bring(vault, claude_conversation("c", answered, updated_at=iso(2)))
    assert [(n["human_content"], n["assistant_content"]) for n in vault.read_nodes()] == [("Why?", "Because.")]
    assert (done.report.new_turns, done.report.changed_turns) == (0, 1)


async def test_an_older_export_taken_later_takes_nothing_back(vault: LocalVaultService) -> None:
    old = claude_conversation("c", claude_plain("c", 1)["chat_messages"], updated_at=iso(5))
    new = claude_conversation("c", claude_plain("c", 3)["chat_messages"], updated_at=iso(25), name="Renamed")
    await bring(vault, new)
    done = await bring(vault, old)
    assert [len(episode["messages"]) for episode in vault.read_episodes()] == [6]
    assert [episode["title"] for episode in vault.read_episodes()] == ["Renamed"]
    assert len(ids(vault)) == len(set(ids(vault))) == 3
    assert done.report.new_turns == 0


async def test_a_branch_that_becomes_current_loses_no_other(vault: LocalVaultService) -> None:
    await bring(vault, {**gpt_branched(), "current_node": "a2"})
    await bring(vault, gpt_branched())
    said = {(node["human_content"], node["assistant_content"]) for node in vault.read_nodes()}
    assert len(said) == len(ids(vault)) == 5


async def test_the_same_conversation_twice_in_an_export_is_one(vault: LocalVaultService) -> None:
    grown = claude_conversation("c", claude_plain("c", 2)["chat_messages"])
    await bring(vault, claude_plain("c", 1), grown, claude_plain("c", 1))
    assert len(ids(vault)) == 2
    assert [len(episode["messages"]) for episode in vault.read_episodes()] == [4]


async def test_private_parts_never_reach_the_vault(vault: LocalVaultService) -> None:
    secret = "<private>my\nPIN is 1234</private>"
    attached = [{"file_name": "a.txt", "extracted_content": f"x {secret} y"}]
    messages = [
        claude_message("h", "human", f"Hello {secret} there <PRIVATE >also 5678</ Private>", 1, attachments=attached),
        claude_message("a", "assistant", "Fine <private> is an unclosed tag", 2),
        claude_message("h2", "human", secret, 3),
    ]
    done = await bring(vault, claude_conversation("c", messages, name=f"About {secret}"))
    everything = b"".join(path.read_bytes() for path in vault.root.rglob("*") if path.is_file())
    assert b"1234" not in everything
    assert b"5678" not in everything
    assert vault.read_nodes()[0]["human_content"] == "Hello  there "
    assert vault.read_nodes()[0]["attachments"][0]["text"] == "x  y"
    assert "unclosed" in vault.read_nodes()[0]["assistant_content"]
    assert len(ids(vault)) == 1
    assert done.report.private_parts > 3


async def test_a_dry_run_says_everything_and_changes_nothing(vault: LocalVaultService) -> None:
    generation = vault.generation
    done = await bring(vault, gpt_plain("one"), dry_run=True)
    assert (done.committed, done.report.new_turns) == (False, 2)
    assert vault.generation == generation


async def test_a_file_that_is_broken_at_its_end_leaves_the_vault_as_it_was(vault: LocalVaultService) -> None:
    whole = write_json(vault.root.parent / "in" / "conversations.json", [gpt_plain("one"), gpt_plain("two")])
    broken = vault.root.parent / "in" / "conversations-001.json"
    broken.write_bytes(whole.read_bytes()[:-9])
    generation = vault.generation
    with pytest.raises(DamageError):
        await run_pipeline(vault, [whole.parent], embed=False)
    assert vault.generation == generation
    assert list((vault.root / FOLDER).iterdir()) == []


async def test_a_cancel_ends_soon_and_leaves_the_vault_as_it_was(vault: LocalVaultService) -> None:
    path = write_json(vault.root.parent / "in" / "conversations.json", [gpt_plain(f"c{n}", 9) for n in range(800)])
    generation, begun, loop = vault.generation, asyncio.Event(), asyncio.get_running_loop()

    def told(*_: object) -> None:
        loop.call_soon_threadsafe(begun.set)

    running = asyncio.create_task(run_pipeline(vault, [path], embed=False, progress=told))
    await begun.wait()
    running.cancel()
    async with asyncio.timeout(30):
        with pytest.raises(asyncio.CancelledError):
            await running
    assert vault.generation == generation
    assert list((vault.root / FOLDER).iterdir()) == []
    assert (await bring(vault, gpt_plain("one"))).committed


async def test_progress_goes_from_nothing_to_all(vault: LocalVaultService) -> None:
    told: list[tuple[str, int, int]] = []
    await bring(vault, *(gpt_plain(f"c{n}") for n in range(50)), progress=lambda *one: told.append(one))
    reading = [(done, total) for stage, done, total in told if stage == "reading"]
    assert reading == sorted(reading)
    assert reading[-1][0] == reading[-1][1] > 0
    assert told[-1] == ("committing", 1, 1)


async def test_new_nodes_get_vectors_and_the_model_is_remembered(
    vault: LocalVaultService, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, embedder := Embedder())
    done = await bring(vault, gpt_plain("one"), embed=True)
    assert (done.model, done.report.embedded) == ("lengths/1", 2)
    assert embedder.asked[0].startswith("9 October 2025: Question 0 of one")
    rows = vault.read_node_embeddings()
    assert [float(row[1]) for row in rows] == [len(text) for text in embedder.asked]

    done = await bring(vault, gpt_plain("one", 3), embed=True)
    assert len(embedder.asked) == 3
    assert vault.read_node_embeddings().shape == (3, 4)
    assert np.array_equal(vault.read_node_embeddings()[:2], rows)
    assert vault.check() == []


async def test_a_changed_turn_gets_a_new_vector_in_its_place(
    vault: LocalVaultService, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, embedder := Embedder())
    first = claude_message("h", "human", "Why?", 1)
    await bring(vault, claude_conversation("c", [first]), claude_plain("d"), embed=True)
    answered = claude_conversation("c", [first, claude_message("a", "assistant", "So.", 2)], updated_at=iso(200))
    await bring(vault, answered, claude_plain("d"), embed=True)
    rows = vault.read_node_embeddings()
    assert len(rows) == len(ids(vault)) == 3
    assert float(rows[0][1]) == len(embedder.asked[-1])
    assert "So." in embedder.asked[-1]


async def test_without_a_model_nodes_come_without_vectors_and_it_is_said(
    vault: LocalVaultService, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, None)
    done = await bring(vault, gpt_plain("one"), embed=True)
    assert done.without_vectors is not None
    assert done.without_vectors.code == "embedding.no_model"
    assert len(ids(vault)) == 2
    assert NODE_VECTORS not in [path.name for path in (vault.root / "vectors").iterdir()]

    use(monkeypatch, Embedder())
    await bring(vault, gpt_plain("one"), gpt_plain("two", 1), embed=True)
    rows = vault.read_node_embeddings()
    assert [bool(row.any()) for row in rows] == [False, False, True]
    assert vault.check() == []


async def test_vectors_of_another_model_are_never_mixed_in(
    vault: LocalVaultService, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Embedder())
    await bring(vault, gpt_plain("one"), embed=True)
    record_model(vault, "lengths/1")
    use(monkeypatch, Embedder("other/2"))
    done = await bring(vault, gpt_plain("two", 1), embed=True)
    assert done.without_vectors is not None
    assert done.without_vectors.code == "import.other_model"
    assert [bool(row.any()) for row in vault.read_node_embeddings()] == [True, True, False]


async def test_a_model_that_dies_midway_costs_only_its_vectors(
    vault: LocalVaultService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.memory.pipeline._EMBEDDED_TOGETHER", 2)
    use(monkeypatch, Embedder(dies_after=1))
    done = await bring(vault, gpt_plain("one", 5), embed=True)
    assert done.without_vectors is not None
    assert [bool(row.any()) for row in vault.read_node_embeddings()] == [True, True, False, False, False]


async def test_the_nodes_of_others_stay_where_they_are(vault: LocalVaultService) -> None:
    others = [{"id": "n1", "human_content": "mine", "mood": 3}, {"human_content": "without an id"}]
    vault.append_nodes(others, [[1, 0], [0, 1]])
    vault.write_dedup_index(["theirs"])
    await bring(vault, gpt_plain("one"))
    assert vault.read_nodes()[:2] == others
    assert vault.read_dedup_index()[0] == "theirs"
    assert np.array_equal(vault.read_node_embeddings(), [[1, 0], [0, 1], [0, 0], [0, 0]])


async def test_a_lost_list_of_fingerprints_makes_nothing_twice(vault: LocalVaultService) -> None:
    await bring(vault, gpt_plain("one"), gpt_plain("two"))
    vault.write_dedup_index([])
    await bring(vault, gpt_plain("one"), gpt_plain("two", 3))
    assert len(ids(vault)) == len(set(ids(vault))) == 5
    assert [episode["id"] for episode in vault.read_episodes()] == ["one", "two"]


async def test_a_damaged_corpus_refuses_the_import_and_loses_nothing(vault: LocalVaultService) -> None:
    await bring(vault, gpt_plain("one"))
    path = vault.root / "corpus" / "nodes.json"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DamageError):
        await bring(vault, gpt_plain("two"))
    assert len(list((vault.root / "corpus").glob("nodes.json.damaged-*"))) == 1


async def test_two_imports_at_once_take_turns_and_make_nothing_twice(vault: LocalVaultService) -> None:
    path = write_json(vault.root.parent / "in" / "conversations.json", [gpt_plain(f"c{n}") for n in range(40)])
    both = [run_pipeline(LocalVaultService.open(vault.root), [path], embed=False) for _ in range(2)]
    done = await asyncio.gather(*both)
    assert sorted(one.committed for one in done) == [False, True]
    assert len(ids(vault)) == 80


async def test_an_import_that_waits_too_long_for_another_says_so(vault: LocalVaultService) -> None:
    path = write_json(vault.root.parent / "in" / "conversations.json", [gpt_plain("one")])
    with FileLock(vault.root / LOCK, thread_local=False), pytest.raises(BusyError) as caught:
        await take_in(vault, lambda report, told: read([path], "auto", report, told), wait_seconds=0.1)
    assert caught.value.code == "import.busy"


async def test_a_vault_that_was_reset_meanwhile_is_looked_at_again(vault: LocalVaultService) -> None:
    await bring(vault, gpt_plain("one"))
    forgotten = threading.Event()

    def forget(stage: str, done: int, total: int) -> None:
        if stage == "committing" and not forgotten.is_set():
            forgotten.set()
            with vault.transaction() as changes:
                changes.write_nodes([])
                changes.write_episodes([])
                changes.write_dedup_index([])

    await bring(vault, gpt_plain("one"), gpt_plain("two"), progress=forget)
    assert {node["conversation_id"] for node in vault.read_nodes()} == {"one", "two"}


async def test_regenerated_answers_of_a_later_export_join_the_first(vault: LocalVaultService) -> None:
    conversation = gpt_plain("one", 1)
    await bring(vault, conversation)
    again = gpt_message("assistant", ["Another answer"], 50)
    nodes = [("root", None, None), ("one-u0", "root", conversation["mapping"]["one-u0"]["message"])]
    nodes += [("one-a0", "one-u0", conversation["mapping"]["one-a0"]["message"]), ("one-b0", "one-u0", again)]
    await bring(vault, {**conversation, "mapping": gpt_tree(nodes), "current_node": "one-b0"})
    answers = {node["assistant_content"]: node.get("branch") for node in vault.read_nodes()}
    assert answers == {"Answer 0": "one-a0", "Another answer": None}

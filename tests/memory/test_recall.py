"""Finding memories: what an answer says, what can be filtered by, when meaning counts, and one memory whole."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.memory.contents import embedded_text
from core.memory.embedding import start_embedder
from core.memory.recall import Filters, Memory, Recall, recall
from core.memory.vector_model import record_model
from core.sync.engine import SyncEngine
from core.sync.events import Event, GetMemory, Search, StateChanged
from core.vault import LocalVaultService
from tests.memory import tiny_model
from tests.memory.vaults import episode, node, rows, vault_of

NODES = (
    node("keys", "How do we rotate the deploy keys?", "With make rotate.", project="house"),
    node("who", "Who may?", "Anybody of the group.", sequence_index=1, project="house"),
    node("pears", "Pears", "Green ones.", conversation_id="d", source="claude", created_at="2026-06-01T00:00:00Z"),
)
EPISODES = (
    episode("c", "Keys", "How do we rotate the deploy keys?", "With make rotate."),
    episode("alone", "Plums", "Are plums and pears alike?", "Hardly.", source="claude"),
)


@pytest.fixture
def vault(vault_dir: Path) -> LocalVaultService:
    return vault_of(vault_dir, *NODES, episodes=EPISODES, vectors=False)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model.put(tmp_path_factory.mktemp("model"))


@pytest_asyncio.fixture
async def found(vault: LocalVaultService, tmp_path: Path) -> AsyncIterator[Recall]:
    """Retrieval on a computer without a model."""
    made = Recall(vault.root, {"COGZY_MODEL_DIR": str(tmp_path / "none")})
    yield made
    await made.close()


async def _ids(found: Recall, text: str, **filters: Any) -> list[str]:
    return [hit.id for hit in (await found.search(text, filters=Filters(**filters))).hits]


@pytest.mark.asyncio
async def test_a_hit_says_where_it_is_from_and_which_words_matched(found: Recall) -> None:
    answer = await found.search("rotating keys")
    hit = answer.hits[0]
    assert (hit.id, hit.kind, hit.source, hit.project, hit.conversation) == ("keys", "node", "chatgpt", "house", "c")
    assert hit.title == "Keys"
    assert hit.created_at == 1_778_234_400.0
    assert [hit.snippet[start:end] for start, end in hit.matches] == ["rotate", "keys", "rotate"]
    assert (hit.score, hit.lexical_share, hit.dense_share, hit.cosine) == (1.0, 1.0, 0.0, None)
    assert hit.bm25 > 0
    assert answer.memories == 5


@pytest.mark.asyncio
async def test_each_filter_leaves_only_what_passes(found: Recall) -> None:
    assert await _ids(found, "pears") == ["pears", "alone"]
    assert await _ids(found, "pears keys", source="chatgpt") == ["keys", "who"]
    assert await _ids(found, "pears keys", project="house") == ["keys", "who"]
    assert await _ids(found, "pears keys", after=1_780_272_000.0) == ["pears"]
    assert await _ids(found, "pears keys", before=1_778_234_400.0) == []
    assert await _ids(found, "pears keys", kind="node", source="claude") == ["pears"]
    assert await _ids(found, "pears keys", source="nowhere") == []


@pytest.mark.asyncio
async def test_a_conversation_whose_turns_are_there_is_found_only_when_asked_for(found: Recall) -> None:
    assert "c" not in await _ids(found, "rotate deploy keys")
    assert await _ids(found, "rotate deploy keys", kind="episode") == ["c"]


@pytest.mark.asyncio
async def test_an_empty_text_finds_nothing_and_says_what_there_is_to_filter_by(found: Recall) -> None:
    answer = await found.search("", k=0)
    assert (answer.hits, answer.memories) == ((), 5)
    assert (answer.sources, answer.projects) == (("chatgpt", "claude"), ("house",))
    assert (await found.search("the of and")).searched_words == ()


@pytest.mark.asyncio
@pytest.mark.parametrize("wrong", [{"k": -1}, {"k": 10_001}, {"filters": Filters(kind="rumour")}])
async def test_what_cannot_be_meant_is_wrong_use(found: Recall, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        await found.search("x", **wrong)


@pytest.mark.asyncio
async def test_hits_come_page_by_page_until_the_vault_changes(vault: LocalVaultService, found: Recall) -> None:
    whole = await found.search("keys pears plums")
    pages = [await found.search("keys pears plums", k=1, offset=at) for at in range(len(whole.hits) + 1)]
    assert tuple(hit for page in pages for hit in page.hits) == whole.hits
    assert {page.version for page in pages} == {whole.version}
    vault.append_nodes([node("new", "pears")])
    assert (await found.search("pears")).version != whole.version
    with pytest.raises(UsageError):
        await found.search("pears", k=10, offset=9_995)


# ---------------------------------------------------------------------- meaning


async def _why_not(vault: LocalVaultService, model: Path) -> str | None:
    answer = await recall(vault.root, "pears", environ={"COGZY_MODEL_DIR": str(model)})
    assert answer.hits[0].id == "pears", "words always count"
    assert (answer.words_only is None) == (answer.model is not None)
    return answer.words_only and answer.words_only.code


@pytest.mark.asyncio
async def test_words_alone_count_without_a_model_and_it_is_said(vault: LocalVaultService, tmp_path: Path) -> None:
    assert await _why_not(vault, tmp_path / "none") == "embedding.no_model"


@pytest.mark.asyncio
async def test_words_alone_count_where_vectors_cannot_be_compared(vault: LocalVaultService, model: Path) -> None:
    assert await _why_not(vault, model) == "recall.no_vectors"
    vault.write_node_embeddings(rows(3))
    assert await _why_not(vault, model) == "recall.unknown_model"
    record_model(vault, "another/7")
    assert await _why_not(vault, model) == "recall.other_model"


@pytest.mark.asyncio
async def test_meaning_counts_where_the_models_agree(vault: LocalVaultService, model: Path) -> None:
    environ = {"COGZY_MODEL_DIR": str(model)}
    embedder = await start_embedder(environ=environ)
    vectors = await embedder.embed([embedded_text("node", one) for one in NODES])
    await embedder.close()
    vault.write_node_embeddings([np.frombuffer(vector, "<f4") for vector in vectors])
    record_model(vault, embedder.model)
    found = Recall(vault.root, environ)
    try:
        answer = await found.search("pears")
        assert answer.words_only is None
        assert answer.model == "tiny/1"
        assert answer.hits[0].cosine is not None
        for hit in answer.hits:
            assert hit.score > 0
            assert hit.lexical_share + hit.dense_share == pytest.approx(1)
        assert any(hit.dense_share > 0 for hit in answer.hits)
        several = await asyncio.gather(*(found.search(text) for text in ("pears", "keys", "pears")))
        assert several[0].hits == several[2].hits
    finally:
        await found.close()


@pytest.mark.asyncio
async def test_a_model_that_is_damaged_is_not_tried_at_each_search(
    vault: LocalVaultService, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_model.put(tmp_path / "damaged")
    content = bytearray((folder / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.onnx").write_bytes(content)
    vault.write_node_embeddings(rows(3))
    record_model(vault, "tiny/1")
    found = Recall(vault.root, {"COGZY_MODEL_DIR": str(folder)})
    try:
        for _ in range(2):
            answer = await found.search("pears")
            assert answer.words_only is not None
            assert answer.words_only.code == "embedding.model_damaged"
            assert answer.hits[0].id == "pears"
            monkeypatch.setattr("core.memory.embedding.start_embedder", None)
    finally:
        await found.close()


@pytest.mark.asyncio
async def test_what_was_attached_to_a_turn_is_found_shown_and_not_embedded(
    vault: LocalVaultService, found: Recall
) -> None:
    long = {"kind": "file", "name": "Lease-Lisbon.pdf", "text": f"Rent is due quarterly. {'x ' * 2_000}beyond"}
    attached = [long, {"kind": "image", "id": "i"}, {"name": "pets.md", "text": "No ferrets."}, "odd"]
    record = node("flat", "Read this.", "It is a contract.", conversation_id="e", attachments=attached)
    vault.append_nodes([record])

    (hit,) = (await found.search("quarterly rent")).hits
    assert hit.id == "flat"
    assert [hit.snippet[slice(*place)] for place in hit.matches] == ["Rent", "quarterly"]
    assert await _ids(found, "lisbon") == await _ids(found, "ferrets") == ["flat"]
    assert await _ids(found, "beyond") == []
    parts = (await found.memory("flat")).parts
    assert [part.role for part in parts] == ["human", "assistant", "attachment"]
    assert parts[2].text.endswith("pets.md\nNo ferrets.")
    assert embedded_text("node", record) == embedded_text("node", {**record, "attachments": []})


# ---------------------------------------------------------------------- one memory


@pytest.mark.asyncio
async def test_a_memory_is_shown_whole_with_the_turns_beside_it(found: Recall) -> None:
    memory = await found.memory("who", around=3)
    assert [(part.role, part.text) for part in memory.parts] == [
        ("human", "Who may?"),
        ("assistant", "Anybody of the group."),
    ]
    assert _names(memory.before) == ["keys"]
    assert memory.after == ()
    first = await found.memory("keys", around=0)
    assert (first.before, first.after) == ((), ())
    assert _names((await found.memory("keys")).after) == ["who"]


@pytest.mark.asyncio
async def test_a_conversation_is_shown_as_its_messages(found: Recall) -> None:
    memory = await found.memory("alone")
    assert [(part.role, part.text) for part in memory.parts] == [
        ("user", "Are plums and pears alike?"),
        ("assistant", "Hardly."),
    ]
    assert (memory.kind, memory.title) == ("episode", "Plums")


@pytest.mark.asyncio
async def test_an_id_that_is_not_there_says_what_to_do(found: Recall) -> None:
    with pytest.raises(UsageError) as raised:
        await found.memory("nothing")
    assert raised.value.code == "recall.no_such_memory"


@pytest.mark.asyncio
async def test_texts_that_nothing_can_show_are_made_showable(vault: LocalVaultService, found: Recall) -> None:
    vault.append_nodes([{"id": "odd", "human_content": "half \ud800 a pair", "assistant_content": None}])
    memory = await found.memory("odd")
    assert memory.parts[0].text == "half \ufffd a pair"
    hit = (await found.search("half pair")).hits[0]
    assert hit.snippet.isprintable()


@pytest.mark.asyncio
async def test_a_memory_without_end_is_cut_and_says_how_much_is_left_out(
    vault: LocalVaultService, found: Recall
) -> None:
    vault.append_nodes([node("long", "x" * 900_000, "y" * 300_000, conversation_id="long")])
    parts = (await found.memory("long", text="x")).parts
    assert [(len(part.text), part.left_out) for part in parts] == [(900_000, 0), (100_000, 200_000)]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_KEYS = (
    *("id", "source", "project", "conversation_id", "sequence_index", "created_at", "timestamp", "human_content"),
    *("assistant_content", "content", "parts", "messages", "title", "speaker", "metadata"),
)
_records = st.lists(st.dictionaries(st.sampled_from(_KEYS), _json, max_size=8), max_size=4)


@given(nodes=_records, episodes=_records)
def test_whatever_another_program_writes_can_be_searched_and_read(
    tmp_path_factory: pytest.TempPathFactory, nodes: list[Any], episodes: list[Any]
) -> None:
    root = tmp_path_factory.mktemp("vault")
    LocalVaultService.open(root)
    (root / "corpus" / "nodes.json").write_text(json.dumps([*nodes, node("known", "apple")]))
    (root / "corpus" / "episodes.json").write_text(json.dumps(episodes))

    async def look() -> None:
        found = Recall(root, {"COGZY_MODEL_DIR": str(root / "none")})
        try:
            answer = await found.search("apple", k=100)
            assert "known" in [hit.id for hit in answer.hits]
            assert answer.memories == len(nodes) + len(episodes) + 1
            json.dumps(answer.as_json(), allow_nan=False)
            for kind in ("node", "episode"):
                for hit in (await found.search("known apple", filters=Filters(kind=kind))).hits:
                    json.dumps((await found.memory(hit.id, kind=kind, text="apple")).as_json(), allow_nan=False)
        finally:
            await found.close()

    asyncio.run(look())


def _names(memories: tuple[Memory, ...]) -> list[str]:
    return [memory.id for memory in memories]


# ---------------------------------------------------------------------- through the engine


@pytest.mark.asyncio
async def test_the_engine_searches_beside_a_run_and_its_state_stays(vault: LocalVaultService, tmp_path: Path) -> None:
    events: list[Event] = []
    environ = {"COGZY_MODEL_DIR": str(tmp_path / "none"), "COGZY_STATE_DIR": str(tmp_path), "HOME": str(tmp_path)}
    engine = SyncEngine(vault.root, environ=environ, emit=events.append)
    try:
        async with engine._exclusive:
            answer = await engine.run(Search("rotate keys", k=1))
            memory = await engine.run(GetMemory("who", around=1))
    finally:
        await engine.close()
    assert [hit["id"] for hit in answer["hits"]] == ["keys"]
    assert answer["meaning"]["why_not"]["code"] == "embedding.no_model"
    assert [one["id"] for one in memory["before"]] == ["keys"]
    assert not [event for event in events if isinstance(event, StateChanged)]


def test_asking_for_retrieval_costs_nothing_before_the_first_search() -> None:
    heavy = "{'numpy', 'sqlite3', 'orjson', 'onnxruntime', 'faiss', 'numkong'} & set(sys.modules)"
    code = f"import sys, core.memory.recall, core.cli.search; assert not {heavy}, {heavy}"
    subprocess.run([sys.executable, "-c", code], check=True)

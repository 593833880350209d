"""Session-Buddy's memories are found beside the vault's own: out of the vault's cache, and only while they may be."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core import settings
from core.errors import BusyError
from core.memory import beside
from core.memory.recall import Answer, Filters, Recall
from core.memory.rows import MemoryRow
from core.sources import Source
from core.vault import LocalVaultService
from tests.importing.test_session_buddy import made
from tests.memory.test_later import Embedder
from tests.memory.vaults import node, vault_of

pytestmark = pytest.mark.asyncio
NAME = "session-buddy-reflection"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(NAME, "duckdb", made(tmp_path / "reflection.duckdb"))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[MemoryRow]:
    """What is read of the source from now on, in the place of a copy that a child process reads."""
    said = [MemoryRow("conversation", "c1", "About tides"), MemoryRow("entity", "e1", "Moon")]

    async def rows(source: Source, staging: Path) -> AsyncIterator[MemoryRow]:
        for row in said:
            yield row

    monkeypatch.setattr(beside, "session_buddy_rows", rows)
    return said


@pytest.fixture
def vault(vault_dir: Path) -> LocalVaultService:
    return vault_of(vault_dir, node("own", "tides and ebb"), vectors=False)


async def found(vault: LocalVaultService, text: str, **filters: Any) -> Answer:
    recall = Recall(vault.root, {"COGZY_MODEL_DIR": str(vault.root / "none")})
    try:
        return await recall.search(text, filters=Filters(**filters))
    finally:
        await recall.close()


async def test_its_memories_are_found_beside_the_vaults_own_and_named(vault: LocalVaultService, source: Source) -> None:
    assert await beside.refresh(vault.root, source)
    answer = await found(vault, "tides")
    by_id = {hit.id: hit for hit in answer.hits}
    assert set(by_id) == {"own", "c1"}
    assert (by_id["c1"].source, by_id["c1"].kind, by_id["c1"].project) == (beside.SOURCE, "conversation", "sea")
    assert [hit.id for hit in (await found(vault, "tides", source=beside.SOURCE)).hits] == ["c1"]
    assert [hit.id for hit in (await found(vault, "tides", source="chatgpt")).hits] == ["own"]
    (moon,) = (await found(vault, "bright", kind="entity")).hits
    assert (moon.title, moon.snippet) == ("Moon", "Moon round bright")
    recall = Recall(vault.root, {})
    assert (await recall.memory("e1")).parts[0].text == "Moon\nround\nbright"
    await recall.close()
    (kept,) = beside.kept(vault.root)
    assert kept.counts == {"conversation": 1, "reflection": 1200, "entity": 1}


async def test_it_is_read_again_only_when_it_has_changed(
    vault: LocalVaultService, source: Source, few: list[MemoryRow]
) -> None:
    await beside.refresh(vault.root, source)
    few[0] = MemoryRow("conversation", "c1", "About whales")
    assert not await beside.refresh(vault.root, source)
    with duckdb.connect(str(source.path)) as database:
        database.execute("UPDATE conversations_v2 SET content = 'About whales'")
    assert await beside.refresh(vault.root, source)
    assert [hit.id for hit in (await found(vault, "whales")).hits] == ["c1"]
    assert [hit.id for hit in (await found(vault, "tides")).hits] == ["own"]
    assert len(list((vault.root / beside.FOLDER).glob("*.rows"))) == 1


async def test_a_source_that_is_switched_off_is_not_found_any_more(
    vault: LocalVaultService, source: Source, few: list[MemoryRow]
) -> None:
    await beside.refresh(vault.root, source)
    settings.save(vault.root, {"sources.session_buddy": False})
    assert {hit.id for hit in (await found(vault, "tides")).hits} == {"own"}
    assert await beside.refresh(vault.root, Source(NAME, "duckdb", source.path, enabled=False))
    assert list((vault.root / beside.FOLDER).iterdir()) == []


async def test_a_source_that_cannot_be_read_is_found_as_it_last_was(
    vault: LocalVaultService, source: Source, few: list[MemoryRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    await beside.refresh(vault.root, source)
    before = beside.marks(vault.root)

    async def busy(source: Source, staging: Path) -> AsyncIterator[MemoryRow]:
        yield few[0]
        raise BusyError("sources.busy", name=source.name, path=str(source.path))

    monkeypatch.setattr(beside, "session_buddy_rows", busy)
    source.path.write_bytes(source.path.read_bytes() + bytes(4096))
    with pytest.raises(BusyError):
        await beside.refresh(vault.root, source)
    source.path.unlink()
    assert not await beside.refresh(vault.root, source)
    assert beside.marks(vault.root) == before
    assert not (vault.root / beside.FOLDER / "staging").exists()


async def test_its_memories_get_vectors_of_this_computers_model(
    vault: LocalVaultService, source: Source, few: list[MemoryRow]
) -> None:
    await beside.refresh(vault.root, source)
    embedder = Embedder()
    assert await beside.embed(vault.root, embedder) == 2
    assert await beside.embed(vault.root, embedder) == 0
    (kept,) = beside.kept(vault.root)
    assert kept.model == embedder.model
    vectors = [vector for _, vector in kept.each()]
    assert vectors == [embedder.vector(text) for text in embedder.asked]


async def test_what_is_damaged_is_left_out_and_read_again(
    vault: LocalVaultService, source: Source, few: list[MemoryRow]
) -> None:
    for hurt in (b"", b"{", json.dumps({"version": 1, "digest": 7}).encode()):
        await beside.refresh(vault.root, source)
        assert beside.kept(vault.root)
        (vault.root / beside.FOLDER / f"{NAME}.json").write_bytes(hurt)
        assert {hit.id for hit in (await found(vault, "tides")).hits} == {"own"}

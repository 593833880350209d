"""What an import leaves for later is done in one go: rows beside, vectors, clusters; and only what is behind."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from core.memory import behind, beside, later, upkeep
from core.memory.clusters import cluster
from core.memory.stopping import StoppedError, in_thread
from core.memory.upkeep import due, make_ready
from core.sources import Source
from core.vault import LocalVaultService, reading
from core.vault.layout import CLUSTER_SCHEMA, FAISS_INDEX
from tests.importing.test_session_buddy import made
from tests.memory import tiny_model
from tests.memory.test_later import Embedder, nodes, use, waiting
from tests.memory.vaults import WIDTH, vault_of

__all__ = ["use"]
pytestmark = pytest.mark.asyncio
NO_MODEL = {"COGZY_MODEL_DIR": "/nowhere"}
REFLECTION = "session-buddy-reflection"


def topics(vault: LocalVaultService) -> behind.Topics | None:
    return behind.topics(vault.root, reading.refreshed(vault.root))


async def test_vectors_and_clusters_are_made_once_and_again_when_enough_is_new(vault_dir: Path, use: Any) -> None:
    vault = vault_of(vault_dir, *nodes(30), vectors=False)
    use(Embedder())
    done = await make_ready(vault, environ=NO_MODEL)
    assert (done.made, done.clustered, done.without_vectors, done.problems) == (30, True, 0, [])
    found = topics(vault)
    assert found is not None
    assert found.nodes == 30
    assert sum(one["size"] for one in found.largest) == 30
    generation = vault.generation
    assert (await make_ready(vault, environ=NO_MODEL)).clustered is False
    assert vault.generation == generation
    vault.append_nodes(nodes(1, 30))
    done = await make_ready(vault, environ=NO_MODEL)
    assert (done.made, done.clustered) == (1, False)
    vault.append_nodes(nodes(9, 31))
    assert (await make_ready(vault, environ=NO_MODEL)).clustered is True


@pytest.mark.parametrize("lost", [CLUSTER_SCHEMA, FAISS_INDEX])
async def test_clusters_that_are_lost_or_damaged_are_made_again(vault_dir: Path, lost: str) -> None:
    vault = vault_of(vault_dir, *nodes(12))
    assert (await make_ready(vault, environ=NO_MODEL)).clustered
    (vault_dir / lost).write_bytes(b"{")
    assert due(vault_dir, NO_MODEL) is (lost == CLUSTER_SCHEMA)
    vault.check()
    (vault_dir / lost).unlink(missing_ok=True)
    assert due(vault_dir, NO_MODEL)
    assert (await make_ready(vault, environ=NO_MODEL)).clustered
    assert not due(vault_dir, NO_MODEL)


@pytest.mark.parametrize("left", [0, 3])
async def test_a_damaged_index_is_not_named_for_ever_where_little_or_nothing_is_embedded(
    vault_dir: Path, left: int
) -> None:
    vault = vault_of(vault_dir, *nodes(12))
    assert (await make_ready(vault, environ=NO_MODEL)).clustered
    vault.write_nodes(nodes(left), np.ones((left, WIDTH), np.float32)[:left])
    for name in (FAISS_INDEX, CLUSTER_SCHEMA):
        (vault_dir / name).write_bytes(b"{")
        os.utime(vault_dir / name, (1, 1))  # not being written just now
    (vault_dir / FAISS_INDEX).unlink()
    found = vault.check()
    assert CLUSTER_SCHEMA in {one.relative for one in found}
    assert due(vault_dir, NO_MODEL)
    assert (await make_ready(vault, environ=NO_MODEL)).clustered
    assert vault.check() == []
    assert not due(vault_dir, NO_MODEL)


async def test_clusters_that_nobody_waits_for_end_after_the_round_that_runs(
    vault_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = vault_of(vault_dir, *nodes(30))
    stopped, trained, rounds = threading.Event(), faiss.Kmeans.train, []

    def one_round(*given: Any, **named: Any) -> Any:
        rounds.append(1)
        stopped.set()
        return trained(*given, **named)

    monkeypatch.setattr(faiss.Kmeans, "train", one_round)
    with pytest.raises(StoppedError):
        cluster(vault, stopped)
    assert len(rounds) == 1
    assert not (vault_dir / CLUSTER_SCHEMA).exists()


async def test_a_cancel_waits_for_the_thread_and_tells_it() -> None:
    stopped, began, loop = threading.Event(), asyncio.Event(), asyncio.get_running_loop()
    ended = []

    def work() -> None:
        loop.call_soon_threadsafe(began.set)
        ended.append(stopped.wait(60))

    run = asyncio.create_task(in_thread(work, stopped))
    await began.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert ended == [True]


async def test_without_a_model_nothing_waits_for_one(vault_dir: Path, tmp_path: Path) -> None:
    vault = vault_of(vault_dir, *nodes(3), vectors=False)
    done = await make_ready(vault, environ=NO_MODEL)
    assert done.why_not is not None
    assert (done.why_not.code, done.without_vectors) == ("embedding.no_model", 3)
    assert not due(vault_dir, NO_MODEL)
    assert due(vault_dir, {"COGZY_MODEL_DIR": str(tiny_model.put(tmp_path / "model"))})


async def test_rows_beside_get_vectors_too_and_a_source_that_fails_holds_up_nothing(
    vault_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use: Any
) -> None:
    vault = vault_of(vault_dir, *nodes(2), vectors=False)
    embedder = use(Embedder())
    monkeypatch.setattr("core.memory.embedding.start_embedder", later.start_embedder)
    sources = [Source(name, "duckdb", made(tmp_path / f"{name}.duckdb")) for name in ("hurt", REFLECTION)]

    async def rows(source: Source, staging: Path) -> Any:
        if source.name == "hurt":
            raise upkeep.EmbeddingError("sources.busy", name="hurt", path="-")
        yield beside.MemoryRow("reflection", "r1", "A reflection")

    monkeypatch.setattr(beside, "session_buddy_rows", rows)
    done = await make_ready(vault, sources, environ=NO_MODEL)
    assert (done.read, done.beside, done.made, waiting(vault)) == ([REFLECTION], 1, 2, 0)
    assert [problem.code for problem in done.problems] == ["sources.busy"]
    assert beside.kept(vault_dir)[0].model == embedder.model


async def test_rows_of_zeros_are_counted_without_reading_records(vault_dir: Path) -> None:
    vault = LocalVaultService.open(vault_dir)
    assert waiting(vault) == 0
    vault.write_nodes(nodes(4), np.vstack([np.ones((2, WIDTH)), np.zeros((2, WIDTH))]))
    assert waiting(vault) == 2
    vault.append_nodes(nodes(3, 4))
    assert waiting(vault) == 5
    vault.write_node_embeddings(np.ones((7, WIDTH)))
    assert waiting(vault) == 0

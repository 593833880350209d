"""Vectors for nodes that came without: in batches that are whole, never two models in one file, and resumable."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from core.errors import BusyError
from core.memory import later
from core.memory.behind import without_vectors
from core.memory.contents import embedded_text
from core.memory.embedding import EmbeddingError
from core.memory.embedding_cache import CachedEmbedder
from core.memory.embedding_process import Progress
from core.memory.later import embed_waiting
from core.memory.vector_model import digests, model_of, read_record, record_model
from core.vault import LocalVaultService, reading
from core.vault.layout import NODE_VECTORS
from tests.memory.vaults import MODEL, WIDTH, episode, node, rows, vault_of

pytestmark = pytest.mark.asyncio


class Embedder:
    """Vectors out of a text's hash. It stands still before it embeds the text that holds `stops_at`."""

    def __init__(self, model: str = MODEL, stops_at: str = "\0") -> None:
        self.model, self.width = model, WIDTH
        self.asked: list[str] = []
        self.stopped = asyncio.Event()
        self._stops_at = stops_at

    async def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> list[bytes]:
        if any(self._stops_at in text for text in texts):
            self.stopped.set()
            await asyncio.Event().wait()
        self.asked += texts
        return [self.vector(text) for text in texts]

    def vector(self, text: str) -> bytes:
        numbers = np.random.default_rng(abs(hash((self.model, text)))).standard_normal(WIDTH, np.float32)
        return (numbers / np.linalg.norm(numbers)).astype("<f4").tobytes()

    async def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have this embedder be the one of this computer; the vault's cache stands before it."""

    def take(embedder: Embedder) -> Embedder:
        async def started(*, vault: Path, environ: Any) -> CachedEmbedder:
            return CachedEmbedder(embedder, vault)

        monkeypatch.setattr(later, "start_embedder", started)
        return embedder

    return take


def nodes(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [node(f"n{at}", f"word{at}", sequence_index=at) for at in range(first, first + count)]


def are_of(vault: LocalVaultService, embedder: Embedder) -> bool:
    """Whether every node has exactly this embedder's vector."""
    found = vault.read_node_embeddings()
    wanted = [embedder.vector(embedded_text("node", record)) for record in vault.read_nodes()]
    return [row.tobytes() for row in found] == wanted


def model(vault: LocalVaultService) -> str | None:
    found = vault.read_node_embeddings()
    return model_of(read_record(vault.root), NODE_VECTORS, found, digests(found))


def waiting(vault: LocalVaultService) -> int | None:
    return without_vectors(vault.root, reading.refreshed(vault.root))


async def test_nodes_without_vectors_get_theirs_and_the_others_keep_theirs(vault_dir: Path, use: Any) -> None:
    vault = vault_of(vault_dir, *nodes(3))
    before = np.array(vault.read_node_embeddings())
    vault.append_nodes(nodes(5, 3))
    assert waiting(vault) == 5
    embedder = use(Embedder())
    told: list[tuple[int, int]] = []
    done = await embed_waiting(vault, batch=2, told=lambda *far: told.append(far))
    assert (done.model, done.made, len(embedder.asked)) == (MODEL, 5, 5)
    assert np.array_equal(vault.read_node_embeddings()[:3], before)
    assert (waiting(vault), model(vault)) == (0, MODEL)
    assert told[-1] == (5, 5)
    assert (await embed_waiting(vault)).made == 0
    assert len(embedder.asked) == 5


async def test_a_vault_that_never_had_vectors_gets_them_for_all_nodes(vault_dir: Path, use: Any) -> None:
    vault = vault_of(vault_dir, *nodes(4), episodes=[episode("e", "Title", "words")], vectors=False)
    assert waiting(vault) == 4
    embedder = use(Embedder())
    assert (await embed_waiting(vault)).made == 4
    assert are_of(vault, embedder)
    assert vault.read_episode_embeddings().size == 0


async def test_what_is_cut_off_loses_a_batch_at_most_and_goes_on(vault_dir: Path, use: Any) -> None:
    vault = vault_of(vault_dir, *nodes(6), vectors=False)
    embedder = use(Embedder(stops_at="word4"))
    run = asyncio.create_task(embed_waiting(vault, batch=2))
    await embedder.stopped.wait()
    run.cancel()
    await asyncio.wait({run})
    assert waiting(vault) == 2
    assert model(vault) == MODEL
    assert not (vault_dir / later.ROWS).exists()
    again = use(Embedder())
    assert (await embed_waiting(vault)).made == 2
    assert len(again.asked) == 2
    assert are_of(vault, again)


@pytest.mark.parametrize(("step", "left"), [("later.made", 3), ("later.committed", 0)])
async def test_a_crash_before_the_commit_or_the_models_name_loses_neither(
    vault_dir: Path, use: Any, monkeypatch: pytest.MonkeyPatch, step: str, left: int
) -> None:
    vault = vault_of(vault_dir, *nodes(3), vectors=False)
    use(Embedder())
    with monkeypatch.context() as patch:
        patch.setattr(later, "crash_point", lambda name: 1 / 0 if name == step else None)
        with pytest.raises(ZeroDivisionError):
            await embed_waiting(vault)
    assert model(vault) is None
    assert (await embed_waiting(vault)).made == left
    assert model(vault) == MODEL


async def test_another_models_vectors_stay_until_somebody_asks_and_then_go_at_once(vault_dir: Path, use: Any) -> None:
    vault = vault_of(vault_dir, *nodes(5))
    before = np.array(vault.read_node_embeddings())
    vault.append_nodes(nodes(2, 5))
    use(Embedder("new/1"))
    with pytest.raises(EmbeddingError) as refused:
        await embed_waiting(vault)
    assert (refused.value.code, refused.value.params["other"]) == ("embedding.other_model", MODEL)
    stopping = use(Embedder("new/1", stops_at="word6"))
    run = asyncio.create_task(embed_waiting(vault, anew=True))
    await stopping.stopped.wait()
    run.cancel()
    await asyncio.wait({run})
    assert np.array_equal(vault.read_node_embeddings()[:5], before)
    assert model(vault) == MODEL
    embedder = use(Embedder("new/1"))
    assert (await embed_waiting(vault, anew=True)).made == 7
    assert are_of(vault, embedder)
    assert model(vault) == "new/1"


async def test_nodes_that_change_meanwhile_are_read_again(
    vault_dir: Path, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = vault_of(vault_dir, *nodes(3), vectors=False)
    embedder = use(Embedder())
    once = [True]

    def moved(name: str) -> None:
        if name == "later.made" and once:
            once.clear()
            vault.write_nodes([node("first", "new words"), *nodes(3)])

    monkeypatch.setattr(later, "crash_point", moved)
    assert (await embed_waiting(vault)).made == 4
    assert are_of(vault, embedder)
    assert len(embedder.asked) == 4


async def test_episodes_with_vectors_are_kept_whole_too(vault_dir: Path, use: Any) -> None:
    vault = LocalVaultService.open(vault_dir)
    vault.write_episodes([episode("e1", "One", "a"), episode("e2", "Two", "b")], np.vstack([rows(1), np.zeros((1, 8))]))
    record_model(vault, MODEL)
    use(Embedder())
    assert (await embed_waiting(vault)).made == 1
    assert np.array(vault.read_episode_embeddings()).any(axis=1).all()


async def test_one_run_at_a_time(vault_dir: Path) -> None:
    vault = vault_of(vault_dir, *nodes(1))
    with FileLock(vault_dir / later.LOCK), pytest.raises(BusyError):
        await embed_waiting(vault)

"""The vault's cache of vectors: the same text is embedded once by each model, and a hurt entry is made again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from core.memory.embedding import open_embedder
from core.memory.embedding_cache import CachedEmbedder, text_hash
from core.memory.embedding_process import Progress
from tests.memory import tiny_model

WIDTH = 8


class Counting:
    """Embeds by hashing, and keeps what it was asked for. Stands still before it embeds `stop_at`."""

    def __init__(self, model: str = "counting/1", stop_at: str | None = None) -> None:
        self.model = model
        self.width = WIDTH
        self.asked: list[str] = []
        self.stopped = asyncio.Event()
        self._stop_at = stop_at

    async def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> list[bytes]:
        if self._stop_at in texts:
            self.stopped.set()
            await asyncio.Event().wait()
        self.asked += texts
        if progress is not None:
            progress(len(texts), len(texts))
        return [self.vector(text) for text in texts]

    def vector(self, text: str) -> bytes:
        digest = hashlib.sha256((self.model + text).encode("utf-8", "surrogatepass")).digest()
        vector = np.frombuffer(digest[:WIDTH], np.uint8).astype(np.float32) + 1
        return (vector / np.linalg.norm(vector)).astype("<f4").tobytes()

    async def close(self) -> None: ...


def _entry(vault: Path, model: str, text: str) -> Path:
    return vault / "cache/embeddings" / f"{text_hash(model, text)}.npy"


@pytest.mark.asyncio
async def test_a_text_is_embedded_once(vault_dir: Path) -> None:
    inner = Counting()
    embedder = CachedEmbedder(inner, vault_dir)
    first = await embedder.embed(["a", "b", "a", "\ud800"])
    assert inner.asked == ["a", "b", "\ud800"]
    assert first == [inner.vector(text) for text in ("a", "b", "a", "\ud800")]
    again = Counting()
    assert await CachedEmbedder(again, vault_dir).embed(["\ud800", "c", "b"]) == [first[3], inner.vector("c"), first[1]]
    assert again.asked == ["c"]


@pytest.mark.asyncio
async def test_models_never_share_an_entry(vault_dir: Path) -> None:
    one, other = Counting("model/1"), Counting("model/2")
    assert await CachedEmbedder(one, vault_dir).embed(["a"]) != await CachedEmbedder(other, vault_dir).embed(["a"])
    assert other.asked == ["a"]


_HURTS: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "another width": lambda path: np.save(path, np.ones((1, WIDTH + 1), np.float32)),
    "not of unit length": lambda path: np.save(path, np.ones((1, WIDTH), np.float32)),
    "not a number": lambda path: np.save(path, np.full((1, WIDTH), np.nan, np.float32)),
    "two of them": lambda path: np.save(path, np.full((2, WIDTH), WIDTH**-0.5, np.float32)),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("hurt", _HURTS.values(), ids=_HURTS)
async def test_a_hurt_entry_is_made_again(vault_dir: Path, hurt: Callable[[Path], object]) -> None:
    inner = Counting()
    embedder = CachedEmbedder(inner, vault_dir)
    expected = await embedder.embed(["a"])
    path = _entry(vault_dir, inner.model, "a")
    whole = path.read_bytes()
    hurt(path)
    assert await embedder.embed(["a"]) == expected
    assert inner.asked == ["a", "a"]
    assert path.read_bytes() == whole


@pytest.mark.asyncio
async def test_progress_counts_each_text_once_and_ends_with_all(vault_dir: Path) -> None:
    embedder = CachedEmbedder(Counting(), vault_dir)
    await embedder.embed([str(n) for n in range(0, 2000, 2)])
    seen: list[tuple[int, int]] = []
    await embedder.embed([str(n) for n in range(2000)], progress=lambda *now: seen.append(now))
    assert seen[0] == (1000, 2000)
    assert seen[-1] == (2000, 2000)
    assert seen == sorted(seen)


@pytest.mark.asyncio
async def test_what_was_done_before_a_cancel_is_kept(vault_dir: Path) -> None:
    texts = [str(n) for n in range(2000)]
    inner = Counting(stop_at="1999")
    run = asyncio.create_task(CachedEmbedder(inner, vault_dir).embed(texts))
    await inner.stopped.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    again = Counting()
    await CachedEmbedder(again, vault_dir).embed(texts)
    assert again.asked == texts[len(inner.asked) :]
    assert 0 < len(again.asked) < 1000


@pytest.mark.asyncio
async def test_two_calls_at_once_for_the_same_texts_agree(vault_dir: Path) -> None:
    embedder = CachedEmbedder(Counting(), vault_dir)
    texts = [str(n) for n in range(300)]
    one, other = await asyncio.gather(embedder.embed(texts), embedder.embed(texts))
    assert one == other
    assert len(list((vault_dir / "cache/embeddings").iterdir())) == 300


@pytest.mark.asyncio
async def test_an_embedder_for_a_vault_keeps_its_vectors_there(tmp_path: Path, vault_dir: Path) -> None:
    environ = {"COGZY_MODEL_DIR": str(tiny_model.put(tmp_path / "model"))}
    embedder = await open_embedder(vault=vault_dir, environ=environ)
    assert embedder is not None
    (vector,) = await embedder.embed(["word1 word2"])
    await embedder.close()
    kept = np.load(_entry(vault_dir, "tiny/1", "word1 word2"))
    assert kept.tobytes() == vector
    assert kept.shape == (1, tiny_model.WIDTH)

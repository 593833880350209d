"""The real model, as `make model` builds it, in its child process."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import pytest_asyncio
from numpy.typing import NDArray

from core.memory.embedding import EmbeddingError, find_model
from core.memory.embedding_process import MOST_CHARACTERS, ChildEmbedder
from installers.model.checking import REFERENCE, SIMILARITIES


@pytest.fixture(scope="module")
def model() -> Path:
    """The folder of the model."""
    found = find_model()
    assert found is not None, "there is no embedding model on this computer: run `make model`"
    assert found.id == "all-MiniLM-L6-v2/int8-1"
    return found.folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(model: Path) -> AsyncIterator[ChildEmbedder]:
    """One that has started, for all who leave its child as it is."""
    made = ChildEmbedder(model)
    await made.start()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def embedder(model: Path) -> AsyncIterator[ChildEmbedder]:
    """One that has started."""
    made = ChildEmbedder(model)
    await made.start()
    yield made
    await made.close()


def _matrix(vectors: list[bytes]) -> NDArray[np.float32]:
    return np.array([np.frombuffer(vector, "<f4") for vector in vectors])


def _sentences(count: int) -> list[str]:
    return [
        f"Note {n}: the harbour office moved its {'very ' * (n % 7)}old archive to room {n % 13}." for n in range(count)
    ]


@pytest.mark.asyncio(loop_scope="module")
async def test_similarities_are_those_that_the_authors_published(shared: ChildEmbedder) -> None:
    vectors = _matrix(await shared.embed(REFERENCE))
    assert vectors.shape == (3, shared.width) == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for (one, other), published in SIMILARITIES.items():
        assert float(vectors[one] @ vectors[other]) == pytest.approx(published, abs=0.02)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_same_text_has_the_same_vector_in_whatever_company(shared: ChildEmbedder) -> None:
    text = REFERENCE[0]
    (alone,) = await shared.embed([text])
    among = await shared.embed([*_sentences(40), text, "long " * 400, text])
    assert [among[40], among[42]] == [alone, alone]
    again = ChildEmbedder(shared._folder)
    try:
        assert await again.embed([text]) == [alone], "in another process too"
    finally:
        await again.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_vectors_come_in_the_order_of_their_texts_and_progress_only_grows(shared: ChildEmbedder) -> None:
    texts = _sentences(150)
    seen: list[tuple[int, int]] = []
    vectors = await shared.embed(texts, progress=lambda done, of: seen.append((done, of)))
    assert [vectors[n] for n in (0, 77, 149)] == [(await shared.embed([texts[n]]))[0] for n in (0, 77, 149)]
    assert seen[-1] == (150, 150)
    assert all(one < other for one, other in itertools.pairwise(seen))
    assert {of for _, of in seen} == {150}


_ODD = {
    "nothing": "",
    "blanks": " \t\n\u2003",
    "NUL": "before\0after",
    "only control": "\x01\x02\x7f",
    "lone surrogate": "half \ud83d of it",
    "surrogates that pair": "\ud83d\ude42",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🙂" * 20,
    "right to left": "שלום عليكم",
    "one long word": "x" * 100_000,
    "a million characters": "word " * 200_000,
    "combining": "e" + "\u0301" * 5000,
    "ideographs": "京都に行きました" * 200,
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("text", _ODD.values(), ids=_ODD)
async def test_every_text_has_a_vector(shared: ChildEmbedder, text: str) -> None:
    vectors = _matrix(await shared.embed([text, REFERENCE[0]]))
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.asyncio(loop_scope="module")
async def test_halves_of_a_pair_that_come_together_are_the_character(shared: ChildEmbedder) -> None:
    one, other = await shared.embed(["\ud83d\ude42 yes", "🙂 yes"])
    assert one == other


@pytest.mark.asyncio(loop_scope="module")
async def test_what_comes_after_256_tokens_does_not_count(shared: ChildEmbedder) -> None:
    begin = "word " * 300
    assert len(set(await shared.embed([begin + "apples", begin + "bears", begin * 100]))) == 1
    spread = " ".join("x" * 90 for _ in range(300))
    assert len(spread) > MOST_CHARACTERS
    assert len(set(await shared.embed([spread, spread[:MOST_CHARACTERS]]))) == 1


@pytest.mark.asyncio
async def test_no_texts_have_no_vectors_and_need_no_child(model: Path) -> None:
    embedder = ChildEmbedder(model)
    assert await embedder.embed([]) == []
    assert embedder.pid is None


@pytest.mark.asyncio(loop_scope="module")
async def test_ten_thousand_texts_are_given_up_at_once_when_cancelled(shared: ChildEmbedder) -> None:
    begun = asyncio.Event()
    run = asyncio.create_task(shared.embed(_sentences(10_000), progress=lambda *_: begun.set()))
    await begun.wait()
    child, cancelled = shared.pid, time.monotonic()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert time.monotonic() - cancelled < 10
    assert len(await shared.embed(_sentences(5))) == 5
    assert shared.pid == child, "the child itself is still of use"
    assert time.monotonic() - cancelled < 20, "and does not work on what nobody waits for"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_question_does_not_wait_behind_an_import(shared: ChildEmbedder) -> None:
    begun = asyncio.Event()
    run = asyncio.create_task(shared.embed(["all of it " * 100] * 400, progress=lambda *_: begun.set()))
    await begun.wait()
    await shared.embed(["where is the key?"])
    assert not run.done()
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)


@pytest.mark.asyncio(loop_scope="module")
async def test_calls_at_once_each_get_their_own(shared: ChildEmbedder) -> None:
    texts = _sentences(60)
    expected = await shared.embed(texts)
    answers = await asyncio.gather(*(shared.embed(texts[n : n + 20]) for n in range(0, 60, 5)))
    assert answers == [expected[n : n + 20] for n in range(0, 60, 5)]


@pytest.mark.asyncio
async def test_a_child_killed_in_the_middle_is_an_error_and_the_next_call_works(embedder: ChildEmbedder) -> None:
    begun = asyncio.Event()
    run = asyncio.create_task(embedder.embed(_sentences(10_000), progress=lambda *_: begun.set()))
    await begun.wait()
    assert embedder.pid is not None
    killed = embedder.pid
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(EmbeddingError) as raised:
        await run
    assert (raised.value.code, raised.value.params) == ("embedding.died", {"exit_code": -signal.SIGKILL})
    assert len(await embedder.embed(_sentences(3))) == 3
    assert embedder.pid != killed


@pytest.mark.asyncio
async def test_an_idle_child_leaves_and_comes_back(model: Path) -> None:
    embedder = ChildEmbedder(model, idle_seconds=0.2)
    (before,) = await embedder.embed(["tea"])
    assert embedder.pid is not None
    child = psutil.Process(embedder.pid)
    await asyncio.to_thread(psutil.wait_procs, [child], 30)
    async with asyncio.timeout(30):
        while embedder.pid is not None:  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(0.01)
    assert not psutil.pid_exists(child.pid)
    assert await embedder.embed(["tea"]) == [before]
    await embedder.close()


@pytest.mark.asyncio
async def test_closing_leaves_no_child_and_fails_who_still_waits(embedder: ChildEmbedder) -> None:
    begun = asyncio.Event()
    run = asyncio.create_task(embedder.embed(_sentences(10_000), progress=lambda *_: begun.set()))
    await begun.wait()
    child = embedder.pid
    await embedder.close()
    with pytest.raises(EmbeddingError, match="ended in the middle"):
        await run
    assert child is not None
    assert not psutil.pid_exists(child)


_PARENT = """
import asyncio, sys
from core.memory.embedding import open_embedder

async def main():
    embedder = await open_embedder()
    await embedder.embed(["tea"])
    heavy = [name for name in ("onnxruntime", "tokenizers", "numpy") if name in sys.modules]
    print(embedder.pid, heavy, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_the_parent_loads_nothing_heavy_and_a_killed_one_leaves_no_child(model: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, _, heavy = parent.stdout.readline().partition(" ")
        parent.kill()
    assert heavy.strip() == "[]"
    deadline = time.monotonic() + 30
    while psutil.pid_exists(int(pid)) and psutil.Process(int(pid)).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.02)

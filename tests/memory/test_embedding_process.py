"""No model, a damaged or exchanged one, and children that misbehave: always an error with a next step, never a hang."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from core.memory.embedding import EmbeddingError, find_model, open_embedder, start_embedder
from core.memory.embedding_process import ChildEmbedder
from core.memory.model import load_model
from tests.memory import tiny_model


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _describe(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "model.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


_FOUND_WITHOUT_READING_ALL = {
    "a cut graph": lambda folder: (folder / "model.onnx").write_bytes(b"short"),
    "no graph": lambda folder: (folder / "model.onnx").unlink(),
    "no tokenizer": lambda folder: (folder / "tokenizer.json").unlink(),
    "a description that does not parse": lambda folder: (folder / "model.json").write_text("{"),
    "a description that is no object": lambda folder: (folder / "model.json").write_text("[]"),
    "an empty description": lambda folder: (folder / "model.json").write_text("{}"),
    "a description that is a folder": lambda folder: (
        (folder / "model.json").unlink(),
        (folder / "model.json").mkdir(),
    ),
    "a later format": _describe(format=2),
    "a model without a name": _describe(model=""),
    "a width that is no number": _describe(width="wide"),
    "a width beyond all": _describe(width=1 << 40),
    "files outside its folder": _describe(files={"../model.onnx": {"bytes": 1, "sha256": "00"}}),
    "files without hashes": _describe(files={"model.onnx": {}, "tokenizer.json": {}}),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("damage", _FOUND_WITHOUT_READING_ALL.values(), ids=_FOUND_WITHOUT_READING_ALL)
async def test_a_damaged_model_is_no_model_and_says_why(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    environ = {"COGZY_MODEL_DIR": str(tiny_model.put(tmp_path / "model"))}
    damage(tmp_path / "model")
    assert find_model(environ) is None
    told: list[EmbeddingError] = []
    assert await open_embedder(environ=environ, unavailable=told.append) is None
    assert [error.code for error in told] == ["embedding.model_damaged"]
    assert "make model" in told[0].next_step


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
async def test_one_flipped_bit_is_found_before_anything_is_run(tmp_path: Path, name: str) -> None:
    environ = {"COGZY_MODEL_DIR": str(tiny_model.put(tmp_path))}
    _flip(tmp_path / name)
    assert find_model(environ) is not None, "sizes alone do not show it"
    with pytest.raises(EmbeddingError) as raised:
        await start_embedder(environ=environ)
    assert raised.value.code == "embedding.model_damaged"
    assert name in str(raised.value.params["reason"])


@pytest.mark.asyncio
async def test_without_a_model_there_is_no_embedder_and_a_next_step(tmp_path: Path) -> None:
    environ = {"COGZY_MODEL_DIR": str(tmp_path / "nowhere")}
    assert find_model(environ) is None
    told: list[EmbeddingError] = []
    assert await open_embedder(environ=environ, unavailable=told.append) is None
    assert [(error.code, error.params) for error in told] == [
        ("embedding.no_model", {"path": str(tmp_path / "nowhere")})
    ]
    assert "make model" in told[0].next_step


def test_the_model_is_looked_for_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name, appauthor: str(tmp_path / name))
    folder = tiny_model.put(tmp_path / "cogzy/models/all-MiniLM-L6-v2-int8")
    found = find_model({})
    assert found is not None
    assert (found.folder, found.id, found.width) == (folder, "tiny/1", tiny_model.WIDTH)


@pytest.mark.asyncio
async def test_another_model_does_not_come_in_place_of_the_first_one(tmp_path: Path) -> None:
    embedder = ChildEmbedder(tiny_model.put(tmp_path), idle_seconds=0)
    await embedder.start()
    assert (embedder.model, embedder.width) == ("tiny/1", tiny_model.WIDTH)
    await _until(lambda: embedder.pid is None)
    tiny_model.put(tmp_path, model="tiny/2", seed=1)
    with pytest.raises(EmbeddingError) as raised:
        await embedder.embed(["word1"])
    assert (raised.value.code, raised.value.params) == (
        "embedding.model_changed",
        {"before": "tiny/1", "now": "tiny/2"},
    )
    await embedder.close()


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(0.01)


_READY = 'import sys; sys.stdin.readline(); print(\'{"id": 0, "ready": {"model": "m", "width": 1}}\', flush=True); '
_ANSWER = "sys.stdin.readline(); print('{}', flush=True); import time; time.sleep(60)"
_BAD_CHILDREN = {
    "ends at once": ("pass", "embedding.died"),
    "never gets ready": ("import time; time.sleep(60)", "embedding.timeout"),
    "speaks of other things": ("print('hello', flush=True); import time; time.sleep(60)", "embedding.died"),
    "speaks JSON of other things": ("print('[]', flush=True); import time; time.sleep(60)", "embedding.died"),
    "gets ready and ends": (_READY, "embedding.died"),
    "gets ready and never answers": (_READY + "import time; time.sleep(60)", "embedding.timeout"),
    "answers with nothing": (_READY + _ANSWER.format('{"id": 1}'), "embedding.died"),
    "answers with too little": (_READY + _ANSWER.format('{"id": 1, "vectors": "AAA="}'), "embedding.died"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize(("code", "expected"), _BAD_CHILDREN.values(), ids=_BAD_CHILDREN)
async def test_a_child_that_misbehaves_is_an_error_in_time(tmp_path: Path, code: str, expected: str) -> None:
    deadline = 1 if expected == "embedding.timeout" else 60
    embedder = ChildEmbedder(tmp_path, deadline=deadline, command=[sys.executable, "-c", code])
    begun = time.monotonic()
    with pytest.raises(EmbeddingError) as raised:
        await embedder.embed(["tea"])
    assert raised.value.code == expected
    assert raised.value.next_step
    assert time.monotonic() - begun < 30
    await embedder.close()


@pytest.mark.asyncio
async def test_what_a_dying_child_said_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    embedder = ChildEmbedder(tmp_path, command=[sys.executable, "-c", "import sys; sys.exit('no such instruction')"])
    with caplog.at_level(logging.ERROR), pytest.raises(EmbeddingError):
        await embedder.start()
    assert "no such instruction" in caplog.text


@pytest.mark.asyncio
async def test_a_program_that_cannot_be_started_is_said(tmp_path: Path) -> None:
    embedder = ChildEmbedder(tmp_path, command=[str(tmp_path / "nothing")])
    with pytest.raises(EmbeddingError) as raised:
        await embedder.start()
    assert raised.value.code == "embedding.not_started"


@pytest.mark.asyncio
async def test_a_start_that_is_cancelled_leaves_no_child(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    embedder = ChildEmbedder(tmp_path, command=[sys.executable, "-c", code])
    start = asyncio.create_task(embedder.start())
    await _until(lambda: mark.exists() and mark.read_text() != "")
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert not psutil.pid_exists(int(mark.read_text()))
    await embedder.close()


def test_a_model_that_is_whole_is_read_back(tmp_path: Path) -> None:
    model = load_model(tiny_model.put(tmp_path))
    assert model.read("model.onnx") == (tmp_path / "model.onnx").read_bytes()
    assert (model.width, model.most_tokens) == (tiny_model.WIDTH, tiny_model.MOST_TOKENS)

"""Building the model: the graph does what the paper says, small and large, and only a checked one is put in place."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from core.memory.model import DESCRIPTION, GRAPH, NOTICES, TOKENIZER, find_model
from installers.model import __main__ as program
from installers.model import checking, graph, weights
from tests.memory import tiny_model


def _normalised(x: NDArray[Any], named: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return scaled * named[f"{name}.LayerNorm.weight"] + named[f"{name}.LayerNorm.bias"]


def _by_the_book(named: Mapping[str, NDArray[Any]], tokens: list[int]) -> NDArray[Any]:
    """BERT over one sentence, its mean, its unit length: in NumPy, straight from the definition."""

    def dense(name: str, x: NDArray[Any]) -> NDArray[Any]:
        return x @ named[f"{name}.weight"].T + named[f"{name}.bias"]

    x = named["embeddings.word_embeddings.weight"][tokens]
    x = x + named["embeddings.position_embeddings.weight"][: len(tokens)]
    x = _normalised(x + named["embeddings.token_type_embeddings.weight"][0], named, "embeddings")
    size = tiny_model.WIDTH // tiny_model.HEADS
    for layer in range(tiny_model.LAYERS):
        name = f"encoder.layer.{layer}"
        query, key, value = (dense(f"{name}.attention.self.{part}", x) for part in ("query", "key", "value"))
        heard = []
        for head in range(tiny_model.HEADS):
            of = slice(head * size, (head + 1) * size)
            scores = query[:, of] @ key[:, of].T / math.sqrt(size)
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            heard.append(shares / shares.sum(-1, keepdims=True) @ value[:, of])
        attended = dense(f"{name}.attention.output.dense", np.concatenate(heard, -1))
        x = _normalised(x + attended, named, f"{name}.attention.output")
        wide = dense(f"{name}.intermediate.dense", x)
        wide = wide * (1 + np.vectorize(math.erf)(wide / math.sqrt(2))) / 2
        x = _normalised(x + dense(f"{name}.output.dense", wide), named, f"{name}.output")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


@pytest.fixture(scope="module")
def run() -> Callable[..., NDArray[Any]]:
    """Run the tiny graph, small or large, over rows of tokens and their mask."""
    named = tiny_model.weights()
    sessions = {}
    for small in (True, False):
        model = graph.build(named, tiny_model.HEADS, tiny_model.MOST_TOKENS, small=small)
        sessions[small] = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def go(rows: list[list[int]], mask: list[list[int]] | None = None, *, small: bool) -> NDArray[Any]:
        tokens = np.array(rows, np.int64)
        kept = np.ones_like(tokens) if mask is None else np.array(mask, np.int64)
        return sessions[small].run(["vectors"], {"input_ids": tokens, "attention_mask": kept})[0]

    return go


_SENTENCES = ([2, 3], [2, 17, 3], [2, 40, 8, 21, 33, 3], [2, *range(10, 20), 3])


@pytest.mark.parametrize("tokens", _SENTENCES, ids=len)
def test_the_large_graph_is_bert_with_mean_pooling(run: Callable[..., NDArray[Any]], tokens: list[int]) -> None:
    expected = _by_the_book(tiny_model.weights(), tokens)
    assert np.allclose(run([tokens], small=False)[0], expected, atol=2e-6)


@pytest.mark.parametrize("tokens", _SENTENCES, ids=len)
def test_the_small_graph_is_close_to_the_large_one(run: Callable[..., NDArray[Any]], tokens: list[int]) -> None:
    large, small = run([tokens], small=False)[0], run([tokens], small=True)[0]
    assert float(large @ small) > 0.99
    assert float(np.linalg.norm(small)) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("small", [True, False])
def test_neighbours_and_padding_do_not_change_a_vector(run: Callable[..., NDArray[Any]], small: bool) -> None:
    length = max(map(len, _SENTENCES))
    rows = [[*tokens, *[0] * (length - len(tokens))] for tokens in _SENTENCES]
    masks = [[*[1] * len(tokens), *[0] * (length - len(tokens))] for tokens in _SENTENCES]
    together = run(rows, masks, small=small)
    alone = np.array([run([tokens], small=small)[0] for tokens in _SENTENCES])
    assert np.abs(together - alone).max() < 1e-5


def test_in_the_small_graph_every_matrix_is_of_bytes_in_seven_bits() -> None:
    model = graph.build(tiny_model.weights(), tiny_model.HEADS, tiny_model.MOST_TOKENS, small=True)
    arrays = map(onnx.numpy_helper.to_array, model.graph.initializer)
    words, *dense = [array for array in arrays if array.size >= tiny_model.WIDTH**2]
    assert words.shape == (len(tiny_model.WORDS), tiny_model.WIDTH)
    assert len(dense) == 4 * tiny_model.LAYERS
    assert {array.dtype.name for array in (words, *dense)} == {"int8"}
    assert max(int(np.abs(array).max()) for array in dense) == 63


def test_the_same_weights_give_the_same_bytes() -> None:
    built = [
        graph.build(tiny_model.weights(), tiny_model.HEADS, tiny_model.MOST_TOKENS, small=True).SerializeToString()
        for _ in range(2)
    ]
    assert built[0] == built[1]


def test_other_weights_than_the_published_ones_are_refused(tmp_path: Path) -> None:
    folder = tiny_model.put(tmp_path)
    with pytest.raises(checking.CheckFailed, match="similarity of two reference sentences"):
        checking.check(folder / GRAPH, folder / GRAPH, folder / TOKENIZER, tiny_model.MOST_TOKENS)


def test_safetensors_are_read_by_name_type_and_shape(tmp_path: Path) -> None:
    entries = {
        "__metadata__": {"format": "pt"},
        "counts": {"dtype": "I64", "shape": [2], "data_offsets": [0, 16]},
        "matrix": {"dtype": "F32", "shape": [2, 3], "data_offsets": [16, 40]},
    }
    header = json.dumps(entries).encode()
    matrix = np.arange(6, dtype="<f4").reshape(2, 3)
    path = tmp_path / "weights"
    path.write_bytes(len(header).to_bytes(8, "little") + header + np.array([7, 9], "<i8").tobytes() + matrix.tobytes())
    read = weights.read_safetensors(path)
    assert read["counts"].tolist() == [7, 9]
    assert np.array_equal(read["matrix"], matrix)
    assert set(read) == {"counts", "matrix"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the model would go in this test."""
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tmp_path / "place"))
    return tmp_path / "place"


_FILES = {GRAPH: b"graph", TOKENIZER: b"{}", NOTICES: b"notices"}


def test_a_second_run_does_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program.install(place, _FILES)
    monkeypatch.setattr(program, "make", None)
    assert program.main() == 0
    assert "already there" in capsys.readouterr().out


@pytest.mark.parametrize("hurt", [*_FILES, DESCRIPTION])
def test_a_hurt_model_is_built_again(place: Path, monkeypatch: pytest.MonkeyPatch, hurt: str) -> None:
    program.install(place, _FILES)
    (place / hurt).write_bytes(b"x" * (place / hurt).stat().st_size)
    monkeypatch.setattr(program, "make", lambda scratch: _FILES)
    assert not program.is_whole(place)
    assert program.main() == 0
    assert program.is_whole(place)


def test_a_build_that_is_killed_leaves_no_model_rather_than_half_of_one(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.install(place, _FILES)
    write = program.write_atomically

    def killed_at_the_tokenizer(path: Path, data: bytes) -> None:
        if path.name == TOKENIZER:
            raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(program, "write_atomically", killed_at_the_tokenizer)
    with pytest.raises(KeyboardInterrupt):
        program.install(place, {**_FILES, GRAPH: b"another"})
    assert find_model({"COGZY_MODEL_DIR": str(place)}) is None
    assert not (place / DESCRIPTION).exists()


def test_what_else_is_in_the_folder_stays(place: Path) -> None:
    place.mkdir()
    (place / "mine.txt").write_text("mine")
    program.install(place, _FILES)
    assert (place / "mine.txt").read_text() == "mine"


def test_without_the_network_it_says_so_and_puts_nothing_there(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_RETRIES", "0")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit) as stopped:
        program.main()
    assert stopped.value.code == 1
    assert "Check the network" in capsys.readouterr().err
    assert not place.exists()

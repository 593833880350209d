"""A whole model in miniature, of random weights: everything about the real one but its size and its sense."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from core.memory.model import GRAPH, TOKENIZER
from installers.model import graph

WIDTH = 16
HEADS = 4
LAYERS = 2
MOST_TOKENS = 12
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *(f"word{n}" for n in range(60)))


def weights(seed: int = 0) -> dict[str, NDArray[Any]]:
    """Random weights under the names that a BERT's have."""
    random = np.random.default_rng(seed)

    def numbers(*shape: int) -> NDArray[Any]:
        return random.normal(0, 0.3, shape).astype(np.float32)

    dense = {
        "attention.self.query": (WIDTH, WIDTH),
        "attention.self.key": (WIDTH, WIDTH),
        "attention.self.value": (WIDTH, WIDTH),
        "attention.output.dense": (WIDTH, WIDTH),
        "intermediate.dense": (4 * WIDTH, WIDTH),
        "output.dense": (WIDTH, 4 * WIDTH),
    }
    named = {
        "embeddings.word_embeddings.weight": numbers(len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": numbers(MOST_TOKENS + 4, WIDTH),
        "embeddings.token_type_embeddings.weight": numbers(2, WIDTH),
    }
    parts = [f"encoder.layer.{n}.{part}" for n in range(LAYERS) for part in ("attention.output", "output")]
    for norm in ("embeddings", *parts):
        named |= {f"{norm}.LayerNorm.weight": 1 + numbers(WIDTH), f"{norm}.LayerNorm.bias": numbers(WIDTH)}
    for layer in range(LAYERS):
        for name, shape in dense.items():
            full = f"encoder.layer.{layer}.{name}"
            named |= {f"{full}.weight": numbers(*shape), f"{full}.bias": numbers(shape[0])}
    return named


def tokenizer() -> Tokenizer:
    """Knows WORDS, split at spaces."""
    made = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return made


def put(folder: Path, model: str = "tiny/1", seed: int = 0) -> Path:
    """Install the model `model` in `folder`; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(graph.build(weights(seed), HEADS, MOST_TOKENS, small=True), folder / GRAPH)
    tokenizer().save(str(folder / TOKENIZER))
    contents = {name: (folder / name).read_bytes() for name in (GRAPH, TOKENIZER)}
    description = {
        "format": 1,
        "model": model,
        "width": WIDTH,
        "most_tokens": MOST_TOKENS,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
        },
    }
    (folder / "model.json").write_text(json.dumps(description))
    return folder

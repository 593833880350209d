"""The child process that turns texts into vectors (`cogzy --embed`): onnxruntime lives and dies here.

JSON lines. In: first `{"model": folder}`, then `{"id": n, "texts": [...]}` or `{"drop": n}`. Out: first
`{"id": 0, "ready": {"model", "width"}}` or `{"id": 0, "error": {"code", "params"}}`, then
`{"id": n, "vectors": base64}`, the float32 little-endian rows one after the other. It ends when its input ends.

Invariants:
- Each text goes through the graph alone: the same text has the same vector, bit by bit, whatever else is embedded. It
  is also faster than batches (no padding, two threads that never wait for each other), in half the memory.
- A single text goes before the many: a question does not wait behind an import.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.memory.model import GRAPH, TOKENIZER, EmbeddingError, ModelFiles, load_model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Tokenizer

THREADS = 2


def main() -> int:
    """Answer requests until there are no more."""
    lines = _lines()
    hello = next(lines, None)
    if hello is None:
        return 0
    threading.excepthook = _die
    try:
        encoder = Encoder(load_model(Path(hello["model"])))
    except EmbeddingError as error:
        _say({"id": 0, "error": {"code": error.code, "params": error.params}})
        return 1
    _say({"id": 0, "ready": {"model": encoder.model.id, "width": encoder.model.width}})
    texts: queue.PriorityQueue[_Text] = queue.PriorityQueue()
    for _ in range(THREADS):
        threading.Thread(target=_work, args=(encoder, texts), daemon=True).start()
    _take_in(lines, texts)
    sys.stdout.flush()
    os._exit(0)  # whatever the threads are doing: nobody waits for it any more


class Encoder:
    """The loaded model. Usable by several threads at once. Raises EmbeddingError when it is not whole."""

    def __init__(self, model: ModelFiles) -> None:
        self.model = model
        self._tokenizer = _tokenizer(model)
        self._session = _session(model)

    def encode(self, text: str) -> bytes:
        """The vector of `text`, unit length, float32 little-endian."""
        import numpy as np

        tokens = np.array([self._tokenizer.encode(text).ids], np.int64)
        (vectors,) = self._session.run(["vectors"], {"input_ids": tokens, "attention_mask": np.ones_like(tokens)})
        vector: bytes = vectors[0].astype("<f4").tobytes()
        return vector


def _tokenizer(model: ModelFiles) -> Tokenizer:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise EmbeddingError("embedding.no_runtime", reason=str(error)) from error
    tokenizer = Tokenizer.from_str(model.read(TOKENIZER).decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(model.most_tokens)
    return tokenizer


def _session(model: ModelFiles) -> InferenceSession:
    try:
        import onnxruntime
    except ImportError as error:
        raise EmbeddingError("embedding.no_runtime", reason=str(error)) from error
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.read(GRAPH), options, providers=["CPUExecutionProvider"])


@dataclass(slots=True)
class _Request:
    id: int
    vectors: list[bytes]
    left: int
    dropped: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(order=True, slots=True)
class _Text:
    one_of_many: bool
    number: int
    text: str = field(compare=False)
    request: _Request = field(compare=False)
    row: int = field(compare=False)


def _take_in(lines: Iterator[Mapping[str, Any]], texts: queue.PriorityQueue[_Text]) -> None:
    requests: dict[int, _Request] = {}
    number = 0
    for line in lines:
        if "drop" in line:
            if line["drop"] in requests:
                requests[line["drop"]].dropped = True
            continue
        many = line["texts"]
        request = _Request(line["id"], [b""] * len(many), len(many))
        requests = {known: kept for known, kept in requests.items() if kept.left}
        requests[request.id] = request
        for row, text in enumerate(many):
            number += 1
            texts.put(_Text(len(many) > 1, number, text, request, row))


def _work(encoder: Encoder, texts: queue.PriorityQueue[_Text]) -> None:
    while True:
        next_one = texts.get()
        request = next_one.request
        if not request.dropped:
            request.vectors[next_one.row] = encoder.encode(next_one.text)
        with request.lock:
            request.left -= 1
            finished = not request.left and not request.dropped
        if finished:
            _say({"id": request.id, "vectors": base64.b64encode(b"".join(request.vectors)).decode()})


def _lines() -> Iterator[Mapping[str, Any]]:
    left = b""
    while more := os.read(0, 1 << 16):
        *lines, left = (left + more).split(b"\n")
        yield from map(json.loads, lines)


_SAYING = threading.Lock()


def _say(answer: Mapping[str, object]) -> None:
    with _SAYING:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _die(failure: threading.ExceptHookArgs) -> None:
    """A thread that failed ends the process: its parent then says so instead of waiting for an answer."""
    sys.excepthook(failure.exc_type, failure.exc_value or failure.exc_type(), failure.exc_traceback)
    sys.stderr.flush()
    os._exit(70)

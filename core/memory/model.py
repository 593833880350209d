"""Where the embedding model stands, and whether it is the one that was put there.

The folder COGZY_MODEL_DIR, else one in the user's cache, holds `model.json` beside the files that it lists with size
and SHA-256. `make model` writes it. Standard library alone: asking whether there is a model costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import CogzyError

GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
NOTICES = "NOTICES.txt"
DESCRIPTION = "model.json"
FORMAT = 1

_FOLDER = "all-MiniLM-L6-v2-int8"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/-]{0,127}")
_MOST_WIDTH = 4096
_MOST_TOKENS = 8192
_log = logging.getLogger(__name__)


class EmbeddingError(CogzyError):
    """Texts cannot be turned into vectors: no model, a damaged one, or a process that died. Search by words works."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on the disk. `id`: model and variant, as it stands beside each vector that it made."""

    folder: Path
    id: str
    width: int
    most_tokens: int
    files: Mapping[str, tuple[int, str]]
    """Size in bytes and SHA-256 of each file, by its name."""

    def read(self, name: str) -> bytes:
        """The content of a listed file. Raises EmbeddingError when it is not what was put there."""
        try:
            content = (self.folder / name).read_bytes()
        except OSError as error:
            raise _damaged(self.folder, f"{name}: {error.strerror or error}") from error
        if self.files[name] != (len(content), hashlib.sha256(content).hexdigest()):
            raise _damaged(self.folder, f"{name} is not the file that was put there")
        return content


def model_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the model stands or would stand."""
    chosen = environ.get("COGZY_MODEL_DIR")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("cogzy", appauthor=False)) / "models" / _FOLDER


def find_model(environ: Mapping[str, str] = os.environ) -> ModelFiles | None:
    """The model when there is one whose files have their sizes; their content is looked at when it is loaded."""
    try:
        return load_model(model_folder(environ))
    except EmbeddingError as error:
        _log.info("no embedding model: %s", error)
        return None


def load_model(folder: Path) -> ModelFiles:
    """What `model.json` in `folder` says. Raises EmbeddingError when it is not there, or its files are not whole."""
    try:
        described = json.loads((folder / DESCRIPTION).read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise EmbeddingError("embedding.no_model", path=str(folder)) from error
    except OSError as error:
        raise _damaged(folder, error.strerror or str(error)) from error
    except ValueError as error:
        raise _damaged(folder, f"{DESCRIPTION} does not parse") from error
    try:
        model = _described(folder, described)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(folder, f"{DESCRIPTION} does not say what it must") from error
    for name, (size, _) in model.files.items():
        try:
            seen = (folder / name).stat().st_size
        except OSError as error:
            raise _damaged(folder, f"{name}: {error.strerror or error}") from error
        if seen != size:
            raise _damaged(folder, f"{name} has {seen} bytes instead of {size}")
    return model


def _described(folder: Path, described: Mapping[str, object]) -> ModelFiles:
    if described["format"] != FORMAT:
        raise ValueError(described["format"])
    name, width, most_tokens = described["model"], described["width"], described["most_tokens"]
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ValueError(name)
    if not isinstance(width, int) or not isinstance(most_tokens, int):
        raise TypeError(width, most_tokens)
    if not 1 <= width <= _MOST_WIDTH or not 2 < most_tokens <= _MOST_TOKENS:
        raise ValueError(width, most_tokens)
    files = described["files"]
    if not isinstance(files, dict):
        raise TypeError(files)
    listed = {file: (int(entry["bytes"]), str(entry["sha256"])) for file, entry in files.items()}
    if not {GRAPH, TOKENIZER} <= set(listed) or any("/" in file or "\\" in file for file in listed):
        raise ValueError(sorted(listed))
    return ModelFiles(folder, name, width, most_tokens, listed)


def _damaged(folder: Path, reason: str) -> EmbeddingError:
    return EmbeddingError("embedding.model_damaged", path=str(folder), reason=reason)

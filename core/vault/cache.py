"""Embeddings by the hash of their text: never synced, and made again when one is missing or does not parse."""

from __future__ import annotations

import logging
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import DamageError, UsageError
from core.files import translated
from core.vault import vectors
from core.vault.layout import EMBEDDING_CACHE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HASH = re.compile(r"[0-9a-f]{8,128}")
_log = logging.getLogger(__name__)


def cached_embedding(root: Path, text_hash: str) -> NDArray[np.float32] | None:
    """The vector, float32 of shape (width,), cached under the hexadecimal `text_hash`; None when there is none."""
    path = _path(root, text_hash)
    try:
        with path.open("rb") as file:
            rows = vectors.load(file, f"{EMBEDDING_CACHE}/{path.name}")
            return rows[0].copy() if rows.shape[0] == 1 else None
    except FileNotFoundError:
        return None
    except DamageError as error:
        _log.warning("a cached embedding is damaged and will be made again: %s", error)
        return None


def cache_embedding(root: Path, text_hash: str, vector: Any) -> None:
    """Keep one vector under the hexadecimal hash of its text.

    Whole or not at all, but not forced to the disk, which takes longer than embedding: one that is lost with the power
    is made again. Raises FileError.
    """
    content = b"".join(vectors.encode(vectors.require_matrix([vector])))
    path = _path(root, text_hash)
    staged = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    with translated(path):
        try:
            staged.write_bytes(content)
            staged.replace(path)
        except BaseException:
            staged.unlink(missing_ok=True)
            raise


def _path(root: Path, text_hash: str) -> Path:
    if not _HASH.fullmatch(text_hash):
        raise UsageError("vault.not_a_hash", seen=text_hash[:80])
    return root / EMBEDDING_CACHE / f"{text_hash}.npy"

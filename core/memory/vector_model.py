"""Which model made the vault's vectors: `vectors/model.json`, which travels with them.

    {"version": 1, "vectors/nodes.npy": {"model": "all-MiniLM-L6-v2/int8-1", "width": 384, "marks": ["9f…", …]}, …}

`marks` are digests of some rows. While half of them are still found among the rows, whatever their order, the vectors
are the model's; so a file that another program wrote in their place is known, and its vectors are nobody's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files import write_atomically
from core.vault import LocalVaultService
from core.vault.layout import EPISODE_VECTORS, NODE_VECTORS

RECORD = "vectors/model.json"
_VERSION = 1
_MARKS = 64
_ROWS = 8192
_log = logging.getLogger(__name__)
Digests = NDArray[np.uint64]
Matrix = NDArray[np.float32]


def record_model(vault: LocalVaultService, model: str) -> None:
    """Note that every vector the vault holds now was made by `model` (id and variant). Call it after they are written.

    A crash in between leaves vectors of no known model, which search leaves aside. Raises FileError, DamageError.
    """
    found = {NODE_VECTORS: vault.read_node_embeddings(), EPISODE_VECTORS: vault.read_episode_embeddings()}
    entries = {
        name: {"model": model, "width": int(rows.shape[1]), "marks": _marks(digests(rows))}
        for name, rows in found.items()
        if rows.size
    }
    write_atomically(vault.root / RECORD, json.dumps({"version": _VERSION, **entries}, indent=1).encode())


def read_record(root: Path) -> bytes:
    """The record as it stands; empty when there is none."""
    try:
        return (root / RECORD).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        _log.warning("%s cannot be read: %s", RECORD, error)
        return b""


def model_of(record: bytes, name: str, rows: Matrix, of_rows: Digests) -> str | None:
    """The model that made `rows`, those of the file `name`, by what `record` says; None when it is not known."""
    try:
        described: Mapping[str, Any] = json.loads(record or b"{}").get(name) or {}
        model, width, marks = described.get("model"), described.get("width"), described.get("marks") or ()
        wanted = np.array([int(mark, 16) for mark in marks], np.uint64)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        _log.warning("%s does not parse: %s", RECORD, error)
        return None
    if not isinstance(model, str) or width != rows.shape[1] or not len(wanted):
        return None
    return model if 2 * int(np.isin(wanted, of_rows).sum()) >= len(wanted) else None


def digests(rows: Matrix) -> Digests:
    """A number for each row, the same for the same numbers; 0 for a row that is not embedded yet.

    No defence against somebody who wants two rows to look alike.
    """
    factors = np.random.default_rng(0xC0927).integers(1, 1 << 63, rows.shape[1], np.uint64) | np.uint64(1)
    found = np.zeros(len(rows), np.uint64)
    for at in range(0, len(rows), _ROWS):
        bits = np.ascontiguousarray(rows[at : at + _ROWS], "<f4").view("<u4").astype(np.uint64)
        found[at : at + _ROWS] = (bits * factors).sum(axis=1, dtype=np.uint64)
    return found


def _marks(of_rows: Digests) -> list[str]:
    embedded = of_rows[of_rows != 0]
    if not len(embedded):
        return []
    chosen = np.unique(np.linspace(0, len(embedded) - 1, _MARKS).astype(np.int64))
    return [f"{mark:016x}" for mark in embedded[chosen].tolist()]

"""Which model made the vault's vectors: `vectors/model.json`, which travels with them.

    {"version": 1, "vectors/nodes.npy": {"model": "all-MiniLM-L6-v2/int8-1", "width": 384, "marks": ["9f…", …]}, …}

`marks` are digests of some rows. While half of them are still found among the rows, whatever their order, the vectors
are the model's; so a file that another program wrote in their place is known, and its vectors are nobody's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files import write_atomically
from core.vault import LocalVaultService
from core.vault.layout import EPISODE_VECTORS, NODE_VECTORS

RECORD = "vectors/model.json"
ANNOUNCED = "cache/announced.json"
"""What the record is about to say: vectors that were committed just before a crash are known by it."""
_VERSION = 1
_MARKS = 64
_ROWS = 256
"""Digested at once: what the processor holds at hand."""
_log = logging.getLogger(__name__)
Digests = NDArray[np.uint64]
Matrix = NDArray[np.float32]


def record_model(vault: LocalVaultService, model: str, names: Sequence[str] = (NODE_VECTORS, EPISODE_VECTORS)) -> None:
    """Note that every vector in the files `names` was made by `model` (id and variant). Call it after they are written.

    A crash in between leaves vectors of no known model, unless they were announced. Raises FileError, DamageError.
    """
    read = {NODE_VECTORS: vault.read_node_embeddings, EPISODE_VECTORS: vault.read_episode_embeddings}
    kept = {name: one for name, one in _parsed(read_record(vault.root)).items() if name not in names}
    found = {name: read[name]() for name in names}
    entries = {name: _described(model, rows) for name, rows in found.items() if rows.size}
    write_atomically(vault.root / RECORD, json.dumps({**kept, "version": _VERSION, **entries}, indent=1).encode())


def announce_model(root: Path, model: str, name: str, rows: Matrix) -> None:
    """Note that `rows` are about to become the file `name`, so that a crash after that loses nobody's name."""
    write_atomically(root / ANNOUNCED, json.dumps({"version": _VERSION, name: _described(model, rows)}).encode())


def adopt_announced(vault: LocalVaultService, name: str, rows: Matrix, of_rows: Digests) -> None:
    """Name the model of vectors that a crash left without one, when they were announced."""
    if model_of(read_record(vault.root), name, rows, of_rows) is not None or not of_rows.any():
        return
    announced = model_of(_read(vault.root / ANNOUNCED), name, rows, of_rows)
    if announced is not None:
        record_model(vault, announced, (name,))


def read_record(root: Path) -> bytes:
    """The record as it stands; empty when there is none."""
    return _read(root / RECORD)


def model_of(record: bytes, name: str, rows: Matrix, of_rows: Digests) -> str | None:
    """The model that made `rows`, those of the file `name`, by what `record` says; None when it is not known."""
    try:
        described: Mapping[str, Any] = _parsed(record).get(name) or {}
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


def _described(model: str, rows: Matrix) -> dict[str, Any]:
    return {"model": model, "width": int(rows.shape[1]), "marks": _marks(digests(rows))}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        _log.warning("%s cannot be read: %s", path, error)
        return b""


def _parsed(record: bytes) -> dict[str, Any]:
    try:
        found = json.loads(record or b"{}")
    except ValueError as error:
        _log.warning("%s does not parse: %s", RECORD, error)
        return {}
    return found if isinstance(found, dict) else {}

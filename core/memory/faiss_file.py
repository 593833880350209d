"""`indexes/faiss.index`: the vectors of the nodes as programs that know FAISS read them; number i is node i.

A flat index of unit vectors by inner product, SQ8 from LARGE nodes on (a quarter of the size). Derived: an index that
is damaged, absent or of other vectors is made again, one that lacks only the newest gets those. Ranking does not need
it: see core.memory.index.
"""

from __future__ import annotations

import importlib
import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGE = 20_000
_BLOCK = 16_384
_log = logging.getLogger(__name__)
Matrix = NDArray[np.float32]


def faiss() -> Any | None:
    """The library, or None where it is not installed."""
    try:
        return importlib.import_module("faiss")
    except ImportError:
        return None


def in_step(data: bytes | None, rows: Matrix) -> bytes | None:
    """The bytes of an index of the unit vectors `rows`, made of the old one's `data` where that is of them.

    None when `data` is that index already, or FAISS is not installed.
    """
    library = faiss()
    if library is None:
        return None
    index = _parsed(library, data)
    known = 0 if index is None else int(index.ntotal)
    if index is None or not _begins_with(index, library, rows):
        index, known = _empty(library, rows), 0
    elif known == len(rows):
        return None
    for at in range(known, len(rows), _BLOCK):
        index.add(np.ascontiguousarray(rows[at : at + _BLOCK], np.float32))
    written: bytes = library.serialize_index(index).tobytes()
    return written


def unit_rows(rows: Matrix) -> Matrix:
    """`rows` at unit length; those that are not embedded yet, or not finite, are zeros."""
    units = np.zeros(rows.shape, np.float32)
    for at in range(0, len(rows), _BLOCK):
        some = rows[at : at + _BLOCK].astype(np.float32)
        lengths = np.linalg.norm(some, axis=1, keepdims=True)
        sound = np.isfinite(lengths) & (lengths > 0)
        np.divide(some, lengths, out=units[at : at + _BLOCK], where=sound)
    return units


def _parsed(library: Any, data: bytes | None) -> Any | None:
    if not data:
        return None
    try:
        return library.deserialize_index(np.frombuffer(data, np.uint8))
    except RuntimeError as error:
        _log.warning("indexes/faiss.index is damaged and is made again: %s", str(error)[:200])
        return None


def _begins_with(index: Any, library: Any, rows: Matrix) -> bool:
    """Whether the index holds the first of `rows`, in the form that so many take."""
    large = isinstance(index, library.IndexScalarQuantizer)
    if not (large or isinstance(index, library.IndexFlatIP)) or index.d != rows.shape[1] or index.ntotal > len(rows):
        return False
    if large != (len(rows) >= LARGE):
        return False
    codes = library.vector_to_array(index.codes).reshape(index.ntotal, -1)
    return all(
        np.array_equal(index.sa_encode(np.ascontiguousarray(rows[at : at + len(some)])), some)
        for at in range(0, index.ntotal, _BLOCK)
        for some in (codes[at : at + _BLOCK],)
    )


def _empty(library: Any, rows: Matrix) -> Any:
    if len(rows) < LARGE:
        return library.IndexFlatIP(rows.shape[1])
    kind = library.ScalarQuantizer.QT_8bit
    index = library.IndexScalarQuantizer(rows.shape[1], kind, library.METRIC_INNER_PRODUCT)
    index.train(np.ascontiguousarray(rows[:: max(1, len(rows) // 100_000)]))
    return index

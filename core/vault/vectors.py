"""Vector files: NumPy's .npy, an array of float32 of shape (records, width). An all-zero row is not embedded yet.

Files of other programs open too: any real number type, any byte order, either array order. They are read as float32,
and become float32 when they are next written. A pickled array is never loaded.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import DamageError, UsageError
from core.files import COPY_STEP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_ROWS = 8192


@dataclass(frozen=True)
class Header:
    """What the header of an .npy file says. `offset`: where the numbers begin."""

    rows: int
    width: int
    dtype: Any
    fortran: bool
    offset: int

    @property
    def is_ours(self) -> bool:
        """Whether its rows are stored as we store them, so that their bytes can be copied."""
        return self.dtype.str == "<f4" and not self.fortran


def read_header(file: BinaryIO, relative: str) -> Header:
    """The header of an open .npy file. Raises DamageError("vault.unreadable") unless it holds all its numbers."""
    from numpy.lib import format as npy

    try:
        file.seek(0)
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(file)
    except (ValueError, TypeError, SyntaxError, OverflowError, EOFError) as error:
        raise _unreadable(relative, str(error)) from error
    offset = file.tell()
    if dtype.hasobject or dtype.kind not in "fiu" or not (len(shape) == 2 or shape == (0,)):
        raise _unreadable(relative, f"its array has the shape {shape} and the type {dtype}")
    size = file.seek(0, 2)
    if size != offset + math.prod(shape) * dtype.itemsize:
        raise _unreadable(relative, f"its header says {shape}, and it has {size} bytes")
    return Header(shape[0], shape[1] if len(shape) == 2 else 0, dtype, fortran, offset)


def load(file: BinaryIO, relative: str) -> Matrix:
    """The rows of an open .npy file: float32, shape (rows, width), read-only, mapped from the disk where possible."""
    import numpy as np

    header = read_header(file, relative)
    if not header.rows or not header.width:
        return np.zeros((header.rows, header.width), np.float32)
    if sys.platform == "win32":  # a mapped file could not be replaced there
        file.seek(0)
        rows: Matrix = np.load(file, allow_pickle=False)
    else:
        rows = _mapped(file, header)
    if rows.dtype.str == "<f4":
        rows.flags.writeable = False
        return rows
    return rows.astype(np.float32)


def encode(matrix: Matrix) -> Iterator[bytes]:
    """The bytes of an .npy file, in blocks."""
    yield header_bytes(matrix.shape[0], matrix.shape[1])
    yield from _row_bytes(matrix)


def appended(file: BinaryIO, before: int, rows: Matrix | None, count: int, relative: str) -> Iterator[bytes]:
    """The bytes of the open file with `before` rows and `count` more: `rows`, or zeros while they are not embedded.

    Raises UsageError("vault.width_differs") when `rows` are of another width than the file's.
    """

    header = read_header(file, relative)
    width = header.width if header.rows or rows is None else rows.shape[1]
    if rows is not None and rows.shape[1] != width:
        raise UsageError("vault.width_differs", path=relative, width=rows.shape[1], expected=width)
    yield header_bytes(before + count, width)
    if header.is_ours:
        file.seek(header.offset)
        while block := file.read(COPY_STEP):
            yield block
    else:
        yield from _row_bytes(load(file, relative))
    yield from _zeros(before - header.rows, width)
    yield from _row_bytes(rows) if rows is not None else _zeros(count, width)


def first(before: int, rows: Matrix) -> Iterator[bytes]:
    """The bytes of a new file: `before` rows that are not embedded yet, then `rows`."""
    yield header_bytes(before + rows.shape[0], rows.shape[1])
    yield from _zeros(before, rows.shape[1])
    yield from _row_bytes(rows)


def require_matrix(embeddings: Any) -> Matrix:
    """`embeddings` (array or nested lists) as float32 of shape (rows, width).

    Raises UsageError("vault.not_vectors") for anything else, and for numbers that are not finite.
    """
    import numpy as np

    try:
        matrix = np.ascontiguousarray(embeddings, dtype="<f4")
    except (ValueError, TypeError) as error:
        raise UsageError("vault.not_vectors", reason=str(error)) from error
    if matrix.shape == (0,):
        matrix = matrix.reshape(0, 0)
    if matrix.ndim != 2:
        raise UsageError("vault.not_vectors", reason=f"an array of shape {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise UsageError("vault.not_vectors", reason="numbers that are not finite")
    return matrix


def _mapped(file: BinaryIO, header: Header) -> Matrix:
    import numpy as np

    shape = (header.rows, header.width)
    order: Any = "F" if header.fortran else "C"
    mapped: Matrix = np.memmap(file, dtype=header.dtype, mode="r", offset=header.offset, shape=shape, order=order)
    return mapped


def header_bytes(rows: int, width: int) -> bytes:
    """What an .npy file of ours begins with."""
    from numpy.lib import format as npy

    out = BytesIO()
    npy.write_array_header_1_0(out, {"descr": "<f4", "fortran_order": False, "shape": (rows, width)})
    return out.getvalue()


def _row_bytes(matrix: Matrix) -> Iterator[bytes]:
    import numpy as np

    for start in range(0, matrix.shape[0], _ROWS):
        yield np.ascontiguousarray(matrix[start : start + _ROWS], dtype="<f4").tobytes()


def _zeros(rows: int, width: int) -> Iterator[bytes]:
    for start in range(0, rows, _ROWS):
        yield bytes(4 * width * min(_ROWS, rows - start))


def _unreadable(relative: str, reason: str) -> DamageError:
    return DamageError("vault.unreadable", path=relative, kept="-", reason=reason)

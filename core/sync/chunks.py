"""Cut files into chunks, so that a small change makes few new ones.

Most files are cut where their content says so (FastCDC 2020, parameters below), so an insertion moves no other
boundary. Arrays (`.npy`) change in place or grow at the end and are cut every 16 KiB; so is everything when the native
chunker is missing, since its pure-Python form reads 5 MB/s. Boundaries decide only what is sent twice, never what is
read back: a reader joins chunks of any length.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, BinaryIO

from core.errors import DamageError

FIXED_SIZE = 16 << 10
CDC_AVERAGE = 16 << 10
CDC_LEAST = 4 << 10
CDC_MOST = 64 << 10
CDC_NORMALIZATION = 1
_FIXED_SUFFIXES = (".npy",)


def cut_file(file: BinaryIO, relative: str, size: int | None = None) -> Iterator[bytes]:
    """The chunks of an open file, in order; with `size`, of its first `size` bytes only.

    Memory stays at a few chunks. Raises DamageError("chunks.shorter") when the file ends before `size`.
    """
    source: _Head | BinaryIO = file if size is None else _Head(file, size)
    cutter = None if relative.endswith(_FIXED_SUFFIXES) else _native_cutter()
    if cutter is None:
        while block := source.read(FIXED_SIZE):
            yield block
    else:
        chunker = cutter(
            CDC_AVERAGE, min_size=CDC_LEAST, max_size=CDC_MOST, normalized_chunking=CDC_NORMALIZATION, seed=0
        )
        for chunk in chunker.cut_stream(source):
            yield bytes(chunk.data)
    if isinstance(source, _Head) and source.left:
        raise DamageError("chunks.shorter", path=relative, expected=size or 0, missing=source.left)


@cache
def _native_cutter() -> Callable[..., Any] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from pyfastcdc.cy import FastCDC
        except ImportError:
            return None
    cutter: Callable[..., Any] = FastCDC
    return cutter


class _Head:
    """The first bytes of a file that may be growing. Reads fill what was asked for, up to the end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.left = size

    def read(self, count: int) -> bytes:
        block = self._file.read(min(count, self.left))
        self.left -= len(block)
        return block

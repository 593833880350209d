"""Moments and vectors, as other programs write them, in the one form that memory rows have.

A moment is UNIX seconds (UTC). A vector is the bytes of its float32 numbers, little-endian.
"""

from __future__ import annotations

import binascii
import math
import sys
from array import array
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from core.errors import CogzyError


class RowError(CogzyError):
    """A memory that cannot be taken as it is; `code` says why."""


# Counts from here on are of milliseconds, microseconds, nanoseconds: as seconds they would lie beyond the year 5000.
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))


def moment(value: Any) -> float | None:
    """`value` as UNIX seconds: a number (seconds, or a finer unit by its size), a datetime, or ISO 8601 text.

    Without a time zone it is UTC. None when it is no moment.
    """
    if type(value) is float and -1e11 < value < 1e11:
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


def vector_bytes(value: Any) -> bytes | None:
    """`value` as a vector: numbers, bytes that are one already, or base64 of such bytes.

    None for nothing, and for zeros alone: such a memory is not embedded yet. Raises RowError("rows.bad_vector") for
    anything else. Whether the numbers are finite is for `row_problem` to say.
    """
    if value is None:
        return None
    try:
        if type(value) is not bytes:
            value = _packed(value)
        if not any(array("f", value)):
            return None
    except (TypeError, ValueError, OverflowError) as error:
        raise RowError("rows.bad_vector", reason=str(error)) from error
    return bytes(value)


def numbers(vector: bytes) -> array[float]:
    """The float32 numbers of a vector."""
    found = array("f", vector)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def is_finite(vector: bytes) -> bool:
    """Whether all numbers of a vector are. What is not has all bits of its exponent set, so that its last byte tells
    of nearly every vector that it is."""
    highest = vector[3::4]
    if b"\x7f" not in highest and b"\xff" not in highest:
        return True
    return all(map(math.isfinite, numbers(vector)))


def _from_number(value: float) -> float | None:
    try:
        seconds = float(value)
    except OverflowError:
        return None
    if not math.isfinite(seconds):
        return None
    for least, unit in _UNITS:
        if abs(seconds) >= least:
            return seconds / unit
    return seconds


def _packed(value: Any) -> bytes:
    if isinstance(value, str):
        return binascii.a2b_base64(value.encode("ascii"), strict_mode=True)
    try:
        view = memoryview(value)
    except TypeError:
        return _from_numbers(value)
    if view.format in ("B", "b", "c"):
        return view.tobytes()
    if view.format in ("f", "<f") and view.ndim == 1:
        return view.tobytes()
    return _from_numbers(value)


def _from_numbers(value: Iterable[float]) -> bytes:
    packed = array("f", value)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()

"""Read JSON that came from a bucket: every value is checked for type and range before anybody uses it.

A bucket is somebody else's computer. What it hands back may be cut, flipped, forged or written by another program,
so nothing here guesses, converts or fills in: a field is what the format says, or `DamageError` names it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn

from core.errors import DamageError

MAX_INT = (1 << 63) - 1
MAX_TEXT = 1 << 15


def parse_object(data: bytes, code: str, where: str) -> Fields:
    """The JSON object in `data`. Raises DamageError(`code`) for anything else, duplicate keys included."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise DamageError(code, where=where, problem=_short(error)) from error
    if not isinstance(value, dict):
        raise DamageError(code, where=where, problem="not an object")
    return Fields(value, code, where)


class Fields:
    """The fields of one JSON object, each read with its type and limits. `where` names the object in errors."""

    def __init__(self, value: object, code: str, where: str) -> None:
        self._code = code
        self._where = where
        if not isinstance(value, dict):
            self.fail("", "not an object")
        self._value: dict[str, object] = value

    def __contains__(self, name: str) -> bool:
        return self._value.get(name) is not None

    def fail(self, name: str, problem: str) -> NoReturn:
        """Raise the DamageError for field `name`."""
        raise DamageError(self._code, where=f"{self._where}.{name}" if name else self._where, problem=problem)

    def text(self, name: str, pattern: re.Pattern[str] | None = None, most: int = MAX_TEXT) -> str:
        """A string of at most `most` characters that matches `pattern` wholly."""
        value = self._value.get(name)
        if not isinstance(value, str):
            self.fail(name, "not a text")
        if len(value) > most:
            self.fail(name, "too long")
        if pattern is not None and not pattern.fullmatch(value):
            self.fail(name, "malformed")
        return value

    def number(self, name: str, low: int = 0, high: int = MAX_INT) -> int:
        """An integer within [low, high]; `true` and 1.0 are none."""
        value = self._value.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            self.fail(name, "not a whole number")
        if not low <= value <= high:
            self.fail(name, "out of range")
        return value

    def flag(self, name: str) -> bool:
        """`true` or `false`."""
        value = self._value.get(name)
        if not isinstance(value, bool):
            self.fail(name, "not true or false")
        return value

    def raw(self, name: str, most: int = MAX_INT) -> bytes:
        """Base64 of at most `most` bytes."""
        value = self._value.get(name)
        if not isinstance(value, str):
            self.fail(name, "not base64")
        if len(value) > most * 4 // 3 + 4:
            self.fail(name, "too long")
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            self.fail(name, "not base64")

    def nested(self, name: str) -> Fields:
        """A nested object."""
        return Fields(self._value.get(name), self._code, f"{self._where}.{name}")

    def objects(self, name: str, most: int) -> Iterator[Fields]:
        """A list of at most `most` objects."""
        for i, item in enumerate(self._list(name, most)):
            yield Fields(item, self._code, f"{self._where}.{name}[{i}]")

    def texts(self, name: str, most: int, pattern: re.Pattern[str] | None = None) -> tuple[str, ...]:
        """A list of at most `most` strings."""
        items = self._list(name, most)
        for item in items:
            if not isinstance(item, str) or len(item) > MAX_TEXT or (pattern and not pattern.fullmatch(item)):
                self.fail(name, "holds something malformed")
        return tuple(str(item) for item in items)

    def _list(self, name: str, most: int) -> list[object]:
        value = self._value.get(name)
        if not isinstance(value, list):
            self.fail(name, "not a list")
        if len(value) > most:
            self.fail(name, "too many")
        return value


def dump(value: object) -> bytes:
    """Compact JSON. Names that are not valid UTF-8 travel as lone surrogates, escaped, as Python's os.fsdecode has."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def read_time(fields: Fields, name: str) -> datetime:
    """A time with its zone, as UTC."""
    try:
        when = datetime.fromisoformat(fields.text(name, most=64))
        if when.tzinfo is None:
            fields.fail(name, "without a time zone")
        return when.astimezone(UTC)
    except (ValueError, OverflowError):
        fields.fail(name, "not a time")


def time_text(when: datetime) -> str:
    """A time as the formats write it: ISO 8601, UTC, milliseconds."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def b64(data: bytes) -> str:
    """Base64 as text."""
    return base64.b64encode(data).decode("ascii")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number here")


def _short(error: Exception) -> str:
    return str(error)[:120] or type(error).__name__

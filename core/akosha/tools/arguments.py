"""The arguments of a tool or a route, read one by one: each has a type, limits and a default.

What is misspelt is refused and not ignored: a filter that silently does nothing would answer with other people's rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.akosha.errors import RequestError
from core.memory.values import moment

MOST_LISTED = 256
_LONGEST_NAME = 1_024
_HALF = re.compile("[\ud800-\udfff]")


class Arguments:
    """Arguments as they came (`None` counts as not given), of the tool or route called `of`."""

    def __init__(self, of: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
        self._of = of
        self._given = {name: value for name, value in given.items() if value is not None}
        names = sorted(known)
        for name in given:
            if name not in names:
                raise self._unknown(_shown(name), ", ".join(names))

    def has(self, name: str) -> bool:
        """Whether it was given."""
        return name in self._given

    def raw(self, name: str) -> Any:
        """The value as it came; None when not given."""
        return self._given.get(name)

    def text(self, name: str, default: str | None = None, *, most: int = _LONGEST_NAME) -> str:
        """Text of at most `most` characters that is not blank. Without a default it must be given."""
        value = self._value(name, default)
        if not isinstance(value, str) or not value.strip() or len(value) > most or not _is_whole(value):
            raise self._wrong(name, f"text of 1 to {most:,} characters")
        return value

    def optional(self, name: str, *, most: int = _LONGEST_NAME) -> str | None:
        """Text, or None when not given or empty."""
        return self.text(name, most=most) if self._given.get(name) not in (None, "") else None

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number between `low` and `high`."""
        value = self._value(name, default)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self._wrong(name, f"a whole number from {low} to {high:,}")
        return value

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """A finite number between `low` and `high`."""
        value = self._value(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise self._wrong(name, f"a number from {low} to {high}")
        if not low <= value <= high:
            raise self._wrong(name, f"a number from {low} to {high}")
        return float(value)

    def moment(self, name: str) -> float | None:
        """A moment as UNIX seconds; None when not given. ISO 8601 text will do."""
        if name not in self._given:
            return None
        found = moment(self._given[name])
        if found is None:
            raise self._wrong(name, "a date such as 2026-05-01, or UNIX seconds")
        return found

    def names(self, name: str) -> frozenset[str] | None:
        """A list of names (one alone will do); None when not given, which means all."""
        if name not in self._given:
            return None
        value = self._given[name]
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list | tuple) or len(listed) > MOST_LISTED:
            raise self._wrong(name, f"a list of at most {MOST_LISTED} names")
        if not all(isinstance(one, str) and 0 < len(one) <= _LONGEST_NAME and _is_whole(one) for one in listed):
            raise self._wrong(name, f"a list of at most {MOST_LISTED} names")
        return frozenset(listed) or None

    def mapping(self, name: str) -> dict[str, Any]:
        """An object; empty when not given."""
        value = self._value(name, {})
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return value

    def listed(self, name: str) -> list[Any]:
        """A list that must be given."""
        value = self._value(name, None)
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def _value(self, name: str, default: Any) -> Any:
        if name in self._given:
            return self._given[name]
        if default is None:
            raise self._missing(name)
        return default

    def yes_or_no(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def _unknown(self, name: str, known: str) -> RequestError:
        return RequestError("akosha.argument_unknown", of=self._of, name=name, known=known)

    def _missing(self, name: str) -> RequestError:
        return RequestError("akosha.argument_missing", of=self._of, name=name)

    def _wrong(self, name: str, wanted: str) -> RequestError:
        return RequestError("akosha.argument", of=self._of, name=name, wanted=wanted)


def _is_whole(text: str) -> bool:
    """Whether no half of a character (a lone surrogate) is in it, which no name and no word has."""
    return text.isascii() or not _HALF.search(text)


def _shown(name: object) -> str:
    text = str(name)
    return text if len(text) <= 80 else text[:80] + "…"

"""Changing one place of a JSON text that belongs to somebody else: every other byte stays as it is.

What is added is laid out as its neighbours are; what was added and is taken out again leaves no trace.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")
_BEFORE = re.compile(r"(\r?\n)([ \t]*)$")


@dataclass
class Place:
    """A value and where it stands: text[start:end]. `children`: of an object (with keys) or a list, in order."""

    start: int
    end: int
    value: Any
    children: list[Child] = field(default_factory=list)

    def child(self, key: str) -> Place | None:
        """The value of a key; of several the last, as every reader takes it."""
        return next((one.place for one in reversed(self.children) if one.key == key), None)


@dataclass
class Child:
    """One member or item. `start`: of its key, or of itself."""

    start: int
    key: str | None
    place: Place


def parsed(text: str) -> Place:
    """Where everything in `text` stands. Raises ValueError (json.JSONDecodeError) for what is no JSON."""
    json.loads(text)
    return _place(text, _skip(text, 0))


def with_child(text: str, parent: Place, key: str | None, value: Any) -> str:
    """`text` with one more member (or item, `key` None) at the end of `parent`."""
    lead = "" if key is None else json.dumps(key, ensure_ascii=False) + ": "
    if parent.children:
        last = parent.children[-1]
        before = _BEFORE.search(text[: last.start])
        at = last.place.end
        if before is None:
            return f"{text[:at]}, {lead}{_dumped(value, None, '', '')}{text[at:]}"
        line, indent = before[1], before[2]
        return f"{text[:at]},{line}{indent}{lead}{_dumped(value, _unit(text), line, indent)}{text[at:]}"
    unit = _unit(text)
    opening, closing = text[parent.start], text[parent.end - 1]
    if unit is None and text[: parent.start].strip():
        inside = lead + _dumped(value, None, "", "")
    else:
        line, own = _newline(text), _indent_at(text, parent.start)
        unit = unit or "  "
        inside = f"{line}{own}{unit}{lead}{_dumped(value, unit, line, own + unit)}{line}{own}"
    return text[: parent.start] + opening + inside + closing + text[parent.end :]


def with_value(text: str, place: Place, value: Any) -> str:
    """`text` with another value at that place."""
    unit = _unit(text) if "\n" in text[place.start : place.end] else None
    new = _dumped(value, unit, _newline(text), _indent_at(text, place.start))
    return text[: place.start] + new + text[place.end :]


def without_child(text: str, parent: Place, child: Child) -> str:
    """`text` without that member or item of `parent`; of the last one nothing stays between the brackets."""
    at = next(number for number, one in enumerate(parent.children) if one is child)
    if len(parent.children) == 1:
        return text[: parent.start + 1] + text[parent.end - 1 :]
    if at:
        return text[: parent.children[at - 1].place.end] + text[child.place.end :]
    return text[: child.start] + text[parent.children[1].start :]


def _place(text: str, at: int) -> Place:
    opening = text[at]
    if opening == '"':
        value, end = json.decoder.scanstring(text, at + 1, True)  # type: ignore[attr-defined]
        return Place(at, end, value)
    if opening not in "{[":
        found = _SCALAR.match(text, at)
        assert found is not None
        return Place(at, found.end(), json.loads(found[0]))
    children: list[Child] = []
    here = _skip(text, at + 1)
    while text[here] not in "}]":
        start, key = here, None
        if opening == "{":
            key, here = json.decoder.scanstring(text, here + 1, True)  # type: ignore[attr-defined]
            here = _skip(text, _skip(text, here) + 1)
        child = _place(text, here)
        children.append(Child(start, key, child))
        here = _skip(text, child.end)
        if text[here] == ",":
            here = _skip(text, here + 1)
    if opening == "{":
        return Place(at, here + 1, {str(one.key): one.place.value for one in children}, children)
    return Place(at, here + 1, [one.place.value for one in children], children)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def _dumped(value: Any, unit: str | None, line: str, indent: str) -> str:
    if unit is None:
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, indent=unit).replace("\n", line + indent)


def _unit(text: str) -> str | None:
    """What one level is indented by; None for a text in one line."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else ("  " if "\n" in text.strip() else None)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _indent_at(text: str, at: int) -> str:
    """The blanks at the beginning of the line of that place."""
    found = re.match(r"[ \t]*", text[text.rfind("\n", 0, at) + 1 : at])
    return found[0] if found else ""

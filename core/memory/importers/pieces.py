"""What importers share when they look at a foreign object: text of any kind, long things cut, unknown keys named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.memory.importers.report import Report

MOST_INPUT, MOST_RESULT, MOST_THOUGHT, MOST_SOURCE = 1_000, 1_000, 2_000, 300
"""Characters that are kept of what stands beside a text; an attached text keeps MOST_ATTACHED."""
MOST_ATTACHED = 20_000


@dataclass
class Reading:
    """What an importer needs beside its file. `told`: bytes read; `projects`: names by id, as far as seen."""

    report: Report
    told: Callable[[int], None] = lambda _: None
    projects: dict[str, str] = field(default_factory=dict)

    def cut(self, value: Any, most: int, what: str) -> str:
        """`value` as text of at most `most` characters; a cut is noted."""
        text = value if isinstance(value, str) else as_text(value)
        if len(text) <= most:
            return text
        self.report.note("import.shortened", name=what)
        return text[:most] + "…"

    def unknown(self, found: Mapping[str, Any], known: frozenset[str], what: str, place: str) -> dict[str, Any]:
        """The keys of `found` that are not `known` and say something: noted, and returned when they are small."""
        if found.keys() <= known:
            return {}
        kept = {}
        for key in found.keys() - known:
            value = found[key]
            if value in (None, "", [], {}, False):
                continue
            self.report.note("import.unknown_key", name=f"{what}.{key}", place=place)
            if len(as_text(value)) <= MOST_INPUT:
                kept[key] = value
        return kept


def words(text: str) -> frozenset[str]:
    """The words of `text`: a set that is long to write otherwise."""
    return frozenset(text.split())


def as_text(value: Any) -> str:
    """Any JSON value as text: strings as they are, lists of texts joined, anything else as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and value and all(isinstance(one, str | Mapping) for one in value):
        texts = [one if isinstance(one, str) else one.get("text") for one in value]
        if all(isinstance(text, str) for text in texts):
            return "\n".join(str(text) for text in texts if text)
    if isinstance(value, Mapping) and value.get("type") == "text" and isinstance(value.get("text"), str):
        return str(value["text"])
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return str(value)


def joined(texts: Iterable[Any]) -> str:
    """The texts among `texts`, one a paragraph."""
    return "\n\n".join(text.strip() for text in texts if isinstance(text, str) and text.strip())


def string(value: Any) -> str:
    """`value` when it is text, else nothing."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` when it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    """`value` when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def without_nothing(found: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says something."""
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}

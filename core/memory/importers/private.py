"""`<private>…</private>`: what stands between these is never taken over, wherever it stands."""

from __future__ import annotations

import re
from typing import Any

_PART = re.compile(r"<\s*private\s*>.*?<\s*/\s*private\s*>", re.IGNORECASE | re.DOTALL)
_OPENING = re.compile(rb"<\s*private\s*>", re.IGNORECASE)


def may_hold_private(encoded: bytes) -> bool:
    """Whether the JSON `encoded` has an opening tag somewhere."""
    return _OPENING.search(encoded) is not None


def without_private(value: Any) -> tuple[Any, int]:
    """`value` (text, or lists and objects with text) without private parts, and how many there were.

    A tag that is not closed stays: it is more often something that was written about than a mark.
    """
    if isinstance(value, str):
        return _PART.subn("", value)
    count = 0
    if isinstance(value, list):
        kept_items = []
        for item in value:
            kept, found = without_private(item)
            kept_items.append(kept)
            count += found
        return kept_items, count
    if isinstance(value, dict):
        kept_object = {}
        for key, item in value.items():
            kept_object[key], found = without_private(item)
            count += found
        return kept_object, count
    return value, 0

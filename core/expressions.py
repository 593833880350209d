"""Expressions that are looked for in much text: by RE2, in linear time, within bounded memory."""

from __future__ import annotations

from functools import cache
from typing import Any

_MOST_MEMORY = 32 << 20


@cache
def compiled(pattern: str) -> Any:
    """The expression; its `search(text, pos)` takes a str, or UTF-8 and then counts in bytes. It captures no groups."""
    import re2

    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.never_capture = True
    return re2.compile(pattern, options=options)

"""English sentences for every error code: one module a room, each with `MESSAGES: dict[code, (title, cause, next)]`.

Sentences are `str.format` templates over the error's params. `tests/test_messages.py` demands an entry for each
code that the code raises.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

Message = tuple[str, str, str]


_CODES = ("why", "code")


@cache
def catalog() -> dict[str, Message]:
    """All entries, by code."""
    found: dict[str, Message] = {}
    for module in pkgutil.iter_modules(__path__):
        found |= importlib.import_module(f"{__name__}.{module.name}").MESSAGES
    return found


def render(code: str, params: Mapping[str, object], translated: Callable[[str], str] = str) -> Message:
    """Title, cause and next step of `code`, with its params filled in. An unknown code shows itself.

    A param that is itself a code (`why`, `code`) shows that one's title. `translated` puts a template into another
    language.
    """
    if code not in catalog():
        return code, ", ".join(f"{name}={value}" for name, value in params.items()), ""
    titles = {
        name: translated(catalog()[str(value)][0])
        for name, value in params.items()
        if name in _CODES and value in catalog()
    }
    shown = _Shown({**params, **titles})
    title, cause, next_step = (translated(part).format_map(shown) for part in catalog()[code])
    return title, cause, next_step


class _Shown(dict[str, object]):
    """Params for `format_map`: one that is missing shows its name instead of raising while an error is shown."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"

"""What the hub's commands show a person. Memories are other people's text: nothing in one may steer the terminal."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.cli.output import ago

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_SHORTEST_WORD = 2
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # letters of some scripts and many emoji are made with these


def show_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns on a terminal; on anything else the same, as wide as it takes."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(plain(str(cell))) for cell in row))
    _console().print(table)


def show_hits(answer: Mapping[str, Any]) -> None:
    """The results of a search, best first, with what was looked for in bold."""
    from rich.text import Text

    console = _console()
    words = [word for word in re.findall(r"\w+", str(answer["query"])) if len(word) > _SHORTEST_WORD]
    for place, hit in enumerate(answer["results"], 1):
        head = Text(f"{place:>2}  ", style="dim")
        head.append(f"{hit['score']:.2f}  ", style="bold")
        head.append(" · ".join(filter(None, _origin(hit))), style="cyan")
        console.print(head, soft_wrap=True)
        console.print(_snippet(hit, words), soft_wrap=True)


def date(iso: str | None) -> str:
    """A day and time, here, of an ISO 8601 time; or nothing."""
    return f"{datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M}" if iso else ""


def since(iso: str | None) -> str:
    """How long ago an ISO 8601 time is; or nothing."""
    return ago(max(0.0, time.time() - datetime.fromisoformat(iso).timestamp())) if iso else ""


def plain(text: str) -> str:
    """`text` in one line, with everything that a terminal would obey instead of show made a space."""
    shown = (
        " " if unicodedata.category(one) in _UNSEEN and one not in _JOINERS else one for one in text.replace("\n", " ")
    )
    return " ".join("".join(shown).split())


def _origin(hit: Mapping[str, Any]) -> Iterable[str]:
    systems = hit.get("systems") or [hit.get("system_id")]
    yield ", ".join(plain(str(system)) for system in systems)
    yield plain(str(hit.get("kind") or ""))
    yield plain(str(hit.get("project") or ""))
    yield date(hit.get("created_at"))


def _snippet(hit: Mapping[str, Any], words: Sequence[str]) -> Text:
    """What of a memory fits the question, with the question's words in bold."""
    from rich.text import Text

    shown = Text("    " + plain(str(hit.get("snippet") or hit.get("text") or "")))
    shown.highlight_words(words, style="bold", case_sensitive=False)
    return shown


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 1000
    return console

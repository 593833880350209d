"""What of a memory is searched and embedded, and the piece of it that is shown for a query."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.memory.tokens import Token, index_terms, normalised, query_terms, token_terms, tokens
from core.memory.vocabulary import LEAST_PART, is_compound

__all__ = ["Snippet", "index_terms", "indexed_text", "query_terms", "snippet", "terms"]

terms = index_terms

_MONTH_NAMES = "January February March April May June July August September October November December"
_MONTHS = _MONTH_NAMES.split()  # strftime would translate them
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CUT = "…"
_MOST_SEARCHED = 1 << 16
"""Characters of a text that a snippet is looked for in."""
_JOINER = "\u200d"
_BLANKED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """`text` fits on one line; `matches` are the (start, end) of the words in it that match."""

    text: str
    matches: tuple[tuple[int, int], ...]


def indexed_text(text: str, *, speaker: str | None, created_at: float | None) -> str:
    """`text` with its date (UTC) and speaker before it, as it is indexed and embedded: "8 May 2023 Ana: Hello"."""
    prefix = " ".join(filter(None, (_date(created_at), speaker)))
    return f"{prefix}: {text}" if prefix else text


def snippet(text: str, query: str | Collection[str], width: int = 160) -> Snippet:
    """The stretch of `text`, at most `width` characters, that holds most of the query's different words, the rarest
    first; its beginning when it holds none. `query`: as typed, or its terms (tokens.query_terms).

    Characters that a terminal would act upon are shown as blanks. No character is cut from its accents.
    """
    wanted = frozenset(query_terms(query) if isinstance(query, str) else query)
    text = _plain(text[:_MOST_SEARCHED])
    found = _matches(text, wanted) if wanted else []
    start, end = _stretch(text, found, max(width - 2, 1)) if len(text) > width else (0, len(text))
    shown = text[start:end]
    left = len(shown) - len(shown.lstrip())
    before = _CUT if start else ""
    shift = len(before) - start - left
    stripped = shown.strip()
    matches = [
        (one.start + shift, one.end + shift)
        for one, _ in found
        if start + left <= one.start and one.end <= start + left + len(stripped)
    ]
    return Snippet(before + stripped + (_CUT if end < len(text) else ""), tuple(_joined(matches)))


def _date(created_at: float | None) -> str:
    if created_at is None:
        return ""
    try:
        day = _EPOCH + timedelta(seconds=created_at)
    except (OverflowError, ValueError):  # beyond the calendar, or no number
        return ""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _matches(text: str, wanted: frozenset[str]) -> list[tuple[Token, str]]:
    found: list[tuple[Token, str]] = []
    for token in tokens(text):
        if not token.spaceless:
            found += [(token, term) for term in token_terms(token) if term in wanted]
            continue
        for at in range(token.start, token.end):
            for end in range(at + 1, min(at + 2, token.end) + 1):
                if (term := normalised(text[at:end])) in wanted:
                    found.append((Token(text[at:end], at, end, True), term))
    parts = [term for term in wanted.difference(term for _, term in found) if len(term) >= LEAST_PART]
    if parts:  # as the search does: a word that occurs nowhere is looked for in compounds
        held = [(token, part) for token in tokens(text) for part in parts if is_compound(normalised(token.word), part)]
        found = sorted([*found, *held], key=lambda one: one[0].start)
    return found


def _stretch(text: str, found: list[tuple[Token, str]], width: int) -> tuple[int, int]:
    rarity = Counter(term for _, term in found)
    best, best_worth = (0, 0), 0.0
    held: Counter[str] = Counter()
    first, worth = 0, 0.0
    for last, (token, term) in enumerate(found):
        worth += 1 / rarity[term] if not held[term] else 0
        held[term] += 1
        while token.end - found[first][0].start > width and first < last:
            gone = found[first][1]
            held[gone] -= 1
            worth -= 1 / rarity[gone] if not held[gone] else 0
            first += 1
        if worth > best_worth + 1e-9:
            best, best_worth = (found[first][0].start, token.end), worth
    lead = max(0, width - (best[1] - best[0])) // 2 if best_worth else 0
    start = max(0, min(best[0] - lead, len(text) - width))
    end = min(len(text), start + width)
    return _at_word(text, start, best[0] if best_worth else start), _whole(text, end)


def _at_word(text: str, start: int, most: int) -> int:
    """The next beginning of a word behind `start`, if it comes before `most` and soon."""
    if start == 0:
        return 0
    blank = text.find(" ", start - 1, min(most, start + 20))
    start = blank + 1 if blank >= 0 else start
    while start < len(text) and _clings(text, start):
        start += 1
    return start


def _whole(text: str, end: int) -> int:
    while 0 < end < len(text) and _clings(text, end):
        end -= 1
    return end


def _clings(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it."""
    one, before = text[at], text[at - 1]
    return (
        unicodedata.category(one)[0] == "M"
        or one == _JOINER
        or before == _JOINER
        or "\U0001f3fb" <= one <= "\U0001f3ff"
        or ("\U0001f1e6" <= one <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
    )


def _plain(text: str) -> str:
    """Line ends, control characters and those that turn the direction of writing, as blanks: one for one."""
    return _BLANKED.sub(" ", text)


def _joined(matches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping or touching matches of spaceless runs as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(matches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined

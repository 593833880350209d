"""`cogzy search`."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.assistants.finding import Finder
from core.cli.output import Output
from core.errors import UsageError
from core.memory.answers import MOST_HITS
from core.sync.events import Search

_BOLD, _QUIET, _PLAIN = "\033[1m", "\033[2m", "\033[0m"
_STEPS = 8
_INDENT = "   "


def search(options: Any, output: Output) -> int:
    """Find memories of this vault."""
    if not 1 <= options.k <= MOST_HITS:
        raise UsageError("recall.wrong_number", least=1, most=MOST_HITS, seen=options.k)
    command = Search(
        " ".join(options.text),
        k=options.k,
        after=moment(options.after),
        before=moment(options.before),
        source=options.source,
        project=options.project,
        kind=options.kind,
    )
    answer = asyncio.run(_found(options.vault, command))
    colours = not output.json and sys.stdout.isatty()
    told = {"query": command.text, **answer}
    output.result(told, _lines(told, colours=colours))
    if options.source and not answer["hits"] and answer["sources"] and options.source not in answer["sources"]:
        print(from_nowhere(options.source, answer["sources"]), file=sys.stderr, flush=True)
    return 0


async def _found(vault: Path, command: Search) -> Mapping[str, Any]:
    finder = Finder(vault)
    try:
        return await finder.ask(command)
    finally:
        await finder.close()


def moment(text: str | None) -> float | None:
    """A date, or date and time, as UNIX seconds; without a time zone it is this computer's. Raises UsageError."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError("recall.wrong_date", seen=text[:40]) from error


def _lines(answer: Mapping[str, Any], *, colours: bool) -> Iterator[str]:
    width = min(shutil.get_terminal_size().columns, 120)
    for number, hit in enumerate(answer["hits"], 1):
        yield from _hit_lines(number, hit, width, colours)
    if not answer["hits"]:
        yield nothing_found(answer)
    for error in filter(None, (answer["meaning"]["why_not"], *answer["problems"])):
        yield f"Note: {error['title']}. {error['cause']} {error['next_step']}"


def nothing_found(answer: Mapping[str, Any]) -> str:
    """Why there are no hits."""
    if not answer["memories"]:
        return "This vault holds no memories yet."
    if not answer["words"] and not any(one.isalnum() for one in answer["query"]):
        return "There is no word in that to look for: give some, or a question."
    if not answer["words"] and not answer["meaning"]["on"]:
        return "These words are too common to be looked for; add one that stands out."
    return f"Nothing found among {answer['memories']:,} memories."


def from_nowhere(source: str, there: Sequence[str]) -> str:
    """What a person is told who asked for a source that no memory has."""
    return f"No memory is from {_plain(source)}. There are memories from: {', '.join(there)}."


def found_by_words_alone(waiting: int, memories: int) -> str:
    """What a person is told while memories wait for their vectors."""
    return f"{waiting:,} of {memories:,} memories are found by words alone; `cogzy import --embed` changes that."


def _hit_lines(number: int, hit: Mapping[str, Any], width: int, colours: bool) -> Iterator[str]:
    at = hit["created_at"]
    when = datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M") if at is not None else "no date"
    about = [when, hit["source"], hit["project"], _plain(hit["title"])]
    yield _styled(f"{number}. {' · '.join(filter(None, about))}"[:width], _BOLD, colours)
    text, matches = hit["snippet"], hit["matches"]
    yield from _wrapped(text, matches if colours else (), width)
    shares = f"{_bar(hit)} words {hit['lexical_share']:.0%}, meaning {hit['dense_share']:.0%}"
    yield _styled(f"{_INDENT}{hit['score']:.2f} {shares}  {hit['id']}", _QUIET, colours)
    yield ""


def _wrapped(text: str, matches: Sequence[Sequence[int]], width: int) -> Iterator[str]:
    """`text` in lines, its matches bold."""
    room, start = max(20, width - len(_INDENT)), 0
    while start < len(text):
        end = len(text)
        if end - start > room:
            blank = text.rfind(" ", start, start + room + 1)
            end = blank if blank > start else start + room
        line, at = "", start
        for first, last in matches:
            if first >= end or last <= start:
                continue
            first, last = max(first, start), min(last, end)
            line += f"{text[at:first]}{_BOLD}{text[first:last]}{_PLAIN}"
            at = last
        yield _INDENT + line + text[at:end]
        start = end + (text[end : end + 1] == " ")


def _bar(hit: Mapping[str, Any]) -> str:
    """A bar as long as the score: its words full, its meaning lighter."""
    long = round(float(hit["score"]) * _STEPS)
    words = round(float(hit["score"] * hit["lexical_share"]) * _STEPS)
    return "█" * words + "▒" * (long - words) + "·" * (_STEPS - long)


def _styled(text: str, style: str, colours: bool) -> str:
    return f"{style}{text}{_PLAIN}" if colours else text


def _plain(text: str | None) -> str | None:
    """Without what a terminal would act upon."""
    return None if text is None else "".join(one if one.isprintable() else " " for one in text)

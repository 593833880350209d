"""Gemini in a Google Takeout as a page: `MyActivity.html`, under its name in the language of the account.

A cell is "Prompted …<br>[files]<br>moment<br>answer": the first line that is a moment parts prompt and answer. The page
is read cell by cell.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from core.memory.importers.conversation import Conversation
from core.memory.importers.gemini import Prompt, grouped, split_title
from core.memory.importers.html_text import to_text
from core.memory.importers.moments import is_local, local
from core.memory.importers.opening import Member
from core.memory.importers.pieces import Reading
from core.memory.importers.stream import TextStream

_CELL = re.compile(rb'<div[^>]*class="[^"]*\bouter-cell\b')
_HEADER = re.compile(r'class="[^"]*\bheader-cell\b[^"]*"[^>]*>(.*?)</div>', re.DOTALL)
_CONTENT = re.compile(r'<div[^>]*class="[^"]*\bcontent-cell\b[^"]*"[^>]*>')
_PRODUCT = re.compile(r"gemini|bard|ai mode", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>|</?p>", re.IGNORECASE)
_LINK = re.compile(r'<a\s[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
_LONGEST_TAG = 512
_END = re.compile(r"</div>\s*$")


def conversations(member: Member, reading: Reading) -> Iterator[Conversation]:
    """The conversations of one page."""
    yield from grouped(_prompts(member, reading))


def _prompts(member: Member, reading: Reading) -> Iterator[Prompt]:
    for position, cell in enumerate(_cells(member, reading)):
        place = f"cell {position + 1}"
        header = _HEADER.search(cell)
        if header is not None and not _PRODUCT.search(to_text(header[1])):
            reading.report.note("import.left_out", name=f"activity of {to_text(header[1])}", place=place)
            continue
        made = _prompt(cell, reading, place)
        if made is not None:
            yield made


def _cells(member: Member, reading: Reading) -> Iterator[str]:
    with TextStream(member, reading.report, reading.told) as stream:
        rest, inside = bytearray(), False
        while block := stream.read():
            searched = max(0, len(rest) - _LONGEST_TAG)
            rest += block
            start = 0
            for found in _CELL.finditer(bytes(rest[searched:])):
                begin = searched + found.start()
                if inside and begin > start:
                    yield rest[start:begin].decode("utf-8", "replace")
                start, inside = begin, True
                stream.item_done()
            del rest[: start if inside else max(0, len(rest) - _LONGEST_TAG)]
        if inside:
            yield rest.decode("utf-8", "replace")


def _prompt(cell: str, reading: Reading, place: str) -> Prompt | None:
    contents = [found.end() for found in _CONTENT.finditer(cell)]
    if not contents:
        reading.report.note("import.broken_item", name="cell", place=place)
        return None
    ends = _CONTENT.search(cell, contents[0])
    body = cell[contents[0] : ends.start() if ends else len(cell)]
    body = _END.sub("", body) if ends else body
    pieces = _BREAK.split(body)
    lines = [_plain(piece) for piece in pieces]
    when = next((number for number, line in enumerate(lines) if number and is_local(line)), None)
    if when is None:
        reading.report.note("import.unknown_content", name="a cell without a moment", place=place)
        return None
    time = local(lines[when])
    if time is None:
        reading.report.note(
            "import.unknown_content", name="a moment in another language", place=f"{place}: {lines[when]}"
        )
    links = [(html.unescape(url), _plain(name)) for piece in pieces[1:when] for url, name in _LINK.findall(piece)]
    said = [
        line for number, line in enumerate(lines[:when]) if number == 0 or not _is_about_files(line, pieces[number])
    ]
    answer = to_text(body[_after(body, when) :])
    prompt = split_title("\n".join(said).strip(), bool(answer), reading, place)
    if prompt is None:
        return None
    attached = [{"kind": "file", "name": name or url, "id": url} for url, name in links if "://" not in url]
    sources = [{"title": name, "url": url} for url, name in links if "://" in url]
    beside = {"attachments": attached, "sources": sources}
    return Prompt(time, "", prompt, answer, {name: values for name, values in beside.items() if values})


def _after(body: str, when: int) -> int:
    """Where in `body` the piece after the one numbered `when` begins."""
    place = 0
    for number, found in enumerate(_BREAK.finditer(body)):
        place = found.end()
        if number == when:
            break
    return place


def _is_about_files(line: str, piece: str) -> bool:
    """Whether a line between prompt and moment names what was attached."""
    return "<a " in piece or bool(re.fullmatch(r"\D{0,40}\d+ \D{1,40}\.", line))


def _plain(piece: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", piece)).replace("\xa0", " ").replace("\u202f", " ").split())

"""Sanitised HTML of answers as plain text: paragraphs, list items and code keep their lines."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from core.memory.importers.pieces import words

_BLOCKS = words(
    """
    p div br li ul ol tr table pre blockquote h1 h2 h3 h4 h5 h6 hr section article header footer dl dt dd
    """
)
_SILENT = frozenset(("script", "style", "head", "title"))
_BLANKS = re.compile(r"[ \t\xa0\u202f]+")
_ITEMS = re.compile(r"\n{2,}- ")
_LINES = re.compile(r"\n{3,}")


def to_text(html: str) -> str:
    """The text of `html`."""
    if "<" not in html and "&" not in html:
        return html.strip()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.rstrip() for line in "".join(reader.out).split("\n")]
    lines = [line[1:] if line[:1] == " " and line[:2] != "  " else line for line in lines]
    return _LINES.sub("\n\n", _ITEMS.sub("\n- ", "\n".join(lines))).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._silent = 0
        self._code = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.out.append("\n")
            if tag == "li":
                self.out.append("- ")
            self._code += tag == "pre"
        elif tag in ("td", "th"):
            self.out.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS and tag != "br":
            self.out.append("\n")
            self._code = max(0, self._code - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(data if self._code else _BLANKS.sub(" ", data.replace("\n", " ")))

"""The text of a file of an export as UTF-8 blocks, whatever it is written in, within limits.

A byte-order mark or UTF-16 is undone; bytes that are no UTF-8 become U+FFFD and are noted. What is nested deeper than
any export ends the import before a parser meets it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import BinaryIO

from core.errors import DamageError, RefusedError
from core.memory.importers.opening import Member
from core.memory.importers.report import Report

BLOCK = 256 << 10
MOST_DEPTH = 500
MOST_ITEM = 256 << 20
"""Bytes of one conversation in a file: it is held in memory."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARK = re.compile(rb'["\[\]{}]')
_IN_TEXT = re.compile(rb'(?:[^"\\]|\\.)*', re.DOTALL)


class TextStream:
    """Reads a Member as UTF-8. `told` gets the bytes of the file that each read took."""

    def __init__(self, member: Member, report: Report, told: Callable[[int], None] = lambda _: None) -> None:
        self._member = member
        self._report = report
        self._told = told
        self._raw: BinaryIO = member.open()
        self.is_cut = False
        """Whether the file ended within something; for whoever reads to say."""
        self._first = True
        self._encoding = "utf-8"
        self._wide: codecs.IncrementalDecoder | None = None
        self._rest = b""
        self._count = 0
        self._item_from = 0
        self._nesting = 0
        self._measured = False

    def __enter__(self) -> TextStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()

    def item_done(self) -> None:
        """The parser has handed out what it read so far."""
        self._item_from = self._count

    def read(self, size: int = BLOCK) -> bytes:
        """The next block; empty at the end. Raises DamageError, RefusedError."""
        if size == 0:
            return b""
        while True:
            try:
                block = self._raw.read(BLOCK)
            except OSError as error:
                raise DamageError(
                    "import.unreadable", path=self._member.name, reason=error.strerror or str(error)
                ) from error
            self._told(len(block))
            self._count += len(block)
            if self._count - self._item_from > MOST_ITEM:
                raise RefusedError("import.item_too_large", path=self._member.name, most=MOST_ITEM >> 20)
            text = self._text(block, final=not block)
            if text or not block:
                return text

    def _text(self, block: bytes, *, final: bool) -> bytes:
        if self._first:
            self._first = False
            block = self._begin(block)
        if self._wide is not None:
            return self._wide.decode(block, final).encode("utf-8", "replace")
        if not self._rest and block.isascii():
            return block
        data = self._rest + block
        try:
            _, used = codecs.utf_8_decode(data, "strict", final)
            self._rest = data[used:]
            return data[:used]
        except UnicodeDecodeError as error:
            place = f"byte {self._count - len(data) + error.start}"
            self._report.note("import.broken_text", name=self._encoding, place=place)
            text, used = codecs.utf_8_decode(data, "replace", final)
            self._rest = data[used:]
            return text.encode()

    def _begin(self, block: bytes) -> bytes:
        for mark, encoding in _MARKS:
            if block.startswith(mark):
                self._encoding = encoding
                block = block[len(mark) :]
                break
        else:
            if block[1:2] == b"\0" and block[:1] in b"[{<":
                self._encoding = "utf-16-le"
            elif block[:1] == b"\0" and block[1:2] in (b"[", b"{", b"<"):
                self._encoding = "utf-16-be"
        if self._encoding != "utf-8":
            self._wide = codecs.getincrementaldecoder(self._encoding)("replace")
        return block


class JsonStream(TextStream):
    """A TextStream for a JSON parser: also ends what is nested too deep."""

    def read(self, size: int = BLOCK) -> bytes:
        """See TextStream."""
        block = super().read(size)
        if not self._measured:
            opened = block.count(b"[") + block.count(b"{")
            closed = block.count(b"]") + block.count(b"}")
            self._nesting = max(0, self._nesting + opened - closed)
            if self._nesting > MOST_DEPTH:  # brackets in texts count here too
                self._measured = True
                require_shallow(self._member, self._report)
        return block


def require_shallow(member: Member, report: Report) -> None:
    """Raise RefusedError when the JSON in `member` is nested deeper than MOST_DEPTH; reads it once."""
    depth, inside, escape = 0, False, b""
    with TextStream(member, report) as stream:
        while block := stream.read():
            data, at = escape + block, 0
            escape = b""
            while at < len(data):
                if inside:
                    found = _IN_TEXT.match(data, at)
                    assert found is not None  # it matches nothing, too
                    at = found.end()
                    if data[at : at + 1] == b'"':
                        inside, at = False, at + 1
                    else:
                        escape, at = data[at:], len(data)  # at most a backslash
                    continue
                mark = _MARK.search(data, at)
                if mark is None:
                    break
                at = mark.end()
                inside = mark[0] == b'"'
                depth += 0 if inside else 1 if mark[0] in b"[{" else -1
                if depth > MOST_DEPTH:
                    raise RefusedError("import.too_deep", path=member.name, most=MOST_DEPTH)

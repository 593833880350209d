"""Records out of large JSON files, one after the other, and the vectors that stand beside them in a `.npy` file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from core.errors import DamageError

if TYPE_CHECKING:
    import numpy as np

MOST_ITEM = 32 << 20
"""Characters of one record; a record that is longer is no memory."""
_STEP = 1 << 20
_BLANK = " \t\r\n"


def json_items(path: Path, under: str | None = None) -> Iterator[Any]:
    """The items of the list that the file holds, or of the list `under` this name in its object.

    Holds one item at a time. Raises DamageError `akosha.ingest_bad_file` for anything else, when it comes to it.
    """
    with path.open(encoding="utf-8", newline="") as file:
        text = _Text(file, path.name)
        if under is not None:
            text.enter(under)
        text.expect("[")
        if text.peek() == "]":
            text.expect("]")
        else:
            while True:
                yield text.value()
                if text.peek() != ",":
                    break
                text.expect(",")
            text.expect("]")
        if under is None and text.peek():
            text.fail("more than one list")


def read_vectors(path: Path) -> np.ndarray[Any, Any]:
    """The rows of a `.npy` file as a memory map, of shape (n, width). Raises DamageError."""
    import numpy as np

    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError) as error:
        raise DamageError("akosha.ingest_bad_file", name=path.name, problem=str(error)[:200]) from error
    if isinstance(found, np.ndarray) and not found.size and found.ndim:
        return found.reshape(len(found), 0)
    if not isinstance(found, np.ndarray) or found.ndim != 2 or found.dtype.kind != "f":
        raise DamageError("akosha.ingest_bad_file", name=path.name, problem="it is no table of floating-point numbers")
    return found


class _Text:
    """JSON text with a place in it, read as it is needed."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file = file
        self._name = name
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more(_STEP)

    def expect(self, character: str) -> None:
        if self.peek() != character:
            self.fail(f"no {character!r} where one should be")
        self._at += 1

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        step = _STEP
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                self.fail("too deep")
            except ValueError as error:
                if self._ended or len(self._text) - self._at > MOST_ITEM:
                    self.fail(str(error)[:200])
            else:
                if end < len(self._text) or self._ended:  # a number at the end may go on
                    self._at = end
                    return value
            self._more(step)
            step *= 2

    def enter(self, name: str) -> None:
        """Go to the value that stands under `name` in the object that begins here."""
        self.expect("{")
        while self.peek() == '"':
            found = self.value()
            self.expect(":")
            if found == name:
                return
            self.value()
            if self.peek() == ",":
                self.expect(",")
        self.fail(f"it has no {name!r}")

    def fail(self, problem: str) -> Any:
        raise DamageError("akosha.ingest_bad_file", name=self._name, problem=problem)

    def _more(self, count: int) -> None:
        try:
            read = self._file.read(count)
        except UnicodeDecodeError as error:
            self.fail(str(error)[:200])
        self._ended = not read
        self._text = self._text[self._at :] + read
        self._at = 0

"""Corpus files: a JSON array of records, one a line, as any JSON reader expects it.

- Files of other programs open too: indented, with a BOM, in UTF-16, with NaN or integers of any length, or wrapped as
  `{"nodes": [...], ...}`; the wrapper and every unknown key stay. (A number that JSON cannot say, such as NaN, becomes
  null only when its whole file is written anew.)
- Appending copies the old bytes up to the closing bracket and never parses them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import DamageError, UsageError

Record = dict[str, Any]

_BATCH = 512
_TAIL = 1 << 16
_BLANK = b" \t\r\n"
_WRAPPER_KEYS = ("records", "items", "data")
_DIGITS = bytes(0x30 if 0x30 <= byte <= 0x39 else 0 for byte in range(256))


@dataclass(frozen=True)
class Corpus:
    """The records of a file and, when they stood in an object, that object and the key they stood under."""

    records: list[Record]
    wrapper: dict[str, Any] | None = None
    key: str = ""


def parse_json(data: bytes, relative: str) -> Any:
    """The value in `data`. Raises DamageError("vault.unreadable") when it is not JSON."""
    import orjson

    try:
        # orjson rounds integers beyond 64 bits; json keeps them.
        if b"0" * 19 in data.translate(_DIGITS):
            return json.loads(data)
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unreadable(relative, str(error)) from error


def parse_corpus(data: bytes, relative: str) -> Corpus:
    """The records in `data`. Raises DamageError("vault.unreadable") when there is no list of objects in it."""
    found = parse_json(data, relative)
    kind = Path(relative).stem
    if isinstance(found, dict):
        key = next((k for k in (kind, *_WRAPPER_KEYS) if isinstance(found.get(k), list)), None)
        if key is None:
            raise _unreadable(relative, f"an object without a list of {kind}")
        corpus = Corpus(found[key], found, key)
    elif isinstance(found, list):
        corpus = Corpus(found)
    else:
        raise _unreadable(relative, f"not a list of {kind}")
    if not all(isinstance(record, dict) for record in corpus.records):
        raise _unreadable(relative, f"not every item of its list of {kind} is an object")
    return corpus


def encode_corpus(records: Sequence[Record], like: Corpus | None = None) -> Iterator[bytes]:
    """The bytes of a corpus file, in blocks; wrapped as `like` was."""
    if like is not None and like.wrapper is not None:
        yield encode_json({**like.wrapper, like.key: list(records)})
        return
    yield b"["
    yield from _lines(records, first=b"\n")
    yield b"\n]\n"


def appended(file: BinaryIO, records: Sequence[Record], relative: str) -> tuple[int, Iterable[bytes]]:
    """How many bytes of the open corpus `file` stay, and what comes after them, to append `records`."""
    size, separator = end_of(file)
    if size:
        return size, (*_lines(records, first=separator), b"\n]\n")
    file.seek(0)
    corpus = parse_corpus(file.read(), relative)
    return 0, encode_corpus([*corpus.records, *records], corpus)


def end_of(file: BinaryIO) -> tuple[int, bytes]:
    """How many bytes of the open corpus `file` stay when records follow, and what comes before the first of these.

    0 when the file has to be parsed for it.
    """
    end = file.seek(0, 2)
    file.seek(0)
    opens = file.read(_TAIL).lstrip(_BLANK).startswith(b"[")
    start = file.seek(max(0, end - _TAIL))
    body = file.read().rstrip(_BLANK)
    if opens and body.endswith(b"]") and len(rest := body[:-1].rstrip(_BLANK)) > 0:
        return start + len(rest), b"\n" if rest.endswith(b"[") else b",\n"
    return 0, b""


def encode_json(value: Any) -> bytes:
    """`value` as JSON. Raises UsageError("vault.not_json") for what JSON cannot hold."""
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:  # integers beyond 64 bits, lone surrogates
        try:
            return json.dumps(value).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise UsageError("vault.not_json", reason=str(error)) from error


def require_records(records: Iterable[Any]) -> list[Record]:
    """`records` as a list. Raises UsageError("vault.not_a_record") unless every one is an object with text keys."""
    checked = list(records)
    for index, record in enumerate(checked):
        if not isinstance(record, dict) or not all(isinstance(key, str) for key in record):
            raise UsageError("vault.not_a_record", index=index, seen=repr(record)[:80])
    return checked


def _lines(records: Sequence[Record], *, first: bytes) -> Iterator[bytes]:
    separator, remaining = first, iter(records)
    while batch := list(islice(remaining, _BATCH)):
        yield separator + b",\n".join(map(encode_json, batch))
        separator = b",\n"


def _unreadable(relative: str, reason: str) -> DamageError:
    return DamageError("vault.unreadable", path=relative, kept="-", reason=reason)

"""The vectors of a batch, packed on the way out of its text: as JSON alone they would be 400,000 objects at once.

What is taken out of the text is put back into the very items that it was in, as float32 bytes, which an item may hold
just as well. In valid JSON a quote without a backslash before it, the word and a quote are a whole string, and a colon
makes it a key; what follows is parsed for itself, and must be a list of numbers. Whatever else is named so (in the
metadata, in another tool's arguments), and a list of anything else, is not ours: such a body is parsed as it stands.
"""

from __future__ import annotations

import re
import secrets
import struct
from typing import Any

import orjson

MOST_NUMBERS = 4096
"""Of a list that is taken for a vector."""
_KEY = b'"embedding"'
_OPENS = re.compile(rb"\s*:\s*\[")
_LONGEST = 40 * MOST_NUMBERS


def parsed_apart(body: bytearray, most_values: int) -> Any | None:
    """The JSON value of a call that brings many memories, their vectors packed; None when it is to be parsed as usual.

    `most_values`: how many values it may have for that, each character beside the vectors counted as one.
    """
    pieces, packed = _taken_out(body, most_values)
    if not packed:
        return None
    try:
        value = orjson.loads(b"".join(pieces))
        items = value["params"]["arguments"]["memories"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return None
    return value if isinstance(items, list) and _put_back(items, packed) else None


def _taken_out(body: bytearray, most_values: int) -> tuple[list[bytes | bytearray], dict[str, bytes]]:
    """The text with a name in the place of each vector, in pieces, and the vectors by these names.

    Nothing at the first that is none: what is looked at twice for nothing must not add up.
    """
    secret = secrets.token_hex(8)
    pieces: list[bytes | bytearray] = []
    packed: dict[str, bytes] = {}
    values = done = 0
    at = body.find(_KEY)
    while at >= 0:
        end = at + len(_KEY)
        if body[at - 1 : at] != b"\\" and (opens := _OPENS.match(body, end)) is not None:
            start, end = opens.end() - 1, body.find(b"]", opens.end(), opens.end() + _LONGEST) + 1
            vector = _packed(body[start:end])
            values += start - done + len(vector) // 4
            if not vector or values > most_values:
                return [], {}
            name = f"{secret}-{len(packed)}"
            packed[name] = vector
            pieces += (body[done:start], b'"%s"' % name.encode())
            done = end
        at = body.find(_KEY, end)
    pieces.append(body[done:])
    return (pieces, packed) if values + len(body) - done <= most_values else ([], {})


def _packed(text: bytearray) -> bytes:
    """A list of numbers as float32, little endian; empty for anything else."""
    try:
        numbers = orjson.loads(text)
        return struct.pack(f"<{len(numbers)}f", *numbers) if len(numbers) <= MOST_NUMBERS else b""
    except (orjson.JSONDecodeError, struct.error, OverflowError):
        return b""


def _put_back(items: list[Any], packed: dict[str, bytes]) -> bool:
    """Give the items their vectors; whether they had all of them."""
    found = 0
    for item in items:
        named = item.get("embedding") if isinstance(item, dict) else None
        if isinstance(named, str) and named in packed:
            item["embedding"] = packed[named]
            found += 1
    return found == len(packed)

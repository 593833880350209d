"""Big JSON one item at a time: no more of a file is in memory than the conversation that is being read.

What a strict parser refuses though people do write it (NaN, integers beyond 64 bits, control characters in a text) is
read in the standard library's way when the file is small enough to be held.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from core.errors import DamageError
from core.memory.importers.opening import Member
from core.memory.importers.report import Report
from core.memory.importers.stream import BLOCK, JsonStream, TextStream, require_shallow

_SMALL_BLOCK = 4096
"""What stands in a block is gone over before any of it comes out: small ones keep a bomb of brackets small."""
_LONGEST_PATH = 4096
MOST_WHOLE = 64 << 20
"""Bytes of a file that is read whole when it is no strict JSON."""


def items(member: Member, path: str, report: Report, told: Callable[[int], None] = lambda _: None) -> Iterator[Any]:
    """What stands at `path`, one after the other: "item" in a list, "conversations.item", "" for the whole.

    Raises DamageError("import.not_json") for what is no JSON or was cut off, RefusedError for what is nested too deep.
    """
    import ijson  # type: ignore[import-untyped]

    count = 0
    try:
        with JsonStream(member, report, told) as stream:
            for item in ijson.items(stream, path, use_float=True, buf_size=BLOCK):
                stream.item_done()
                yield item
                count += 1
    except ijson.JSONError as error:
        reason = _reason(error)
        if reason == "premature EOF" or member.size > MOST_WHOLE:
            raise DamageError("import.not_json", path=member.name, place=f"item {count + 1}", reason=reason) from error
        yield from _read_whole(member, path, report, count, reason)


def beginning(head: bytes) -> Iterator[tuple[str, str, Any]]:
    """What `head`, the first bytes of a JSON file, says: (path, event, value), as far as it goes."""
    import ijson

    with contextlib.suppress(ijson.JSONError):  # it ends within the head, or is no JSON: reading it will tell
        for path, event, value in ijson.parse(head, use_float=True, buf_size=_SMALL_BLOCK):
            if len(path) > _LONGEST_PATH:
                return
            yield path, event, value


def counted(member: Member, report: Report) -> Counter[str]:
    """How many items each list at the top of an object has. Raises DamageError."""
    import ijson

    found: Counter[str] = Counter()
    depth, name = 0, ""
    with JsonStream(member, report) as stream:
        try:
            for event, value in ijson.basic_parse(stream, use_float=True, buf_size=BLOCK):
                if event == "map_key":
                    if depth == 1:
                        name = value
                elif event in ("start_map", "start_array"):
                    depth += 1
                    found[name] += depth == 3
                elif event in ("end_map", "end_array"):
                    depth -= 1
                elif depth == 2:
                    found[name] += 1
        except ijson.JSONError as error:
            raise DamageError("import.not_json", path=member.name, place=name, reason=_reason(error)) from error
    return found


def _read_whole(member: Member, path: str, report: Report, done: int, reason: str) -> Iterator[Any]:
    require_shallow(member, report)
    with TextStream(member, report) as stream:
        blocks = []
        while block := stream.read():
            blocks.append(block)
            stream.item_done()
            if sum(map(len, blocks)) > MOST_WHOLE:
                raise DamageError("import.not_json", path=member.name, place=f"item {done + 1}", reason=reason)
    try:
        found = json.loads(b"".join(blocks), strict=False)
    except (ValueError, RecursionError) as error:
        raise DamageError("import.not_json", path=member.name, place=f"item {done + 1}", reason=str(error)) from error
    for part in path.split(".") if path else ():
        if part != "item":
            found = found.get(part, []) if isinstance(found, dict) else []
    listed = found if path.endswith("item") else [found]
    yield from listed[done:] if isinstance(listed, list) else ()


def _reason(error: Exception) -> str:
    """What the parser says, without the text round the place."""
    said = error.args[0] if error.args else str(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return text.split("\n", 1)[0].strip().removeprefix("parse error: ").removeprefix("lexical error: ")[:200]

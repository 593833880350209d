"""Where the conversations stand in a JSON file: in a list, in a list of an object, or the file is one of them."""

from __future__ import annotations

from core.memory.importers.json_items import beginning
from core.memory.importers.opening import Member
from core.memory.importers.report import Report
from core.memory.importers.stream import TextStream


def path_of(member: Member, report: Report, *, inside: str = "conversations") -> str:
    """The path for json_items.items. `inside`: the list of an object that has one."""
    with TextStream(member, report) as stream:
        head = b""
        while len(head) < 1 << 16 and (block := stream.read()):
            head += block
    if head.lstrip()[:1] == b"[":
        return "item"
    has_list = any(path == inside and event == "start_array" for path, event, _ in beginning(head))
    return f"{inside}.item" if has_list else ""

"""Reading what people export from their assistants: one module a format, and what they share.

`read` gives conversations, one at a time, from files, folders and zips; what a file is shows in its content. What the
formats look like, and where that is known from, stands in docs/IMPORT.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from core.errors import UsageError
from core.memory.importers import chatgpt, claude, claude_code, gemini, gemini_html, grok
from core.memory.importers.conversation import Conversation, Message
from core.memory.importers.detect import NAMES, SOURCES, Shape, shape_of, source_of
from core.memory.importers.opening import Member, Members
from core.memory.importers.pieces import Reading
from core.memory.importers.records import Encoded, encoded
from core.memory.importers.report import Finding, Report

__all__ = [
    "NAMES",
    "SOURCES",
    "Conversation",
    "Encoded",
    "Finding",
    "Member",
    "Message",
    "Report",
    "encoded",
    "read",
    "read_member",
]

_READERS: dict[Shape, Callable[[Member, Reading], Iterator[Conversation]]] = {
    Shape.CLAUDE_PROJECTS: claude.projects,  # first: conversations name projects by their id
    Shape.CLAUDE_MEMORIES: claude.memories,
    Shape.CLAUDE: claude.conversations,
    Shape.CLAUDE_DESIGN: claude.design_chats,
    Shape.CHATGPT: chatgpt.conversations,
    Shape.GROK: grok.conversations,
    Shape.GEMINI: gemini.conversations,
    Shape.GEMINI_HTML: gemini_html.conversations,
    Shape.GEMINI_WORKSPACE: gemini.workspace,
    Shape.CLAUDE_CODE: claude_code.conversations,
}


def read(
    paths: list[Path], source: str, report: Report, told: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Conversation]:
    """The conversations in `paths`. `source`: "auto", or one of SOURCES, whose files alone are read then.

    `told` gets bytes that were read, and bytes there are. Raises UsageError when nothing there is known, DamageError
    for a file that is cut off or broken, RefusedError for one that is made to do harm: then nothing should be taken.
    """
    wanted = SOURCES.get(source, "")
    with Members(paths, report) as members:
        known = _known(members.found(), wanted, report)
        total, done = sum(member.size for _, member in known), 0

        def took(count: int) -> None:
            nonlocal done
            done += count
            told(min(done, total), total)

        reading = Reading(report, took)
        for shape, member in known:
            report.file = member.name
            report.files += 1
            yield from _READERS[shape](member, reading)
        report.file = ""


def read_member(member: Member, report: Report) -> Iterator[Conversation]:
    """The conversations in one file of whatever known shape; none when it is of no known one."""
    report.file = member.name
    shape = shape_of(member, report)
    if shape in _READERS:
        report.files += 1
        yield from _READERS[shape](member, Reading(report))
    report.file = ""


def _known(found: list[Member], wanted: str, report: Report) -> list[tuple[Shape, Member]]:
    """The files that can be read, in the order in which they should be."""
    known: list[tuple[Shape, Member]] = []
    for member in found:
        report.file = member.name
        shape = shape_of(member, report)
        if shape in (Shape.BESIDE, Shape.EMPTY):
            report.note("import.left_out", name="files without conversations", place=member.base)
        elif shape is Shape.UNKNOWN:
            report.note("import.unknown_file", name=member.base)
        elif wanted and source_of(shape) != wanted:
            report.note("import.other_source", name=NAMES[source_of(shape)])
        else:
            known.append((shape, member))
    report.file = ""
    if not known:
        names = ", ".join(member.base for member in found[:5]) or "-"
        raise UsageError("import.nothing_recognised", files=names, source=NAMES.get(wanted, "any assistant"))
    order = list(_READERS)
    known.sort(key=lambda one: (order.index(one[0]), one[1].name))
    return known

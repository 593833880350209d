"""What a file of an export is, by what stands in it: the keys at its beginning, not its name."""

from __future__ import annotations

import re
from collections import defaultdict
from enum import StrEnum

import orjson

from core.memory.importers.json_items import beginning
from core.memory.importers.opening import Member
from core.memory.importers.report import Report
from core.memory.importers.stream import TextStream

HEAD = 1 << 20
_DEEPEST = 6


class Shape(StrEnum):
    """The files that are known. Those of one source begin with its name."""

    CHATGPT = "chatgpt"
    CLAUDE = "claude"
    CLAUDE_PROJECTS = "claude-projects"
    CLAUDE_MEMORIES = "claude-memories"
    CLAUDE_DESIGN = "claude-design"
    GROK = "grok"
    GEMINI = "gemini"
    GEMINI_HTML = "gemini-html"
    GEMINI_WORKSPACE = "gemini-workspace"
    CLAUDE_CODE = "claude-code"
    BESIDE = "beside"
    """Known to hold no conversations: account data, lists, copies as pages."""
    EMPTY = "empty"
    UNKNOWN = "unknown"


NAMES = {"claude-code": "Claude Code", "chatgpt": "ChatGPT", "claude": "Claude", "grok": "Grok", "gemini": "Gemini"}
"""The sources that nodes and episodes carry, and what a person calls them."""
SOURCES = {"openai": "chatgpt", "anthropic": "claude"} | {name: name for name in NAMES}
"""What a person may ask for, and the source it means: the maker does, too."""
_BESIDE = re.compile(
    r"(users?|user_settings|message_feedback|shared_conversations|model_comparisons|group_chats|shopping|sora|"
    r"tool_messages|login_history|manifest.*|export_manifest|prod-mc-.*|sessions-index|settings.*|stats-cache)\.json"
    r"|chat\.html|report\.html|archive_browser\.html|readme.*\.(txt|html)|history\.jsonl",
)
_WHOLE = frozenset({"mapping", "chat_messages", "conversations", "messages", "conversation_turns"})
_NAMED = frozenset({"uuid", "leafUuid", "messageId"})
_RECORDS = frozenset({"user", "assistant", "system", "summary", "file-history-snapshot", "queue-operation", "progress"})


def shape_of(member: Member, report: Report) -> Shape:
    """Which of the known files it is. Raises DamageError when it cannot be read."""
    if _BESIDE.fullmatch(member.base) or "/tool-results/" in member.name:  # of Claude Code: what is said is elsewhere
        return Shape.BESIDE
    with TextStream(member, report) as stream:
        head = b""
        while len(head) < HEAD and (block := stream.read()):
            head += block
            stream.item_done()
    text = head.lstrip()
    if not text or text in (b"[]", b"{}"):
        return Shape.EMPTY
    if text[:1] == b"<":
        return _page(text)
    if text[:1] not in (b"[", b"{"):
        return Shape.UNKNOWN
    if text[:1] == b"{" and (lines := _lines(text)) is not None:
        return lines
    return _object(_keys(head), text[:1] == b"[")


def source_of(shape: Shape) -> str:
    """The source whose file it is; empty for those of none."""
    return next((one for one in NAMES if shape.value.startswith(one)), "")


def _page(text: bytes) -> Shape:
    gemini = b"outer-cell" in text and re.search(rb"gemini|bard", text, re.IGNORECASE)
    return Shape.GEMINI_HTML if gemini else Shape.UNKNOWN


def _lines(text: bytes) -> Shape | None:
    """What a file of one object a line is; None when it is one object over several lines."""
    *lines, cut = text.split(b"\n", 20)
    for line in lines or [cut]:
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            if line is (lines or [cut])[0]:
                return None
            continue
        if not isinstance(record, dict) or _WHOLE & record.keys():
            return None
        if "sessionId" in record or (record.get("type") in _RECORDS and _NAMED & record.keys()):
            return Shape.CLAUDE_CODE
    return None


def _keys(head: bytes) -> dict[str, set[str]]:
    """The keys of the objects in `head`, by where these stand, as far as it goes."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, event, value in beginning(head):
        if event == "map_key" and path.count(".") < _DEEPEST:
            found[path].add(value)
    return found


def _object(keys: dict[str, set[str]], is_list: bool) -> Shape:
    top = keys["item"] if is_list else keys[""]
    if not is_list and not {"mapping", "chat_messages"} & top and "conversations" in top:
        top = keys["conversations.item"]
    inner = keys["item.message.content"] | keys["messages.item.content"] | keys["item.messages.item.content"]
    if "sessionId" in top and not is_list:
        return Shape.CLAUDE_CODE
    if "mapping" in top:
        return Shape.CHATGPT
    if "chat_messages" in top:
        return Shape.CLAUDE
    if "responses" in top or {"conversation", "responses"} <= top:
        return Shape.GROK
    if "conversation_turns" in top:
        return Shape.GEMINI_WORKSPACE
    if {"safeHtmlItem", "activityControls"} & top or {"header", "time", "title"} <= top:
        return Shape.GEMINI
    if {"conversations_memory", "project_memories", "memory_files"} & top:
        return Shape.CLAUDE_MEMORIES
    if {"uuid", "name"} <= top and {"docs", "prompt_template", "is_starter_project"} & top:
        return Shape.CLAUDE_PROJECTS
    if "messages" in top and {"contentBlocks", "authorAccountUuid"} & inner:
        return Shape.CLAUDE_DESIGN
    if {"email_address", "verified_phone_number", "email"} & top:
        return Shape.BESIDE
    return Shape.UNKNOWN

"""Claude's export: `conversations.json` with `chat_messages`, and beside it projects, memories and design chats.

Older messages have their text in `text` alone, newer ones in blocks of `content` too. Where messages name their
parents the conversation is a tree.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.memory.importers.conversation import ASSISTANT, NOBODY, USER, Conversation, Message
from core.memory.importers.json_items import items
from core.memory.importers.moments import at
from core.memory.importers.opening import Member
from core.memory.importers.pieces import (
    MOST_ATTACHED,
    MOST_INPUT,
    MOST_RESULT,
    MOST_THOUGHT,
    Reading,
    as_text,
    joined,
    listed,
    mapping,
    string,
    without_nothing,
    words,
)
from core.memory.importers.places import path_of
from core.memory.importers.records import document

_CONVERSATION = words(
    """
    uuid name summary created_at updated_at account chat_messages project project_uuid model settings is_starred
    current_leaf_message_uuid is_temporary platform
    """
)
_MESSAGE = words(
    """
    uuid text content sender created_at updated_at attachments files files_v2 sync_sources sync_ressources index
    truncated parent_message_uuid stop_reason input_mode model feedback chat_feedback
    """
)
_BLOCK = words(
    """
    type text citations start_timestamp stop_timestamp flags name id input content is_error message tool_use_id
    thinking summaries cut_off integration_name integration_icon_url display_content approval_options approval_key
    context title structured_content meta alternative_display_type truncated signature is_mcp_app mcp_server_url
    icon_name remaining thinking_label caller
    """
)
_PLACEHOLDER = re.compile(r"```\s*This block is not supported on your current device yet\.\s*```")
_PASTED = re.compile(r"(?:pasted?(?:[-_ ][^.]*)?\.txt)?", re.IGNORECASE)
"""What Claude names a long text that was pasted: the words of whoever pasted it."""
_LEFT_OUT = {"token_budget": "token budgets", "flag": "flags"}

_log = logging.getLogger(__name__)


def conversations(member: Member, reading: Reading) -> Iterator[Conversation]:
    """The conversations of one file."""
    for position, found in enumerate(items(member, path_of(member, reading.report), reading.report, reading.told)):
        place = f"conversation {position + 1}"
        try:
            yield _conversation(found, reading, place)
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            reading.report.note("import.broken_item", name="conversation", place=place)
            _log.debug("a conversation is broken: %r", error)


def projects(member: Member, reading: Reading) -> Iterator[Conversation]:
    """The documents of projects. Their names are remembered for the conversations that name their project."""
    for position, found in enumerate(items(member, path_of(member, reading.report), reading.report, reading.told)):
        place = f"project {position + 1}"
        if not isinstance(found, Mapping):
            reading.report.note("import.broken_item", name="project", place=place)
            continue
        name, own = string(found.get("name")), string(found.get("uuid"))
        reading.projects[own] = name
        created = at(found.get("created_at"))
        about = joined([found.get("description"), found.get("prompt_template")])
        if about:
            yield _document(f"{own}/about", name, about, "project", created, name)
        for doc in listed(found.get("docs")):
            text, file = string(mapping(doc).get("content")), string(mapping(doc).get("filename"))
            if text.strip():
                own_doc = string(mapping(doc).get("uuid")) or file
                yield _document(f"{own}/{own_doc}", file, text, "document", at(mapping(doc).get("created_at")), name)


def memories(member: Member, reading: Reading) -> Iterator[Conversation]:
    """What Claude remembered of a person and of projects."""
    for found in items(member, path_of(member, reading.report), reading.report, reading.told):
        if not isinstance(found, Mapping):
            reading.report.note("import.broken_item", name="memory")
            continue
        owner = string(found.get("account_uuid"))
        if text := string(found.get("conversations_memory")):
            yield _document(f"memory/{owner}", "Claude's memory", text, "memory", None, None)
        for project, text in mapping(found.get("project_memories")).items():
            if string(text):
                name = reading.projects.get(project) or project
                yield _document(f"memory/{project}", f"Claude's memory of {name}", text, "memory", None, name)
        for file in listed(found.get("memory_files")):
            path, text = string(mapping(file).get("path")), string(mapping(file).get("content"))
            if text:
                yield _document(
                    f"memory/{owner}{path}", path, text, "memory", at(mapping(file).get("updated_at")), None
                )


def design_chats(member: Member, reading: Reading) -> Iterator[Conversation]:
    """Chats of Claude's designs: role and contentBlocks instead of sender and content."""
    for position, found in enumerate(items(member, path_of(member, reading.report), reading.report, reading.told)):
        place = f"design chat {position + 1}"
        if not isinstance(found, Mapping):
            reading.report.note("import.broken_item", name="design chat", place=place)
            continue
        made = _empty(found, string(found.get("title")), reading)
        for one in listed(found.get("messages")):
            said, content = mapping(one), mapping(mapping(one).get("content"))
            blocks = [_as_block(mapping(block)) for block in listed(content.get("contentBlocks"))]
            blocks = blocks or [{"type": "text", "text": string(content.get("content"))}]
            attached = [{"file_name": a.get("name"), "extracted_content": a.get("content")}
                        for a in map(mapping, listed(content.get("attachments")))]  # fmt: skip
            shaped = {
                "uuid": said.get("uuid"),
                "sender": "assistant" if said.get("role") == "assistant" else "human",
                "content": blocks,
                "attachments": attached,
                "created_at": said.get("created_at") or content.get("timestamp"),
            }
            made.messages.append(_message(shaped, reading, place))
        yield made


def _as_block(block: Mapping[str, Any]) -> dict[str, Any]:
    kind = block.get("type")
    if kind == "thinking":
        return {"type": "thinking", "thinking": block.get("text")}
    if kind == "tool_call":
        call = mapping(block.get("toolCall"))
        return {"type": "tool_use", "name": call.get("name"), "input": call.get("input")}
    if kind in ("user_interjection", "error"):
        said = block.get("message")
        return {"type": "text", "text": string(said) or string(mapping(said).get("content"))}
    return dict(block)


def _document(name: str, title: str, text: str, kind: str, when: float | None, project: str | None) -> Conversation:
    made = document("claude", name, title=title, text=text, kind=kind, at=when)
    made.project = project or None
    return made


def _empty(found: Mapping[str, Any], title: str, reading: Reading) -> Conversation:
    project = found.get("project")
    own = string(found.get("project_uuid")) or string(mapping(project).get("uuid"))
    return Conversation(
        "claude",
        string(found.get("uuid")) or string(found.get("id")),
        title,
        at(found.get("created_at")),
        at(found.get("updated_at")),
        project=string(mapping(project).get("name")) or string(project) or reading.projects.get(own) or None,
    )


def _conversation(found: Any, reading: Reading, place: str) -> Conversation:
    said = found["chat_messages"]
    if not isinstance(said, list):
        raise TypeError(type(said).__name__)
    title = string(found.get("name"))
    place = f"{place} ({title[:60]})" if title else place
    made = _empty(found, title, reading)
    made.beside = without_nothing({"summary": string(found.get("summary")), "is_starred": found.get("is_starred")})
    if unknown := reading.unknown(found, _CONVERSATION, "conversation", place):
        made.beside["unknown"] = unknown
    made.current = string(found.get("current_leaf_message_uuid")) or None
    made.is_tree = any(isinstance(one, Mapping) and one.get("parent_message_uuid") for one in said)
    model = string(found.get("model")) or None
    for one in said:
        if not isinstance(one, Mapping):
            reading.report.note("import.broken_item", name="message", place=place)
            continue
        message = _message(one, reading, place)
        if message.role == ASSISTANT:
            message.model = string(one.get("model")) or model
        made.messages.append(message)
    return made


def _message(found: Mapping[str, Any], reading: Reading, place: str) -> Message:
    sender = str(found.get("sender", found.get("role")))
    message = Message(
        USER if sender in ("human", "user") else ASSISTANT,
        at=at(found.get("created_at")),
        id=string(found.get("uuid")),
        parent=string(found.get("parent_message_uuid")) or None,
    )
    if sender not in ("human", "user", "assistant"):
        reading.report.note("import.unknown_role", name=sender, place=place)
    if unknown := reading.unknown(found, _MESSAGE, "message", place):
        message.add("unknown", unknown)
    texts = []
    for block in listed(found.get("content")):
        if isinstance(block, Mapping):
            texts.append(_block(message, block, reading, place))
        else:
            reading.report.note("import.broken_item", name="content", place=place)
    message.text, count = _PLACEHOLDER.subn("", joined(texts) or joined([found.get("text")]))
    if count:
        message.text = message.text.strip()
        reading.report.note("import.left_out", name="places of tools in a text", place=place, count=count)
    for one in listed(found.get("attachments")):
        _take_attachment(message, mapping(one), reading)
    for one in (*listed(found.get("files")), *listed(found.get("files_v2"))):
        file = mapping(one)
        kept = {
            "kind": "file",
            "name": file.get("file_name"),
            "id": file.get("file_uuid"),
            "type": file.get("file_kind"),
        }
        if (described := without_nothing(kept)) not in message.beside.get("attachments", ()):
            message.add("attachments", described)
    if not message.says_something:
        message.role = NOBODY
    return message


def _block(message: Message, block: Mapping[str, Any], reading: Reading, place: str) -> str:
    """The text of a block; what is no text stands beside the message."""
    kind = str(block.get("type"))
    reading.unknown(block, _BLOCK, f"content {kind}", place)
    if kind in ("text", "voice_note"):
        for cited in listed(block.get("citations")):
            _take_source(message, {**mapping(cited), **mapping(mapping(cited).get("details"))})
        return string(block.get("text")) or string(block.get("title"))
    if kind == "thinking":
        text = string(block.get("thinking")) or joined(
            mapping(one).get("summary") for one in listed(block.get("summaries"))
        )
        if text:
            message.add("thoughts", reading.cut(text, MOST_THOUGHT, "thoughts"))
    elif kind == "tool_use":
        return _call(message, block, reading)
    elif kind == "tool_result":
        text = as_text(block.get("content"))
        if text and text != "[]":
            result = {"name": string(block.get("name")), "result": reading.cut(text, MOST_RESULT, "tool results")}
            message.add("tools", {**result, "error": True} if block.get("is_error") else result)
    elif kind in _LEFT_OUT:
        reading.report.note("import.left_out", name=_LEFT_OUT[kind], place=place)
    elif kind in ("image", "document", "file"):
        message.add("attachments", without_nothing({"kind": kind, "id": block.get("file_uuid") or block.get("id")}))
    else:
        reading.report.note("import.unknown_content", name=kind, place=place)
        return string(block.get("text"))
    return ""


def _call(message: Message, block: Mapping[str, Any], reading: Reading) -> str:
    """A document that was written with a tool is part of what was said; other calls stand beside it."""
    given = mapping(block.get("input"))
    text, title = string(given.get("content")), string(given.get("title"))
    if block.get("name") == "artifacts" and text and given.get("command") in ("create", "rewrite", None):
        return joined([title, reading.cut(text, MOST_ATTACHED, "documents")])
    told = as_text(block.get("input"))
    message.add("tools", {"name": string(block.get("name")), "input": reading.cut(told, MOST_INPUT, "tool inputs")})
    return ""


def _take_attachment(message: Message, found: Mapping[str, Any], reading: Reading) -> None:
    text = string(found.get("extracted_content"))
    if text.strip() and _PASTED.fullmatch(string(found.get("file_name"))):
        message.text = joined([message.text, reading.cut(text, MOST_ATTACHED, "pasted texts")])
        return
    kept = {"kind": "file", "name": found.get("file_name"), "id": found.get("id"), "type": found.get("file_type")}
    kept |= {"size": found.get("file_size"), "text": reading.cut(text, MOST_ATTACHED, "attached texts")}
    message.add("attachments", without_nothing(kept))


def _take_source(message: Message, found: Mapping[str, Any]) -> None:
    source = without_nothing({"title": found.get("title"), "url": found.get("url")})
    if source and source not in message.beside.get("sources", ()):
        message.add("sources", source)

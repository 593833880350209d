"""ChatGPT's `conversations.json`: each conversation a tree of messages (`mapping`) with the leaf that was the last.

Newer exports have several files (`conversations-000.json` …) and leave much of the metadata out. See docs/IMPORT.md.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from core.memory.importers.conversation import ASSISTANT, NOBODY, USER, Conversation, Message
from core.memory.importers.json_items import items
from core.memory.importers.moments import at
from core.memory.importers.opening import Member
from core.memory.importers.pieces import (
    MOST_ATTACHED,
    MOST_INPUT,
    MOST_RESULT,
    MOST_SOURCE,
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

_CONVERSATION = words(
    """
    title create_time update_time mapping current_node conversation_id id moderation_results plugin_ids gizmo_id
    gizmo_type conversation_template_id is_archived is_starred safe_urls blocked_urls default_model_slug model_slug
    conversation_origin voice async_status disabled_tool_ids is_do_not_remember memory_scope context_scopes owner
    pinned_time sugar_item_id sugar_item_visible is_study_mode is_read_only atlas_mode_enabled workspace_id
    saved_conversation_id update_time_iso create_time_iso async_task_id mode_id
    """
)
_NODE = frozenset(["id", "message", "parent", "children"])
_MESSAGE = words(
    """
    id author create_time update_time content status end_turn weight metadata recipient channel
    """
)
_BESIDE = ("is_archived", "is_starred", "gizmo_id", "safe_urls")
_LEFT_OUT = {
    "reasoning_recap": "reasoning times",
    "user_editable_context": "custom instructions",
    "model_editable_context": "model's own notes",
    "app_pairing_content": "paired apps",
}
_ASSETS = ("image", "audio", "video", "file")
_MARK = re.compile("[ \t]?\ue200([a-z_]+)\ue202?([^\ue200\ue201]*)\ue201|[\ue200-\ue206]")
"""What ChatGPT's pages draw as links, cards and footnotes: `\ue200kind\ue202value\ue202value\ue201`."""

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


def _conversation(found: Any, reading: Reading, place: str) -> Conversation:
    nodes = found["mapping"]
    if not isinstance(nodes, Mapping):
        raise TypeError(type(nodes).__name__)
    title = string(found.get("title"))
    place = f"{place} ({title[:60]})" if title else place
    made = Conversation(
        "chatgpt",
        string(found.get("conversation_id")) or string(found.get("id")),
        title,
        at(found.get("create_time")),
        at(found.get("update_time")),
        is_tree=True,
        current=string(found.get("current_node")),
        project=_project(found),
    )
    made.beside = without_nothing({name: found.get(name) for name in _BESIDE if found.get(name)})
    if unknown := reading.unknown(found, _CONVERSATION, "conversation", place):
        made.beside["unknown"] = unknown
    model = string(found.get("default_model_slug")) or string(found.get("model_slug")) or None
    for name, node in nodes.items():
        if not isinstance(node, Mapping):
            reading.report.note("import.broken_item", name="message", place=place)
            continue
        reading.unknown(node, _NODE, "node", place)
        message = _message(node.get("message"), reading, place)
        message.id, message.parent = str(name), string(node.get("parent")) or None
        if message.role == ASSISTANT and message.model is None:
            message.model = model
        made.messages.append(message)
    return made


def _project(found: Mapping[str, Any]) -> str | None:
    template = string(found.get("conversation_template_id")) or string(found.get("gizmo_id"))
    return template if template.startswith("g-p-") else None


def _message(found: Any, reading: Reading, place: str) -> Message:
    if not isinstance(found, Mapping):
        return Message(NOBODY)
    metadata, content, author = (
        mapping(found.get("metadata")),
        mapping(found.get("content")),
        mapping(found.get("author")),
    )
    message = Message(NOBODY, at=at(found.get("create_time")))
    role = author.get("role")
    if unknown := reading.unknown(found, _MESSAGE, "message", place):
        message.add("unknown", unknown)
    if metadata.get("is_visually_hidden_from_conversation") or role == "system":
        own = _LEFT_OUT.get(str(content.get("content_type")))
        if own or content.get("text") or content.get("parts") not in (None, [], [""]):
            reading.report.note("import.left_out", name=own or "hidden messages", place=place)
        message.beside.clear()
        return message
    if role not in ("user", "assistant", "tool"):
        reading.report.note("import.unknown_role", name=str(role), place=place)
    message.role = USER if role == "user" else ASSISTANT
    message.model = (string(metadata.get("model_slug")) or None) if role != "user" else None
    _take_attached(message, metadata, content, reading)
    _take_content(message, content, found, metadata, reading, place)
    if not message.says_something:
        message.role = NOBODY
    return message


def _take_attached(message: Message, metadata: Mapping[str, Any], content: Mapping[str, Any], reading: Reading) -> None:
    for one in listed(metadata.get("attachments")):
        described = mapping(one)
        kept = {"kind": "file", "name": described.get("name"), "id": described.get("id")}
        message.add(
            "attachments", without_nothing({**kept, "type": described.get("mime_type", described.get("mimeType"))})
        )
    for one in (*listed(metadata.get("citations")), *listed(metadata.get("content_references"))):
        described = {**mapping(one), **mapping(mapping(one).get("metadata"))}
        for cited in (described, *map(mapping, listed(described.get("items")))):
            source = without_nothing({"title": cited.get("title") or cited.get("name"), "url": cited.get("url")})
            if source and source not in message.beside.get("sources", ()):
                message.add("sources", source)


def _take_content(
    message: Message,
    content: Mapping[str, Any],
    found: Mapping[str, Any],
    metadata: Mapping[str, Any],
    reading: Reading,
    place: str,
) -> None:
    kind = str(content.get("content_type"))
    tool = (
        string(mapping(found.get("author")).get("name")) if mapping(found.get("author")).get("role") == "tool" else ""
    )
    recipient = string(found.get("recipient"))
    if kind in _LEFT_OUT:
        reading.report.note("import.left_out", name=_LEFT_OUT[kind], place=place)
    elif kind == "thoughts":
        for thought in listed(content.get("thoughts")):
            text = joined([mapping(thought).get("summary"), mapping(thought).get("content")])
            if text:
                message.add("thoughts", reading.cut(text, MOST_THOUGHT, "thoughts"))
    elif kind in ("tether_quote", "sonic_webpage", "tether_browsing_display"):
        _take_page(message, content, reading)
    elif kind in ("execution_output", "system_error", "computer_output") or tool:
        _take_result(message, content, metadata, tool or kind, reading, place)
    elif message.role == ASSISTANT and recipient not in ("", "all"):
        _take_call(message, content, recipient, reading)
    elif kind == "code":
        text = string(content.get("text")) or _text(message, content, reading, place)
        if text.strip():
            language = string(content.get("language")).replace("unknown", "")
            message.text = f"```{language}\n{text}\n```"
    else:
        if kind not in ("text", "multimodal_text", "None"):
            reading.report.note("import.unknown_content", name=kind, place=place)
        message.text = _text(message, content, reading, place)


def _text(message: Message, content: Mapping[str, Any], reading: Reading, place: str) -> str:
    texts = []
    for part in listed(content.get("parts")):
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, Mapping):
            texts.append(_part(message, part, reading, place))
    text = joined(texts) or next(filter(None, (string(content.get(one)) for one in ("text", "result", "content"))), "")
    return _MARK.sub(_readable, text).strip() if message.role != USER else text


def _readable(mark: re.Match[str]) -> str:
    """What a person read in the place of a mark: names and links stay, footnotes go with the blank before them."""
    kind, (value, *others) = mark[1], (mark[2] or "").split("\ue202")
    before = mark[0][: mark[0].startswith((" ", "\t"))]
    if kind == "url":
        return f"{before}[{value}]({others[0]})" if others and others[0].startswith("http") else before + value
    if kind != "entity":
        return ""
    try:
        named = orjson.loads(value)
    except orjson.JSONDecodeError:
        return ""
    match named:
        case [_, str(name), *_]:
            return before + name
    return ""


def _part(message: Message, part: Mapping[str, Any], reading: Reading, place: str) -> str:
    """The text of a part that is an object; what it points at stands beside the message."""
    kind = str(part.get("content_type"))
    if kind in ("text", "audio_transcription", "None") and isinstance(part.get("text"), str):
        return str(part["text"])
    asset = next((name for name in _ASSETS if name in kind), None)
    if asset is None and not part.get("asset_pointer"):
        reading.report.note("import.unknown_content", name=f"part {kind}", place=place)
        return string(part.get("text"))
    pointer = part.get("asset_pointer") or mapping(part.get("audio_asset_pointer")).get("asset_pointer")
    made = mapping(mapping(part.get("metadata")).get("dalle"))
    kept = {"kind": asset or "file", "id": pointer, "name": part.get("name"), "prompt": made.get("prompt")}
    message.add("attachments", without_nothing(kept))
    return ""


def _take_page(message: Message, content: Mapping[str, Any], reading: Reading) -> None:
    text = string(content.get("text")) or string(content.get("snippet")) or string(content.get("result"))
    kept = {"title": content.get("title"), "url": content.get("url") or content.get("domain")}
    source = without_nothing({**kept, "text": reading.cut(text, MOST_SOURCE, "pages")})
    if source:
        message.add("sources", source)


def _take_result(
    message: Message, content: Mapping[str, Any], metadata: Mapping[str, Any], tool: str, reading: Reading, place: str
) -> None:
    text = _text(message, content, reading, place)
    if not text:
        printed = listed(mapping(metadata.get("aggregate_result")).get("messages"))
        text = "\n".join(as_text(mapping(one).get("text")) for one in printed)
    if text.strip():
        message.add("tools", {"name": tool, "result": reading.cut(text, MOST_RESULT, "tool results")})


def _take_call(message: Message, content: Mapping[str, Any], recipient: str, reading: Reading) -> None:
    text = string(content.get("text")) or "\n".join(one for one in listed(content.get("parts")) if isinstance(one, str))
    if not text.strip():
        return
    if recipient.startswith("canmore.create"):
        try:
            written = mapping(orjson.loads(text))
        except orjson.JSONDecodeError:
            written = {}
        if document := string(written.get("content")):
            name = string(written.get("name"))
            message.text = f"{name}\n\n{reading.cut(document, MOST_ATTACHED, 'documents')}".strip()
            return
    message.add("tools", {"name": recipient, "input": reading.cut(text, MOST_INPUT, "tool inputs")})

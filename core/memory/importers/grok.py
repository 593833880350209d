"""Grok's export, `prod-grok-backend.json`: `{conversations: [{conversation, responses: [{response}]}], projects, …}`.

Responses name their parents. Times are ISO 8601 in the conversation and MongoDB's `$date` in responses.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from core.memory.importers.conversation import ASSISTANT, NOBODY, USER, Conversation, Message
from core.memory.importers.json_items import counted, items
from core.memory.importers.moments import at
from core.memory.importers.opening import Member
from core.memory.importers.pieces import (
    MOST_RESULT,
    MOST_SOURCE,
    MOST_THOUGHT,
    Reading,
    as_text,
    listed,
    mapping,
    string,
    without_nothing,
    words,
)
from core.memory.importers.places import path_of

_CONVERSATION = words(
    """
    id conversation_id title create_time modify_time update_time leaf_response_id anon_user_id asset_ids controller
    kind media_types organization_id root_asset_id shared_with_team shared_with_user_ids starred summary
    system_prompt_id system_prompt_name task_result_id team_id temporary user_id workspace_id x_user_id responses
    conversation shared_links public
    """
)
_RESPONSE = words(
    """
    _id id conversation_id message sender create_time parent_response_id model metadata manual query query_type
    partial shared steps thinking_trace thinking_start_time thinking_end_time agent_thinking_traces
    web_search_results cited_web_search_results xpost_ids xposts cited_xposts webpage_urls generated_image_urls
    image_attachments file_attachments file_attachments_metadata card_attachments_json error error_code media_types
    request_metadata ui_layout stream_errors rag_results cited_rag_results tool_responses
    """
)
_LEFT_OUT = {
    "steps": "steps of agents",
    "agent_thinking_traces": "thoughts of agents",
    "card_attachments_json": "cards",
}
MOST_COUNTED = 64 << 20
"""Bytes of a file whose other lists are counted: a second reading."""

_log = logging.getLogger(__name__)


def conversations(member: Member, reading: Reading) -> Iterator[Conversation]:
    """The conversations of one file."""
    path = path_of(member, reading.report)
    if path != "item" and member.size <= MOST_COUNTED:
        for name, count in counted(member, reading.report).items():
            if count and name != "conversations":
                reading.report.note("import.left_out", name=f"Grok's {name}", count=count)
    for position, found in enumerate(items(member, path, reading.report, reading.told)):
        place = f"conversation {position + 1}"
        try:
            yield _conversation(found, reading, place)
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            reading.report.note("import.broken_item", name="conversation", place=place)
            _log.debug("a conversation is broken: %r", error)


def _conversation(found: Any, reading: Reading, place: str) -> Conversation:
    about = mapping(found.get("conversation")) or found
    responses = found["responses"]
    if not isinstance(responses, list):
        raise TypeError(type(responses).__name__)
    title = string(about.get("title"))
    place = f"{place} ({title[:60]})" if title else place
    made = Conversation(
        "grok",
        string(about.get("id")) or string(about.get("conversation_id")),
        title,
        at(about.get("create_time")),
        at(about.get("modify_time", about.get("update_time"))),
        current=string(about.get("leaf_response_id")) or None,
    )
    made.beside = without_nothing({"summary": string(about.get("summary")), "is_starred": about.get("starred")})
    if unknown := reading.unknown(about, _CONVERSATION, "conversation", place):
        made.beside["unknown"] = unknown
    for one in responses:
        response = mapping(mapping(one).get("response")) or mapping(one)
        if not response:
            reading.report.note("import.broken_item", name="response", place=place)
            continue
        made.messages.append(_message(response, reading, place))
    made.is_tree = any(message.parent for message in made.messages)
    return made


def _message(found: Mapping[str, Any], reading: Reading, place: str) -> Message:
    sender = str(found.get("sender", "")).casefold()
    message = Message(
        USER if sender in ("human", "user") else ASSISTANT,
        string(found.get("message")).strip(),
        at(found.get("create_time")),
        string(found.get("_id")) or string(found.get("id")),
        string(found.get("parent_response_id")) or None,
    )
    if message.role == ASSISTANT:
        message.model = string(found.get("model")) or None
    if not sender:
        reading.report.note("import.unknown_role", name="nobody", place=place)
    if unknown := reading.unknown(found, _RESPONSE, "response", place):
        message.add("unknown", unknown)
    if trace := string(found.get("thinking_trace")):
        message.add("thoughts", reading.cut(trace, MOST_THOUGHT, "thoughts"))
    for name, said in _LEFT_OUT.items():
        if listed(found.get(name)):
            reading.report.note("import.left_out", name=said, place=place)
    for name in ("cited_web_search_results", "web_search_results"):
        _take_sources(message, listed(found.get(name)), reading)
    _take_sources(message, [{"url": url} for url in listed(found.get("webpage_urls"))], reading)
    for name, kind in (("file_attachments", "file"), ("image_attachments", "image"), ("generated_image_urls", "image")):
        for one in listed(found.get(name)):
            kept = {"kind": kind, "id": one if isinstance(one, str) else mapping(one).get("id")}
            message.add("attachments", without_nothing({**kept, "name": mapping(one).get("file_name")}))
    if error := found.get("error"):
        message.add("tools", {"name": "error", "result": reading.cut(as_text(error), MOST_RESULT, "tool results")})
    if not message.says_something:
        message.role = NOBODY
    return message


def _take_sources(message: Message, found: list[Any], reading: Reading) -> None:
    seen = {source.get("url") for source in message.beside.get("sources", ())}
    for one in map(mapping, found):
        if one.get("url") in seen:
            continue
        text = reading.cut(string(one.get("preview")), MOST_SOURCE, "pages")
        if source := without_nothing({"title": one.get("title"), "url": one.get("url"), "text": text}):
            seen.add(one.get("url"))
            message.add("sources", source)

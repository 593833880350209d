"""Conversations as the vault keeps them: a node for each turn, an episode for the whole, each with its fingerprint.

- A node's id comes from source, conversation and turn alone, so a turn that grew is the same node.
- A fingerprint is 16 hex digits of the id and 16 of the content: what `corpus/dedup_index.json` remembers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from core.memory.importers.conversation import ASSISTANT, LISTS, USER, Conversation, Message, Turn, turns_of
from core.memory.importers.moments import written
from core.memory.importers.private import may_hold_private, without_private
from core.memory.importers.report import Report

_TITLE = 80
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A record as JSON. `key` and `content`: 64 bits each, of its id and of all that is in it."""

    id: str
    key: int
    content: int
    data: bytes

    @property
    def fingerprint(self) -> str:
        """What the dedup index remembers of it."""
        return f"{self.key:016x}{self.content:016x}"


def encoded(conversation: Conversation, report: Report) -> tuple[Encoded | None, list[Encoded]]:
    """The episode and the nodes of a conversation; no episode when nothing was said in it."""
    turns, current = turns_of(conversation)
    name = conversation.id or _name_of(current)
    title = " ".join(conversation.title.split()) or _title(current)
    nodes: list[Encoded] = []
    for turn in turns:
        node = _node(conversation, name, title, turn)
        if node is not None and (record := _encode(node, report)) is not None:
            nodes.append(record)
    episode = _encode(_episode(conversation, name, title, current), report)
    report.turns += len(nodes)
    report.sources[conversation.source] += len(nodes)
    report.messages += sum(1 for message in conversation.messages if message.says_something)
    if episode is None or not nodes:
        report.note("import.empty_conversation", place=title or name)
        return None, nodes
    report.conversations += 1
    return episode, nodes


def document(
    source: str, name: str, *, title: str, text: str, kind: str, at: float | None, **others: Any
) -> Conversation:
    """Something that was written down and is no talk, as a conversation of one turn: it is found like one."""
    message = Message(USER, text, at, "document")
    return Conversation(source, name, title, at, at, [message], beside={"kind": kind, **others})


def _node(conversation: Conversation, name: str, title: str, turn: Turn) -> dict[str, Any] | None:
    human = _BETWEEN.join(one.text for one in turn.messages if one.role == USER and one.text)
    answer = _BETWEEN.join(one.text for one in turn.messages if one.role == ASSISTANT and one.text)
    beside = _gathered(turn.messages)
    if not human and not answer and not beside:
        return None
    times = [one.at for one in turn.messages if one.at is not None]
    created = times[0] if times else conversation.at
    owner = "" if conversation.own_ids else name
    node: dict[str, Any] = {
        "id": _hashed(conversation.source, owner, turn.key)[:32],
        "source": conversation.source,
        "conversation_id": name,
        "sequence_index": turn.index,
    }
    if created is not None:
        node["created_at"] = written(created)
        last = max(times, default=created)
        if last != created:
            node["updated_at"] = written(last)
    node["human_content"] = human
    node["assistant_content"] = answer
    if title:
        node["title"] = title
    if conversation.project:
        node["project"] = conversation.project
    model = next((one.model for one in reversed(turn.messages) if one.model), None)
    if model:
        node["model"] = model
    if turn.branch:
        node["branch"] = turn.branch
    if kind := conversation.beside.get("kind"):
        node["kind"] = kind
    return {**node, **beside}


def _episode(conversation: Conversation, name: str, title: str, current: list[Message]) -> dict[str, Any]:
    times = [one.at for one in conversation.messages if one.at is not None]
    created = conversation.at if conversation.at is not None else min(times, default=None)
    updated = max([one for one in (conversation.updated, *times) if one is not None], default=None)
    episode: dict[str, Any] = {"id": name, "source": conversation.source, "title": title}
    if created is not None:
        episode["created_at"] = written(created)
    if updated is not None and updated != created:
        episode["updated_at"] = written(updated)
    if conversation.project:
        episode["project"] = conversation.project
    models = sorted({one.model for one in conversation.messages if one.model})
    if models:
        episode["models"] = models
    episode.update(conversation.beside)
    episode["messages"] = list(_messages(current))
    return episode


def _messages(current: list[Message]) -> Iterator[dict[str, Any]]:
    for message in current:
        names = message.beside.get("attachments")
        if not message.text and not names:
            continue
        said: dict[str, Any] = {"role": message.role, "content": message.text}
        if message.at is not None:
            said["timestamp"] = written(message.at)
        if names:
            said["attachments"] = [one.get("name") or one.get("id") or one.get("kind") for one in names]
        yield said


def _encode(record: dict[str, Any], report: Report) -> Encoded | None:
    """The record without its private parts; None when nothing is left of it."""
    data = _dumps(record)
    if may_hold_private(data):
        record, count = without_private(record)
        report.private_parts += count
        data = _dumps(record)
    if "messages" in record:
        if not any(message["content"].strip() or message.get("attachments") for message in record["messages"]):
            return None
        name = _hashed("episode", str(record["source"]), str(record["id"]))
    else:
        texts = record["human_content"].strip() or record["assistant_content"].strip()
        if not texts and not any(record.get(one) for one in LISTS):
            return None
        name = str(record["id"])
    content = int.from_bytes(hashlib.blake2b(data, digest_size=8).digest())
    return Encoded(str(record["id"]), int(name[:16], 16), content, data)


def _gathered(messages: list[Message]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for message in messages:
        for name, values in message.beside.items():
            found.setdefault(name, []).extend(values)
    return {name: found[name] for name in (*LISTS, *found) if name in found}


def _title(current: list[Message]) -> str:
    said = next((" ".join(one.text.split()) for one in current if one.text.strip()), "")
    return said if len(said) <= _TITLE else said[: _TITLE - 1].rstrip() + "…"


def _name_of(current: list[Message]) -> str:
    """An id for a conversation that came without one: of how it began, which stays while it grows."""
    first = current[0] if current else Message(USER)
    return "unnamed-" + _hashed(first.id, str(first.at), first.text)[:32]


def _hashed(*parts: str) -> str:
    joined = "\0".join(parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def _dumps(record: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(record)
    except TypeError:  # halves of surrogate pairs, integers beyond 64 bits, keys that are no text
        return orjson.dumps(_cleaned(record), default=str)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
        return str(value)
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_cleaned(str(key)): _cleaned(item) for key, item in value.items()}
    return value

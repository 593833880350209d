"""Rows out of the records of programs: Session-Buddy's tables and `memories.json`, and a vault's corpus.

Columns are looked at, not assumed: files of older versions have fewer of them, and newer ones more. A value that a
row's field carries whole is not repeated in the metadata; every other one is kept there under its own name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.memory.record import MemoryRow, encode_json
from core.memory.values import moment, vector_bytes

Mapper = Callable[[Mapping[str, Any]], MemoryRow]

_TIMES = ("timestamp", "created_at")
_BETWEEN = "\n\n"


@dataclass(frozen=True)
class _Table:
    kind: str
    required: frozenset[str]
    text: Callable[[Mapping[str, Any]], str]
    consumed: frozenset[str] = frozenset()
    parsed: tuple[str, ...] = ()  # columns that hold JSON, as text in some versions


def _content(record: Mapping[str, Any]) -> str:
    return _string(record.get("content"))


def _entity_text(record: Mapping[str, Any]) -> str:
    observations = record.get("observations")
    listed = observations if isinstance(observations, list | tuple) else (observations,)
    return "\n".join(filter(None, map(_string, (record.get("name"), *listed))))


def _relation_type(record: Mapping[str, Any]) -> str:
    return _string(record.get("relation_type"))


def _of_contents(kind: str) -> _Table:
    return _Table(kind, frozenset({"id", "content"}), _content, frozenset({"content"}))


_TABLES = {
    "conversations_v2": _of_contents("conversation"),
    "conversations": _of_contents("conversation"),
    "reflections_v2": _of_contents("reflection"),
    "reflections": _of_contents("reflection"),
    "kg_entities": _Table(
        "entity", frozenset({"id", "name"}), _entity_text, parsed=("observations", "properties", "metadata")
    ),
    "kg_relationships": _Table(
        "relationship",
        frozenset({"id", "from_entity", "to_entity", "relation_type"}),
        _relation_type,
        parsed=("properties", "metadata"),
    ),
}


def table_mapping(table: str, columns: Sequence[str], *, origin: str = "") -> Mapper | None:
    """How a record of Session-Buddy's `table` becomes a row; None when it is no table of memories.

    A table may be named with its schema, as uploads do ("main.reflections_v2").
    The mapping raises RowError for a vector that is none.
    """
    known = _TABLES.get(table.removeprefix("main."))
    if known is None or not known.required <= set(columns):
        return None
    kind, text_of, parsed = known.kind, known.text, known.parsed
    times = tuple(name for name in _TIMES if name in columns)
    carried = known.consumed | ({"id", "embedding", "project", "session_id"} & set(columns))

    def mapped(record: Mapping[str, Any]) -> MemoryRow:
        metadata = {name: value for name, value in record.items() if value is not None and name not in carried}
        for name in parsed:
            if isinstance(value := metadata.get(name), str):
                metadata[name] = _parsed(value)
        return MemoryRow(
            kind,
            _string(record["id"]),
            text_of(metadata if parsed else record),
            vector_bytes(record.get("embedding")),
            None,
            _take_time(metadata, times),
            _name(record, "project", metadata),
            _name(record, "session_id", metadata),
            None,
            None,
            origin,
            metadata,
        )

    return mapped


def from_node(
    record: Mapping[str, Any],
    vector: Any,
    position: int,
    *,
    origin: str = "corpus/nodes.json",
    model: str | None = None,
) -> MemoryRow:
    """The row of a vault's node: what the human wrote, then what the assistant did. `position`: its place in the file.

    Raises RowError for a vector that is none.
    """
    metadata = dict(record)
    text, spans = _joined((name, record.get(name)) for name in ("human_content", "assistant_content"))
    if spans and "parts" not in metadata:
        metadata["parts"] = [{"name": name, "span": span} for name, span in spans]
        for name, _ in spans:
            del metadata[name]
    if type(metadata.get("sequence_index")) is int:
        position = metadata.pop("sequence_index")
    packed = vector_bytes(vector)
    return MemoryRow(
        "node",
        _identity(metadata, record),
        text or _content(record),
        packed,
        model if packed else None,
        _take_time(metadata, ("created_at", "timestamp")),
        _take_name(metadata, "project"),
        _take_name(metadata, "conversation_id"),
        position,
        None,
        origin,
        metadata,
    )


def from_episode(
    record: Mapping[str, Any], vector: Any, *, origin: str = "corpus/episodes.json", model: str | None = None
) -> MemoryRow:
    """The row of a vault's episode: its title, then its messages, each with who wrote it.

    Raises RowError for a vector that is none.
    """
    metadata = dict(record)
    messages = record.get("messages")
    listed = list(messages) if isinstance(messages, list | tuple) else []
    parts: list[tuple[Any, Any]] = [("title", record.get("title"))]
    parts += [(index, _said(message)) for index, message in enumerate(listed)]
    text, spans = _joined(parts)
    kept = [dict(message) if isinstance(message, Mapping) else message for message in listed]
    for index, (_, end) in spans:
        if index == "title":
            continue
        message = kept[index]
        if isinstance(message, dict) and isinstance(content := message.get("content"), str) and "span" not in message:
            del message["content"]
            message["span"] = [end - len(content), end]
    if listed:
        metadata["messages"] = kept
    packed = vector_bytes(vector)
    return MemoryRow(
        "episode",
        _identity(metadata, record),
        text,
        packed,
        model if packed else None,
        _take_time(metadata, ("created_at", "timestamp")),
        _take_name(metadata, "project"),
        _take_name(metadata, "conversation_id"),
        None,
        None,
        origin,
        metadata,
    )


def from_memories_json(item: Mapping[str, Any], *, origin: str = "") -> MemoryRow:
    """The row of a conversation in Session-Buddy's `memories.json`. Raises RowError for a vector that is none."""
    metadata = dict(item)
    text = metadata.pop("content", None)
    if text is not None and not isinstance(text, str):
        metadata["content"] = text
    vector = vector_bytes(metadata.pop("embedding", None) or None)
    own = item.get("metadata")
    project = _take_name(metadata, "project")
    if project is None and isinstance(own, Mapping) and isinstance(own.get("project"), str):
        project = own["project"]
    return MemoryRow(
        "conversation",
        _identity(metadata, item),
        _string(text),
        vector,
        None,
        _take_time(metadata, _TIMES),
        project,
        _take_name(metadata, "session_id"),
        None,
        None,
        origin,
        metadata,
    )


def _identity(metadata: dict[str, Any], record: Mapping[str, Any]) -> str:
    """The id that the record has, taken out of `metadata`; else one that its content gives it."""
    found = metadata.get("id")
    if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
        return str(metadata.pop("id"))
    return "sha256-" + hashlib.sha256(encode_json(dict(record))).hexdigest()[:40]


def _take_time(metadata: dict[str, Any], names: Sequence[str]) -> float | None:
    """The first moment under `names`; it stays in `metadata` unless it is there as the very same number."""
    for name in names:
        if (value := metadata.get(name)) is not None and (found := moment(value)) is not None:
            if type(value) is float and value == found:
                del metadata[name]
            return found
    return None


def _take_name(metadata: dict[str, Any], name: str) -> str | None:
    return metadata.pop(name) if isinstance(metadata.get(name), str) else None


def _name(record: Mapping[str, Any], name: str, metadata: dict[str, Any]) -> str | None:
    value = record.get(name)
    if value is None or isinstance(value, str):
        return value
    metadata[name] = value
    return None


def _joined(parts: Iterable[tuple[Any, Any]]) -> tuple[str, list[tuple[Any, list[int]]]]:
    """The texts among `parts` as one, and where each named one stands in it."""
    texts: list[str] = []
    spans: list[tuple[Any, list[int]]] = []
    length = 0
    for name, text in parts:
        if not isinstance(text, str) or not text:
            continue
        if texts:
            length += len(_BETWEEN)
        texts.append(text)
        spans.append((name, [length, length + len(text)]))
        length += len(text)
    return _BETWEEN.join(texts), spans


def _said(message: Any) -> str:
    if not isinstance(message, Mapping):
        return _string(message) if isinstance(message, str) else ""
    content = "\n".join(filter(None, _texts(message.get("content"))))
    role = message.get("role")
    return f"{role}: {content}" if content and isinstance(role, str) and role else content


def _texts(content: Any) -> Iterator[str]:
    """The text in a message's content: text, or parts such as assistants' programs write."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list | tuple):
        for part in content:
            yield from _texts(part)
    elif isinstance(content, Mapping):
        yield from _texts(content.get("text") or content.get("content") or content.get("parts"))


def _parsed(text: str) -> Any:
    """The list or object that `text` is as JSON; any other text stays what it is."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _string(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)

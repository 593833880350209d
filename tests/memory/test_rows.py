"""Rows survive the wire whole; records of programs become rows of which nothing is missing; what is wrong is named."""

from __future__ import annotations

import base64
import dataclasses
import json
import struct
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory.rows import (
    MOST_ID,
    MOST_METADATA,
    MOST_TEXT,
    MOST_WIDTH,
    MemoryRow,
    RowError,
    Tombstone,
    encode_json,
    from_episode,
    from_memories_json,
    from_node,
    from_wire,
    moment,
    numbers,
    row_problem,
    table_mapping,
    to_wire,
    vector_bytes,
)
from core.messages import catalog

# fmt: off
_CONVERSATIONS = [
    "id", "content", "embedding", "category", "subcategory", "importance_score", "memory_tier", "access_count",
    "last_accessed", "project", "namespace", "timestamp", "session_id", "user_id", "searchable_content", "reasoning",
    "metadata", "source_type", "turn_parent_id", "causal_parent_id",
]
_REFLECTIONS = [
    "id", "content", "embedding", "category", "importance_score", "memory_tier", "tags", "related_entities",
    "timestamp", "project", "namespace", "access_count", "last_accessed", "created_at", "updated_at", "insight_type",
    "usage_count", "last_used_at", "confidence_score", "fingerprint", "subcategory", "metadata",
]
_ENTITIES = [
    "id", "name", "entity_type", "observations", "properties", "created_at", "updated_at", "metadata", "embedding",
]
_RELATIONSHIPS = [
    "id", "from_entity", "to_entity", "relation_type", "properties", "created_at", "updated_at", "metadata",
]
_RECORD_KEYS = [
    "id", "source", "conversation_id", "sequence_index", "created_at", "timestamp", "human_content",
    "assistant_content", "title", "messages", "project", "parts", "content", "metadata", "embedding",
]
# fmt: on


def _vector(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


_words = st.text(st.characters(codec="utf-8"), max_size=30)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
    max_leaves=8,
)
_moments = st.floats(-6e10, 9e10)
_vectors = (
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=8)
    .filter(any)
    .map(lambda values: _vector(*values))
)
_rows = st.builds(
    MemoryRow,
    kind=st.sampled_from(["node", "conversation", "memory", "my_kind"]),
    id=_words,
    text=_words,
    vector=st.none() | _vectors,
    model=st.none() | _words,
    created_at=st.none() | _moments,
    project=st.none() | _words,
    conversation=st.none() | _words,
    position=st.none() | st.integers(-5, 1 << 40),
    speaker=st.none() | _words,
    origin=_words,
    metadata=st.dictionaries(
        _words | st.sampled_from(["project", "created_at", "timestamp", "type", "system_id"]), _json, max_size=4
    ),
)


@given(_rows, st.booleans())
def test_a_row_comes_back_from_the_wire_as_it_was(row: MemoryRow, binary: bool) -> None:
    item = json.loads(json.dumps(to_wire(row, binary_vectors=binary)))
    back = from_wire(item)
    assert back == row
    assert isinstance(back, MemoryRow)
    assert back.content_hash == row.content_hash


def test_a_tombstone_comes_back_from_the_wire_as_it_was() -> None:
    dead = Tombstone("node", "n1", "corpus/nodes.json")
    assert from_wire(to_wire(dead, binary_vectors=True)) == dead


@given(_rows)
def test_the_hash_does_not_depend_on_the_order_of_keys_and_sees_every_field_but_the_model(row: MemoryRow) -> None:
    turned = dict(reversed(row.metadata.items()))
    assert dataclasses.replace(row, metadata=turned, model="another").content_hash == row.content_hash
    others: dict[str, Any] = {
        "kind": "other",
        "id": row.id + "x",
        "text": row.text + "x",
        "vector": _vector(1, 2, 3, 4, 5, 6, 7, 8, 9),
        "created_at": (row.created_at or 0) + 1,
        "project": (row.project or "") + "x",
        "conversation": (row.conversation or "") + "x",
        "position": (row.position or 0) + 1,
        "speaker": (row.speaker or "") + "x",
        "origin": row.origin + "x",
        "metadata": {**row.metadata, "and this": 1},
    }
    for name, value in others.items():
        assert dataclasses.replace(row, **{name: value}).content_hash != row.content_hash, name


def test_what_session_buddy_sends_is_a_row() -> None:
    item = {
        "memory_id": "m1",
        "text": "it rained",
        "embedding": [0.5, -0.25],
        "metadata": {
            "source": "laptop",
            "type": "reflection",
            "project": "garden",
            "created_at": "2026-01-02T03:04:05",
            "importance_score": 0.7,
        },
    }
    row = from_wire(item)
    assert isinstance(row, MemoryRow)
    assert (row.kind, row.id, row.text, row.vector) == ("reflection", "m1", "it rained", _vector(0.5, -0.25))
    assert row.project == "garden"
    assert row.created_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    assert row.metadata == item["metadata"]


def test_keys_that_nobody_knows_are_kept() -> None:
    row = from_wire({"memory_id": "m", "text": "t", "colour": "blue", "metadata": {"type": "holiday"}})
    assert isinstance(row, MemoryRow)
    assert row.kind == "memory"
    assert row.metadata == {"type": "holiday", "colour": "blue"}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("text", "rows.not_an_object"),
        ({"memory_id": 5, "text": "t"}, "rows.bad_field"),
        ({"memory_id": "m", "text": ["t"]}, "rows.bad_field"),
        ({"memory_id": "m", "text": "t", "metadata": []}, "rows.bad_field"),
        ({"memory_id": "m", "text": "t", "position": 1.5}, "rows.bad_field"),
        ({"memory_id": "m", "text": "t", "position": True}, "rows.bad_field"),
        ({"memory_id": "m", "text": "t", "created_at": "tomorrow"}, "rows.bad_time"),
        ({"memory_id": "m", "text": "t", "colour": "red", "metadata": {"colour": "blue"}}, "rows.bad_field"),
        ({"memory_id": "m", "text": "t", "embedding": "no base64 at all"}, "rows.bad_vector"),
        ({"memory_id": "m", "text": "t", "embedding": "AAAA"}, "rows.bad_vector"),
        ({"memory_id": "m", "text": "t", "embedding": ["1", "2"]}, "rows.bad_vector"),
        ({"memory_id": "m", "text": "t", "embedding": [10**400]}, "rows.bad_vector"),
        ({"memory_id": "m", "text": "t", "embedding": 7}, "rows.bad_vector"),
        ({"memory_id": "m", "text": "t", "embedding": [[1.0]]}, "rows.bad_vector"),
    ],
)
def test_an_item_that_is_no_row_is_named(item: Any, code: str) -> None:
    with pytest.raises(RowError) as caught:
        from_wire(item)
    assert caught.value.code == code
    assert "<" not in caught.value.cause
    assert caught.value.next_step


_GOOD = MemoryRow("node", "n1", "a text", _vector(1, 0), "m", 5.0, "p", "c", 1, "Ann", "corpus/nodes.json", {"a": 1})


def test_a_good_row_has_no_problem() -> None:
    assert row_problem(_GOOD, width=2) is None
    assert row_problem(MemoryRow("memory", "ü/…:#?", "text\x1b[0m\x00\n")) is None
    assert row_problem(Tombstone("node", "n1", "reflection.duckdb")) is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "Node"}, "rows.bad_kind"),
        ({"kind": ""}, "rows.bad_kind"),
        ({"kind": "n" * 33}, "rows.bad_kind"),
        ({"kind": "node\n"}, "rows.bad_kind"),
        ({"id": ""}, "rows.bad_id"),
        ({"id": "   "}, "rows.bad_id"),
        ({"id": "x" * (MOST_ID + 1)}, "rows.bad_id"),
        ({"id": "a\nb"}, "rows.bad_id"),
        ({"id": "a\x00b"}, "rows.bad_id"),
        ({"id": "\ud800"}, "rows.bad_id"),
        ({"id": "../../etc/passwd"}, "rows.bad_id"),
        ({"id": "a\\..\\b"}, "rows.bad_id"),
        ({"id": ".."}, "rows.bad_id"),
        ({"origin": "/etc/passwd"}, "rows.bad_origin"),
        ({"origin": "C:\\windows"}, "rows.bad_origin"),
        ({"origin": "corpus/../../x"}, "rows.bad_origin"),
        ({"origin": "a\tb"}, "rows.bad_origin"),
        ({"text": ""}, "rows.empty_text"),
        ({"text": " \n\t"}, "rows.empty_text"),
        ({"text": "x" * (MOST_TEXT + 1)}, "rows.text_too_long"),
        ({"text": "a\udfff"}, "rows.not_unicode"),
        ({"vector": _vector(1, 2, 3)}, "rows.vector_width"),
        ({"vector": b""}, "rows.vector_width"),
        ({"vector": b"12345"}, "rows.vector_width"),
        ({"vector": _vector(1, float("nan"))}, "rows.vector_not_finite"),
        ({"vector": _vector(float("inf"), -float("inf"))}, "rows.vector_not_finite"),
        ({"model": "m" * 2000}, "rows.bad_name"),
        ({"project": "a\x07"}, "rows.bad_name"),
        ({"speaker": "\ud800"}, "rows.bad_name"),
        ({"created_at": float("nan")}, "rows.bad_time"),
        ({"created_at": 1e15}, "rows.bad_time"),
        ({"position": 1 << 70}, "rows.bad_position"),
        ({"metadata": {"x": object()}}, "rows.metadata_not_json"),
        ({"metadata": {"x": b"bytes"}}, "rows.metadata_not_json"),
        ({"metadata": {"x": "y" * MOST_METADATA}}, "rows.metadata_too_long"),
    ],
)
def test_a_problem_is_named_by_its_code(changed: dict[str, Any], code: str) -> None:
    assert row_problem(dataclasses.replace(_GOOD, **changed), width=2) == code
    title, cause, next_step = catalog()[code]
    assert title
    assert cause
    assert next_step


def test_metadata_that_is_nested_without_end_is_named() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    assert row_problem(dataclasses.replace(_GOOD, metadata=endless)) == "rows.metadata_not_json"


def test_a_vector_may_have_the_greatest_width_and_no_more() -> None:
    assert row_problem(dataclasses.replace(_GOOD, vector=_vector(*[3e38] * MOST_WIDTH))) is None
    too_wide = dataclasses.replace(_GOOD, vector=_vector(*[1.0] * (MOST_WIDTH + 1)))
    assert row_problem(too_wide) == "rows.vector_width"


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (None, None),
        ([], None),
        ([0.0, -0.0], None),
        (bytes(8), None),
        ([1, 2.5], _vector(1, 2.5)),
        ((1, 2.5), _vector(1, 2.5)),
        (_vector(1, 2.5), _vector(1, 2.5)),
        (bytearray(_vector(1, 2.5)), _vector(1, 2.5)),
        (base64.b64encode(_vector(1, 2.5)).decode(), _vector(1, 2.5)),
    ],
)
def test_vectors_come_as_numbers_bytes_or_base64(given_value: Any, expected: bytes | None) -> None:
    assert vector_bytes(given_value) == expected


def test_vectors_come_as_arrays_of_any_number_type() -> None:
    import numpy as np

    for dtype in ("<f4", ">f4", "f8", "f2", "i4"):
        assert vector_bytes(np.array([1, 2], dtype)) == _vector(1, 2), dtype
    assert vector_bytes(np.array([1, 9, 2, 9], "<f4")[::2]) == _vector(1, 2)
    assert list(numbers(_vector(1, 2))) == [1, 2]


_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (_NOON, _NOON),
        (int(_NOON), _NOON),
        (_NOON * 1e3, _NOON),
        (int(_NOON) * 10**6, _NOON),
        (int(_NOON) * 10**9, _NOON),
        ("2026-03-01T12:00:00", _NOON),
        ("2026-03-01 12:00:00Z", _NOON),
        ("2026-03-01T13:00:00+01:00", _NOON),
        (" 2026-03-01T12:00 ", _NOON),
        ("2026-03-01", _NOON - 43200),
        (datetime(2026, 3, 1, 12), _NOON),  # noqa: DTZ001 - naive is what is tested
        (datetime(2026, 3, 1, 12, tzinfo=UTC), _NOON),
        (-5, -5.0),
        (0, 0.0),
        (None, None),
        (True, None),
        ("soon", None),
        ("", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ([], None),
    ],
)
def test_moments_are_read_in_every_form(value: Any, seconds: float | None) -> None:
    assert moment(value) == seconds


def _record(columns: list[str], **values: Any) -> dict[str, Any]:
    return {name: values.get(name, f"<{name}>") for name in columns}


@pytest.mark.parametrize(
    ("table", "columns", "kind"),
    [
        ("conversations_v2", _CONVERSATIONS, "conversation"),
        ("conversations", ["id", "content", "embedding", "project", "timestamp", "metadata"], "conversation"),
        ("conversations", ["id", "content"], "conversation"),
        ("reflections_v2", _REFLECTIONS, "reflection"),
        ("reflections", ["id", "content", "embedding", "tags", "timestamp", "metadata"], "reflection"),
        ("main.kg_entities", _ENTITIES, "entity"),
        ("kg_entities", ["id", "name", "entity_type", "observations"], "entity"),
        ("kg_relationships", _RELATIONSHIPS, "relationship"),
        ("kg_relationships", ["id", "from_entity", "to_entity", "relation_type", "since"], "relationship"),
    ],
)
def test_of_a_table_s_record_every_column_is_in_the_row(table: str, columns: list[str], kind: str) -> None:
    mapping = table_mapping(table, columns, origin="reflection.duckdb")
    assert mapping is not None
    record = _record(columns, embedding=_vector(1, 2), timestamp=5.0, created_at=6.0, observations=["tall", "green"])
    row = mapping(record)
    assert row_problem(row) is None
    assert (row.kind, row.id, row.origin) == (kind, "<id>", "reflection.duckdb")
    seen = {"id": row.id, "embedding": row.vector, "project": row.project, "session_id": row.conversation}
    if "content" in columns:
        seen["content"] = row.text
    time_name = next((name for name in ("timestamp", "created_at") if name in columns), None)
    if time_name:
        seen[time_name] = row.created_at
    for name in columns:
        assert (row.metadata[name] if name in row.metadata else seen[name]) == record[name], name


def test_a_null_is_nothing_and_json_that_was_stored_as_text_is_parsed() -> None:
    mapping = table_mapping("kg_entities", _ENTITIES)
    assert mapping is not None
    record = dict.fromkeys(_ENTITIES) | {
        "id": 7,
        "name": "Ada",
        "observations": '["writes programs", "lives in London"]',
        "properties": '{"born": 1815}',
        "metadata": "{not json",
        "created_at": "2026-03-01T12:00:00",
    }
    row = mapping(record)
    assert row.id == "7"
    assert row.text == "Ada\nwrites programs\nlives in London"
    assert row.created_at == _NOON
    assert row.metadata["observations"] == ["writes programs", "lives in London"]
    assert row.metadata["properties"] == {"born": 1815}
    assert row.metadata["metadata"] == "{not json"
    assert "updated_at" not in row.metadata


def test_the_text_of_a_relationship_is_its_type() -> None:
    mapping = table_mapping("kg_relationships", _RELATIONSHIPS)
    assert mapping is not None
    row = mapping(_record(_RELATIONSHIPS, relation_type="knows", from_entity="a", to_entity="b"))
    assert row.text == "knows"
    assert (row.metadata["from_entity"], row.metadata["to_entity"]) == ("a", "b")


def test_a_project_that_is_no_text_is_kept_all_the_same() -> None:
    mapping = table_mapping("conversations", ["id", "content", "project"])
    assert mapping is not None
    row = mapping({"id": "a", "content": "b", "project": 5})
    assert row.project is None
    assert row.metadata == {"project": 5}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("settings", ["id", "content"]),
        ("other.reflections", ["id", "content"]),
        ("reflections", ["id", "text"]),
        ("kg_relationships", ["id", "relation_type"]),
    ],
)
def test_a_table_that_has_no_memories_has_no_mapping(table: str, columns: list[str]) -> None:
    assert table_mapping(table, columns) is None


_records = st.dictionaries(_words | st.sampled_from(_RECORD_KEYS), _json, max_size=8)
_messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant"]) | _json, "content": _words | _json},
        optional={"timestamp": _json, "span": _json},
    )
    | _json,
    max_size=4,
)


@given(_records, st.none() | _vectors, st.integers(0, 9))
def test_of_a_node_nothing_is_dropped(record: dict[str, Any], vector: bytes | None, position: int) -> None:
    row = from_node(record, vector, position, model="m/1")
    assert row.vector == vector
    assert row.model == ("m/1" if vector else None)
    found = dict(row.metadata)
    if found.get("parts") != record.get("parts"):
        for part in found.pop("parts"):
            found[part["name"]] = row.text[slice(*part["span"])]
    _put_back(found, record, id=row.id, created_at=row.created_at, timestamp=row.created_at)
    _put_back(found, record, sequence_index=row.position, conversation_id=row.conversation, project=row.project)
    assert found == record


@given(_records, _messages, st.none() | _words)
def test_of_an_episode_nothing_is_dropped(record: dict[str, Any], messages: list[Any], title: str | None) -> None:
    record = {**record, "messages": messages, "title": title}
    row = from_episode(record, None)
    found = dict(row.metadata)
    for index, message in enumerate(messages):
        kept = found["messages"][index] if found["messages"] else message
        if isinstance(message, dict) and "content" in message and "content" not in kept:
            start, end = kept.pop("span")
            kept["content"] = row.text[start:end]
    _put_back(found, record, id=row.id, created_at=row.created_at, timestamp=row.created_at)
    _put_back(found, record, conversation_id=row.conversation, project=row.project)
    assert found == record


@given(_records)
def test_of_a_conversation_in_memories_json_nothing_is_dropped(record: dict[str, Any]) -> None:
    record = {**record, "embedding": [0.5]}
    row = from_memories_json(record)
    found = {**row.metadata, "embedding": list(numbers(row.vector or b""))}
    _put_back(found, record, id=row.id, created_at=row.created_at, timestamp=row.created_at, content=row.text)
    _put_back(found, record, session_id=row.conversation, project=row.project)
    assert found == {name: value for name, value in record.items() if (name, value) != ("content", None)}


def _put_back(found: dict[str, Any], record: dict[str, Any], **carried: Any) -> None:
    """What the row's fields carry goes back under the record's names; ids are text in rows."""
    for name, value in carried.items():
        if name in record and name not in found and record[name] is not None:
            found[name] = type(record[name])(value) if name == "id" else value


def test_a_node_reads_as_human_then_assistant() -> None:
    record = {
        "id": "n1",
        "source": "chatgpt",
        "conversation_id": "c1",
        "sequence_index": 4,
        "created_at": "2026-03-01T12:00:00",
        "human_content": "Where is the key?",
        "assistant_content": "Under the mat.",
    }
    row = from_node(record, _vector(1, 0), 99)
    assert row.text == "Where is the key?\n\nUnder the mat."
    assert (row.conversation, row.position, row.created_at) == ("c1", 4, _NOON)
    assert row.metadata["source"] == "chatgpt"
    assert row.origin == "corpus/nodes.json"
    assert row_problem(row) is None


def test_an_episode_reads_as_its_title_and_what_was_said() -> None:
    record = {
        "id": "e1",
        "title": "The key",
        "messages": [
            {"role": "user", "content": "Where is it?", "timestamp": 1.0},
            {"role": "assistant", "content": [{"type": "text", "text": "Under"}, {"type": "text", "text": "the mat"}]},
        ],
    }
    row = from_episode(record, None)
    assert row.text == "The key\n\nuser: Where is it?\n\nassistant: Under\nthe mat"
    assert row.metadata["messages"][0] == {"role": "user", "timestamp": 1.0, "span": [15, 27]}
    assert row.metadata["messages"][1] == record["messages"][1]


def test_a_record_without_an_id_gets_one_from_its_content_and_zeros_are_no_vector() -> None:
    one, again = (from_node({"human_content": "a"}, [0.0, 0.0], at) for at in (0, 7))
    other = from_node({"human_content": "b"}, None, 0)
    assert one.id == again.id != other.id
    assert one.vector is None
    assert row_problem(one) is None


def test_a_conversation_in_memories_json_is_read() -> None:
    row = from_memories_json(
        {
            "id": "c1",
            "content": "hello",
            "embedding": [1.0],
            "timestamp": "2026-03-01T12:00:00Z",
            "source": "laptop",
            "metadata": {"project": "garden", "mood": "good"},
        }
    )
    assert (row.kind, row.id, row.text, row.project, row.created_at) == ("conversation", "c1", "hello", "garden", _NOON)
    assert row.metadata["metadata"]["mood"] == "good"
    assert row.metadata["source"] == "laptop"


def test_json_is_written_in_one_way() -> None:
    assert encode_json({"b": 1, "a": [1.0, None]}) == b'{"a":[1.0,null],"b":1}'
    assert json.loads(encode_json({"big": 2**80, "half": "\ud800"})) == {"big": 2**80, "half": "\ud800"}


def test_mapping_and_hashing_keep_up_with_a_big_table() -> None:
    mapping = table_mapping("conversations_v2", _CONVERSATIONS)
    assert mapping is not None
    vector = _vector(*[0.05] * 384)
    record = _record(_CONVERSATIONS, embedding=vector, timestamp=5.0, content="a text of a usual length " * 8)
    begun = time.process_time()
    rows = [mapping(record) for _ in range(10_000)]
    mapped = time.process_time() - begun
    assert all(row_problem(row, width=384) is None and row.content_hash for row in rows[:1000])
    spent = time.process_time() - begun - mapped
    assert mapped < 0.25, "40,000 rows a second"
    assert spent < 0.1, "10,000 rows a second"

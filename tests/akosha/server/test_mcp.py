"""The tools, by the official MCP client, in both of its protocols, and by plain HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from core.akosha.tools.schemas import TOOLS
from tests.akosha.server.running import RunningHub

_VECTOR = [0.25] * 384
_NAMES = {
    *("store_memory", "batch_store_memories", "store_reflection", "create_entity", "create_relation"),
    *("search_memories", "search_all_systems", "list_systems", "get_memory", "delete_memory"),
    *("query_knowledge_graph", "find_path", "hub_status"),
}


@asynccontextmanager
async def _client(running: RunningHub, mode: Any = "auto", token: str | None = None) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(f"{running.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


async def _call(client: Client, tool: str, /, **arguments: Any) -> dict[str, Any]:
    told = await client.call_tool(tool, arguments)
    assert not told.is_error, told
    return _content(told)


async def _refused(client: Client, tool: str, /, **arguments: Any) -> dict[str, Any]:
    told = await client.call_tool(tool, arguments)
    assert told.is_error
    error: dict[str, Any] = _content(told)["error"]
    assert {"code", "title", "cause", "next_step", "params"} <= error.keys()
    return error


def _content(told: Any) -> dict[str, Any]:
    assert json.loads(told.content[0].text) == told.structured_content
    found: dict[str, Any] = told.structured_content
    return found


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_an_assistant_finds_the_tools_with_what_they_are_for(shared: RunningHub, mode: str) -> None:
    async with _client(shared, mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == _NAMES
    for tool in tools.values():
        assert tool.description
        assert tool.input_schema["type"] == "object"
        assert tool.annotations is not None
    hints = {name: tool.annotations for name, tool in tools.items() if tool.annotations}
    assert {name for name, hint in hints.items() if hint.read_only_hint} == {
        *("search_memories", "search_all_systems", "list_systems", "get_memory", "hub_status"),
        *("query_knowledge_graph", "find_path"),
    }
    assert {name for name, hint in hints.items() if hint.destructive_hint} == {"delete_memory"}
    assert all(hint.idempotent_hint for hint in hints.values())


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_what_is_stored_is_found_got_and_forgotten(shared: RunningHub, mode: str) -> None:
    async with _client(shared, mode) as client:
        stored = await _call(
            client,
            "store_memory",
            memory_id=f"whale-{mode}",
            text=f"The blue whale of {mode} sings at eleven hertz",
            embedding=_VECTOR,
            metadata={"source": f"laptop-{mode}", "project": "ocean", "mood": "calm"},
        )
        assert stored["status"] == "stored"
        assert stored["memory_id"] == f"whale-{mode}"
        assert (stored["embedding_dim"], stored["source"]) == (384, f"laptop-{mode}")
        assert stored["stored_at"]
        key = {"memory_id": f"whale-{mode}", "system_id": f"laptop-{mode}"}
        found = await _call(client, "search_memories", query="whale sings", systems=[f"laptop-{mode}"])
        assert [hit["memory_id"] for hit in found["results"]] == [f"whale-{mode}"]
        assert found["mode"] == "lexical"
        assert [notice["code"] for notice in found["notices"]] == ["akosha.no_model"]
        got = await _call(client, "get_memory", **key)
        assert got["metadata"] == {"source": f"laptop-{mode}", "project": "ocean", "mood": "calm"}
        assert got["embedding_dim"] == 384
        assert (await _call(client, "delete_memory", **key))["status"] == "deleted"
        assert (await _call(client, "delete_memory", **key))["status"] == "not_found"
        assert (await _refused(client, "get_memory", **key))["code"] == "akosha.no_memory"


@pytest.mark.asyncio
async def test_a_batch_names_its_bad_items_and_stores_the_rest(shared: RunningHub) -> None:
    items: list[Any] = [
        {"memory_id": "good", "text": "a good one", "embedding": [1.0, 2.0]},
        {"memory_id": "empty", "text": " "},
        {"memory_id": "climbs/../../etc/passwd", "text": "x"},
        {"memory_id": "line\nbreak", "text": "x"},
        {"memory_id": "vector", "text": "x", "embedding": ["a", "b"]},
        {"memory_id": "wide", "text": "x", "embedding": [0.5] * 4097},
        {"memory_id": "long", "text": "x" * (1 << 20) + "x"},
        {"text": "no id"},
        "no object",
        {"memory_id": 7, "text": "x"},
        {"memory_id": "good2", "text": "another", "metadata": {"source": "batch"}},
        {"memory_id": "system", "text": "x", "system_id": "bad\nname"},
    ]
    async with _client(shared) as client:
        told = await _call(client, "batch_store_memories", memories=items)
    assert (told["status"], told["total"], told["stored"], told["failed"]) == ("partial", 12, 2, 10)
    errors = {error["index"]: error for error in told["errors"]}
    assert sorted(errors) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11]
    assert errors[1]["memory_id"] == "empty"
    codes = {index: error["code"] for index, error in errors.items()}
    assert codes[1] == "rows.empty_text"
    assert codes[2] == codes[3] == codes[7] == "rows.bad_id"
    assert codes[5] == "rows.vector_width"
    assert codes[6] == "rows.text_too_long"
    assert codes[8] == "rows.not_an_object"
    assert codes[11] == "akosha.bad_system_id"
    assert all(error["error"] and error["next_step"] for error in told["errors"])


@pytest.mark.asyncio
async def test_a_thousand_and_one_are_refused_and_a_thousand_are_not(shared: RunningHub) -> None:
    items = [{"memory_id": f"n{number}", "text": "tiny", "system_id": "thousand"} for number in range(1_001)]
    async with _client(shared) as client:
        error = await _refused(client, "batch_store_memories", memories=items)
        assert (error["code"], error["params"]) == ("akosha.batch_too_large", {"items": 1_001, "limit": 1_000})
        told = await _call(client, "batch_store_memories", memories=items[:1_000])
        assert (told["status"], told["stored"]) == ("completed", 1_000)
        again = await _call(client, "batch_store_memories", memories=items[:1_000])
        assert (again["status"], again["stored"], again["unchanged"]) == ("completed", 1_000, 1_000)


@pytest.mark.asyncio
async def test_an_id_twice_in_a_batch_is_stored_once_with_what_came_last(shared: RunningHub) -> None:
    items = [{"memory_id": "twice", "text": text, "system_id": "twice"} for text in ("first", "second")]
    async with _client(shared) as client:
        told = await _call(client, "batch_store_memories", memories=items)
        assert (told["status"], told["failed"]) == ("completed", 0)
        assert (await _call(client, "get_memory", memory_id="twice", system_id="twice"))["text"] == "second"


@pytest.mark.asyncio
async def test_numbers_that_are_none_are_named_by_their_item(shared: RunningHub) -> None:
    """Python's own encoder writes NaN and Infinity, which JSON does not have; one of them spoils its item alone."""
    items = [
        {"memory_id": "nan", "text": "x", "embedding": [1.0, float("nan")]},
        {"memory_id": "inf", "text": "x", "embedding": [float("-inf"), 1.0]},
        {"memory_id": "fine", "text": "x", "embedding": [1.0, 2.0]},
    ]
    message = {"name": "batch_store_memories", "arguments": {"memories": items}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": message})
    with shared.client() as client:
        told = client.post("/mcp", content=body, headers={"Content-Type": "application/json", "Accept": "*/*"})
    result = told.json()["result"]["structuredContent"]
    assert [(error["memory_id"], error["code"]) for error in result["errors"]] == [
        ("nan", "rows.vector_not_finite"),
        ("inf", "rows.vector_not_finite"),
    ]
    assert result["stored"] == 1


@pytest.mark.asyncio
async def test_a_reading_that_is_older_does_not_undo_a_newer_one(shared: RunningHub) -> None:
    key = {"memory_id": "aged", "system_id": "aged"}
    async with _client(shared) as client:
        await _call(client, "store_memory", text="new", as_of=2_000.0, **key)
        await _call(client, "store_memory", text="old", as_of=1_000.0, **key)
        assert (await _call(client, "get_memory", **key))["text"] == "new"
        await _call(client, "store_memory", text="of the future", as_of=9e9, **key)
        await _call(client, "delete_memory", **key)
        await _call(client, "store_memory", text="later", **key)


@pytest.mark.asyncio
async def test_reflections_and_the_graph_are_stored_and_asked(shared: RunningHub) -> None:
    async with _client(shared) as client:
        insight = await _call(client, "store_reflection", content="Cache before you shard", system_id="graph")
        assert insight["status"] == "stored"
        assert insight["reflection_id"]
        got = await _call(
            client, "get_memory", memory_id=insight["reflection_id"], kind="reflection", system_id="graph"
        )
        assert got["text"] == "Cache before you shard"
        ids = {}
        for name in ("Ada", "Engine", "Babbage"):
            made = await _call(
                client,
                "create_entity",
                name=name,
                entity_type="thing",
                observations=[f"{name} is old"],
                system_id="graph",
            )
            ids[name] = made["id"]
        for start, end in (("Ada", "Engine"), ("Babbage", "Engine")):
            await _call(
                client,
                "create_relation",
                from_entity=ids[start],
                to_entity=ids[end],
                relation_type="worked_on",
                system_id="graph",
            )
        around = await _call(client, "query_knowledge_graph", entity="engine", system_id="graph")
        assert {one["name"] for one in around["entities"]} == {"Ada", "Engine", "Babbage"}
        assert {one["relation_type"] for one in around["relationships"]} == {"worked_on"}
        way = await _call(client, "find_path", from_entity="Ada", to_entity="Babbage", system_id="graph")
        assert way["paths"][0]["ids"] == [ids["Ada"], ids["Engine"], ids["Babbage"]]
        assert not (await _call(client, "query_knowledge_graph", entity="Nobody"))["found"]


@pytest.mark.asyncio
async def test_the_familys_search_has_its_shape_and_hides_nothing_by_default(shared: RunningHub) -> None:
    async with _client(shared) as client:
        await _call(
            client,
            "store_memory",
            memory_id="osprey",
            text="An osprey dives for fish",
            metadata={"source": "laptop-shape", "type": "conversation", "created_at": "2026-05-01T12:00:00+00:00"},
        )
        told = await _call(client, "search_all_systems", query="osprey", system_id="laptop-shape")
    assert (told["query"], told["total_results"], told["mode"]) == ("osprey", 1, "lexical")
    (hit,) = told["results"]
    assert hit["system_id"] == "laptop-shape"
    assert hit["conversation_id"] == "osprey"
    assert hit["content"] == "An osprey dives for fish"
    assert hit["timestamp"] == "2026-05-01T12:00:00+00:00"
    assert 0 < hit["similarity"] <= 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("search_memories", {}, "akosha.argument_missing"),
        ("search_memories", {"query": ""}, "akosha.argument"),
        ("search_memories", {"query": "x" * 1_001}, "akosha.argument"),
        ("search_memories", {"query": "x", "k": 0}, "akosha.argument"),
        ("search_memories", {"query": "x", "k": "ten"}, "akosha.argument"),
        ("search_memories", {"query": "x", "project": "ocean"}, "akosha.argument_unknown"),
        ("search_memories", {"query": "x", "after": "whenever"}, "akosha.argument"),
        ("search_memories", {"query": "x", "systems": [1]}, "akosha.argument"),
        ("search_all_systems", {"query": "x", "threshold": 2}, "akosha.argument"),
        ("get_memory", {"memory_id": ["x"]}, "akosha.argument"),
        ("create_entity", {"name": "x", "properties": []}, "akosha.argument"),
        ("create_entity", {"name": "x", "id": "../up"}, "rows.bad_id"),
        ("create_relation", {"from_entity": "a", "to_entity": "b"}, "akosha.argument_missing"),
        ("delete_memory", {"memory_id": "../../etc"}, "rows.bad_id"),
        ("batch_store_memories", {"memories": {"memory_id": "x"}}, "akosha.argument"),
        ("query_knowledge_graph", {"entity": "x", "depth": 50}, "akosha.argument"),
    ],
)
async def test_arguments_that_cannot_be_right_are_refused_by_name(
    shared: RunningHub, tool: str, arguments: dict[str, Any], code: str
) -> None:
    async with _client(shared) as client:
        assert (await _refused(client, tool, **arguments))["code"] == code


@pytest.mark.asyncio
async def test_a_tool_that_does_not_exist_is_an_error_of_the_protocol(shared: RunningHub) -> None:
    async with _client(shared) as client:
        with pytest.raises(MCPError, match="Unknown tool"):
            await client.call_tool("drop_everything", {})


@pytest.mark.asyncio
async def test_a_system_writes_as_itself_alone(open_hub: Callable[..., RunningHub]) -> None:
    running = open_hub(require_token=True)
    token = running.application.tokens.create("laptop-a", {"write", "read"})
    reader = running.application.tokens.create("phone", {"read"})
    async with _client(running, token=token.secret) as client:
        stored = await _call(client, "store_memory", memory_id="a", text="mine", metadata={"source": "anyone"})
        assert stored["source"] == "laptop-a"
        forged = [
            {"memory_id": "b", "text": "x", "system_id": "laptop-b"},
            {"memory_id": "c", "text": "x", "metadata": {"system_id": "laptop-b"}},
            {"memory_id": "d", "text": "x", "system_id": "laptop-a"},
        ]
        told = await _call(client, "batch_store_memories", memories=forged)
        assert [error["code"] for error in told["errors"]] == ["auth.another_system"] * 2
        assert (await _refused(client, "delete_memory", memory_id="a", system_id="laptop-b"))["code"] == (
            "auth.another_system"
        )
        status = await _call(client, "hub_status")
        assert (status["system_id"], status["scopes"]) == ("laptop-a", ["read", "write"])
        assert [one["system_id"] for one in status["systems"]] == ["laptop-a"]
    async with _client(running, token=reader.secret) as client:
        assert (await _refused(client, "store_memory", memory_id="a", text="x"))["code"] == "auth.scope"
        assert (await _call(client, "get_memory", memory_id="a", system_id="laptop-a"))["text"] == "mine"


@pytest.mark.asyncio
async def test_the_hub_says_who_it_is_and_what_it_takes(shared: RunningHub) -> None:
    async with _client(shared) as client:
        first, second = await _call(client, "hub_status"), await _call(client, "hub_status")
    assert len(first["hub_id"]) == 32
    assert first["hub_id"] == second["hub_id"]
    assert first["binary_vectors"] is True
    assert (first["max_batch"], first["max_body_bytes"]) == (1_000, 64 << 20)
    assert first["system_id"] is None
    assert first["bucket"]["configured"] is False


def test_a_full_batch_with_full_precision_vectors_passes(shared: RunningHub) -> None:
    vector = [0.1234567890123456 + number / 1e9 for number in range(384)]
    items = [
        {"memory_id": f"full-{number}", "text": f"memory {number}", "embedding": vector, "system_id": "full"}
        for number in range(1_000)
    ]
    message = {"name": "batch_store_memories", "arguments": {"memories": items}}
    body = json.dumps({"jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": message}).encode()
    assert len(body) > 7_000_000
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    with shared.client() as client:
        told = client.post("/mcp", content=body, headers=headers).json()
    assert told["id"] == "b"
    assert told["result"]["structuredContent"]["stored"] == 1_000
    assert told["result"]["isError"] is False


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_there_is_no_session_to_listen_to_or_to_end(shared: RunningHub, method: str) -> None:
    told = httpx.request(method, f"{shared.url}/mcp", headers={"Accept": "text/event-stream"})
    assert told.status_code == 405


def test_a_message_that_is_no_call_is_answered_by_the_protocol(shared: RunningHub) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    with shared.client(**headers) as client:
        assert client.post("/mcp", content=b"[]").status_code == 400
        assert (
            client.post("/mcp", content=b'{"jsonrpc": "2.0", "method": "notifications/initialized"}').status_code == 202
        )
        assert client.post("/mcp", content=b'{"jsonrpc": "2.0", "id": 1, "method": "nothing"}').json()["error"]
        told = client.post("/mcp", content=b'{"text": "caf\xe9"}')
        assert (told.status_code, told.json()["error"]["code"]) == (400, "akosha.not_utf8")
        padded = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"_meta": {"x": "y" * (2 << 20)}}}
        assert client.post("/mcp", json=padded).status_code == 413


def test_every_tool_that_is_described_is_there_and_no_other() -> None:
    assert {tool.name for tool in TOOLS} == _NAMES


def test_schemas_say_a_choice_of_types_as_every_client_reads_it() -> None:
    """`"type": [...]` is JSON Schema, but model makers' subsets of it (and the Inspector) know `anyOf` alone."""

    def types(schema: object) -> list[object]:
        if isinstance(schema, dict):
            return [value for key, value in schema.items() if key == "type"] + types(list(schema.values()))
        return [one for inner in schema for one in types(inner)] if isinstance(schema, list) else []

    found = types([tool.arguments for tool in TOOLS])
    assert found
    assert not [one for one in found if isinstance(one, list)]

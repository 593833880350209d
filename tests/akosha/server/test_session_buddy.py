"""An unmodified Session-Buddy pushes: what it sends, to the addresses that it makes, and what it reads of answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.akosha.server.running import RunningHub

_METADATA = {
    "source": "old-laptop",
    "original_id": "c1",
    "type": "conversation",
    "category": "context",
    "importance_score": 0.5,
    "memory_tier": "long_term",
    "project": "whales",
    "namespace": "default",
    "session_id": "s1",
    "user_id": "default",
    "created_at": "2026-03-04T05:06:07",
    "ingestion_method": "http_push",
}


def _call(running: RunningHub, tool: str, arguments: dict[str, Any], path: str = "/mcp/mcp/v1") -> dict[str, Any]:
    """As it calls: no session, no Accept for events, an id of its own making."""
    message = {"jsonrpc": "2.0", "id": "0a1b", "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    told = httpx.post(f"{running.url}{path}", json=message, headers={"Content-Type": "application/json"})
    told.raise_for_status()
    answer: dict[str, Any] = told.json()
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", "0a1b")
    return answer


def test_it_sees_that_somebody_is_there(shared: RunningHub) -> None:
    told = httpx.get(f"{shared.url}/mcp/status", timeout=1.0)
    assert (told.status_code, told.json()["status"]) == (200, "ok")


@pytest.mark.parametrize("path", ["/mcp/mcp/v1", "/mcp/v1"])
def test_its_conversations_arrive_whole(shared: RunningHub, path: str) -> None:
    memory = {"memory_id": f"c{path}", "text": "What do whales eat?", "embedding": [0.5] * 384, "metadata": _METADATA}
    result = _call(shared, "batch_store_memories", {"memories": [memory]}, path)["result"]
    assert (result["status"], result["stored"], result["errors"]) == ("completed", 1, [])
    got = shared.call("get_memory", memory_id=f"c{path}", kind="conversation", system_id="old-laptop")
    assert got["metadata"] == _METADATA
    assert (got["project"], got["created_at"]) == ("whales", "2026-03-04T05:06:07+00:00")


def test_its_reflections_arrive(shared: RunningHub) -> None:
    arguments = {
        "reflection_id": "r1",
        "content": "Whales rest half a brain at a time",
        "embedding": None,
        "metadata": {"source": "old-laptop", "type": "reflection", "tags": ["sea"], "project": None},
    }
    result = _call(shared, "store_reflection", arguments)["result"]
    assert (result["status"], result["reflection_id"]) == ("stored", "r1")
    got = shared.call("get_memory", memory_id="r1", kind="reflection", system_id="old-laptop")
    assert got["metadata"]["tags"] == ["sea"]


def test_its_graph_arrives_with_the_ids_that_its_relations_name(shared: RunningHub) -> None:
    for original, name in (("e1", "Moby"), ("e2", "Ahab")):
        arguments = {
            "name": name,
            "entity_type": "character",
            "observations": [f"{name} is in a book"],
            "properties": {"source_system": "old-laptop", "original_id": original, "created_at": "2026-01-01T00:00:00"},
            "metadata": {},
        }
        assert _call(shared, "create_entity", arguments)["result"]["id"] == original
    relation = {
        "from_entity": "e2",
        "to_entity": "e1",
        "relation_type": "hunts",
        "properties": {"source_system": "old-laptop", "original_id": "r-e2-e1"},
        "metadata": {},
    }
    assert _call(shared, "create_relation", relation)["result"]["id"] == "r-e2-e1"
    around = shared.call("query_knowledge_graph", entity="Moby", system_id="old-laptop")
    assert {one["name"] for one in around["entities"]} == {"Moby", "Ahab"}


def test_sending_again_is_harmless(shared: RunningHub) -> None:
    memory = {"memory_id": "again", "text": "the same", "metadata": _METADATA}
    for _ in range(3):
        assert _call(shared, "batch_store_memories", {"memories": [memory]})["result"]["status"] == "completed"
        assert _call(shared, "store_memory", memory)["result"]["status"] == "stored"


def test_what_it_gets_wrong_is_an_error_that_it_takes_for_one(shared: RunningHub) -> None:
    """It reads `result`, else `error`; a status of 4xx it would send again three times."""
    told = _call(shared, "batch_store_memories", {"memories": "none"})
    assert "result" not in told
    assert told["error"]["data"]["error"]["code"] == "akosha.argument"
    assert _call(shared, "no_such_tool", {})["error"]["code"] == -32601
    result = _call(shared, "batch_store_memories", {"memories": [{"memory_id": "x", "text": ""}]})["result"]
    assert (result["status"], result["errors"][0]["memory_id"]) == ("failed", "x")
    assert isinstance(result["errors"][0]["error"], str)
    single = _call(shared, "store_memory", {"memory_id": "x", "text": ""})["result"]
    assert (single["status"], single["memory_id"]) == ("failed", "x")
    assert isinstance(single["error"], str)


@pytest.mark.parametrize(
    "body",
    [b"[]", b'"text"', b'{"method": "tools/list"}', b'{"method": "tools/call", "params": []}', b'{"id": [1]}', b"1"],
)
def test_what_is_no_call_is_an_error_too(shared: RunningHub, body: bytes) -> None:
    told = httpx.post(f"{shared.url}/mcp/v1", content=body, headers={"Content-Type": "application/json"})
    assert told.status_code == 200
    assert told.json()["error"]["code"] < 0


def test_a_hub_that_stops_is_a_status_that_it_tries_again(open_hub: Callable[..., RunningHub]) -> None:
    running = open_hub()
    running.application.state = "draining"
    with pytest.raises(httpx.HTTPStatusError, match="503"):
        _call(running, "store_memory", {"memory_id": "x", "text": "x"})
    running.application.state = "ready"

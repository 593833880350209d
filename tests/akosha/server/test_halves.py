"""Half an emoji, which JavaScript's string functions leave behind: kept in a memory, never in the way of others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.akosha.server.running import RunningHub

_HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def _ask(running: RunningHub, path: str, tool: str, arguments: str) -> Any:
    """Arguments as JSON text: no proper encoder would write these."""
    message = f'{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}'
    with running.client(**_HEADERS) as client:
        return client.post(path, content=message.encode()).json()


def test_a_memory_with_half_a_character_spoils_no_search(shared: RunningHub) -> None:
    item = r'{"memory_id":"half","text":"okapi stripes","system_id":"js","metadata":{"a":"cut \ud83d","k\udfff":[1]}}'
    assert _ask(shared, "/mcp/v1", "store_memory", item)["result"]["status"] == "stored"
    for tool, arguments in (
        ("search_memories", '{"query":"okapi"}'),
        ("get_memory", '{"memory_id":"half","system_id":"js"}'),
    ):
        plain = _ask(shared, "/mcp/v1", tool, arguments)["result"]
        result = _ask(shared, "/mcp", tool, arguments)["result"]
        assert not result["isError"]
        for told in (plain, result["structuredContent"]):
            found = told["results"][0] if "results" in told else told
            assert found["metadata"] == {"a": "cut \ufffd", "k\ufffd": [1]}


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search_memories", r'{"query":"okapi \ud800"}'),
        ("search_memories", r'{"query":"okapi","systems":["\ud800"]}'),
        ("get_memory", r'{"memory_id":"\ud800"}'),
        ("query_knowledge_graph", r'{"entity":"\ud800"}'),
        ("find_path", r'{"from_entity":"a","to_entity":"\ud800"}'),
        ("create_entity", r'{"name":"\ud800"}'),
    ],
)
def test_half_a_character_in_an_argument_is_refused_by_its_name(shared: RunningHub, tool: str, arguments: str) -> None:
    for path in ("/mcp", "/mcp/v1"):
        told = _ask(shared, path, tool, arguments)
        error = told["result"]["structuredContent"] if path == "/mcp" else told["error"]["data"]
        assert error["error"]["code"] == "akosha.argument"

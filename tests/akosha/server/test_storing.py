"""What a write says it did is what was done, item by item; and no item can spoil what others read."""

from __future__ import annotations

from typing import Any

import pytest

from core.akosha.store import PutResult
from tests.akosha.server.running import RunningHub


def _batch(running: RunningHub, *items: dict[str, Any]) -> dict[str, Any]:
    return running.call("batch_store_memories", memories=list(items))


@pytest.mark.parametrize("moment", [-1e300, -1e17, 1e300, "0001-01-01T00:00:00Z", -62135596801.0])
def test_a_reading_from_no_calendar_keeps_nobody_from_asking(shared: RunningHub, moment: object) -> None:
    system = f"calendar {moment}"
    told = _batch(shared, {"memory_id": "m", "text": "read at a strange time", "system_id": system, "as_of": moment})
    assert told["stored"] == 1
    with shared.client() as client:
        for path in ("/v1/systems", "/v1/status", "/metrics"):
            assert client.get(path).status_code == 200
    assert shared.call("get_memory", memory_id="m", system_id=system)["as_of"]


@pytest.mark.parametrize("moment", ["yesterday", True, [], {}])
def test_a_moment_that_is_none_is_refused_and_not_taken_for_now(shared: RunningHub, moment: object) -> None:
    told = _batch(shared, {"memory_id": "m", "text": "x", "system_id": "no moment", "as_of": moment})
    assert [(error["index"], error["code"], error["params"]) for error in told["errors"]] == [
        (0, "rows.bad_field", {"field": "as_of"})
    ]


def test_of_an_id_given_twice_the_bad_one_is_named(shared: RunningHub) -> None:
    bad = {"memory_id": "same", "text": "", "system_id": "twice"}
    good = {"memory_id": "same", "text": "good", "system_id": "twice"}
    for items, place in (((bad, good), 0), ((good, bad), 1), ((good, bad, good), 1)):
        told = _batch(shared, *items)
        assert [error["index"] for error in told["errors"]] == [place]
        assert told["stored"] == len(items) - 1
    assert shared.call("get_memory", memory_id="same", system_id="twice")["text"] == "good"


def test_nothing_is_called_stored_that_was_refused_with_its_system(shared: RunningHub) -> None:
    items = [{"memory_id": "same", "text": f"text {number}", "system_id": "x" * 129} for number in range(3)]
    told = _batch(shared, *items, {"memory_id": "fine", "text": "fine", "system_id": "fine"})
    assert (told["status"], told["stored"], told["failed"]) == ("partial", 1, 3)
    assert [error["index"] for error in told["errors"]] == [0, 1, 2]


def test_a_system_with_the_longest_name_can_be_searched_alone(shared: RunningHub) -> None:
    name = "y" * 128
    assert _batch(shared, {"memory_id": "m", "text": "zebra crossing", "system_id": name})["stored"] == 1
    told = shared.call("search_all_systems", query="zebra", system_id=name)
    assert [one["system_id"] for one in told["results"]] == [name]


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("search_memories", {"query": "x", "embedding": "@@@"}, "akosha.bad_query_vector"),
        ("search_memories", {"query": "x", "embedding": {"a": 1}}, "akosha.bad_query_vector"),
        ("create_entity", {"name": "x", "id": "../x"}, "rows.bad_id"),
    ],
)
def test_what_the_asker_got_wrong_is_no_failure_of_the_hub(
    shared: RunningHub, caplog: pytest.LogCaptureFixture, tool: str, arguments: dict[str, Any], code: str
) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    with shared.client() as client:
        told = client.post("/mcp/v1", json=message)
        if tool == "search_memories":
            assert client.post("/v1/search", json=arguments).status_code == 400
    assert told.json()["error"]["data"]["error"]["code"] == code
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


def test_a_memory_that_is_still_there_is_not_called_deleted(
    shared: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the hub's clock was set back since the memory came."""

    async def put(*_: object) -> PutResult:
        return PutResult(superseded=1)

    assert _batch(shared, {"memory_id": "stays", "text": "still here", "system_id": "s"})["stored"] == 1
    with monkeypatch.context() as patch:
        patch.setattr(shared.application.store, "put", put)
        told = shared.call("delete_memory", memory_id="stays", system_id="s")
    assert told["status"] == "superseded"
    assert shared.call("delete_memory", memory_id="stays", system_id="s")["status"] == "deleted"
    assert shared.call("delete_memory", memory_id="stays", system_id="s")["status"] == "not_found"

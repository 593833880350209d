"""The REST routes: health against readiness, search, systems, uploads, metrics, the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.akosha.web.metrics import ROUTES
from core.akosha.web.openapi import document
from core.akosha.web.server import create_app
from tests.akosha.server.running import RunningHub


@pytest.fixture(scope="module")
def filled(shared: RunningHub) -> RunningHub:
    items = [
        {"memory_id": "fox", "text": "The quick brown fox", "system_id": "rest-a", "project": "zoo", "created_at": 1e9},
        {"memory_id": "fox", "text": "The fox sleeps", "system_id": "rest-b", "created_at": 2e9, "kind": "reflection"},
    ]
    assert shared.call("batch_store_memories", memories=items)["stored"] == 2
    return shared


def _ids(told: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((hit["system_id"], hit["memory_id"]) for hit in told["results"])


def test_search_by_query_string_and_by_json_say_the_same(filled: RunningHub) -> None:
    with filled.client() as client:
        by_query = client.get("/v1/search", params={"q": "fox", "k": 5}).json()
        by_json = client.post("/v1/search", json={"query": "fox", "k": 5}).json()
        by_find = filled.do(lambda: filled.application.find("fox", k=5))
    assert _ids(by_query) == _ids(by_json) == _ids(by_find) == [("rest-a", "fox"), ("rest-b", "fox")]
    assert by_query.keys() == by_find.keys()
    assert {"text", "snippet", "score", "created_at", "systems", "kind", "project", "metadata"} <= by_query["results"][
        0
    ].keys()


@pytest.mark.parametrize(
    ("filters", "systems"),
    [
        ([("system", "rest-a")], ["rest-a"]),
        ([("system", "rest-a"), ("system", "rest-b")], ["rest-a", "rest-b"]),
        ([("kind", "reflection")], ["rest-b"]),
        ([("project", "zoo")], ["rest-a"]),
        ([("after", "1500000000")], ["rest-b"]),
        ([("before", "2010-01-01")], ["rest-a"]),
    ],
)
def test_filters_of_the_query_string_hold(
    filled: RunningHub, filters: list[tuple[str, str]], systems: list[str]
) -> None:
    with filled.client() as client:
        told = client.get("/v1/search", params=[("q", "fox"), *filters]).json()
    assert sorted(hit["system_id"] for hit in told["results"]) == systems


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "akosha.argument_missing"),
        ("q=fox&k=many", "akosha.argument"),
        ("q=fox&k=0", "akosha.argument"),
        ("q=fox&sytem=a", "akosha.argument_unknown"),
        ("q=" + "x" * 1_001, "akosha.argument"),
    ],
)
def test_a_search_that_cannot_be_right_is_refused_with_a_next_step(filled: RunningHub, query: str, code: str) -> None:
    with filled.client() as client:
        told = client.get(f"/v1/search?{query}")
    assert (told.status_code, told.json()["error"]["code"]) == (400, code)
    assert told.json()["request_id"] == told.headers["X-Request-ID"]
    assert told.json()["error"]["next_step"]


def test_systems_say_how_much_they_have_and_when_they_were_heard_of(filled: RunningHub) -> None:
    with filled.client() as client:
        systems = {one["system_id"]: one for one in client.get("/v1/systems").json()["systems"]}
    assert systems["rest-a"]["memories"] == 1
    assert re.match(r"\d{4}-\d\d-\d\dT", systems["rest-a"]["last_seen"])
    assert systems["rest-b"]["by_kind"] == {"reflection": 1}


def test_the_state_is_the_same_by_every_way(filled: RunningHub) -> None:
    with filled.client() as client:
        told = client.get("/v1/status").json()
    assert told == filled.do(filled.application.status)
    assert told["memories"] >= 2
    assert told["problems"] == []
    assert {"version", "data", "by_kind", "uploads", "index", "model", "bucket", "notices"} <= told.keys()
    assert told["index"]["records"] >= 2


def test_uploads_are_listed_with_what_is_wrong_with_them(filled: RunningHub) -> None:
    async def mark() -> None:
        store = filled.application.store
        reason = {"code": "akosha.no_bucket", "params": {}}
        await store.mark_upload("rest-a", "2026-01-01-a", "quarantined", reason, {"files": 3})
        await store.mark_upload("rest-a", "2026-01-02-b", "ingested", None, {})

    filled.do(mark)
    with filled.client() as client:
        found = client.get("/v1/uploads", params={"system": "rest-a"}).json()["uploads"]
        assert [one["state"] for one in found] == ["ingested", "quarantined"]
        assert found[1]["error"]["title"]
        only = client.get("/v1/uploads", params={"state": "quarantined", "limit": 5}).json()["uploads"]
        assert [one["upload_id"] for one in only] == ["2026-01-01-a"]
        first = client.get("/v1/uploads", params={"system": "rest-a", "limit": 1}).json()["uploads"]
        rest = client.get("/v1/uploads", params={"system": "rest-a", "after": first[0]["cursor"]}).json()["uploads"]
        assert [one["upload_id"] for one in rest] == ["2026-01-01-a"]
        problems = client.get("/v1/status").json()["problems"]
        assert [(one["upload_id"], one["state"]) for one in problems] == [("2026-01-01-a", "quarantined")]
        assert client.get("/v1/uploads?limit=x").status_code == 400


def test_ingestion_without_a_bucket_says_so(filled: RunningHub) -> None:
    with filled.client() as client:
        told = client.post("/v1/ingest", json={})
        assert (told.status_code, told.json()["error"]["code"]) == (400, "akosha.no_bucket")
        assert client.post("/v1/ingest", content=b"[]", headers={"Content-Type": "application/json"}).status_code == 400


def test_what_is_not_there_and_what_cannot_be_done_have_the_form_of_every_error(shared: RunningHub) -> None:
    with shared.client() as client:
        for told, status, code in (
            (client.get("/v1/nothing"), 404, "akosha.no_route"),
            (client.get("/../../etc/passwd"), 404, "akosha.no_route"),
            (client.post("/v1/systems", json={}), 405, "akosha.wrong_method"),
            (client.delete("/v1/search"), 405, "akosha.wrong_method"),
        ):
            assert (told.status_code, told.json()["error"]["code"]) == (status, code)


def test_live_is_not_the_same_as_ready(open_hub: Callable[..., RunningHub]) -> None:
    running = open_hub()
    with running.client() as client:
        assert client.get("/ready").json() == {"status": "ready"}
        assert client.get("/health").json() == {
            "status": "ok",
            "version": client.get("/healthz").json()["version"],
            "instance": running.local.instance,
        }
        for state, code in (("starting", "akosha.starting"), ("draining", "akosha.stopping")):
            running.application.state = state  # type: ignore[assignment]  # as while it starts, or stops
            told = client.get("/ready")
            assert (told.status_code, told.json()["reasons"][0]["code"]) == (503, code)
            refused = client.get("/v1/systems")
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, code)
            assert int(refused.headers["Retry-After"]) >= 1
            assert client.get("/health").status_code == 200
        running.application.state = "ready"


def test_metrics_count_what_is_done_with_labels_that_no_client_makes(open_hub: Callable[..., RunningHub]) -> None:
    running = open_hub()
    running.call("batch_store_memories", memories=[{"memory_id": "a", "text": "x", "kind": "odd_kind_of_mine"}])
    running.call("search_memories", query="x")
    with running.client() as client:
        client.get("/v1/made-up-by-a-client")
        client.request("BREW", "/v1/systems")
        told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    lines = told.text.splitlines()
    for wanted in (
        'akosha_tool_calls_total{outcome="ok",tool="batch_store_memories"} 1.0',
        'akosha_rows_total{outcome="stored"} 1.0',
        "akosha_batches_total 1.0",
        'akosha_search_seconds_count{mode="lexical"} 1.0',
        'akosha_memories{kind="other"} 1.0',
        "akosha_systems 1.0",
        'akosha_indexed{part="records"} 1.0',
        'akosha_requests_total{method="POST",route="/mcp/v1",status="200"} 2.0',
        'akosha_requests_total{method="GET",route="other",status="404"} 1.0',
    ):
        assert wanted in lines, wanted
    for made in ("made-up", "BREW", "odd_kind"):
        assert made not in told.text


def test_scopes_hold_on_the_routes(open_hub: Callable[..., RunningHub]) -> None:
    running = open_hub(require_token=True)
    tokens = running.application.tokens
    secrets = {scope: tokens.create("laptop", {scope}).secret for scope in ("read", "write", "admin")}
    allowed = {"/v1/search?q=x": "read", "/v1/systems": "read", "/v1/status": "read"}
    allowed |= {"/v1/uploads": "admin", "/metrics": "admin"}
    with running.client() as client:
        for path, scope in allowed.items():
            assert client.get(path).status_code == 401
            for name, secret in secrets.items():
                told = client.get(path, headers={"Authorization": f"Bearer {secret}"})
                assert told.status_code == (200 if name == scope else 403), (path, name)
        told = client.get("/v1/search?q=x", headers={"Authorization": f"Bearer {running.local.token}"})
        assert told.status_code == 200, "this computer's own commands may everything"


def test_the_document_describes_every_route_that_is_rest(shared: RunningHub) -> None:
    routes = {route.path for route in create_app(shared.application).routes}  # type: ignore[attr-defined]
    assert routes == ROUTES
    described = set(document()["paths"])
    assert routes - described == {"/mcp/v1", "/mcp/mcp/v1", "/mcp/status", "/v1/openapi.json"}
    with shared.client() as client:
        told = client.get("/v1/openapi.json").json()
        assert told["openapi"].startswith("3.1")
        for path, methods in told["paths"].items():
            for method in methods:
                assert client.request(method, path, json={} if method == "post" else None).status_code not in (404, 405)

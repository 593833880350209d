"""The HTTP method: rows get to the hub, only those that changed, and deletions too; nothing new is no request."""

from __future__ import annotations

import base64
import struct
from typing import Any

import duckdb
import pytest

from core.sync.errors import HybridSyncError
from core.sync.events import DecideSecrets, FindSecrets, Status
from tests.hub_stand_in import HubStandIn
from tests.sync.world import Computer

pytestmark = pytest.mark.asyncio

SYSTEM = "laptop-a1b2"


@pytest.fixture
def here(computer: Computer, hub: HubStandIn) -> Computer:
    """A computer with a little memory of every kind, and the hub."""
    computer.environ["COGZY_HUB_URL"] = hub.url
    return computer


async def push(computer: Computer, **options: Any) -> dict[str, Any]:
    """A sync by the hub alone."""
    result = await computer.sync(method="http", **options)
    assert result["method"] == "http"
    return result


def sent(hub: HubStandIn) -> set[tuple[str, str]]:
    """Kind and id of everything that was sent since the last time."""
    found = {(item["kind"], item["memory_id"]) for batch in hub.batches for item in batch}
    hub.calls.clear()
    return found


async def test_every_row_gets_there_with_all_that_it_holds(here: Computer, hub: HubStandIn) -> None:
    here.sql(
        "ALTER TABLE conversations_v2 ADD COLUMN embedding FLOAT[4]",
        "ALTER TABLE conversations_v2 ADD COLUMN project VARCHAR",
        "UPDATE conversations_v2 SET embedding = [1, 2, 3, 4], project = 'alpha' WHERE id = 'c7'",
    )
    result = await push(here)
    assert hub.ids("conversation") == {f"c{number}" for number in range(200)}
    assert hub.ids("node") == {f"n{number}" for number in range(20)}
    assert hub.ids("entity") == {str(number) for number in range(50)}
    assert result["rows_changed"] == 270
    row = hub.rows[SYSTEM, "conversation", "c7"]
    assert row["text"] == "text 7"
    assert (row["project"], row["origin"]) == ("alpha", "reflection.duckdb")
    assert struct.unpack("<4f", base64.b64decode(row["embedding"])) == (1.0, 2.0, 3.0, 4.0)
    assert row["metadata"]["vector"] == [7.0, 1.0, 2.0, 3.0]
    node = hub.rows[SYSTEM, "node", "n3"]
    assert node["origin"] == "corpus/nodes.json"
    assert "question 3" in node["text"]
    assert "answer 3" in node["text"]
    assert len(base64.b64decode(node["embedding"])) == 16


async def test_only_what_changed_is_sent_and_what_is_gone_is_deleted(here: Computer, hub: HubStandIn) -> None:
    await push(here)
    hub.calls.clear()
    before = hub.requests
    assert (await push(here))["requests"] == 0
    assert hub.requests == before, "nothing new is no request"

    here.add_rows(10, 12, "changed")
    here.add_rows(200, 203)
    here.sql("DELETE FROM conversations_v2 WHERE id IN ('c20', 'c21')")
    result = await push(here)
    expected = {"c10", "c11", "c200", "c201", "c202", "c20", "c21"}
    assert sent(hub) == {("conversation", one) for one in expected}
    assert result["rows_changed"] == 7
    assert hub.ids("conversation") == {f"c{number}" for number in range(203)} - {"c20", "c21"}
    assert hub.rows[SYSTEM, "conversation", "c10"]["text"] == "changed 10"

    nodes = here.service().read_nodes()
    here.service().write_nodes([{**nodes[0], "human_content": "another question"}, *nodes[2:]])
    await push(here)
    assert {("node", "n0"), ("node", "n1")} == sent(hub)
    assert "n1" not in hub.ids("node")
    assert (await push(here))["requests"] == 0


async def test_later_rows_are_never_sent_as_of_an_earlier_moment(light: Computer, hub: HubStandIn) -> None:
    await push(light, only="vault")
    light.clock.pass_by(-3600)
    light.remember(20, 1)
    await push(light, only="vault")
    moments = [item["as_of"] for batch in hub.batches for item in batch]
    assert moments == sorted(moments)
    assert moments[-1] > moments[0]


async def test_a_touched_file_without_a_change_sends_nothing(here: Computer, hub: HubStandIn) -> None:
    await push(here)
    before = hub.requests
    here.sql("CHECKPOINT")
    (here.vault / "corpus" / "nodes.json").touch()
    await push(here)
    assert hub.batches == [batch for batch in hub.batches if len(batch) > 1]
    assert hub.requests - before <= 4
    hub.calls.clear()
    assert (await push(here))["requests"] == 0


async def test_parts_are_sent_as_they_are_asked_for(here: Computer, hub: HubStandIn) -> None:
    await push(here, only="reflections")
    assert {kind for kind, _ in sent(hub)} == {"conversation"}
    await push(here, only="knowledge-graph")
    assert {kind for kind, _ in sent(hub)} == {"entity"}
    await push(here, only="vault")
    assert {kind for kind, _ in sent(hub)} == {"node"}
    assert (await push(here))["requests"] == 0


async def test_a_table_without_a_key_is_compared_whole(here: Computer, hub: HubStandIn) -> None:
    here.sql(
        "CREATE TABLE reflections_v2(id VARCHAR, content VARCHAR)",
        "INSERT INTO reflections_v2 SELECT 'r' || i, 'thought ' || i FROM range(30) AS r(i)",
    )
    await push(here, only="reflections")
    assert len(hub.ids("reflection")) == 30
    hub.calls.clear()
    here.sql(
        "DELETE FROM reflections_v2 WHERE id = 'r3'",
        "UPDATE reflections_v2 SET content = 'second thought' WHERE id = 'r4'",
    )
    await push(here, only="reflections")
    assert sent(hub) == {("reflection", "r3"), ("reflection", "r4")}
    assert "r3" not in hub.ids("reflection")


async def test_after_the_shape_of_a_table_changed_what_was_deleted_meanwhile_is_still_found(
    here: Computer, hub: HubStandIn
) -> None:
    await push(here, only="reflections")
    here.sql("DELETE FROM conversations_v2 WHERE id = 'c5'", "ALTER TABLE conversations_v2 ADD COLUMN mood VARCHAR")
    await push(here, only="reflections")
    assert "c5" not in hub.ids("conversation")
    assert len(hub.ids("conversation")) == 199


async def test_an_older_table_does_not_undo_the_newer_one(here: Computer, hub: HubStandIn) -> None:
    here.sql(
        "CREATE TABLE conversations(id VARCHAR PRIMARY KEY, content VARCHAR)",
        "INSERT INTO conversations VALUES ('c1', 'old words'), ('old', 'only here')",
    )
    await push(here, only="reflections")
    assert hub.rows[SYSTEM, "conversation", "c1"]["text"] == "text 1"
    assert hub.rows[SYSTEM, "conversation", "old"]["text"] == "only here"
    here.sql("DELETE FROM conversations")
    await push(here, only="reflections")
    assert hub.ids("conversation") == {f"c{number}" for number in range(200)}


async def test_batches_have_a_thousand_rows_at_most(light: Computer, hub: HubStandIn) -> None:
    light.remember(20, 1980)
    await push(light, only="vault")
    assert sorted(len(batch) for batch in hub.batches) == [1000, 1000]
    assert len(hub.ids("node")) == 2000


async def test_batches_keep_within_the_body_that_the_hub_takes(light: Computer, hub: HubStandIn) -> None:
    hub.said_body_bytes = 200_000
    nodes = [{"id": f"big{number}", "human_content": "x" * 30_000} for number in range(20)]
    light.service().append_nodes(nodes)
    await push(light, only="vault")
    assert {f"big{number}" for number in range(20)} <= hub.ids("node")
    assert len(hub.batches) >= 4


async def test_full_sends_every_row_again(light: Computer, hub: HubStandIn) -> None:
    await push(light, only="vault")
    sent(hub)
    await push(light, only="vault", full=True)
    assert len(sent(hub)) == 20


async def test_a_corpus_that_was_set_aside_as_damaged_is_not_taken_for_deleted(
    light: Computer, hub: HubStandIn
) -> None:
    await push(light, only="vault")
    await light.close()
    corpus = light.vault / "corpus" / "nodes.json"
    corpus.write_bytes(corpus.read_bytes()[:-200] + b"\x00" * 100)
    result = await light.sync(method="http", only="vault", expect=False)
    assert len(hub.ids("node")) == 20
    assert [notice["code"] for notice in result["notices"]] != []


async def test_another_hub_at_the_same_address_gets_everything(light: Computer, hub: HubStandIn) -> None:
    await push(light, only="vault")
    hub.rows.clear()
    hub.hub_id = "hub-2"
    light.remember(20, 1)
    await push(light, only="vault")
    assert len(hub.ids("node")) == 21


async def test_what_one_hub_has_says_nothing_of_another(light: Computer, hub: HubStandIn) -> None:
    await push(light, only="vault")
    with HubStandIn(hub_id="other").running() as other:
        await light.close()
        light.environ["COGZY_HUB_URL"] = other.url
        await push(light, only="vault")
        assert len(other.ids("node")) == 20
    await light.close()
    light.environ["COGZY_HUB_URL"] = hub.url
    assert (await push(light, only="vault"))["requests"] == 0


async def test_a_foreign_hub_gets_memories_by_ids_of_their_own(light: Computer) -> None:
    with HubStandIn(akosha=False, stateless=False).running() as hub:
        light.environ["COGZY_HUB_URL"] = hub.url
        await push(light, only="vault")
        (batch,) = hub.batches
        item = next(item for item in batch if item["memory_id"].endswith(":n3"))
        assert item["memory_id"] == f"{SYSTEM}:node:n3"
        assert item.keys() == {"memory_id", "text", "embedding", "metadata"}
        assert item["embedding"] == [1.0, 1.0, 1.0, 1.0]
        assert (item["metadata"]["source"], item["metadata"]["type"]) == (SYSTEM, "node")
        light.service().write_nodes(light.service().read_nodes()[5:])
        result = await light.sync(method="http", only="vault", expect=False)
        assert [(n["code"], n["params"]["count"]) for n in result["notices"]] == [("hub.cannot_delete", 5)]
        assert (await push(light, only="vault"))["requests"] == 0, "it is told once"


async def test_a_hub_without_batches_gets_them_one_by_one(light: Computer) -> None:
    with HubStandIn(akosha=False, tools=("store_memory",)).running() as hub:
        hub.refuses["n4"] = {"error": "no"}
        light.environ["COGZY_HUB_URL"] = hub.url
        result = await light.sync(method="http", only="vault", expect=False)
        assert len(hub.rows) == 19
        assert [notice["params"]["id"] for notice in result["notices"]] == ["n4"]


async def test_a_server_without_those_tools_is_no_hub(light: Computer) -> None:
    with HubStandIn(tools=("echo",)).running() as hub:
        light.environ["COGZY_HUB_URL"] = hub.url
        with pytest.raises(HybridSyncError) as caught:
            await push(light, only="vault")
    assert caught.value.code == "hub.no_tools"


async def test_a_database_that_cannot_be_opened_does_not_stop_the_others(here: Computer, hub: HubStandIn) -> None:
    with duckdb.connect() as database:
        database.execute("SET force_mbedtls_unsafe = 'true'")
        database.execute(f"ATTACH '{here.memory}/locked.duckdb' AS locked (ENCRYPTION_KEY 'k')")
        database.execute("CREATE TABLE locked.conversations_v2(id INTEGER PRIMARY KEY, content VARCHAR)")
    here.reflections.unlink()
    (here.memory / "locked.duckdb").rename(here.reflections)
    result = await here.sync(method="http", expect=False)
    assert [notice["code"] for notice in result["notices"]] == ["hub.database_closed"]
    assert result["not_copied"] == ("session-buddy-reflection",)
    assert len(hub.ids("entity")) == 50
    assert len(hub.ids("node")) == 20


async def test_a_row_with_a_likely_secret_waits_alone_until_it_was_decided(here: Computer, hub: HubStandIn) -> None:
    secret = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    here.sql(f"UPDATE conversations_v2 SET content = 'use {secret}' WHERE id = 'c7'")
    nodes = here.service().read_nodes()
    here.service().write_nodes([{**nodes[0], "human_content": f"and {secret}"}, *nodes[1:]])
    result = await push(here, expect=False)
    assert sorted(n["params"]["name"] for n in result["notices"]) == ["session-buddy-reflection", "vault"]
    assert hub.ids("conversation") == {f"c{number}" for number in range(200)} - {"c7"}
    assert hub.ids("node") == {f"n{number}" for number in range(1, 20)}
    assert secret not in str(hub.rows)
    status = await here.run(Status())
    assert status["secrets"] == {"count": 1, "parts": ["session-buddy-reflection", "vault"]}
    (found,) = (await here.run(FindSecrets()))["secrets"]
    hub.calls.clear()
    await here.run(DecideSecrets([found["id"]]))
    await push(here)
    assert sent(hub) == {("conversation", "c7"), ("node", "n0")}
    assert (await push(here))["requests"] == 0

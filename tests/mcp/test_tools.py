"""The official SDK's client at a real `cogzy mcp`: every tool, beside an owner and without one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from mcp.shared.exceptions import MCPError

from core.assistants.tools import TOOLS
from core.client import open_client
from core.sync.events import Sync
from core.vault.locks import owner
from tests.mcp.conftest import Connect, call, refused
from tests.sync.world import Computer

MODES = ["auto", "legacy"]  # the protocol of today, and the one with a handshake that most programs still speak


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", MODES)
async def test_the_tools_say_what_they_are_for_and_what_they_change(connect: Connect, mode: str) -> None:
    async with connect(mode) as session:
        listed = (await session.list_tools()).tools
    assert {tool.name for tool in listed} == {tool.name for tool in TOOLS}
    for tool in listed:
        assert len(tool.description) > 50
        assert tool.input_schema["additionalProperties"] is False
    changing = {tool.name for tool in listed if not tool.annotations.read_only_hint}
    assert changing == {"remember", "sync_to_akosha"}


@pytest.mark.asyncio
async def test_a_memory_is_found_by_its_words_and_read_with_its_neighbours(connect: Connect) -> None:
    async with connect() as session:
        found = await call(session, "search_memory", query="pears in March")
        hit = found["hits"][0]
        assert (hit["id"], hit["project"], hit["source"]) == ("n1", "garden", "claude")
        assert hit["created_at"] == "2026-05-02T12:00:00+00:00"
        assert found["meaning"]["on"] is False
        assert found["meaning"]["why_not"]["next_step"]
        whole = await call(session, "get_memory", id=hit["id"], around=1)
    assert [part["text"] for part in whole["parts"]] == ["Pears keep until March", "I see."]
    assert [one["id"] for one in whole["before"]] == ["n0"]
    assert [one["id"] for one in whole["after"]] == ["n2"]


@pytest.mark.asyncio
async def test_filters_are_exact(connect: Connect) -> None:
    async with connect() as session:

        async def ids(**filters: object) -> list[str]:
            found = await call(session, "search_memory", query="apple pears deploy", **filters)
            return sorted(hit["id"] for hit in found["hits"])

        assert await ids() == ["n0", "n1", "n2"]
        assert await ids(project="garden") == ["n0", "n1"]
        assert await ids(after="2026-05-02T00:00:00Z", before="2026-05-03T00:00:00Z") == ["n1"]
        assert await ids(source="chatgpt") == []
        assert len(await ids(k=1)) == 1


@pytest.mark.asyncio
async def test_what_is_remembered_is_found_at_once_and_kept_once(connect: Connect, computer: Computer) -> None:
    told = {"text": "Ünal prefers the quince jam", "title": "Jam", "project": "kitchen", "tags": ["food", "jam"]}
    async with connect() as session:
        first = await call(session, "remember", **told)
        again = await call(session, "remember", text=told["text"], project="kitchen")
        other = await call(session, "remember", text=told["text"])
        found = await call(session, "search_memory", query="quince", project="kitchen")
    assert (first["status"], again["status"], other["status"]) == ("remembered", "known", "remembered")
    assert first["id"] == again["id"] != other["id"]
    assert again["tags"] == ["food", "jam"]
    assert [hit["id"] for hit in found["hits"]] == [first["id"]]
    record = computer.service().read_nodes()[-2]
    assert (record["assistant_content"], record["source"]) == (told["text"], "remembered")
    assert computer.service().check() == []


@pytest.mark.asyncio
async def test_assistants_that_remember_at_the_same_time_lose_nothing(connect: Connect, computer: Computer) -> None:
    async with connect() as one, connect() as two, asyncio.TaskGroup() as group:
        for number in range(6):
            for session in (one, two):
                group.create_task(call(session, "remember", text=f"Fact number {number}"))
    kept = [node["assistant_content"] for node in computer.service().read_nodes()[3:]]
    assert sorted(kept) == [f"Fact number {number}" for number in range(6)]


@pytest.mark.asyncio
async def test_private_parts_are_never_kept(connect: Connect, computer: Computer) -> None:
    async with connect() as session:
        await call(session, "remember", text="The door <private>4711</private> is green")
        error = await refused(session, "remember", text="<private>4711</private>")
    assert error["code"] == "mcp.only_private"
    assert b"4711" not in (computer.vault / "corpus" / "nodes.json").read_bytes()


@pytest.mark.asyncio
async def test_a_sync_tells_what_became_of_each_method(connect: Connect, computer: Computer) -> None:
    async with connect() as session:
        before = await call(session, "akosha_sync_status")
        assert "last_success" not in before["methods"]["cloud"]
        done = await call(session, "sync_to_akosha")
        assert done["success"] is True
        assert [(one["method"], one["outcome"]) for one in done["attempts"]] == [
            ("cloud", "succeeded"),
            ("http", "skipped"),
        ]
        after = await call(session, "akosha_sync_status")
        assert "last_success" in after["methods"]["cloud"]
        assert after["owner"]["kind"] == "none"
    assert list(computer.cloud.rglob("manifest.json"))


@pytest.mark.asyncio
async def test_a_sync_that_fails_is_told_with_its_attempts(connect: Connect) -> None:
    async with connect(COGZY_CLOUD_ENDPOINT="http://127.0.0.1:9", COGZY_CLOUD_BUCKET="b") as session:
        result = await session.call_tool("sync_to_akosha", {"enable_fallback": False})
    assert result.is_error
    told = result.structured_content
    assert told["success"] is False
    assert told["error"]["next_step"]


@pytest.mark.asyncio
async def test_the_vault_is_described(connect: Connect, computer: Computer) -> None:
    async with connect() as session:
        status = await call(session, "vault_status")
    assert status["folder"] == str(computer.vault)
    assert status["vault"]["nodes"] == 3


@pytest.mark.asyncio
async def test_with_an_owner_its_engine_does_the_work(connect: Connect, computer: Computer) -> None:
    async with open_client(computer.vault, "app", computer.environ), connect() as session:
        assert (await call(session, "vault_status"))["owner"]["kind"] == "app"
        assert (await call(session, "search_memory", query="apple"))["hits"][0]["id"] == "n0"
        assert (await call(session, "remember", text="Owned or not"))["status"] == "remembered"
        assert (await call(session, "sync_to_akosha"))["success"] is True
        assert (await call(session, "search_memory", query="owned"))["hits"]
    async with connect() as session:  # the owner has gone
        assert (await call(session, "search_memory", query="apple"))["hits"][0]["id"] == "n0"


@pytest.mark.asyncio
async def test_assistants_do_not_keep_the_vault_from_its_owner(connect: Connect, computer: Computer) -> None:
    async with connect() as session:
        await call(session, "search_memory", query="apple")
        assert owner(computer.vault) is None
        async with open_client(computer.vault, "app", computer.environ) as client:
            assert [event async for event in client.run(Sync())]
            assert (await call(session, "search_memory", query="apple"))["hits"]


@pytest.mark.asyncio
async def test_nothing_is_remembered_while_the_vault_is_reset(
    connect: Connect, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.sync import reset
    from core.sync.events import Reset

    await computer.sync()
    await computer.close()
    fetching, go_on = asyncio.Event(), asyncio.Event()
    real = reset.refusal_of

    async def slow(*given: object) -> object:
        fetching.set()
        await go_on.wait()
        return await real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(reset, "refusal_of", slow)
    async with open_client(computer.vault, "app", computer.environ) as client, connect() as session:

        async def run() -> list[object]:
            return [event async for event in client.run(Reset(override=True))]

        resetting = asyncio.create_task(run())
        await fetching.wait()
        assert (await refused(session, "remember", text="Too early"))["code"] == "mcp.resetting"
        go_on.set()
        await resetting
        assert (await call(session, "remember", text="In time"))["status"] == "remembered"


WRONG = [
    ("search_memory", {}, "tools.argument_missing"),
    ("search_memory", {"query": "  "}, "tools.argument"),
    ("search_memory", {"query": "x", "k": 0}, "tools.argument"),
    ("search_memory", {"query": "x", "after": "someday"}, "tools.argument"),
    ("search_memory", {"query": "x", "kind": "dream"}, "recall.wrong_kind"),
    ("search_memory", {"quary": "x"}, "tools.argument_unknown"),
    ("get_memory", {"id": "nobody"}, "recall.no_such_memory"),
    ("remember", {"text": "x" * 100_001}, "tools.argument"),
    ("remember", {"text": "x", "tags": [str(n) for n in range(33)]}, "mcp.too_many_tags"),
    ("sync_to_akosha", {"method": "pigeon"}, "tools.argument"),
    ("sync_to_akosha", {"enable_fallback": "no"}, "tools.argument"),
]


@pytest.mark.asyncio
async def test_what_is_wrong_with_an_argument_is_said(connect: Connect) -> None:
    async with connect() as session:
        for tool, arguments, code in WRONG:
            assert (await refused(session, tool, **arguments))["code"] == code
        with pytest.raises(MCPError):
            await session.call_tool("forget_everything", {})
        assert (await call(session, "vault_status"))["vault"]


@pytest.mark.asyncio
async def test_damage_is_told_and_the_rest_still_found(connect: Connect, computer: Computer) -> None:
    nodes = computer.vault / "corpus" / "nodes.json"
    computer.service().append_episodes([{"id": "e1", "title": "Plums", "messages": [{"role": "user", "content": "x"}]}])
    nodes.write_bytes(nodes.read_bytes()[:-20])
    async with connect() as session:
        found = await call(session, "search_memory", query="plums")
        assert [hit["id"] for hit in found["hits"]] == ["e1"]
        assert found["problems"][0]["next_step"]
        assert (await refused(session, "remember", text="Not on top of damage"))["code"].startswith("vault.")


@pytest.mark.asyncio
async def test_a_vault_that_does_not_exist_yet_is_made(connect: Connect, computer: Computer, tmp_path: Path) -> None:
    async with connect(COGZY_VAULT_DIR=str(tmp_path / "new")) as session:
        assert (await call(session, "search_memory", query="apple"))["hits"] == []
        assert (await call(session, "remember", text="The first one"))["status"] == "remembered"
        assert (await call(session, "search_memory", query="first"))["hits"]

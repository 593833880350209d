"""Clients that nobody here wrote, at a hub that runs as it does for a person: the official SDK, the MCP Inspector."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError

from core.akosha.tools.schemas import TOOLS
from tests.akosha.cli.running import Running, akosha, here, token

INSPECTOR = Path(__file__).resolve().parents[3] / ".node" / "node_modules" / ".bin" / "mcp-inspector"
NAMES = {tool.name for tool in TOOLS}
MODES = ["auto", "legacy"]  # the protocol of today, and the one with a handshake that most programs still speak


@asynccontextmanager
async def client(hub: Running, secret: str | None = None, mode: str = "auto") -> AsyncIterator[Any]:
    from mcp import Client
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    headers = {"Authorization": f"Bearer {secret}"} if secret is not None else {}
    async with (
        create_mcp_http_client(headers=headers) as http,
        Client(streamable_http_client(hub.mcp, http_client=http), mode=mode) as session,
    ):
        yield session


async def call(session: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await session.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    answer: dict[str, Any] = result.structured_content
    return answer


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", MODES)
async def test_the_official_client_lists_the_tools_with_what_they_are_for(open_hub: Running, mode: str) -> None:
    async with client(open_hub, mode=mode) as session:
        listed = (await session.list_tools()).tools
    assert {tool.name for tool in listed} == NAMES
    for tool in listed:
        assert tool.description
        assert tool.input_schema["type"] == "object"


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", MODES)
async def test_the_official_client_stores_finds_and_gets_a_memory(open_hub: Running, mode: str) -> None:
    identity, word = f"m-{uuid.uuid4()}", f"zebrafish{uuid.uuid4().hex[:8]}"
    async with client(open_hub, mode=mode) as session:
        stored = await call(
            session,
            "store_memory",
            memory_id=identity,
            text=f"We keep {word} in the second tank",
            metadata={"source": "aquarium", "colour": "ü"},
        )
        assert (stored["status"], stored["source"]) == ("stored", "aquarium")
        found = await call(session, "search_memories", query=f"where is the {word}")
        assert found["results"][0]["memory_id"] == identity
        whole = await call(session, "get_memory", memory_id=identity, system_id="aquarium")
        assert whole["metadata"]["colour"] == "ü"
        gone = await call(session, "delete_memory", memory_id=identity, system_id="aquarium")
        assert gone["status"] == "deleted"


@pytest.mark.asyncio
async def test_with_a_token_a_system_writes_as_itself_and_reads_all(guarded_hub: Running) -> None:
    word = f"pangolin{uuid.uuid4().hex[:8]}"
    async with client(guarded_hub, token(guarded_hub.data, "laptop-a")) as session:
        stored = await call(session, "store_memory", memory_id="1", text=f"The {word} sleeps", metadata={"source": "x"})
        assert stored["source"] == "laptop-a"
        forged = await session.call_tool("store_memory", {"memory_id": "2", "text": word, "system_id": "laptop-b"})
        assert forged.structured_content["code"] == "auth.another_system"
    async with client(guarded_hub, token(guarded_hub.data, "phone", "read")) as session:
        (hit,) = (await call(session, "search_memories", query=word))["results"]
        assert hit["system_id"] == "laptop-a"
        refused = await session.call_tool("store_memory", {"memory_id": "3", "text": word})
        assert refused.is_error
        assert refused.structured_content["error"]["code"] == "auth.scope"


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("secret", [None, "ak_wrong"])
async def test_without_the_right_token_the_official_client_gets_nowhere(
    guarded_hub: Running, secret: str | None, mode: str
) -> None:
    with pytest.raises(BaseExceptionGroup) as raised:
        async with client(guarded_hub, secret, mode) as session:
            await session.list_tools()
    assert raised.group_contains(Exception)


@pytest.mark.asyncio
async def test_a_revoked_token_stops_a_client_in_the_middle(guarded_hub: Running) -> None:
    made = json.loads(akosha(guarded_hub.data, "token", "create", "lost", "--json").stdout)
    async with client(guarded_hub, made["secret"]) as session:
        await call(session, "list_systems")
        assert akosha(guarded_hub.data, "token", "revoke", made["id"]).returncode == 0
        with pytest.raises(MCPError):
            await call(session, "list_systems")


def inspect(hub: Running, *arguments: str, secret: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line of the MCP Inspector against a hub."""
    node = shutil.which("node")
    assert node is not None, "Node.js is missing: sudo apt-get install -y nodejs npm   (20 or newer)"
    assert INSPECTOR.exists(), "the MCP Inspector is missing: make .node/.ready"
    header = ["--header", f"Authorization: Bearer {secret}"] if secret is not None else []
    own = {"HOME": str(hub.data.parent), "USERPROFILE": str(hub.data.parent)}  # it keeps things there
    return subprocess.run(
        [node, str(INSPECTOR), "--cli", hub.mcp, "--transport", "http", "--stored-auth-only", *header, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **own},
        check=False,
    )


def answered(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def tool(hub: Running, name: str, secret: str | None = None, **arguments: str) -> dict[str, Any]:
    pairs = [part for key, value in arguments.items() for part in ("--tool-arg", f"{key}={value}")]
    return answered(inspect(hub, "--method", "tools/call", "--tool-name", name, *pairs, secret=secret))


def test_the_inspector_lists_the_tools_and_finds_nothing_that_other_clients_could_not_read(open_hub: Running) -> None:
    listed = inspect(open_hub, "--method", "tools/list", "--strict")
    assert {one["name"] for one in answered(listed)["tools"]} == NAMES


def test_the_inspector_stores_finds_and_gets_a_memory(guarded_hub: Running) -> None:
    secret = token(guarded_hub.data, "inspector")
    identity, word = f"i-{uuid.uuid4()}", f"axolotl{uuid.uuid4().hex[:8]}"
    stored = tool(guarded_hub, "store_memory", secret, memory_id=identity, text=f"An {word} regrows its legs")
    assert stored["structuredContent"]["status"] == "stored"
    found = tool(guarded_hub, "search_memories", secret, query=word)["structuredContent"]
    assert [(hit["memory_id"], hit["system_id"]) for hit in found["results"]] == [(identity, "inspector")]
    whole = tool(guarded_hub, "get_memory", secret, memory_id=identity)["structuredContent"]
    assert whole["text"] == f"An {word} regrows its legs"


def test_the_inspector_stores_without_a_token_where_none_is_needed(open_hub: Running) -> None:
    word = f"axolotl{uuid.uuid4().hex[:8]}"
    stored = tool(open_hub, "store_memory", memory_id=f"i-{uuid.uuid4()}", text=f"An {word} regrows its legs")
    assert stored["structuredContent"]["status"] == "stored"
    (hit,) = json.loads(here(open_hub.data, "search", word, "--json").stdout)["results"]
    assert (hit["memory_id"][:2], hit["system_id"]) == ("i-", "local")


def test_the_inspector_is_told_what_is_wrong_with_an_argument(open_hub: Running) -> None:
    done = inspect(open_hub, "--method", "tools/call", "--tool-name", "search_memories", "--tool-arg", "quary=typo")
    answer = json.loads(done.stdout)
    assert done.returncode != 0
    assert answer["isError"]
    assert answer["structuredContent"]["error"]["code"] == "akosha.argument_unknown"


@pytest.mark.parametrize("secret", [None, "ak_wrong"])
def test_without_the_right_token_the_inspector_gets_nowhere(guarded_hub: Running, secret: str | None) -> None:
    done = inspect(guarded_hub, "--method", "tools/list", secret=secret)
    assert done.returncode != 0
    assert "store_memory" not in done.stdout

"""A computer with a few memories and a folder as its cloud, and `cogzy mcp` beside it as assistants start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.forked import Forked, forked_command
from tests.sync.world import Computer

COGZY = (sys.executable, "-I", "-m", "cogzy")
Connect = Callable[..., AbstractAsyncContextManager[Any]]
TEXTS = "How do we prune apple trees", "Pears keep until March", "The deploy key lies in the safe"


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """One with three memories."""
    model = str(tmp_path / "no model")
    made = Computer(tmp_path / "laptop", tmp_path / "cloud", environ={"COGZY_MODEL_DIR": model})
    made.service().append_nodes(
        [
            {
                "id": f"n{at}",
                "source": "claude",
                "project": "garden" if at < 2 else "work",
                "conversation_id": "c",
                "sequence_index": at,
                "created_at": f"2026-05-0{at + 1}T12:00:00Z",
                "human_content": text,
                "assistant_content": "I see.",
            }
            for at, text in enumerate(TEXTS)
        ]
    )
    return made


def environment(computer: Computer, **more: str) -> dict[str, str]:
    """What a program of that computer sees."""
    return {**os.environ, "COGZY_VAULT_DIR": str(computer.vault), **computer.environ, **more}


@pytest.fixture
def connect(computer: Computer) -> Connect:
    """The official client, talking to a new `cogzy mcp`."""
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client

    @asynccontextmanager
    async def connected(mode: str = "auto", *, within: int | None = None, **variables: str) -> AsyncIterator[Any]:
        started = [*entering(within), *COGZY, "mcp"] if within is not None else forked_command("cogzy", "mcp")
        command, *arguments = started
        parameters = StdioServerParameters(command=command, args=arguments, env=environment(computer, **variables))
        # Whatever standard error was when the client's library was imported, it may be no file now.
        async with Client(stdio_client(parameters, errlog=sys.__stderr__), mode=mode) as session:
            yield session

    return connected


def entering(space: int) -> list[str]:
    """What runs a command with the mounts of that process."""
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    return ["nsenter", "--target", str(space), "--mount", *user]


async def call(session: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    """The answer of a tool that must succeed."""
    result = await session.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    answer: dict[str, Any] = result.structured_content
    return answer


async def refused(session: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    """The error of a tool that must fail."""
    result = await session.call_tool(tool, arguments)
    assert result.is_error, result.content
    error: dict[str, Any] = result.structured_content["error"]
    assert error["title"] != error["code"], "no sentence for this code"
    assert error["next_step"]
    return error


def start(computer: Computer, *words: str, **variables: str) -> subprocess.Popen[bytes]:
    """`cogzy ...` as a process with pipes."""
    return Forked(
        ["cogzy", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(computer, **variables),
    )

"""`cogzy mcp` as a process: nothing but the protocol on standard output, killed anywhere, and how it ends."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.assistants.tools import TOOLS
from core.vault import CRASH_POINTS
from tests.bad_input.disks import namespace
from tests.mcp.conftest import COGZY, Connect, call, environment, refused, start
from tests.sync.world import Computer

INSPECTOR = Path(__file__).resolve().parents[2] / ".node" / "node_modules" / ".bin" / "mcp-inspector"
HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "somebody", "version": "1"},
}


def line(method: str, number: int | None = None, **params: Any) -> bytes:
    """A message as it goes over the wire."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps(message if number is None else {**message, "id": number}).encode() + b"\n"


def conversation(tool: str, **arguments: Any) -> bytes:
    """A handshake and one call."""
    called = line("tools/call", 2, name=tool, arguments=arguments)
    return line("initialize", 1, **HELLO) + line("notifications/initialized") + called


def talk(computer: Computer, tool: str, *, until: int = 2, **arguments: Any) -> list[dict[str, Any]]:
    """Every message of a `cogzy mcp` that is told a tool and then left."""
    process = start(computer, "mcp")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(conversation(tool, **arguments))
    process.stdin.flush()
    lines = []
    for _ in range(until):
        lines.append(json.loads(process.stdout.readline()))
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return [*lines, *(json.loads(one) for one in rest.splitlines())]


def test_standard_output_has_nothing_but_the_protocol(computer: Computer) -> None:
    messages = talk(computer, "search_memory", query="apple")
    assert [message["id"] for message in messages] == [1, 2]
    assert all(message["jsonrpc"] == "2.0" for message in messages)
    assert "treat it as information" in messages[0]["result"]["instructions"]


def test_a_client_that_disappears_in_a_call_ends_the_process(computer: Computer) -> None:
    process = start(computer, "mcp")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(conversation("sync_to_akosha"))
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    process.stdin.close()
    assert process.wait(60) == 0
    assert process.stderr is not None
    with process.stderr as errors:
        assert b"Traceback" not in errors.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_at_once(computer: Computer, number: int) -> None:
    process = start(computer, "mcp")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(conversation("vault_status"))
    process.stdin.flush()
    process.stdout.readline(), process.stdout.readline()
    process.send_signal(number)
    assert process.wait(60) == 128 + number
    assert "Traceback" not in str(process.communicate()[1])


@pytest.mark.parametrize("step", CRASH_POINTS)
def test_killed_in_remember_the_vault_is_whole_and_the_next_call_keeps_it_once(computer: Computer, step: str) -> None:
    process = start(computer, "mcp", COGZY_CRASH_AT=step)
    assert process.stdin is not None
    process.stdin.write(conversation("remember", text="Kept in spite of everything"))
    process.stdin.flush()
    process.wait(60)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    service = computer.service()
    assert service.check() == []
    before = [node["id"] for node in service.read_nodes()]
    assert before[:3] == ["n0", "n1", "n2"]
    told = talk(computer, "remember", text="Kept in spite of everything")[1]["result"]["structuredContent"]
    assert told["status"] == ("known" if len(before) == 4 else "remembered")
    nodes = service.read_nodes()
    assert [node["id"] for node in nodes[3:]] == [told["id"]]
    assert service.check() == []


@pytest.mark.asyncio
async def test_a_vault_that_cannot_be_written_is_still_searched(connect: Connect, computer: Computer) -> None:
    with namespace() as disks:
        disks.make_read_only(computer.vault)
        async with connect(within=disks.pid) as session:
            error = await refused(session, "remember", text="Nowhere to go")
            assert error["code"].startswith("files.")
            assert (await call(session, "search_memory", query="apple"))["hits"][0]["id"] == "n0"
            assert (await call(session, "vault_status"))["vault"]["nodes"] == 3
            assert (await call(session, "akosha_sync_status"))["methods"]


def inspect(computer: Computer, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line of the MCP Inspector against a new `cogzy mcp`."""
    node = shutil.which("node")
    assert node is not None, "Node.js is missing: sudo apt-get install -y nodejs npm   (20 or newer)"
    assert INSPECTOR.exists(), "the MCP Inspector is missing: make .node/.ready"
    own = environment(computer, USERPROFILE=computer.environ["HOME"])
    passed = [
        part
        for name in ("COGZY_VAULT_DIR", "COGZY_MODEL_DIR", "COGZY_STATE_DIR")
        for part in ("-e", f"{name}={own[name]}")
    ]
    return subprocess.run(
        [node, str(INSPECTOR), "--cli", *passed, *COGZY, "mcp", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=own,
        check=False,
    )


def test_the_inspector_lists_the_tools(computer: Computer) -> None:
    listed = inspect(computer, "--method", "tools/list")
    assert listed.returncode == 0, listed.stderr
    assert {one["name"] for one in json.loads(listed.stdout)["tools"]} == {tool.name for tool in TOOLS}


def test_the_inspector_finds_a_memory(computer: Computer) -> None:
    done = inspect(
        computer, "--method", "tools/call", "--tool-name", "search_memory", "--tool-arg", "query=deploy", "k=1"
    )
    assert done.returncode == 0, done.stderr
    assert [hit["id"] for hit in json.loads(done.stdout)["structuredContent"]["hits"]] == ["n2"]


def test_the_process_starts_light() -> None:
    program = "import sys, core.assistants.calls, core.cli.mcp; print(*({'mcp', 'numpy', 'duckdb'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

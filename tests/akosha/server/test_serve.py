"""`akosha serve` as a process: its start, its end under load, its log, and what is left after it was killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.forked import Forked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")

_PROGRAM = "import sys; from cogzy.__main__ import akosha; sys.exit(akosha())"


class Served:
    """A hub in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.log: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, self.said()
        self.told: dict[str, Any] = json.loads(line)
        self.url: str = self.told["url"]
        self.port = int(self.url.rpartition(":")[2])

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.log.extend(self.process.stderr)

    def said(self) -> str:
        """Everything that it logged until its end."""
        self.process.wait(20)
        self._listener.join(5)
        return "".join(self.log)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(40)


def _start(data: Path, *options: str, port: int = 0, forked: bool = True, **environ: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AKOSHA_")}
    command = ["serve", "--port", str(port), "--data", str(data), "--json", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if forked:
        return Forked(["akosha", *command], **pipes, text=True, bufsize=1, env=kept | environ)
    program = [sys.executable, "-c", _PROGRAM]
    return subprocess.Popen([*program, *command], **pipes, text=True, bufsize=1, env=kept | environ)


@contextmanager
def _serve(data: Path, *options: str, forked: bool = True, **environ: str) -> Iterator[Served]:
    process = _start(data, *options, forked=forked, **environ)
    try:
        yield Served(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _call(url: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    found: dict[str, Any] = httpx.post(f"{url}/mcp/v1", json=message, timeout=30).json()["result"]
    return found


def _batch(name: str, count: int) -> list[dict[str, Any]]:
    return [{"memory_id": f"{name}-{number}", "text": f"whale song {number}"} for number in range(count)]


@contextmanager
def _half_sent(port: int, items: list[dict[str, Any]]) -> Iterator[tuple[socket.socket, bytes]]:
    """A batch of which the first half is on its way; the other half is for the test to send."""
    call = {"name": "batch_store_memories", "arguments": {"memories": items}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}).encode()
    head = f"POST /mcp/v1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode() + body[: len(body) // 2])
        time.sleep(0.3)
        yield connection, body[len(body) // 2 :]


def _heard(connection: socket.socket) -> bytes:
    heard = b""
    while piece := connection.recv(1 << 16):
        heard += piece
    return heard


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_ends_in_order(tmp_path: Path, number: int) -> None:
    with _serve(tmp_path, forked=number == signal.SIGTERM) as served:
        assert served.told["mcp"] == f"{served.url}/mcp"
        assert httpx.get(f"{served.url}/ready").status_code == 200
        assert (tmp_path / "server.json").stat().st_mode & 0o777 == 0o600
        assert served.end(number) == 0
        assert not (tmp_path / "server.json").exists()
        lines = [json.loads(line) for line in served.said().splitlines()]
    assert [line["event"] for line in lines if line["logger"] == "core.akosha.web.server"] == [
        "ready",
        "stopping",
        "stopped",
    ]


def test_what_runs_is_finished_and_nothing_new_is_begun(tmp_path: Path) -> None:
    with _serve(tmp_path) as served:
        with _half_sent(served.port, _batch("running", 200)) as (connection, rest), httpx.Client() as kept:
            kept.get(f"{served.url}/health")
            served.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            assert kept.get(f"{served.url}/health").status_code == 200
            assert kept.get(f"{served.url}/ready").status_code == 503
            refused = httpx.get(f"{served.url}/v1/systems")
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "akosha.stopping")
            assert int(refused.headers["Retry-After"]) >= 1
            assert served.process.poll() is None
            connection.sendall(rest)
            answer = _heard(connection)
            assert answer.startswith(b"HTTP/1.1 200")
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["result"]["stored"] == 200
        assert served.process.wait(20) == 0
    with _serve(tmp_path) as again:
        assert _call(again.url, "hub_status", {})["memories"] == 200
        assert again.end() == 0


def test_waiting_has_an_end(tmp_path: Path) -> None:
    with (
        _serve(tmp_path, AKOSHA_DRAIN_SECONDS="0.5", AKOSHA_READ_SECONDS="60") as served,
        _half_sent(served.port, _batch("stuck", 10)),
    ):
        began = time.monotonic()
        assert served.end() == 0
        assert time.monotonic() - began < 10


def test_a_second_signal_waits_for_nothing(tmp_path: Path) -> None:
    with (
        _serve(tmp_path, AKOSHA_READ_SECONDS="60") as served,
        _half_sent(served.port, _batch("stuck", 10)),
    ):
        served.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert served.process.poll() is None
        began = time.monotonic()
        assert served.end(signal.SIGINT) == 0
        assert time.monotonic() - began < 8


def test_what_was_acknowledged_is_there_after_kill_9_under_load(tmp_path: Path) -> None:
    acknowledged: list[str] = []

    def push(url: str, name: str) -> None:
        for number in range(1_000):
            items = _batch(f"{name}-{number}", 20)
            try:
                done = _call(url, "batch_store_memories", {"memories": items})
            except (httpx.HTTPError, ValueError):
                return
            assert done["stored"] == 20
            acknowledged.extend(item["memory_id"] for item in items)

    with _serve(tmp_path) as served:
        pushing = [threading.Thread(target=push, args=(served.url, name)) for name in ("a", "b", "c")]
        for thread in pushing:
            thread.start()
        give_up = time.monotonic() + 60
        while len(acknowledged) < 100 and time.monotonic() < give_up:
            time.sleep(0.01)
        served.process.kill()
        for thread in pushing:
            thread.join(60)
    assert len(acknowledged) >= 60
    with _serve(tmp_path) as again:
        assert _call(again.url, "hub_status", {})["memories"] >= len(acknowledged)
        for name in acknowledged[:: max(1, len(acknowledged) // 50)]:
            assert _call(again.url, "get_memory", {"memory_id": name, "system_id": "local"})["text"]
        found = _call(again.url, "search_memories", {"query": "whale song", "k": 5})
        assert found["total_results"] == 5
        assert again.end() == 0


def test_a_port_that_is_taken_and_data_that_is_in_use_are_told_apart(tmp_path: Path) -> None:
    with _serve(tmp_path / "one") as served:
        for data, port, code in ((tmp_path / "two", served.port, "port_in_use"), (tmp_path / "one", 0, "data_in_use")):
            process = _start(data, port=port)
            out, err = process.communicate(timeout=30)
            assert process.returncode == 5, err
            assert f"akosha.{code}" in out + err
        assert httpx.get(f"{served.url}/ready").status_code == 200
        assert served.end() == 0


def test_wrong_settings_are_listed_and_nothing_is_started(tmp_path: Path) -> None:
    process = _start(tmp_path, AKOSHA_DRAIN_SECONDS="long", AKOSHA_REQUIRE_TOKENS="true")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "drain_seconds" in out + err
    assert "AKOSHA_REQUIRE_TOKEN" in out + err


def test_its_log_is_json_lines_without_anybodys_words(tmp_path: Path) -> None:
    with _serve(tmp_path, AKOSHA_LOG_LEVEL="debug") as served:
        _call(served.url, "store_memory", {"memory_id": "secret-plan", "text": "the xylophone is in the cellar"})
        _call(served.url, "search_memories", {"query": "xylophone"})
        httpx.get(f"{served.url}/v1/search", params={"q": "xylophone"}, headers={"Authorization": "Bearer ak_wrongone"})
        httpx.post(f"{served.url}/mcp/v1", content=b'{"x": "xylophone', headers={"Content-Type": "application/json"})
        with socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(b"xylophone\r\n\r\n")
            connection.recv(1_000)
        assert served.end() == 0
        said = served.said()
    assert "xylophone" not in said
    assert "ak_wrongone" not in said
    lines = [json.loads(line) for line in said.splitlines()]
    asked = [line for line in lines if line["event"] == "request"]
    assert {line["path"] for line in asked} == {"/mcp/v1", "/v1/search"}
    assert {line["tool"] for line in asked if "tool" in line} == {"store_memory", "search_memories"}
    assert all(line["request_id"] and line["milliseconds"] >= 0 for line in asked)


def test_nothing_but_health_answers_without_a_token_where_others_can_reach_it(tmp_path: Path) -> None:
    with _serve(tmp_path, "--host", "0.0.0.0") as served:
        url = f"http://127.0.0.1:{served.port}"
        assert httpx.get(f"{url}/health").status_code == 200
        for path in ("/v1/search?q=x", "/v1/systems", "/metrics", "/mcp/status", "/v1/openapi.json", "/nothing"):
            assert httpx.get(f"{url}{path}").status_code == 401, path
        assert httpx.post(f"{url}/mcp", json={}).status_code == 401
        assert served.end() == 0

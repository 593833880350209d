"""`akosha serve` and the commands beside it, as processes: what a person sees, and is told when something is wrong."""

from __future__ import annotations

import errno
import http.client
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.akosha.access.local import FILE_NAME
from core.akosha.web.listening import listen
from core.errors import UsageError
from tests.akosha.cli.running import AKOSHA, Running, akosha, environment, here, serving, token
from tests.forked import Forked
from tests.storage.tls import write_certificate

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of another kind")


def get(url: str, path: str, secret: str | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    request = urllib.request.Request(url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def post(url: str, tool: str, secret: str | None = None, **arguments: Any) -> dict[str, Any]:
    """Call a tool as Session-Buddy does."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    request = urllib.request.Request(f"{url}/mcp/v1", json.dumps(message).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        result: dict[str, Any] = json.loads(answer.read())["result"]
    return result


def failed(data: Path, *arguments: str, **variables: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the error and what a person reads of a command that does not work out."""
    done = here(data, *arguments, "--json", **variables)
    error = json.loads(done.stdout)["error"]
    assert error["title"] != error["code"], "no sentence for this code"
    assert error["next_step"]
    return done.returncode, error, done.stderr


def on_a_terminal(data: Path, *options: str, program: str = "akosha", **variables: str) -> str:
    """What `akosha serve` shows a person until it listens. `program`: started, if it is a path."""
    ours, theirs = pty.openpty()
    start = Forked if program == "akosha" else subprocess.Popen
    process = start(
        [program, "serve", "--port", "0", *options],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment(data, variables),
    )
    os.close(theirs)
    shown = b""
    try:
        while b"Ctrl-C" not in shown:
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def test_on_a_terminal_it_says_where_it_listens_and_that_no_token_is_needed_here(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path / "hub", program=str(AKOSHA))
    assert "Akosha listens at http://127.0.0.1:" in shown
    assert "/mcp)" in shown
    assert str(tmp_path / "hub") in shown
    assert "no token is needed" in shown
    assert "akosha token create SYSTEM" in shown


def test_beyond_loopback_without_a_token_it_serves_and_says_how_to_make_one(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path / "hub", "--host", "0.0.0.0")
    assert "there is none yet. Make one now:\n    akosha token create SYSTEM" in shown
    assert "travel in clear" in shown
    token(tmp_path / "hub", "laptop-a")
    shown = on_a_terminal(tmp_path / "hub", "--host", "0.0.0.0")
    assert "none yet" not in shown
    assert "akosha token list" in shown


def test_beyond_loopback_nothing_but_health_answers_without_a_token(tmp_path: Path) -> None:
    with serving(tmp_path / "hub", "--host", "0.0.0.0") as hub:
        assert hub.told["token_needed"] is True
        secret = token(hub.data, "laptop-a")
        assert get(hub.url, "/health")[0] == 200
        for path in ("/v1/search?q=x", "/v1/systems", "/v1/status", "/v1/uploads", "/metrics", "/mcp/status", "/x"):
            status, answer = get(hub.url, path)
            assert (status, answer["error"]["code"]) == (401, "auth.token_missing"), path
        assert get(hub.url, "/v1/systems", secret)[0] == 200
        assert get(hub.url, "/v1/systems", secret[:-1] + "x")[1]["error"]["code"] == "auth.token_wrong"
        assert get(hub.url, "/v1/uploads", secret)[1]["error"]["code"] == "auth.scope"


def test_on_loopback_a_wrong_token_and_a_proxy_are_refused(open_hub: Running) -> None:
    assert get(open_hub.url, "/v1/systems")[0] == 200
    assert get(open_hub.url, "/v1/systems", "ak_wrong")[0] == 401
    status, answer = get(open_hub.url, "/v1/systems", **{"X-Forwarded-For": "203.0.113.7"})
    assert (status, answer["error"]["code"]) == (401, "auth.forwarded")


def test_a_revocation_acts_at_once_in_a_hub_that_runs(guarded_hub: Running) -> None:
    made = json.loads(akosha(guarded_hub.data, "token", "create", "lost", "--json").stdout)
    assert get(guarded_hub.url, "/v1/systems", made["secret"])[0] == 200
    assert akosha(guarded_hub.data, "token", "revoke", made["id"]).returncode == 0
    assert get(guarded_hub.url, "/v1/systems", made["secret"])[0] == 401


def test_what_was_stored_is_found_by_the_command_with_and_without_a_hub_that_runs(tmp_path: Path) -> None:
    with serving(tmp_path / "hub") as hub:
        post(hub.url, "store_memory", memory_id="1", text="The \x1b[2J heron stands in the reeds", system_id="pond")
        post(hub.url, "store_memory", memory_id="2", text="The kettle is blue", system_id="kitchen")
        while_it_runs = akosha(hub.data, "search", "heron reeds")
        found = json.loads(here(hub.data, "search", "heron", "--json").stdout)
        assert [hit["system_id"] for hit in found["results"]] == ["pond"]
        assert json.loads(here(hub.data, "search", "heron", "--system", "kitchen", "--json").stdout)["results"] == []
        status = json.loads(here(hub.data, "status", "--json").stdout)
        assert status["server"] == {"url": hub.url, "pid": hub.process.pid}
        assert status["memories"] == 2
        shown = here(hub.data, "status").stdout
        assert f"Running at {hub.url} (process {hub.process.pid})" in shown
        assert "2 of 2 systems (2 memory)" in shown
        assert "pond" in shown
        assert (hub.data / FILE_NAME).exists()
    assert not (hub.data / FILE_NAME).exists()
    without = akosha(hub.data, "search", "heron reeds")
    for shown in (while_it_runs.stdout, without.stdout):
        assert "heron" in shown
        assert "pond · memory" in shown
        assert "\x1b" not in shown
    shown = here(hub.data, "status").stdout
    assert "Not running" in shown
    assert "none is set up" in shown
    assert json.loads(here(hub.data, "status", "--json").stdout)["server"] is None


def test_a_hub_that_speaks_tls_itself_is_found_by_the_commands(tmp_path: Path) -> None:
    pem = str(write_certificate(tmp_path, "192.0.2.7"))
    with serving(tmp_path / "hub", AKOSHA_TLS_CERTIFICATE=pem, AKOSHA_TLS_KEY=pem) as hub:
        assert hub.url.startswith("https://127.0.0.1:")
        assert json.loads(here(hub.data, "status", "--json").stdout)["server"]["url"] == hub.url


def test_nothing_found_is_no_failure(open_hub: Running) -> None:
    done = akosha(open_hub.data, "search", "quetzalcoatlus")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Nothing was found.")


def test_what_a_killed_hub_leaves_behind_misleads_nobody(tmp_path: Path) -> None:
    with serving(tmp_path / "hub") as hub:
        post(hub.url, "store_memory", memory_id="1", text="acknowledged")
        hub.process.kill()
        hub.process.wait()
    assert (hub.data / FILE_NAME).exists()
    status = json.loads(akosha(hub.data, "status", "--json").stdout)
    assert (status["server"], status["memories"]) == (None, 1)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, error, shown = failed(tmp_path / "hub", "serve", "--port", str(port))
    assert (code, error["code"]) == (5, "akosha.port_in_use")
    assert f"127.0.0.1:{port}" in shown
    assert "--port" in shown


def test_a_port_that_is_the_administrators_is_not_told_as_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("socket.socket.bind", refused)
    with pytest.raises(UsageError) as told:
        listen("127.0.0.1", 80)
    assert told.value.code == "akosha.port_not_allowed"
    assert "--port" in told.value.next_step


def test_data_that_another_hub_works_with_is_busy_and_named(open_hub: Running) -> None:
    code, error, shown = failed(open_hub.data, "serve", "--port", "0")
    assert (code, error["code"]) == (5, "akosha.data_in_use")
    assert str(open_hub.process.pid) in shown


def test_a_command_waits_for_a_hub_that_is_just_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path / "hub") as hub:
        (hub.data / FILE_NAME).rename(hub.data / "aside")
        looks: list[float] = []

        def wait(seconds: float) -> None:
            looks.append(seconds)
            if len(looks) == 3:
                (hub.data / "aside").rename(hub.data / FILE_NAME)

        monkeypatch.setattr("core.cli.akosha.hub.time", SimpleNamespace(monotonic=time.monotonic, sleep=wait))
        status = here(hub.data, "status", "--json")
    assert (status.returncode, json.loads(status.stdout)["server"]["url"], len(looks)) == (0, hub.url, 3)


def test_an_address_of_another_computer_is_wrong_use(tmp_path: Path) -> None:
    code, error, _ = failed(tmp_path / "hub", "serve", "--host", "192.0.2.1", "--port", "0")
    assert (code, error["code"]) == (2, "akosha.no_address")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, error, shown = failed(tmp_path / "file" / "hub", "serve", "--port", "0")
    assert (code, error["code"]) == (1, "files.in_the_way")
    assert str(tmp_path / "file") in shown


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AKOSHA_PORT", "http", "port"),
        ("AKOSHA_REQUIRE_TOKEN", "perhaps", "require_token"),
        ("AKOSHA_REQUIRE_TOKENS", "true", "AKOSHA_REQUIRE_TOKEN"),
        ("AKOSHA_LOG_LEVEL", "loud", "log_level"),
        ("AKOSHA_CLOUD_ENDPOINT", "http://s3.example.org", "cloud_endpoint"),
        ("AKOSHA_SHARD_FILES", "0", "shard_files"),
    ],
)
def test_a_wrong_value_in_the_environment_is_named_before_anything_is_made(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    code, error, shown = failed(tmp_path / "hub", "serve", **{name: value, "AKOSHA_CLOUD_BUCKET": "b"})
    assert (code, error["code"]) == (2, "akosha.settings")
    assert said in shown
    assert not (tmp_path / "hub").exists()


def test_a_hub_that_hangs_is_told_from_one_that_is_not_there(tmp_path: Path) -> None:
    with serving(tmp_path / "hub") as hub:
        hub.process.send_signal(signal.SIGSTOP)
        try:
            code, error, shown = failed(hub.data, "status")
        finally:
            hub.process.send_signal(signal.SIGCONT)
    assert (code, error["code"]) == (5, "akosha.hub_silent")
    assert str(hub.process.pid) in shown


def test_the_log_has_neither_tokens_nor_memories_nor_questions(tmp_path: Path) -> None:
    with serving(tmp_path / "hub", AKOSHA_REQUIRE_TOKEN="true", AKOSHA_LOG_LEVEL="debug") as hub:
        secret = token(hub.data, "laptop-a")
        post(hub.url, "store_memory", secret, memory_id="1", text="a deeply private thought")
        get(hub.url, "/v1/search?q=deeply+private", secret)
        get(hub.url, "/v1/systems", "ak_" + "guess" * 9)
        akosha(hub.data, "search", "deeply")
    log = (tmp_path / "hub.log").read_text()
    assert '"path": "/v1/search"' in log
    for hidden in (secret, secret[3:], "private", "guess", json.dumps(hub.told)):
        assert hidden not in log
    for line in log.splitlines():
        assert json.loads(line)["event"]


def test_health_answers_while_nothing_else_may(guarded_hub: Running) -> None:
    for path in ("/health", "/healthz", "/ready"):
        assert get(guarded_hub.url, path)[0] == 200
    connection = http.client.HTTPConnection("127.0.0.1", int(guarded_hub.url.rpartition(":")[2]), timeout=10)
    connection.request("POST", "/health", b"{}", {"Content-Type": "application/json"})
    assert connection.getresponse().status == 401
    connection.close()

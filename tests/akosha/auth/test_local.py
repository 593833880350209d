"""Finding the hub that runs on a data folder, and telling it from what a killed one left behind."""

from __future__ import annotations

import http.server
import json
import os
import socket
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.akosha.access import local
from core.akosha.access.local import LocalServer, announce, find_server, reachable_host, withdraw
from core.errors import BusyError, CogzyError, RefusedError, UsageError
from tests.storage.tls import write_certificate


class Hub(http.server.ThreadingHTTPServer):
    """Answers like a hub whose instance is `instance`; `answers` are (status, body) by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.instance = ""
        self.answers: dict[str, tuple[int, Any]] = {}
        self.seen: list[tuple[str, str, str | None, bytes]] = []


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Hub

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization"), body))
        status, value = self.server.answers.get(
            self.path.partition("?")[0], (200, {"status": "ok", "instance": self.server.instance})
        )
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        server.instance = announce(tmp_path, "127.0.0.1", server.server_port).instance
        yield server
        server.shutdown()
        thread.join()


def told(data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / local.FILE_NAME).read_bytes())
    return found


def test_a_hub_that_runs_is_found_with_its_token(tmp_path: Path, hub: Hub) -> None:
    found = find_server(tmp_path)
    assert found is not None
    assert found.pid == os.getpid()
    assert found.url == f"http://127.0.0.1:{hub.server_port}"
    assert len(found.token) >= 43
    assert found.token not in repr(found)


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_only_its_owner_may_read_the_file(tmp_path: Path, hub: Hub) -> None:
    assert stat.S_IMODE((tmp_path / local.FILE_NAME).stat().st_mode) == 0o600


def test_every_start_has_a_token_of_its_own(tmp_path: Path) -> None:
    first, second = announce(tmp_path, "127.0.0.1", 1), announce(tmp_path, "127.0.0.1", 1)
    assert first.token != second.token
    assert first.instance != second.instance


def test_none_is_none(tmp_path: Path) -> None:
    assert find_server(tmp_path) is None
    assert find_server(tmp_path / "not there") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"pid": 1}', b"\xff\xfe", b'"x"'],
)
def test_half_a_file_is_no_hub(tmp_path: Path, content: bytes) -> None:
    (tmp_path / local.FILE_NAME).write_bytes(content)
    assert find_server(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "value"), [("pid", -1), ("pid", 0), ("pid", "1"), ("url", "file:///etc/passwd"), ("url", "ftp://x")]
)
def test_a_file_that_says_strange_things_is_no_hub(tmp_path: Path, hub: Hub, name: str, value: object) -> None:
    (tmp_path / local.FILE_NAME).write_text(json.dumps(told(tmp_path) | {name: value}))
    assert find_server(tmp_path) is None


def test_a_hub_whose_process_is_gone_is_none(tmp_path: Path, hub: Hub) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / local.FILE_NAME).write_text(json.dumps(told(tmp_path) | {"pid": gone.pid}))
    assert find_server(tmp_path) is None


@pytest.mark.skipif(sys.platform != "linux", reason="the start of a process is read from /proc")
def test_another_process_that_got_the_same_number_is_none(tmp_path: Path, hub: Hub) -> None:
    (tmp_path / local.FILE_NAME).write_text(json.dumps(told(tmp_path) | {"started": "another boot:12"}))
    assert find_server(tmp_path) is None
    assert hub.seen == []


def test_another_hub_at_that_address_is_none_and_never_gets_the_token(tmp_path: Path, hub: Hub) -> None:
    hub.instance = "another"
    assert find_server(tmp_path) is None
    assert [authorization for _, _, authorization, _ in hub.seen] == [None]


def test_a_port_where_nobody_listens_is_none(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        announce(tmp_path, "127.0.0.1", taken.getsockname()[1])
    assert find_server(tmp_path) is None


def test_a_hub_that_hangs_is_busy_with_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_HELLO_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        announce(tmp_path, "127.0.0.1", silent.getsockname()[1])
        with pytest.raises(BusyError) as raised:
            find_server(tmp_path)
    assert raised.value.code == "akosha.hub_silent"
    assert str(os.getpid()) in raised.value.cause


def test_withdrawn_is_gone_and_another_ones_stays(tmp_path: Path) -> None:
    announce(tmp_path, "127.0.0.1", 1)
    (tmp_path / local.FILE_NAME).write_text(json.dumps(told(tmp_path) | {"pid": os.getpid() + 1}))
    withdraw(tmp_path)
    assert (tmp_path / local.FILE_NAME).exists()
    announce(tmp_path, "127.0.0.1", 1)
    withdraw(tmp_path)
    withdraw(tmp_path)
    assert not (tmp_path / local.FILE_NAME).exists()


def ask(tmp_path: Path, *arguments: str, **keywords: Any) -> dict[str, Any]:
    found = find_server(tmp_path)
    assert isinstance(found, LocalServer)
    return found.ask(*arguments, **keywords)


def test_asking_sends_the_token_the_query_and_the_body(tmp_path: Path, hub: Hub) -> None:
    query = {"q": "ä & b", "k": 3, "system": ["a", "b"], "kind": [], "after": None}
    hub.answers["/v1/search"] = (200, {"results": []})
    assert ask(tmp_path, "GET", "/v1/search", query=query) == {"results": []}
    ask(tmp_path, "POST", "/v1/ingest", body={"x": "ü"})
    token = f"Bearer {told(tmp_path)['token']}"
    requests = [seen for seen in hub.seen if seen[1] != "/health"]
    assert requests[0] == ("GET", "/v1/search?q=%C3%A4+%26+b&k=3&system=a&system=b", token, b"")
    assert (requests[1][0], json.loads(requests[1][3])) == ("POST", {"x": "ü"})


@pytest.mark.parametrize(
    ("status", "kind", "exit_code"),
    [(400, UsageError, 2), (403, RefusedError, 4), (404, UsageError, 2), (503, BusyError, 5), (500, CogzyError, 1)],
)
def test_its_errors_are_raised_as_if_they_were_ours(
    tmp_path: Path, hub: Hub, status: int, kind: type[CogzyError], exit_code: int
) -> None:
    error = {"code": "tokens.unknown", "params": {"id": "x", "strange": [1]}, "title": "", "cause": "", "next_step": ""}
    hub.answers["/v1/status"] = (status, {"error": error, "request_id": "r"})
    with pytest.raises(kind) as raised:
        ask(tmp_path, "GET", "/v1/status")
    assert (raised.value.code, raised.value.params) == ("tokens.unknown", {"id": "x"})
    assert raised.value.exit_code == exit_code


def test_an_error_without_words_names_its_status(tmp_path: Path, hub: Hub) -> None:
    hub.answers["/v1/status"] = (502, {"detail": "no"})
    with pytest.raises(CogzyError) as raised:
        ask(tmp_path, "GET", "/v1/status")
    assert (raised.value.code, raised.value.params) == ("akosha.strange_answer", {"status": 502})


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[1]", b"\xff"])
def test_an_answer_that_is_no_object_is_a_hub_that_is_not_well(tmp_path: Path, hub: Hub, answer: bytes) -> None:
    hub.answers["/v1/status"] = (200, answer)
    with pytest.raises(BusyError) as raised:
        ask(tmp_path, "GET", "/v1/status")
    assert raised.value.code == "akosha.hub_silent"


@pytest.mark.parametrize("days", [1, -1])
def test_over_tls_it_is_known_by_its_own_certificate_whatever_that_names(tmp_path: Path, days: int) -> None:
    pem = write_certificate(tmp_path, "192.0.2.7", days=days)
    with Hub() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        server.instance = announce(tmp_path, "127.0.0.1", server.server_port, certificate=pem).instance
        try:
            write_certificate(tmp_path, "192.0.2.7")  # renewed on the disk; the hub still shows the old one
            assert ask(tmp_path, "GET", "/v1/status")["status"] == "ok"
            announce(tmp_path, "127.0.0.1", server.server_port, certificate=pem)
            with pytest.raises(BusyError):
                find_server(tmp_path)
        finally:
            server.shutdown()
            thread.join()
    assert len([seen for seen in server.seen if seen[2] is not None]) == 1


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("[::1]", "[::1]"),
        ("192.168.1.5", "192.168.1.5"),
    ],
)
def test_a_hub_that_listens_everywhere_is_asked_on_loopback(host: str, url: str) -> None:
    assert reachable_host(host) == url

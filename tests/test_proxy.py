"""The fault proxy does what its faults say: a test against a fault that never happens would prove nothing."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.proxy import (
    Fault,
    FaultProxy,
    ThreadedProxy,
    always,
    answer,
    cut,
    flip,
    lost_reply,
    on,
    reset,
    stall,
    throttle,
)

BODY = bytes(range(256)) * 40


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    received: list[bytes]

    def do_PUT(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def received() -> list[bytes]:
    """The bodies that arrived at the server."""
    return []


@pytest.fixture
def proxy(received: list[bytes]) -> Iterator[ThreadedProxy]:
    """A proxy in a thread, before a server that answers BODY."""
    handler = type("Handler", (_Echo,), {"received": received})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with FaultProxy(f"http://127.0.0.1:{server.server_port}").in_thread() as running:
            yield running
        server.shutdown()


def fetch(proxy: ThreadedProxy, data: bytes | None = None, timeout: float = 2) -> bytes:
    """GET, or PUT `data`."""
    request = urllib.request.Request(proxy.url + "/path", data=data, method="PUT" if data else "GET")
    with urllib.request.urlopen(request, timeout=timeout) as reply:
        return bytes(reply.read())


def test_without_a_script_all_passes(proxy: ThreadedProxy, received: list[bytes]) -> None:
    assert fetch(proxy) == BODY
    assert fetch(proxy, BODY) == BODY
    assert received == [BODY]
    assert [(r.index, r.method, r.path, r.size) for r in proxy.requests] == [
        (0, "GET", "/path", 0),
        (1, "PUT", "/path", len(BODY)),
    ]


@pytest.mark.parametrize("fault", [cut(-1), cut(100), reset(), reset(100), lost_reply(), cut(100, "down")])
def test_broken_connections_break(fault: Fault, proxy: ThreadedProxy) -> None:
    proxy.script = on("PUT", fault, times=1)
    with pytest.raises((OSError, HTTPException)):
        fetch(proxy, BODY)
    assert fetch(proxy, BODY) == BODY, "the script was for one request"


def test_a_cut_answer_holds_exactly_so_many_bytes(proxy: ThreadedProxy) -> None:
    proxy.script = always(cut(100, "down"))
    with pytest.raises(IncompleteRead) as raised:
        fetch(proxy)
    assert raised.value.partial == BODY[:100]


def test_a_lost_reply_was_work_done(proxy: ThreadedProxy, received: list[bytes]) -> None:
    proxy.script = always(lost_reply())
    with pytest.raises((OSError, HTTPException)):
        fetch(proxy, BODY)
    assert received == [BODY]


def test_a_flip_changes_one_bit(proxy: ThreadedProxy, received: list[bytes]) -> None:
    proxy.script = always(flip(7))
    fetch(proxy, BODY)
    assert received == [BODY[:7] + bytes([BODY[7] ^ 1]) + BODY[8:]]
    proxy.script = always(flip(5000, "down"))
    got = fetch(proxy)
    assert [i for i in range(len(BODY)) if got[i] != BODY[i]] == [5000]


def test_a_stall_holds_and_may_end(proxy: ThreadedProxy) -> None:
    proxy.script = on("", stall(100, "down"), times=1)
    with pytest.raises(TimeoutError):
        fetch(proxy, timeout=0.3)
    proxy.script = on("", stall(100, "down", seconds=0.3), times=1)
    begin = time.monotonic()
    assert fetch(proxy) == BODY
    assert time.monotonic() - begin >= 0.3


def test_a_throttle_slows_down(proxy: ThreadedProxy) -> None:
    proxy.script = always(throttle(20_000, "down"))
    begin = time.monotonic()
    assert fetch(proxy) == BODY
    assert time.monotonic() - begin > 0.4


def test_somebody_else_answers(proxy: ThreadedProxy, received: list[bytes]) -> None:
    proxy.script = on("PUT", answer("503 Slow Down", b"later", retry_after="7"), skip=1)
    assert fetch(proxy, BODY) == BODY
    with pytest.raises(urllib.error.HTTPError) as raised:
        fetch(proxy, BODY)
    assert (raised.value.code, raised.value.headers["Retry-After"], raised.value.read()) == (503, "7", b"later")
    assert len(received) == 1


def test_a_proxy_that_is_down_refuses_and_comes_back_on_its_port(proxy: ThreadedProxy) -> None:
    proxy.go_down()
    with pytest.raises(urllib.error.URLError) as raised:
        fetch(proxy)
    assert isinstance(raised.value.reason, ConnectionRefusedError)
    proxy.come_back()
    assert fetch(proxy) == BODY

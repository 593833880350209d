"""The door, on real sockets: what is refused, how, and that the next one still gets in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.akosha.access.auth import Gate
from core.akosha.access.tokens import TokenStore
from core.akosha.errors import ComeAgainError
from core.akosha.settings import HubSettings
from core.akosha.web.door import Door
from core.akosha.web.exchange import answer, exchange_of
from core.akosha.web.metrics import Metrics
from core.akosha.web.request_log import RequestLog
from tests.akosha.server.running import Running, serving

_JSON = {"Content-Type": "application/json"}


class House:
    """The application as the door knows it: settings, a gate with real tokens, and places."""

    def __init__(self, data: Path, **options: Any) -> None:
        self.settings = HubSettings(data=data, **options)
        self.tokens = TokenStore(data)
        self.gate = Gate(self.settings, self.tokens)
        self.active = 0
        self.refusing: str | None = None

    @contextmanager
    def working(self) -> Iterator[None]:
        if self.refusing is not None or self.active >= self.settings.concurrent_requests:
            raise ComeAgainError(self.refusing or "akosha.busy", retry_after=3)
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1


async def _echo(request: Request) -> Response:
    exchange = exchange_of(request.scope)
    assert exchange.principal is not None
    return answer({"length": len(exchange.body), "system": exchange.principal.system_id})


async def _health(request: Request) -> Response:
    return answer({"status": "ok"})


async def _slow(request: Request) -> Response:
    await asyncio.sleep(0.5)
    return answer({"status": "done"})


async def _broken(request: Request) -> Response:
    raise ValueError("the whale's secret song")


async def _large(request: Request) -> Response:
    return answer({"text": "x" * (32 << 20)})


@contextmanager
def _open(data: Path, **options: Any) -> Iterator[tuple[Running, House]]:
    house = House(data, **options)
    routes = [
        *(Route("/echo", _echo, methods=["GET", "POST"]), Route("/health", _health)),
        *(Route("/slow", _slow), Route("/broken", _broken), Route("/large", _large)),
    ]
    metrics = Metrics(frozenset())
    app = Starlette(routes=routes, middleware=[Middleware(RequestLog, metrics), Middleware(Door, house)])
    with contextlib.closing(house.tokens), serving(app, read_seconds=house.settings.read_seconds) as running:
        yield running, house


def _refused(told: httpx.Response) -> tuple[int, str]:
    said = told.json()
    assert said["request_id"] == told.headers["X-Request-ID"]
    assert {"code", "title", "cause", "next_step", "params"} <= said["error"].keys()
    assert said["error"]["next_step"]
    return told.status_code, said["error"]["code"]


def _until_closed(connection: socket.socket) -> tuple[bytes, float]:
    began, heard = time.monotonic(), b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(1 << 16):
            heard += piece
    return heard, time.monotonic() - began


def test_a_sane_request_id_is_kept_and_any_other_replaced(tmp_path: Path) -> None:
    with _open(tmp_path) as (running, _):
        for given, kept in (("abc-123.x:y_z", True), ("with space", False), ("a" * 200, False), ("", False)):
            told = httpx.get(f"{running.url}/echo", headers={"X-Request-ID": given}).headers["X-Request-ID"]
            assert (told == given) is kept
            assert told


def test_a_request_that_breaks_something_is_told_nothing_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with _open(tmp_path) as (running, _):
        told = httpx.get(f"{running.url}/broken")
        assert _refused(told) == (500, "akosha.unexpected")
        assert "whale" not in told.text
        assert httpx.get(f"{running.url}/echo").status_code == 200


def test_health_is_open_when_nothing_else_is(tmp_path: Path) -> None:
    with _open(tmp_path, require_token=True) as (running, house):
        house.refusing = "akosha.stopping"
        told = httpx.get(f"{running.url}/echo")
        assert _refused(told) == (503, "akosha.stopping")
        assert told.headers["Retry-After"] == "3"
        assert httpx.get(f"{running.url}/health").json() == {"status": "ok"}


def test_a_token_is_asked_for_and_tells_who_it_is(tmp_path: Path) -> None:
    with _open(tmp_path, require_token=True) as (running, house):
        told = httpx.get(f"{running.url}/echo")
        assert _refused(told) == (401, "auth.token_missing")
        assert told.headers["WWW-Authenticate"].startswith("Bearer")
        token = house.tokens.create("laptop-a", {"read"})
        bearer = {"Authorization": f"Bearer {token.secret}"}
        assert httpx.get(f"{running.url}/echo", headers=bearer).json()["system"] == "laptop-a"
        house.tokens.revoke(token.id)
        assert _refused(httpx.get(f"{running.url}/echo", headers=bearer)) == (401, "auth.token_wrong")


def test_what_a_proxy_says_about_the_client_is_not_believed(tmp_path: Path) -> None:
    with _open(tmp_path) as (running, _):
        told = httpx.get(f"{running.url}/echo", headers={"X-Forwarded-For": "127.0.0.1"})
        assert _refused(told) == (401, "auth.forwarded")


def test_more_requests_at_once_than_there_are_places_are_told_to_come_again(tmp_path: Path) -> None:
    async def ask(url: str) -> list[httpx.Response]:
        async with httpx.AsyncClient() as client:
            return await asyncio.gather(*(client.get(f"{url}/slow") for _ in range(5)))

    with _open(tmp_path, concurrent_requests=2) as (running, _):
        told = asyncio.run(ask(running.url))
        assert sorted(one.status_code for one in told) == [200, 200, 503, 503, 503]
        assert all("Retry-After" in one.headers for one in told if one.status_code == 503)
        assert httpx.get(f"{running.url}/echo").status_code == 200


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with _open(tmp_path, requests_per_second=0.5) as (running, _), httpx.Client(base_url=running.url) as client:
        told = [client.get("/echo") for _ in range(8)]
        assert [one.status_code for one in told[:5]] == [200] * 5
        assert _refused(told[-1]) == (429, "akosha.too_many_requests")
        assert 1 <= int(told[-1].headers["Retry-After"]) <= 3


def test_who_asks_too_often_without_a_right_token_keeps_out_nobody_at_its_address_who_has_one(tmp_path: Path) -> None:
    with (
        _open(tmp_path, requests_per_second=0.5, require_token=True) as (running, hub),
        httpx.Client(base_url=running.url) as client,
    ):
        right = {"Authorization": f"Bearer {hub.tokens.create('laptop', {'read'}).secret}"}
        told = [client.get("/echo") for _ in range(30)]
        assert _refused(told[-1]) == (429, "akosha.too_many_requests")
        assert client.get("/echo", headers=right).status_code == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_gets_its_answer_and_not_a_reset_connection(tmp_path: Path, chunked: bool) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b"x" * 65_536 for _ in range(64))

    with _open(tmp_path, body_bytes=100_000) as (running, _):
        content: Any = pieces() if chunked else b"x" * (4 << 20)
        told = httpx.post(f"{running.url}/echo", content=content, headers=_JSON, timeout=20)
        assert _refused(told) == (413, "akosha.body_too_large")
        assert httpx.post(f"{running.url}/echo", content=b"x" * 100_000, headers=_JSON).json()["length"] == 100_000


def test_a_content_length_that_lies_gets_no_more_than_it_says(tmp_path: Path) -> None:
    with _open(tmp_path, read_seconds=0.5) as (running, _), running.connect() as connection:
        head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        connection.sendall(head + b"50\r\n\r\n{}")
        heard, seconds = _until_closed(connection)
        assert heard.startswith(b"HTTP/1.1 408")
        assert b"akosha.body_too_slow" in heard
        assert seconds < 30


def test_a_client_that_trickles_its_body_is_cut_off_while_others_are_served(tmp_path: Path) -> None:
    with _open(tmp_path, read_seconds=0.6) as (running, house), running.connect() as connection:
        head = (
            b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n"
        )
        connection.sendall(head + b"\r\n")
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - began < 60:
                connection.sendall(b" ")
                assert httpx.get(f"{running.url}/echo").status_code == 200
                time.sleep(0.1)
                if house.active == 0:
                    break
        assert house.active == 0
        assert _until_closed(connection)[0].startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("beginning", [b"", b"GET /echo HTTP/1.1\r\nHost: loc", b"GET /echo HTTP/1.1\r\n"])
def test_a_client_that_trickles_its_headers_is_cut_off(tmp_path: Path, beginning: bytes) -> None:
    with _open(tmp_path, read_seconds=0.6) as (running, _):
        began = time.monotonic()
        with running.connect() as connection:
            connection.sendall(beginning)
            connection.settimeout(0.1)
            closed = False
            while not closed and time.monotonic() - began < 30:
                try:
                    closed = connection.recv(1) == b""
                except TimeoutError:
                    with contextlib.suppress(ConnectionError):
                        connection.sendall(b"x" if beginning else b"")
                except ConnectionError:
                    closed = True
            assert closed
            assert time.monotonic() - began > 0.4


def test_a_second_request_on_a_connection_must_come_whole_too(tmp_path: Path) -> None:
    with _open(tmp_path, read_seconds=0.6) as (running, _), running.connect() as connection:
        connection.sendall(b"GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET /ec")
        assert _until_closed(connection)[1] < 30


def test_a_slow_answer_is_not_taken_for_a_slow_client(tmp_path: Path) -> None:
    with _open(tmp_path, read_seconds=0.2) as (running, _):
        assert httpx.get(f"{running.url}/slow").json() == {"status": "done"}


def test_a_client_that_never_reads_its_answer_does_not_keep_its_place(tmp_path: Path) -> None:
    with _open(tmp_path, read_seconds=0.3) as (running, house), running.connect() as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _wait_for(lambda: house.active == 1)
        _wait_for(lambda: house.active == 0)
        assert httpx.get(f"{running.url}/echo").status_code == 200


def test_headers_without_end_are_refused(tmp_path: Path) -> None:
    with _open(tmp_path) as (running, _), running.connect() as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"GET /echo HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 500_000)
        heard, _ = _until_closed(connection)
        assert heard == b"" or heard.startswith(b"HTTP/1.1 4")


def test_a_page_of_another_site_gets_nothing(tmp_path: Path) -> None:
    with _open(tmp_path) as (running, _):
        assert _refused(httpx.get(f"{running.url}/echo", headers={"Host": "evil.example"})) == (
            421,
            "akosha.wrong_host",
        )
        foreign = {"Origin": "https://evil.example"}
        assert _refused(httpx.post(f"{running.url}/echo", json={}, headers=foreign)) == (403, "akosha.wrong_origin")
        told = httpx.post(f"{running.url}/echo", content=b"{}", headers={"Content-Type": "text/plain"})
        assert _refused(told) == (415, "akosha.wrong_type")
        asked_first = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        told = httpx.options(f"{running.url}/echo", headers=asked_first)
        assert told.status_code == 403
        assert not [name for name in told.headers if name.startswith("access-control")]


def test_one_line_for_each_request_without_query_token_or_body(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from core.akosha.web.request_log import JsonLines

    with caplog.at_level("INFO", "core.akosha"), _open(tmp_path, require_token=True) as (running, house):
        token = house.tokens.create("laptop-a", {"read", "write"})
        headers = {"Authorization": f"Bearer {token.secret}", "X-Request-ID": "one"}
        httpx.post(f"{running.url}/echo?q=whale", json={"text": "blue whale"}, headers=headers)
        httpx.get(f"{running.url}/broken", headers=headers)
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    asked = next(line for line in lines if line.get("path") == "/echo")
    assert asked["request_id"] == "one"
    assert (asked["method"], asked["status"], asked["system"]) == ("POST", 200, "laptop-a")
    assert asked["milliseconds"] >= 0
    assert next(line for line in lines if line.get("error"))["error"] == "ValueError"
    everything = json.dumps(lines)
    assert "whale" not in everything
    assert str(token.secret) not in everything


def _wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.01)

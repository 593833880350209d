"""What hubs and networks do to a push: it goes on where it stopped, says what is wrong, and never waits for ever."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import CogzyError
from core.storage.retry import Patience
from core.sync.errors import HTTPSyncError, HybridSyncError, SyncError
from core.sync.events import Cancel, Status, Sync
from core.sync.http import HttpSyncMethod
from core.sync.hub.probe import answers
from tests.hub_stand_in import HubStandIn, always, once, say
from tests.proxy import FaultProxy, Request, cut, lost_reply, on, stall
from tests.storage.tls import tls_front, write_certificate
from tests.sync.world import Computer

pytestmark = pytest.mark.asyncio

BATCH = "batch_store_memories"


async def push(computer: Computer, **options: Any) -> dict[str, Any]:
    return await computer.sync(method="http", only="vault", **options)


async def fails(computer: Computer) -> HybridSyncError:
    with pytest.raises(HybridSyncError) as caught:
        await push(computer)
    (error,) = caught.value.errors
    assert isinstance(error, HTTPSyncError)
    assert error.title
    assert error.next_step
    return caught.value


def small_batches(hub: HubStandIn) -> None:
    """Some six nodes in each batch."""
    hub.said_body_bytes = 18_000


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited between attempts; nobody really waits."""
    found: list[float] = []
    real = Patience.__init__

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    def patient(self: Patience, *given: Any, **keywords: Any) -> None:
        real(self, *given, **{**keywords, "sleep": sleep})

    monkeypatch.setattr(Patience, "__init__", patient)
    return found


# ---------------------------------------------------------------------- cuts


async def test_a_run_that_was_cut_goes_on_behind_its_last_acknowledged_batch(light: Computer, hub: HubStandIn) -> None:
    light.environ["COGZY_MAX_RETRIES"] = "0"
    small_batches(hub)
    hub.script = once(BATCH, say(500), skip=2, times=100)
    assert (await fails(light)).code == "hub.failed"
    held = hub.ids("node")
    assert 0 < len(held) < 20
    hub.calls.clear()
    hub.script = lambda tool, before: None
    result = await push(light)
    again = {item["memory_id"] for batch in hub.batches for item in batch}
    assert again.isdisjoint(held), "what was acknowledged is not sent again"
    assert len(hub.ids("node")) == 20
    assert result["rows_changed"] == 20 - len(held)


async def test_a_hub_of_the_older_protocol_works_too_and_may_be_started_anew(light: Computer) -> None:
    with HubStandIn(akosha=False, stateless=False, legacy=True).running() as hub:
        light.environ["COGZY_HUB_URL"] = hub.url
        hub.script = once(BATCH, say(404))  # a session that the server has forgotten
        assert (await push(light))["rows_changed"] == 20


@pytest.mark.parametrize("fault", [lost_reply(), cut(500), cut(20, "down")], ids=["lost reply", "cut up", "cut down"])
async def test_an_unknown_outcome_is_sent_again(light: Computer, hub: HubStandIn, fault: Any) -> None:
    async with FaultProxy(hub.url) as proxy:
        light.environ["COGZY_HUB_URL"] = f"{proxy.url}/mcp"
        proxy.script = _batches(fault, times=1)
        result = await push(light)
        assert result["rows_changed"] == 20
        assert len(hub.ids("node")) == 20
        assert (await push(light))["requests"] == 0


def _batches(fault: Any, times: int) -> Any:
    """`fault` for so many of the requests that are large enough to be a batch."""
    left = times

    def script(request: Request) -> Any:
        nonlocal left
        if request.method == "POST" and request.size > 1500 and left:
            left -= 1
            return fault
        return None

    return script


async def test_the_connection_may_break_again_and_again(light: Computer, hub: HubStandIn) -> None:
    light.environ["COGZY_MAX_RETRIES"] = "0"
    small_batches(hub)
    async with FaultProxy(hub.url) as proxy:
        light.environ["COGZY_HUB_URL"] = f"{proxy.url}/mcp"
        for _ in range(3):
            proxy.script = on("POST", cut(), skip=4)
            with contextlib.suppress(HybridSyncError):
                await push(light)
        proxy.script = None
        await push(light)
    assert len(hub.ids("node")) == 20


# ---------------------------------------------------------------------- refusals


async def test_a_refused_row_is_kept_told_and_not_sent_again_before_it_changes(
    light: Computer, hub: HubStandIn
) -> None:
    hub.refuses["n3"] = {"error": "The embedding has the wrong length", "code": "rows.vector_width", "params": {}}
    result = await push(light, expect=False)
    assert result["rows_changed"] == 19
    (notice,) = result["notices"]
    assert (notice["code"], notice["params"]["id"]) == ("hub.rows_refused", "n3")
    status = (await light.run(Status()))["methods"]["http"]
    assert status["refused"]["count"] == 1
    assert status["refused"]["examples"][0]["error"]["code"] == "rows.vector_width"

    light.remember(20, 1)
    hub.calls.clear()
    await push(light)
    assert [item["memory_id"] for batch in hub.batches for item in batch] == ["n20"]

    del hub.refuses["n3"]
    nodes = light.service().read_nodes()
    nodes[3]["human_content"] = "mended"
    light.service().write_nodes(nodes)
    await push(light)
    assert "n3" in hub.ids("node")
    assert (await light.run(Status()))["methods"]["http"]["refused"]["count"] == 0


async def test_rows_that_no_hub_would_take_are_told_without_being_sent(light: Computer, hub: HubStandIn) -> None:
    light.service().append_nodes(
        [{"id": "empty", "human_content": "  "}, {"id": "long", "human_content": "x" * (1 << 20) + "y"}]
    )
    result = await push(light, expect=False)
    assert hub.ids("node") == {f"n{number}" for number in range(20)}
    assert result["notices"][0]["params"]["count"] == 2
    assert (await push(light))["requests"] == 0


async def test_a_hub_that_does_not_say_which_it_refused_is_asked_in_smaller_batches(
    light: Computer, hub: HubStandIn
) -> None:
    hub.names_none = True
    hub.refuses["n7"] = {"error": "no"}
    result = await push(light, expect=False)
    assert result["notices"][0]["params"]["id"] == "n7"
    assert hub.ids("node") == {f"n{number}" for number in range(20)} - {"n7"}


async def test_a_batch_that_is_too_large_is_halved_until_it_passes(light: Computer) -> None:
    with HubStandIn(max_body_bytes=100_000, said_body_bytes=8 << 20).running() as hub:
        light.environ["COGZY_HUB_URL"] = hub.url
        light.service().append_nodes([{"id": f"b{number}", "human_content": "x" * 20_000} for number in range(20)])
        light.service().append_nodes([{"id": "huge", "human_content": "x" * 200_000}])
        result = await push(light, expect=False)
        assert len(hub.ids("node")) == 40
        assert [notice["params"]["id"] for notice in result["notices"]] == ["huge"]


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "hub.token_missing"), (403, "hub.not_allowed"), (404, "hub.no_hub"), (422, "hub.refused")],
)
async def test_what_is_final_is_not_repeated(
    light: Computer, hub: HubStandIn, waits: list[float], status: int, code: str
) -> None:
    hub.script = always(say(status, b'{"error": {"title": "No", "cause": "because"}}'))
    assert (await fails(light)).code == code
    assert waits == []


async def test_a_wrong_token_says_so_and_what_to_do(light: Computer, hub: HubStandIn) -> None:
    hub.token = "right"
    light.environ["COGZY_HUB_TOKEN"] = "wrong-secret-token"
    error = await fails(light)
    assert error.code == "hub.token_wrong"
    assert "cogzy credentials set hub_token" in error.next_step
    assert error.attempts[1].outcome == "failed"


async def test_the_token_goes_along_and_nowhere_else(
    light: Computer, hub: HubStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    hub.token = "ak_a-very-secret-token"
    light.environ["COGZY_HUB_TOKEN"] = hub.token
    await push(light)
    await light.close()
    assert len(hub.ids("node")) == 20
    assert hub.token not in caplog.text
    written = [path.read_bytes() for path in light.vault.rglob("*") if path.is_file()]
    assert not any(hub.token.encode() in content for content in written)


async def test_a_token_of_another_system_is_named_before_anything_is_sent(light: Computer, hub: HubStandIn) -> None:
    hub.system_id = "desktop"
    error = await fails(light)
    assert error.code == "hub.token_refused"
    assert hub.batches == []


# ---------------------------------------------------------------------- patience


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_what_may_pass_is_tried_again_later_and_later(
    light: Computer, hub: HubStandIn, waits: list[float], status: int
) -> None:
    light.environ["COGZY_RETRY_BACKOFF_SECONDS"] = "2"
    hub.script = once(BATCH, say(status), times=3)
    assert (await push(light))["rows_changed"] == 20
    assert len(waits) == 3
    assert waits == sorted(waits)
    assert 1.5 <= waits[0] <= 2.5
    assert 6 <= waits[2] <= 10


async def test_the_hub_is_given_the_time_that_it_asks_for(light: Computer, hub: HubStandIn, waits: list[float]) -> None:
    hub.script = once(BATCH, say(429, retry_after="7"))
    await push(light)
    assert waits == [7.0]


async def test_a_wait_longer_than_anything_may_stand_still_is_not_begun(
    light: Computer, hub: HubStandIn, waits: list[float]
) -> None:
    hub.script = once(BATCH, say(503, retry_after="3000"), times=9)
    assert (await fails(light)).code == "hub.busy"
    assert waits == []


async def test_a_hub_that_stops_answering_is_given_up(light: Computer, hub: HubStandIn) -> None:
    light.environ |= {"COGZY_UPLOAD_TIMEOUT_SECONDS": "1", "COGZY_MAX_RETRIES": "0"}
    async with FaultProxy(hub.url) as proxy:
        light.environ["COGZY_HUB_URL"] = f"{proxy.url}/mcp"
        proxy.script = _batches(stall(after=-1, way="down"), times=99)
        started = time.monotonic()
        assert (await fails(light)).code == "hub.timeout"
        assert time.monotonic() - started < 10


async def test_a_cancelled_push_ends_within_three_seconds_and_keeps_what_was_acknowledged(
    light: Computer, hub: HubStandIn
) -> None:
    small_batches(hub)
    await push(light)
    hub.seconds = 30.0
    light.remember(20, 20)
    running = asyncio.create_task(light.run(Sync(method="http", only="vault")))
    await asyncio.to_thread(hub.working.wait, 20)
    started = time.monotonic()
    await light.run(Cancel())
    with pytest.raises(CogzyError) as caught:
        await running
    assert caught.value.code == "sync.cancelled"
    assert time.monotonic() - started < 3
    hub.seconds = 0.0
    await push(light)
    assert len(hub.ids("node")) == 40


async def test_several_batches_are_on_their_way_at_once(light: Computer, hub: HubStandIn) -> None:
    small_batches(hub)
    light.remember(20, 60)
    hub.seconds = 0.05
    await push(light)
    assert 2 <= hub.most_at_once <= 4


# ---------------------------------------------------------------------- is it there?


@contextlib.contextmanager
def mute() -> Iterator[int]:
    """A port that accepts, reads and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        yield listening.getsockname()[1]


async def answered(url: str) -> bool:
    """What `answers` says; within 1.3 s, and without holding up the event loop."""
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.02)
            beats += 1

    beating = asyncio.create_task(beat())
    started = time.monotonic()
    found = await answers(url)
    took = time.monotonic() - started
    beating.cancel()
    assert took < 1.3
    assert beats >= took / 0.02 / 4 - 2, "the event loop goes on meanwhile"
    return found


async def test_a_hub_that_is_there_answers(hub: HubStandIn) -> None:
    assert await answered(hub.url)


async def test_a_closed_port_does_not() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert not await answered(f"http://127.0.0.1:{port}/mcp")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_port_that_accepts_and_never_answers_does_not(scheme: str) -> None:
    with mute() as port:
        assert not await answered(f"{scheme}://127.0.0.1:{port}/mcp")


async def test_an_address_where_packets_vanish_does_not() -> None:
    """A full backlog: the kernel drops what comes, as a black hole does."""
    with socket.socket() as listening, contextlib.ExitStack() as kept:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        for _ in range(4):
            waiting = kept.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        assert not await answered(f"http://127.0.0.1:{address[1]}/mcp")


async def test_a_name_server_that_hangs_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hang = threading.Event()

    def never(*_: Any, **__: Any) -> Any:
        hang.wait(20)
        raise socket.gaierror(-3, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    try:
        assert not await answered("https://hub.example.org/mcp")
    finally:
        hang.set()


async def test_a_certificate_that_proves_nothing_is_named(light: Computer, hub: HubStandIn, tmp_path: Path) -> None:
    light.environ["COGZY_MAX_RETRIES"] = "0"
    async with tls_front(hub.url, write_certificate(tmp_path)) as front:
        light.environ["COGZY_HUB_URL"] = front
        error = await fails(light)
    assert error.code == "hub.tls"
    assert hub.requests == 0


async def test_the_method_says_whether_its_hub_is_there(light: Computer, hub: HubStandIn) -> None:
    method = HttpSyncMethod(light.engine._place.context_now())
    assert await method.is_available()
    assert method.get_method_name() == "http"
    light.environ["COGZY_HUB_URL"] = ""
    await light.close()
    assert not await HttpSyncMethod(light.engine._place.context_now()).is_available()


async def test_errors_of_the_method_are_sync_errors(light: Computer, hub: HubStandIn) -> None:
    hub.script = always(say(401))
    with pytest.raises(HTTPSyncError) as caught:
        await HttpSyncMethod(light.engine._place.context_now()).sync(only="vault")
    assert isinstance(caught.value, SyncError)
    assert caught.value.method == "http"
    assert json.dumps(caught.value.as_json())

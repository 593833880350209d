"""Syncs, restores and verifications over a network that fails, through a real S3 server.

Whatever happens at whatever request: success after retries, or a typed error in time; then the state is intact, the
next sync succeeds, and what comes back is what was there.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from core.errors import CogzyError
from core.sync.events import ListUploads, Status, Verify
from tests.proxy import Fault, FaultProxy, Script, answer, cut, flip, lost_reply, on, reset, stall, throttle
from tests.servers import S3Server
from tests.sync.world import Computer, gather

pytestmark = pytest.mark.asyncio

FIRST_SYNC, SMALL_CHANGE = 6, 4
"""How many requests they make."""
PATIENCE = 30
DEADLINE = 60.0
FAULTS: dict[str, Fault] = {
    "cut before anything": cut(-1),
    "cut in the request": cut(100),
    "lost reply": lost_reply(),
    "cut in the answer": cut(1, "down"),
    "reset": reset(),
    "request swallowed": stall(-1),
    "answer swallowed": stall(-1, "down"),
    "server error": answer("500 Internal Server Error"),
    "throttled": answer("503 Slow Down", retry_after="0"),
    "no sense": answer("200 OK", b"<html>Sign in to the hotel's network</html>"),
}
PATIENCE_WITH = {name: 1 if fault.kind == "stall" else PATIENCE for name, fault in FAULTS.items()}
HARMLESS = {"no sense", "cut in the request", "cut in the answer"}
"""These do not hurt every request: one without a body has nothing to cut, and what a PUT is answered is not read."""
TYPED = ("storage.", "format.", "manifest.", "uploads.", "table.", "pieces.", "packs.", "restore.")


def s3_computer(folder: Path, server: S3Server, url: str, bucket: str = "", **environ: str) -> Computer:
    """A computer whose cloud is a bucket of `server`, reached by `url`. It tries twice, and has little to send."""
    settings = {
        "COGZY_CLOUD_ENDPOINT": url,
        "COGZY_CLOUD_BUCKET": bucket or server.new_bucket(),
        "COGZY_CLOUD_REGION": server.region,
        "COGZY_CLOUD_PREFIX": "memory",
        "COGZY_CLOUD_KEY_ID": server.ak,
        "COGZY_CLOUD_SECRET": server.sk,
        "COGZY_UPLOAD_TIMEOUT_SECONDS": str(PATIENCE),
        "COGZY_MAX_RETRIES": "1",
        "COGZY_NETWORK_CONNECT_SECONDS": "5",
        **environ,
    }
    return Computer(folder, folder / "unused", environ=settings)


@pytest_asyncio.fixture
async def proxy(rclone_s3: S3Server) -> AsyncIterator[FaultProxy]:
    async with FaultProxy(rclone_s3.url) as proxy:
        yield proxy


@pytest_asyncio.fixture
async def computer(tmp_path: Path, rclone_s3: S3Server, proxy: FaultProxy) -> AsyncIterator[Computer]:
    """Transcripts and a vault; no database, whose scan would take longer than all else."""
    computer = s3_computer(tmp_path / "laptop", rclone_s3, proxy.url)
    computer.say("one/session.jsonl", 30)
    computer.remember(0, 5)
    yield computer
    await computer.close()


async def ended(work: Coroutine[Any, Any, Any]) -> tuple[Any, str | None]:
    """The result of `work` or the code of its error, in time and with something to say."""
    started = time.monotonic()
    (result,) = await gather(work)
    assert time.monotonic() - started < DEADLINE
    if not isinstance(result, BaseException):
        return result, None
    assert isinstance(result, CogzyError), result
    assert result.code.startswith(TYPED), result
    assert result.next_step
    return None, result.code


async def tried(computer: Computer, proxy: FaultProxy, script: Script | None, patience: int = PATIENCE) -> str | None:
    """Sync under faults, waiting `patience` seconds for an answer; the code of the error that it ended with."""
    proxy.script = script
    computer.environ["COGZY_UPLOAD_TIMEOUT_SECONDS"] = str(patience)
    _, code = await ended(computer.sync())
    proxy.script = None
    computer.environ["COGZY_UPLOAD_TIMEOUT_SECONDS"] = str(PATIENCE)
    assert not list((computer.vault / "sync" / "staging").iterdir())
    return code


async def heals(computer: Computer, into: str) -> None:
    """The network is back: the next sync succeeds, and everything comes back."""
    await computer.sync()
    assert (await computer.run(Status()))["state"] == "idle"
    assert await computer.restore(into=into) == computer.truth()


async def test_the_number_of_requests_is_known(computer: Computer, proxy: FaultProxy) -> None:
    """The tests below break each one of them."""
    await computer.sync()
    assert len(proxy.requests) == FIRST_SYNC
    proxy.requests.clear()
    computer.say("one/session.jsonl", 1)
    await computer.sync()
    assert len(proxy.requests) == SMALL_CHANGE


@pytest.mark.parametrize("name", FAULTS)
async def test_one_fault_in_a_small_change_is_survived(computer: Computer, proxy: FaultProxy, name: str) -> None:
    computer.environ["COGZY_MAX_RETRIES"] = "3"
    await computer.sync()
    for request in range(SMALL_CHANGE):
        computer.say("one/session.jsonl", 1)
        code = await tried(computer, proxy, on("", FAULTS[name], skip=request, times=1), PATIENCE_WITH[name])
        assert code is None or name == "no sense"
    await heals(computer, "restored")


@pytest.mark.parametrize("name", FAULTS)
async def test_a_network_that_stays_broken_is_told_in_time_and_loses_nothing(
    computer: Computer, proxy: FaultProxy, name: str
) -> None:
    await computer.sync()
    for request in range(SMALL_CHANGE):
        computer.say("one/session.jsonl", 1)
        code = await tried(computer, proxy, on("", FAULTS[name], skip=request), PATIENCE_WITH[name])
        assert code is not None or name in HARMLESS
    await heals(computer, "restored")


@pytest.mark.parametrize("request_number", range(FIRST_SYNC))
@pytest.mark.parametrize("name", ["lost reply", "server error"])
async def test_a_first_sync_that_breaks_off_is_gone_on_with(
    computer: Computer, proxy: FaultProxy, name: str, request_number: int
) -> None:
    assert await tried(computer, proxy, on("", FAULTS[name], skip=request_number)) is not None
    await heals(computer, "restored")
    assert len(await computer.run(ListUploads())) <= 2


@pytest.mark.parametrize("after", range(SMALL_CHANGE + 1))
async def test_a_network_that_goes_away_in_the_middle(computer: Computer, proxy: FaultProxy, after: int) -> None:
    await computer.sync()
    computer.say("one/session.jsonl", 1)
    going: list[asyncio.Task[None]] = []

    def script(request: object) -> Fault | None:
        if len(proxy.requests) > count + after and not going:
            going.append(asyncio.create_task(proxy.go_down()))
        return None

    count = len(proxy.requests)
    code = await tried(computer, proxy, script)
    assert (code is None) == (after == SMALL_CHANGE)
    if going:
        status = await computer.run(Status())
        assert status["state"] in ("offline", "error")
        await going[0]
        await proxy.come_back()
    await heals(computer, "restored")


async def test_the_fate_of_a_manifest_whose_answer_is_lost_is_settled_at_once(
    computer: Computer, proxy: FaultProxy
) -> None:
    await computer.sync()
    for fault in (lost_reply(), stall(-1, "down"), reset(-1, "down")):
        computer.say("one/session.jsonl", 1)
        uploads = len(await computer.run(ListUploads()))
        code = await tried(computer, proxy, on("PUT", fault, match="manifest.json"), 2)
        assert code is None, "the server has it: asked for, compared, and taken as the head"
        assert len(await computer.run(ListUploads())) == uploads + 1
        assert len(computer.head().chain) == uploads + 1
    await heals(computer, "restored")


async def test_a_manifest_that_did_not_arrive_is_no_head(computer: Computer, proxy: FaultProxy) -> None:
    await computer.sync()
    head = computer.head().head
    computer.say("one/session.jsonl", 1)
    assert await tried(computer, proxy, on("PUT", cut(-1), match="manifest.json")) is not None
    assert computer.head().head == head
    assert len(await computer.run(ListUploads())) == 1
    await heals(computer, "restored")
    assert len(await computer.run(ListUploads())) == 2


@pytest.mark.parametrize("at", [0, 40, 200])
async def test_a_bit_that_flips_on_the_way_down_never_comes_back_as_memory(
    computer: Computer, proxy: FaultProxy, at: int
) -> None:
    await computer.sync()
    computer.say("one/session.jsonl", 5)
    await computer.sync()
    truth = computer.truth()
    proxy.requests.clear()
    await computer.restore(into="undisturbed")
    count = len(proxy.requests)
    for request in range(count):
        proxy.script = on("GET", flip(at, "down"), skip=request, times=1)
        into = f"restored-{request}"
        restored, code = await ended(computer.restore(into=into))
        assert restored == (truth if code is None else None)
        assert (computer.folder / into).exists() == (code is None)
    proxy.script = None


async def test_a_bit_that_flips_in_the_proof_of_the_head_sends_nothing_again(
    computer: Computer, proxy: FaultProxy
) -> None:
    await computer.sync()
    computer.say("one/session.jsonl", 1)
    assert await tried(computer, proxy, on("GET", flip(30, "down"), times=1)) is None
    assert len(computer.head().chain) == 2
    await heals(computer, "restored")


@pytest.mark.parametrize("name", ["cut before anything", "cut in the answer", "answer swallowed", "server error"])
@pytest.mark.parametrize("stays", [False, True])
async def test_restore_and_verify_end_well_or_in_time(
    computer: Computer, proxy: FaultProxy, name: str, stays: bool
) -> None:
    await computer.sync()
    truth = computer.truth()
    computer.environ["COGZY_UPLOAD_TIMEOUT_SECONDS"] = str(PATIENCE_WITH[name])
    computer.environ["COGZY_MAX_RETRIES"] = "1" if stays else "3"
    for request in (0, 2):
        into, fault = f"restored-{request}", FAULTS[name]
        proxy.script = on("", fault, skip=request, times=1 << 30 if stays else 1)
        restored, code = await ended(computer.restore(into=into))
        assert restored == (truth if code is None else None)
        assert stays or code is None
        assert not stays or code is not None or name in HARMLESS
        assert (computer.folder / into).exists() == (code is None)
        proxy.script = on("", fault, skip=request, times=1 << 30 if stays else 1)
        report, code = await ended(computer.run(Verify(100)))
        assert stays or code is None
        assert report is None or report["ok"] or stays
    proxy.script = None
    computer.environ["COGZY_UPLOAD_TIMEOUT_SECONDS"] = str(PATIENCE)
    assert await computer.restore(into="at last") == truth
    assert (await computer.run(Verify(100)))["ok"]


async def test_a_slow_network_is_no_broken_one(computer: Computer, proxy: FaultProxy) -> None:
    computer.environ["COGZY_UPLOAD_TIMEOUT_SECONDS"] = "20"
    (computer.transcripts / "big.bin").write_bytes(os.urandom(600_000))
    proxy.script = on("PUT", throttle(250_000), match="packs/")
    await computer.sync()
    proxy.script = None
    await heals(computer, "restored")


async def test_what_arrived_before_a_break_is_not_sent_again(
    tmp_path: Path, rclone_s3: S3Server, proxy: FaultProxy
) -> None:
    """Two packs are under way at a time: of those before the one that breaks, one at least has been answered."""
    computer = s3_computer(tmp_path / "patient", rclone_s3, proxy.url)
    computer.transcripts.mkdir(parents=True, exist_ok=True)
    (computer.transcripts / "big.bin").write_bytes(os.urandom(30 << 20))
    assert await tried(computer, proxy, on("PUT", cut(1000), match="packs/", skip=2)) is not None
    with contextlib.closing(computer.state()) as state:
        answered = set(state.uncommitted_packs(computer.key))
    assert answered
    proxy.requests.clear()
    await heals(computer, "restored")
    sent = {request.path for request in proxy.requests if request.method == "PUT" and "packs/" in request.path}
    assert sent
    assert not [path for path in sent if path.rsplit("/", 1)[-1].partition(".")[0] in answered]
    await computer.close()


@pytest_asyncio.fixture
async def strict(tmp_path: Path, swift_s3: S3Server) -> AsyncIterator[tuple[Computer, FaultProxy]]:
    """A server that compares what it got with what was signed."""
    async with FaultProxy(swift_s3.url) as proxy:
        computer = s3_computer(tmp_path / "strict", swift_s3, proxy.url)
        computer.say("one/session.jsonl", 30)
        computer.remember(0, 5)
        yield computer, proxy
        await computer.close()


async def test_a_strict_server_takes_a_sync_and_gives_it_back(strict: tuple[Computer, FaultProxy]) -> None:
    computer, _ = strict
    computer.add_rows(0, 50)
    await computer.sync()
    computer.add_rows(0, 2, "changed")
    computer.say("one/session.jsonl", 1)
    await computer.sync()
    assert await computer.restore() == computer.truth()
    assert (await computer.run(Verify(100)))["ok"]


@pytest.mark.parametrize("what", ["packs/", "tables/", "manifest.json"])
async def test_a_bit_that_flips_on_the_way_up_is_refused_and_sent_again(
    strict: tuple[Computer, FaultProxy], what: str
) -> None:
    computer, proxy = strict
    await computer.sync()
    computer.say("one/session.jsonl", 1)
    proxy.script = on("PUT", flip(50), match=what, times=1)
    await ended(computer.sync())
    proxy.script = None
    await computer.sync()
    assert await computer.restore() == computer.truth()
    assert (await computer.run(Verify(100)))["ok"]

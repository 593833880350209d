"""Test connection names the failing step; what it learns is what the store does; it leaves nothing behind."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from core.storage import (
    ProbeReport,
    StoreLocation,
    StoreOptions,
    StoreSecrets,
    UnreachableError,
    open_store,
    probe,
    reachable,
    trust,
)
from tests.proxy import Fault, FaultProxy, answer, on, stall
from tests.servers import S3Server, free_port
from tests.storage.conformance import keys
from tests.storage.stores import QUICK, bucket_location, folder_location, opened, secrets_of
from tests.storage.tls import tls_front, write_certificate

STEPS = ["name", "tls", "clock", "sign-in", "list", "put", "get", "delete", "conditional-put"]


async def probed(
    location: StoreLocation, secrets: StoreSecrets | None = None, options: StoreOptions = QUICK
) -> ProbeReport:
    """The probe of a store, which must name all steps in order."""
    async with opened(location, secrets, options) as store:
        report = await probe(store, location)
        assert [step.name for step in report.steps] == STEPS
        return report


def outcomes(report: ProbeReport) -> dict[str, bool | None]:
    """What became of each step."""
    return {step.name: step.ok for step in report.steps}


@pytest.mark.asyncio
@pytest.mark.parametrize(("server", "only_once"), [("rclone_s3", False), ("moto_s3", True), ("swift_s3", True)])
async def test_proves_what_the_server_honours_and_leaves_nothing(
    server: str, only_once: bool, request: pytest.FixtureRequest
) -> None:
    s3: S3Server = request.getfixturevalue(server)
    location = bucket_location(s3)
    report = await probed(location, secrets_of(s3))
    assert report.ok, report.failed
    assert report.capabilities.only_if_absent is only_once
    assert report.capabilities.clock_skew_seconds is not None
    assert abs(report.capabilities.clock_skew_seconds) < 5
    assert all(ok for ok in outcomes(report).values())
    async with opened(location, secrets_of(s3)) as store:
        assert await keys(store) == []


@pytest.mark.asyncio
async def test_a_folder_is_probed_with_the_steps_it_has(tmp_path: Path) -> None:
    report = await probed(folder_location(tmp_path))
    assert report.ok
    assert report.capabilities.only_if_absent
    assert outcomes(report)["tls"] is None
    missing = await probed(folder_location(tmp_path / "missing"))
    assert missing.failed is not None
    assert (missing.failed.name, missing.failed.error and missing.failed.error["code"]) == (
        "name",
        "storage.folder_missing",
    )
    assert not (tmp_path / "missing").exists()


def _said(code: str, status: str = "403 Forbidden") -> Fault:
    return answer(status, f"<Error><Code>{code}</Code></Error>".encode(), content_type="application/xml")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "fault", "step", "code"),
    [
        ("GET", _said("SignatureDoesNotMatch"), "sign-in", "storage.key_refused"),
        ("GET", _said("RequestTimeTooSkewed"), "clock", "storage.clock_skewed"),
        ("GET", _said("NoSuchBucket", "404 Not Found"), "list", "storage.no_such_bucket"),
        ("GET", _said("AccessDenied"), "list", "storage.bucket_refused"),
        ("GET", answer("200 OK", b"<html>", content_type="text/html"), "sign-in", "storage.bad_answer"),
        ("HEAD", answer("200 OK", date="Mon, 01 Jan 2018 00:00:00 GMT"), "clock", "storage.clock_skewed"),
        ("PUT", _said("AccessDenied"), "put", "storage.read_only"),
        ("DELETE", _said("AccessDenied"), "delete", "storage.read_only"),
        ("GET", stall(-1), "sign-in", "storage.timeout"),
    ],
)
async def test_names_the_step_that_fails(method: str, fault: Fault, step: str, code: str, rclone_s3: S3Server) -> None:
    location = bucket_location(rclone_s3)
    async with FaultProxy(rclone_s3.url, on(method, fault)) as proxy:
        location = dataclasses.replace(location, endpoint=proxy.url)
        options = StoreOptions(no_progress_seconds=2)
        report = await probed(location, secrets_of(rclone_s3), options)
        assert report.failed is not None
        assert report.failed.error is not None
        assert (report.failed.name, report.failed.error["code"]) == (step, code)
        assert report.failed.error["next_step"]
        later = STEPS[STEPS.index(step) + 1 :]
        assert all(not outcomes(report)[name] for name in later)


@pytest.mark.asyncio
async def test_a_store_that_refuses_conditions_is_still_a_good_store(rclone_s3: S3Server) -> None:
    refusal = _said("NotImplemented", "501 Not Implemented")
    async with FaultProxy(rclone_s3.url) as proxy:
        location = bucket_location(rclone_s3, url=proxy.url)
        proxy.script = lambda request: refusal if b"if-none-match" in request.head.lower() else None
        report = await probed(location, secrets_of(rclone_s3))
        assert report.ok
        assert not report.capabilities.only_if_absent


@pytest.mark.asyncio
async def test_a_name_that_does_not_exist_is_named() -> None:
    report = await probed(StoreLocation("https://storage.invalid", "bucket"), StoreSecrets("a", "b"))
    assert report.failed is not None
    assert report.failed.name == "name"


@pytest.mark.asyncio
async def test_a_port_that_refuses_is_the_networks_fault() -> None:
    report = await probed(StoreLocation(f"http://127.0.0.1:{free_port()}", "bucket"), StoreSecrets("a", "b"))
    assert report.failed is not None
    assert report.failed.error is not None
    assert (report.failed.name, report.failed.error["code"]) == ("tls", "storage.unreachable")


@pytest.mark.asyncio
@pytest.mark.parametrize(("address", "days"), [("127.0.0.1", 1), ("127.0.0.1", -1), ("127.0.0.9", 1)])
async def test_a_certificate_that_proves_nothing_is_refused(
    address: str, days: int, rclone_s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed by nobody; expired; of another address."""
    pem = write_certificate(tmp_path, address, days=days)
    if (address, days) != ("127.0.0.1", 1):
        monkeypatch.setattr(trust, "context", lambda: ssl.create_default_context(cafile=str(pem)))
    async with tls_front(rclone_s3.url, pem) as url:
        location = bucket_location(rclone_s3, url=url)
        async with opened(location, secrets_of(rclone_s3)) as store:
            with pytest.raises(UnreachableError) as raised:
                await store.put("key", b"body")
            assert raised.value.code == "storage.tls"
            assert not raised.value.retryable
        report = await probed(location, secrets_of(rclone_s3))
        assert report.failed is not None
        assert report.failed.name == "tls"


@pytest.mark.asyncio
async def test_a_good_certificate_is_taken(
    rclone_s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = write_certificate(tmp_path)
    monkeypatch.setattr(trust, "context", lambda: ssl.create_default_context(cafile=str(pem)))
    async with tls_front(rclone_s3.url, pem) as url:
        report = await probed(bucket_location(rclone_s3, url=url), secrets_of(rclone_s3))
        assert report.ok


@pytest.mark.asyncio
async def test_reachable_says_yes_no_and_unknown(
    rclone_s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await reachable(StoreLocation(rclone_s3.url, "b")) is True
    assert await reachable(StoreLocation(f"http://127.0.0.1:{free_port()}", "b")) is False
    assert await reachable(StoreLocation("https://storage.invalid", "b")) is False
    assert await reachable(folder_location(tmp_path)) is True
    assert await reachable(folder_location(tmp_path / "missing")) is False
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert await reachable(StoreLocation("https://storage.invalid", "b")) is None
    assert await reachable(StoreLocation("https://storage.invalid", "b"), proxy=rclone_s3.url) is True


@pytest.mark.asyncio
async def test_reachable_never_waits_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        crowd = [socket.socket() for _ in range(4)]
        for each in crowd:
            each.setblocking(False)
            each.connect_ex(address)
        begin = time.monotonic()
        assert await reachable(StoreLocation(f"http://127.0.0.1:{address[1]}", "b"), 0.3) is None
        assert time.monotonic() - begin < 30
        for each in crowd:
            each.close()

    answers = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.wait(60))
    begin = time.monotonic()
    assert await reachable(StoreLocation("https://s3.example.com", "b"), 0.3) is None
    assert time.monotonic() - begin < 30
    answers.set()


@pytest.mark.asyncio
async def test_warming_up_touches_no_network() -> None:
    store = open_store(StoreLocation("https://storage.invalid", "bucket"), StoreSecrets("a", "b"), QUICK)
    await store.warm_up()
    assert store.traffic.requests == 0
    await store.close()

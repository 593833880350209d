"""Every remote call under every fault: success or a typed error, in time, and never wrong bytes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest
import pytest_asyncio

from core.storage import (
    ObjectStore,
    ServerError,
    StorageError,
    StoreOptions,
    ThrottledError,
    UnreachableError,
    s3,
)
from tests.proxy import (
    Fault,
    FaultProxy,
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
from tests.servers import S3Server
from tests.storage.conformance import keys
from tests.storage.stores import QUICK, bucket_location, opened, secrets_of

BODY = bytes(range(256)) * 2048  # 512 KiB
HASTY = StoreOptions(
    max_retries=0, retry_backoff_seconds=0.01, no_progress_seconds=0.4, connect_seconds=0.5, concurrency=4
)
DEADLINE = 30.0

Operation = Callable[[ObjectStore], Coroutine[None, None, None]]


async def _put(store: ObjectStore) -> None:
    await store.put("target", BODY)


async def _get(store: ObjectStore) -> None:
    assert await store.get("target") == BODY


async def _head(store: ObjectStore) -> None:
    found = await store.head("target")
    assert found is not None
    assert found.size == len(BODY)


async def _list(store: ObjectStore) -> None:
    assert await keys(store) == ["target"]


async def _delete(store: ObjectStore) -> None:
    await store.delete("target")


OPERATIONS: dict[str, Operation] = {"put": _put, "get": _get, "head": _head, "list": _list, "delete": _delete}
FAULTS: dict[str, Fault] = {
    "cut before anything": cut(-1),
    "cut in the request": cut(1000),
    "cut before the answer": cut(-1, "down"),
    "cut in the answer": cut(1, "down"),
    "reset": reset(),
    "reset in the answer": reset(0, "down"),
    "request swallowed": stall(-1),
    "body swallowed": stall(1000),
    "no answer": stall(-1, "down"),
    "answer stalls": stall(1, "down"),
    "crawling up": throttle(2000),
    "crawling down": throttle(2000, "down"),
    "500": answer("500 Internal Server Error"),
    "page instead of an answer": answer("200 OK", b"<html><body>Welcome!</body></html>", content_type="text/html"),
    "redirect to a page": answer("302 Found", location="http://login.invalid/"),
    "page without closed tags": answer("200 OK", b"<html><p>Sign in", content_type="text/html"),
    "forbidden page": answer("403 Forbidden", b"<html><p>Blocked", content_type="text/html"),
    "nonsense": Fault("answer", reply=b"220 smtp.example.com ESMTP\r\n\r\n"),
    "nothing": Fault("answer", reply=b""),
}


def survivable(operation: str, fault: str) -> bool:
    """Whether the operation can get a whole answer all the same: what strikes bodies spares calls without one."""
    if fault in ("cut in the request", "body swallowed", "crawling up"):
        return operation != "put"
    if fault in ("cut in the answer", "reset in the answer", "answer stalls"):
        return operation not in ("get", "list")
    return fault == "crawling down" and operation != "get"


@pytest.fixture(scope="module")
def bucket(rclone_s3: S3Server) -> str:
    """A bucket of the fast server."""
    return rclone_s3.new_bucket()


@pytest_asyncio.fixture
async def proxy(rclone_s3: S3Server) -> AsyncIterator[FaultProxy]:
    """A proxy before the fast server."""
    async with FaultProxy(rclone_s3.url) as running:
        yield running


@contextlib.asynccontextmanager
async def stored(
    proxy: FaultProxy, server: S3Server, bucket: str, options: StoreOptions = QUICK
) -> AsyncIterator[ObjectStore]:
    """A store behind the proxy, with `target` in it (put there patiently), and nothing counted yet."""
    location, secrets = bucket_location(server, url=proxy.url, bucket=bucket), secrets_of(server)
    async with opened(location, secrets, QUICK) as patient:
        await patient.put("target", BODY)
    async with opened(location, secrets, options) as store:
        await store.warm_up()
        proxy.requests.clear()
        yield store


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_ends_in_time_with_the_right_bytes_or_a_typed_error(
    operation: str, fault: str, proxy: FaultProxy, rclone_s3: S3Server, bucket: str
) -> None:
    async with stored(proxy, rclone_s3, bucket, HASTY) as store:
        proxy.script = always(FAULTS[fault])
        begin = time.monotonic()
        try:
            await asyncio.wait_for(OPERATIONS[operation](store), DEADLINE)
        except (UnreachableError, ServerError):
            pass  # typed, and blaming neither keys nor rights
        else:
            assert survivable(operation, fault), "this fault cannot have been survived"
        assert time.monotonic() - begin < DEADLINE


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", ["cut before the answer", "reset", "500", "no answer", "cut in the answer"])
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_second_attempt_succeeds(
    operation: str, fault: str, proxy: FaultProxy, rclone_s3: S3Server, bucket: str
) -> None:
    options = StoreOptions(max_retries=3, retry_backoff_seconds=0.01, no_progress_seconds=3)
    async with stored(proxy, rclone_s3, bucket, options) as store:
        proxy.script = on("", FAULTS[fault], times=1)
        await OPERATIONS[operation](store)
        assert store.traffic.requests == len(proxy.requests) <= 2


@pytest.mark.asyncio
async def test_damage_on_the_way_up_is_refused_and_sent_again(swift_s3: S3Server) -> None:
    async with (
        FaultProxy(swift_s3.url) as proxy,
        opened(bucket_location(swift_s3, url=proxy.url), secrets_of(swift_s3)) as store,
    ):
        proxy.script = on("PUT", flip(100), times=1)
        await store.put("target", BODY)
        assert await store.get("target") == BODY
        assert [r.method for r in proxy.requests] == ["PUT", "PUT", "GET"]


@pytest.mark.asyncio
async def test_damage_on_the_way_up_is_named(swift_s3: S3Server) -> None:
    async with (
        FaultProxy(swift_s3.url) as proxy,
        opened(bucket_location(swift_s3, url=proxy.url), secrets_of(swift_s3), HASTY) as store,
    ):
        proxy.script = always(flip(100))
        with pytest.raises(ServerError) as raised:
            await store.put("target", BODY)
        assert raised.value.code == "storage.damaged_on_the_way"


@pytest.mark.asyncio
async def test_a_refused_connection_blames_the_network(proxy: FaultProxy, rclone_s3: S3Server, bucket: str) -> None:
    async with stored(proxy, rclone_s3, bucket, HASTY) as store:
        await proxy.go_down()
        for operation in OPERATIONS.values():
            with pytest.raises(UnreachableError) as raised:
                await operation(store)
            assert raised.value.code == "storage.unreachable"
        await proxy.come_back()
        await _get(store)


@pytest.mark.asyncio
async def test_a_lost_reply_to_a_create_only_put_is_recognised_as_our_own(moto_s3: S3Server) -> None:
    async with (
        FaultProxy(moto_s3.url) as proxy,
        opened(bucket_location(moto_s3, url=proxy.url), secrets_of(moto_s3)) as store,
    ):
        proxy.script = on("PUT", lost_reply(), times=1)
        await store.put("manifest", b"ours", only_if_absent=True)
        assert [r.method for r in proxy.requests] == ["PUT", "PUT", "GET"]


@pytest.mark.asyncio
async def test_a_lost_reply_does_not_take_anothers_object_for_ours(moto_s3: S3Server) -> None:
    async with FaultProxy(moto_s3.url) as proxy:
        location = bucket_location(moto_s3, url=proxy.url)
        async with opened(location, secrets_of(moto_s3)) as store:
            await store.put("manifest", b"theirs")
            proxy.script = on("PUT", answer("500 Oops"), times=1)
            with pytest.raises(StorageError) as raised:
                await store.put("manifest", b"ours", only_if_absent=True)
            assert raised.value.code == "storage.exists"
            assert await store.get("manifest") == b"theirs"


@pytest.mark.asyncio
async def test_waits_as_long_as_the_server_asks(proxy: FaultProxy, rclone_s3: S3Server, bucket: str) -> None:
    async with stored(proxy, rclone_s3, bucket) as store:
        proxy.script = on("GET", answer("503 Slow Down", retry_after="1"), times=1)
        begin = time.monotonic()
        await _get(store)
        assert 0.9 < time.monotonic() - begin < 30


@pytest.mark.asyncio
async def test_a_wait_longer_than_the_patience_ends_at_once(
    proxy: FaultProxy, rclone_s3: S3Server, bucket: str
) -> None:
    async with stored(proxy, rclone_s3, bucket) as store:
        proxy.script = always(answer("429 Too Many", retry_after="600"))
        with pytest.raises(ThrottledError) as raised:
            await store.put("target", b"x")
        assert raised.value.retry_after == 600
        assert len(proxy.requests) == 1


@pytest.mark.asyncio
async def test_a_slow_link_that_moves_is_waited_for(proxy: FaultProxy, rclone_s3: S3Server, bucket: str) -> None:
    """Longer than the quiet time in all, but never quiet for so long."""
    async with stored(proxy, rclone_s3, bucket, HASTY) as store:
        proxy.script = always(throttle(400_000, "down"))
        begin = time.monotonic()
        await _get(store)
        assert time.monotonic() - begin > HASTY.idle_seconds


@pytest.mark.asyncio
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_cancelling_ends_at_once(operation: str, proxy: FaultProxy, rclone_s3: S3Server, bucket: str) -> None:
    async with stored(proxy, rclone_s3, bucket) as store:
        proxy.script = on("", stall(-1), times=1)
        before = len(proxy.requests)
        task = asyncio.create_task(OPERATIONS[operation](store))
        async with asyncio.timeout(30):
            while len(proxy.requests) == before:  # noqa: ASYNC110  # the proxy says it to nobody
                await asyncio.sleep(0.005)
        begin = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - begin < 15
        await OPERATIONS[operation](store)


@pytest.mark.asyncio
async def test_a_listing_that_breaks_goes_on_where_it_was(moto_s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "PAGE", 4)
    location = bucket_location(moto_s3)
    names = [f"{i:02}" for i in range(10)]
    async with FaultProxy(moto_s3.url) as proxy:
        location = dataclasses.replace(location, endpoint=proxy.url)
        async with opened(location, secrets_of(moto_s3)) as store:
            for name in names:
                await store.put(name, b"x")
            proxy.requests.clear()
            proxy.script = on("GET", cut(10, "down"), skip=1, times=1)
            assert await keys(store) == names
            assert len(proxy.requests) == 5


def test_the_quiet_time_leaves_room_for_every_attempt() -> None:
    assert QUICK.idle_seconds * (QUICK.max_retries + 1) <= QUICK.no_progress_seconds
    assert StoreOptions().idle_seconds == 60


@pytest.mark.asyncio
async def test_a_link_slower_than_the_slowest_is_given_up(
    proxy: FaultProxy, rclone_s3: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "SLOWEST_BYTES_PER_SECOND", 10 * len(BODY))
    async with stored(proxy, rclone_s3, bucket, HASTY) as store:
        proxy.script = always(throttle(20_000, "down"))
        with pytest.raises(UnreachableError) as raised:
            await store.get("target")
        assert raised.value.code == "storage.timeout"


@pytest.mark.asyncio
async def test_waiting_for_a_turn_is_not_standing_still(proxy: FaultProxy, rclone_s3: S3Server, bucket: str) -> None:
    """12 calls, 2 at once, 0.1 s each: the last waits longer than a call may stand still."""
    options = StoreOptions(max_retries=0, no_progress_seconds=0.4, concurrency=2)
    async with stored(proxy, rclone_s3, bucket, options) as store:
        proxy.script = always(stall(-1, "down", seconds=0.1))
        found = await asyncio.gather(*(store.head("target") for _ in range(12)))
        assert all(found)
        assert proxy.connections <= 3

"""What the S3 client loads, where it sends, and whom it trusts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.storage import StoreLocation, StoreOptions, StoreSecrets, UnreachableError, trust
from tests.proxy import FaultProxy, answer
from tests.servers import S3Server
from tests.storage.conformance import keys
from tests.storage.stores import opened, secrets_of
from tests.storage.tls import listening, pass_on, tls_front, write_certificate

ROOT = Path(__file__).parents[2]


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after `code`."""
    script = f"{code}\nimport json, sys\nprint(json.dumps([m for m in sys.modules if '.' not in m]))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT, timeout=60).stdout
    return set(json.loads(out))


def test_opening_a_store_loads_nothing_heavy() -> None:
    loaded = loaded_after(
        "from core.storage import *\n"
        "open_store(StoreLocation('https://s3.example.com', 'b'), StoreSecrets('a', 'b'))\n"
        "open_store(StoreLocation('file:///tmp'), None)"
    )
    assert not loaded & {"aioboto3", "aiobotocore", "botocore", "boto3", "aiohttp", "orjson", "certifi", "filelock"}


def test_a_warm_client_leaves_out_what_it_never_uses() -> None:
    loaded = loaded_after(
        "import asyncio\nfrom core.storage import *\n"
        "asyncio.run(open_store(StoreLocation('https://s3.example.com', 'b'), StoreSecrets('a', 'b')).warm_up())"
    )
    assert {"aioboto3", "aiohttp"} <= loaded
    assert not loaded & {"s3transfer", "rich", "click"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("location", "region", "url"),
    [
        (StoreLocation("", "my-bucket"), "eu-west-3", "https://my-bucket.s3.eu-west-3.amazonaws.com/a%20b/%C3%A9"),
        (StoreLocation("", "my-bucket"), "us-east-1", "https://my-bucket.s3.us-east-1.amazonaws.com/a%20b/%C3%A9"),
        (StoreLocation("https://s3.example.com/", "b"), "auto", "https://s3.example.com/b/a%20b/%C3%A9"),
        (StoreLocation("https://example.com:9000/s3", "b"), "x", "https://example.com:9000/s3/b/a%20b/%C3%A9"),
    ],
)
async def test_requests_go_to_one_place_and_are_signed_for_one_region(
    location: StoreLocation, region: str, url: str
) -> None:
    from core.storage.s3_client import create_client

    client = await create_client(location, StoreSecrets("key", "secret"), StoreOptions(), region)
    seen = []

    def look(request: object, **_: object) -> None:
        seen.append(request)
        raise ConnectionError("not sent")

    client.meta.events.register("before-send.s3", look)
    with pytest.raises(ConnectionError):
        await client.put_object(Bucket=location.bucket, Key="a b/é", Body=b"x")
    (request,) = seen
    assert request.url == url
    assert f"/{region}/s3/aws4_request".encode() in request.headers["Authorization"]
    assert request.headers["X-Amz-Content-SHA256"].startswith(b"2d711642")
    await client.__aexit__(None, None, None)


@contextlib.asynccontextmanager
async def connect_proxy(target: str) -> AsyncIterator[tuple[str, list[str]]]:
    """An HTTP proxy that leads every CONNECT to `target`; its URL, and the hosts that were asked for."""
    asked: list[str] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b" ")[1].decode())
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await pass_on(reader, writer, target)

    async with listening(connected) as port:
        yield f"http://127.0.0.1:{port}", asked


@pytest.mark.asyncio
@pytest.mark.parametrize("trusted", [True, False])
async def test_certificates_are_checked_behind_a_proxy_too(
    trusted: bool, rclone_s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = write_certificate(tmp_path, "203.0.113.7")
    if trusted:
        monkeypatch.setattr(trust, "context", lambda: ssl.create_default_context(cafile=str(pem)))
    async with tls_front(rclone_s3.url, pem) as front, connect_proxy(front) as (proxy, asked):
        location = StoreLocation("https://203.0.113.7", rclone_s3.new_bucket())
        options = StoreOptions(max_retries=0, no_progress_seconds=5, proxy=proxy)
        async with opened(location, secrets_of(rclone_s3), options) as store:
            if trusted:
                await store.put("key", b"body")
                assert await keys(store) == ["key"]
            else:
                with pytest.raises(UnreachableError) as raised:
                    await store.put("key", b"body")
                assert raised.value.code == "storage.tls"
        assert set(asked) == {"203.0.113.7:443"}


@pytest.mark.asyncio
async def test_the_region_that_a_server_asks_for_is_learnt(rclone_s3: S3Server) -> None:
    body = b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>garage-1</Region></Error>"
    refusal = answer("400 Bad Request", body, content_type="application/xml")
    async with FaultProxy(rclone_s3.url) as proxy:
        location = StoreLocation(proxy.url, rclone_s3.new_bucket())
        proxy.script = lambda request: None if b"/garage-1/s3/" in request.head else refusal
        async with opened(location, secrets_of(rclone_s3), StoreOptions(max_retries=0)) as store:
            await store.put("key", b"body")
            assert await store.get("key") == b"body"
            assert store.traffic.requests == len(proxy.requests) == 3


@pytest.mark.asyncio
async def test_names_that_are_no_keys_are_not_listed(moto_s3: S3Server) -> None:
    """Web consoles make empty objects that end in a slash, the prefix itself among them."""
    location = StoreLocation(moto_s3.url, moto_s3.new_bucket(), prefix="memory")
    for name in ("memory/", "memory/a/", "memory/a/1", "memory/c:\\x", "memory/../up", "memory/b"):
        moto_s3.client().put_object(Bucket=location.bucket, Key=name, Body=b"")
    async with opened(location, secrets_of(moto_s3)) as store:
        assert await keys(store) == ["a/1", "b"]
        assert await keys(store, "", "/") == ["a/", "b"]

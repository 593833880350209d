"""Wrong keys, rights, buckets, endpoints and clocks, each named for what it is, by real servers."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from core.storage import (
    AccessError,
    ObjectStore,
    StorageError,
    StoreLocation,
    StoreOptions,
    StoreSecrets,
    open_store,
)
from tests.proxy import Fault, FaultProxy, always, answer
from tests.servers import S3Server, find_program, free_port
from tests.storage.conformance import keys
from tests.storage.stores import bucket_location, opened, secrets_of

NO_RETRY = StoreOptions(max_retries=0, no_progress_seconds=10)


async def code_of(store: ObjectStore, operation: str) -> str:
    """The code of the error that this operation ends with."""
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "list": lambda: keys(store),
        "put": lambda: store.put("key", b"body"),
        "get": lambda: store.get("key"),
        "delete": lambda: store.delete("key"),
    }
    with pytest.raises(StorageError) as raised:
        await calls[operation]()
    assert raised.value.title
    assert raised.value.next_step
    assert "<" not in raised.value.cause, "every sentence has its params"
    return raised.value.code


@pytest.mark.asyncio
@pytest.mark.parametrize("server", ["rclone_s3", "swift_s3"])
@pytest.mark.parametrize("wrong", ["key_id", "secret"])
async def test_a_wrong_key_is_named(server: str, wrong: str, request: pytest.FixtureRequest) -> None:
    s3: S3Server = request.getfixturevalue(server)
    secrets = dataclasses.replace(secrets_of(s3), **{wrong: "wrong"})
    async with opened(bucket_location(s3), secrets, NO_RETRY) as store:
        for operation in ("list", "put", "get"):
            assert await code_of(store, operation) == "storage.key_refused"


@pytest.mark.asyncio
@pytest.mark.parametrize("server", ["rclone_s3", "swift_s3", "moto_s3"])
async def test_a_missing_bucket_is_named(server: str, request: pytest.FixtureRequest) -> None:
    s3: S3Server = request.getfixturevalue(server)
    async with opened(bucket_location(s3, bucket="no-such-bucket-here"), secrets_of(s3), NO_RETRY) as store:
        for operation in ("list", "put", "get"):
            assert await code_of(store, operation) == "storage.no_such_bucket"


@pytest.mark.asyncio
@pytest.mark.parametrize("server", ["rclone_s3", "swift_s3", "moto_s3"])
async def test_an_endpoint_with_the_bucket_inside_is_named(server: str, request: pytest.FixtureRequest) -> None:
    s3: S3Server = request.getfixturevalue(server)
    location = bucket_location(s3)
    location = dataclasses.replace(location, endpoint=f"{location.endpoint}/{location.bucket}", prefix="")
    async with opened(location, secrets_of(s3), NO_RETRY) as store:
        assert await code_of(store, "list") == "storage.wrong_endpoint"


@pytest.mark.asyncio
async def test_a_wrong_clock_is_named_and_not_the_key(swift_s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    location = bucket_location(swift_s3)
    import botocore.auth

    from core.storage import clock

    ahead = datetime.timedelta(hours=2)
    now = botocore.auth.get_current_datetime
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **k: now(**k) + ahead)
    real_time = clock.time.time
    monkeypatch.setattr(clock.time, "time", lambda: real_time() + ahead.total_seconds())
    async with opened(location, secrets_of(swift_s3), NO_RETRY) as store:
        with pytest.raises(AccessError) as raised:
            await store.put("key", b"body")
        assert raised.value.code == "storage.clock_skewed"
        assert raised.value.params["minutes"] == 120


@pytest.fixture(scope="module")
def guarded_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, StoreSecrets, str]]:
    """moto with rights switched on: its URL, a key that may only read, and a bucket with one object."""
    port = free_port()
    log = (tmp_path_factory.mktemp("guarded") / "moto.log").open("wb")
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([find_program("moto_server"), "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/moto-api/", timeout=2).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                asyncio.run(asyncio.sleep(0.05))
        plain = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
        s3 = plain.client("s3", endpoint_url=url, config=Config(s3={"addressing_style": "path"}))
        s3.create_bucket(Bucket="vault")
        s3.put_object(Bucket="vault", Key="key", Body=b"there")
        iam = plain.client("iam", endpoint_url=url)
        iam.create_user(UserName="reader")
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
        nobody = urllib.request.Request(f"{url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"})
        urllib.request.urlopen(nobody, timeout=5).close()
        yield url, StoreSecrets(key["AccessKeyId"], key["SecretAccessKey"]), "vault"
    finally:
        server.terminate()
        server.wait(10)
        log.close()


@pytest.mark.asyncio
async def test_a_key_that_may_only_read_reads_and_is_named(guarded_s3: tuple[str, StoreSecrets, str]) -> None:
    url, secrets, bucket = guarded_s3
    async with opened(StoreLocation(url, bucket), secrets, NO_RETRY) as store:
        assert await store.get("key") == b"there"
        assert await code_of(store, "put") == "storage.read_only"
        assert await code_of(store, "delete") == "storage.read_only"


@pytest.mark.asyncio
async def test_amazons_words_for_wrong_keys_are_understood(guarded_s3: tuple[str, StoreSecrets, str]) -> None:
    url, secrets, bucket = guarded_s3
    for wrong in (StoreSecrets("AKIAUNKNOWN", "x"), StoreSecrets(secrets.key_id, "wrong")):
        async with opened(StoreLocation(url, bucket), wrong, NO_RETRY) as store:
            assert await code_of(store, "list") == "storage.key_refused"
            assert await code_of(store, "put") == "storage.key_refused"


def _error(status: str, code: str, **headers: str) -> Fault:
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>Said by the server</Message></Error>'.encode()
    return answer(status, body, content_type="application/xml", **headers)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("operation", "status", "said", "code"),
    [
        ("list", "403 Forbidden", "AccessDenied", "storage.bucket_refused"),
        ("get", "403 Forbidden", "AllAccessDisabled", "storage.bucket_refused"),
        ("put", "403 Forbidden", "AccessDenied", "storage.read_only"),
        ("list", "403 Forbidden", "RequestTimeTooSkewed", "storage.clock_skewed"),
        ("list", "401 Unauthorized", "Unauthorized", "storage.key_refused"),
        ("put", "400 Bad Request", "AuthorizationHeaderMalformed", "storage.wrong_region"),
        ("put", "400 Bad Request", "BadDigest", "storage.damaged_on_the_way"),
        ("put", "400 Bad Request", "RequestTimeout", "storage.timeout"),
        ("put", "400 Bad Request", "InvalidArgument", "storage.refused"),
        ("put", "404 Not Found", "NoSuchBucket", "storage.no_such_bucket"),
        ("list", "404 Not Found", "NoSuchKey", "storage.no_such_bucket"),
        ("get", "404 Not Found", "NoSuchKey", "storage.not_found"),
        ("put", "409 Conflict", "OperationAborted", "storage.server_error"),
        ("put", "507 Insufficient Storage", "XMinioStorageFull", "storage.bucket_full"),
        ("put", "403 Forbidden", "QuotaExceeded", "storage.bucket_full"),
        ("put", "501 Not Implemented", "NotImplemented", "storage.server_error"),
        ("put", "503 Slow Down", "SlowDown", "storage.throttled"),
        ("get", "429 Too Many Requests", "TooManyRequests", "storage.throttled"),
        ("get", "500 Internal Server Error", "InternalError", "storage.server_error"),
    ],
)
async def test_what_a_server_says_becomes_one_code(
    operation: str, status: str, said: str, code: str, rclone_s3: S3Server
) -> None:
    async with FaultProxy(rclone_s3.url, always(_error(status, said))) as proxy:
        location = StoreLocation(proxy.url, "bucket")
        async with opened(location, secrets_of(rclone_s3), NO_RETRY) as store:
            assert await code_of(store, operation) == code


@pytest.mark.asyncio
async def test_an_unsigned_store_can_not_be_opened() -> None:
    for secrets in (None, StoreSecrets("", ""), StoreSecrets("key", "")):
        with pytest.raises(AccessError) as raised:
            open_store(StoreLocation("https://s3.example.com", "bucket"), secrets)
        assert raised.value.code == "storage.no_keys"


@pytest.mark.asyncio
async def test_nothing_around_the_program_decides(
    rclone_s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither AWS_* variables nor ~/.aws change where requests go or who signs them."""
    config = tmp_path / "config"
    config.write_text("[default]\nregion = mars-1\nendpoint_url = http://127.0.0.1:9\nca_bundle = /missing\n")
    location = bucket_location(rclone_s3)
    for name, value in {
        "AWS_PROFILE": "missing",
        "AWS_ACCESS_KEY_ID": "other",
        "AWS_SECRET_ACCESS_KEY": "other",
        "AWS_SESSION_TOKEN": "other",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_CONFIG_FILE": str(config),
        "AWS_CA_BUNDLE": str(tmp_path / "missing.pem"),
        "AWS_DEFAULT_REGION": "mars-1",
        "AWS_DATA_PATH": str(tmp_path),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    async with FaultProxy(rclone_s3.url) as proxy:
        location = dataclasses.replace(location, endpoint=proxy.url)
        async with opened(location, secrets_of(rclone_s3), NO_RETRY) as store:
            await store.put("key", b"body")
            assert await store.get("key") == b"body"
        head = proxy.requests[0].head.lower()
        assert b"/us-east-1/s3/aws4_request" in head
        assert b"x-amz-security-token" not in head
        assert b"expect:" not in head
        assert b"230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5" in head, "the body's hash is signed"


def test_a_secret_never_shows() -> None:
    assert "hunter2" not in repr(StoreSecrets("key", "hunter2"))

"""A bucket as an ObjectStore. One attempt a call: retries are retry.py's.

Every call stands under two time limits of our own, body included: one that is set back by each step of progress,
and one for the whole that grows with the size. aioboto3 alone can wait for ever on a server that accepts a
connection and never answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from core.storage.errors import NotFoundError, ServerError, StorageError, TooLargeError, UnreachableError
from core.storage.location import StoreLocation, check_key, is_key
from core.storage.protocol import MOST_BYTES, StoredObject, StoreOptions, StoreSecrets, Traffic
from core.storage.providers import signing_region

if TYPE_CHECKING:
    from core.storage.s3_client import Client

T = TypeVar("T")

SLOWEST_BYTES_PER_SECOND = 4096
"""A transfer slower than this is given up even while it moves, so that no peer can hold a sync for ever."""
PAGE = 1000
_STEP = 1 << 16


class S3Store:
    """Objects of one bucket below one prefix."""

    def __init__(self, location: StoreLocation, secrets: StoreSecrets, options: StoreOptions) -> None:
        self.location = location
        self.traffic = Traffic()
        self.clock_skew_seconds: float | None = None
        self._secrets = secrets
        self._options = options
        self._upload, self._download = options.limiters
        self._client: Client | None = None
        self._warming = asyncio.Lock()
        self._slots = asyncio.Semaphore(options.concurrency)

    async def warm_up(self) -> None:
        """Import aioboto3 and make the client, in a thread."""
        await self._warm_client()

    async def put(self, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        """One signed PUT of the whole body."""
        condition = {"IfNoneMatch": "*"} if only_if_absent else {}

        async def act(client: Client, _: _Call) -> dict[str, Any]:
            return await client.put_object(**self._named(key), Body=body, **condition)

        answer = await self._run("put", key, len(body), act)
        if not answer.get("ETag"):
            raise self._not_s3("no ETag")

    async def get(self, key: str, *, offset: int = 0, length: int | None = None, at_most: int = MOST_BYTES) -> bytes:
        """One GET, read to its declared end."""
        if length == 0:
            return b""
        span = _range(offset, length)

        async def act(client: Client, call: _Call) -> bytes:
            answer = await client.get_object(**self._named(key), **({"Range": span} if span else {}))
            async with answer["Body"] as body:
                if not answer.get("ETag"):
                    raise self._not_s3("no ETag")
                return await self._read(answer, body, call, key, offset, length, at_most)

        try:
            return await self._run("get", key, 0, act)
        except _PastEnd:
            return b""

    async def head(self, key: str) -> StoredObject | None:
        """One HEAD."""

        async def act(client: Client, _: _Call) -> dict[str, Any]:
            return await client.head_object(**self._named(key))

        try:
            answer = await self._run("head", key, 0, act)
        except NotFoundError:
            return None
        if not answer.get("ETag"):
            raise self._not_s3("no ETag")
        return StoredObject(key, int(answer["ContentLength"]), answer.get("LastModified"))

    async def list(self, prefix: str = "", *, delimiter: str = "") -> AsyncIterator[StoredObject]:
        """One request a thousand keys."""
        wanted = self.location.key_prefix + prefix
        parameters: dict[str, object] = {"Prefix": wanted, "MaxKeys": PAGE}
        if delimiter:
            parameters["Delimiter"] = delimiter

        async def act(client: Client, _: _Call) -> dict[str, Any]:
            return await client.list_objects_v2(Bucket=self.location.bucket, **parameters)

        while True:
            page = await self._run("list", prefix, 0, act)
            if "IsTruncated" not in page:
                raise self._not_s3("not a listing")
            found = [
                StoredObject(item["Key"], int(item["Size"]), item.get("LastModified"))
                for item in page.get("Contents", ())
            ]
            found += [StoredObject(item["Prefix"], 0) for item in page.get("CommonPrefixes", ())]
            for item in sorted(found, key=_by_key):
                if not item.key.startswith(wanted):
                    raise self._not_s3("keys that were not asked for")
                key = item.key.removeprefix(self.location.key_prefix)
                if is_key(key[:-1] if delimiter and key.endswith("/") else key):
                    yield replace(item, key=key)
            if not page["IsTruncated"]:
                return
            token = page.get("NextContinuationToken")
            if not token or token == parameters.get("ContinuationToken"):
                raise self._not_s3("a listing without an end")
            parameters["ContinuationToken"] = token

    async def delete(self, key: str) -> None:
        """One DELETE."""

        async def act(client: Client, _: _Call) -> dict[str, Any]:
            return await client.delete_object(**self._named(key))

        try:
            answer = await self._run("delete", key, 0, act)
        except NotFoundError:
            return
        if answer["ResponseMetadata"]["HTTPStatusCode"] != 204 and _is_page(answer):
            raise self._not_s3("a page of HTML")

    async def close(self) -> None:
        """Close the connections."""
        async with self._warming:
            client, self._client = self._client, None
        if client is not None:
            await client.__aexit__(None, None, None)

    async def _warm_client(self) -> Client:
        async with self._warming:
            if self._client is None:
                self._client = await asyncio.to_thread(_make_client, self.location, self._secrets, self._options)
            return self._client

    async def _run(self, operation: str, key: str, size: int, act: Callable[[Client, _Call], Awaitable[T]]) -> T:
        """Do `act` under both time limits and translate how it fails."""
        client = await self._warm_client()
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]

        from core.storage.s3_client import current_call
        from core.storage.s3_errors import FOREIGN, translate

        try:
            # a call that waits for its turn is not standing still: its time begins with its turn
            async with (
                self._slots,
                asyncio.timeout(self.whole_seconds(size)) as whole,
                asyncio.timeout(self.idle_seconds) as quiet,
            ):
                call = _Call(self, whole, quiet, size)
                token = current_call.set(call)
                try:
                    return await act(client, call)
                finally:
                    call.over = True
                    current_call.reset(token)
        except StorageError:
            raise
        except TimeoutError as error:
            raise UnreachableError("storage.timeout", host=self.location.host, operation=operation) from error
        except FOREIGN as error:
            if isinstance(error, ClientError):
                self.note_date(error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}))
                if operation == "get" and error.response.get("Error", {}).get("Code") in ("InvalidRange", "416"):
                    raise _PastEnd("storage.not_found", key=key) from None
            raise translate(error, operation, key, self.location, self.clock_skew_seconds) from error

    async def _read(
        self,
        answer: Mapping[str, Any],
        body: Any,
        call: _Call,
        key: str,
        offset: int,
        length: int | None,
        at_most: int,
    ) -> bytes:
        self.note_date(answer["ResponseMetadata"]["HTTPHeaders"])
        declared = answer.get("ContentLength")
        if declared is None:
            raise self._not_s3("no Content-Length")
        if declared > at_most:
            raise TooLargeError("storage.too_large", key=key, size=declared, limit=at_most)
        call.expect(declared)
        parts: list[bytes] = []
        while part := await body.content.read(_STEP):
            parts.append(part)
            await call.receiving(len(part))
        data = b"".join(parts)
        if len(data) != declared:
            raise UnreachableError("storage.unreachable", host=self.location.host, reason="cut short")
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        if status == 200 and "ContentRange" not in answer and length is not None and len(data) > length:
            return data[offset : offset + length]  # the server knows no ranges and sent everything
        return data

    @property
    def idle_seconds(self) -> float:
        """How long a call may stand still."""
        return self._options.idle_seconds

    def whole_seconds(self, size: int) -> float:
        """How long a call that moves `size` bytes may take in all."""
        slowest = float(SLOWEST_BYTES_PER_SECOND)
        for limiter in (self._upload, self._download):
            if limiter.bytes_per_second is not None:
                slowest = min(slowest, limiter.bytes_per_second / (4 * self._options.concurrency))
        return 2 * self._options.idle_seconds + self._options.connect_seconds + size / slowest

    def note_date(self, headers: Mapping[str, str]) -> None:
        """Learn how far our clock is from the server's."""
        from core.storage.clock import skew_seconds

        if (skew := skew_seconds(headers.get("date", ""))) is not None:
            self.clock_skew_seconds = skew

    def _named(self, key: str) -> dict[str, object]:
        return {"Bucket": self.location.bucket, "Key": self.location.key_prefix + check_key(key)}

    def _not_s3(self, reason: str) -> StorageError:
        return ServerError("storage.bad_answer", host=self.location.host, reason=reason)


class _PastEnd(NotFoundError):
    """The range begins behind the object's end."""


class _Call:
    """What one call has moved; each step sets its quiet time back to the full measure."""

    def __init__(self, store: S3Store, whole: asyncio.Timeout, quiet: asyncio.Timeout, size: int) -> None:
        self._store = store
        self._whole = whole
        self._quiet = quiet
        self._size = size
        self._given = store.whole_seconds(size)
        self.over = False

    def requested(self) -> None:
        self._store.traffic.requests += 1

    def expect(self, size: int) -> None:
        """An answer of so many bytes begins: give it the time that its size needs."""
        self._size, self._given = size, self._store.whole_seconds(size)
        self._set_back(self._whole, self._given)

    async def sending(self, size: int) -> None:
        self._moved()
        await self._store._upload.take(size, self._waits)
        self._store.traffic.sent += size

    async def receiving(self, size: int) -> None:
        self._store.traffic.received += size
        self._moved()
        await self._store._download.take(size, self._waits)

    def _moved(self) -> None:
        self._set_back(self._quiet, self._store.idle_seconds)

    def _waits(self, seconds: float) -> None:
        """Our own speed limit is no standstill, and one that was lowered since gives the whole call more time."""
        self._set_back(self._quiet, self._store.idle_seconds + seconds)
        needed = self._store.whole_seconds(self._size)
        if needed > self._given:
            self._given = needed
            self._set_back(self._whole, needed)

    def _set_back(self, timer: asyncio.Timeout, seconds: float) -> None:
        if not self.over and not self._whole.expired() and not self._quiet.expired():
            timer.reschedule(asyncio.get_running_loop().time() + seconds)


def _make_client(location: StoreLocation, secrets: StoreSecrets, options: StoreOptions) -> Client:
    from core.storage.s3_client import create_client

    return asyncio.run(create_client(location, secrets, options, signing_region(location.host, location.region)))


def _range(offset: int, length: int | None) -> str:
    if not offset and length is None:
        return ""
    return f"bytes={offset}-" if length is None else f"bytes={offset}-{offset + length - 1}"


def _is_page(answer: Mapping[str, Any]) -> bool:
    return str(answer["ResponseMetadata"]["HTTPHeaders"].get("content-type", "")).startswith("text/html")


def _by_key(item: StoredObject) -> bytes:
    return item.key.encode("utf-8", "surrogatepass")

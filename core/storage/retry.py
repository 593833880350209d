"""Retries: the one place where a call is repeated, and a store round another store that does so.

Only errors that call themselves retryable are repeated, `max_retries` times at most, after 2 s, 4 s, 8 s (more when
the server asked for more), and not once nothing has moved for `no_progress_seconds`. Cancellation ends a wait at once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from core.errors import CogzyError
from core.storage.clock import http_date
from core.storage.errors import AlreadyExistsError, StorageError
from core.storage.location import StoreLocation
from core.storage.protocol import MOST_BYTES, ObjectStore, StoredObject, StoreOptions, Traffic

T = TypeVar("T")


def backoff_seconds(attempt: int, base: float, retry_after: float | None, chance: float) -> float:
    """The wait after failed attempt number `attempt` (from 0): base x 2^attempt, a quarter up or down by `chance`.

    `chance` is in [0, 1). Never less than what the server asked for.
    """
    return max(base * float(2**attempt) * (0.75 + chance / 2), retry_after or 0.0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait, from either form of the header; at most an hour."""
    text = headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(min(int(text), 3600))
    when = http_date(text)
    return None if when is None else min(max((when - datetime.now(UTC)).total_seconds(), 0.0), 3600.0)


class Patience:
    """Repeats calls. An error is repeated when it has `retryable` set; it may say `retry_after` (seconds).

    `moved` counts the bytes that went either way: while it grows, nothing stands still.
    """

    def __init__(
        self,
        options: StoreOptions,
        moved: Callable[[], int],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self._options = options
        self._moved = moved
        self._sleep = sleep
        self._chance = chance

    async def repeat(self, call: Callable[[], Awaitable[T]]) -> T:
        """The result of `call`, at the latest attempt there is. Raises its last error."""
        attempt, since = 0, self.clock()
        moved = self._moved()
        while True:
            try:
                return await call()
            except CogzyError as error:
                if self._moved() != moved:
                    moved, since = self._moved(), self.clock()
                await self.wait(error, attempt, since)
                attempt += 1

    async def wait(self, error: CogzyError, attempt: int, since: float) -> None:
        """Sleep before the next attempt, or raise `error` when there is to be none."""
        if not getattr(error, "retryable", False) or attempt >= self._options.max_retries:
            raise error
        asked = getattr(error, "retry_after", None)
        wait = backoff_seconds(attempt, self._options.retry_backoff_seconds, asked, self._chance())
        if self.clock() + wait - since > self._options.no_progress_seconds:
            raise error
        await self._sleep(wait)


class RetryingStore:
    """Another store, made patient."""

    def __init__(
        self,
        inner: ObjectStore,
        options: StoreOptions,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.inner = inner
        self._patience = Patience(options, self._moved, sleep=sleep, chance=chance, clock=clock)

    @property
    def location(self) -> StoreLocation:
        """The inner store's."""
        return self.inner.location

    @property
    def traffic(self) -> Traffic:
        """The inner store's: each attempt counts."""
        return self.inner.traffic

    async def warm_up(self) -> None:
        """The inner store's: nothing there can be helped by repeating."""
        await self.inner.warm_up()

    async def put(self, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        """A create-only put whose reply was lost finds its own object the next time: same bytes, so it succeeded."""
        attempts = 0

        async def attempt() -> None:
            nonlocal attempts
            attempts += 1
            try:
                await self.inner.put(key, body, only_if_absent=only_if_absent)
            except AlreadyExistsError:
                if attempts == 1 or await self.inner.get(key, length=len(body) + 1) != body:
                    raise

        await self._patience.repeat(attempt)

    async def get(self, key: str, *, offset: int = 0, length: int | None = None, at_most: int = MOST_BYTES) -> bytes:
        """The inner get, repeated from its start."""
        return await self._patience.repeat(lambda: self.inner.get(key, offset=offset, length=length, at_most=at_most))

    async def head(self, key: str) -> StoredObject | None:
        """The inner head, repeated."""
        return await self._patience.repeat(lambda: self.inner.head(key))

    async def list(self, prefix: str = "", *, delimiter: str = "") -> AsyncIterator[StoredObject]:
        """The inner listing; after a failure it begins anew and goes on behind the last key that was given out."""
        last = b""
        attempt, since = 0, self._patience.clock()
        while True:
            try:
                async for item in self.inner.list(prefix, delimiter=delimiter):
                    key = item.key.encode("utf-8", "surrogatepass")
                    if key > last:
                        yield item
                        last, attempt, since = key, 0, self._patience.clock()
                return
            except StorageError as error:
                await self._patience.wait(error, attempt, since)
                attempt += 1

    async def delete(self, key: str) -> None:
        """The inner delete, repeated: it does not mind what is already gone."""
        await self._patience.repeat(lambda: self.inner.delete(key))

    async def close(self) -> None:
        """Close the inner store."""
        await self.inner.close()

    def _moved(self) -> int:
        return self.traffic.sent + self.traffic.received


def once(store: ObjectStore) -> ObjectStore:
    """The store without its retries: for probes, which want to see the first failure at once."""
    return store.inner if isinstance(store, RetryingStore) else store

"""Retries: how long, how often, and for which errors. A scripted store stands in for the network's moods."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage import (
    AccessError,
    AlreadyExistsError,
    NotFoundError,
    ServerError,
    StorageError,
    StoredObject,
    StoreLocation,
    StoreOptions,
    ThrottledError,
    Traffic,
    UnreachableError,
)
from core.storage.retry import RetryingStore, backoff_seconds


class Moody:
    """A store whose every call takes the next outcome: an error to raise, or None to succeed."""

    def __init__(self, *outcomes: StorageError | None) -> None:
        self.location = StoreLocation("file:///nowhere")
        self.traffic = Traffic()
        self.outcomes: Iterator[StorageError | None] = iter(outcomes)
        self.calls = 0
        self.objects: dict[str, bytes] = {}
        self.closed = False

    def _turn(self) -> None:
        self.calls += 1
        outcome = next(self.outcomes, None)
        if outcome is not None:
            raise outcome

    async def warm_up(self) -> None:
        pass

    async def put(self, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
        if only_if_absent and key in self.objects:
            self.calls += 1
            raise AlreadyExistsError("storage.exists", key=key)
        self.objects[key] = body
        self._turn()

    async def get(self, key: str, *, offset: int = 0, length: int | None = None, at_most: int = 1 << 20) -> bytes:
        self._turn()
        return self.objects[key][offset : None if length is None else offset + length]

    async def head(self, key: str) -> StoredObject | None:
        self._turn()
        return StoredObject(key, 1)

    async def list(self, prefix: str = "", *, delimiter: str = "") -> AsyncIterator[StoredObject]:
        for key in ("a", "b", "c", "d"):
            self._turn()
            yield StoredObject(key, 1)

    async def delete(self, key: str) -> None:
        self._turn()

    async def close(self) -> None:
        self.closed = True


def cut() -> UnreachableError:
    return UnreachableError("storage.unreachable", host="h", reason="cut")


def patient(store: Moody, waits: list[float], **options: float) -> RetryingStore:
    """Retries round `store`, with a clock that only its own waits move."""

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    chosen = StoreOptions(**options)  # type: ignore[arg-type]
    return RetryingStore(store, chosen, sleep=sleep, chance=lambda: 0.5, clock=lambda: sum(waits))


@pytest.mark.asyncio
async def test_waits_two_four_and_eight_seconds() -> None:
    waits: list[float] = []
    store = Moody(cut(), cut(), cut())
    await patient(store, waits).delete("a")
    assert waits == [2, 4, 8]
    assert store.calls == 4


@pytest.mark.asyncio
async def test_gives_up_after_the_last_retry_with_the_last_error() -> None:
    waits: list[float] = []
    errors = [cut() for _ in range(4)]
    with pytest.raises(UnreachableError) as raised:
        await patient(Moody(*errors), waits).delete("a")
    assert raised.value is errors[-1]
    assert len(waits) == 3


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "error",
    [
        AccessError("storage.key_refused"),
        NotFoundError("storage.not_found", key="a"),
        ServerError("storage.server_error", retryable=False),
        UnreachableError("storage.tls", retryable=False),
        AlreadyExistsError("storage.exists", key="a"),
    ],
)
async def test_final_errors_are_not_repeated(error: StorageError) -> None:
    waits: list[float] = []
    store = Moody(error)
    with pytest.raises(type(error)):
        await patient(store, waits).head("a")
    assert (store.calls, waits) == (1, [])


@pytest.mark.asyncio
async def test_honours_what_the_server_asks_for() -> None:
    waits: list[float] = []
    await patient(Moody(ThrottledError("storage.throttled", retry_after=30)), waits).head("a")
    assert waits == [30]


@pytest.mark.asyncio
async def test_stops_when_nothing_moves_for_too_long() -> None:
    waits: list[float] = []
    store = Moody(*(cut() for _ in range(20)))
    with pytest.raises(UnreachableError):
        await patient(store, waits, max_retries=20, no_progress_seconds=20).delete("a")
    assert waits == [2, 4, 8]


@pytest.mark.asyncio
async def test_progress_renews_the_patience() -> None:
    waits: list[float] = []

    class Moving(Moody):
        def _turn(self) -> None:
            self.traffic.sent += 1
            super()._turn()

    store = Moving(*(cut() for _ in range(5)))
    await patient(store, waits, max_retries=20, no_progress_seconds=70).delete("a")
    assert waits == [2, 4, 8, 16, 32]


@pytest.mark.asyncio
async def test_a_listing_goes_on_behind_the_last_key() -> None:
    waits: list[float] = []
    store = Moody(None, None, cut(), None, None, None, cut(), None, None, None, None)
    found = [item.key async for item in patient(store, waits).list()]
    assert found == ["a", "b", "c", "d"]
    assert waits == [2, 2]


@pytest.mark.asyncio
async def test_a_create_only_put_knows_its_own_object_after_a_lost_reply() -> None:
    waits: list[float] = []
    store = Moody(cut())
    await patient(store, waits).put("key", b"ours", only_if_absent=True)
    assert store.objects["key"] == b"ours"


@pytest.mark.asyncio
@pytest.mark.parametrize("theirs", [b"theirs", b"our", b"ours and more", b""])
async def test_a_create_only_put_never_takes_anothers_object_for_its_own(theirs: bytes) -> None:
    waits: list[float] = []

    class Raced(Moody):
        async def put(self, key: str, body: bytes, *, only_if_absent: bool = False) -> None:
            if not self.objects:
                self.objects[key] = theirs
                raise cut()
            await super().put(key, body, only_if_absent=only_if_absent)

    with pytest.raises(AlreadyExistsError):
        await patient(Raced(), waits).put("key", b"ours", only_if_absent=True)


@pytest.mark.asyncio
async def test_cancelling_a_wait_ends_it_at_once() -> None:
    store = Moody(*(cut() for _ in range(9)))
    task = asyncio.create_task(RetryingStore(store, StoreOptions()).delete("a"))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.calls == 1


@pytest.mark.asyncio
async def test_closing_closes_the_inner_store() -> None:
    store = Moody()
    await RetryingStore(store, StoreOptions()).close()
    assert store.closed


@given(
    attempt=st.integers(0, 10),
    base=st.floats(0.001, 60),
    asked=st.none() | st.floats(0, 3600),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_the_wait_is_about_what_it_says_and_never_less_than_asked(
    attempt: int, base: float, asked: float | None, chance: float
) -> None:
    wait = backoff_seconds(attempt, base, asked, chance)
    plain = base * 2**attempt
    assert wait >= (asked or 0)
    assert wait >= 0.75 * plain
    assert wait <= max(1.25 * plain, asked or 0)

"""Speed limits hold for the sum of all transfers, and a limit is no standstill."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage import SpeedLimits, StoreOptions
from core.storage.limits import BURST_SECONDS, Limiter
from tests.servers import S3Server
from tests.storage.stores import bucket_location, opened, secrets_of


@given(st.lists(st.tuples(st.integers(1, 200_000), st.floats(0, 2)), min_size=1, max_size=40), st.integers(1000, 10**6))
def test_no_more_passes_than_the_limit_allows(steps: list[tuple[int, float]], rate: int) -> None:
    now, ends, passed = 100.0, [100.0], 0
    limiter = Limiter(rate, clock=lambda: now)
    for size, pause in steps:
        now += pause
        ends.append(now + limiter.reserve(size))
        passed += size
        assert passed <= rate * (ends[-1] - 100.0 + BURST_SECONDS) + 1
        assert ends[-1] >= ends[-2] or pause > 0


def test_without_a_limit_nothing_waits() -> None:
    assert Limiter(None).reserve(10**12) == 0


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Limiter(0)


@pytest.mark.asyncio
async def test_transfers_share_the_limit_and_are_not_taken_for_stalled(rclone_s3: S3Server) -> None:
    """1 MB/s up with a quiet time of 0.3 s: 4 x 300 kB side by side take about a second, and none is cut off."""
    options = StoreOptions(max_retries=0, no_progress_seconds=0.3, upload_bytes_per_second=1_000_000)
    async with opened(bucket_location(rclone_s3), secrets_of(rclone_s3), options) as store:
        await store.warm_up()
        begin = time.monotonic()
        await asyncio.gather(*(store.put(f"{i}", bytes(300_000)) for i in range(4)))
        assert 0.8 < time.monotonic() - begin < 30


@pytest.mark.asyncio
async def test_downloads_are_limited_too(rclone_s3: S3Server) -> None:
    location = bucket_location(rclone_s3)
    options = StoreOptions(max_retries=0, download_bytes_per_second=1_000_000)
    async with opened(location, secrets_of(rclone_s3), dataclasses.replace(options)) as store:
        await store.put("key", bytes(800_000))
        begin = time.monotonic()
        await store.get("key")
        assert 0.4 < time.monotonic() - begin < 30


@pytest.mark.asyncio
async def test_a_limit_that_is_lifted_frees_those_who_wait_soon() -> None:
    limiter = Limiter(1000)
    waiting = asyncio.create_task(limiter.take(1_000_000))  # a quarter of an hour at that rate
    await asyncio.sleep(0)
    limiter.set(None)
    begin = time.monotonic()
    await waiting
    assert time.monotonic() - begin < 30


@given(st.integers(1000, 10**6), st.integers(1000, 10**6), st.integers(1, 10**6), st.floats(0, 1))
def test_a_new_rate_holds_for_what_had_not_passed_under_the_old_one(
    old: int, new: int, size: int, share: float
) -> None:
    now = 100.0
    limiter = Limiter(old, clock=lambda: now)
    now += limiter.reserve(size) * share
    limiter.set(new)
    assert limiter.reserve(0) == pytest.approx(size * (1 - share) / new, abs=1e-3)


@pytest.mark.asyncio
async def test_a_cap_that_is_lowered_during_a_transfer_gives_it_the_time_that_it_then_needs(
    rclone_s3: S3Server,
) -> None:
    """A transfer whose time was measured without a cap is not cut off by the cap, and one that is lifted ends it."""
    speed = SpeedLimits()
    options = StoreOptions(max_retries=0, no_progress_seconds=0.5, limits=speed)
    async with opened(bucket_location(rclone_s3), secrets_of(rclone_s3), options) as store:
        await store.warm_up()
        speed.set(100_000, None)
        begin = time.monotonic()
        sending = asyncio.create_task(store.put("key", bytes(2_000_000)))
        await asyncio.sleep(0.7)
        assert not sending.done()
        speed.set(None, None)
        await sending
        assert time.monotonic() - begin < 18, "at that rate it would have taken twenty"

"""Blocking work that must not be left in the middle."""

from __future__ import annotations

import asyncio
import threading

import pytest

from core.sync.together import bounded, first_error, unbroken

pytestmark = pytest.mark.asyncio


async def test_unbroken_work_is_ended_however_often_it_is_cancelled() -> None:
    going, ended = threading.Event(), threading.Event()

    def work() -> None:
        going.wait(5)
        ended.set()

    task = asyncio.create_task(unbroken(work))
    for _ in range(3):
        await asyncio.sleep(0.01)
        task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    going.set()
    await asyncio.wait([task])
    assert task.cancelled()
    assert ended.is_set()


async def test_of_many_errors_the_first_is_raised() -> None:
    async def fail(after: float) -> None:
        await asyncio.sleep(after)
        raise ValueError(after)

    async def work() -> None:
        async with first_error(), asyncio.TaskGroup() as outer:
            outer.create_task(fail(1))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fail(0.01))

    with pytest.raises(ValueError, match=r"0\.01"):
        await work()


async def test_no_more_run_at_once_than_allowed_and_results_keep_their_order() -> None:
    running, most = 0, 0

    async def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001 * (5 - number % 5))
        running -= 1
        return number

    assert await bounded((work(number) for number in range(30)), 4) == list(range(30))
    assert most == 4

"""Several coroutines at once: bounded, and ended by the first error instead of a group of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@contextlib.asynccontextmanager
async def first_error() -> AsyncIterator[None]:
    """Turn the group of errors that a TaskGroup ends with into the first of them: the others follow from it."""
    try:
        yield
    except BaseExceptionGroup as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from error.__cause__


async def bounded(work: Iterable[Coroutine[Any, Any, T]], at_once: int = 8) -> list[T]:
    """The results in order, at most `at_once` running. The first error cancels the rest."""
    slots = asyncio.Semaphore(at_once)

    async def one(coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            async with slots:
                return await coroutine
        finally:
            coroutine.close()

    async with first_error(), asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(coroutine)) for coroutine in work]
    return [task.result() for task in tasks]


async def unbroken(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking `work` in a thread to its end: a cancellation meanwhile is raised after it."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):  # an outer group cancels once more
                await asyncio.wait([task])
        raise

"""Long work in a thread that ends when nobody wants it any more.

A thread cannot be cancelled: it looks at an event between its parts, and whoever waits for it waits until it has seen
it. So nothing outlives its caller, and a process that ends need not wait for what nobody will use.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from core.errors import CogzyError

T = TypeVar("T")


class StoppedError(CogzyError):
    """The work was to end here."""


def check(stopped: threading.Event | None) -> None:
    """Raise StoppedError when the work is to end here."""
    if stopped is not None and stopped.is_set():
        raise StoppedError("client.cancelled")


async def in_thread(work: Callable[[], T], stopped: threading.Event) -> T:
    """Run `work` in a thread. A cancel sets `stopped` and waits for the thread, which must not outlive this."""
    running = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stopped.set()
        with contextlib.suppress(CogzyError):
            await running
        raise

"""Running one engine command from the command line: the owner's engine or our own, and a clean way out.

Ctrl-C and SIGTERM send Cancel, wait for the command to end, and end the process within three seconds whatever happens.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from core.client import QUICK, EngineClient, finish, open_client
from core.errors import CogzyError
from core.sync.events import Cancel, Command, Event

T = TypeVar("T")
Work = Callable[[EngineClient], Coroutine[Any, Any, T]]

GOING_SECONDS = 2.8
_CANCEL_SECONDS = 2.0
_TRIES = 3
_NOT_BEGUN = ("control.nobody_listens",)


class StoppedError(CogzyError):
    """The person (or the system) stopped the command."""

    exit_code = 130


def run_command(vault: Path, command: Command, on_event: Callable[[Event], None] | None = None) -> Any:
    """Run `command` on the vault's engine and return its value. Raises the error it ended with."""
    return with_client(vault, lambda client: finish(client, command, on_event), cancel=not isinstance(command, QUICK))


def with_client(vault: Path, work: Work[T], *, cancel: bool = True, environ: Mapping[str, str] = os.environ) -> T:
    """Run `work` with the vault's engine. `cancel`: an interrupt also stops what the engine does."""
    return asyncio.run(_run(vault, work, cancel, environ))


async def _run(vault: Path, work: Work[T], cancel: bool, environ: Mapping[str, str]) -> T:
    stopped = asyncio.Event()
    with _signals(stopped):
        for tries_left in reversed(range(_TRIES)):
            try:
                async with open_client(vault, environ=environ) as client:
                    return await _until_stopped(client, work(client), stopped, cancel)
            except CogzyError as error:  # the owner that just answered has gone: become the owner ourselves
                if error.code not in _NOT_BEGUN or not tries_left:
                    raise
    raise AssertionError


async def _until_stopped(client: EngineClient, work: Coroutine[Any, Any, T], stopped: asyncio.Event, cancel: bool) -> T:
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            if cancel:
                with suppress(CogzyError, TimeoutError):
                    async with asyncio.timeout(_CANCEL_SECONDS):
                        await finish(client, Cancel())
                        await asyncio.wait({working})
            if not working.done():
                working.cancel()
                await asyncio.wait({working})
        if not stopped.is_set() or (not working.cancelled() and working.exception() is None):
            return working.result()  # it may have ended well before Cancel reached it
        raise StoppedError("client.cancelled")
    finally:
        stopping.cancel()


@contextmanager
def _signals(stopped: asyncio.Event) -> Iterator[None]:
    """Set `stopped` at the first SIGINT or SIGTERM. From then on the process ends within three seconds."""
    loop = asyncio.get_running_loop()

    def stop(number: int, frame: object) -> None:
        guard = threading.Timer(GOING_SECONDS, os._exit, [StoppedError.exit_code])
        guard.daemon = True
        guard.start()
        loop.call_soon_threadsafe(stopped.set)

    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

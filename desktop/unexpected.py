"""Errors that nobody expected: every one is logged and told, and none ends the app in silence.

Three places catch what falls through: Python's own hook (slots of Qt end there), that of threads, and that of the event
loop. What must run as long as the app does is started again when it fails (`lasting`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine, Iterator
from types import TracebackType
from typing import Any

log = logging.getLogger("desktop.unexpected")

AGAIN_SECONDS = 5.0
Tell = Callable[[str], None]
"""Gets the whole trace as text; may be called in any thread."""


@contextlib.contextmanager
def caught(loop: asyncio.AbstractEventLoop, tell: Tell) -> Iterator[None]:
    """Log and tell every error that falls through while the context lasts."""

    def met(kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str) -> None:
        log.critical("unexpected in %s", where, exc_info=(kind, error, trace))
        tell("".join(traceback.format_exception(kind, error, trace)))

    def by_python(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        met(kind, error, trace, "the window")

    def by_thread(happened: threading.ExceptHookArgs) -> None:
        if happened.exc_value is not None:
            name = happened.thread.name if happened.thread is not None else "that ended"
            met(happened.exc_type, happened.exc_value, happened.exc_traceback, f"thread {name}")

    def by_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            met(type(error), error, error.__traceback__, "the event loop")
        else:
            log.error("the event loop: %s", context.get("message"))

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = by_python, by_thread
    loop.set_exception_handler(by_loop)
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before
        loop.set_exception_handler(None)


async def lasting(work: Callable[[], Coroutine[Any, Any, None]], again_seconds: float = AGAIN_SECONDS) -> None:
    """Do `work` to its end; when it fails instead, tell the loop's handler and begin again a little later."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told, and the app lives on
            told = {"message": f"{getattr(work, '__qualname__', 'work')} failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)
        else:
            return
        await asyncio.sleep(again_seconds)

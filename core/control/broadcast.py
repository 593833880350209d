"""Events from one engine to many listeners: none of them can hold up the engine or the others."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager

from core.sync.events import Done, Event, Failed, Progress

MOST_WAITING = 1000


class Listener:
    """What one reader has not read yet. Progress replaces progress; a reader too far behind is `lost`."""

    def __init__(self) -> None:
        self.lost = False
        self._waiting: deque[Event] = deque()
        self._something = asyncio.Event()

    def put(self, event: Event) -> None:
        """Add an event; never blocks."""
        if self._waiting and isinstance(event, Progress) and isinstance(self._waiting[-1], Progress):
            self._waiting[-1] = event
        elif len(self._waiting) < MOST_WAITING:
            self._waiting.append(event)
        else:
            self.lost = True
        self._something.set()

    async def get(self) -> Event:
        """The next event."""
        while not self._waiting:
            self._something.clear()
            await self._something.wait()
        return self._waiting.popleft()

    def rest(self) -> Iterator[Event]:
        """All that waits now."""
        while self._waiting:
            yield self._waiting.popleft()


class Broadcast:
    """Give each event to every open listener. `emit` may be called on any thread once `attach` was called."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    def attach(self) -> None:
        """Deliver on the event loop that runs now."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def emit(self, event: Event) -> None:
        """Send an event to every listener."""
        if self._loop is not None and threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self._deliver, event)
        else:
            self._deliver(event)

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        """A listener that gets every event until the block ends."""
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def _deliver(self, event: Event) -> None:
        for listener in self._listeners:
            listener.put(event)


async def until_end(broadcast: Broadcast, end: Coroutine[None, None, Done | Failed]) -> AsyncIterator[Event]:
    """Every event from now on, until `end` gives the last one. Closing this iterator early does not stop `end`."""
    with broadcast.listen() as listener:
        ending = asyncio.create_task(end)
        _unwatched.add(ending)
        ending.add_done_callback(_unwatched.discard)
        while not ending.done():
            event = asyncio.create_task(listener.get())
            try:
                await asyncio.wait({ending, event}, return_when=asyncio.FIRST_COMPLETED)
                if event.done():
                    yield event.result()
            finally:
                event.cancel()
        for left in listener.rest():
            yield left
        yield ending.result()


_unwatched: set[asyncio.Task[Done | Failed]] = set()

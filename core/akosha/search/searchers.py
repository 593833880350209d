"""Searching blocking indexes beside the event loop, where one that hangs can take neither the loop nor the others.

- A search runs in a daemon thread; giving it up leaves the thread to its end, unheard.
- A shard has few searches running at once. While one of them has been running for longer than a deadline, the shard
  refuses further ones at once, so that it holds no more threads than that.
- Threads that are held up are replaced (`Workers.relieve`), so that shards that hang do not keep the others waiting.
- Handing over between threads costs as much as searching a small index. So a thread that has more to do goes on and
  tells of short searches later, all at once: of 256 small indexes handing over took a third of the time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from core.memory.index import Hit, Query

T = TypeVar("T")

THREADS = max(2, min(8, os.cpu_count() or 2))
"""More than there are processors only take turns: 256 small indexes take a third longer with eight threads on two."""
STALLED_SECONDS = 0.2
"""How long a search may hold its thread before another thread takes over the queue."""
AT_ONCE = 4
_SHORT_SECONDS = 0.002
"""A search that took more of the processor is told of at once: handing over adds little to it."""
_TOLD_WITHIN = 0.02
"""How long a short search may wait to be told of, whatever becomes of the thread that ran it."""


class ShardHangsError(TimeoutError):
    """An earlier search of this shard has not come back yet."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"a search that began {seconds:.0f} s ago has not come back")


class IndexSearcher:
    """A ShardSearcher over a function that searches a whole index and blocks while it does."""

    def __init__(
        self,
        find: Callable[[Query], Sequence[Hit]],
        workers: Workers,
        *,
        hangs_after: float = 5.0,
        at_once: int = AT_ONCE,
    ) -> None:
        self._find = find
        self._workers = workers
        self._hangs_after = hangs_after
        self._slots = asyncio.Semaphore(at_once)
        self._jobs: set[_Job[Sequence[Hit]]] = set()

    async def search(self, query: Query) -> Sequence[Hit]:
        """The hits of the index. Raises ShardHangsError at once while an earlier search hangs."""
        self._refuse_while_it_hangs()
        await self._slots.acquire()
        try:
            self._refuse_while_it_hangs()
            job = self._workers.submit(lambda: self._find(query), self._over)
        except BaseException:
            self._slots.release()
            raise
        self._jobs.add(job)
        return await job.future

    def _over(self, job: _Job[Sequence[Hit]]) -> None:
        self._jobs.discard(job)
        self._slots.release()

    def _refuse_while_it_hangs(self) -> None:
        running = max((job.running_for() for job in self._jobs), default=0.0)
        if running > self._hangs_after:
            raise ShardHangsError(running)


class Workers:
    """Daemon threads that run blocking work for one event loop."""

    def __init__(self, threads: int = THREADS) -> None:
        self._wanted = threads
        self._condition = threading.Condition()
        self._waiting: deque[_Job[object]] = deque()
        self._running: dict[threading.Thread, _Job[object]] = {}
        self._ended: list[_Job[object]] = []  # not told of yet
        self._idle = 0
        self._waking = self._looking = False  # a call of `_wake`, of `_look` is on its way; the loop's alone
        self._threads: set[threading.Thread] = set()  # without those that were replaced
        self._closed = False

    @property
    def held(self) -> int:
        """Threads that are running something now, replaced ones included."""
        return len(self._running)

    def submit(self, work: Callable[[], T], over: Callable[[_Job[T]], None]) -> _Job[T]:
        """Run `work` when a thread is free. `over` is called in the loop once no thread has it any more.

        Cancelling the job's future before it began takes it out of the queue; later, its end is only unheard.
        """
        loop = asyncio.get_running_loop()
        job = _Job(work, over, loop, loop.create_future())
        with self._condition:
            if self._closed:
                raise RuntimeError("the search has been closed")
            self._waiting.append(job)
        if not self._waking:
            self._waking = True
            loop.call_soon(self._wake, loop)
        return job

    def relieve(self) -> None:
        """Replace threads that were held up, when something waits for one."""
        with self._condition:
            if not self._waiting or self._closed:
                return
            for thread, job in list(self._running.items()):
                if thread in self._threads and job.running_for() > STALLED_SECONDS:
                    self._threads.discard(thread)
                    self._start_thread()

    def close(self) -> None:
        """Let every thread end when it is free; what is still waiting is cancelled. Call it in the loop."""
        with self._condition:
            self._closed = True
            waiting = list(self._waiting)
            self._waiting.clear()
            self._condition.notify_all()
        for job in waiting:
            job.future.cancel()
            job.over(job)

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let threads begin, once for all that is submitted in one turn of the loop, which they would hold up."""
        self._waking = False
        with self._condition:
            wanting = len(self._waiting) - self._idle
            for _ in range(min(wanting, self._wanted - len(self._threads))):
                self._start_thread()
            self._condition.notify(len(self._waiting))
        if not self._looking:
            self._looking = True
            loop.call_later(_TOLD_WITHIN, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell of what has ended. It comes again while anything waits: so long, short searches are told of here."""
        with self._condition:
            self._looking = bool(self._waiting)
        if self._looking:
            loop.call_later(_TOLD_WITHIN, self._look, loop)
        self._tell()

    def _tell(self) -> None:
        with self._condition:
            ended, self._ended = self._ended, []
        for job in ended:
            job.tell()

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._work, name="akosha-search", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _work(self) -> None:
        own = threading.current_thread()
        while (job := self._next(own)) is not None:
            job.run()
            with self._condition:
                del self._running[own]
                self._ended.append(job)
                later = bool(self._waiting) and own in self._threads and job.spent < _SHORT_SECONDS
            if not later:
                with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
                    job.loop.call_soon_threadsafe(self._tell)

    def _next(self, own: threading.Thread) -> _Job[object] | None:
        with self._condition:
            self._idle += 1
            while not self._waiting and not self._closed and own in self._threads:
                self._condition.wait()
            self._idle -= 1
            if self._closed or own not in self._threads:
                self._threads.discard(own)
                return None
            job = self._waiting.popleft()
            self._running[own] = job
            job.began = time.monotonic()
            return job


@dataclass(eq=False)
class _Job(Generic[T]):
    work: Callable[[], T]
    over: Callable[[_Job[T]], None]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]
    began: float | None = None
    spent: float = 0.0
    result: T | None = None
    error: BaseException | None = None

    def running_for(self) -> float:
        return 0.0 if self.began is None else time.monotonic() - self.began

    def run(self) -> None:
        """In the thread. A future that is cancelled just now is seen or not: at worst it runs unheard."""
        if self.future.cancelled():
            return
        before = time.thread_time()
        try:
            self.result = self.work()
        except BaseException as raised:  # noqa: BLE001  # it is raised again where it is awaited
            self.error = raised
        self.spent = time.thread_time() - before

    def tell(self) -> None:
        """In the loop."""
        self.over(self)
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # T may be None

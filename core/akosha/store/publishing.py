"""A shard file at work: its writer, and the task that tells of commits in their order.

A commit is first told to `on_commit`, then acknowledged. Of a big one the changes are read back in parts, so that they
are never in memory all at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor

from core.akosha.store import reading
from core.akosha.store.database import ShardFile
from core.akosha.store.errors import StoreError
from core.akosha.store.jobs import Committed, Ended, Failed, Job, Outcome
from core.akosha.store.model import Change, PutResult
from core.akosha.store.writer import Writer
from core.errors import BusyError

OnCommit = Callable[[int, Sequence[Change]], Awaitable[None]]
_LOG = logging.getLogger(__name__)


class OpenShard:
    """A shard file with its writer. Made and used on the event loop."""

    def __init__(self, shard: ShardFile, on_commit: OnCommit | None, threads: Executor) -> None:
        self.shard = shard
        self._on_commit = on_commit
        self._threads = threads
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[Outcome | None] = asyncio.Queue()
        self._waiting: dict[Job, asyncio.Future[PutResult]] = {}
        self._writer = Writer(shard, self._tell)
        self._task = asyncio.create_task(self._publish(), name=f"akosha-publish-{shard.file:02x}")
        self._task.add_done_callback(self._stopped)

    @property
    def seq(self) -> int:
        """The last sequence number that is committed."""
        return self._writer.committed_seq

    def submit(self, job: Job) -> asyncio.Future[PutResult] | None:
        """Have a job written; None when no more are taken. Giving the future up does not stop the job."""
        future: asyncio.Future[PutResult] = self._loop.create_future()
        self._waiting[job] = future
        if self._writer.submit(job):
            return future
        del self._waiting[job]
        return None

    async def close(self) -> None:
        """Write and tell what is waiting, then let the file go."""
        await asyncio.to_thread(self._writer.close)
        self._told.put_nowait(None)  # behind everything that the writer told: its calls came to the loop before
        await asyncio.wait({self._task})
        await asyncio.to_thread(self.shard.close)

    def _tell(self, outcome: Outcome) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed before the store: nobody waits any more
            self._loop.call_soon_threadsafe(self._told.put_nowait, outcome)

    async def _publish(self) -> None:
        while (outcome := await self._told.get()) is not None:
            if isinstance(outcome, Failed):
                self._answer(outcome.job, outcome.error)
                continue
            if isinstance(outcome, Ended):
                reason = type(outcome.error).__name__
                self._answer_all(StoreError("akosha.data_failed", path=str(self.shard.path), reason=reason))
                continue
            if (error := await self._untaken(outcome)) is not None:
                _LOG.error("changes of shard file %d were not taken: %s", self.shard.file, type(error).__name__)
                for job in filter(None, [outcome.part_of, *(job for job, _ in outcome.done)]):
                    self._answer(job, error)
            for job, result in outcome.done:
                self._answer(job, result)
            if outcome.part_of is not None:
                self._writer.told()

    async def _untaken(self, committed: Committed) -> Exception | None:
        """Tell `on_commit`; what it raised, for the puts that it belongs to. They are stored."""
        try:
            await self._tell_changes(committed)
        except Exception as error:  # noqa: BLE001  # raised again by the puts
            return error
        except asyncio.CancelledError:
            if self._task.cancelling():
                raise
            return BusyError("akosha.store_closed")  # whoever takes the changes was stopped, not we
        return None

    async def _tell_changes(self, committed: Committed) -> None:
        if self._on_commit is None:
            return
        changes = committed.changes
        if committed.span is not None:
            changes = await self._loop.run_in_executor(self._threads, self._read, *committed.span)
        if changes:
            await self._on_commit(self.shard.file, changes)

    def _read(self, after: int, until: int) -> list[Change]:
        with self.shard.cursor() as cursor:
            return reading.changes(cursor, after, until, until - after)

    def _stopped(self, _: asyncio.Task[None]) -> None:
        """Nobody is told anything any more; a writer that waits for that would never end."""
        self._writer.forsake()
        self._answer_all(BusyError("akosha.store_closed"))

    def _answer_all(self, error: Exception) -> None:
        for job in list(self._waiting):
            self._answer(job, error)

    def _answer(self, job: Job, outcome: PutResult | Exception) -> None:
        future = self._waiting.pop(job, None)
        if future is None or future.done():  # answered, or nobody waits any more
            return
        if isinstance(outcome, PutResult):
            future.set_result(outcome)
        else:
            future.set_exception(outcome)

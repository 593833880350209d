"""The one writer of a shard file: a thread that commits what is waiting, together.

- A job is acknowledged after its transaction is durable. What waited while one was committed goes into the next.
- Two sizes of jobs. A small one (a push, a delta) shares a transaction with others, `MOST_ROWS` at a time. A big one
  (an image of 100,000 rows) has a transaction of its own that is filled in slices; between two slices the small jobs
  of other systems are committed, so nobody waits longer than for a slice, or for the big one's commit. Jobs of the
  same system wait until it is over. DuckDB's optimistic transactions can then never meet: what they touch has another
  system, and all is done in one thread.
- Changes are told in the order of `seq`, and whoever was told up to n can go on from n. A big job's are told in slices
  as well, and again small jobs come between: each slice's numbers begin `SEQ_GAP` after the last one's, and what is
  committed while slices wait to be told gets numbers before theirs.
- When a commit fails the file is opened again if DuckDB has given it up, with more memory if that was missing. A commit
  whose outcome was unknown and that is there after all is told then.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.akosha.store.database import ShardFile
from core.akosha.store.jobs import MOST_BYTES, MOST_ROWS, Committed, Ended, Failed, Job, Outcome
from core.akosha.store.model import PutResult
from core.akosha.store.resolving import Resolving, chunks
from core.akosha.store.spool import Keep
from core.akosha.store.writing import SLICE, Origin, Span, apply, bury_others, look_up, mark
from core.errors import CogzyError

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Queue:
    jobs: deque[Job] = field(default_factory=deque)
    untold: deque[Committed] = field(default_factory=deque)
    telling: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)
    closed: bool = False
    deaf: bool = False

    def has_work(self) -> bool:
        """Whether the writer can do anything now. Big jobs, and what stands behind them, wait until all is told."""
        if not self.untold:
            return bool(self.jobs)
        held = {job.system_id for job in self.jobs if job.big}
        return not self.telling or any(job.system_id not in held for job in self.jobs)


class Writer:
    """Writes to one shard file until it is closed; `tell` is called in its thread."""

    def __init__(self, shard: ShardFile, tell: Callable[[Outcome], None]) -> None:
        self.committed_seq = shard.numbers.seqs.last
        self._shard = shard
        self._tell = tell
        self._queue = _Queue()
        self._filling = self._alone = False
        self._thread = threading.Thread(target=self._run, name=f"akosha-writer-{shard.file:02x}", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> bool:
        """Have a job written; False when the writer is closed."""
        with self._queue.changed:
            if self._queue.closed:
                return False
            self._queue.jobs.append(job)
            self._queue.changed.notify()
            return True

    def close(self) -> None:
        """Write what is waiting, and end. Blocks."""
        with self._queue.changed:
            self._queue.closed = True
            self._queue.changed.notify()
        self._thread.join()

    def told(self) -> None:
        """The last span was told; the next one may come."""
        with self._queue.changed:
            self._queue.telling = False
            self._queue.changed.notify()

    def forsake(self) -> None:
        """Nobody listens any more: write what is waiting, tell nothing, and end."""
        with self._queue.changed:
            self._queue.closed = self._queue.deaf = True
            self._queue.untold.clear()
            self._queue.telling = False
            self._queue.changed.notify()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001  # a thread that ends unheard would leave every put waiting for ever
            _LOG.exception("the writer of shard file %d ended", self._shard.file)
            with self._queue.changed:
                self._queue.closed = True
                self._queue.jobs.clear()
                self._queue.untold.clear()
            self._tell(Ended(error))

    def _work(self) -> None:
        queue = self._queue
        while True:
            with queue.changed:
                while not queue.has_work() and not (queue.closed and not queue.jobs and not queue.untold):
                    queue.changed.wait()
                if not queue.has_work():
                    return
                big = queue.jobs.popleft() if queue.jobs and queue.jobs[0].big and not queue.untold else None
            if big is not None:
                self._commit_big(big)
                continue
            if jobs := self._waiting():
                self._commit(jobs)
            self._tell_more()

    def _tell_more(self) -> None:
        """Tell the next slice of a big job when the last one was told."""
        with self._queue.changed:
            if self._queue.deaf:
                self._queue.untold.clear()
            if not self._queue.untold or self._queue.telling:
                return
            slice_ = self._queue.untold.popleft()
            self._queue.telling = True
        assert slice_.span is not None
        assert self._shard.numbers.seqs.last <= slice_.span[0]
        self._shard.numbers.seqs.last = self.committed_seq = slice_.span[1]
        self._end(slice_)

    def _waiting(self, busy: str | None = None) -> list[Job]:
        """Small jobs that may be written now, in order; those of a system that is `busy` stay, and all behind them."""
        taken: list[Job] = []
        rows = size = 0
        with self._queue.changed:
            left: deque[Job] = deque()
            held = {busy}
            for job in self._queue.jobs:
                full = bool(taken) and (rows + job.rows > MOST_ROWS or size + job.size > MOST_BYTES)
                if full or job.big or job.system_id in held:
                    held.add(job.system_id)
                    left.append(job)
                    continue
                rows, size = rows + job.rows, size + job.size
                taken.append(job)
            self._queue.jobs = left
        return taken

    def _commit(self, jobs: Sequence[Job]) -> None:
        try:
            committed = self._write(jobs)
        except Exception as error:  # noqa: BLE001  # told to whoever waits for it
            if self._filling and _wants_memory(error):
                with self._queue.changed:  # the big job has it; after that one there is enough, or more
                    self._queue.jobs.extendleft(reversed(jobs))
                self._alone = True
            elif self._recover(error):
                self._commit(jobs)
            elif len(jobs) == 1:
                self._end(Failed(jobs[0], error))
            else:
                for job in jobs:  # one of them may have spoiled it for the others
                    self._commit([job])
            return
        self.committed_seq = self._shard.numbers.seqs.last
        self._end(committed)

    def _write(self, jobs: Sequence[Job]) -> Committed:
        numbers, now = self._shard.numbers, time.time()
        batches = [(job, [row for step in job.steps() if not isinstance(step, Keep) for row in step]) for job in jobs]
        with self._shard.transaction() as connection:
            resolving = Resolving(look_up(connection, [row.key for _, rows in batches for row in rows]))
            done = [(job, resolving.take(job.system_id, rows)) for job, rows in batches]
            changes = apply(connection, resolving.plan(), numbers, now)
            for job, result in done:
                if job.marker is not None:
                    mark(connection, job.system_id, job.marker, result, now)
        return Committed(done, changes)

    def _commit_big(self, job: Job) -> None:
        try:
            result, spans = self._write_big(job)
        except Exception as error:  # noqa: BLE001  # told to whoever waits for it
            if self._recover(error):
                self._commit_big(job)
            else:
                self._end(Failed(job, error))
            return
        if not spans:
            self._end(Committed([(job, result)]))
            return
        told = [Committed([], span=span, part_of=job) for span in spans[:-1]]
        with self._queue.changed:
            self._queue.untold.extend([*told, Committed([(job, result)], span=spans[-1], part_of=job)])
        self._tell_more()

    def _write_big(self, job: Job) -> tuple[PutResult, list[Span]]:
        """What became of its rows, and the spans of sequence numbers that its slices got."""
        import numpy as np

        now, result = time.time(), PutResult()
        numbers = self._shard.numbers.apart()
        spans: list[Span] = []
        self._filling = True
        try:
            with self._shard.transaction() as connection:
                for step in job.steps():
                    if isinstance(step, Keep):
                        kept = np.frombuffer(step.keys, dtype=np.int64)
                        origin = Origin(job.system_id, step.kind, step.origin, job.as_of)
                        buried = bury_others(connection, origin, kept, numbers, now)
                        result += PutResult(deleted=sum(end - start for start, end in buried))
                        spans += buried
                        continue
                    for rows in chunks(step, SLICE, MOST_BYTES // 2):
                        first = numbers.skip()
                        resolving = Resolving(look_up(connection, [row.key for row in rows]))
                        result += resolving.take(job.system_id, rows)
                        apply(connection, resolving.plan(), numbers, now)
                        spans.append((first, numbers.seqs.last))
                        self._serve_others(job)
                if job.marker is not None:
                    mark(connection, job.system_id, job.marker, result, now)
        finally:
            self._filling = self._alone = False
        return result, [span for span in spans if span[1] > span[0]]

    def _serve_others(self, job: Job) -> None:
        """Commit the small jobs of other systems in the middle of a big one."""
        if not self._alone and (others := self._waiting(job.system_id)):
            self._commit(others)

    def _end(self, outcome: Committed | Failed) -> None:
        jobs = [outcome.job] if isinstance(outcome, Failed) else [job for job, _ in outcome.done]
        for job in jobs:
            if job.over is not None:
                job.over()
        self._tell(outcome)

    def _recover(self, error: Exception) -> bool:
        """Open the file again when DuckDB has given it up or wants more memory; whether it is worth another try.

        Not while a big job holds it: that one fails then, and recovers for all.
        """
        grow = _wants_memory(error) and self._shard.can_grow()
        if self._filling or not (grow or self._shard.is_broken()):
            return False
        try:
            found = self._shard.reopen(grow=grow)
        except CogzyError as why:
            _LOG.error("the hub's data cannot be opened again: %s", why.code)  # the next job tries, and is told
            return False
        with self._queue.changed:  # numbers go on behind all of them now, so they have to be told first
            untold, self._queue.untold = self._queue.untold, deque()
        for slice_ in untold:
            self._end(slice_)
        if untold and untold[-1].span:
            self.committed_seq = untold[-1].span[1]
        if found > self.committed_seq:
            self._end(Committed([], span=(self.committed_seq, found)))
            self.committed_seq = found
        return grow


def _wants_memory(error: Exception) -> bool:
    return isinstance(error, CogzyError) and error.code == "akosha.data_too_large"

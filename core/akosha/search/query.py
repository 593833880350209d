"""One search over many shards: each has a deadline, and one that fails or is late is named while the rest answers.

A ShardSearcher may answer for several logical shards, as the index of a physical file does; it is asked once then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from core.akosha.search.aggregate import QueryAggregator
from core.akosha.shards import ShardRouter
from core.errors import CogzyError

if TYPE_CHECKING:
    from core.akosha.search.searchers import Workers
    from core.memory.index import Hit, Query

Mode = Literal["hybrid", "lexical", "dense"]

DEADLINE_SECONDS = 5.0
_LOOK_SECONDS = 0.1

_log = logging.getLogger(__name__)


class ShardSearcher(Protocol):
    """What a shard is searched by. It must not block the event loop."""

    async def search(self, query: Query, /) -> Sequence[Hit]:
        """Its best hits, at most query.k of them."""
        ...


@dataclass(frozen=True, slots=True)
class FailedShard:
    """A logical shard that an answer is without."""

    shard: int
    reason: Literal["timeout", "error"]
    error: str


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The best hits of all shards, best first. `searched`: logical shards that answered."""

    hits: tuple[Hit, ...]
    failed: tuple[FailedShard, ...]
    searched: int
    mode: Mode


class DistributedQueryEngine:
    """Searches the logical shards in `shards`, or only those that the systems of a query's filter belong to."""

    def __init__(
        self,
        shards: Mapping[int, ShardSearcher],
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        router: ShardRouter | None = None,
        workers: Workers | None = None,
    ) -> None:
        """`workers`: the threads that the searchers use; they are relieved of searches that hang."""
        self._shards = shards
        self._deadline = deadline_seconds
        self._router = router or ShardRouter()
        self._workers = workers
        self._aggregator = QueryAggregator()

    async def search(self, query: Query, *, until: float | None = None) -> QueryAnswer:
        """What the shards know, within the deadline, or `until` then (in the loop's time) where that is sooner.

        Never raises for a shard's failure.
        """
        asked = self._asked(query)
        tasks = {asyncio.ensure_future(searcher.search(query)): shards for searcher, shards in asked}
        try:
            await self._wait(tasks, until)
            answered = [task.result() for task in tasks if _has_answered(task)]
            failed = [failure for task, shards in tasks.items() for failure in self._failures(task, shards)]
        finally:
            for task in tasks:
                if not task.done():
                    task.add_done_callback(_hear_nothing)
                    task.cancel()
        return QueryAnswer(
            hits=tuple(self._aggregator.fuse(answered, query.k)),
            failed=tuple(sorted(failed, key=lambda failure: failure.shard)),
            searched=sum(len(shards) for task, shards in tasks.items() if _has_answered(task)),
            mode=mode_of(query),
        )

    def _asked(self, query: Query) -> Iterable[tuple[ShardSearcher, list[int]]]:
        systems = query.filter.systems
        wanted = self._shards.keys() if systems is None else self._router.shards_of(systems) & self._shards.keys()
        by_searcher: dict[int, tuple[ShardSearcher, list[int]]] = {}
        for shard in sorted(wanted):
            searcher = self._shards[shard]
            by_searcher.setdefault(id(searcher), (searcher, []))[1].append(shard)
        return by_searcher.values()

    async def _wait(self, tasks: Iterable[asyncio.Future[Sequence[Hit]]], until: float | None) -> None:
        loop = asyncio.get_running_loop()
        own = loop.time() + self._deadline
        until = own if until is None else min(own, until)
        pending: set[asyncio.Future[Sequence[Hit]]] = set(tasks)
        while pending and (left := until - loop.time()) > 0:
            _, pending = await asyncio.wait(pending, timeout=min(left, _LOOK_SECONDS))
            if pending and self._workers is not None:
                self._workers.relieve()

    def _failures(self, task: asyncio.Future[Sequence[Hit]], shards: list[int]) -> Iterable[FailedShard]:
        if not task.done():
            return [FailedShard(shard, "timeout", f"no answer within {self._deadline:g} s") for shard in shards]
        if task.cancelled():
            return [FailedShard(shard, "error", "the search was stopped") for shard in shards]
        error = task.exception()
        if error is None:
            return ()
        reason: Literal["timeout", "error"] = "timeout" if isinstance(error, TimeoutError) else "error"
        _log.warning("shards %d to %d failed (%s)", shards[0], shards[-1], type(error).__name__, exc_info=error)
        return [FailedShard(shard, reason, _sentence(error)) for shard in shards]


def mode_of(query: Query) -> Mode:
    """What a query searches by: words, a vector, or both."""
    if query.vector is None:
        return "lexical"
    return "hybrid" if query.text.strip() else "dense"


def _has_answered(task: asyncio.Future[Sequence[Hit]]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _hear_nothing(task: asyncio.Future[Sequence[Hit]]) -> None:
    """The search was given up and is named as late; an error that it ends with would say nothing more."""
    if not task.cancelled():
        task.exception()


def _sentence(error: BaseException) -> str:
    if isinstance(error, CogzyError):
        return error.title
    return str(error) if isinstance(error, TimeoutError) and str(error) else type(error).__name__

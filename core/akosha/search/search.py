"""The hub's search: a question in, memories of all systems out, and what the answer is without.

An answer never pretends: shards that failed or were late are named, an index that is still being made says so, and
without a model (or when it fails) the answer is by words alone and says that.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.akosha.search.aggregate import Candidate, Merged, QueryAggregator
from core.akosha.search.bounds import MOST_QUERY, MOST_RESULTS
from core.akosha.search.query import DEADLINE_SECONDS, FailedShard, Mode
from core.errors import CogzyError, UsageError
from core.memory.index import Filter, Query
from core.memory.rows import MemoryRow, row_problem
from core.memory.text import snippet
from core.sync.events import Notice

if TYPE_CHECKING:
    from core.akosha.search.indexing import Indexing
    from core.akosha.search.query import QueryAnswer
    from core.akosha.store import HubStore
    from core.memory.embedding import Embedder
    from core.memory.index import Hit

SNIPPET = 240
"""Characters of a snippet."""
_EMBEDDING_SHARE = 0.5
"""Of the deadline, that the model may take: what it leaves has to do for a search by words."""
_MOST_FETCHED = 8 * MOST_RESULTS

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A memory that was found. `score` is 0 to 1, relative to the best; `lexical` (BM25) and `dense` (cosine) are raw.

    `systems`: all that hold the same content, `system_id` first.
    """

    system_id: str
    kind: str
    id: str
    text: str
    snippet: str
    score: float
    lexical: float
    dense: float | None
    created_at: float | None
    project: str | None
    systems: tuple[str, ...]
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found, and what the answer is without: `notices` in sentences, `failed_shards` one by one."""

    query: str
    results: tuple[SearchHit, ...]
    mode: Mode
    notices: tuple[Notice, ...]
    failed_shards: tuple[FailedShard, ...]
    seconds: float


class HubSearch:
    """Searches the rows of `store` by `indexing`; `embedder` turns questions into vectors."""

    def __init__(
        self,
        store: HubStore,
        indexing: Indexing,
        embedder: Embedder | None = None,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._store = store
        self._indexing = indexing
        self._embedder = embedder
        self._deadline = deadline_seconds
        self._aggregator = QueryAggregator()

    async def search(
        self,
        text: str,
        *,
        k: int = 10,
        filter: Filter | None = None,  # the word of every client
        threshold: float = 0.0,
        vector: bytes | None = None,
    ) -> SearchAnswer:
        """The `k` best memories for `text`, of those that pass `filter` and score at least `threshold`.

        `vector` (float32 little-endian) takes the place of the model's. Raises UsageError for what cannot be asked.
        """
        began = time.monotonic()
        until = asyncio.get_running_loop().time() + self._deadline
        _check(text, k, threshold, vector)
        query = Query(text=text, vector=vector, k=k, filter=filter or Filter(), threshold=None)
        query, notices = await self._with_vector(query)
        partial = not self._indexing.is_current
        answer, merged = await self._find(query, k, until)
        results = [hit for one in merged if (hit := _hit(one, query)).score >= threshold]
        if answer.failed:
            notices.append(_missing(answer))
        if partial:
            notices.append(Notice("akosha.index_partial", {"indexed": self._indexing.indexed}))
        if query.vector is not None and vector is None and self._indexing.is_embedding:
            notices.append(Notice("akosha.embedding_behind"))
        return SearchAnswer(
            query=text,
            results=tuple(results),
            mode=_went_by(answer),
            notices=tuple(notices),
            failed_shards=answer.failed,
            seconds=time.monotonic() - began,
        )

    async def _with_vector(self, query: Query) -> tuple[Query, list[Notice]]:
        """The query with the vector of its text, or with a notice why it has none."""
        if query.vector is not None:
            return query, []
        if self._embedder is None:
            return query, [Notice("akosha.no_model")]
        patience = self._deadline * _EMBEDDING_SHARE
        try:
            async with asyncio.timeout(patience):
                (made,) = await self._embedder.embed([query.text])
        except (CogzyError, TimeoutError) as error:
            reason = error.title if isinstance(error, CogzyError) else f"no answer within {patience:g} s"
            _log.warning("a question could not be embedded (%s)", reason)
            return query, [Notice("akosha.model_failed", {"reason": reason})]
        return replace(query, vector=made, model=self._embedder.model), []

    async def _find(self, query: Query, k: int, until: float) -> tuple[QueryAnswer, list[Merged]]:
        """The answer of the shards, and its first `k` memories; asked again for more where copies took the places.

        All within one deadline: shards that are late when asked again take away nothing that was found before.
        """
        asked = 2 * k + 20
        merged: list[Merged] = []
        while True:
            answer = await self._indexing.engine.search(replace(query, k=asked), until=until)
            merged = max(await self._merged(answer.hits, k), merged, key=len)
            exhausted = len(answer.hits) < asked or asked >= _MOST_FETCHED
            if len(merged) >= k or exhausted or answer.failed:
                return answer, merged[:k]
            asked = min(4 * asked, _MOST_FETCHED)

    async def _merged(self, hits: Sequence[Hit], k: int) -> list[Merged]:
        """At least `k` memories when there are so many, reading few rows: a row costs more than finding it."""
        candidates: list[Candidate] = []
        merged: list[Merged] = []
        read, page = 0, k + 2
        while read < len(hits) and len(merged) < k:
            candidates += await self._candidates(hits[read : read + page])
            merged = self._aggregator.merge(candidates)
            read, page = read + page, 2 * page
        twins = _twins(merged[:k], hits[read:])
        return self._aggregator.merge([*candidates, *await self._candidates(twins)]) if twins else merged

    async def _candidates(self, hits: Sequence[Hit]) -> Sequence[Candidate]:
        stored = {one.label: one for one in await self._store.fetch([hit.label for hit in hits], vectors=False)}
        return [Candidate(hit, stored[hit.label]) for hit in hits if hit.label in stored]


def _check(text: str, k: int, threshold: float, vector: bytes | None) -> None:
    if len(text) > MOST_QUERY:
        raise UsageError("akosha.query_too_long", length=len(text), most=MOST_QUERY)
    if not text.strip() and vector is None:
        raise UsageError("akosha.query_empty")
    if not 1 <= k <= MOST_RESULTS:
        raise UsageError("akosha.bad_k", k=k, most=MOST_RESULTS)
    if not math.isfinite(threshold):
        raise UsageError("akosha.bad_threshold")
    if vector is not None and (problem := row_problem(MemoryRow("memory", "query", "query", vector))):
        raise UsageError("akosha.bad_query_vector", why=problem)


def _twins(shown: Sequence[Merged], others: Sequence[Hit]) -> list[Hit]:
    """Of the hits that were not read, those with the raw values of one that is shown: copies in other systems."""
    raw = {value for one in shown for value in _raw(one.hit)}
    return [hit for hit in others if not raw.isdisjoint(_raw(hit))]


def _raw(hit: Hit) -> Iterator[tuple[str, float]]:
    if hit.dense is not None:
        yield "dense", round(hit.dense, 5)
    if hit.lexical:
        yield "lexical", round(hit.lexical, 4)


def _hit(merged: Merged, query: Query) -> SearchHit:
    stored, row, hit = merged.stored, merged.stored.row, merged.hit
    return SearchHit(
        system_id=stored.system_id,
        kind=row.kind,
        id=row.id,
        text=row.text,
        snippet=snippet(row.text, query.text, SNIPPET).text,
        score=_finite(hit.score) or 0.0,
        lexical=_finite(hit.lexical) or 0.0,
        dense=_finite(hit.dense),
        created_at=row.created_at,
        project=row.project,
        systems=merged.systems,
        metadata=row.metadata,
    )


def _went_by(answer: QueryAnswer) -> Mode:
    """What the answer really goes by: words alone when no memory has a vector to compare."""
    if answer.mode == "hybrid" and answer.hits and all(hit.dense is None for hit in answer.hits):
        return "lexical"
    return answer.mode


def _missing(answer: QueryAnswer) -> Notice:
    late = sum(failure.reason == "timeout" for failure in answer.failed)
    missing = len(answer.failed)
    return Notice("akosha.shards_missing", {"missing": missing, "late": late, "asked": missing + answer.searched})


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None

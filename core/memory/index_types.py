"""What goes into a memory index and what comes out: plain data, so that a caller needs no numpy to hold it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """A memory as it is found. `label` is its number for good: the same label again replaces it.

    `text` is bare: the index sets date and speaker before it (text.indexed_text). `vector`: float32 little-endian of
    any length but zero, or None; `model` made it. `created_at`: UNIX seconds. `conversation` and `position` say who
    its neighbours are; without a position it has none.
    """

    label: int
    text: str
    vector: bytes | None
    system: str
    kind: str
    project: str | None = None
    created_at: float | None = None
    conversation: str | None = None
    position: int | None = None
    speaker: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be found; None lets everything pass. Times are UNIX seconds: after <= created_at < before."""

    systems: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    projects: frozenset[str] | None = None
    after: float | None = None
    before: float | None = None
    labels: frozenset[int] | None = None
    conversations: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """`vector` is compared with vectors of its own width and `model` alone; without a name, with the model that most
    vectors of its width have. `threshold`: the least score of a hit.
    """

    text: str
    vector: bytes | None = None
    k: int = 10
    filter: Filter = field(default_factory=Filter)
    threshold: float | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` is 0 to 1 and compares hits of one answer only.

    `lexical` is BM25 over the turn and its neighbours, `dense` the turn's own cosine (None: nothing to compare), and
    `support` what its neighbours add to that: of these, hits of several indexes are scored anew. The shares say how
    much of the score each side, neighbours included, brought; they add up to 1, or to 0 for score 0.
    """

    label: int
    score: float
    lexical: float
    dense: float | None
    lexical_share: float
    dense_share: float
    support: float = 0.0


class MemoryIndex(Protocol):
    """Synchronous and thread-safe: many threads search while one changes it. A change is visible when it returns."""

    def add(self, records: Sequence[IndexRecord]) -> None: ...

    def delete(self, labels: Collection[int]) -> None: ...

    def search(self, query: Query) -> list[Hit]:
        """The best `query.k` hits, best first, equal scores by label. The same index always ranks the same."""
        ...

    def count(self) -> int: ...

    def flush(self, seq: int) -> None:
        """Make everything up to now durable, as what the owner calls `seq`."""
        ...

    @property
    def seq(self) -> int:
        """Of the last flush: the owner replays what came after it."""
        ...

    def close(self) -> None: ...

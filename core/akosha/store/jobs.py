"""What the writer of a shard file is asked to do, and what it says became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.akosha.store.model import Change, PutResult
from core.akosha.store.spool import Step
from core.akosha.store.writing import Marker, Span

MOST_ROWS = 2_000
"""Of one transaction of small jobs: 40 to 80 ms with 384 floats each."""
MOST_BYTES = 16 << 20


@dataclass(eq=False, slots=True)
class Job:
    """What one caller wants written, all of it or nothing."""

    system_id: str
    steps: Callable[[], Iterable[Step]]
    rows: int
    size: int
    keeps: bool = False
    marker: Marker | None = None
    as_of: float = 0.0
    over: Callable[[], None] | None = None
    """Called when the job is done, or is not going to be."""

    @property
    def big(self) -> bool:
        """Whether it gets a transaction of its own."""
        return self.keeps or self.rows > MOST_ROWS or self.size > MOST_BYTES


@dataclass(frozen=True, slots=True)
class Committed:
    """Jobs that are durable now. Their changes are given, or to be read: a `span` is from (without) and to which seq.

    A big job comes as several spans; it is `done` with the last one.
    """

    done: Sequence[tuple[Job, PutResult]]
    changes: Sequence[Change] = ()
    span: Span | None = None
    part_of: Job | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A job of which nothing was written, as far as is known."""

    job: Job
    error: Exception


@dataclass(frozen=True, slots=True)
class Ended:
    """The writer ended by a fault of its own: what nobody was told of until now is of unknown outcome."""

    error: Exception


Outcome = Committed | Failed | Ended

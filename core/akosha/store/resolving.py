"""What becomes of rows that are put: decided from what is stored, without touching it.

- A row replaces what is not newer (`as_of`); equal moments: the later put wins.
- Equal content is not written again, only its `as_of` moves.
- A tombstone that names its origin leaves a memory alone that was last read from another one.
- Several puts share one transaction: each sees what the ones before it decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.akosha.store.model import PutResult
from core.akosha.store.preparing import Prepared

Key = tuple[str, str, str]
"""system_id, kind, id."""


@dataclass(slots=True)
class Known:
    """What is stored under a key. `place` is its row id in this transaction."""

    place: int
    label: int
    as_of: float
    deleted: bool
    content_hash: bytes | None
    origin: str
    model: str | None


@dataclass(slots=True)
class _Now:
    """A key as it will be when all that was taken so far is written."""

    before: Known | None
    as_of: float
    deleted: bool
    content_hash: bytes | None
    origin: str
    model: str | None
    written: Prepared | None = None
    moved: bool = False


@dataclass(slots=True)
class Plan:
    """What to write: rows with the label they keep (None: a new one), places to clear, moments to move."""

    written: list[tuple[int | None, str, Prepared, bool]] = field(default_factory=list)
    """label, system, row, and whether an index has to hear of it."""
    cleared: list[int] = field(default_factory=list)
    moved: list[tuple[int, float]] = field(default_factory=list)


class Resolving:
    """The decisions of one transaction, from what `known` says is stored."""

    def __init__(self, known: dict[Key, Known]) -> None:
        self._known = known
        self._now: dict[Key, _Now] = {}

    def take(self, system_id: str, rows: Iterable[Prepared]) -> PutResult:
        """Decide about the rows of one put, in their order."""
        counts = {"stored": 0, "unchanged": 0, "deleted": 0, "superseded": 0}
        said: dict[Key, str] = {}
        for row in rows:
            key = (system_id, row.kind, row.id)
            outcome = self._take(key, row)
            if outcome in ("stored", "deleted"):
                if key in said:
                    counts[said[key]] -= 1
                    counts["superseded"] += 1
                said[key] = outcome
            counts[outcome] += 1
        return PutResult(counts["stored"], counts["unchanged"], counts["deleted"], counts["superseded"])

    def plan(self) -> Plan:
        """What to write for all that was taken."""
        plan = Plan()
        for (system_id, _, _), now in self._now.items():
            before = now.before
            if now.written is not None:
                label = before.label if before else None
                heard = not now.deleted or (before is not None and not before.deleted)
                written = now.written if now.as_of == now.written.as_of else now.written._replace(as_of=now.as_of)
                plan.written.append((label, system_id, written, heard))
                if before:
                    plan.cleared.append(before.place)
            elif now.moved and before:
                plan.moved.append((before.place, now.as_of))
        return plan

    def _take(self, key: Key, row: Prepared) -> str:
        now = self._now.get(key) or self._first(key)
        if now is None:
            self._now[key] = _written(None, row)
            return "unchanged" if row.deleted else "stored"
        if row.as_of < now.as_of:
            return "superseded"
        if _says_nothing_new(now, row):
            if not (row.deleted and not now.deleted) and row.as_of > now.as_of:
                now.as_of, now.moved = row.as_of, True
            return "unchanged"
        self._now[key] = _written(now.before, row)
        return "deleted" if row.deleted else "stored"

    def _first(self, key: Key) -> _Now | None:
        known = self._known.get(key)
        if known is None:
            return None
        now = _Now(known, known.as_of, known.deleted, known.content_hash, known.origin, known.model)
        self._now[key] = now
        return now


def _written(before: Known | None, row: Prepared) -> _Now:
    return _Now(before, row.as_of, row.deleted, row.content_hash, row.origin, row.model, written=row)


def _says_nothing_new(now: _Now, row: Prepared) -> bool:
    if row.deleted:
        return now.deleted or bool(row.origin and now.origin and row.origin != now.origin)
    return not now.deleted and row.content_hash == now.content_hash and row.model in (None, now.model)


def chunks(rows: Sequence[Prepared], most_rows: int, most_bytes: int) -> Iterable[Sequence[Prepared]]:
    """`rows` in pieces that are each written at once."""
    start, size = 0, 0
    for index, row in enumerate(rows):
        if index > start and (index - start >= most_rows or size >= most_bytes):
            yield rows[start:index]
            start, size = index, 0
        size += row.size()
    if start < len(rows):
        yield rows[start:]

"""From rows that may have changed to batches for the hub: what it has is left out, what it would refuse is named.

A row is sent when its digest differs from the one that the hub acknowledged, and from the one that it refused. Every
batch has rows of one kind, so that an id names one item of it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.memory.rows import (
    MemoryRow,
    RowError,
    Tombstone,
    from_episode,
    from_node,
    numbers,
    row_problem,
    to_wire,
)
from core.sync.hub.client import ENVELOPE, Abilities
from core.sync.hub.state import Entry, HubLedger, Presence, Refusal

CHUNK = 500
Found = MemoryRow | tuple[MemoryRow, RowError]
"""A row, or what could be made of one together with what is wrong with it."""


@dataclass(frozen=True)
class Batch:
    """Items for one request, and what the ledger will say of them. `size` is in bytes, as JSON."""

    entries: tuple[Entry, ...]
    items: tuple[dict[str, Any], ...]
    sizes: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes of all items."""
        return sum(self.sizes) + len(self.sizes)

    def halves(self) -> tuple[Batch, Batch]:
        """Two batches of about half as many items."""
        middle = len(self.entries) // 2
        first, second = slice(middle), slice(middle, None)
        return (
            Batch(self.entries[first], self.items[first], self.sizes[first]),
            Batch(self.entries[second], self.items[second], self.sizes[second]),
        )


@dataclass
class Batcher:
    """Makes the batches of one run. `again`: rows that the hub has, or refused, are sent all the same.

    `refused` collects rows that need not be sent to be refused, until `take_refused`. `may_go` says whether a row of a
    part may be sent now.
    """

    ledger: HubLedger
    abilities: Abilities
    system_id: str
    again: bool
    most_bytes: int
    may_go: Callable[[MemoryRow, str], bool] | None = None
    undeletable: int = 0
    _refused: list[Refusal] = field(default_factory=list)

    def rows(self, found: Iterable[Found], part: str, as_of: float, presence: Presence | None) -> Iterator[Batch]:
        """The batches of a part's rows. Runs in a thread. `presence` hears of every row that there is."""
        waiting: list[tuple[Entry, dict[str, Any], int]] = []
        size = 0
        for chunk in _chunks(found):
            by_kind: dict[str, dict[str, Found]] = {}
            for one in chunk:
                row = one if isinstance(one, MemoryRow) else one[0]
                by_kind.setdefault(row.kind, {})[row.id] = one
            for kind, rows in by_kind.items():
                if presence is not None:
                    presence.saw(kind, list(rows))
                for entry, row in self._new(kind, rows, part):
                    item = self._item(row, as_of)
                    length = _size(item)
                    if length > self.most_bytes - ENVELOPE:
                        params = {"size": length, "most": self.most_bytes - ENVELOPE}
                        self._refused.append(Refusal(entry, "hub.row_too_large", dict(params)))
                        continue
                    full = len(waiting) >= self.abilities.most_items or size + length > self.most_bytes - ENVELOPE
                    if waiting and (full or waiting[0][0].kind != kind):
                        yield _batch(waiting)
                        waiting, size = [], 0
                    waiting.append((entry, item, length))
                    size += length + 1
        if waiting:
            yield _batch(waiting)

    def gone(self, kind: str, ids: Iterable[str], part: str, origin: str, as_of: float) -> Iterator[Batch]:
        """The batches of rows that are not in a part any more."""
        for chunk in _chunks(ids, self.abilities.most_items):
            known = self.ledger.known(kind, chunk)
            here = [one for one in chunk if one in known and known[one][0] == part]
            forgotten = [one for one in chunk if one not in known]
            if not self.abilities.akosha:
                self.undeletable += len(here)
                forgotten += here
            self.ledger.drop(kind, forgotten)
            if here and self.abilities.akosha:
                items = [self._item(Tombstone(kind, one, origin), as_of) for one in here]
                yield _batch(
                    [(Entry(kind, one, part, b""), item, _size(item)) for one, item in zip(here, items, strict=True)]
                )

    def take_refused(self) -> list[Refusal]:
        """Rows that were refused without being sent, since the last call."""
        taken, self._refused = self._refused, []
        return taken

    def _new(self, kind: str, rows: dict[str, Found], part: str) -> Iterator[tuple[Entry, MemoryRow]]:
        """Those rows that the hub does not have as they are, and did not refuse as they are."""
        ids = list(rows)
        known, refused = self.ledger.known(kind, ids), self.ledger.refused(kind, ids)
        for one in rows.values():
            row, problem = (one, row_problem(one)) if isinstance(one, MemoryRow) else (one[0], one[1].code)
            entry = Entry(kind, row.id, part, _digest(row, problem))
            before, no = known.get(row.id), refused.get(row.id)
            if before is not None and _outranks(before[0], part):
                continue
            if not self.again and entry.digest in (before and before[1], no and no[1]):
                continue
            if problem is not None:
                params = {} if isinstance(one, MemoryRow) else one[1].params
                self._refused.append(Refusal(entry, problem, dict(params)))
                continue
            if self.may_go is None or self.may_go(row, part):
                yield entry, row

    def _item(self, row: MemoryRow | Tombstone, as_of: float) -> dict[str, Any]:
        if self.abilities.akosha:
            item = to_wire(row, binary_vectors=self.abilities.binary_vectors)
            return {**item, "system_id": self.system_id, "as_of": as_of}
        assert isinstance(row, MemoryRow)
        return _foreign_item(row, self.system_id)


def table_rows(records: Iterable[dict[str, Any]], mapper: Any) -> Iterator[Found]:
    """The rows of a table's records."""
    for record in records:
        try:
            yield mapper(record)
        except RowError as error:
            yield mapper({**record, "embedding": None}), error


def corpus_rows(kind: str, records: Sequence[dict[str, Any]], vectors: Any) -> Iterator[Found]:
    """The rows of a vault's corpus; `vectors` (rows, width) belong to the first records, those behind have none yet."""
    for position, record in enumerate(records):
        vector = vectors[position] if position < len(vectors) else None
        try:
            yield _of_corpus(kind, record, vector, position)
        except RowError as error:
            yield _of_corpus(kind, record, None, position), error


def _of_corpus(kind: str, record: dict[str, Any], vector: Any, position: int) -> MemoryRow:
    return from_node(record, vector, position) if kind == "node" else from_episode(record, vector)


def _foreign_item(row: MemoryRow, system_id: str) -> dict[str, Any]:
    """A row for a hub that knows ids alone: one that no other system's row has, the record within the metadata."""
    described = {
        "source": system_id,
        "original_id": row.id,
        "type": row.kind,
        "project": row.project,
        "session_id": row.conversation,
        "created_at": row.created_at,
        "origin": row.origin or None,
        "ingestion_method": "cogzy",
        "record": dict(row.metadata) or None,
    }
    item: dict[str, Any] = {"memory_id": f"{system_id}:{row.kind}:{row.id}", "text": row.text}
    if row.vector is not None:
        item["embedding"] = numbers(row.vector).tolist()
    return {**item, "metadata": {name: value for name, value in described.items() if value is not None}}


def _digest(row: MemoryRow, problem: str | None) -> bytes:
    """What stands in the ledger for the row's content."""
    try:
        return bytes.fromhex(row.content_hash)[:16] if problem is None else _digest_of_bad(row, problem)
    except (TypeError, ValueError, RecursionError):
        return _digest_of_bad(row, problem or "")


def _digest_of_bad(row: MemoryRow, problem: str) -> bytes:
    said = repr((problem, row.text, row.metadata, row.project, row.conversation)).encode(errors="surrogatepass")
    return hashlib.sha256(said + (row.vector or b"")).digest()[:16]


def _outranks(other: str, part: str) -> bool:
    """Whether a row of part `other` stands, when `part` has one of the same id: the newer version of the same table."""
    return other != part and other.endswith("_v2") and not part.endswith("_v2")


def _batch(waiting: Sequence[tuple[Entry, dict[str, Any], int]]) -> Batch:
    entries, items, sizes = zip(*waiting, strict=True)
    return Batch(entries, items, sizes)


def _size(item: dict[str, Any]) -> int:
    try:
        return len(orjson.dumps(item))
    except TypeError:  # integers beyond 64 bits, lone surrogates
        return len(json.dumps(item))


def _chunks(found: Iterable[Any], most: int = CHUNK) -> Iterator[list[Any]]:
    iterator = iter(found)
    while chunk := list(itertools.islice(iterator, most)):
        yield chunk

"""What an upload brings of one file, ready on the disk: rows and deletions, and which rows are all there are.

A part is read twice at most and in small steps, so its size costs disk, not memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from core.database import RowsFile, each_row
from core.errors import CogzyError
from core.memory.rows import Mapper, MemoryRow, RowError, Tombstone

MOST_NAMED = 20
"""Bad rows that an upload's marker names; it counts them all."""


@dataclass
class BadRows:
    """Rows that could not be taken as they are: they are named, the others go on."""

    count: int = 0
    named: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, identity: str, error: CogzyError) -> None:
        self.count += 1
        if len(self.named) < MOST_NAMED:
            self.named.append({"kind": kind, "id": identity[:200], "code": error.code, "params": dict(error.params)})


class Part(Protocol):
    """All of `kind` from `origin`, or what changed of it. `whole`: what it does not hold is gone."""

    kind: str
    origin: str

    @property
    def whole(self) -> bool: ...

    def rows(self, bad: BadRows) -> Iterator[MemoryRow | Tombstone]:
        """Each id once. Raises DamageError when the file is not what it should be."""
        ...

    def ids(self) -> Iterator[str]:
        """After `rows`: every id that is there, rows that could not be taken among them."""
        ...


@dataclass
class TablePart:
    """A table of a database: an image's rows, or None, and the deltas since, newest first.

    The newest word on an id counts. `second`: another table of this kind has the last word on what is gone.
    """

    kind: str
    origin: str
    mapper: Callable[[Sequence[str]], Mapper]
    image: RowsFile | None
    deltas: Sequence[DeltaRows]
    place: Path
    second: bool = False

    @property
    def whole(self) -> bool:
        return self.image is not None

    def rows(self, bad: BadRows) -> Iterator[MemoryRow | Tombstone]:
        settled: set[str] = set()
        with IdFile(self.place) as alive:
            for delta in self.deltas:
                if delta.rows is not None:
                    yield from self._new(delta.rows, settled, alive, bad, remember=True)
                if delta.gone is not None:
                    yield from self._gone(delta.gone, settled)
            if self.image is not None:
                yield from self._new(self.image, settled, alive, bad, remember=False)

    def ids(self) -> Iterator[str]:
        return read_ids(self.place)

    def _new(
        self, rows: RowsFile, settled: set[str], alive: IdFile, bad: BadRows, *, remember: bool
    ) -> Iterator[MemoryRow]:
        mapper = self.mapper(rows.columns)
        for record in each_row(rows):
            identity = _identity(record)
            if identity in settled:
                continue
            if remember:
                settled.add(identity)
            alive.add(identity)
            try:
                yield mapper(record)
            except RowError as error:
                bad.note(self.kind, identity, error)

    def _gone(self, rows: RowsFile, settled: set[str]) -> Iterator[Tombstone]:
        for record in each_row(rows):
            identity = _identity(record)
            if identity not in settled:
                settled.add(identity)
                if not self.whole and not self.second:
                    yield Tombstone(self.kind, identity, self.origin)


@dataclass(frozen=True)
class DeltaRows:
    """One delta of one table: new and changed rows, and the keys of rows that are gone."""

    rows: RowsFile | None
    gone: RowsFile | None


@dataclass
class RecordsPart:
    """All records of a JSON file; `read` gives each one's row, or the RowError that says why there is none."""

    kind: str
    origin: str
    read: Callable[[], Iterator[MemoryRow | tuple[str, RowError]]]
    place: Path
    whole: bool = True

    def rows(self, bad: BadRows) -> Iterator[MemoryRow | Tombstone]:
        with IdFile(self.place) as alive:
            for row in self.read():
                if isinstance(row, MemoryRow):
                    alive.add(row.id)
                    yield row
                else:
                    identity, error = row
                    alive.add(identity)
                    bad.note(self.kind, identity, error)

    def ids(self) -> Iterator[str]:
        return read_ids(self.place)


@dataclass
class GonePart:
    """A file or table that was there before and is there no more."""

    kind: str
    origin: str
    whole: bool = True

    def rows(self, bad: BadRows) -> Iterator[MemoryRow | Tombstone]:
        return iter(())

    def ids(self) -> Iterator[str]:
        return iter(())


class IdFile:
    """Ids on the disk: a JSON text a line."""

    def __init__(self, place: Path) -> None:
        import orjson

        self._dumps = orjson.dumps
        self._file = place.open("wb")

    def add(self, identity: str) -> None:
        try:
            self._file.write(self._dumps(identity) + b"\n")
        except TypeError:  # half of a surrogate pair: no row has such an id
            return

    def __enter__(self) -> IdFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def read_ids(place: Path) -> Iterator[str]:
    """What an IdFile wrote."""
    import orjson

    with place.open("rb") as file:
        for line in file:
            yield orjson.loads(line)


def _identity(record: dict[str, Any]) -> str:
    """The id as a row has it."""
    found = record.get("id")
    return found if isinstance(found, str) else "" if found is None else str(found)

"""The knowledge graph: entities and relationships are rows like any other, asked here for what hangs together.

Each system has a graph of its own: an entity is (system, id), and relationships never lead from one system to another.
They are followed both ways. A relationship may name an entity that was never stored; ways lead through it all the same.
Every question ends: by depth, by what was visited, and by time. Then `complete` is False.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.akosha.store.model import StoredMemory
from core.akosha.store.reading import fetch
from core.akosha.store.writing import scanned

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

MOST_DEPTH = 6
MOST_VISITED = 20_000
MOST_EDGES = 100_000
MOST_STARTS = 100
MOST_SECONDS = 2.0

Place = tuple[str, str]
"""An entity: its system and id."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Entities, those asked for first and then by distance, and the relationships that led to them."""

    entities: tuple[StoredMemory, ...] = ()
    relationships: tuple[StoredMemory, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class GraphPath:
    """A way from one entity to another: `ids` has one entry more than `relationships`.

    `entities` are those of `ids` that are stored.
    """

    system_id: str
    ids: tuple[str, ...]
    entities: tuple[StoredMemory, ...]
    relationships: tuple[StoredMemory, ...]


@dataclass(frozen=True, slots=True)
class GraphPaths:
    """Ways, the shortest first."""

    found: tuple[GraphPath, ...] = ()
    complete: bool = True

    def __iter__(self) -> Iterator[GraphPath]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)


@dataclass(frozen=True, slots=True)
class _Edge:
    label: int
    system: str
    start: str
    end: str

    def other(self, place: Place) -> Place:
        return (self.system, self.end if place[1] == self.start else self.start)


@dataclass(frozen=True, slots=True)
class _Way:
    places: tuple[Place, ...]
    edges: tuple[_Edge, ...]


class _Walk:
    """Relationships round entities, asked for level by level; counts what it costs."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relation_type: str | None) -> None:
        self.complete = True
        self._connection = connection
        self._relation = relation_type
        self._until = time.monotonic() + MOST_SECONDS
        self._visited = 0
        self._edges = 0

    def goes_on(self) -> bool:
        """Whether there is time left, and `complete` otherwise no more."""
        if time.monotonic() > self._until:
            self.complete = False
        return self.complete

    def round(self, places: Sequence[Place]) -> list[_Edge]:
        """The relationships that touch `places`; none when a limit is reached."""
        self._visited += len(places)
        if self._visited > MOST_VISITED or self._edges > MOST_EDGES:
            self.complete = False
        if not places or not self.goes_on():
            return []
        with scanned(self._connection, "places", _columns(places)):
            found = self._connection.execute(
                "SELECT label, system_id, from_entity, to_entity FROM hub.memories WHERE from_entity IS NOT NULL AND "
                "to_entity IS NOT NULL AND NOT deleted AND "
                "lower(relation_type) IS NOT DISTINCT FROM lower(coalesce(?, relation_type)) AND "
                "((system_id, from_entity) IN (SELECT system, id FROM places) OR "
                "(system_id, to_entity) IN (SELECT system, id FROM places)) ORDER BY label LIMIT ?",
                [self._relation, MOST_EDGES + 1],
            ).fetchall()
        self._edges += len(found)
        if len(found) > MOST_EDGES:
            self.complete = False
            del found[MOST_EDGES:]
        return [_Edge(*row) for row in found]


def neighbours(
    connection: duckdb.DuckDBPyConnection,
    *,
    entity: str,
    system_id: str | None,
    depth: int,
    relation_type: str | None,
    limit: int,
) -> Graph:
    """What is up to `depth` relationships (of that type) away from an entity; at most `limit` entities."""
    walk = _Walk(connection, relation_type)
    starts = _starts(connection, entity, system_id)
    distance = dict.fromkeys(starts, 0)
    edges: dict[int, _Edge] = {}
    level = starts
    for step in range(1, min(depth, MOST_DEPTH) + 1):
        for edge in walk.round(level):
            edges[edge.label] = edge
            for place in ((edge.system, edge.start), (edge.system, edge.end)):
                distance.setdefault(place, step)
        level = [place for place, far in distance.items() if far == step]
        if len(distance) > limit:
            break
    chosen = dict.fromkeys(list(distance)[:limit])
    kept = [
        edge for edge in edges.values() if (edge.system, edge.start) in chosen and (edge.system, edge.end) in chosen
    ]
    entities = _entities(connection, chosen)
    relationships = fetch(connection, [edge.label for edge in kept])
    return Graph(
        tuple(entities[place] for place in chosen if place in entities),
        tuple(relationships[edge.label] for edge in kept if edge.label in relationships),
        walk.complete and len(distance) <= limit,
    )


def paths(
    connection: duckdb.DuckDBPyConnection, a: str, b: str, system_id: str | None, most: int, limit: int
) -> GraphPaths:
    """Ways from `a` to `b` without visiting an entity twice, of up to `most` relationships, the shortest first."""
    walk = _Walk(connection, None)
    starts, ends = _starts(connection, a, system_id), set(_starts(connection, b, system_id))
    most = min(most, MOST_DEPTH)
    # From both sides to the middle: what lies on a short way is within half of it of one of its ends.
    around: dict[Place, dict[int, _Edge]] = {}
    for side, steps in ((starts, most - most // 2), (sorted(ends), most // 2)):
        seen = set(side)
        level: Sequence[Place] = side
        for _ in range(steps):
            reached: set[Place] = set()
            for edge in walk.round(level):
                for place in ((edge.system, edge.start), (edge.system, edge.end)):
                    around.setdefault(place, {})[edge.label] = edge
                    reached.add(place)
            level = sorted(reached - seen)
            seen |= reached
    found = _ways(starts, ends, around, most, limit, walk)
    return GraphPaths(tuple(_described(connection, found)), walk.complete)


def joined(a: Graph, b: Graph, limit: int) -> Graph:
    """Answers of two shard files as one."""
    entities = (*a.entities, *b.entities)
    return Graph(
        entities[:limit], (*a.relationships, *b.relationships), a.complete and b.complete and len(entities) <= limit
    )


def shortest(answers: Iterable[GraphPaths], limit: int) -> GraphPaths:
    """Answers of several shard files as one."""
    answers = list(answers)
    found = sorted((path for answer in answers for path in answer), key=lambda path: len(path.relationships))
    return GraphPaths(tuple(found[:limit]), all(answer.complete for answer in answers))


_MEANT = (
    "SELECT DISTINCT system_id, id FROM hub.memories WHERE kind = 'entity' AND id = $entity AND NOT deleted "
    "AND system_id = coalesce($system, system_id) ORDER BY ALL LIMIT $most",
    "SELECT DISTINCT system_id, id FROM hub.memories WHERE lower(name) = lower($entity) AND NOT deleted "
    "AND system_id = coalesce($system, system_id) ORDER BY ALL LIMIT $most",
    "SELECT DISTINCT system_id, $entity::VARCHAR FROM hub.memories WHERE $entity IN (from_entity, to_entity) "
    "AND NOT deleted AND system_id = coalesce($system, system_id) ORDER BY ALL LIMIT $most",
)


def _starts(connection: duckdb.DuckDBPyConnection, entity: str, system_id: str | None) -> list[Place]:
    """The entities meant: with this id, else with this name, else those that only relationships speak of."""
    for ask in _MEANT:
        found = connection.execute(ask, {"entity": entity, "system": system_id, "most": MOST_STARTS}).fetchall()
        if found:
            return found
    return []


def _entities(connection: duckdb.DuckDBPyConnection, places: Iterable[Place]) -> dict[Place, StoredMemory]:
    wanted = list(places)
    if not wanted:
        return {}
    with scanned(connection, "places", _columns(wanted)):
        labels = connection.execute(
            "SELECT label FROM hub.memories WHERE kind = 'entity' AND NOT deleted AND "
            "(system_id, id) IN (SELECT system, id FROM places)"
        ).fetchall()
    found = fetch(connection, [label for (label,) in labels])
    return {(one.system_id, one.row.id): one for one in found.values()}


def _columns(places: Sequence[Place]) -> dict[str, NDArray[Any]]:
    import numpy as np

    systems, ids = zip(*places, strict=True)
    return {"system": np.array(systems, dtype=object), "id": np.array(ids, dtype=object)}


def _ways(
    starts: Sequence[Place],
    ends: set[Place],
    around: Mapping[Place, Mapping[int, _Edge]],
    most: int,
    limit: int,
    walk: _Walk,
) -> list[_Way]:
    left = _distances(ends, around)
    found: list[_Way] = []
    for length in range(most + 1):  # one length after the other: nothing has to be remembered of a crowded graph
        for start in starts:
            for way in _of_length(_Way((start,), ()), length, ends, around, left, walk):
                found.append(way)
                if len(found) == limit:
                    return found
    return found


def _of_length(
    way: _Way,
    more: int,
    ends: set[Place],
    around: Mapping[Place, Mapping[int, _Edge]],
    left: Mapping[Place, int],
    walk: _Walk,
) -> Iterator[_Way]:
    """The ways that go on from `way` by so many relationships exactly and arrive then, not earlier."""
    last = way.places[-1]
    if more == 0 or last in ends:
        if more == 0 and last in ends:
            yield way
        return
    for edge in around.get(last, {}).values():
        place = edge.other(last)
        if place in way.places or left.get(place, more) >= more:
            continue
        if not walk.goes_on():
            return
        yield from _of_length(_Way((*way.places, place), (*way.edges, edge)), more - 1, ends, around, left, walk)


def _distances(ends: set[Place], around: Mapping[Place, Mapping[int, _Edge]]) -> dict[Place, int]:
    """How far each place is from the nearest of `ends`: a way that cannot arrive in time is not begun."""
    far = dict.fromkeys(ends, 0)
    waiting = deque(ends)
    while waiting:
        place = waiting.popleft()
        for edge in around.get(place, {}).values():
            other = edge.other(place)
            if other not in far:
                far[other] = far[place] + 1
                waiting.append(other)
    return far


def _described(connection: duckdb.DuckDBPyConnection, ways: Sequence[_Way]) -> Iterator[GraphPath]:
    entities = _entities(connection, {place for way in ways for place in way.places})
    relationships = fetch(connection, {edge.label for way in ways for edge in way.edges})
    for way in ways:
        if all(edge.label in relationships for edge in way.edges):  # else one was deleted just now
            yield GraphPath(
                way.places[0][0],
                tuple(place[1] for place in way.places),
                tuple(entities[place] for place in way.places if place in entities),
                tuple(relationships[edge.label] for edge in way.edges),
            )

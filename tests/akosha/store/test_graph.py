"""The knowledge graph: neighbours and ways, in both directions, through circles, within limits, system by system."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.akosha.store import GraphPaths, HubStore, graph
from core.memory.rows import Tombstone
from tests.akosha.store.samples import entity, opened, relation

pytestmark = pytest.mark.asyncio


async def _chain(tmp_path: Path) -> HubStore:
    """a - b - c - d - a (a circle), c - e, and a relationship to something that was never stored."""
    store = await opened(tmp_path)
    await store.put("s", [*(entity(name, f"Name {name.upper()}") for name in "abcde")])
    await store.put("s", [relation("a", "b"), relation("b", "c", "likes"), relation("d", "c"), relation("d", "a")])
    await store.put("s", [relation("c", "e"), relation("e", "unknown"), relation("unknown", "a", "links")])
    await store.put("t", [entity("a", "of another"), entity("z"), relation("a", "z")])
    return store


def _ids(store_answer: graph.Graph) -> list[str]:
    return [one.row.id for one in store_answer.entities]


async def test_neighbours_by_depth_in_both_directions(tmp_path: Path) -> None:
    store = await _chain(tmp_path)
    near = await store.neighbours("a", system_id="s")
    assert _ids(near) == ["a", "b", "d"]
    assert {one.row.id for one in near.relationships} == {
        "a-knows-b",
        "d-knows-a",
        "unknown-links-a",
    }
    assert near.complete
    far = await store.neighbours("a", system_id="s", depth=2)
    assert set(_ids(far)) == {"a", "b", "c", "d", "e"}
    assert len(far.relationships) == 6, "all but that between c and e, which are both at the edge"
    assert _ids(await store.neighbours("a", system_id="s", depth=5))[0] == "a"
    await store.close()


async def test_an_entity_is_found_by_its_id_or_by_its_name(tmp_path: Path) -> None:
    store = await _chain(tmp_path)
    assert _ids(await store.neighbours("name B", depth=1)) == ["b", "a", "c"]
    assert _ids(await store.neighbours("nobody")) == []
    both = await store.neighbours("a")
    assert {(one.system_id, one.row.id) for one in both.entities} == {
        ("s", "a"),
        ("s", "b"),
        ("s", "d"),
        ("t", "a"),
        ("t", "z"),
    }
    assert {one.row.id for one in (await store.neighbours("unknown")).relationships} == {
        "unknown-links-a",
        "e-knows-unknown",
    }
    await store.close()


async def test_neighbours_by_the_type_of_the_relationship(tmp_path: Path) -> None:
    store = await _chain(tmp_path)
    assert _ids(await store.neighbours("b", system_id="s", relation_type="LIKES", depth=3)) == ["b", "c"]
    assert _ids(await store.neighbours("b", system_id="s", relation_type="hates")) == ["b"]
    await store.close()


async def test_what_was_deleted_is_no_neighbour(tmp_path: Path) -> None:
    store = await _chain(tmp_path)
    await store.put("s", [Tombstone("relationship", "a-knows-b"), Tombstone("entity", "d")])
    assert _ids(await store.neighbours("a", system_id="s")) == ["a"]
    await store.close()


async def test_ways_the_shortest_first_and_never_in_circles(tmp_path: Path) -> None:
    store = await _chain(tmp_path)
    found = await store.paths("a", "Name E", system_id="s")
    assert [path.ids for path in found] == [
        ("a", "unknown", "e"),
        ("a", "b", "c", "e"),
        ("a", "d", "c", "e"),
    ]
    assert found.complete
    assert [len(path.relationships) for path in found] == [2, 3, 3]
    assert [one.row.id for one in found.found[0].entities] == ["a", "e"], "the one between was never stored"
    assert len(await store.paths("a", "e", most=2)) == 1
    assert len(await store.paths("a", "e", limit=2)) == 2
    assert len(await store.paths("a", "z", system_id="s")) == 0, "no way leads from one system to another"
    assert [path.system_id for path in await store.paths("a", "z")] == ["t"]
    assert [path.ids for path in await store.paths("a", "a", system_id="s")] == [("a",)]
    assert await store.paths("a", "nobody") == GraphPaths()
    await store.close()


async def test_a_crowded_graph_ends_by_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await opened(tmp_path)
    crowd = 40
    await store.put("s", [entity(f"e{n}") for n in range(crowd)])
    await store.put("s", [relation(f"e{a}", f"e{b}") for a in range(crowd) for b in range(a)])
    began = time.monotonic()
    some = await store.neighbours("e0", depth=6, limit=10)
    assert len(some.entities) == 10
    assert not some.complete
    ways = await store.paths("e0", "e1", most=6, limit=100)
    assert len(ways) == 100
    assert len(ways.found[0].relationships) == 1
    monkeypatch.setattr(graph, "MOST_SECONDS", 0.2)
    assert not (await store.paths("e0", "e1", most=6, limit=1 << 30)).complete
    monkeypatch.setattr(graph, "MOST_VISITED", 20)
    assert not (await store.neighbours("e0", depth=2, limit=1000)).complete
    monkeypatch.setattr(graph, "MOST_SECONDS", -1.0)
    assert not (await store.neighbours("e0")).complete
    assert time.monotonic() - began < 10
    await store.close()


async def test_a_relationship_to_itself_and_twice_the_same_one(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.put("s", [entity("a"), entity("b"), relation("a", "a"), relation("a", "b"), relation("b", "a")])
    assert _ids(await store.neighbours("a", depth=3)) == ["a", "b"]
    assert [len(path.relationships) for path in await store.paths("a", "b")] == [1, 1]
    await store.close()

"""The tools that read: search, single memories, systems, the knowledge graph, the hub's own state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from core.akosha.errors import RequestError
from core.akosha.search.bounds import MOST_QUERY, MOST_RESULTS
from core.akosha.tools.arguments import Arguments
from core.akosha.tools.shapes import (
    answer_json,
    entity_json,
    memory_json,
    notices_json,
    path_json,
    relation_json,
    shards_json,
    system_json,
    upstream_hit_json,
)

if TYPE_CHECKING:
    from core.akosha.search.search import HubSearch, SearchAnswer
    from core.akosha.store import HubStore
    from core.akosha.web.exchange import Exchange
    from core.akosha.web.metrics import Metrics

_FILTERS = ("systems", "kinds", "projects", "after", "before")


class Searched(Protocol):
    """What of the hub these tools read."""

    @property
    def store(self) -> HubStore:
        """The rows."""

    @property
    def search(self) -> HubSearch:
        """The search over them."""

    async def status(self) -> dict[str, Any]:
        """What `hub_status` answers."""


class Finding:
    """The reading tools over a hub. Every method takes a tool's arguments and gives its result."""

    def __init__(self, hub: Searched, metrics: Metrics) -> None:
        self._hub, self._metrics = hub, metrics

    async def search_memories(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """Everything that a search can be asked and can say."""
        arguments = Arguments("search_memories", given, ("query", "k", "threshold", "embedding", *_FILTERS))
        answer = await self._search(arguments, arguments.whole("k", 10, 1, MOST_RESULTS))
        exchange.counts["results"] = len(answer.results)
        return answer_json(answer)

    async def search_all_systems(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """A search in the shape that programs of this name know."""
        arguments = Arguments("search_all_systems", given, ("query", "limit", "threshold", "system_id"))
        systems = arguments.optional("system_id")
        answer = await self._search(arguments, arguments.whole("limit", 10, 1, MOST_RESULTS), systems)
        exchange.counts["results"] = len(answer.results)
        return {
            "query": answer.query,
            "total_results": len(answer.results),
            "results": [upstream_hit_json(hit) for hit in answer.results],
            "mode": answer.mode,
            "notices": notices_json(answer.notices),
            "failed_shards": shards_json(answer),
        }

    async def list_systems(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """Who has stored here, how much, and when last."""
        Arguments("list_systems", given, ())
        systems = await self._hub.store.systems()
        exchange.counts["results"] = len(systems)
        return {"systems": [system_json(system) for system in systems]}

    async def get_memory(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """One memory, whole."""
        arguments = Arguments("get_memory", given, ("memory_id", "kind", "system_id"))
        memory_id, kind = arguments.text("memory_id", most=512), arguments.text("kind", "memory", most=32)
        system = arguments.optional("system_id") or exchange_system(exchange)
        found = await self._hub.store.get(system, kind, memory_id)
        if found is None:
            raise RequestError("akosha.no_memory", status=404, memory_id=memory_id, kind=kind, system_id=system)
        return memory_json(found)

    async def query_knowledge_graph(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """An entity and what is around it."""
        known = ("entity", "system_id", "depth", "limit", "relation_type")
        arguments = Arguments("query_knowledge_graph", given, known)
        entity = arguments.text("entity")
        graph = await self._hub.store.neighbours(
            entity,
            system_id=arguments.optional("system_id"),
            depth=arguments.whole("depth", 1, 1, 5),
            limit=arguments.whole("limit", 100, 1, MOST_RESULTS),
            relation_type=arguments.optional("relation_type"),
        )
        entities = [entity_json(one) for one in graph.entities]
        exchange.counts["results"] = len(entities)
        relations = [relation_json(one) for one in graph.relationships]
        return {
            "entity": entity,
            "found": bool(entities),
            "entities": entities,
            "relationships": relations,
            "complete": graph.complete,
        }

    async def find_path(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """How two entities hang together."""
        known = ("from_entity", "to_entity", "system_id", "max_length", "limit")
        arguments = Arguments("find_path", given, known)
        start, end = arguments.text("from_entity"), arguments.text("to_entity")
        paths = await self._hub.store.paths(
            start,
            end,
            system_id=arguments.optional("system_id"),
            most=arguments.whole("max_length", 4, 1, 6),
            limit=arguments.whole("limit", 10, 1, 100),
        )
        exchange.counts["results"] = len(paths)
        return {
            "from_entity": start,
            "to_entity": end,
            "found": bool(paths),
            "paths": [path_json(path) for path in paths],
            "complete": paths.complete,
        }

    async def hub_status(self, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """How the hub is, and what it takes."""
        Arguments("hub_status", given, ())
        assert exchange.principal is not None
        principal = {"system_id": exchange.principal.system_id, "scopes": sorted(exchange.principal.scopes)}
        return await self._hub.status() | principal

    async def _search(self, arguments: Arguments, k: int, system_id: str | None = None) -> SearchAnswer:
        from core.memory.index import Filter

        wanted = Filter(
            systems=frozenset({system_id}) if system_id else arguments.names("systems"),
            kinds=arguments.names("kinds"),
            projects=arguments.names("projects"),
            after=arguments.moment("after"),
            before=arguments.moment("before"),
        )
        answer = await self._hub.search.search(
            arguments.text("query", most=MOST_QUERY),
            k=k,
            filter=wanted,
            threshold=arguments.number("threshold", 0.0, -1.0, 1.0),
            vector=_query_vector(arguments.raw("embedding")),
        )
        self._metrics.searched(answer.mode, answer.seconds)
        return answer


def _query_vector(given: object) -> bytes | None:
    from core.memory.rows import RowError, vector_bytes

    try:
        return vector_bytes(given)
    except RowError as error:
        raise RequestError("akosha.bad_query_vector", why=error.code) from error


def exchange_system(exchange: Exchange) -> str:
    """The system that a request without a name means: its token's own."""
    assert exchange.principal is not None
    return exchange.principal.system_for(None)

"""What the hub's tools and routes answer, as plain data: one shape for one thing, wherever it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.messages import render

if TYPE_CHECKING:
    from core.akosha.search.search import SearchAnswer, SearchHit
    from core.akosha.store import GraphPath, StoredMemory, SystemInfo, UploadRecord
    from core.sync.events import Notice


def iso(seconds: float | None) -> str | None:
    """UNIX seconds as ISO 8601 in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def answer_json(answer: SearchAnswer) -> dict[str, object]:
    """A search's answer on every way out."""
    return {
        "query": answer.query,
        "mode": answer.mode,
        "total_results": len(answer.results),
        "results": [_hit_json(hit) for hit in answer.results],
        "notices": notices_json(answer.notices),
        "failed_shards": shards_json(answer),
        "seconds": round(answer.seconds, 4),
    }


def notices_json(notices: Iterable[Notice]) -> list[dict[str, object]]:
    """What a person should know beside the results, in sentences."""
    told: list[dict[str, object]] = []
    for notice in notices:
        title, cause, next_step = render(notice.code, notice.params)
        said = {"title": title, "cause": cause, "next_step": next_step}
        told.append({"code": notice.code, "params": dict(notice.params), **said})
    return told


def system_json(system: SystemInfo) -> dict[str, object]:
    """A system."""
    return {
        "system_id": system.system_id,
        "memories": system.memories,
        "last_seen": iso(system.last_seen),
        "by_kind": dict(system.by_kind),
    }


def memory_json(stored: StoredMemory) -> dict[str, object]:
    """A memory, whole; of its vector only how wide it is."""
    row = stored.row
    return {
        "system_id": stored.system_id,
        "memory_id": row.id,
        "kind": row.kind,
        "text": row.text,
        "created_at": iso(row.created_at),
        "project": row.project,
        "conversation": row.conversation,
        "position": row.position,
        "speaker": row.speaker,
        "origin": row.origin,
        "metadata": dict(row.metadata),
        "embedding_dim": len(row.vector) // 4 if row.vector else 0,
        "model": row.model,
        "as_of": iso(stored.as_of),
        "stored_at": iso(stored.stored_at),
    }


def entity_json(stored: StoredMemory) -> dict[str, object]:
    """An entity of the knowledge graph."""
    said = stored.row.metadata
    return {
        "id": stored.row.id,
        "system_id": stored.system_id,
        "name": said.get("name") or stored.row.text,
        "entity_type": said.get("entity_type"),
        "observations": said.get("observations") or [],
        "properties": said.get("properties") or {},
        "created_at": iso(stored.row.created_at),
    }


def relation_json(stored: StoredMemory) -> dict[str, object]:
    """A relationship between two of them."""
    said = stored.row.metadata
    return {
        "id": stored.row.id,
        "system_id": stored.system_id,
        "from_entity": said.get("from_entity"),
        "to_entity": said.get("to_entity"),
        "relation_type": said.get("relation_type") or stored.row.text,
        "properties": said.get("properties") or {},
    }


def path_json(path: GraphPath) -> dict[str, object]:
    """A way from one entity to another: `ids` in its order, with what is known of them."""
    return {
        "system_id": path.system_id,
        "length": len(path.relationships),
        "ids": list(path.ids),
        "entities": [entity_json(one) for one in path.entities],
        "relationships": [relation_json(one) for one in path.relationships],
    }


def upload_json(upload: UploadRecord) -> dict[str, object]:
    """What became of an upload."""
    return {
        "system_id": upload.system_id,
        "upload_id": upload.upload_id,
        "state": upload.state,
        "rows": upload.rows,
        "deleted": upload.deleted,
        "at": iso(upload.at),
        "error": problem_json(upload.reason),
        "detail": dict(upload.detail),
        "cursor": upload.cursor,
    }


def problem_json(reason: Mapping[str, Any] | None) -> dict[str, object] | None:
    """A kept {code, params} with its sentences."""
    if reason is None:
        return None
    code, params = str(reason.get("code", "")), dict(reason.get("params") or {})
    title, cause, next_step = render(code, params)
    return {"code": code, "params": params, "title": title, "cause": cause, "next_step": next_step}


def _hit_json(hit: SearchHit) -> dict[str, object]:
    return {
        "system_id": hit.system_id,
        "memory_id": hit.id,
        "kind": hit.kind,
        "text": hit.text,
        "snippet": hit.snippet,
        "score": round(hit.score, 6),
        "lexical": hit.lexical,
        "dense": hit.dense,
        "created_at": iso(hit.created_at),
        "project": hit.project,
        "systems": list(hit.systems),
        "metadata": dict(hit.metadata),
    }


def upstream_hit_json(hit: SearchHit) -> dict[str, object]:
    return {
        "system_id": hit.system_id,
        "conversation_id": hit.id,
        "content": hit.text,
        "similarity": round(hit.score, 6),
        "timestamp": iso(hit.created_at),
        "kind": hit.kind,
        "systems": list(hit.systems),
    }


def shards_json(answer: SearchAnswer) -> list[dict[str, object]]:
    return [{"shard": one.shard, "reason": one.reason, "error": one.error} for one in answer.failed_shards]

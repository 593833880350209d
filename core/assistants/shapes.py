"""What the tools answer: short, since an assistant reads every word of it. What is not known is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.akosha.tools.shapes import iso

MOST_CHARACTERS = 60_000
"""Of one memory and its neighbours: what programs take in one answer."""
_SYNC = ("success", "method", "upload_id", "rows_changed", "files_uploaded", "bytes_transferred", "duration_seconds")


def found(query: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a search."""
    why_not = answer["meaning"]["why_not"]
    return {
        "query": query,
        "hits": [_hit(hit) for hit in answer["hits"]],
        "memories": answer["memories"],
        "meaning": {"on": answer["meaning"]["on"], **({"why_not": error_json(why_not)} if why_not else {})},
        **_when_any("problems", [error_json(problem) for problem in answer["problems"]]),
        **_when_any("sources", answer["sources"]),
        **_when_any("projects", answer["projects"][:100]),
    }


def memory(whole: Mapping[str, Any]) -> dict[str, Any]:
    """A memory with its neighbours; the memory itself is shown first of all, then what is nearest to it."""
    room = [MOST_CHARACTERS]
    told = _memory(whole, room)
    before = [_memory(one, room) for one in reversed(whole["before"])][::-1]
    after = [_memory(one, room) for one in whole["after"]]
    return {**told, **_when_any("before", before), **_when_any("after", after)}


def kept(record: Mapping[str, Any], *, is_new: bool) -> dict[str, Any]:
    """What became of something to remember."""
    names = ("id", "title", "project", "tags", "created_at")
    return {"status": "remembered" if is_new else "known", **{name: record[name] for name in names if name in record}}


def synced(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a sync, and what became of each method."""
    attempts = [
        {**_known(attempt, ("method", "outcome", "reason")), **_with_error(attempt)}
        for attempt in result.get("attempts", ())
    ]
    return {**_known(result, _SYNC), "attempts": attempts, **_when_any("notices", list(result.get("notices", ())))}


def sync_status(status: Mapping[str, Any], sentence: str) -> dict[str, Any]:
    """How syncing is. `sentence`: the same for a person."""
    methods = {}
    for name, method in (status.get("methods") or {}).items():
        told = {"configured": method.get("configured", True)}
        for moment in ("last_success", "last_failure"):
            if isinstance(method.get(moment), int | float):
                told[moment] = iso(method[moment])
        methods[name] = told | _with_error({"error": method.get("error") or method.get("last_error")})
    return {
        "sentence": sentence,
        "state": status.get("state"),
        "methods": methods,
        **_when_any("waiting", list(status.get("waiting") or ())),
        **_with_error(status),
        "owner": status.get("owner"),
    }


def vault_status(status: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """What the vault holds."""
    sources = [
        {**_known(source, ("name", "state", "path")), **_when_held(source), **_with_error(source)}
        for source in status.get("sources") or ()
    ]
    return {"folder": folder, "vault": status.get("vault") or {}, "sources": sources, "owner": status.get("owner")}


def error_json(error: Mapping[str, Any]) -> dict[str, Any]:
    """An error as title, cause and next step."""
    return _known(error, ("code", "title", "cause", "next_step"))


def _hit(hit: Mapping[str, Any]) -> dict[str, Any]:
    names = ("kind", "title", "source", "project", "conversation")
    shares = {name: round(hit[name], 3) for name in ("score", "lexical_share", "dense_share")}
    return {
        "id": hit["id"],
        "text": hit["snippet"],
        "created_at": iso(hit["created_at"]),
        **_known(hit, names),
    } | shares


def _memory(one: Mapping[str, Any], room: list[int]) -> dict[str, Any]:
    parts = []
    for part in one["parts"]:
        shown = part["text"][: room[0]]
        room[0] -= len(shown)
        left_out = len(part["text"]) - len(shown) + part["left_out"]
        parts.append({**_known(part, ("role",)), "text": shown, **({"left_out": left_out} if left_out else {})})
    names = ("id", "kind", "title", "source", "project", "conversation", "position")
    return {**_known(one, names), "created_at": iso(one["created_at"]), "parts": parts}


def _when_held(source: Mapping[str, Any]) -> dict[str, Any]:
    return {"holds": source["holds"]} if source.get("holds") else {}


def _with_error(holder: Mapping[str, Any]) -> dict[str, Any]:
    error = holder.get("error")
    return {"error": error_json(error)} if error else {}


def _known(holder: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: holder[name] for name in names if holder.get(name) is not None}


def _when_any(name: str, listed: list[Any]) -> dict[str, Any]:
    return {name: listed} if listed else {}

"""The OpenAPI document of the REST routes."""

from __future__ import annotations

from functools import cache
from typing import Any

from core import __version__

_ERROR = {"$ref": "#/components/schemas/Error"}
_REPEATED = frozenset({"system", "kind", "project"})
_PARAMETERS = {
    "q": ("What is looked for: a question or key words.", "string"),
    "k": ("How many results, 1 to 1,000.", "integer"),
    "threshold": ("Least score.", "number"),
    "system": ("Only memories of this computer; can be repeated.", "string"),
    "kind": ("Only memories of this kind; can be repeated.", "string"),
    "project": ("Only memories of this project; can be repeated.", "string"),
    "after": ("Only memories from then on: ISO 8601, or UNIX seconds.", "string"),
    "before": ("Only memories before then: ISO 8601, or UNIX seconds.", "string"),
    "state": ("Only uploads in this state: ingested, quarantined, unreadable, skipped.", "string"),
    "limit": ("How many, 1 to 1,000.", "integer"),
}


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    search = _answers("Results, the mode, notices, and the shards that failed.")
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    one_upload = _parameters("state", "limit", "system")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Akosha", "version": __version__, "description": "The hub of all computers' memory."},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _error_schema()},
        },
        "security": [{"token": []}, {}],
        "paths": {
            "/health": {"get": _open("Liveness", "This process answers.")},
            "/healthz": {"get": _open("Liveness", "The same as /health.")},
            "/ready": {"get": _open("Readiness", "It takes requests; 503 with reasons when it does not.")},
            "/metrics": {"get": {"summary": "Metrics for Prometheus (scope admin)", "responses": _text()}},
            "/v1/search": {
                "get": {
                    "summary": "Search all memory (scope read)",
                    "parameters": _parameters(
                        "q", "k", "threshold", "system", "kind", "project", "after", "before", required="q"
                    ),
                    "responses": search,
                },
                "post": {
                    "summary": "The same, with the arguments of the tool search_memories",
                    "requestBody": body,
                    "responses": search,
                },
            },
            "/v1/systems": {
                "get": {"summary": "Systems that have stored memories (scope read)", "responses": _answers("Systems.")}
            },
            "/v1/status": {"get": {"summary": "How the hub is (scope read)", "responses": _answers("The state.")}},
            "/v1/uploads": {
                "get": {
                    "summary": "What became of the bucket's uploads (scope admin)",
                    "parameters": one_upload,
                    "responses": _answers("Uploads."),
                }
            },
            "/v1/ingest": {
                "post": {
                    "summary": "Look into the bucket now (scope admin); answers when that is done",
                    "requestBody": body,
                    "responses": _answers("What was found."),
                }
            },
            "/mcp": {"post": {"summary": "MCP over streamable HTTP", "responses": _answers("A JSON-RPC answer.")}},
        },
    }


def _open(summary: str, said: str) -> dict[str, Any]:
    return {"summary": summary, "security": [], "responses": _answers(said)}


def _answers(said: str) -> dict[str, Any]:
    error = {"description": "An error.", "content": {"application/json": {"schema": _ERROR}}}
    content = {"application/json": {"schema": {"type": "object"}}}
    return {"200": {"description": said, "content": content}, "default": error}


def _text() -> dict[str, Any]:
    return {"200": {"description": "Prometheus text.", "content": {"text/plain": {"schema": {"type": "string"}}}}}


def _parameters(*names: str, required: str = "") -> list[dict[str, Any]]:
    found = []
    for name in names:
        said, kind = _PARAMETERS[name]
        schema: dict[str, Any] = {"type": kind}
        if name in _REPEATED:
            schema = {"type": "array", "items": schema}
        found.append({"name": name, "in": "query", "required": name == required, "description": said, "schema": schema})
    return found


def _error_schema() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("code", "title", "cause", "next_step")}
    error = {"type": "object", "properties": {**texts, "params": {"type": "object"}}, "required": ["code", "title"]}
    return {
        "type": "object",
        "properties": {"error": error, "request_id": {"type": "string"}},
        "required": ["error", "request_id"],
    }

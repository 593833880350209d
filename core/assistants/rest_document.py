"""The OpenAPI document of `cogzy serve`."""

from __future__ import annotations

from functools import cache
from typing import Any

from core import __version__
from core.assistants.tools import METHODS, MOST_HITS, MOST_QUERY
from core.memory.answers import KINDS

_NAME = {"type": "string", "minLength": 1, "maxLength": 1_024}
_MOMENT = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number", "minimum": 0, "maximum": 4e9}]}
_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "q": ("What is looked for.", {"type": "string", "minLength": 1, "maxLength": MOST_QUERY}),
    "k": ("How many hits.", {"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": 10}),
    "after": ("Only memories from then on: ISO 8601, or UNIX seconds.", _MOMENT),
    "before": ("Only memories before then.", _MOMENT),
    "source": ("Only what came from there.", _NAME),
    "project": ("Only of this project.", _NAME),
    "kind": (
        "Turns (node), whole conversations (episode), or what Session-Buddy keeps (conversation, reflection, entity).",
        {"type": "string", "enum": list(KINDS)},
    ),
}
SYNC: dict[str, dict[str, Any]] = {
    "method": {"type": "string", "enum": list(METHODS), "default": "auto"},
    "enable_fallback": {"type": "boolean", "default": True},
}
RESET: dict[str, dict[str, Any]] = {
    "confirm": {"type": "string", "enum": ["RESET"], "description": "The word RESET: the vault is replaced."},
    "upload_id": {"type": "string", "minLength": 1, "maxLength": 200, "description": "Default: the newest."},
    "override": {"type": "boolean", "default": False, "description": "Even an older, empty or partial upload."},
}


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    search = [
        {"name": name, "in": "query", "required": name == "q", "description": said, "schema": schema}
        for name, (said, schema) in _PARAMETERS.items()
    ]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cogzy", "version": __version__, "description": "The memory of this computer's user."},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _error()},
        },
        "security": [{"token": []}],
        "paths": {
            "/openapi.json": {"get": {"summary": "This document", "security": [], "responses": _answers(200)}},
            "/vault/status": {
                "get": {"summary": "How things are: `cogzy status --json`", "responses": _answers(200, 401, 503)}
            },
            "/vault/search": {
                "get": {
                    "summary": "Find memories",
                    "parameters": search,
                    "responses": _answers(200, 400, 401, 503),
                }
            },
            "/vault/sync": {
                "post": {
                    "summary": "Sync now; answers when it is done",
                    "requestBody": _body(SYNC),
                    "responses": _answers(200, 400, 401, 404, 409, 415, 502, 503),
                }
            },
            "/vault/reset": {
                "post": {
                    "summary": "Replace the vault by the cloud's copy",
                    "requestBody": _body(RESET, "confirm"),
                    "responses": _answers(200, 400, 401, 404, 409, 415, 502, 503),
                }
            },
        },
    }


_SAID = {
    200: "Done.",
    400: "The request cannot succeed as it stands.",
    401: "No token, or a wrong one.",
    404: "There is no such upload.",
    409: "Refused, to protect data or since nothing is set up for it.",
    415: "The body is not marked as JSON.",
    502: "The cloud or the hub failed.",
    503: "Busy; Retry-After says when to come again.",
}


def _answers(*statuses: int) -> dict[str, Any]:
    plain = {"application/json": {"schema": {"type": "object"}}}
    failed = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    told = {str(s): {"description": _SAID[s], "content": plain if s == 200 else failed} for s in statuses}
    return {**told, "default": {"description": "Another error.", "content": failed}}


def _body(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _error() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("code", "title", "cause", "next_step")}
    error = {"type": "object", "properties": texts, "required": list(texts)}
    return {"type": "object", "properties": {"error": error}, "required": ["error"]}

"""JSON schemas of what tools for memory take, as assistants are shown them. They describe; whoever reads the
arguments enforces."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

MOMENT: Schema = {"anyOf": [{"type": "string"}, {"type": "number"}]}
"""ISO 8601, or UNIX seconds."""


def object_of(required: tuple[str, ...] = (), *, open_ended: bool = False, **properties: Schema) -> Schema:
    """The arguments of one tool. `open_ended`: others than these may be given too."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": open_ended,
    }


def text(said: str, most: int = 1_024) -> Schema:
    """Text that is not empty, of at most `most` characters."""
    return {"type": "string", "description": said, "minLength": 1, "maxLength": most}


def whole(said: str, default: int, low: int, high: int) -> Schema:
    """A whole number."""
    return {"type": "integer", "description": said, "default": default, "minimum": low, "maximum": high}


def names(said: str) -> Schema:
    """A list of names."""
    return {"type": "array", "items": {"type": "string"}, "description": said}

"""Tools for memory as assistants are shown them: JSON schemas of what they take, and their listing for MCP. They
describe; whoever reads the arguments enforces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mcp.types import ListToolsResult

Schema = dict[str, Any]

MOMENT: Schema = {"anyOf": [{"type": "string"}, {"type": "number"}]}
"""ISO 8601, or UNIX seconds."""


class Described(Protocol):
    """A tool. `reaches_out`: it talks to something that is not this computer."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def arguments(self) -> Schema: ...
    @property
    def read_only(self) -> bool: ...
    @property
    def destructive(self) -> bool: ...
    @property
    def reaches_out(self) -> bool: ...


def listing(tools: Iterable[Described]) -> ListToolsResult:
    """The answer to `tools/list`. Every one of them may be called again with the same arguments."""
    import mcp.types as types

    return types.ListToolsResult(
        tools=[
            types.Tool(
                name=tool.name,
                title=tool.title,
                description=tool.description,
                input_schema=tool.arguments,
                annotations=types.ToolAnnotations(
                    title=tool.title,
                    read_only_hint=tool.read_only,
                    destructive_hint=tool.destructive,
                    idempotent_hint=True,
                    open_world_hint=tool.reaches_out,
                ),
            )
            for tool in tools
        ]
    )


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

"""Lines of the socket: engine messages (core.sync.events) and the few that concern the owner itself.

One JSON object a line, each with `"v": 1` and a `"type"`. A line that is too long, not JSON, of another version or of
an unknown type is answered with one `Failed` line and the end of the connection.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.errors import CogzyError, UsageError
from core.sync.events import PROTOCOL_VERSION, Command, Event, from_wire, to_wire

LONGEST_COMMAND = 64 << 10
LONGEST_EVENT = 64 << 20


class ControlError(CogzyError):
    """The socket could not be used."""


@dataclass(frozen=True)
class Token:
    """First line where the socket is a loopback port: the secret of the owner-only address file."""

    token: str


@dataclass(frozen=True)
class Subscribe:
    """Send every event of the engine from now on, until the connection ends."""


@dataclass(frozen=True)
class QueueChanged:
    """A request lies in `sync/queue/`."""


@dataclass(frozen=True)
class ShowWindow:
    """Raise the window, at a page where one is named. Done(value) says whether the owner has one."""

    page: str = ""


OwnerMessage = Token | Subscribe | QueueChanged | ShowWindow
Message = Command | Event | OwnerMessage
_SIMPLE: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "None": (type(None),),
}
_FIELDS: dict[type, tuple[set[str], set[str]]] = {Token: ({"token"}, {"token"}), ShowWindow: (set(), {"page"})}
"""What a line of the owner's own must have, and what it may have."""
_OWN: dict[str, type] = {kind.__name__: kind for kind in OwnerMessage.__args__}


def encode(message: Message) -> bytes:
    """The line of a message, with its end."""
    if isinstance(message, OwnerMessage):
        data: dict[str, Any] = {"v": PROTOCOL_VERSION, "type": type(message).__name__, **asdict(message)}
    else:
        data = to_wire(message)
    return json.dumps(data, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of a line. Raises UsageError for anything else."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError("protocol.unknown", seen=repr(line[:40])) from error
    return parse(data)


def parse(data: Any) -> Message:
    """The message of a JSON object. Raises UsageError for anything else."""
    kind = _OWN.get(str(data.get("type"))) if isinstance(data, dict) else None
    if kind is None:
        try:
            known = from_wire(data)
        except TypeError as error:  # a required field is missing
            raise UsageError("protocol.unknown", seen=str(data)[:80]) from error
        if not all(_fits(getattr(known, field.name), str(field.type)) for field in fields(known)):
            raise UsageError("protocol.unknown", seen=str(data)[:80])
        return known
    values = {name: value for name, value in data.items() if name not in ("v", "type")}
    wanted, allowed = _FIELDS.get(kind, (set(), set()))
    if data.get("v") != PROTOCOL_VERSION:
        raise UsageError("protocol.version", seen=str(data)[:80])
    if not wanted <= set(values) <= allowed or not all(isinstance(value, str) for value in values.values()):
        raise UsageError("protocol.unknown", seen=str(data)[:80])
    message: Message = kind(**values)
    return message


def _fits(value: object, annotation: str) -> bool:
    """Whether a value of a command can be of its field's simple type; anything else is left to its reader."""
    names = annotation.split(" | ")
    if not set(names) <= set(_SIMPLE):
        return True
    return any(type(value) in _SIMPLE[name] for name in names)

"""A memory row: what one memory is on the wire, in the hub and in an index, whichever program it came from.

- Its key is (system, kind, id); the system stands beside it, never in it.
- Nothing of a record is dropped: what has no field of its own is in `metadata`, under the name it had.
- `row_problem` is the one place that says what a row may hold. Texts, ids and names are data: nothing is ever opened,
  run or matched by them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.memory.values import is_finite

KINDS = frozenset({"conversation", "reflection", "entity", "relationship", "node", "episode", "memory"})

MOST_TEXT = 1 << 20
"""Characters of a text."""
MOST_ID = 512
MOST_NAME = 1024
"""Characters of a project, conversation, speaker, model or origin."""
MOST_WIDTH = 4096
"""Numbers of a vector."""
MOST_METADATA = 256 << 10
"""Bytes of the metadata as JSON."""

_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CLIMBS = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)")
_ROOTED = re.compile(r"[/\\]|[A-Za-z]:")
_FIRST_MOMENT, _LAST_MOMENT = -62135596800.0, 253402300800.0  # the years 1 to 9999
_MOST_POSITION = 1 << 62


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """One memory. `kind` is one of KINDS or another word of a client's.

    An entity has name, entity_type, observations and properties in its metadata; a relationship has from_entity,
    to_entity (ids of entities), relation_type and properties. A node has `parts` there, and an episode has
    `messages`, which say by their `span` [start, end) which characters of the text are which part's.
    """

    kind: str
    id: str
    text: str
    vector: bytes | None = None
    """float32, little-endian; its width is len / 4."""
    model: str | None = None
    """Which model, and which variant of it, made the vector."""
    created_at: float | None = None
    """UNIX seconds."""
    project: str | None = None
    conversation: str | None = None
    position: int | None = None
    """Its place in the conversation."""
    speaker: str | None = None
    origin: str = ""
    """The file at its system that it was read from, such as "corpus/nodes.json"; empty when a client stored it."""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) over everything but `model`: rows with the same one need not be stored again.

        The canonical bytes: a JSON array of kind, id, text, created_at, project, conversation, position, speaker,
        origin and metadata (keys sorted), then the vector as it is. The model is left out since the same numbers are
        the same vector, and not every way that a row takes knows the model's name.
        """
        at = None if self.created_at is None else float(self.created_at)
        described = [self.kind, self.id, self.text, at, self.project, self.conversation, self.position, self.speaker]
        digest = hashlib.sha256(encode_json([*described, self.origin, dict(self.metadata)]))
        if self.vector:
            digest.update(self.vector)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A memory that its system deleted. `origin` is where that memory had been read from."""

    kind: str
    id: str
    origin: str = ""


def row_problem(row: MemoryRow | Tombstone, *, width: int | None = None) -> str | None:
    """The code of what is wrong with `row`, or None. `width`: what its vector must have, when it has one."""
    if not _KIND.fullmatch(row.kind):
        return "rows.bad_kind"
    if not 0 < len(row.id) <= MOST_ID or not _is_clean(row.id) or not row.id.strip() or _CLIMBS.search(row.id):
        return "rows.bad_id"
    if row.origin and (not _is_name(row.origin) or _CLIMBS.search(row.origin) or _ROOTED.match(row.origin)):
        return "rows.bad_origin"
    if isinstance(row, Tombstone):
        return None
    return _text_problem(row.text) or _vector_problem(row.vector, width) or _field_problem(row)


def encode_json(value: Any) -> bytes:
    """`value` as JSON with sorted keys: the same bytes for the same value, whatever wrote it before.

    Raises TypeError or ValueError for what JSON cannot say.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # integers beyond 64 bits, lone surrogates, other mappings
        return json.dumps(value, sort_keys=True, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is nothing JSON can say")


def _text_problem(text: str) -> str | None:
    if len(text) > MOST_TEXT:
        return "rows.text_too_long"
    if not text or text.isspace():
        return "rows.empty_text"
    return None if text.isascii() or _is_unicode(text) else "rows.not_unicode"


def _vector_problem(vector: bytes | None, width: int | None) -> str | None:
    if vector is None:
        return None
    length = len(vector)
    if length % 4 or not 0 < length <= 4 * MOST_WIDTH or (width is not None and length != 4 * width):
        return "rows.vector_width"
    return None if is_finite(vector) else "rows.vector_not_finite"


def _field_problem(row: MemoryRow) -> str | None:
    for name in (row.project, row.conversation, row.speaker, row.model):
        if name is not None and not _is_name(name):
            return "rows.bad_name"
    if row.created_at is not None and not _FIRST_MOMENT <= row.created_at < _LAST_MOMENT:
        return "rows.bad_time"
    if row.position is not None and abs(row.position) > _MOST_POSITION:
        return "rows.bad_position"
    try:
        size = len(encode_json(dict(row.metadata))) if row.metadata else 0
    except (TypeError, ValueError, RecursionError):
        return "rows.metadata_not_json"
    return "rows.metadata_too_long" if size > MOST_METADATA else None


def _is_name(name: str) -> bool:
    return len(name) <= MOST_NAME and _is_clean(name)


def _is_clean(name: str) -> bool:
    return not _CONTROL.search(name) and (name.isascii() or _is_unicode(name))


def _is_unicode(text: str) -> bool:
    """Whether it has no half of a surrogate pair, which UTF-8 cannot write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""From hits to what a person is shown: snippets, titles, neighbours, the parts of a memory. All of it blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.memory.answers import KINDS, MOST_CHARACTERS, Answer, Filters, Found, Memory, Part
from core.memory.contents import EPISODE, NODE, WHOLE, attached_text, row_of, searched_text
from core.memory.index_types import Filter, Hit, Query
from core.memory.text import snippet
from core.memory.tokens import query_terms

if TYPE_CHECKING:
    from core.errors import CogzyError
    from core.memory.memories import Stored
    from core.memory.vault_index import VaultIndex

SNIPPET_WIDTH = 220
_LOOKED_AT = 1 << 16
_MOST_BESIDE = 20_000
_ROLES = {"human_content": "human", "assistant_content": "assistant"}


def answer(
    index: VaultIndex,
    text: str,
    vector: bytes | None,
    model: str | None,
    why_not: CogzyError | None,
    which: tuple[int, int],
    wanted: Filters,
) -> Answer:
    """The hits of one search; see Recall.search. `which`: how many are left out, how many are wanted."""
    terms, (offset, k) = query_terms(text), which
    with index.now() as current:
        asks = k and (terms or vector)
        query = Query(text, vector, offset + k, _filter(wanted), model=model)
        found = index.search(query, offset) if asks else []
        titles = current.memories.titles(stored.conversation for _, stored in found if stored.conversation)
        there = current.memories.names("source") if not text or (wanted.source and not found) else []
        return Answer(
            tuple(_found(hit, stored, terms, titles) for hit, stored in found if hit.score > 0),
            current.index.count(),
            model,
            why_not,
            (*current.problems, *_waiting(current.waiting, why_not)),
            tuple(there) if not text or wanted.source not in there else (),
            tuple(current.memories.names("project")) if not text else (),
            tuple(terms),
            current.seen[:16],
        )


def _waiting(waiting: tuple[int, int], why_not: CogzyError | None) -> list[CogzyError]:
    """What is said while some nodes have no vectors; where none are compared, that was said already."""
    from core.memory.recall import RecallError

    if why_not is not None or not waiting[0]:
        return []
    return [RecallError("recall.waiting", waiting=f"{waiting[0]:,}", of=f"{waiting[1]:,}")]


def _filter(wanted: Filters) -> Filter:
    own = {None: set(KINDS), "node": {NODE}, "episode": {EPISODE, WHOLE}}
    kinds = own.get(wanted.kind, {wanted.kind or NODE})
    return Filter(
        systems=None if wanted.source is None else frozenset({wanted.source}),
        kinds=frozenset(kinds),
        projects=None if wanted.project is None else frozenset({wanted.project}),
        after=wanted.after,
        before=wanted.before,
    )


def _found(hit: Hit, stored: Stored, terms: Sequence[str], titles: Mapping[str, str]) -> Found:
    row = row_of(stored.kind, stored.record)
    shown = snippet(searched_text(row), terms, SNIPPET_WIDTH)
    return Found(
        stored.id,
        stored.kind,
        stored.conversation,
        _title(stored, titles),
        row.created_at,
        stored.source or None,
        row.project,
        stored.position,
        shown.text,
        shown.matches,
        hit.score,
        hit.lexical_share,
        hit.dense_share,
        hit.lexical,
        hit.dense,
    )


def _title(stored: Stored, titles: Mapping[str, str]) -> str | None:
    own = stored.record.get("title")
    if isinstance(own, str) and own.strip():
        return _whole_text(own.strip())
    found = titles.get(stored.conversation or "")
    return None if found is None else _whole_text(found)


def memory(index: VaultIndex, name: str, kind: str | None, around: int, text: str) -> Memory | None:
    """One memory and its neighbours; see Recall.memory."""
    terms = query_terms(text)
    with index.now() as current:
        stored = current.memories.find(name, kind)
        if stored is None:
            return None
        before, after = current.memories.around(stored, around)
        titles = current.memories.titles([stored.conversation] if stored.conversation else [])

        def shown(one: Stored, before: Sequence[Stored] = (), after: Sequence[Stored] = ()) -> Memory:
            row = row_of(one.kind, one.record)
            return Memory(
                one.id,
                one.kind,
                one.conversation,
                _title(one, titles),
                row.created_at,
                one.source or None,
                row.project,
                one.position,
                parts_of(one.kind, one.record, terms, MOST_CHARACTERS if one is stored else _MOST_BESIDE),
                tuple(map(shown, before)),
                tuple(map(shown, after)),
            )

        return shown(stored, before, after)


def parts_of(
    kind: str, record: Mapping[str, Any], terms: Sequence[str] = (), most: int = MOST_CHARACTERS
) -> tuple[Part, ...]:
    """What a record consists of: of a turn what the human wrote and what the assistant did, and what was attached, as
    far as it is searched; of a conversation its messages. `most`: characters of all together."""
    row = row_of(kind, record)
    if kind == "episode":
        said = row.metadata.get("messages")
        found = [_message(one, row.text) for one in said] if isinstance(said, list) else []
    else:
        found = [
            Part(_ROLES.get(str(part["name"])), _cut(row.text, part))
            for part in row.metadata.get("parts") or ()
            if isinstance(part, Mapping) and "name" in part and "span" in part
        ]
    found = [part for part in found if part.text] or [Part(None, row.text)]
    if attached := attached_text(row):
        found = [*(part for part in found if part.text), Part("attachment", attached)]
    parts = []
    for part in found:
        text = _whole_text(part.text[:most])
        parts.append(Part(part.role, text, _matches(text, terms), max(0, len(part.text) - most)))
        most = max(0, most - len(part.text))
    return tuple(parts)


def _matches(text: str, terms: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the terms stand in `text`, as far as a snippet is looked for."""
    if not terms:
        return ()
    looked_at = text[:_LOOKED_AT]
    found = snippet(looked_at, terms, len(looked_at) + 1)
    before = looked_at.find(found.text[:1]) if found.text else 0
    return tuple((start + before, end + before) for start, end in found.matches)


def _message(message: Any, text: str) -> Part:
    if not isinstance(message, Mapping):
        return Part(None, message if isinstance(message, str) else "")
    role = message.get("role")
    content = _cut(text, message) if "span" in message else message.get("content")
    return Part(role if isinstance(role, str) else None, content if isinstance(content, str) else "")


def _cut(text: str, part: Mapping[str, Any]) -> str:
    try:
        start, end = part["span"]
        return text[start:end]
    except (TypeError, ValueError):
        return ""


def _whole_text(text: str) -> str:
    """Without halves of surrogate pairs, which no window and no terminal can show."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

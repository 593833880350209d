"""A search or a memory, as a command asks for it, out of a Recall that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.sync.events import GetMemory, Search

if TYPE_CHECKING:
    from core.memory.recall import Recall


async def find(recall: Recall, command: Search | GetMemory) -> dict[str, Any]:
    """What `command` asks for, as plain JSON. Raises what Recall raises."""
    from core.memory.recall import Filters

    if isinstance(command, GetMemory):
        memory = await recall.memory(command.id, kind=command.kind, around=command.around, text=command.text)
        return memory.as_json()
    filters = Filters(command.after, command.before, command.source, command.project, command.kind)
    answer = await recall.search(command.text, k=command.k, offset=command.offset, filters=filters)
    return answer.as_json()

"""What can be asked before anything is set up or sent: what lies at a place, what would go up, which secrets.

Reads only. The vault's staging and identity stay alone: another engine may be at work on the same vault.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.sync.events import FindSecrets, ListVaults, PreviewUpload, Progress

if TYPE_CHECKING:
    from core.sync.context import SyncContext

BeforehandCommand = ListVaults | PreviewUpload | FindSecrets


async def look(context: SyncContext, command: BeforehandCommand, tell: Callable[[Progress], None]) -> dict[str, Any]:
    """Answer one such command. Raises CogzyError."""
    if isinstance(command, ListVaults):
        from core.sync.vaults import list_vaults

        return await list_vaults(context.settings, context.credentials)
    if isinstance(command, FindSecrets):
        from core.sync.secrets.search import search

        return await search(context, tell)
    from core.sync import outgoing

    if command.part is None:
        return await asyncio.to_thread(outgoing.overview, context)
    if command.path is None:
        return await asyncio.to_thread(outgoing.files_of, context, command.part)
    from core.sync.samples import sample

    return await sample(context, command.part, command.path)

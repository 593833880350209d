"""`Understand`: what imports and syncs leave for later is done beside everything else, one run at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.sync.errors import CancelledError
from core.sync.events import Understand, Understanding

if TYPE_CHECKING:
    from core.sync.context import SyncContext

_ENDING_SECONDS = 3.0


class Understood:
    """The run there is, and who waits for it."""

    def __init__(self) -> None:
        self._run: asyncio.Task[dict[str, Any]] | None = None

    async def run(self, context: SyncContext, command: Understand, environ: Mapping[str, str]) -> dict[str, Any]:
        """What was done, as plain JSON. Whoever asks while it is done waits for the same run. Raises CogzyError."""
        while self._run is not None and command.anew:
            await asyncio.wait({self._run})
        if self._run is None:
            self._run = asyncio.create_task(_understand(context, command, environ))
            self._run.add_done_callback(self._ended)
        try:
            return await asyncio.shield(self._run)
        except asyncio.CancelledError:
            raise CancelledError("sync.cancelled") from None

    async def end(self) -> None:
        """Cancel the run; what it has committed stays, and the next one goes on from there."""
        run = self._run
        if run is not None:
            run.cancel()
            await asyncio.wait({run}, timeout=_ENDING_SECONDS)

    def _ended(self, run: asyncio.Task[dict[str, Any]]) -> None:
        if self._run is run:
            self._run = None


async def _understand(context: SyncContext, command: Understand, environ: Mapping[str, str]) -> dict[str, Any]:
    from core.memory.upkeep import make_ready
    from core.sources.session_buddy import DATABASES

    names = {name for name, *_ in DATABASES}
    done = await make_ready(
        context.vault,
        [source for source in context.sources if source.name in names],
        anew=command.anew,
        told=lambda done, total: context.emit(Understanding(done, total)),
        environ=environ,
    )
    return done.as_json()

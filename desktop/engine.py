"""The app's engine: what only looks is answered in this process, what works is done by the worker.

Looking (status, what changed, pause and resume) imports nothing heavy and takes milliseconds; syncs, restores, resets
and verifications run in the worker (core.worker), whose libraries live and die there. Events of both are one stream.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from core.client import HeardEngine, LocalEngine
from core.errors import CogzyError
from core.sync.events import (
    Cancel,
    CheckForChanges,
    Command,
    DecideSecrets,
    Done,
    Failed,
    FindSecrets,
    GetMemory,
    Import,
    ListFiles,
    ListUploads,
    ListVaults,
    Pause,
    PreviewUpload,
    Reset,
    Resume,
    Search,
    Status,
    Sync,
    TestConnection,
    Understand,
    UndoReset,
)
from core.sync.rules import Outside
from core.worker import LEAVING_SECONDS, WorkerEngine

log = logging.getLogger(__name__)

LOOKS = (Status, CheckForChanges, Pause, Resume, DecideSecrets)
BESIDE = (ListUploads, ListFiles, ListVaults, PreviewUpload, FindSecrets, TestConnection, Search, GetMemory, Understand)
"""Commands of the worker that do not count as its work: they run beside a sync."""
QUIET_SECONDS = 5.0
"""After a sync or an import, before what it left for later is done: another one may follow. Together they would take
more memory than a sync may."""

Secrets = Callable[[], Awaitable[Mapping[str, str]]]


class AppEngine(HeardEngine):
    """The engine of this app's own vault. `secrets`: see WorkerEngine. `surroundings`: what holds syncs back.

    `changed` is called when work begins or ends, before the worker can say so: it may just be starting.
    """

    def __init__(
        self,
        vault: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        secrets: Secrets | None = None,
        surroundings: Callable[[], Outside] = Outside,
        changed: Callable[[], None] = lambda: None,
        worker_idle_seconds: float = 60.0,
    ) -> None:
        super().__init__()
        self._here = LocalEngine(vault, environ, broadcast=self._broadcast, outside=self._outside)
        self._surroundings = surroundings
        self._changed = changed
        self._worker = WorkerEngine(vault, secrets=secrets, idle_seconds=worker_idle_seconds, broadcast=self._broadcast)
        self._working: list[Command] = []
        self._vault, self._environ = vault, environ
        self._looked = False
        self._understanding: asyncio.Task[None] | None = None

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id while it is warm."""
        return self._worker.pid

    @property
    def busy_with(self) -> str | None:
        """`resetting`, `syncing` or `checking` while the worker works, else None."""
        names = [_work(command) for command in self._working]
        return next((name for name in ("resetting", "syncing", "checking") if name in names), None)

    def _outside(self) -> Outside:
        return replace(self._surroundings(), busy_with=self.busy_with)

    async def execute(self, command: Command) -> Done | Failed:
        """See HeardEngine."""
        if isinstance(command, LOOKS):
            if isinstance(command, CheckForChanges) and not self._looked:
                self._looked = True  # the first quiet moment: a model may have come since the last time
                self._understand(only_when_due=True)
            end = await self._here.execute(command)
            if isinstance(command, Pause):
                await self.hold_back()
            return end
        if isinstance(command, BESIDE):
            return await self._worker.execute(command)
        self._working.append(command)
        self._changed()
        try:
            end = await self._worker.execute(command)
        finally:
            self._working.remove(command)
            self._changed()
        if isinstance(command, Sync | Import) and isinstance(end, Done):
            self._understand(only_when_due=False)
        return end

    def _understand(self, *, only_when_due: bool) -> None:
        """Let the worker make ready for search what was left for later, beside everything else."""
        if self._surroundings().held is not None or self._understanding is not None:
            return

        async def run() -> None:
            from core.memory.upkeep import due

            try:
                await asyncio.sleep(QUIET_SECONDS)
                while self._working:  # noqa: ASYNC110  seldom, and nothing hangs on the second
                    await asyncio.sleep(QUIET_SECONDS)
                if not only_when_due or await asyncio.to_thread(due, self._vault, self._environ):
                    await self._worker.execute(Understand())
            except CogzyError as error:  # a vault that cannot be looked at: whoever works in it says so
                log.info("nothing is made ready for search: %s", error)
            finally:
                self._understanding = None

        self._understanding = asyncio.create_task(run())

    async def hold_back(self) -> None:
        """End the syncs that nobody asked for: they wait from now on. What they sent stays sent."""
        syncs = [command for command in self._working if isinstance(command, Sync)]
        if syncs and all(sync.trigger != "user" for sync in syncs):
            await self._worker.execute(Cancel())

    async def _end_understanding(self) -> None:
        """It starts no worker from now on. What it has committed stays, and it goes on after the next sync."""
        if self._understanding is not None:
            self._understanding.cancel()
            await asyncio.wait({self._understanding})
            self._understanding = None

    async def renew(self) -> None:
        """Let the next command start a worker that gets the secrets of now. What runs goes on."""
        if not self._working:
            await self._end_understanding()
            await self._worker.close()

    async def close(self, seconds: float = LEAVING_SECONDS) -> None:
        """End the worker (it is killed after `seconds`) and let go of the vault's files."""
        await self._end_understanding()
        await asyncio.gather(self._worker.close(seconds), self._here.close())


def _work(command: Command) -> str:
    if isinstance(command, Reset | UndoReset):
        return "resetting"
    return "syncing" if isinstance(command, Sync) else "checking"

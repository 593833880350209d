"""The app's engine: what only looks is answered in this process, what works is done by the worker.

Looking (status, what changed, pause and resume) imports nothing heavy and takes milliseconds; syncs, restores, resets
and verifications run in the worker (core.worker), whose libraries live and die there. Events of both are one stream.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from core.client import HeardEngine, LocalEngine
from core.sync.events import (
    CheckForChanges,
    Command,
    Done,
    Failed,
    FindSecrets,
    GetMemory,
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
    UndoReset,
)
from core.sync.rules import Outside
from core.worker import LEAVING_SECONDS, WorkerEngine

LOOKS = (Status, CheckForChanges, Pause, Resume)
BESIDE = (ListUploads, ListFiles, ListVaults, PreviewUpload, FindSecrets, TestConnection, Search, GetMemory)
"""Commands of the worker that do not count as its work: they run beside a sync."""

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
            return await self._here.execute(command)
        if isinstance(command, BESIDE):
            return await self._worker.execute(command)
        self._working.append(command)
        self._changed()
        try:
            return await self._worker.execute(command)
        finally:
            self._working.remove(command)
            self._changed()

    async def renew(self) -> None:
        """Let the next command start a worker that gets the secrets of now. What runs goes on."""
        if not self._working:
            await self._worker.close()

    async def close(self, seconds: float = LEAVING_SECONDS) -> None:
        """End the worker (it is killed after `seconds`) and let go of the vault's files."""
        await asyncio.gather(self._worker.close(seconds), self._here.close())


def _work(command: Command) -> str:
    if isinstance(command, Reset | UndoReset):
        return "resetting"
    return "syncing" if isinstance(command, Sync) else "checking"

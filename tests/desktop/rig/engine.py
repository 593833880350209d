"""The worker's engine in the test's own process: the same commands and events, and no Python started for each test.

What a worker is for itself (its process, its pipe, its death) is proven with a real one: mark a test `real_worker`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.client import HeardEngine, LocalEngine
from core.control.broadcast import Broadcast
from core.sync.events import Cancel, Command, Done, Failed

if TYPE_CHECKING:
    from desktop.model import AppModel


class EngineHere(HeardEngine):
    """What core.worker.WorkerEngine is to the app. `secrets` are asked for when an engine begins."""

    pid = None

    def __init__(
        self,
        vault: Path,
        *,
        secrets: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
        idle_seconds: float = 0.0,
        broadcast: Broadcast | None = None,
    ) -> None:
        super().__init__(broadcast)
        self._vault = vault
        self._secrets = secrets
        self._starting = asyncio.Lock()
        self._engine: LocalEngine | None = None
        self._running: set[asyncio.Task[Done | Failed]] = set()

    async def execute(self, command: Command) -> Done | Failed:
        """See HeardEngine."""
        if isinstance(command, Cancel) and self._engine is None:
            return Done()
        async with self._starting:
            if self._engine is None:
                given = await self._secrets() if self._secrets is not None else {}
                self._engine = LocalEngine(self._vault, {**os.environ, **given}, broadcast=self._broadcast)
            engine = self._engine
        task = asyncio.create_task(engine.execute(command))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def close(self, seconds: float = 0.0) -> None:
        """Cancel what runs, and let go of the vault."""
        async with self._starting:
            engine, self._engine = self._engine, None
        if engine is None:
            return
        running = set(self._running)
        if running:
            await engine.execute(Cancel())
            await asyncio.wait(running)
        await engine.close()


@contextlib.contextmanager
def no_worker_yet(model: AppModel) -> Iterator[None]:
    """While it is entered, the first worker of a model does not come up: what it is to do is asked for and waits."""
    assert model.ownership.own is not None
    worker, may_start = model.ownership.own._worker, asyncio.Event()
    secrets = worker._secrets

    async def asked() -> Mapping[str, str]:
        await may_start.wait()
        return await secrets() if secrets is not None else {}

    worker._secrets = asked
    try:
        yield
    finally:
        may_start.set()

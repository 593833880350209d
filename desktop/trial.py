"""An engine that works with settings and secrets that are not saved: for looks, tests and previews of a dialog.

A worker of its own on the app's vault, which gets what the dialog says as its environment. It is as short-lived as the
dialog; nothing that it is given is written anywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from core.client import finish
from core.settings import as_environment
from core.sync.events import Command, Event
from core.worker import WorkerEngine
from desktop.model import AppModel

IDLE_SECONDS = 20.0
NO_HUB = {"hub_url": "", "window.run_hub": False}
"""A trial says nothing to a hub, and confirms none."""


class Trial:
    """Runs commands with `values` (settings by dotted name) and `secrets` (by their COGZY_* names) in force."""

    def __init__(self, model: AppModel) -> None:
        self._model = model
        self._environ: dict[str, str] = {}
        self._engine: WorkerEngine | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    def use(self, values: Mapping[str, object], secrets: Mapping[str, str] | None = None) -> None:
        """From now on work with these. What still runs with others ends."""
        environ = as_environment({**values, **NO_HUB}) | dict(secrets or {})
        if environ != self._environ:
            self._environ = environ
            self._end()

    async def run(self, command: Command, on_event: Callable[[Event], None] | None = None) -> Any:
        """Run a command to its end and return its value. Raises CogzyError."""
        if self._engine is None:
            self._engine = WorkerEngine(self._model.vault, secrets=self._given, idle_seconds=IDLE_SECONDS)
        return await finish(self._engine, command, on_event)

    async def close(self) -> None:
        """End the worker, and what runs in it."""
        self._end()
        await asyncio.gather(*self._leaving)

    def end(self) -> None:
        """The same without waiting for it."""
        self._end()

    async def _given(self) -> Mapping[str, str]:
        return {**await self._model.credentials.for_child(), **self._environ}

    def _end(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            task = asyncio.create_task(engine.close())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

"""Imports of the app: one after the other, in the worker, whether or not anybody looks.

What is asked for meanwhile waits its turn, and none begins while a sync runs: so a cancel means the import. Each is
taken over whole or not at all; after one that brought something a sync follows, when there is somewhere to send it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import CogzyError
from core.sync.events import Cancel, Event, Import, Progress, Sync
from desktop.model import AppModel

log = logging.getLogger("desktop.importing")

Paths = tuple[Path, ...]


@dataclass(frozen=True)
class Outcome:
    """How the import of `paths` ended: with the report of core.memory.pipeline, or an error."""

    paths: Paths
    report: Mapping[str, Any] | None = None
    error: CogzyError | None = None

    @property
    def cancelled(self) -> bool:
        """Whether somebody stopped it; nothing was taken over then."""
        return self.error is not None and self.error.code in ("sync.cancelled", "client.cancelled")


class Importing(QObject):
    """The imports of one app. `changed` is sent with every step of one."""

    changed = Signal()

    def __init__(self, model: AppModel) -> None:
        super().__init__(model)
        self._model = model
        self._work: asyncio.Task[Any] | None = None
        self._cancelled = False
        self.waiting: list[Paths] = []
        self.running: Paths = ()
        self.begun = False
        """Whether what runs was given to the engine; before that it waits for a sync to end."""
        self.progress: Progress | None = None
        self.last: Outcome | None = None

    @classmethod
    def of(cls, model: AppModel) -> Importing:
        """The one of the app."""
        found = model.findChild(cls)
        return found if isinstance(found, cls) else cls(model)

    def add(self, paths: Sequence[Path]) -> None:
        """Import these, now or after what is waiting already."""
        if not paths:
            return
        self.waiting.append(tuple(paths))
        if self._work is None:
            self._work = self._model.start(self._all())
        self.changed.emit()

    def cancel(self) -> None:
        """Stop what runs; what waits is not begun."""
        self.waiting.clear()
        self._cancelled = True
        if self.begun:
            self._model.start(self._model.run(Cancel()))
        self._model.refresh()
        self.changed.emit()

    async def _all(self) -> None:
        try:
            while self.waiting:
                self.running, self._cancelled = self.waiting.pop(0), False
                self.progress = None
                self.changed.emit()
                self.last = await self._one(self.running)
                self.running, self.begun = (), False
                self.changed.emit()
        finally:
            self.running, self.begun, self._work = (), False, None

    async def _one(self, paths: Paths) -> Outcome:
        await self._until_no_sync_runs()
        if self._cancelled:
            return Outcome(paths, error=CogzyError("sync.cancelled"))
        self.begun = True
        try:
            report = await self._model.run(Import(tuple(map(str, paths))), self._heard)
        except CogzyError as error:
            log.info("an import ended with %s", error.code)
            return Outcome(paths, error=error)
        if report["committed"]:
            self._send()
        return Outcome(paths, report)

    async def _until_no_sync_runs(self) -> None:
        moved = asyncio.Event()
        self._model.changed.connect(moved.set)
        try:
            while not self._cancelled and (own := self._model.ownership.own) is not None and own.busy_with is not None:
                moved.clear()
                await moved.wait()
        finally:
            self._model.changed.disconnect(moved.set)

    def _heard(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.progress = event
            self.changed.emit()

    def _send(self) -> None:
        sync = self._model.settings.settings.sync
        if (sync.cloud_configured or sync.hub_url) and self._model.held() is None:
            self._model.start(self._model.run(Sync(trigger="source_changed")), problem=_shown_by_the_state)


def _shown_by_the_state(error: CogzyError) -> None:
    log.info("the sync after an import ended with %s", error.code)

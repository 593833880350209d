"""Waiting in the tests' own process, while Qt and asyncio go on; and a still model that is told what to show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.model import AppModel
    from desktop.trial import Trial

QUIET_TURNS = 3


def tell(model: AppModel, status: dict[str, Any], progress: Any = None) -> None:
    """Let a still model show a status (`core.sync.status.of`) and the progress of a run."""
    model.status, model.progress = status, progress
    model._tell()


async def until(true: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait for something to become true, while Qt and asyncio go on. Fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for may be anything
            await asyncio.sleep(0.01)


async def settled(view: QWidget, model: AppModel) -> None:
    """Wait until nothing is fetched for a view any more, and all that is on it has found its place."""
    from PySide6.QtWidgets import QWidget

    before, quiet = None, 0
    async with asyncio.timeout(30):
        while quiet < QUIET_TURNS:
            await asyncio.sleep(0)
            await asyncio.sleep(0.002)
            places = [(widget.isHidden(), widget.geometry()) for widget in [view, *view.findChildren(QWidget)]]
            quiet = quiet + 1 if places == before and not model._tasks else 0
            before = places


async def ended(trial: Trial, model: AppModel) -> None:
    """Wait until nothing works for a dialog any more, and no worker of its own is left."""
    await trial.close()
    await until(lambda: not model._tasks)
    await trial.close()  # what one of them began meanwhile

"""Waiting in the tests' own process, while Qt and asyncio go on; and a still model that is told what to show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desktop.model import AppModel


def tell(model: AppModel, status: dict[str, Any], progress: Any = None) -> None:
    """Let a still model show a status (`core.sync.status.of`) and the progress of a run."""
    model.status, model.progress = status, progress
    model._tell()


async def until(true: Callable[[], Any], seconds: float = 5.0) -> None:
    """Wait for something to become true, while Qt and asyncio go on. Fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for may be anything
            await asyncio.sleep(0.01)

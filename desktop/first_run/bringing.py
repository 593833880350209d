"""Bringing a vault here by the app's own reset dialog, from a place that is not saved yet."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from PySide6.QtWidgets import QWidget

from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.trial import Trial
from desktop.window.reset import ResetDialog


class TrialModel:
    """The app's model, but its commands go to the trial's engine."""

    def __init__(self, model: AppModel, trial: Trial) -> None:
        self._model = model
        self.run = trial.run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


async def bring_by_hand(model: AppModel, appearance: Appearance, trial: Trial, upload_id: str, parent: QWidget) -> bool:
    """Show both sides, ask, and replace this vault; False when the person did not allow it."""
    dialog = ResetDialog(cast(AppModel, TrialModel(model, trial)), appearance, upload_id, parent)
    done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    brought: list[bool] = []
    dialog.done_with.connect(lambda: brought.append(True))
    dialog.finished.connect(lambda _: None if done.done() else done.set_result(bool(brought)))
    dialog.open()
    try:
        return await done
    except asyncio.CancelledError:
        dialog.close()
        raise

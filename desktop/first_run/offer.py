"""Whether the first run opens by itself: once, at the first start of a vault where nothing is set up."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

from core.errors import CogzyError
from core.presenting import UNREADABLE_SETTINGS
from desktop.model import AppModel

FACT = "first_run"


async def offer(model: AppModel) -> None:
    """Open the first run if this is the time for it."""
    if any(model.settings.written.get(name) for name in ("cloud_bucket", "cloud_endpoint", "hub_url")):
        return  # by the environment, too: that is consent; and what is set up wrongly is mended elsewhere
    if any(problem.code in UNREADABLE_SETTINGS for problem in model.settings.problems):
        return  # nobody knows what is set up
    with contextlib.suppress(CogzyError, OSError):  # a vault that cannot be used is told by the window
        if await asyncio.to_thread(_is_first, model.vault):
            model.open("first_run")


def _is_first(vault: Path) -> bool:
    """Whether it was never opened; from now on it was."""
    from core.sync.state_file import StateFile

    (vault / "sync").mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.closing(StateFile(vault / "sync" / "state.db")) as state:
        if state.fact(FACT) is not None:
            return False
        state.set_fact(FACT, {"at": time.time()})
        return True

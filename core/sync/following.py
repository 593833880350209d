"""Speed limits follow the settings while something runs, whoever changes them: the window, a command, an editor.

The settings file is looked at once a second, and only meanwhile. So it is the same for the engine of a command, of a
worker, or of a test, and nothing has to be told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.settings_model import Settings
    from core.storage import SpeedLimits

FOLLOW_SECONDS = 1.0

Stamp = tuple[int, int, int] | None


def apply(limits: SpeedLimits, settings: Settings) -> None:
    """Let the caps of these settings be in force from now on."""
    limits.set(settings.limits.upload_bytes_per_second, settings.limits.download_bytes_per_second)


@contextlib.asynccontextmanager
async def following(root: Path, environ: Mapping[str, str], limits: SpeedLimits) -> AsyncIterator[None]:
    """Keep `limits` as the vault's settings say, until the block ends."""
    task = asyncio.create_task(_follow(root, environ, limits, _stamp(root)))
    try:
        yield
    finally:
        task.cancel()


async def _follow(root: Path, environ: Mapping[str, str], limits: SpeedLimits, seen: Stamp) -> None:
    from core import settings

    while True:
        await asyncio.sleep(FOLLOW_SECONDS)
        now = await asyncio.to_thread(_stamp, root)
        if now != seen:
            seen = now
            loaded = await asyncio.to_thread(settings.load, root, environ)
            if not any(problem.field.startswith(("config.json", "limits.")) for problem in loaded.problems):
                apply(limits, loaded.settings)  # what is wrong in the file changes nothing that runs


def _stamp(root: Path) -> Stamp:
    from core.settings import config_path

    try:
        found = config_path(root).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns

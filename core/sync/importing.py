"""What the engine does with exports and with memory that keeps growing: `Import`, and following before a sync."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BusyError, CogzyError
from core.sync.events import Import, Notice, Progress, Trigger

if TYPE_CHECKING:
    from core.memory.pipeline import Stage
    from core.sync.context import SyncContext
    from core.vault import LocalVaultService

_AT_ONCE: tuple[Trigger, ...] = ("user", "session_end", "shutdown")
"""Whoever asks like this wants what is being written just now, too."""
_TOLD_SECONDS = 0.2
_log = logging.getLogger(__name__)


async def bring_in(
    vault: LocalVaultService, command: Import, emit: Callable[[Progress], None], environ: Mapping[str, str]
) -> dict[str, Any]:
    """Import the paths of `command`; the counts and findings of the run as plain JSON."""
    from core.memory.pipeline import run_pipeline

    done = await run_pipeline(
        vault,
        [Path(path) for path in command.paths],
        source=command.source,
        dry_run=command.dry_run,
        progress=_told(emit),
        environ=environ,
    )
    return {"dry_run": command.dry_run, **done.as_json()}


async def follow(context: SyncContext, trigger: Trigger, environ: Mapping[str, str]) -> None:
    """Bring what Claude Code's sessions have said into the vault, before it is sent; their vectors are made later.
    Whatever fails here becomes a notice: the sync goes on."""
    from core.sources.claude_code import NAME

    source = next((one for one in context.sources if one.name == NAME and one.enabled), None)
    if source is None or not source.path.is_dir():
        return
    from core.memory.following import QUIET_SECONDS, follow_claude_code

    quiet = 0.0 if trigger in _AT_ONCE else QUIET_SECONDS
    try:
        await follow_claude_code(
            context.vault, source, quiet_seconds=quiet, progress=_told(context.emit), embed=False, environ=environ
        )
    except BusyError as error:
        _log.info("sessions are followed at the next sync: %s", error)
    except CogzyError as error:
        _log.warning("sessions could not be followed: %s", error)
        context.emit(Notice(error.code, dict(error.params)))


def _told(emit: Callable[[Progress], None]) -> Callable[[Stage, int, int], None]:
    """Progress of the pipeline, which comes from its thread, as events of the engine, a few a second."""
    last = 0.0

    def told(stage: Stage, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < _TOLD_SECONDS and done < total:
            return
        last = time.monotonic()
        if stage == "reading":
            emit(Progress("reading", bytes_done=done, bytes_total=total))
        elif stage == "embedding":
            emit(Progress("reading", files_done=done, files_total=total))
        else:
            emit(Progress("committing"))

    return told

"""An engine that does as it is told, for tests of what stands round the engine."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.errors import BusyError, CogzyError, DamageError, RefusedError, UsageError
from core.sync.events import (
    Cancel,
    CheckVault,
    Command,
    Event,
    ListUploads,
    Notice,
    Pause,
    PreviewReset,
    Progress,
    Reset,
    Resume,
    StateChanged,
    Status,
    Sync,
    SyncFinished,
    TestConnection,
    Verify,
)

ERRORS = {1: CogzyError, 2: UsageError, 3: DamageError, 4: RefusedError, 5: BusyError}


class SyncEngine:
    """Sync runs for FAKE_SECONDS (0.05); FAKE_EXIT makes it fail; Verify runs until it is cancelled."""

    def __init__(
        self, vault_dir: Path, *, environ: Mapping[str, str], emit: Callable[[Event], None], **_: object
    ) -> None:
        self._vault = vault_dir
        self._environ = environ
        self._emit = emit
        self._running: set[asyncio.Task[Any]] = set()
        self._paused: float | None = None

    async def run(self, command: Command) -> Any:
        if isinstance(command, Sync | Verify):
            task = asyncio.create_task(self._sync(command) if isinstance(command, Sync) else asyncio.sleep(30))
            self._running.add(task)
            try:
                return await task
            except asyncio.CancelledError:
                raise CogzyError("sync.cancelled") from None
            finally:
                self._running.discard(task)
        if isinstance(command, Cancel):
            for task in self._running:
                task.cancel()
            return None
        if isinstance(command, Status):
            return {
                "state": "syncing" if self._running else "idle",
                "methods": {"cloud": {"last_success": None}},
                "vault": {"nodes": 3, "episodes": 1},
                "secret_seen": self._environ.get("COGZY_CLOUD_SECRET") == "from the pipe",
            }
        if isinstance(command, CheckVault):
            os.kill(os.getpid(), signal.SIGKILL)
        if isinstance(command, ListUploads):
            return [
                {"upload_id": f"u{n}", "uploaded_at": "2026-01-01T00:00:00Z", "system_id": "a"} for n in range(2000)
            ]
        if isinstance(command, Pause | Resume):
            return None
        if isinstance(command, PreviewReset):
            sides = {"here": {"nodes": 3, "bytes": 9}, "there": {"nodes": 2, "bytes": 8}}
            return {"upload_id": "u1", **sides, "only_here": {"nodes": 1, "examples": ["a memory"]}, "refusal": None}
        if isinstance(command, Reset):
            return {"upload_id": command.upload_id}
        if isinstance(command, TestConnection):
            raise ZeroDivisionError("a bug")
        raise UsageError("protocol.unknown", seen=type(command).__name__)

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _sync(self, command: Sync) -> dict[str, Any]:
        with (self._vault / "ran").open("a") as ran:
            ran.write(f"{os.getpid()} {command.trigger} {command.method} {command.full}\n")
        self._emit(StateChanged("syncing"))
        steps = 5
        for step in range(steps):
            self._emit(Progress("sending", step, steps, step * 10, steps * 10))
            await asyncio.sleep(float(self._environ.get("FAKE_SECONDS", "0.05")) / steps)
        self._emit(Notice("files.disk_full", {"path": "/x"}))
        exit_code = int(self._environ.get("FAKE_EXIT", "0"))
        result = {"method": "cloud", "success": not exit_code, "attempts": [], "duration_seconds": 0.1}
        self._emit(SyncFinished(result, command.trigger))
        if exit_code:
            raise ERRORS[exit_code]("sync.failed", message="as told")
        return result

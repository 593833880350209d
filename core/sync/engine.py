"""The sync engine: one per vault, with equal clients. It takes commands, returns plain values and emits events.

- One exclusive run at a time: syncs, restores, verifications and resets wait for each other. Requests for the same
  sync that come while one runs share one more run after it, so what changed meanwhile is not missed.
- Cancel ends the exclusive run cleanly within three seconds.
- Whoever makes an engine holds the vault's owner.lock, unless it only asks for Status.
- A `sparing` engine has other processes of ours beside it, and takes less memory for a little more time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.files import FileError
from core.sync import rules
from core.sync.errors import CancelledError
from core.sync.events import (
    Cancel,
    CheckForChanges,
    CheckVault,
    Command,
    DecideSecrets,
    Event,
    FindSecrets,
    GetMemory,
    ListFiles,
    ListUploads,
    ListVaults,
    Pause,
    PreviewUpload,
    Reset,
    Resume,
    Search,
    Shutdown,
    StateChanged,
    Status,
    Sync,
    TestConnection,
    Understand,
    UndoReset,
)
from core.sync.understanding import Understood
from core.sync.workplace import Workplace

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.memory.recall import Recall
    from core.sync.context import SyncContext

CANCEL_SECONDS = 3.0


class SyncEngine:
    """Everything that Cogzy does to one vault and its cloud copy."""

    def __init__(
        self,
        vault_dir: Path,
        *,
        environ: Mapping[str, str] = os.environ,
        emit: Callable[[Event], None] = lambda _: None,
        credentials: Credentials | None = None,
        clock: Callable[[], float] = time.time,
        outside: Callable[[], rules.Outside] = rules.Outside,
        sparing: bool = False,
    ) -> None:
        self._place = Workplace(vault_dir, environ, emit, clock, credentials, sparing=sparing)
        self._outside = outside
        self._exclusive = asyncio.Lock()
        self._running: asyncio.Task[Any] | None = None
        self._waiting: dict[Sync, asyncio.Task[Any]] = {}
        self._busy_with: str | None = None
        self._unasked = False
        self._recall: Recall | None = None
        self._understood = Understood()

    async def run(self, command: Command) -> Any:
        """Run one command; returns plain JSON. Raises CogzyError."""
        match command:
            case Sync():
                return await self._joined(command)
            case Cancel():
                return await self._cancel()
            case Status():
                return await asyncio.to_thread(self._status)
            case CheckForChanges():
                from core.sync.running import check_for_changes

                return await asyncio.to_thread(lambda: check_for_changes(self._place.context_now()))
            case CheckVault():
                vault = await self._place.vault()
                damage = await asyncio.to_thread(vault.check)
                return {"damage": [item.as_json() for item in damage]}
            case Pause():
                return await self._set_pause({"until": command.until})
            case Resume():
                return await self._set_pause(None)
            case DecideSecrets():
                return await self._decide(command)
            case ListVaults() | PreviewUpload() | FindSecrets():
                from core.sync.beforehand import look

                return await look(await asyncio.to_thread(self._place.context_now), command, self._place.tell)
            case ListUploads() | ListFiles() | TestConnection():
                from core.sync.listing import answer

                return await answer(self._place, command)
            case Search() | GetMemory():
                return await self._found(command)
            case Understand():
                await self._place.vault()
                context = await asyncio.to_thread(self._place.context_now)
                return await self._understood.run(context, command, self._place.environ)
            case Shutdown():
                await self.close()
                return None
            case _:
                return await self._alone(command)

    async def close(self) -> None:
        """Cancel what runs and let go of the vault's files."""
        await self._cancel()
        self._place.close()
        recall, self._recall = self._recall, None
        if recall is not None:
            await recall.close()

    # ------------------------------------------------------------------ what runs alone

    async def _joined(self, command: Sync) -> dict[str, Any]:
        same = replace(command, trigger="user")  # whoever asks, it is the same sync
        waiting = self._waiting.get(same)
        if waiting is None:
            waiting = asyncio.create_task(self._queued(command, same))
            self._waiting[same] = waiting
        result: dict[str, Any] = await asyncio.shield(waiting)
        return result

    async def _queued(self, command: Sync, same: Sync) -> dict[str, Any]:
        from core.sync.state_file import StateDamagedError

        try:
            async with self._exclusively("syncing"):
                self._waiting.pop(same, None)
                try:
                    return await self._sync(command)
                except CogzyError as error:
                    if error.code != StateDamagedError.CODE:
                        raise
                return await self._sync(command)  # with a new state, which reads back what the cloud holds
        except asyncio.CancelledError:
            raise CancelledError("sync.cancelled") from None
        finally:
            if self._waiting.get(same) is asyncio.current_task():
                del self._waiting[same]

    async def _sync(self, command: Sync) -> dict[str, Any]:
        from core.sync import running

        context = await self._place.context()
        self._unasked = command.trigger != "user"
        try:
            return await running.sync(context, command, self._place.environ)
        finally:
            self._unasked = False

    async def _alone(self, command: Command) -> Any:
        from core.sync import alone

        name = "resetting" if isinstance(command, Reset | UndoReset) else "checking"
        try:
            async with self._exclusively(name):
                if name == "resetting":
                    await self._understood.end()
                return await alone.run(self._place, command)
        except asyncio.CancelledError:
            raise CancelledError("sync.cancelled") from None

    @contextlib.asynccontextmanager
    async def _exclusively(self, what: str) -> AsyncIterator[None]:
        async with self._exclusive:
            self._running, self._busy_with = asyncio.current_task(), what
            try:
                await self._place.vault()
                self._tell_state()
            except BaseException:
                self._running = self._busy_with = None
                raise
            from core.sync.following import following

            try:
                async with following(self._place.root, self._place.environ, self._place.limits()):
                    yield
            finally:
                self._running = self._busy_with = None
                self._tell_state()

    async def _cancel(self) -> bool:
        running, waiting = self._running, list(self._waiting.values())
        for task in waiting:
            task.cancel()
        ending = asyncio.create_task(self._understood.end())
        if running is None or running is asyncio.current_task():
            await ending
            return bool(waiting)
        running.cancel()
        await asyncio.wait([running, *waiting, ending], timeout=CANCEL_SECONDS)
        return True

    # ------------------------------------------------------------------ what runs beside it

    async def _found(self, command: Search | GetMemory) -> dict[str, Any]:
        """What was looked for in the vault; beside whatever else runs."""
        from core.memory.recall import Recall
        from core.sync.finding import find

        await self._place.vault()
        if self._recall is None:
            self._recall = Recall(self._place.root, self._place.environ)
        return await find(self._recall, command)

    async def _set_pause(self, pause: dict[str, Any] | None) -> dict[str, Any]:
        await self._place.vault()
        await asyncio.to_thread(self._place.state().set_fact, "pause", pause)
        if pause is not None and self._unasked:
            await self._cancel()  # a run that nobody asked for waits from now on; what it sent stays sent
        self._tell_state()
        return {"paused": pause is not None, **(pause or {})}

    async def _decide(self, command: DecideSecrets) -> dict[str, Any]:
        from core.sync.secrets.memory import decide

        await self._place.vault()
        await asyncio.to_thread(decide, self._place.root, command.ids, command.action)
        self._tell_state()
        return {"decided": len(command.ids), "action": command.action}

    # ------------------------------------------------------------------ status

    def _status(self) -> dict[str, Any]:
        from core import settings
        from core.sync import status

        context = self._place.context_now()
        told = status.of(context, self._shown(context))
        try:
            loaded = self._place.load()
        except FileError:  # a vault that cannot be written has no identity to be given
            loaded = settings.load(self._place.root, self._place.environ)
        return {**told, "settings_problems": [problem.as_json() for problem in loaded.problems]}

    def _shown(self, context: SyncContext) -> rules.Shown:
        from core.sync import status

        outside = self._outside()
        outside = replace(outside, busy_with=self._busy_with or outside.busy_with)
        return rules.shown(status.facts(context, outside))

    def _tell_state(self) -> None:
        from core.sync.state_file import StateDamagedError

        try:
            self._tell_state_once()
        except StateDamagedError:
            self._tell_state_once()  # with a new one

    def _tell_state_once(self) -> None:
        context = self._place.context_now()
        shown, failed = self._shown(context), context.state.fact("failed")
        self._place.emit(StateChanged(shown.state, shown.until, shown.reason, failed["error"] if failed else None))

"""The sync engine: one per vault, with equal clients. It takes commands, returns plain values and emits events.

- One exclusive run at a time: syncs, restores, verifications and resets wait for each other. Requests for the same
  sync that come while one runs share one more run after it, so what changed meanwhile is not missed.
- Cancel ends the exclusive run cleanly within three seconds.
- Whoever makes an engine holds the vault's owner.lock, unless it only asks for Status.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BusyError, CogzyError, UsageError
from core.files import FileError
from core.sync import rules
from core.sync.events import (
    Cancel,
    CheckForChanges,
    CheckVault,
    Command,
    DecideSecrets,
    Encrypt,
    Event,
    FindSecrets,
    GetMemory,
    Import,
    ListFiles,
    ListUploads,
    ListVaults,
    Notice,
    Pause,
    PreviewReset,
    PreviewUpload,
    Progress,
    RedactSecrets,
    Reset,
    Restore,
    Resume,
    Search,
    Shutdown,
    StateChanged,
    Status,
    Sync,
    SyncFinished,
    TestConnection,
    Understand,
    UndoReset,
    Verify,
)
from core.sync.understanding import Understood

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.memory.recall import Recall
    from core.settings import Loaded
    from core.settings_model import Settings
    from core.sources import Notice as SourceNotice
    from core.storage import SpeedLimits
    from core.sync.context import SyncContext
    from core.sync.protocol import SyncResult
    from core.sync.remote import Remote
    from core.sync.state import SyncState
    from core.sync.uploads import UploadInfo
    from core.sync.verify import VerifyReport
    from core.vault import LocalVaultService

CANCEL_SECONDS = 3.0


class CancelledError(CogzyError):
    """The run was cancelled by somebody who may."""


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
    ) -> None:
        self._root = vault_dir
        self._environ = environ
        self._emit = emit
        self._given_credentials = credentials
        self._clock = clock
        self._outside = outside
        self._exclusive = asyncio.Lock()
        self._running: asyncio.Task[Any] | None = None
        self._waiting: dict[Sync, asyncio.Task[Any]] = {}
        self._busy_with: str | None = None
        self._unasked = False
        self._speed: SpeedLimits | None = None
        self._vault: LocalVaultService | None = None
        self._state: SyncState | None = None
        self._recall: Recall | None = None
        self._opening = threading.Lock()
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
                return await asyncio.to_thread(self._check_for_changes)
            case CheckVault():
                vault = await self._open()
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

                return await look(await asyncio.to_thread(self._context_now), command, self._progress)
            case ListUploads() | ListFiles() | TestConnection():
                return await self._asked(command)
            case Search() | GetMemory():
                return await self._found(command)
            case Understand():
                await self._open()
                context = await asyncio.to_thread(self._context_now)
                return await self._understood.run(context, command, self._environ)
            case Shutdown():
                await self.close()
                return None
            case _:
                return await self._alone(command)

    async def close(self) -> None:
        """Cancel what runs and let go of the vault's files."""
        await self._cancel()
        state, self._state, self._vault = self._state, None, None
        recall, self._recall = self._recall, None
        if state is not None:
            state.close()
        if recall is not None:
            await recall.close()

    # ------------------------------------------------------------------ syncs

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
        from core.sync import history
        from core.sync.hybrid import HybridAkoshaSync
        from core.sync.protocol import sent_something

        context = await self._context()
        self._unasked = command.trigger != "user"
        if command.trigger == "session_end" and not context.settings.sync.upload_on_session_end:
            return _skipped("sync.session_end_off")
        run = await asyncio.to_thread(history.begin_run, context.state, command.trigger, command.method, self._clock())
        outcome, told = "failed", {}
        try:
            if command.only in (None, "vault"):
                from core.sync.importing import follow

                await follow(context, command.trigger, self._environ)
            forced = context.settings.sync.force_method if command.method == "auto" else command.method
            hybrid = HybridAkoshaSync(context, enable_fallback=command.fallback)
            result = await hybrid.sync_memories(forced, only=command.only, full=command.full)
            told = result.as_json()
            outcome = "succeeded" if sent_something(told) else "unchanged"
            await asyncio.to_thread(self._remember, context, result, command.only is None)
            return told
        except CogzyError as error:
            told = _failure(error)
            await asyncio.to_thread(context.state.set_fact, "failed", {"at": self._clock(), "error": error.as_json()})
            raise
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise CancelledError("sync.cancelled") from None
        finally:
            self._unasked = False
            await asyncio.shield(asyncio.to_thread(history.end_run, context.state, run, outcome, told, self._clock()))
            self._emit(SyncFinished(told or {"success": False, "outcome": outcome}, command.trigger))

    def _remember(self, context: SyncContext, result: SyncResult, everything: bool) -> None:
        from core.sync import status

        now, state = self._clock(), context.state
        state.set_fact("failed", None)
        state.set_fact("hub_only", status.hub_only(context, result, everything))
        if everything and result.method == "cloud":
            missed = {n["params"]["name"]: n for n in result.notices if _hurts(n, result.not_copied)}
            state.set_fact("not_copied", missed)
        state.set_fact("last_sync", {"at": now, "nodes": context.vault.get_status().nodes, "method": result.method})
        context.vault.record_sync({"at": now, "method": result.method, "upload_id": result.upload_id})

    def _check_for_changes(self) -> dict[str, Any]:
        """What a sync would look at, and whether the rules ask for one now.

        The cloud decides wherever there is one: what the hub alone has is still to be sent.
        """
        from core.sync.status import changed

        context = self._context_now()
        seen = changed(context)
        last = context.state.fact("last_sync") or {}
        new_nodes = max(0, (context.vault.get_status().nodes or 0) - (last.get("nodes") or 0))
        schedule = context.settings.schedule
        due = rules.should_sync(
            last.get("at"),
            self._clock(),
            new_nodes,
            bool(seen["sources_changed"]),
            after_seconds=schedule.interval_minutes * 60.0,
            after_nodes=schedule.new_memories,
        )
        catch_up = bool(context.state.fact("hub_only"))
        return {**seen, "new_nodes": new_nodes, "should_sync": due or catch_up, "catch_up": catch_up}

    # ------------------------------------------------------------------ other commands

    async def _alone(self, command: Command) -> Any:
        name = "resetting" if isinstance(command, Reset | UndoReset) else "checking"
        try:
            async with self._exclusively(name):
                return await self._exclusive_command(command)
        except asyncio.CancelledError:
            raise CancelledError("sync.cancelled") from None

    async def _exclusive_command(self, command: Command) -> Any:
        from core.sync import reset, restore, verify

        vault = await self._open()
        if isinstance(command, Reset | UndoReset):
            await self._understood.end()
        if isinstance(command, UndoReset):
            undone = await asyncio.to_thread(reset.undo_reset, vault)
            self._vault = None
            return undone.as_json()
        if isinstance(command, Encrypt):
            return await self._encrypt(command)
        if isinstance(command, Import):
            from core.sync.importing import bring_in

            return await bring_in(vault, command, self._progress, self._environ)
        if isinstance(command, RedactSecrets):
            from core.sync.secrets.redacting import redact

            return await asyncio.to_thread(redact, vault, command.ids)
        async with self._remote_to_read(getattr(command, "upload_id", None)) as remote:
            match command:
                case Restore(in_place=str(name)):
                    source = self._source(name)
                    restored = await restore.restore_in_place(
                        remote, command.upload_id, source, self._progress, root=self._root
                    )
                    return restored.as_json()
                case Restore(to=str(to)):
                    fetched = await restore.restore(
                        remote, command.upload_id, Path(to), file=command.file, progress=self._progress
                    )
                    return fetched.as_json()
                case Restore():
                    raise UsageError("restore.where")
                case Verify():
                    head = await self._head(remote)
                    report = await verify.verify(remote, command.sample, self._progress, known=head)
                    await self._heal(remote, report)
                    return report.as_json()
                case PreviewReset():
                    preview = await reset.preview_reset(
                        vault, remote, command.upload_id, known=await self._head(remote)
                    )
                    return preview.as_json()
                case Reset():
                    done = await reset.reset(
                        vault,
                        remote,
                        command.upload_id,
                        override=command.override,
                        known=await self._head(remote),
                        progress=self._progress,
                    )
                    self._vault = None
                    await self._follow(remote, str(done.upload_id))
                    return done.as_json()
        raise UsageError("protocol.unknown", seen=type(command).__name__)

    async def _head(self, remote: Remote) -> str | None:
        """The newest upload of this computer that it knows to be in that remote."""
        from core.sync.remote import remote_key

        key = remote_key(remote.store.location, remote.vault_id)
        return (await asyncio.to_thread(self._opened_state().remote, key)).head

    async def _heal(self, remote: Remote, report: VerifyReport) -> None:
        from core.sync.healing import resend_damaged
        from core.sync.remote import remote_key

        key = remote_key(remote.store.location, remote.vault_id)
        await asyncio.to_thread(resend_damaged, self._opened_state(), key, remote.vault_id, report)

    async def _follow(self, remote: Remote, upload_id: str) -> None:
        """After a reset: this computer belongs to the upload's vault now, and its next upload follows that one."""
        from core import settings as saved
        from core.sync.connect import fetch_keys, keep_master_key, master_key, remember_keys

        settings, state = (await self._loaded()).settings, self._opened_state()
        await asyncio.to_thread(state.set_fact, "restored_from", upload_id)
        if remote.vault_id == settings.vault_id:
            return
        encrypted = remote.sealer.encrypted
        if encrypted:
            wrapped = await fetch_keys(remote.store, remote.vault_id)
            await asyncio.to_thread(remember_keys, self._root, remote.vault_id, wrapped)
        changes = {"vault_id": remote.vault_id, "encrypted": encrypted}
        taken = await asyncio.to_thread(saved.save, self._root, changes, self._environ)
        if encrypted:
            master = await master_key(taken.settings, self._credentials(), self._root, remote.store)
            await keep_master_key(self._credentials(), remote.vault_id, master)

    async def _asked(self, command: Command) -> Any:
        from core.sync import uploads

        if isinstance(command, TestConnection):
            return await self._test_connection()
        await self._open()
        async with self._remote_to_read(getattr(command, "upload_id", None)) as remote:
            if isinstance(command, ListFiles):
                manifest, tree = await uploads.read_tree(remote, command.upload_id)
                return {"upload_id": manifest.upload_id, "files": [_file(entry) for entry in tree.entries.values()]}
            own = (await self._loaded()).settings
            found = await uploads.list_uploads(remote)
            return [{**info.as_json(), "elsewhere": _elsewhere(info, own)} for info in found]

    async def _found(self, command: Search | GetMemory) -> dict[str, Any]:
        """What was looked for in the vault; beside whatever else runs."""
        from core.memory.recall import Recall
        from core.sync.finding import find

        await self._open()
        if self._recall is None:
            self._recall = Recall(self._root, self._environ)
        return await find(self._recall, command)

    async def _test_connection(self) -> dict[str, Any]:
        from core.sync import connection_test

        return await connection_test.run(await self._loaded(), self._credentials(), self._root, self._environ)

    async def _encrypt(self, command: Encrypt) -> dict[str, Any]:
        from core.sync import encrypting

        loaded, state = await self._loaded(), self._opened_state()
        return await encrypting.run(
            command.action, loaded.settings, self._credentials(), self._root, state, self._environ
        )

    async def _set_pause(self, pause: dict[str, Any] | None) -> dict[str, Any]:
        await self._open()
        await asyncio.to_thread(self._opened_state().set_fact, "pause", pause)
        if pause is not None and self._unasked:
            await self._cancel()  # a run that nobody asked for waits from now on; what it sent stays sent
        self._tell_state()
        return {"paused": pause is not None, **(pause or {})}

    async def _decide(self, command: DecideSecrets) -> dict[str, Any]:
        from core.sync.secrets.memory import decide

        await self._open()
        await asyncio.to_thread(decide, self._root, command.ids, command.action)
        self._tell_state()
        return {"decided": len(command.ids), "action": command.action}

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

    # ------------------------------------------------------------------ status

    def _status(self) -> dict[str, Any]:
        from core.sync import status

        context = self._context_now()
        told = status.of(context, self._shown(context))
        from core import settings

        try:
            loaded = self._load()
        except FileError:  # a vault that cannot be written has no identity to be given
            loaded = settings.load(self._root, self._environ)
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
        context = self._context_now()
        shown, failed = self._shown(context), context.state.fact("failed")
        self._emit(StateChanged(shown.state, shown.until, shown.reason, failed["error"] if failed else None))

    # ------------------------------------------------------------------ what everything needs

    @contextlib.asynccontextmanager
    async def _exclusively(self, what: str) -> AsyncIterator[None]:
        async with self._exclusive:
            self._running, self._busy_with = asyncio.current_task(), what
            try:
                await self._open()
                self._tell_state()
            except BaseException:
                self._running = self._busy_with = None
                raise
            from core.sync.following import following

            try:
                async with following(self._root, self._environ, self._limits()):
                    yield
            finally:
                self._running = self._busy_with = None
                self._tell_state()

    async def _open(self) -> LocalVaultService:
        """The vault, after what a killed reset or sync left was put right."""
        if self._vault is None:
            self._vault = await asyncio.to_thread(self._opened)
        return self._vault

    def _opened_by_anybody(self) -> LocalVaultService:
        """The vault for a look. A reset that was killed is ended first, unless an owner is at it."""
        from core.vault import LocalVaultService, owner_lock

        try:
            return LocalVaultService.open(self._root)
        except BusyError as error:
            if error.code != "vault.resetting":
                raise
        lock = owner_lock(self._root, "cli")
        lock.acquire()
        try:
            return self._opened()
        finally:
            lock.release()

    def _opened(self) -> LocalVaultService:
        from core.sync import swap
        from core.vault import LocalVaultService
        from core.vault.layout import STAGING

        swap.recover(self._root)
        vault = LocalVaultService.open(self._root)
        if any(self._root.glob(".before-*")):
            from core.sync.reset import purge_kept

            purge_kept(self._root)
        for leftover in (self._root / STAGING).glob("*"):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
        return vault

    def _opened_state(self) -> SyncState:
        from core.sync.state import SyncState

        with self._opening:
            if self._state is not None and self._state.damaged:
                self._state.close()
                self._state = None
            if self._state is None:
                state = SyncState(self._root / "sync" / "state.db")
                if state.set_aside is not None:
                    self._emit(Notice("sync.state_damaged", {"kept": str(state.set_aside)}))
                if not state.read_only and state.fact("in_use_since") is None:
                    state.set_fact("in_use_since", self._clock())
                self._state = state
            return self._state

    def _load(self) -> Loaded:
        from core import settings

        return settings.ensure_identity(self._root, self._environ)

    async def _loaded(self) -> Loaded:
        return await asyncio.to_thread(self._load)

    def _credentials(self) -> Credentials:
        from core.credentials import Credentials

        if self._given_credentials is None:
            self._given_credentials = Credentials(self._root, self._environ, allow_aws_environment=True)
        return self._given_credentials

    def _context_now(self) -> SyncContext:
        """The context for looking: settings as they are, nothing made that was not there."""
        from core import settings

        return self._context_of(settings.load(self._root, self._environ))

    def _context_of(self, loaded: Loaded, left_out: list[SourceNotice] | None = None) -> SyncContext:
        """`left_out` gets a notice for each source whose name keeps it out."""
        from core.sources import find_sources
        from core.sync.context import SyncContext

        vault = self._vault or self._opened_by_anybody()
        settings = loaded.settings
        sources = find_sources(settings, environ=self._environ, notices=left_out)
        return SyncContext(
            vault,
            settings,
            self._credentials(),
            self._opened_state(),
            sources,
            self._emit,
            self._clock,
            hub_allowed=loaded.hub_allowed,
            limits=self._limits(),
        )

    async def _context(self) -> SyncContext:
        """The context for a sync. Raises UsageError for settings that cannot be right."""
        await self._open()
        loaded = await self._loaded()
        if loaded.problems:
            first = loaded.problems[0]
            raise UsageError(first.code, field=first.field, **first.params)
        self._limit(loaded.settings)
        left_out: list[SourceNotice] = []
        context = await asyncio.to_thread(self._context_of, loaded, left_out)
        for notice in left_out:
            self._emit(Notice(notice.code, dict(notice.params)))
        return context

    @contextlib.asynccontextmanager
    async def _remote_to_read(self, upload_id: str | None) -> AsyncIterator[Remote]:
        from core.sync.connect import connect_to_read
        from core.sync.remote import location_of, remote_key

        settings = (await self._loaded()).settings
        key = remote_key(location_of(settings), settings.vault_id)
        has_own = self._opened_state().remote(key).head is not None
        self._limit(settings)
        remote = await connect_to_read(
            settings, self._credentials(), self._root, upload_id, has_own=has_own, limits=self._limits()
        )
        try:
            yield remote
        finally:
            await remote.store.close()

    def _limits(self) -> SpeedLimits:
        """The speed limits of everything that this engine sends and fetches."""
        if self._speed is None:
            from core.storage import SpeedLimits

            self._speed = SpeedLimits()
        return self._speed

    def _limit(self, settings: Settings) -> None:
        from core.sync.following import apply

        apply(self._limits(), settings)

    def _source(self, name: str) -> Any:
        from core.sources import find_sources

        sources = {source.name: source for source in find_sources(self._load().settings, environ=self._environ)}
        if name not in sources:
            raise UsageError("sources.unknown", name=name, known=", ".join(sources))
        return sources[name]

    def _progress(self, progress: Progress) -> None:
        self._emit(progress)


def _hurts(notice: dict[str, Any], names: tuple[str, ...]) -> bool:
    """Whether a notice says why one of these sources was not copied."""
    return notice["params"].get("name") in names


def _elsewhere(info: UploadInfo, own: Settings) -> bool:
    """Whether another system committed this upload to this vault."""
    return info.vault_id == own.vault_id and info.system_id != own.sync.system_id_resolved


def _skipped(reason: str) -> dict[str, Any]:
    """The result of a sync that the settings do not want."""
    from core.sync.hybrid import METHODS
    from core.sync.protocol import Attempt, SyncResult

    return SyncResult("none", success=True, attempts=tuple(Attempt(m, "skipped", reason) for m in METHODS)).as_json()


def _failure(error: CogzyError) -> dict[str, Any]:
    attempts = getattr(error, "attempts", ())
    return {"success": False, "error": error.as_json(), "attempts": [asdict(attempt) for attempt in attempts]}


def _file(entry: Any) -> dict[str, Any]:
    from core.sync.gathering import entry_size

    return {"path": entry.path, "size": entry_size(entry), "mtime_ns": entry.mtime_ns}

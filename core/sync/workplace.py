"""What the engine works with: its vault, the state beside it, settings, secrets, speed limits, and the way to a remote.

Each is opened when it is first asked for and kept. The vault's is for the loop's thread; the others may be asked for
from any. Of the vault's settings nothing is kept: whoever asks gets them as they are now.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BusyError, UsageError
from core.sync.events import Event, Notice, Progress

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.settings import Loaded
    from core.settings_model import Settings
    from core.sources import Notice as SourceNotice
    from core.storage import SpeedLimits
    from core.sync.context import SyncContext
    from core.sync.remote import Remote
    from core.sync.state import SyncState
    from core.vault import LocalVaultService


class Workplace:
    """One vault's. `credentials` None: the keychain's, with those of the environment. `sparing`: see SyncContext."""

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        emit: Callable[[Event], None],
        clock: Callable[[], float],
        credentials: Credentials | None,
        *,
        sparing: bool = False,
    ) -> None:
        self.root = root
        self.environ = environ
        self.emit = emit
        self.clock = clock
        self._credentials = credentials
        self._sparing = sparing
        self._speed: SpeedLimits | None = None
        self._vault: LocalVaultService | None = None
        self._state: SyncState | None = None
        self._opening = threading.Lock()

    def close(self) -> None:
        """Let go of the vault's files."""
        state, self._state, self._vault = self._state, None, None
        if state is not None:
            state.close()

    def tell(self, progress: Progress) -> None:
        """Emit how far something is."""
        self.emit(progress)

    # ------------------------------------------------------------------ the vault and its state

    async def vault(self) -> LocalVaultService:
        """The vault, after what a killed reset or sync left was put right."""
        if self._vault is None:
            self._vault = await asyncio.to_thread(self._opened)
        return self._vault

    def vault_was_replaced(self) -> None:
        """Another one stands in its place: whoever asks next gets that."""
        self._vault = None

    def _opened_by_anybody(self) -> LocalVaultService:
        """The vault for a look. A reset that was killed is ended first, unless an owner is at it."""
        from core.vault import LocalVaultService, owner_lock

        try:
            return LocalVaultService.open(self.root)
        except BusyError as error:
            if error.code != "vault.resetting":
                raise
        lock = owner_lock(self.root, "cli")
        lock.acquire()
        try:
            return self._opened()
        finally:
            lock.release()

    def _opened(self) -> LocalVaultService:
        from core.sync import swap
        from core.vault import LocalVaultService
        from core.vault.layout import STAGING

        swap.recover(self.root)
        vault = LocalVaultService.open(self.root)
        if any(self.root.glob(".before-*")):
            from core.sync.reset import purge_kept

            purge_kept(self.root)
        for leftover in (self.root / STAGING).glob("*"):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
        return vault

    def state(self) -> SyncState:
        """What is known of the remotes; a new state where damage was met in the last one."""
        from core.sync.state import SyncState

        with self._opening:
            if self._state is not None and self._state.damaged:
                self._state.close()
                self._state = None
            if self._state is None:
                state = SyncState(self.root / "sync" / "state.db")
                if state.set_aside is not None:
                    self.emit(Notice("sync.state_damaged", {"kept": str(state.set_aside)}))
                if not state.read_only and state.fact("in_use_since") is None:
                    state.set_fact("in_use_since", self.clock())
                self._state = state
            return self._state

    # ------------------------------------------------------------------ settings, secrets, limits

    def load(self) -> Loaded:
        """The settings; the vault gets its identity now if it has none."""
        from core import settings

        return settings.ensure_identity(self.root, self.environ)

    async def loaded(self) -> Loaded:
        """`load`, in a thread."""
        return await asyncio.to_thread(self.load)

    def credentials(self) -> Credentials:
        """Where the vault's secrets are."""
        from core.credentials import Credentials

        if self._credentials is None:
            self._credentials = Credentials(self.root, self.environ, allow_aws_environment=True)
        return self._credentials

    def limits(self) -> SpeedLimits:
        """The speed limits of everything that this engine sends and fetches."""
        if self._speed is None:
            from core.storage import SpeedLimits

            self._speed = SpeedLimits()
        return self._speed

    def _limit(self, settings: Settings) -> None:
        from core.sync.following import apply

        apply(self.limits(), settings)

    # ------------------------------------------------------------------ contexts and remotes

    def context_now(self) -> SyncContext:
        """The context for looking: settings as they are, nothing made that was not there."""
        from core import settings

        return self._context_of(settings.load(self.root, self.environ))

    async def context(self) -> SyncContext:
        """The context for a sync. Raises UsageError for settings that cannot be right."""
        await self.vault()
        loaded = await self.loaded()
        if loaded.problems:
            first = loaded.problems[0]
            raise UsageError(first.code, field=first.field, **first.params)
        self._limit(loaded.settings)
        left_out: list[SourceNotice] = []
        context = await asyncio.to_thread(self._context_of, loaded, left_out)
        for notice in left_out:
            self.emit(Notice(notice.code, dict(notice.params)))
        return context

    def _context_of(self, loaded: Loaded, left_out: list[SourceNotice] | None = None) -> SyncContext:
        """`left_out` gets a notice for each source whose name keeps it out."""
        from core.sources import find_sources
        from core.sync.context import SyncContext

        vault = self._vault or self._opened_by_anybody()
        settings = loaded.settings
        sources = find_sources(settings, environ=self.environ, notices=left_out)
        return SyncContext(
            vault,
            settings,
            self.credentials(),
            self.state(),
            sources,
            self.emit,
            self.clock,
            hub_allowed=loaded.hub_allowed,
            limits=self.limits(),
            sparing=self._sparing,
        )

    @contextlib.asynccontextmanager
    async def remote_to_read(self, upload_id: str | None) -> AsyncIterator[Remote]:
        """The remote, to read `upload_id` from (None: any upload of this vault), until the block ends."""
        from core.sync.connect import connect_to_read
        from core.sync.remote import location_of, remote_key

        settings = (await self.loaded()).settings
        key = remote_key(location_of(settings), settings.vault_id)
        has_own = self.state().remote(key).head is not None
        self._limit(settings)
        remote = await connect_to_read(
            settings, self.credentials(), self.root, upload_id, has_own=has_own, limits=self.limits()
        )
        try:
            yield remote
        finally:
            await remote.store.close()

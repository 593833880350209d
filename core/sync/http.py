"""The HTTP method: look, and when rows changed send them to the hub. With nothing new there is no request at all.

The hub holds a copy of rows, not a backup: files, transcripts and whatever has no rows go to the bucket alone.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError, UsageError
from core.files import file_error
from core.sync.errors import HTTPSyncError
from core.sync.events import Notice
from core.sync.hub.look import HubLook, hub_look
from core.sync.hub.state import HubLedger, hub_key
from core.sync.looking import Only, wanted_sources
from core.sync.protocol import SyncResult

if TYPE_CHECKING:
    from core.credentials import Credentials
    from core.sync.context import SyncContext

TRIES = 3


class HttpSyncMethod:
    """Sync to the hub that the settings name."""

    def __init__(self, context: SyncContext) -> None:
        self._context = context

    def get_method_name(self) -> str:
        """`http`."""
        return "http"

    async def is_available(self) -> bool:
        """Configured, and anything at all answers there by HTTP within a second."""
        settings = self._context.settings
        if not settings.sync.hub_endpoint:
            return False
        from core.sync.hub.probe import answers

        return await answers(settings.sync.hub_endpoint, proxy=settings.network.proxy or None)

    def ledger(self) -> HubLedger:
        """What the hub is known to hold."""
        return HubLedger(self._context.state, hub_key(self._context.settings))

    def look(self, *, only: Only | None = None, full: bool = False, **topics: bool) -> HubLook:
        """What a sync would read, by stats alone."""
        context = self._context
        sources, vault = wanted_sources(
            context.sources,
            reflections=topics.get("upload_reflections", True),
            knowledge_graph=topics.get("upload_knowledge_graph", True),
            only=only,
        )
        known, damage = self.ledger().sources(), context.vault.damage
        return hub_look(context.vault.root, sources, known, vault=vault, damage=damage, full=full)

    async def sync(
        self,
        upload_reflections: bool = True,
        upload_knowledge_graph: bool = True,
        *,
        only: Only | None = None,
        full: bool = False,
        **_: Any,
    ) -> SyncResult:
        """Send the rows that changed since the hub last acknowledged them. Raises HTTPSyncError.

        `only` narrows to one topic or the vault; `full` sends every row again, those that the hub refused, too.
        """
        started = time.monotonic()
        topics = {"upload_reflections": upload_reflections, "upload_knowledge_graph": upload_knowledge_graph}
        try:
            result = await self._sync(only, full, topics)
        except CogzyError as error:
            raise HTTPSyncError(method="http", original=error) from error
        except OSError as error:
            met = file_error(error, self._context.vault.root)
            raise HTTPSyncError(method="http", original=met) from error
        return replace(result, duration_seconds=round(time.monotonic() - started, 3))

    async def _sync(self, only: Only | None, full: bool, topics: dict[str, bool]) -> SyncResult:
        context = self._context
        if not context.settings.sync.hub_endpoint:
            raise UsageError("sync.method_not_set_up", method="http")
        if not context.hub_allowed:
            raise UsageError("hub.not_confirmed")
        for _attempt in range(TRIES):
            seen = await asyncio.to_thread(self.look, only=only, full=full, **topics)
            if not seen.changes:
                return _nothing_new(seen)
            from core.sync.connect import store_options
            from core.sync.hub.client import HubClient
            from core.sync.hub.push import HubChangedError, Push

            token = await hub_token(context.credentials)
            options = store_options(context.settings, context.limits)
            async with HubClient(context.settings.sync.hub_endpoint, token, options) as hub:
                try:
                    return await Push(context, self.ledger(), hub, seen, full=full).all()
                except HubChangedError:
                    await asyncio.to_thread(self.ledger().forget)
                    context.emit(Notice("hub.another"))
        raise CogzyError("hub.keeps_changing")


async def hub_token(credentials: Credentials) -> str | None:
    """The hub's token. A computer without a keychain has none, which a hub of its own may not even ask for."""
    from core.credentials import CredentialError

    try:
        found = await credentials.get("hub_token")
    except CredentialError as error:
        if error.state != "unavailable":
            raise
        return None
    return found.value if found else None


def _nothing_new(seen: HubLook) -> SyncResult:
    return SyncResult(
        method="http",
        success=True,
        files_unchanged=seen.unchanged,
        not_copied=seen.not_copied,
        notices=tuple({"code": notice.code, "params": notice.params} for notice in seen.notices),
    )

"""The cloud method: look, and when something is new make one upload of it.

The look reads stats only; with nothing new nothing heavy is imported and no request is made, but for one a day that
proves that the last upload is still there.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.files import file_error
from core.sync import rules
from core.sync.context import HeadFoundError, HeadGoneError, SyncContext
from core.sync.errors import CloudUploadError
from core.sync.events import Notice
from core.sync.looking import Look, Only, look_at, wanted_sources
from core.sync.protocol import SyncResult
from core.sync.remote import location_of, remote_key

if TYPE_CHECKING:
    from core.sync.records import RemoteRecord

TRIES = 3


class CloudSyncMethod:
    """Sync to the bucket or folder that the settings name."""

    def __init__(self, context: SyncContext) -> None:
        self._context = context

    def get_method_name(self) -> str:
        """`cloud`."""
        return "cloud"

    async def is_available(self) -> bool:
        """Configured, and not known to be out of reach."""
        location = self._context.settings.sync.store_location()
        if location is None:
            return False
        from core.storage import reachable

        return await reachable(location, proxy=self._context.settings.network.proxy or None) is not False

    def look(self, *, only: Only | None = None, full: bool = False, **topics: bool) -> Look:
        """What a sync would send, by stats alone."""
        context = self._context
        key = self._key()
        sources, vault = wanted_sources(
            context.sources,
            reflections=topics.get("upload_reflections", True),
            knowledge_graph=topics.get("upload_knowledge_graph", True),
            only=only,
        )
        seen = look_at(
            context.vault.root,
            sources,
            context.state.entry_signatures(key),
            context.state.sources(key),
            vault=vault,
            damaged=frozenset(damage.relative for damage in context.vault.damage),
            full=full,
        )
        return replace(seen, damage=context.vault.damage if vault else ())

    async def sync(
        self,
        upload_reflections: bool = True,
        upload_knowledge_graph: bool = True,
        *,
        only: Only | None = None,
        full: bool = False,
        **_: Any,
    ) -> SyncResult:
        """Send what is new and commit it. Raises CloudUploadError; nothing new makes no upload and at most one request.

        `only` narrows to one topic or the vault; `full` asks for whole images.
        """
        started = time.monotonic()
        topics = {"upload_reflections": upload_reflections, "upload_knowledge_graph": upload_knowledge_graph}
        try:
            for _attempt in range(TRIES):
                try:
                    result = await self._sync(only, full, topics)
                except HeadGoneError:
                    self._context.state.forget(self._key())
                    self._context.emit(Notice("cloud.emptied"))
                    continue
                except HeadFoundError:
                    continue
                return replace(result, duration_seconds=round(time.monotonic() - started, 3))
        except CogzyError as error:
            raise CloudUploadError(method="cloud", original=error) from error
        except OSError as error:
            met = file_error(error, self._context.vault.root)
            raise CloudUploadError(method="cloud", original=met) from error
        raise CloudUploadError(method="cloud", original=CogzyError("cloud.head_keeps_going"))

    async def _sync(self, only: Only | None, full: bool, topics: dict[str, bool]) -> SyncResult:
        context, key = self._context, self._key()
        seen = self.look(only=only, full=full, **topics)
        record = context.state.remote(key)
        settled = record.head is not None and context.state.prepared(key) is None and not full
        if settled and not seen.anything and not rules.confirmation_due(record.confirmed_at, context.clock()):
            return _nothing_new(record, seen)
        from core.database import Child

        async with Child() as child:
            if any(source.changed and source.source.kind == "duckdb" for source in seen.sources):
                await child.start()  # it loads DuckDB while we load the rest
            from core.sync.upload import UploadRun

            run = UploadRun(context, key, seen, full, child)
            async with run.opened():
                return await run.all()

    def _key(self) -> str:
        settings = self._context.settings
        return remote_key(location_of(settings), settings.vault_id)


def _nothing_new(record: RemoteRecord, seen: Look) -> SyncResult:
    return SyncResult(
        method="cloud",
        success=True,
        upload_id=record.head,
        files_unchanged=len(seen.vault_files) + len(seen.sources),
        not_copied=seen.not_copied,
        notices=tuple({"code": n.code, "params": n.params} for n in seen.notices),
    )

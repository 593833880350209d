"""Markers of a system's uploads: what was looked at before, what is worth another look, and saying what became of one.

The markers stand in the store; what is remembered of them here saves asking again, and can be forgotten at any time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.akosha.ingest.keys import VaultKeys
from core.akosha.ingest.order import newest_first
from core.akosha.ingest.outcome import VERSION
from core.akosha.ingest.reporting import IngestReport, problem_of
from core.akosha.ingest.state import VaultState, from_detail
from core.akosha.store import HubStore, UploadRecord
from core.errors import CogzyError
from core.sync.manifest import Manifest
from core.sync.together import bounded

MARKS_AT_ONCE = 64
_PAGE = 500
_log = logging.getLogger(__name__)


@dataclass
class Held:
    """Why an upload waits: quarantined by this version, or for the key of its vault.

    `at`: when it was made, UNIX seconds; it and the vault are None of one whose manifest could not be read.
    """

    state: Literal["quarantined", "unreadable"]
    version: str
    vault_id: str | None
    at: float | None = None


@dataclass
class Known:
    """What is remembered of a system between rounds, so that the store is asked for it once."""

    vaults: dict[str, VaultState] = field(default_factory=dict)
    files: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Of Session-Buddy's own uploads: plain name to the time and the hash of what was read last."""
    held: dict[str, Held] = field(default_factory=dict)
    loaded: bool = False
    tries: dict[str, int] = field(default_factory=dict)


class Markers:
    """The markers of one system in one round."""

    def __init__(self, store: HubStore, keys: VaultKeys, system_id: str, known: Known, report: IngestReport) -> None:
        self._store = store
        self._keys = keys
        self._system_id = system_id
        self._known = known
        self._report = report

    async def to_try_again(self, states: Mapping[str, str], *, retry: bool) -> set[str]:
        """Uploads that were put aside, but whose time may have come."""
        aside = {upload_id for upload_id, state in states.items() if state in ("quarantined", "unreadable")}
        if not aside:
            return set()
        await self.load()
        if retry:
            return aside
        held = {upload_id: self._known.held[upload_id] for upload_id in aside & self._known.held.keys()}
        vaults = {one.vault_id for one in held.values() if one.state == "unreadable" and one.vault_id is not None}
        open_now = {vault_id for vault_id in vaults if await asyncio.to_thread(self._keys.has, vault_id)}
        return {
            upload_id
            for upload_id, one in held.items()
            if (one.version != VERSION if one.state == "quarantined" else one.vault_id in open_now)
        }

    async def load(self) -> None:
        """What the store's markers say about this system."""
        if self._known.loaded:
            return
        after: str | None = None
        newest: dict[str, float] = {}
        while True:
            page = await self._store.uploads(self._system_id, limit=_PAGE, after=after)
            for record in page:
                self._remember(record, newest)
            if len(page) < _PAGE:
                break
            after = f"{page[-1].upload_id}/{page[-1].system_id}"
        self._known.loaded = True

    async def supersede(self, uploads: Iterable[Manifest], by: str, with_it: set[str]) -> None:
        """Mark uploads that need not be read any more, since `by` was."""

        async def mark(upload_id: str) -> None:
            if upload_id in with_it:
                await self._store.mark_upload(self._system_id, upload_id, "ingested", None, {"with": by})
                self._report.ingested += 1
                self._known.held.pop(upload_id, None)
            else:
                await self.skip(upload_id, "akosha.ingest_superseded", {"by": by})

        await bounded((mark(one.upload_id) for one in uploads), MARKS_AT_ONCE)

    async def mended(self, vault_id: str, by: str, at: float) -> None:
        """Of a vault `by`, made `at`, was taken in: what was in quarantine before it is no trouble any more."""
        before = [
            upload_id
            for upload_id, one in self._known.held.items()
            if one.state == "quarantined" and one.vault_id == vault_id and one.at is not None and one.at < at
        ]
        for upload_id in before:
            await self.skip(upload_id, "akosha.ingest_superseded", {"by": by})

    async def skip(self, upload_id: str, code: str, params: Mapping[str, str]) -> None:
        reason = {"code": code, "params": dict(params)}
        await self._store.mark_upload(self._system_id, upload_id, "skipped", reason, {"version": VERSION})
        self._report.skipped += 1
        self._known.held.pop(upload_id, None)

    async def quarantine(self, upload_id: str, error: CogzyError, manifest: Manifest | None = None) -> None:
        """Put an upload aside for good. `manifest`: when it could be read."""
        vault_id, at = (None, None) if manifest is None else (manifest.vault_id, manifest.uploaded_at.timestamp())
        detail = {"version": VERSION, "vault_id": vault_id, "uploaded_at": at}
        await self._store.mark_upload(self._system_id, upload_id, "quarantined", error.as_json(), detail)
        _log.warning("upload %s/%s was put aside (%s)", self._system_id, upload_id, error.code)
        self._known.held[upload_id] = Held("quarantined", VERSION, vault_id, at)
        self._known.tries.pop(upload_id, None)
        self._report.quarantined += 1
        self._report.note(problem_of(error, self._system_id, upload_id))

    async def put_aside(self, uploads: Sequence[Manifest], reason: CogzyError, vault_id: str) -> None:
        """Mark uploads that only a key can open."""

        async def mark(upload_id: str) -> None:
            await self._store.mark_upload(
                self._system_id, upload_id, "unreadable", reason.as_json(), {"version": VERSION}
            )
            self._known.held[upload_id] = Held("unreadable", VERSION, vault_id)

        await bounded((mark(one.upload_id) for one in uploads), MARKS_AT_ONCE)
        self._report.unreadable += len(uploads)
        self._report.note(problem_of(reason, self._system_id, newest_first(uploads)[0].upload_id))

    def _remember(self, record: UploadRecord, newest: dict[str, float]) -> None:
        if record.state == "quarantined" or record.state == "unreadable":
            vault_id = record.detail.get("vault_id") or (record.reason or {}).get("params", {}).get("vault_id")
            version, at = str(record.detail.get("version", "")), record.detail.get("uploaded_at")
            self._known.held[record.upload_id] = Held(record.state, version, vault_id, at)
        elif record.state == "ingested":
            vault = from_detail(record.upload_id, record.detail)
            name = vault.vault_id if vault is not None else ""
            if record.at < newest.get(name, 0):
                return
            if vault is not None:
                self._known.vaults[name] = vault
                newest[name] = record.at
            elif isinstance(files := record.detail.get("files"), dict):
                self._known.files = {str(plain): (float(at), str(sha)) for plain, (at, sha) in files.items()}
                newest[name] = record.at

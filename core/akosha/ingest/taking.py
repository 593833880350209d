"""One upload taken in: its rows and its marker stored together, or its quarantine.

- Every upload's rows and its marker are one transaction of the store.
- One that cannot be read is quarantined with the reason. What is not the upload's own fault (the bucket is away, the
  disk is full) is raised, and the upload stays new.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from core.akosha.ingest.markers import Known, Markers
from core.akosha.ingest.outcome import VERSION, IngestError, blames_upload
from core.akosha.ingest.parts import BadRows, Part
from core.akosha.ingest.reporting import IngestReport, IngestState
from core.akosha.store import HubStore
from core.crash_points import crash_point
from core.errors import CogzyError
from core.memory.rows import MemoryRow, Tombstone
from core.sync.manifest import Manifest

BATCH = 1000
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Uploads:
    """Takes in uploads of one system in one round. Counts into `report`."""

    def __init__(
        self,
        store: HubStore,
        state: IngestState,
        markers: Markers,
        system_id: str,
        known: Known,
        report: IngestReport,
    ) -> None:
        self._store = store
        self._state = state
        self._markers = markers
        self._system_id = system_id
        self._known = known
        self._report = report

    async def attempt(
        self, upload_id: str, work: Callable[[], Awaitable[T]], manifest: Manifest | None = None
    ) -> T | None:
        """What `work` returns; None when the upload went into quarantine. Raises what is not the upload's fault."""
        name = f"{self._system_id}/{upload_id}"
        self._state.working_on.add(name)
        try:
            done = await work()
            self._known.tries.pop(upload_id, None)
            return done
        except CogzyError as error:
            tries = self._known.tries[upload_id] = self._known.tries.get(upload_id, 0) + 1
            if not blames_upload(error, tries):
                raise
            await self._markers.quarantine(upload_id, error, manifest)
        except Exception as error:  # a reader of ours failed: it is logged, and the upload not looped on
            _log.exception("upload %s could not be taken in", name)
            told = IngestError("akosha.ingest_failed", reason=f"{type(error).__name__}: {error}"[:300])
            if (await self._store.upload_states(self._system_id)).get(upload_id) == "ingested":
                raise told from error  # stored already; what comes after that failed
            await self._markers.quarantine(upload_id, told, manifest)
        finally:
            self._state.working_on.discard(name)
        return None

    async def commit(self, upload_id: str, at: float, parts: Sequence[Part], detail: Mapping[str, Any]) -> None:
        """Store all parts with the marker, in one transaction."""
        bad = BadRows()
        async with self._store.upload(self._system_id, upload_id, at) as tx:
            for part in parts:
                rows = part.rows(bad)
                while some := await asyncio.to_thread(_next, rows):
                    await tx.put(some)
                    crash_point("ingest.rows")
            for (origin, kind), same in _by_kind(parts).items():
                if any(part.whole for part in same):
                    await tx.keep_only(origin, kind, chain.from_iterable(part.ids() for part in same))
            tx.detail.update(detail, version=VERSION)
            if bad.count:
                tx.detail["bad_rows"] = {"count": bad.count, "named": bad.named}
            crash_point("ingest.before_commit")
        crash_point("ingest.committed")
        result = tx.result
        self._report.ingested += 1
        self._report.bad_rows += bad.count
        if result is not None:
            self._report.rows += result.stored
            self._report.deleted += result.deleted
            self._report.bad_rows += len(result.errors)
        self._known.held.pop(upload_id, None)


def _next(rows: Iterator[MemoryRow | Tombstone]) -> list[MemoryRow | Tombstone]:
    return list(islice(rows, BATCH))


def _by_kind(parts: Iterable[Part]) -> dict[tuple[str, str], list[Part]]:
    found: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        found.setdefault((part.origin, part.kind), []).append(part)
    return found

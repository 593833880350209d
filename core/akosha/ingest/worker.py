"""IngestionWorker: looks for new uploads again and again, many systems at once, and takes them into the store.

What is done stands in the store alone: killed at any moment, the next round goes on from there. A source that is away
is asked less and less often, up to every quarter of an hour.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.akosha.ingest.children import Children
from core.akosha.ingest.find import list_systems
from core.akosha.ingest.keys import VaultKeys
from core.akosha.ingest.markers import Known
from core.akosha.ingest.outcome import IngestError, blames_source
from core.akosha.ingest.plan import Tables
from core.akosha.ingest.reporting import IngestReport, IngestState, kept, problem_of
from core.akosha.ingest.scratch import MOST_BYTES, Scratch
from core.akosha.ingest.system import Parts, SystemIngest
from core.akosha.store import HubStore
from core.errors import CogzyError
from core.files import FileError
from core.storage import ObjectStore

MOST_PAUSE = 900.0
_MOST_DOUBLINGS = 10
_log = logging.getLogger(__name__)


class IngestionWorker:
    """`open_source` opens the bucket or folder; `scratch` is a folder of ours alone. Of one event loop."""

    def __init__(
        self,
        store: HubStore,
        open_source: Callable[[], ObjectStore],
        *,
        keys: VaultKeys,
        scratch: Path,
        max_concurrent_ingests: int = 4,
        interval: float = 30.0,
        most_scratch: int = MOST_BYTES,
        last_round: Path | None = None,
    ) -> None:
        """`last_round`: the file that remembers the last round for the next process."""
        self.state = IngestState()
        self._open_source = open_source
        self._scratch = Scratch(scratch, most_scratch)
        self._children = Children()
        self._parts = Parts(store, keys, self._scratch, self._children, Tables(), self.state)
        self._at_once = max_concurrent_ingests
        self._interval = interval
        self._known: dict[str, Known] = {}
        self._later: dict[str, tuple[int, float]] = {}
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._cleared = False
        self._last_round = last_round
        self._before = None if last_round is None else kept(last_round)

    @property
    def last_run(self) -> dict[str, Any] | None:
        """How the last round was, of this process or of the one before; None when there was none."""
        return self.state.as_json() if self.state.rounds else self._before

    async def run_once(self, *, retry: bool = False) -> IngestReport:
        """One round over everything. `retry`: what is in quarantine is tried again, too.

        Never raises for what store, network or uploads do: the report says it.
        """
        async with self._turn:
            return await self._round(retry=retry, patient=False)

    def start(self) -> None:
        """Begin with rounds in the background."""
        if self._loop is None:
            self._loop = asyncio.create_task(self._rounds(), name="akosha-ingest")

    async def stop(self) -> None:
        """End them, in the middle of an upload if need be, of which then nothing is stored. Fine to call twice."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await loop
        async with self._turn:
            await self._children.close()
        self.state.running = False
        self.state.next_round_at = None

    def wake(self) -> None:
        """Let the next round begin now."""
        self._wake.set()

    async def _rounds(self) -> None:
        self.state.running = True
        failures = 0
        while True:
            self._wake.clear()
            async with self._turn:
                report = await self._round(retry=False, patient=True)
                if not report.changed:
                    await self._children.close()
            failures = failures + 1 if report.failed else 0
            pause = self._pause(failures)
            self.state.next_round_at = time.time() + pause
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _round(self, *, retry: bool, patient: bool) -> IngestReport:
        """`patient`: systems that had trouble wait longer from time to time."""
        begun = time.monotonic()
        report = IngestReport()
        self.state.source_error = None
        try:
            if not self._cleared:
                await self._scratch.clear()
                self._cleared = True
            source = self._open_source()
            try:
                await self._every_system(source, report, retry=retry, patient=patient)
            finally:
                await source.close()
        except CogzyError as error:
            self._failed(report, error)
        except Exception as error:  # noqa: BLE001  # a fault of ours must not end the rounds
            _log.exception("the uploads could not be looked at")
            self._failed(report, _unforeseen(error))
        report.seconds = time.monotonic() - begun
        self.state.add(report, time.time())
        if self._last_round is not None:
            try:
                await asyncio.to_thread(self.state.keep, self._last_round)
            except FileError as error:
                _log.warning("the last round could not be remembered (%s)", error.code)
        return report

    async def _every_system(self, source: ObjectStore, report: IngestReport, *, retry: bool, patient: bool) -> None:
        names = await list_systems(source)
        report.systems = len(names)
        now = time.monotonic()
        waiting = [name for name in names if not patient or self._later.get(name, (0, 0.0))[1] <= now]
        waiting.reverse()

        async def work() -> None:
            while waiting and not report.failed:
                await self._system(source, waiting.pop(), report, retry=retry)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._at_once, len(waiting))):
                group.create_task(work())

    async def _system(self, source: ObjectStore, name: str, report: IngestReport, *, retry: bool) -> None:
        known = self._known.setdefault(name, Known())
        try:
            await SystemIngest(self._parts, source, name, known, report, retry=retry).run()
        except CogzyError as error:
            self._known[name] = Known(tries=known.tries)  # what the store says counts
            if blames_source(error):
                self._failed(report, error)
            else:
                self._put_off(name, report, error)
        except Exception as error:  # noqa: BLE001  # a fault of ours must not end the rounds, nor the work on other systems
            _log.exception("uploads of %s could not be looked at", name)
            self._known[name] = Known(tries=known.tries)
            self._put_off(name, report, _unforeseen(error))
        else:
            self._later.pop(name, None)

    def _put_off(self, name: str, report: IngestReport, error: CogzyError) -> None:
        times = self._later.get(name, (0, 0.0))[0] + 1
        self._later[name] = times, time.monotonic() + self._pause(times)
        report.note(problem_of(error, name))
        _log.warning("uploads of %s are tried again later (%s)", name, error.code)

    def _pause(self, failures: int) -> float:
        return float(min(self._interval * 2 ** min(failures, _MOST_DOUBLINGS), max(MOST_PAUSE, self._interval)))

    def _failed(self, report: IngestReport, error: CogzyError) -> None:
        if not report.failed:
            report.failed = True
            report.note(problem_of(error))
            self.state.source_error = error.as_json()
            _log.warning("the uploads could not be looked at (%s)", error.code)


def _unforeseen(error: Exception) -> IngestError:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return IngestError("akosha.ingest_round_failed", reason=f"{type(error).__name__}: {error}"[:300])

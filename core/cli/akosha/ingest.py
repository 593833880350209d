"""`akosha ingest`: take in what the bucket holds, once or until stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from core.cli.akosha.hub import Answer, hub_or_own
from core.cli.output import Output
from core.errors import CogzyError, DamageError

if TYPE_CHECKING:
    from core.akosha.access.local import LocalServer
    from core.akosha.settings import HubSettings

_ROUND_SECONDS = 24 * 3600.0


def ingest(options: Any, output: Output) -> int:
    """One round now: asked of a running hub, else done here; without `--once` again and again."""

    def asked(running: LocalServer) -> int:
        code = _shown(running.ask("POST", "/v1/ingest", body={}, timeout=_ROUND_SECONDS), output)
        if not options.once and not output.json:
            output.note(f"The hub that runs (process {running.pid}) goes on by itself.")
        return code

    def own() -> int:
        if options.once:
            return _shown(asyncio.run(_once(options.settings)), output)
        return asyncio.run(_again_and_again(options.settings, output))

    return hub_or_own(options.settings, asked, own)


def _shown(report: Answer, output: Output) -> int:
    """The round and, of what has to be tried again, why. Returns the exit code."""
    waits = _waits(report)
    if not output.json or not waits:
        output.result(report, _lines(report))
    code = output.error(_error(waits[0]), data=report, also=waits[1:]) if waits else 0
    return DamageError.exit_code if report["quarantined"] else code


async def _once(settings: HubSettings) -> Answer:
    from core.akosha.application import AkoshaApplication

    async with AkoshaApplication(settings) as hub:
        return await hub.ingest_once()


async def _again_and_again(settings: HubSettings, output: Output) -> int:
    """Rounds until SIGINT or SIGTERM. They break off the one under way: an upload goes in whole or not at all."""
    from core.akosha.application import AkoshaApplication

    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    rounds = 0
    said: list[str] = []
    async with AkoshaApplication(settings) as hub:
        while not stopped.is_set():
            said = await _round(hub.ingest_once(), stopped, output, said)
            rounds += 1
            try:
                await asyncio.wait_for(stopped.wait(), settings.ingest_interval_seconds)
            except TimeoutError:
                continue
    if output.json:
        output.result({"rounds": rounds}, ())
    return 0


async def _round(work: Any, stopped: asyncio.Event, output: Output, said: list[str]) -> list[str]:
    """One round; what it says. The same as was `said` by the round before is not said again."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
            await asyncio.wait({working})
            return said
        report = working.result()
        lines = [*_lines(report), *(f"{one['title']}. {one['cause']} {one['next_step']}" for one in _waits(report))]
    except CogzyError as error:
        if error.code == "akosha.no_bucket":
            raise
        lines = [f"{error.title}. {error.next_step}"]  # a bucket that is away comes back
    finally:
        stopping.cancel()
    for line in lines if lines != said else ():
        output.note(line)
    return lines


def _waits(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Why the bucket, or all that is new of a system, could not be looked at in this round."""
    return [one for one in report["problems"] if one["upload_id"] is None]


def _error(problem: Mapping[str, Any]) -> CogzyError:
    return CogzyError(problem["code"], **problem["params"])


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    uploads = f"{report['seen']} upload{'' if report['seen'] == 1 else 's'}"
    if report["ingested"]:
        changed = f"{report['rows']} memories new or changed, {report['deleted']} gone"
        yield f"Took in {report['ingested']} of {uploads}: {changed} ({report['seconds']:.1f} s)."
    elif not (_waits(report) or report["quarantined"] or report["unreadable"]):
        yield f"Nothing new in {uploads}."
    for name, says in (("quarantined", "malformed and set aside"), ("unreadable", "not readable")):
        if report[name]:
            yield f"{report[name]} {says}: `akosha status` says which and why."
    systems = [one["system_id"] for one in _waits(report) if one["system_id"] is not None]
    if systems:
        yield f"Not taken in, and tried again next time: what is new of {', '.join(systems)}."

"""`cogzy import`: what somebody exported from an assistant, into the vault.

It runs in the command's own process beside whoever owns the vault: it takes the vault's write lock alone, for the one
transaction at its end.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.output import Output
from core.cli.session import StoppedError
from core.control import queue
from core.errors import CogzyError, UsageError
from core.messages import render

if TYPE_CHECKING:
    from core.memory.importers import Finding
    from core.memory.pipeline import Imported, Stage

_STAGES = {"reading": "Reading", "embedding": "Understanding", "committing": "Keeping"}
_ONLY_VERBOSE = ("import.left_out", "import.shortened", "import.file_left_out", "import.unknown_key")
"""What is nothing to worry about; without --verbose it is one line."""
_MOST_LINES = 5


def import_(options: Any, output: Output) -> int:
    """Take over what is at the paths; then ask for a sync, when there is somewhere to send it."""
    if options.embed or options.anew:
        return _embed(options, output)
    if not all(options.paths) or not options.paths:
        raise UsageError("import.no_paths")
    paths = [Path(path) for path in options.paths]
    with _Shown(output) as shown:
        try:
            done = asyncio.run(_run(options.vault, paths, options.source, options.dry_run, shown))
        except KeyboardInterrupt:
            raise StoppedError("client.cancelled") from None
    asked = done.committed and _ask_for_sync(options.vault)
    if done.committed and not asked:
        _leave_the_rest(options.vault)
    told = {"dry_run": options.dry_run, **done.as_json(), "sync_asked_for": asked}
    output.result(told, _lines(done, options.dry_run, options.verbose))
    return 0


def _embed(options: Any, output: Output) -> int:
    """Make what is in the vault ready for search by meaning, in its owner; stopped, it goes on the next time."""
    from core.cli.session import with_client
    from core.client import finish
    from core.sync.events import Event, Understand, Understanding

    if options.paths or options.dry_run:
        raise UsageError("import.embed_alone")
    with _Shown(output) as shown:

        def see(event: Event) -> None:
            if isinstance(event, Understanding):
                shown("embedding", event.done, event.total)

        command = Understand(anew=options.anew)
        done = with_client(options.vault, lambda client: finish(client, command, see), cancel=False)
    why_not = done["why_not"]
    if why_not is not None:
        return output.error(CogzyError(why_not["code"], **why_not["params"]), data=done)
    output.result(done, _embedded_lines(done))
    return 0


def _embedded_lines(done: Mapping[str, Any]) -> Iterator[str]:
    made = done["made"] + done["beside"]
    yield f"{_memories(made)} found by meaning now." if made else "Nothing waited: all memories are found by meaning."
    if done["clustered"]:
        yield "Their topics were looked at again; `cogzy status` names the largest."
    for problem in done["problems"]:
        yield f"Note: {problem['title']}. {problem['next_step']}"


def _memories(count: int) -> str:
    return f"{_count(count, 'memory')} is" if count == 1 else f"{count:,} memories are"


def _leave_the_rest(vault: Path) -> None:
    """Topics and whatever else waits are made in the background, by a process of their own."""
    from core.memory.upkeep import due

    if due(vault):
        (vault / "sync" / "queue").mkdir(mode=0o700, parents=True, exist_ok=True)
        queue.start_drain(vault)


async def _run(vault_dir: Path, paths: list[Path], source: str, dry_run: bool, shown: _Shown) -> Imported:
    from core.memory.pipeline import run_pipeline
    from core.vault import LocalVaultService

    vault = await asyncio.to_thread(LocalVaultService.open, vault_dir)
    return await run_pipeline(vault, paths, source=source, dry_run=dry_run, progress=shown)


def _ask_for_sync(vault: Path, environ: Mapping[str, str] = os.environ) -> bool:
    """Leave a request for a sync in the background, when a bucket, a folder or a hub is set up."""
    from core import settings

    chosen = settings.load(vault, environ).settings
    if not chosen.sync.cloud_configured and not chosen.sync.hub_url:
        return False
    queue.request_sync(vault, {"trigger": "user"})
    return True


def _lines(done: Imported, dry_run: bool, verbose: bool) -> Iterator[str]:
    from core.memory.importers import NAMES

    report = done.report
    held = ", ".join(f"{NAMES.get(name, name)} {count:,}" for name, count in sorted(report.sources.items()))
    talks, turns = _count(report.conversations, "conversation"), _count(report.turns, "turn")
    yield f"Found: {talks}, {turns} ({held or 'nothing'})."
    new = [
        _count(report.new_conversations, "new conversation") if report.new_conversations else "",
        _count(report.grown_conversations, "conversation") + " that went on" if report.grown_conversations else "",
        _count(report.new_turns, "new turn") if report.new_turns else "",
        _count(report.changed_turns, "changed turn") if report.changed_turns else "",
    ]
    named = ", ".join(filter(None, new))
    if not named:
        yield "All of it is in the vault already."
    elif dry_run:
        yield f"Would be taken over: {named}. Nothing was changed."
    else:
        yield f"Taken over: {named}."
    if report.private_parts:
        yield f"{_count(report.private_parts, 'private part')} (<private>…</private>) left out."
    if done.without_vectors is not None:
        yield f"{done.without_vectors.title}. {done.without_vectors.next_step}"
    yield from _finding_lines(report.findings, verbose)


def _finding_lines(findings: list[Finding], verbose: bool) -> Iterator[str]:
    from core.memory.importers.report import OTHERS

    quiet = 0
    for code, group in groupby(findings, key=lambda one: one.code):
        of_code = list(group)
        if code in _ONLY_VERBOSE and not verbose:
            quiet += len(of_code)
            continue
        yield f"Note: {render(code, vars(of_code[0]))[0]}."
        for one in of_code[: None if verbose else _MOST_LINES]:
            where = ", ".join(dict.fromkeys(filter(None, (Path(one.file).name if one.file else "", one.place))))
            yield f"  {render(code, vars(one))[1]}" + (f" [{where}]" if where else "")
        if not verbose and len(of_code) > _MOST_LINES:
            more = sum(one.count if one.name == OTHERS else 1 for one in of_code[_MOST_LINES:])
            yield f"  … and {more:,} more; `--verbose` lists {'some of ' if more > len(of_code) else ''}them."
        if step := render(code, vars(of_code[0]))[2].removeprefix("Nothing to do"):
            yield f"  {step}" if not step.startswith((":", ".", ";")) else "  Nothing to do" + step
    if quiet:
        yield f"Details that were left out or shortened on purpose: {_count(quiet, 'kind')}; `--verbose` lists them."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class _Shown:
    """How far it is: a bar on a terminal, else a line a stage; nothing with --json."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._stage = ""
        self._bars: Any = None
        self._task: Any = None

    def __enter__(self) -> _Shown:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, stage: Stage, done: int, total: int) -> None:
        if self._output.json:
            return
        import sys

        if not sys.stderr.isatty():
            if stage != self._stage:
                print(f"{_STAGES[stage]}…", file=sys.stderr, flush=True)
        else:
            if self._bars is None:
                self._start()
            self._bars.update(self._task, description=_STAGES[stage], completed=done, total=total or None)
        self._stage = stage

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bars.add_task("", total=None)
        self._bars.start()

"""What a command shows: sentences for a person, or one JSON object; never both, never a stack trace.

`--json` promises exactly one object on standard output. Progress and errors go to standard error there; for a person
results go to standard output, errors to standard error.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from core.presenting import ago as ago
from core.presenting import counted as counted
from core.presenting import size as size
from core.presenting import span

if TYPE_CHECKING:
    from core.errors import CogzyError
    from core.sync.events import Event, Progress

STAGES = {
    "checking": "Checking",
    "copying": "Copying",
    "packing": "Packing",
    "sending": "Sending",
    "committing": "Committing",
    "reading": "Reading",
    "rebuilding": "Rebuilding",
    "verifying": "Verifying",
}
_BAR_AFTER_SECONDS = 0.4


class Output:
    """Where a command says what it has to say."""

    def __init__(self, *, json: bool = False, verbose: bool = False) -> None:
        self.json = json
        self.verbose = verbose
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a console that lacks a letter must not end the command

    def result(self, data: Mapping[str, Any], lines: Iterable[str]) -> None:
        """The command's one answer: `data` for machines, `lines` for a person."""
        if self.json:
            print(json.dumps(data, default=str))
        else:
            for line in lines:
                print(line)

    def note(self, text: str) -> None:
        """Something beside the answer."""
        print(text, file=sys.stderr if self.json else sys.stdout, flush=True)

    def aside(self, text: str) -> None:
        """What a person should know, and a program that reads the answer should not get."""
        if not self.json:
            print(text, file=sys.stderr, flush=True)

    def error(
        self,
        error: CogzyError,
        *,
        usage: bool = False,
        data: Mapping[str, Any] | None = None,
        also: Iterable[Mapping[str, Any]] = (),
    ) -> int:
        """Show an error, and those that came `also`: title, cause, next step. Returns the exit code of the first."""
        told = error.as_json()
        if self.json:
            print(json.dumps({**(data or {}), "error": told}, default=str), flush=True)
        lines: list[str] = []
        for one in (told, *also):
            lines.append(f"{'cogzy: ' if usage else ''}{one['title']}")
            lines += [f"  {one[part]}" for part in ("cause", "next_step") if one[part]]
        print("\n".join(lines), file=sys.stderr, flush=True)
        return error.exit_code

    @property
    def can_ask(self) -> bool:
        """Whether a person sits at the other end."""
        return not self.json and sys.stdin is not None and sys.stdin.isatty()

    def ask(self, question: str) -> str:
        """What the person types."""
        print(question, end=" ", flush=True)
        return sys.stdin.readline().strip()

    def progress(self) -> ShownProgress:
        """Shows the events of a run: a bar on a terminal, else a line a stage."""
        return ShownProgress(self)


class ShownProgress:
    """Shows progress while its block lasts."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._stage = ""
        self._since = time.monotonic()
        self._bar: _Bar | None = None

    def __enter__(self) -> ShownProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        from core.sync.events import Notice, Progress

        if isinstance(event, Progress):
            self._show(event)
        elif isinstance(event, Notice):
            self._output.note(notice(event.code, event.params))

    def _show(self, progress: Progress) -> None:
        if sys.stderr.isatty() and not self._output.json:
            if self._bar is None and time.monotonic() - self._since > _BAR_AFTER_SECONDS:
                self._bar = _Bar()
            if self._bar is not None:
                self._bar.show(progress)
        elif progress.stage != self._stage and not self._output.json:
            print(f"{STAGES[progress.stage]}…", file=sys.stderr, flush=True)
        self._stage = progress.stage


class _Bar:
    """The bar on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TextColumn("{task.fields[speed]}"))
        self._bars = Bars(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bars.add_task("", total=None, speed="")
        self._bars.start()

    def show(self, progress: Progress) -> None:
        files = f" {progress.files_done} of {progress.files_total}" if progress.files_total else ""
        self._bars.update(
            self._task,
            description=STAGES[progress.stage] + files,
            completed=progress.bytes_done,
            total=progress.bytes_total or None,
            speed=_speed(progress),
        )

    def close(self) -> None:
        self._bars.stop()


def _speed(progress: Progress) -> str:
    speed = f"{size(progress.bytes_per_second)}/s" if progress.bytes_per_second > 0 else ""
    return f"{speed} · about {span(progress.eta_seconds)}" if speed and progress.eta_seconds is not None else speed


def notice(code: str, params: Mapping[str, Any]) -> str:
    """The sentences of a notice, in one line."""
    from core.messages import render

    title, cause, next_step = render(code, params)
    step = "" if next_step.startswith("Nothing to do") and "`" not in next_step else next_step
    return " ".join(filter(None, (f"Note: {title}.", cause, step)))


def damage_line(damage: Mapping[str, Any]) -> str:
    """A damaged file of the vault, in one line."""
    from core.messages import render

    title, cause, next_step = render(str(damage["problem"]), {**damage, "kept": damage["quarantined"] or "-"})
    return f"{damage['path']}: {title}. {cause} {next_step}"

"""What happened, step by step: one table for a person, one object for a machine."""

from __future__ import annotations

import logging
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, TextIO

from core.cli.demo.computer import Answer
from core.cli.output import notice, size
from core.errors import CogzyError

WIDTH = 100
_NAME = 40
_ABOUT = """\
Made-up memories in a private folder, a real S3 server and a real hub (akosha) on this computer, and
another program that writes two DuckDB databases all the while. "on the wire" was counted outside of
Cogzy, "of" is what it stands for: the size of all that the upload holds.
"""
_HEAD = f"{'step':<{_NAME}} {'cloud':<12} {'hub':<10} {'on the wire':>11} {'of':>8} {'rows':>7} {'time':>6}"


@dataclass(frozen=True)
class Check:
    """Something that must hold, whether it does, and what was seen. Not `shown`: a person is told when it fails."""

    what: str
    held: bool
    seen: str = ""
    shown: bool = True


@dataclass
class Step:
    """One step. `on_the_wire` was counted outside of Cogzy, `covered` is what it is about; both in bytes."""

    name: str
    attempts: list[dict[str, Any]] = field(default_factory=list)
    on_the_wire: int | None = None
    covered: int | None = None
    rows: int | None = None
    seconds: float = 0.0
    error: dict[str, Any] | None = None
    notices: list[dict[str, Any]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether everything was as it must be."""
        return all(check.held for check in self.checks)

    def check(self, what: str, held: bool, seen: str = "", *, shown: bool = True) -> None:
        """Note something that must hold."""
        self.checks.append(Check(what, held, seen, shown))

    def synced(self, answer: Answer, on_the_wire: int) -> None:
        """Take over what a `cogzy sync` said."""
        result = answer.data
        self.attempts = list(result.get("attempts", ()))
        self.on_the_wire = on_the_wire
        self.covered, self.rows = result.get("bytes_total"), result.get("rows_changed")
        self.notices = list(result.get("notices", ()))
        self.error = answer.error

    def outcome(self, method: str) -> str:
        """What became of one method."""
        return next((str(one["outcome"]) for one in self.attempts if one["method"] == method), "")

    def as_json(self) -> dict[str, Any]:
        """The step in the object of `cogzy demo --json`."""
        return {**asdict(self), "held": self.held}


class Report:
    """Steps in their order, each shown as it ends."""

    def __init__(self, stream: TextIO) -> None:
        self.steps: list[Step] = []
        self._stream = stream
        self._started = time.monotonic()
        self._say(f"{_ABOUT}\n{_HEAD}\n{'-' * WIDTH}\n")

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """One step of the demo. An error ends the demo and stands in its step: raises CogzyError alone."""
        step = Step(name)
        self.steps.append(step)
        self._say(f"{len(self.steps):>2} {name:<{_NAME - 3}} ")
        started = time.monotonic()
        try:
            yield step
        except Exception as error:
            known = error if isinstance(error, CogzyError) else _unexpected(error)
            step.error = known.as_json()
            step.check("the step could be done", False, known.title)
            raise known from error
        finally:
            step.seconds = round(time.monotonic() - started, 2)
            self._say("\n".join([_numbers(step), *_notes(step), ""]))

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return round(time.monotonic() - self._started, 1)

    @property
    def held(self) -> bool:
        """Whether everything in every step was as it must be."""
        return bool(self.steps) and all(step.held for step in self.steps)

    def verdict(self) -> str:
        """The last line."""
        checks = [check for step in self.steps for check in step.checks]
        failed = [check.what for check in checks if not check.held]
        if failed:
            return f"NOT EVERYTHING HELD: {len(failed)} of {len(checks)} checks failed: {'; '.join(failed)}."
        return f"Everything held: {len(self.steps)} steps, {len(checks)} checks, {self.seconds:.0f} seconds."

    def as_json(self) -> dict[str, Any]:
        """The object of `cogzy demo --json`."""
        steps = [step.as_json() for step in self.steps]
        return {"held": self.held, "verdict": self.verdict(), "seconds": self.seconds, "steps": steps}

    def end(self) -> None:
        """Close the table."""
        self._say(f"{'-' * WIDTH}\n")
        for line in _footnotes(self.steps):
            self._say(f"{line}\n")

    def _say(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _unexpected(error: Exception) -> CogzyError:
    logging.getLogger("core.cli.demo").exception("unexpected")
    return CogzyError("demo.unexpected", kind=type(error).__name__, said=str(error))


def _numbers(step: Step) -> str:
    wire, covered = (size(count) if count is not None else "" for count in (step.on_the_wire, step.covered))
    rows = f"{step.rows:,}" if step.rows is not None else ""
    cloud, hub = step.outcome("cloud"), step.outcome("http")
    return f"{cloud:<12} {hub:<10} {wire:>11} {covered:>8} {rows:>7} {step.seconds:>5.1f}s"


def _notes(step: Step) -> Iterator[str]:
    if step.error is not None:
        yield from _wrapped("said:", "{title}. {cause} {next_step}".format_map(step.error))
    for found in step.notices:
        yield from _wrapped("note:", notice(found["code"], found.get("params", {})).removeprefix("Note: "))
    for check in (one for one in step.checks if one.shown or not one.held):
        yield from _wrapped("ok" if check.held else "FAILED", f"{check.what}{f' ({check.seen})' if check.seen else ''}")


def _wrapped(mark: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"   {mark:<6} ", subsequent_indent=" " * 10)


def _footnotes(steps: list[Step]) -> Iterator[str]:
    from core.messages import render

    reasons = {(one["method"], one["reason"]) for step in steps for one in step.attempts if one["outcome"] == "skipped"}
    for method, reason in sorted(reasons, key=str):
        title, cause, _ = render(str(reason), {})
        yield f"{'hub' if method == 'http' else method}, skipped: {title}. {cause}"

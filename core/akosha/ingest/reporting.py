"""What ingestion tells: of one round, and since the hub started."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.errors import CogzyError
from core.files import write_atomically

MOST_PROBLEMS = 100

Problem = Mapping[str, Any]
"""`{"system_id", "upload_id", "code", "params", "title", "cause", "next_step"}`; ids are None where none is meant."""


def problem_of(error: CogzyError, system_id: str | None = None, upload_id: str | None = None) -> Problem:
    """What went wrong with a system or an upload."""
    return {"system_id": system_id, "upload_id": upload_id, **error.as_json()}


def kept(place: Path) -> dict[str, Any] | None:
    """What `IngestState.keep` left there; None when there was no round yet, or no word of it can be read."""
    try:
        told = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and told.keys() >= {"rounds", "last_round_at", "source_error"} else None


@dataclass
class IngestReport:
    """One round. `seen`: uploads in the store, `unchanged` those that had been looked at before.

    `problems`: what was quarantined, cannot be read, or is to be tried again; `failed` says that the store itself
    could not be used, so that other uploads may not have been seen.
    """

    systems: int = 0
    seen: int = 0
    ingested: int = 0
    unchanged: int = 0
    skipped: int = 0
    quarantined: int = 0
    unreadable: int = 0
    rows: int = 0
    deleted: int = 0
    bad_rows: int = 0
    seconds: float = 0.0
    failed: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was new."""
        return bool(self.ingested or self.skipped or self.quarantined or self.unreadable)

    def note(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class IngestState:
    """Counters since the start, and how things are. Moments are UNIX seconds."""

    running: bool = False
    rounds: int = 0
    failed_rounds: int = 0
    ingested: int = 0
    skipped: int = 0
    quarantined: int = 0
    unreadable: int = 0
    rows: int = 0
    deleted: int = 0
    bad_rows: int = 0
    seconds: float = 0.0
    last_round_at: float | None = None
    last_success_at: float | None = None
    next_round_at: float | None = None
    working_on: set[str] = field(default_factory=set)
    """Uploads that are being read right now."""
    source_error: dict[str, Any] | None = None
    """Why the store could not be used in the last round; None when it could."""
    problems: deque[Problem] = field(default_factory=lambda: deque(maxlen=MOST_PROBLEMS))

    def add(self, report: IngestReport, at: float) -> None:
        """A round ended."""
        self.rounds += 1
        self.failed_rounds += report.failed
        for name in ("ingested", "skipped", "quarantined", "unreadable", "rows", "deleted", "bad_rows"):
            setattr(self, name, getattr(self, name) + getattr(report, name))
        self.seconds += report.seconds
        self.last_round_at = at
        if not report.failed:
            self.last_success_at = at
        self.problems.extend(report.problems)

    def keep(self, place: Path) -> None:
        """Leave word of the last round for who asks when nothing runs. Raises FileError."""
        told = {**self.as_json(), "running": False, "next_round_at": None, "working_on": []}
        write_atomically(place, json.dumps(told, default=str).encode())

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "working_on": sorted(self.working_on), "problems": list(self.problems)}

"""The runs there were: when each began, who asked for it, and how it ended. Kept for over a year."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.sync.state_file import StateFile

HISTORY_DAYS = 400


def begin_run(state: StateFile, trigger: str, method: str, now: float) -> int:
    """Note that a run began; a crash leaves it as `interrupted`. Returns its id."""
    with state.transaction() as db:
        db.execute("UPDATE run SET outcome='interrupted', ended_at=started_at WHERE outcome='running'")
        db.execute("DELETE FROM run WHERE started_at < ?", (now - HISTORY_DAYS * 86400,))
        cursor = db.execute(
            "INSERT INTO run(started_at, trigger, method, outcome) VALUES(?, ?, ?, 'running')",
            (now, trigger, method),
        )
        return int(cursor.lastrowid or 0)


def end_run(state: StateFile, run: int, outcome: str, result: dict[str, Any], now: float) -> None:
    """Note how a run ended: succeeded, unchanged, failed or cancelled."""
    with state.transaction() as db:
        db.execute("UPDATE run SET ended_at=?, outcome=?, result=? WHERE id=?", (now, outcome, json.dumps(result), run))


def latest_runs(state: StateFile, limit: int = 100) -> list[dict[str, Any]]:
    """The latest runs, newest first."""
    rows = state.all(
        "SELECT id, started_at, ended_at, trigger, method, outcome, result FROM run ORDER BY id DESC LIMIT ?", limit
    )
    names = ("id", "started_at", "ended_at", "trigger", "method", "outcome")
    return [{**dict(zip(names, row, strict=False)), "result": state.parsed(row[6] or "null")} for row in rows]

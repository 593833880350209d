"""A model on a stage: it shows the state it is given and answers commands from a script. For tests and pictures.

Everything else (settings, credentials, the signals) is the real model's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import settings
from core.errors import CogzyError
from core.sync.events import (
    Cancel,
    Command,
    Event,
    GetMemory,
    ListFiles,
    ListUploads,
    PreviewReset,
    Progress,
    Search,
    Status,
)
from desktop.model import AppModel
from tests.desktop import search_stage

NOW = 1_790_000_000.0
DAY = 86_400.0
VAULT_ID = "5a" * 16
REFUSED = CogzyError(
    "storage.key_refused", host="s3.eu-central-1.amazonaws.com", bucket="ada-memories", detail="InvalidAccessKeyId"
)
UNREACHABLE = CogzyError("storage.unreachable", host="s3.eu-central-1.amazonaws.com", reason="no answer in 5 s")


class StageModel(AppModel):
    """Shows what `show` is told. `asked` has every command; `answers` maps a command's type to its value or error."""

    def __init__(self, vault: Path, environ: Mapping[str, str] | None = None) -> None:
        super().__init__(vault, {} if environ is None else environ)
        self.asked: list[Command] = []
        self.runs: list[dict[str, Any]] = []
        self.answers: dict[type, Any] = {Cancel: True, Status: {}}

    async def run(self, command: Command, on_event: Callable[[Event], None] | None = None) -> Any:
        """The scripted answer. An answer that is an error is raised; one that can be called is asked."""
        self.asked.append(command)
        answer = self.answers.get(type(command))
        if callable(answer):
            answer = await answer(command, on_event)
        if isinstance(answer, CogzyError):
            raise answer
        return answer

    async def history(self, days: float = 90) -> list[dict[str, Any]]:
        """The scripted runs."""
        return self.runs

    def show(self, status: dict[str, Any], progress: Progress | None = None) -> None:
        """Show this."""
        self.status, self.progress = status, progress
        self._tell()


def status_of(state: str = "idle", now: float | None = None, **changes: Any) -> dict[str, Any]:
    """What `core.sync.status.of` tells of a computer in ordinary use."""
    now = time.time() if now is None else now
    sent = {
        "at": now - 130,
        "files_uploaded": 3,
        "rows_changed": 42,
        "bytes_transferred": 48_000,
        "bytes_total": 118_000_000,
        "duration_seconds": 1.4,
        "upload_id": "20260921_101302_417_laptop-a-7f3c_q8w2e1",
    }
    cloud = {
        "configured": True,
        "last_success": now - 125,
        "confirmed_at": now - 125,
        "upload_id": sent["upload_id"],
        "last_attempt": {
            "method": "cloud",
            "outcome": "succeeded",
            "reason": None,
            "duration_seconds": 1.4,
            "error": None,
            "at": now - 130,
        },
        "last_error": None,
        "last_sent": sent,
    }
    hub = {
        "configured": True,
        "confirmed": True,
        "url": "http://localhost:8682/mcp",
        "last_success": now - 2 * 3600,
        "rows": 1204,
        "bytes": 2_400_000,
        "waiting": [],
        "refused": {"count": 0, "examples": []},
        "last_attempt": None,
        "last_error": None,
        "last_sent": None,
    }
    told: dict[str, Any] = {
        "state": state,
        "until": None,
        "reason": None,
        "error": None,
        "waiting": [],
        "vault": {
            "nodes": 1204,
            "episodes": 96,
            "embeddings": 1300,
            "traces": 7,
            "total_bytes": 9_400_000,
            "damage": [],
        },
        "methods": {"cloud": cloud, "http": hub},
        "sources": [
            _source(
                "session-buddy-reflection", "duckdb", "~/.claude/data/reflection.duckdb", 84_000_000, 51_204, now - 130
            ),
            _source(
                "session-buddy-knowledge-graph",
                "duckdb",
                "~/.claude/data/knowledge_graph.duckdb",
                6_300_000,
                1_877,
                now - 130,
            ),
            {**_source("claude-code", "files", "~/.claude/projects", 431_000_000, None, now - 130), "kept": 412},
            {**_source("notes", "sqlite", "~/notes.db", None, None, None), "enabled": False, "state": "off"},
        ],
        "runs": [],
        "system_id": "laptop-a-7f3c",
        "vault_id": VAULT_ID,
        "encrypted": False,
        "settings_problems": [],
    }
    for name, value in changes.items():
        if name in ("cloud", "http"):
            told["methods"][name] = {**told["methods"][name], **value}
        else:
            told[name] = value
    return told


def _source(
    name: str, kind: str, path: str, size: int | None, rows: int | None, copied: float | None
) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "path": path,
        "enabled": True,
        "found": True,
        "last_copy": copied,
        "size": size,
        "rows": rows,
        "state": "copied",
        "error": None,
    }


def failed(error: CogzyError = REFUSED) -> dict[str, Any]:
    """The status after a sync that the cloud refused."""
    attempt = {
        "method": "cloud",
        "outcome": "failed",
        "reason": error.code,
        "duration_seconds": 2.1,
        "error": error.as_json(),
        "at": time.time() - 60,
    }
    return status_of(
        "error",
        error=error.as_json(),
        cloud={"last_attempt": attempt, "last_error": error.as_json(), "next_try": time.time() + 240},
    )


def states(now: float | None = None) -> dict[str, tuple[dict[str, Any], Progress | None]]:
    """Every state that a person can see, by a name for its picture."""
    now = time.time() if now is None else now
    sending = Progress("sending", 3, 8, 31_000_000, 118_000_000, 1_200_000.0, 10.0)
    empty = {
        "configured": False,
        "last_success": None,
        "confirmed_at": None,
        "upload_id": None,
        "last_sent": None,
        "last_attempt": None,
    }
    hub_only = status_of(
        "attention",
        now,
        reason="cloud.hub_only",
        cloud={
            "last_success": now - 4 * DAY,
            "confirmed_at": None,
            "last_error": UNREACHABLE.as_json(),
            "last_attempt": {
                "method": "cloud",
                "outcome": "unavailable",
                "reason": UNREACHABLE.code,
                "error": UNREACHABLE.as_json(),
                "duration_seconds": 5.0,
                "at": now - 300,
            },
        },
        http={
            "last_success": now - 300,
            "last_attempt": {
                "method": "http",
                "outcome": "succeeded",
                "reason": None,
                "error": None,
                "duration_seconds": 0.4,
                "at": now - 300,
            },
        },
    )
    damage = [
        {
            "path": "corpus/nodes.json",
            "problem": "vault.unreadable",
            "quarantined": "corpus/nodes.json.damaged-20260920",
            "reason": "it ends in the middle",
        }
    ]
    return {
        "setup_needed": (status_of("setup_needed", now, cloud=empty, http={"configured": False}), None),
        "waiting_for_keychain": (status_of("waiting_for_keychain", now), None),
        "checking": (status_of("checking", now), Progress("checking")),
        "idle": (status_of("idle", now), None),
        "idle_waiting": (status_of("idle", now, waiting=["vault", "claude-code"]), None),
        "idle_first": (
            status_of(
                "idle",
                now,
                waiting=["vault"],
                cloud={
                    "last_success": None,
                    "confirmed_at": None,
                    "last_attempt": None,
                    "last_sent": None,
                    "upload_id": None,
                },
            ),
            None,
        ),
        "syncing": (status_of("syncing", now), sending),
        "syncing_elsewhere": (status_of("syncing", now, owner={"kind": "cli", "pid": 4121}), None),
        "copying": (status_of("syncing", now), Progress("copying", 1, 4, 0, 0, item="session-buddy-knowledge-graph")),
        "paused": (status_of("paused", now, until=now + 3600), None),
        "offline": (status_of("offline", now, waiting=["vault", "notes", "claude-code"]), None),
        "held_metered": (status_of("held", now, reason="metered", waiting=["vault"]), None),
        "held_battery": (status_of("held", now, reason="battery"), None),
        "attention_hub_only": (hub_only, None),
        "attention_overdue": (
            status_of(
                "attention", now, reason="cloud.overdue", cloud={"last_success": now - 5 * DAY, "confirmed_at": None}
            ),
            None,
        ),
        "attention_damaged": (
            status_of(
                "attention",
                now,
                reason="vault.damaged",
                vault={
                    "nodes": None,
                    "episodes": 96,
                    "embeddings": 1300,
                    "traces": 7,
                    "total_bytes": 9_400_000,
                    "damage": damage,
                },
            ),
            None,
        ),
        "error": (failed(), None),
        "error_unreachable": (failed(UNREACHABLE), None),
        "resetting": (
            status_of("resetting", now),
            Progress("reading", 803, 1204, 6_100_000, 9_400_000, 2_100_000.0, 4.0),
        ),
    }


def runs(count: int = 40, now: float | None = None) -> list[dict[str, Any]]:
    """A history, newest first, with every way to end."""
    now = time.time() if now is None else now
    made = []
    for at in range(count):
        outcome = ("succeeded", "unchanged", "unchanged", "failed", "cancelled", "interrupted", "succeeded")[at % 7]
        result: dict[str, Any] | None = {
            "method": "cloud",
            "success": outcome in ("succeeded", "unchanged"),
            "attempts": [],
        }
        if outcome == "succeeded":
            result = {
                **(result or {}),
                "rows_changed": 42 + at,
                "bytes_transferred": 48_000 + 1000 * at,
                "bytes_total": 118_000_000,
                "upload_id": f"20260921_{at:06d}_417_laptop-a-7f3c_q8w2e1",
                "attempts": [
                    {"method": "cloud", "outcome": "succeeded", "reason": None, "error": None, "duration_seconds": 1.4}
                ],
            }
        elif outcome == "failed":
            result = {
                "method": "none",
                "success": False,
                "error": REFUSED.as_json(),
                "attempts": [
                    {
                        "method": "cloud",
                        "outcome": "failed",
                        "reason": REFUSED.code,
                        "error": REFUSED.as_json(),
                        "duration_seconds": 2.1,
                    },
                    {
                        "method": "http",
                        "outcome": "skipped",
                        "reason": "sync.not_set_up",
                        "error": None,
                        "duration_seconds": 0.0,
                    },
                ],
            }
        elif outcome == "interrupted":
            result = None
        started = now - 400 - at * 3600
        made.append(
            {
                "id": count - at,
                "trigger": ("schedule", "source_changed", "session_end", "user", "launch", "retry")[at % 6],
                "method": "auto",
                "started_at": started,
                "ended_at": None if outcome == "interrupted" else started + 1.4,
                "outcome": outcome,
                "result": result,
            }
        )
    return made


def uploads(count: int = 12, now: float | None = None) -> list[dict[str, Any]]:
    """Uploads of two computers and a sealed one of another vault, newest first."""
    now = time.time() if now is None else now
    made = []
    for at in range(count):
        system = "laptop-a-7f3c" if at % 3 else "workstation-of-ada-91bd"
        made.append(
            {
                "upload_id": f"20260921_{at:06d}_417_{system}_q8w2e1",
                "system_id": system,
                "uploaded_at": datetime.fromtimestamp(now - at * 9 * 3600, UTC).isoformat(timespec="milliseconds"),
                "total_size_bytes": 118_000_000 - at * 1_000_000,
                "conversation_count": 1204 - at,
                "encrypted": False,
                "vault_id": VAULT_ID,
                "parents": [],
                "is_head": at < 2,
                "readable": True,
                "error": None,
                "elsewhere": not at % 3,
            }
        )
    refused = CogzyError("uploads.other_vault", upload_id="x", vault_id="77" * 16)
    made.append(
        {
            **made[-1],
            "upload_id": "20260901_000000_000_old-pc-11aa_zzzzzz",
            "system_id": "old-pc-11aa",
            "vault_id": "77" * 16,
            "encrypted": True,
            "readable": False,
            "error": refused.as_json(),
            "conversation_count": 0,
            "is_head": True,
        }
    )
    return made


def files(count: int = 60) -> list[dict[str, Any]]:
    """The files of one upload."""
    made = [
        {"path": "vault/corpus/nodes.json", "size": 4_200_000, "mtime_ns": int(NOW * 1e9)},
        {"path": "vault/corpus/episodes.json", "size": 900_000, "mtime_ns": int(NOW * 1e9)},
        {"path": "vault/vectors/nodes.npy", "size": 1_849_472, "mtime_ns": int(NOW * 1e9)},
        {"path": "sources/session-buddy-reflection/reflection.duckdb", "size": 84_000_000, "mtime_ns": int(NOW * 1e9)},
    ]
    for at in range(count):
        made.append(
            {
                "path": f"sources/claude-code/-home-ada-project-{at % 5}/{at:04d}.jsonl",
                "size": 90_000 + at,
                "mtime_ns": int((NOW - at * DAY) * 1e9),
            }
        )
    return made


def preview(*, refused: bool = False, only_here: int = 12) -> dict[str, Any]:
    """Both sides of a reset."""
    refusal = CogzyError(
        "reset.older",
        upload_id="20260921_000001_417_laptop-a-7f3c_q8w2e1",
        known="20260922_000000_000_laptop-a-7f3c_aaaaaa",
    )
    return {
        "upload_id": "20260921_000001_417_laptop-a-7f3c_q8w2e1",
        "system_id": "laptop-a-7f3c",
        "uploaded_at": "2026-09-21T10:13:02.417+00:00",
        "here": {
            "nodes": 1216,
            "episodes": 97,
            "traces": 7,
            "bytes": 9_500_000,
            "newest_change": "2026-09-21T14:02:00+00:00",
        },
        "there": {
            "nodes": 1204,
            "episodes": 96,
            "traces": 7,
            "bytes": 9_400_000,
            "newest_change": "2026-09-21T10:12:00+00:00",
        },
        "only_here": {
            "nodes": only_here,
            "episodes": 1 if only_here else 0,
            "traces": 0,
            "examples": ["How we set up the deploy keys for staging", "Why the cache is warmed at night"]
            if only_here
            else [],
        },
        "only_there": {"nodes": 3, "episodes": 0, "traces": 0, "examples": ["Notes about the old build"]},
        "changed": 2,
        "refusal": refusal.as_json() if refused else None,
    }


def answering(model: StageModel) -> StageModel:
    """The model with an ordinary script."""
    model.answers |= {
        ListUploads: uploads(),
        ListFiles: {"upload_id": "u", "files": files()},
        PreviewReset: preview(),
        Search: search_stage.answer(40),
        GetMemory: search_stage.memory(),
    }
    model.runs = runs()
    return model


def staged(folder: Path) -> StageModel:
    """A model on a stage, in a vault below `folder` that was set up, with a log."""
    vault = folder / "cogzy"
    if not vault.exists():
        settings.save(vault, SETTINGS, {})
        (vault / "logs").mkdir(parents=True)
        (vault / "logs" / "cogzy.log").write_text(LOG)
    model = answering(StageModel(vault))
    model.show(status_of())
    return model


SETTINGS = {
    "cloud_bucket": "ada-memories",
    "cloud_region": "eu-central-1",
    "hub_url": "http://localhost:8682/mcp",
    "sources.exclude": ["*/secret-project/*"],
    "sources.extra": [{"name": "notes", "kind": "sqlite", "path": "~/notes.db", "enabled": False}],
    "vault_id": VAULT_ID,
}
LOG = """\
2026-09-21 10:12:58,114 INFO 4711 desktop.app: started
2026-09-21 10:12:58,412 INFO 4711 core.sync.schedule: a source changed
2026-09-21 10:13:01,002 WARNING 4712 core.storage.retry: put packs/3f/3f9c.pack: no answer in 5 s, again in 2 s
2026-09-21 10:13:04,417 INFO 4712 core.sync.upload: committed 20260921_101302_417_laptop-a-7f3c_q8w2e1
2026-09-21 11:02:11,000 ERROR 4712 core.sync.engine: the bucket refused the key
Traceback (most recent call last):
  a line of it
"""


def imported() -> dict[str, Any]:
    """What an import tells that met some things which it does not know."""
    return {
        "committed": True,
        "conversations": 214,
        "turns": 9_310,
        "new_conversations": 198,
        "grown_conversations": 16,
        "new_turns": 8_804,
        "changed_turns": 0,
        "private_parts": 1,
        "without_vectors": None,
        "findings": [
            {"code": "import.unknown_file", "name": "odd.json", "file": "odd.json", "place": "", "count": 1},
            {
                "code": "import.unknown_content",
                "name": "hologram",
                "file": "conversations.json",
                "place": "conversation 2",
                "count": 7,
            },
        ],
    }

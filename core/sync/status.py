"""What `cogzy status` tells: the state, the vault's counts, each method's last results, each source's last copy."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.sources.claude_code import NAME as CLAUDE_CODE
from core.sync import rules
from core.sync.history import latest_runs
from core.sync.looking import SOURCES
from core.sync.protocol import sent_something
from core.sync.remote import location_of, remote_key
from core.sync.secrets import holding

if TYPE_CHECKING:
    from core.sources import Source
    from core.sync.context import SyncContext
    from core.sync.protocol import SyncResult
    from core.sync.records import RemoteRecord

PASSING = ("sources.busy", "sources.not_ready")
"""Why a source could not be copied, when waiting helps."""
UNREACHABLE = ("storage.unreachable", "storage.timeout", "hub.unreachable", "hub.timeout")
RUNS_SHOWN = 5
RUNS_SEARCHED = 200


def of(context: SyncContext, shown: rules.Shown) -> dict[str, Any]:
    """The status as plain JSON. Reads the vault's manifest and the state, no network."""
    settings, state = context.settings, context.state
    failed = state.fact("failed")
    return {
        "state": shown.state,
        "until": shown.until,
        "reason": shown.reason,
        "error": failed["error"] if failed else None,
        "waiting": _waiting(context),
        "secrets": holding.told(holding.waiting(context)),
        "vault": _vault_counts(context),
        "methods": _methods(context),
        "sources": _sources(context),
        "runs": latest_runs(state, RUNS_SHOWN),
        "system_id": settings.sync.system_id_resolved,
        "vault_id": settings.vault_id,
        "encrypted": settings.encrypted,
    }


def _waiting(context: SyncContext) -> list[str]:
    """What changed here since the last upload: "vault", and names of sources. Nothing without a cloud copy."""
    from core.sync.cloud import CloudSyncMethod

    if not context.settings.sync.cloud_configured:
        return []
    seen = CloudSyncMethod(context).look()
    vault = ["vault"] if seen.vault_changed or seen.vault_gone else []
    return vault + [source.source.name for source in seen.sources if source.changed]


def changed(context: SyncContext) -> dict[str, Any]:
    """What a sync would send: to the cloud wherever there is one, whatever the hub has."""
    sync = context.settings.sync
    if context.hub_allowed and (sync.force_method == "http" or not sync.cloud_configured):
        from core.sync.http import HttpSyncMethod

        pushed = HttpSyncMethod(context).look()
        return {
            "changed": bool(pushed.changes),
            "vault_changed": [corpus.origin for corpus in pushed.corpora if corpus.changed],
            "sources_changed": [seen.source.name for seen in pushed.sources if seen.changed],
            "fingerprint": pushed.fingerprint + _undecided(context),
        }
    from core.sync.cloud import CloudSyncMethod

    look = CloudSyncMethod(context).look()
    return {
        "changed": look.anything,
        "vault_changed": list(look.vault_changed),
        "sources_changed": [seen.source.name for seen in look.sources if seen.changed],
        "fingerprint": look.fingerprint + _undecided(context),
    }


def _undecided(context: SyncContext) -> str:
    """A part of the fingerprint that changes with each decision about what is held back: the next look sends it."""
    ids = sorted({one.id for one in holding.waiting(context)})
    return f"-{hashlib.sha256(''.join(ids).encode()).hexdigest()[:8]}" if ids else ""


def hub_only(context: SyncContext, result: SyncResult, everything: bool) -> dict[str, Any] | None:
    """What to remember after a sync that succeeded: since when changes are at the hub and not in the cloud."""
    record = _record(context)
    if record is None:
        return None
    before: dict[str, Any] | None = context.state.fact("hub_only")
    if result.method == "cloud":
        return None if everything else before
    from core.sync.cloud import CloudSyncMethod

    if not CloudSyncMethod(context).look().anything:
        return None
    return {"since": record.committed_at, "at": context.clock(), "remote": record.key}


def facts(context: SyncContext, outside: rules.Outside) -> rules.Facts:
    """What decides the state to show."""
    state = context.state
    pause, failed, record = state.fact("pause"), state.fact("failed"), _record(context)
    code = failed["error"]["code"] if failed else None
    return rules.Facts(
        cloud_configured=context.settings.sync.cloud_configured,
        now=context.clock(),
        resetting=outside.busy_with == "resetting",
        syncing=outside.busy_with == "syncing",
        checking=outside.busy_with == "checking",
        held=outside.held,
        keychain_locked=code == "credentials.locked",
        paused=pause is not None,
        paused_until=(pause or {}).get("until"),
        offline=outside.offline or code in UNREACHABLE,
        failed=None if code in UNREACHABLE else code,
        damaged=bool(context.vault.damage),
        not_copied=next((n["code"] for n in _not_copied(context).values() if n["code"] not in PASSING), None),
        last_commit=record.committed_at if record else None,
        in_use_since=state.fact("in_use_since"),
        overdue_after=context.settings.notifications.overdue_days * 86_400.0,
        undecided=holding.told(holding.waiting(context))["count"],
        hub_only=record is not None and (state.fact("hub_only") or {}).get("remote") == record.key,
    )


def _not_copied(context: SyncContext) -> dict[str, Any]:
    """By source name, the notice that says why the last sync could not copy it."""
    found: dict[str, Any] = context.state.fact("not_copied") or {}
    return found


def _record(context: SyncContext) -> RemoteRecord | None:
    if not context.settings.sync.cloud_configured:
        return None
    return context.state.remote(remote_key(location_of(context.settings), context.settings.vault_id))


def _methods(context: SyncContext) -> dict[str, Any]:
    """How each method did: its last success, what it last sent, its last error. From the history and the state."""
    record = _record(context)
    attempts: dict[str, list[dict[str, Any]]] = {"cloud": [], "http": []}
    sent: dict[str, dict[str, Any]] = {}
    skipped: dict[str, str | None] = {}
    for run in latest_runs(context.state, RUNS_SEARCHED):
        result = run["result"] or {}
        for attempt in result.get("attempts", ()):
            name = attempt["method"]
            skipped.setdefault(name, attempt["reason"] if attempt["outcome"] == "skipped" else None)
            if attempt["outcome"] != "skipped":
                attempts[name].append({**attempt, "at": run["started_at"], "ended_at": run["ended_at"]})
        if result.get("success") and sent_something(result):
            sent.setdefault(result["method"], {"at": run["started_at"], **{name: result[name] for name in _SENT}})
    return {
        "cloud": {
            "configured": context.settings.sync.cloud_configured,
            "last_success": record.committed_at if record else None,
            "confirmed_at": record.confirmed_at if record else None,
            "upload_id": record.head if record else None,
            **_told("cloud", attempts["cloud"], sent, skipped),
        },
        "http": {**_hub(context), **_told("http", attempts["http"], sent, skipped)},
    }


_SENT = ("files_uploaded", "rows_changed", "bytes_transferred", "bytes_total", "duration_seconds", "upload_id")


def _told(
    name: str, attempts: list[dict[str, Any]], sent: dict[str, dict[str, Any]], skipped: dict[str, str | None]
) -> dict[str, Any]:
    """`attempts`: the method's own, newest first. `next_try` is when the schedule tries again after failures."""
    last = attempts[0] if attempts else None
    failures = list(itertools.takewhile(lambda one: one["outcome"] in ("failed", "unavailable"), attempts))
    ended = failures[0]["ended_at"] if failures else None
    return {
        "last_attempt": last,
        "last_error": last["error"] if last else None,
        "last_sent": sent.get(name),
        "skipped": skipped.get(name),
        "next_try": None if ended is None else ended + rules.retry_delay(len(failures)),
    }


def _hub(context: SyncContext) -> dict[str, Any]:
    """What is known of the hub; `rows` and `bytes` count all that it ever acknowledged."""
    endpoint = context.settings.sync.hub_endpoint
    if not endpoint:
        return {"configured": False, "confirmed": False, "last_success": None}
    from core.sync.http import HttpSyncMethod

    method = HttpSyncMethod(context)
    record, (count, examples) = method.ledger().record(), method.ledger().refusals()
    return {
        "configured": True,
        "confirmed": context.hub_allowed,
        "url": endpoint,
        "last_success": record.acknowledged_at,
        "rows": record.rows,
        "bytes": record.bytes,
        "waiting": method.look().waiting if context.hub_allowed else [],
        "refused": {
            "count": count,
            "examples": [{**one, "error": CogzyError(one["code"], **one["params"]).as_json()} for one in examples],
        },
    }


def _sources(context: SyncContext) -> list[dict[str, Any]]:
    known, stored = {}, {}
    if context.settings.sync.cloud_configured:
        key = remote_key(location_of(context.settings), context.settings.vault_id)
        known, stored = context.state.sources(key), context.state.entry_signatures(key)
    shown = []
    missed = _not_copied(context)
    from core.memory import beside

    kept = {one.name: one.counts for one in beside.kept(context.vault.root)}
    for source in context.sources:
        record, notice = known.get(source.name), missed.get(source.name)
        shown.append(
            {
                "name": source.name,
                "kind": source.kind,
                "path": str(source.path),
                "enabled": source.enabled,
                "holds": _holds(context, source, kept),
                "found": source.path.exists(),
                "last_copy": record.copied_at if record else None,
                "size": record.size if record else None,
                "rows": record.rows if record else None,
                "kept": _kept(source, stored) if source.kind == "files" else 0,
                "state": _source_state(source.enabled, source.path.exists(), record is not None, notice is not None),
                "error": CogzyError(notice["code"], **notice["params"]).as_json() if notice else None,
            }
        )
    return shown


def _kept(source: Source, stored: Mapping[str, object]) -> int:
    """How many files of a folder the cloud keeps that are gone here."""
    below = f"{SOURCES}/{source.name}/"
    return sum(not (source.path / path[len(below) :]).exists() for path in stored if path.startswith(below))


def _source_state(enabled: bool, found: bool, copied: bool, missed: bool) -> str:
    if not enabled:
        return "off"
    if not found:
        return "not found"
    if missed:
        return "could not be copied at the last sync"
    return "copied" if copied else "not copied yet"


def _vault_counts(context: SyncContext) -> dict[str, Any]:
    """`without_vectors`: nodes that are found by words alone; `topics`: what their clusters are about."""
    from dataclasses import asdict

    from core.memory import behind
    from core.vault import reading

    status, root = context.vault.get_status().as_json(), context.vault.root
    manifest = reading.current(root)
    waiting, found = behind.without_vectors(root, manifest), behind.topics(root, manifest)
    rows = max(0, (status["nodes"] or 0) - waiting) if waiting is not None else status["node_vectors"] or 0
    return {
        **status,
        "embeddings": rows + (status["episode_vectors"] or 0),
        "without_vectors": waiting,
        "topics": None if found is None else asdict(found),
    }


def _holds(context: SyncContext, source: Source, kept: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """What of a source is in the vault, or kept beside it to be searched: counts by kind."""
    if source.name == CLAUDE_CODE:
        from core.memory.following import followed_files

        sessions = sum(mark.is_session for mark in followed_files(context.vault.root).values())
        return {"session": sessions} if sessions else {}
    return dict(kept.get(source.name, {}))

"""What `cogzy status` tells: the state, the vault's counts, each method's last results, each source's last copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.sync import rules
from core.sync.remote import location_of, remote_key

if TYPE_CHECKING:
    from core.sync.context import SyncContext
    from core.sync.state import RemoteRecord

PASSING = ("sources.busy", "sources.not_ready")
"""Why a source could not be copied, when waiting helps."""
UNREACHABLE = ("storage.unreachable", "storage.timeout")
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
        "vault": _vault_counts(context.vault.get_status().as_json()),
        "methods": _methods(context),
        "sources": _sources(context),
        "runs": state.runs(RUNS_SHOWN),
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


def facts(context: SyncContext, busy_with: str | None) -> rules.Facts:
    """What decides the state to show."""
    state = context.state
    pause, failed, record = state.fact("pause"), state.fact("failed"), _record(context)
    code = failed["error"]["code"] if failed else None
    return rules.Facts(
        cloud_configured=context.settings.sync.cloud_configured,
        now=context.clock(),
        resetting=busy_with == "resetting",
        syncing=busy_with == "syncing",
        checking=busy_with == "checking",
        keychain_locked=code == "credentials.locked",
        paused=pause is not None,
        paused_until=(pause or {}).get("until"),
        offline=code in UNREACHABLE,
        failed=None if code in UNREACHABLE else code,
        damaged=bool(context.vault.damage),
        not_copied=next((n["code"] for n in _not_copied(context).values() if n["code"] not in PASSING), None),
        last_commit=record.committed_at if record else None,
        in_use_since=state.fact("in_use_since"),
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
    """The last results of each method, from the history."""
    record = _record(context)
    last: dict[str, dict[str, Any]] = {}
    for run in context.state.runs(RUNS_SEARCHED):
        for attempt in (run["result"] or {}).get("attempts", ()):
            if attempt["outcome"] != "skipped":
                last.setdefault(attempt["method"], {**attempt, "at": run["started_at"]})
    cloud = last.get("cloud")
    return {
        "cloud": {
            "configured": context.settings.sync.cloud_configured,
            "last_success": record.committed_at if record else None,
            "confirmed_at": record.confirmed_at if record else None,
            "upload_id": record.head if record else None,
            "last_attempt": cloud,
            "last_error": cloud["error"] if cloud else None,
        },
        "http": {
            "configured": bool(context.settings.sync.hub_url),
            "last_success": None,
            "last_attempt": last.get("http"),
            "last_error": (last.get("http") or {}).get("error"),
        },
    }


def _sources(context: SyncContext) -> list[dict[str, Any]]:
    known = {}
    if context.settings.sync.cloud_configured:
        known = context.state.sources(remote_key(location_of(context.settings), context.settings.vault_id))
    shown = []
    missed = _not_copied(context)
    for source in context.sources:
        record, notice = known.get(source.name), missed.get(source.name)
        shown.append(
            {
                "name": source.name,
                "kind": source.kind,
                "path": str(source.path),
                "enabled": source.enabled,
                "found": source.path.exists(),
                "last_copy": record.copied_at if record else None,
                "size": record.size if record else None,
                "rows": record.rows if record else None,
                "state": _source_state(source.enabled, source.path.exists(), record is not None, notice is not None),
                "error": CogzyError(notice["code"], **notice["params"]).as_json() if notice else None,
            }
        )
    return shown


def _source_state(enabled: bool, found: bool, copied: bool, missed: bool) -> str:
    if not enabled:
        return "off"
    if not found:
        return "not found"
    if missed:
        return "could not be copied at the last sync"
    return "copied" if copied else "not copied yet"


def _vault_counts(status: dict[str, Any]) -> dict[str, Any]:
    return {**status, "embeddings": (status["node_vectors"] or 0) + (status["episode_vectors"] or 0)}

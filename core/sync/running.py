"""One sync as it was asked for: whether the rules want one, the run from its first note to its last, what it leaves.

Every run stands in the history, however it ends. A run that succeeds clears the error that the one before it left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.sync import rules
from core.sync.errors import CancelledError
from core.sync.events import Sync, SyncFinished

if TYPE_CHECKING:
    from core.sync.context import SyncContext
    from core.sync.protocol import SyncResult


def check_for_changes(context: SyncContext) -> dict[str, Any]:
    """What a sync would look at, and whether the rules ask for one now.

    The cloud decides wherever there is one: what the hub alone has is still to be sent.
    """
    from core.sync.status import changed

    seen = changed(context)
    last = context.state.fact("last_sync") or {}
    new_nodes = max(0, (context.vault.get_status().nodes or 0) - (last.get("nodes") or 0))
    schedule = context.settings.schedule
    due = rules.should_sync(
        last.get("at"),
        context.clock(),
        new_nodes,
        bool(seen["sources_changed"]),
        after_seconds=schedule.interval_minutes * 60.0,
        after_nodes=schedule.new_memories,
    )
    catch_up = bool(context.state.fact("hub_only"))
    return {**seen, "new_nodes": new_nodes, "should_sync": due or catch_up, "catch_up": catch_up}


async def sync(context: SyncContext, command: Sync, environ: Mapping[str, str]) -> dict[str, Any]:
    """Run one sync; its result as plain JSON. Raises CogzyError."""
    from core.sync import history
    from core.sync.hybrid import HybridAkoshaSync
    from core.sync.protocol import sent_something

    state, clock = context.state, context.clock
    if command.trigger == "session_end" and not context.settings.sync.upload_on_session_end:
        return _skipped("sync.session_end_off")
    run = await asyncio.to_thread(history.begin_run, state, command.trigger, command.method, clock())
    outcome, told = "failed", {}
    try:
        if command.only in (None, "vault"):
            from core.sync.importing import follow

            await follow(context, command.trigger, environ)
        forced = context.settings.sync.force_method if command.method == "auto" else command.method
        hybrid = HybridAkoshaSync(context, enable_fallback=command.fallback)
        result = await hybrid.sync_memories(forced, only=command.only, full=command.full)
        told = result.as_json()
        outcome = "succeeded" if sent_something(told) else "unchanged"
        await asyncio.to_thread(_remember, context, result, command.only is None)
        return told
    except CogzyError as error:
        told = _failure(error)
        await asyncio.to_thread(state.set_fact, "failed", {"at": clock(), "error": error.as_json()})
        raise
    except asyncio.CancelledError:
        outcome = "cancelled"
        raise CancelledError("sync.cancelled") from None
    finally:
        await asyncio.shield(asyncio.to_thread(history.end_run, state, run, outcome, told, clock()))
        context.emit(SyncFinished(told or {"success": False, "outcome": outcome}, command.trigger))


def _remember(context: SyncContext, result: SyncResult, everything: bool) -> None:
    from core.sync import status

    now, state = context.clock(), context.state
    state.set_fact("failed", None)
    state.set_fact("hub_only", status.hub_only(context, result, everything))
    if everything and result.method == "cloud":
        missed = {n["params"]["name"]: n for n in result.notices if n["params"].get("name") in result.not_copied}
        state.set_fact("not_copied", missed)
    state.set_fact("last_sync", {"at": now, "nodes": context.vault.get_status().nodes, "method": result.method})
    context.vault.record_sync({"at": now, "method": result.method, "upload_id": result.upload_id})


def _skipped(reason: str) -> dict[str, Any]:
    """The result of a sync that the settings do not want."""
    from core.sync.hybrid import METHODS
    from core.sync.protocol import Attempt, SyncResult

    return SyncResult("none", success=True, attempts=tuple(Attempt(m, "skipped", reason) for m in METHODS)).as_json()


def _failure(error: CogzyError) -> dict[str, Any]:
    attempts = getattr(error, "attempts", ())
    return {"success": False, "error": error.as_json(), "attempts": [asdict(attempt) for attempt in attempts]}

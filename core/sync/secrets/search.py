"""The search for likely secrets in what is about to go up for the first time.

Texts only: nodes, episodes and traces of the vault, text files of folders, and text columns of databases, read from a
copy. What the chosen bucket already has is not looked at. Findings are masked where they are found and leave the search
in no other form.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.sources import Source
from core.sync.events import Progress
from core.sync.looking import VAULT
from core.sync.outgoing import Known, OutgoingFile, database_files, known_of, source_files, vault_files
from core.sync.secrets.databases import search_database
from core.sync.secrets.memory import Finding, ScanMemory
from core.sync.secrets.readers import REDACTABLE, Search, in_thread, search_folder, search_vault

if TYPE_CHECKING:
    from core.sync.context import SyncContext

MOST_SECRETS = 500
MOST_PLACES = 20


async def search(context: SyncContext, tell: Callable[[Progress], None]) -> dict[str, Any]:
    """Search everything that is about to go up for the first time; findings as plain JSON, each secret once."""
    started = time.monotonic()
    known = await asyncio.to_thread(known_of, context)
    plan = await asyncio.to_thread(_plan, context, known)
    with await asyncio.to_thread(ScanMemory, context.vault.root) as memory:
        run = Search(memory, tell, bytes_total=sum(file.size for _, files in plan for file in files))
        await in_thread(run, partial(search_vault, run, context.vault, plan[0][1]))
        for source, files in plan[1:]:
            assert source is not None
            try:
                if source.kind == "files":
                    await in_thread(run, partial(search_folder, run, source, files))
                else:
                    await search_database(run, context.vault.root, source, files)
            except CogzyError as error:
                run.problems.append({"name": source.name, "error": error.as_json()})
        return {
            **await asyncio.to_thread(_told, run),
            "bytes_total": run.bytes_total,
            "bytes_read": run.bytes_read,
            "problems": run.problems,
            "rows": run.rows,
            "seconds": round(time.monotonic() - started, 3),
        }


def _plan(context: SyncContext, known: Known) -> list[tuple[Source | None, list[OutgoingFile]]]:
    """What is new, the vault first. A source that cannot be looked at is met again when it is its turn."""
    plan: list[tuple[Source | None, list[OutgoingFile]]] = [
        (None, [file for file in vault_files(context.vault.root, known) if file.new])
    ]
    for source in context.sources:
        if not source.enabled:
            continue
        try:
            found = source_files(source, known) if source.kind == "files" else database_files(source, known)
            plan.append((source, [file for file in found if file.new]))
        except CogzyError:
            plan.append((source, []))
    return plan


def _all(run: Search) -> Iterator[Finding]:
    """What was found now, and what holds something back without being new for the bucket (its way to a hub)."""
    seen = set()
    for unit in run.units:
        for one in run.memory.found(unit):
            seen.add((one.part, one.id))
            yield one
    yield from (one for method, one in run.memory.held() if method == "http" and (one.part, one.id) not in seen)


def _told(run: Search) -> dict[str, Any]:
    """The findings of all units, those about the same secret together; what the person lets go up last."""
    decided = run.memory.decisions()
    found: dict[str, dict[str, Any]] = {}
    for one in _all(run):
        shown = found.get(one.id)
        if shown is None:
            shown = found[one.id] = {
                "id": one.id,
                "kind": one.kind,
                "masked": one.masked,
                "decision": decided.get(one.id),
                "redactable": False,
                "count": 0,
                "places": [],
            }
        shown["count"] += 1
        shown["redactable"] |= one.part == VAULT and one.path in REDACTABLE
        if len(shown["places"]) < MOST_PLACES:
            shown["places"].append({"part": one.part, "path": one.path, "place": one.place, "context": one.context})
    listed = sorted(found.values(), key=lambda one: (one["decision"] is not None, one["kind"] == "assigned"))
    return {
        "secrets": listed[:MOST_SECRETS],
        "count": len(listed),
        "undecided": sum(one["decision"] is None for one in listed),
    }

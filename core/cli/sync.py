"""`cogzy sync`, `status`, `pause`, `resume`."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.cli.output import Output, ago, counted, damage_line, size
from core.cli.parser import Options
from core.cli.search import found_by_words_alone
from core.cli.session import run_command
from core.control import queue
from core.errors import BusyError, CogzyError
from core.messages import render
from core.presenting import english, settings_problem, view
from core.sync.events import Event, Notice, Pause, Resume, Sync, SyncFinished, Understand
from core.sync.pauses import pause_end
from core.sync.rules import missed_cloud

log = logging.getLogger(__name__)


def sync(options: Any, output: Output) -> int:
    """Sync now, or ask for it with `--queue`."""
    if options.drain_queue:
        return _drain(options.vault)
    command = Sync(method=options.method, full=options.full, only=options.only)
    if options.queue:
        told = queue.request_sync(
            options.vault, {"method": command.method, "full": command.full, "only": command.only, "trigger": "user"}
        )
        output.result({"queued": True, "owner_told": told}, ["A sync was asked for."])
        return 0
    said: list[dict[str, Any]] = []
    result, error = _sync(options.vault, command, output, said)
    if error is not None:
        return output.error(error, data={"success": False, "attempts": [], **result}, also=_other_errors(result, error))
    output.result({**result, "notices": [*said, *result.get("notices", ())]}, _sync_lines(result))
    return 0


def status(options: Options, output: Output) -> int:
    """How things are: asked of the owner when there is one, else read without becoming the owner."""
    import asyncio

    from core.client import read_status

    value = asyncio.run(read_status(options.vault))
    output.result(value, _status_lines(value))
    return 0


def pause(options: Any, output: Output) -> int:
    """Pause background sync."""
    until = pause_end(options.until, time.time())
    run_command(options.vault, Pause(until))
    told = f"until {datetime.fromtimestamp(until):%Y-%m-%d %H:%M}" if until is not None else "until you resume"  # noqa: DTZ006
    output.result({"paused": True, "until": until}, [f"Paused {told}. `cogzy resume` ends it."])
    return 0


def resume(options: Options, output: Output) -> int:
    """End a pause."""
    run_command(options.vault, Resume())
    output.result({"paused": False}, ["Background sync goes on."])
    return 0


def _sync(
    vault: Path, command: Sync, output: Output, said: list[dict[str, Any]] | None = None
) -> tuple[dict[str, Any], CogzyError | None]:
    """The result of a sync, and the error that it ended with. `said` takes the notices of before its end."""
    finished: dict[str, Any] = {}

    def see(event: Event) -> None:
        if isinstance(event, SyncFinished):
            finished.clear()
            finished.update(event.result)
        if isinstance(event, Notice) and said is not None:
            said.append({"code": event.code, "params": dict(event.params)})
        shown(event)

    with output.progress() as shown:
        try:
            value = run_command(vault, command, see)
        except CogzyError as error:
            return finished, error
    return (value if isinstance(value, dict) else finished), None


def _drain(vault: Path) -> int:
    """Do what waits in the queue, as its detached run. Another owner that answers does it instead."""
    quiet = Output(json=True)
    try:
        while requests := queue.waiting(vault):
            request = queue.merged(requests)
            _, error = _sync(vault, Sync(**request), quiet)
            if isinstance(error, BusyError):
                return error.exit_code
            for path in requests:
                path.unlink(missing_ok=True)
            if error is not None:
                return error.exit_code
        _understand(vault)
    finally:
        queue.started(vault)
    return 0


def _understand(vault: Path) -> None:
    """Make ready for search what syncs and imports have left; nobody waits for it."""
    try:
        run_command(vault, Understand())
    except CogzyError as error:
        log.info("not everything was made ready for search: %s", error)


def _other_errors(result: Mapping[str, Any], told: CogzyError) -> Iterator[Mapping[str, Any]]:
    """Why each further method failed: the error that ended the sync is the first one's."""
    for attempt in result.get("attempts", ()):
        error = attempt.get("error")
        if error and (error["code"], error["cause"]) != (told.code, told.cause):
            yield error


def _sync_lines(result: Mapping[str, Any]) -> Iterator[str]:
    seconds = f"{result.get('duration_seconds', 0):.1f} s"
    sent, total = result.get("bytes_transferred", 0), result.get("bytes_total", 0)
    for attempt in result.get("attempts", ()):
        if attempt["outcome"] in ("failed", "unavailable"):
            why = (attempt.get("error") or {}).get("title") or attempt.get("reason") or attempt["outcome"]
            yield f"{attempt['method']}: {why}"
    if not any(result.get(name) for name in ("files_uploaded", "rows_changed", "pieces_new")):
        held = any(found["code"] in ("sources.image_held", "secrets.held") for found in result.get("notices", ()))
        missed = result.get("not_copied") or held
        yield f"{'Nothing was sent' if missed else 'Up to date: nothing new'} ({seconds})."
    else:
        yield f"Sent {size(sent)} for {size(total)} in {seconds} ({result.get('method', '')})."
        if result.get("upload_id"):
            yield f"Upload {result['upload_id']}{_new(result)}."
    if missed_cloud(result.get("attempts", ())) is not None:
        yield f"{_at_hub(result)}, and not in your bucket."
    elif result.get("method") == "http" and result.get("rows_changed"):
        has_cloud = any(
            (attempt["method"], attempt.get("reason")) == ("cloud", "sync.another_forced")
            for attempt in result.get("attempts", ())
        )
        yield f"{_at_hub(result)}{'; nothing was sent to your bucket' if has_cloud else ''}."
    from core.cli.output import notice

    for found in result.get("notices", ()):
        yield notice(found["code"], found.get("params", {}))


def _new(result: Mapping[str, Any]) -> str:
    """What is new in an upload: a vault has files, a database rows."""
    counts = (("files_uploaded", "file", "files"), ("rows_changed", "row", "rows"))
    parts = [counted(result[name], one, many) for name, one, many in counts if result.get(name)]
    return f": {', '.join(parts)} new or changed" if parts else ""


def _at_hub(result: Mapping[str, Any]) -> str:
    rows = result.get("rows_changed")
    return f"{counted(rows, 'row is', 'rows are')} at your hub" if rows else "The rows are at your hub"


def _status_lines(status: Mapping[str, Any]) -> Iterator[str]:
    yield english(view(status).sentence)
    error = status.get("error")
    if error:
        yield "  " + " ".join(filter(None, (error.get("cause"), error.get("next_step"))))
    if status.get("waiting"):
        yield f"  Changes wait to be sent: {', '.join(status['waiting'])}"
    for problem in status.get("settings_problems") or ():
        title, cause, next_step = render(problem["code"], {"field": problem["field"], **problem["params"]})
        yield f"  {title}. {cause} {next_step}"
    secrets = status.get("secrets") or {}
    if secrets.get("count"):
        yield f"  They hold back what is new in {', '.join(secrets['parts'])}: `cogzy preview` shows them."
    who = status["owner"]
    if who["kind"] != "none":
        yield f"  {'The app' if who['kind'] == 'app' else 'cogzy ' + who['kind']} (pid {who['pid']}) is working."
    vault = status.get("vault") or {}
    counts = [
        f"{name} damaged" if vault[name] is None else counted(vault[name], name.removesuffix("s"), name)
        for name in ("nodes", "episodes", "embeddings", "traces")
        if name in vault
    ]
    if counts:
        yield f"Vault: {', '.join(counts)}"
    if vault.get("without_vectors") and vault.get("nodes"):
        yield f"  {found_by_words_alone(vault['without_vectors'], vault['nodes'])}"
    topics = vault.get("topics")
    if topics and topics["count"]:
        named = "; ".join(f"{one['name']} ({one['size']:,})" for one in topics["largest"][:5] if one["name"])
        yield f"  {topics['count']:,} topics{': ' if named else ''}{named}"
    yield from (f"  {damage_line(item)}" for item in vault.get("damage") or ())
    for name, method in (status.get("methods") or {}).items():
        yield f"{name}: {_method_line(method or {}, settings_problem(status, name))}"
    for source in status.get("sources") or ():
        why = f": {source['error']['title']}. {source['error']['next_step']}" if source.get("error") else ""
        held = ", ".join(_held(kind, count) for kind, count in (source.get("holds") or {}).items())
        searched = f"; searched: {held}" if held else ""
        yield f"{source.get('name')}: {source.get('state') or source.get('path', '')}{searched}{why}"


def _held(kind: str, count: int) -> str:
    many = "entities" if kind == "entity" else f"{kind}s"
    return counted(count, kind, many)


def _method_line(method: Mapping[str, Any], wrong: Mapping[str, Any] | None) -> str:
    last = method.get("last_success")
    parts = [f"last success {ago(max(0.0, time.time() - last))}" if isinstance(last, int | float) else "never yet"]
    if not method.get("configured", True):
        parts = ["not set up" if wrong is None else f"its settings are wrong ({wrong['field']})"]
    elif not method.get("confirmed", True):
        parts = ["not confirmed yet: `cogzy test-connection`"]
    sent = method.get("last_sent") or {}
    if sent.get("rows_changed"):
        parts.append(f"{counted(sent['rows_changed'], 'row', 'rows')}, {size(sent['bytes_transferred'])}")
    if (method.get("refused") or {}).get("count"):
        parts.append(f"{method['refused']['count']} refused")
    error = method.get("error") or method.get("last_error")
    if error:
        parts.append(str(error.get("title", "")))
    return "; ".join(parts)

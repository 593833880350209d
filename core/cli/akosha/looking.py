"""`akosha search` and `akosha status`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.cli.akosha.hub import answer_of
from core.cli.akosha.shown import plain, show_hits, show_table, since
from core.cli.output import Output, notice

_SEARCH_SECONDS = 60.0
_STATES = {
    "ingested": "taken in",
    "quarantined": "set aside as malformed",
    "unreadable": "not readable",
    "skipped": "passed over",
}


def search(options: Any, output: Output) -> int:
    """Search all memories."""
    answer = answer_of(
        options.settings,
        lambda hub: hub.ask("GET", "/v1/search", query=_query(options), timeout=_SEARCH_SECONDS),
        lambda hub: hub.find(
            options.text,
            k=options.k,
            systems=tuple(options.system),
            kinds=tuple(options.kind),
            projects=tuple(options.project),
            after=options.after,
            before=options.before,
        ),
    )
    if output.json:
        output.result(answer, ())
        return 0
    show_hits(answer)
    if not answer["results"]:
        output.note("Nothing was found.")
    for line in _notices(answer):
        output.note(line)
    return 0


def status(options: Any, output: Output) -> int:
    """What the hub holds, and how it is."""
    from core.akosha.access.local import find_server

    answer = answer_of(
        options.settings, lambda hub: hub.ask("GET", "/v1/status", timeout=_SEARCH_SECONDS), lambda hub: hub.status()
    )
    running = find_server(options.settings.data)
    answer["server"] = {"url": running.url, "pid": running.pid} if running else None
    if output.json:
        output.result(answer, ())
        return 0
    for line in _head(answer):
        print(line)
    _tables(answer)
    for line in _notices(answer):
        print(line)
    return 0


def _query(options: Any) -> dict[str, Any]:
    return {
        "q": options.text,
        "k": options.k,
        "system": options.system,
        "kind": options.kind,
        "project": options.project,
        "after": options.after,
        "before": options.before,
    }


def _head(answer: Mapping[str, Any]) -> Iterator[str]:
    server = answer["server"]
    yield f"Running at {server['url']} (process {server['pid']})." if server else "Not running: `akosha serve` runs it."
    yield f"Data: {answer['data']}"
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(answer["by_kind"].items()))
    systems = len(answer["systems"])
    yield f"Memories: {answer['memories']} of {systems} system{'' if systems == 1 else 's'}" + (
        f" ({kinds})" if kinds else ""
    )
    index = answer["index"]
    state = " (being made again)" if index.get("partial") else ""
    yield f"Index: {index.get('records', 0)} by word, {index.get('dense', 0)} by meaning{state}"
    yield f"Model: {answer['model'] or 'none'}"
    bucket = answer["bucket"]
    if not bucket["configured"]:
        yield "Bucket: none is set up (AKOSHA_CLOUD_ENDPOINT, AKOSHA_CLOUD_BUCKET)"
        return
    yield f"Bucket: {' '.join(part for part in bucket['where'].split('|') if part)}"
    if bucket.get("error"):
        yield f"  {bucket['error'].get('title', '')}. {bucket['error'].get('next_step', '')}"
    states = ", ".join(f"{count} {_STATES.get(state, state)}" for state, count in sorted(answer["uploads"].items()))
    yield f"Uploads: {states or 'none seen yet'}"


def _tables(answer: Mapping[str, Any]) -> None:
    if answer["systems"]:
        print()
        show_table(
            ("system", "memories", "last seen"),
            [(one["system_id"], one["memories"], since(one["last_seen"])) for one in answer["systems"]],
        )
    for problem in answer["problems"]:
        error = problem["error"] or {}
        print(f"\n{plain(str(problem['upload_id']))}: {_STATES.get(problem['state'], problem['state'])}")
        print(f"  {plain(str(error.get('title', '')))}. {plain(str(error.get('cause', '')))}")
        print(f"  {plain(str(error.get('next_step', '')))}")


def _notices(answer: Mapping[str, Any]) -> Iterator[str]:
    for found in answer.get("notices", ()):
        yield notice(found["code"], found.get("params", {}))
    for failed in answer.get("failed_shards", ()):
        yield f"Note: shard {failed['shard']} did not answer ({failed['reason']}), so results of it are missing."

"""`cogzy preview`: what would go up now, the likely secrets in it, and what becomes of them. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.output import Output, size
from core.cli.session import run_command, with_client
from core.client import EngineClient, finish
from core.errors import RefusedError, UsageError
from core.messages import render
from core.sync.events import DecideSecrets, FindSecrets, PreviewUpload, RedactSecrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from core.sync.events import Event

ALL = "all"
SHOWN_ID = 8
LEAST_ID = 4
_MOST_NAMED = 40


def preview(options: Any, output: Output) -> int:
    """Show what would go up, or decide about likely secrets in it."""
    if options.file is not None and options.part is None:
        raise UsageError("cli.wrong_arguments", reason="--file needs a PART", command="cogzy preview")
    if options.part is not None:
        return _part(options, output)
    seen, found = _looked(options.vault, output)
    wanted = {
        name: _chosen(getattr(options, name), found["secrets"], undecided=name != "ask_again")
        for name in ("send", "redact", "exclude", "ask_again")
    }
    if any(wanted.values()):
        done = _decide(options, output, wanted)
        output.result(done, _done_lines(done))
        return 0
    rows = found.pop("rows")
    parts = [{**part, "rows": rows.get(part["name"], part["rows"])} for part in seen["parts"]]
    if output.json:
        output.result({**seen, "parts": parts, **found}, ())
    else:
        _print(_overview({**seen, "parts": parts}, found))
    return 0


def _looked(vault: Path, output: Output) -> tuple[dict[str, Any], dict[str, Any]]:
    """What would go up, and the search for secrets in it."""

    async def look(client: EngineClient, on_event: Callable[[Event], None]) -> tuple[dict[str, Any], dict[str, Any]]:
        return await finish(client, PreviewUpload()), await finish(client, FindSecrets(), on_event)

    with output.progress() as shown:
        return with_client(vault, lambda client: look(client, shown))


def _part(options: Any, output: Output) -> int:
    """The files of one part, or the first lines of one of them."""
    told = run_command(options.vault, PreviewUpload(options.part, options.file))
    if options.file is not None:
        output.result(told, [told["text"] or "(not text)"])
        return 0
    lines = [
        f"{size(one['size']):>10}  {'now' if one['new'] else 'is there':<9} {one['path']}" for one in told["files"]
    ]
    more = told["count"] - len(told["files"])
    output.result(told, [*lines, *([f"… and {more} more"] if more else [])])
    return 0


# ---------------------------------------------------------------------- deciding


def _chosen(
    names: Sequence[str] | None, secrets: Sequence[Mapping[str, Any]], *, undecided: bool
) -> list[dict[str, Any]]:
    """The findings of these ids or beginnings of ids. Raises UsageError for one that fits none, or several."""
    chosen: list[dict[str, Any]] = []
    for name in names or ():
        if name == ALL:
            fitting = [one for one in secrets if (one["decision"] is None) == undecided]
        else:
            fitting = [one for one in secrets if len(name) >= LEAST_ID and str(one["id"]).startswith(name.lower())]
            if len(fitting) != 1:
                raise UsageError("secrets.unknown", id=name)
        chosen += [dict(one) for one in fitting]
    return chosen


def _decide(options: Any, output: Output, wanted: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Do what was decided; how many findings each decision was about."""
    from core import settings
    from core.sync.secrets.leaving_out import left_out

    vault, done = options.vault, {name: len(found) for name, found in wanted.items()}
    changes: dict[str, object] = {}
    if wanted["exclude"]:
        places = [place for one in wanted["exclude"] for place in one["places"]]
        changes = left_out(settings.load(vault).settings, places)
    if wanted["redact"]:
        if not options.yes:
            if not output.can_ask:
                raise RefusedError("cli.needs_yes")
            question = f"Replace {len(wanted['redact'])} in your memories? They cannot be brought back. [y/N]"
            if output.ask(question).lower() not in ("y", "yes"):
                raise RefusedError("cli.not_confirmed")
        run_command(vault, RedactSecrets([one["id"] for one in wanted["redact"]]))
    if changes:
        settings.save(vault, changes)
    for name, action in (("send", "send"), ("ask_again", None)):
        if wanted[name]:
            run_command(vault, DecideSecrets([one["id"] for one in wanted[name]], action))  # type: ignore[arg-type]  # one of the two
    return {**done, "settings": changes}


def _done_lines(done: Mapping[str, Any]) -> Iterator[str]:
    for name, words in (
        ("send", "let go"),
        ("redact", "taken out of the vault"),
        ("exclude", "left out"),
        ("ask_again", "to be decided again"),
    ):
        if done[name]:
            yield f"{done[name]} {words}."
    yield from (f"Settings changed: {name}" for name in done["settings"])
    yield "The next sync goes by it; `cogzy sync` is one."


# ---------------------------------------------------------------------- what is shown


def _overview(seen: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich.table import Table

    parts = Table("What", "Files", "Size", "New", "Rows", "", box=None, pad_edge=False, header_style="bold")
    parts.columns[0].no_wrap = True
    for column in parts.columns[1:5]:
        column.justify, column.no_wrap = "right", True
    for part in seen["parts"]:
        if part["enabled"] or part["found"]:
            rows = "" if part["rows"] is None else str(part["rows"])
            goes = (str(part["files"]), size(part["size"]), size(part["new_size"])) if part["enabled"] else ("", "", "")
            parts.add_row(part["name"], *goes, rows, _remark(part), style=None if part["enabled"] else "dim")
    yield parts
    yield ""
    yield f"Would go up now: {size(seen['new_size'])} of {size(seen['size'])}. Nothing was sent by looking."
    if seen["exclude"]:
        yield f"Left out by the settings: {', '.join(seen['exclude'])}. Credential files are never copied."
    for problem in found["problems"]:
        yield f"Not looked into: {problem['name']}: {problem['error']['title']}"
    yield ""
    if not found["secrets"]:
        yield "No likely secrets found in what is new."
        return
    yield from _secrets(found)


def _secrets(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    listed = Table("Id", "Looks like", "Begins with", "Where", "Decided", box=None, pad_edge=False, header_style="bold")
    listed.columns[3].overflow = "fold"
    for one in found["secrets"][:_MOST_NAMED]:
        place, more = one["places"][0], one["count"] - 1
        where = f"{place['part']} · {place['path']} · {place['place']}" + (f" and {more} more" if more else "")
        kind = "password or key" if one["kind"] == "assigned" else str(one["kind"]).replace("_", " ")
        decided = "send it" if one["decision"] else "nothing yet"
        listed.add_row(str(one["id"])[:SHOWN_ID], kind, Text(one["masked"]), Text(where), decided)
    yield listed
    if found["count"] > _MOST_NAMED:
        yield f"… and {found['count'] - _MOST_NAMED} more: --json lists them."
    yield ""
    if found["undecided"]:
        yield f"{found['undecided']} of them nobody decided about: what holds them is not sent before."
        yield "  cogzy preview --send ID…       let them go up (`all`: every one)"
        yield "  cogzy preview --redact ID…     take them out of the vault's own memories"
        yield "  cogzy preview --exclude ID…    leave out the file (of a database: the source)"


def _remark(part: Mapping[str, Any]) -> str:
    if not part["found"]:
        return "not found"
    if not part["enabled"]:
        return "switched off"
    if part["error"]:
        return str(part["error"]["title"])
    told = {notice["code"] for notice in part["notices"]}
    why = render(next(iter(told)), {})[0] if len(told) == 1 else "see --json"
    return f"{part['left_out']} left out: {why}" if part["left_out"] else ""


def _print(lines: Iterator[RenderableType]) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False, soft_wrap=False)
    for line in lines:
        console.print(line)

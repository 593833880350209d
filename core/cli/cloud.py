"""`cogzy uploads`, `restore`, `reset`, `undo-reset`, `verify`, `test-connection`, `encrypt`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.cli.output import Output, counted, notice, size
from core.cli.parser import Options
from core.cli.secrets import keep, new_passphrase
from core.cli.session import run_command, with_client
from core.client import EngineClient, EngineError, finish
from core.control.client import SocketEngine
from core.errors import CogzyError, DamageError, RefusedError, UsageError
from core.sync.events import (
    Encrypt,
    Failed,
    ListFiles,
    ListUploads,
    PreviewReset,
    Reset,
    Restore,
    TestConnection,
    UndoReset,
    Verify,
)

THE_WORD = "RESET"
_STEPS = {
    "name": "find the host",
    "tls": "a secure connection",
    "clock": "the clocks agree",
    "sign-in": "the key is accepted",
    "list": "list",
    "put": "write",
    "get": "read back",
    "delete": "delete",
    "conditional-put": "write only if absent",
    "hub-name": "find the hub's host",
    "hub-tls": "a connection to the hub",
    "hub-sign-in": "the hub's token is accepted",
    "hub-tools": "it is a hub for memories",
    "hub-write": "this computer may write there",
}


def uploads(options: Any, output: Output) -> int:
    """List what is in the cloud, or in one upload."""
    if options.upload_id is not None:
        upload = run_command(options.vault, ListFiles(options.upload_id))
        output.result(upload, (f"{size(file['size']):>10}  {file['path']}" for file in upload["files"]))
        return 0
    found = run_command(options.vault, ListUploads())
    output.result({"uploads": found}, _upload_lines(found))
    return 0


def restore(options: Any, output: Output) -> int:
    """Bring back an upload, one file of it, or one source in its place."""
    if (options.to is None) == (options.in_place is None):
        raise UsageError("cli.restore_where")
    if options.in_place is not None:
        if options.file is not None:
            raise UsageError("cli.restore_file_in_place")
        if not options.yes:
            question = f"Put {options.in_place} back in its place? What is there now is kept beside it. [y/N]"
            if not output.can_ask:
                raise RefusedError("cli.needs_yes")
            if output.ask(question).lower() not in ("y", "yes"):
                raise RefusedError("cli.not_confirmed")
    to = str(Path(options.to).expanduser().absolute()) if options.to is not None else None
    with output.progress() as shown:
        value = run_command(
            options.vault, Restore(options.upload_id, to=to, file=options.file, in_place=options.in_place), shown
        )
    output.result(_object(value, "restored"), _restored_lines(value, to or str(options.in_place)))
    return 0


def reset(options: Any, output: Output) -> int:
    """Replace this vault by the cloud's copy, after both sides were shown and RESET was typed."""
    upload = options.upload
    if not options.yes:
        if not output.can_ask:
            raise RefusedError("cli.needs_yes")
        with output.progress() as shown:
            preview = run_command(options.vault, PreviewReset(upload), shown)
        for line in _preview_lines(preview):
            output.note(line)
        refusal = preview.get("refusal")
        if refusal and not options.override:
            raise EngineError(Failed(refusal, RefusedError.exit_code))
        if output.ask(f"Type {THE_WORD} to replace this vault by that upload:") != THE_WORD:
            raise RefusedError("cli.not_confirmed")
        upload = preview.get("upload_id") or upload
    with output.progress() as shown:
        value = run_command(options.vault, Reset(upload, override=options.override), shown)
    output.result(
        _object(value, "reset"),
        ["This vault is now the cloud's copy. `cogzy undo-reset` puts the old one back, for 30 days."],
    )
    return 0


def undo_reset(options: Options, output: Output) -> int:
    """Put back the vault that the last reset (or undo) moved aside."""
    value = run_command(options.vault, UndoReset())
    output.result(_object(value, "undone"), ["The vault of before is back. `cogzy undo-reset` undoes this too."])
    return 0


def verify(options: Any, output: Output) -> int:
    """Read the cloud's copy back and check it."""
    with output.progress() as shown:
        value = run_command(options.vault, Verify(options.sample), shown)
    report = _object(value, "report")
    output.result(report, _verify_lines(report))
    return DamageError.exit_code if report.get("damage") else 0


def test_connection(options: Options, output: Output) -> int:
    """Try what sync does, step by step."""
    with output.progress() as shown:
        report = run_command(options.vault, TestConnection(), shown)
    hub = report.get("hub") or {}
    steps = [*report.get("steps", ()), *hub.get("steps", ())]
    failed = [step for step in steps if step.get("ok") is False and step.get("name") != "conditional-put"]
    told = [notice(found["code"], found["params"]) for found in hub.get("notices", ())]
    output.result(report, [*_step_lines(steps), *told])
    return 1 if failed else 0


def encrypt(options: Any, output: Output) -> int:
    """Start an encrypted copy, change its passphrase, or make a recovery key."""
    if options.action is None:
        raise UsageError("cli.encrypt_what")
    if options.action == "change":
        value = _change_passphrase(options.vault)
    else:
        kept = None
        if options.action == "new" and not os.environ.get("COGZY_PASSPHRASE"):
            kept = asyncio.run(keep(options.vault, new_passphrase()))
        try:
            value = run_command(options.vault, Encrypt(options.action))
        except CogzyError:
            if kept is not None:
                asyncio.run(kept.undo())
            raise
    output.result(_object(value, "done"), _encrypted_lines(options.action, _object(value, "done")))
    return 0


def _change_passphrase(vault: Path) -> Any:
    """The engine gets the new passphrase beside the old one; an owner in another process finds it in the keychain."""
    from core.credentials import NEW_PASSPHRASE

    new = os.environ.get(NEW_PASSPHRASE) or new_passphrase()

    async def change(client: EngineClient) -> Any:
        if isinstance(client, SocketEngine):
            kept = await keep(vault, new)
            try:
                return await finish(client, Encrypt("change"))
            except CogzyError:
                await kept.undo()
                raise
        value = await finish(client, Encrypt("change"))
        if not os.environ.get("COGZY_PASSPHRASE"):
            await keep(vault, new)
        return value

    return with_client(vault, change, environ={**os.environ, NEW_PASSPHRASE: new})


def _object(value: Any, name: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else {name: value if value is not None else True}


def _upload_lines(uploads: list[Mapping[str, Any]]) -> Iterator[str]:
    if not uploads:
        yield "Nothing in the cloud yet. `cogzy sync` sends the first upload."
    for upload in uploads:
        marks = [mark for mark, on in (("newest", upload.get("is_head")), ("encrypted", upload.get("encrypted"))) if on]
        if upload.get("readable") is False:
            marks.append("cannot be read: " + str((upload.get("error") or {}).get("title", "")))
        yield "  ".join(
            [
                str(upload.get("upload_id")),
                str(upload.get("uploaded_at")),
                str(upload.get("system_id")),
                counted(upload.get("conversation_count") or 0, "conversation", "conversations"),
                size(upload.get("total_size_bytes") or 0),
                ", ".join(marks),
            ]
        ).rstrip()


def _restored_lines(value: Any, where: str) -> Iterator[str]:
    report = _object(value, "restored")
    made, there = report.get("files") or 0, report.get("already_there") or 0
    if made or not there:
        what = f"{counted(made, 'file', 'files')} ({size(report.get('bytes') or 0)})"
        yield f"Restored {what} of upload {report.get('upload_id')} into {where}."
    if there:
        yield f"{counted(there, 'file was', 'files were')} there already, the same as in the upload."
    for name in report.get("left_out") or ():
        yield f"Left out, for its owner to make again: {name}"


def _preview_lines(preview: Mapping[str, Any]) -> Iterator[str]:
    yield f"Upload {preview.get('upload_id')} of {preview.get('system_id')}, {preview.get('uploaded_at')}"
    for side, title in (("here", "On this computer"), ("there", "In that upload")):
        values = preview.get(side) or {}
        counts = [f"{_count(values.get(name))} {name}" for name in ("nodes", "episodes", "traces")]
        changed = f", newest change {values['newest_change']}" if values.get("newest_change") else ""
        yield f"{title}: {', '.join(counts)}, {size(values.get('bytes') or 0)}{changed}"
    for side, title in (("only_here", "Only on this computer"), ("only_there", "Only in that upload")):
        values = preview.get(side) or {}
        counts = [f"{values[name]} {name}" for name in ("nodes", "episodes", "traces") if values.get(name)]
        if counts:
            yield f"{title}: {', '.join(counts)}"
            yield from (f"  {example}" for example in values.get("examples") or ())
    if preview.get("changed"):
        yield f"Different on both sides: {preview['changed']}"


def _count(number: int | None) -> str:
    return "damaged" if number is None else str(number)


def _verify_lines(report: Mapping[str, Any]) -> Iterator[str]:
    damage = report.get("damage") or ()
    for hurt in damage:
        error = hurt.get("error") or {}
        yield f"Damaged: {hurt.get('what')}: {error.get('title', '')}"
        yield from (f"  cannot be restored whole: {upload}" for upload in hurt.get("uploads") or ())
    yield (
        f"Checked {report.get('uploads', 0)} uploads, {report.get('packs', 0)} packs and {report.get('pieces', 0)} "
        f"pieces; read back {report.get('pieces_read', 0)} ({size(report.get('bytes_read') or 0)}): "
        f"{'damage found' if damage else 'all is well'}."
    )
    if damage:
        yield "The next `cogzy sync` sends the damaged parts again, as far as they are still on this computer."
    if damage and report.get("newest_whole"):
        yield f"The newest upload that is whole: {report['newest_whole']}"


def _step_lines(steps: list[Mapping[str, Any]]) -> Iterator[str]:
    words = {True: "ok", False: "failed", None: "not tried"}
    for step in steps:
        name = str(step.get("name"))
        yield f"{words[step.get('ok')]:>9}  {_STEPS.get(name, name)}  ({step.get('seconds') or 0:.2f} s)"
        error = step.get("error")
        if error:
            yield f"           {error.get('title', '')}: {error.get('cause', '')}"
            yield f"           {error.get('next_step', '')}"


def _encrypted_lines(action: str, value: Mapping[str, Any]) -> Iterator[str]:
    if action == "new":
        yield "The cloud's copy is encrypted from now on; the next sync sends it whole. A copy in clear may remain."
    elif action == "change":
        yield "The passphrase is changed. Nothing had to be sent again."
    key = value.get("recovery_key")
    if key:
        yield "Recovery key, shown this once. Print it and keep it away from this computer:"
        yield f"  {key}"

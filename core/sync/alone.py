"""The commands that nothing else may run beside: restore, verify, reset and its undo, encrypt, import, redact."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UsageError
from core.sync.events import (
    Command,
    Encrypt,
    Import,
    PreviewReset,
    RedactSecrets,
    Reset,
    Restore,
    UndoReset,
    Verify,
)

if TYPE_CHECKING:
    from core.sources import Source
    from core.sync.remote import Remote
    from core.sync.workplace import Workplace


async def run(place: Workplace, command: Command) -> Any:
    """Run one of them; returns plain JSON. Raises CogzyError."""
    if isinstance(command, UndoReset):
        from core.sync.reset import undo_reset

        undone = await asyncio.to_thread(undo_reset, await place.vault())
        place.vault_was_replaced()
        return undone.as_json()
    if isinstance(command, Encrypt):
        from core.sync import encrypting

        settings = (await place.loaded()).settings
        return await encrypting.run(
            command.action, settings, place.credentials(), place.root, place.state(), place.environ
        )
    if isinstance(command, Import):
        from core.sync.importing import bring_in

        return await bring_in(await place.vault(), command, place.tell, place.environ)
    if isinstance(command, RedactSecrets):
        from core.sync.secrets.redacting import redact

        return await asyncio.to_thread(redact, await place.vault(), command.ids)
    async with place.remote_to_read(getattr(command, "upload_id", None)) as remote:
        return await _with_remote(place, remote, command)


async def _with_remote(place: Workplace, remote: Remote, command: Command) -> Any:
    from core.sync import reset, restore, verify

    vault = await place.vault()
    match command:
        case Restore(in_place=str(name)):
            source = _source(place, name)
            restored = await restore.restore_in_place(remote, command.upload_id, source, place.tell, root=place.root)
            return restored.as_json()
        case Restore(to=str(to)):
            fetched = await restore.restore(remote, command.upload_id, Path(to), file=command.file, progress=place.tell)
            return fetched.as_json()
        case Restore():
            raise UsageError("restore.where")
        case Verify():
            from core.sync.healing import resend_damaged

            known = await _head(place, remote)
            report = await verify.verify(remote, command.sample, place.tell, known=known)
            await asyncio.to_thread(resend_damaged, place.state(), remote.key, remote.vault_id, report)
            return report.as_json()
        case PreviewReset():
            known = await _head(place, remote)
            preview = await reset.preview_reset(vault, remote, command.upload_id, known=known)
            return preview.as_json()
        case Reset():
            done = await reset.reset(
                vault,
                remote,
                command.upload_id,
                override=command.override,
                known=await _head(place, remote),
                progress=place.tell,
            )
            place.vault_was_replaced()
            await _follow(place, remote, str(done.upload_id))
            return done.as_json()
    raise UsageError("protocol.unknown", seen=type(command).__name__)


async def _head(place: Workplace, remote: Remote) -> str | None:
    """The newest upload of this computer that it knows to be in that remote."""
    return (await asyncio.to_thread(place.state().remote, remote.key)).head


async def _follow(place: Workplace, remote: Remote, upload_id: str) -> None:
    """After a reset: this computer belongs to the upload's vault now, and its next upload follows that one."""
    from core import settings as saved
    from core.sync.connect import fetch_keys, keep_master_key, master_key, remember_keys

    settings, state = (await place.loaded()).settings, place.state()
    await asyncio.to_thread(state.set_fact, "restored_from", upload_id)
    if remote.vault_id == settings.vault_id:
        return
    encrypted = remote.sealer.encrypted
    if encrypted:
        wrapped = await fetch_keys(remote.store, remote.vault_id)
        await asyncio.to_thread(remember_keys, place.root, remote.vault_id, wrapped)
    changes = {"vault_id": remote.vault_id, "encrypted": encrypted}
    taken = await asyncio.to_thread(saved.save, place.root, changes, place.environ)
    if encrypted:
        master = await master_key(taken.settings, place.credentials(), place.root, remote.store)
        await keep_master_key(place.credentials(), remote.vault_id, master)


def _source(place: Workplace, name: str) -> Source:
    from core.sources import find_sources

    sources = {source.name: source for source in find_sources(place.load().settings, environ=place.environ)}
    if name not in sources:
        raise UsageError("sources.unknown", name=name, known=", ".join(sources))
    return sources[name]

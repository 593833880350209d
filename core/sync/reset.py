"""Reset the vault from the cloud, and undo it. Never delete first.

    choose an upload → bring its vault files into sync/staging/reset-<id>/ → check every hash, parse every record,
    align every vector → exchange (core.sync.swap, journaled) → on the disk

Invariants
- Until the exchange the vault is untouched; a kill at any moment leaves the old vault or the new one.
- The old one stays whole in `.before-<id>/` inside the vault until `purge_kept`, at least `KEEP_DAYS`. Undo is the
  same exchange the other way round, so it can be undone too.
- Only corpus/, vectors/, indexes/, traces/ and sync/manifest.json move. Indexes are derived: they are empty afterwards.
- Generations only grow, so every reader notices.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.crash_points import crash_point
from core.errors import DamageError, RefusedError, UsageError
from core.files import remove_tree, translated, write_atomically
from core.sync.manifest import Manifest
from core.sync.meter import OnProgress, unheard
from core.sync.preview import EPISODES, NODES, last_known, preview, refusal_of
from core.sync.remote import Remote
from core.sync.staged_vault import StagedVault, stage_vault
from core.sync.swap import Swap, item, pending, recover, remove_empty, swap
from core.sync.together import unbroken
from core.sync.tree import Tree
from core.sync.uploads import LATEST, read_tree
from core.vault.layout import STAGING

if TYPE_CHECKING:
    from core.sync.preview import ResetPreview
    from core.vault import LocalVaultService
    from core.vault.manifest import VaultManifest

__all__ = ["KEEP_DAYS", "kept_vaults", "preview_reset", "purge_kept", "recover", "reset", "undo_reset"]

KEEP_DAYS = 30
MOVED = ("corpus", "vectors", "indexes", "traces", "sync/manifest.json")
KEPT = ".before-"
_ID_TIME = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True)
class ResetResult:
    """What a reset or an undo did. `kept`: the name of the folder in the vault that holds what was there before.

    `left_out`: files of a damaged upload that could not be brought, relative to the vault (only with `override`).
    """

    kept: str
    upload_id: str | None
    uploaded_at: str | None
    nodes: int
    episodes: int
    files: int = 0
    bytes: int = 0
    left_out: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy reset --json` prints."""
        return asdict(self)


@dataclass(frozen=True)
class Kept:
    """A vault that a reset or an undo moved aside at `made_at` (UNIX seconds)."""

    name: str
    made_at: float


async def preview_reset(
    vault: LocalVaultService, remote: Remote, upload_id: str | None = None, *, known: str | None = None
) -> ResetPreview:
    """Both sides, what exists on one side only, and why a reset would be refused. Changes nothing.

    `known`: the newest upload that this vault has sent or was reset to; by default what its last sync noted.
    """
    manifest, tree = await _chosen(remote, upload_id)
    folder = vault.root / STAGING / f"preview-{secrets.token_hex(4)}"
    try:
        return await preview(vault, remote, manifest, tree, folder, known or last_known(vault))
    finally:
        await unbroken(_drop, folder)


async def reset(
    vault: LocalVaultService,
    remote: Remote,
    upload_id: str | None = None,
    *,
    override: bool = False,
    known: str | None = None,
    progress: OnProgress = unheard,
) -> ResetResult:
    """Swap the vault for an upload's (default: the newest). The caller owns the vault.

    Raises RefusedError: reset.no_upload always; reset.empty, reset.older, reset.damaged unless `override`. Raises as
    read_tree and fetch do. Until the exchange a cancellation or an error leaves everything as it was; during it, a
    cancellation waits for its end.
    """
    manifest, tree = await _chosen(remote, upload_id)
    refusal = await refusal_of(vault, remote, manifest, tree, known or last_known(vault))
    if refusal is not None and not override:
        raise refusal
    reset_id = _new_id(vault.root)
    folder = vault.root / STAGING / f"reset-{reset_id}"
    try:
        staged = await stage_vault(remote, tree, folder, progress)
        crash_point("reset.fetched")
        _require_whole(manifest, staged, override=override)
        crash_point("reset.checked")
        await unbroken(_exchange, vault.root, "reset", reset_id, staged.root, folder, staged.manifest)
    except BaseException:
        if pending(vault.root) is None:
            await unbroken(_drop, folder)
        raise
    nodes, episodes = _counts(staged.manifest)
    return ResetResult(
        kept=f"{KEPT}{reset_id}",
        upload_id=manifest.upload_id,
        uploaded_at=manifest.uploaded_at.isoformat(timespec="milliseconds"),
        nodes=nodes,
        episodes=episodes,
        files=staged.files,
        bytes=staged.bytes,
        left_out=tuple(staged.hurt),
    )


def undo_reset(vault: LocalVaultService) -> ResetResult:
    """Put back the vault that the last reset (or undo) moved aside. Blocking, fast: nothing is copied.

    Raises UsageError("reset.nothing_to_undo") and FileError.
    """
    from core.vault.manifest import VaultManifest, load

    kept = kept_vaults(vault.root)
    if not kept:
        raise UsageError("reset.nothing_to_undo")
    folder = vault.root / kept[0].name
    try:
        before = load(folder) or VaultManifest()
    except DamageError:
        before = VaultManifest()  # the files are taken over as they are when the vault is opened
    undo_id = _new_id(vault.root)
    _exchange(vault.root, "undo", undo_id, folder, folder, before)
    return ResetResult(f"{KEPT}{undo_id}", None, None, *_counts(before))


def kept_vaults(root: Path) -> list[Kept]:
    """The vaults that were moved aside and can be put back, newest first."""
    found = [folder for folder in root.glob(f"{KEPT}*") if any((folder / name).exists() for name in MOVED)]
    return sorted(map(_kept, found), key=lambda kept: (kept.made_at, kept.name), reverse=True)


def purge_kept(root: Path, now: float | None = None, days: float = KEEP_DAYS) -> list[str]:
    """Remove vaults that were moved aside longer than `days` ago; returns their names. Nothing while one is moving."""
    if pending(root) is not None:
        return []
    now = time.time() if now is None else now
    old = [kept for kept in map(_kept, root.glob(f"{KEPT}*")) if now - kept.made_at > days * 86400]
    for kept in old:
        with translated(root / kept.name):
            remove_tree(root / kept.name)
    return [kept.name for kept in old]


async def _chosen(remote: Remote, upload_id: str | None) -> tuple[Manifest, Tree]:
    try:
        return await read_tree(remote, upload_id or LATEST)
    except UsageError as error:
        if error.code == "uploads.none":
            raise RefusedError("reset.no_upload", vault_id=remote.vault_id) from error
        raise


def _require_whole(manifest: Manifest, staged: StagedVault, *, override: bool) -> None:
    if staged.hurt and (not override or not staged.files):
        path, error = next(iter(staged.hurt.items()))
        raise RefusedError(
            "reset.damaged", upload_id=manifest.upload_id, path=path, count=len(staged.hurt), reason=str(error)
        ) from error


def _exchange(root: Path, kind: str, swap_id: str, incoming: Path, spent: Path, manifest: VaultManifest) -> None:
    """Exchange the vault's folders for those in `incoming`, the manifest one generation on."""
    from core.vault.integrity import settle
    from core.vault.layout import make_folders
    from core.vault.locks import write_lock
    from core.vault.manifest import encode

    kept = root / f"{KEPT}{swap_id}"
    with write_lock(root):
        generation = max(settle(root).generation, manifest.generation) + 1
        write_atomically(incoming / MOVED[-1], encode(replace(manifest, generation=generation)))
        for folder in root.glob(f"{KEPT}*"):
            if not any(path.is_file() for path in folder.rglob("*")):
                remove_empty(folder)  # of one that was killed before its journal
        with translated(kept):
            (kept / "sync").mkdir(parents=True, mode=0o700)
        crash_point(f"{kind}.prepared")
        items = tuple(item(root / name, kept / name, incoming / name) for name in MOVED)
        swap(root, Swap(swap_id, kind, items, spent, private=kind == "reset"))
    with translated(root):
        make_folders(root)  # what the other vault did not have


def _drop(folder: Path) -> None:
    if folder.exists():
        remove_tree(folder)


def _new_id(root: Path) -> str:
    """Names the moment, always after those of the vaults that are kept already."""
    newest = max((_kept(folder).made_at for folder in root.glob(f"{KEPT}*")), default=0.0)
    moment = datetime.fromtimestamp(max(time.time(), newest + 0.001), UTC)
    return f"{moment:{_ID_TIME}}-{secrets.token_hex(2)}"


def _kept(folder: Path) -> Kept:
    stamp = folder.name.removeprefix(KEPT).rpartition("-")[0]
    try:
        made_at = datetime.strptime(stamp, _ID_TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:
        made_at = folder.stat().st_mtime
    return Kept(folder.name, made_at)


def _counts(manifest: VaultManifest) -> tuple[int, int]:
    """Nodes and episodes."""
    found = [manifest.files.get(name) for name in (NODES, EPISODES)]
    nodes, episodes = ((entry.count or 0) if entry is not None else 0 for entry in found)
    return nodes, episodes

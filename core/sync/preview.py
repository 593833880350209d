"""Both sides of a reset, before it: counts, sizes, newest change, what exists on one side only, and why to refuse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import DamageError, RefusedError, UsageError
from core.sync.entries import FileEntry
from core.sync.fetch import fetch
from core.sync.layout import UPLOAD_ID
from core.sync.manifest import Manifest
from core.sync.remote import Remote
from core.sync.staged_vault import VAULT, vault_entries
from core.sync.tree import Tree
from core.sync.uploads import follows, list_uploads, read_manifest
from core.vault.records import Record, parse_corpus

if TYPE_CHECKING:
    from core.vault import LocalVaultService

NODES, EPISODES, TRACES = "corpus/nodes.json", "corpus/episodes.json", "traces/"
EXAMPLES = 10
EXAMPLE_LENGTH = 80
_ID_TIME = "%Y%m%d_%H%M%S_%f"


@dataclass(frozen=True)
class Side:
    """One side. Counts are None when that file is damaged; `newest_change` is ISO 8601 in UTC."""

    nodes: int | None
    episodes: int | None
    traces: int
    bytes: int
    newest_change: str | None


@dataclass(frozen=True)
class Difference:
    """Memories that one side has and the other has not; `examples` are the first words of some."""

    nodes: int = 0
    episodes: int = 0
    traces: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResetPreview:
    """What a reset would do. `changed`: records that both sides have, with different content.

    `refusal`: the error that a reset without override raises, as_json; None when it goes ahead.
    """

    upload_id: str
    system_id: str
    uploaded_at: str
    here: Side
    there: Side
    only_here: Difference
    only_there: Difference
    changed: int
    refusal: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that the window and `cogzy reset --json` show."""
        return asdict(self)


def last_known(vault: LocalVaultService) -> str | None:
    """The upload that the vault's last sync noted."""
    noted = (vault.get_status().last_sync or {}).get("upload_id")
    return noted if isinstance(noted, str) and UPLOAD_ID.fullmatch(noted) else None


async def refusal_of(
    vault: LocalVaultService, remote: Remote, manifest: Manifest, tree: Tree, known: str | None
) -> RefusedError | None:
    """Why a reset to this upload is refused unless it is overridden, as far as it can be said without reading it."""
    status = await asyncio.to_thread(vault.get_status)
    here = (status.nodes or 0) + (status.episodes or 0) + status.traces
    if here and not any(name.startswith(("corpus/", TRACES)) for name in vault_entries(tree)):
        return RefusedError("reset.empty", upload_id=manifest.upload_id, here=here)
    if known is not None and known != manifest.upload_id and await _is_older(remote, manifest, known):
        return RefusedError("reset.older", upload_id=manifest.upload_id, known=known)
    return None


async def preview(
    vault: LocalVaultService, remote: Remote, manifest: Manifest, tree: Tree, folder: Path, known: str | None
) -> ResetPreview:
    """Compare. The upload's records are read into the private `folder`."""
    refusal = await refusal_of(vault, remote, manifest, tree, known)
    entries = vault_entries(tree)
    records = [name for name in (NODES, EPISODES) if name in entries]
    hurt: dict[str, DamageError] = {}
    await fetch(remote, tree, [VAULT + name for name in records], folder, hurt=hurt.__setitem__)
    if hurt and refusal is None:
        path, error = next(iter(hurt.items()))
        refusal = RefusedError(
            "reset.damaged", upload_id=manifest.upload_id, path=path, count=len(hurt), reason=str(error)
        )
    sides = await asyncio.to_thread(_compare, vault, folder / VAULT.rstrip("/"), entries, records)
    return ResetPreview(
        upload_id=manifest.upload_id,
        system_id=manifest.system_id,
        uploaded_at=manifest.uploaded_at.isoformat(timespec="milliseconds"),
        **sides,
        refusal=None if refusal is None else refusal.as_json(),
    )


async def _is_older(remote: Remote, manifest: Manifest, known: str) -> bool:
    """Whether the upload was made before `known`. Clocks may be wrong: what follows `known` never counts as older."""
    if known in manifest.parents:
        return False
    try:
        known_at = (await read_manifest(remote, known)).uploaded_at
    except (UsageError, RefusedError, DamageError):
        known_at = _time_of(known)  # gone from the bucket: its name tells when it was made
    if manifest.uploaded_at >= known_at:
        return False
    return not follows(await list_uploads(remote), manifest.upload_id, known)


def _time_of(upload_id: str) -> datetime:
    return datetime.strptime(upload_id[:19] + "000", _ID_TIME).replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Compared:
    """One kind of records. Counts are None where a side is damaged."""

    here: int | None
    there: int | None
    only_here: Sequence[Record]
    only_there: Sequence[Record]
    changed: int


def _compare(
    vault: LocalVaultService, there: Path, entries: Mapping[str, FileEntry], records: Sequence[str]
) -> dict[str, Any]:
    status = vault.get_status()
    nodes = _compare_records(vault.read_nodes, there, NODES, records)
    episodes = _compare_records(vault.read_episodes, there, EPISODES, records)
    own_traces = {f"{TRACES}{name}" for name in vault.list_traces()}
    their_traces = {name for name in entries if name.startswith(TRACES)}
    newest = max((entry.mtime_ns / 1e9 for entry in entries.values()), default=None)
    size = sum(entry.size for entry in entries.values())
    return {
        "here": Side(nodes.here, episodes.here, status.traces, status.total_bytes, _iso(status.newest_change)),
        "there": Side(nodes.there, episodes.there, len(their_traces), size, _iso(newest)),
        "only_here": _difference(nodes.only_here, episodes.only_here, own_traces - their_traces),
        "only_there": _difference(nodes.only_there, episodes.only_there, their_traces - own_traces),
        "changed": nodes.changed + episodes.changed,
    }


def _compare_records(own: Callable[[], list[Record]], there: Path, name: str, brought: Sequence[str]) -> _Compared:
    mine = _by_id(own)
    theirs = _by_id(lambda: _read(there / name, name)) if name in brought else {}
    both = (mine or {}).keys() & (theirs or {}).keys()
    return _Compared(
        here=None if mine is None else len(mine),
        there=None if theirs is None else len(theirs),
        only_here=[record for key, record in (mine or {}).items() if key not in both],
        only_there=[record for key, record in (theirs or {}).items() if key not in both],
        changed=sum(mine[key] != theirs[key] for key in both) if mine and theirs else 0,
    )


def _by_id(read: Callable[[], list[Record]]) -> dict[str, Record] | None:
    """Records by id (by content when they have none); None when they are damaged."""
    try:
        return {str(record.get("id") or json.dumps(record, sort_keys=True)): record for record in read()}
    except DamageError:
        return None


def _read(path: Path, name: str) -> list[Record]:
    """The records of a file that was brought. Raises DamageError when it was not, or does not parse."""
    if not path.exists():
        raise DamageError("vault.missing", path=name)
    return parse_corpus(path.read_bytes(), name).records


def _difference(nodes: Sequence[Record], episodes: Sequence[Record], traces: Collection[str]) -> Difference:
    shown = [_words(record) for record in (*episodes[:EXAMPLES], *nodes[:EXAMPLES])]
    return Difference(len(nodes), len(episodes), len(traces), tuple(shown[:EXAMPLES]))


def _words(record: Record) -> str:
    texts = (record.get(key) for key in ("title", "human_content", "assistant_content", "id"))
    text = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    return " ".join(text.split())[:EXAMPLE_LENGTH]


def _iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None

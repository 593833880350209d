"""What is in the vault, without parsing any of it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.vault.layout import (
    DEDUP_INDEX,
    EPISODE_VECTORS,
    EPISODES,
    LAST_SYNC,
    NODE_VECTORS,
    NODES,
    TRACES,
    TRACKED,
    is_private_name,
)
from core.vault.locks import Owner, owner
from core.vault.manifest import Damage, VaultManifest


@dataclass(frozen=True)
class VaultStatus:
    """Counts of records (None while their file is damaged), bytes on the disk, and the newest change (UNIX time)."""

    root: str
    generation: int
    nodes: int | None
    episodes: int | None
    node_vectors: int | None
    episode_vectors: int | None
    vector_width: int | None
    ingested_ids: int | None
    traces: int
    total_bytes: int
    newest_change: float | None
    damage: tuple[Damage, ...]
    owner: Owner | None
    last_sync: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy status --json` carries."""
        return {**asdict(self), "damage": [damage.as_json() for damage in self.damage]}


def status_of(root: Path, manifest: VaultManifest) -> VaultStatus:
    """The status of the vault at `root`, whose manifest is up to date."""
    sizes, times = [entry.size for entry in manifest.files.values()], []
    for name in TRACKED:
        if name in manifest.files:
            times.append(manifest.files[name].mtime_ns / 1e9)
    traces = 0
    with os.scandir(root / TRACES) as found:
        for item in found:
            if not is_private_name(item.name) and item.is_file(follow_symlinks=False):
                stat = item.stat(follow_symlinks=False)
                traces += 1
                sizes.append(stat.st_size)
                times.append(stat.st_mtime)
    rows = manifest.files.get(NODE_VECTORS)
    return VaultStatus(
        root=str(root),
        generation=manifest.generation,
        nodes=count_of(manifest, NODES),
        episodes=count_of(manifest, EPISODES),
        node_vectors=count_of(manifest, NODE_VECTORS),
        episode_vectors=count_of(manifest, EPISODE_VECTORS),
        vector_width=rows.width if rows else None,
        ingested_ids=count_of(manifest, DEDUP_INDEX),
        traces=traces,
        total_bytes=sum(sizes),
        newest_change=max(times, default=None),
        damage=tuple(manifest.damaged.values()),
        owner=owner(root),
        last_sync=_last_sync(root),
    )


def count_of(manifest: VaultManifest, relative: str) -> int | None:
    """How many records or rows a file has; 0 when it was never there, None while it is damaged."""
    if relative in manifest.damaged:
        return None
    entry = manifest.files.get(relative)
    return entry.count if entry is not None else 0


def _last_sync(root: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((root / LAST_SYNC).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None

"""Where everything in a vault stands, and which of it is synced, derived or private.

Names here are relative, with forward slashes. Row i of a vectors file belongs to record i of its corpus file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

NODES = "corpus/nodes.json"
EPISODES = "corpus/episodes.json"
DEDUP_INDEX = "corpus/dedup_index.json"
NODE_VECTORS = "vectors/nodes.npy"
EPISODE_VECTORS = "vectors/episodes.npy"
FAISS_INDEX = "indexes/faiss.index"
CLUSTERS = "indexes/clusters.json"
CLUSTER_SCHEMA = "indexes/cluster_schema.json"
MANIFEST_PATH = "sync/manifest.json"
JOURNAL_PATH = "sync/journal.json"
SWAP_JOURNAL = "sync/swap.json"
"""Stands while a reset exchanges the vault's folders for others, whose place may be empty for that long."""
LAST_SYNC = "sync/last_sync.json"
STAGING = "sync/staging"
OWNER_LOCK = "sync/owner.lock"
OWNER_NOTE = "sync/owner.json"
WRITE_LOCK = "sync/write.lock"
EMBEDDING_CACHE = "cache/embeddings"
TRACES = "traces"

SYNCED_FOLDERS = ("corpus", "vectors", "traces")
DERIVED_FOLDERS = ("indexes",)
PRIVATE_FOLDERS = ("cache", "sync", "logs")
FOLDERS = (*SYNCED_FOLDERS, *DERIVED_FOLDERS, *PRIVATE_FOLDERS, EMBEDDING_CACHE, STAGING)

CORPORA = (NODES, EPISODES)
VECTORS_OF = {NODES: NODE_VECTORS, EPISODES: EPISODE_VECTORS}
CORPUS_OF = {vectors: corpus for corpus, vectors in VECTORS_OF.items()}
TRACKED = (NODES, EPISODES, DEDUP_INDEX, NODE_VECTORS, EPISODE_VECTORS, FAISS_INDEX, CLUSTERS, CLUSTER_SCHEMA)
"""The files that the vault's own manifest knows, with size, mtime and hash."""

Part = Literal["synced", "derived", "private"]

_DAMAGED = re.compile(r"\.damaged-\d{8}T\d{6,12}Z(-\d+)?$")


def layout() -> dict[str, Part]:
    """Every folder of a vault, and whether it is synced, derived (rebuilt after a restore) or private."""
    return {
        **dict.fromkeys(SYNCED_FOLDERS, "synced"),
        **dict.fromkeys(DERIVED_FOLDERS, "derived"),
        **dict.fromkeys(PRIVATE_FOLDERS, "private"),
    }


def part_of(relative: str) -> Part:
    """Which part of the vault the file `relative` belongs to. Whatever has no known folder is private."""
    if is_private_name(relative.rsplit("/", 1)[-1]):
        return "private"
    return layout().get(relative.split("/", 1)[0], "private") if "/" in relative else "private"


def is_derived(relative: str) -> bool:
    """Whether the file can be rebuilt from the others."""
    return part_of(relative) == "derived"


def is_private_name(name: str) -> bool:
    """Files that never leave: staged ones (they begin with a dot) and quarantined ones."""
    return name.startswith(".") or _DAMAGED.search(name) is not None


def staged_name(relative: str, transaction: str) -> str:
    """Beside its target, so that a rename stays within one folder and one file system."""
    folder, _, name = relative.rpartition("/")
    return f"{folder}/.{name}.{transaction}.staged"


def is_staged_name(name: str) -> bool:
    """Whether `name` was left by a transaction that never came to its journal."""
    return name.startswith(".") and (name.endswith(".staged") or name.startswith(".journal.json."))


def make_folders(root: Path) -> None:
    """Create what is missing, for the owner alone."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in FOLDERS:
        (root / folder).mkdir(exist_ok=True, mode=0o700)


def syncable_files(root: Path) -> Iterator[str]:
    """Every regular file below the synced and derived folders, sorted. Symbolic links are never followed."""
    for folder in (*SYNCED_FOLDERS, *DERIVED_FOLDERS):
        yield from _files_below(root / folder, folder)


def _files_below(folder: Path, relative: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        name = f"{relative}/{entry.name}"
        if is_private_name(entry.name) or not _is_text(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files_below(folder / entry.name, name)
        elif entry.is_file(follow_symlinks=False):
            yield name


def _is_text(name: str) -> bool:
    """A name that is not valid UTF-8 could not be written into any file table."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True

"""What of a vault's memory waits to be made ready for search, told without reading its records and without NumPy."""

from __future__ import annotations

import json
import logging
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.vault.layout import CLUSTER_SCHEMA, CLUSTERS, FAISS_INDEX, NODE_VECTORS, NODES
from core.vault.manifest import VaultManifest

LEAST_CLUSTERED = 10
"""Fewer embedded nodes make no clusters."""
MADE_OF_NODES = (FAISS_INDEX, CLUSTERS, CLUSTER_SCHEMA)
"""What core.memory.clusters writes."""
_SHARE = 0.05
_LONGEST_HEADER = 1 << 12
_log = logging.getLogger(__name__)
_counted: dict[Path, tuple[str, int]] = {}


@dataclass(frozen=True)
class Topics:
    """The clusters of a vault's nodes: how many, of how many nodes, and the largest of them as {"name", "size"}."""

    count: int
    nodes: int
    largest: tuple[Mapping[str, Any], ...]


def without_vectors(root: Path, manifest: VaultManifest) -> int | None:
    """How many nodes have no vector; None while their files are damaged or just being written."""
    if NODES in manifest.damaged or NODE_VECTORS in manifest.damaged:
        return None
    nodes, rows = manifest.files.get(NODES), manifest.files.get(NODE_VECTORS)
    total = (nodes.count if nodes is not None else 0) or 0
    if rows is None or not rows.count or not rows.width:
        return total
    known = _counted.get(root)
    if known is None or known[0] != rows.sha256:
        empty = _empty_rows(root / NODE_VECTORS, rows.size, rows.count, 4 * rows.width)
        if empty is None:
            return None
        _counted[root] = known = rows.sha256, empty
    return known[1] + max(0, total - rows.count)


def topics(root: Path, manifest: VaultManifest) -> Topics | None:
    """The clusters there are, as far as their files are whole."""
    if not all(name in manifest.files and name not in manifest.damaged for name in (CLUSTERS, CLUSTER_SCHEMA)):
        return None
    try:
        schema = json.loads((root / CLUSTER_SCHEMA).read_bytes())
        largest = [{"name": str(one["name"]), "size": int(one["size"])} for one in schema["largest"]]
        return Topics(int(schema["clusters"]), int(schema["nodes"]), tuple(largest))
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.info("%s is of another program or damaged: %s", CLUSTER_SCHEMA, error)
        return None


def clusters_behind(root: Path, manifest: VaultManifest) -> bool:
    """Whether the clusters and the FAISS index are to be made or brought up: lost, damaged, or some nodes behind.

    Damaged ones are made again of however few nodes there are: until then they are named as damage.
    """
    rows, empty = manifest.files.get(NODE_VECTORS), without_vectors(root, manifest)
    if empty is not None and manifest.damaged.keys() & set(MADE_OF_NODES):
        return True
    if rows is None or empty is None or NODES not in manifest.files:
        return False
    embedded = max(0, (manifest.files[NODES].count or 0) - empty)
    if embedded < LEAST_CLUSTERED:
        return False
    found = topics(root, manifest)
    if found is None or FAISS_INDEX not in manifest.files or FAISS_INDEX in manifest.damaged:
        return True
    return abs(embedded - found.nodes) > _SHARE * embedded


def _empty_rows(path: Path, size: int, count: int, width: int) -> int | None:
    """Rows of `width` bytes that are all zeros in a file that ends with `count` of them; None when it is another."""
    if not 0 < size - count * width <= _LONGEST_HEADER:
        return 0  # of another program, with other numbers: none of our waiting ones
    nothing = bytes(width)
    first = nothing[:8]
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if len(data) != size:
                return None
            places = range(size - count * width, size, width)
            return sum(data[at : at + 8] == first and data[at : at + width] == nothing for at in places)
    except (OSError, ValueError) as error:
        _log.info("%s cannot be counted: %s", path, error)
        return None

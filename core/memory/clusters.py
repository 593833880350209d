"""What the memories are about: clusters of the nodes' vectors, named by the words that set them apart.

    indexes/clusters.json         {"clusters": [{"id", "name", "words", "size", "nodes": [ids], "centre"}]}
    indexes/cluster_schema.json   how they were made, and of which vectors

k-means on the sphere (FAISS). While the vault grows slowly the centres stay, so that a cluster keeps its id and its
name, and new nodes join the nearest; after a quarter more nodes, or vectors of another model, they are made anew.
"""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import DamageError
from core.memory.behind import LEAST_CLUSTERED as LEAST
from core.memory.behind import MADE_OF_NODES
from core.memory.contents import NODE, Contents, read_contents, row_of, seen_now
from core.memory.faiss_file import Matrix, faiss, in_step, unit_rows
from core.memory.stopping import check
from core.memory.tokens import token_terms, tokens
from core.vault import LocalVaultService, reading
from core.vault.layout import FAISS_INDEX, NODES

MOST = 200
LARGEST = 20
"""So many are named in the schema, for who only wants to know what there is."""
_GROWN = 1.25
_SEED = 20_260
_ROUNDS = 20
_WORDS = 8
_NAMED_BY = 3
_READ = 200
"""Nodes of a cluster, those nearest to its centre, whose words name it."""
_READ_CHARACTERS = 2000
_TRIES = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Clustered:
    """What `cluster` did. `made_anew`: the centres are new; `changed`: anything was written."""

    clusters: int
    nodes: int
    made_anew: bool
    changed: bool


def cluster(vault: LocalVaultService, stopped: threading.Event | None = None) -> Clustered | None:
    """Bring `indexes/` up to the vault: FAISS index, clusters, schema, in one transaction. Blocks.

    None where FAISS is not installed. `stopped` ends it before anything is written, within a second or two, by
    StoppedError. Raises DamageError when the nodes cannot be read, FileError, BusyError.
    """
    if faiss() is None:
        _log.info("FAISS is not installed: no clusters")
        return None
    for _ in range(_TRIES):
        manifest = reading.refreshed(vault.root)
        if NODES in manifest.damaged:
            raise manifest.damaged[NODES].error()
        contents = read_contents(vault.root, manifest)
        check(stopped)
        old, index_now = _Old.read(vault, contents), _index_bytes(vault)
        hurt = manifest.damaged.keys() & set(MADE_OF_NODES)
        if old.seen == contents.seen and old.index == _sha256(index_now) and not hurt:
            return Clustered(len(old.clusters), old.nodes, made_anew=False, changed=False)
        units = unit_rows(contents.nodes.rows)
        index = in_step(index_now, units) if units.size else None
        made, anew = _clusters(contents, units, old, stopped)
        trained = int(np.count_nonzero(contents.nodes.digests)) if anew else old.trained
        schema = _schema(contents, made, trained, _sha256(index or index_now))
        check(stopped)
        with vault.transaction() as tx:
            if seen_now(vault.root, tx.manifest) != contents.seen:
                continue
            if index is not None:
                tx.write_faiss_index(index)
            elif not units.size:
                tx.forget_damage(FAISS_INDEX)  # there is nothing to make one of
            tx.write_clusters({"version": 1, "clusters": made})
            tx.write_cluster_schema(schema)
        return Clustered(len(made), sum(one["size"] for one in made), anew, changed=True)
    _log.info("the vault changes too fast to be clustered now")
    return Clustered(0, 0, made_anew=False, changed=False)


@dataclass(frozen=True)
class _Old:
    """What stands in `indexes/`; nothing when it does not parse or is of another model."""

    seen: str = ""
    index: str = ""
    clusters: Sequence[Mapping[str, Any]] = ()
    trained: int = 0
    nodes: int = 0

    @classmethod
    def read(cls, vault: LocalVaultService, contents: Contents) -> _Old:
        try:
            schema, found = vault.read_cluster_schema() or {}, vault.read_clusters() or {}
            if schema["model"] != contents.nodes.model or schema["width"] != contents.nodes.rows.shape[1]:
                return cls()
            clusters = [dict(one) for one in found["clusters"]]
            centres = np.array([one["centre"] for one in clusters], np.float32)
            if len(clusters) and (centres.shape[1:] != contents.nodes.rows.shape[1:] or not np.isfinite(centres).all()):
                return cls()
            size = sum(int(one["size"]) for one in clusters)
            return cls(str(schema["seen"]), str(schema["index"]), clusters, int(schema["trained"]), size)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, DamageError):
            return cls()  # of another program, or damaged: made anew


def _clusters(
    contents: Contents, units: Matrix, old: _Old, stopped: threading.Event | None
) -> tuple[list[dict[str, Any]], bool]:
    embedded = np.flatnonzero(contents.nodes.digests)
    if len(embedded) < LEAST:
        return [], True
    known = units[embedded]
    anew = not old.clusters or len(embedded) > _GROWN * old.trained or 2 * len(embedded) < old.trained
    centres = _trained(known, stopped) if anew else np.array([one["centre"] for one in old.clusters], np.float32)
    nearest, closeness = _nearest(known, centres)
    members: list[list[int]] = [[] for _ in centres]
    for at in np.lexsort((embedded, -closeness)).tolist():
        members[int(nearest[at])].append(int(embedded[at]))
    records = contents.nodes.records
    words = [] if not anew else _words([[records[at] for at in some[:_READ]] for some in members], stopped)
    made: list[dict[str, Any]] = []
    for number, some in enumerate(members):
        if not some and anew:
            continue
        mine = words[number] if anew else list(old.clusters[number]["words"])
        made.append(
            {
                "id": len(made) if anew else old.clusters[number]["id"],
                "name": " · ".join(mine[:_NAMED_BY]) if anew else old.clusters[number]["name"],
                "words": mine,
                "size": len(some),
                "nodes": [_id(records[at]) for at in some],
                "centre": [round(float(value), 6) for value in centres[number]],
            }
        )
    return made, anew


def _trained(units: Matrix, stopped: threading.Event | None) -> Matrix:
    """The centres: about the root of half as many as there are vectors. Each round begins where the last one ended."""
    library = faiss()
    assert library is not None
    count = max(2, min(MOST, round(math.sqrt(len(units) / 2))))
    means = library.Kmeans(
        units.shape[1], count, niter=1, seed=_SEED, spherical=True, min_points_per_centroid=1, verbose=False
    )
    centres: Matrix | None = None
    for _ in range(_ROUNDS):
        check(stopped)
        means.train(units, init_centroids=centres)
        centres = means.centroids
    assert centres is not None
    return centres


def _nearest(units: Matrix, centres: Matrix) -> tuple[Any, Any]:
    """For each vector the nearest centre, and its cosine."""
    nearest, closeness = np.empty(len(units), np.int64), np.empty(len(units), np.float32)
    for at in range(0, len(units), 8192):
        cosines = units[at : at + 8192] @ centres.T
        best = cosines.argmax(axis=1)
        nearest[at : at + 8192], closeness[at : at + 8192] = best, cosines[np.arange(len(best)), best]
    return nearest, closeness


def _words(clusters: Sequence[Sequence[Mapping[str, Any]]], stopped: threading.Event | None) -> list[list[str]]:
    """The words that set each cluster apart: often in its nodes, seldom in others (tf-idf over clusters)."""
    counts: list[Counter[str]] = []
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for some in clusters:
        check(stopped)
        held: Counter[str] = Counter()
        for record in some:
            seen: set[str] = set()
            for token in tokens(row_of(NODE, record).text[:_READ_CHARACTERS]):
                if len(token.word) < 2 or token.word.isdigit():
                    continue
                for term in token_terms(token)[-1:]:
                    written[term][token.word.casefold()] += 1
                    seen.add(term)
            held.update(seen)
        counts.append(held)
    spread = Counter(term for held in counts for term in held)
    found = []
    for held, some in zip(counts, clusters, strict=True):
        worth = {
            term: count / max(1, len(some)) * math.log(1 + len(clusters) / spread[term])
            for term, count in held.items()
            if count > 1 or len(some) < LEAST
        }
        best = sorted(worth, key=lambda term: (-worth[term], term))[:_WORDS]
        found.append([min(written[term].items(), key=lambda item: (-item[1], item[0]))[0] for term in best])
    return found


def _schema(contents: Contents, made: Sequence[Mapping[str, Any]], trained: int, index: str) -> dict[str, Any]:
    largest = sorted(made, key=lambda one: -one["size"])[:LARGEST]
    return {
        "version": 1,
        "method": "k-means",
        "metric": "cosine",
        "clusters": len(made),
        "width": int(contents.nodes.rows.shape[1]),
        "model": contents.nodes.model,
        "seed": _SEED,
        "trained": trained,
        "nodes": sum(one["size"] for one in made),
        "largest": [{"name": one["name"], "size": one["size"]} for one in largest],
        "seen": contents.seen,
        "index": index,
    }


def _index_bytes(vault: LocalVaultService) -> bytes | None:
    try:
        return (vault.root / FAISS_INDEX).read_bytes()
    except FileNotFoundError:
        return None


def _sha256(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""


def _id(record: Mapping[str, Any]) -> Any:
    return record.get("id")

"""LocalVaultService: the vault as everybody else sees it.

- Every read is local, takes no lock, and is of one generation. What was never there reads as empty; what is damaged
  raises DamageError, and everything else works.
- Every write is a transaction, on the disk when it returns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UsageError
from core.files import translated, write_atomically
from core.vault import cache, reading, records, traces, vectors
from core.vault.cloud import CloudEngine, require_engine
from core.vault.integrity import ingested_ids, settle
from core.vault.journal import commit, new_transaction
from core.vault.layout import (
    CLUSTER_SCHEMA,
    CLUSTERS,
    DEDUP_INDEX,
    EPISODE_VECTORS,
    EPISODES,
    LAST_SYNC,
    NODE_VECTORS,
    NODES,
    make_folders,
)
from core.vault.locks import WRITE_WAIT_SECONDS, Owner, owner, write_lock
from core.vault.manifest import Damage
from core.vault.records import Record
from core.vault.snapshot import VaultSnapshot, snapshot
from core.vault.status import VaultStatus, count_of, status_of
from core.vault.transaction import Transaction, transaction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]


class LocalVaultService:
    """The user's memory on this computer. Any number of processes and threads may hold one on the same folder."""

    def __init__(self, root: Path, engine: CloudEngine | None = None) -> None:
        self.root = root
        self.engine = engine

    @classmethod
    def open(cls, root: Path, engine: CloudEngine | None = None) -> LocalVaultService:
        """Open the vault at `root`, making what is missing; ends or drops a commit that was killed.

        Damage is no error here: the damaged file is set aside and stands in `damage`. Raises FileError when the
        folder cannot be written, BusyError when another program writes for longer than half a minute.
        """
        root = Path(root).expanduser().absolute()
        with translated(root):
            make_folders(root)
        reading.open_and_settle(root)
        return cls(root, engine)

    # Nodes

    def read_nodes(self) -> list[Record]:
        """All nodes, in order."""
        return self._read_corpus(NODES)

    def write_nodes(self, nodes: Iterable[Record], embeddings: Any = None) -> None:
        """All nodes anew. Without `embeddings` (nodes, width) those whose id and text stayed keep their vector."""
        with self.transaction() as tx:
            tx.write_nodes(nodes, embeddings)

    def append_nodes(self, nodes: Iterable[Record], embeddings: Any = None) -> None:
        """Nodes at the end, with vectors (nodes, width) or not embedded yet."""
        with self.transaction() as tx:
            tx.append_nodes(nodes, embeddings)

    def read_node_embeddings(self) -> Matrix:
        """The nodes' vectors: float32 (nodes, width), mapped and read-only; an all-zero row is not embedded yet."""
        return self._read_vectors(NODE_VECTORS)

    def write_node_embeddings(self, embeddings: Any) -> None:
        """All node vectors anew, one row a node."""
        with self.transaction() as tx:
            tx.write_node_embeddings(embeddings)

    def read_nodes_with_embeddings(self) -> tuple[list[Record], Matrix]:
        """Nodes and their vectors of one generation; (0, 0) vectors when there are none."""
        return self._read_both(NODES, NODE_VECTORS)

    # Episodes

    def read_episodes(self) -> list[Record]:
        """All episodes, in order."""
        return self._read_corpus(EPISODES)

    def write_episodes(self, episodes: Iterable[Record], embeddings: Any = None) -> None:
        """All episodes anew; see `write_nodes`."""
        with self.transaction() as tx:
            tx.write_episodes(episodes, embeddings)

    def append_episodes(self, episodes: Iterable[Record], embeddings: Any = None) -> None:
        """Episodes at the end; see `append_nodes`."""
        with self.transaction() as tx:
            tx.append_episodes(episodes, embeddings)

    def read_episode_embeddings(self) -> Matrix:
        """The episodes' vectors; see `read_node_embeddings`."""
        return self._read_vectors(EPISODE_VECTORS)

    def write_episode_embeddings(self, embeddings: Any) -> None:
        """All episode vectors anew, one row an episode."""
        with self.transaction() as tx:
            tx.write_episode_embeddings(embeddings)

    def read_episodes_with_embeddings(self) -> tuple[list[Record], Matrix]:
        """Episodes and their vectors of one generation."""
        return self._read_both(EPISODES, EPISODE_VECTORS)

    # What belongs to them

    def read_dedup_index(self) -> list[str]:
        """The ids of everything that was ever ingested, in order."""
        found = self._read_json(DEDUP_INDEX)
        return [] if found is None else ingested_ids(found)

    def write_dedup_index(self, ids: Iterable[str]) -> None:
        """The ingested ids anew; other keys of the file stay."""
        with self.transaction() as tx:
            tx.write_dedup_index(ids)

    def read_clusters(self) -> Any:
        """The clusters as they were written, or None."""
        return self._read_json(CLUSTERS)

    def write_clusters(self, clusters: Any) -> None:
        """The clusters, as any JSON value."""
        with self.transaction() as tx:
            tx.write_clusters(clusters)

    def read_cluster_schema(self) -> Any:
        """How the clusters were made, or None."""
        return self._read_json(CLUSTER_SCHEMA)

    def write_cluster_schema(self, schema: Any) -> None:
        """How the clusters were made, as any JSON value."""
        with self.transaction() as tx:
            tx.write_cluster_schema(schema)

    def write_trace(self, trace: Mapping[str, Any]) -> str:
        """Keep a reasoning trace; returns the name it got."""
        return traces.write_trace(self.root, trace)

    def read_trace(self, name: str) -> dict[str, Any]:
        """One reasoning trace."""
        return traces.read_trace(self.root, name)

    def list_traces(self) -> list[str]:
        """The names of all reasoning traces."""
        return traces.trace_names(self.root)

    def cached_embedding(self, text_hash: str) -> NDArray[np.float32] | None:
        """The vector (width,) cached for a text, by the hexadecimal hash of the text."""
        return cache.cached_embedding(self.root, text_hash)

    def cache_embedding(self, text_hash: str, vector: Any) -> None:
        """Cache one vector."""
        cache.cache_embedding(self.root, text_hash, vector)

    # The whole

    def transaction(self, *, wait_seconds: float = WRITE_WAIT_SECONDS) -> AbstractContextManager[Transaction]:
        """Change several files wholly or not at all."""
        return transaction(self.root, wait_seconds=wait_seconds)

    def snapshot(self, into: Path) -> AbstractContextManager[VaultSnapshot]:
        """All syncable files of one generation, linked below `into` until the block ends."""
        return snapshot(self.root, into)

    @property
    def generation(self) -> int:
        """Moves with every commit; whoever read anything reads again when it has moved."""
        return reading.current(self.root).generation

    @property
    def damage(self) -> tuple[Damage, ...]:
        """What is known to be damaged or missing."""
        return tuple(reading.current(self.root).damaged.values())

    def get_node_count(self) -> int:
        """How many nodes there are. Raises DamageError while they are damaged."""
        return self._count(NODES)

    def get_episode_count(self) -> int:
        """How many episodes there are. Raises DamageError while they are damaged."""
        return self._count(EPISODES)

    def get_status(self) -> VaultStatus:
        """Counts, sizes, damage and owner; parses no corpus unless another program changed it."""
        return status_of(self.root, reading.refreshed(self.root))

    def owner(self) -> Owner | None:
        """Who runs this vault's engine now."""
        return owner(self.root)

    def check(self) -> list[Damage]:
        """Hash and parse every tracked file; what is damaged is set aside. Returns all damage, old and new."""
        with write_lock(self.root):
            return list(settle(self.root, thorough=True).damaged.values())

    def accept_loss(self, relative: str) -> None:
        """Go on without a damaged file: it counts as empty from now on. What was set aside stays where it is."""
        with write_lock(self.root):
            manifest = settle(self.root)
            if relative not in manifest.damaged:
                raise UsageError("vault.not_damaged", path=relative)
            commit(self.root, new_transaction(), (), (), manifest.advanced({}, {relative: None}))

    def record_sync(self, result: Mapping[str, Any]) -> None:
        """Keep the result of the last sync for the status."""
        write_atomically(self.root / LAST_SYNC, json.dumps(result).encode())

    # The cloud

    async def sync_to_cloud(self, *, full: bool = False) -> Any:
        """Send what is new, through the engine. Raises UsageError when the vault has none."""
        return await require_engine(self.engine).sync(full=full)

    async def sync_from_cloud(self, upload_id: str | None = None) -> Any:
        """What the cloud's copy has against this vault; changes nothing here."""
        return await require_engine(self.engine).preview_reset(upload_id)

    async def reset_from_cloud(self, upload_id: str | None = None, *, override: bool = False) -> Any:
        """Swap this vault for the cloud's copy; the old one is kept and can be put back."""
        return await require_engine(self.engine).reset(upload_id, override=override)

    def _count(self, relative: str) -> int:
        manifest = reading.refreshed(self.root)
        if relative in manifest.damaged:
            raise manifest.damaged[relative].error()
        return count_of(manifest, relative) or 0

    def _read_corpus(self, relative: str) -> list[Record]:
        return reading.read(self.root, [relative], lambda files: _records(files, relative))

    def _read_vectors(self, relative: str) -> Matrix:
        return reading.read(self.root, [relative], lambda files: _matrix(files, relative))

    def _read_both(self, corpus: str, rows: str) -> tuple[list[Record], Matrix]:
        return reading.read(self.root, [corpus, rows], lambda files: (_records(files, corpus), _matrix(files, rows)))

    def _read_json(self, relative: str) -> Any:
        def parse(files: Mapping[str, reading.Opened]) -> Any:
            return records.parse_json(files[relative].verified(), relative) if relative in files else None

        return reading.read(self.root, [relative], parse)


def _records(files: Mapping[str, reading.Opened], relative: str) -> list[Record]:
    return records.parse_corpus(files[relative].verified(), relative).records if relative in files else []


def _matrix(files: Mapping[str, reading.Opened], relative: str) -> Matrix:
    if relative in files:
        return vectors.load(files[relative].file, relative)
    import numpy as np

    return np.zeros((0, 0), np.float32)

"""A change of several files that happens wholly or not at all.

- It holds write.lock from its start, so what it reads is what it changes.
- An error, a full disk or a kill leaves the vault as it was, or, past the journal, as it was to become.
- Corpus and vectors are checked against each other before anything is staged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import DamageError
from core.vault import merging, records, vectors
from core.vault.changes import CorpusChange, Job, Staging, require_rows
from core.vault.integrity import Findings, ingested_ids, settle
from core.vault.journal import UnfinishedError, commit, discard, new_transaction
from core.vault.layout import CLUSTER_SCHEMA, CLUSTERS, DEDUP_INDEX, EPISODES, FAISS_INDEX, NODES, VECTORS_OF
from core.vault.locks import WRITE_WAIT_SECONDS, write_lock
from core.vault.manifest import Entry, VaultManifest
from core.vault.merging import Merge
from core.vault.records import Record


@contextmanager
def transaction(root: Path, *, wait_seconds: float = WRITE_WAIT_SECONDS) -> Iterator[Transaction]:
    """One transaction on the vault at `root`. Raises BusyError when another one runs for `wait_seconds`."""
    with write_lock(root, wait_seconds=wait_seconds):
        changes = Transaction(root, settle(root))
        try:
            yield changes
            changes.commit()
        except DamageError:
            settle(root, thorough=True)  # a committed file has rotted: it is set aside, so that the next write can work
            raise


class Transaction:
    """Collects changes; they are staged and committed when its `with` block ends without an error.

    `manifest` is the vault as it was found; what is read meanwhile is that.
    """

    def __init__(self, root: Path, manifest: VaultManifest) -> None:
        self.root = root
        self.manifest = manifest
        self._changes: dict[str, CorpusChange] = {}
        self._whole: dict[str, tuple[bytes, int | None]] = {}
        self._copied: dict[str, tuple[Path, Entry]] = {}
        self._merges: dict[str, Merge] = {}
        self._more_ids: tuple[Iterable[str], int] | None = None
        self._no_damage: set[str] = set()

    def write_nodes(self, nodes: Iterable[Record], embeddings: Any = None) -> None:
        """All nodes anew. Without `embeddings` (nodes, width) those whose id and text stayed keep their vector."""
        self._write(NODES, nodes, embeddings)

    def append_nodes(self, nodes: Iterable[Record], embeddings: Any = None) -> None:
        """Nodes at the end, with their vectors or not embedded yet."""
        self._append(NODES, nodes, embeddings)

    def write_node_embeddings(self, embeddings: Any) -> None:
        """All node vectors anew: one row for each node there is, those of this transaction so far included."""
        self._changes.setdefault(NODES, CorpusChange()).embed(vectors.require_matrix(embeddings))

    def write_episodes(self, episodes: Iterable[Record], embeddings: Any = None) -> None:
        """All episodes anew; see `write_nodes`."""
        self._write(EPISODES, episodes, embeddings)

    def append_episodes(self, episodes: Iterable[Record], embeddings: Any = None) -> None:
        """Episodes at the end; see `append_nodes`."""
        self._append(EPISODES, episodes, embeddings)

    def write_episode_embeddings(self, embeddings: Any) -> None:
        """All episode vectors anew; see `write_node_embeddings`."""
        self._changes.setdefault(EPISODES, CorpusChange()).embed(vectors.require_matrix(embeddings))

    def write_dedup_index(self, ids: Iterable[str]) -> None:
        """The ids of everything that was ever ingested; other keys of the file stay."""
        found = self._json(DEDUP_INDEX)
        unique = list(dict.fromkeys(ids))
        others = found if isinstance(found, dict) else {}
        self._whole[DEDUP_INDEX] = records.encode_json({**others, "ingested_ids": unique}), len(unique)

    def add_ingested_ids(self, ids: Iterable[str]) -> None:
        """More ids in the dedup index. Raises DamageError while it is damaged."""
        if DEDUP_INDEX in self.manifest.damaged and DEDUP_INDEX not in self._whole:
            raise self.manifest.damaged[DEDUP_INDEX].error()
        found = self._json(DEDUP_INDEX)
        self.write_dedup_index([*([] if found is None else ingested_ids(found)), *ids])

    def merge_nodes(self, merge: Merge) -> None:
        """Nodes out of `merge`, which replace or follow those there are; see core.vault.merging."""
        self._merge(NODES, merge)

    def merge_episodes(self, merge: Merge) -> None:
        """Episodes out of `merge`."""
        self._merge(EPISODES, merge)

    def merge_ingested_ids(self, ids: Iterable[str], count: int) -> None:
        """`count` more ids in the dedup index, none of which is there yet. Raises DamageError while it is damaged."""
        if DEDUP_INDEX in self.manifest.damaged:
            raise self.manifest.damaged[DEDUP_INDEX].error()
        self._more_ids = (ids, count)

    def write_clusters(self, clusters: Any) -> None:
        """The clusters, as any JSON value."""
        self._whole[CLUSTERS] = records.encode_json(clusters), None

    def write_cluster_schema(self, schema: Any) -> None:
        """How the clusters were made, as any JSON value."""
        self._whole[CLUSTER_SCHEMA] = records.encode_json(schema), None

    def write_faiss_index(self, data: bytes) -> None:
        """The serialised FAISS index."""
        self._whole[FAISS_INDEX] = data, None

    def forget_damage(self, relative: str) -> None:
        """A derived file that is not to be made again is no longer named as damaged."""
        self._no_damage.add(relative)

    def copy_file(self, relative: str, source: Path, found: Entry) -> None:
        """A tracked file byte for byte from elsewhere; `found` is what a look at it gave."""
        self._copied[relative] = source, found

    def commit(self) -> None:
        """Stage and commit what was collected. Raises FileError on a full disk, and the old vault stays."""
        from concurrent.futures import ThreadPoolExecutor

        name, findings = new_transaction(), Findings()
        with ExitStack() as files:
            staging = Staging(self.root, self.manifest, name, findings, files)
            jobs: dict[str, Job] = {n: partial(staging.whole, n, *whole) for n, whole in self._whole.items()}
            jobs |= {n: partial(staging.copy, n, *copied) for n, copied in self._copied.items()}
            for corpus, change in self._changes.items():
                jobs |= staging.jobs(corpus, change)
            for corpus, merge in self._merges.items():
                jobs |= merging.jobs(staging, corpus, merge)
            if self._more_ids is not None:
                jobs[DEDUP_INDEX] = merging.more_ids(staging, *self._more_ids)
            if not jobs:
                return
            try:
                # Copying and hashing run outside the interpreter's lock.
                with ThreadPoolExecutor(2, thread_name_prefix="vault-stage") as pool:
                    futures = {n: pool.submit(job) for n, job in jobs.items()}
                entries = {n: future.result() for n, future in futures.items()}
                after = self.manifest.advanced(
                    {**findings.files, **entries}, {**findings.damaged, **dict.fromkeys(self._no_damage)}
                )
                commit(self.root, name, list(jobs), findings.asides, after)
            except UnfinishedError:
                raise
            except BaseException:
                discard(self.root, name, jobs)
                raise

    def _write(self, corpus: str, items: Iterable[Record], embeddings: Any) -> None:
        whole = records.require_records(items)
        matrix = None if embeddings is None else require_rows(embeddings, len(whole), corpus)
        self._changes[corpus] = CorpusChange(whole=whole, matrix=matrix)

    def _append(self, corpus: str, items: Iterable[Record], embeddings: Any) -> None:
        added = records.require_records(items)
        rows = None if embeddings is None else require_rows(embeddings, len(added), corpus)
        change = self._changes.setdefault(corpus, CorpusChange())
        hurt = self.manifest.damaged
        if change.whole is None and corpus in hurt:
            raise hurt[corpus].error()
        if rows is not None and change.whole is None and change.matrix is None and VECTORS_OF[corpus] in hurt:
            raise hurt[VECTORS_OF[corpus]].error()
        change.append(added, rows)

    def _merge(self, corpus: str, merge: Merge) -> None:
        if corpus in self.manifest.damaged:
            raise self.manifest.damaged[corpus].error()
        assert corpus not in self._changes  # one way or the other
        self._merges[corpus] = merge

    def _json(self, relative: str) -> Any:
        if relative in self._whole:
            return records.parse_json(self._whole[relative][0], relative)
        if relative not in self.manifest.files:
            return None
        return records.parse_json((self.root / relative).read_bytes(), relative)

"""From the tables of an upload to what has to be read of it: compared with what the hub already has, nothing twice.

Tables never change and each upload's are those of the one before it and its own: they are kept, up to a number of
entries, so that a small upload costs one small read.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from core.akosha.ingest.state import Seen, SeenDatabase, SeenFile, VaultState, continues
from core.errors import DamageError
from core.sync.entries import DatabaseEntry, Delta, Entry, FileEntry
from core.sync.manifest import Manifest
from core.sync.remote import Remote
from core.sync.streams import Stream
from core.sync.table import Table, TableRef
from core.sync.together import bounded
from core.sync.tree import Tree, fold
from core.sync.uploads import read_table

MOST_TABLE_PLAIN = 96 << 20
MOST_CHAIN = 256 << 20
"""Stored bytes of all tables of an upload; tables of memory are a thousandth of that."""
MOST_KEPT = 200_000
SOURCES = "sources/"
RECORDS = {
    "vault/corpus/nodes.json": ("node", "vault/vectors/nodes.npy"),
    "vault/corpus/episodes.json": ("episode", "vault/vectors/episodes.npy"),
}


@dataclass(frozen=True)
class DatabaseWork:
    """A database that changed: all of it, or (`known`) the deltas since it was last taken in, oldest first."""

    entry: DatabaseEntry
    origin: str
    known: SeenDatabase | None
    deltas: tuple[Delta, ...]


@dataclass(frozen=True)
class RecordsWork:
    """A file of records that changed, and the vectors beside it."""

    entry: FileEntry
    vectors: FileEntry | None
    kind: str
    origin: str


@dataclass(frozen=True)
class Plan:
    """What an upload changes. `paths` are those that stay as they are; `gone` what is there no more."""

    tree: Tree
    databases: tuple[DatabaseWork, ...]
    records: tuple[RecordsWork, ...]
    gone: tuple[Seen, ...]
    paths: Mapping[str, Seen]
    unread: tuple[str, ...]
    """Databases that could not be looked into at their own computer: too new for it, or encrypted by their owner."""

    def fits(self, most: int) -> bool:
        """Whether what is certain of that is at most `most` bytes."""
        whole = [database.entry for database in self.databases if database.known is None]
        certain = sum(member.size for entry in whole for member in entry.members)
        for records in self.records:
            certain += records.entry.size + (records.vectors.size if records.vectors else 0)
        return certain <= most

    def bytes(self) -> int:
        """How much disk reading it takes, as far as the upload says."""
        wanted = 64 << 20
        for database in self.databases:
            wanted += sum(8 * stream.size for delta in database.deltas for stream in _streams(delta))
            if database.known is None:
                wanted += 4 * sum(member.size for member in database.entry.members) + 2 * database.entry.image.size
        for records in self.records:
            wanted += 2 * records.entry.size + (records.vectors.size if records.vectors else 0)
        return wanted


@dataclass
class Tables:
    """Reads tables, and keeps the ones that were read last."""

    _kept: OrderedDict[str, tuple[int, Table]] = field(default_factory=OrderedDict)
    _size: int = 0

    async def tree(self, remote: Remote, manifest: Manifest) -> Tree:
        """The tree of an upload. Raises DamageError when a table is missing, damaged or does not fit, StorageError."""
        last = await self._read(remote, manifest.table, manifest.vault_id)
        if sum(ref.size for ref in last.base) > MOST_CHAIN:
            raise DamageError("akosha.ingest_tables_too_large", upload_id=manifest.upload_id)
        base = await bounded(self._read(remote, ref, manifest.vault_id) for ref in last.base)
        return await asyncio.to_thread(fold, [*base, last])

    async def _read(self, remote: Remote, ref: TableRef, vault_id: str) -> Table:
        name = f"{remote.sealer.encrypted} {ref.key} {ref.sha256} {ref.size}"
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name][1]
        table = await read_table(remote, ref, vault_id, MOST_TABLE_PLAIN)
        self._keep(name, table)
        return table

    def _keep(self, name: str, table: Table) -> None:
        size = 1 + len(table.set) + len(table.removed) + len(table.pieces)
        if size > MOST_KEPT:
            return
        self._kept[name] = size, table
        self._size += size
        while self._size > MOST_KEPT:
            _, (size, _) = self._kept.popitem(last=False)
            self._size -= size


def plan(tree: Tree, base: VaultState | None) -> Plan:
    """What of `tree` the hub has to read when it has `base`."""
    before = dict(base.paths) if base is not None else {}
    databases, records, unread = [], [], []
    paths: dict[str, Seen] = {}
    taken = {seen.origin for seen in before.values()}
    for path, entry in sorted(tree.entries.items(), key=_known_first):
        seen = before.get(path)
        if isinstance(entry, DatabaseEntry):
            if not entry.verified:
                unread.append(path)
                if seen is not None:
                    paths[path] = seen  # what was read before is still the best that is known
            elif isinstance(seen, SeenDatabase) and continues(entry, seen):
                paths[path] = seen
                if new := entry.deltas[seen.deltas :]:
                    databases.append(DatabaseWork(entry, seen.origin, seen, new))
            else:
                origin = seen.origin if seen is not None else _origin(path, taken)
                taken.add(origin)
                databases.append(DatabaseWork(entry, origin, None, entry.deltas))
        elif path in RECORDS:
            kind, vectors_path = RECORDS[path]
            vectors = tree.entries.get(vectors_path)
            vectors = vectors if isinstance(vectors, FileEntry) else None
            now = SeenFile(path.removeprefix("vault/"), kind, (entry.sha256, vectors.sha256 if vectors else ""))
            paths[path] = now
            if now != seen:
                records.append(RecordsWork(entry, vectors, kind, now.origin))
    gone = tuple(seen for path, seen in before.items() if path not in tree.entries)
    return Plan(tree, tuple(databases), tuple(records), gone, paths, tuple(unread))


def _known_first(item: tuple[str, Entry]) -> tuple[bool, str]:
    """Session-Buddy's own databases have the first claim to their names."""
    return not item[0].startswith(f"{SOURCES}session-buddy-"), item[0]


def _origin(path: str, taken: set[str]) -> str:
    """The bare name of a database, which says where its rows come from; its path when two have the same name."""
    name = PurePosixPath(path).name
    return name if name not in taken else path.removeprefix(SOURCES)


def _streams(delta: Delta) -> list[Stream]:
    return [stream for table in delta.tables for stream in (table.rows, table.gone) if stream is not None]

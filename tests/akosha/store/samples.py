"""Rows to store, and what a replica of a store looks like."""

from __future__ import annotations

import random
from array import array
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.akosha.store import Change, HubStore, Sizes, StoredMemory
from core.memory.rows import MemoryRow, Tombstone

SMALL = Sizes(memory=64)
"""Little memory, as many tests run at once."""


def vector(seed: int, width: int = 384) -> bytes:
    """Random numbers as a vector."""
    source = random.Random(seed)
    return array("f", (source.uniform(-1, 1) for _ in range(width))).tobytes()


def row(number: int, text: str = "", **fields: Any) -> MemoryRow:
    """A reflection."""
    return MemoryRow("reflection", f"r{number}", text or f"memory number {number}", **fields)


def entity(identity: str, name: str = "", **metadata: Any) -> MemoryRow:
    """An entity of a knowledge graph."""
    named = {"name": name or identity, "entity_type": "thing", "observations": [], "properties": {}, **metadata}
    return MemoryRow("entity", identity, named["name"], metadata=named)


def relation(start: str, end: str, relation_type: str = "knows") -> MemoryRow:
    """A relationship of a knowledge graph."""
    ends = {"from_entity": start, "to_entity": end, "relation_type": relation_type, "properties": {}}
    return MemoryRow("relationship", f"{start}-{relation_type}-{end}", relation_type, metadata=ends)


def dead(number: int, origin: str = "") -> Tombstone:
    """A tombstone for `row(number)`."""
    return Tombstone("reflection", f"r{number}", origin)


async def opened(folder: Path, **options: Any) -> HubStore:
    """A small store."""
    return await HubStore.open(folder, **{"sizes": SMALL, **options})


class Replica:
    """What an index would know: everything that it was told, in the order in which it was told."""

    def __init__(self) -> None:
        self.rows: dict[int, StoredMemory] = {}
        self.seqs: dict[int, int] = {}
        self.told: list[Change] = []

    async def on_commit(self, file: int, changes: Sequence[Change]) -> None:
        """Take changes in; each has to come after the ones before."""
        for change in changes:
            assert change.seq > self.seqs.get(file, 0), "changes come in the order of their numbers"
            self.seqs[file] = change.seq
            self.told.append(change)
            self.take(change)

    def take(self, change: Change) -> None:
        """Take one change in."""
        assert change.deleted == (change.stored is None)
        if change.stored is None:
            self.rows.pop(change.label, None)
        else:
            # `as_of` moves without a word when the same content comes again.
            self.rows[change.label] = replace(change.stored, as_of=0.0)


async def everything(store: HubStore) -> dict[int, StoredMemory]:
    """All memories by label, as an index that begins now would come to know them."""
    replica = Replica()
    for file in store.files:
        after = 0
        while changes := await store.changes(file, after, 777):
            for change in changes:
                replica.take(change)
            after = changes[-1].seq
    return replica.rows

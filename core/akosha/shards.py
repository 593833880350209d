"""Which shard a system belongs to. 256 logical shards are numbers alone; few files hold them, a range of shards each.

A system's shard depends on nothing but its name, so that every hub and every version agrees on it: SHA-256 of the
system id, the first four bytes as a big-endian number, modulo the number of shards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

SHARDS = 256


class ShardRouter:
    """Routes systems to `shards` logical shards, and these to physical files."""

    def __init__(self, shards: int = SHARDS) -> None:
        if shards < 1:
            raise ValueError(f"{shards} shards")
        self.shards = shards

    def shard_of(self, system_id: str) -> int:
        """The logical shard of a system: 0 up to `shards` - 1."""
        return int.from_bytes(hashlib.sha256(system_id.encode()).digest()[:4], "big") % self.shards

    def shards_of(self, systems: Iterable[str]) -> frozenset[int]:
        """The logical shards that hold something of `systems`."""
        return frozenset(map(self.shard_of, systems))

    def file_of(self, system_id: str, shard_files: int) -> int:
        """The physical file, of `shard_files`, that holds a system."""
        return self.file_of_shard(self.shard_of(system_id), shard_files)

    def file_of_shard(self, shard: int, shard_files: int) -> int:
        """The physical file, of `shard_files`, that holds a logical shard: each has a range of about the same size."""
        return shard * shard_files // self.shards

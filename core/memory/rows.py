"""What a memory row is.

The front of `record` (the row and its limits), `wire` (the items that the hub takes) and `mapping` (programs' records).
"""

from core.memory.mapping import Mapper, from_episode, from_memories_json, from_node, table_mapping
from core.memory.record import (
    KINDS,
    MOST_ID,
    MOST_METADATA,
    MOST_NAME,
    MOST_TEXT,
    MOST_WIDTH,
    MemoryRow,
    Tombstone,
    encode_json,
    row_problem,
)
from core.memory.values import RowError, moment, numbers, vector_bytes
from core.memory.wire import from_wire, to_wire

__all__ = [
    "KINDS",
    "MOST_ID",
    "MOST_METADATA",
    "MOST_NAME",
    "MOST_TEXT",
    "MOST_WIDTH",
    "Mapper",
    "MemoryRow",
    "RowError",
    "Tombstone",
    "encode_json",
    "from_episode",
    "from_memories_json",
    "from_node",
    "from_wire",
    "moment",
    "numbers",
    "row_problem",
    "table_mapping",
    "to_wire",
    "vector_bytes",
]

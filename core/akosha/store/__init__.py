"""The hub's rows: durable when acknowledged, one writer a shard file, asked by key, label, sequence or graph."""

from core.akosha.store.database import Sizes
from core.akosha.store.errors import StoreError
from core.akosha.store.graph import Graph, GraphPath, GraphPaths
from core.akosha.store.hub_store import HubStore
from core.akosha.store.model import (
    Change,
    Counts,
    PutResult,
    StoredMemory,
    SystemInfo,
    UploadRecord,
    UploadState,
)
from core.akosha.store.upload import UploadTransaction

__all__ = [
    "Change",
    "Counts",
    "Graph",
    "GraphPath",
    "GraphPaths",
    "HubStore",
    "PutResult",
    "Sizes",
    "StoreError",
    "StoredMemory",
    "SystemInfo",
    "UploadRecord",
    "UploadState",
    "UploadTransaction",
]

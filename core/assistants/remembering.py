"""Keeping one thing that an assistant was told, in one transaction of the vault.

- Its id is the hash of its text and project: the same again changes nothing, whichever assistant says it.
- Nothing is kept while a reset runs: it would be moved aside with the old vault.
- What is told as kept was read back from the committed file.
- The vault's dedup index is left alone: an import that runs meanwhile need not start again.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BusyError, CogzyError, UsageError
from core.memory.importers.moments import written
from core.memory.importers.private import without_private
from core.vault import LocalVaultService, reading
from core.vault.layout import NODES
from core.vault.records import encode_json, parse_corpus

SOURCE = "remembered"
KIND = "note"
_WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class Kept:
    """What stands in the vault. `is_new`: it was written just now."""

    record: dict[str, Any]
    is_new: bool


def note(
    text: str, title: str | None = None, project: str | None = None, tags: Sequence[str] = (), at: float | None = None
) -> dict[str, Any]:
    """The node that keeps `text`, without its private parts. `at`: UNIX seconds, else now.

    Raises UsageError("mcp.only_private") when nothing is left of it.
    """
    clean, _ = without_private({"text": text, "title": title, "tags": list(dict.fromkeys(tags))})
    said = clean["text"].strip()
    if not said:
        raise UsageError("mcp.only_private")
    content = json.dumps([SOURCE, project or "", said]).encode()
    name = hashlib.sha256(content).hexdigest()[:32]
    record: dict[str, Any] = {
        "id": name,
        "source": SOURCE,
        "conversation_id": f"{SOURCE}-{name}",
        "sequence_index": 0,
        "created_at": written(time.time() if at is None else at),
        "human_content": "",
        "assistant_content": said,
        "kind": KIND,
    }
    if project:
        record["project"] = project
    if clean["title"]:
        record["title"] = " ".join(clean["title"].split())
    if clean["tags"]:
        record["tags"] = clean["tags"]
    return record


def keep(vault: LocalVaultService, record: dict[str, Any]) -> Kept:
    """Write `record` unless the vault has its id, and read it back. Blocking; takes the vault's write lock alone.

    Raises BusyError while another program writes, FileError for a vault that cannot be written, DamageError for damaged
    nodes, CogzyError("mcp.not_kept") when it does not stand there afterwards.
    """
    with vault.transaction(wait_seconds=_WAIT_SECONDS) as changes:
        if NODES in changes.manifest.damaged:
            raise changes.manifest.damaged[NODES].error()
        there = _found(vault.root / NODES, record["id"])
        if there is None:
            changes.append_nodes([record])
    if there is None and not reading.read(vault.root, [NODES], lambda files: _holds(files, encode_json(record))):
        raise CogzyError("mcp.not_kept")
    return Kept(record if there is None else there, there is None)


def require_no_reset(status: dict[str, Any]) -> None:
    """Raises BusyError("mcp.resetting") when `status` (of `cogzy status`) says that a reset runs."""
    if status.get("state") == "resetting":
        raise BusyError("mcp.resetting")


def _found(path: Path, name: str) -> dict[str, Any] | None:
    """The node with that id. The file is parsed only when the id stands somewhere in it."""
    if not path.exists() or not path.stat().st_size:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(name.encode()) < 0:
            return None
        nodes = parse_corpus(data[:], NODES).records
    return next((node for node in nodes if node.get("id") == name), None)


def _holds(files: Any, record: bytes) -> bool:
    opened = files.get(NODES)
    if opened is None:
        return False
    with mmap.mmap(opened.file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.rfind(record) >= 0

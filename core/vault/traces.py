"""Reasoning traces: one JSON file each, never overwritten by another one."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import DamageError, UsageError
from core.files import write_atomically
from core.vault.border import readable
from core.vault.layout import TRACES, is_private_name
from core.vault.records import encode_json, parse_json

_LONGEST = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def write_trace(root: Path, trace: Mapping[str, Any]) -> str:
    """Keep `trace` and return its file's name: its `id`, as far as a name can hold it, and the hash of its content.

    So it needs no lock, and writing the same trace with an id again changes nothing.
    """
    if not isinstance(trace, Mapping):
        raise UsageError("vault.not_a_record", index=0, seen=repr(trace)[:80])
    data = encode_json(dict(trace))
    base = _safe(str(trace.get("id") or "")) or f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    name = f"{base}-{hashlib.sha256(data).hexdigest()[:12]}.json"
    write_atomically(root / TRACES / name, data)
    return name


def trace_names(root: Path) -> list[str]:
    """The names of all traces, sorted."""
    with os.scandir(root / TRACES) as found:
        return sorted(e.name for e in found if e.name.endswith(".json") and not is_private_name(e.name) and e.is_file())


def read_trace(root: Path, name: str) -> dict[str, Any]:
    """One trace. Raises UsageError for a name that is not one, DamageError for a file that is not JSON."""
    path = root / TRACES / name
    if Path(name).name != name or "\\" in name or not path.is_file():
        raise UsageError("vault.no_such_trace", name=name)
    with readable(path):
        data = path.read_bytes()
    found = parse_json(data, f"{TRACES}/{name}")
    if not isinstance(found, dict):
        raise DamageError("vault.unreadable", path=f"{TRACES}/{name}", kept="-", reason="it is not an object")
    return found


def _safe(wanted: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", wanted).strip("._")[:_LONGEST].rstrip(".")
    return f"trace-{name}" if _RESERVED.fullmatch(name) else name

"""Other programs' memories that are searched beside the vault's own: kept in `cache/beside/`, derived, never synced.

    NAME.json                what was read of the source NAME, and when: {"version", "signature", "digest", "counts"}
    NAME-DIGEST.rows         its memories, an item of core.memory.wire a line
    NAME-DIGEST.vectors      a line {"model", "width"}, then their vectors in the same order: float32

Rows come out of a safe copy of the source (core.memory.following). They are written whole before NAME.json says so, and
what it does not name counts for nothing. A source that is switched off is left out at once, and forgotten at the next
refresh; one that is gone from its place is found as it last was.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from core.files import remove_tree, translated, write_atomically
from core.memory.answers import BESIDE_KINDS
from core.memory.following import session_buddy_rows, source_signature
from core.memory.record import MemoryRow, encode_json, row_problem
from core.memory.rows import from_wire, to_wire
from core.memory.text import indexed_text

if TYPE_CHECKING:
    from core.memory.embedding import Embedder
    from core.memory.vector_model import Matrix
    from core.sources import Source

FOLDER = "cache/beside"
SOURCE = "session-buddy"
"""What its memories are filtered by."""
KINDS = BESIDE_KINDS
_VERSION = 1
_TOGETHER = 512
_log = logging.getLogger(__name__)
Record = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """What was read of one source. `counts`: of each kind of memory. `model`: that made `vectors`, when there are."""

    name: str
    signature: str
    digest: str
    counts: Mapping[str, int]
    rows: Path
    vectors: Path
    model: str | None
    width: int

    @property
    def mark(self) -> str:
        """Another one when anything of it has changed."""
        return f"{self.name} {self.digest} {self.model or ''}"

    def each(self) -> Iterator[tuple[Record, bytes | None]]:
        """Its memories with their vectors, in order."""
        size = 4 * self.width
        with self.rows.open("rb") as lines:
            if self.model is None:
                yield from ((orjson.loads(line), None) for line in lines)
                return
            with self.vectors.open("rb") as file:
                file.readline()
                for line in lines:
                    vector = file.read(size)
                    yield orjson.loads(line), vector if len(vector) == size and any(vector) else None

    def read(self) -> tuple[list[bytes], Matrix]:
        """Its memories in JSON, and their vectors: none, or a row for each, zeros where one has none."""
        import numpy as np

        lines = self.rows.read_bytes().splitlines()
        if self.model is None:
            return lines, np.zeros((0, 0), np.float32)
        with self.vectors.open("rb") as file:
            file.readline()
            return lines, np.frombuffer(file.read(), "<f4").reshape(-1, self.width)


def kept(root: Path) -> list[Kept]:
    """What the vault at `root` keeps of sources that are switched on, by name."""
    found = _all(root)
    on = _switched_on(root) if found else frozenset()
    return [one for one in found if one.name in on]


def marks(root: Path) -> list[str]:
    """What tells whether `kept` has changed."""
    return [one.mark for one in kept(root)]


def row_of(record: Mapping[str, Any]) -> MemoryRow:
    """The memory of a record of `Kept.each`."""
    row = from_wire(record)
    assert isinstance(row, MemoryRow)
    return row


async def refresh(root: Path, source: Source) -> bool:
    """Read a source of Session-Buddy again when it has changed since; forget one that is switched off.

    True when anything is another than before. Raises what core.memory.following does: BusyError, SourceError, ...
    """
    known = next((one for one in _all(root) if one.name == source.name), None)
    if not source.enabled:
        if known is not None:
            _forget(root, source.name)
        return known is not None
    signature = source_signature(source)
    if signature is None or (known is not None and known.signature == signature):
        return False
    folder = root / FOLDER
    staging = folder / "staging"
    try:
        described = await _take(session_buddy_rows(source, staging), folder, source.name, signature)
    finally:
        remove_tree(staging)
    write_atomically(folder / f"{source.name}.json", json.dumps(described).encode())
    _clean(folder, source.name, described["digest"])
    return known is None or known.digest != described["digest"]


async def embed(root: Path, embedder: Embedder, told: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Vectors of `embedder` for what has none of it; returns how many were made. Raises EmbeddingError, FileError."""
    made = 0
    for one in kept(root):
        if one.model == embedder.model:
            continue
        header = json.dumps({"model": embedder.model, "width": embedder.width}).encode() + b"\n"
        total, blocks = sum(one.counts.values()), [header]
        temporary = one.vectors.with_suffix(".tmp")
        records = one.each()
        with translated(temporary), temporary.open("wb") as file:
            while some := list(islice(records, _TOGETHER)):
                rows = [row_of(record) for record, _ in some]
                texts = [indexed_text(row.text, speaker=row.speaker, created_at=row.created_at) for row in rows]
                blocks += await embedder.embed(texts)
                file.write(b"".join(blocks))
                blocks, made = [], made + len(rows)
                told(made, total)
        with translated(one.vectors):
            temporary.replace(one.vectors)
    return made


async def _take(rows: AsyncIterator[MemoryRow], folder: Path, name: str, signature: str) -> dict[str, Any]:
    """Write the rows of a source beside what is there; returns what NAME.json is to say."""
    digest, counts = hashlib.sha256(), Counter[str]()
    with translated(folder):
        await asyncio.to_thread(lambda: folder.mkdir(parents=True, exist_ok=True, mode=0o700))
        temporary = folder / f"{name}.tmp"
        with temporary.open("wb") as file:
            async for row in rows:
                if row.kind not in KINDS or row_problem(row) is not None or not row.text.strip():
                    continue
                line = encode_json(_record(row)) + b"\n"
                digest.update(line)
                counts[row.kind] += 1
                file.write(line)
        found = digest.hexdigest()[:32]
        temporary.replace(folder / f"{name}-{found}.rows")
    return {"version": _VERSION, "signature": signature, "digest": found, "counts": dict(counts)}


def _record(row: MemoryRow) -> Record:
    """What is kept of a memory: its own vector is of a model that nobody names, so it is left out."""
    clean = replace(row, vector=None, model=None, metadata={**row.metadata, "source": SOURCE})
    record = to_wire(clean, binary_vectors=True)
    name = row.metadata.get("name")
    return {**record, "title": name} if row.kind == "entity" and isinstance(name, str) else record


def _all(root: Path) -> list[Kept]:
    return [one for path in sorted((root / FOLDER).glob("*.json")) if (one := _described(path)) is not None]


def _described(path: Path) -> Kept | None:
    try:
        found = json.loads(path.read_bytes())
        if found["version"] != _VERSION:
            return None
        name, digest = path.stem, str(found["digest"])
        rows, vectors = (path.with_name(f"{name}-{digest}.{end}") for end in ("rows", "vectors"))
        if not rows.is_file():
            return None
        counts = {str(kind): int(count) for kind, count in found["counts"].items()}
        model, width = _made_by(vectors, sum(counts.values()))
        return Kept(name, str(found["signature"]), digest, counts, rows, vectors, model, width)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("%s does not parse, so its source is read again: %s", path, error)
        return None


def _made_by(path: Path, count: int) -> tuple[str | None, int]:
    """The model of a file of vectors and their width; None where it is not there or not whole."""
    try:
        with path.open("rb") as file:
            line = file.readline(1 << 12)
            found = json.loads(line)
            size = file.seek(0, 2)
        if size == len(line) + count * 4 * int(found["width"]):
            return str(found["model"]), int(found["width"])
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("%s does not parse, so its vectors are made again: %s", path, error)
    return None, 0


def _switched_on(root: Path) -> frozenset[str]:
    from core import settings

    return settings.load(root).settings.sources.session_buddy_on


def _forget(root: Path, name: str) -> None:
    folder = root / FOLDER
    with translated(folder):
        (folder / f"{name}.json").unlink(missing_ok=True)
    _clean(folder, name, "")


def _clean(folder: Path, name: str, digest: str) -> None:
    """Remove the rows and vectors of `name` that nobody names any more."""
    with translated(folder):
        for path in folder.glob(f"{name}-*.*"):
            if path.stem != f"{name}-{digest}" and path.suffix in (".rows", ".vectors", ".tmp"):
                path.unlink(missing_ok=True)

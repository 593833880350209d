"""Many records into a corpus without holding them, or the corpus, in memory: some take the place of older ones.

The file is gone over a record a line, as this vault writes it; a corpus in another layout is parsed whole. Rows of
vectors move with their records: one that was replaced or is new gets the row that comes with it, or zeros.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO, Protocol

from core.errors import DamageError
from core.vault import records, vectors
from core.vault.journal import Kept
from core.vault.layout import DEDUP_INDEX, VECTORS_OF
from core.vault.manifest import Entry
from core.vault.records import Record

if TYPE_CHECKING:
    from core.vault.changes import Job, Staging

_TOGETHER = 512
_BYTES_TOGETHER = 1 << 20
_ROWS = 8192
_COMPACT = b'{"ingested_ids":['


class Merge(Protocol):
    """What comes into a corpus. `replaces`: whether records that are there may be replaced."""

    @property
    def replaces(self) -> bool: ...

    @property
    def width(self) -> int | None:
        """Numbers in a row of its vectors; None when it brings none."""
        ...

    def replaced(self, record: Record) -> bytes | None:
        """What stands in the place of `record`, as JSON; None: it stays. Called for each record there is, in order."""
        ...

    def row(self, record_id: str) -> bytes | None:
        """The vector of a record that was replaced: float32 little-endian."""
        ...

    def added(self) -> Iterator[bytes]:
        """The records that follow at the end, as JSON; asked for after all `replaced`."""
        ...

    def added_rows(self) -> Iterator[bytes | None]:
        """Their vectors, in the same order."""
        ...


@dataclass
class _Merged:
    """What became of the records, for the rows."""

    before: int = 0
    added: int = 0
    replaced: list[tuple[int, str]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    failed: bool = False


def jobs(staging: Staging, corpus: str, merge: Merge) -> dict[str, Job]:
    """The jobs that merge into one corpus and its vectors, by file name; the corpus first."""
    merged = _Merged()
    name = VECTORS_OF[corpus]
    found: dict[str, Job] = {corpus: lambda: _write(staging, corpus, merge, merged)}
    if merge.width is not None or name in staging.manifest.files:
        found[name] = lambda: _write_rows(staging, name, merge, merged)
    return found


def more_ids(staging: Staging, ids: Iterable[str], count: int) -> Job:
    """The job that puts `count` ids behind those of the dedup index."""

    def job() -> Entry:
        known = staging.manifest.files.get(DEDUP_INDEX)
        quoted = (records.encode_json(one) for one in ids)
        if known is None:
            return replace(staging.stage(DEDUP_INDEX, chain([_COMPACT], _joined(quoted), [b"]}"])), count=count)
        file = staging.open(DEDUP_INDEX)
        total = (known.count or 0) + count
        if _is_compact(file):
            kept = Kept(file, known.size - 2, known.sha256)
            start = b"," if known.count else b""
            return replace(staging.stage(DEDUP_INDEX, chain([start], _joined(quoted), [b"]}"]), kept), count=total)
        file.seek(0)
        found = records.parse_json(file.read(), DEDUP_INDEX)
        others = found if isinstance(found, dict) else {}
        listed = found.get("ingested_ids", []) if isinstance(found, dict) else found
        data = records.encode_json({**others, "ingested_ids": [*listed, *ids]})
        return replace(staging.stage(DEDUP_INDEX, [data]), count=total)

    return job


def _write(staging: Staging, corpus: str, merge: Merge, merged: _Merged) -> Entry:
    try:
        known = staging.manifest.files.get(corpus)
        if known is None:
            entry = staging.stage(corpus, chain([b"["], _appended(merge, merged, b"\n")))
        elif merge.replaces:
            file = staging.open(corpus)
            entry = staging.stage(corpus, _gone_over(file, corpus, known, merge, merged))
        else:
            file = staging.open(corpus)
            merged.before = known.count or 0
            size, separator = records.end_of(file)
            if size:
                kept = Kept(file, size, known.sha256)
                entry = staging.stage(corpus, _appended(merge, merged, separator), kept)
            else:
                entry = staging.stage(corpus, _whole(file, corpus, merge, merged))
        return replace(entry, count=merged.before + merged.added)
    except BaseException:
        merged.failed = True
        raise
    finally:
        merged.done.set()


def _appended(merge: Merge, merged: _Merged, separator: bytes) -> Iterator[bytes]:
    together = bytearray()
    for line in merge.added():
        merged.added += 1
        together += separator
        together += line
        separator = b",\n"
        if len(together) >= _BYTES_TOGETHER:
            yield bytes(together)
            together.clear()
    yield bytes(together) + b"\n]\n"


def _gone_over(file: BinaryIO, corpus: str, known: Entry, merge: Merge, merged: _Merged) -> Iterator[bytes]:
    """The corpus with what was replaced in its place. Raises DamageError when it is not the one that was committed."""
    if not _is_by_line(file):
        yield from _whole(file, corpus, merge, merged)
        return
    digest = hashlib.sha256(file.readline())
    yield b"["
    separator = b"\n"
    for line in file:
        digest.update(line)
        data = line.rstrip(b",\n\r")
        if data == b"]":
            break
        record = records.parse_json(data, corpus)
        if not isinstance(record, dict):
            raise DamageError("vault.unreadable", path=corpus, kept="-", reason="a line is not a record")
        new = merge.replaced(record)
        if new is not None:
            merged.replaced.append((merged.before, str(record.get("id"))))
        merged.before += 1
        yield separator + (data if new is None else new)
        separator = b",\n"
    for line in file:
        digest.update(line)
    if digest.hexdigest() != known.sha256:
        raise DamageError("vault.hash_differs", path=corpus, kept="-")
    yield from _appended(merge, merged, separator)


def _whole(file: BinaryIO, corpus: str, merge: Merge, merged: _Merged) -> Iterator[bytes]:
    file.seek(0)
    found = records.parse_corpus(file.read(), corpus)
    items = []
    for place, record in enumerate(found.records):
        new = merge.replaced(record) if merge.replaces else None
        if new is not None:
            merged.replaced.append((place, str(record.get("id"))))
        items.append(record if new is None else records.parse_json(new, corpus))
    merged.before = len(items)
    items += [records.parse_json(line, corpus) for line in merge.added()]
    merged.added = len(items) - merged.before
    yield from records.encode_corpus(items, found)


def _write_rows(staging: Staging, name: str, merge: Merge, merged: _Merged) -> Entry:
    merged.done.wait()
    if merged.failed:
        raise DamageError("vault.unreadable", path=name, kept="-", reason="its records could not be written")
    known = staging.manifest.files.get(name)
    width = (known.width if known is not None and known.count else None) or merge.width or (known and known.width) or 0
    total = merged.before + merged.added
    entry = staging.stage(name, _rows(staging, name, merge, merged, width))
    return replace(entry, count=total, width=width)


def _rows(staging: Staging, name: str, merge: Merge, merged: _Merged, width: int) -> Iterator[bytes]:
    known = staging.manifest.files.get(name)
    nothing = bytes(4 * width)
    brings = merge.width == width
    yield vectors.header_bytes(merged.before + merged.added, width)
    if known is None or not known.count:
        old: Iterator[bytes] = iter(())
        rows_there = 0
    else:
        matrix = vectors.load(staging.open(name), name)
        rows_there = len(matrix)
        old = (bytes(matrix[at : at + _ROWS].astype("<f4", copy=False).tobytes()) for at in range(0, rows_there, _ROWS))
    changes = iter(merged.replaced)
    change = next(changes, None)
    at = 0
    for block in old:
        patched = bytearray(block)
        end = at + len(block) // (4 * width) if width else rows_there
        while change is not None and change[0] < end:
            row = (merge.row(change[1]) if brings else None) or nothing
            offset = (change[0] - at) * 4 * width
            patched[offset : offset + 4 * width] = row
            change = next(changes, None)
        at = end
        yield bytes(patched)
    while at < merged.before:  # records that had no rows yet
        row = nothing
        if change is not None and change[0] == at:
            row = (merge.row(change[1]) if brings else None) or nothing
            change = next(changes, None)
        yield row
        at += 1
    added = merge.added_rows() if brings else iter(())
    for _ in range(merged.added):
        yield next(added, None) or nothing


def _joined(items: Iterator[bytes]) -> Iterator[bytes]:
    separator = b""
    while some := list(islice(items, _TOGETHER)):
        yield separator + b",".join(some)
        separator = b","


def _is_by_line(file: BinaryIO) -> bool:
    """Whether the file is laid out as this vault writes it: "[" on a line, then a record a line."""
    file.seek(0)
    first, second = file.readline(), file.readline(1 << 26)
    file.seek(0)
    return first == b"[\n" and (second == b"]\n" or second.rstrip(b",\n").endswith(b"}"))


def _is_compact(file: BinaryIO) -> bool:
    """Whether the dedup index is one list of ids and nothing else, so that more can follow before its end."""
    file.seek(0)
    if file.read(len(_COMPACT)) != _COMPACT:
        return False
    file.seek(0)
    counts = dict.fromkeys(b"[]{}", 0)
    last = b""
    while block := file.read(1 << 20):
        for mark in counts:
            counts[mark] += block.count(mark)
        last = (last + block)[-2:]
    return last == b"]}" and set(counts.values()) == {1}

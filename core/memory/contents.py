"""What of a vault can be found: its nodes and episodes of one generation, each with its vector and a digest, and what
other programs' memories it keeps beside them.

A record's digest covers all that its place in the index depends on, so an index needs to look again only at those
whose digest is another. What cannot be read is left out and named.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import CogzyError
from core.memory import beside
from core.memory.index_types import IndexRecord
from core.memory.record import MemoryRow, encode_json
from core.memory.rows import from_episode, from_node
from core.memory.text import indexed_text
from core.memory.vector_model import Digests, Matrix, digests, model_of, read_record
from core.vault import reading, records, vectors
from core.vault.layout import EPISODES, NODES, VECTORS_OF
from core.vault.manifest import VaultManifest

NODE, EPISODE, WHOLE = "node", "episode", "whole"
"""Kinds in the index: a turn, a conversation that has no turns of its own here, and one that has."""
_FORMAT = 2
_NAMES = (NODES, EPISODES, *VECTORS_OF.values())
Key = tuple[str, str, int]
"""Corpus kind, id, and which of the records with this id: files of other programs repeat ids."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. `kind` is the index's; `digest` covers record, place, vector and model."""

    key: Key
    kind: str
    digest: bytes
    record: Mapping[str, Any]
    content: bytes
    row: MemoryRow
    vector: bytes | None
    model: str | None

    def indexed(self, label: int) -> IndexRecord:
        """How it is indexed under `label`."""
        row = self.row
        return IndexRecord(
            label,
            row.text,
            self.vector,
            source_of(row),
            self.kind,
            row.project,
            row.created_at,
            row.conversation,
            row.position,
            speaker_of(row),
            self.model,
        )


@dataclass(frozen=True)
class Contents:
    """The vault at one moment. `seen` names that moment: the same for the same files. `problems`: what is left out.

    `models`: how many vectors each model made; None for those of no known model.
    """

    seen: str
    nodes: _Part
    episodes: _Part
    problems: tuple[CogzyError, ...]
    beside: tuple[beside.Kept, ...] = ()

    @property
    def models(self) -> dict[str | None, int]:
        found: Counter[str | None] = Counter()
        for part in (self.nodes, self.episodes):
            found[part.model] += int(np.count_nonzero(part.digests))
        for kept in self.beside:
            found[kept.model] += sum(kept.counts.values()) if kept.model else 0
        return {model: count for model, count in found.items() if count}

    @property
    def waiting(self) -> tuple[int, int]:
        """How many nodes have no vector, of how many."""
        total = len(self.nodes.records)
        return max(0, total - int(np.count_nonzero(self.nodes.digests))), total

    def changed(self, known: Mapping[Key, bytes]) -> Iterator[tuple[Key, Entry | None]]:
        """Every key, with its entry when its digest is not the one in `known`."""
        names = (record.get("conversation_id") for record in self.nodes.records)
        conversations = frozenset(name for name in names if isinstance(name, str))
        yield from self.nodes.changed(known, frozenset())
        yield from self.episodes.changed(known, conversations)
        yield from _changed_beside(self.beside, known)


@dataclass(frozen=True)
class _Part:
    kind: str
    records: Sequence[Mapping[str, Any]]
    rows: Matrix
    digests: Digests
    model: str | None

    def changed(self, known: Mapping[Key, bytes], covered: frozenset[str]) -> Iterator[tuple[Key, Entry | None]]:
        counted: Counter[str] = Counter()
        of_rows = self.digests.tolist()
        suffix = f"\0{self.model or ''}".encode()
        for place, record in enumerate(self.records):
            content = encode_json(record)
            name = _id_of(record, content)
            key = (self.kind, name, counted[name])
            counted[name] += 1
            whole = bool(covered) and not covered.isdisjoint(_names_of(record))
            mark = of_rows[place] if place < len(of_rows) and self.model else 0
            digest = hashlib.blake2b(content, digest_size=16)
            digest.update(b"%d\0%d\0%d" % (mark, whole, -1 if _has_position(record) else place))
            digest.update(suffix if mark else b"")
            if known.get(key) == (value := digest.digest()):
                yield key, None
                continue
            vector = np.ascontiguousarray(self.rows[place], "<f4").tobytes() if mark else None
            kind = WHOLE if whole else self.kind
            row = row_of(self.kind, record, place)
            yield key, Entry(key, kind, value, record, content, row, vector, self.model if mark else None)


def read_contents(root: Path, manifest: VaultManifest) -> Contents:
    """What the vault holds now. `manifest` says which files are damaged. Raises DamageError when both corpora are."""
    problems: list[CogzyError] = [manifest.damaged[name].error() for name in _NAMES if name in manifest.damaged]
    if all(name in manifest.damaged for name in (NODES, EPISODES)):
        raise problems[0]
    names = [name for name in _NAMES if name not in manifest.damaged]
    record, others = read_record(root), beside.kept(root)

    def take(files: Mapping[str, reading.Opened]) -> Contents:
        nodes, episodes = (_part(files, corpus, kind, record) for corpus, kind in ((NODES, NODE), (EPISODES, EPISODE)))
        hashes = {name: opened.entry.sha256 for name, opened in files.items()}
        seen = _seen(hashes, manifest.damaged, record, [kept.mark for kept in others])
        return Contents(seen, nodes, episodes, tuple(problems), tuple(others))

    return reading.read(root, names, take)


def seen_now(root: Path, manifest: VaultManifest) -> str:
    """The `seen` of what `read_contents` would read now."""
    hashes = {name: manifest.files[name].sha256 for name in _NAMES if name in manifest.files}
    return _seen(hashes, manifest.damaged, read_record(root), beside.marks(root))


def row_of(kind: str, record: Mapping[str, Any], place: int = 0) -> MemoryRow:
    """The row of a record of this kind, without its vector."""
    if kind in beside.KINDS:
        return beside.row_of(record)
    return from_episode(record, None) if kind == EPISODE else from_node(record, None, place)


def embedded_text(kind: str, record: Mapping[str, Any]) -> str:
    """What of a record is embedded: the turn with its date and speaker. Whoever makes the vault's vectors uses this."""
    row = row_of(kind, record)
    return indexed_text(row.text, speaker=speaker_of(row), created_at=row.created_at)


def source_of(row: MemoryRow) -> str:
    """Where a memory came from, such as "chatgpt"; empty when its record does not say."""
    source = row.metadata.get("source")
    return source if isinstance(source, str) else ""


def speaker_of(row: MemoryRow) -> str | None:
    """Who said it, when one person did."""
    speaker = row.speaker or row.metadata.get("speaker")
    return speaker if isinstance(speaker, str) and speaker else None


def _part(files: Mapping[str, reading.Opened], corpus: str, kind: str, record: bytes) -> _Part:
    found: Sequence[Mapping[str, Any]] = ()
    if corpus in files:
        found = records.parse_corpus(files[corpus].verified(), corpus).records
    name = VECTORS_OF[corpus]
    rows = vectors.load(files[name].file, name) if name in files else np.zeros((0, 0), np.float32)
    of_rows = digests(rows)
    return _Part(kind, found, rows, of_rows, model_of(record, name, rows, of_rows))


def _changed_beside(kept: Sequence[beside.Kept], known: Mapping[Key, bytes]) -> Iterator[tuple[Key, Entry | None]]:
    counted: Counter[tuple[str, str]] = Counter()
    for one in kept:
        for record, vector in one.each():
            content, kind = encode_json(record), str(record["kind"])
            name = str(record["memory_id"])
            key = (kind, name, counted[kind, name])
            counted[kind, name] += 1
            digest = hashlib.blake2b(content, digest_size=16)
            digest.update(b"" if vector is None else vector + str(one.model).encode())
            if known.get(key) == (value := digest.digest()):
                yield key, None
            else:
                model = one.model if vector else None
                yield key, Entry(key, kind, value, record, content, row_of(kind, record), vector, model)


def _seen(hashes: Mapping[str, str], damaged: Mapping[str, Any], record: bytes, others: Sequence[str]) -> str:
    hurt = sorted(name for name in damaged if name in _NAMES)
    named = [_FORMAT, sorted(hashes.items()), hurt, record.hex(), list(others)]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def _id_of(record: Mapping[str, Any], content: bytes) -> str:
    found = record.get("id")
    if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
        return str(found).encode("utf-8", "replace").decode()
    return "sha256-" + hashlib.sha256(content).hexdigest()[:40]


def _names_of(record: Mapping[str, Any]) -> set[str]:
    return {name for name in (record.get("id"), record.get("conversation_id")) if isinstance(name, str)}


def _has_position(record: Mapping[str, Any]) -> bool:
    return type(record.get("sequence_index")) is int

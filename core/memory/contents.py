"""What of a vault can be found: its nodes and episodes of one generation, each with its vector, and what other
programs' memories it keeps beside them. What cannot be read is left out and named.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import CogzyError
from core.memory import beside
from core.memory.differences import NOTHING, Known
from core.memory.index_types import IndexRecord
from core.memory.lines import Lines, Record, of_corpus, of_texts
from core.memory.record import MemoryRow, encode_json
from core.memory.rows import from_episode, from_node
from core.memory.text import indexed_text
from core.memory.vector_model import Digests, Matrix, digests, model_of, read_record
from core.vault import reading, vectors
from core.vault.layout import EPISODES, NODES, VECTORS_OF
from core.vault.manifest import VaultManifest

if TYPE_CHECKING:
    from pathlib import Path

NODE, EPISODE, WHOLE = "node", "episode", "whole"
"""Kinds in the index: a turn, a conversation that has no turns of its own here, and one that has."""
MOST_ATTACHED, MOST_ATTACHMENTS = 4_000, 50
"""Characters of an attachment, and attachments of a turn, that are searched."""
_FORMAT = 4
_NAMES = (NODES, EPISODES, *VECTORS_OF.values())
Key = tuple[str, str]
"""Corpus kind and id; files of other programs repeat ids."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. `kind` is the index's; `content` its canonical JSON."""

    key: Key
    kind: str
    content: bytes
    row: MemoryRow
    vector: bytes | None
    model: str | None

    def indexed(self, label: int) -> IndexRecord:
        """How it is indexed under `label`."""
        row = self.row
        return IndexRecord(
            label,
            searched_text(row),
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
    nodes: Part
    episodes: Part
    problems: tuple[CogzyError, ...]
    beside: tuple[Part, ...]
    known: Mapping[str, Known]
    """What it was read in comparison with."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """All of it; nodes come before episodes."""
        return (self.nodes, self.episodes, *self.beside)

    @property
    def models(self) -> dict[str | None, int]:
        found: Counter[str | None] = Counter()
        for part in self.parts:
            found[part.model] += int(np.count_nonzero(part.digests))
        return {model: count for model, count in found.items() if count}

    @property
    def waiting(self) -> tuple[int, int]:
        """How many nodes have no vector, of how many."""
        total = len(self.nodes.lines)
        return max(0, total - int(np.count_nonzero(self.nodes.digests))), total


@dataclass(frozen=True)
class Part:
    """The records of one file, with their vectors. `name` is what it is known under."""

    name: str
    lines: Lines
    rows: Matrix
    digests: Digests
    model: str | None

    @property
    def is_nodes(self) -> bool:
        return self.name == NODE

    @property
    def is_episodes(self) -> bool:
        return self.name == EPISODE

    @cached_property
    def records(self) -> Sequence[Record]:
        """Its records, parsed."""
        return [self.lines.record(place) for place in range(len(self.lines))]

    @cached_property
    def marks(self) -> Digests:
        """The digest of each record's vector; 0 where it has none, or nobody knows whose model made it."""
        found = np.zeros(len(self.lines), np.uint64)
        some = self.digests[: len(found)] if self.model else self.digests[:0]
        found[: len(some)] = some
        return found

    def content(self, place: int) -> bytes:
        """The record at `place` in canonical JSON."""
        return encode_json(self.lines.record(place))

    def key_of(self, record: Record, content: bytes) -> Key:
        """Under what it is known."""
        if self.is_nodes or self.is_episodes:
            return self.name, _id_of(record, content)
        return str(record["kind"]), str(record["memory_id"])

    def names_of(self, record: Record) -> tuple[int, int]:
        """Hashes of what connects turns with conversations."""
        conversation = _hash_of(record.get("conversation_id"))
        return (_hash_of(record.get("id")) if self.is_episodes else 0, conversation)

    def is_placed(self, record: Record) -> bool:
        """Whether its place in the file counts: where a turn does not say its own."""
        return self.is_nodes and type(record.get("sequence_index")) is not int

    def entry(self, place: int, whole: bool) -> Entry:
        """The record at `place`."""
        record, content = self.lines.record(place), self.content(place)
        key = self.key_of(record, content)
        there = bool(self.marks[place])
        vector = np.ascontiguousarray(self.rows[place], "<f4").tobytes() if there else None
        kind, row = WHOLE if whole else key[0], row_of(key[0], record, place)
        return Entry(key, kind, content, row, vector, self.model if there else None)


def read_contents(root: Path, manifest: VaultManifest, known: Mapping[str, Known] | None = None) -> Contents:
    """What the vault holds now. `manifest` says which files are damaged; of what is `known`, by the names of parts,
    nothing is parsed. Raises DamageError when both corpora are damaged.
    """
    problems: list[CogzyError] = [manifest.damaged[name].error() for name in _NAMES if name in manifest.damaged]
    if all(name in manifest.damaged for name in (NODES, EPISODES)):
        raise problems[0]
    names = [name for name in _NAMES if name not in manifest.damaged]
    before = known or {}
    record, kept = read_record(root), beside.kept(root)
    others = tuple(_part_beside(one, before) for one in kept)

    def take(files: Mapping[str, reading.Opened]) -> Contents:
        nodes = _part(files, NODES, NODE, record, before)
        episodes = _part(files, EPISODES, EPISODE, record, before)
        hashes = {name: opened.entry.sha256 for name, opened in files.items()}
        seen = _seen(hashes, manifest.damaged, record, [one.mark for one in kept])
        return Contents(seen, nodes, episodes, tuple(problems), others, before)

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


def searched_text(row: MemoryRow) -> str:
    """The words by which a memory is found in its vault: its text, then what was attached. Vectors are of the text."""
    attached = attached_text(row)
    return f"{row.text}\n\n{attached}" if attached and row.text else row.text or attached


def attached_text(row: MemoryRow) -> str:
    """Names of the files that were attached to a turn, and how the text of each begins."""
    found = row.metadata.get("attachments") if row.kind == NODE else None
    named = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    texts = [
        "\n".join(text[:MOST_ATTACHED] for text in (one.get("name"), one.get("text")) if isinstance(text, str))
        for one in named[:MOST_ATTACHMENTS]
    ]
    return "\n\n".join(text for text in texts if text.strip())


def source_of(row: MemoryRow) -> str:
    """Where a memory came from, such as "chatgpt"; empty when its record does not say."""
    source = row.metadata.get("source")
    return source if isinstance(source, str) else ""


def speaker_of(row: MemoryRow) -> str | None:
    """Who said it, when one person did."""
    speaker = row.speaker or row.metadata.get("speaker")
    return speaker if isinstance(speaker, str) and speaker else None


def _part(
    files: Mapping[str, reading.Opened], corpus: str, kind: str, record: bytes, known: Mapping[str, Known]
) -> Part:
    before = known.get(kind, NOTHING).lines["hash"]
    data = files[corpus].verified() if corpus in files else b"[]"
    lines = of_corpus(data, corpus, before)
    name = VECTORS_OF[corpus]
    rows = vectors.load(files[name].file, name) if name in files else np.zeros((0, 0), np.float32)
    of_rows = digests(rows)
    return Part(kind, lines, rows, of_rows, model_of(record, name, rows, of_rows))


def _part_beside(kept: beside.Kept, known: Mapping[str, Known]) -> Part:
    name, (texts, rows) = f"beside/{kept.name}", kept.read()
    lines = of_texts(texts, kept.rows.name, known.get(name, NOTHING).lines["hash"])
    return Part(name, lines, rows, digests(rows), kept.model)


def _seen(hashes: Mapping[str, str], damaged: Mapping[str, Any], record: bytes, others: Sequence[str]) -> str:
    hurt = sorted(name for name in damaged if name in _NAMES)
    named = [_FORMAT, sorted(hashes.items()), hurt, record.hex(), list(others)]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def _id_of(record: Mapping[str, Any], content: bytes) -> str:
    found = record.get("id")
    if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
        return str(found).encode("utf-8", "replace").decode()
    return "sha256-" + hashlib.sha256(content).hexdigest()[:40]


def _hash_of(name: Any) -> int:
    """Of the name of a conversation; 0 for none."""
    if not isinstance(name, str):
        return 0
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")

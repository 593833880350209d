"""What one writer changes: rows, words and vectors of an index, kept in step.

Dead rows stay until they are as many as the living; then everything is numbered anew, into new files.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.files import FileError
from core.memory import dense
from core.memory.columns import Ints
from core.memory.dense import Matrix, VectorGroup
from core.memory.folder import GrowingFile, IndexFolder, give_back
from core.memory.index_types import IndexRecord
from core.memory.lexical import Postings
from core.memory.postings import Segment, from_buffer, merge, to_bytes
from core.memory.scan import Floats
from core.memory.table import Rows, RowTable
from core.memory.tokens import normalised, word_hash
from core.memory.vocabulary import LEAST, Vocabulary, is_kept

_log = logging.getLogger(__name__)
MOST_DEAD = 4096
"""So many dead rows are never worth the work."""
MOST_FRESH = 1 << 20
"""So many postings wait in memory before they are written."""


@dataclass(frozen=True)
class Snapshot:
    """The index at one moment, for good."""

    rows: Rows
    postings: Postings
    matrices: tuple[Matrix, ...]
    words: Vocabulary


@dataclass(eq=False)
class IndexState:
    """`rows_file`, `words_file` and `segment_files` are what a folder holds of it; without a folder there are none."""

    folder: IndexFolder | None
    table: RowTable = field(default_factory=RowTable)
    groups: list[VectorGroup] = field(default_factory=list)
    postings: Postings = field(default_factory=Postings)
    words: Vocabulary = field(default_factory=Vocabulary)
    rows_file: GrowingFile | None = None
    words_file: GrowingFile | None = None
    segment_files: dict[Segment, GrowingFile] = field(default_factory=dict)

    def snapshot(self) -> Snapshot:
        matrices = tuple(group.snapshot(number) for number, group in enumerate(self.groups))
        return Snapshot(self.table.snapshot(), self.postings, matrices, self.words)

    def add(
        self,
        records: Sequence[IndexRecord],
        texts: Sequence[Sequence[int]],
        units: Sequence[Floats | None],
        words: Iterable[str],
    ) -> None:
        """Add `records` with different labels, the hashes of their terms, their unit vectors, and all their words."""
        first = len(self.table)
        rows = self.table.describe(records, [len(text) for text in texts])
        by_group: dict[tuple[int, str | None], list[int]] = {}
        for at, (record, unit) in enumerate(zip(records, units, strict=True)):
            if unit is not None:
                by_group.setdefault((len(unit), record.model), []).append(at)
        for (width, model), chosen in by_group.items():
            number = self._group(width, model)
            vectors = np.stack([unit for at in chosen if (unit := units[at]) is not None])
            rows["slot"][chosen] = self.groups[number].append(vectors, first + np.array(chosen))
            rows["group"][chosen] = number
        self._leave_vectors(rows["label"])
        self.table.append(rows)
        self._keep_new(words)
        self.postings = self.postings.added(first, texts)
        if self.folder is not None and sum(map(len, self.postings.fresh)) >= MOST_FRESH:
            try:
                self.store_fresh()
            except FileError as error:
                _log.warning("postings wait in memory: %s", error)  # the flush will say so to its caller

    def delete(self, labels: Ints) -> bool:
        """Take memories away; says whether any was there."""
        self._leave_vectors(labels)
        return self.table.delete(labels) > 0

    def stored(self, first: int = 0) -> NDArray[np.void]:
        """The rows from `first` on, as they are written to the disk."""
        rows = self.table.stored(first)
        for number, group in enumerate(self.groups):
            mine = np.flatnonzero(rows["group"] == number)
            rows["scale"][mine] = group.scales.peek()[rows["slot"][mine]]
        return rows

    def _keep_new(self, words: Iterable[str]) -> None:
        """Keep the long ones of `words` whose term is new here."""
        long = dict.fromkeys(normalised(word) for word in words if len(word) >= LEAST)
        by_term = {word_hash(word): word for word in long if is_kept(word)}
        by_term.pop(0, None)
        if by_term:
            terms = np.fromiter(by_term, np.uint64, len(by_term))
            lacking = self.postings.lacking(terms)
            self.words = self.words.added(by_term[int(term)] for term in terms[lacking])

    def store_words(self) -> None:
        """Write the words that wait in memory. Raises FileError."""
        assert self.folder is not None
        if self.words_file is None:
            self.words_file = self.folder.new_file("words")
        if self.words.fresh or not self.words_file.size:
            self.words_file.append(b"".join(self.words.fresh) or b"\n")
            self.words = Vocabulary(self.words_file.map())

    def store_fresh(self) -> None:
        """Write the postings that wait in memory. Raises FileError."""
        if self.postings.fresh:
            segment = self.write_segment(merge(self.postings.fresh))
            self.postings = Postings((*self.postings.stored, segment))

    def write_segment(self, segment: Segment) -> Segment:
        """`segment` as a mapped file. Raises FileError."""
        assert self.folder is not None
        file = self.folder.new_file("postings")
        file.append(to_bytes(segment))
        mapping = file.map()
        mapped = from_buffer(mapping)
        give_back(mapping)
        self.segment_files[mapped] = file
        return mapped

    def replace_segments(self, old: Sequence[Segment], new: Segment) -> bool:
        """Let `new` stand for the stored segments `old`, if they are still there side by side."""
        stored = self.postings.stored
        at = stored.index(old[0]) if old[0] in stored else len(stored)
        if stored[at : at + len(old)] != tuple(old):
            return False
        self.postings = Postings((*stored[:at], new, *stored[at + len(old) :]), self.postings.fresh)
        return True

    def worth_compacting(self) -> bool:
        dead = len(self.table) - self.table.living
        return dead > MOST_DEAD and dead > self.table.living

    def compacted(self) -> IndexState:
        """The same memories without the dead rows. Raises FileError; ValueError when stored vectors are damaged."""
        kept = np.flatnonzero(self.table.alive())
        moved = np.full(len(self.table), -1, np.int32)
        moved[kept] = np.arange(len(kept))
        rows = self.table.stored()[kept]
        new = IndexState(self.folder)
        for number, group in enumerate(self.groups):
            fresh = self._new_group(group.width, group.model)
            chosen = np.flatnonzero(rows["group"] == number)
            dense.copy_living(group.snapshot(number), rows["slot"][chosen], fresh, chosen)
            rows["slot"][chosen] = np.arange(len(chosen))
            new.groups.append(fresh)
        new.table = RowTable(rows, names=self.table.names)
        segment = merge(self.postings.segments, moved) if self.postings.segments else None
        new.postings = Postings((), (segment,) if segment is not None else ())
        terms = {word: word_hash(word) for word in self.words}
        gone = new.postings.lacking(np.fromiter(terms.values(), np.uint64, len(terms)))
        new.words = Vocabulary().added(word for word, lost in zip(terms, gone.tolist(), strict=True) if not lost)
        return new

    def _leave_vectors(self, labels: Ints) -> None:
        groups = self.table.groups_of(self.table.find(labels))
        for number, group in enumerate(self.groups):
            group.living -= int(np.count_nonzero(groups == number))

    def _group(self, width: int, model: str | None) -> int:
        for number, group in enumerate(self.groups):
            if (group.width, group.model) == (width, model):
                return number
        self.groups.append(self._new_group(width, model))
        return len(self.groups) - 1

    def _new_group(self, width: int, model: str | None) -> VectorGroup:
        folder = self.folder
        files = None if folder is None else (folder.new_file("codes"), folder.new_file("floats"))
        return VectorGroup(width, model, files)

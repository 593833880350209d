"""The search core that hub and vault share: words and meaning in one index, on the disk or in memory.

    index       EmbeddedIndex: the front
    ├── fusion      both sides in one score       ├── state    what the one writer changes, kept in step
    ├── lexical     BM25 with neighbours          ├── saved    that, on the disk and back
    ├── vocabulary  words that hold parts         │
    ├── dense       int8 scan, float rescoring    ├── folder   files that grow, the header that counts
    └── table       attributes, filters, links    └── postings, scan, columns, tokens: the parts

A writer changes its own structures and then shows a new snapshot in one step. A search works on the snapshot it began
with: any number of them run while one thread writes, and a batch is seen whole or not at all.

On the disk the index is derived data: `flush(seq)` makes it durable as of the owner's change number `seq`, a crash
loses what came later. A folder that is damaged is set aside, one of another version goes; both begin empty with seq 0.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.files import FileError
from core.memory import dense, fusion, lexical
from core.memory.columns import Ints
from core.memory.folder import IndexFolder
from core.memory.index_types import Filter, Hit, IndexRecord, MemoryIndex, Query
from core.memory.postings import Segment, merge
from core.memory.saved import load, save
from core.memory.scan import Floats, open_scan
from core.memory.state import IndexState
from core.memory.text import indexed_text
from core.memory.tokens import term_hashes

__all__ = ["EmbeddedIndex", "Filter", "Hit", "IndexRecord", "MemoryIndex", "Query"]

_log = logging.getLogger(__name__)
_TIER = 3
"""A stored segment is merged with those behind it when they are a third of it together."""


class EmbeddedIndex:
    """A MemoryIndex in this process.

    `folder` None: in memory alone. `width`: vectors of another width are left aside; None takes all. `engine` names
    the dense engine ("numkong", "faiss", "numpy"; None: the best there is).

    Opening raises FileError when the folder cannot be read. A change raises BusyError when another process changes the
    same folder, and a flush FileError when the disk refuses; what was visible stays visible, and it can be repeated.
    """

    def __init__(self, folder: Path | None, width: int | None, *, engine: str | None = None) -> None:
        self._width = width
        self._engine = open_scan(engine)
        self._folder = None if folder is None else IndexFolder(folder)
        self._state, self._seq = (IndexState(None), 0) if self._folder is None else load(self._folder, width)
        self._snapshot = self._state.snapshot()
        self._writing = threading.RLock()
        self._flushing = threading.Lock()
        self._changed = self._damaged = self._closed = False

    @property
    def seq(self) -> int:
        """Of the last flush."""
        return self._seq

    def count(self) -> int:
        """The memories that can be found."""
        return self._state.table.living

    def add(self, records: Sequence[IndexRecord]) -> None:
        """Add `records`, or replace those with the same label; of one label twice, the last counts."""
        records = list({record.label: record for record in records}.values())
        words: set[str] = set()
        bare = (indexed_text(one.text, speaker=one.speaker, created_at=one.created_at) for one in records)
        texts = [term_hashes(text, words) for text in bare]
        units = [self._fitting(unit) for unit in dense.units([record.vector for record in records])]
        with self._writing:
            self._begin_change()
            if records:
                self._state.add(records, texts, units, words)
                self._end_change()

    def delete(self, labels: Collection[int]) -> None:
        """Take memories away; labels that are not there are no error."""
        with self._writing:
            self._begin_change()
            if self._state.delete(np.unique(np.fromiter(labels, np.int64, len(labels)))):
                self._end_change()

    def search(self, query: Query) -> list[Hit]:
        """The best `query.k` hits, best first, equal scores by label."""
        self._check_open()
        snapshot = self._snapshot
        rows = snapshot.rows
        mask = rows.mask(query.filter)
        if query.k <= 0 or not mask.any():
            return []
        words = lexical.scores(snapshot.postings, rows, mask, query.text, snapshot.words)
        unit = dense.unit(query.vector)
        matrix = None if unit is None else dense.choose(snapshot.matrices, len(unit), query.model)
        if unit is None or matrix is None:
            return fusion.rank(rows, mask, query.k, words, None, _no_floats, query.threshold)
        cosines = dense.scan(self._engine, matrix, unit, rows.with_neighbours(mask))
        if not (mask & ~np.isnan(cosines.values)).any():
            return fusion.rank(rows, mask, query.k, words, None, _no_floats, query.threshold)

        def exact(wanted: Ints) -> NDArray[np.float64]:
            precise, sound = dense.exact(matrix, rows.slot[wanted], unit, cosines.values[wanted])
            if not sound:
                self._found_damage()
            return precise

        return fusion.rank(rows, mask, query.k, words, cosines, exact, query.threshold)

    def flush(self, seq: int) -> None:
        """Make everything up to now durable as `seq`. It may take seconds in a large index, searches go on meanwhile.

        Raises FileError, BusyError.
        """
        with self._flushing:
            self._merge_stored()
            with self._writing:
                self._check_open()
                if self._folder is not None and not self._damaged and (self._changed or seq != self._seq):
                    save(self._state, self._folder, seq, self._width)
                    self._snapshot = self._state.snapshot()
                self._seq = seq
                self._changed = False

    def reads_on(self) -> None:
        """Leave the right to write to another process. Nothing is changed here any more."""
        with self._flushing, self._writing:
            if self._folder is not None:
                self._folder.close()

    def close(self) -> None:
        """Let go of the folder. What was not flushed is lost, and replayed by the owner."""
        with self._flushing, self._writing:
            self._closed = True
            if self._folder is not None:
                self._folder.close()

    def _fitting(self, unit: Floats | None) -> Floats | None:
        return unit if unit is not None and self._width in (None, len(unit)) else None

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the index is closed")

    def _begin_change(self) -> None:
        self._check_open()
        if self._folder is not None:
            self._folder.claim()

    def _end_change(self) -> None:
        self._changed = True
        if self._state.worth_compacting():
            try:
                self._state = self._state.compacted()
            except FileError as error:
                _log.warning("dead rows stay for now: %s", error)
            except ValueError:
                self._found_damage()
        self._snapshot = self._state.snapshot()

    def _merge_stored(self) -> None:
        """Write what is new as a segment of its own, and merge those that have become alike in size.

        The header that is written next names what came of it: merged once, they are never merged again.
        """
        if self._folder is None:
            return
        with self._writing:
            self._check_open()
            if self._damaged or not self._changed:
                return
            self._state.store_fresh()
        while old := _alike(self._state.postings.stored):
            merged = merge(old)
            with self._writing:
                self._check_open()
                if not self._state.replace_segments(old, self._state.write_segment(merged)):
                    return
                self._snapshot = self._state.snapshot()

    def _found_damage(self) -> None:
        with self._writing:
            if not self._damaged and self._folder is not None:
                _log.error("an index holds damaged vectors: it is built anew at the next start")
                self._damaged = True
                self._folder.forget()


def _alike(stored: Sequence[Segment]) -> Sequence[Segment]:
    behind = 0
    first = len(stored)
    for at in range(len(stored) - 1, -1, -1):
        if behind and len(stored[at]) <= _TIER * behind:
            first = at
        behind += len(stored[at])
    return stored[first:]


def _no_floats(wanted: Ints) -> NDArray[np.float64]:
    raise AssertionError("there are no cosines to compute")

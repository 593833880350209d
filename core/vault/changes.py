"""What a transaction does to one corpus and its vectors, and the new bytes of both.

Row i of the vectors belongs to record i, before and after: records that come without vectors get rows of zeros (not
embedded yet); records that stay in a rewritten corpus keep theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from core.errors import BusyError, UsageError
from core.files import COPY_STEP
from core.vault import records, vectors
from core.vault.border import readable
from core.vault.integrity import Findings, set_aside
from core.vault.journal import Kept, stage
from core.vault.layout import VECTORS_OF
from core.vault.manifest import Entry, VaultManifest
from core.vault.records import Corpus, Record

if TYPE_CHECKING:
    from core.vault.vectors import Matrix

Job = Callable[[], Entry]
_TEXT = ("id", "human_content", "assistant_content", "title", "messages")


@dataclass
class CorpusChange:
    """`whole` replaces the records, `added` follow. `matrix` has the vectors of all records but those of `rows`."""

    whole: list[Record] | None = None
    added: list[Record] = field(default_factory=list)
    matrix: Matrix | None = None
    rows: list[tuple[int, Matrix | None]] = field(default_factory=list)

    def append(self, added: list[Record], rows: Matrix | None) -> None:
        """More records at the end."""
        if added:
            self.added += added
            self.rows.append((len(added), rows))

    def embed(self, matrix: Matrix) -> None:
        """The vectors of every record so far."""
        self.matrix, self.rows = matrix, []


@dataclass
class Staging:
    """Turns changes into jobs; a job writes one file beside its target and returns its entry.

    `findings` gathers what has to be set aside; `files` closes what the jobs read.
    """

    root: Path
    manifest: VaultManifest
    transaction: str
    findings: Findings
    files: ExitStack

    def jobs(self, corpus: str, change: CorpusChange) -> dict[str, Job]:
        """The jobs of one corpus, by file name. Raises UsageError when the vectors do not fit the records."""
        known = self.manifest.files.get(corpus)
        base = len(change.whole) if change.whole is not None else (known and known.count) or 0
        total = base + len(change.added)
        jobs: dict[str, Job] = {}
        old = None
        if change.whole is not None:
            old = self._old(corpus)
            like = old and Corpus([], old.wrapper, old.key)
            jobs[corpus] = partial(self._write, corpus, [*change.whole, *change.added], like)
        elif change.added:
            jobs[corpus] = partial(self._append, corpus, change.added, total)
        rows = self._row_job(VECTORS_OF[corpus], change, old, base, total)
        return jobs if rows is None else {**jobs, VECTORS_OF[corpus]: rows}

    def whole(self, relative: str, data: bytes, count: int | None) -> Entry:
        """Stage a file that has no vectors."""
        return replace(self.stage(relative, [data]), count=count)

    def copy(self, relative: str, source: Path, found: Entry) -> Entry:
        """Stage a copy of `source`, which had been looked at as `found`. Raises BusyError when it has changed since."""
        staged = self.stage(relative, file_blocks(source))
        if staged.sha256 != found.sha256:
            raise BusyError("vault.source_changing", path=str(source))
        return replace(staged, count=found.count, width=found.width)

    def _row_job(self, name: str, change: CorpusChange, old: Corpus | None, base: int, total: int) -> Job | None:
        known = self.manifest.files.get(name)
        matrix, added = change.matrix, _join(change.rows)
        if change.whole is not None and matrix is None and known is not None:
            if old is None:  # the records that these rows belonged to are damaged
                set_aside(self.root, name, "vault.misaligned", self.findings)
                known = None
            else:
                matrix = carry(old.records, change.whole, vectors.load(self.open(name), name))
        if matrix is not None:
            return partial(self._write_rows, name, _stacked(matrix, change, added, total, name))
        if known is not None and change.rows:
            blocks = vectors.appended(self.open(name), base, added, total - base, name)
            width = (known.width or 0) if known.count or added is None else added.shape[1]
        elif added is not None:
            blocks, width = vectors.first(base, added), added.shape[1]
        else:
            return None
        return lambda: replace(self.stage(name, blocks), count=total, width=width)

    def _write(self, corpus: str, items: Sequence[Record], like: Corpus | None) -> Entry:
        return replace(self.stage(corpus, records.encode_corpus(items, like)), count=len(items))

    def _append(self, corpus: str, items: Sequence[Record], total: int) -> Entry:
        known = self.manifest.files.get(corpus)
        if known is None:
            return self._write(corpus, items, None)
        file = self.open(corpus)
        size, blocks = records.appended(file, items, corpus)
        kept = Kept(file, size, known.sha256) if size else None
        return replace(self.stage(corpus, blocks, kept), count=total)

    def _write_rows(self, name: str, matrix: Matrix) -> Entry:
        return replace(self.stage(name, vectors.encode(matrix)), count=matrix.shape[0], width=matrix.shape[1])

    def stage(self, relative: str, blocks: Iterable[bytes], kept: Kept | None = None) -> Entry:
        """Write `blocks` beside `relative`, after what is kept of it."""
        before = self.manifest.files.get(relative)
        return stage(self.root, relative, self.transaction, blocks, kept=kept, before=before)

    def _old(self, corpus: str) -> Corpus | None:
        if corpus not in self.manifest.files:
            return None if corpus in self.manifest.damaged else Corpus([])
        return records.parse_corpus((self.root / corpus).read_bytes(), corpus)

    def open(self, relative: str) -> BinaryIO:
        """A committed file, open until the transaction ends."""
        path = self.root / relative
        with readable(path):
            return self.files.enter_context(path.open("rb"))


def file_blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, in blocks."""
    with readable(path), path.open("rb") as file:
        while block := file.read(COPY_STEP):
            yield block


def carry(old: Sequence[Record], new: Sequence[Record], rows: Matrix) -> Matrix:
    """The rows of `new`: those of the records in `old` with the same id and text, zeros for the others."""
    import numpy as np

    by_id = {str(record.get("id")): index for index, record in enumerate(old)}
    carried = np.zeros((len(new), rows.shape[1]), np.float32)
    pairs = [(i, by_id[key]) for i, record in enumerate(new) if (key := str(record.get("id"))) in by_id]
    kept = [(i, j) for i, j in pairs if all(new[i].get(k) == old[j].get(k) for k in _TEXT)]
    if kept:
        targets, sources = zip(*kept, strict=True)
        carried[list(targets)] = rows[list(sources)]
    return carried


def require_rows(embeddings: object, count: int, corpus: str) -> Matrix:
    """`embeddings` as a matrix with one row for each of `count` records. Raises UsageError when it is not."""
    matrix = vectors.require_matrix(embeddings)
    if matrix.shape[0] != count:
        raise UsageError("vault.rows_differ", path=VECTORS_OF[corpus], rows=matrix.shape[0], records=count)
    return matrix


def _join(parts: Sequence[tuple[int, Matrix | None]]) -> Matrix | None:
    import numpy as np

    widths = {rows.shape[1] for _, rows in parts if rows is not None}
    if not widths:
        return None
    width = min(widths)
    if len(widths) > 1:
        raise UsageError("vault.width_differs", path="-", width=max(widths), expected=width)
    return np.concatenate([np.zeros((count, width), np.float32) if rows is None else rows for count, rows in parts])


def _stacked(matrix: Matrix, change: CorpusChange, added: Matrix | None, total: int, name: str) -> Matrix:
    import numpy as np

    pending = sum(count for count, _ in change.rows)
    if matrix.shape[0] + pending != total:
        raise UsageError("vault.rows_differ", path=name, rows=matrix.shape[0] + pending, records=total)
    if not pending:
        return matrix
    if added is None:
        added = np.zeros((pending, matrix.shape[1]), np.float32)
    elif matrix.shape[0] == 0:
        return added
    if added.shape[1] != matrix.shape[1]:
        raise UsageError("vault.width_differs", path=name, width=added.shape[1], expected=matrix.shape[1])
    return np.concatenate([matrix, added])

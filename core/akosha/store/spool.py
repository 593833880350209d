"""What an upload brings, until it is written: a little in memory, more in a nameless file that ends with us."""

from __future__ import annotations

import marshal
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.akosha.store.preparing import FIELDS, Prepared
from core.files import translated

MOST_IN_MEMORY = 8 << 20


@dataclass(slots=True)
class Keep:
    """Of this kind and origin only the memories with these keys are left (hashes of them, see preparing.key_of)."""

    kind: str
    origin: str
    keys: array[int] = field(default_factory=lambda: array("q"))


Step = Sequence[Prepared] | Keep


class Spool:
    """Steps in the order in which they came. Threads may take turns, one at a time."""

    def __init__(self, folder: Path) -> None:
        self.rows = 0
        self.size = 0
        self.keeps = False
        self._folder = folder
        self._steps: list[Step | tuple[int, int]] = []
        self._file: IO[bytes] | None = None
        self._in_memory = 0

    def add(self, rows: Sequence[Prepared]) -> None:
        """Rows, few enough to be held at once."""
        size = sum(row.size() for row in rows)
        self.rows += len(rows)
        self.size += size
        if self._in_memory + size <= MOST_IN_MEMORY:
            self._in_memory += size
            self._steps.append(rows)
            return
        with translated(self._folder):
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # closed by `close`
            packed = marshal.dumps([tuple(row[: len(FIELDS)]) for row in rows])
            place = self._file.seek(0, 2)
            self._file.write(packed)
        self._steps.append((place, len(packed)))

    def keep(self, keep: Keep) -> None:
        """A rule about what is left."""
        self.keeps = True
        self._steps.append(keep)

    def steps(self) -> Iterator[Step]:
        """Everything again."""
        for step in self._steps:
            if not isinstance(step, tuple):
                yield step
                continue
            place, length = step
            with translated(self._folder):
                assert self._file is not None
                self._file.seek(place)
                packed = self._file.read(length)
            # Nobody else can have written a file without a name.
            yield [Prepared(*values) for values in marshal.loads(packed)]  # noqa: S302

    def close(self) -> None:
        """Forget everything."""
        self._steps.clear()
        if self._file is not None:
            self._file.close()

"""Vectors for memories that came without one that the hub's own model made: in the background, bounded, resumable.

It follows the changes of each shard file at its own pace, behind the index, and remembers how far it came: what is
waiting costs no memory, and a crash repeats a little. Rows whose vector another model made are embedded too, since a
question is embedded by this model and vectors of two models must not be compared. The store keeps the vector that
came; only the index holds ours.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.akosha.search.shard_index import Batches, Rows, ShardIndex, index_record
from core.errors import CogzyError
from core.files import write_atomically
from core.memory.text import indexed_text
from core.storage.threads import beside

if TYPE_CHECKING:
    from core.akosha.store import Change, StoredMemory
    from core.memory.embedding import Embedder
    from core.memory.index import IndexRecord

EMBED = 32
"""Texts that are embedded at once."""
QUIET_SECONDS, MOST_QUIET_SECONDS = 0.5, 10.0
"""It waits until nothing was stored for a moment, but not for ever: pushes come first."""
RETRY_SECONDS, MOST_RETRY_SECONDS = 2.0, 300.0

_WITHOUT = frozenset({"relationship"})  # a text such as "knows" has no meaning of its own

_log = logging.getLogger(__name__)


class RowEmbedding:
    """Embeds the rows of one shard file with `embedder`."""

    def __init__(self, index: ShardIndex, rows: Rows, embedder: Embedder, place: Path) -> None:
        """`place`: the file that remembers how far it came."""
        self.embedded = 0
        self.idle = asyncio.Event()
        self.problem: str | None = None
        self._index = index
        self._embedder = embedder
        self._place = place
        self._seq = 0
        self._batches = Batches(rows, index.file)
        self._stored_at = 0.0
        self._news = asyncio.Event()

    def open(self) -> None:
        """Go on where the last run with the same model ended; from the beginning when the index began anew."""
        found = _read(self._place)
        same = found.get("model") == self._embedder.model and isinstance(found.get("seq"), int)
        self._seq = found["seq"] if same and found["seq"] <= self._index.flushed else 0

    def stored(self) -> None:
        """Something was stored just now."""
        self._stored_at = time.monotonic()
        self.idle.clear()
        self._news.set()

    async def flush(self) -> None:
        """Remember how far it came. Call it after the index was flushed."""
        seq = min(self._seq, self._index.flushed)
        said = json.dumps({"model": self._embedder.model, "seq": seq}).encode()
        await beside(lambda: write_atomically(self._place, said))

    async def run(self) -> None:
        """Embed what is there and what comes, until cancelled."""
        delay = RETRY_SECONDS
        while True:
            self._news.clear()
            try:
                while await self._step():
                    delay = RETRY_SECONDS
                self.problem = None
                if not self._news.is_set() and self._index.current.is_set():
                    self.idle.set()
            except Exception as error:  # noqa: BLE001  # shown in the status, and tried again
                self.problem = error.title if isinstance(error, CogzyError) else type(error).__name__
                _log.warning("memories could not be embedded (%s); next try in %.0f s", self.problem, delay)
                await asyncio.sleep(delay)
                delay = min(2 * delay, MOST_RETRY_SECONDS)
                continue
            await self._news.wait()

    async def _step(self) -> bool:
        """Embed the next rows; False when there are none now."""
        changes = await self._batches.read(self._seq)
        changes = [change for change in changes if change.seq <= self._index.seq]
        if not changes:
            return False
        wanting = [change for change in changes if self._wants_vector(change.stored)]
        for start in range(0, len(wanting), EMBED):
            await self._quiet()
            await self._embed(wanting[start : start + EMBED])
        self._seq = changes[-1].seq
        return True

    def _wants_vector(self, stored: StoredMemory | None) -> bool:
        if stored is None or stored.row.kind in _WITHOUT:
            return False
        return stored.row.vector is None or stored.row.model != self._embedder.model

    async def _embed(self, changes: Sequence[Change]) -> None:
        texts = {change.label: _text(change.stored) for change in changes if change.stored is not None}
        vectors = dict(zip(texts, await self._embedder.embed(list(texts.values())), strict=True))

        def records(now: list[StoredMemory]) -> list[IndexRecord]:
            """Of those that did not change while they were embedded; the others come again as later changes."""
            same = [stored for stored in now if self._wants_vector(stored) and _text(stored) == texts[stored.label]]
            return [index_record(stored, vectors[stored.label], self._embedder.model) for stored in same]

        await self._index.amend(list(texts), records)
        self.embedded += len(texts)

    async def _quiet(self) -> None:
        until = time.monotonic() + MOST_QUIET_SECONDS
        while (quiet := min(self._stored_at + QUIET_SECONDS, until)) > (now := time.monotonic()):
            wait = quiet - now
            await asyncio.sleep(wait)


def _text(stored: StoredMemory) -> str:
    row = stored.row
    return indexed_text(row.text, created_at=row.created_at, speaker=row.speaker)


def _read(place: Path) -> dict[str, Any]:
    try:
        found = json.loads(place.read_bytes())
    except (OSError, ValueError):  # it only costs embedding again
        return {}
    return found if isinstance(found, dict) else {}

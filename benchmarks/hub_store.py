"""The hub's rows: put, change, get, upload, beside a plain SQLite table with the same columns in the same run.

    python -m benchmarks.hub_store [--rounds 10]

One JSON object a line and a figure. Goals: 1,000 new rows with 384 floats and 300 bytes of text in 60 ms, changes of
1,000 in 100 ms, each durable when it returns. The peer writes with executemany and commits with synchronous=FULL in WAL
mode; it checks no row, makes no hash and knows neither `as_of` nor changes. `rss_mb` is this whole process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.akosha.store import HubStore
from core.memory.rows import MemoryRow

WIDTH, BATCH, UPLOAD_ROWS, BIG = 384, 1_000, 20, 50_000
COLUMNS = (
    "system_id, kind, id, text, vector, model, created_at, project, conversation, position, speaker, origin, metadata, "
    "content_hash, as_of, stored_at"
)
VECTORS = [vector.tobytes() for vector in np.random.default_rng(7).standard_normal((BATCH, WIDTH)).astype("<f4")]


def main() -> int:
    """Measure and print; returns 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = [*asyncio.run(_hub(Path(folder) / "hub", options.rounds)), *_peer(Path(folder), options.rounds)]
    for figure in figures:
        print(json.dumps({"benchmark": "hub_store", **figure}))
    return 0 if all(figure.get("reached", True) for figure in figures) else 1


def _rows(first: int, count: int, version: int = 0) -> list[MemoryRow]:
    return [
        MemoryRow(
            "reflection",
            f"{number:012d}-{number % 97:04x}",
            f"memory {number} of version {version}, and words that fill it up " * 6,
            VECTORS[(number + version) % BATCH],
            "all-MiniLM-L6-v2",
            1.7e9 + number,
            f"project {number % 10}",
            origin="reflection.duckdb",
            metadata={"tags": ["a", "b"], "importance": 0.5, "number": number},
        )
        for number in range(first, first + count)
    ]


async def _hub(folder: Path, rounds: int) -> list[dict[str, object]]:
    store = await HubStore.open(folder)
    figures = []
    try:
        for name, goal, version in (
            ("put 1,000 new", 60, 0),
            ("change 1,000", 100, 1),
            ("put 1,000 unchanged", None, 1),
        ):
            batches = [_rows(number * BATCH, BATCH, version) for number in range(rounds)]
            figures.append(_figure("hub", name, await _each(batches, lambda rows: store.put("laptop", rows)), goal))
        figures.append({"who": "hub", "what": f"rss_mb after {rounds * BATCH} rows", "value": _rss()})
        keys = [row.id for row in _rows(0, rounds * BATCH, 1)[:: max(1, rounds * 5)]]
        figures.append(_figure("hub", "get one", await _each(keys, lambda key: store.get("laptop", "reflection", key))))
        labels = [change.label for change in await store.changes(0, 0, rounds * BATCH)]
        tens = [labels[place :: rounds * 100] for place in range(0, rounds * 100, 50)]
        figures.append(_figure("hub", "fetch ten", await _each(tens, store.fetch)))
        single = [_rows(number, 1, 2) for number in range(30)]
        figures.append(_figure("hub", "put one", await _each(single, lambda rows: store.put("phone", rows))))
        uploads = [(number, _rows(number * UPLOAD_ROWS, UPLOAD_ROWS)) for number in range(30)]
        figures.append(
            _figure("hub", f"upload of {UPLOAD_ROWS}", await _each(uploads, lambda one: _upload(store, *one)))
        )
        figures += await _beside_a_big_upload(store)
    finally:
        await store.close()
    return figures


async def _upload(store: HubStore, number: int, rows: Sequence[MemoryRow]) -> None:
    async with store.upload("desktop", f"upload-{number}", time.time()) as upload:
        await upload.put(rows)


async def _beside_a_big_upload(store: HubStore) -> list[dict[str, object]]:
    """How long an image takes, and how long a push of another system waits meanwhile."""

    async def image() -> float:
        before = time.perf_counter()
        async with store.upload("server", "image", time.time()) as upload:
            await upload.put(row for first in range(0, BIG, BATCH) for row in _rows(first, BATCH))
        return time.perf_counter() - before

    uploading = asyncio.create_task(image())
    waits, number = [], 0
    while not uploading.done():
        before = time.perf_counter()
        await store.put("phone", _rows(number, 1, 3))
        waits.append((time.perf_counter() - before) * 1000)
        number += 1
        await asyncio.sleep(0.02)
    return [
        {"who": "hub", "what": f"upload of {BIG}", "seconds": round(await uploading, 2), "rss_mb": _rss()},
        _figure("hub", f"put one beside it ({len(waits)})", waits),
    ]


def _peer(folder: Path, rounds: int) -> Iterator[dict[str, object]]:
    connection = sqlite3.connect(folder / "peer.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"CREATE TABLE memories({COLUMNS}, PRIMARY KEY (system_id, kind, id)) WITHOUT ROWID")
    marks = ", ".join("?" * len(COLUMNS.split(",")))

    def put(system: str, rows: Sequence[MemoryRow]) -> None:
        values = [
            (
                *(system, row.kind, row.id, row.text, row.vector, row.model, row.created_at, row.project),
                *(
                    row.conversation,
                    row.position,
                    row.speaker,
                    row.origin,
                    json.dumps(dict(row.metadata)),
                    "",
                    0.0,
                    0.0,
                ),
            )
            for row in rows
        ]
        connection.execute("BEGIN")
        connection.executemany(f"INSERT OR REPLACE INTO memories VALUES ({marks})", values)
        connection.execute("COMMIT")

    def get(key: str) -> None:
        asked = "SELECT * FROM memories WHERE system_id = 'laptop' AND kind = 'reflection' AND id = ?"
        assert connection.execute(asked, [key]).fetchall()

    for name, version in (("put 1,000 new", 0), ("change 1,000", 1)):
        batches = [_rows(number * BATCH, BATCH, version) for number in range(rounds)]
        yield _figure("sqlite", name, [_timed(put, "laptop", rows) for rows in batches])
    yield _figure("sqlite", "get one", [_timed(get, row.id) for row in _rows(0, rounds * BATCH, 1)[:: rounds * 5]])
    yield _figure("sqlite", "put one", [_timed(put, "phone", _rows(number, 1, 2)) for number in range(30)])
    small = [_rows(number * UPLOAD_ROWS, UPLOAD_ROWS) for number in range(30)]
    yield _figure("sqlite", f"upload of {UPLOAD_ROWS}", [_timed(put, "desktop", rows) for rows in small])
    connection.close()


async def _each(items: Sequence[Any], work: Callable[[Any], Awaitable[object]]) -> list[float]:
    took = []
    for item in items:
        before = time.perf_counter()
        await work(item)
        took.append((time.perf_counter() - before) * 1000)
    return took


def _timed(work: Callable[..., None], *given: object) -> float:
    before = time.perf_counter()
    work(*given)
    return (time.perf_counter() - before) * 1000


def _figure(who: str, what: str, took: Sequence[float], goal: float | None = None) -> dict[str, object]:
    median = statistics.median(took)
    figure: dict[str, object] = {
        "who": who,
        "what": what,
        "median_ms": round(median, 2),
        "most_ms": round(max(took), 1),
    }
    return figure if goal is None else {**figure, "goal_ms": goal, "reached": median <= goal}


def _rss() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024


if __name__ == "__main__":
    sys.exit(main())

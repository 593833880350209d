"""100 MB of rows by the HTTP method: `cogzy sync --method http` to a real hub over loopback, beside a floor.

    python -m benchmarks.hub_push [--rows 40000]

One JSON object a line and a figure. `push` is the whole command, from a database that nobody copied yet: copy, scan,
read, send, note; the goal is 100 MB in 10 s. `floor` is the plain client of the MCP SDK sending the very batches that
the command made, four at a time, to a fresh hub of the same kind. `change` and `nothing` are the next syncs, with 20
rows changed and with none. Memory is that of the command and its children.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import Run, run
from tests.servers import free_port

GOAL_SECONDS = 10.0
WIDTH, BATCH, AT_ONCE = 384, 1_000, 4
SYSTEM = "bench-a1b2"
_TABLE = (
    f"CREATE TABLE conversations_v2(id VARCHAR PRIMARY KEY, content VARCHAR, embedding FLOAT[{WIDTH}], "
    "category VARCHAR, importance_score DOUBLE, project VARCHAR, timestamp TIMESTAMP, session_id VARCHAR)"
)
_ROWS = (
    "INSERT OR REPLACE INTO conversations_v2 SELECT 'conversation-' || i, "
    "$1 || ' ' || array_to_string(list_transform(range(150), "
    "lambda x: substr($4, 1 + 7 * ((hash(i * 1000 + x) % 1000) ** 3 / 250000)::BIGINT, 6)), ' '), "
    f"list_transform(range({WIDTH}), lambda x: (hash(i * 1000 + x) % 2000000)::FLOAT / 1000000 - 1)::FLOAT[{WIDTH}], "
    "'work', 0.5, 'project ' || i % 10, make_timestamp(1700000000000000 + i * 1000000), 'session ' || i // 40 "
    "FROM range($2, $3) AS r(i)"
)
"""150 words a row out of 4,000, the first ones far more often than the last, as in any language."""


def main() -> int:
    """Measure and print; returns 1 when the goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=40_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = _measured(Path(folder), options.rows)
    for figure in figures:
        print(json.dumps({"benchmark": "hub_push", **figure}))
    return 0 if all(figure.get("reached", True) for figure in figures) else 1


def _measured(folder: Path, rows: int) -> list[dict[str, object]]:
    memory = folder / "memory"
    memory.mkdir()
    _write(memory, "words", 0, rows)
    figures = []
    with hub(folder / "hub") as url:
        environ = _environ(folder, url)
        first = _push(folder, environ, memory=False)
        told = json.loads(first.output)
        assert told["rows_changed"] == rows
        size = _bytes_of_rows(memory)
        figures.append(
            {
                "name": "push",
                "rows": rows,
                "row_bytes": size,
                "seconds": round(first.seconds, 2),
                "wire_bytes": first.wire,
                "goal_seconds": round(GOAL_SECONDS * size / 100e6, 2),
                "reached": first.seconds <= GOAL_SECONDS * size / 100e6,
            }
        )
        _write(memory, "other words", 10, 30)
        change = _push(folder, environ, memory=False)
        assert json.loads(change.output)["rows_changed"] == 20
        nothing = _push(folder, environ, memory=False)
        assert json.loads(nothing.output)["requests"] == 0
        figures.append({"name": "change", "rows": 20, "seconds": round(change.seconds, 2), "wire_bytes": change.wire})
        figures.append({"name": "nothing", "seconds": round(nothing.seconds, 2), "wire_bytes": nothing.wire})
    with hub(folder / "hub-2") as url:
        seconds = asyncio.run(_floor(url, _batches(memory, rows)))
        figures.append({"name": "floor", "rows": rows, "seconds": round(seconds, 2)})
    with hub(folder / "hub-3") as url:
        again = folder / "again"
        again.mkdir()
        peak = _push(again, _environ(again, url, memory), memory=True).peak_pss
        figures.append({"name": "memory", "peak_mb": round(peak / 1e6)})
    return figures


@contextmanager
def hub(data: Path) -> Iterator[str]:
    """A real hub in a process of its own."""
    port = free_port()
    environ = {**os.environ, "AKOSHA_DATA": str(data), "AKOSHA_PORT": str(port), "AKOSHA_LOG_LEVEL": "warning"}
    command = [sys.executable, "-c", "import sys; from cogzy.__main__ import akosha; sys.exit(akosha())", "serve"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    import httpx

    for _ in range(600):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/ready", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the hub does not come up")


def _push(folder: Path, environ: dict[str, str], *, memory: bool) -> Run:
    command = [sys.executable, "-I", "-m", "cogzy", "--vault", str(folder / "vault")]
    return run([*command, "sync", "--method", "http", "--json"], environ, memory=memory)


def _environ(folder: Path, url: str, memory: Path | None = None) -> dict[str, str]:
    return {
        **os.environ,
        "HOME": str(folder / "home"),
        "COGZY_STATE_DIR": str(folder / "state"),
        "COGZY_RUNTIME_DIR": str(folder / "runtime"),
        "COGZY_SYSTEM_ID": SYSTEM,
        "COGZY_SESSION_BUDDY_DIR": str(memory or folder / "memory"),
        "COGZY_HUB_URL": url,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


def _write(memory: Path, text: str, start: int, stop: int) -> None:
    with duckdb.connect(str(memory / "reflection.duckdb")) as database:
        database.execute(_TABLE.replace("TABLE", "TABLE IF NOT EXISTS", 1))
        database.execute(_ROWS, [text, start, stop, " ".join(_words())])


def _words() -> list[str]:
    """4,000 made-up words of six letters."""
    syllables = [first + second for first in "bdfgklmnprst" for second in "aeiou"]
    chosen = random.Random(7)  # the same ones each time
    return ["".join(chosen.sample(syllables, 3)) for _ in range(4_000)]


def _bytes_of_rows(memory: Path) -> int:
    """Text and vectors, as they are."""
    with duckdb.connect(str(memory / "reflection.duckdb"), read_only=True) as database:
        found = database.execute(
            f"SELECT sum(strlen(content) + strlen(id) + {4 * WIDTH}) FROM conversations_v2"
        ).fetchone()
    assert found is not None
    return int(found[0])


def _batches(memory: Path, rows: int) -> list[list[dict[str, Any]]]:
    """The batches that the command sends, ready made."""
    from core.memory.rows import table_mapping, to_wire

    with duckdb.connect(str(memory / "reflection.duckdb"), read_only=True) as database:
        found = database.execute("SELECT * FROM conversations_v2 ORDER BY rowid")
        names = [item[0] for item in found.description]
        mapper = table_mapping("conversations_v2", names, origin="reflection.duckdb")
        assert mapper is not None
        items = []
        for record in found.fetchall():
            described = dict(zip(names, record, strict=True))
            described["timestamp"] = described["timestamp"].timestamp()
            item = to_wire(mapper(described), binary_vectors=True)
            items.append({**item, "system_id": SYSTEM, "as_of": time.time()})
    assert len(items) == rows
    return [items[start : start + BATCH] for start in range(0, rows, BATCH)]


async def _floor(url: str, batches: list[list[dict[str, Any]]]) -> float:
    """Seconds that the SDK's own client takes for them."""
    from mcp.client import Client

    waiting = iter(batches)
    async with Client(url) as client:
        started = time.perf_counter()

        async def sender() -> None:
            for batch in waiting:
                result = await client.call_tool("batch_store_memories", {"memories": batch})
                assert not result.is_error

        await asyncio.gather(*(sender() for _ in range(AT_ONCE)))
        return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())

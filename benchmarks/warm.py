"""Inside a running app: a small change, and a look when nothing changed, by an engine that is warm.

    python -m benchmarks.warm [--rounds 7] [--scale 1]

The peer is the same small change by a whole `cogzy sync` process on the same data, in the same run. The last line is
one JSON object with medians in seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.peers import Cogzy
from benchmarks.workload import Maker
from core import __version__
from core.sync.engine import SyncEngine
from core.sync.events import CheckForChanges, Sync
from tests.servers import serve


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cogzy-bench-") as folder:
        print(json.dumps(asyncio.run(measure(options, Path(folder)))))


async def measure(options: argparse.Namespace, scratch: Path) -> dict[str, object]:
    """Rounds of: change, sync by the warm engine, look; change, sync by a process."""
    maker = Maker(scratch / "set", scale=options.scale)
    workload = await asyncio.to_thread(maker.build)
    changed, looked, process = [], [], []
    requests = 0
    with serve("rclone", scratch) as s3:
        ours = Cogzy(workload, s3, scratch / "cogzy")
        engine = SyncEngine(workload.vault, environ=ours.environ)
        await engine.run(Sync())
        for _ in range(options.rounds):
            await asyncio.to_thread(maker.change)
            started = time.perf_counter()
            result = await engine.run(Sync())
            changed.append(time.perf_counter() - started)
            requests = result["requests"]
            for _ in range(5):
                started = time.perf_counter()
                await engine.run(CheckForChanges())
                looked.append(time.perf_counter() - started)
            await asyncio.to_thread(maker.change)
            process.append((await asyncio.to_thread(ours.sync)).seconds)
        await engine.close()
    return {
        "version": __version__,
        "rounds": options.rounds,
        "small_change_seconds": round(statistics.median(changed), 4),
        "unchanged_look_seconds": round(statistics.median(looked), 5),
        "process_small_change_seconds": round(statistics.median(process), 4),
        "ratio_warm_to_process": round(statistics.median(changed) / statistics.median(process), 3),
        "requests_small_change": requests,
    }


if __name__ == "__main__":
    main()

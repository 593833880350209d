"""Guarded copies against plain ones, of a database that another process writes: how many are whole?

    python -m benchmarks.capture_soak --trials 200 [--megabytes 40] [--slow 200]

Plain copies are what a sync program makes: the main file and its log one after the other, in both orders. A copy is
bad when it does not open, when its tables disagree, or when it lacks a transaction committed before the copy began;
`silent` counts those that DuckDB opened and read without a complaint. `--slow` copies at so many MB/s, as from a slow
disk, so that much more happens during each copy. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import BusyError
from core.sources import Source, capture, capture_duckdb
from tests.writers import Judge, writing

MODES = ("none", "auto", "forced", "bulk")
WAYS = ("guarded", "main then log", "log then main")


@dataclass
class Score:
    """What came of one way of copying under one writer."""

    trials: int = 0
    bad: int = 0
    silent: int = 0
    busy: int = 0
    attempts: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {
            "trials": self.trials,
            "bad": self.bad,
            "silent": self.silent,
            "busy": self.busy,
            "attempts_mean": round(statistics.mean(self.attempts), 2) if self.attempts else None,
            "attempts_max": max(self.attempts, default=None),
            "median_ms": round(statistics.median(self.seconds) * 1000, 1) if self.seconds else None,
            "problems": sorted(set(self.problems))[:5],
        }


def slowly(megabytes_per_second: float) -> Callable[[int, int, int], int]:
    """A stand-in for core.files.copy_bytes that takes its time."""
    step = 1 << 18

    def copy(source: int, target: int, size: int) -> int:
        done = 0
        while done < size and (block := os.pread(source, min(step, size - done), done)):
            os.write(target, block)
            done += len(block)
            time.sleep(len(block) / megabytes_per_second / 1e6)
        return done

    return copy


def plain_copy(path: Path, folder: Path, way: str) -> Path:
    """The copy of a program that knows nothing of databases."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = [path, path.with_name(path.name + ".wal")]
    for file in files if way == "main then log" else reversed(files):
        try:
            live = file.open("rb", buffering=0)
        except FileNotFoundError:
            continue
        with live, (folder / file.name).open("wb", buffering=0) as copy:
            capture.copy_bytes(live.fileno(), copy.fileno(), os.fstat(live.fileno()).st_size)
    return folder / path.name


async def one_trial(way: str, path: Path, folder: Path, committed: int, judge: Judge, score: Score) -> None:
    started = time.monotonic()
    try:
        if way == "guarded":
            captured = await capture_duckdb(Source("soak", "duckdb", path), folder)
            score.attempts.append(captured.attempts)
            copy = captured.database
        else:
            copy = await asyncio.to_thread(plain_copy, path, folder / "plain", way)
    except BusyError:
        score.busy += 1
        return
    score.seconds.append(time.monotonic() - started)
    score.trials += 1
    verdict = await asyncio.to_thread(judge.verdict, copy, committed)
    if not verdict["ok"]:
        score.bad += 1
        score.silent += bool(verdict["silent"])
        score.problems.append(verdict["problem"][:120])


async def soak(mode: str, trials: int, rows: int, pace: float, folder: Path) -> dict[str, Score]:
    scores = {way: Score() for way in WAYS}
    path = folder / "reflection.duckdb"
    with writing("duckdb", path, mode, pace, rows) as writer, Judge() as judge:
        for number in range(trials):
            for way in WAYS:
                await one_trial(way, path, folder, writer.committed, judge, scores[way])
            if number % 10 == 9:
                print(mode, number + 1, {way: f"{s.bad}/{s.trials}" for way, s in scores.items()}, file=sys.stderr)
        if writer.stop() != 0:
            scores["guarded"].problems.append("the owner was disturbed")
            scores["guarded"].bad += 1
    return scores


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100, help="copies of each way under each writer")
    parser.add_argument("--megabytes", type=int, default=40, help="size of the database at the beginning")
    parser.add_argument("--slow", type=float, help="copy at most so many megabytes a second")
    parser.add_argument("--pace", type=float, default=0.02, help="seconds the writer rests between transactions")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    arguments = parser.parse_args()
    if arguments.slow:
        capture.copy_bytes = slowly(arguments.slow)
    results: dict[str, dict[str, Score]] = {}
    with tempfile.TemporaryDirectory(prefix="capture-soak-") as name:
        for mode in arguments.modes:
            (Path(name) / mode).mkdir()
            results[mode] = asyncio.run(
                soak(mode, arguments.trials, arguments.megabytes * 1000, arguments.pace, Path(name) / mode)
            )
            shutil.rmtree(Path(name) / mode)
    bad = {way: sum(scores[way].bad for scores in results.values()) for way in WAYS}
    done = {way: sum(scores[way].trials for scores in results.values()) for way in WAYS}
    import duckdb

    print(
        json.dumps(
            {
                "benchmark": "capture_soak",
                "versions": {"duckdb": duckdb.__version__, "python": platform.python_version()},
                "megabytes": arguments.megabytes,
                "slow_mb_per_second": arguments.slow,
                "bad": {way: f"{bad[way]} of {done[way]}" for way in WAYS},
                "by_writer": {m: {way: score.as_json() for way, score in s.items()} for m, s in results.items()},
            }
        )
    )
    return 1 if bad["guarded"] else 0


if __name__ == "__main__":
    sys.exit(main())

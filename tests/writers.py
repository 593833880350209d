"""Programs that own databases while tests copy them, and the reader that judges the copies.

    python tests/writers.py duckdb PATH COUNTER MODE PACE BALLAST     MODE: none | auto | forced | reopen | bulk
    python tests/writers.py sqlite PATH COUNTER MODE PACE BALLAST     MODE: wal | delete
    python tests/writers.py judge                   one JSON request a line: {"path": ..., "at_least": n}

Transaction n writes to four tables at once, and the tables agree with each other only as of one transaction: one row
in `events`, three in `links`, count and sum in `totals`, and in mode `bulk` every tenth time BULK_ROWS rows, more than
a row group, which DuckDB writes into the main file before the commit. After the commit, n goes to the counter file: a
copy begun afterwards has to hold transaction n.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

BULK_ROWS = 130_000
BULK_EVERY = 10
PAYLOAD = 400


@dataclass
class Writer:
    """A running writer and the number of the newest transaction it has committed."""

    process: subprocess.Popen[bytes]
    path: Path
    counter: Path

    @property
    def committed(self) -> int:
        return int(struct.unpack("<Q", self.counter.read_bytes()[:8])[0])

    def wait_for(self, count: int, seconds: float = 30) -> None:
        give_up = time.monotonic() + seconds
        while self.committed < count:
            if self.process.poll() is not None:
                raise AssertionError(f"the writer ended with {self.process.returncode}")
            if time.monotonic() > give_up:
                raise AssertionError(f"the writer reached {self.committed} of {count}")
            time.sleep(0.01)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to close the database and end; returns its exit code, 0 when nothing ever disturbed it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextlib.contextmanager
def writing(kind: str, path: Path, mode: str, pace: float = 0.002, ballast: int = 0) -> Iterator[Writer]:
    """A writer on `path`, past its first transactions.

    `pace`: seconds it rests after each one. `ballast`: rows of about 1 KB that lie in the database from the beginning
    (DuckDB only), some of which every transaction changes.
    """
    counter = path.with_name(path.name + ".counter")
    counter.write_bytes(bytes(8))
    command = [sys.executable, __file__, kind, str(path), str(counter), mode, str(pace), str(ballast)]
    writer = Writer(subprocess.Popen(command), path, counter)
    try:
        writer.wait_for(3)
        yield writer
    finally:
        if writer.process.poll() is None:
            writer.kill()


class Judge:
    """A child that opens copies read-only and says what is wrong with them. A copy that kills it was torn."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, __file__, "judge"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # it died with a request unread
            self._child.communicate(timeout=30)

    def verdict(self, path: Path, at_least: int) -> dict[str, Any]:
        """{"ok": bool, "problem": str, "count": n}; `silent` is true when DuckDB opened and scanned it unmoved."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps({"path": str(path), "at_least": at_least}) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            self._end()
            self._start()
            return {"ok": False, "problem": "the reader died", "silent": False}
        answer: dict[str, Any] = json.loads(line)
        return answer


def _write_duckdb(path: Path, counter: int, mode: str, pace: float, ballast: int) -> None:
    import duckdb

    def open_database() -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(path), config={"threads": 1})
        threshold = "256KB" if mode in ("auto", "bulk") else "1TB"
        connection.execute(f"SET checkpoint_threshold='{threshold}'")
        return connection

    connection = open_database()
    connection.execute("CREATE TABLE IF NOT EXISTS events (id BIGINT PRIMARY KEY, payload VARCHAR)")
    connection.execute("CREATE TABLE IF NOT EXISTS links (event BIGINT, place INTEGER)")
    connection.execute("CREATE TABLE IF NOT EXISTS totals (one INTEGER PRIMARY KEY, events BIGINT, ids BIGINT)")
    connection.execute("CREATE TABLE IF NOT EXISTS bulk (event BIGINT, place BIGINT, payload VARCHAR)")
    connection.execute("INSERT INTO totals VALUES (1, 0, 0) ON CONFLICT DO NOTHING")
    connection.execute("CREATE TABLE IF NOT EXISTS ballast AS SELECT i, 0 AS changed, '' AS text FROM range(0) t(i)")
    texts = ", ".join(f"md5((i * 31 + {part})::VARCHAR)" for part in range(32))
    connection.execute(f"INSERT INTO ballast SELECT i, 0, concat({texts}) FROM range({ballast}) t(i)")
    connection.execute("CHECKPOINT")
    done = connection.execute("SELECT events FROM totals").fetchone()[0]  # type: ignore[index]
    last_checkpoint = time.monotonic()
    for number in _numbers(done, pace):
        connection.execute("BEGIN")
        connection.execute("INSERT INTO events VALUES (?, repeat(md5(?::VARCHAR), ?))", [number, number, PAYLOAD // 32])
        connection.execute("INSERT INTO links SELECT ?, i FROM range(3) t(i)", [number])
        if mode == "bulk" and number % BULK_EVERY == 0:
            connection.execute("DELETE FROM bulk WHERE event < ?", [number - 2 * BULK_EVERY])
            connection.execute(f"INSERT INTO bulk SELECT ?, i, md5(i::VARCHAR) FROM range({BULK_ROWS}) t(i)", [number])
        connection.execute("UPDATE totals SET events = events + 1, ids = ids + ?", [number])
        if ballast:
            connection.execute("UPDATE ballast SET changed = ? WHERE i = ?", [number, number * 37 % ballast])
        connection.execute("COMMIT")
        os.pwrite(counter, struct.pack("<Q", number), 0)
        if mode == "forced" and time.monotonic() - last_checkpoint > 0.15:
            connection.execute("CHECKPOINT")
            last_checkpoint = time.monotonic()
        if mode == "reopen" and number % 5 == 0:
            connection.close()
            connection = open_database()
    connection.close()


def _write_sqlite(path: Path, counter: int, mode: str, pace: float, ballast: int) -> None:
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None, timeout=20)
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.execute("PRAGMA synchronous=OFF")
    connection.executescript(
        "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, payload TEXT);"
        "CREATE TABLE IF NOT EXISTS links (event INTEGER, place INTEGER);"
        "CREATE TABLE IF NOT EXISTS totals (one INTEGER PRIMARY KEY, events INTEGER, ids INTEGER);"
        "INSERT INTO totals VALUES (1, 0, 0) ON CONFLICT DO NOTHING;"
    )
    done = connection.execute("SELECT events FROM totals").fetchone()[0]
    for number in _numbers(done, pace):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO events VALUES (?, ?)", [number, "x" * PAYLOAD])
        connection.executemany("INSERT INTO links VALUES (?, ?)", [(number, place) for place in range(3)])
        connection.execute("UPDATE totals SET events = events + 1, ids = ids + ?", [number])
        connection.execute("COMMIT")
        os.pwrite(counter, struct.pack("<Q", number), 0)
    connection.close()


def _numbers(done: int, pace: float) -> Iterator[int]:
    """The numbers of the transactions to come, until somebody asks the process to end or its parent has gone."""
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    parent = os.getppid()
    while not ended and os.getppid() == parent:
        done += 1
        yield done
        time.sleep(pace)


def _judge() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = _problem(Path(request["path"]), request["at_least"])
        except Exception as error:  # noqa: BLE001  # whatever a torn copy makes the library raise is the verdict
            answer = {"ok": False, "problem": f"{type(error).__name__}: {error}"[:300], "silent": False}
        print(json.dumps(answer), flush=True)


def _problem(path: Path, at_least: int) -> dict[str, Any]:
    with contextlib.closing(_open_read_only(path)) as connection:

        def one(query: str) -> tuple[Any, ...]:
            return tuple(connection.execute(query).fetchone())

        events, ids = one("SELECT events, ids FROM totals")
        expected = {
            "SELECT count(*), coalesce(sum(id), 0), coalesce(max(id), 0), coalesce(sum(length(payload) > 0), 0) "
            "FROM events": (events, ids, events, events),
            "SELECT count(*), coalesce(sum(event), 0) FROM links": (3 * events, 3 * ids),
        }
        problems = [query for query, answer in expected.items() if one(query) != answer]
        if path.suffix == ".duckdb":
            problems += [
                f"bulk {event}: {rows}"
                for event, rows, places, texts in connection.execute(
                    "SELECT event, count(*), count(DISTINCT place), count(payload) FROM bulk GROUP BY event"
                ).fetchall()
                if not rows == places == texts == BULK_ROWS or event > events
            ]
        if events < at_least:
            problems.append(f"{at_least - events} committed transactions are missing")
    return {"ok": not problems, "problem": "; ".join(problems), "silent": True, "count": events}


def _open_read_only(path: Path) -> Any:
    if path.suffix == ".duckdb":
        import duckdb

        return duckdb.connect(str(path), read_only=True, config={"threads": 1})
    import sqlite3

    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def main(arguments: list[str]) -> None:
    if arguments == ["judge"]:
        _judge()
        return
    kind, path, counter_path, mode, pace, ballast = arguments
    counter = os.open(counter_path, os.O_RDWR)
    write = {"duckdb": _write_duckdb, "sqlite": _write_sqlite}[kind]
    write(Path(path), counter, mode, float(pace), int(ballast))


if __name__ == "__main__":
    main(sys.argv[1:])

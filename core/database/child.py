"""The child process that opens DuckDB files: JSON requests on standard input, JSON lines on standard output.

Requests are `{"do": "scan" | "rebuild" | "check" | "tables" | "rows", ...}`, answers `{"progress": [table, number,
of]}` and at last either `{"result": ...}` or `{"error": {"kind", "code", "params", "torn"}}`. A torn file can kill its
reader: then only this process ends. It ends as well when its standard input is closed, so none is left behind by a
parent that was killed.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.database import wire
from core.database.results import DatabaseError
from core.errors import CogzyError

if TYPE_CHECKING:
    import duckdb

    Action = Callable[[duckdb.DuckDBPyConnection, Mapping[str, Any]], object]


_FIRST_STEP = {"rebuild": 1}
"""The least memory that is worth trying: a rebuild has indexes to make, and half a rebuild is made in vain."""


def main() -> int:
    """Answer requests until there are no more; the exit code says no more than the answers do."""
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    import duckdb  # noqa: F401  # while the first request is still in the making

    while True:
        try:
            answer: Mapping[str, object] = {"result": _answer(json.loads(requests.get()))}
        except CogzyError as error:
            answer = {"error": wire.error_to_json(error)}
        _say(answer)


def _read_requests(requests: queue.SimpleQueue[bytes]) -> None:
    """Hand on each line; end the process when there are no more, whatever it is doing."""
    left = b""
    while more := os.read(0, 1 << 16):
        *lines, left = (left + more).split(b"\n")
        for line in lines:
            requests.put(line)
    os._exit(0)


def _say(answer: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _progress(table: str, number: int, of: int) -> None:
    _say({"progress": [table, number, of]})


def _answer(request: Mapping[str, Any]) -> object:
    """Do what `request` asks, in as little memory as it takes. Raises CogzyError."""
    import duckdb

    from core.database.connection import MEMORY_STEPS, connect, database_error

    subject = Path(request["file"])
    with tempfile.TemporaryDirectory(prefix=".spill-", dir=request["scratch"]) as spill:
        for memory in MEMORY_STEPS[_FIRST_STEP.get(request["do"], 0) :]:
            try:
                with connect([Path(folder) for folder in request["folders"]], Path(spill), memory) as connection:
                    return _ACTIONS[request["do"]](connection, request)
            except duckdb.OutOfMemoryException as error:
                if memory == MEMORY_STEPS[-1]:
                    raise DatabaseError("database.out_of_memory", path=subject.name) from error
            except (duckdb.Error, OSError) as error:
                raise database_error(error, subject) from error
    raise AssertionError(MEMORY_STEPS)


def _scan(connection: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> object:
    from core.database.delta import scan

    known = Path(request["known"]) if request["known"] else None
    wanted = wire.wanted_from_json(request["wanted"])
    file, next_state, out = (Path(request[name]) for name in ("file", "next_state", "out"))
    found = scan(connection, file, known, next_state, out, _progress, wanted, searched=request["searched"])
    return wire.scan_to_json(found)


def _check(connection: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> object:
    from core.database.checking import check

    expected = None if request["expected"] is None else wire.tables_from_json(request["expected"])
    return wire.tables_to_json(check(connection, Path(request["file"]), expected))


def _rebuild(connection: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> object:
    from core.database.rebuilding import rebuild

    rebuilt = rebuild(
        connection,
        Path(request["file"]),
        wire.uploads_from_json(request["deltas"]),
        wire.tables_from_json(request["expected"]),
        Path(request["out"]),
        _progress,
    )
    return asdict(rebuilt)


def _tables(connection: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> object:
    from core.database.rows import tables

    return tables(connection, Path(request["file"]))


def _rows(connection: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> object:
    from core.database.rows import write_all

    return write_all(connection, wire.reads_from_json(request["reads"]), request["most"])


_ACTIONS: dict[str, Action] = {"scan": _scan, "check": _check, "rebuild": _rebuild, "tables": _tables, "rows": _rows}


if __name__ == "__main__":
    sys.exit(main())

"""The front of this room: every DuckDB file is opened in a child process, which may die without taking us along.

A child has a deadline, is killed when its caller is cancelled, and its standard error is never inherited but told in
the error.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from core.database import wire
from core.database.results import DatabaseError, DeltaFiles, Rebuilt, Scan, TableState, Wanted
from core.process import kill, own_command

Progress = Callable[[str, int, int], None]
"""Called with a table's name, its number from 0, and the number of tables."""

_LONGEST_LINE = 64 << 20
_STDERR_KEPT = 2000


def child_command() -> list[str]:
    """The command that starts the child."""
    return own_command("--database")


async def scan(
    copy: Path,
    *,
    known: Path | None,
    next_state: Path,
    out: Path,
    deadline: float = 900,
    progress: Progress | None = None,
    child: Child | None = None,
    wanted: Wanted | None = None,
    searched: bool = False,
) -> Scan:
    """Read every column of every table of `copy` (a private copy, its `.wal` beside it) and find what changed.

    `known` is the state folder of the last committed upload, None for none; the new state is written into the empty
    folder `next_state`, Parquet files of the deltas into `out`. `deadline` is in seconds; `child` answers if it is
    given. Rows that are `wanted` are looked for in what goes up, and written into `out` too: in the deltas, or for an
    image in all tables, unless these were `searched` before. Raises DatabaseError.
    """
    request = {
        "do": "scan",
        "file": str(copy),
        "known": None if known is None else str(known),
        "next_state": str(next_state),
        "out": str(out),
        "wanted": wire.wanted_to_json(wanted),
        "searched": searched,
        "scratch": str(out),
        "folders": _texts(copy.parent, next_state, out, *([] if known is None else [known])),
    }
    for folder in (next_state, out):
        folder.mkdir(parents=True, exist_ok=True)
    return wire.scan_from_json(await ask(request, deadline, progress, child))


async def rebuild(
    image: Path,
    deltas: Sequence[DeltaFiles],
    expected: Sequence[TableState],
    out: Path,
    *,
    deadline: float = 1800,
    progress: Progress | None = None,
    child: Child | None = None,
) -> Rebuilt:
    """Build the new database `out` from `image` (its `.wal` beside it) and the deltas of uploads since, oldest first.

    `child` does it if it is given. `out` appears whole or not at all. Raises DamageError `database.digest_differs` and
    DatabaseError.
    """
    parquet = {path for upload in deltas for delta in upload.deltas for path in (delta.rows, delta.gone) if path}
    request = {
        "do": "rebuild",
        "file": str(image),
        "deltas": wire.uploads_to_json(deltas),
        "expected": wire.tables_to_json(expected),
        "out": str(out),
        "scratch": str(out.parent),
        "folders": _texts(image.parent, out.parent, *(path.parent for path in parquet)),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    return wire.rebuilt_from_json(await ask(request, deadline, progress, child))


async def check(path: Path, expected: Sequence[TableState] | None, *, deadline: float = 600) -> tuple[TableState, ...]:
    """Read every table of the database at `path`, and compare it with `expected` unless that is None.

    Raises DamageError `database.digest_differs` and DatabaseError.
    """
    request = {
        "do": "check",
        "file": str(path),
        "expected": wire.tables_to_json(expected),
        "scratch": str(path.parent),
        "folders": [str(path.parent)],
    }
    return wire.tables_from_json(await ask(request, deadline))


async def ask(
    request: dict[str, Any], deadline: float, progress: Progress | None = None, child: Child | None = None
) -> Any:
    """The result of `request`, by `child` if it is given, else by one of its own."""
    if child is not None:
        return await child.ask(request, deadline, progress)
    async with Child() as own:
        return await own.ask(request, deadline, progress)


def _texts(*folders: Path) -> list[str]:
    return sorted({str(folder) for folder in folders})


class Child:
    """A child process that answers requests one after the other. `start` before the first one hides its start-up.

    A child that died answers no more; the next request starts another. Not for two requests at once.
    """

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._said: asyncio.Task[str] | None = None

    async def __aenter__(self) -> Child:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Start it, if it does not run."""
        if self._process is not None:
            return
        self._process = await asyncio.create_subprocess_exec(
            *child_command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
        self._said = asyncio.create_task(_last_words(self._process))

    async def ask(self, request: dict[str, Any], deadline: float, progress: Progress | None = None) -> Any:
        """The result of `request`. Raises DatabaseError and what the child was told to raise."""
        name = Path(request["file"]).name
        answered = False
        try:
            async with asyncio.timeout(deadline):
                await self.start()
                assert self._process is not None
                assert self._said is not None
                answer = await _talk(self._process, request, progress)
                if answer is None:
                    code, said = await self._process.wait(), await self._said
                    cause = ChildProcessError(f"exit code {code}: {said or 'nothing on its standard error'}")
                    raise DatabaseError("database.reader_died", path=name, exit_code=code, torn=True) from cause
                answered = True
        except TimeoutError as error:
            raise DatabaseError("database.timeout", path=name, seconds=deadline) from error
        finally:
            if not answered:
                await self.close()
        if "error" in answer:
            raise wire.error_from_json(answer["error"])
        return answer["result"]

    async def close(self) -> None:
        """Leave no child behind, whatever happened."""
        process, said = self._process, self._said
        self._process = self._said = None
        if process is not None:
            await _end(process)
        if said is not None:
            await asyncio.shield(said)


async def _talk(child: asyncio.subprocess.Process, request: dict[str, Any], progress: Progress | None) -> Any:
    """Send the request, pass progress on, return the answer; None when the child ended without one."""
    stdin, stdout = cast(asyncio.StreamWriter, child.stdin), cast(asyncio.StreamReader, child.stdout)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died early: its exit says more
        stdin.write(json.dumps(request).encode() + b"\n")
        await stdin.drain()
    while line := await stdout.readline():
        try:
            message = json.loads(line)
        except ValueError:
            return None
        if "progress" not in message:
            return message
        if progress is not None:
            progress(*message["progress"])
    return None


async def _last_words(child: asyncio.subprocess.Process) -> str:
    """The end of the child's standard error."""
    stderr = cast(asyncio.StreamReader, child.stderr)
    kept = b""
    while block := await stderr.read(1 << 16):
        kept = (kept + block)[-_STDERR_KEPT:]
    return kept.decode(errors="replace").strip()


async def _end(child: asyncio.subprocess.Process) -> None:
    """Leave no child behind, whatever happened."""
    if child.returncode is None:
        kill(child)
        await asyncio.shield(child.wait())
    if child.stdin is not None:
        child.stdin.close()

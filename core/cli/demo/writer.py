"""The program that owns two databases and never stops writing them, seen from outside."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.cli.demo.computer import Computer
from core.cli.demo.processes import running
from core.errors import CogzyError
from core.process import own_command


class Writer:
    """A running writer; see core.cli.demo.databases.write. `rows` counts both databases, as it last rested."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.rows = int(self._answer()["rows"])

    def commits(self) -> int:
        """The transactions that it has committed."""
        return self._ask("count")

    def rest(self) -> int:
        """Stop committing, with the databases open; returns the transactions so far."""
        return self._ask("rest")

    def go_on(self) -> int:
        """Commit again."""
        return self._ask("go")

    def end(self) -> int:
        """Close the databases and end."""
        return self._ask("end")

    def _ask(self, wish: str) -> int:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: there will be no answer
            self._process.stdin.write(f"{wish}\n")
            self._process.stdin.flush()
        answer = self._answer()
        self.rows = int(answer["rows"])
        return int(answer["commits"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CogzyError("demo.process_ended", program="the writer", exit_code=self._process.wait())
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def writing(computer: Computer, folder: Path, scale: float) -> Iterator[Writer]:
    """A writer with two new databases in `folder`, at rest; it ends with the block."""
    folder.mkdir()
    command = own_command("demo", "--writer", str(folder), "--scale", str(scale))
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with running(command, computer.environment(), **streams) as process:
        yield Writer(process)

"""A hub as a process of its own, started as a person starts it: `akosha serve`."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from core.cli.akosha import main
from tests.forked import Forked

AKOSHA = Path(sys.executable).with_name("akosha")


@dataclass(frozen=True)
class Running:
    """A hub that listens. `told` is what it said when it began to."""

    process: subprocess.Popen[str]
    data: Path
    told: dict[str, Any]

    @property
    def url(self) -> str:
        """Its address."""
        return str(self.told["url"])

    @property
    def mcp(self) -> str:
        """Its address for MCP clients."""
        return str(self.told["mcp"])


def environment(data: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Of this process, without what it says about hubs and buckets, and with no embedding model, wherever it runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKOSHA_", "COGZY_CLOUD_"))}
    own = {"AKOSHA_DATA": str(data), "COGZY_MODEL_DIR": str(data.parent / "no model"), "NO_PROXY": "*"}
    return {**kept, **own, **(extra or {})}


@contextlib.contextmanager
def serving(data: Path, *options: str, **variables: str) -> Iterator[Running]:
    """Run a hub on a free port until the block is left; then SIGTERM, which it must obey with 0."""
    log = data.parent / f"{data.name}.log"
    with log.open("w") as errors:
        process = Forked(
            ["akosha", "serve", "--json", "--port", "0", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(data, variables),
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"it did not start: {log.read_text()}"
        yield Running(process, data, json.loads(line))
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(40) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def akosha(data: Path, *arguments: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with Forked(["akosha", *arguments], **streams, text=True, env=environment(data, variables)) as process:
        out, err = process.communicate(given, timeout=60)
    assert "Traceback" not in out + err
    return subprocess.CompletedProcess(list(arguments), process.returncode, out, err)


def here(data: Path, *arguments: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has imported everything already."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment(data, variables), clear=True),
        mock.patch.object(sys, "stdin", io.StringIO(given)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main(list(arguments))
    assert "Traceback" not in out.getvalue() + err.getvalue()
    return subprocess.CompletedProcess(list(arguments), code, out.getvalue(), err.getvalue())


def token(data: Path, system: str, *scopes: str) -> str:
    """The secret of a new token."""
    chosen = [part for scope in scopes for part in ("--scope", scope)]
    made = here(data, "token", "create", system, *chosen, "--json")
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["secret"])

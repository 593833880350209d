"""`cogzy serve` as a process, on a free port, for a computer with a few memories and a folder as its cloud."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.forked import Forked
from tests.mcp.conftest import TEXTS, environment
from tests.sync.world import Computer

TOKEN = "cz_a-token-of-this-test"


@dataclass(frozen=True)
class Serving:
    """A server that listens, and a client that shows its token."""

    computer: Computer
    process: subprocess.Popen[str]
    url: str
    client: httpx.Client

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.client.request(method, path, **options)


@contextlib.contextmanager
def serving(computer: Computer, **variables: str) -> Iterator[Serving]:
    """Serve until the block is left; then SIGTERM, which must be obeyed with 0."""
    process = Forked(
        ["cogzy", "serve", "--port", "0", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(computer, COGZY_REST_TOKEN=TOKEN, **variables),
    )
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client:
            yield Serving(computer, process, url, client)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in errors


def computer_in(folder: Path) -> Computer:
    """One with three memories."""
    made = Computer(folder / "laptop", folder / "cloud", environ={"COGZY_MODEL_DIR": str(folder / "no model")})
    made.service().append_nodes(
        [
            {"id": f"n{at}", "source": "claude", "project": "garden", "human_content": text, "assistant_content": ""}
            for at, text in enumerate(TEXTS)
        ]
    )
    return made


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    """One for this test alone."""
    with serving(computer_in(tmp_path)) as made:
        yield made

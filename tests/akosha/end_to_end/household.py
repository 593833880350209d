"""People with computers, one bucket and one hub: whole processes that know each other's addresses and keys alone."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.akosha.cli.running import Running, akosha, here, serving, token
from tests.bad_input.person import Person
from tests.servers import S3Server, free_port


@dataclass
class Hub:
    """A hub's data and address, whether it runs or not. `bucket`: what the environment tells it of the bucket."""

    data: Path
    bucket: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    @property
    def log(self) -> Path:
        """What its last run said on standard error."""
        return self.data.parent / f"{self.data.name}.log"

    @contextlib.contextmanager
    def running(self, **variables: str) -> Iterator[Running]:
        """`akosha serve`, until the block ends. It looks into the bucket at its start, and when it is asked."""
        seldom = {"AKOSHA_INGEST_INTERVAL_SECONDS": "3600"}
        with serving(self.data, "--port", str(self.port), **{**seldom, **self.bucket, **variables}) as running:
            yield running

    def told(self, *arguments: str, code: int = 0, given: str = "") -> dict[str, Any]:
        """What an `akosha` process answers with --json."""
        done = akosha(self.data, *arguments, "--json", given=given, **self.bucket)
        assert done.returncode == code, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def asked(self, *arguments: str) -> dict[str, Any]:
        """The same without a process of its own."""
        done = here(self.data, *arguments, "--json", **self.bucket)
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def holds(self) -> dict[str, dict[str, int]]:
        """How many memories of each kind, by system; nothing of a system that only tried the connection."""
        systems = self.asked("status")["systems"]
        return {one["system_id"]: one["by_kind"] for one in systems if one["memories"]}

    def finds(self, text: str) -> set[tuple[str, str]]:
        """System and text of each memory that a search shows."""
        results = self.asked("search", text, "-k", "50")["results"]
        return {(system, hit["text"]) for hit in results for system in hit["systems"]}

    def token(self, system: str, *scopes: str) -> str:
        return token(self.data, system, *scopes)

    def complaints(self) -> list[str]:
        """The lines of its log that are no mere information, but for the one that there is no embedding model."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [
            str(one) for one in lines if one["level"] not in ("info", "debug") and "no embedder" not in one["event"]
        ]


def someone(folder: Path, name: str, server: S3Server | None = None, bucket: str | None = None) -> Person:
    """A person at the computer `name`, with a vault of her own; with a server, her cloud is a bucket of it."""
    person = Person(folder / name, environ={"COGZY_SYSTEM_ID": name})
    if server is not None:
        person.uses(server, bucket)
    return person


def bucket_of(person: Person) -> dict[str, str]:
    """The same bucket for a hub."""
    return {
        name.replace("COGZY_", "AKOSHA_"): value
        for name, value in person.environ.items()
        if name.startswith("COGZY_CLOUD_")
    }


def acknowledged(person: Person) -> int:
    """How many rows her computer noted as taken by the hub."""
    with contextlib.closing(sqlite3.connect(person.vault / "sync" / "state.db")) as state:
        return int(state.execute("SELECT count(*) FROM hub_row").fetchone()[0])


def outcomes(answer: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(attempt["method"], attempt["outcome"], attempt["reason"]) for attempt in answer["attempts"]]

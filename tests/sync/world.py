"""One computer with memory on it, a folder as the cloud, and an engine between them: everything real, all of it small.

A `Computer` owns databases, transcripts and a vault below its own folder. `truth` is what stands there now in a form
that can be compared, `restored` the same of a restored upload.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from core.database.schema import RESERVED
from core.storage import ObjectStore
from core.sync import connect
from core.sync.engine import SyncEngine
from core.sync.events import Command, Event, Restore, Sync
from core.sync.records import RemoteRecord
from core.sync.remote import location_of, remote_key
from core.sync.state import SyncState
from core.vault import LocalVaultService

START = 1_790_000_000.0
DAY = 86_400.0
TABLE = (
    "CREATE TABLE IF NOT EXISTS conversations_v2"
    "(id VARCHAR PRIMARY KEY, content VARCHAR, vector FLOAT[4], said TIMESTAMP)"
)
ROWS = (
    "INSERT OR REPLACE INTO conversations_v2 "
    "SELECT 'c' || i, $1 || ' ' || i, [i, 1, 2, 3], make_timestamp(i * 1000000) FROM range($2, $3) AS r(i)"
)
FILES = ("corpus", "vectors", "traces")


@dataclass
class Clock:
    """The wall clock of a test."""

    now: float = START

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Traffic:
    """Every store that was opened while this is in force; closed ones keep their counts."""

    stores: list[ObjectStore] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return sum(store.traffic.requests for store in self.stores)

    def take(self) -> int:
        """The number of requests since the last `take`."""
        seen = self.requests
        self.stores.clear()
        return seen


@contextlib.contextmanager
def counted() -> Iterator[Traffic]:
    """Count what goes to stores."""
    traffic, real = Traffic(), connect.open_store

    def open_store(*args: Any, **options: Any) -> ObjectStore:
        store = real(*args, **options)
        traffic.stores.append(store)
        return store

    connect.open_store = open_store  # type: ignore[assignment]  # counts what it opens
    try:
        yield traffic
    finally:
        connect.open_store = real


@dataclass
class Computer:
    """One computer. `cloud` is a folder, or `environ` names a bucket."""

    folder: Path
    cloud: Path
    clock: Clock = field(default_factory=Clock)
    environ: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    name: str = "laptop"

    def __post_init__(self) -> None:
        for path in (self.vault, self.memory, self.transcripts, self.cloud):
            path.mkdir(parents=True, exist_ok=True)
        extra = [{"name": "notes", "kind": "sqlite", "path": str(self.notes)}]
        self.environ = {
            "HOME": str(self.folder / "home"),
            "CLAUDE_CONFIG_DIR": str(self.folder / "home" / ".claude"),
            "COGZY_STATE_DIR": str(self.folder / "state"),
            "COGZY_SYSTEM_ID": f"{self.name}-a1b2",
            "COGZY_CLOUD_ENDPOINT": self.cloud.as_uri(),
            "COGZY_SESSION_BUDDY_DIR": str(self.memory),
            "COGZY_SOURCES_CLAUDE_CODE": "true",
            "COGZY_SOURCES_EXTRA": json.dumps(extra),
            "COGZY_RETRY_BACKOFF_SECONDS": "0.01",
            **self.environ,
        }
        self._engine: SyncEngine | None = None
        self._sparing = False

    # ------------------------------------------------------------------ what is on it

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    @property
    def memory(self) -> Path:
        return self.folder / "home" / ".claude" / "data"

    @property
    def reflections(self) -> Path:
        return self.memory / "reflection.duckdb"

    @property
    def graph(self) -> Path:
        return self.memory / "knowledge_graph.duckdb"

    @property
    def transcripts(self) -> Path:
        return self.folder / "home" / ".claude" / "projects"

    @property
    def notes(self) -> Path:
        return self.folder / "home" / "notes.db"

    def service(self) -> LocalVaultService:
        return LocalVaultService.open(self.vault)

    def fill(self) -> None:
        """A little memory of every kind."""
        self.add_rows(0, 200)
        with duckdb.connect(str(self.graph)) as database:
            database.execute("CREATE TABLE kg_entities(id INTEGER PRIMARY KEY, name VARCHAR)")
            database.execute("INSERT INTO kg_entities SELECT i, 'entity ' || i FROM range(50) AS r(i)")
        self.add_note("first")
        self.say("one/session.jsonl", 40)
        self.say("two/session.jsonl", 10)
        self.remember(0, 20)
        self.service().write_trace({"title": "why", "steps": ["a", "b"]})

    def add_rows(self, start: int, stop: int, text: str = "text") -> None:
        """Conversations number `start` to `stop`, new or with another text, in Session-Buddy's database."""
        with duckdb.connect(str(self.reflections)) as database:
            database.execute(TABLE)
            database.execute(ROWS, [text, start, stop])

    def sql(self, *statements: str) -> None:
        """What Session-Buddy does to its database."""
        with duckdb.connect(str(self.reflections)) as database:
            for statement in statements:
                database.execute(statement)

    def add_note(self, text: str) -> None:
        with contextlib.closing(sqlite3.connect(self.notes)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS note(id INTEGER PRIMARY KEY, text TEXT)")
            database.execute("INSERT INTO note(text) VALUES(?)", (text,))

    def say(self, session: str, lines: int) -> None:
        """Lines more in a transcript."""
        path = self.transcripts / session
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            for number in range(lines):
                file.write(json.dumps({"session": session, "line": number, "text": f"{session} {number} " * 9}) + "\n")

    def remember(self, start: int, count: int) -> None:
        """Nodes more in the vault."""
        import numpy as np

        nodes = [
            {
                "id": f"n{number}",
                "source": "test",
                "conversation_id": "c",
                "sequence_index": number,
                "created_at": "2026-01-01T00:00:00Z",
                "human_content": f"question {number}",
                "assistant_content": f"answer {number}",
            }
            for number in range(start, start + count)
        ]
        self.service().append_nodes(nodes, np.full((count, 4), start + 1, np.float32))

    # ------------------------------------------------------------------ the engine

    @property
    def engine(self) -> SyncEngine:
        if self._engine is None:
            self._engine = SyncEngine(
                self.vault, environ=self.environ, emit=self.events.append, clock=self.clock, sparing=self._sparing
            )
        return self._engine

    def be_sparing(self) -> None:
        """Have an engine as the app's worker has it. Before the engine is first used."""
        self._sparing = True

    async def run(self, command: Command) -> Any:
        return await self.engine.run(command)

    async def sync(self, *, expect: bool = True, **options: Any) -> dict[str, Any]:
        """Sync, a second later. `expect`: no notice is expected."""
        self.clock.pass_by(1)
        result: dict[str, Any] = await self.run(Sync(**options))
        assert result["success"]
        if expect:
            assert result["notices"] == ()
        return result

    async def restore(self, upload: str = "latest", into: str = "restored") -> Contents:
        """A new folder with the upload in it, and what is in it."""
        to = self.folder / into
        await self.run(Restore(upload, to=str(to)))
        return contents_of(to)

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.close()
            self._engine = None

    def state(self) -> SyncState:
        """Another connection to what the engine knows. Close it."""
        return SyncState(self.vault / "sync" / "state.db")

    @property
    def key(self) -> str:
        """The name under which the engine keeps what it knows of the cloud."""
        from core import settings

        loaded = settings.ensure_identity(self.vault, self.environ).settings
        return remote_key(location_of(loaded), loaded.vault_id)

    def head(self) -> RemoteRecord:
        with contextlib.closing(self.state()) as state:
            return state.remote(self.key)

    def truth(self) -> Contents:
        """What there is now, in the form of `contents_of`."""
        found: Contents = {}
        for top in FILES:
            for path in sorted((self.vault / top).rglob("*")):
                if path.is_file() and not path.name.startswith(".") and ".damaged-" not in path.name:
                    found[f"vault/{path.relative_to(self.vault).as_posix()}"] = path.read_bytes()
        for path in sorted(self.transcripts.rglob("*")):
            if path.is_file():
                found[f"sources/claude-code/{path.relative_to(self.transcripts).as_posix()}"] = path.read_bytes()
        for source, database in (
            ("session-buddy-reflection", self.reflections),
            ("session-buddy-knowledge-graph", self.graph),
            ("notes", self.notes),
        ):
            if database.exists():
                found[f"sources/{source}/{database.name}"] = tables_of(database)
        return found


Contents = dict[str, Any]
"""Path to bytes; for a database, table to its rows in order."""


def contents_of(folder: Path) -> Contents:
    """What a restore made."""
    found: Contents = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".wal":
            name = path.relative_to(folder).as_posix()
            found[name] = tables_of(path) if path.suffix in (".duckdb", ".db") else path.read_bytes()
    return found


def tables_of(path: Path) -> dict[str, list[Any]]:
    """Every row of every table of a DuckDB or SQLite database."""
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as database:
            names = database.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name NOT IN ('system', 'temp')"
            ).fetchall()
            return {
                f"{schema}.{name}": database.execute(f'SELECT * FROM "{schema}"."{name}" ORDER BY ALL').fetchall()
                for schema, name in names
                if schema not in RESERVED
            }
    with contextlib.closing(sqlite3.connect(path)) as light:
        names = light.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        return {name: light.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for (name,) in names}


def objects(cloud: Path, within: str = "") -> dict[str, bytes]:
    """The objects in a folder store, by key."""
    return {
        path.relative_to(cloud).as_posix(): path.read_bytes()
        for path in sorted(cloud.rglob("*"))
        if path.is_file() and ".cogzy-partial" not in path.parts and within in path.as_posix()
    }


async def gather(*work: Any) -> Sequence[Any]:
    """asyncio.gather whose errors are results."""
    return await asyncio.gather(*work, return_exceptions=True)

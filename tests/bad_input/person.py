"""A person with a computer, a vault, other programs' memory and a cloud, who types commands: whole processes only.

`Person.cogzy` runs a command. `Person.told` runs one that has to fail and holds it to its manners: the right exit code,
one JSON object on standard output, the same three sentences in plain words on standard error, and nothing unfinished
left behind. `Person.must_be_safe` proves that what the person owns is all in the cloud again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from core.vault import LocalVaultService
from tests.forked import Forked
from tests.servers import S3Server

_UNFILLED = re.compile(r"<\w+>|\bNone\b|\{\w*\}|0x[0-9a-f]{6,}")
Command = Sequence[str]
COGZY: Command = (sys.executable, "-I", "-m", "cogzy")


@dataclass(frozen=True)
class Said:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The one JSON object."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def notices(self) -> list[str]:
        """The codes of the notices of a sync."""
        return [notice["code"] for notice in self.answer["notices"]]


@dataclass
class Person:
    """All of it below `folder`. `before` stands before every command; `within`: the process whose mounts they see."""

    folder: Path
    before: Command = ()
    within: int | None = None
    program: Command = COGZY
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in (self.cloud, self.memory, self.folder / "home", self.folder / "run"):
            path.mkdir(parents=True, exist_ok=True)
        self.environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.folder / "home"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "COGZY_VAULT_DIR": str(self.vault),
            "COGZY_STATE_DIR": str(self.folder / "state"),
            "COGZY_SESSION_BUDDY_DIR": str(self.memory),
            "COGZY_CLOUD_ENDPOINT": self.cloud.as_uri(),
            "COGZY_MAX_RETRIES": "0",
            **self.environ,
        }

    # ------------------------------------------------------------------ what there is

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    @property
    def cloud(self) -> Path:
        return self.folder / "cloud"

    @property
    def memory(self) -> Path:
        """Session-Buddy's folder."""
        return self.folder / "memory"

    @property
    def database(self) -> Path:
        return self.memory / "reflection.duckdb"

    def remember(self, *numbers: int, text: str = "answer") -> None:
        """Nodes more in the vault, with their vectors, and a reasoning trace."""
        import numpy as np

        vault = LocalVaultService.open(self.vault)
        nodes = [
            {
                "id": f"n{number}",
                "source": "test",
                "conversation_id": "c",
                "sequence_index": number,
                "created_at": "2026-01-01T00:00:00Z",
                "human_content": f"question {number}",
                "assistant_content": f"{text} {number}",
            }
            for number in numbers
        ]
        vault.append_nodes(nodes, np.array([[number, 1, 2, 3] for number in numbers], np.float32))
        vault.write_trace({"id": f"t{numbers[0]}", "title": "why", "steps": [text]})

    def converse(self, start: int, stop: int) -> None:
        """Rows more in Session-Buddy's database."""
        self.sql(
            "CREATE TABLE IF NOT EXISTS conversations_v2(id VARCHAR PRIMARY KEY, content VARCHAR, vector FLOAT[3])",
            f"INSERT INTO conversations_v2 SELECT 'c' || i, 'text ' || i, [i, 1, 2] FROM range({start}, {stop}) t(i)",
        )

    def sql(self, *statements: str, path: Path | None = None) -> None:
        """What the program that owns a database does."""
        with duckdb.connect(str(path or self.database)) as owner:
            for statement in statements:
                owner.execute(statement)

    def uses(self, server: S3Server, bucket: str | None = None) -> str:
        """Use a bucket of this server, a new one unless one is named; returns its name."""
        bucket = bucket or server.new_bucket()
        self.environ |= {
            "COGZY_CLOUD_ENDPOINT": server.url,
            "COGZY_CLOUD_BUCKET": bucket,
            "COGZY_CLOUD_KEY_ID": server.ak,
            "COGZY_CLOUD_SECRET": server.sk,
        }
        return bucket

    # ------------------------------------------------------------------ commands

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command and do not wait for it."""
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        given = {**streams, "text": True, "env": self.environ | environ, "cwd": self.folder}
        if not self.before and self.program is COGZY:
            return Forked(["cogzy", *arguments], within=self.within, **given)
        return subprocess.Popen([*self.before, *self.program, *arguments], **given)

    def run(self, *arguments: str, **environ: str) -> Said:
        """Run a command, however it ends. No command ever shows a stack trace."""
        process = self.start(*arguments, **environ)
        out, err = process.communicate(timeout=60)
        assert "Traceback" not in out + err, out + err
        assert "client.internal" not in out, err + self.log()
        return Said(process.returncode, out, err)

    def cogzy(self, *arguments: str, code: int = 0, **environ: str) -> Said:
        """Run a command with --json that ends with this exit code."""
        said = self.run(*arguments, "--json", **environ)
        assert said.code == code, said.out + said.err
        return said

    def told(self, *arguments: str, error: str, code: int, **environ: str) -> dict[str, Any]:
        """Run a command that fails with this error and exit code, and says so in plain words; returns the error."""
        said = self.cogzy(*arguments, code=code, **environ)
        found: dict[str, Any] = said.answer["error"]
        assert found["code"] == error, found
        for sentence in (found["title"], found["cause"], found["next_step"]):
            assert sentence, found
            assert sentence in said.err
            assert not _UNFILLED.search(sentence), sentence
        assert self.leftovers() == [], "what a failed run has begun must be gone"
        return found

    def sync(self, *arguments: str, **environ: str) -> Said:
        """A sync that succeeds."""
        said = self.cogzy("sync", *arguments, **environ)
        assert said.answer["success"]
        return said

    # ------------------------------------------------------------------ what must hold

    def leftovers(self) -> list[str]:
        """What stands in the vault's staging folder, where nothing stands between runs."""
        staging = self.vault / "sync" / "staging"
        return sorted(path.name for path in staging.iterdir()) if staging.is_dir() else []

    def log(self) -> str:
        """The end of the log."""
        path = self.vault / "logs" / "cogzy.log"
        return path.read_text()[-4000:] if path.exists() else ""

    def truth(self) -> dict[str, Any]:
        """What the person owns now: bytes of files, rows of databases, by the path that a restore gives them."""
        found: dict[str, Any] = {}
        for top in ("corpus", "vectors", "traces"):
            for path in sorted((self.vault / top).rglob("*")):
                if path.is_file() and ".damaged-" not in path.name:
                    found[f"vault/{path.relative_to(self.vault).as_posix()}"] = path.read_bytes()
        if self.database.exists():
            found["sources/session-buddy-reflection/reflection.duckdb"] = rows_of(self.database)
        return found

    def restored(self, upload: str = "latest", **environ: str) -> dict[str, Any]:
        """What a restore into a new folder brings, in the form of `truth`."""
        to = self.folder / "restored"
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(to)
        self.cogzy("restore", upload, "--to", str(to), **environ)
        return contents_of(to)

    def must_be_safe(self) -> None:
        """The next sync succeeds, and everything that is here comes back from the cloud."""
        self.sync()
        assert self.restored() == self.truth()


def contents_of(folder: Path) -> dict[str, Any]:
    """The files below a folder; of databases the rows."""
    return {
        path.relative_to(folder).as_posix(): rows_of(path) if path.suffix in (".duckdb", ".db") else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".wal"
    }


def rows_of(path: Path) -> dict[str, list[Any]]:
    """Every row of every table of a database, as text that tells NULL from an empty list and 0.0 from -0.0."""
    if path.suffix == ".db":
        with contextlib.closing(sqlite3.connect(path)) as light:
            names = [name for (name,) in light.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            return {name: light.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for name in names}
    with duckdb.connect(str(path), read_only=True) as database:
        names = database.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        found = {}
        for schema, name in names:
            table = f"{_quoted(schema)}.{_quoted(name)}"
            columns = [item[0] for item in database.execute(f"SELECT * FROM {table} LIMIT 0").description]
            as_text = ", ".join(f"{_quoted(column)}::VARCHAR" for column in columns)
            found[f"{schema}.{name}"] = database.execute(f"SELECT {as_text} FROM {table} ORDER BY ALL").fetchall()
        return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

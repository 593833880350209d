"""Random changes, random kills, a random network, random restores: is anything ever lost or wrong?

    python -m benchmarks.soak --minutes 5 [--seed 7] [--keep DIR]

One computer with a vault, transcripts, an SQLite and two DuckDB databases syncs to a real S3 server through a proxy
that misbehaves. One of the databases is written all the time by another process. Every sync and restore is a real
`cogzy` process; some are killed, at a named step or after a random while. A model knows what each committed upload must
hold. The seed decides every choice; only how far a process is when it is killed by the clock differs between runs.

The last line is one JSON object; `failures` must be empty, else the exit code is 1 and the folder is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.proxy import Fault, FaultProxy, Request, Script, ThreadedProxy, answer, cut, lost_reply, reset, stall
from tests.servers import S3Server, serve
from tests.sync.test_crashes import STEPS
from tests.sync.world import Computer, Contents, contents_of
from tests.writers import Judge, Writer, writing

FAULTS: tuple[Fault, ...] = (
    cut(-1),
    cut(500),
    cut(1, "down"),
    lost_reply(),
    reset(),
    reset(0, "down"),
    stall(-1),
    stall(-1, "down"),
    answer("500 Internal Server Error"),
    answer("503 Slow Down", retry_after="0"),
)
LIVE = "sources/live/live.duckdb"
PROCESS_SECONDS = 120
KILLED = -9
PASSPHRASE = "seven quiet horses cross the ford"


@dataclass(frozen=True)
class Expected:
    """What an upload must hold. `live`: how many transactions of the live database at least."""

    contents: Contents
    live: int


@dataclass
class Soak:
    """One run. Every method named `do_...` is something that can happen."""

    random: random.Random
    folder: Path
    server: S3Server
    proxy: ThreadedProxy
    writer: Writer
    judge: Judge
    computer: Computer
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    uploads: dict[str, Expected] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    said: int = 0

    def encrypt(self) -> None:
        """From the beginning, everything goes up encrypted."""
        self.computer.environ["COGZY_PASSPHRASE"] = PASSPHRASE
        done = self._cogzy("encrypt", "--new", "--json")
        self._demand(done.returncode == 0, f"encrypt ended with {done.returncode}: {done.stdout[-500:]}")
        self.counts["encrypted"] = 1

    # ------------------------------------------------------------------ changes

    def do_transcript(self) -> None:
        self.said += 1
        lines = self.random.choice((1, 1, 1, 20, 400))
        self.computer.say(f"{self.random.choice('abc')}/session-{self.random.randrange(4)}.jsonl", lines)

    def do_delete_transcript(self) -> None:
        found = sorted(self.computer.transcripts.rglob("*.jsonl"))
        if len(found) > 2:
            self.random.choice(found).unlink()

    def do_big_file(self) -> None:
        path = self.computer.transcripts / "big" / f"{self.random.randrange(3)}.bin"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(self.random.randbytes(self.random.randrange(1 << 16, 12 << 20)))

    def do_rows(self) -> None:
        start = self.random.randrange(2000)
        self.computer.add_rows(start, start + self.random.choice((1, 3, 50)), f"edition {self.random.random()}")
        if self.random.random() < 0.3:
            self.computer.sql(f"DELETE FROM conversations_v2 WHERE id = 'c{self.random.randrange(2000)}'")

    def do_schema(self) -> None:
        name = f"extra_{self.random.randrange(5)}"
        self.computer.sql(
            f"CREATE TABLE IF NOT EXISTS {name}(id INTEGER PRIMARY KEY, text VARCHAR)",
            f"INSERT OR REPLACE INTO {name} VALUES ({self.random.randrange(99)}, 'x')",
        )

    def do_note(self) -> None:
        self.computer.add_note(f"note {self.random.random()}")

    def do_memories(self) -> None:
        self.said += 1
        self.computer.remember(self.said * 1000, self.random.choice((1, 5, 60)))

    def do_trace(self) -> None:
        self.computer.service().write_trace({"title": f"trace {self.random.random()}"})

    def do_delete_trace(self) -> None:
        found = sorted((self.computer.vault / "traces").glob("*.json"))
        if found:
            self.random.choice(found).unlink()

    # ------------------------------------------------------------------ accidents between syncs

    def do_lose_state(self) -> None:
        for path in (self.computer.vault / "sync").glob("state.db*"):
            path.unlink()

    def do_damage_state(self) -> None:
        path = self.computer.vault / "sync" / "state.db"
        if path.exists():
            with path.open("r+b") as file:
                file.seek(4096 * self.random.randrange(path.stat().st_size // 4096))
                file.write(self.random.randbytes(4096))

    def do_lose_rows(self) -> None:
        shutil.rmtree(self.computer.vault / "sync" / "rows", ignore_errors=True)

    def do_empty_bucket(self) -> None:
        client = self.server.client()
        for key in self._keys():
            client.delete_object(Bucket=self.computer.environ["COGZY_CLOUD_BUCKET"], Key=key)
        self.uploads.clear()

    def do_look(self) -> None:
        status = self._cogzy("status", "--json")
        self._demand(status.returncode == 0, f"status ended with {status.returncode}: {status.stderr[-500:]}")

    # ------------------------------------------------------------------ syncs and restores

    def do_sync(self) -> None:
        faults, environ, after = self._network(), {}, None
        if self.random.random() < 0.3:
            environ["COGZY_CRASH_AT"] = f"{self.random.choice(STEPS)}:{self.random.choice((1, 1, 1, 2))}"
        elif self.random.random() < 0.2:
            after = self.random.uniform(0.1, 2.5)
        arguments = ["--full"] if self.random.random() < 0.05 else []
        self._sync(arguments, environ, faults, after)

    def do_restore(self) -> None:
        if not self.uploads:
            return
        upload = self.random.choice(sorted(self.uploads))
        self.proxy.script = self._network()
        self._restore(upload)
        self.proxy.script = None

    def do_verify(self) -> None:
        if not self.uploads:
            return
        done = self._cogzy("verify", "--sample", "30", "--json")
        self._demand(done.returncode == 0, f"verify ended with {done.returncode}: {done.stdout[-2000:]}")
        self.counts["verifications"] += 1

    def finish(self) -> None:
        """Undisturbed, everything goes up and every upload comes back."""
        self.proxy.script = None
        self._sync([], {}, None, None, must_succeed=True)
        for upload in self.random.sample(sorted(self.uploads), min(6, len(self.uploads))):
            self._restore(upload)
        if self.uploads:
            self._restore(max(self.uploads))
        self.do_verify()
        deadline = time.monotonic() + 10
        while (left := self._processes()) and time.monotonic() < deadline:
            time.sleep(0.2)
        self._demand(not left, f"processes that outlived their parents: {left}")
        self._demand(not list((self.computer.vault / "sync" / "staging").iterdir()), "staging is not empty")

    def _sync(
        self,
        arguments: list[str],
        environ: Mapping[str, str],
        faults: Script | None,
        after: float | None,
        *,
        must_succeed: bool = False,
    ) -> None:
        truth, live = self.computer.truth(), self.writer.committed
        before = max(self.uploads, default=None)
        kept = self.uploads[before] if before else Expected({}, 0)
        for path, content in kept.contents.items():
            if path.startswith("sources/"):
                truth.setdefault(path, content)  # what its owner deleted stays
        self.proxy.script = faults
        done = self._cogzy("sync", "--json", *arguments, after=after, **environ)
        self.proxy.script = None
        self.counts["syncs"] += 1
        result = self._result(done, "sync")
        told = {notice["params"].get("name") for notice in result.get("notices", ())}
        if done.returncode != 0 or "live" in told:
            live = kept.live
        new = self._uploads() - self.uploads.keys()
        self._demand(len(new) <= 1, f"one sync made {len(new)} uploads: {sorted(new)}")
        for upload in new:
            self.uploads[upload] = Expected(truth, live)
        gone = self.uploads.keys() - self._uploads()
        self._demand(not gone, f"uploads that are not there any more: {sorted(gone)}")
        if done.returncode == 0:
            self.counts["succeeded"] += 1
            newest = max(self.uploads, default="")
            self._demand(result.get("upload_id") == newest, f"{result.get('upload_id')} is not the newest, {newest}")
            same = bool(newest) and self.uploads[newest].contents == truth
            self._demand(same or bool(told), f"a sync succeeded without all there is; notices about {told}")
        elif done.returncode == KILLED:
            self.counts["killed"] += 1
        else:
            self.counts["failed"] += 1
            self._demand(not must_succeed, f"an undisturbed sync failed: {done.stdout[-1500:]}{done.stderr[-500:]}")

    def _restore(self, upload: str) -> None:
        to, expected = self.folder / f"restored-{self.counts['restores']}", self.uploads[upload]
        disturbed = self.proxy.script is not None
        done = self._cogzy("restore", upload, "--to", str(to), "--json")
        self._result(done, "restore")
        self.counts["restores"] += 1
        if done.returncode != 0:
            self._demand(disturbed, f"an undisturbed restore of {upload} failed: {done.stdout[-1500:]}")
            self._demand(not to.exists(), f"a failed restore of {upload} left something behind")
            return
        found = contents_of(to)
        if found.pop(LIVE, None) is not None:
            verdict = self.judge.verdict(to / LIVE, expected.live)
            self._demand(verdict["ok"], f"the live database in {upload}: {verdict['problem']}")
        differing = {p for p in found.keys() | expected.contents.keys() if found.get(p) != expected.contents.get(p)}
        self._demand(not differing, f"{upload} came back differently: {sorted(differing)}")
        if not differing:
            shutil.rmtree(to)

    def _network(self) -> Script | None:
        """Sometimes nothing, mostly faults here and there, sometimes a network that is broken from a request on."""
        mood, chooser = self.random.random(), random.Random(self.random.random())
        if mood < 0.4:
            return None
        lasting, first = mood > 0.85, chooser.randrange(8)
        fault, seen = chooser.choice(FAULTS), [0]

        def script(_: Request) -> Fault | None:
            seen[0] += 1
            if lasting:
                return fault if seen[0] > first else None
            return chooser.choice(FAULTS) if chooser.random() < 0.15 else None

        return script

    # ------------------------------------------------------------------ inside

    def _cogzy(self, *arguments: str, after: float | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-m", "cogzy", "--vault", str(self.computer.vault), *arguments]
        process = subprocess.Popen(
            command,
            env={**os.environ, **self.computer.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            out, err = process.communicate(timeout=after or PROCESS_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self._demand(after is not None, f"`cogzy {' '.join(arguments)}` hung for {PROCESS_SECONDS} s")
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def _result(self, done: subprocess.CompletedProcess[str], what: str) -> dict[str, Any]:
        """The JSON object that a process printed; a killed one prints none."""
        self._demand("Traceback" not in done.stderr, f"{what}: {done.stderr[-1500:]}")
        if done.returncode == KILLED:
            return {}
        try:
            result: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            self._demand(False, f"{what} ended with {done.returncode} and no JSON: {done.stdout[-500:]}")
            return {}
        code = (result.get("error") or {}).get("code")
        if code:
            self.counts[f"error {code}"] += 1
        self._demand(code != "client.internal", f"{what} met a bug: {result.get('error')}")
        return result

    def _keys(self) -> list[str]:
        pages = self.server.client().get_paginator("list_objects_v2")
        bucket = self.computer.environ["COGZY_CLOUD_BUCKET"]
        return [item["Key"] for page in pages.paginate(Bucket=bucket) for item in page.get("Contents", ())]

    def _uploads(self) -> set[str]:
        return {key.split("/")[-2] for key in self._keys() if key.endswith("/manifest.json")}

    def _processes(self) -> list[str]:
        """Processes of Cogzy that work for this soak."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("COGZY_STATE_DIR") == self.computer.environ["COGZY_STATE_DIR"]
                if ours and process.pid != os.getpid():
                    found.append(" ".join(process.cmdline()))
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return found

    def _demand(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.failures.append(f"step {len(self.history)} ({' '.join(self.history[-6:])}): {otherwise}")
            print(f"FAILED {self.failures[-1]}", flush=True)


OFTEN: tuple[tuple[str, int], ...] = (
    ("transcript", 20),
    ("delete_transcript", 2),
    ("big_file", 3),
    ("rows", 15),
    ("schema", 2),
    ("note", 6),
    ("memories", 12),
    ("trace", 5),
    ("delete_trace", 2),
    ("lose_state", 2),
    ("damage_state", 1),
    ("lose_rows", 1),
    ("empty_bucket", 1),
    ("look", 2),
    ("sync", 45),
    ("restore", 12),
    ("verify", 2),
)
"""What happens, and how often of a hundred or so times."""


def soak(chooser: random.Random, folder: Path, minutes: float) -> Soak:
    """Let things happen for so long, then look whether all is well."""
    with (
        serve("rclone", folder) as server,
        FaultProxy(server.url).in_thread() as proxy,
        Judge() as judge,
        writing("duckdb", _made(folder / "live") / "live.duckdb", "auto", pace=0.05) as writer,
    ):
        computer = Computer(folder / "laptop", folder / "unused", environ=_settings(folder, server, proxy.url, chooser))
        computer.fill()
        computer.add_rows(0, 2000)
        run = Soak(chooser, folder, server, proxy, writer, judge, computer)
        if chooser.random() < 0.4:
            run.encrypt()
        names, weights = zip(*OFTEN, strict=True)
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end and len(run.failures) < 5:
            name = chooser.choices(names, weights)[0]
            run.history.append(name)
            happen: Callable[[], None] = getattr(run, f"do_{name}")
            happen()
        run.history.append("finish")
        run.finish()
        run.counts["transactions of the live database"] = writer.committed
        return run


def _settings(folder: Path, server: S3Server, url: str, chooser: random.Random) -> dict[str, str]:
    sources = [
        {"name": "notes", "kind": "sqlite", "path": str(folder / "laptop" / "home" / "notes.db")},
        {"name": "live", "kind": "duckdb", "path": str(folder / "live" / "live.duckdb")},
    ]
    return {
        "COGZY_CLOUD_ENDPOINT": url,
        "COGZY_CLOUD_BUCKET": server.new_bucket(),
        "COGZY_CLOUD_PREFIX": "memory",
        "COGZY_CLOUD_KEY_ID": server.ak,
        "COGZY_CLOUD_SECRET": server.sk,
        "COGZY_UPLOAD_TIMEOUT_SECONDS": "4",
        "COGZY_MAX_RETRIES": "2",
        "COGZY_NETWORK_CONNECT_SECONDS": "1",
        "COGZY_SOURCES_EXTRA": json.dumps(sources),
        "COGZY_ENABLE_COMPRESSION": chooser.choice(("true", "true", "false")),
        "COGZY_ENABLE_DEDUPLICATION": chooser.choice(("true", "true", "true", "false")),
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def main() -> int:
    """Soak, tell, and keep what failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, default=None, help="work here, and keep it")
    options = parser.parse_args()
    seed = secrets.randbelow(1 << 31) if options.seed is None else options.seed
    folder = options.keep or Path(tempfile.mkdtemp(prefix="cogzy-soak-"))
    print(f"seed {seed}, in {folder}", flush=True)
    run = soak(random.Random(seed), folder, options.minutes)
    told = {
        "seed": seed,
        "minutes": options.minutes,
        "steps": len(run.history),
        "uploads": len(run.uploads),
        **dict(sorted(run.counts.items())),
        "requests": len(run.proxy.requests),
        "failures": run.failures,
    }
    if not run.failures and options.keep is None:
        shutil.rmtree(folder)
    print(json.dumps(told))
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())

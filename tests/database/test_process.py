"""The child: its deadline, its death, its manners."""

from __future__ import annotations

import asyncio
import shutil
import sys
import threading
import time
from asyncio.unix_events import ThreadedChildWatcher
from pathlib import Path
from typing import Any

import duckdb
import numpy
import psutil
import pytest

import core.database as database
from core.database import DatabaseError, DeltaFiles, TableState, process
from core.errors import DamageError
from tests.database.live import Live, contents

pytestmark = pytest.mark.asyncio


@pytest.fixture
def live(tmp_path: Path) -> Live:
    live = Live(tmp_path)
    live.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR, e FLOAT[3])",
        "INSERT INTO t SELECT i, 'v', [i, 1, 2] FROM range(100) r(i)",
    )
    return live


def instead(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let the child be a Python that does `script`."""
    monkeypatch.setattr(process, "child_command", lambda: [sys.executable, "-I", "-c", script])


async def scan(live: Live, **more: object) -> database.Scan:
    return await database.scan(
        live.path,
        known=None,
        next_state=live.folder / "state",
        out=live.folder / "out",
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.usefixtures("forked_databases")
async def test_scan_rebuild_and_check_through_the_child(live: Live, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    first = await scan(live, progress=lambda *step: seen.append(step))
    assert (first.decision, first.verified, seen) == ("image", True, [("main.t", 0, 1)])
    shutil.copy(live.path, live.image)
    live.run("UPDATE t SET v = 'w' WHERE id < 5", "DELETE FROM t WHERE id = 50")
    second = await database.scan(
        live.path, known=tmp_path / "state", next_state=tmp_path / "next", out=tmp_path / "out"
    )
    assert (second.decision, second.deltas[0].rows_count, second.deltas[0].gone_count) == ("delta", 5, 1)
    rebuilt = await database.rebuild(live.image, [DeltaFiles(second.deltas)], second.tables, live.restored)
    assert rebuilt == database.Rebuilt((), second.tables)
    assert contents(live.restored) == contents(live.path)
    assert await database.check(live.restored, second.tables) == second.tables
    assert await database.check(live.restored, None) == second.tables
    with pytest.raises(DamageError) as caught:
        await database.check(live.restored, [TableState("main.t", 100, "0" * 32)])
    assert (caught.value.code, caught.value.params) == ("database.digest_differs", {"table": "main.t"})
    left = await asyncio.to_thread(lambda: {path.name for path in (tmp_path / "out").iterdir()})
    assert left == {"0.rows.parquet", "0.gone.parquet"}


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), 11)", "os._exit(7)", "raise SystemExit(0)", "print('junk')"])
async def test_a_child_that_dies_is_a_torn_copy(live: Live, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    instead(monkeypatch, f"import os, sys; sys.stderr.write('its last words'); sys.stderr.flush(); {how}")
    with pytest.raises(DatabaseError) as caught:
        await scan(live)
    assert (caught.value.code, caught.value.torn) == ("database.reader_died", True)
    assert "its last words" in str(caught.value.__cause__)


async def test_what_a_child_writes_to_standard_error_is_not_inherited(
    live: Live, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    instead(monkeypatch, "import sys; sys.stderr.write('noise ' * 100_000); sys.exit(1)")
    with pytest.raises(DatabaseError) as caught:
        await scan(live)
    assert len(str(caught.value.__cause__)) < 3000
    assert "noise" not in "".join(capfd.readouterr())


def children() -> set[int]:
    """Our children's process ids: the servers of other tests may be among them."""
    return {child.pid for child in psutil.Process().children()}


async def test_a_child_past_its_deadline_is_killed(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import time; time.sleep(60)")
    before = children()
    with pytest.raises(DatabaseError) as caught:
        await scan(live, deadline=0.3)
    assert (caught.value.code, caught.value.torn) == ("database.timeout", False)
    assert children() == before


async def test_a_cancelled_caller_leaves_no_child(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import time; time.sleep(60)")
    before = children()
    task = asyncio.create_task(scan(live))
    async with asyncio.timeout(20):
        while children() == before:  # noqa: ASYNC110  nothing tells when a process is there
            await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == before


async def test_a_child_ends_when_its_parent_was_killed() -> None:
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-I', '-m', 'core.database.child'], stdin=subprocess.PIPE)\n"
        "child.stdin.write(b'{\"do\":'); child.stdin.flush()\n"
        "print(child.pid, flush=True); time.sleep(60)\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-I", "-c", script, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    child = psutil.Process(int(await parent.stdout.readline()))
    parent.kill()
    await parent.wait()
    await asyncio.to_thread(child.wait, 20)
    assert not child.is_running()


@pytest.mark.usefixtures("forked_databases")
async def test_paths_of_any_kind(tmp_path: Path) -> None:
    live = Live(tmp_path / 'it\'s a "folder" ä;--')
    live.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    found = await scan(live)
    assert found.verified
    assert await database.check(live.path, found.tables) == found.tables


@pytest.mark.usefixtures("forked_databases")
async def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    live = Live(tmp_path)
    with pytest.raises(DatabaseError, match="No such file"):
        await scan(live)
    assert not live.path.exists()
    with pytest.raises(DatabaseError):
        await database.check(live.path, None)
    assert not live.path.exists()


async def test_the_child_stays_in_little_memory(tmp_path: Path) -> None:
    live = Live(tmp_path)
    vectors = numpy.random.default_rng(1).random((384, 10_000), dtype="float32")
    with duckdb.connect(str(live.path)) as owner:
        owner.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v FLOAT[384])")
        numbers = ", ".join(f"column{place}" for place in range(384))
        for start in range(0, 40_000, 10_000):
            owner.execute(f"INSERT INTO t SELECT {start} + row_number() OVER (), [{numbers}] FROM vectors")
    del vectors
    assert live.path.stat().st_size > 50_000_000
    peak, before = 0, children()

    async def watch() -> None:
        nonlocal peak
        while True:
            for child in (one for one in psutil.Process().children() if one.pid not in before):
                try:
                    peak = max(peak, child.memory_full_info().pss if sys.platform == "linux" else 0)
                except psutil.Error:
                    continue
            await asyncio.sleep(0.02)

    watcher = asyncio.create_task(watch())
    found = await scan(live)
    watcher.cancel()
    assert found.tables[0].rows == 40_000
    assert 0 < peak < 150 << 20 or sys.platform != "linux", peak


def dead(pid: int) -> None:
    """Wait until it has ended and nobody took its exit code."""
    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


async def test_a_child_that_died_just_before_it_is_killed_keeps_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Process.kill would take the exit code away from asyncio, which then warns and makes one up: 255."""
    instead(monkeypatch, "import sys; sys.exit(7)")
    asked, waits = threading.Event(), ThreadedChildWatcher._do_waitpid

    def late(self: ThreadedChildWatcher, *args: Any) -> None:
        asked.wait(10)
        waits(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(ThreadedChildWatcher, "_do_waitpid", late)
    child = database.Child()
    await child.start()
    started = child._process
    assert started is not None
    dead(started.pid)  # here and not beside: from 3.12 on it is the loop that takes the exit code
    closing = asyncio.create_task(child.close())
    await asyncio.sleep(0.05)
    asked.set()
    await closing
    assert started.returncode == 7
    assert not caplog.records

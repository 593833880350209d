"""The computer sleeps and wakes with the real app on it: nothing is torn, and what was due meanwhile is caught up."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.desktop.rig import program
from tests.desktop.rig.desktop import Desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import App, wait_for
from tests.servers import S3Server

SETTLE = 1.5
FAST = f"""#!{sys.executable} -I
import sys
from core.sync import schedule
schedule.LOOK_SECONDS, schedule.SETTLE_SECONDS = 0.2, {SETTLE}
from cogzy.__main__ import main
sys.exit(main())
"""
"""The program, with a clock for tests."""


@pytest.fixture
def fast_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "cogzy"
    script.write_text(FAST)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(program, "COGZY", script)


@contextmanager
def asleep(app: App, screen: Desktop) -> Iterator[None]:
    """Nothing of the app runs, as while the lid is closed; logind says so before and after."""
    screen.machine.sleep(True)
    family = app.family()
    for process in family:
        process.suspend()
    try:
        wait_for(lambda: all(one.status() == psutil.STATUS_STOPPED for one in family), 5)
        yield
    finally:
        for process in reversed(family):
            os.kill(process.pid, signal.SIGCONT)
        screen.machine.sleep(False)


def runs(home: Home) -> list[dict[str, Any]]:
    """The syncs that ended, newest first."""
    from core.sync.history import latest_runs
    from core.sync.state_file import StateFile

    state = StateFile(home.vault / "sync" / "state.db")
    try:
        return [run for run in latest_runs(state, 100) if run["ended_at"]]
    finally:
        state.close()


@pytest.mark.usefixtures("fast_clock")
def test_a_sync_that_sleeps_is_not_torn_and_one_that_was_due_comes_after_waking(
    start_app: Callable[..., App], screen: Desktop, other_home: Home, rclone_s3: S3Server
) -> None:
    settings = {"schedule.enabled": True, "schedule.quiet_seconds": 0, "schedule.new_memories": 1}
    other_home.use_bucket(rclone_s3, {**settings, "limits.upload_kb_per_second": 800})
    other_home.add_transcripts(1)
    app = start_app("--hidden")
    app.wait_until_it_owns()
    icon = wait_for(lambda: screen.tray.items and screen.tray.icon)
    wait_for(lambda: app.workers() and ("Packing" in icon.tooltip or "Sending" in icon.tooltip), 20, app.log)
    with asleep(app, screen):
        pass
    wait_for(lambda: runs(other_home), 40, app.log)
    assert [run["outcome"] for run in runs(other_home)] == ["succeeded"]

    with asleep(app, screen):
        other_home.computer.remember(500, 3)
        woken = time.time()
    wait_for(lambda: len(runs(other_home)) == 2, 40, app.log)
    caught_up = runs(other_home)[0]
    assert (caught_up["trigger"], caught_up["outcome"]) == ("schedule", "succeeded")
    assert caught_up["started_at"] >= woken + SETTLE - 0.2

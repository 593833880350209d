"""The app on a screen of its own: how fast it is there, what it takes while it waits and while it works, how it goes.

    python -m benchmarks.window [--starts 5] [--megabytes 100] [--idle 60]

One JSON line each: `start` (seconds from the command to the icon and to the window, medians; `icon_cpu` is the
processor time to the icon, which other programs disturb less), `syncing` (most memory of all its processes during a
first sync, what each of them took then, and how long the sync took), `idle` (memory after the worker left, and
processor time in percent of one core), `quit` (seconds, idle and in the middle of an upload). Memory is the sum of PSS
in MB.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from core import settings
from tests.desktop.rig.desktop import Desktop, desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import COGZY, App, wait_for
from tests.servers import S3Server, serve

WORKER_LEAVES_SECONDS = 60.0
LIMITS = {"icon": 1.0, "window": 1.5, "idle_mb": 110.0, "syncing_mb": 250.0, "idle_percent": 0.5, "quit": 5.0}


def main() -> int:
    """Measure, print, and say by the exit code whether every figure holds."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--starts", type=int, default=5)
    words.add_argument("--megabytes", type=int, default=100)
    words.add_argument("--idle", type=float, default=60.0)
    options = words.parse_args()
    with _computer() as (home, screen, server):
        found = _starts(home, screen, options.starts)
        home.use_bucket(server, {"schedule.enabled": True, "schedule.launch_check": True})
        home.add_transcripts(options.megabytes, files=50)
        with _running(home, screen) as app:
            found |= _syncing(app, screen, options.megabytes)
            found |= _idle(app, options.idle)
            found |= {"quit": app.end()}
            _say("quit", seconds=found["quit"], left=app.left())
        home.set_up({**_bucket(home), "limits.upload_kb_per_second": 500})
        home.add_transcripts(20)
        with _running(home, screen) as app:
            found["quit"] = max(found["quit"], _quit_in_an_upload(app))
    over = {name: value for name, value in found.items() if value > LIMITS[name]}
    _say("limits", over=over)
    return 1 if over else 0


@contextmanager
def _computer() -> Iterator[tuple[Home, Desktop, S3Server]]:
    with tempfile.TemporaryDirectory(prefix="cogzy-window-") as name:
        folder = Path(name)
        (folder / "screen").mkdir()
        home = Home(folder / "laptop")
        home.computer.fill()
        home.set_up()
        with serve("rclone", folder) as server, desktop(folder / "screen") as screen:
            screen.machine.appear()
            screen.notifications.appear()
            screen.tray.appear()
            yield home, screen, server


@contextmanager
def _running(home: Home, screen: Desktop, *words: str) -> Iterator[App]:
    screen.tray.items.clear()
    app = App(home, screen.environ, *words)
    try:
        yield app
    finally:
        app.close()


def _starts(home: Home, screen: Desktop, count: int) -> dict[str, float]:
    icons, windows, work = [], [], []
    for _ in range(count + 1):
        with _running(home, screen) as app:
            wait_for(lambda: screen.tray.items, 20)
            icons.append(time.monotonic() - app.started_at)
            work.append(sum(app.family()[0].cpu_times()[:2]))
            screen.wait_for_window(seconds=20)
            windows.append(time.monotonic() - app.started_at)
            app.wait_until_it_owns()
            app.end()
    found = {"icon": statistics.median(icons[1:]), "window": statistics.median(windows[1:])}  # the first was cold
    _say("start", icon=found["icon"], window=found["window"], icon_cpu=statistics.median(work), icons=icons)
    return found


def _syncing(app: App, screen: Desktop, megabytes: int) -> dict[str, float]:
    app.wait_until_it_owns()
    wait_for(lambda: screen.tray.items, 20)
    icon = screen.tray.icon
    wait_for(lambda: "Ready" in icon.tooltip, 10)
    began, most, each, done = time.monotonic(), 0.0, [], False
    icon.choose("Sync now")
    while not done:
        now = _memory_of_each(app)
        if (together := sum(taken for _, taken in now)) > most:
            most, each = together, now
        done = "Up to date" in icon.tooltip
        time.sleep(0.05)
    seconds = time.monotonic() - began
    _say(
        "syncing",
        pss_mb=most,
        each=[f"{name} {taken:.0f}" for name, taken in each],
        seconds=seconds,
        megabytes=megabytes,
    )
    return {"syncing_mb": most}


def _memory_of_each(app: App) -> list[tuple[str, float]]:
    found = []
    for process in app.family():
        try:
            kind = next((word for word in process.cmdline() if word in ("--worker", "--database", "--embed")), "app")
            found.append((kind.strip("-"), process.memory_full_info().pss / 1e6))
        except psutil.NoSuchProcess:
            continue
    return found


def _idle(app: App, seconds: float) -> dict[str, float]:
    wait_for(lambda: not app.workers(), WORKER_LEAVES_SECONDS + 30, "the worker stays")
    time.sleep(2.0)
    process = app.family()[0]
    before, began = sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(seconds)
    percent = 100 * (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - began)
    found = {"idle_mb": app.pss() / 1e6, "idle_percent": percent}
    _say("idle", pss_mb=found["idle_mb"], percent=percent, seconds=seconds)
    return found


def _quit_in_an_upload(app: App) -> float:
    app.wait_until_it_owns()
    command = subprocess.Popen(
        [str(COGZY), "sync"], env=app.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(app.workers, 20)
    time.sleep(2.0)
    family = app.family()
    seconds = app.end()
    orphans = sum(process.is_running() for process in family)
    command.wait()
    _say("quit", seconds=seconds, in_an_upload=True, left=app.left(), orphans=orphans)
    return seconds


def _bucket(home: Home) -> dict[str, object]:
    sync = settings.load(home.vault, {}).settings.sync
    return {"cloud_endpoint": sync.cloud_endpoint, "cloud_bucket": sync.cloud_bucket}


def _say(what: str, **figures: object) -> None:
    print(json.dumps({"measured": what, **{name: _short(value) for name, value in figures.items()}}), flush=True)


def _short(value: object) -> object:
    if isinstance(value, list | dict):
        return [_short(one) for one in value] if isinstance(value, list) else {n: _short(v) for n, v in value.items()}
    return round(value, 2) if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main())

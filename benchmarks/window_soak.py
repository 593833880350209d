"""The app through a thousand syncs, and ten minutes of nothing: does it grow, does it stay quiet?

    python -m benchmarks.window_soak [--syncs 1000] [--idle 600] [--growth 10]

Each sync follows a change of a database, asked for over the socket like `cogzy sync`; every fiftieth opens and hides
the window. One JSON line every hundred syncs (memory of the app alone as USS in MB, which other
programs do not change, and of all its processes as PSS; open files, threads), then the idle
figures. The exit code says whether the app grew by more than `--growth` MB after the first hundred or so, or took
more than half a percent of a core while nothing happened.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import tempfile
import time
from pathlib import Path

from core.client import finish
from core.control.client import SocketEngine
from core.sync.events import Sync
from tests.desktop.rig.desktop import Desktop, desktop
from tests.desktop.rig.home import Home
from tests.desktop.rig.program import App, wait_for

EVERY = 100
WORKER_LEAVES_SECONDS = 90.0
MOST_PERCENT = 0.5


def main() -> int:
    """Run it all."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--syncs", type=int, default=1000)
    words.add_argument("--idle", type=float, default=600.0)
    words.add_argument("--growth", type=float, default=10.0, help="MB")
    options = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="cogzy-soak-") as name:
        folder = Path(name)
        (folder / "screen").mkdir()
        home = Home(folder / "laptop")
        home.computer.fill()
        home.set_up({"schedule.enabled": True})
        with desktop(folder / "screen") as screen:
            screen.tray.appear()
            screen.notifications.appear()
            screen.machine.appear()
            app = App(home, screen.environ)
            try:
                grown = _syncs(app, home, screen, options.syncs)
                percent = _idle(app, options.idle)
            finally:
                app.close()
            complaints = [line for line in app.log.splitlines() if " ERROR " in line or " CRITICAL " in line]
    print(json.dumps({"grown_mb": round(grown, 1), "idle_percent": round(percent, 3), "complaints": complaints[:5]}))
    return 1 if grown > options.growth or percent > MOST_PERCENT or complaints else 0


def _syncs(app: App, home: Home, screen: Desktop, count: int) -> float:
    """Sync so many times; the MB that the app grew after it was warm."""
    app.wait_until_it_owns()
    warm = 0.0
    for number in range(1, count + 1):
        home.computer.add_note(f"note {number}")
        asyncio.run(finish(SocketEngine(home.vault), Sync()))
        if number % (EVERY // 2) == 0:
            screen.tray.icon.click()
            screen.xdotool("key", "ctrl+w")
        if number % EVERY == 0 or number == count:
            gc.collect()
            process = app.family()[0]
            mine = process.memory_full_info().uss / 1e6
            warm = warm or mine
            figures = {"syncs": number, "app_mb": round(mine, 1), "all_mb": round(app.pss() / 1e6, 1)}
            print(json.dumps({**figures, "files": process.num_fds(), "threads": process.num_threads()}), flush=True)
    return mine - warm


def _idle(app: App, seconds: float) -> float:
    """Wait; the processor time that the app took meanwhile, in percent of one core."""
    wait_for(lambda: not app.workers(), WORKER_LEAVES_SECONDS, "the worker stays")
    process = app.family()[0]
    before, began = sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(seconds)
    return 100 * (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())

"""How long the GUI thread was busy with one thing, and with what."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer

EVERY_SECONDS = 0.005
LIMIT_SECONDS = 0.05


class Watchdog:
    """While it is entered, `longest` is the longest time in seconds that Qt's loop came late to its turn, and `busiest`
    the longest that the GUI thread itself worked between two turns.

    Time that a thread of this process was ready and got no processor is left out: on a computer that is shared, that is
    nobody's fault, and whoever waits for its turn may hold the lock that the GUI thread waits for. `worst` is where the
    thread was found when it was late.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self.busiest = 0.0
        self._found = (0.0, traceback.StackSummary())
        self._gui = threading.get_ident()
        self._figures: dict[Path, int] = {}
        self._beat = time.monotonic()
        self._unserved = self._waited()
        self._worked = time.thread_time()
        self._over = threading.Event()
        self._timer = QTimer(interval=int(EVERY_SECONDS * 1000))
        self._timer.timeout.connect(self._turn)
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watchdog:
        self._beat, self._unserved = time.monotonic(), self._waited()
        self._worked = time.thread_time()
        self._timer.start()
        self._watching.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._timer.stop()
        self._over.set()
        self._watching.join()

    def _turn(self) -> None:
        now, unserved = time.monotonic(), self._waited()
        late = now - self._beat - (unserved - self._unserved) - EVERY_SECONDS
        self.longest = max(self.longest, late)
        worked = time.thread_time()
        self.busiest, self._worked = max(self.busiest, worked - self._worked), worked
        self._beat, self._unserved = now, unserved

    @property
    def worst(self) -> str:
        """How late it was found last, and where."""
        late, stack = self._found
        return f"{late:.3f} s late{os.linesep}{''.join(stack.format())}"

    def _waited(self) -> float:
        """Seconds that threads were ready and did not run."""
        for thread in Path("/proc/self/task").iterdir():
            with contextlib.suppress(OSError):  # it ended
                self._figures[thread] = int((thread / "schedstat").read_text().split()[1])
        return sum(self._figures.values()) / 1e9

    def _watch(self) -> None:
        latest = 0.0
        while not self._over.wait(EVERY_SECONDS):
            late = time.monotonic() - self._beat
            if late > max(LIMIT_SECONDS, latest):
                latest = late
                frame = sys._current_frames().get(self._gui)
                stack = traceback.StackSummary.extract(traceback.walk_stack(frame), lookup_lines=False)
                self._found = (late, stack)
            elif late < EVERY_SECONDS * 2:
                latest = 0.0

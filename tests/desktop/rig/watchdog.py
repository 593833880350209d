"""How long the GUI thread was busy with one thing, and with what."""

from __future__ import annotations

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
    """While it is entered, `longest` is the longest time in seconds that Qt's loop came late to its turn.

    Time that the GUI thread was ready and got no processor is left out: on a computer that is shared, that is nobody's
    fault. `worst` is where the thread was found when it was late.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self.worst = ""
        self._gui = threading.get_ident()
        self._figures = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._beat = time.monotonic()
        self._unserved = self._waited()
        self._over = threading.Event()
        self._timer = QTimer(interval=int(EVERY_SECONDS * 1000))
        self._timer.timeout.connect(self._turn)
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watchdog:
        self._beat, self._unserved = time.monotonic(), self._waited()
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
        self._beat, self._unserved = now, unserved

    def _waited(self) -> float:
        """Seconds that the thread was ready and did not run."""
        return int(self._figures.read_text().split()[1]) / 1e9

    def _watch(self) -> None:
        latest = 0.0
        while not self._over.wait(EVERY_SECONDS):
            late = time.monotonic() - self._beat
            if late > max(LIMIT_SECONDS, latest):
                latest = late
                frame = sys._current_frames().get(self._gui)
                self.worst = f"{late:.3f} s late{os.linesep}{''.join(traceback.format_stack(frame))}"
            elif late < EVERY_SECONDS * 2:
                latest = 0.0

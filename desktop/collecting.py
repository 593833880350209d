"""Python's garbage is collected on the GUI thread alone.

The collector runs in whichever thread allocates most, and would there delete objects of Qt that are part of a cycle:
their timers and notifiers belong to the GUI thread, and Qt crashes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

EVERY_MS = 5000


@contextmanager
def collecting_here() -> Iterator[None]:
    """Collect on this thread, every few seconds when there is something to collect, while the context lasts."""
    gc.collect()
    gc.freeze()  # what was imported stays: later collections need not look at it
    gc.disable()
    timer = QTimer(interval=EVERY_MS)
    timer.timeout.connect(collect)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        gc.enable()


def collect() -> None:
    """Collect the oldest generation that is due, as Python itself would."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return

"""Named places where a test may kill the process, to prove that what is left behind is whole.

`COGZY_CRASH_AT=name` (or `name:3`, the third passing) ends the process there as kill -9 does: no cleanup, no flush.
"""

from __future__ import annotations

import os
import signal
import sys

_wanted, _, _count = os.environ.get("COGZY_CRASH_AT", "").partition(":")
_left = int(_count or 1)


def crash_point(name: str) -> None:
    """Die here when the environment asks for it."""
    global _left
    if name != _wanted:
        return
    _left -= 1
    if _left == 0:
        if sys.platform == "win32":
            os._exit(137)
        os.kill(os.getpid(), signal.SIGKILL)

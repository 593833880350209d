"""How this program starts itself again (worker, database child, detached), ends such a child, and keeps its heaps."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # mallopt(3)
_LARGE = 1 << 20


def own_command(*arguments: str) -> list[str]:
    """The argument list that starts this very program with `arguments`, frozen or not.

    Isolated (`-I`): neither PYTHONPATH nor the working folder can put another `core` in our place.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-I", "-m", "cogzy", *arguments]


def kill(child: Process) -> None:
    """Have a child end now; fine when it has ended.

    Its own `kill` looks first whether it still runs. When it has just ended, that look takes its exit code away from
    asyncio, which then warns of an unknown child and says 255 (CPython 3.11; later ones do it as here).
    """
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.kill(child.pid, signal.SIGKILL)


def share_heap() -> None:
    """Let all threads of this process share one heap (glibc gives each its own, a tenth of what a worker takes), and
    keep large blocks out of it: otherwise the first packs raise glibc's own limit, and holes as large as they stay.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # another C library has no such settings
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_ARENA_MAX, 1)
            mallopt(_M_MMAP_THRESHOLD, _LARGE)
            mallopt(_M_TRIM_THRESHOLD, 4 * _LARGE)


def trim_heaps() -> None:
    """Give back what is free inside this process's heaps (glibc has one for a few threads). It takes milliseconds."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # another C library has no such function
            ctypes.CDLL(None).malloc_trim(0)

"""How this program starts itself again: as a worker, as a database child, detached; and how it ends such a child."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process


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

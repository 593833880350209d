"""How this program starts itself again: as a worker, as a database child, detached."""

from __future__ import annotations

import sys


def own_command(*arguments: str) -> list[str]:
    """The argument list that starts this very program with `arguments`, frozen or not.

    Isolated (`-I`): neither PYTHONPATH nor the working folder can put another `core` in our place.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-I", "-m", "cogzy", *arguments]

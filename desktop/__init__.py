"""The tray application: a window onto the engine of `core`, and the owner of the vault while it runs."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] = ()) -> int:
    """Start the app, or raise the window of the one that runs. Returns the exit code."""
    from desktop.start import start

    return start(arguments)

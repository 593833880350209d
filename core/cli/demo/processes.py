"""Programs that the demo starts: none outlives it, however it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_STOP_SECONDS = 5
_SET_PARENT_DEATH_SIGNAL = 1
_NOT_OURS = ("COGZY_", "AKOSHA_", "AWS_", "XDG_", "RCLONE_", "CLAUDE_", "DBUS_", "PYTHON")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@contextlib.contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """A process while the block lasts: asked to end at its end, and killed when it does not."""
    with subprocess.Popen(  # noqa: S603  # our own commands
        command,
        env=dict(environment),
        text=True,
        encoding="utf-8",
        errors="replace",
        preexec_fn=_END_WITH_THE_DEMO,
        **streams,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def clean_environment(home: Path) -> dict[str, str]:
    """This user's environment with another home, and without settings, keys, keychain and proxies."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_NOT_OURS) and name.upper() not in _PROXIES
    }
    return {**kept, "HOME": str(home), "USERPROFILE": str(home)}


def _ending_with_its_parent() -> Callable[[], object] | None:
    """Linux ends a process when its parent was killed without a chance to end it. Elsewhere nothing like it exists."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return lambda: library.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


_END_WITH_THE_DEMO = _ending_with_its_parent()

"""`cogzy demo`: what Cogzy does, on made-up data, in a private folder, with nothing but this computer.

The story stands in core.cli.demo.story. Nothing of this user is read or touched: no vault, home, keychain or setting.
Every process and the folder are gone at the end, whatever ends it.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from core.cli.output import Output
from core.errors import CogzyError


def run(options: Any, output: Output) -> int:
    """Tell the story; 1 when something did not hold."""
    if options.writer is not None:
        return _write(Path(options.writer), options.scale)
    from core.cli.demo.report import Report
    from core.cli.demo.story import Story
    from core.logs import configure

    _end_cleanly_when_asked()
    report = Report(sys.stderr if output.json else sys.stdout)
    with tempfile.TemporaryDirectory(prefix="cogzy-demo-", ignore_cleanup_errors=True) as made, ExitStack() as programs:
        folder = Path(made).resolve()
        configure(folder, verbose=output.verbose)
        with suppress(CogzyError):  # it stands in its step, which did not hold
            Story(folder, report, options.scale, programs).tell()
    report.end()
    output.result(report.as_json(), [report.verdict()])
    return 0 if report.held else 1


def _write(folder: Path, scale: float) -> int:
    """The other program: it is one of the demo's processes."""
    from core.cli.demo.databases import write

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the demo ends this process in turn
    return write(folder, scale)


def _end_cleanly_when_asked() -> None:
    """The first signal unwinds everything; none after it can disturb that."""
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def end(number: int, frame: FrameType | None) -> None:
        for name in names:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in names:
        signal.signal(getattr(signal, name), end)

"""Import in a process of its own, which may be killed at a named step.

COGZY_CRASH_AT=import.parsed python -m tests.importing.killed VAULT EXPORT
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tests.forked import run_forked

KILLED = -9


def run(vault: Path, export: Path, crash_at: str = "") -> int:
    """The exit code of a process that imported `export`."""
    return run_forked(
        ["python", "-m", "tests.importing.killed", str(vault), str(export)],
        env={**os.environ, "COGZY_CRASH_AT": crash_at},
        cwd=Path(__file__).parents[2],
    ).returncode


def main() -> None:
    """Do it."""
    from core.memory.pipeline import run_pipeline
    from core.vault import LocalVaultService

    asyncio.run(run_pipeline(LocalVaultService.open(Path(sys.argv[1])), [Path(sys.argv[2])], embed=False))


if __name__ == "__main__":
    main()

"""Run one operation on a vault in a process of its own, which may be killed at a named step.

COGZY_CRASH_AT=vault.renamed:2 python -m tests.vault.crasher FOLDER append
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.forked import run_forked

KILLED = -9


def run(root: Path, operation: str, crash_at: str = "") -> int:
    """The exit code of a process that did `operation`."""
    return run_forked(
        ["python", "-m", "tests.vault.crasher", str(root), operation],
        env={**os.environ, "COGZY_CRASH_AT": crash_at},
        cwd=Path(__file__).parents[2],
    ).returncode


def main() -> None:
    """Do it."""
    from core.vault import LocalVaultService
    from core.vault.migration import migrate
    from tests.vault.samples import nodes, rows

    root, operation = Path(sys.argv[1]), sys.argv[2]
    if operation == "migrate":
        migrate(root.parent / "old", root)
        return
    vault = LocalVaultService.open(root)
    if operation == "append":
        with vault.transaction() as tx:
            tx.append_nodes(nodes(2, start=3), rows(2, start=3))
            tx.add_ingested_ids(["n3", "n4"])


if __name__ == "__main__":
    main()

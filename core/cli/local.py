"""`cogzy check`, `diagnose`, `demo`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.cli.output import Output, damage_line, size
from core.cli.parser import Options
from core.cli.session import run_command
from core.errors import DamageError
from core.sync.events import CheckVault


def check(options: Options, output: Output) -> int:
    """Name every damaged, missing or misaligned file of the vault."""
    found = run_command(options.vault, CheckVault())
    damage = found.get("damage", []) if isinstance(found, dict) else list(found or [])
    output.result(found if isinstance(found, dict) else {"damage": damage}, _damage_lines(damage))
    return DamageError.exit_code if damage else 0


def diagnose(options: Any, output: Output) -> int:
    """Write a file for a bug report."""
    from core.diagnose import write_report

    path = write_report(options.vault, Path(options.to).expanduser() if options.to else None)
    promise = "It holds no secrets and no memories. Look into it before you send it."
    written = path.stat().st_size
    output.result({"path": str(path), "bytes": written}, [f"{path} ({size(written)})", promise])
    return 0


def demo(options: Options, output: Output) -> int:
    """Show everything, on made-up data."""
    from core.cli.demo import run

    code: int = run(options, output)
    return code


def _damage_lines(damage: list[dict[str, Any]]) -> Iterator[str]:
    if not damage:
        yield "The vault is whole."
    for item in damage:
        yield damage_line(item)

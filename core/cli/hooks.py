"""`cogzy install-hook`, `uninstall-hook`, `install-mcp`, `uninstall-mcp`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.output import Output
from core.cli.parser import Options

if TYPE_CHECKING:
    from core.assistants.installing import Program
    from core.assistants.settings_file import Changed


def install_hook(options: Options, output: Output) -> int:
    """Have Claude Code ask for a sync at the end of a session."""
    from core.assistants import installing

    done = installing.install_hook(_chosen(options))
    command = installing.hook_command(_chosen(options))
    said = f"Claude Code asks Cogzy for a sync at the end of each session: {command}"
    output.result(
        {**_told(done), "event": installing.EVENT, "command": command},
        [said if done.changed else "The hook is there already.", *_where(done)],
    )
    return 0


def uninstall_hook(options: Options, output: Output) -> int:
    """Take that hook out again."""
    from core.assistants import installing

    done = installing.uninstall_hook()
    said = "Claude Code no longer asks Cogzy for a sync." if done.changed else "There is no hook of Cogzy's."
    output.result(_told(done), [said, *_where(done)])
    return 0


def install_mcp(options: Options, output: Output) -> int:
    """Have Claude Code and Claude Desktop start `cogzy mcp`."""
    from core.assistants import installing

    _show(installing.install_mcp(_chosen(options)), output, "has this memory from its next start on", "has it already")
    return 0


def uninstall_mcp(options: Options, output: Output) -> int:
    """Take it out again."""
    from core.assistants import installing

    _show(installing.uninstall_mcp(), output, "no longer starts Cogzy", "does not start Cogzy")
    return 0


def _show(done: list[tuple[Program, Changed]], output: Output, changed: str, unchanged: str) -> None:
    lines = []
    for program, one in done:
        lines += [f"{program.name} {changed if one.changed else unchanged}.", *_where(one)]
    programs = [{"name": program.name, **_told(one)} for program, one in done]
    output.result(
        {"changed": any(one.changed for _, one in done), "programs": programs},
        lines or ["No program that starts MCP servers was found."],
    )


def _chosen(options: Options) -> Path | None:
    return options.vault.absolute() if options.chosen_vault else None


def _told(done: Changed) -> dict[str, Any]:
    return {"changed": done.changed, "path": str(done.path), "backup": str(done.backup) if done.backup else None}


def _where(done: Changed) -> Iterator[str]:
    if done.changed:
        yield f"  changed: {done.path}"
    if done.backup is not None:
        yield f"  as it was before: {done.backup}"

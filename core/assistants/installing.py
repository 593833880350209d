"""Telling other programs of us: the session-end hook of Claude Code, and our MCP server in Claude's programs.

Where what stands, as these programs document it or were seen to do it:
- Claude Code: `settings.json` (hooks) below CLAUDE_CONFIG_DIR, else ~/.claude; servers in `.claude.json` below
  CLAUDE_CONFIG_DIR, else in the home folder.
- SessionEnd hooks have 1.5 seconds together unless one names a `timeout` of its own (in seconds, at most 60).
- On Windows Claude Code runs hooks by Git Bash, which eats backslashes: paths have slashes there.
- Claude Desktop: `claude_desktop_config.json` in its own folder, which is another one on every system.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.assistants.json_text import Place, with_child, with_value, without_child
from core.assistants.settings_file import Changed, change, require, root_of
from core.errors import RefusedError, UsageError
from core.process import own_command

EVENT = "SessionEnd"
SERVER = "cogzy"
_TIMEOUT_SECONDS = 10
_OURS = re.compile(r"[^;&|<>`$\n]*cogzy[^;&|<>`$\n]* sync --queue", re.IGNORECASE)


@dataclass(frozen=True)
class Program:
    """A program that starts MCP servers, and the file where it keeps them."""

    name: str
    path: Path
    extra: Mapping[str, Any]


def install_hook(vault: Path | None, environ: Mapping[str, str] = os.environ) -> Changed:
    """Have Claude Code ask for a sync at the end of a session. `vault`: one that is not the usual.

    Raises UsageError("hooks.no_claude_code") when there is no Claude Code here.
    """
    path = hook_file(environ)
    if not path.parent.is_dir():
        raise UsageError("hooks.no_claude_code", path=str(path.parent))
    ours = {"type": "command", "command": hook_command(vault), "timeout": _TIMEOUT_SECONDS}

    def edit(text: str) -> str:
        root = root_of(text, path)
        hooks = root.child("hooks")
        if hooks is None:
            return with_child(text, root, "hooks", {EVENT: [{"hooks": [ours]}]})
        groups = require(hooks, dict, "hooks", path).child(EVENT)
        if groups is None:
            return with_child(text, hooks, EVENT, [{"hooks": [ours]}])
        found = _our_hooks(require(groups, list, f"hooks.{EVENT}", path))
        if not found:
            return with_child(text, groups, None, {"hooks": [ours]})
        _, _, (_, hook) = found[0]
        return text if hook.value.get("command") == ours["command"] else with_value(text, hook, {**hook.value, **ours})

    return change(path, edit, create=True)


def uninstall_hook(environ: Mapping[str, str] = os.environ) -> Changed:
    """Take our hook out of Claude Code's settings, and what is empty without it; nothing else."""
    path = hook_file(environ)

    def edit(text: str) -> str:
        while True:
            root = root_of(text, path)
            hooks = root.child("hooks")
            groups = None if hooks is None or not isinstance(hooks.value, dict) else hooks.child(EVENT)
            found = [] if groups is None or not isinstance(groups.value, list) else _our_hooks(groups)
            if not found:
                return text
            group, inside, (at, _) = found[0]
            assert hooks is not None
            assert groups is not None
            ways = [(inside, inside.children[at]), (groups, next(c for c in groups.children if c.place is group))]
            ways += [(hooks, next(c for c in hooks.children if c.place is groups))]
            ways += [(root, next(c for c in root.children if c.place is hooks))]
            level = 0
            while level < len(ways) - 1 and len(ways[level][0].children) == 1:
                level += 1
            text = without_child(text, *ways[level])

    return change(path, edit, create=False)


def install_mcp(vault: Path | None, environ: Mapping[str, str] = os.environ) -> list[tuple[Program, Changed]]:
    """Have Claude Code and Claude Desktop, whichever are here, start `cogzy mcp`.

    Raises UsageError("hooks.no_assistant"), RefusedError("hooks.name_taken") for another server of our name.
    """
    programs = programs_here(environ)
    if not programs:
        raise UsageError("hooks.no_assistant")
    command, *arguments = own_command(*_vault_words(vault), "mcp")
    return [(program, _install_server(program, command, arguments)) for program in programs]


def uninstall_mcp(environ: Mapping[str, str] = os.environ) -> list[tuple[Program, Changed]]:
    """Take our server out again."""
    return [(program, _uninstall_server(program)) for program in programs_here(environ)]


def hook_file(environ: Mapping[str, str]) -> Path:
    """Claude Code's settings of this user."""
    moved = environ.get("CLAUDE_CONFIG_DIR")
    return (Path(moved).expanduser() if moved else _home(environ) / ".claude") / "settings.json"


def hook_command(vault: Path | None) -> str:
    """What the hook runs, for a shell: this very program by its absolute path."""
    words = own_command(*_vault_words(vault), "sync", "--queue")
    if sys.platform != "win32":
        return shlex.join(words)
    slashed = [word.replace("\\", "/") for word in words]
    return " ".join(f'"{word}"' if " " in word else word for word in slashed)


def programs_here(environ: Mapping[str, str]) -> list[Program]:
    """The programs of this user that start MCP servers."""
    home, moved = _home(environ), environ.get("CLAUDE_CONFIG_DIR")
    folder = Path(moved).expanduser() if moved else home / ".claude"
    servers = (folder if moved else home) / ".claude.json"
    found = []
    if folder.is_dir() or servers.exists():
        found.append(Program("Claude Code", servers, {"type": "stdio"}))
    desktop = _desktop_folder(home, environ)
    if desktop.is_dir():
        found.append(Program("Claude Desktop", desktop / "claude_desktop_config.json", {}))
    return found


def _install_server(program: Program, command: str, arguments: list[str]) -> Changed:
    ours = {**program.extra, "command": command, "args": arguments}

    def edit(text: str) -> str:
        root = root_of(text, program.path)
        servers = root.child("mcpServers")
        if servers is None:
            return with_child(text, root, "mcpServers", {SERVER: ours})
        there = require(servers, dict, "mcpServers", program.path).child(SERVER)
        if there is None:
            return with_child(text, servers, SERVER, ours)
        if not _is_our_server(there.value):
            raise RefusedError("hooks.name_taken", path=str(program.path), name=SERVER)
        merged = {**there.value, **ours}
        return text if merged == there.value else with_value(text, there, merged)

    return change(program.path, edit, create=True)


def _uninstall_server(program: Program) -> Changed:
    def edit(text: str) -> str:
        root = root_of(text, program.path)
        holder = next((one for one in reversed(root.children) if one.key == "mcpServers"), None)
        if holder is None or not isinstance(holder.place.value, dict):
            return text
        ours = next((one for one in reversed(holder.place.children) if one.key == SERVER), None)
        if ours is None or not _is_our_server(ours.place.value):
            return text
        if len(holder.place.children) == 1:
            return without_child(text, root, holder)
        return without_child(text, holder.place, ours)

    return change(program.path, edit, create=False)


def _our_hooks(groups: Place) -> list[tuple[Place, Place, tuple[int, Place]]]:
    """Each hook of ours: its group, the list it stands in, its number there and itself."""
    found = []
    for group in groups.children:
        inside = group.place.child("hooks") if isinstance(group.place.value, dict) else None
        if inside is None or not isinstance(inside.value, list):
            continue
        for at, hook in enumerate(inside.children):
            command = hook.place.value.get("command") if isinstance(hook.place.value, dict) else None
            if isinstance(command, str) and _OURS.fullmatch(command.strip()):
                found.append((group.place, inside, (at, hook.place)))
    return found


def _is_our_server(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(arguments := value.get("args"), list):
        return False
    return arguments[-1:] == ["mcp"] and "cogzy" in json.dumps([value.get("command"), *arguments]).lower()


def _vault_words(vault: Path | None) -> list[str]:
    return [] if vault is None else ["--vault", str(vault)]


def _home(environ: Mapping[str, str]) -> Path:
    named = environ.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    return Path(named) if named else Path.home()


def _desktop_folder(home: Path, environ: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "Claude"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Claude"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "Claude"

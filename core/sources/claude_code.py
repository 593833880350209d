"""The transcripts of Claude Code: one folder a project, one append-only `.jsonl` a session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.sources.source import Source

NAME = "claude-code"


def claude_code(home: Path, environ: Mapping[str, str], *, enabled: bool) -> Source:
    """The transcripts' folder; `CLAUDE_CONFIG_DIR` moves it as it does for Claude Code itself."""
    moved = environ.get("CLAUDE_CONFIG_DIR", "").strip()
    folder = below_home(moved, home) if moved else home / ".claude"
    return Source(name=NAME, kind="files", path=folder / "projects", enabled=enabled)


def below_home(path: str, home: Path) -> Path:
    """`path` with a leading `~` replaced; a relative one counts from `home`, whatever the working folder is."""
    if path == "~" or path.startswith(("~/", "~\\")):
        return home / path[2:]
    return home / path

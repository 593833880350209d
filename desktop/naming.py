"""What a person is shown in place of the names that parts of the memory have in settings and status."""

from __future__ import annotations

from desktop.text import tr

VAULT = "vault"


def part_words(name: str) -> str:
    """What a part is called: the vault, or a source."""
    return {
        VAULT: tr("Memories in Cogzy's own vault"),
        "session-buddy-reflection": tr("Session-Buddy's reflections"),
        "session-buddy-knowledge-graph": tr("Session-Buddy's knowledge graph"),
        "claude-code": tr("Claude Code's transcripts"),
    }.get(name, name)

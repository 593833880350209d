"""Session-Buddy's two databases: the first memory that Cogzy keeps safe."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from core.sources.source import Source, Topic

DATABASES: tuple[tuple[str, str, Topic], ...] = (
    ("session-buddy-reflection", "reflection.duckdb", "reflections"),
    ("session-buddy-knowledge-graph", "knowledge_graph.duckdb", "knowledge-graph"),
)


def session_buddy(folder: Path, *, enabled: Collection[str]) -> list[Source]:
    """Both databases in `folder`, whether they are there yet or not. `enabled`: the names of those that are on."""
    return [
        Source(name=name, kind="duckdb", path=folder / file, enabled=name in enabled, topic=topic)
        for name, file, topic in DATABASES
    ]

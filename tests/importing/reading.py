"""Reading exports in tests: everything that is in them, as the vault would get it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.memory.importers import Report, encoded, read


@dataclass
class Found:
    """Episodes by id, nodes in order, and the report."""

    report: Report
    episodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    nodes: list[dict[str, Any]] = field(default_factory=list)

    def said(self, conversation: str | None = None) -> list[tuple[str, str]]:
        """What was asked and answered."""
        of = [node for node in self.nodes if conversation in (None, node["conversation_id"])]
        return [(node["human_content"], node["assistant_content"]) for node in of]

    def noted(self, code: str) -> dict[str, int]:
        """What a code was noted for, and how often."""
        return {one.name: one.count for one in self.report.findings if one.code == code}


def read_all(*paths: Path, source: str = "auto") -> Found:
    found = Found(Report())
    for conversation in read(list(paths), source, found.report):
        episode, nodes = encoded(conversation, found.report)
        found.nodes += [json.loads(node.data) for node in nodes]
        if episode is not None:
            found.episodes[episode.id] = json.loads(episode.data)
    return found


def write_json(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path

"""Grok's export."""

from __future__ import annotations

from pathlib import Path

from tests.importing.reading import read_all, write_json
from tests.importing.samples import grok_export, write_zip


def test_the_wrapped_responses_become_turns_with_their_branches(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "grok.zip", {"ttl/30d/export_data/u/prod-grok-backend.json": grok_export()})
    found = read_all(path)
    assert [(node["human_content"], node["assistant_content"], node.get("branch")) for node in found.nodes] == [
        ("What is xyzzy?", "An old game's word.", None),
        ("Draw it", "", None),
        ("What is xyzzy?", "A magic word.", "r2"),
    ]
    assert found.nodes[0]["created_at"] == "2025-10-09T08:53:21Z"
    assert found.nodes[0]["attachments"] == [{"kind": "file", "id": "asset-1"}]
    assert found.nodes[1]["attachments"] == [{"kind": "image", "id": "users/1/g.jpg"}]
    assert found.nodes[2]["thoughts"] == ["hmm"]
    assert found.nodes[2]["sources"] == [{"title": "X", "url": "https://x.example", "text": "p"}]
    assert found.noted("import.left_out") == {"Grok's projects": 2, "Grok's media_posts": 1, "steps of agents": 1}


def test_a_bare_list_of_conversations_is_grok_too(tmp_path: Path) -> None:
    found = read_all(write_json(tmp_path / "conversations.json", grok_export()["conversations"]))
    assert len(found.nodes) == 3

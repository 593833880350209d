"""Claude's exports: conversations old and new, projects, memories, design chats."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.reading import read_all, write_json
from tests.importing.samples import (
    CLAUDE_MEMORIES,
    CLAUDE_PROJECTS,
    CLAUDE_USERS,
    claude_conversation,
    claude_message,
    claude_plain,
    claude_rich,
    iso,
    write_zip,
)


def test_messages_pair_into_turns(tmp_path: Path) -> None:
    found = read_all(write_json(tmp_path / "conversations.json", [claude_plain("c1")]))
    assert found.said() == [("Claude question 0", "Claude answer 0"), ("Claude question 1", "Claude answer 1")]
    assert found.nodes[0]["source"] == "claude"
    assert found.report.findings == []


def test_blocks_attachments_and_files_are_kept(tmp_path: Path) -> None:
    found = read_all(write_json(tmp_path / "conversations.json", [claude_rich()]))
    node = found.nodes[0]
    assert node["assistant_content"] == "Poem\n\nThe sea\n\nHere it is.\n\nmelded"
    assert node["attachments"][0] == {
        "kind": "file",
        "name": "notes.txt",
        "type": "txt",
        "size": 5,
        "text": "pasted notes",
    }
    assert node["attachments"][1] == {"kind": "file", "name": "sea.png"}
    assert node["thoughts"] == ["Let me see"]
    assert node["tools"] == [
        {"name": "web_search", "input": '{"query":"tides"}'},
        {"name": "web_search", "result": "found"},
    ]
    assert node["sources"] == [{"title": "Sea", "url": "https://sea.example"}]
    assert node["project"] == "Sailing"
    assert found.nodes[1]["human_content"] == "old style"
    assert found.noted("import.unknown_content") == {"mind_meld": 1}
    assert found.noted("import.left_out") == {"token budgets": 1}


def test_what_stands_beside_the_conversations_is_taken_and_names_their_projects(tmp_path: Path) -> None:
    conversation = claude_conversation("c1", [claude_message("h", "human", "Hi", 1)], project_uuid="p1")
    files = {
        "data/conversations.json": [conversation],
        "data/projects.json": CLAUDE_PROJECTS,
        "data/memories.json": CLAUDE_MEMORIES,
        "data/users.json": CLAUDE_USERS,
    }
    found = read_all(write_zip(tmp_path / "export.zip", files))
    by_kind = {(node.get("kind"), node["title"]): node["human_content"] for node in found.nodes}
    assert by_kind["document", "knots.md"] == "A bowline holds."
    assert by_kind["project", "Sailing"] == "All about boats\n\nYou are a sailor"
    assert by_kind["memory", "Claude's memory"] == "Likes boats."
    assert by_kind["memory", "Claude's memory of Sailing"] == "Learns knots."
    assert found.nodes[-1]["project"] == "Sailing"
    assert found.noted("import.left_out") == {"files without conversations": 1}
    assert "sam@example.com" not in str(found.nodes) + str(found.episodes)


def test_a_tree_of_messages_keeps_its_branches(tmp_path: Path) -> None:
    root = "00000000-0000-4000-8000-000000000000"
    messages = [
        claude_message("h1", "human", "Name a colour", 1, parent_message_uuid=root),
        claude_message("a1", "assistant", "Red", 2, parent_message_uuid="h1"),
        claude_message("a2", "assistant", "Blue", 3, parent_message_uuid="h1"),
    ]
    conversation = claude_conversation("c", messages, current_leaf_message_uuid="a1")
    found = read_all(write_json(tmp_path / "conversations.json", [conversation]))
    assert [(node["assistant_content"], node.get("branch")) for node in found.nodes] == [("Red", None), ("Blue", "a2")]


def test_design_chats_are_read(tmp_path: Path) -> None:
    blocks = [
        {"type": "text", "text": "A page"},
        {"type": "tool_call", "toolCall": {"name": "draw", "input": {"a": 1}}},
    ]
    chat = {
        "uuid": "d1",
        "title": "Page",
        "project": {"name": "Site"},
        "created_at": iso(0),
        "messages": [
            {"uuid": "1", "role": "user", "content": {"content": "Make a page", "authorAccountUuid": "acc"}},
            {"uuid": "2", "role": "assistant", "content": {"contentBlocks": blocks, "timestamp": iso(1)}},
        ],
    }
    found = read_all(write_json(tmp_path / "design_chats" / "d1.json", chat))
    assert found.said() == [("Make a page", "A page")]
    assert found.nodes[0]["tools"] == [{"name": "draw", "input": '{"a":1}'}]
    assert found.nodes[0]["project"] == "Site"


def test_the_places_of_tools_in_a_text_are_no_words(tmp_path: Path) -> None:
    place = "```\nThis block is not supported on your current device yet.\n```"
    talk = claude_conversation(
        "t",
        [
            claude_message("1", "human", "Look it up", 0),
            claude_message("2", "assistant", f"I look.\n{place}\n\n{place}\n\nFound it.", 1, content=[]),
            claude_message("3", "human", "And again", 2),
            claude_message(
                "4",
                "assistant",
                place,
                3,
                content=[{"type": "tool_use", "name": "web_search", "input": {"query": "x"}}],
            ),
        ],
    )
    found = read_all(write_json(tmp_path / "conversations.json", [talk]))
    assert [answer.split() for _, answer in found.said()] == [["I", "look.", "Found", "it."], []]
    assert found.noted("import.left_out") == {"places of tools in a text": 3}


@pytest.mark.parametrize("name", ["", "paste.txt", "pasted-text-2026.txt"])
def test_a_text_that_was_pasted_is_what_a_person_said(tmp_path: Path, name: str) -> None:
    pasted = {"file_name": name, "file_type": "txt", "file_size": 9, "extracted_content": "Oakum and pitch"}
    named = {**pasted, "file_name": "pastels.txt", "extracted_content": "Of a file"}
    message = claude_message("1", "human", "Look:", 0, attachments=[pasted, named])
    found = read_all(write_json(tmp_path / "conversations.json", [claude_conversation("p", [message])]))
    assert found.said() == [("Look:\n\nOakum and pitch", "")]
    assert [one["name"] for one in found.nodes[0]["attachments"]] == ["pastels.txt"]


def test_a_message_twice_is_two_messages(tmp_path: Path) -> None:
    one = claude_message("same", "human", "first", 1)
    other = claude_message("same", "human", "second", 3)
    answers = [claude_message("a", "assistant", "one", 2), claude_message("b", "assistant", "two", 4)]
    conversation = claude_conversation("c", [one, answers[0], other, answers[1]])
    found = read_all(write_json(tmp_path / "conversations.json", [conversation]))
    assert found.said() == [("first", "one"), ("second", "two")]
    assert len({node["id"] for node in found.nodes}) == 2
